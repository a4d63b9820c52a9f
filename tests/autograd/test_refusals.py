"""What cannot be done is refused in words: what happened, what was given, what to do."""

from operator import iadd

import numpy as np
import pytest

import autograd as ag

W = ag.Tensor(np.ones((1, 3)), name="W1")
X = ag.Tensor(np.ones((2, 4)), name="X")
c = ag.Tensor(2.0, name="c", requires_grad=False)


def assign():
    W[0, 0] = 1.0


def set_data_of_a_result():
    (W * 2).data = np.ones((1, 3))


def set_data(t, data):
    t.data = data


def set_grad(t, g):
    t.grad = g


# what is tried, the exception (its built-in kind too), and words that must be in its message
REFUSED = {
    "assignment": (assign, ag.GraphError, RuntimeError, ["W1", "np.where"]),
    "np.asarray": (lambda: np.asarray(W), ag.ConversionError, TypeError, ["W1", "t.data", "np.stack"]),
    "np.array of a list": (lambda: np.array([W, W]), ag.ConversionError, TypeError, ["W1", "np.stack"]),
    "float()": (lambda: float(W), ag.ConversionError, TypeError, ["float() of W1", "t.item()"]),
    "int()": (lambda: int(ag.Tensor(1.0)), ag.ConversionError, TypeError, ["int() of this Tensor", "t.item()"]),
    "format of many": (lambda: f"{W:.2f}", TypeError, TypeError, ["'.2f'", "W1", "(1, 3)"]),
    "item of many": (lambda: W.item(), ag.ShapeError, ValueError, ["W1", "(1, 3)"]),
    "Tensor(Tensor)": (lambda: ag.Tensor(W), ag.ConversionError, TypeError, ["t.detach()"]),
    "out=": (lambda: np.exp(W, out=np.ones((1, 3))), ag.Unsupported, TypeError, ["numpy.exp", "out="]),
    "into an array": (lambda: np.add(1, 2.0, out=(W,)), ag.Unsupported, TypeError, ["numpy.add", "out="]),
    "in place": (lambda: iadd(np.ones((1, 3)), W), ag.Unsupported, TypeError, ["numpy.add(out=…)", "a = a + t"]),
    "dtype= of a ufunc": (lambda: np.exp(W, dtype=float), ag.Unsupported, TypeError, ["dtype=", "t.astype"]),
    "where=": (lambda: np.add(W, 1, where=W > 0), ag.Unsupported, TypeError, ["where=", "np.where"]),
    "dtype=": (lambda: np.sum(W, dtype=float), ag.Unsupported, TypeError, ["sum", "dtype=", "axis, keepdims"]),
    "initial=": (lambda: np.sum(W, initial=1.0), ag.Unsupported, TypeError, ["sum", "initial="]),
    "order=": (lambda: np.reshape(W, 3, order="A"), ag.Unsupported, TypeError, ["reshape", "order='A'"]),
    "unknown function": (lambda: np.fft.fft(W), ag.Unsupported, TypeError, ["numpy.fft", "t.data"]),
    "unknown ufunc": (lambda: np.frexp(W), ag.Unsupported, TypeError, ["numpy.frexp"]),
    "ufunc method": (lambda: np.add.reduceat(W, [0]), ag.Unsupported, TypeError, ["numpy.add.reduceat", "np.sum"]),
    "ufunc at": (
        lambda: np.add.at(W, 0, 1.0),
        ag.Unsupported,
        TypeError,
        ["numpy.add.at", "autograd.put"],
    ),
    "einsum of lists": (lambda: np.einsum(W, [0, 1]), TypeError, TypeError, ["'ij,jk->ik'"]),
    "complex data": (lambda: ag.Tensor(1j, name="z"), ag.DtypeError, TypeError, ["z", "complex128"]),
    "bool data": (lambda: ag.Tensor([True]), ag.DtypeError, TypeError, ["bool", ".astype(float)"]),
    "text": (lambda: ag.Tensor("one"), ag.DtypeError, TypeError, ["a Tensor", "<U3"]),
    "None": (lambda: ag.Tensor(None), ag.DtypeError, TypeError, ["object"]),
    "ragged lists": (lambda: ag.Tensor([[1.0], [1.0, 2.0]]), ag.ShapeError, ValueError, ["nested lists"]),
    "operand None": (lambda: np.add(W, None), ag.DtypeError, TypeError, ["NoneType"]),
    "operand list of Tensors": (lambda: W + [c, c, c], ag.ConversionError, TypeError, ["np.stack"]),
    "index Tensor": (lambda: X[ag.Tensor(1.0)], ag.DtypeError, TypeError, ["index", "t > 0"]),
    "shapes": (
        lambda: W + X,
        ag.ShapeError,
        ValueError,
        ["add cannot take W1 (1, 3) float64 and X (2, 4) float64", "last axis"],
    ),
    "shapes of a constant": (lambda: np.ones(5) * X, ag.ShapeError, ValueError, ["(5,)", "X (2, 4)", "(n, 1)"]),
    "matmul": (lambda: W @ X, ag.ShapeError, ValueError, ["W1 (1, 3)", "X (2, 4)", "inner sizes", "3 and 2"]),
    "matmul, transposed": (lambda: X @ X, ag.ShapeError, ValueError, ["inner sizes", "(4, 2)", ".T"]),
    "reshape": (lambda: W.reshape(2, 2), ag.ShapeError, ValueError, ["reshape", "W1 (1, 3)"]),
    "concatenate": (
        lambda: np.concatenate([W, X]),
        ag.ShapeError,
        ValueError,
        ["concatenate", "W1 (1, 3)", "X (2, 4)"],
    ),
    "backward of many": (lambda: (W * 2).backward(), ag.GraphError, RuntimeError, ["(1, 3)", ".sum()", "gradient="]),
    "backward of a constant": (lambda: c.backward(), ag.GraphError, RuntimeError, ["c", "constant", "autograd.Tensor"]),
    "backward, complex": (lambda: W.backward(1j * np.ones((1, 3))), ag.DtypeError, TypeError, ["gradient=", "complex"]),
    "backward, a complex number": (lambda: ag.Tensor(1.0).backward(1j), ag.DtypeError, TypeError, ["gradient="]),
    "a name that is no text": (
        lambda: ag.Tensor(1.0, name=3),
        TypeError,
        TypeError,
        ["name must be a string", "got 3"],
    ),
    "a new name that is no text": (
        lambda: setattr(c, "name", 3),
        TypeError,
        TypeError,
        ["name must be a string", "got 3"],
    ),
    "costs of other targets": (
        lambda: ag.binary_cross_entropy(ag.Tensor([[0.5, 0.5]], name="A"), [[1], [0]]),
        ag.ShapeError,
        ValueError,
        ["binary_cross_entropy cannot take A (1, 2)", "(2, 1)", "the same shape"],
    ),
    "the cost of a number": (lambda: ag.binary_cross_entropy(c, 1.0), ag.ShapeError, ValueError, ["c = 2.0", "(…, m)"]),
    "backward, shape": (lambda: W.backward(np.ones(3)), ag.ShapeError, ValueError, ["(1, 3)", "W1", "(3,)"]),
    "data of a result": (set_data_of_a_result, ag.GraphError, RuntimeError, ["multiply", ".detach()"]),
    "data of another shape": (lambda: set_data(W, np.ones(3)), ag.ShapeError, ValueError, ["W1", "(1, 3)", "(3,)"]),
    "grad of another shape": (lambda: set_grad(W, np.ones(3)), ag.ShapeError, ValueError, ["W1", "(1, 3)", "(3,)"]),
    "grad of a constant": (lambda: set_grad(c, 1.0), ag.GraphError, RuntimeError, ["c", "requires_grad=False"]),
    "len of a scalar": (lambda: len(c), TypeError, TypeError, ["scalar"]),
    "iteration over a scalar": (lambda: list(c), TypeError, TypeError, ["scalar"]),
    "operator with text": (lambda: W + "one", TypeError, TypeError, ["Tensor", "str"]),
    "grad of many": (lambda: ag.grad(lambda x: x)(np.ones(2)), ag.GraphError, RuntimeError, ["(2,)", "jacobian"]),
    "argnums": (lambda: ag.grad(lambda x: x, 1)(1.0), ag.GraphError, RuntimeError, ["argnums=1", "1 positional"]),
    "argnums below": (lambda: ag.grad(lambda x: x, -2)(1.0), ag.GraphError, RuntimeError, ["argnums=-2"]),
    "tangent": (lambda: ag.jvp(np.sin, (np.ones(2),), (1.0,)), ag.ShapeError, ValueError, ["(2,)", "1.0"]),
    "cotangent": (lambda: ag.vjp(np.sin, 1.0)[1](np.ones(2)), ag.ShapeError, ValueError, ["()", "(2,)"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_words(name):
    attempt, error, builtin, words = REFUSED[name]
    with pytest.raises(error) as caught:
        attempt()
    assert isinstance(caught.value, builtin)
    missing = [w for w in words if w not in str(caught.value)]
    assert not missing, str(caught.value)


def test_every_own_error_is_an_autograd_error():
    for error in {e for _, e, _, _ in REFUSED.values() if e is not TypeError}:
        assert issubclass(error, ag.AutogradError)


def test_a_refusal_leaves_nothing_behind():
    t = ag.Tensor(np.ones(3))
    with pytest.raises(ag.ShapeError):
        t + np.ones(4)
    (t * 2).sum().backward()
    assert t.grad.tolist() == [2, 2, 2]


SQUARE = ag.Tensor([[1.0, 2.0], [3.0, 4.0]], name="X")


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: ag.leaky_relu(SQUARE, ag.Tensor(0.1)), ag.Unsupported, "slope=…) takes no Tensor"),
        (lambda: ag.leaky_relu(SQUARE, slope=ag.Tensor(0.1)), ag.Unsupported, "slope=…) takes no Tensor"),
        (lambda: SQUARE.astype(int), ag.AutogradError, "int"),
        (lambda: SQUARE * np.array([1j, 2]), ag.DtypeError, "real numbers"),
        (lambda: np.array([1j, 2]) * SQUARE, ag.DtypeError, "real numbers"),
        (lambda: SQUARE * 1j, ag.DtypeError, "real numbers"),
        (lambda: SQUARE + np.array([object()]), ag.DtypeError, "real numbers"),
        (lambda: SQUARE * np.ma.array([1.0, 2.0], mask=[0, 1]), ag.DtypeError, "mask would be lost"),
        (lambda: ag.Tensor(np.ma.array([1.0, 2.0], mask=[0, 1])), ag.DtypeError, "mask would be lost"),
        (lambda: ag.grad(lambda x, y: x * y, (0, 0))(2.0, 3.0), ag.GraphError, "twice"),
        (lambda: ag.grad(lambda x: None)(2.0), ag.GraphError, "Is a `return` missing"),
        (lambda: ag.jvp(lambda x, y: x * y, (1.0, 2.0), (1.0,)), ag.GraphError, "one tangent for each"),
        (lambda: ag.jvp(lambda x: x, 1.0, 1.0), ag.GraphError, r"(x,)"),
        (lambda: ag.grad(np.sin, "x")(1.0), ag.GraphError, "argnums=x"),
        (lambda: SQUARE[5], ag.IndexingError, "getitem cannot take X (2, 2)"),
        (lambda: np.concatenate([SQUARE, SQUARE], dtype=float), ag.Unsupported, "dtype=…) is not supported"),
        (lambda: np.concatenate([ag.Tensor(1.0), ag.Tensor(2.0)]), ag.ShapeError, "concatenate cannot take"),
        (lambda: np.einsum("ij,jk->ik", SQUARE, np.ones((3, 2))), ag.ShapeError, "einsum cannot take"),
    ],
)
def test_more_that_is_refused_in_words(attempt, error, words):
    with pytest.raises(error) as caught:
        attempt()
    assert words in str(caught.value)


