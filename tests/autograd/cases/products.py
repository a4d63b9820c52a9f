"""Cases of products of matrices."""

import numpy as np

from tests.autograd.case import case

MATRICES = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((2,), (2, 3)),
    ((2, 3), (3, 4)),
    ((1, 3), (3, 1)),
    ((3, 2), (2, 0)),
    ((2, 0), (0, 3)),
]
BATCHES = [((2, 2, 3), (3,)), ((3,), (2, 3, 2)), ((3, 2), (4, 2, 3)), ((4, 3, 2), (2, 3)), ((2, 1, 3, 2), (4, 2, 1))]
EINSUMS = {
    "ij,jk->ik": [(2, 3), (3, 4)],
    "ij,jk": [(2, 3), (3, 4)],
    "kj, ki": [(2, 3), (2, 4)],
    "ij->ji": [(2, 3)],
    "ba": [(2, 3)],
    "ij->": [(2, 3)],
    "ij->i": [(2, 3)],
    "i->": [(3,)],
    "ii": [(3, 3)],
    "ii->i": [(3, 3)],
    "iij->j": [(2, 2, 3)],
    "iji,i->j": [(2, 3, 2), (2,)],
    "i,i": [(3,), (3,)],
    "i,j->ij": [(2,), (3,)],
    "ij,kl->i": [(2, 3), (2, 2)],
    "i,i,i->i": [(3,), (3,), (3,)],
    "abc,cd,bd->ad": [(2, 3, 2), (2, 4), (3, 4)],
    "...ij,...jk->...ik": [(4, 2, 3), (3, 2)],
    "...i->...": [(2, 3)],
    "...,...": [(2, 1), (3,)],
    ",i->i": [(), (3,)],
}
CASES = [
    *(case(np.matmul, list(pair)) for pair in [*MATRICES, *BATCHES]),
    *(
        case(np.einsum, shapes, note=spec.replace(" ", "_"), arrange=lambda *xs, spec=spec: (spec, *xs))
        for spec, shapes in EINSUMS.items()
    ),
    *(
        case(np.dot, list(pair))
        for pair in [
            *MATRICES,
            ((2, 2, 3), (3,)),
            ((3,), (2, 3, 2)),
            ((2, 3), (2, 3, 2)),
            ((2, 2, 3), (2, 3, 2)),
        ]
    ),
    # By a number np.dot raises float32 to float64, as no other operation does; here it is np.multiply.
    *(case(np.dot, list(pair), reference=np.multiply) for pair in [(None, (2, 2)), ((2, 2), ())]),
    *(case(np.outer, list(pair)) for pair in [((2,), (3,)), ((2, 2), (3,)), ((), (2,)), (None, None)]),
]
