"""Cases of joining arrays, taking them apart, and padding."""

import numpy as np

from autograd.rules.joining import zero_pad
from tests.autograd.case import Case, case, drawn, noted
from tests.autograd.cases.shapes import Several

A_LIST = {"arrange": lambda *xs: (list(xs),)}
BLOCKS = {  # how the operands are nested, and their shapes
    "one": (lambda a: a, [(2, 3)]),
    "a row": (lambda a, b: [a, b], [(2,), (3,)]),
    "numbers": (lambda a, b: [a, b], [None, ()]),
    "matrix": (lambda a, b, c, d: [[a, b], [c, d]], [(2, 2), (2, 1), (1, 2), (1, 1)]),
    "rows": (lambda a, b: [[a], [b]], [(3,), (2, 3)]),
    "deep": (lambda a, b: [[[a]], [[b]]], [(2,), (2,)]),
    "with a constant": (lambda a, b: [[a, np.ones((2, 1))], [np.zeros((1, 2)), b]], [(2, 2), (1, 1)]),
}
SPLITS = [
    *((f, (6,), {"indices_or_sections": n}) for f in (np.split, np.array_split) for n in (1, 3, [2, 5], [0, 6])),
    *((f, (5, 2), {"indices_or_sections": [3, 1, 9]}) for f in (np.split, np.array_split)),
    *((f, (2, 4), {"indices_or_sections": 2, "axis": a}) for f in (np.split, np.array_split) for a in (1, -1)),
    (np.array_split, (5,), {"indices_or_sections": 3}),
    (np.array_split, (2, 2), {"indices_or_sections": 3}),
    (np.split, (6,), {"indices_or_sections": [-4, -1]}),
    *((np.hsplit, s, {"indices_or_sections": 2}) for s in [(4,), (2, 4), (2, 2, 2)]),
    *((np.vsplit, s, {"indices_or_sections": [1]}) for s in [(2, 4), (2, 2, 2)]),
    (np.dsplit, (2, 1, 4), {"indices_or_sections": 2}),
]
INSERTIONS = [  # shapes of the array and the values, place, axis
    ((4,), None, 1, None),
    ((4,), (), -1, None),
    ((4,), (2,), 4, 0),
    ((4,), (3,), [3, 0, 1], None),
    ((4,), None, [3, 1, 1], None),
    ((4,), (1,), [2], 0),
    ((4,), (3,), [2], 0),
    ((4,), None, slice(1, 3), 0),
    ((2, 2), (2,), [0, 3], None),
    ((2, 3), (3,), 1, 0),
    ((2, 3), (2,), 1, 1),
    ((2, 3), (2, 1), [1], 1),
    ((2, 3), (2, 2), [0, 3], -1),
    ((2, 3), None, 0, 1),
    ((2, 3), (2, 3), 1, 0),
    ((0,), (2,), 0, None),
]
DELETIONS = [
    ((4,), 1, None),
    ((4,), [0, -1], 0),
    ((4,), slice(None, None, 2), None),
    ((4,), np.array([True, False, True, False]), 0),
    ((2, 3), [0, 5], None),
    ((2, 3), 1, 1),
    ((2, 3), -1, 0),
    ((2, 3), [], -1),
    ((1,), 0, 0),
]
# Widths by axis came with NumPy 2.4.
BY_AXIS = [] if np.lib.NumpyVersion(np.__version__) < "2.4.0" else [{0: (1, 2)}, {-1: 2}, {1: 1}]
PADS = [
    *(((3,), w, {}) for w in (0, 2, (1, 2), ((1, 2),), [[0, 1]], *BY_AXIS[:2])),
    *(((2, 3), w, {}) for w in (1, (1, 2), ((1, 0), (0, 2)), ((1,), (2,)), *BY_AXIS[2:])),
    ((0, 2), 1, {}),
    ((2, 3), 1, {"mode": "constant", "constant_values": 3.0}),
    ((2, 3), 1, {"constant_values": ((1.0, 2.0), (3.0, 4.0))}),
    *(((4,), (3, 7), {"mode": m}) for m in ("edge", "reflect", "symmetric", "wrap")),
    *(((2, 3), ((1, 2), (0, 4)), {"mode": m}) for m in ("edge", "reflect", "symmetric", "wrap")),
    *(((1,), 2, {"mode": m}) for m in ("edge", "reflect", "symmetric", "wrap", "linear_ramp")),
    ((3,), 2, {"mode": "reflect", "reflect_type": "even"}),
    ((2, 3), ((1, 2), (0, 4)), {"mode": "linear_ramp"}),
    ((2, 3), 3, {"mode": "linear_ramp", "end_values": ((1.0, -2.0), (0.5, 0.25))}),
    ((2, 2, 2), 2, {"mode": "linear_ramp", "end_values": 5.0}),
]


