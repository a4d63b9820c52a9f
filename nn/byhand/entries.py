"""Entry: one formula of the course, what is said of it, and the checks that show it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nn.byhand.checks import Agreement, Cases, Check, Failure, Seen, figure
from nn.byhand.program import COURSE, ONE

HOLDS, FOR_ONE, MISPRINT, CLAIM = "holds", "holds for one example", "misprint", "claim"

SOURCES = {
    "000": "Building blocks of deep networks; forward and backward functions",
    "001": "Notes on an L = 4 network",
    "002": "Lecture notes on neural networks and deep learning",
    "003": "Dimensions and the chain-rule tree",
    "004": "Forward and back propagation, one worked example",
}


@dataclass(frozen=True)
class Correction:
    """What a misprint should say, and the checks that show that this holds."""

    formula: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Entry:
    """One formula, shape claim or rule, as a document prints it.

    verdict     "holds" | "holds for one example" | "misprint" | "claim"
    kind        of a misprint, how it goes wrong: value, shape, error (an exception), claim
    checks      what shows the verdict; for a misprint: what shows it failing
    correction  for a misprint
    """

    id: str
    cases: Cases
    printed: str
    verdict: str
    checks: tuple[Check, ...]
    kind: str = ""
    correction: Correction | None = None

    @property
    def source(self) -> str:
        """The title of the document."""
        return SOURCES[self.id[:3]]

    @property
    def applies(self) -> str:
        """Where it applies: "one example", "m examples", or both."""
        places = ["one example"] * (ONE in self.cases) + ["m examples"] * (COURSE in self.cases)
        return " and ".join(places)

    @property
    def corrected(self) -> str | None:
        """The formula that a misprint should have been."""
        return self.correction.formula if self.correction else None

    def run(self) -> Seen:
        """Run all checks of the entry and put together what they have seen."""
        if not self.checks:
            return Seen(False, "nothing checks this entry")
        failing = "not for m examples" if self.verdict == FOR_ONE else "fails as stated"
        parts = [_together([check.run(self.cases) for check in self.checks], failing)]
        if self.correction:
            correct = _together([check.run(self.cases) for check in self.correction.checks], failing)
            parts.append(replace(correct, words=f"corrected: {self.corrected}: {correct.words}"))
        differences = [p.difference for p in parts if p.difference is not None]
        return Seen(all(p.ok for p in parts), "; ".join(p.words for p in parts), max(differences, default=None))


def holds(id: str, cases: Cases, printed: str, *checks: Check) -> Entry:
    """An entry that is right as printed."""
    return Entry(id, cases, printed, HOLDS, checks)


def for_one(id: str, cases: Cases, printed: str, *checks: Check) -> Entry:
    """An entry that is right for one example, and (which its checks show, too) not for m."""
    return Entry(id, cases, printed, FOR_ONE, checks)


def claim(id: str, cases: Cases, printed: str, *checks: Check) -> Entry:
    """An entry that is a statement about how things behave."""
    return Entry(id, cases, printed, CLAIM, checks)


def misprint(id: str, cases: Cases, printed: str, kind: str, *checks: Check, corrected: Correction) -> Entry:
    """An entry that is wrong as printed, of the kind value, shape, error or claim."""
    return Entry(id, cases, printed, MISPRINT, checks, kind, corrected)


def to(formula: str, *checks: Check) -> Correction:
    """The correction of a misprint."""
    return Correction(formula, checks)


def _together(seen: list[Seen], failing: str) -> Seen:
    """One Seen for several: agreements as one figure, then failures, then whatever else was shown."""
    wrong = [s.words for s in seen if not s.ok]
    if wrong:
        return Seen(False, "; ".join(wrong))
    agreements = [s for s in seen if isinstance(s, Agreement)]
    failures = [s.words for s in seen if isinstance(s, Failure)]
    difference = max((s.difference for s in seen if s.difference is not None), default=None)
    words = []
    if agreements:
        cases = dict.fromkeys(case for a in agreements for case in a.cases)
        worst = max(a.difference or 0.0 for a in agreements)
        words.append(f"max rel. diff {figure(worst)} ({', '.join(cases)})")
    if failures:
        words.append(f"{failing}: {', '.join(failures)}")
    words += [s.words for s in seen if not isinstance(s, (Agreement, Failure))]
    return Seen(True, "; ".join(words), difference)
