"""Cases of normalizing."""

import numpy as np

from autograd import rules
from tests.autograd.case import case


def normalize(x, axis=None, eps=1e-5):
    mean, variance = np.mean(x, axis=axis, keepdims=True), np.var(x, axis=axis, keepdims=True)
    return ((x - mean) / np.sqrt(variance + eps)).astype(np.asarray(x).dtype)


CASES = [
    case(rules.normalization.normalize, [shape], {"axis": axis, "eps": eps}, reference=normalize)
    for shape, axis, eps in [
        (None, None, 0.1),
        ((), None, 0.1),
        ((4,), None, 1e-5),
        ((2, 3), 0, 0.1),
        ((2, 3), -1, 0.1),
        ((2, 3), None, 1e-3),
        ((2, 3), (0, 1), 1e-3),
        ((3, 2, 2, 2), (1, 2, 3), 1e-5),
        ((3, 2, 2, 2), (0, 1, 2), 1e-5),
        ((1, 3), 0, 0.1),
        ((3, 0), 0, 0.1),
    ]
]
