"""Statistics, all of them composites: what is said about a derivative follows from the rows they are made of.

where= and the nan-variants are equivalent: some entries do not take part, and their derivative is 0.
"""

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.types import Value
from autograd.errors import ShapeError, Unsupported
from autograd.rules.cancel import over
from autograd.rules.declare import composite, elementwise
from autograd.rules.indexing import getitem
from autograd.rules.reductions import chosen, count, measured, operand, optional, refuse_keywords, widened
from autograd.rules.special import ratio, undetermined, unless_known

Axis = int | tuple[int, ...] | None


# --- variance ------------------------------------------------------------------------------------------------------


def spread_about_mean(
    a: Value, kept: Any, axis: Axis, ddof: Any, keepdims: bool, mean: Value = None, correction: Any = None
) -> Value:
    """The variance of the entries that are kept; nan where there are not more of them than degrees of freedom."""
    a = operand(a)
    if correction is not None and ddof:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    if mean is None:
        mean = np.mean(a, axis=axis, keepdims=True, where=kept)
    away = chosen(a - mean, kept)
    lost = float(optional(correction, ddof))
    if kept is True:
        free: Any = max(size(np.shape(a), axis) - lost, 0.0)
    else:
        free = np.maximum(members(a, kept, axis, keepdims) - lost, 0)
    return np.sum(away * away, axis=axis, keepdims=keepdims) / free


def size(shape: tuple[int, ...], axis: Axis) -> int:
    """How many entries are reduced to one."""
    return math.prod(shape) if axis is None else math.prod(shape[k] for k in normalize_axis_tuple(axis, len(shape)))


def members(a: Value, kept: Any, axis: Axis, keepdims: bool) -> Value:
    """How many of them are kept, in the dtype of a."""
    return np.sum(np.broadcast_to(kept, np.shape(a)), axis=axis, keepdims=keepdims).astype(a.dtype)


def root(variance: Any) -> Value:
    """The square root. At 0, where all entries are equal, its derivative counts as 0: neither NumPy's ∞·0 = nan, nor
    an arbitrary direction; 0 is the mean of the slopes on either side.
    """
    return np.sqrt(variance)


@np.errstate(divide="ignore")
def root_slope(s: Any) -> Value:
    """1 / (2s), the derivative of a root s by its square; 0 where s is 0."""
    return np.where(np.equal(s, 0), 0.0, np.divide(0.5, s))


root = elementwise(root, lambda out, _variance: root_slope(out), kinked=undetermined)
root_slope = elementwise(root_slope, lambda g, out, s: -ratio(g * out, s), quotient=lambda _node, s: half_over(s))


def half_over(s: Any) -> tuple[Any, Any, Any]:
    """root_slope(s) as 0.5 / s, for cancel.py."""
    numerator, length, _ = over(0.5, s)
    return numerator, length, lambda factor: unless_known(factor, root_slope(s), s)


def chosen_by(where: Any) -> Value:
    """where= of a reduction, which is boolean."""
    if where is True or where is np._NoValue:
        return True
    if operand(where).dtype != bool:
        raise TypeError(f"where= must be boolean, but got {np.asarray(where).dtype}. Write where=mask.astype(bool).")
    return where


def var(
    a: Value,
    axis: Axis = None,
    dtype: None = None,
    out: None = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = None,
    correction: Any = None,
) -> Value:
    """The variance; a mean that is handed in counts as what it is: a constant, or a Tensor that depends on a."""
    refuse_keywords("var", dtype=dtype, out=out)
    mean, correction = optional(mean, None), optional(correction, None)
    return spread_about_mean(a, chosen_by(where), axis, ddof, optional(keepdims, False), mean, correction)


def nanvar(
    a: Value,
    axis: Axis = None,
    dtype: None = None,
    out: None = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = True,
    mean: Any = None,
    correction: Any = None,
) -> Value:
    """The variance of what is not nan."""
    refuse_keywords("nanvar", dtype=dtype, out=out)
    kept = np.logical_and(~np.isnan(a), chosen_by(where))
    filled = np.where(np.isnan(a), 0.0, a)
    variance = var(filled, axis, None, None, ddof, keepdims, where=kept, mean=mean, correction=correction)
    lost = ddof if correction is None or correction is np._NoValue else correction
    free = members(filled, kept, axis, optional(keepdims, False)) - lost
    return np.where(free > 0, variance, np.nan)  # where var has ∞, this has nan


