"""A program of numbers alone, whose arguments and results are floats in nested lists and tuples.

Python takes some 20 ns to hand over one float, C computes with it in less than one. So C (nested.h) itself looks into
the lists that the program is given, and makes those of its results.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.read.native.emit import Function
from autograd.read.native.entries import python_function
from autograd.read.native.interface import Form
from autograd.read.term import Term, kind_of

_CONTAINERS: dict[type, Form] = {tuple: Form.TUPLE, list: Form.LIST}


class Nested(NamedTuple):
    """A program whose arguments and results are floats in nested lists and tuples.

    arguments  a tuple of the arguments, with a Term in the place of each float
    result     what it gives, with marks in the places of its outputs
    """

    arguments: tuple[Any, ...]
    result: Any

    @property
    def inputs(self) -> list[Term]:
        """The floats of the arguments, in order."""
        return [*_values(self.arguments)]


class Calls(NamedTuple):
    """Functions of the arguments: what runs the program, and what says whether they are of the kind that it is for."""

    run: Callable[..., Any]
    fits: Callable[..., bool]


def nested(arguments: Sequence[Any], result: Any, outputs: Sequence[Any]) -> Nested | None:
    """A program of these arguments and results, if they are nothing but floats in lists and tuples."""
    whole = Nested(tuple(arguments), result)
    if not (_is_nested(whole.arguments) and _is_nested(result)):
        return None
    floats = all(isinstance(s, Term) and kind_of(s) is float for s in whole.inputs)
    return whole if floats and all(kind_of(s) is float for s in outputs) else None


def calls(whole: Nested, outputs: Sequence[Any], function: Function, library: ctypes.CDLL) -> Calls:
    """How a program is called that one C function computes, which is given all the floats of the arguments in order."""
    place = {s: k for k, s in enumerate([*function.results, *function.inputs])}
    constants = [x for x in outputs if not isinstance(x, Term)]
    which = {id(x): i for i, x in reversed([*enumerate(constants)])}
    numbers = iter((Form.FLOAT, place[x]) if isinstance(x, Term) else (Form.CONSTANT, which[id(x)]) for x in outputs)
    takes = [*_form(whole.arguments, lambda: (Form.FLOAT, 0))]
    gives = [*_form(whole.result, lambda: next(numbers))]
    computed, given = len(function.results), len(function.inputs)
    passed = given if any(isinstance(x, Term) and place[x] >= computed for x in outputs) else 0
    address = ctypes.cast(getattr(library, function.name), ctypes.c_void_p).value
    head = (address, given, computed, passed)
    plan = np.array([*head, *(n for form in (*takes, *gives) for n in form)], np.intp)
    own = plan, *constants
    return Calls(*(python_function("nested.h", method, own) for method in ("cg_run", "cg_fits")))


def _values(structure: Any) -> Iterator[Any]:
    if type(structure) in _CONTAINERS:
        for part in structure:
            yield from _values(part)
    else:
        yield structure


def _is_nested(structure: Any) -> bool:
    return not any(isinstance(x, (dict, list, tuple)) for x in _values(structure))


def _form(structure: Any, number: Callable[[], tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """See nested.h."""
    kind = _CONTAINERS.get(type(structure))
    if kind is None:
        yield number()
        return
    yield kind, len(structure)
    for part in structure:
        yield from _form(part, number)
