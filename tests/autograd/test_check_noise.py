"""check_grads where f, or its derivative, is 0: rounding is no kink, no jump and no bug; a wrong slope is one."""

import numpy as np
import pytest

import autograd as ag
from autograd import primitive, rules
from autograd.check.check_grads import check_grads
from tests.autograd.helpers import generator


def elementwise(function, *local):
    """A primitive of its own each time: the registry goes by the function."""
    return primitive.elementwise(lambda x: function(x), *local)


# --- smooth functions where they are flat -------------------------------------------------------------------------
# Each makes a function and a point at which it is 0, constant, or has the derivative 0, from a random generator.


def least_squares(rng):
    n = rng.integers(1, 4)
    A = 10.0 ** rng.integers(-3, 4) * rng.normal(size=(n + rng.integers(0, 4), n))
    y = A @ rng.normal(size=n) + rng.integers(0, 2) * rng.normal(size=len(A))
    return lambda w: np.sum((A @ w - y) ** 2), np.linalg.lstsq(A, y)[0]


def quadratic_form(rng):
    M, x0 = rng.normal(size=(3, 3)), rng.normal(size=3)
    return lambda x: (x - x0) @ (M + M.T) @ (x - x0), x0.copy()


def rayleigh_quotient(rng):
    M = rng.normal(size=(3, 3))
    M = M + M.T
    return lambda x: x @ M @ x / (x @ x), rng.uniform(0.5, 3) * np.linalg.eigh(M)[1][:, 1]


def network_without_error(rng):
    W1, W2, X = rng.normal(size=(3, 2)), rng.normal(size=(1, 3)), rng.normal(size=(2, 5))
    Y = W2 @ np.tanh(W1 @ X)
    return lambda W: np.mean((W2 @ np.tanh(W @ X) - Y) ** 2), W1


def logistic_regression(rng):
    X = rng.normal(size=(2, 6))
    return lambda w: ag.binary_cross_entropy(ag.sigmoid(w @ X), np.array([[0, 1, 0, 1, 1, 0.0]])), np.zeros((1, 2))


def divergence(rng):
    p = rng.uniform(0.2, 1, 4)
    p /= p.sum()
    return lambda z: np.sum(p * (np.log(p) - np.log(ag.softmax(z)))), np.log(p) + rng.normal()


def cosine_similarity(rng):
    y = rng.normal(size=3)
    return lambda x: x @ y / np.sqrt((x @ x) * (y @ y)), rng.uniform(0.1, 3) * y


def quartic(rng):
    x0 = rng.normal(size=2)
    return lambda x: np.sum((x - x0) ** 4), x0.copy()


def softmax_by_hand(x):
    e = np.exp(x - np.max(x))
    return np.sum(e / np.sum(e))


def at(f, point):
    return lambda rng: (f, point(rng))


normal = lambda rng: rng.normal(size=3)
zeros = lambda rng: np.zeros(3)
FLAT = {
    "least squares at the minimum": least_squares,
    "saddle": quadratic_form,
    "Rayleigh quotient at an eigenvector": rayleigh_quotient,
    "network without error": network_without_error,
    "logistic regression at 0": logistic_regression,
    "divergence of equal distributions": divergence,
    "cosine similarity of parallels": cosine_similarity,
    "quartic": quartic,
    "var of equal entries": at(np.var, lambda rng: np.full(rng.integers(2, 6), 10.0 ** rng.integers(-3, 6))),
    "var by hand": at(lambda x: np.mean((x - np.mean(x)) ** 2), lambda rng: np.full(4, rng.normal())),
    "sum of softmax": at(lambda x: np.sum(ag.softmax(x)), lambda rng: 10.0 ** rng.integers(-2, 2) * normal(rng)),
    "softmax by hand": at(softmax_by_hand, normal),
    "entropy at its top": at(
        lambda z: -np.sum(ag.softmax(z) * np.log(ag.softmax(z))), lambda rng: np.full(4, rng.normal())
    ),
    "sin² + cos² - 1": at(lambda x: np.sum(np.sin(x) ** 2 + np.cos(x) ** 2 - 1), normal),
    "sin 2x - 2 sin x cos x": at(lambda x: np.sum(np.sin(2 * x) - 2 * np.sin(x) * np.cos(x)), normal),
    "log of a product": at(lambda x: np.sum(np.log(3 * x) - np.log(x) - np.log(3)), lambda rng: rng.uniform(0.1, 9, 3)),
    "normalized, summed": at(lambda x: np.sum((x - np.mean(x)) / np.sqrt(np.var(x) + 1e-5)), normal),
    "square of a unit vector": at(lambda x: np.sum((x / np.sqrt(np.sum(x * x))) ** 2), normal),
    "x - x": at(lambda x: np.sum(x - x), normal),
    "0x": at(lambda x: 0 * x, normal),
    "cos at multiples of π": at(lambda x: np.sum(np.cos(x)), lambda rng: np.pi * rng.integers(-3, 4, 3)),
    "eˣ - x - 1": at(lambda x: np.sum(np.exp(x) - x - 1), zeros),
    "log cosh": at(lambda x: np.sum(np.log(np.cosh(x))), zeros),
    "√(1 + x²) - 1": at(lambda x: np.sum(np.sqrt(1 + x * x) - 1), zeros),
    "Rosenbrock": at(lambda x: 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2, lambda rng: np.ones(2)),
    "saturated sigmoid": at(
        lambda x: np.sum(ag.sigmoid(x)), lambda rng: rng.choice([-1, 1], 3) * rng.uniform(20, 600, 3)
    ),
    "saturated tanh": at(lambda x: np.sum(np.tanh(x)), lambda rng: rng.choice([-1, 1], 3) * rng.uniform(15, 60, 3)),
    "far out in a Gaussian": at(lambda x: np.sum(np.exp(-x * x)), lambda rng: rng.uniform(3, 25, 2)),
    "a tiny cost": at(lambda x: 1e-200 * np.sum((x - 1) ** 2), lambda rng: np.ones(2)),
    "beside a large number": at(lambda x: np.sum(np.sin(x) + 1e7), normal),
    "a large number that cancels": at(lambda x: np.sum((np.sin(x) + 1e6) - 1e6), normal),
}


