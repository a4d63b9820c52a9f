"""The exceptions, and the words in which they speak: what happened, what was given, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd.printable import printable, printable_lines


class AutogradError(Exception):
    """Whatever chalkgrad itself has to say; each error is also the built-in one that fits it.

    Its words may be shown on any terminal, whatever stands in the names of the user's.
    """

    def __str__(self) -> str:
        return printable_lines(super().__str__())


class ShapeError(AutogradError, ValueError):
    """Shapes that do not fit one another."""


class IndexingError(AutogradError, IndexError):
    """An index that the array does not have."""


class AxisError(IndexingError, np.exceptions.AxisError):
    """An axis that the array does not have."""


class DataError(AutogradError, ValueError):
    """Values that cannot be used: NaN, nothing at all, labels out of range."""


class DtypeError(AutogradError, TypeError):
    """A type of number that has no derivative (integers, booleans, objects, complex)."""


class GraphError(AutogradError, RuntimeError):
    """A request that the recorded graph cannot answer."""


class Undecided(GraphError):
    """A question about values that are not known yet, since a program is only being read off a function.

    whole   stands in for a rule that asked it: the rule is then called in the program as a whole
    """

    def __init__(self, message: str, whole: Callable[..., Any]) -> None:
        super().__init__(message)
        self.whole = whole


class NumericalError(AutogradError, FloatingPointError):
    """A NaN or Inf that an operation made out of finite numbers, found by `anomaly()`."""


class EditError(AutogradError, ValueError):
    """An edit in place of an array that `guard()` has made read-only."""


class SaveError(AutogradError, OSError):
    """A file that cannot be written."""


class Unsupported(AutogradError, TypeError):
    """A function or keyword that has no rule, with the alternative where there is one."""


class ConversionError(AutogradError, TypeError):
    """A Tensor where a plain array or number is needed, which would cut the gradient silently."""


class DisconnectedWarning(UserWarning):
    """A derivative is 0 because the function has cut the gradient off: by `.data`, `detach()`, `item()`."""


def describe(value: Any, name: str | None = None) -> str:
    """Name, shape and dtype of an operand, as errors print them.

    >>> describe(np.ones((2, 3)), "W1")
    'W1 (2, 3) float64'
    >>> describe(2.0)
    'the number 2.0'
    """
    name = name and printable(name)
    if isinstance(value, (bool, int, float, np.number)):
        return f"{name} = {value}" if name else f"the number {value}"
    if not hasattr(value, "shape"):
        value = np.asarray(value)
    return f"{name or 'an array'} {value.shape} {value.dtype}"


# What says that operands do not fit, by itself or within a function made of others. Subclasses say something else.
_OF_OPERANDS = frozenset(
    {ValueError, IndexError, np.exceptions.AxisError, np.linalg.LinAlgError, ShapeError, IndexingError, AxisError}
)


def mismatch(what: str, values: Iterable[Any], names: Iterable[str | None], cause: Exception) -> Exception:
    """The error for operands that `what` cannot take: in these terms, for the reason that `cause` gives.

    The reason goes along as `.reason`: a function made of others says it of its own operands. Other errors come back as
    they are; NumPy's LinAlgError remains one.
    """
    if type(cause) not in _OF_OPERANDS:
        return cause
    values = list(values)
    given = [describe(v, n) for v, n in zip(values, names, strict=True)]
    given = given if len(given) <= 8 else [*given[:8], f"{len(given) - 8} more"]
    reason: str | None = getattr(cause, "reason", None)
    if reason is None:
        ours = isinstance(cause, AutogradError)
        reason = str(cause) if ours else _advice(what, [np.shape(v) for v in values], str(cause))
    kinds = {
        np.exceptions.AxisError: AxisError,
        IndexError: IndexingError,
        np.linalg.LinAlgError: np.linalg.LinAlgError,
    }
    kind: Any = next((ours for theirs, ours in kinds.items() if isinstance(cause, theirs)), ShapeError)
    error: Any = kind(f"{what} cannot take {' and '.join(given)}.\n  {reason}")
    error.reason = reason
    return error  # type: ignore[no-any-return]


def _advice(what: str, shapes: list[tuple[int, ...]], cause: str) -> str:
    if what == "matmul" and len(shapes) == 2 and all(len(s) == 2 for s in shapes):
        (a, b), (c, d) = shapes
        hint = f"The inner sizes must be equal, but they are {b} and {c}."
        if a == c:
            return f"{hint} The first operand transposed would fit: ({b}, {a}) @ ({c}, {d}); so `.T` may be missing."
        if b == d:
            return f"{hint} The second operand transposed would fit: ({a}, {b}) @ ({d}, {c}); so `.T` may be missing."
        return f"{hint} Columns are samples: W is (n_out, n_in), X is (n_in, m)."
    if len(shapes) == 2 and cause.startswith("operands could not be broadcast"):
        return (
            "Shapes are compared from the last axis backwards; each pair of sizes must be equal or contain a 1. "
            "Columns are samples: a bias is a column (n, 1), not a row (n,)."
        )
    return f"The reason: {cause}"
