"""check_grads: planted bugs are found at their index; what is right, a kink, imprecise or unstable is called so."""

import numpy as np
import pytest

import autograd as ag
from autograd import primitive, rules
from autograd.check.check_grads import check_grads
from tests.autograd.helpers import generator


def draw(*shape, low=-1.5, high=1.5):
    return generator(f"check{shape}").uniform(low, high, shape)


def apart(*at, value=1.0, shape=(2, 3)):
    """Ones, but another value at one index."""
    out = np.ones(shape)
    out[at] = value
    return out


# --- planted bugs ---------------------------------------------------------------------------------------------
# Each is declared as a user would declare a primitive, with a mistake that people make.


def elementwise(function, *local):
    """A primitive of its own each time: the registry goes by the function."""
    return primitive.elementwise(lambda *xs: function(*xs), *local)


def linear(function, *adjoints):
    if len(adjoints) == 1:
        return primitive.linear(lambda x: function(x), *adjoints)
    return primitive.linear(lambda x, y: function(x, y), *adjoints)


def general(function, vjp, jvp):
    return primitive.general(lambda x: function(x), [vjp], [jvp])


def matmul(left, right):
    return linear(np.matmul, left, right)


A, B, SQUARE = draw(2, 3), draw(3, 4), draw(3, 3)
POSITIVE = draw(2, 3, low=0.5, high=2.0)
RIGHT_LEFT = lambda g, _x, y: g @ y.T
RIGHT_RIGHT = lambda g, x, _y: x.T @ g

BUGS = {  # the operation, its arguments, the order and the argument that the bug is in
    "wrong factor": (elementwise(np.square, lambda out, x: x), (A,), 1, "0"),
    "wrong sign": (elementwise(np.cos, lambda out, x: np.sin(x)), (A,), 1, "0"),
    "a constant factor": (elementwise(np.tanh, lambda out, x: 2 * (1 - out * out)), (A,), 1, "0"),
    "missing square": (elementwise(np.tanh, lambda out, x: 1 - out), (A,), 1, "0"),
    "missing term": (elementwise(lambda x: x * np.exp(x), lambda out, x: np.exp(x)), (A,), 1, "0"),
    "missing inner derivative": (elementwise(lambda x: np.sin(3 * x), lambda out, x: np.cos(3 * x)), (A,), 1, "0"),
    "out for x": (elementwise(rules.sigmoid, lambda out, x: x * (1 - x)), (A,), 1, "0"),
    "reciprocal": (elementwise(np.log, lambda out, x: x), (POSITIVE,), 1, "0"),
    "quotient the wrong way": (
        elementwise(np.divide, lambda out, x, y: 1 / y, lambda out, x, y: out / y),
        (A, POSITIVE),
        1,
        "1",
    ),
    "second operand only": (
        elementwise(np.multiply, lambda out, x, y: y, lambda out, x, y: y),
        (A, POSITIVE),
        1,
        "1",
    ),
    "zero derivative": (elementwise(np.sin, 0), (A,), 1, "0"),
    "infinitesimally wrong": (elementwise(np.exp, lambda out, x: out * (1 + 1e-6)), (A,), 1, "0"),
    "wrong in the ninth digit": (elementwise(np.exp, lambda out, x: out * (1 + 3e-9)), (A,), 1, "0"),
    "nan": (elementwise(np.square, lambda out, x: x * np.nan), (A,), 1, "0"),
    "missing transpose": (matmul(lambda g, x, y: g @ y, RIGHT_RIGHT), (SQUARE, SQUARE + 1), 1, "0"),
    "factors swapped": (matmul(RIGHT_LEFT, lambda g, x, y: g.T @ x), (SQUARE, SQUARE + 1), 1, "1"),
    "no adjoint of a transpose": (linear(np.transpose, lambda g, x: g), (SQUARE,), 1, "0"),
    "sum without repeating": (linear(np.sum, lambda g, x_shape: g / x_shape[0]), (A,), 1, "0"),
    "mean without 1/n": (linear(np.mean, lambda g, _x: g), (A,), 1, "0"),
    "softmax without coupling": (
        general(rules.softmax, lambda g, out, _x: g * out * (1 - out), lambda t, out, _x: t * out * (1 - out)),
        (A,),
        1,
        "0",
    ),
    "right by second order wrong": (
        elementwise(np.square, lambda out, x: DOUBLE(x)),
        (A,),
        2,
        "0",
    ),
    "a silent constant": (elementwise(lambda x: x**3, lambda out, x: FROZEN(x) * 3), (A,), 2, "0"),
}
# 2x with the derivative 1; x² that carries no gradient.
DOUBLE = elementwise(lambda x: 2 * x, 1)
FROZEN = elementwise(np.square, 0)


