"""What a sweep does in one step or by one call gives what the rules give one by one, or the limit where that is 0·∞."""

from __future__ import annotations

import numpy as np
import pytest

import autograd as ag
from autograd.core.modes import Observer
from autograd.core.op import OPS
from autograd.core.sweep import forward, reverse
from autograd.rules.special import log_loss, xlogy

BOTH = sorted({op.name: op for op in OPS.values() if op.both is not None}.items())
STEPS = [(op, *key) for op in dict.fromkeys(OPS.values()) for key in op.in_one_step]
COSTS = {
    "binary_cross_entropy": lambda A, Y: ag.binary_cross_entropy(A, Y),
    "log_loss": lambda A, Y: np.sum(log_loss(A, Y)) / 7,
    "xlogy": lambda A, Y: -np.sum(xlogy(Y, A)) / 7,
}
STEP_IDS = [f"{op.name} at {before.name}" for op, _, before in STEPS]


def data(op, certain=False, dtype=float):
    """Z (3, 4) and targets, of which columns sum to 1 for a softmax."""
    rng = np.random.default_rng(3)
    Z = rng.standard_normal((3, 4)).astype(dtype)
    if certain:
        Z[:, 1] = [1000, -1000, -1000]
    Y = np.eye(3)[:, [0, 1, 2, 1]] if op.name == "xlogy" else (rng.random((3, 4)) > 0.5).astype(float)
    if op.name != "xlogy":
        Y[:, 1] = [0, 1, 0]
    return Z, Y.astype(dtype)


def cost_of(op, before, Y):
    return lambda Z: COSTS[op.name](before.function(Z), Y)


def by_two_rules(J):
    """The gradients of all nodes by the rules one after the other."""
    return reverse(J.node, 1.0, keep=True, observers=(_Touching(),))


class _Touching(Observer):
    """Gives each gradient as a copy: what arrives at a node is then not what the step before has sent."""

    def visit(self, node, g):
        return g.copy() if isinstance(g, np.ndarray) else g


def test_there_are_such_rows():
    assert [name for name, _ in BOTH][:2] == ["add", "gap"] and {"multiply", "subtract"} <= dict(BOTH).keys()
    assert STEP_IDS == ["xlogy at softmax", "log_loss at sigmoid", "binary_cross_entropy at sigmoid"]


@pytest.mark.parametrize(("name", "op"), BOTH, ids=[name for name, _ in BOTH])
def test_both_shares_by_one_call_are_those_of_the_two_rules(name, op):
    rng = np.random.default_rng(0)
    for make in (lambda: float(rng.standard_normal()), lambda: rng.standard_normal((2, 3))):
        g, x, y = make(), make(), make()
        out = op.run((x, y), {})
        together, each = op.both(g, out, x, y), [vjp(g, out, x, y) for vjp in op.vjps]
        assert all(np.array_equal(a, b) and type(a) is type(b) for a, b in zip(together, each, strict=True))
        assert type(g) is not float or {*map(type, together)} == {float}


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
@pytest.mark.parametrize("dtype", [float, np.float32, np.float16])
def test_one_step_gives_what_the_two_rules_give(op, i, before, dtype):
    values, Y = data(op, dtype=dtype)
    Z = ag.Tensor(values)
    A = before.function(Z)
    J = COSTS[op.name](A, Y)
    J.backward()
    expected = by_two_rules(J)
    tolerance = 30 * float(np.finfo(dtype).eps)
    assert Z.grad.dtype == dtype
    np.testing.assert_allclose(Z.grad, expected[Z.node], rtol=tolerance, atol=tolerance)
    np.testing.assert_array_equal(A.grad, expected[A.node])  # the gradient in between is there as well


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
def test_a_certain_and_wrong_prediction_has_the_limit(op, i, before):
    values, Y = data(op, certain=True)
    A = before.function(values)
    share = 4 if op.name == "binary_cross_entropy" else 7
    cost = cost_of(op, before, Y)
    with np.errstate(all="ignore"):
        found = [
            ag.grad(cost)(values),
            ag.value_and_grad(cost)(values)[1],
            ag.compile(ag.grad(cost))(values),
            ag.jacobian(cost)(values),
        ]
        Z = ag.Tensor(values)
        cost(Z).backward()
        found.append(Z.grad)
        Z = ag.Tensor(values)
        cost(Z).backward(create_graph=True)
        found.append(Z.grad.data)
    assert abs((A - Y)[:, 1]).max() == 1
    for gradient in found:
        np.testing.assert_allclose(gradient, (A - Y) / share, rtol=1e-12, atol=1e-15)


