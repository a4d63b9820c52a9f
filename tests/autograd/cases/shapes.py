"""Cases of rows that move entries around."""

from itertools import product

import numpy as np

from tests.autograd.case import Case, case, drawn, noted


class Several(Case):
    """A call that gives several arrays: they are tested end to end."""

    def _call(self, function, operands):
        return np.concatenate([np.ravel(x) for x in super()._call(function, operands)])


MOVES = [  # function, shape, parameters: the same as NumPy, for each way of calling it
    *((np.ravel, s, {}) for s in [None, (), (3,), (2, 3), (0, 2)]),
    *((np.ravel, (2, 3), {"order": o}) for o in "CF"),
    *((np.moveaxis, (2, 3, 4), {"source": a, "destination": b}) for a, b in [(0, -1), (2, 0), ((0, 1), (-1, 0))]),
    *((np.rollaxis, (2, 3, 4), {"axis": a, "start": b}) for a, b in [(2, 0), (0, 3), (-1, 1), (1, 1)]),
    *((np.matrix_transpose, s, {}) for s in [(2, 3), (2, 3, 4), (0, 2)]),
    *((np.copy, s, {}) for s in [None, (), (2, 3)]),
    (np.copy, (2, 3), {"order": "F"}),
    *((np.flip, s, {}) for s in [None, (), (3,), (2, 3), (0, 2)]),
    *((np.flip, (2, 3), {"axis": a}) for a in [0, -1, (0, 1), (-1,), ()]),
    *((f, (2, 3), {}) for f in (np.flipud, np.fliplr)),
    (np.flipud, (3,), {}),
    *((np.roll, s, {"shift": 1}) for s in [None, (), (1,), (3,), (2, 3), (0, 2)]),
    *((np.roll, (3, 4), {"shift": n, "axis": a}) for n, a in [(1, 0), (-2, 1), (7, -1), ((1, 2), (0, 1)), (1, (0, 1))]),
    (np.roll, (3, 4), {"shift": (1, 1), "axis": 0}),
    (np.roll, (3, 4), {"shift": np.array([-1, 2]), "axis": (0, 1)}),
    *((np.rot90, (2, 3), {"k": k}) for k in (0, 1, 2, 3, -1, 5)),
    *((np.rot90, (2, 3, 4), {"k": k, "axes": (2, 0)}) for k in (1, 2, 3)),
    *((f, s, {}) for f in (np.atleast_1d, np.atleast_2d, np.atleast_3d) for s in [None, (), (2,), (2, 3), (1, 2, 3)]),
    *((np.tile, s, {"reps": 2}) for s in [None, (), (1,), (3,), (2, 3), (0, 2)]),
    *((np.tile, (2, 3), {"reps": r}) for r in [(2, 1), (2, 3), (2, 1, 2), [3], 0, 1, (), (1, 0)]),
    *((np.repeat, s, {"repeats": 2}) for s in [None, (), (1,), (3,), (2, 3), (0, 2)]),
    *((np.repeat, (2, 3), {"repeats": r, "axis": 0}) for r in [3, 0, [2], np.array([1, 3]), [0, 2]]),
    *((np.repeat, (2, 3), {"repeats": r, "axis": -1}) for r in [1, [2, 0, 1]]),
    (np.repeat, (2, 2), {"repeats": [1, 0, 2, 3]}),
    (np.repeat, (), {"repeats": 3, "axis": 0}),
    *((np.resize, (2, 3), {"new_shape": n}) for n in [(3, 2), (4,), 7, (2, 7), (), (0,)]),
    *((np.resize, s, {"new_shape": (2, 2)}) for s in [None, (), (0,)]),
]
CASES = [
    *(
        case(np.reshape, [shape], {"shape": new})
        for shape, new in [
            ((2, 3), (3, 2)),
            ((2, 3), -1),
            ((2, 3), (-1, 2)),
            ((1, 1), ()),
            ((), (1, 1)),
            (None, (1,)),
            ((0, 3), (3, 0)),
        ]
    ),
    *(case(np.transpose, [shape]) for shape in [None, (), (3,), (2, 3), (2, 3, 4), (0, 2)]),
    *(
        case(np.transpose, [(2, 3, 4)], {"axes": axes})
        for axes in product((0, -3), (1, 2), (1, -1))
        if len({a % 3 for a in axes}) == 3
    ),
    *(case(np.transpose, [(2, 3, 4)], {"axes": axes}) for axes in [(1, 2, 0), (2, 0, 1), [1, 0, 2]]),
    *(case(np.swapaxes, [(2, 3, 4)], {"axis1": a, "axis2": b}) for a, b in [(0, 2), (-1, 0), (1, 1)]),
    *(
        case(np.expand_dims, [s], {"axis": a})
        for s, a in [((3,), 0), ((3,), -1), ((2, 3), (0, -1)), ((), 0), (None, 0)]
    ),
    *(
        case(np.squeeze, [s], {"axis": a})
        for s, a in [((1, 3, 1), None), ((1, 3, 1), 0), ((1, 3, 1), (0, -1)), ((1, 1), None), (None, None)]
    ),
    *(
        case(np.broadcast_to, [s], {"shape": n})
        for s, n in [((3,), (2, 3)), ((2, 1), (4, 2, 3)), (None, (2,)), ((2,), (2,)), ((1, 0), (3, 0))]
    ),
    *(case(np.reshape, [(2, 3)], {"shape": new, "order": "F"}) for new in [(3, 2), -1, (1, 2, 3)]),
    case(np.expand_dims, [(3,)], {"axis": [0, 2]}),
    *(case(function, [shape], params) for function, shape, params in MOVES),
    *(
        Several(np.broadcast_arrays, drawn(np.broadcast_arrays, shapes), noted(shapes))
        for shapes in [[(3,)], [(2, 1), (3,)], [None, (2, 2), ()], [(1,), (0, 2)]]
    ),
    *(
        Several(np.meshgrid, drawn(np.meshgrid, shapes), noted(shapes, params), params)
        for shapes in [[(3,)], [(2,), (3,)], [(2,), (), (3,)], [None, (2,)]]
        for params in [{}, {"indexing": "ij"}, {"sparse": True}, {"sparse": True, "indexing": "ij", "copy": False}]
    ),
    *(Several(f, drawn(f, [(2,), ()]), "2,0d") for f in (np.atleast_1d, np.atleast_2d, np.atleast_3d)),
]
