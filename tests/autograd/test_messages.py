"""What a shape error says: the function that the user called, and the user's operands by name, however many functions
stand between."""

import numpy as np
import pytest

import autograd as ag

W = ag.Tensor(np.ones((1, 3)), name="W")
X = ag.Tensor(np.ones((2, 4)), name="X")
Q = ag.Tensor(np.ones((2, 3, 4)), name="Q")
v = ag.Tensor(np.arange(5.0), name="v")
c = ag.Tensor(2.0, name="c")
plain = np.ones((7, 4))

# the call, and how the message begins
CALLS = {
    # products
    "dot": (lambda: np.dot(W, X), "dot cannot take W (1, 3) float64 and X (2, 4) float64."),
    "dot, a method": (lambda: W.dot(X), "dot cannot take W (1, 3) float64 and X (2, 4) float64."),
    "dot with a list": (lambda: np.dot(W, [1, 2]), "dot cannot take W (1, 3) float64 and an array (2,) int64."),
    "dot of three axes": (lambda: np.dot(X, Q), "dot cannot take X (2, 4) float64 and Q (2, 3, 4) float64."),
    "inner": (lambda: np.inner(W, X), "inner cannot take W (1, 3) float64 and X (2, 4) float64."),
    "vdot": (lambda: np.vdot(W, X), "vdot cannot take W (1, 3) float64 and X (2, 4) float64."),
    "outer": (lambda: np.linalg.outer(W, v), "outer cannot take W (1, 3) float64 and v (5,) float64."),
    "tensordot": (lambda: np.tensordot(W, X, 1), "tensordot cannot take W (1, 3) float64 and X (2, 4) float64."),
    "cross": (lambda: np.cross(X, v), "cross cannot take X (2, 4) float64 and v (5,) float64."),
    "matmul": (lambda: np.linalg.matmul(W, X), "matmul cannot take W (1, 3) float64 and X (2, 4) float64."),
    "multi_dot": (
        lambda: np.linalg.multi_dot([W.T, W, X]),
        "multi_dot cannot take an array (3, 1) float64 and W (1, 3) float64 and X (2, 4) float64.",
    ),
    "vecdot": (lambda: np.vecdot(W, X), "vecdot cannot take W (1, 3) float64 and X (2, 4) float64."),
    "matvec": (lambda: np.matvec(X, v), "matvec cannot take X (2, 4) float64 and v (5,) float64."),
    "with an array": (lambda: np.dot(plain, W), "dot cannot take an array (7, 4) float64 and W (1, 3) float64."),
    "with a number": (lambda: np.linalg.outer(c, v), "outer cannot take c () float64 and v (5,) float64."),
    # joining
    "vstack": (lambda: np.vstack([W, X]), "vstack cannot take W (1, 3) float64 and X (2, 4) float64."),
    "dstack": (lambda: np.dstack((W, X)), "dstack cannot take W (1, 3) float64 and X (2, 4) float64."),
    "block": (lambda: np.block([[W, X]]), "block cannot take W (1, 3) float64 and X (2, 4) float64."),
    "append": (lambda: np.append(W, X, axis=0), "append cannot take W (1, 3) float64 and X (2, 4) float64."),
    "insert": (lambda: np.insert(W, 0, X, axis=0), "insert cannot take W (1, 3) float64 and X (2, 4) float64."),
    "split": (lambda: np.split(X, 3), "split cannot take X (2, 4) float64."),
    "pad": (lambda: np.pad(X, ((1, 1),) * 3), "pad cannot take X (2, 4) float64."),
    "many": (
        lambda: np.vstack([v] * 100 + [X]),
        "vstack cannot take v (5,) float64 and v (5,) float64 and v (5,) float64 and v (5,) float64 and v (5,) float64 "
        "and v (5,) float64 and v (5,) float64 and v (5,) float64 and 93 more.",
    ),
    # choosing
    "choose": (
        lambda: np.choose(np.zeros((2, 4), int), [v]),
        "choose cannot take an array (2, 4) int64 and v (5,) float64.",
    ),
    "take": (lambda: np.take(X, 9), "take cannot take X (2, 4) float64."),
    "compress": (
        lambda: np.compress(np.ones(9, bool), X, axis=0),
        "compress cannot take an array (9,) bool and X (2, 4) float64.",
    ),
    # linear algebra
    "norm, axis": (lambda: np.linalg.norm(X, axis=3), "norm cannot take X (2, 4) float64."),
    "norm, order": (lambda: np.linalg.norm(v, "fro"), "norm cannot take v (5,) float64."),
    "matrix_norm": (lambda: np.linalg.matrix_norm(v), "matrix_norm cannot take v (5,) float64."),
    "inv": (lambda: np.linalg.inv(X), "inv cannot take X (2, 4) float64."),
    "solve": (lambda: np.linalg.solve(X, v), "solve cannot take X (2, 4) float64 and v (5,) float64."),
    "lstsq": (lambda: np.linalg.lstsq(X, v), "lstsq cannot take X (2, 4) float64 and v (5,) float64."),
    "lstsq of a vector": (lambda: np.linalg.lstsq(v, v), "lstsq cannot take v (5,) float64 and v (5,) float64."),
    "lstsq of several": (lambda: np.linalg.lstsq(Q, X), "lstsq cannot take Q (2, 3, 4) float64 and X (2, 4) float64."),
    "tensorsolve": (lambda: np.linalg.tensorsolve(X, v), "tensorsolve cannot take X (2, 4) float64 and v (5,)"),
    "matrix_power": (lambda: np.linalg.matrix_power(X, 2), "matrix_power cannot take X (2, 4) float64."),
    "svd": (lambda: np.linalg.svd(v), "svd cannot take v (5,) float64."),
    "qr": (lambda: np.linalg.qr(v), "qr cannot take v (5,) float64."),
    "diagonal": (lambda: np.linalg.diagonal(v), "diagonal cannot take v (5,) float64."),
    "slogdet": (lambda: np.linalg.slogdet(X), "slogdet cannot take X (2, 4) float64."),
    # statistics
    "std": (lambda: np.std(X, axis=3), "std cannot take X (2, 4) float64."),
    "std, a method": (lambda: X.std(3), "std cannot take X (2, 4) float64."),
    "median": (lambda: np.median(X, axis=3), "median cannot take X (2, 4) float64."),
    "average": (lambda: np.average(X, 0, v), "average cannot take X (2, 4) float64 and v (5,) float64."),
    "cov": (lambda: np.cov(X, v), "cov cannot take X (2, 4) float64 and v (5,) float64."),
    "interp": (
        lambda: np.interp(v, v, v[:3]),
        "interp cannot take v (5,) float64 and v (5,) float64 and an array (3,) float64.",
    ),
    "trapezoid": (lambda: np.trapezoid(X, x=v), "trapezoid cannot take X (2, 4) float64 and v (5,) float64."),
    "gradient": (
        lambda: np.gradient(X, v, v),
        "gradient cannot take X (2, 4) float64 and v (5,) float64 and v (5,) float64.",
    ),
    "diff": (lambda: np.diff(X, prepend=v), "diff cannot take X (2, 4) float64 and v (5,) float64."),
    # others
    "linspace": (lambda: np.linspace(W, v, 3), "linspace cannot take W (1, 3) float64 and v (5,) float64."),
    "repeat": (lambda: np.repeat(X, [1, 2, 3], 0), "repeat cannot take X (2, 4) float64 and an array (3,) int64."),
    "moveaxis": (lambda: np.moveaxis(X, 0, 3), "moveaxis cannot take X (2, 4) float64."),
    "broadcast_arrays": (
        lambda: np.broadcast_arrays(X, v),
        "broadcast_arrays cannot take X (2, 4) float64 and v (5,) float64.",
    ),
    "divmod": (lambda: divmod(X, v), "divmod cannot take X (2, 4) float64 and v (5,) float64."),
    "float_power": (lambda: np.float_power(X, v), "float_power cannot take X (2, 4) float64 and v (5,) float64."),
    "conv2d": (lambda: ag.conv2d(X, v), "conv2d cannot take X (2, 4) float64 and v (5,) float64."),
    "max_pool2d": (lambda: ag.max_pool2d(X, 2), "max_pool2d cannot take X (2, 4) float64."),
    "embedding": (lambda: ag.embedding(v, [1]), "embedding cannot take v (5,) float64 and an array (1,) int64."),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_error_names_what_the_user_called_and_gave(name):
    attempt, start = CALLS[name]
    with pytest.raises((ag.ShapeError, ag.errors.IndexingError, np.linalg.LinAlgError)) as caught:
        attempt()
    head, *reason = str(caught.value).split("\n  ")
    assert head.startswith(start)
    assert len(reason) == 1 and "unpack" not in reason[0]


def test_the_reason_is_that_of_the_innermost_function():
    with pytest.raises(ag.ShapeError, match=r"dot cannot .*\n  The inner sizes must be equal, but they are 3 and 2\."):
        np.dot(W, X)
    with pytest.raises(ag.ShapeError, match=r"trapezoid cannot .*\n  Shapes are compared from the last axis backwards"):
        np.trapezoid(X, v)
    with pytest.raises(ag.errors.IndexingError, match=r"std cannot .*\n  The reason: axis 3 is out of bounds"):
        np.std(X, axis=3)


def test_an_axis_out_of_range_is_numpys_exception():
    for attempt in (
        lambda: np.std(X, axis=3),
        lambda: np.sum(X, axis=3),
        lambda: X.max(3),
        lambda: np.moveaxis(X, 3, 0),
    ):
        with pytest.raises(
            np.exceptions.AxisError, match=r"cannot take X \(2, 4\) float64\.\n.*axis 3 is out of"
        ) as caught:
            attempt()
        assert isinstance(caught.value, ag.IndexingError) and isinstance(caught.value, ValueError)


def test_lists_of_axes_are_no_operands():
    with pytest.raises(ag.ShapeError, match=r"tensordot cannot take W \(1, 3\) float64 and X \(2, 4\) float64\."):
        np.tensordot(W, X, ([1], [0]))
    with pytest.raises(ag.ShapeError, match=r"average cannot take X \(2, 4\) float64 and an array \(3,\) int64"):
        np.average(X, 0, [1, 2, 3])


def test_numpys_own_exception_of_linear_algebra_stays_one():
    """Whoever catches a singular matrix by its type still does."""
    singular = ag.Tensor(np.zeros((2, 2)), name="A")
    with pytest.raises(np.linalg.LinAlgError, match=r"inv cannot take A \(2, 2\) float64\.\n  .*Singular matrix"):
        np.linalg.inv(singular)
    with pytest.raises(np.linalg.LinAlgError, match=r"cond cannot take v"):
        np.linalg.cond(v)


def test_other_errors_pass_as_they_are():
    with pytest.raises(ag.DataError, match=r"^geomspace cannot begin"):
        np.geomspace(ag.Tensor(0.0), 1.0)

    class Picky(ValueError):
        pass

    def refuse(x):
        raise Picky("not today")

    with pytest.raises(Picky, match=r"^not today$"):
        ag.primitive.composite(lambda x: x, refuse)(X)


T = ag.Tensor([1.0, 2.0, 3.0, 4.0])
INDEX = ag.Tensor([1.0])


@pytest.mark.parametrize(
    "call",
    [
        lambda: np.split(T, INDEX),
        lambda: np.array_split(T, INDEX),
        lambda: np.hsplit(T, INDEX),
        lambda: np.vsplit(T.reshape(2, 2), INDEX),
        lambda: np.delete(T, INDEX),
        lambda: np.delete(T, ag.Tensor(1.0)),
        lambda: np.insert(T, INDEX, 2.0),
        lambda: np.insert(np.ones(3), INDEX, 2.0),
    ],
)
def test_a_tensor_is_no_place_to_split_or_insert_at(call):
    with pytest.raises(ag.DtypeError, match="A Tensor cannot be an index"):
        call()


SAID = {
    "too few arguments for over=": (
        lambda: ag.per_example_grad(lambda w, X: np.sum(w @ X))(np.ones((1, 2)), np.ones((2, 3))),
        "over=(1, 2): the function was called with 2",
    ),
    "None in a dict": (lambda: ag.grad(lambda p: p["b"])({"W": None, "b": 2.0}), "argument 0['W'] is None"),
    "text in a list": (lambda: ag.grad(lambda x, p: x, 1)(1.0, [1.0, "s"]), "argument 1[1] is 's'"),
    "truth value": (lambda: ag.grad(lambda p: p["b"])({"b": True}), "argument 0['b'] is True"),
    "period=": (lambda: np.interp(T, T.data, T.data, period=2.0), "Bring x into the range of xp"),
    "weights=": (lambda: np.quantile(T, 0.5, method="inverted_cdf", weights=np.ones(4)), "np.repeat(a, weights)"),
    "modulo": (lambda: pow(T, 2, 3), "Tensor.power() takes 2 positional arguments but 3 were given"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_is_said_is_what_matters(name):
    call, words = SAID[name]
    with pytest.raises((ag.AutogradError, TypeError)) as error:
        call()
    assert words in str(error.value)
    assert "astype" not in str(error.value)
