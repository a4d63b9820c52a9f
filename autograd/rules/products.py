"""Products: of matrices, of vectors, over any axes, convolution. Rows are matmul, einsum and convolve."""

from math import prod
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.fitting import narrower
from autograd.core.op import VALUE
from autograd.core.types import Value
from autograd.errors import ShapeError
from autograd.rules.arguments import mode_of
from autograd.rules.declare import defined, linear, variadic
from autograd.rules.reductions import refuse_keywords

# --- matmul ----------------------------------------------------------------------------------------------------------


def matmul_left(g: Value, x: Value, y: Value) -> Value:
    """Gradient of x @ y with respect to x: G·Yᵀ. A vector is a row or column that matmul has dropped again."""
    if x.ndim == 2 == y.ndim:
        return product(g, y.T)
    if y.ndim == 1:
        return g * y if x.ndim == 1 else np.expand_dims(g, -1) * y
    if x.ndim == 1:
        return y @ g if y.ndim == 2 else np.sum(np.expand_dims(g, -2) * y, axis=-1)
    return g @ np.swapaxes(y, -1, -2)


def matmul_right(g: Value, x: Value, y: Value) -> Value:
    """Gradient of x @ y with respect to y: Xᵀ·G."""
    if x.ndim == 2 == y.ndim:
        return product(x.T, g)
    if x.ndim == 1:
        return g * x if y.ndim == 1 else np.expand_dims(x, -1) * np.expand_dims(g, -2)
    if y.ndim == 1:
        return x.T @ g if x.ndim == 2 else np.sum(x * np.expand_dims(g, -1), axis=tuple(range(x.ndim - 1)))
    return np.swapaxes(x, -1, -2) @ g


def product(x: Value, y: Value) -> Value:
    """The product of two matrices. That of a column and a row takes half the time when it is left to broadcasting."""
    return x @ y if x.shape[1] != 1 else x * y


linear(np.matmul, matmul_left, matmul_right)


def row(x: Value) -> Value:
    """A vector, or a stack of them, as matrices of one row."""
    return np.expand_dims(x, -2)


def column(x: Value) -> Value:
    """A vector, or a stack of them, as matrices of one column."""
    return np.expand_dims(x, -1)


# --- made of matmul --------------------------------------------------------------------------------------------------


@defined(np.linalg.matmul)
def matmul(x1: Any, x2: Any) -> Value:
    """np.matmul by another name."""
    return np.matmul(x1, x2)


def deciding(x: Value, beside: Any) -> Value:
    """A Python number as np.dot takes it: an array of double precision, which decides the dtype beside a narrower one.

    To np.multiply it has no precision of its own.
    """
    if not narrower(beside):
        return x
    return np.float64(x) if type(x) in (int, float) else x.promoted() if hasattr(x, "promoted") else x


@defined(np.dot)
def dot(a: Value, b: Value, out: None = None) -> Value:
    """np.dot by matmul and multiply."""
    refuse_keywords("dot", out=out)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(deciding(a, b), deciding(b, a))
    return np.matmul(a, b) if np.ndim(b) <= 2 else tensordot(a, b, (-1, -2))


