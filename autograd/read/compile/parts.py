"""A long program as several functions of bounded size, which hand their values on in one list.

Python's functions are made for hundreds of lines, and a scalar graph may have many thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from symtable import symtable
from typing import NamedTuple

from autograd.read.printing.program import Assignment, Program

MOST = 1000  # lines of one function
_PER_LINE = 8  # values that are handed on in one line


class Parts(NamedTuple):
    """A program in parts.

    functions   the source of a function for each part
    body        lines that call them, and then have the values that are asked for in variables
    """

    functions: list[str]
    body: list[str]


def parted(program: Program, name: Callable[[int], str], inputs: Sequence[str], wanted: Sequence[str]) -> Parts:
    """The program as functions `step_1(values)`, `step_2(values)` … of at most MOST lines each.

    name     of the k-th of them
    inputs   the variables that there are at the beginning
    wanted   expressions that are formed at the end
    """
    if len(program.lines) <= MOST:
        return Parts([], program.body)
    pieces = [program.lines[i : i + MOST] for i in range(0, len(program.lines), MOST)]
    place: dict[str, int] = {}
    for variable in (*inputs, *(line.name for line in program.lines)):
        place.setdefault(variable, len(place))
    used = [*(_used([line.expression for line in piece]) & place.keys() for piece in pieces), _used(wanted)]
    last = {variable: k for k, variables in enumerate(used) for variable in variables}  # the piece that has it last
    called = [name(k + 1) for k in range(len(pieces))]
    functions = []
    for k, piece in enumerate(pieces):
        own = [line.name for line in piece]
        given = sorted(used[k].difference(own), key=place.__getitem__)
        later = [v for v in own if last.get(v, 0) > k]
        functions.append(_function(called[k], piece, _loaded(given, place), _stored(later, place)))
    body = [
        f"values = [None] * {len(place)}",
        *_stored([v for v in dict.fromkeys(inputs) if v in last], place),
        *(f"{part}(values)" for part in called),
        *_loaded([line.name for line in program.lines if line.name in used[-1]], place),
    ]
    return Parts(functions, body)


def _function(name: str, lines: Sequence[Assignment], loaded: Iterator[str], stored: Iterator[str]) -> str:
    body = [*loaded, *(f"{line.name} = {line.expression}" for line in lines), *stored]
    return "\n    ".join([f"def {name}(values):", *body]) + "\n"


def _used(expressions: Sequence[str]) -> set[str]:
    """The variables that expressions refer to; functions and modules as well, which have no place."""
    tables = [symtable("\n".join(expressions), "<program>", "exec")]
    for table in tables:
        tables += table.get_children()  # a comprehension has a table of its own
    return {name for table in tables for name in table.get_identifiers()}


def _loaded(variables: Sequence[str], place: dict[str, int]) -> Iterator[str]:
    for some in _few(variables):
        yield f"{', '.join(some)} = {', '.join(f'values[{place[v]}]' for v in some)}"


def _stored(variables: Sequence[str], place: dict[str, int]) -> Iterator[str]:
    for some in _few(variables):
        yield f"{', '.join(f'values[{place[v]}]' for v in some)} = {', '.join(some)}"


def _few(variables: Sequence[str]) -> Iterator[Sequence[str]]:
    return (variables[i : i + _PER_LINE] for i in range(0, len(variables), _PER_LINE))
