"""Case: one way of calling a function, how operands are drawn for it, and a test for each function of its cases."""

import inspect
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import numpy as np
import pytest

from tests.autograd.helpers import generator, separated

SIGNED, POSITIVE, PROBABILITY = (-2.0, 2.0), (0.5, 2.5), (0.3, 0.7)


@dataclass(frozen=True)
class Case:
    """One way of calling a function.

    function    what is called: a row of the table, or a composite
    operands    what it is applied to
    arrange     makes (args, kwargs) of the call out of operands; the operands themselves where it is None
    reference   the same function as NumPy has it
    fixed       positions of operands by which there is no derivative here
    """

    function: Any
    operands: tuple[Any, ...]
    note: str
    params: dict[str, Any] = field(default_factory=dict)
    arrange: Any = None
    reference: Any = None
    fixed: tuple[int, ...] = ()

    def __str__(self):
        return f"{self.function.__name__}-{self.note}"

    def __call__(self, *operands):
        return self._call(self.function, operands)

    def plain(self, *operands):
        """The value by NumPy alone."""
        return self._call(self.reference or self.function, operands)

    def _call(self, function, operands):
        args = self.arrange(*operands) if self.arrange else operands
        return function(*args, **self.params)

    @property
    def wanted(self):
        """The positions of the operands that a gradient is asked for."""
        return [i for i in range(len(self.operands)) if i not in self.fixed]

    def substituted(self, *values):
        """A call with `values` in the wanted positions, the others as they are."""
        operands = list(self.operands)
        for i, x in zip(self.wanted, values, strict=True):
            operands[i] = x
        return self(*operands)


def drawn(function, shapes, domain=SIGNED):
    """Operands of these shapes; None stands for a Python float. Always the same ones."""
    return tuple(separated(generator(f"{function.__name__}{shapes}"), shapes, *domain))


def noted(shapes, params=()):
    """Shapes and parameters, as a part of a test's name that can be read."""
    parts = ["x".join(map(str, s)) or "0d" if s is not None else "float" for s in shapes]
    settings = [f"{k}={v if np.ndim(v) == 0 else str(v).replace(' ', '')}" for k, v in dict(params).items()]
    return ",".join([*parts, *settings])


def case(function, shapes, params=None, domain=SIGNED, note=None, **how):
    """A case with operands drawn for it."""
    params = params or {}
    return Case(function, drawn(function, shapes, domain), note or noted(shapes, params), params, **how)


UNARY_SHAPES = [None, (), (1,), (3,), (2, 3), (0, 2)]
PAIRS = [
    (None, None),
    ((), None),
    ((3,), None),
    (None, (2, 3)),
    ((1,), ()),
    ((2, 3), (2, 3)),
    ((2, 3), (3,)),
    ((2, 1), (1, 3)),
    ((4, 1, 3), (2, 1)),
    ((1,), (0, 3)),
]


def unary(function, domain=SIGNED, reference=None, **params):
    """A case for each of the usual shapes of one operand."""
    return [case(function, [s], params, domain, reference=reference) for s in UNARY_SHAPES]


def binary(function, domain=SIGNED, reference=None):
    """A case for each of the usual pairs of shapes."""
    return [case(function, list(pair), None, domain, reference=reference) for pair in PAIRS]


AXES = [
    (None, [None]),
    ((), [None, ()]),
    ((4,), [None, 0, -1, (0,)]),
    ((2, 3), [None, 0, -1, (0, 1), (-1, 0), ()]),
    ((2, 1, 3), [None, 1, (0, -1), (2, 1)]),
]


def for_each(names, values, ids=str):
    """As pytest.mark.parametrize, but one test for each function of the table, which runs all of its cases.

    A case is what `values` has, or the first of each tuple. What fails is told apart by `ids` of it (and the rest of
    the tuple): every case is run, whether or not another has failed. pytest takes 1.5 ms for a test of its own, which
    for tens of thousands of cases is more than the cases take themselves.
    """
    names = [name.strip() for name in names.split(",")]
    groups = grouped((value if len(names) > 1 else (value,) for value in values), ids)

    def decorated(test):
        @wraps(test)
        def run(group, **fixtures):
            failures = []
            for note, arguments in group:
                try:
                    test(**dict(zip(names, arguments, strict=True)), **fixtures)
                except (Exception, pytest.fail.Exception) as failure:
                    failure.add_note(f"in the case {note}")
                    failures.append(failure)
            if len(failures) == 1:
                raise failures[0]
            if failures:
                raise BaseExceptionGroup(f"{len(failures)} of {len(group)} cases", failures)

        fixtures = [p for name, p in inspect.signature(test).parameters.items() if name not in names]
        group = inspect.Parameter("group", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        run.__signature__ = inspect.Signature([group, *fixtures])
        return pytest.mark.parametrize("group", groups.values(), ids=groups.keys())(run)

    return decorated


def grouped(values, ids=str):
    """{name of the function: [(what the case is called, its values)]}."""
    groups = {}
    for arguments in values:
        note = ", ".join([ids(arguments[0]), *map(str, arguments[1:])])
        groups.setdefault(arguments[0].function.__name__, []).append((note, arguments))
    return groups
