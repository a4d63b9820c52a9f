"""Forms of an argument that counts, or that numbers axes: the one place where they become plain integers.

NumPy takes an axis as np.int64(1), as an array of one number, sometimes as True. Rules and definitions see an int, a
tuple or a list of ints, or None. So no rule computes with an uint8, of which -k wraps, or counts with booleans.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.core.op import TRACED, WRAP
from autograd.core.types import Value
from autograd.errors import DtypeError, Unsupported

AXES = frozenset({"axis", "axes", "axis1", "axis2", "axisa", "axisb", "axisc", "source", "destination"})
COUNTS = AXES | {
    *("offset", "k", "kth", "n", "N", "num", "shift", "repeats", "reps", "shape", "new_shape", "newshape"),
    *("ddof", "correction", "edge_order", "decimals", "ord", "mode"),
}
_NUMBERS = frozenset({"ddof", "correction", "ord"})  # need not be integers
_WORDS = frozenset({"ord", "mode"})
_PLAIN = (int, type(None), slice)


def settled(function: Callable[..., Any], given: dict[str, Any], args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments `given` by name in a call function(*args, **kwargs), with plain integers where they count.

    An unusual form is first shown to NumPy, which takes different ones in different functions.
    """
    unusual = {k: v for k, v in given.items() if not _usual(k, v) and (type(v) not in TRACED or type(v) in WRAP)}
    of = (getattr(function, "__module__", None) or "numpy").split(".")[0]
    if not unusual or of not in ("numpy", "autograd"):  # in a function of the user's a name says nothing
        return given
    for k, v in unusual.items():
        if type(v) in WRAP:
            raise Unsupported(
                f"{function.__name__}({k}=…) takes no Tensor: there is no derivative with respect to it. "
                "Pass plain numbers."
            )
        if isinstance(v, str):  # np.roll counts with "1"
            raise refused(function, unusual, TypeError("an integer is required"))
    _shown_to_numpy(function, unusual, args, kwargs)
    return given | {k: bool(v) if k == "keepdims" else _integers(k, v) for k, v in unusual.items()}


def refused(function: Callable[..., Any], unusual: Mapping[str, Any], cause: Exception) -> DtypeError:
    """The error for arguments in a form that a function does not take."""
    given = ", ".join(f"{k}={v!r}" for k, v in unusual.items())
    return DtypeError(
        f"{function.__name__} needs its arguments in a form that it can count with, but got {given} ({cause}). "
        "Give a plain integer, or a tuple of them where there are several."
    )


def _usual(name: str, value: Value) -> bool:
    """Whether there is nothing to be settled."""
    if name == "keepdims":
        return type(value) is bool or value is np._NoValue
    if isinstance(value, str):
        return name not in COUNTS or name in _WORDS
    if name not in COUNTS or type(value) in _PLAIN or (name in _NUMBERS and isinstance(value, float)):
        return True
    several = type(value) is tuple or (type(value) is list and name not in AXES)
    return several and all(type(v) in _PLAIN for v in value)


def _shown_to_numpy(function: Callable[..., Any], unusual: dict[str, Any], args: Any, kwargs: Any) -> None:
    """Raise DtypeError where NumPy does not take the arguments in this form; ones stand for Tensors."""
    if (getattr(function, "__module__", None) or "numpy").startswith("autograd"):
        for k, v in unusual.items():  # a function of ours, which takes what NumPy takes everywhere
            parts = v if isinstance(v, tuple) else np.ravel(v).tolist() if k not in AXES else [v]
            if k != "keepdims" and any(isinstance(x, (bool, np.bool_, float, list)) or np.ndim(x) for x in parts):
                raise refused(function, unusual, TypeError("an integer is required"))
        return
    try:
        with np.errstate(all="ignore"):
            function(*_plain(args), **_plain(kwargs))
    except (TypeError, AttributeError) as cause:
        raise refused(function, unusual, cause) from None
    except (ValueError, IndexError, OverflowError):  # about shapes and values: the definition says it of the true ones
        pass


def _plain(given: Any) -> Value:
    """The same structure with arrays of ones in place of Tensors."""
    if type(given) in TRACED:
        return np.ones(given.shape, given.dtype)
    if isinstance(given, dict):
        return {k: _plain(v) for k, v in given.items()}
    return type(given)(map(_plain, given)) if type(given) in (list, tuple) else given


def _integers(name: str, value: Value) -> Value:
    """Integers of any kind as Python's, one by one; anything else as it is.

    >>> _integers("axis", np.array([0, 1])), _integers("k", np.uint8(2)), _integers("repeats", [True, np.int64(3)])
    ((0, 1), 2, [1, 3])
    """
    if isinstance(value, (bool, np.bool_)) and name == "kth":  # NumPy itself refuses it when it is run
        return value
    if isinstance(value, (bool, np.bool_, np.integer)) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    if isinstance(value, (list, tuple, range)):
        parts = [_integers("", v) for v in value]
        return tuple(parts) if name in AXES or type(value) is tuple else parts
    if isinstance(value, np.ndarray) and value.dtype.kind in "iu":
        return _integers(name, value.tolist()) if value.ndim == 0 or name in AXES else value.astype(int)
    return value


def mode_of(mode: Any, names: Mapping[int, str]) -> Value:
    """A mode by its name, where NumPy takes its number, too."""
    mode = mode[()] if isinstance(mode, np.ndarray) and mode.ndim == 0 else mode
    return names.get(int(mode), mode) if type(mode) is int or isinstance(mode, np.integer) else mode
