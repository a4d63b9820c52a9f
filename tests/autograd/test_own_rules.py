"""A user's own operation: mistakes in its rules are errors that name it, never wrong gradients."""

import functools
import traceback

import numpy as np
import pytest

import autograd as ag
from autograd import primitive
from tests.autograd.helpers import close

X = np.array([1.0, 2.0, 3.0])
SQUARE = np.arange(1.0, 10).reshape(3, 3)


def total(x):
    return np.sum(x)


def rows(x):
    return np.sum(x, axis=1)


def twice(x):
    return 2 * x


def scaled(x, y):
    return x * y


def dotted(x, y):
    return np.sum(x * y)


def gradient(f, *args):
    """The gradient of the sum of f, raw and traced: a mistake must show in both."""
    raw = ag.grad(lambda *xs: np.sum(f(*xs)), range(len(args)))(*args)
    tensors = [ag.Tensor(x) for x in args]
    np.sum(f(*tensors)).backward(create_graph=True)
    for g, t in zip(raw, tensors, strict=True):
        close(g, t.grad)
    return raw[0] if len(args) == 1 else raw


# --- what a rule gives -------------------------------------------------------------------------------------------

OF_NO_USE = {
    "None": (None, "gave None (is a `return` missing?)"),
    "a list": ([1.0, 1.0, 1.0], "gave a list"),
    "a tuple": ((X,), "gave a tuple"),
    "text": ("1", "gave a str"),
    "a complex number": (1j, "gave a complex"),
    "complex numbers": (1j * X, "gave an array of dtype complex128"),
    "objects": (np.array([None] * 3), "gave an array of dtype object"),
    "a masked array": (np.ma.array(X, mask=[0, 0, 1]), "gave a MaskedArray"),
}


@pytest.mark.parametrize("name", OF_NO_USE)
def test_what_is_of_no_use_is_refused(name):
    given, words = OF_NO_USE[name]
    declared = {
        "adjoint": primitive.linear(total, lambda g, x_shape: given),
        "local derivative": primitive.elementwise(twice, lambda out, x: given),
        "vjp": primitive.general(total, [lambda g, out, x: given], [lambda t, out, x: given]),
    }
    for what, f in declared.items():
        with pytest.raises(ag.DtypeError) as caught:
            gradient(f, X)
        assert str(caught.value).startswith(f"The {what} of {f.__name__} for operand 0 {words}")
    with pytest.raises(ag.DtypeError, match="The jvp of total for operand 0 gave"):
        ag.jvp(declared["vjp"], (X,), (X,))
    with pytest.raises(ag.DtypeError, match="The local derivative of twice for operand 0 gave"):
        ag.jvp(declared["local derivative"], (X,), (X,))


def test_whole_numbers_and_truth_values_are_of_use():
    for given in (1, True, np.int64(1), np.float32(1), np.array(1), np.ones(3, int), np.ones(3, bool), np.ones(1)):
        assert gradient(primitive.linear(total, lambda g, x_shape, given=given: given), X).tolist() == [1, 1, 1]


def test_a_matrix_is_an_array():
    f = primitive.linear(rows, lambda g, x_shape: np.asmatrix(np.ones(x_shape)))
    assert type(gradient(f, SQUARE)) is np.ndarray


WRONG_SHAPES = {  # the operation, its operands, what the rule for the first gives, and words
    "more axes": (total, [X], (5, 3), "gave shape (5, 3), but the operand has (3,), and the result ()"),
    "another size": (total, [X], (4,), "gave shape (4,)"),
    "a column for a row": (total, [X], (3, 1), "gave shape (3, 1)"),
    "an axis that is to be put back": (rows, [SQUARE], (3,), "np.expand_dims(g, axis)"),
    "an axis put back in another size": (rows, [SQUARE], (3, 2), "gave shape (3, 2)"),
    "axes exchanged": (rows, [np.ones((2, 3))], (3, 2), "gave shape (3, 2)"),
    "both repeated and summed": (scaled, [np.ones((1, 3)), np.ones((4, 3))], (4, 1), "gave shape (4, 1)"),
    "of a number": (twice, [2.0], (3,), "gave shape (3,), but the operand has ()"),
    "nothing": (total, [X], (0,), "gave shape (0,)"),
}


@pytest.mark.parametrize("name", WRONG_SHAPES)
def test_a_wrong_shape_is_refused(name):
    function, operands, shape, words = WRONG_SHAPES[name]
    rules = [lambda g, out, *_: np.ones(shape)] + [None] * (len(operands) - 1)
    with pytest.raises(ag.ShapeError) as caught:
        gradient(primitive.general(function, rules, rules), *operands)
    assert str(caught.value).startswith(f"{function.__name__}: the rule for operand 0 gave shape {shape}")
    assert words in str(caught.value)


