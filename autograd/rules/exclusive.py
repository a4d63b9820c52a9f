"""What derivatives of products are made of: products of all others, and linear recurrences. Nothing is divided.

Both are rows whose derivatives are rows of the same kind, so that derivatives of every order are exact where entries
are 0 or denormal, and where products of some of them leave the range of floats. Each takes as many steps as there are
entries. Both run along the last axis.
"""

from __future__ import annotations

from functools import reduce
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np

from autograd.core.op import VALUE
from autograd.core.types import Value
from autograd.rules.declare import general, variadic


def product_of_others(x: Value, *along: Any) -> Value:
    """For each entry of x the product of all others; with directions t, u, … the derivative of that along them.

    That is for the entry j the sum, over different places a, b, … other than j, of t[a]·u[b]·… times the product of x
    at all remaining places. It is linear in each direction, and all of them count alike.

    >>> x, t = np.array([2.0, 3.0, 5.0]), np.array([1.0, 0.0, 0.0])
    >>> product_of_others(x)
    array([15., 10.,  6.])
    >>> product_of_others(x, t)
    array([0., 5., 3.])
    """
    operands = [np.asarray(v) for v in (x, *along)]
    dtype = np.result_type(*operands)
    wide = np.broadcast_arrays(*(v.astype(np.result_type(dtype, float)) for v in operands))
    # One layer for each set of directions, as the bits of its number: a polynomial in which each occurs once at most.
    layers = np.zeros((2 ** (len(wide) - 1), *wide[0].shape), wide[0].dtype)
    layers[0] = wide[0]
    for i, t in enumerate(wide[1:]):
        layers[2**i] = t
    if layers.size == 0:
        return layers[-1].astype(dtype)
    found, exponent = _others(*_scaled(layers))
    return np.ldexp(found[-1], np.clip(exponent[-1], -_FAR, _FAR)).astype(dtype)


_FAR = 20_000  # powers of 2 that are beyond the range of floats
_NOTHING = -(2**40)  # the exponent of 0: below all others


def _scaled(numbers: Any, exponent: Any = 0) -> tuple[Any, Any]:
    """Numbers below 1, and the exponents of 2 to multiply them by: their products neither overflow nor vanish."""
    fractions, own = np.frexp(numbers)
    return fractions, np.where(fractions == 0, _NOTHING, own.astype(np.int64) + exponent)


def _others(layers: Any, exponent: Any) -> tuple[Any, Any]:
    """The products of all others, by halves: each is its partner's factor times the product of all other pairs."""
    n = layers.shape[-1]
    if n == 1:
        alone = np.zeros_like(layers)
        alone[0] = 1.0
        return _scaled(alone)
    half = n // 2
    first, second, rest = zip(*(np.split(x, [half, 2 * half], axis=-1) for x in (layers, exponent)), strict=True)
    pairs = _joined(_times(first, second), rest)
    others = _others(*pairs)
    shared, of_rest = ((others[0][..., s], others[1][..., s]) for s in (slice(half), slice(half, None)))
    return _joined(_times(second, shared), _times(first, shared), of_rest)


def _joined(*parts: tuple[Any, Any]) -> tuple[Any, Any]:
    fractions, exponents = zip(*parts, strict=True)
    return np.concatenate(fractions, axis=-1), np.concatenate(exponents, axis=-1)


def _times(p: tuple[Any, Any], q: tuple[Any, Any]) -> tuple[Any, Any]:
    """The product of two polynomials in the directions; what holds one of them twice is left out."""
    layers = [_layer(p, q, [(s, k ^ s) for s in range(k + 1) if s & k == s]) for k in range(len(p[0]))]
    fractions, exponents = zip(*layers, strict=True)
    return np.stack(fractions), np.stack(exponents)


def _layer(p: tuple[Any, Any], q: tuple[Any, Any], pairs: list[tuple[int, int]]) -> tuple[Any, Any]:
    """The sum of the products of these layers of two polynomials."""
    terms = [(p[0][s] * q[0][t], p[1][s] + q[1][t]) for s, t in pairs]
    if len(terms) == 1:
        return _scaled(*terms[0])
    top = reduce(np.maximum, (exponent for _, exponent in terms))
    return _scaled(sum(np.ldexp(x, np.maximum(exponent - top, -_FAR)) for x, exponent in terms), top)


def _further(i: int, t: Value, x: Value, *along: Any) -> Value:
    """Its derivative with respect to operand i along t: for x one more direction, for a direction t in its place."""
    return product_of_others(x, *(u for k, u in enumerate(along, 1) if k != i), t)


product_of_others = variadic(
    product_of_others,
    _further,
    _further,
    VALUE,
    {},
    kernel=lambda operands, plain=product_of_others: plain(*operands),
    prepare=lambda *operands: (operands, {}),
)


# --- recurrences -----------------------------------------------------------------------------------------------------


def recurrence(a: Value, b: Value) -> Value:
    """h[i] = a[i]·h[i-1] + b[i] along the last axis, from h[0] = b[0]; a[0] is not read.

    >>> recurrence(np.array([9.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0]))
    array([ 1.,  3., 10.])
    """
    a, b = np.broadcast_arrays(a, b)
    dtype, shape = np.result_type(a, b), b.shape
    a, h = (np.reshape(v.astype(np.result_type(dtype, float)), (prod(shape[:-1]), shape[-1])) for v in (a, b))
    few = h.size > 0 and len(h) <= 16 and h.dtype == float  # there Python's numbers are faster than NumPy's calls
    h = np.array([_run_through(*row) for row in zip(a.tolist(), h.tolist())]) if few else _by_columns(a, h)
    return np.reshape(h, shape).astype(dtype)


def _run_through(a: list[float], b: list[float]) -> list[float]:
    return list(accumulate(zip(a[1:], b[1:]), lambda h, ab: ab[0] * h + ab[1], initial=b[0]))


def _by_columns(a: Value, b: Value) -> Value:
    a, h = np.ascontiguousarray(a.T), np.ascontiguousarray(b.T)
    for i in range(1, len(h)):
        h[i] += a[i] * h[i - 1]
    return h.T


def backwards(g: Value, a: Value) -> Value:
    """The transpose of a recurrence by b: one in the other direction."""
    return np.flip(recurrence(np.roll(np.flip(a, -1), 1, -1), np.flip(g, -1)), -1)


def preceding(h: Any, first: float = 0.0) -> Value:
    """For each place what stands before it, at the beginning `first`."""
    start = np.full((*np.shape(h)[:-1], 1), first, h.dtype)
    return np.concatenate([start, h[..., :-1]], axis=-1)


recurrence = general(
    recurrence,
    [
        lambda g, out, a, _b: backwards(g, a) * preceding(out),
        lambda g, _out, a, _b: backwards(g, a),
    ],
    [
        lambda t, out, a, _b: recurrence(a, t * preceding(out)),
        lambda t, _out, a, _b: recurrence(a, t),
    ],
)
