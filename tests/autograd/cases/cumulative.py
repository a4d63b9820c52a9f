"""Cases of running sums and products, differences, integrals and slopes."""

from itertools import permutations

import numpy as np

from autograd.rules.exclusive import product_of_others, recurrence
from tests.autograd.case import Case, case

LINES = [(None, None), ((), None), ((4,), None), ((4,), -1), ((2, 3), None), ((2, 3), 0), ((2, 3), 1), ((2, 0), 0)]
ZEROS = {"one zero": [2.0, 0.0, 3.0, 0.5], "two zeros": [0.0, 1.5, 0.0, -2.0]}
HOLES = np.array([[1.3, np.nan, -0.4], [0.7, 1.9, np.nan]])
SAMPLES, STEPS = np.array([0.3, -1.2, 0.8, 1.4]), np.array([-1.5, 1.1, 0.5, 1.1])


def from_steps(f, steps):
    """The call of np.gradient with the places of the samples."""
    return f, np.cumsum(steps)


def by_leaving_out(x, *along):
    """product_of_others by its definition: for every choice of a place for each direction, and by loops."""
    x, *along = np.broadcast_arrays(x, *along)
    found = np.zeros(x.shape, np.result_type(x, *along))
    for places in permutations(range(x.shape[-1]), 1 + len(along)):
        rest = np.prod(np.delete(x, places, axis=-1), axis=-1)
        found[..., places[0]] += rest * np.prod([t[..., k] for t, k in zip(along, places[1:])], axis=0)
    return found


def step_by_step(a, b):
    """recurrence by its definition."""
    a, b = np.broadcast_arrays(a, b)
    h = b.astype(np.result_type(a, b))
    for i in range(1, h.shape[-1]):
        h[..., i] += a[..., i] * h[..., i - 1]
    return h


CASES = [
    *(
        case(product_of_others, shapes, reference=by_leaving_out)
        for shapes in [
            [(1,)],
            [(4,)],
            [(5,), (5,)],
            [(2, 3), (2, 3)],
            [(4,), (4,), (4,)],
            [(0,)],
            [(2, 0)],
            [(3,), (2, 3)],
        ]
    ),
    Case(product_of_others, (np.array([0.0, 2.0, 0.0, 3.0]),), "two zeros", reference=by_leaving_out),
    *(
        case(recurrence, shapes, reference=step_by_step)
        for shapes in [[(1,), (1,)], [(4,), (4,)], [(2, 3), (2, 3)], [(3,), (2, 3)], [(0,), (0,)], [(20, 3), (20, 3)]]
    ),
    *(
        case(f, [shape], {} if axis is None else {"axis": axis})
        for f in (np.cumsum, np.cumprod)
        for shape, axis in LINES
    ),
    case(np.cumsum, [(2, 1, 3)], {"axis": -3}),
    case(np.cumsum, [None], {"axis": 0}),
    *(Case(np.cumprod, (np.array(x),), note) for note, x in ZEROS.items()),
    *(
        Case(np.cumprod, (np.array([[0.0, 2.0, 3.0], [1.5, 0.0, 0.5]]),), f"2x3 with zeros,{form}", form)
        for form in ({}, {"axis": 0}, {"axis": 1})
    ),
    *(
        Case(f, (HOLES,), f"2x3 with nan,{form}", form)
        for f in (np.nancumsum, np.nancumprod)
        for form in ({}, {"axis": 0}, {"axis": 1})
    ),
    *(case(f, [None]) for f in (np.nancumsum, np.nancumprod)),
    *(
        case(f, [shape], form)
        for f in (getattr(np, name) for name in ("cumulative_sum", "cumulative_prod") if hasattr(np, name))
        for shape, form in [((4,), {}), ((2, 3), {"axis": 0}), ((2, 3), {"axis": -1})]
        for form in (form, form | {"include_initial": True})
    ),
    *(case(np.diff, [shape], {"n": n}) for shape in [(4,), (2, 3)] for n in (0, 1, 2)),
    *(case(np.diff, [(3, 2)], {"axis": 0, "n": n}) for n in (1, 2, 3)),
    case(np.diff, [(1,)]),
    *(
        case(np.diff, shapes, None, note=note, arrange=lambda a, first, last: (a, 1, -1, first, last))
        for shapes, note in [([(4,), None, None], "4,ends"), ([(2, 3), (2, 1), None], "2x3,ends")]
    ),
    *(case(np.ediff1d, [shape]) for shape in [(4,), (2, 3), (1,)]),
    case(np.ediff1d, [(4,), (2,), None]),
    *(case(np.trapezoid, [shape], {"dx": 0.5}) for shape in [(4,), (2, 3), (1,), (0, 3)]),
    case(np.trapezoid, [(3, 2)], {"axis": 0}),
    *(case(np.trapezoid, shapes) for shapes in [[(4,), (4,)], [(2, 3), (3,)], [(2, 3), (2, 3)]]),
    case(np.trapezoid, [(3, 2), (3,)], {"axis": 0}),
    *(
        case(np.gradient, [shape], {"axis": axis, "edge_order": order})
        for shape, axis in [((3,), None), ((4,), 0), ((2, 3), 1), ((5, 3), -2)]
        for order in (1, 2)
    ),
    case(np.gradient, [(2,)]),
    *(
        Case(np.gradient, (SAMPLES, STEPS), f"4,4,edge_order={order}", {"edge_order": order}, from_steps)
        for order in (1, 2)
    ),
    Case(np.gradient, (SAMPLES, 0.5), "4,float"),
]
