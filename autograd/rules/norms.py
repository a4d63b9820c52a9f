"""Norms of vectors and matrices, and the condition number. Where a norm is 0 it has a kink: its subgradient is 0."""

from math import inf
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.op import WRAP
from autograd.core.types import Value
from autograd.rules.cancel import divided, times
from autograd.rules.declare import defined, general
from autograd.rules.reductions import spread, widened, wider_than_numpy
from autograd.rules.special import kinked, ratio, undetermined


def euclidean(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """The root of the sum of squares; its derivative x / ‖x‖ is 0 where everything is 0."""
    if axis is None:  # of all entries NumPy's norm is the root of x·x, which half precision sums up in single
        return np.linalg.norm(np.asarray(x), None, None, keepdims)
    return np.linalg.vector_norm(np.asarray(x), axis=axis, keepdims=keepdims)


def p_norm(x: Value, p: float, axis: Any = None, keepdims: bool = False) -> Value:
    """(Σ |x|^p)^(1/p)."""
    return np.linalg.vector_norm(np.asarray(x), ord=p, axis=axis, keepdims=keepdims)


def p_slope(out: Value, x: Value, p: float, axis: Any, keepdims: bool) -> Value:
    """sign(x)·(|x| / ‖x‖)^(p−1): 0 at the zero vector for p > 1, where |x|^p by itself would give 0·∞."""
    if p % 2 == 0 and p > 0:  # smooth: of every order at entries that are 0
        return ratio(x, spread(out, axis, keepdims)) ** (p - 1)
    return np.sign(x) * ratio(np.abs(x), spread(out, axis, keepdims)) ** (p - 1)


def along(g: Value, out: Value, x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """g · x / ‖x‖; where g is a multiple of ‖x‖, that is cancelled."""
    rest = divided(g, out)
    if rest is not None:
        return spread(rest, axis, keepdims) * x
    return spread(g, axis, keepdims) * ratio(x, spread(out, axis, keepdims))


def pushed(t: Value, out: Value, x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """⟨x / ‖x‖, t⟩; in a sweep that is recorded as a quotient by ‖x‖, which may cancel further on."""
    if type(x) in WRAP:
        return ratio(np.sum(times(t, x), axis, keepdims=keepdims), out)
    return np.sum(t * ratio(x, spread(out, axis, keepdims)), axis, keepdims=keepdims)


euclidean = general(euclidean, [along], [pushed], kinked=undetermined)


def along_p(g: Value, out: Value, x: Value, p: float, axis: Any = None, keepdims: bool = False) -> Value:
    """g · p_slope; where g is a multiple of ‖x‖^(p−1), that is cancelled: ‖x‖^p is a sum of powers."""
    rest, times = g, 0
    while rest is not None and 1 < p == int(p) and times < p - 1:
        rest, times = divided(rest, out), times + 1
    if times and rest is not None:
        power = x ** (p - 1) if p % 2 == 0 else np.sign(x) * np.abs(x) ** (p - 1)
        return spread(rest, axis, keepdims) * power
    return spread(g, axis, keepdims) * p_slope(out, x, p, axis, keepdims)


p_norm = general(
    p_norm,
    [along_p],
    [
        lambda t, out, x, p, axis=None, keepdims=False: np.sum(
            t * p_slope(out, x, p, axis, keepdims), axis, keepdims=keepdims
        )
    ],
    prepare=lambda x, p, axis=None, keepdims=False: ((x,), {"p": p, "axis": axis, "keepdims": keepdims}),
)


@widened
def root_of_squares(x: Value, axis: Any, keepdims: bool) -> Value:
    """The 2-norm; of nothing at all it is 0 without a kink."""
    if np.size(x) == 0:
        return np.sum(np.square(x), axis=axis, keepdims=keepdims)
    return euclidean(x, axis=axis, keepdims=keepdims)


def largest(x: Value, axis: Any, keepdims: bool) -> Value:
    """The largest of numbers that are not negative; of nothing at all it is 0."""
    if np.size(x) == 0:
        return np.sum(x, axis=axis, keepdims=keepdims)
    return np.max(x, axis=axis, keepdims=keepdims)


@defined(np.linalg.vector_norm)
@widened
def vector_norm(x: Value, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Value:
    """The norm of all entries, or along one or several axes."""
    if ord is None or ord == 2:
        return root_of_squares(x, axis, keepdims)
    if ord == inf:
        return largest(np.abs(x), axis, keepdims)  # those that tie share equally
    if ord == -inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum(np.sign(np.abs(x)), axis=axis, keepdims=keepdims)  # how many are not 0: the derivative is 0
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order {ord!r} for vectors")
    return p_norm(x, float(ord), axis=axis, keepdims=keepdims)


def norm_of_matrices(x: Value, ord: Any, axis: tuple[int, int], keepdims: bool) -> Value:
    """The norm of the matrices in two axes: of rows and of columns."""
    rows, columns = normalize_axis_tuple(axis, np.ndim(x))  # NumPy's errors for axes out of range or given twice
    if ord is None or ord in ("fro", "f"):
        return root_of_squares(x, (rows, columns), keepdims)
    if ord == "nuc" or ord in (2, -2):
        order = [k for k in range(np.ndim(x)) if k not in (rows, columns)]
        s = np.linalg.svdvals(np.transpose(x, [*order, rows, columns]))
        out = kinked(np.sum(s, axis=-1) if ord == "nuc" else largest(s, -1, False)) if ord != -2 else np.min(s, axis=-1)
        return np.expand_dims(out, tuple(sorted((rows, columns)))) if keepdims else out
    if ord not in (1, -1, inf, -inf):
        raise ValueError(f"Invalid norm order {ord!r} for matrices.")
    return norm_of_sums(x, ord, rows, columns, keepdims)


@widened
def norm_of_sums(x: Value, ord: Any, rows: int, columns: int, keepdims: bool) -> Value:
    """The largest or smallest sum of a column or row of the matrices."""
    summed, other = (rows, columns) if abs(ord) == 1 else (columns, rows)
    sums = np.sum(np.abs(x), axis=summed, keepdims=True)
    out = largest(sums, other, True) if ord > 0 else np.min(sums, axis=other, keepdims=True)
    return out if keepdims else np.squeeze(out, (rows, columns))


@defined(np.linalg.matrix_norm)
@wider_than_numpy
def matrix_norm(x: Value, *, keepdims: bool = False, ord: Any = "fro") -> Value:
    """The norm of the matrices in the last two axes."""
    return norm_of_matrices(x, ord, (-2, -1), keepdims)


@defined(np.linalg.norm)
@wider_than_numpy
def norm(x: Value, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Value:
    """NumPy's older one: `ord` is that of a vector or of a matrix by the number of axes."""
    if axis is None and ord is None:
        return root_of_squares(x, None, keepdims)
    axes = tuple(range(np.ndim(x))) if axis is None else tuple(np.atleast_1d(axis).tolist())
    normalize_axis_tuple(axes, np.ndim(x), allow_duplicate=True)  # NumPy's error for an axis out of range
    if len(axes) == 1:
        return vector_norm(x, axis=axes[0], keepdims=keepdims, ord=ord)
    if len(axes) == 2:
        return norm_of_matrices(x, ord, axes, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


@defined(np.linalg.cond)
def cond(x: Value, p: Any = None) -> Value:
    """The condition number ‖x‖·‖x⁻¹‖; of the 2-norm as the ratio of singular values."""
    if p is None or p in (2, -2):
        s = np.linalg.svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return norm_of_matrices(x, p, (-2, -1), False) * norm_of_matrices(np.linalg.inv(x), p, (-2, -1), False)
