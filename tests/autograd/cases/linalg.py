"""Cases of np.linalg. A matrix that must not be singular is drawn, and added to a multiple of the identity."""

from dataclasses import dataclass

import numpy as np

from autograd.rules import factors, linalg, norms
from tests.autograd.case import Case, case, drawn, noted


@dataclass(frozen=True)
class Part(Case):
    """A case of a function with several results, of which one is looked at."""

    part: int = 0

    def _call(self, function, operands):
        return super()._call(function, operands)[self.part]


def regular(a, *others):
    """The operand, made a matrix that is not singular."""
    return a + 5.0 * np.eye(a.shape[-1], dtype=a.dtype), *others


def definite(a):
    """The same, and positive definite."""
    return regular(a * 0.5)


def parts(function, shapes, params, numbers, **how):
    """A case for each result."""
    return [
        Part(function, drawn(function, shapes), f"{noted(shapes, params or {})},part={k}", params or {}, part=k, **how)
        for k in numbers
    ]


SQUARES = [(1, 1), (2, 2), (3, 3), (2, 3, 3), (2, 1, 2, 2), (0, 2, 2)]
RECTANGLES = [(3, 2), (2, 3), (3, 3), (2, 3, 2), (2, 2, 4), (1, 1)]

INVERSES = [
    *(case(np.linalg.inv, [s], arrange=regular) for s in [*SQUARES, (0, 0)]),
    *(
        case(np.linalg.solve, list(pair), arrange=regular)
        for pair in [
            ((3, 3), (3,)),
            ((2, 2), (2, 3)),
            ((3, 3), (3, 3)),
            ((2, 3, 3), (3,)),
            ((2, 3, 3), (3, 2)),
            ((3, 3), (2, 3, 2)),
            ((2, 1, 2, 2), (3, 2, 1)),
            ((1, 1), (1,)),
            ((3, 3), (3, 0)),
        ]
    ),
    *(case(np.linalg.pinv, [s]) for s in RECTANGLES),
    case(np.linalg.pinv, [(3, 2)], {"rcond": 1e-10}),
    case(np.linalg.pinv, [(3, 2)], {"rtol": None}),
    case(np.linalg.pinv, [(3, 2)], {"rtol": 1e-10}),
    *(
        c
        for p in [((4, 2), (4,)), ((4, 2), (4, 3))]
        for c in [
            *parts(np.linalg.lstsq, list(p), None, (0, 1)),
            *parts(np.linalg.lstsq, list(p), None, (3,), fixed=(1,)),
        ]
    ),
    *parts(np.linalg.lstsq, [(2, 3), (2,)], {"rcond": 1e-9}, (0,)),
    case(np.linalg.tensorinv, [(2, 3, 6)], arrange=lambda a: (shifted(a, (2, 3, 6)),)),
    case(np.linalg.tensorinv, [(4, 2, 2)], {"ind": 1}, arrange=lambda a: (shifted(a, (4, 2, 2)),)),
    case(np.linalg.tensorsolve, [(2, 2, 4), (2, 2)], arrange=lambda a, b: (shifted(a, (2, 2, 4)), b)),
    case(
        np.linalg.tensorsolve, [(2, 4, 2), (2, 2)], {"axes": (1,)}, arrange=lambda a, b: (shifted(a, (2, 4, 2), 1), b)
    ),
]


def shifted(a, shape, moved=None):
    """The operand of tensorsolve, made regular."""
    n = int(np.sqrt(np.prod(shape)))
    identity = np.eye(n).reshape([k for i, k in enumerate(shape) if i != moved] + ([shape[moved]] if moved else []))
    return a + (5.0 * (np.moveaxis(identity, -1, moved) if moved else identity)).astype(a.dtype)


DETERMINANTS = [
    *(case(np.linalg.det, [s]) for s in [*SQUARES, (0, 0)]),
    Case(np.linalg.det, (np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]),), "rank 2"),
    Case(np.linalg.det, (np.diag([1.5, 0.0, 0.0]),), "rank 1"),
    Case(np.linalg.det, (np.zeros((2, 2)),), "rank 0"),
    Case(np.linalg.det, (np.stack([np.diag([1.5, 0.0]), np.array([[1.0, 2.0], [0.5, 3.0]])]),), "one singular"),
    *(c for s in SQUARES[:2] for c in parts(np.linalg.slogdet, [s], None, (0, 1))),
    *(c for s in SQUARES[2:] for c in parts(np.linalg.slogdet, [s], None, (0, 1), arrange=lambda a: (-regular(a)[0],))),
    *(case(f, [s]) for f in (linalg.log_abs_det, linalg.sign_of_det) for s in [(2, 2), (2, 3, 3)]),
]

POWERS = [
    *(case(np.linalg.matrix_power, [(3, 3)], {"n": n}, arrange=regular) for n in (-3, -1, 0, 1, 2, 3, 5)),
    *(case(np.linalg.matrix_power, [(2, 2, 2)], {"n": n}) for n in (0, 1, 3)),
    *(
        case(np.linalg.multi_dot, shapes, arrange=lambda *xs: (xs,))
        for shapes in [
            [(2, 3), (3, 2)],
            [(2, 3), (3, 4), (4, 1)],
            [(2, 5), (5, 1), (1, 4), (4, 2)],
            [(3,), (3, 2), (2, 2)],
            [(2, 3), (3, 2), (2,)],
            [(3,), (3, 2), (2,)],
            [(3,), (3,)],
        ]
    ),
    *(
        case(f, [s], {"offset": k})
        for f in (np.linalg.diagonal, np.linalg.trace)
        for s in [(3, 3), (2, 4), (2, 3, 2)]
        for k in (0, 1, -1, 5)
    ),
    *(case(f, [(2, 3)]) for f in (np.linalg.diagonal, np.linalg.trace, np.linalg.matrix_transpose)),
    case(np.linalg.matrix_transpose, [(2, 3, 4)]),
]

