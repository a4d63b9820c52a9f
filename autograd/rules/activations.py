"""Activations that need more than NumPy's functions: ELU, and the normal distribution function, for GELU."""

import math
from typing import Any

import numpy as np

from autograd.core.types import Value
from autograd.rules.declare import elementwise

__all__ = ["elu", "normal_cdf"]


def elu(x: Value, alpha: float = 1.0) -> Value:
    """x where x > 0, else alpha·(e^x - 1); its derivative at 0 is alpha (Clevert et al., 2015).

    >>> elu(np.array([2.0, -1e-20, -1000.0]))
    array([ 2.e+00, -1.e-20, -1.e+00])
    """
    return np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x)))


# Of a positive x no exponential is taken: it may be inf, and inf·0 is nan in the next derivative.
elu = elementwise(elu, lambda _out, x, alpha=1.0: np.where(x > 0, 1.0, alpha * np.exp(np.where(x > 0, 0.0, x))))

# ln(erfc(z)·e^(z²)/t) as a series of Chebyshev polynomials in 2t - 1, where t = 2/(2 + z), for all z ≥ 0:
# interpolated at 48 places with 40 digits; the terms left out are below 1e-17.
_SERIES = (
    -0.65132685989085472, 0.6419697923564903, 0.019476473204185836, -0.0095615147868086317, -0.00094659534448203685,
    0.00036683949785276144, 4.2523324806907774e-05, -2.0278578112534242e-05, -1.6242900046470255e-06,
    1.3036558355805232e-06, 1.5626441722066143e-08, -8.5238095914926543e-08, 6.5290544390988512e-09,
    5.0593434955514694e-09, -9.9136415649303302e-10, -2.2736512229318359e-10, 9.6467911020155265e-11,
    2.3940380830391148e-12, -6.8860275264975531e-12, 8.9448792730907258e-13, 3.130921399342958e-13,
    -1.1270822361367253e-13, 3.8109052551892318e-16, 7.1060976136092371e-15, -1.5230282014571043e-15,
    -9.457494571291234e-17, 1.2102371892242789e-16,
)  # fmt: skip


@np.errstate(over="ignore", under="ignore")  # of x², where Φ has long been 0 or 1
def normal_cdf(x: Value) -> Value:
    """Φ(x), the probability that a standard normal number is below x: ½·erfc(-x/√2).

    >>> normal_cdf(np.array([0.0, 1.0, -10.0]))
    array([5.00000000e-01, 8.41344746e-01, 7.61985302e-24])
    """
    given = np.asarray(x, float)
    z = np.abs(given) / math.sqrt(2)
    t = 2 / (2 + z)
    twice = 4 * t - 2
    ahead: Any = 0.0
    value: Any = 0.0
    for coefficient in reversed(_SERIES[1:]):  # Clenshaw's recurrence
        value, ahead = twice * value - ahead + coefficient, value
    tail = t * np.exp(twice / 2 * value - ahead + _SERIES[0] - given * given / 2) / 2  # 1 - … would end at 1e-16
    return np.where(given > 0, 1 - tail, tail).astype(getattr(x, "dtype", float))


def normal_pdf(x: Value) -> Value:
    """φ(x) = e^(-x²/2) / √(2π), the density of a standard normal number; the derivative of Φ.

    >>> normal_pdf(np.array([0.0, 1e200])).round(4)
    array([0.3989, 0.    ])
    """
    with np.errstate(over="ignore", under="ignore"):
        return np.exp(np.square(x) / -2) / math.sqrt(2 * math.pi)


# Where the density is 0, so are its derivatives; powers of x may be inf there.
normal_pdf = elementwise(normal_pdf, lambda out, x: -out * np.where(out > 0, x, 0.0))
normal_cdf = elementwise(
    normal_cdf,
    lambda _out, x: normal_pdf(x),
    scalar=lambda x: math.erfc(-x / math.sqrt(2)) / 2,
    probabilities=True,
)
