"""Reading a program off a function: what is kept, what is refused, what it is called."""

import sys

import numpy as np
import pytest

import autograd as ag
from autograd.errors import GraphError, Undecided, Unsupported
from autograd.read.passes.tidy import tidied
from autograd.read.standin import StandIn, kept
from autograd.read.term import in_order, kind_of, never
from autograd.read.trace import trace
from autograd.read.variables import Variables


def stand_in(name, *shape, seed=0):
    rng = np.random.default_rng(seed)
    return StandIn(rng.standard_normal(shape) if shape else 0.4, name)


def traced(f, *inputs):
    return trace(f, inputs, {}, list(inputs))


def two_layers(W, b, X, Y):
    def cost(W, b):
        A = X
        for l in range(2):
            Z = W[l] @ A + b[l]
            A = np.tanh(Z) if l == 0 else ag.sigmoid(Z)
        return ag.binary_cross_entropy(A, Y)

    J, (dW, db) = ag.value_and_grad(cost, argnums=(0, 1))(W, b)
    return J, [w - 0.1 * g for w, g in zip(W, dW)], [x - 0.1 * g for x, g in zip(b, db)]


def two_layer_inputs():
    W = [stand_in("W1", 4, 3), stand_in("W2", 2, 4, seed=1)]
    b = [stand_in("b1", 4, 1), stand_in("b2", 2, 1)]
    X, Y = stand_in("X", 3, 5), StandIn((np.arange(10).reshape(2, 5) % 3 == 0) * 1.0, "Y")
    return W, b, X, Y


def test_the_forms_are_those_of_the_function():
    W, b, X, Y = two_layer_inputs()
    out = trace(two_layers, (W, b, X, Y), {}, [*W, *b, X, Y])
    plain = two_layers([w.value for w in W], [x.value for x in b], X.value, Y.value)
    for symbol, value in zip(out.outputs, [plain[0], *plain[1], *plain[2]], strict=True):
        assert (symbol.shape, symbol.dtype, kind_of(symbol)) == (np.shape(value), np.asarray(value).dtype, type(value))
        assert symbol.value is None


def test_variables_and_gradients_are_named_also_within_a_loop():
    W, b, X, Y = two_layer_inputs()
    names = trace(two_layers, (W, b, X, Y), {}, [*W, *b, X, Y]).names
    wanted = "Z1 A1 Z2 A2 J dA2 dZ2 dW2 db2 dA1 dZ1 dW1 db1"
    assert sorted(names.values()) == sorted(wanted.split())


def test_few_calls_are_watched_for_names(monkeypatch):
    """To watch one takes a microsecond or two, and an operation makes dozens."""
    calls, entered = [], Variables._entered
    monkeypatch.setattr(Variables, "_entered", lambda self, *event: calls.append(1) or entered(self, *event))

    def f(x):
        for _ in range(100):
            x = x * 1.5
        return x

    names = traced(ag.value_and_grad(f), stand_in("w")).names
    assert len(calls) < 100 * 60
    assert {"x1", "x100"} <= set(names.values())
    assert sys.gettrace() is None


def test_watching_goes_on_behind_an_operation_that_fails():
    def f(x):
        try:
            x.reshape(7)
        except ValueError:
            y = x * 2
            return y + 1

    assert "y" in traced(f, stand_in("x", 3)).names.values()


def test_a_name_given_to_a_tensor_counts():
    def f(x):
        y = ag.Tensor(x) * 2
        y.name = "doubled"
        return y

    assert "doubled" in traced(f, stand_in("x", 3)).names.values()


def test_a_tensor_in_the_result_is_told_from_an_array():
    out = traced(lambda x: (ag.Tensor(x) * 2, x * 2), stand_in("x", 3))
    assert out.tensors == [True, False]


DECISIONS = {
    "if": lambda x: x if np.sum(x) > 0 else -x,
    "if, on a Tensor": lambda x: x if ag.Tensor(x).sum() > 0 else -x,
    "while": lambda x: [x := x / 2 for _ in iter(lambda: bool(np.max(x) > 1), False)],
    "float": lambda x: float(x[0]),
    "item": lambda x: np.sum(x).item(),
    "int": lambda x: int(x[0]),
    "range": lambda x: range(np.argmax(x)),
    "count": lambda x: range(np.count_nonzero(x)),
    "equal": lambda x: 1 if np.array_equal(x, x + 1) else 2,
    "close": lambda x: 1 if np.allclose(x, 0) else 2,
    "asarray": lambda x: np.asarray(x),
    "tolist": lambda x: x.tolist(),
    "in": lambda x: 3.0 in x,
}


@pytest.mark.parametrize("case", DECISIONS)
def test_a_decision_by_values_is_refused(case):
    with pytest.raises(Undecided, match=r"differs from call to call.*\n?.*test_trace\.py, line \d+"):
        traced(DECISIONS[case], stand_in("x", 3))


def test_a_decision_by_shapes_is_none_by_values():
    out = traced(lambda x: x * len(x) if x.ndim == 1 and np.shape(x) == (3,) and x.size > 2 else -x, stand_in("x", 3))
    assert out.outputs[0].function == "multiply"


def test_assignment_is_refused():
    def f(x):
        x[0] = 1.0

    with pytest.raises(Unsupported, match=r"Assignment into x .*np\.where"):
        traced(f, stand_in("x", 3))