def test_a_wrong_shape_is_told_with_the_operands_name():
    f = primitive.general(scaled, [None, lambda g, out, x, y: g[0]], [None, lambda t, out, x, y: t])
    b = ag.Tensor(SQUARE, name="b")
    with pytest.raises(
        ag.ShapeError, match=r"scaled: the rule for operand 1 gave shape \(3,\), but the operand, b, has"
    ):
        f(SQUARE, b).sum().backward()


def test_a_local_derivative_that_broadcasts_to_more_entries_is_refused():
    """It would be summed to the right shape, with a wrong value."""
    f = primitive.elementwise(twice, lambda out, x: np.reshape(x, (-1, 1)))
    with pytest.raises(ag.ShapeError, match=r"twice: the rule for operand 0 gave shape \(3, 3\)"):
        gradient(f, X)
    with pytest.raises(ag.ShapeError, match=r"tangent of operand 0 gave shape \(3, 3\), but the result has \(3,\)"):
        ag.jvp(f, (X,), (X,))


def test_a_tangent_of_a_wrong_shape_is_refused():
    for shape in [(3,), (1, 1), (2,)]:
        f = primitive.general(total, [lambda g, out, x: g], [lambda t, out, x, shape=shape: np.ones(shape)])
        with pytest.raises(ag.ShapeError, match="total: the rule for the tangent of operand 0 gave"):
            ag.jvp(f, (X,), (X,))


def test_shapes_that_broadcasting_accounts_for_are_right():
    product = primitive.general(
        scaled,
        [lambda g, out, _x, y: g * y, lambda g, out, x, _y: g * x],
        [lambda t, out, _x, y: t * y, lambda t, out, x, _y: x * t],
    )
    pairs = [((3,), (2, 3)), ((2, 1), (3,)), ((), (2, 3)), ((1, 1), (4, 2, 1)), ((0, 3), (1, 3)), ((1,), ())]
    for shapes in pairs:
        x, y = (np.ones(s) for s in shapes)
        assert ag.check_grads(product, x, y).ok
        assert ag.check_grads(product, y, x).ok


def test_axes_of_another_operand_or_a_parameter_are_summed_too():
    """The result need not have them: here they are summed within the operation."""
    f = primitive.general(
        dotted,
        [lambda g, out, _x, y: g * y, lambda g, out, x, _y: g * x],
        [lambda t, out, _x, y: np.sum(t * y), lambda t, out, x, _y: np.sum(x * t)],
    )
    assert ag.check_grads(f, np.ones((1, 3)), SQUARE).ok
    assert ag.check_grads(f, 2.0, SQUARE).ok

    def weighed(x, weights=None):
        return np.sum(x * weights)

    weigh = primitive.linear(weighed, lambda g, _x, weights=None: g * weights)
    assert gradient(lambda x: weigh(x, weights=X), 2.0) == 6.0


def test_what_was_summed_comes_back_by_axes_of_size_1_or_as_one_number():
    f = primitive.linear(rows, lambda g, x_shape: np.expand_dims(g, 1))
    assert ag.check_grads(f, SQUARE).ok
    assert ag.check_grads(primitive.linear(total, lambda g, x_shape: g), SQUARE).ok
    assert ag.check_grads(primitive.linear(total, lambda g, x_shape: np.reshape(g, 1)), SQUARE).ok


# --- what is written into ----------------------------------------------------------------------------------------


def into_g(g, out, x):
    g *= 2
    return g


def into_x(g, out, x):
    x[0] = 0.0
    return g * x


def into_out(g, out, x):
    np.multiply(out, g, out=out)
    return out


def into_a_view(g, out, x):
    x.reshape(-1).sort()
    return g * x


@pytest.mark.parametrize("rule", [into_g, into_x, into_out, into_a_view], ids=lambda r: r.__name__)
def test_a_rule_that_writes_into_what_it_was_given_is_refused(rule):
    x = ag.Tensor(X[::-1].copy())
    f = primitive.general(twice, [rule], [rule])
    y = x * 1.0
    out = f(y).sum()
    with pytest.raises(ag.GraphError, match=r"The vjp of twice for operand 0 writes into an array that it was given"):
        out.backward()
    with pytest.raises(ag.GraphError, match=r"The jvp of twice for operand 0 writes into"):
        ag.jvp(f, (X,), (X,))
    assert x.data.tolist() == y.data.tolist() == [3.0, 2.0, 1.0]


