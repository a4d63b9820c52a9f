"""The recorded graph: order and reuse, how the work grows, how it is freed, what can be read off it, threads."""

import os
import threading

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import bits, close, live, without_collector

LENGTH = 1_000_000


class Edges(ag.Observer):
    """Keeps what it is told."""

    def __init__(self):
        self.seen = []

    def edge(self, node, position, incoming, contribution, fitted, total):
        self.seen.append((node, position, incoming, contribution, fitted, total))


def edges(root):
    watch = Edges()
    ag.reverse(root.node, 1.0, observers=(watch,))
    return watch.seen


# --- order and reuse -----------------------------------------------------------------------------------------------


def test_what_is_used_twice_is_complete_before_it_is_passed_on():
    a = ag.Tensor(3.0)
    b = a + a
    c = b * b
    c.backward()
    assert (c.grad, b.grad, a.grad) == (1.0, 12.0, 24.0)
    assert [total for *_, total in edges(c)] == [6.0, 12.0, 12.0, 24.0]


@pytest.mark.parametrize("order", [0, 1])
def test_the_order_of_use_does_not_matter(order):
    x = ag.Tensor(2.0)
    y = np.tanh(x)
    parts = [y * x, np.exp(y) * 3]
    out = parts[order] + parts[1 - order]
    out.backward()
    close(x.grad, ag.grad(lambda x: np.tanh(x) * x + 3 * np.exp(np.tanh(x)))(2.0))


def test_only_paths_to_a_target_are_visited():
    x, y = ag.Tensor(2.0), ag.Tensor(3.0)
    out = np.exp(x) + np.sin(np.cos(y))
    watch = Edges()
    found = ag.reverse(out.node, 1.0, targets=[x.node], observers=(watch,))
    assert found[x.node] == np.exp(2.0)
    assert y.node not in found
    assert [node.op.name for node, *_ in watch.seen] == ["add", "exp"]


def test_targets_are_not_searched_for_each_node():
    class Listed(list):
        def __contains__(self, node):
            raise AssertionError("a list is searched from its beginning")

    x, y = ag.Tensor(2.0), ag.Tensor(3.0)
    found = ag.reverse((x * y).node, 1.0, targets=Listed([x.node, y.node]))
    assert (found[x.node], found[y.node]) == (3.0, 2.0)


def test_gradients_by_interior_nodes():
    x = ag.Tensor(2.0)
    y = x * x
    out = y * y + x
    found = ag.reverse(out.node, 1.0, targets=[y.node, x.node])
    assert (found[y.node], found[x.node]) == (8.0, 33.0)


# --- how the work grows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 10, 1000])
def test_each_edge_is_passed_once(n):
    """x = x + x, n times over, has 2**n paths and 2n edges."""
    leaf = x = ag.Tensor(1.0)
    for _ in range(n):
        x = x * 0.5 + x * 0.5
    seen = edges(x)
    assert len(seen) == 4 * n
    assert len({(node, position) for node, position, *_ in seen}) == 4 * n
    assert seen[-1][-1] == 1.0
    x.backward()
    assert leaf.grad == 1.0


def test_a_recorded_sweep_grows_with_the_graph():
    """Counted in operations that backward(create_graph=True) records."""
    recorded = []
    for n in (50, 100, 200):
        x = y = ag.Tensor(np.ones(2))
        for _ in range(n):
            y = np.tanh(y)
        before = ag.Tensor(0.0).node.index
        y.sum().backward(create_graph=True)
        recorded.append(ag.Tensor(0.0).node.index - before)
        x.grad = None
    assert recorded[2] - recorded[1] == 2 * (recorded[1] - recorded[0]) <= 100 * 5


