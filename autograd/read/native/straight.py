"""A long calculation with single numbers as several C functions of bounded length.

A compiler takes longer per line the longer a function is, and to fit the lines of a calculation without loops together
gains nothing: these functions are compiled quickly rather than well. They hand their numbers on in an array of doubles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograd.read.native.interface import Status

LONG = 64  # lines, from which on they are put into functions of their own
_MOST = 200  # lines of one of them
_LINE = re.compile(r"const (\w+) (\w+) = (.*);")
_DECLARED = re.compile(r"(?:const )?((?:double|float|bool|u?int\d+_t) \*?)(\w+)(?: = .*)?;")
_HELD = {"double", "float", "bool", *(f"{u}int{bits}_t" for u in ("", "u") for bits in (8, 16, 32))}  # by a double
_GIVEN_AWAY = re.compile(r"numbers\[\d+\] = (\w+);")
_WORD = re.compile(r"[A-Za-z_]\w*")
_QUICKLY = '__attribute__((noinline, optimize("O{}")))'
_VERY_LONG = 1000  # lines, from which on the compiler does not try at all
_ON_STACK = 2048  # numbers that are handed on in memory that need not be asked for


def is_straight(lines: Sequence[str]) -> bool:
    """Whether these are many lines, each of which gives one number to a variable, and a double holds them."""
    return len(lines) > LONG and all((found := _LINE.fullmatch(line)) and found[1] in _HELD for line in lines)


def in_parts(
    lines: Sequence[str],
    given: dict[str, str],
    before: Sequence[str],
    name: str,
    values: str,
    later: str,
    last: Sequence[str],
) -> tuple[list[str], list[str], list[str]]:
    """Functions that do what the lines do; the lines that call them; what is left of the last lines.

    given   the declaration of each variable that is an argument
    before  the lines between those and these: what they declare is handed to the functions
    name    what the functions are called, with a number
    values  what the array that numbers are handed on in is called
    later   the text that follows: what it reads are variables behind the calls
    last    the lines at the end: results are given away where they are made, since compilers take long over thousands
            of them in one place
    """
    handed = {found[2]: found[1] for line in before if (found := _DECLARED.match(line))}
    made = {found[2]: found[1] for line in lines if (found := _LINE.fullmatch(line))}
    given_away: dict[str, list[str]] = {}
    left: list[str] = []
    for line in last:
        found = _GIVEN_AWAY.fullmatch(line)
        (given_away.setdefault(found[1], []) if found and found[1] in made else left).append(line)
    pieces = [_Piece(lines[i : i + _MOST], given_away) for i in range(0, len(lines), _MOST)]
    needed = [set(_WORD.findall("\n".join([later, *left])))]  # behind each piece
    for piece in reversed(pieces[1:]):
        needed.insert(0, needed[0] | piece.words)
    handed_on = [v for piece, behind in zip(pieces, needed, strict=True) for v in piece.makes if v in behind]
    place = {variable: i for i, variable in enumerate(handed_on)}
    quickly = _QUICKLY.format(int(len(lines) < _VERY_LONG))
    functions, calls = [], _array(values, max(len(place), 1), [line for line in last if line.startswith("free(")])
    for k, piece in enumerate(pieces):
        loads = [given[v] for v in piece.reads if v in given and v not in made]
        loads += [f"const {made[v]} {v} = values[{place[v]}];" for v in piece.reads if v in place]
        stores = [f"values[{place[v]}] = {v};" for v in piece.makes if v in place]
        inside = "\n".join(f"    {line}" for line in [*loads, *piece.lines, *stores])
        called = f"{name}_{k + 1}"
        also = [v for v in piece.reads if v in handed and v not in made]
        takes = ", ".join(["PyObject *objects", "double *values", *(f"{handed[v]}{v}" for v in also)])
        functions.append(f"{quickly}\nstatic void {called}({takes})\n{{\n{inside}\n}}\n")
        calls.append(f"{called}({', '.join(['objects', values, *also])});")
    calls += [f"const {made[v]} {v} = {values}[{place[v]}];" for v in place if v in needed[-1]]
    return functions, [*calls, *_freed(values, len(place))], left


class _Piece:
    """The lines of one function, with those that give away what is a result; what they make, and what they read."""

    def __init__(self, lines: Sequence[str], given_away: dict[str, list[str]]) -> None:
        self.makes = [found[2] for line in lines if (found := _LINE.fullmatch(line))]
        self.lines = [*lines, *(line for v in self.makes for line in given_away.get(v, ()))]
        own = set(self.makes)
        self.reads = [v for v in dict.fromkeys(_WORD.findall("\n".join(self.lines))) if v not in own]
        self.words = {*self.reads, *own}


def _array(name: str, size: int, lacking: Sequence[str]) -> list[str]:
    """An array for a call; `lacking` is what is done first where there is no memory for it."""
    if size <= _ON_STACK:
        return [f"double {name}[{size}];"]
    without = " ".join([*lacking, f"return {Status.NO_MEMORY.value};"])
    return [f"double *{name} = malloc({size} * sizeof *{name});", f"if (!{name}) {{ {without} }}"]


def _freed(name: str, size: int) -> list[str]:
    return [f"free({name});"] if size > _ON_STACK else []
