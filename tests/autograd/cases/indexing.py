"""Cases of indexing and choosing."""

import numpy as np

from autograd import rules
from autograd.rules import indexing
from tests.autograd.case import Case, case, drawn


def scattered(g, index, shape):
    """What scatter does, by counting: the position of each entry in the flat array, and the sum for each position."""
    positions = np.arange(np.prod(shape)).reshape(shape)[index]
    return np.bincount(np.ravel(positions), np.ravel(g), int(np.prod(shape))).reshape(shape).astype(np.asarray(g).dtype)


INDICES = {
    "int": 1,
    "negative": -1,
    "ints": (1, -2, 0),
    "slice": slice(1, None),
    "steps": (slice(None, None, -1), slice(None, None, 2)),
    "ellipsis": (..., 1),
    "newaxis": (0, None, slice(2)),
    "all": (),
    "nothing": slice(0, 0),
    "repeated": np.array([0, 2, 0, 0]),
    "list": [2, 0, 2],
    "pairs": (np.array([0, 2, 0]), np.array([1, 1, 1])),
    "outer": (np.array([[0], [2]]), np.array([1, 1, 0])),
    "apart": (np.array([0, 0]), slice(None), np.array([1, 1])),
    "mask": np.arange(24).reshape(3, 4, 2) % 5 == 0,
    "mask of rows": np.array([True, False, True]),
    "mask and ints": (np.array([True, False, True]), np.array([3, 3])),
}
CONDITIONS = [np.array([True, False, False]), np.array([True, True, False])]


def at(index):
    """The call of put at an index."""
    return lambda x, values: (x, index, values)


def assigned(x, index, values):
    """What put does, by assignment."""
    out = x.copy()
    out[index] = values
    return out


CASES = [
    *(
        case(rules.getitem, [(3, 4, 2)], {"index": i}, note=n, reference=lambda x, index: x[index])
        for n, i in INDICES.items()
    ),
    case(rules.getitem, [None], {"index": ()}, note="float", reference=lambda x, index: x),
    *(
        case(
            rules.scatter,
            [np.zeros((3, 4, 2))[i].shape],
            {"index": i, "shape": (3, 4, 2)},
            note=n,
            reference=lambda g, index, shape: scattered(g, index, shape),
        )
        for n, i in INDICES.items()
    ),
    *(
        Case(np.where, (condition, *drawn(np.where, list(shapes))), note, fixed=(0,))
        for condition, shapes, note in [
            (True, (None, None), "floats"),
            (np.array([True, False, True]), ((3,), (3,)), "equal"),
            (np.array([True, False, True]), (None, (2, 1)), "broadcast"),
            (np.array([[1], [0]]), ((3,), ()), "condition broadcast"),
        ]
    ),
    *(
        case(rules.put, [(3, 4, 2), np.zeros((3, 4, 2))[i].shape], None, note=n, arrange=at(i), reference=assigned)
        for n, i in INDICES.items()
    ),
    *(
        case(rules.put, [(3, 4, 2), values], None, note=f"{n},{values}", arrange=at(INDICES[n]), reference=assigned)
        for n, values in [("slice", None), ("repeated", (2,)), ("pairs", (3, 1)), ("ellipsis", ()), ("int", (1, 4, 2))]
    ),
    *(
        Case(
            np.take_along_axis,
            (*drawn(np.take_along_axis, [shape]), np.array(indices)),
            f"{shape},{axis}",
            arrange=lambda x, i, axis=axis: (x, i, axis),
            fixed=(1,),
        )
        for shape, indices, axis in [
            ((4,), [3, 0, 0], 0),
            ((2, 3), [[2, -1], [0, 0]], -1),
            ((2, 3), [[1, 0, 1]], 0),
            ((2, 3), [[1], [2]], 1),
            ((1, 3), [[1, 0], [2, 2]], 1),
            ((2, 3), [5, 0, -1, 5], None),
            ((2, 0), np.zeros((2, 0), int), 1),
        ]
    ),
    *(
        Case(
            indexing.scatter_along,
            (*drawn(np.take_along_axis, [np.shape(i)]), np.array(i)),
            f"{shape},{axis}",
            arrange=lambda g, i, axis=axis, shape=shape: (g, i, axis, shape),
            fixed=(1,),
        )
        for shape, i, axis in [((4,), [3, 0, 0], 0), ((2, 3), [[2, -1], [0, 0]], -1), ((2, 3), [5, 0, -1, 5], None)]
    ),
    *(
        case(np.take, [shape], {"indices": indices, **form}, note=f"{shape},{np.shape(indices)},{form}")
        for shape, indices, form in [
            (None, 0, {}),
            ((4,), 2, {}),
            ((2, 3), [5, 0, -1, 5], {}),
            ((2, 3), [[2, 2], [0, -1]], {"axis": 1}),
            ((2, 3), [1, 1], {"axis": -2}),
            ((2, 3), [7, -7, 1], {"axis": 1, "mode": "wrap"}),
            ((2, 3), [7, -7, 1], {"axis": 0, "mode": "clip"}),
            ((2, 3), 1, {"axis": 0}),
        ]
    ),
    *(
        case(np.compress, [shape], note=f"{shape},{axis}", arrange=lambda x, c=condition, axis=axis: (c, x, axis))
        for shape, condition, axis in [
            ((4,), [1, 0, 1], 0),
            ((2, 3), [True, False, True], 1),
            ((2, 3), [0, 1, 1], None),
        ]
    ),
    case(np.extract, [(2, 3)], note="2x3", arrange=lambda x: ([[True, False, True], [False, False, True]], x)),
    *(
        case(np.choose, shapes, how, note=f"{shapes},{how}", arrange=lambda *xs, a=a: (np.array(a), xs))
        for shapes, a, how in [
            ([(3,)] * 3, [2, 0, 1], {}),
            ([(3,), (2, 1)], [[1, 0, 1], [0, 1, 0]], {}),
            ([(3,), (3,)], [3, -1, 0], {"mode": "wrap"}),
            ([(3,), (3,)], [3, -1, 0], {"mode": "clip"}),
            ([(2, 3)], 0, {}),
            ([()], [0, 0], {}),
        ]
    ),
    *(
        case(np.select, shapes, how, note=f"{shapes},{how}", arrange=lambda *xs: (CONDITIONS, xs))
        for shapes, how in [([(3,), (3,)], {}), ([(3,), (2, 3)], {"default": 7.0}), ([(2, 1), (1, 3)], {})]
    ),
]