def test_a_change_in_place_is_refused():
    def f(x):
        x -= 0.1
        return x

    with pytest.raises(Unsupported, match=r"x is changed in place.* x = x \+ 1"):
        traced(f, stand_in("x", 3))

    def g(x):
        total = np.zeros(3)
        total += x
        return total

    with pytest.raises(Unsupported, match="a = a \\+ x"):
        traced(g, stand_in("x", 3))


SIZES = {
    "a mask": lambda x: np.mean(x[x > 0] ** 2),
    "its length": lambda x: len(x[x > 0]),
    "on a Tensor": lambda x: np.sum(ag.Tensor(x)[x > 0]),
    "positions": lambda x: np.nonzero(x > 0)[0] + 1,
    "compress": lambda x: np.compress(x > 0, x),
    "the end of a slice": lambda x: x[: np.argmax(x)],
    "the times of a repetition": lambda x: np.repeat(x, np.argmax(x)),
    "a shape": lambda x: np.reshape(x, (np.argmax(x), -1)),
}


@pytest.mark.parametrize("case", SIZES)
def test_a_size_that_depends_on_values_is_refused(case):
    with pytest.raises(Undecided, match="differs from call to call"):
        traced(SIZES[case], StandIn(np.array([1.0, 2.0, -1.0]), "x"))


def test_a_stand_in_is_an_array_where_it_stands_for_one():
    out = traced(
        lambda x, n: (x if isinstance(x, np.ndarray) else 100 * x, round(n, 1)), stand_in("x", 3), stand_in("n")
    )
    assert out.outputs[0].name == "x" and out.outputs[1].function == "round"


def test_results_that_a_program_cannot_give_are_refused():
    for f in (lambda x: {x: 1}, lambda x: slice(x), lambda x: [{1, 2}]):
        with pytest.raises(GraphError, match="f returned a"):
            traced(f, stand_in("x"))


def test_a_tensor_from_outside_is_refused():
    w = ag.Tensor(np.ones(3), name="w")
    with pytest.raises(GraphError, match=r"f uses w \(3,\) float64 from outside"):
        traced(lambda x: np.sum(w * x), stand_in("x", 3))
    with pytest.raises(GraphError, match=r"f uses .* from outside"):
        u = w * 2
        traced(lambda x: np.sum(u * x), stand_in("x", 3))


def test_a_tensor_made_inside_is_none_from_outside():
    out = traced(lambda x: np.sum(ag.Tensor(np.ones(3)) * x), stand_in("x", 3))
    assert out.tensors == [True]


def test_a_rule_that_looks_at_values_is_kept_as_a_whole():
    def size(x):
        return np.abs(x)

    back = [lambda g, _out, x: g if np.all(x > 0) else g * np.sign(x)]
    f = ag.primitive.general(size, back, [lambda t, _out, x: t * np.sign(x)])
    x = StandIn(np.array([1.0, 2.0, 3.0]), "x")
    (g,) = traced(ag.grad(lambda x: np.sum(f(x))), x).outputs
    assert g.function == "rule"
    with pytest.raises(Unsupported, match="derivative of a derivative"):
        traced(lambda x: ag.hessian(lambda x: np.sum(f(x)))(x), x)


def test_modes_are_as_they_were_after_an_error():
    with pytest.raises(ZeroDivisionError):
        traced(lambda x: 1 / 0, stand_in("x", 3))
    x = ag.Tensor(2.0)
    assert (x * x).node.line is None and ag.grad(lambda t: t * t)(3.0) == 6.0


# --- what can be left out -------------------------------------------------------------------------------------------


def steps(*roots):
    return [s.function for s in in_order(tidied([*map(kept, roots)]), never) if s.call is not None]


def test_equal_steps_are_one():
    x, y = stand_in("x", 3), stand_in("y", 3)
    assert steps(np.exp(x) * np.exp(x) + np.exp(y)) == ["exp", "multiply", "exp", "add"]


def test_equal_numbers_of_other_types_are_not_one():
    x = StandIn(np.arange(3), "x")
    assert steps(np.multiply(x, 2) + np.multiply(x, 2.0)) == ["multiply", "multiply", "add"]


@pytest.mark.parametrize(
    "nothing",
    [
        lambda x: 1 * x,
        lambda x: x * 1.0,
        lambda x: x / 1,
        lambda x: x**1,
        lambda x: np.negative(np.negative(x)),
        lambda x: x.astype(float),
        lambda x: np.positive(x),
        lambda x: np.reshape(x, (2, 3)),
        lambda x: np.ones((2, 3)) * x,
    ],
)
def test_what_does_nothing_is_left_out(nothing):
    assert steps(nothing(stand_in("x", 2, 3))) == []


@pytest.mark.parametrize(
    "something",
    [
        lambda x: x + 0.0,  # turns -0.0 into 0.0
        lambda x: x * True,
        lambda x: np.ones((2, 2, 3)) * x,
        lambda x: x.astype(np.float32),
        lambda x: np.reshape(x, (3, 2)),
        lambda x: np.ones((2, 3), np.float128) * x,
    ],
)
def test_what_does_something_stays(something):
    assert len(steps(something(stand_in("x", 2, 3)))) == 1


def test_a_list_or_dict_that_f_changes_is_refused():
    def f(state):
        state["t"] = state["t"] + 1
        return state["t"]

    t = stand_in("t")
    with pytest.raises(GraphError, match="changes a list or a dict"):
        trace(f, ({"t": t},), {}, [t])