def put_in(axis, place):
    """The arguments of np.insert, of which the array and the values are operands."""
    return lambda arr, values: (arr, place, values, axis)


CASES = [
    *(
        case(f, shapes, {"axis": axis}, arrange=lambda *xs: (xs,))
        for f, shapes, axis in [
            (np.concatenate, [(2,), (3,)], 0),
            (np.concatenate, [(2, 3)], 0),
            (np.concatenate, [(2, 1), (2, 3), (2, 2)], 1),
            (np.concatenate, [(2, 1), (2, 3), (2, 0)], -1),
            (np.concatenate, [(2, 2), (3,), ()], None),
            (np.stack, [None, None, None], 0),
            (np.stack, [(), ()], 0),
            (np.stack, [(2, 3), (2, 3)], 0),
            (np.stack, [(2, 3), (2, 3), (2, 3)], 1),
            (np.stack, [(2, 3), (2, 3)], -1),
            (np.stack, [(2,), (2,)], -2),
        ]
    ),
    *(case(f, [(2, 3), (2, 3)], **A_LIST, note="list,default") for f in (np.concatenate, np.stack)),
    *(
        case(f, shapes, **A_LIST)
        for f, shapes in [
            *((np.vstack, s) for s in ([(3,), (3,)], [(3,), (2, 3)], [None, ()], [(2, 1, 3), (1, 1, 3)])),
            *((np.hstack, s) for s in ([(3,), (2,)], [(2, 1), (2, 3)], [None, (2,)], [(1, 2, 3), (1, 1, 3)])),
            *((np.dstack, s) for s in ([(3,), (3,)], [(2, 3), (2, 3, 2)], [None, ()])),
            *((np.column_stack, s) for s in ([(3,), (3, 2)], [(2,), (2,)], [None, ()])),
        ]
    ),
    *(
        case(np.block, shapes, note=note.replace(" ", "_"), arrange=lambda *xs, nest=nest: (nest(*xs),))
        for note, (nest, shapes) in BLOCKS.items()
    ),
    *(
        case(np.append, shapes, {"axis": axis})
        for shapes, axis in [([(2,), (3,)], 0), ([(2, 3), None], None), ([(2, 1), (2, 3)], 1), ([None, (0, 2)], None)]
    ),
    *(Several(f, drawn(f, [shape]), noted([shape], params), params) for f, shape, params in SPLITS),
    *(
        Several(np.unstack, drawn(np.unstack, [shape]), noted([shape], {"axis": axis}), {"axis": axis})
        for shape, axis in [((3,), 0), ((2, 3), -1), ((2, 3, 1), 1)]
        if hasattr(np, "unstack")
    ),
    *(
        case(np.insert, [shape, values], arrange=put_in(axis, place), note=f"{noted([shape, values])},{place},{axis}")
        for shape, values, place, axis in INSERTIONS
    ),
    *(case(np.delete, [shape], {"obj": obj, "axis": axis}) for shape, obj, axis in DELETIONS),
    *(case(np.pad, [shape], {"pad_width": width, **how}) for shape, width, how in PADS),
    *(Case(np.pad, (2.5,), noted([None], how), {"pad_width": 1, **how}) for how in ({}, {"mode": "constant"})),
    *(
        case(zero_pad, [shape], {"widths": widths}, reference=lambda x, widths: np.pad(x, widths) if x.ndim else x)
        for shape, widths in [((3,), [(1, 2)]), ((2, 3), [(0, 1), (2, 0)]), ((0, 2), [(1, 1), (0, 0)])]
    ),
]
