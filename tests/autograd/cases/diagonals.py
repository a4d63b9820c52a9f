"""Cases of diagonals and triangles."""

import numpy as np

from tests.autograd.case import Case, case

OFFSETS = (0, 1, -1, 2, -2, 5, -5)
A = np.arange(9.0).reshape(3, 3)
CASES = [
    *(case(f, [s]) for f in (np.triu, np.tril) for s in [(1,), (3,), (2, 3), (3, 2), (2, 3, 3), (0, 2)]),
    *(case(f, [(3, 4)], {"k": k}) for f in (np.triu, np.tril) for k in OFFSETS),
    *(case(f, [s]) for f in (np.diagonal, np.trace) for s in [(2, 2), (2, 3), (3, 2), (2, 2, 3), (0, 2), (1, 1)]),
    *(case(f, [(3, 4)], {"offset": k}) for f in (np.diagonal, np.trace) for k in OFFSETS),
    *(
        case(f, [(2, 3, 4)], {"offset": k, "axis1": a, "axis2": b})
        for f in (np.diagonal, np.trace)
        for k, a, b in [(0, 0, 2), (1, 2, 0), (-1, -1, 1), (0, 1, -1)]
    ),
    *(case(np.diag, [s], {"k": k}) for s in [(1,), (3,), (2, 3), (3, 3)] for k in (0, 1, -2)),
    *(case(np.diag, [s]) for s in [(0,), (0, 2), (2, 3)]),
    *(case(np.diagflat, [s], {"k": k}) for s in [None, (), (2,), (2, 2)] for k in (0, 1, -1)),
]
CONSTANTS = [Case(f, (A,), "3x3") for f in (np.diag_indices_from, np.tril_indices_from, np.triu_indices_from)]
