"""Lines of C that are not too long to read."""

from __future__ import annotations

import re

WIDTH = 110
_DEEPER = 8 * " "  # in front of what a line goes on with
_PLACE = re.compile(r"(?<=,) (?=\S)| (?=(?:[-+*/?:<>]|&&|\|\||[=!]=) )| (?=reduction\()")
_NOTE = re.compile(r"(.*?\S)  (// .*)")


def broken(line: str) -> list[str]:
    r"""The same in lines of bounded width: broken in front of an operator, where brackets nest least.

    >>> terms = " + ".join(f"W2[{k}] * A1[{400 * k} + i]" for k in range(6))
    >>> print(*broken(f"    const double z2 = {terms};  // Z2 (1, 400)"), sep="\n")
        // Z2 (1, 400)
        const double z2 = W2[0] * A1[0 + i] + W2[1] * A1[400 + i] + W2[2] * A1[800 + i] + W2[3] * A1[1200 + i]
                + W2[4] * A1[1600 + i] + W2[5] * A1[2000 + i];
    """
    if len(line) <= WIDTH:
        return [line]
    margin = line[: len(line) - len(line.lstrip())]
    lines, rest = [], line
    if noted := _NOTE.fullmatch(line):
        rest = noted[1]
        lines.append(f"{margin}{noted[2]}")
    end = " \\" if rest.lstrip().startswith("#") else ""
    while len(rest) > WIDTH and (at := _place(rest)):
        lines.append(f"{rest[:at]}{end}")
        rest = f"{margin}{_DEEPER}{rest[at + 1 :]}"
    return [*lines, rest]


def _place(line: str) -> int | None:
    """Where to break it: as late as can be, of the places in the fewest brackets, rather not within a product."""
    places = [place.start() for place in _PLACE.finditer(line) if WIDTH // 2 < place.start() <= WIDTH]
    return min(reversed(places), key=lambda at: (_depth(line, at), line[at + 1] in "*/"), default=None)


def _depth(line: str, at: int) -> int:
    return sum(line.count(opens, 0, at) - line.count(closes, 0, at) for opens, closes in ("()", "[]"))
