"""Cases of indexing and choosing."""

import numpy as np

from autograd import rules
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
]
