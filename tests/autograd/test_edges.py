"""The ends of the range: zeros, ties, saturation, certainty, nothing. No nan, and no warning where NumPy has none."""

import numpy as np
import pytest

import autograd as ag
from autograd import rules
from tests.autograd.helpers import close, form

INF = np.inf


def derivatives(f, x, order):
    """f, and its derivatives along all entries at once (of their sum), up to an order, at each entry of x."""
    found = []
    for _ in range(order + 1):
        found.append(f(x))
        f = ag.grad(lambda x, f=f: np.sum(f(x)))
    return found


def gradient(f, *arrays):
    """The gradients of the sum of f by each operand, found in both modes, which agree."""
    found = []
    for create_graph in (False, True):
        tensors = [ag.Tensor(x) for x in arrays]
        np.sum(f(*tensors)).backward(create_graph=create_graph)
        found.append([t.grad.data if create_graph else t.grad for t in tensors])
    for raw, traced in zip(*found, strict=True):
        np.testing.assert_array_equal(raw, traced)
    return found[0] if len(arrays) > 1 else found[0][0]


# --- kinks and ties ------------------------------------------------------------------------------------------------

KINKS = {
    "abs at 0": (np.abs, [-0.0, 0.0], [0, 0]),
    "relu at 0": (ag.relu, [-0.0, 0.0, 1.0], [0, 0, 1]),
    "leaky relu at 0": (ag.leaky_relu, [-1.0, 0.0, 1.0], [0.01, 0.01, 1]),
    "elu at 0": (lambda x: ag.elu(x, alpha=0.4), [0.0, -0.0, 1.0], [0.4, 0.4, 1]),
    "sign at 0": (np.sign, [0.0, 2.0], [0, 0]),
    "floor at an integer": (np.floor, [2.0, -1.0], [0, 0]),
    "clip at the bounds": (lambda x: np.clip(x, -1, 1), [-2.0, -1.0, 0.0, 1.0, 2.0], [0, 1, 1, 1, 0]),
    "maximum with a number": (lambda x: np.maximum(x, 1.0), [0.0, 1.0, 2.0], [0, 0.5, 1]),
    "minimum with a number": (lambda x: np.minimum(1.0, x), [0.0, 1.0, 2.0], [1, 0.5, 0]),
    "max of two": (np.max, [1.0, 3.0, 3.0], [0, 0.5, 0.5]),
    "min of three": (np.min, [1.0, 1.0, 3.0, 1.0], [1 / 3, 1 / 3, 0, 1 / 3]),
    "max of equal ones": (np.max, [2.0] * 4, [0.25] * 4),
    "max of one": (np.max, [2.0], [1]),
}


@pytest.mark.parametrize("name", KINKS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_kinks(name, dtype):
    f, x, expected = KINKS[name]
    x = np.array(x, dtype)
    g = gradient(f, x)
    assert form(g) == form(x)
    close(g, expected, rtol=1e-6)


@pytest.mark.parametrize("name", [k for k in KINKS if not k.startswith(("max of", "min of"))])
def test_kinks_of_scalars(name):
    f, x, expected = KINKS[name]
    assert [gradient(f, entry) for entry in x] == expected


def test_operands_that_tie_share_equally():
    x, y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])
    assert [g.tolist() for g in gradient(np.maximum, x, y)] == [[0, 0.5, 1], [1, 0.5, 0]]
    assert [g.tolist() for g in gradient(np.minimum, x, y)] == [[1, 0.5, 0], [0, 0.5, 1]]


def test_ties_along_an_axis_share_within_it():
    x = np.array([[1.0, 1.0, 0.0], [1.0, 2.0, 2.0]])
    assert gradient(lambda x: np.max(x, axis=0), x).tolist() == [[0.5, 0, 0], [0.5, 1, 1]]
    assert gradient(lambda x: np.max(x, axis=1), x).tolist() == [[0.5, 0.5, 0], [0, 0.5, 0.5]]
    close(gradient(np.min, x), [[0, 0, 1], [0, 0, 0]])


# --- saturation ----------------------------------------------------------------------------------------------------

SATURATED = {  # at -1000, 0, 1000: the value, and the first and second derivative
    "tanh": (np.tanh, [-1, 0, 1], [0, 1, 0], [0, 0, 0]),
    "sigmoid": (ag.sigmoid, [0, 0.5, 1], [0, 0.25, 0], [0, 0, 0]),
    "log_sigmoid": (ag.log_sigmoid, [-1000, -np.log(2), 0], [1, 0.5, 0], [0, -0.25, 0]),
    "relu": (ag.relu, [0, 0, 1000], [0, 0, 1], [0, 0, 0]),
}


