"""Cases of polynomials and evenly spaced numbers."""

import numpy as np

from tests.autograd.case import POSITIVE, case

CASES = [
    *(case(np.polyval, shapes) for shapes in [[(3,), (2, 3)], [(1,), (4,)], [(3,), (0, 2)]]),
    *(case(np.polyder, [(4,)], params) for params in [{}, {"m": 2}, {"m": 0}, {"m": 4}]),
    *(case(np.polyint, [(3,)], params) for params in [{}, {"m": 2}, {"m": 2, "k": [1.0, 2.0]}, {"m": 2, "k": 3.0}]),
    *(case(f, shapes) for f in (np.polyadd, np.polysub) for shapes in [[(3,), (3,)], [(2,), (4,)], [(3,), (1,)]]),
    *(
        case(np.vander, [shape], params)
        for shape, params in [((3,), {}), ((4,), {"N": 2}), ((2,), {"N": 4, "increasing": True}), ((3,), {"N": 0})]
    ),
    *(
        case(f, shapes, params, POSITIVE)
        for f in (np.linspace, np.logspace, np.geomspace)
        for shapes, params in [
            ([None, None], {"num": 4}),
            ([(2, 3), (2, 3)], {"num": 3}),
            ([(3,), (2, 1)], {"num": 3, "axis": -1}),
            ([(), (2,)], {"num": 4, "endpoint": False, "axis": 1}),
            ([None, (2,)], {"num": 1}),
        ]
    ),
    case(np.logspace, [None, None], {"num": 3, "base": 2.0}),
]
