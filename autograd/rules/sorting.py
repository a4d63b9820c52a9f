"""Sorting, and the statistics of order. A sorted array is a permutation of its operand, and its derivative the same.

Where entries tie, the first of them comes first: their derivatives keep the order of the entries.
"""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.op import TRACED
from autograd.core.types import Value
from autograd.errors import Unsupported
from autograd.rules.declare import composite, constant, general
from autograd.rules.reductions import operand, optional, refuse_keywords, widened


def flat(x: Value, axis: int | None) -> tuple[Any, int]:
    """x with an axis to sort along; without one it is flattened."""
    return (np.reshape(x, -1), 0) if axis is None else (x, axis)


def sort_arguments(
    a: Value, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None
) -> tuple[Any, dict[str, Any]]:
    """The arguments of np.sort. The kind of algorithm makes no difference to numbers in order."""
    if order is not None:
        raise Unsupported("sort(order=…) names fields, and a Tensor has none.")
    np.sort(np.zeros(0), kind=kind, stable=stable)  # NumPy's error for a kind that there is not
    x, axis = flat(a, axis)
    return (x,), {"axis": axis}


def partition_arguments(
    a: Value, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: Any = None
) -> tuple[Any, dict[str, Any]]:
    """The arguments of np.partition."""
    if order is not None:
        raise Unsupported("partition(order=…) names fields, and a Tensor has none.")
    np.partition(np.zeros(1), 0, kind=kind)
    x, axis = flat(a, axis)
    return (x,), {"kth": kth, "axis": axis}


def ranked(x: Value, axis: int) -> Value:
    """Where each entry of the sorted array comes from."""
    return np.argsort(x, axis=axis, kind="stable")


def origin(out: Value, x: Value, axis: int) -> Value:
    """Where each entry of `out`, a permutation of x, comes from: both are ranked, and equal ranks matched."""
    return np.take_along_axis(ranked(x, axis), ranked(ranked(out, axis), axis), axis)


def move(t: Value, source: Any, axis: int) -> Value:
    """The permutation itself."""
    return np.take_along_axis(t, source, axis)


def move_back(g: Value, source: Any, axis: int) -> Value:
    """Its inverse, which is its transpose."""
    return np.take_along_axis(g, ranked(source, axis), axis)


general(
    np.sort,
    [lambda g, _out, x, axis: move_back(g, ranked(x, axis), axis)],
    [lambda t, _out, x, axis: move(t, ranked(x, axis), axis)],
    prepare=sort_arguments,
)
# np.argpartition does not tell where the entries came from: it may use another algorithm than np.partition.
general(
    np.partition,
    [lambda g, out, x, kth, axis: move_back(g, origin(out, x, axis), axis)],
    [lambda t, out, x, kth, axis: move(t, origin(out, x, axis), axis)],
    prepare=partition_arguments,
)

constant(np.argsort, np.argpartition, np.lexsort, np.searchsorted, np.digitize)


# --- median and quantiles ------------------------------------------------------------------------------------------
# Each of NumPy's methods mixes two neighbours in the sorted array, in shares that depend on the number of entries.
# So NumPy itself is asked, by the quantiles of 0, 1, …, n-1: 3.2 says 0.8 of the entry at 3 and 0.2 of the one at 4.


