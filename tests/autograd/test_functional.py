"""grad and its kin: arguments, structures, nesting, and the two modes against one another."""

from collections import namedtuple

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import close, difference, generator

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
SHAPES = [(), (1,), (3,), (2, 2), (2, 1, 3)]


def model(W, b, x, slope=1.0):
    return np.sum(np.tanh(W @ x + b) ** 2) * slope


def pushed(f):
    """The derivative of a function of one number, in forward mode."""
    return lambda x: ag.jvp(f, (x,), (1.0,))[1]


def arguments(seed="model"):
    rng = generator(seed)
    return rng.normal(size=(2, 3)), rng.normal(size=(2, 1)), rng.normal(size=(3, 4))


# --- which arguments -----------------------------------------------------------------------------------------------


def test_argnums():
    args = arguments()
    all_three = ag.grad(model, (0, 1, 2))(*args)
    assert isinstance(all_three, tuple)
    assert [g.shape for g in all_three] == [x.shape for x in args]
    for i in range(3):
        close(ag.grad(model, i)(*args), all_three[i])
        close(ag.grad(model, i - 3)(*args), all_three[i])
    for found, i in zip(ag.grad(model, (-1, 0))(*args), (2, 0), strict=True):
        close(found, all_three[i])
    (alone,) = ag.grad(model, [1])(*args)
    close(alone, all_three[1])
    v = generator("direction").normal(size=(2, 3))
    close(np.sum(v * all_three[0]), difference(lambda e: model(args[0] + e * v, *args[1:])))


def test_keyword_arguments_are_passed_on_as_they_are():
    args = arguments()
    close(ag.grad(model)(*args, slope=2.0), 2 * ag.grad(model)(*args))
    value, _ = ag.value_and_grad(model)(*args, slope=3.0)
    close(value, 3 * model(*args))
    close(ag.jacobian(model)(*args, slope=2.0), ag.grad(model)(*args, slope=2.0))


def test_plain_arguments_give_plain_results():
    value, g = ag.value_and_grad(model)(*arguments())
    assert type(value) is float
    assert type(g) is np.ndarray
    assert type(ag.grad(np.sin)(1.0)) is float
    assert [type(x) for x in ag.jvp(np.sin, (1.0,), (1.0,))] == [float, float]


