"""Cases of products of matrices."""

import warnings

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


def cross(*args, **params):
    """np.cross, which warns of vectors of two components."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return np.cross(*args, **params)


# Vectors of two components, which NumPy 2.5 no longer takes.
OLD_CROSS = np.lib.NumpyVersion(np.__version__) < "2.5.0"
PLANE = [((2,), (2,)), ((4, 2), (2,)), ((2,), (3,)), ((4, 3), (4, 2))] if OLD_CROSS else []
VECTORS = [((3,), (3,)), ((2, 3), (3,)), ((2, 1, 3), (4, 3)), ((1,), (1,)), ((0,), (0,)), ((2, 0), (0,))]
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
    *(
        case(
            np.einsum,
            [(2, 3), (3, 4), (4, 2)],
            {"optimize": how},
            note=f"optimize={how}",
            arrange=lambda *xs: ("ij,jk,kl->il", *xs),
        )
        for how in (True, "optimal", ["einsum_path", (1, 2), (0, 1)])
    ),
    *(
        case(np.inner, list(pair))
        for pair in [
            ((3,), (3,)),
            ((2, 3), (3,)),
            ((2, 3), (4, 3)),
            ((2, 2, 3), (2, 3)),
            ((0,), (0,)),
            ((2, 0), (3, 0)),
        ]
    ),
    # By a number np.inner raises float32 to float64, as np.dot does.
    *(case(np.inner, list(pair), reference=np.multiply) for pair in [(None, (2, 2)), ((2, 2), ())]),
    *(case(np.vdot, list(pair)) for pair in [((3,), (3,)), ((2, 3), (3, 2)), ((1,), (1, 1)), ((0,), (0, 2))]),
    case(np.vdot, [None, None]),
    *(case(np.linalg.outer, list(pair)) for pair in [((2,), (3,)), ((1,), (0,))]),
    *(
        case(f, shapes, {"axes": axes})
        for f in (np.tensordot, np.linalg.tensordot)
        for shapes, axes in [
            ([(2, 3), (2, 3)], 2),
            ([(2, 3), (3, 4)], 1),
            ([(2,), (3,)], 0),
            ([(2, 3, 4), (4, 3, 2)], ([1, 0], [1, 2])),
            ([(2, 3, 4), (3, 5)], (1, 0)),
            ([(2, 3), (2, 3)], ((-1, 0), (-1, -2))),
            ([(2, 0), (0, 3)], 1),
        ]
    ),
    case(np.tensordot, [(2, 3), (2, 3)], note="2x3,2x3,default"),
    *(case(np.linalg.matmul, list(pair)) for pair in [((2, 3), (3, 4)), ((4, 2, 3), (3,))]),
    *(case(f, list(pair)) for f in (np.vecdot, np.linalg.vecdot) for pair in VECTORS),
    *(case(f, [(3, 2), (4, 3, 2)], {"axis": -2}) for f in (np.vecdot, np.linalg.vecdot)),
    case(np.vecdot, [(3, 2), (3, 2)], {"axis": 0}),
    *(
        case(getattr(np, name), list(pair))
        for name, pairs in {
            "matvec": [((2, 3), (3,)), ((4, 2, 3), (3,)), ((2, 3), (4, 3)), ((2, 0), (0,))],
            "vecmat": [((2,), (2, 3)), ((4, 2), (2, 3)), ((2,), (4, 2, 3)), ((0,), (0, 2))],
        }.items()
        for pair in pairs
        if hasattr(np, name)  # NumPy 2.2
    ),
    *(
        case(np.kron, list(pair))
        for pair in [
            ((2,), (3,)),
            ((2, 3), (3, 2)),
            ((2, 3), (2,)),
            ((2,), (2, 1, 3)),
            ((), (2, 3)),
            ((2,), None),
            (None, None),
            ((1, 1), (1, 1)),
            ((2, 0), (1, 2)),
        ]
    ),
    *(
        case(np.cross, shapes, params, reference=cross)
        for shapes, params in [
            ([(3,), (3,)], {}),
            ([(2, 3), (2, 3)], {}),
            ([(2, 1, 3), (4, 3)], {}),
            *((list(pair), {}) for pair in PLANE),
            ([(3, 2), (3, 2)], {"axis": 0}),
            ([(3, 4), (4, 3)], {"axisa": 0}),
            ([(3, 4), (3, 4)], {"axisa": 0, "axisb": 0, "axisc": 0}),
            ([(4, 3), (3, 4)], {"axisb": 0, "axisc": 1}),
            ([(0, 3), (3,)], {}),
        ]
    ),
    *(case(np.linalg.cross, list(pair)) for pair in [((3,), (3,)), ((2, 3), (2, 3))]),
    case(np.linalg.cross, [(3, 2), (3, 2)], {"axis": 0}),
    *(
        case(f, list(pair), {"mode": mode})
        for f in (np.convolve, np.correlate)
        for mode in ("full", "same", "valid")
        for pair in [((5,), (2,)), ((5,), (3,)), ((2,), (5,)), ((4,), (4,)), ((1,), (3,)), ((3,), (6,))]
    ),
    *(case(f, [(4,), (3,)]) for f in (np.convolve, np.correlate)),
    case(np.convolve, [None, (3,)]),
    *(case(f, [(4,), (3,)], {"mode": number}) for f in (np.convolve, np.correlate) for number in (0, 1, 2)),
]
