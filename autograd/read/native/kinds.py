"""What numbers are in C: types, literals, and the type that an operation computes in, by NumPy's rules."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.read.notation import row_of
from autograd.read.notation.native import BOOLEAN, CAST, CHOSEN, COMMON, RELATION
from autograd.read.notation.style import SIGN, Piece
from autograd.read.term import Term, kind_of

DOUBLE, BOOL = np.dtype(np.float64), np.dtype(np.bool_)
_TYPES = {DOUBLE: "double", np.dtype(np.float32): "float", BOOL: "bool"}
_TYPES |= {np.dtype(name): f"{name}_t" for bits in (8, 16, 32, 64) for name in (f"int{bits}", f"uint{bits}")}
OF_PYTHON = (float, int, bool)


def c_type(dtype: np.dtype[Any]) -> str | None:
    """What it is called in C; None of what C does not have, or not in this order of bytes.

    >>> c_type(np.dtype(np.float32)), c_type(np.dtype(np.float16))
    ('float', None)
    """
    return _TYPES.get(dtype)


def type_of(x: Any) -> np.dtype[Any]:
    """The dtype in which a Term or a plain value is kept in C: an integer of Python's is a double there."""
    kind = kind_of(x)
    if kind in OF_PYTHON:
        return BOOL if kind is bool else DOUBLE
    return x.dtype  # type: ignore[no-any-return]


def computing_type(s: Term) -> np.dtype[Any] | None:
    """The dtype that an elementwise operation computes in; None where it has none in C."""
    native = row_of(s.call).native
    if native is None:
        return None
    if native.reads == BOOLEAN:
        return BOOL
    if native.reads != COMMON:
        return None if kind_of(s) is int else type_of(s)
    examples = [_example(x) for x in s.operands]
    try:
        common = np.result_type(*examples)
    except (OverflowError, TypeError):  # a number that the dtype does not hold
        return None
    exact = common.kind == "f" and all(np.result_type(x).kind in "iub" for x in examples)
    return None if exact else common  # uint64 with int64 is compared as no float is


def _example(x: Any) -> Any:
    """What NumPy tells the dtype of a result from: Python's numbers adapt to the others."""
    kind = kind_of(x)
    if kind in OF_PYTHON:
        return kind(0) if isinstance(x, Term) else x
    return x.dtype


def is_elementwise(s: Term) -> bool:
    """Whether C can do what NumPy does here, elementwise."""
    native, computed = row_of(s.call).native, computing_type(s)
    if native is None or computed is None or c_type(computed) is None or computed.kind not in native.kinds:
        return False
    if (native.reads == CAST and not s.params.keys() <= {"dtype"}) or (native.reads != CAST and s.params):
        return False
    if kind_of(s) is int or c_type(type_of(s)) is None:
        return False
    if native.by_constant and (not s.shape or isinstance(s.operands[1], Term)):
        return False
    operands = s.operands[1:] if native.reads == CHOSEN else s.operands
    if native.reads == CHOSEN and type_of(s.operands[0]) != BOOL:
        return False
    return all(_is_read(x, computed, native.reads) for x in operands)


def _is_read(x: Any, computed: np.dtype[Any], reads: str) -> bool:
    """Whether an operand can be converted to the type that is computed in as NumPy does it."""
    kind = kind_of(x)
    if kind is int and computed.kind != "f":
        return not isinstance(x, Term) and computed.kind in "iu" and _fits(x, computed)
    if kind not in OF_PYTHON and not issubclass(kind, (np.ndarray, np.generic)):
        return False
    stored = type_of(x)
    if c_type(stored) is None:
        return False
    return not (reads == CAST and stored.kind == "f" and computed.kind in "iu")  # C says nothing of nan


def _fits(x: int, dtype: np.dtype[Any]) -> bool:
    limits = np.iinfo(dtype)
    return bool(limits.min < x <= limits.max)


def literal(x: Any, dtype: np.dtype[Any]) -> Piece:
    """A number in this type, to the last bit.

    >>> literal(0.1, np.dtype(np.float32)).text, literal(-2, np.dtype(float)).text
    ('0.1f', '-2.0')
    """
    if dtype == BOOL:
        return Piece("true" if x else "false")
    if dtype.kind in "iu":
        text = f"{int(x)}{'' if abs(int(x)) < 2**31 else 'u' * (dtype.kind == 'u') + 'll'}"
    else:
        value = dtype.type(x)
        text = "NAN" if value != value else f"{'-' * bool(value < 0)}INFINITY" if abs(value) == np.inf else str(value)
        text += "f" * (dtype.itemsize == 4 and text[-1].isdigit())
    return Piece(text, SIGN if text.startswith("-") else 11, literal=True)


def converted(piece: Piece, stored: np.dtype[Any], wanted: np.dtype[Any]) -> Piece:
    """An operand that is kept in one type, in another one."""
    if stored == wanted:
        return piece
    inside = piece.text if piece.level >= SIGN else f"({piece.text})"
    if wanted == BOOL:
        return Piece(f"{inside} != 0", RELATION)
    return Piece(f"({c_type(wanted)}){inside}", SIGN)
