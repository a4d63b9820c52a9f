"""Cases of elementwise rows."""

import numpy as np

from autograd.rules.elementwise import gap, leg, power_partial
from autograd.rules.trigonometric import bell, bessel, rest_of_1
from tests.autograd.case import POSITIVE, UNARY_SHAPES, Case, binary, case, drawn, unary

INSIDE, ABOVE_1 = (-0.9, 0.9), (1.2, 3.0)


class Joined(Case):
    """A function with several results of one shape, tested as one that stacks them."""

    def _call(self, function, operands):
        return np.stack(super()._call(function, operands))


def whole_numbers_apart(function, kind=Case, reference=None, **params):
    """Entries in which floor, ceil, rint and trunc do not jump."""
    return [
        kind(function, (1.3,), "float", params, reference=reference),
        kind(function, (np.array([[-2.7, -0.3, 0.2], [0.8, 1.4, 5.7]]),), "2x3", params, reference=reference),
    ]


# No quotient of one of these by one of those is near an integer, so that remainders do not jump.
DIVIDENDS, DIVISORS = np.array([[-7.3, -1.6, 0.45], [0.7, 3.2, 9.1]]), np.array([2.1, -1.1, 1.7])


def quotients_apart(function, kind=Case):
    """Entries in which the whole part of a quotient does not jump."""
    return [
        kind(function, (7.3, -2.1), "float"),
        kind(function, (DIVIDENDS, np.broadcast_to(DIVISORS, (2, 3)).copy()), "2x3"),
        kind(function, (DIVIDENDS, DIVISORS), "2x3,3"),
        kind(function, (DIVIDENDS[:, :1], DIVISORS), "2x1,3"),
        kind(function, (DIVIDENDS, 2.3), "2x3,float"),
        kind(function, (7.3, DIVISORS), "float,3"),
        kind(function, (np.zeros((0, 3)), DIVISORS), "0x3,3"),
    ]


def spherical(x, order=0):
    """sin x / x, and (sin x − x cos x) / x³."""
    return np.sin(x) / x if order == 0 else (np.sin(x) - x * np.cos(x)) / (x * x * x)


def partial_of_power(x, y, k, n):
    """The derivatives of x^y that are tried, each by its own formula."""
    raised, ln = np.power(x, y - k), np.log(np.where(np.equal(x, 0), 1, x))  # 0 · ln 0 counts as 0
    forms = {
        (1, 0): y,
        (0, 1): ln,
        (1, 1): 1 + y * ln,
        (2, 1): 2 * y - 1 + y * (y - 1) * ln,
        (0, 2): ln * ln,
    }
    return raised * forms[k, n]


CASES = [
    *(c for f in (np.negative, np.positive, np.square, np.absolute, np.fabs, np.sign) for c in unary(f)),
    *(c for f in (np.exp, np.exp2, np.expm1, np.sin, np.cos, np.tanh) for c in unary(f)),
    *(c for f in (np.arctan, np.sinh, np.cosh, np.arcsinh, np.sinc, np.conjugate) for c in unary(f)),
    *(c for f in (np.degrees, np.rad2deg, np.radians, np.deg2rad) for c in unary(f)),
    *(c for f in (np.real, np.real_if_close, np.nan_to_num, np.angle) for c in unary(f)),
    *(c for f in (np.arcsin, np.arccos, np.arctanh, np.tan) for c in unary(f, INSIDE)),
    *(c for f in (np.sqrt, np.log, np.log1p, np.log2, np.log10, np.cbrt, np.reciprocal) for c in unary(f, POSITIVE)),
    *unary(np.arccosh, ABOVE_1),
    Case(np.arccosh, (25.0,), "float,far"),  # also within the domain where tests make it smaller
    *unary(np.cbrt, (-2.5, -0.5)),
    *(c for order in (0, 1) for c in unary(bessel, (0.3, 2.9), spherical, order=order)),
    case(np.real_if_close, [(2, 3)], {"tol": 10}),
    *(case(np.astype, [s], reference=np.asarray, arrange=lambda x: (x, np.float64)) for s in UNARY_SHAPES),
    case(np.angle, [(2, 3)], {"deg": True}),
    case(np.nan_to_num, [(2, 3)], {"nan": 7.0, "posinf": 8.0, "neginf": 9.0}),
    *(c for f in (np.floor, np.ceil, np.rint, np.trunc, np.round, np.around) for c in whole_numbers_apart(f)),
    *whole_numbers_apart(np.fix, reference=np.trunc),  # NumPy 2.5 deprecates the name
    *(c for f in (np.round, np.around) for c in whole_numbers_apart(f, decimals=-1)),
    *whole_numbers_apart(np.modf, Joined),
    *(c for f in (np.remainder, np.fmod, np.floor_divide) for c in quotients_apart(f)),
    *quotients_apart(np.divmod, Joined)[:2],
    *(c for f in (np.add, np.subtract, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin) for c in binary(f)),
    *(c for f in (np.logaddexp, np.logaddexp2, np.copysign) for c in binary(f)),
    *(c for f in (np.hypot, np.heaviside) for c in binary(f)),
    *(c for f in (np.divide, np.arctan2, np.power, np.float_power) for c in binary(f, POSITIVE)),
    *binary(gap, reference=np.subtract),
    *binary(leg, reference=lambda x, y: x / np.hypot(x, y)),
    *(c for c in unary(bell, reference=lambda x: 1 / (1 + x * x))),
    *(c for c in unary(rest_of_1, INSIDE, reference=lambda x: 1 - x * x)),
    *(
        case(power_partial, [s, s], {"k": k, "n": n}, POSITIVE, reference=partial_of_power)
        for s in [None, (3,), (2, 3)]
        for k, n in [(1, 0), (0, 1), (1, 1), (2, 1), (0, 2)]
    ),
    *(
        Case(np.arctan2, (y, np.array([-1.5, -0.5, 0.7, 2.0])), f"4,quadrants,{y}", reference=np.arctan2)
        for y in (-0.7, 1.3)
    ),
    *(
        Case(np.ldexp, (*drawn(np.ldexp, [shape]), i), note, fixed=(1,))
        for shape, i, note in [
            (None, 3, "float"),
            ((2, 3), -2, "2x3,int"),
            ((2, 3), np.array([1, 0, -3]), "2x3,3"),
            ((3,), np.array([[1], [4]]), "3,2x1"),
        ]
    ),
    *(
        Case(np.unwrap, (np.array([[0.1, 2.9, -2.7], [3.0, -3.1, 0.3]]),), f"2x3,{','.join(params)}", params)
        for params in [{}, {"axis": 0}, {"period": 4.0}, {"discont": 4.0}]
    ),
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