def order_statistic(
    a: Value, q: Value, axis: Any, keepdims: Any, method: Any = "linear", skip_nan: bool = False
) -> Value:
    """The quantiles q of the entries along the axes."""
    rows, rest, kept = in_front(a, axis)
    n, missing = len(rows), np.isnan(rows)
    some = skip_nan and np.any(missing)
    counts, which = np.unique(n - np.sum(missing, axis=0) if some else n, return_inverse=True)
    position = np.stack([place(k, np.ravel(q), method) for k in counts], axis=-1)[:, which.reshape(-1)]
    low, high = np.floor(position).astype(int), np.ceil(position).astype(int)
    # Two halves of one entry where there is no neighbour, since an infinite one must not meet a share of 0.
    share = np.where(low == high, 0.5, position - low)
    share = share.astype(np.quantile(np.zeros(1, a.dtype), q, method=method).dtype)
    ordered = np.sort(rows, axis=0)
    found = (1 - share) * np.take_along_axis(ordered, low, 0) + share * np.take_along_axis(ordered, high, 0)
    blank = np.all(missing, axis=0) if skip_nan else np.any(missing, axis=0)
    found = np.where(blank, np.nan, found)
    return np.reshape(found, (*np.shape(q), *(kept if optional(keepdims, False) else rest)))


def in_front(a: Value, axis: Any) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    """The axes to reduce as the first of two, and the shapes of a result: without them, and with each of size 1."""
    shape = np.shape(a)
    axes = range(len(shape)) if axis is None else normalize_axis_tuple(axis, len(shape))
    others = [k for k in range(len(shape)) if k not in axes]
    n = int(np.prod([shape[k] for k in axes], dtype=int))
    rest = tuple(shape[k] for k in others)
    kept = tuple(1 if k in axes else size for k, size in enumerate(shape))
    return np.reshape(np.transpose(a, [*axes, *others]), (n, int(np.prod(rest, dtype=int)))), rest, kept


def place(n: Any, q: Value, method: Any) -> Value:
    """Where the quantiles of n entries stand among them, in order."""
    return np.quantile(np.arange(n, dtype=float), q, method=method) if n else np.zeros(len(q))


def portions(q: Value, dtype: Any, whole: int) -> Value:
    """q as parts of 1, in the precision in which NumPy goes on with it."""
    if type(q) in TRACED:
        raise Unsupported("the q of a quantile is a constant here; pass `q.data`.")
    q = np.asarray(q, dtype) if isinstance(q, (int, float)) else np.asarray(q)
    return q if whole == 1 else np.true_divide(q, q.dtype.type(whole) if q.dtype.kind == "f" else whole)


def quantiles(function: Any, whole: int, skip_nan: bool) -> None:
    """Define one of the four functions that take quantiles by any of NumPy's methods."""

    def definition(
        a: Value,
        q: Value,
        axis: Any = None,
        out: None = None,
        overwrite_input: bool = False,
        method: str = "linear",
        keepdims: Any = False,
        *,
        weights: None = None,
    ) -> Value:
        refuse_keywords(function.__name__, out=out, overwrite_input=overwrite_input)
        if weights is not None:
            raise Unsupported(
                f"{function.__name__}(weights=…) is not supported on Tensors: there is no rule. Where the weights "
                "are integers, np.repeat(a, weights) has the same quantiles."
            )
        a = operand(a)
        if skip_nan and np.size(a) == 0:
            return np.mean(a, axis=axis, keepdims=optional(keepdims, False))  # nan, as NumPy has it: one for all q
        return order_statistic(a, portions(q, a.dtype, whole), axis, keepdims, method, skip_nan)

    composite(function, widened(definition))


def medians(function: Any, skip_nan: bool) -> None:
    """Define one of the two functions that take the median."""

    def definition(
        a: Value, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: Any = False
    ) -> Value:
        refuse_keywords(function.__name__, out=out, overwrite_input=overwrite_input)
        if np.size(a) == 0:
            return np.mean(a, axis=axis, keepdims=optional(keepdims, False))  # nan, as NumPy has it
        return order_statistic(a, portions(0.5, a.dtype, 1), axis, keepdims, skip_nan=skip_nan)

    composite(function, widened(definition))


medians(np.median, skip_nan=False)
medians(np.nanmedian, skip_nan=True)
quantiles(np.quantile, 1, skip_nan=False)
quantiles(np.percentile, 100, skip_nan=False)
quantiles(np.nanquantile, 1, skip_nan=True)
quantiles(np.nanpercentile, 100, skip_nan=True)
