"""Every elementwise row against SymPy and mpmath: value and derivatives to the third, both modes.

CHALKGRAD_TRUTHS=all tries more places, orders and precisions; what it printed stands in docs/verification.md.
"""

import itertools
import os

import mpmath
import numpy as np
import pytest

import autograd as ag
from autograd.core.op import OPS
from tests.autograd import truths

FEW = os.environ.get("CHALKGRAD_TRUTHS") != "all"
ROUNDINGS = 64  # how many a derivative may be off, each relative to how the derivative depends on its operands
# Rows whose form is exact to rounding beside 1, not beside what is left of 1 where they saturate: 1 − out².
SATURATING = {"tanh", "sigmoid", "log_sigmoid", "logaddexp", "logaddexp2", "log_loss_logits", "log_loss"}


def reverse(f, i):
    return lambda *xs: ag.grad(lambda *ys: np.sum(f(*ys)), i)(*xs)


def forward(f, i):
    def along(*xs):
        ones = np.ones(xs[i].shape, xs[i].dtype)
        return ag.jvp(lambda x: f(*xs[:i], x, *xs[i + 1 :]), (xs[i],), (ones,))[1]

    return along


def found(function, operands, by, mode):
    """The derivative by one operand after the other, each by the same mode."""
    for i in by:
        function = mode(function, i)
    out = function(*operands)
    return np.asarray(out.data if isinstance(out, ag.Tensor) else out, float)


def allowed(function, place, orders, info):
    """How far the derivative may be from the truth: what rounding the operands alone would change, some times."""
    reach = abs(truths.truth(function, place, orders))
    for i, x in enumerate(place):
        next_order = truths.truth(function, place, tuple(k + (i == j) for j, k in enumerate(orders)))
        size = max(abs(x), 1.0) if OPS[function].name == "power" and i == 1 else abs(x)  # y − 1 is rounded, too
        reach += abs(size * next_order)
    reach += OPS[function].name in SATURATING and 1
    return ROUNDINGS * float(info.eps) * reach + 4 * float(info.tiny)


def beyond(function, place, orders, info):
    """Whether the value leaves the range of the dtype, or powers of two operands of this order, of which it is made."""
    if abs(truths.truth(function, place, (0,) * len(place))) > 0.99 * float(info.max):
        return True
    sizes = [abs(x) for x in place if x] if len(place) > 1 else []
    extreme = max(max(sizes, default=1.0), 1 / min(sizes, default=1.0))
    return sum(orders) * np.log2(extreme) > np.log2(float(info.max)) - 8


def mismatches(function, dtype):
    n, info, wrong = len(OPS[function].vjps), np.finfo(dtype), []
    places = truths.places(dtype, n, FEW)
    operands = [np.array([place[i] for place in places], dtype) for i in range(n)]
    for k, mode in itertools.product(range(truths.ORDER + 1), (reverse, forward)):
        for by in itertools.product(range(n), repeat=k):
            if (k == 0 and mode is forward) or (FEW and list(by) != sorted(by)):
                continue
            orders = tuple(by.count(i) for i in range(n))
            values = np.broadcast_to(found(function, operands, by, mode), len(places))
            for place, value in zip(places, values.tolist(), strict=True):
                exact = truths.truth(function, place, orders)
                if exact is None or (not np.isfinite(value) and beyond(function, place, orders, info)):
                    continue
                if abs(exact) > 0.99 * float(info.max):
                    right = not abs(value) < 0.98 * float(info.max)
                else:
                    right = np.isfinite(value) and abs(value - exact) <= allowed(function, place, orders, info)
                if not right:
                    wrong.append(f"{mode.__name__} {by} at {place}: {value}, in truth {mpmath.nstr(exact, 8)}")
    return wrong


def tried():
    """Rows and precisions; of pairs in the whole range of float64 the truth takes long."""
    for function in truths.TWINS:
        for dtype in (np.float64, np.float32, np.float16):
            if not (FEW and dtype is np.float64 and len(OPS[function].vjps) > 1):
                yield pytest.param(function, dtype, id=f"{OPS[function].name}-{dtype.__name__}")


@pytest.mark.parametrize(("function", "dtype"), tried())
def test_derivatives_to_the_third_at_special_places(function, dtype):
    with np.errstate(all="ignore"):
        assert mismatches(function, dtype) == []


def test_every_elementwise_row_has_a_twin_or_a_reason():
    ours = ("numpy", "autograd.rules")
    rows = {f: op for f, op in OPS.items() if op.kind == "elementwise" and op.name != "<lambda>"}
    rows = {f: op for f, op in rows.items() if (getattr(f, "__module__", None) or "numpy").startswith(ours)}
    listed = {id(OPS[f]) for f in (*truths.TWINS, *truths.WITHOUT)}
    assert [op.name for op in rows.values() if id(op) not in listed] == [], "not in truths.py"