@pytest.mark.parametrize("name", SATURATED)
@pytest.mark.parametrize("dtype", [float, np.float32, np.float64])
def test_saturation(name, dtype):
    f, *expected = SATURATED[name]
    if dtype is float:
        found = zip(*(derivatives(f, x, 2) for x in (-1000.0, 0.0, 1000.0)))
    else:
        found = derivatives(f, np.array([-1000, 0, 1000], dtype), 2)
    for a, b in zip(found, expected, strict=True):
        close(np.array(a, float), b, rtol=1e-6, atol=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_far_out(dtype):
    x = np.array([[1000, 1000], [0, 1000], [-1000, 0]], dtype)
    out = ag.softmax(ag.Tensor(x))
    close(out, [[1, 0.5], [0, 0.5], [0, 0]], rtol=1e-6, atol=0)
    close(gradient(lambda x: ag.softmax(x)[0], x), [[0, 0.25], [0, -0.25], [0, 0]], rtol=1e-6, atol=0)
    assert np.isfinite(ag.hessian(lambda x: ag.softmax(x)[0, 1])(x)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logsumexp_far_out(dtype):
    x = np.array([[1000, -1000], [1000, -1000], [-1000, -INF]], dtype)
    close(ag.logsumexp(ag.Tensor(x), axis=0), [1000 + np.log(2), -1000 + np.log(2)], rtol=1e-6, atol=0)
    close(gradient(lambda x: ag.logsumexp(x, axis=0), x), [[0.5, 0.5], [0.5, 0.5], [0, 0]], rtol=1e-4, atol=0)
    assert ag.logsumexp(ag.Tensor(np.array([-INF, -INF]))).data == -INF
    finite = x[:, 0]
    close(ag.hessian(ag.logsumexp)(finite), [[0.25, -0.25, 0], [-0.25, 0.25, 0], [0, 0, 0]], rtol=1e-4, atol=0)


def test_exponential_overflow_is_numpys():
    """math.exp raises where NumPy warns and gives inf: scalars follow NumPy."""
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert np.exp(ag.Tensor(1000.0)).data == INF
    assert np.exp(ag.Tensor(-1000.0)).data == 0


# --- zeros ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "first", "second"),
    [
        ([2.0, 0.0, 3.0], [0, 6, 0], [[0, 3, 0], [3, 0, 2], [0, 2, 0]]),
        ([0.0, 5.0, 0.0], [0, 0, 0], [[0, 0, 5], [0, 0, 0], [5, 0, 0]]),
        ([0.0, 0.0, 0.0], [0, 0, 0], np.zeros((3, 3))),
        ([2.0, 1.0, 3.0], [3, 6, 2], [[0, 3, 1], [3, 0, 2], [1, 2, 0]]),
        ([0.0], [1], [[0]]),
    ],
    ids=["one zero", "two zeros", "only zeros", "no zero", "size 1"],
)
def test_products_with_zeros(x, first, second):
    x = np.array(x)
    close(gradient(np.prod, x), first)
    close(ag.hessian(np.prod)(x), second)
    rows = np.stack([x, np.ones_like(x)])
    close(gradient(lambda x: np.prod(x, axis=1), rows), [first, np.ones_like(x)])
    close(gradient(lambda x: np.prod(x, axis=-2, keepdims=True), rows.T), np.stack([first, np.ones_like(x)], axis=1))


def test_product_of_a_scalar_zero():
    assert ag.grad(np.prod)(0.0) == 1.0
    assert ag.grad(ag.grad(np.prod))(0.0) == 0.0


def test_third_derivative_of_a_product_with_zeros():
    third = ag.jacobian(ag.hessian(np.prod))(np.zeros(3))
    assert third[0, 1, 2] == third[2, 1, 0] == 1
    assert np.count_nonzero(third) == 6


POWERS_AT_0 = {0: [1, 0, 0, 0], 1: [0, 1, 0, 0], 2: [0, 0, 2, 0], 3: [0, 0, 0, 6]}  # exponent: value and derivatives


@pytest.mark.parametrize("y", POWERS_AT_0)
@pytest.mark.parametrize(
    "kind", [int, float, np.array, lambda y: np.array([float(y)])], ids=["int", "float", "0d", "1"]
)
@pytest.mark.parametrize("x", [0.0, np.zeros(1)], ids=["scalar", "array"])
def test_powers_at_zero(x, y, kind):
    for found, expected in zip(derivatives(lambda x: x ** kind(y), x, 3), POWERS_AT_0[y], strict=True):
        close(np.ravel(found), [expected])


@pytest.mark.parametrize("y", [1.0, 2.0, 0.5])
def test_zero_to_a_power_by_the_exponent(y):
    assert gradient(lambda y: 0.0**y, y) == 0
    close(gradient(lambda y: np.array([0.0, 1.0, np.e]) ** y, y), np.e**y)


def test_negative_bases():
    x = np.array([-2.0, -0.5])
    for found, expected in zip(derivatives(lambda x: x**3, x, 3), (x**3, 3 * x**2, 6 * x, 6 + 0 * x), strict=True):
        close(found, expected)
    assert derivatives(lambda x: x**-1, -2.0, 2) == [-0.5, -0.25, -0.25]
    with pytest.warns(RuntimeWarning, match="invalid"):
        assert np.isnan((ag.Tensor(-8.0) ** (1 / 3)).data)


POLES = {  # at 0: the value, and the first derivative
    "sqrt": (np.sqrt, 0, INF),
    "log": (np.log, -INF, INF),
    "1/x": (lambda x: 1 / x, INF, -INF),
    "x**0.5": (lambda x: x**0.5, 0, INF),
    "x**-1": (lambda x: x**-1, INF, -INF),
    "log_sigmoid of log": (lambda x: ag.log_sigmoid(np.log(x)), -INF, INF),
}


@pytest.mark.parametrize("name", POLES)
@pytest.mark.parametrize("x", [0.0, np.zeros(1)], ids=["scalar", "array"])
def test_poles_are_infinite_as_in_numpy(name, x):
    """Python's ZeroDivisionError is not for the user of a scalar to meet: a Python float gives what an array gives."""
    f, value, slope = POLES[name]
    with np.errstate(divide="ignore", invalid="ignore"):
        close(np.ravel(f(ag.Tensor(x)).data), [value])
        close(np.ravel(gradient(f, x)), [slope])
        close(np.ravel(ag.jvp(f, (x,), (np.ones(np.shape(x)),))[1]), [slope])


# --- certainty -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [float, lambda v: np.array([v]), lambda v: np.array([v], np.float32)])
@pytest.mark.parametrize(("y", "expected"), [(0.0, [0, 1, 1, 2]), (1.0, [0, -1, 1, -2])])
def test_log_loss_of_a_sure_and_right_prediction(y, expected, kind):
    for target in (kind(y), y, int(y)):
        found = derivatives(lambda a, target=target: ag.log_loss(a, target), kind(y), 3)
        close(np.ravel(found), expected)


@pytest.mark.parametrize(("a", "y", "slope"), [(0.0, 1.0, -INF), (1.0, 0.0, INF)])
def test_log_loss_of_a_sure_and_wrong_prediction(a, y, slope):
    for kind in (float, np.atleast_1d):
        with np.errstate(divide="ignore"):
            assert ag.log_loss(ag.Tensor(kind(a)), y).data == INF
            assert gradient(lambda a: ag.log_loss(a, y), kind(a)) == slope


def test_log_loss_of_a_mixture():
    a, y = np.array([[0.0, 1.0, 0.25, 1.0]]), np.array([[0.0, 1.0, 1.0, 1.0]])
    close(ag.log_loss(ag.Tensor(a), y), [[0, 0, np.log(4), 0]])
    close(gradient(lambda a: ag.log_loss(a, y), a), [[1, -1, -4, -1]])


def test_xlogy_at_zero():
    x, y = np.array([0.0, 0.0, 2.0]), np.array([0.0, 1.0, 1.0])
    close(ag.xlogy(ag.Tensor(x), y), [0, 0, 0])
    close(gradient(lambda y: ag.xlogy(x, y), y), [0, 0, 2])
    assert gradient(lambda y: ag.xlogy(0.0, y), 0.0) == 0


def test_ratio_of_zeros():
    x, y = np.array([0.0, 0.0, 3.0]), np.array([0.0, 2.0, 2.0])
    close(rules.ratio(ag.Tensor(x), y), [0, 0, 1.5])
    close(gradient(lambda y: rules.ratio(x, y), y), [0, 0, -0.75])
    close(gradient(lambda y: ag.grad(lambda y: np.sum(rules.ratio(x, y)))(y), y), [0, 0, 0.75])
    assert gradient(lambda y: rules.ratio(0.0, y), 0.0) == 0


# --- nothing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_reductions_of_nothing(shape):
    x = np.zeros(shape)
    for f, value in [(np.sum, 0), (np.prod, 1)]:
        assert f(ag.Tensor(x)).data == value
        assert gradient(f, x).shape == shape
        assert ag.hessian(f)(x).shape == shape * 2
    for f in (np.max, np.min):
        with pytest.raises(ag.ShapeError, match=r"^m.. cannot take t \(.*0.*\) float64.*\n.*zero-size"):
            f(ag.Tensor(x, name="t"))


def test_the_mean_of_nothing_is_nan_as_in_numpy():
    t = ag.Tensor(np.zeros((0, 3)))
    with pytest.warns(RuntimeWarning, match="empty slice|invalid value"):
        out = np.mean(t)
    assert np.isnan(out.data)
    with np.errstate(divide="ignore", invalid="ignore"):
        out.backward()
    assert t.grad.shape == (0, 3)
