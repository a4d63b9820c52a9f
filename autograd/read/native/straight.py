"""A long calculation with single numbers as several C functions of bounded length.

A compiler takes longer per line the longer a function is, and to fit the lines of a calculation without loops together
gains nothing: these functions are compiled quickly rather than well. They hand their numbers on in an array of doubles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONG = 64  # lines, from which on they are put into functions of their own
_MOST = 200  # lines of one of them
_LINE = re.compile(r"const (\w+) (\w+) = (.*);")
_DECLARED = re.compile(r"(?:const )?((?:double|float|bool|u?int\d+_t) \*?)(\w+)(?: = .*)?;")
_HELD = {"double", "float", "bool", *(f"{u}int{bits}_t" for u in ("", "u") for bits in (8, 16, 32))}  # by a double
_WORD = re.compile(r"[A-Za-z_]\w*")
_QUICKLY = '__attribute__((noinline, optimize("O{}")))'
_VERY_LONG = 1000  # lines, from which on the compiler does not try at all


def is_straight(lines: Sequence[str]) -> bool:
    """Whether these are many lines, each of which gives one number to a variable, and a double holds them."""
    return len(lines) > LONG and all((found := _LINE.fullmatch(line)) and found[1] in _HELD for line in lines)


def in_parts(
    lines: Sequence[str], given: dict[str, str], before: Sequence[str], name: str, values: str, later: str
) -> tuple[list[str], list[str]]:
    """Functions that do what the lines do, and the lines that call them.

    given   the declaration of each variable that is an argument
    before  the lines between those and these: what they declare is handed to the functions
    name    what the functions are called, with a number
    values  what the array that numbers are handed on in is called
    later   the text that follows: what it reads are variables behind the calls
    """
    handed = {found[2]: found[1] for line in before if (found := _DECLARED.match(line))}
    pieces = [lines[i : i + _MOST] for i in range(0, len(lines), _MOST)]
    made = {found[2]: found[1] for line in lines if (found := _LINE.fullmatch(line))}
    needed = [set(_WORD.findall(later))]  # behind each piece
    for piece in reversed(pieces[1:]):
        needed.insert(0, needed[0] | set(_WORD.findall(" ".join(piece))))
    place = {variable: i for i, variable in enumerate(v for v in made if any(v in words for words in needed))}
    quickly = _QUICKLY.format(int(len(lines) < _VERY_LONG))
    functions, calls = [], [f"double {values}[{max(len(place), 1)}];"]
    for k, (piece, behind) in enumerate(zip(pieces, needed, strict=True)):
        own = [found[2] for line in piece if (found := _LINE.fullmatch(line))]
        read = dict.fromkeys(_WORD.findall(" ".join(line.partition(" = ")[2] for line in piece)))
        loads = [given[v] for v in read if v in given and v not in made]
        loads += [f"const {made[v]} {v} = values[{place[v]}];" for v in read if v in place and v not in own]
        stores = [f"values[{place[v]}] = {v};" for v in own if v in place and v in behind]
        inside = "\n".join(f"    {line}" for line in [*loads, *piece, *stores])
        called = f"{name}_{k + 1}"
        also = [v for v in read if v in handed and v not in made]
        takes = ", ".join(["PyObject *objects", "double *values", *(f"{handed[v]}{v}" for v in also)])
        functions.append(f"{quickly}\nstatic void {called}({takes})\n{{\n{inside}\n}}\n")
        calls.append(f"{called}({', '.join(['objects', values, *also])});")
    last = [f"const {made[v]} {v} = {values}[{place[v]}];" for v in place if v in needed[-1]]
    return functions, [*calls, *last]