def doubled(A, cost):
    A.register_hook(lambda g: 2 * g)
    return cost()


def clipped(A, cost):
    A.register_hook(lambda g: np.clip(g, -3, 3))
    return cost()


def looked_at(A, cost):
    A.register_hook(lambda g: None)
    return cost()


USES = {  # what else is done with the prediction: the cost of all, and how much of the rule's step arrives
    "alone": (lambda A, cost: cost(), 1),
    "a hook that looks": (looked_at, 1),
    "a hook that doubles": (doubled, 2),
    "a hook that cuts": (clipped, None),
    "added to the cost": (lambda A, cost: cost() + np.sum(A * A), 1),
    "the cost added to it": (lambda A, cost: np.sum(A * A) + cost(), 1),
    "the cost twice": (lambda A, cost: cost() + 2 * cost(), 3),
    "used again, with a hook": (lambda A, cost: doubled(A, lambda: np.sum(A * A) + cost() + cost()), 4),
}


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("dtype", [float, np.float32, np.float16])
@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
def test_the_limit_arrives_whatever_else_is_done_with_a_certain_prediction(op, i, before, use, dtype, create_graph):
    values, Y = data(op, certain=True, dtype=dtype)
    others = np.delete(np.arange(4), 1)
    then, factor = USES[use]

    def swept(values, Y, then):
        Z = ag.Tensor(values)
        A = before.function(Z)
        then(A, lambda: COSTS[op.name](A, Y)).backward(create_graph=create_graph)
        return np.asarray(getattr(Z.grad, "data", Z.grad), float)

    found, tolerance = swept(values, Y, then), 8 * float(np.finfo(dtype).eps)
    scale = 4 if op.name == "binary_cross_entropy" else 7
    step = (before.function(values.astype(float)) - Y)[:, 1] / scale
    wanted = 0 * step if factor is None else factor * step  # A(1 - A) is 0: nothing arrives by way of the rest
    np.testing.assert_allclose(found[:, 1], wanted, rtol=tolerance, atol=max(tolerance, 3e-3 * (dtype == np.float16)))
    if op.name != "binary_cross_entropy":  # there m is another without it
        alone = swept(values[:, others], Y[:, others], then)
        np.testing.assert_allclose(found[:, others], alone, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
@pytest.mark.filterwarnings("ignore:.*encountered:RuntimeWarning")
def test_a_hook_on_a_certain_prediction_is_shown_finite_numbers(op, i, before):
    values, Y = data(op, certain=True)
    Z, shown = ag.Tensor(values), []
    A = before.function(Z)
    A.register_hook(shown.append)
    COSTS[op.name](A, Y).backward()
    assert np.isfinite(shown[0]).all() and np.abs(shown[0][:, 1]).max() > 1e14
    np.testing.assert_array_equal(A.grad, shown[0])


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
@pytest.mark.parametrize("certain", [False, True])
@pytest.mark.parametrize("dtype", [float, np.float32, np.float16])
def test_a_tangent_passes_in_one_step_as_well(op, i, before, certain, dtype):
    values, Y = data(op, certain, dtype)
    cost, V = cost_of(op, before, Y), np.random.default_rng(0).standard_normal((3, 4)).astype(dtype)
    with np.errstate(divide="ignore"):  # of the cost itself, which is infinite
        tangent = ag.jvp(cost, (values,), (V,))[1]
        again = ag.jvp(lambda X: ag.jvp(cost, (X,), (V,))[1], (values,), (V,))[1]
        gradient, product = ag.hvp(cost, (values,), (V,))
    tolerance = 30 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(tangent, np.sum(gradient.astype(float) * V), rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(again, np.sum(product.astype(float) * V), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
def test_a_tangent_that_the_prediction_was_given_counts(op, i, before):
    values, Y = data(op)
    Z, V = ag.Tensor(values), np.random.default_rng(0).standard_normal((3, 4))
    A = before.function(Z)
    J = COSTS[op.name](A, Y)
    J.backward()
    assert forward(J.node, {Z.node: 5 * V, A.node: V}) == pytest.approx(np.sum(A.grad * V), rel=1e-12)


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
def test_higher_derivatives_and_forward_mode_agree_with_it(op, i, before):
    values, Y = data(op)
    assert ag.check_grads(cost_of(op, before, Y), values, order=2, modes=("fwd", "rev")).ok


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
@pytest.mark.parametrize("other", ["before", "after"])
def test_what_else_flows_to_the_prediction_arrives(op, i, before, other):
    values, Y = data(op)

    def cost(Z):
        A = before.function(Z)
        more = np.sum(A * A)
        return more + COSTS[op.name](A, Y) if other == "before" else COSTS[op.name](A, Y) + np.sum(A * A * A)

    assert ag.check_grads(cost, values).ok


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
def test_a_hook_on_the_prediction_changes_what_is_passed_on(op, i, before):
    values, Y = data(op)
    Z = ag.Tensor(values)
    A = before.function(Z)
    A.register_hook(lambda g: 2 * g)
    COSTS[op.name](A, Y).backward()
    np.testing.assert_allclose(Z.grad, 2 * ag.grad(cost_of(op, before, Y))(values), rtol=1e-12)


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
def test_whoever_looks_on_sees_both_steps(op, i, before):
    values, Y = data(op)

    class Edges(Observer):
        def __init__(self):
            self.seen = []

        def edge(self, node, position, incoming, contribution, fitted, total):
            self.seen.append((node.op.name, position, contribution))

    edges, Z = Edges(), ag.Tensor(values)
    J = cost_of(op, before, Y)(Z)
    reverse(J.node, 1.0, observers=(edges,))
    steps = [name for name, _, _ in edges.seen]
    assert steps[-2:] == [op.name, before.name]
    J.backward()
    np.testing.assert_array_equal(edges.seen[-1][2], Z.grad)


@pytest.mark.parametrize(("op", "i", "before"), STEPS, ids=STEP_IDS)
def test_the_gradient_of_the_prediction_alone_and_of_both(op, i, before):
    values, Y = data(op)
    Z = ag.Tensor(values)
    A = before.function(Z)
    J = COSTS[op.name](A, Y)
    J.backward()
    alone = reverse(J.node, 1.0, targets=[A.node])
    np.testing.assert_array_equal(alone[A.node], A.grad)
    assert Z.node not in alone
    both = reverse(J.node, 1.0, targets=[A.node, Z.node])
    np.testing.assert_array_equal(both[A.node], A.grad)
    np.testing.assert_array_equal(both[Z.node], Z.grad)
    not_through = reverse(J.node, 1.0, targets=[A.node, Z.node], through=False)
    assert Z.node not in not_through


def test_targets_that_are_repeated_take_the_two_rules():
    Z, Y = np.random.default_rng(0).standard_normal((3, 1)), np.eye(3)
    assert ag.check_grads(lambda Z: -np.sum(xlogy(Y, ag.softmax(Z))), Z).ok
    assert ag.check_grads(lambda Z: np.sum(log_loss(ag.sigmoid(Z), Y)), Z).ok
    assert ag.check_grads(lambda Z: -np.sum(xlogy(Y[:, :1], ag.softmax(Z + Y, axis=1))), Z).ok


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_along_any_axis(axis):
    Z, Y = np.random.default_rng(0).standard_normal((3, 4)), np.random.default_rng(1).random((3, 4))
    assert ag.check_grads(lambda Z: -np.sum(xlogy(Y, ag.softmax(Z, axis=axis))), Z, order=2).ok


def test_numbers_of_different_precisions_keep_theirs():
    x, y = ag.Tensor(np.float32(0.5)), ag.Tensor(3.0)
    (x * y + x).backward()
    assert (x.grad.dtype, type(y.grad)) == (np.float32, float)
    assert (x.grad, y.grad) == (4, 0.5)


def test_a_number_that_is_both_operands_gets_both_shares():
    x = ag.Tensor(3.0)
    (x * x + x - x).backward()
    assert x.grad == 6
    assert ag.grad(lambda x: x * x * x)(2.0) == 12
    assert ag.grad(lambda x, c: x * (c * c), argnums=0)(2.0, 3.0) == 9


def test_a_score_that_is_one_number():
    z = ag.Tensor(0.3)
    log_loss(ag.sigmoid(z), 1.0).backward()
    assert z.grad == pytest.approx(float(ag.sigmoid(0.3)) - 1, rel=1e-15)