@pytest.mark.parametrize("name", BUGS)
def test_planted_bugs_are_found(name):
    f, args, order, number = BUGS[name]
    report = check_grads(lambda *xs: f(*xs), *args)
    assert not report.ok
    assert report.verdict == report.worst.verdict == "bug", report
    assert {f.order for f in report.findings} == {order}
    assert f"argument {number}" in {f.argument for f in report.findings if f.verdict == "bug"}
    assert report.worst.index is not None
    assert report.worst.autograd != report.worst.numeric


@pytest.mark.parametrize("index", [(0, 0), (1, 2), (0, 1)])
@pytest.mark.parametrize("wrong", [-1.0, 0.0, 1 + 1e-4])
def test_a_bug_at_one_index_is_found_there(index, wrong):
    factor = apart(*index, value=wrong)
    f = elementwise(np.sin, lambda out, x: np.cos(x) * factor)
    report = check_grads(lambda W: np.sum(f(W)), A, order=1)
    assert {(f.verdict, f.argument, f.index) for f in report.findings} == {("bug", "W", index)}
    np.testing.assert_allclose(report.worst.numeric, np.cos(A[index]), rtol=1e-9)
    np.testing.assert_allclose(report.worst.autograd, np.cos(A[index]) * wrong, rtol=1e-12)


def test_the_worst_of_several_is_reported():
    factor = apart(0, 1, value=1.01) * apart(1, 2, value=3.0)
    f = elementwise(lambda x: 1 * x, lambda out, _x: factor)
    worst = check_grads(lambda x: np.sum(f(x)), A).worst
    assert (worst.index, worst.autograd) == ((1, 2), pytest.approx(3))
    assert worst.numeric == pytest.approx(1)


def test_a_bug_in_one_mode_is_laid_to_that_mode():
    right, wrong = lambda g, _out, x: g * np.cos(x), lambda g, _out, x: g * np.sin(x)
    for vjp, jvp, mode in [(right, wrong, "fwd"), (wrong, right, "rev")]:
        f = general(np.sin, vjp, jvp)
        assert {(x.verdict, x.mode) for x in check_grads(f, A).findings} == {("bug", mode)}
        other = "rev" if mode == "fwd" else "fwd"
        assert check_grads(f, A, order=1, modes=(other,)).ok


def test_a_bug_is_found_beside_a_kink():
    f = elementwise(np.abs, lambda out, x: np.where(x > 0.9, 5.0, np.sign(x)))
    report = check_grads(lambda x: np.sum(f(x)), np.array([0.0, 1.0, -2.0]), modes=("rev",))
    assert (report.verdict, report.worst.index) == ("bug", (1,))


@pytest.mark.parametrize("slope", [2.0, -1.5])
def test_a_value_outside_of_the_slopes_of_a_kink_is_a_bug(slope):
    f = elementwise(np.abs, lambda out, x: np.where(x == 0, slope, np.sign(x)))
    report = check_grads(lambda x: np.sum(f(x)), np.array([1.0, 0.0]))
    assert (report.verdict, report.worst.index) == ("bug", (1,))
    assert "-1 on the left and 1 on the right" in report.worst.message


def test_a_derivative_that_is_wrong_at_exactly_zero():
    f = elementwise(np.square, lambda out, x: np.where(x == 0, 5.0, 2 * x))
    report = check_grads(f, np.array([1.0, 0.0]), order=1)
    assert (report.verdict, report.worst.index) == ("bug", (1,))


def test_a_wrong_slope_of_a_flat_piece_is_a_bug():
    f = elementwise(lambda x: np.maximum(x, 0.05), 1)
    assert check_grads(f, 0.0, order=1).verdict == "bug"


# --- right ones -----------------------------------------------------------------------------------------------