@pytest.mark.parametrize("name", FLAT)
def test_smooth_functions_are_ok_where_they_are_flat(name):
    rng = generator(f"flat {name}")
    drawn = [FLAT[name](rng) for _ in range(10)]
    fixed = all(f is drawn[0][0] and np.array_equal(x, drawn[0][1]) for f, x in drawn)
    for f, x in drawn[:1] if fixed else drawn:
        report = check_grads(f, x)
        assert report.ok, (report, x)


@pytest.mark.parametrize("name", FLAT)
def test_a_slope_of_something_flat_is_a_bug_at_its_entry(name):
    rng = generator(f"bug {name}")
    size = 1e-200 if name == "a tiny cost" else 1.0
    for slope in (5.0, 1e-2, -1.0, 0.3):
        f, x = FLAT[name](rng)
        index = tuple(int(rng.integers(n)) for n in x.shape)
        wrong = np.zeros(x.shape)
        wrong[index] = slope * size
        flat = elementwise(lambda x: 0 * x, lambda out, x, wrong=wrong: wrong)
        report = check_grads(lambda x, f=f, flat=flat: f(x) + np.sum(flat(x)), x, order=1)
        assert {(found.verdict, found.index) for found in report.findings} == {("bug", index)}, (report, x)


BENDS = {"relu": ag.relu, "abs": np.abs, "maximum": lambda z: np.maximum(z, 0.5 * z), "floor": np.floor}


@pytest.mark.parametrize("bend", BENDS)
@pytest.mark.parametrize("name", FLAT)
def test_kinks_stay_kinks_beside_something_flat(name, bend):
    rng = generator(f"kink {name}")
    f, x0 = FLAT[name](rng)
    index = tuple(int(rng.integers(n)) for n in x0.shape)
    size = 1e-200 if name == "a tiny cost" else 1.0
    report = check_grads(lambda x: f(x) + size * BENDS[bend]((x - x0)[index]), x0.copy(), order=1)
    assert {(found.verdict, found.index) for found in report.findings} == {("kink", index)}, report


# --- steps ----------------------------------------------------------------------------------------------------------

STEPS = {
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
    "rint": np.rint,
    "sign": np.sign,
    "round": lambda x: np.round(x, 2),
    "heaviside": lambda x: np.heaviside(x, 0.0),
    "comparison": lambda x: (x > 0.5) * 1.0,
    "is the largest": lambda x: (x == np.max(x)) * 1.0,
}
BETWEEN = np.array([0.3031, -1.2029, 2.2017])


@pytest.mark.parametrize("name", STEPS)
def test_steps_are_flat_between_their_jumps(name):
    steps = STEPS[name]
    assert check_grads(elementwise(steps, 0), BETWEEN).ok
    for slope in (1.0, 5.0, 1e-3, -1e3):
        wrong = elementwise(steps, lambda out, x, slope=slope: 0 * x + slope)
        report = check_grads(wrong, BETWEEN, order=1)
        assert {found.verdict for found in report.findings} == {"bug"}, (slope, report)
        assert "not finite" not in str(report)


# --- few digits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [1e4, 1e6, 1e8, 1e10])
def test_large_offsets_hide_neither_bugs_nor_kinks(offset):
    assert check_grads(lambda x: offset + np.sum(np.sin(x)), BETWEEN).ok
    wrong = elementwise(np.sin, lambda out, x: 1.1 * np.cos(x))
    assert check_grads(lambda x: offset + np.sum(wrong(x)), BETWEEN, order=1).verdict == "bug"
    report = check_grads(lambda x: offset + np.sum(np.abs(x)), np.array([0.0, 1.0]), order=1)
    assert {(found.verdict, found.index) for found in report.findings} == {("kink", (0,))}


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize(
    "f",
    [lambda x: np.var(x * 0 + 1), np.var, lambda x: np.sum(ag.softmax(x)), lambda x: np.sum(np.cos(x))],
    ids=["constant", "var", "softmax", "cos"],
)
def test_few_digits_are_no_kink_and_no_bug(f, dtype):
    verdict = check_grads(lambda x: f(rules.cast(x, dtype)), np.zeros(3), order=1).verdict
    assert verdict in ("ok", "precision", "unstable")
    assert check_grads(f, np.zeros(3, dtype)).ok


# Around 3 and 1000, small steps that are powers of 4 all round the same way, as if the function jumped.
@pytest.mark.parametrize("center", [1.0, 3.0, 1e3, 1e5])
@pytest.mark.parametrize(
    "kernel", [np.var, lambda x: np.mean(x * x) - np.mean(x) ** 2], ids=["centered", "difference of squares"]
)
def test_an_operation_of_ones_own_hides_what_it_works_with(kernel, center):
    slopes = lambda x: 2 * (x - np.mean(x)) / np.size(x)
    for error, verdict in ((0.0, "ok"), (0.1, "bug")):
        f = primitive.general(
            lambda x: kernel(x),
            [lambda g, _out, x, error=error: g * (slopes(x) + error)],
            [lambda t, _out, x, error=error: np.sum(t * (slopes(x) + error))],
        )
        assert check_grads(f, np.full(3, center), order=1).verdict == verdict
