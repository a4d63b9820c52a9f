"""What a recorded operation keeps alive: only what a rule reads. And the rules do without the rest."""

import tracemalloc
import weakref

import numpy as np
import pytest

import autograd as ag
from tests.autograd.case import for_each
from tests.autograd.cases import CASES
from tests.autograd.helpers import bits, cotangent, frozen, interior, without_collector

X, Y, SQUARE = np.arange(1.0, 7).reshape(2, 3) / 7, np.arange(2.0, 8).reshape(2, 3), np.arange(9.0).reshape(3, 3)

# what is called, its operands, and what of (operands…, result) has to stay for the derivative
KEPT = {
    "add": (np.add, [X, Y], []),
    "subtract": (np.subtract, [X, Y], []),
    "multiply": (np.multiply, [X, Y], ["first", "second"]),
    "divide": (np.divide, [X, Y], ["second", "result"]),
    "negative": (np.negative, [X], []),
    "square": (np.square, [X], ["first"]),
    "power": (np.power, [X, Y], ["first", "second", "result"]),
    "exp": (np.exp, [X], ["result"]),
    "expm1": (np.expm1, [X], ["first"]),
    "sqrt": (np.sqrt, [X], ["result"]),
    "tanh": (np.tanh, [X], ["result"]),
    "log": (np.log, [X], ["first"]),
    "sin": (np.sin, [X], ["first"]),
    "maximum": (np.maximum, [X, Y], ["first", "second"]),
    "sign": (np.sign, [X], ["first"]),  # for |x|·sign(x) in cancel.py
    "sigmoid": (ag.sigmoid, [X], ["result"]),
    "relu": (ag.relu, [X], ["result"]),
    "log_sigmoid": (ag.log_sigmoid, [X], ["first"]),
    "softmax": (ag.softmax, [X], ["result"]),
    "logsumexp": (lambda x: ag.logsumexp(x, axis=0), [X], ["first", "result"]),
    "log_loss": (ag.log_loss, [X, X], ["first", "second"]),
    "sum": (lambda x: np.sum(x, axis=0), [X], []),
    "mean": (lambda x: np.mean(x, axis=0), [X], []),
    "max": (lambda x: np.max(x, axis=0), [X], ["first", "result"]),
    "prod": (lambda x: np.prod(x, axis=0), [X], ["first"]),
    "reshape": (lambda x: np.reshape(x, (3, 2)), [X], []),
    "transpose": (np.transpose, [X], []),
    "broadcast_to": (lambda x: np.broadcast_to(x, (4, 2, 3)), [X], []),
    "concatenate": (lambda x, y: np.concatenate([x, y]), [X, Y], []),
    "stack": (lambda x, y: np.stack([x, y]), [X, Y], []),
    "getitem": (lambda x: x[1:], [X], []),
    "fancy getitem": (lambda x: x[np.array([0, 0])], [X], []),
    "where": (lambda x, y: np.where(X > 0.5, x, y), [X, Y], []),
    "matmul": (np.matmul, [X, SQUARE], ["first", "second"]),
    "einsum": (lambda x, y: np.einsum("ij,jk->ik", x, y), [X, SQUARE], ["first", "second"]),
}


@pytest.mark.parametrize("name", KEPT)
def test_only_what_a_rule_reads_is_kept_alive(name):
    function, arrays, expected = KEPT[name]
    with without_collector():
        operands = [interior(ag.Tensor(x)) for x in arrays]
        result = function(*operands)
        names = [*["first", "second"][: len(operands)], "result"]
        watched = [weakref.ref(t.data) for t in [*operands, result]]
        node = result.node
        del operands, result
        assert [n for n, ref in zip(names, watched) if ref() is not None] == expected
        del node
        assert [n for n, ref in zip(names, watched) if ref() is not None] == []


@for_each("case", CASES)
def test_rules_do_without_what_is_not_kept(case):
    """Operands that are results of operations, forgotten when the sweep runs, give the same gradients."""
    found = []
    for through in (lambda t: t, interior):
        leaves = [ag.Tensor(frozen(case.operands[i])) for i in case.wanted]
        out = case.substituted(*map(through, leaves))
        out.backward(cotangent(out.data))
        tangents = [cotangent(t.data, "v") for t in leaves]
        pushed = ag.jvp(lambda *xs, through=through: case.substituted(*map(through, xs)), _data(leaves), tangents)[1]
        found.append([bits(g) for g in [*(t.grad for t in leaves), pushed]])
    assert found[0] == found[1]


