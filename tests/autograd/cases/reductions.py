"""Cases of reductions."""

from itertools import product

import numpy as np

from autograd import rules
from tests.autograd.case import AXES, case


def logsumexp(x, axis=None, keepdims=False):
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


CASES = [
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
