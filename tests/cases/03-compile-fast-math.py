# A compiled program rounds as its function does: a rounding trick stays one, an error term is found, 0/0 is nan.
import numpy as np

import autograd as ag

A = np.array


def two_product(a, b):  # Dekker: the rounding error of a*b
    p = a * b
    s = 134217729.0 * a
    ah = s - (s - a)
    t = 134217729.0 * b
    bh = t - (t - b)
    return ((ah * bh - p) + ah * (b - bh) + (a - ah) * bh) + (a - ah) * (b - bh)


for f, first, then in (
    (lambda x: (x + 2.0**52) - 2.0**52, [A([1.0])], [A([2.7])]),
    (two_product, [A([1.0]), A([2.0])], [A([1.1]), A([3.3])]),
    (lambda x: x * x / x, [A([2.0])], [A([0.0])]),
):
    quick = ag.compile(f)
    quick(*first)
    with np.errstate(invalid="ignore"):
        print("plain", f(*then), "compiled", quick(*then))
