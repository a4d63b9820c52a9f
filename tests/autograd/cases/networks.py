"""Cases of the rows that networks need."""

import math

import numpy as np

from autograd import rules
from tests.autograd.case import POSITIVE, PROBABILITY, UNARY_SHAPES, Case, binary, case, drawn, unary


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def log_sigmoid(x):
    return float(np.log(sigmoid(x))) if type(x) is float else np.log(sigmoid(x))  # of a number a number


def normal_cdf(x):
    """By Python, entry by entry."""
    found = [math.erfc(-float(v) / math.sqrt(2)) / 2 for v in np.ravel(x)]
    return np.reshape(found, np.shape(x)).astype(x.dtype) if isinstance(x, (np.ndarray, np.generic)) else found[0]


def softmax(x, axis=0):
    return np.exp(x) / np.sum(np.exp(x), axis=axis, keepdims=True)


def binary_cross_entropy(a, y):
    return np.sum(-(y * np.log(a) + (1 - y) * np.log(1 - a))) / a.shape[-1]


CASES = [
    *unary(rules.sigmoid, reference=sigmoid),
    *unary(rules.relu, reference=lambda x: np.where(x > 0, x, 0.0)),
    *unary(rules.leaky_relu, reference=lambda x: np.where(x > 0, x, 0.01 * x)),
    *unary(rules.leaky_relu, reference=lambda x, slope: np.where(x > 0, x, slope * x), slope=0.2),
    *unary(rules.elu, reference=lambda x: np.where(x > 0, x, np.expm1(x))),
    *unary(rules.elu, reference=lambda x, alpha: np.where(x > 0, x, alpha * np.expm1(x)), alpha=0.4),
    *unary(rules.normal_cdf, reference=normal_cdf),
    *unary(rules.activations.normal_pdf, reference=lambda x: np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi)),
    *unary(rules.log_sigmoid, reference=log_sigmoid),
    *unary(rules.identity, reference=np.positive),
    *(case(rules.cast, [s], {"dtype": "float64"}, reference=np.asarray) for s in UNARY_SHAPES),
    *binary(rules.ratio, POSITIVE, reference=np.divide),
    *(
        case(rules.special.over_power, shapes, domain=POSITIVE, reference=lambda y, *xs: math.prod(xs) / y ** len(xs))
        for shapes in [[(4,), (4,)], [(2, 3), (2, 3), (2, 3)], [(3,), (2, 3), (), (3,)]]
    ),
    *(
        Case(
            rules.special.undetermined,
            (drawn(rules.special.undetermined, [shape])[0], np.zeros(shape, bool)),
            f"{'x'.join(map(str, shape))},nowhere",
            reference=lambda x, _at: np.zeros_like(x),
            fixed=(1,),
        )
        for shape in [(3,), (2, 3), (0, 2)]
    ),
    *unary(rules.special.kinked, reference=np.positive),
    *unary(rules.special.kinked_slope, POSITIVE, reference=lambda x: 1.0 if type(x) is float else np.ones_like(x)),
    *binary(rules.special.portion, reference=lambda x, total: np.exp(np.subtract(x, total))),
    *binary(rules.xlogy, POSITIVE, reference=lambda x, y: x * np.log(y)),
    *binary(rules.log_loss, PROBABILITY, reference=lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a))),
    *binary(
        rules.log_loss_logits,
        PROBABILITY,
        reference=lambda z, y: -(y * np.log(sigmoid(z)) + (1 - y) * np.log(sigmoid(-z))),
    ),
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
