"""Polynomials by their coefficients (highest power first), and evenly spaced numbers. All made of other functions."""

from typing import Any

import numpy as np

from autograd.core.types import Value
from autograd.errors import DataError, ShapeError, Unsupported
from autograd.rules.declare import composite
from autograd.rules.reductions import operand, refuse_keywords


def coefficients(p: Any) -> Value:
    """The coefficients of one polynomial. An error for more axes, of which NumPy makes something by accident."""
    p = operand(p)
    if np.ndim(p) != 1:
        raise ShapeError(f"The coefficients of a polynomial must have one axis, but got the shape {np.shape(p)}.")
    return p


def polyval(p: Any, x: Value) -> Value:
    """np.polyval, by Horner's scheme."""
    if isinstance(x, np.poly1d):
        raise Unsupported("polyval of a polynomial is not supported on Tensors; evaluate one after the other.")
    p, x = operand(p), operand(x)
    y = np.zeros_like(x)
    # With x's axes of size 1 in front: a number by itself would not raise the precision of x.
    for coefficient in np.reshape(p, (len(p), *(1,) * (x.ndim - p.ndim + 1), *p.shape[1:])):
        y = y * x + coefficient
    return y


def polyder(p: Any, m: int = 1) -> Value:
    """np.polyder: the m-th derivative."""
    p, m = coefficients(p), int(m)
    if m < 0:
        raise DataError("polyder needs an order of at least 0. For the other direction use np.polyint.")
    for _ in range(m):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Value:
    """np.polyint: the m-th antiderivative, with the constants k (one of them stands for all)."""
    p, m = coefficients(p), int(m)
    if m < 0:
        raise DataError("polyint needs an order of at least 0. For the other direction use np.polyder.")
    constants = np.zeros(m) if k is None else coefficients(np.atleast_1d(operand(k)))
    if len(constants) == 1:
        constants = np.repeat(constants, m)
    if len(constants) < m:
        raise DataError(f"polyint of order {m} needs 1 or {m} constants k, but got {len(constants)}.")
    for i in range(m):
        p = np.concatenate([p / np.arange(len(p), 0, -1), constants[i : i + 1]])
    return p


def polyadd(a1: Any, a2: Any) -> Value:
    """np.polyadd."""
    size = max(np.size(a1), np.size(a2))
    return leading_zeros(a1, size) + leading_zeros(a2, size)


def polysub(a1: Any, a2: Any) -> Value:
    """np.polysub."""
    size = max(np.size(a1), np.size(a2))
    return leading_zeros(a1, size) - leading_zeros(a2, size)


def leading_zeros(p: Any, size: int) -> Value:
    """The same polynomial with so many coefficients."""
    p = coefficients(np.atleast_1d(operand(p)))
    return np.concatenate([np.zeros(size - len(p), p.dtype), p])


def vander(x: Value, N: int | None = None, increasing: bool = False) -> Value:
    """np.vander: the powers of x as columns."""
    x = operand(x)
    if x.ndim != 1:
        raise ShapeError(f"vander needs one axis, but got the shape {x.shape}.")
    if N is not None and N < 0:
        raise ValueError(f"vander needs a number of columns of at least 0, but got N={N}.")
    powers = np.arange(len(x) if N is None else N)
    return np.power(np.expand_dims(x, 1), powers if increasing else powers[::-1])


composite(np.polyval, polyval)
composite(np.polyder, polyder)
composite(np.polyint, polyint, of_values=("k",))
composite(np.polyadd, polyadd)
composite(np.polysub, polysub)
composite(np.vander, vander)


# --- evenly spaced ------------------------------------------------------------------------------------------------


def weights(start: Any, stop: Any, num: int, endpoint: bool, dtype: Any) -> Value:
    """How far each number is on its way from start to stop: 0 to 1 along a new first axis."""
    ndim = max(np.ndim(start), np.ndim(stop))
    return np.reshape(np.linspace(0.0, 1.0, num, endpoint, dtype=dtype), (-1, *(1,) * ndim))


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: None = None,
    axis: int = 0,
    *,
    device: None = None,
) -> Value:
    """np.linspace; its last entry is `stop` itself."""
    refuse_keywords("linspace", retstep=retstep, dtype=dtype, device=device)
    start, stop = (x if type(x) in (int, float) else operand(x) for x in (start, stop))  # numbers have no precision
    w = weights(start, stop, num, endpoint, np.result_type(start, stop, 1.0))
    return np.moveaxis(np.where(w == 1, stop, start + w * (stop - start)), 0, axis)


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: None = None, axis: int = 0
) -> Value:
    """np.logspace."""
    refuse_keywords("logspace", dtype=dtype)
    if np.ndim(base):
        raise Unsupported("logspace(base=…) on Tensors takes one base; write base ** np.linspace(start, stop, n).")
    return np.power(base, np.linspace(start, stop, num, endpoint, axis=axis))


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: None = None, axis: int = 0) -> Value:
    """np.geomspace; its last entry is `stop` itself."""
    refuse_keywords("geomspace", dtype=dtype)
    start, stop = operand(start), operand(stop)
    if np.any(start == 0) or np.any(stop == 0):
        raise DataError("geomspace cannot begin or end with 0.")
    w = weights(start, stop, num, endpoint, float)  # in double precision, as NumPy has it
    return np.moveaxis(np.where(w == 1, stop, start * (stop / start) ** w), 0, axis)


composite(np.linspace, linspace)
composite(np.logspace, logspace)
composite(np.geomspace, geomspace)
