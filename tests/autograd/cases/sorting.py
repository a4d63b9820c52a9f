"""Cases of sorting, and of the statistics of order."""

from itertools import product

import numpy as np

from tests.autograd.case import AXES, Case, case, drawn

METHODS = (
    *("inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf"),
    *("hazen", "weibull", "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"),
)
SHARES = np.array([0.0, 0.13, 0.5, 0.81, 1.0])
HOLES = np.array([[1.3, np.nan, -0.4, 2.2], [0.7, 1.9, np.nan, -1.1], [np.nan, 0.2, 0.9, 1.6]])
A = np.array([[0.0, 1.0, -2.0, 0.5], [3.0, 1.0, -2.0, 7.0]])


def quantile(function, shape, q, **params):
    """A case of a quantile as a function of the entries."""
    note = f"{'x'.join(map(str, shape))},q={np.round(q, 2)},{params}".replace(" ", "")
    return Case(function, drawn(function, [shape]), note, {"q": q, **params})


CASES = [
    *(case(np.sort, [shape], {"axis": axis}) for shape, axes in AXES[2:] for axis in axes if np.ndim(axis) == 0),
    *(
        case(np.sort, [shape], form)
        for shape, form in [((5,), {}), ((2, 3), {}), ((0, 3), {}), ((1,), {}), (None, {"axis": None})]
    ),
    *(case(np.sort, [(5,)], form) for form in [{"kind": "heapsort"}, {"stable": True}]),
    *(
        case(np.partition, [shape], {"kth": kth, **form})
        for shape, kth, form in [
            ((7,), 3, {}),
            ((2, 3), 1, {}),
            ((2, 3), -1, {"axis": 0}),
            ((2, 3), 2, {"axis": None}),
            ((9,), (2, 5), {}),
        ]
    ),
    *(
        case(np.median, [shape], {"axis": axis, "keepdims": keepdims})
        for shape, axes in AXES[2:]
        for axis, keepdims in product(axes, (False, True))
        if axis != ()
    ),
    *(case(f, [shape]) for f in (np.median, np.nanmedian) for shape in (None, ())),
    *(quantile(np.quantile, (7,), SHARES, method=m) for m in METHODS),
    *(quantile(np.nanquantile, (6,), SHARES, method=m) for m in METHODS),
    *(
        quantile(f, (2, 3, 2), q * whole, axis=axis, keepdims=keepdims)
        for f, whole in [(np.quantile, 1), (np.percentile, 100), (np.nanquantile, 1), (np.nanpercentile, 100)]
        for q in (0.3, SHARES, SHARES[1:].reshape(2, 2))
        for axis, keepdims in [(None, False), (1, True), ((0, -1), False)]
        if np.ndim(q) < 2 or f in (np.quantile, np.percentile)  # NumPy's own nan-variants mix the axes up then
    ),
    *(quantile(f, (2, 3), q) for f, q in [(np.quantile, 0.3), (np.percentile, 30), (np.nanquantile, 0.3)]),
    *(
        Case(f, (HOLES,), f"3x4 with nan,{form}", form | how)
        for f, how in [(np.nanmedian, {}), (np.nanquantile, {"q": SHARES}), (np.nanpercentile, {"q": 30.0})]
        for form in [{}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)}]
    ),
]
CONSTANTS = [
    *(Case(np.argsort, (A,), f"2x4,{form}", form) for form in ({}, {"axis": 0}, {"kind": "stable", "axis": None})),
    Case(np.argpartition, (A,), "2x4", {"kth": 1}),
    Case(np.lexsort, (A,), "2x4"),
    Case(np.searchsorted, (np.sort(A[0]), A), "4,2x4"),
    Case(np.digitize, (A, np.array([-1.0, 0.5, 2.0])), "2x4,3"),
    *(Case(f, (A,), "2x4,axis=1", {"axis": 1}) for f in (np.nanargmax, np.nanargmin)),
    *(Case(f, (A,), "2x4") for f in (np.nonzero, np.flatnonzero, np.argwhere)),
]
