"""np.linalg: inverses, determinants and what is computed from them. The factorisations are in factors.py."""

from collections.abc import Sequence
from math import prod
from operator import index
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.types import Value
from autograd.errors import ShapeError
from autograd.rules.declare import composite, constant, defined, general, refuse
from autograd.rules.products import column
from autograd.rules.reductions import refuse_keywords
from autograd.rules.special import cast

SlogdetResult = type(np.linalg.slogdet(np.eye(1)))


def turned(x: Value) -> Value:
    """The transpose of each matrix."""
    return np.swapaxes(x, -1, -2)


def sides(a: Value) -> tuple[int, int]:
    """Rows and columns of the matrices in the last two axes; NumPy's error where there are not so many."""
    if np.ndim(a) < 2:
        raise np.linalg.LinAlgError(f"{np.ndim(a)}-dimensional array given. Array must be at least two-dimensional")
    rows, columns = np.shape(a)[-2:]
    return rows, columns


def two_axes(a: Value) -> tuple[int, int]:
    """Rows and columns of a single matrix; NumPy's error where it is not one."""
    if np.ndim(a) != 2:
        raise np.linalg.LinAlgError(f"{np.ndim(a)}-dimensional array given. Array must be two-dimensional")
    return sides(a)


def lifted(g: Value) -> Value:
    """Numbers, one for each matrix, as matrices of one entry."""
    return np.expand_dims(g, (-2, -1))


# --- inverses --------------------------------------------------------------------------------------------------------
general(
    np.linalg.inv,
    [lambda g, out, _a: -turned(out) @ g @ turned(out)],
    [lambda t, out, _a: -out @ t @ out],
)


def as_columns(x: Value, b_shape: tuple[int, ...]) -> Value:
    """The right-hand side (or what has its form) as matrices: it is a vector where it has one axis."""
    return column(x) if len(b_shape) == 1 else x


def as_given(x: Value, b_shape: tuple[int, ...]) -> Value:
    """The reverse of as_columns."""
    return np.squeeze(x, -1) if len(b_shape) == 1 else x


def solve_by_a(g: Value, out: Value, a: Value, b_shape: tuple[int, ...]) -> Value:
    """Gradient of x = a⁻¹b with respect to a: −(a⁻ᵀ g) xᵀ."""
    return -np.linalg.solve(turned(a), as_columns(g, b_shape)) @ turned(as_columns(out, b_shape))


general(
    np.linalg.solve,
    [
        solve_by_a,
        lambda g, _out, a, b_shape: as_given(np.linalg.solve(turned(a), as_columns(g, b_shape)), b_shape),
    ],
    [
        lambda t, out, a, b_shape: as_given(-np.linalg.solve(a, t @ as_columns(out, b_shape)), b_shape),
        lambda t, _out, a, b_shape: as_given(np.linalg.solve(a, as_columns(t, b_shape)), b_shape),
    ],
)


def pinv_vjp(g: Value, out: Value, a: Value, rcond: Any = None, rtol: Any = ...) -> Value:
    """Golub and Pereyra (1973), for a rank that stays the same nearby; where the rank jumps, pinv itself does."""
    p, h = turned(out), turned(g)
    across = (
        h @ out @ p
    )  # gᵀ·P·Pᵀ, for the part of `a` that P does not see from the left; the last term, from the right
    along = p @ out @ h
    return -p @ g @ p + (across - a @ (out @ across)) + (along - (along @ out) @ a)


def pinv_jvp(t: Value, out: Value, a: Value, rcond: Any = None, rtol: Any = ...) -> Value:
    """The derivative of which pinv_vjp is the adjoint."""
    across = out @ turned(out) @ turned(t)
    along = turned(t) @ turned(out) @ out
    return -out @ t @ out + (across - across @ a @ out) + (along - out @ (a @ along))


general(np.linalg.pinv, [pinv_vjp], [pinv_jvp])  # hermitian=True reads one triangle only: refused


@defined(np.linalg.lstsq)
def lstsq(a: Value, b: Value, rcond: Any = None) -> Value:
    """The solution of least squares and least norm, the squared residuals, the rank and the singular values."""
    m, n = two_axes(a)
    if np.ndim(b) != 1:
        two_axes(b)
    a = cast(a, np.result_type(*(getattr(x, "dtype", float) for x in (a, b))))
    s = np.linalg.svdvals(a)
    rcond = np.finfo(s.dtype).eps * max(m, n) if rcond is None else rcond
    rank = int(np.count_nonzero(s > rcond * np.max(s))) if min(m, n) else 0
    x = np.matmul(np.linalg.pinv(a, rcond), b)
    residual = b - np.matmul(a, x)
    squares = np.sum(residual * residual, axis=0, keepdims=np.ndim(b) == 1)
    return x, squares if rank == n < m else squares[:0], rank, s


@defined(np.linalg.tensorinv)
def tensorinv(a: Value, ind: int = 2) -> Value:
    """The inverse of the map from the last axes to the first `ind` ones."""
    if ind <= 0:
        raise ValueError("tensorinv: ind must be positive.")
    shape = np.shape(a)
    return np.reshape(np.linalg.inv(np.reshape(a, (prod(shape[:ind]), -1))), (*shape[ind:], *shape[:ind]))


@defined(np.linalg.tensorsolve)
def tensorsolve(a: Value, b: Value, axes: Any = None) -> Value:
    """The x with tensordot(a, x, x.ndim) = b."""
    if axes is not None:
        moved = list(normalize_axis_tuple(axes, np.ndim(a)))
        a = np.transpose(a, [k for k in range(np.ndim(a)) if k not in moved] + moved)
    shape, n = np.shape(a)[np.ndim(b) :], np.size(b)
    return np.reshape(np.linalg.solve(np.reshape(a, (n, n)), np.reshape(b, -1)), shape)


