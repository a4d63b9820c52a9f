"""Terms: what they remember of how they were computed, so that it can be written and run again."""

import numpy as np
import pytest

import autograd as ag
from autograd import rules
from autograd.read import TEXT, Naming, Term, evaluate, in_order, local, rerun, rule, whole, write


class Marked(Term):
    __slots__ = ()


X = Term(np.array([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]), "X")


@pytest.mark.parametrize(
    ("made", "call", "params"),
    [
        (lambda x: np.tanh(x), np.tanh, {}),
        (lambda x: x + 1, np.add, {}),
        (lambda x: (x > 0) & (x < 2), np.bitwise_and, {}),
        (lambda x: ag.sigmoid(x), ag.sigmoid, {}),
        (lambda x: np.sum(x, axis=1), np.sum, {"axis": 1}),
        (lambda x: x.sum(axis=1), np.sum, {"axis": 1}),
        (lambda x: np.add.reduce(x), np.sum, {"axis": 0}),
        (lambda x: x[0, 1:], rules.getitem, {"index": (0, slice(1, None))}),
        (lambda x: x.astype("f4"), rules.cast, {"dtype": np.dtype("f4")}),
        (lambda x: np.argmax(x, axis=0), np.argmax, {}),
    ],
)
def test_a_symbol_knows_what_was_called(made, call, params):
    symbol, plain = made(X), made(X.value)
    assert symbol.call is call
    assert symbol.params.items() >= params.items()
    np.testing.assert_array_equal(symbol.value, plain)
    assert symbol.dtype == np.asarray(plain).dtype


def test_recorded_nodes_become_symbols_that_know_what_was_called():
    W, x = ag.Tensor(np.ones((2, 3)), name="W"), ag.Tensor(np.ones((3, 1)), name="x")
    a = ag.sigmoid(W @ x)
    called = Naming(a.node)
    assert local(a.node, called).call is ag.sigmoid
    assert whole(a.node, called, stop=lambda _: False).operands[0].call is np.matmul
    assert rule(a.node, 0, called).call is np.multiply
    assert X.call is None


def test_a_subclass_yields_itself():
    x = Marked(np.array([1.0, 2.0]))
    for made in (x + 1, 1 - X[0, :2] * x, np.sum(x), x[0], ag.relu(x), np.concatenate([X[0], x]), np.vstack([x, x])):
        assert type(made) is Marked
    assert type(X[0][Marked(np.array([1]))]) is Marked


def test_an_index_may_be_a_symbol():
    k = np.argmax(X, axis=1)
    picked = X[np.arange(2), k]
    assert picked.params["index"][1] is k
    np.testing.assert_array_equal(picked.value, [3.0, 4.0])
    np.testing.assert_array_equal(rules.scatter(picked, (np.arange(2), k), (2, 3)).value, [[0, 0, 3], [0, 4, 0]])
    rows, columns = np.nonzero(X > 3)
    np.testing.assert_array_equal((rows.value, columns.value), [[1], [1]])


def test_a_symbol_does_not_turn_into_an_array_unseen():
    with pytest.raises(ag.Unsupported, match="could no longer be read"):
        np.asarray(X)


def test_shapes_and_dtypes_are_plain():
    assert (np.shape(X), X.ndim, X.size, len(X), np.result_type(X, 1)) == ((2, 3), 2, 6, 2, np.dtype(float))
    assert [row.shape for row in X] == [(3,), (3,)]


# --- computed once more -----------------------------------------------------------------------------------------------


def line():
    W, dZ, m = Term(np.ones((2, 3)), "W"), Term(np.full((2, 5), 2.0), "Z", gradient=True), Term(5.0, "m")
    return W, dZ, 1 / m * (np.transpose(W) @ np.tanh(dZ))


def test_evaluate_takes_values_for_names_and_gradients_apart():
    _, dZ, term = line()
    other = np.arange(10.0).reshape(2, 5)
    found = evaluate(term, {("Z", True): other, ("Z", False): np.zeros((2, 5)), ("m", False): 2.0})
    np.testing.assert_allclose(found, np.ones((3, 2)) @ np.tanh(other) / 2)
    assert (dZ.value == 2).all()


def test_evaluate_without_values_gives_what_was_recorded():
    assert (evaluate(line()[2], {}) == line()[2].value).all()


def test_evaluate_computes_with_the_shapes_that_are_given():
    assert evaluate(line()[2], {("Z", True): np.ones((2, 7))}).shape == (3, 7)


def test_values_that_do_not_fit_raise_what_the_operation_raises():
    with pytest.raises(ValueError, match="matmul"):
        evaluate(line()[2], {("Z", True): np.ones((3, 5))})


def test_rerun_puts_another_term_in_a_place():
    _, dZ, term = line()
    tanh = next(s for s in in_order([term]) if s.call is np.tanh)
    found = rerun(term, lambda s: dZ if s is tanh else None)
    assert write(found, style=TEXT) == "(1/m) Wᵀ dZ"
    assert (found.value == np.ones((3, 2)) @ dZ.value / 5).all()
    assert write(term, style=TEXT) == "(1/m) Wᵀ tanh(dZ)"


def test_rerun_changes_what_stands_in_an_index():
    i, x = Term(1, "i"), Term(np.arange(3.0), "x")
    assert evaluate(x[i], {("i", False): 2}) == 2.0


@pytest.mark.parametrize("subject", ["relu", "softmax", "leaky_relu"])
def test_each_line_of_a_derivation_can_be_computed_once_more(subject):
    rng = np.random.default_rng(0)
    W, X, Y = ag.Tensor(rng.normal(size=(4, 3)), name="W"), rng.normal(size=(3, 5)), rng.random((4, 5))
    Z = W @ X
    Z.name = "Z"
    A = getattr(ag, subject)(Z)
    A.name = "A"
    derivation = ag.derive(np.mean(np.sum((A - Y) ** 2, axis=0)))
    for of in derivation.lines:
        gradients = {(other.name[1:], True): 3 * other.value for other in derivation.lines}
        for form in (of.term, of.draft):
            np.testing.assert_allclose(evaluate(form, {}), of.value, rtol=1e-12)
            reads = any(s.gradient for s in in_order([form]))
            np.testing.assert_allclose(evaluate(form, gradients), of.value * (3 if reads else 1), rtol=1e-12)
    assert derivation.m == 5
    assert [of.name for of in derivation.lines if of.of_samples] == ["dA", "dZ"]
