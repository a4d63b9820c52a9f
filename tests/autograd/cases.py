"""The cases that the rules are tested by: for each row of the table, ways of calling it.

`CASES` has those of the rows with a derivative and of the composites, `CONSTANTS` those of the rows without.
A row that stands in neither fails the suite.
"""

from itertools import product

import numpy as np

from autograd import rules
from tests.autograd.case import POSITIVE, PROBABILITY, SIGNED, Case, case, drawn

UNARY_SHAPES = [None, (), (1,), (3,), (2, 3), (0, 2)]
PAIRS = [
    (None, None),
    ((), None),
    ((3,), None),
    (None, (2, 3)),
    ((1,), ()),
    ((2, 3), (2, 3)),
    ((2, 3), (3,)),
    ((2, 1), (1, 3)),
    ((4, 1, 3), (2, 1)),
    ((1,), (0, 3)),
]


def unary(function, domain=SIGNED, reference=None, **params):
    return [case(function, [s], params, domain, reference=reference) for s in UNARY_SHAPES]


def binary(function, domain=SIGNED, reference=None):
    return [case(function, list(pair), None, domain, reference=reference) for pair in PAIRS]


def whole_numbers_apart(function):
    """Entries in which floor, ceil, rint and trunc do not jump."""
    return [
        Case(function, (1.3,), "float"),
        Case(function, (np.array([[-2.7, -0.3, 0.2], [0.8, 1.4, 5.7]]),), "2x3"),
    ]


ELEMENTWISE = [
    *(c for f in (np.negative, np.positive, np.square, np.absolute, np.sign) for c in unary(f)),
    *(c for f in (np.exp, np.expm1, np.sin, np.cos, np.tanh) for c in unary(f)),
    *(c for f in (np.sqrt, np.log, np.log1p) for c in unary(f, POSITIVE)),
    *(c for f in (np.floor, np.ceil, np.rint, np.trunc) for c in whole_numbers_apart(f)),
    *(c for f in (np.add, np.subtract, np.multiply, np.maximum, np.minimum) for c in binary(f)),
    *binary(np.divide, POSITIVE),
    *binary(np.power, POSITIVE),
    *(
        Case(np.power, (np.array([-1.5, -0.5, 0.7, 2.0]), y), f"negative base,{y}", fixed=(1,))
        for y in (0, 1, 2, 3, -1, 2.0, np.array([1.0, 2.0, 3.0, -2.0]))
    ),
    *(
        Case(np.clip, (*drawn(np.clip, shapes), low, high), note)
        for shapes, low, high, note in [
            ([None], -1.01, 1.02, "float"),
            ([(2, 5)], -1.01, 1.02, "2x5,numbers"),
            ([(3, 4)], np.array([[-1.51], [-0.51], [0.21]]), np.array([1.21, 0.51, 1.61, 0.91]), "3x4,arrays"),
        ]
    ),
    *(
        case(np.clip, [(2, 5)], params, note=f"2x5,{','.join(params)}")
        for params in [{"min": 0.313}, {"max": 0.313}, {"a_min": None, "a_max": 0.313}, {"a_min": -1.01, "a_max": 1.02}]
    ),
]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def logsumexp(x, axis=None, keepdims=False):
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


def softmax(x, axis=0):
    return np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=True)


def binary_cross_entropy(a, y):
    return np.sum(-(y * np.log(a) + (1 - y) * np.log(1 - a))) / a.shape[-1]


