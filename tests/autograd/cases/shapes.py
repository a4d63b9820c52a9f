"""Cases of rows that move entries around."""

from itertools import product

import numpy as np

from tests.autograd.case import case

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
    *(
        case(f, [(2, 3), (2, 3)], arrange=lambda *xs: (list(xs),), note="list,default")
        for f in (np.concatenate, np.stack)
    ),
]