FACTORS = [
    *(case(np.linalg.cholesky, [s], arrange=definite) for s in SQUARES),
    *(case(np.linalg.cholesky, [s], {"upper": True}, arrange=definite) for s in [(3, 3), (2, 2, 2)]),
    *(case(factors.qr_packed, [s]) for s in [(3, 2), (2, 2), (2, 3, 2)]),
    *(c for s in RECTANGLES for c in parts(np.linalg.qr, [s], None, (0, 1))),
    *(c for s in [(3, 3), (2, 3)] for c in parts(np.linalg.qr, [s], {"mode": "complete"}, (0, 1))),
    *(case(np.linalg.qr, [s], {"mode": "r"}) for s in [(3, 2), (2, 3)]),
    *(case(factors.eigh_packed, [s]) for s in SQUARES[:4]),
    *(case(factors.eigh_packed, [s], {"UPLO": "U"}) for s in [(3, 3), (2, 3, 3)]),
    *(c for s in [*SQUARES, (0, 0)] for c in parts(np.linalg.eigh, [s], None, (0, 1))),
    *parts(np.linalg.eigh, [(3, 3)], {"UPLO": "U"}, (0, 1)),
    *(case(np.linalg.eigvalsh, [s]) for s in SQUARES),
    case(np.linalg.eigvalsh, [(3, 3)], {"UPLO": "u"}),
    *(case(factors.svd_packed, [s]) for s in RECTANGLES),
    *(case(factors.singular_values, [s]) for s in RECTANGLES),
    *(c for s in RECTANGLES for c in parts(np.linalg.svd, [s], {"full_matrices": False}, (0, 1, 2))),
    *parts(np.linalg.svd, [(3, 3)], None, (0, 1, 2)),
    case(np.linalg.svd, [(2, 3)], {"compute_uv": False}),
    *(case(np.linalg.svdvals, [s]) for s in [*RECTANGLES, (0, 2)]),
]

ORDERS = {
    "vector": (None, 0, 1, 2, 3, 2.5, -1, np.inf, -np.inf),
    "matrix": (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf),
}
NORMS = [
    *(
        case(norms.euclidean, [s], {"axis": a, "keepdims": k})
        for s, a in [((3,), None), ((2, 3), 0), ((2, 3), (0, 1)), (None, None)]
        for k in (False, True)
    ),
    *(
        case(norms.p_norm, [(2, 3)], {"p": p, "axis": a, "keepdims": k})
        for p in (3.0, 1.5)
        for a in (None, 0, (0, 1))
        for k in (False, True)
    ),
    *(case(np.linalg.norm, [(4,)], {"ord": o, "keepdims": k}) for o in ORDERS["vector"] for k in (False, True)),
    *(
        case(np.linalg.norm, [(2, 3)], {"ord": o, "axis": a, "keepdims": k})
        for o in ORDERS["vector"]
        for a, k in [(0, False), (1, True)]
    ),
    *(case(np.linalg.norm, [(3, 2)], {"ord": o, "keepdims": k}) for o in ORDERS["matrix"] for k in (False, True)),
    *(
        case(np.linalg.norm, [(2, 3, 4)], {"ord": o, "axis": (2, 0), "keepdims": k})
        for o in ORDERS["matrix"]
        for k in (False, True)
    ),
    *(case(np.linalg.norm, [s]) for s in [None, (), (1,), (2, 3), (2, 3, 2), (0, 3)]),
    case(np.linalg.norm, [(2, 3, 2)], {"axis": -1}),
    *(
        case(np.linalg.vector_norm, [(2, 3)], {"ord": o, "axis": a, "keepdims": k})
        for o in ORDERS["vector"][1:]
        for a, k in [(None, False), ((0, 1), True), (1, False)]
    ),
    *(case(np.linalg.vector_norm, [s]) for s in [(3,), (2, 3)]),
    *(
        case(np.linalg.matrix_norm, [(2, 3, 3)], {"ord": o, "keepdims": k})
        for o in ORDERS["matrix"][1:]
        for k in (False, True)
    ),
    case(np.linalg.matrix_norm, [(2, 3)]),
    *(
        case(np.linalg.cond, [(3, 3)], {"p": p}, arrange=regular)
        for p in (None, 2, -2, 1, -1, np.inf, -np.inf, "fro", "nuc")
    ),
    case(np.linalg.cond, [(3, 2)], arrange=lambda a: (a + 5.0 * np.eye(3, 2, dtype=a.dtype),)),
    case(np.linalg.cond, [(2, 3, 3)], arrange=regular),
]

CASES = [*INVERSES, *DETERMINANTS, *POWERS, *FACTORS, *NORMS]
CONSTANTS = [
    Case(np.linalg.matrix_rank, (np.arange(9.0).reshape(3, 3),), "3x3"),
    Case(np.linalg.matrix_rank, (np.eye(3),), "3x3,tol=2", {"tol": 2.0}),
]
