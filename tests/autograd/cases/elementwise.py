"""Cases of elementwise rows."""

import numpy as np

from tests.autograd.case import POSITIVE, Case, binary, case, drawn, unary


def whole_numbers_apart(function):
    """Entries in which floor, ceil, rint and trunc do not jump."""
    return [
        Case(function, (1.3,), "float"),
        Case(function, (np.array([[-2.7, -0.3, 0.2], [0.8, 1.4, 5.7]]),), "2x3"),
    ]


CASES = [
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