CAPTURED = ag.Tensor(A)
RIGHT = {
    "a number": (lambda x: x**3, (2.0,)),
    "an integer": (lambda x: x * x, (3,)),
    "network": (
        lambda p, X: [np.tanh(p["W"] @ X + p["b"]), np.sum(p["W"] ** 2)],
        ({"W": A, "b": draw(2, 1)}, B),
    ),
    "losses": (lambda Z, Y: ag.binary_cross_entropy(ag.sigmoid(Z), Y), (A, draw(2, 3, low=0.2, high=0.8))),
    "softmax": (ag.softmax, (A,)),
    "logsumexp": (ag.logsumexp, (A,)),
    "relu away from 0": (ag.relu, (A,)),
    "relu near 0": (ag.relu, (np.array([1e-5, -1e-5, 0.05]),)),
    "max without ties": (np.max, (A,)),
    "product with a zero": (np.prod, (np.array([2.0, 0.0, 3.0]),)),
    "cube at 0": (lambda x: x**3, (0.0,)),
    "zero within a band": (lambda x: np.where(np.abs(x) < 1e-3, 0.0, x), (0.0,)),
    "constant within a band": (lambda x: np.where(np.abs(x - 1) < 1e-3, 1.0, x), (1.0,)),
    "cosine at its top": (np.cos, (np.zeros(2),)),
    "steps between integers": (np.floor, (A + 0.013,)),
    "constant": (lambda x: 3.0, (A,)),
    "nothing": (np.sum, (np.zeros((0, 3)),)),
    "one of the arguments unused": (lambda x, y: np.sin(x), (A, B)),
    "large entries": (lambda x: np.sum(x * x), (1e8 * A,)),
    "small entries": (np.log, (np.array([1e-8, 1e-3]),)),
    "large values": (np.exp, (np.array([20.0, 30.0]),)),
    "close to a pole": (lambda x: 1 / x, (1e-3,)),
    "square of relu, once": (lambda x: ag.relu(x) ** 3, (np.array([0.0, 1.0]),)),
    "convolution": (rules.convolution.conv2d, (draw(2, 4, 4, 2), draw(3, 2, 2, 2))),
    "conjugating": (lambda x: np.sum(np.conj(x) * x) if not isinstance(x, ag.Tensor) else np.sum(x * x), (A,)),
    "a gradient inside": (lambda x: ag.grad(lambda y: np.sum(np.sin(x * y)))(1.3), (A,)),
    "a captured Tensor": (lambda x: np.sin(x) * CAPTURED, (A,)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_ok(name):
    f, args = RIGHT[name]
    report = check_grads(f, *args)
    assert report.ok, report
    assert (report.verdict, report.worst, report.findings) == ("ok", None, ())
    assert str(report) == "ok: derivatives up to order 2 agree with differences"


def test_third_order():
    assert check_grads(lambda x: np.sum(np.tanh(x) * x), A, order=3).ok
    squared = elementwise(np.square, lambda out, x: DOUBLE(x))
    cubed = elementwise(lambda x: x**3, lambda out, x: 3 * squared(x))
    assert check_grads(cubed, A).ok
    report = check_grads(cubed, A, order=3)
    assert (report.verdict, report.worst.order) == ("bug", 3)
    assert "third derivative with respect to argument 0" in str(report) or "third derivative with respect to x" in str(
        report
    )


# --- kinks ----------------------------------------------------------------------------------------------------

KINKS = {
    "relu": (ag.relu, (np.array([1.0, 0.0, -1.0]),), (1,), 1),
    "relu of a number": (ag.relu, (0.0,), (), 1),
    "leaky relu": (ag.leaky_relu, (np.array([1.0, 0.0, -1.0]),), (1,), 1),
    "abs": (np.abs, (np.array([[1.0, -2.0], [3.0, 0.0]]),), (1, 1), 1),
    "max": (lambda x: np.max(x), (np.array([3.0, 1.0, 3.0]),), (0,), 1),
    "min": (np.min, (np.array([3.0, 1.0, 1.0]),), (1,), 1),
    "maximum": (np.maximum, (np.array([1.0, 2.0]), np.array([0.0, 2.0])), (1,), 1),
    "minimum with a number": (lambda x: np.minimum(x, 1.0), (np.array([1.0, 2.0]),), (0,), 1),
    "clip": (lambda x: np.clip(x, 0, 1), (np.array([0.5, 1.0]),), (1,), 1),
    "a jump": (np.floor, (np.array([0.5, 2.0]),), (1,), 1),
    "median of equals": (np.median, (np.ones(3),), (1,), 1),
    "pooling": (
        lambda x: rules.max_pool2d(x, 2),
        (np.array([1.0, 0, 2, 2]).reshape(1, 2, 2, 1),),
        (0, 1, 0, 0),
        1,
    ),
    "within a network": (lambda W: np.sum(ag.relu(W @ np.ones((2, 1)))), (np.array([[1.0, -1.0], [1, 2]]),), (0, 0), 1),
    "on top of much else": (lambda x: 1e4 + np.sum(np.abs(x)), (np.array([0.0, 2.0]),), (0,), 1),
    "in single precision": (ag.relu, (np.array([0.0, 1.0], "f4"),), (0,), 1),
    "square of relu": (lambda x: ag.relu(x) ** 2, (np.array([1.0, 0.0]),), (1,), 2),
}


@pytest.mark.parametrize("name", KINKS)
def test_kinks_are_no_bugs(name):
    f, args, index, order = KINKS[name]
    report = check_grads(f, *args)
    assert {f.verdict for f in report.findings} == {"kink"}, report
    assert report.worst.order == order
    if name not in ("max", "min", "median of equals", "pooling", "within a network"):  # there several are at the kink
        assert report.worst.index == index
    assert "kink" in report.worst.message or "jumps" in report.worst.message


def test_a_kink_is_told_with_both_slopes():
    worst = check_grads(lambda x: np.sum(ag.relu(x)), np.array([0.0, 1.0])).worst
    assert worst.message.startswith("f has a kink: its slope is 0 on the left and 1 on the right. autograd takes 0,")


@pytest.mark.parametrize("f", [lambda x: ag.relu(x) ** 2, lambda x: x * np.abs(x)], ids=["relu", "abs"])
def test_a_slope_that_falls_with_the_step_is_zero(f):
    assert check_grads(f, 0.0, order=1).ok
    assert check_grads(lambda x: np.sum(f(x)), np.array([0.0, 1.0]), order=1).ok
    wrong = elementwise(f, lambda out, x: 1e-3 + 0 * x)
    assert check_grads(wrong, 0.0, order=1).verdict == "bug"


def test_a_bug_is_found_at_a_tie_too():
    square = elementwise(np.square, lambda out, x: 2.2 * x)
    assert check_grads(lambda x: np.median(square(x)), np.ones(3), order=1).verdict == "bug"


# --- few digits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: np.sum(np.exp(x)), np.ones(3, "f4")),
        (lambda x: np.sum(np.tanh(x)), A.astype("f4")),
        (lambda x: 2 * x, A.astype("f4")),
        (ag.softmax, A.astype("f4")),
        (lambda x: x * x, np.float32(1.5)),
    ],
    ids=["exp", "tanh", "linear", "softmax", "number"],
)
def test_single_precision_arguments_are_checked_in_double(f, x):
    report = check_grads(f, x)
    assert report.ok, report
    assert str(report).endswith("\nArguments given as float32 were checked as float64.")