# --- determinants ----------------------------------------------------------------------------------------------------


def cofactors(out: Value, a: Value) -> Value:
    """The derivative of det: det·a⁻ᵀ; for matrices that are singular or nearly so, the determinants of the minors.

    Those exist for every rank, and so do their own derivatives, but there are n² of them: n⁵ steps and n⁴ numbers.
    """
    n = np.shape(a)[-1]
    s = np.linalg.svdvals(a)
    if np.all(s[..., -1:] > 1e-6 * s[..., :1]):  # below, a⁻¹·det would lose too many digits to be differentiated again
        return lifted(out) * turned(np.linalg.inv(a))
    others = np.array([[k for k in range(n) if k != i] for i in range(n)], dtype=int).reshape(n, n - 1)
    minors = a[..., others[:, None, :, None], others[None, :, None, :]]
    return (-1.0) ** np.add.outer(np.arange(n), np.arange(n)) * np.linalg.det(minors)


general(
    np.linalg.det,
    [lambda g, out, a: lifted(g) * cofactors(out, a)],
    [lambda t, out, a: np.sum(t * cofactors(out, a), axis=(-2, -1))],
)


def log_abs_det(a: Value) -> Value:
    """ln |det a|, without overflow. At a singular matrix it is -inf and has no derivative: NumPy's LinAlgError."""
    return np.linalg.slogdet(a)[1]


def sign_of_det(a: Value) -> Value:
    """The sign of det a, whose derivative is 0."""
    return np.linalg.slogdet(a)[0]


log_abs_det = general(
    log_abs_det,
    [lambda g, _out, a: lifted(g) * turned(np.linalg.inv(a))],
    [lambda t, _out, a: np.sum(t * turned(np.linalg.inv(a)), axis=(-2, -1))],
)
sign_of_det = general(
    sign_of_det,
    [lambda g, _out, a_shape: np.zeros(a_shape)],
    [lambda t, _out, a_shape: np.zeros(a_shape[:-2])],
)
composite(np.linalg.slogdet, lambda a: SlogdetResult(sign_of_det(a), log_abs_det(a)))


# --- products and powers ---------------------------------------------------------------------------------------------


@defined(np.linalg.matrix_power)
def matrix_power(a: Value, n: int) -> Value:
    """a·a·…·a, n times, by squaring; of the inverse for a negative n."""
    n = index(n)  # NumPy's TypeError for what is not an integer
    if np.ndim(a) < 2 or np.shape(a)[-1] != np.shape(a)[-2]:
        raise ShapeError(f"matrix_power needs square matrices, but got shape {np.shape(a)}.")
    if n == 0:
        return np.where(np.zeros(np.shape(a), bool), a, np.eye(np.shape(a)[-1], dtype=a.dtype))
    if n < 0:
        return matrix_power(np.linalg.inv(a), -n)
    if n == 1:
        return np.positive(a)
    half = matrix_power(a, n // 2)
    return np.matmul(half, half) if n % 2 == 0 else np.matmul(np.matmul(half, half), a)


@defined(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: None = None) -> Value:
    """The product of all, in the order that takes the fewest multiplications; the ends may be vectors."""
    refuse_keywords("multi_dot", out=out)
    arrays = list(arrays)
    if len(arrays) < 2:
        raise ValueError("multi_dot needs at least two arrays.")
    if len(arrays) == 2:
        return np.dot(*arrays)  # of any number of axes
    first, final = np.ndim(arrays[0]) == 1, np.ndim(arrays[-1]) == 1
    arrays[0] = np.reshape(arrays[0], (1, -1)) if first else arrays[0]
    arrays[-1] = np.reshape(arrays[-1], (-1, 1)) if final else arrays[-1]
    for a in arrays:
        two_axes(a)
    sizes = [*(np.shape(x)[0] for x in arrays), np.shape(arrays[-1])[1]]
    best: dict[tuple[int, int], tuple[int, Any]] = {(i, i + 1): (0, None) for i in range(len(arrays))}
    for length in range(2, len(arrays) + 1):
        for i in range(len(arrays) - length + 1):
            j = i + length
            best[i, j] = min(
                (best[i, k][0] + best[k, j][0] + sizes[i] * sizes[k] * sizes[j], k) for k in range(i + 1, j)
            )

    def product(i: int, j: int) -> Value:
        k = best[i, j][1]
        return arrays[i] if k is None else np.matmul(product(i, k), product(k, j))

    whole = product(0, len(arrays))
    return np.squeeze(whole, (0,) * first + (1,) * final) if first or final else whole


# --- parts -----------------------------------------------------------------------------------------------------------


@defined(np.linalg.diagonal)
def diagonal(x: Value, *, offset: int = 0) -> Value:
    """The diagonals of the matrices in the last two axes."""
    m, n = sides(x)
    k = np.arange(max(0, min(m + min(offset, 0), n - max(offset, 0))))
    return x[..., k - min(offset, 0), k + max(offset, 0)]


@defined(np.linalg.trace)
def trace(x: Value, *, offset: int = 0) -> Value:
    """The sums of the diagonals of the matrices in the last two axes."""
    return np.sum(diagonal(x, offset=offset), axis=-1)


composite(np.linalg.matrix_transpose, turned)
constant(np.linalg.matrix_rank)
refuse(
    "its values are complex in general, and Tensors hold real numbers. For a symmetric matrix use np.linalg.eigh or "
    "np.linalg.eigvalsh.",
    np.linalg.eig,
    np.linalg.eigvals,
)