NETWORKS = [
    *unary(rules.sigmoid, reference=sigmoid),
    *unary(rules.relu, reference=lambda x: np.where(x > 0, x, 0.0)),
    *unary(rules.leaky_relu, reference=lambda x: np.where(x > 0, x, 0.01 * x)),
    *unary(rules.leaky_relu, reference=lambda x, slope: np.where(x > 0, x, slope * x), slope=0.2),
    *unary(rules.log_sigmoid, reference=lambda x: np.log(sigmoid(x))),
    *unary(rules.identity, reference=np.positive),
    *(case(rules.cast, [s], {"dtype": "float64"}, reference=np.asarray) for s in UNARY_SHAPES),
    *binary(rules.ratio, POSITIVE, reference=np.divide),
    *binary(rules.xlogy, POSITIVE, reference=lambda x, y: x * np.log(y)),
    *binary(rules.log_loss, PROBABILITY, reference=lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a))),
    *binary(rules.log_loss_slope, PROBABILITY, reference=lambda a, y: (1 - y) / (1 - a) - y / a),
    *(
        case(rules.binary_cross_entropy, [shape] * 2, None, PROBABILITY, reference=binary_cross_entropy)
        for shape in [(3,), (1, 4), (2, 3)]
    ),
    *(
        case(rules.softmax, [shape], {"axis": axis}, reference=softmax)
        for shape, axis in [
            ((4,), 0),
            ((4,), -1),
            ((3, 2), 0),
            ((3, 2), 1),
            ((2, 3, 2), 1),
            ((2, 3, 2), (0, -1)),
            ((1, 3), 0),
        ]
    ),
    case(rules.softmax, [(3, 2)], note="3x2,default", reference=softmax),
]

AXES = [
    (None, [None]),
    ((), [None, ()]),
    ((4,), [None, 0, -1, (0,)]),
    ((2, 3), [None, 0, -1, (0, 1), (-1, 0), ()]),
    ((2, 1, 3), [None, 1, (0, -1), (2, 1)]),
]
REDUCTIONS = [
    case(f, [shape], {"axis": axis, "keepdims": keepdims}, reference=reference)
    for f, reference in [*((f, None) for f in (np.sum, np.mean, np.max, np.min, np.prod)), (rules.logsumexp, logsumexp)]
    for shape, axes in AXES
    for axis, keepdims in product(axes, (False, True))
] + [
    *(case(f, [(2, 3)], note="2x3,default") for f in (np.sum, np.mean, np.max, np.min, np.prod)),
    case(rules.logsumexp, [(2, 3)], note="2x3,default", reference=logsumexp),
    *(case(f, [(0, 3)], {"axis": 0}) for f in (np.sum, np.prod)),
    *(case(f, [(0, 3)], {"axis": 1}) for f in (np.sum, np.mean, np.max, np.min, np.prod)),
]

SHAPES = [
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
INDEXING = [
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


def scattered(g, index, shape):
    """What scatter does, by counting: the position of each entry in the flat array, and the sum for each position."""
    positions = np.arange(np.prod(shape)).reshape(shape)[index]
    return np.bincount(np.ravel(positions), np.ravel(g), int(np.prod(shape))).reshape(shape).astype(np.asarray(g).dtype)


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
PRODUCTS = [
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

CASES = [*ELEMENTWISE, *NETWORKS, *REDUCTIONS, *SHAPES, *INDEXING, *PRODUCTS]

A, B = np.array([[0.0, 1.0, -2.0], [3.0, 1.0, -2.0]]), np.array([0.0, 1.5, np.inf])
CONSTANTS = [
    *(Case(f, (A, B), "2x3,3") for f in (np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal)),
    *(Case(f, (A, B), "2x3,3") for f in (np.logical_and, np.logical_or)),
    *(Case(f, (B,), "3") for f in (np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_not)),
    *(
        Case(f, (A,), "2x3")
        for f in (np.argmax, np.argmin, np.any, np.all, np.count_nonzero, np.shape, np.ndim, np.size)
    ),
    *(Case(f, (A,), "2x3,axis=1", {"axis": 1}) for f in (np.argmax, np.argmin, np.any, np.all, np.count_nonzero)),
    *(Case(f, (A,), "2x3") for f in (np.zeros_like, np.ones_like)),
    Case(np.full_like, (A,), "2x3", {"fill_value": 7.0}),
    Case(np.empty_like, (np.zeros((0, 2)),), "0x2"),
]