@defined(np.inner)
def inner(a: Value, b: Value) -> Value:
    """The sum of products over the last axis of both."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(deciding(a, b), deciding(b, a))
    return tensordot(a, b, (-1, -1))


@defined(np.vdot)
def vdot(a: Value, b: Value) -> Value:
    """The sum of all products, both flattened."""
    if np.size(a) != np.size(b):
        raise ShapeError(
            f"vdot needs as many entries in one operand as in the other, but got {np.size(a)} and {np.size(b)}."
        )
    return np.matmul(np.reshape(a, -1), np.reshape(b, -1))


@defined(np.outer)
def outer(a: Value, b: Value, out: None = None) -> Value:
    """Every entry of one times every entry of the other, both flattened."""
    refuse_keywords("outer", out=out)
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


@defined(np.linalg.outer)
def outer_of_vectors(x1: Any, x2: Any) -> Value:
    """np.outer, for vectors alone."""
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ShapeError(f"np.linalg.outer needs two vectors, but got shapes {np.shape(x1)} and {np.shape(x2)}.")
    return outer(x1, x2)


@defined(np.tensordot, np.linalg.tensordot)
def tensordot(a: Value, b: Value, axes: Any = 2) -> Value:
    """Sum over axes of a and b, by one product of matrices: the summed axes last in a, first in b."""
    p, q = np.ndim(a), np.ndim(b)
    if isinstance(axes, (int, np.integer)):
        axes = range(p - int(axes), p), range(axes)
    over_a, over_b = (list(normalize_axis_tuple(over, n)) for over, n in zip(axes, (p, q), strict=True))
    kept_a, kept_b = [k for k in range(p) if k not in over_a], [k for k in range(q) if k not in over_b]
    shape_a, shape_b = np.shape(a), np.shape(b)
    if [shape_a[k] for k in over_a] != [shape_b[k] for k in over_b]:
        raise ShapeError(f"tensordot needs summed axes of equal size, but got {shape_a} and {shape_b}, axes={axes}.")
    rows, columns = [shape_a[k] for k in kept_a], [shape_b[k] for k in kept_b]
    n = prod(shape_a[k] for k in over_a)
    left = np.reshape(np.transpose(a, kept_a + over_a), (prod(rows), n))
    right = np.reshape(np.transpose(b, over_b + kept_b), (n, prod(columns)))
    return np.reshape(np.matmul(left, right), (*rows, *columns))


def vecdot(x1: Any, x2: Any, axis: int = -1) -> Value:
    """The scalar products of the vectors along an axis."""
    return np.squeeze(np.matmul(row(last(x1, axis)), column(last(x2, axis))), (-2, -1))


def need_axes(x1: Any, n1: int, x2: Any, n2: int) -> None:
    """A vector has one axis at least, a matrix two: matmul would take a vector for a matrix."""
    if np.ndim(x1) < n1 or np.ndim(x2) < n2:
        raise ShapeError(
            f"The operands need at least {n1} and {n2} axes, but got shapes {np.shape(x1)}, {np.shape(x2)}."
        )


def matvec(x1: Any, x2: Any) -> Value:
    """A stack of matrices times a stack of vectors."""
    need_axes(x1, 2, x2, 1)
    return np.squeeze(np.matmul(x1, column(x2)), -1)


def vecmat(x1: Any, x2: Any) -> Value:
    """A stack of vectors times a stack of matrices."""
    need_axes(x1, 1, x2, 2)
    return np.squeeze(np.matmul(row(x1), x2), -2)


defined(np.vecdot, np.linalg.vecdot)(vecdot)
defined("np.matvec")(matvec)  # NumPy 2.2
defined("np.vecmat")(vecmat)


# --- made of multiply ------------------------------------------------------------------------------------------------


@defined(np.kron)
def kron(a: Value, b: Value) -> Value:
    """Every entry of a times the whole of b, as blocks."""
    n = max(np.ndim(a), np.ndim(b))
    of_a, of_b = ((1,) * (n - np.ndim(x)) + np.shape(x) for x in (a, b))
    spread_a, spread_b = ([k for p in of_a for k in (p, 1)], [k for q in of_b for k in (1, q)])
    blocks = np.reshape(a, tuple(spread_a)) * np.reshape(b, tuple(spread_b))
    return np.reshape(blocks, tuple(p * q for p, q in zip(of_a, of_b, strict=True)))


@defined(np.cross)
def cross(a: Value, b: Value, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Value:
    """The vector product along the given axes; a vector of two components has a third that is 0."""
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis,) * 3
    x, y = last(a, axisa), last(b, axisb)
    sizes = {x.shape[-1], y.shape[-1]}
    if not sizes <= {2, 3}:
        raise ShapeError(f"cross needs vectors of 3 (or 2) components, but got shapes {np.shape(a)} and {np.shape(b)}.")
    x, y = spatial(x), spatial(y)
    out = x[..., [1, 2, 0]] * y[..., [2, 0, 1]] - x[..., [2, 0, 1]] * y[..., [1, 2, 0]]
    if sizes == {2}:
        return out[..., 2]
    order = list(range(out.ndim - 1))
    order.insert(normalize_axis_tuple(axisc, out.ndim)[0], out.ndim - 1)
    return np.transpose(out, order)


def spatial(v: Value) -> Value:
    """Vectors of the plane with a third component, 0."""
    return v if v.shape[-1] == 3 else np.concatenate([v, np.zeros((*v.shape[:-1], 1), v.dtype)], axis=-1)


@defined(np.linalg.cross)
def cross_of_three(x1: Any, x2: Any, *, axis: int = -1) -> Value:
    """np.cross, for vectors of three components alone."""
    if np.shape(x1)[axis] != 3 or np.shape(x2)[axis] != 3:
        raise ShapeError(
            f"np.linalg.cross needs vectors of 3 components, but got shapes {np.shape(x1)} and {np.shape(x2)}."
        )
    return cross(x1, x2, axis=axis)


def last(x: Value, axis: int) -> Value:
    """x with this axis moved to the end."""
    (axis,) = normalize_axis_tuple(axis, np.ndim(x))
    return np.transpose(x, [k for k in range(np.ndim(x)) if k != axis] + [axis])


# --- convolution -----------------------------------------------------------------------------------------------------


MODES = {0: "valid", 1: "same", 2: "full"}  # NumPy takes the numbers, too


def convolve_adjoint(g: Value, kept_shape: tuple[int, ...], other: Any, mode: Any) -> Value:
    """Gradient of convolve(x, other) by x: g in its place in the full convolution, convolved with `other` reversed."""
    n, m = (kept_shape or (1,))[0], (np.shape(other) or (1,))[0]
    before = {"full": 0, "same": (min(n, m) - 1) // 2, "valid": min(n, m) - 1}[mode]
    after = n + m - 1 - before - np.shape(g)[0]
    full = np.concatenate([np.zeros(before), g, np.zeros(after)]) if before or after else g
    return np.convolve(full, np.reshape(other, -1)[::-1])[m - 1 : m - 1 + n]


linear(
    np.convolve,
    lambda g, a, v, mode="full": convolve_adjoint(g, np.shape(a), v, mode),
    lambda g, a, v, mode="full": convolve_adjoint(g, np.shape(v), a, mode),
    prepare=lambda a, v, mode="full": ((a, v), {"mode": mode_of(mode, MODES)}),
)


@defined(np.correlate)
def correlate(a: Value, v: Value, mode: Any = "valid") -> Value:
    """Convolution with v turned round; as NumPy does it, the longer operand is the one that stands still."""
    if not np.ndim(a) == np.ndim(v) == 1:
        raise ShapeError(f"correlate needs two vectors, but got shapes {np.shape(a)} and {np.shape(v)}.")
    if np.size(v) > np.size(a):
        return np.convolve(v, np.reshape(a, -1)[::-1], mode)[::-1]
    return np.convolve(a, np.reshape(v, -1)[::-1], mode)


# --- einsum --------------------------------------------------------------------------------------------------------


def explicit(subscripts: str, *operands: Any, optimize: Any = False) -> tuple[Any, dict[str, Any]]:
    """The arguments of np.einsum, with the subscripts spelt out: `ij,jk` becomes `ij,jk->ik`, an ellipsis letters.

    `optimize` is NumPy's: the order of contraction, which is a matter of speed.
    """
    if not isinstance(subscripts, str):
        raise TypeError("np.einsum on Tensors takes its subscripts as a string: np.einsum('ij,jk->ik', A, B).")
    terms, _, result = subscripts.replace(" ", "").partition("->")
    inputs = terms.split(",")
    if len(inputs) != len(operands):
        raise ShapeError(f"einsum: {subscripts!r} needs {len(inputs)} operands, but got {len(operands)}.")
    spare = [c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in subscripts]
    extra = [np.ndim(x) - len(t.replace("...", "")) for t, x in zip(inputs, operands, strict=False)]
    most = max((n for t, n in zip(inputs, extra, strict=False) if "..." in t), default=0)
    if most > 0 and "->" in subscripts and "..." not in result:
        raise ShapeError(f"einsum: {subscripts!r} has '...' on the left of '->' only; '->...{result}' keeps its axes.")
    ellipsis = "".join(spare[:most])
    spelt = [t.replace("...", ellipsis[most - n :] if n else "") for t, n in zip(inputs, extra, strict=False)]
    if "->" not in subscripts:
        once = sorted(c for c in set(terms) - {",", "."} if terms.count(c) == 1)
        result = ellipsis + "".join(once)
    spelt_out = {"subscripts": f"{','.join(spelt)}->{result.replace('...', ellipsis)}"}
    return operands, {**spelt_out, "optimize": optimize} if optimize else spelt_out


def einsum_adjoint(i: int, g: Value, *operands: Any, subscripts: str, optimize: Any = False) -> Value:
    """Gradient with respect to operand i: the same contraction with g in its place and its subscripts as the result.

    A letter of the operand that stands nowhere else was summed over: it comes back with size 1 and the sweep
    repeats it. A letter that stands in it twice took the diagonal: an identity matrix puts the gradient back there.
    """
    inputs, _, result = subscripts.partition("->")
    terms = inputs.split(",")
    rest = [t for k, t in enumerate(terms) if k != i]
    arrays = [x for k, x in enumerate(operands) if k != i]
    letters, target = (
        iter(c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in subscripts),
        "",
    )
    for letter, size in zip(terms[i], np.shape(operands[i]), strict=True):
        if letter in target:
            twin = next(letters)
            rest.append(letter + twin)
            arrays.append(np.eye(size))
            letter = twin
        target += letter
    known = [c for c in target if c in result or any(c in t for t in rest)]
    summed = np.einsum(f"{','.join([result, *rest])}->{''.join(known)}", g, *arrays, optimize=bool(optimize))
    missing = tuple(k for k, c in enumerate(target) if c not in known)
    return np.expand_dims(summed, missing) if missing else summed


def einsum_push(i: int, t: Value, *operands: Any, subscripts: str, optimize: Any = False) -> Value:
    """einsum is linear in each operand: the tangent takes the operand's place."""
    return np.einsum(subscripts, *(t if k == i else x for k, x in enumerate(operands)), optimize=optimize)


variadic(
    np.einsum,
    einsum_adjoint,
    einsum_push,
    VALUE,
    {"subscripts": "", "optimize": False},
    kernel=lambda operands, subscripts, optimize=False: np.einsum(subscripts, *operands, optimize=optimize),
    prepare=explicit,
)
