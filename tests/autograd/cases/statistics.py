"""Cases of statistics."""

from itertools import product

import numpy as np

from autograd.rules import statistics
from tests.autograd.case import AXES, POSITIVE, Case, case, drawn, unary

NAN = np.nan
HOLES = np.array([[1.3, NAN, -0.4, 2.2], [0.7, 1.9, NAN, -1.1], [NAN, 0.2, 0.9, 1.6]])
SOME = np.array([[True, False, True, True], [True, True, True, False], [False, True, True, True]])
RAMPS = np.array([[0.0, 1.0, 0.5, 2.0], [1.0, 0.0, -1.0, 0.3], [0.2, 0.5, -0.7, 0.1]])
FORMS = [{}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)}, {"axis": (-1, 0), "keepdims": True}]


def holed(function, **params):
    """Cases of a function that leaves nan out."""
    note = ",".join(["3x4 with nan", *(f"{k}={v}" for k, v in params.items())])
    return Case(function, (HOLES,), note, params)


def weighted(shapes, axis=None, **how):
    """A case of np.average as a function of the entries and of their weights."""
    note = f"{shapes},axis={axis},{how}".replace(" ", "")
    return case(np.average, shapes, how, POSITIVE, note, arrange=lambda a, weights: (a, axis, weights))


# A polygon by the steps between its corners, and places on it, on neither a corner nor an end.
STEPS, HEIGHTS = np.array([0.5, 1.1, 0.5, 1.1, 0.7]), np.array([0.3, -1.2, 0.8, 1.4, -0.6])
PLACES = np.array([[0.8, 2.7, 3.5], [-9.0, 2.02, 9.0]])


def from_steps(x, steps, heights):
    """The call of np.interp."""
    return x, np.cumsum(steps), heights


CASES = [
    *unary(statistics.nonzero, POSITIVE, reference=np.positive),
    *unary(statistics.root, POSITIVE, reference=np.sqrt),
    *unary(statistics.root_slope, POSITIVE, reference=lambda s: 0.5 / s),
    *(
        case(np.var, [shape], {"axis": axis, "keepdims": keepdims})
        for shape, axes in AXES
        for axis, keepdims in product(axes, (False, True))
    ),
    # A single entry does not vary, and the deviation of nothing has no slope.
    *(
        case(np.std, [shape], {"axis": axis, "keepdims": keepdims})
        for shape, axes in [((4,), [None, 0, -1]), ((2, 3), [None, 0, -1, (0, 1)]), ((2, 1, 3), [None, (0, -1)])]
        for axis, keepdims in product(axes, (False, True))
    ),
    *(case(f, [(3, 4)], {"axis": 1, **how}) for f in (np.var, np.std) for how in ({"ddof": 1}, {"correction": 1})),
    *(case(f, [(3, 4)], {"ddof": 0.5}) for f in (np.var, np.std)),
    *(
        Case(f, drawn(f, [(3, 4)]), f"3x4,where,{form}", {"where": SOME, **form})
        for f in (np.var, np.std)
        for form in FORMS
    ),
    *(
        Case(f, drawn(f, [(2, 3)]), "2x3,mean", {"mean": np.array([[0.1], [0.3]]), "axis": 1, "ddof": 1})
        for f in (np.var, np.std)
    ),
    *(
        holed(f, **form)
        for f in (np.nansum, np.nanprod, np.nanmean, np.nanmax, np.nanmin, np.nanvar, np.nanstd)
        for form in FORMS
    ),
    *(holed(f, axis=1, ddof=1) for f in (np.nanvar, np.nanstd)),
    *(
        Case(f, (HOLES,), "3x4 with nan,where", {"where": SOME, "axis": 1})
        for f in (np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd)
    ),
    *(Case(f, (HOLES,), "3x4 with nan,initial", {"initial": 0.013, "axis": 1}) for f in (np.nanmax, np.nanmin)),
    *(case(f, [None]) for f in (np.var, np.nansum, np.nanprod, np.nanmean, np.nanmax, np.nanmin, np.nanvar)),
    *(case(np.average, [shape], {"axis": axis}) for shape, axes in AXES[2:] for axis in axes if axis != ()),
    weighted([(4,), (4,)]),
    weighted([(2, 3), (2, 3)]),
    weighted([(2, 3), (2, 3)], 0, keepdims=True),
    weighted([(2, 3), (3,)], 1),
    weighted([(2, 3), (2,)], 0),
    weighted([(2, 3, 4), (4, 2)], (2, 0)),
    *(case(np.cov, [shape], how) for shape in [(4,), (2, 3)] for how in ({}, {"bias": True}, {"ddof": 0})),
    case(np.cov, [(4, 2)], {"rowvar": False}),
    case(np.cov, [(2, 4), (4,)]),
    case(np.cov, [(4, 2), (4, 1)], {"rowvar": False}),
    Case(np.cov, drawn(np.cov, [(2, 4)]), "2x4,fweights", {"fweights": np.array([1, 3, 2, 1])}),
    Case(np.cov, drawn(np.cov, [(2, 4)]), "2x4,aweights", {"aweights": np.array([0.5, 0.3, 1.0, 0.7])}),
    *(case(np.corrcoef, [shape]) for shape in [(2, 3), (3, 5)]),
    case(np.corrcoef, [(5, 3)], {"rowvar": False}),
    case(np.corrcoef, [(2, 4), (4,)], arrange=lambda x, y: (x + RAMPS[:2], y + RAMPS[2])),
    Case(np.interp, (PLACES, STEPS, HEIGHTS), "2x3,5,5", arrange=from_steps),
    Case(np.interp, (0.7, STEPS, HEIGHTS), "float,5,5", arrange=from_steps),
    Case(np.interp, (PLACES, STEPS, HEIGHTS), "2x3,5,5,ends", {"left": -1.0, "right": 2.0}, from_steps),
    Case(np.interp, (PLACES, STEPS[:1], HEIGHTS[:1]), "2x3,1,1", fixed=(0, 1)),
]