def test_a_report_says_which_arguments_were_converted():
    report = check_grads(lambda x, y: np.sum(np.abs(x)) + np.sum(y), np.zeros(2, "f4"), np.ones(2, "f2"), order=1)
    assert (report.verdict, report.converted) == ("kink", ("float16", "float32"))
    assert str(report).endswith("\nArguments given as float16 and float32 were checked as float64.")
    assert check_grads(np.sin, A).converted == ()


@pytest.mark.parametrize("x", [A, A.astype("f4")], ids=["float64", "float32"])
def test_single_precision_inside_cannot_confirm_much(x):
    report = check_grads(lambda x: np.sum(rules.cast(np.sin(x), "float32")), x)
    assert {f.verdict for f in report.findings} == {"precision"}, report
    assert "float64" in report.worst.message
    assert report.worst.autograd == pytest.approx(report.worst.numeric, rel=1e-2)


def test_a_bug_shows_in_single_precision_too():
    f = elementwise(np.sin, lambda out, x: 1.1 * np.cos(x))
    assert check_grads(f, A.astype("f4")).verdict == "bug"


# --- unstable -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [30.0, 33.0, 36.0, 40.0])
def test_log_of_a_saturated_sigmoid_is_unstable(x):
    assert check_grads(lambda x: np.log(1 - ag.sigmoid(x)), x).verdict == "unstable"
    assert check_grads(lambda x: ag.log_sigmoid(-x), x).ok


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.sqrt, 0.0),
        (lambda x: np.sqrt(np.abs(x)), 0.0),
        (lambda x: (1 - np.cos(x)) / x**2, 1e-4),
    ],
    ids=["border of the domain", "unbounded slope", "cancellation"],
)
def test_what_never_settles_is_unstable(f, x):
    report = check_grads(f, x)
    assert report.verdict == "unstable", report