def test_a_change_in_place_of_data_is_noticed():
    x = ag.Tensor([1.0, 2.0], name="x")
    with pytest.raises(ag.GraphError, match="x was changed in place"):
        x.data += 1


def test_an_empty_list_is_an_index_and_a_number_is_formatted():
    assert SQUARE[[]].shape == (0, 2)
    assert f"{ag.Tensor(2.5):.2f}" == "2.50"


def test_an_empty_name_is_none():
    assert ag.Tensor(1.0, name="").name is None


def test_a_plain_argument_gives_a_plain_result_with_a_grad_inside():
    second = ag.grad(lambda x: x * ag.grad(lambda y: x * y * y)(2.0))(3.0)
    assert type(second) is float and second == 24.0


def test_the_order_of_mixed_derivatives_does_not_matter_for_a_power():
    for y in (0.0, 1.0, 2.0):
        hessian = ag.hessian(lambda v: v[0] ** v[1])(np.array([2.0, y]))
        np.testing.assert_allclose(hessian, hessian.T, rtol=1e-14)
        assert hessian[0, 1] == pytest.approx(2.0 ** (y - 1) * (1 + y * np.log(2.0)), rel=1e-14)


def test_a_clip_with_crossed_bounds_is_its_upper_bound():
    assert ag.grad(np.clip, (0, 1, 2))(1.5, 2.0, 1.0) == (0.0, 0.0, 1.0)


def test_small_slopes_of_expm1_keep_their_digits():
    assert ag.grad(np.expm1)(-40.0) == pytest.approx(np.exp(-40.0), rel=1e-15)


def test_the_gradient_of_a_float32_number_is_one():
    x = ag.Tensor(np.float32(2.0))
    np.where(np.array(True), x * x, 0.0).backward()
    assert type(x.grad) is np.float32