def deviation(name: str, variance: Any) -> Any:
    """The root of a variance, with the signature of the variance."""

    def definition(a: Value, axis: Axis = None, dtype: None = None, out: None = None, *ddof: Any, **how: Any) -> Value:
        refuse_keywords(name, dtype=dtype, out=out)
        return root(variance(a, axis, None, None, *ddof, **how))

    return definition


composite(np.var, widened(var))
composite(np.nanvar, widened(nanvar))
composite(np.std, widened(deviation("std", var)))
composite(np.nanstd, widened(deviation("nanstd", nanvar)))


# --- means ---------------------------------------------------------------------------------------------------------


def average(
    a: Value, axis: Any = None, weights: Value = None, returned: bool = False, *, keepdims: Any = False
) -> Value:
    """The weighted mean, differentiable by the weights as well."""
    a, keepdims = operand(a), optional(keepdims, False)
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        total = np.full(np.shape(mean), count(np.shape(a), axis), mean.dtype)
        return (mean, total) if returned else mean
    weights = operand(weights)
    weights = weights.astype(np.result_type(a.dtype, weights.dtype))
    if np.shape(weights) != np.shape(a):
        weights = aligned(weights, np.shape(a), axis)
    total = np.sum(np.broadcast_to(weights, np.shape(a)), axis=axis, keepdims=keepdims)
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / nonzero(total)
    return (mean, total) if returned else mean