def test_an_integer_argument_is_a_number():
    assert ag.grad(lambda x: x**2)(3) == 6.0
    close(ag.grad(lambda x: np.sum(x**2))(np.arange(3)), [0.0, 2.0, 4.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_the_argument(dtype):
    x = np.array([1, 2, 3], dtype)
    f = lambda x: np.sum(np.tanh(x) * 2) / 3
    assert ag.grad(f)(x).dtype == ag.hessian(f)(x).dtype == ag.jacobian(np.tanh)(x).dtype == dtype
    value, tangent = ag.jvp(np.tanh, (x,), (np.ones(3),))
    assert value.dtype == tangent.dtype == dtype
    assert all(part.dtype == dtype for part in ag.hvp(f, (x,), (np.ones(3),)))


Layer = namedtuple("Layer", "W b")


def test_nested_containers_come_back_in_their_structure():
    W, b, x = arguments()
    params = {"layers": [Layer(W, b), (2.0, [b, {"rate": 0.5}])], "unused": np.ones(2)}

    def cost(p, x):
        first, (scale, (shift, more)) = p["layers"]
        return np.sum(np.tanh(first.W @ x + first.b) * scale + shift * more["rate"])

    g = ag.grad(cost)(params, x)
    assert isinstance(g["layers"][0], Layer)
    assert isinstance(g["layers"][1], tuple)
    assert isinstance(g["layers"][1][1], list)
    close(g["layers"][0].W, ag.grad(lambda W: np.sum(np.tanh(W @ x + b) * 2))(W))
    close(g["layers"][1][1][0], np.full((2, 1), 4 * 0.5))
    close(g["layers"][1][1][1]["rate"], 4 * np.sum(b))
    close(g["unused"], np.zeros(2))
    value, tangent = ag.jvp(
        lambda p: {"out": [p["a"] * p["b"], p["a"]]}, ({"a": 2.0, "b": 3.0},), ({"a": 1.0, "b": 0.0},)
    )
    assert (value, tangent) == ({"out": [6.0, 2.0]}, {"out": [3.0, 1.0]})
    out, back = ag.vjp(lambda x, y: (x * y, [x + y]), 2.0, 3.0)
    assert out == (6.0, [5.0])
    assert back((1.0, [10.0])) == (13.0, 12.0)


# --- nothing to find -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_arguments_that_do_not_matter_have_gradient_zero(shape):
    x = np.ones(shape, np.float32)
    for f in (lambda x: 3.0, lambda x: np.float64(3.0), lambda x: ag.Tensor(3.0, requires_grad=False)):
        value, g = ag.value_and_grad(f)(x)
        assert value == 3.0
        assert (np.shape(g), g.dtype) == (shape, np.float32)
        assert not np.any(g)
    assert ag.grad(lambda x, y: np.sum(y * y), (0, 1))(x, 2.0)[1] == 4.0
    assert np.shape(ag.jacobian(lambda x: np.ones((2, 3)))(x)) == (2, 3) + shape
    assert np.shape(ag.hessian(lambda x: np.sum(x) * 2)(x)) == shape * 2
    value, tangent = ag.jvp(lambda x: np.ones(2), (x,), (x,))
    close(tangent, np.zeros(2))


def test_functions_that_hand_an_argument_through():
    assert ag.grad(lambda x: x)(3.0) == 1.0
    assert ag.grad(lambda x, y: x, (0, 1))(3.0, 4.0) == (1.0, 0.0)
    close(ag.jacobian(lambda x: x)(np.ones(2)), np.eye(2))
    assert ag.jvp(lambda x, y: (y, x), (1.0, 2.0), (3.0, 4.0)) == ((2.0, 1.0), (4.0, 3.0))
    assert ag.vjp(lambda x: (x, x), 1.0)[1]((2.0, 3.0)) == (5.0,)


def test_gradients_are_not_shared_between_calls():
    x = np.ones(3)
    f = lambda x, y: np.sum(x + y)
    first, second = ag.grad(f, (0, 1))(x, x)
    first += 100
    close(second, np.ones(3))
    close(ag.grad(f)(x, x), np.ones(3))
    close(x, np.ones(3))


# --- nesting and what lies outside ---------------------------------------------------------------------------------


def test_a_captured_tensor_is_differentiated_by_as_well():
    w = ag.Tensor(2.0, name="w")
    g = ag.grad(lambda x: w * x**3)(3.0)
    assert isinstance(g, ag.Tensor)
    assert g.data == 54.0
    g.backward()
    assert w.grad == 27.0
    _, tangent = ag.jvp(lambda x: w**2 * x**3, (3.0,), (1.0,))
    w.grad = None
    tangent.backward()
    assert w.grad == 2 * 2 * 27.0


def test_a_captured_tensor_receives_no_grad_by_itself():
    w = ag.Tensor(2.0)
    ag.grad(lambda x: w * x)(3.0)
    assert w.grad is None


def test_tensors_as_arguments_stay_connected():
    x = ag.Tensor(3.0)
    g = ag.grad(lambda x: x**3)(x)
    (g * 2).backward()
    assert (g.data, x.grad) == (27.0, 36.0)


def test_nothing_is_confused_by_nesting_reverse_in_reverse():
    # d/dx [x · d/dy (x·y)] = d/dx x² = 2x; an engine that confuses the levels says 1 or 3
    f = lambda x: x * ag.grad(lambda y: x * y)(2.0)
    assert ag.grad(f)(3.0) == 6.0
    # the inner function is differentiated at the outer variable itself
    assert ag.grad(lambda x: ag.grad(lambda y: x * y * y)(x))(3.0) == 12.0
    assert ag.grad(lambda x: x * ag.grad(lambda y: y**3)(x))(2.0) == 3 * 3 * 2.0**2


def test_nothing_is_confused_by_nesting_forward_in_forward():
    d = pushed
    # Siskind & Pearlmutter's example: d/dx [x · d/dy (x + y) at 1] at 1 is 1, not 2
    assert d(lambda x: x * d(lambda y: x + y)(1.0))(1.0) == 1.0
    assert d(lambda x: x * d(lambda y: x * y)(2.0))(3.0) == 6.0
    assert d(lambda x: d(lambda y: x * y * y)(x))(3.0) == 12.0
    assert d(d(d(np.sin)))(0.5) == -np.cos(0.5)


@pytest.mark.parametrize(("inner", "outer"), [(ag.grad, pushed), (pushed, ag.grad)], ids=["over rev", "over fwd"])
def test_nothing_is_confused_by_mixing_the_modes(inner, outer):
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
    assert outer(inner(lambda x: x**4))(2.0) == 48.0


def test_high_orders():
    f = np.sin
    for expected in (np.cos(0.5), -np.sin(0.5), -np.cos(0.5), np.sin(0.5), np.cos(0.5)):
        f = ag.grad(f)
        close(f(0.5), expected)


def test_grad_inside_no_grad():
    """no_grad says that nobody differentiates by what lies outside; what grad itself needs is recorded."""
    w = ag.Tensor(2.0)
    with ag.no_grad():
        assert ag.grad(lambda x: x**3)(2.0) == 12.0
        assert ag.grad(ag.grad(lambda x: x**3))(2.0) == 12.0
        assert ag.jvp(lambda x: x**3, (2.0,), (1.0,))[1] == 12.0
        close(ag.jacobian(np.sin)(A), ag.jacobian(np.sin)(A))
        assert not (w * 2).requires_grad


def test_no_grad_inside_grad():
    def f(x):
        with ag.no_grad():
            constant = x * x
        return x * constant

    assert ag.grad(f)(3.0) == 9.0


# --- Jacobians and Hessians ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SHAPES, ids=str)
@pytest.mark.parametrize("target", SHAPES, ids=str)
def test_jacobian_of_every_pair_of_ranks(target, source):
    """out = sin(M x): whether rows (reverse mode) or columns (forward mode) are fewer, the result is the same."""
    m, n = int(np.prod(target, dtype=int)), int(np.prod(source, dtype=int))
    M = generator(f"{target}{source}").normal(size=(m, n))
    x = generator(str(source)).normal(size=source)
    f = lambda x: np.reshape(np.sin(M @ np.reshape(x, (n,))), target)
    found = ag.jacobian(f)(x if source else float(x))
    expected = np.cos(M @ x.ravel())[:, None] * M
    close(found, expected.reshape(target + source))


def test_derivatives_of_numbers_are_numbers():
    """Python floats in float64, as gradients are; NumPy's scalars in other dtypes."""
    assert type(ag.jacobian(lambda x: x * x)(2.0)) is type(ag.hessian(lambda x: x**3)(2.0)) is float
    assert type(ag.jacobian(lambda x: x * x)(np.float32(2.0))) is np.float32
    by_x, by_y = ag.jacobian(lambda x, y: x * y, (0, 1))(2.0, 3.0)
    assert (by_x, by_y) == (3.0, 2.0) and type(by_x) is float
    assert type(ag.jacobian(lambda x: 3.0)(2.0)) is float


def test_what_grad_cannot_differentiate_is_said_in_its_own_words():
    for f in (lambda x: [x * x], lambda x: {"cost": x}, lambda x: (x, "aux")):
        with pytest.raises(ag.GraphError, match=r"returned"):
            ag.grad(f)(2.0)
    with pytest.raises(ag.GraphError, match=r"grad needs a function that returns one number; <lambda> returned a list"):
        ag.grad(lambda x: [x * x])(2.0)
    with pytest.raises(ag.ShapeError, match=r"cotangent must have the shape .* but got None"):
        ag.vjp(lambda x: x * x, 2.0)[1](None)
    with pytest.raises(ag.ShapeError, match=r"cotangent must have the shape .* but got 'one'"):
        ag.vjp(lambda x: x * x, 2.0)[1]("one")


def test_jacobian_by_several_arguments_and_structures():
    f = lambda p, y: p["a"] * y + p["b"]
    a, b, y = np.array([1.0, 2.0]), 3.0, np.array([4.0, 5.0])
    by_p, by_y = ag.jacobian(f, (0, 1))({"a": a, "b": b}, y)
    close(by_p["a"], np.diag(y))
    close(by_p["b"], np.ones(2))
    close(by_y, np.diag(a))


def test_jacobian_of_a_captured_tensor_is_a_tensor():
    w = ag.Tensor(np.array([2.0, 3.0]))
    for f in (lambda x: w * x, lambda x: np.sum(w * x) * np.ones(3), lambda x: np.stack([w[0] * x[0]] * 5)):
        J = ag.jacobian(f)(np.array([5.0, 7.0]))
        assert isinstance(J, ag.Tensor)
        w.grad = None
        J.sum().backward()
        assert np.any(w.grad)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_hessian_is_symmetric_and_that_of_differences(shape):
    x = generator(f"hessian{shape}").normal(size=shape)
    v = generator(f"v{shape}").normal(size=shape)
    f = lambda x: np.exp(np.sum(np.sin(x)) / 2) + np.sum(x**3)
    H = ag.hessian(f)(x)
    assert np.shape(H) == shape * 2
    n = x.size
    close(np.reshape(H, (n, n)), np.reshape(H, (n, n)).T)
    value, Hv = ag.hvp(f, (x,), (v,))
    close(value, ag.grad(f)(x))
    close(Hv, np.tensordot(H, v, axes=len(shape)))
    close(Hv, difference(lambda e: ag.grad(f)(x + e * v)))


def test_hvp_by_several_arguments():
    x, y = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    values, products = ag.hvp(lambda x, y: np.sum(x * x * y), (x, y), (np.ones(2), np.zeros(2)))
    for found, expected in zip((*values, *products), (2 * x * y, x * x, 2 * y, 2 * x), strict=True):
        close(found, expected)


def test_hessian_by_another_argument():
    close(ag.hessian(lambda x, y: x * np.sum(y**3), 1)(2.0, np.array([1.0, 2.0])), np.diag([12.0, 24.0]))


def test_vjp_can_be_called_again():
    _, back = ag.vjp(lambda x: x * x, A)
    close(back(A)[0], 2 * A * A)
    close(back(np.ones((2, 3)))[0], 2 * A)


def test_a_jacobian_and_a_hessian_of_nested_arguments_are_nested():
    jacobian = ag.jacobian(lambda p: {"sum": p[0] + p[1], "product": p[0] * p[1]})([2.0, 3.0])
    assert [float(x) for x in jacobian["sum"]] == [1.0, 1.0]
    assert [float(x) for x in jacobian["product"]] == [3.0, 2.0]
    hessian = ag.hessian(lambda p: p[0] ** 2 * p[1])([2.0, 3.0])
    assert [[float(x) for x in row] for row in hessian] == [[6.0, 4.0], [4.0, 0.0]]
    blocks = ag.hessian(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0)
    assert [[float(x) for x in row] for row in blocks] == [[6.0, 4.0], [4.0, 0.0]]


def test_gradients_of_single_examples_are_those_of_single_calls():
    def cost(w, X, Y):
        return np.sum((w * X - Y) ** 2)

    X, Y = np.array([[1.0, 2.0, 3.0]]), np.array([[0.0, 1.0, 5.0]])
    single = [ag.grad(cost)(1.5, X[:, i : i + 1], Y[:, i : i + 1]) for i in range(3)]
    for over in ((1, 2), (-2, -1)):
        assert np.array_equal(ag.per_example_grad(cost, 0, over)(1.5, X, Y), single)
    with pytest.raises(ag.GraphError):
        ag.per_example_grad(cost, 0, (1, 5))(1.5, X, Y)
    with pytest.raises(ag.ShapeError, match="must share a last axis"):
        ag.per_example_grad(cost)(1.5, X, Y[:, :2])


def test_structures_that_do_not_fit_are_refused():
    with pytest.raises(ag.GraphError, match=r"structure.* 2 arrays"):
        ag.jvp(lambda p: p[0] * p[1], ([1.0, 2.0],), (1.0,))
    with pytest.raises(ag.GraphError, match=r"structure.* 2 arrays"):
        ag.vjp(lambda x: (x, x), 1.0)[1](1.0)


def test_argnums_may_be_numpys_integers():
    assert ag.grad(lambda x, y: x * y, np.int64(1))(2.0, 3.0) == 2.0


# --- what a function returns beside its value ------------------------------------------------------------------------


def with_predictions(W, x):
    A = np.tanh(W @ x)
    return np.sum(A**2), {"A": A, "what": "tanh", "rows": (len(W), None)}


def test_auxiliary_results_come_back_as_plain_values():
    W, x = np.array([[0.5, -1.0]]), np.array([[1.0], [2.0]])
    (value, aux), g = ag.value_and_grad(with_predictions, has_aux=True)(W, x)
    alone = lambda W, x: with_predictions(W, x)[0]
    assert (value, g.tolist()) == (ag.value_and_grad(alone)(W, x)[0], ag.grad(alone)(W, x).tolist())
    assert type(aux["A"]) is np.ndarray
    assert aux == {"A": np.tanh(W @ x), "what": "tanh", "rows": (1, None)}
    (by_W, by_x), again = ag.grad(with_predictions, (0, 1), has_aux=True)(W, x)
    assert (by_W.tolist(), again["what"]) == (g.tolist(), "tanh")
    close(by_x, ag.grad(alone, 1)(W, x))


def test_auxiliary_results_of_every_transform_stand_last():
    f = lambda x: (x**3, 2 * x)
    out, back, aux = ag.vjp(f, 2.0, has_aux=True)
    assert (out, back(1.0), aux) == (8.0, (12.0,), 4.0)
    assert ag.jvp(f, (2.0,), (1.0,), has_aux=True) == (8.0, 12.0, 4.0)
    assert ag.jacobian(f, has_aux=True)(2.0) == (12.0, 4.0)
    assert ag.hessian(f, has_aux=True)(2.0) == (12.0, 4.0)


def test_an_auxiliary_result_that_depends_on_more_stays_connected():
    """As that of an inner grad on the argument of an outer one, or on a captured parameter."""

    def outer(y):
        g, aux = ag.grad(lambda x: (x * x, x * y), has_aux=True)(3.0)
        return g + aux

    assert ag.grad(outer)(5.0) == 3.0
    w = ag.Tensor(2.0, name="w")
    value, aux = ag.grad(
        lambda x: (x * x, {"of w": w * x, "of x": 4 * x, "constant": ag.Tensor(1.0).detach()}), has_aux=True
    )(3.0)
    assert (value, aux["of x"], aux["constant"]) == (6.0, 12.0, 1.0)
    aux["of w"].backward()
    assert w.grad == 3.0


def test_auxiliary_results_in_a_compiled_program():
    W, x = np.array([[0.5, -1.0]]), np.array([[1.0], [2.0]])
    f = lambda W, x: (np.sum(np.tanh(W @ x) ** 2), np.tanh(W @ x))
    (value, A), g = ag.compile(ag.value_and_grad(f, has_aux=True))(W, x)
    (wanted, B), h = ag.value_and_grad(f, has_aux=True)(W, x)
    close(value, wanted)
    close(A, B)
    close(g, h)


@pytest.mark.parametrize("returned", [1.0, (1.0,), (1.0, 2.0, 3.0), [1.0, 2.0], None])
def test_auxiliary_results_are_asked_for_as_a_pair(returned):
    f = lambda x: returned
    for call in (
        lambda: ag.grad(f, has_aux=True)(1.0),
        lambda: ag.value_and_grad(f, has_aux=True)(1.0),
        lambda: ag.jacobian(f, has_aux=True)(1.0),
        lambda: ag.vjp(f, 1.0, has_aux=True),
        lambda: ag.jvp(f, (1.0,), (1.0,), has_aux=True),
    ):
        with pytest.raises(
            ag.GraphError, match=r"has_aux=True needs a function that returns a pair \(value, aux\), but"
        ):
            call()


def test_a_pair_without_has_aux_says_what_to_do():
    with pytest.raises(ag.GraphError, match="has_aux=True"):
        ag.grad(lambda x: (x * x, x))(1.0)
