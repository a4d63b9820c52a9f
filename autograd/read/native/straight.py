"""A long calculation with single numbers as several C functions of bounded length.

A compiler takes longer per line the longer a function is, and to fit the lines of a calculation without loops together
gains nothing: these functions are compiled quickly rather than well. They hand their numbers on in one array.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONG = 64  # lines, from which on they are put into functions of their own
_MOST = 200  # lines of one of them
_LINE = re.compile(r"const (\w+) (\w+) = (.*);")
_WORD = re.compile(r"[A-Za-z_]\w*")
_QUICKLY = '__attribute__((noinline, optimize("O1")))'


def is_straight(lines: Sequence[str]) -> bool:
    """Whether these are many lines, each of which gives one number to a variable."""
    return len(lines) > LONG and all(map(_LINE.fullmatch, lines))


def in_parts(lines: Sequence[str], given: dict[str, str], name: str, later: str) -> tuple[list[str], list[str]]:
    """Functions that do what the lines do, and the lines that call them.

    given   the declaration of each variable that there is before
    name    what the functions are called, with a number
    later   the text that follows: what it reads are variables behind the calls
    """
    pieces = [lines[i : i + _MOST] for i in range(0, len(lines), _MOST)]
    made = {found[2]: found[1] for line in lines if (found := _LINE.fullmatch(line))}
    needed = [set(_WORD.findall(later))]  # behind each piece
    for piece in reversed(pieces[1:]):
        needed.insert(0, needed[0] | set(_WORD.findall(" ".join(piece))))
    place = {variable: i for i, variable in enumerate(v for v in made if any(v in words for words in needed))}
    functions, calls = [], [f"double values[{max(len(place), 1)}];"]
    for k, (piece, behind) in enumerate(zip(pieces, needed, strict=True)):
        own = [found[2] for line in piece if (found := _LINE.fullmatch(line))]
        read = dict.fromkeys(_WORD.findall(" ".join(line.partition(" = ")[2] for line in piece)))
        loads = [given[v] for v in read if v in given and v not in made]
        loads += [f"const {made[v]} {v} = values[{place[v]}];" for v in read if v in place and v not in own]
        stores = [f"values[{place[v]}] = {v};" for v in own if v in place and v in behind]
        inside = "\n".join(f"    {line}" for line in [*loads, *piece, *stores])
        called = f"{name}_{k + 1}"
        functions.append(f"{_QUICKLY}\nstatic void {called}(PyObject *objects, double *values)\n{{\n{inside}\n}}\n")
        calls.append(f"{called}(objects, values);")
    last = [f"const {made[v]} {v} = values[{place[v]}];" for v in place if v in needed[-1]]
    return functions, [*calls, *last]