def nonzero(total: Value) -> Value:
    """The sum of weights, which must not be 0."""
    if np.any(total == 0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    return total


nonzero = elementwise(nonzero, 1)


def aligned(weights: Value, shape: tuple[int, ...], axis: Any) -> Value:
    """Weights for some axes, with the axes in the order of the array, and size 1 for the others."""
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = normalize_axis_tuple(axis, len(shape))
    if np.shape(weights) != tuple(shape[k] for k in axes):
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    order = np.argsort(axes).tolist()
    return np.reshape(np.transpose(weights, order), [n if k in axes else 1 for k, n in enumerate(shape)])


composite(np.average, widened(average))


# --- reductions that leave nan out -----------------------------------------------------------------------------------


def without_nan(run: Any, value: float) -> Any:
    """A reduction in which nan counts as `value`, the one that changes nothing."""

    def reduction(
        a: Value,
        axis: Axis = None,
        dtype: None = None,
        out: None = None,
        keepdims: Any = False,
        initial: None = None,
        **how: Any,
    ) -> Value:
        how = {k: v for k, v in how.items() if v is not np._NoValue}
        refuse_keywords(f"nan{run.__name__}", dtype=dtype, out=out, initial=optional(initial, None))
        return run(np.where(np.isnan(a), value, a), axis=axis, keepdims=optional(keepdims, False), **how)

    return reduction


def nanmean(
    a: Value, axis: Axis = None, dtype: None = None, out: None = None, keepdims: Any = False, *, where: Any = True
) -> Value:
    """The mean of what is not nan; nan where everything is."""
    refuse_keywords("nanmean", dtype=dtype, out=out)
    kept = np.logical_and(~np.isnan(a), np.broadcast_to(chosen_by(where), np.shape(a)))
    return np.mean(np.where(kept, a, 0.0), axis=axis, keepdims=optional(keepdims, False), where=kept)


def extreme_without_nan(run: Any, value: float) -> Any:
    """The extreme of what is not nan; nan where everything is."""

    def reduction(a: Value, axis: Axis = None, out: None = None, keepdims: Any = False, **how: Any) -> Value:
        refuse_keywords(f"nan{run.__name__}", out=out)
        how = {k: v for k, v in how.items() if v is not np._NoValue} | {"axis": axis}
        missing, how["keepdims"] = np.isnan(a), optional(keepdims, False)
        found = run(np.where(missing, value, a), **how)
        nothing = np.all(missing, axis=axis, keepdims=how["keepdims"])
        return found if "initial" in how else np.where(nothing, np.nan, found)

    return reduction


composite(np.nansum, without_nan(np.sum, 0.0))
composite(np.nanprod, without_nan(np.prod, 1.0))
composite(np.nanmean, widened(nanmean))
composite(np.nanmax, extreme_without_nan(np.max, -np.inf))
composite(np.nanmin, extreme_without_nan(np.min, np.inf))


# --- covariance ----------------------------------------------------------------------------------------------------


def cov(
    m: Any,
    y: Value = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: None = None,
) -> Value:
    """The covariance matrix of variables in rows; differentiable by aweights as well."""
    refuse_keywords("cov", dtype=dtype)
    x = in_rows(m, rowvar)
    if y is not None:
        x = np.concatenate([x, in_rows(y, rowvar or np.shape(y)[0] == 1)])
    ddof = (1 if bias == 0 else 0) if ddof is None else ddof
    if ddof != int(ddof):
        raise ValueError("ddof must be integer")
    weights = None if fweights is None else of_samples("fweights", fweights, np.shape(x)[1], whole=True)
    if aweights is not None:
        relative = of_samples("aweights", aweights, np.shape(x)[1])
        weights = relative if weights is None else weights * relative
    n = np.shape(x)[1] if weights is None else np.sum(weights)
    free = n - ddof
    if aweights is not None and ddof:
        free = n - ddof * np.sum(weights * relative) / n
    centred = x - np.reshape(average(x, 1, weights), (-1, 1))
    weighted = centred if weights is None else centred * weights
    return np.squeeze(np.matmul(centred, np.transpose(weighted)) / np.maximum(free, 0.0))


def of_samples(name: str, weights: Value, m: int, whole: bool = False) -> Value:
    """The weights of m samples; NumPy's refusals in words."""
    weights = operand(weights)
    weights = weights.astype(np.result_type(weights.dtype, float))  # as NumPy has it
    if np.shape(weights) != (m,):
        raise ShapeError(f"{name} of {m} samples must have the shape ({m},), but got {np.shape(weights)}.")
    if whole and np.any(weights != np.around(weights)):
        raise TypeError("fweights must be integer")
    if np.any(weights < 0):
        raise ValueError(f"{name} cannot be negative")
    return weights


def in_rows(m: Any, rowvar: bool) -> Value:
    """Variables in rows."""
    m = operand(m)
    if np.ndim(m) > 2:
        raise ValueError("m has more than 2 dimensions")
    m = m.astype(np.result_type(m.dtype, float))  # np.cov computes in float64
    if np.ndim(m) < 2:
        return np.reshape(m, (1, -1))
    return m if rowvar else np.transpose(m)


def corrcoef(x: Value, y: Value = None, rowvar: bool = True, *, dtype: None = None) -> Value:
    """The correlation matrix."""
    refuse_keywords("corrcoef", dtype=dtype)
    c = cov(x, y, rowvar)
    if np.ndim(c) == 0:
        return c / c
    scale = np.sqrt(c[np.arange(len(c)), np.arange(len(c))])
    return np.clip(c / np.reshape(scale, (-1, 1)) / scale, -1, 1)


composite(np.cov, cov)
composite(np.corrcoef, corrcoef)


# --- interpolation ---------------------------------------------------------------------------------------------------


def interp(x: Value, xp: Any, fp: Any, left: Value = None, right: Value = None, period: None = None) -> Value:
    """The polygon through the points (xp, fp), at x; differentiable by all of them.

    At a corner the derivative with respect to x is the slope to its right, at the last point that to its left, and 0
    beyond the ends.
    """
    if period is not None:
        raise Unsupported(
            "interp(period=…) is not supported on Tensors. Bring x into the range of xp by np.remainder, and give xp "
            "and fp the neighbouring points of the periods before and after."
        )
    x, xp, fp = measured(x), measured(xp), measured(fp)
    if not np.ndim(xp) == np.ndim(fp) == 1 or np.shape(xp) != np.shape(fp) or len(xp) == 0:
        raise ShapeError(f"interp needs as many xp as fp, but got shapes {np.shape(xp)}, {np.shape(fp)}.")
    if len(xp) == 1:
        inside = getitem(fp, np.zeros(np.shape(x), int))
    else:
        k = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, len(xp) - 2)
        (x0, x1), (y0, y1) = ((getitem(p, k), getitem(p, k + 1)) for p in (xp, fp))
        inside = (y1 - y0) / (x1 - x0) * (x - x0) + y0
    out = np.where(x < xp[0], fp[0] if left is None else left, inside)
    out = np.where(x > xp[-1], fp[-1] if right is None else right, out)
    return out.astype(float)  # as NumPy has it, whatever the operands


composite(np.interp, interp)