def test_a_function_that_writes_into_its_operand_is_refused_on_tensors():
    def doubled(x):
        x *= 2
        return x

    f, x = primitive.elementwise(doubled, lambda _out, _x: 2.0), ag.Tensor(X.copy())
    with pytest.raises(ag.GraphError, match=r"^doubled writes into an array .* np\.array\(x\)") as caught:
        f(x)
    at = traceback.extract_tb(caught.value.__cause__.__traceback__)[-1]
    assert at.line == "x *= 2"
    assert x.data.tolist() == X.tolist()


def test_an_error_of_the_functions_own_is_left_as_it_is():
    def picky(x):
        raise ValueError("not today")

    with pytest.raises(ag.ShapeError, match=r"picky cannot take an array [^$]* not today"):
        primitive.elementwise(picky, 1)(ag.Tensor(X))


def test_what_is_handed_through_is_the_same_array():
    """A function or rule that returns its argument gives no read-only array to the user."""
    f = primitive.elementwise(lambda x: x, lambda out, x: 1)
    same = primitive.general(lambda x: x, [lambda g, _out, _x: g], [lambda t, _out, _x: t])
    x = ag.Tensor(X.copy())
    assert f(x).data is x.data
    y = x * 2
    same(y).sum().backward()
    x.grad[0] = y.grad[0] = 5.0


# --- what the function itself gives ------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [None, [1.0], "1", 1j, {}])
def test_a_result_that_is_no_number_or_array_is_refused(given):
    def odd(x):
        return given

    with pytest.raises(ag.DtypeError, match=r"^odd gave "):
        primitive.elementwise(odd, 1)(ag.Tensor(X))


def test_whole_numbers_as_a_result_become_floats():
    """An integer result would have an integer gradient, cut off."""
    whole = primitive.elementwise(lambda x: np.floor(x).astype(int), lambda out, x: 0.5)
    assert whole(ag.Tensor(X)).dtype == float
    assert gradient(lambda x: 0.3 * whole(x), X).tolist() == [0.15] * 3
    assert ag.grad(primitive.elementwise(lambda x: 3, lambda out, x: 0.5))(2.0) == 0.5
    assert whole(X).dtype == int


def test_a_tensor_that_is_no_operand_is_noticed():
    W = ag.Tensor(2.0, name="W")
    with pytest.raises(ag.GraphError, match=r"weigh gave a Tensor, although .* Make that one an operand"):

        def weigh(x):
            return x * W

        primitive.elementwise(weigh, lambda out, x: 2.0)(ag.Tensor(X))
    f = primitive.elementwise(twice, lambda out, x: W)
    with pytest.raises(ag.GraphError, match="The local derivative of twice for operand 0 gave a Tensor"):
        f(ag.Tensor(X)).sum().backward()


# --- constants, and what has no name -----------------------------------------------------------------------------


def test_a_constant_of_ones_own_runs_on_plain_values():
    seen = []

    def count(x, above=0.0):
        """How many are above."""
        seen.append(type(x))
        return int(np.sum(x > above))

    f = primitive.constant(count)
    assert (f.__name__, f.__doc__) == ("count", "How many are above.")
    x = ag.Tensor(X)
    assert f(x) == f(x=x) == f(X) == 3 and f(x, above=2.5) == f(x, ag.Tensor(2.5)) == 1
    assert seen == [np.ndarray] * 5
    assert ag.grad(lambda x: np.sum(x) * f(x))(X).tolist() == [3, 3, 3]


def test_several_constants_at_once():
    low, high = primitive.constant(lambda x: float(np.min(x)), lambda x: float(np.max(x)))
    assert (low(ag.Tensor(X)), high(ag.Tensor(X))) == (1.0, 3.0)


def test_a_function_without_a_name_is_called_by_its_repr():
    f = primitive.elementwise(functools.partial(np.power, 2.0), lambda out, x: out * np.log(2))
    assert ag.check_grads(f, X).ok
    assert "partial" in str(f(ag.Tensor(X)).graph())


def test_forward_mode_of_a_linear_function_passes_through_the_public_one():
    """Tensors cannot pass through the function itself; with a tangent that depends on x they come to it."""

    def compiled(x):
        return np.array([2 * float(entry) for entry in x])

    f = primitive.linear(compiled, lambda g, _x: f(g))
    assert ag.grad(lambda x: np.sum(ag.jvp(f, (x,), (x * x,))[1]))(X).tolist() == (4 * X).tolist()