def _data(tensors):
    return [t.data for t in tensors]


def test_a_graph_holds_no_tensor():
    """The Tensors of interior results die at once, though the graph lives."""
    with without_collector():
        x = ag.Tensor(X)
        middle = np.tanh(x)
        watched = weakref.ref(middle)
        out = np.sum(middle * middle)
        del middle
        assert watched() is None
        out.backward()
    np.testing.assert_allclose(x.grad, 2 * np.tanh(X) * (1 - np.tanh(X) ** 2))


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_graph_is_freed_by_reference_counting_alone(create_graph):
    with without_collector():
        x = ag.Tensor(X, name="x")
        hidden = np.tanh(x @ SQUARE)
        J = np.sum(hidden * hidden)
        watched = [weakref.ref(hidden.data), weakref.ref(hidden.node), weakref.ref(J.node)]
        J.backward(create_graph=create_graph)
        x.grad = None
        del hidden, J
        assert all(ref() is None for ref in watched)


def test_functional_derivatives_leave_nothing_behind():
    watched = []

    def f(x):
        hidden = np.tanh(x)
        watched.append(weakref.ref(hidden.data))
        return np.sum(hidden**3)

    with without_collector():
        ag.grad(f)(X)
        ag.hessian(f)(X)
        ag.jvp(f, (X,), (X,))
        ag.hvp(f, (X,), (X,))
        assert all(ref() is None for ref in watched)


# --- while a program is read ------------------------------------------------------------------------------------------


def step(W, V, X, Y):
    def cost(W, V):
        return ag.binary_cross_entropy(ag.sigmoid(V @ np.tanh(W @ X)), Y)

    J, gradients = ag.value_and_grad(cost, argnums=(0, 1))(W, V)
    return J, [p - 0.1 * g for p, g in zip((W, V), gradients)]


def classes(W, V, X, Y):
    T = ag.Tensor(W)
    A = ag.softmax(T @ X, axis=0)
    A.name = "A"
    J = -np.mean(A * np.log(A)) + np.sum(ag.logsumexp(T, axis=0)) + np.sum(ag.relu(V @ X))
    J.backward()
    return T.grad


def noisy(W, V, X, Y):
    rng = np.random.default_rng(0)
    mask = ag.drawn(lambda rng: rng.random(X.shape) < 0.5, rng)
    return ag.grad(lambda W: np.sum((W @ (X * mask)) ** 2))(W)


def long_chain(W, V, X, Y):
    for _ in range(40):
        W = np.where(W > 0, np.sin(W) * 1.01, W.T.reshape(W.shape))
    return W


READ = {f.__name__: f for f in (step, classes, noisy, long_chain)}


def peak(run):
    """The most memory that is allocated at once, in bytes."""
    run()  # what is imported and remembered at the first time
    with without_collector():
        tracemalloc.start()
        try:
            run()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("name", READ)
def test_reading_a_program_takes_about_the_memory_of_a_call(name):
    """Its values are gone as soon as those of a call, but for arrays that the rules make, which are constants of the
    program, and temporary ones, in which NumPy goes on computing where it sees that nobody else has them."""
    rng = np.random.default_rng(0)
    _, _, X, _ = given = [rng.random(shape) / 100 for shape in ((300, 300), (300, 300), (300, 200), (300, 200))]
    called = peak(lambda: READ[name](*given))
    assert peak(lambda: ag.compile(READ[name]).program(*given)) < 1.2 * called + 2 * X.nbytes


def test_a_program_that_was_read_holds_no_values():
    watched = []

    def f(x):
        hidden = np.tanh(ag.Tensor(x) * 2)
        hidden.name = "hidden"
        watched.append(weakref.ref(hidden._value.value))
        return hidden * hidden

    with without_collector():
        ag.compile(f).program(X)
        assert len(watched) == 2 and all(ref() is None for ref in watched)