@pytest.mark.parametrize(
    ("f", "order"),
    [
        (lambda x: np.sum(np.sqrt(x)), 1),
        (np.sqrt, 1),
        (lambda x: np.sqrt(x[0]) * x[1] ** 2 + x[1], 1),
        (lambda x: np.sum(np.abs(x) ** 1.5), 2),
    ],
    ids=["sum", "array", "coupled", "second order"],
)
@pytest.mark.parametrize("mode", ["fwd", "rev"])
def test_an_infinite_derivative_is_laid_to_its_own_entry(f, order, mode):
    report = check_grads(f, np.array([0.0, 1.0]), modes=(mode,))
    assert {(x.verdict, x.index, x.order) for x in report.findings} == {("unstable", (0,), order)}, report


def test_an_infinite_derivative_is_laid_to_its_own_argument():
    report = check_grads(lambda x, y: np.sum(np.sqrt(x)) + np.sum(y**2), np.zeros(1), np.ones(2))
    assert {(x.verdict, x.argument) for x in report.findings} == {("unstable", "x")}, report


@pytest.mark.parametrize("at", [0, 1])
def test_a_rule_that_is_nan_beside_an_infinite_derivative_is_a_bug(at):
    factor = apart(at, value=np.nan, shape=2)
    f = elementwise(lambda x: np.sqrt(x + 0), lambda out, x: factor / (2 * out))
    report = check_grads(lambda x: np.sum(f(x)), np.array([1.0, 0.0]) if at == 0 else np.array([0.0, 1.0]), order=1)
    assert {(x.verdict, x.index) for x in report.findings} == {("bug", (at,))}, report


def test_a_value_that_is_not_finite_is_said_in_words():
    report = check_grads(np.log, np.array([1.0, -1.0, 0.0]))
    assert report.verdict == "unstable"
    assert "the value of f at [1] is nan here" in str(report)
    assert "the value of f is inf here" in str(check_grads(lambda x: 1 / np.abs(x), 0.0))


def test_a_function_that_is_none():
    rng = np.random.default_rng(0)
    report = check_grads(lambda x: x * rng.normal(), 2.0)
    assert (report.verdict, "f is not a function" in str(report)) == ("unstable", True)


# --- the report -----------------------------------------------------------------------------------------------


def test_a_function_that_returns_nothing_is_refused_in_words():
    for value in (None, "one", [1.0, None]):
        with pytest.raises(ag.GraphError, match=r"must return numbers or arrays, but returned"):
            check_grads(lambda x, value=value: value, 1.0)


def test_a_report_is_for_people():
    f = elementwise(np.square, lambda out, x: x)
    text = str(check_grads(lambda params: np.sum(f(params["W"][1])), {"W": [np.ones(2), 2.0]}, modes=("rev",)))
    assert text.startswith(
        "bug: derivative with respect to params['W'][1], reverse mode\n  autograd says 2, 0.5 times as much"
    )
    assert text.endswith("Higher derivatives were not looked at.")


def test_a_ratio_of_1_is_not_told():
    f = elementwise(lambda x: 1e7 * x, lambda out, x: 1e7 + 3 + 0 * x)
    message = check_grads(f, 1.0, order=1).worst.message
    assert message.startswith("autograd says 10000003; differences say 10000000")


def test_the_same_report_each_time():
    f = elementwise(np.square, lambda out, x: x)
    assert str(check_grads(f, A)) == str(check_grads(f, A))


def test_the_arguments_stay_as_they_are():
    x = A.copy()
    x.flags.writeable = False
    assert check_grads(lambda x: np.sum(x**2), x).ok
    t = ag.Tensor(A)
    assert check_grads(lambda x: np.sum(x**2), t).ok
    assert t.grad is None


def test_what_cannot_be_asked():
    with pytest.raises(ag.GraphError, match="modes= some of"):
        check_grads(np.sin, 1.0, modes=("forward",))
    with pytest.raises(ag.GraphError, match="order= must be at least 1"):
        check_grads(np.sin, 1.0, order=0)
    with pytest.raises(ag.DtypeError, match="varies every argument"):
        check_grads(np.sum, np.array([True]))
