"""What is printed of each subject, and the files that keep it.

`python -m tests.golden.prints` writes the files anew: only where a change of what is printed is intended, with the
difference read line by line.
"""

from __future__ import annotations

import re
import textwrap
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import autograd as ag
import viz
from autograd.read import LATEX, forward_formula, rule_formula
from tests.autograd.cases import CASES
from tests.golden.subjects import Subject, networks, programs

FOLDER = Path(__file__).parent
_DIGITS = re.compile(r"[-−]?\d+\.\d+(?:e[-+−]?\d+)?")
_ROUNDING = re.compile(r", to (?:0\.0|\d\.\d+e-(?:1[5-9]|[2-9]\d))\.$", re.MULTILINE)  # differs from machine to machine


def _derive(J: Any, _leaf: Any, _f: Any, _args: Any) -> str:
    convention = "course"
    try:
        derivation = ag.derive(J)
    except ag.AutogradError:
        convention, derivation = "true", ag.derive(J, convention="true")
    return f"{convention}\n{derivation}\n{derivation.latex()}\n{derivation.numpy()}"


def _chain(J: Any, leaf: Any, _f: Any, _args: Any) -> str:
    return _ROUNDING.sub(", to rounding.", str(ag.chain(J, leaf)))


def _compile(_J: Any, _leaf: Any, f: Any, args: Any) -> str:
    quick = ag.compile(f)
    quick(*args)
    return quick.source


def _draw(J: Any, _leaf: Any, _f: Any, _args: Any) -> str:
    """The boxes with what stands on them, and the arrows; how they are set is for the tests of viz."""
    lines = []
    for line in viz.draw(J).source.splitlines():
        box = re.match(r"\t*(\w+) \[label=(<.*>) class=\"?([\w ]+)", line)
        if box:
            lines.append(f"{box[1]} {box[3]}: {' '.join(re.sub(r'<[^>]*>', ' ', box[2][1:-1]).split())}")
        elif "->" in line or "label=" in line:
            lines.append(re.sub(r" (color|fillcolor|style|fontcolor|fontname)=(\"[^\"]*\"|\w+)", "", line.strip()))
    return _without_numbers("\n".join(lines))


def _record(J: Any, _leaf: Any, _f: Any, _args: Any) -> str:
    return "\n".join(
        f"{s.phase} | {s.title} | {s.words} | {s.formula.names(LATEX)} | {s.formula.shapes(LATEX)}"
        for s in viz.record(J).steps
    )


def _without_numbers(text: str) -> str:
    """Values differ in their last digits from machine to machine; what is golden is everything else."""
    return _DIGITS.sub("#", text)


PRINTS: dict[str, Callable[..., str]] = {
    "derive": _derive,
    "chain": _chain,
    "compile": _compile,
    "draw": _draw,
    "record": _record,
}
GROUPS: dict[str, Callable[[], dict[str, Subject]]] = {"networks": networks, "programs": programs}


def printed(what: str, subject: Subject) -> str:
    """What is printed of a subject; an error in words is part of it."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return PRINTS[what](*subject())
        except ag.AutogradError as error:
            return _without_numbers(f"{type(error).__name__}: {error}")


def rules() -> Iterator[tuple[str, str]]:
    """The formulas of every row of the table, one case of each: what it computes, and what it sends back."""
    done = set()
    for case in CASES:
        if case.function in done or not case.wanted or any(np.size(x) == 0 for x in case.operands):
            continue
        done.add(case.function)
        names = iter("abcdefgh")
        tensors = [ag.Tensor(x, name=next(names)) if i in case.wanted else x for i, x in enumerate(case.operands)]
        with np.errstate(all="ignore"):
            out = case(*tensors)
        results = out if isinstance(out, (tuple, list)) else [out]
        nodes = [t.node for t in results if isinstance(t, ag.Tensor) and t.requires_grad and t.node.op is not None]
        lines = []
        for node in nodes:
            lines.append(_without_numbers(forward_formula(node)))
            for i, parent in enumerate(node.parents):
                if isinstance(parent, ag.Node):
                    lines.append(f"  {i}: {_formula(node, i)}")
        yield str(case), "\n".join(lines)


def _formula(node: Any, i: int) -> str:
    try:
        return _without_numbers(rule_formula(node, i))
    except ag.AutogradError as error:
        return f"{type(error).__name__}: {error}"


def written(sections: Iterator[tuple[str, str]]) -> str:
    """The text of a golden file."""
    return "".join(f"== {title}\n{textwrap.indent(text.rstrip(), '    ')}\n\n" for title, text in sections)


def files() -> Iterator[tuple[str, Callable[[], str]]]:
    """The golden files: name, and what makes the text."""
    for group, subjects in GROUPS.items():
        for what in PRINTS:
            yield (
                f"{what}-{group}.txt",
                lambda what=what, subjects=subjects: written((t, printed(what, s)) for t, s in subjects().items()),
            )
    yield "rules.txt", lambda: written(rules())


if __name__ == "__main__":
    for name, text in files():
        (FOLDER / name).write_text(text(), encoding="utf-8")