@pytest.mark.slow
def test_a_million_operations_go_forward_and_backward_and_are_freed():
    with without_collector():
        nodes = live(ag.Node)
        leaf = x = ag.Tensor(1.0)
        for _ in range(LENGTH // 2):
            x = x * 1.0 + 0.0
        assert live(ag.Node) - nodes == LENGTH + 1
        x.backward()
        assert leaf.grad == x.grad == 1.0
        assert len(ag.ancestors(x.node)) == LENGTH + 1
        del x
        assert live(ag.Node) - nodes == 1


@pytest.mark.slow
def test_a_long_chain_in_the_other_readings():
    """Forward mode, second order and the values have no recursion either."""
    n = 20_000

    def f(x):
        y = x
        for _ in range(n):
            y = y + x * 1e-5
        return y * y

    s = 1 + n * 1e-5
    with without_collector():
        nodes = live(ag.Node)
        close(ag.jvp(f, (1.0,), (1.0,))[1], 2 * s * s)
        close(ag.grad(ag.grad(f))(1.0), 2 * s * s)
        close(ag.hvp(f, (1.0,), (1.0,))[1], 2 * s * s)
        x = ag.Tensor(1.0)
        root = f(x)
        assert len(ag.values(root.node)) == 2 * n + 2
        del root, x
        assert live(ag.Node) == nodes


def test_a_wide_sum_is_freed():
    with without_collector():
        nodes = live(ag.Node)
        xs = [ag.Tensor(float(i)) for i in range(10_000)]
        out = np.sum(np.stack(xs))
        out.backward()
        assert all(x.grad == 1.0 for x in xs)
        del xs, out
        assert live(ag.Node) == nodes


# --- what can be read off it ---------------------------------------------------------------------------------------


def test_values_are_what_was_computed_to_the_last_bit():
    W, x = ag.Tensor(np.linspace(-1, 1, 6).reshape(2, 3), name="W"), np.linspace(0, 2, 12).reshape(3, 4)
    steps = [W]
    for step in (
        lambda: W @ x,
        lambda: np.tanh(steps[-1]),
        lambda: steps[-1] * 3 + W[:, :1],
        lambda: np.concatenate([steps[-1], steps[1]], axis=1),
        lambda: np.where(steps[-1] > 0, steps[-1], 0.5),
        lambda: np.einsum("ij->j", steps[-1]),
        lambda: ag.softmax(steps[-1]),
        lambda: np.exp(np.sum(steps[-1] ** 2)),
        lambda: steps[-1].reshape(1, 1),
    ):
        steps.append(step())
    found = ag.values(steps[-1].node)
    assert set(ag.ancestors(steps[-1].node)) == set(found)
    assert [bits(found[t.node])[1:] for t in steps] == [bits(t.data)[1:] for t in steps]


def test_values_after_new_data_where_the_old_are_kept():
    x = ag.Tensor(3.0, name="x")
    y = np.sin(x)
    z = y + 0.0
    x.data = 100.0
    assert ag.values(z.node)[z.node] == np.sin(3.0)


def test_values_after_new_data_where_nothing_has_kept_the_old():
    x = ag.Tensor(np.arange(3.0), name="x")
    node = x.reshape(3, 1).node  # without its result: a view keeps what it is a view of
    ag.values(node)
    x.data = np.ones(3)
    with pytest.raises(ag.GraphError, match="x was given new data after"):
        ag.values(node)
    ag.values((x * 2).node)  # recorded again, all is well


def test_a_watcher_is_told_of_every_edge():
    x = ag.Tensor(np.ones((2, 3)), name="x")
    b = ag.Tensor(np.ones((2, 1)), name="b")
    out = np.sum(x + b)
    by_sum, to_x, to_b = edges(out)
    assert [e[0].op.name for e in (by_sum, to_x, to_b)] == ["sum", "add", "add"]
    assert [e[1] for e in (by_sum, to_x, to_b)] == [0, 0, 1]
    assert np.shape(to_b[3]) == (2, 3)  # as the rule gave it
    close(to_b[4], np.full((2, 1), 3.0))  # as the operand takes it
    close(to_b[5], np.full((2, 1), 3.0))


def test_lines_are_those_of_the_users_code():
    x = ag.Tensor(np.ones((2, 2)))
    start = test_lines_are_those_of_the_users_code.__code__.co_firstlineno
    with ag.record_lines():
        product = x @ x
        through_numpy = np.tanh(x)
        reduced = np.sum(through_numpy, axis=0)
        method = reduced.mean()
    outside = x * 2
    expected = {"product": 4, "through_numpy": 5, "reduced": 6, "method": 7}
    for name, line in expected.items():
        file, number = locals()[name].node.line
        assert (os.path.basename(file), number - start) == (os.path.basename(__file__), line), name
    assert outside.node.line is None


# --- threads -------------------------------------------------------------------------------------------------------


def test_no_grad_in_one_thread_does_not_disturb_another():
    x = ag.Tensor(3.0)
    inside, done = threading.Event(), threading.Event()
    seen = {}

    def evaluate():
        with ag.no_grad():
            seen["other"] = (x * x).requires_grad
            inside.set()
            done.wait(10)

    thread = threading.Thread(target=evaluate)
    thread.start()
    assert inside.wait(10)
    seen["this"] = (x * x).requires_grad
    done.set()
    thread.join()
    assert seen == {"other": False, "this": True}


def test_threads_sweep_over_graphs_of_their_own():
    found = {}

    def work(k):
        x = ag.Tensor(np.full(3, float(k)))
        y = x
        for _ in range(200):
            y = y * 1.0 + 0.0
        (y * y).sum().backward()
        found[k] = x.grad.tolist()

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found == {k: [2.0 * k] * 3 for k in range(4)}
