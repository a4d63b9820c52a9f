"""What an entry was computed from is where the Jacobian is not zero; and its arithmetic gives its value."""

from functools import partial

import numpy as np
import pytest

import autograd as ag
import viz
from autograd.core.fitting import fit
from autograd.core.op import OPS
from autograd.read import in_order
from tests.autograd.case import for_each
from tests.autograd.cases import CASES
from tests.viz.programs import network
from tests.viz.test_story import RUNS, branching, logistic
from viz.seen.arithmetic import arithmetic, in_numbers, with_entries
from viz.seen.cells import is_opaque
from viz.seen.entries import FEW, reads
from viz.seen.places import Slot
from viz.seen.steps import Compute, Contribute
from viz.seen.story import record

RNG = np.random.default_rng(5)


def drawn(*shape):
    return RNG.uniform(0.5, 2.0, shape) * RNG.choice([-1, 1], shape)


WHOLE = {
    "product": (np.matmul, [drawn(3, 2), drawn(2, 4)]),
    "sum": (lambda a: np.sum(a, axis=1), [drawn(3, 4)]),
    "mean": (lambda a: np.mean(a, axis=0, keepdims=True), [drawn(3, 4)]),
    "transpose": (lambda a: np.transpose(a), [drawn(3, 4)]),
    "broadcast sum": (lambda a, b: a + b, [drawn(3, 4), drawn(3, 1)]),
    "broadcast product": (lambda a, b: a * b, [drawn(4), drawn(3, 1)]),
    "convolution": (lambda x, w: ag.conv2d(x, w, padding=1, stride=2), [drawn(2, 4, 3, 1), drawn(2, 2, 2, 2)]),
    "fancy index": (lambda a: a[[0, 2, 0], [1, 1, 3]], [drawn(3, 4)]),
    "slice": (lambda a: a[:, ::-2], [drawn(3, 4)]),
    "max": (lambda a: np.max(a, axis=1), [drawn(3, 4)]),
    "max with a tie": (lambda a: np.max(a), [np.array([1.0, 3.0, 3.0, 2.0])]),
    "cumsum": (lambda a: np.cumsum(a), [drawn(5)]),
    "softmax": (lambda a: ag.softmax(a), [drawn(3, 2)]),
    "where": (lambda a, b: np.where(a > 0, a, b), [drawn(3, 4), drawn(3, 4)]),
    "relu": (lambda a: ag.relu(a), [drawn(3, 4)]),
    "clip": (lambda a: np.clip(a, -1.0, 1.0), [drawn(3, 4)]),
    "sort": (lambda a: np.sort(a), [drawn(5)]),
    "concatenate": (lambda a, b: np.concatenate([a, b], axis=1), [drawn(2, 2), drawn(2, 3)]),
    "solve": (np.linalg.solve, [drawn(3, 3) + 4 * np.eye(3), drawn(3)]),
    "inverse": (np.linalg.inv, [drawn(2, 2) + 4 * np.eye(2)]),
    "product with zeros": (np.matmul, [np.array([[0.0, 1.0], [2.0, 0.0]]), drawn(2, 2)]),
    "einsum": (lambda a, b: np.einsum("ij,kj->ik", a, b), [drawn(2, 3), drawn(2, 3)]),
    "triangle": (np.tril, [drawn(3, 3)]),
    "the same twice": (lambda a: a * a.T, [drawn(3, 3)]),
}


def of_inputs(story, inputs):
    """{vertex: for each of its entries those of the inputs that it was computed from}, followed through all steps."""
    reach = {}
    for i, step in enumerate(story.steps):
        if step.phase != "forward":
            break
        found = reads(story, i)
        size = np.size(step.value)
        here = [set() for _ in range(size)]
        slots = found.slots if found else {}
        for slot, lists in slots.items():
            for place, entries in enumerate(lists):
                for k in entries:
                    here[place] |= reach[slot.vertex][k] if slot.vertex in reach else {(slot.vertex, k)}
        reach[step.node] = here
    return reach


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_lit_is_where_the_jacobian_is_not_zero(name):
    """In one step; "the same twice" and "where" are several, which are followed to the inputs."""
    function, values = WHOLE[name]
    inputs = [ag.Tensor(v, name="ABC"[i]) for i, v in enumerate(values)]
    result = function(*inputs)
    story = record(np.sum(result * (weights := drawn(*result.shape))))
    del weights
    reach = of_inputs(story, inputs)[story.graph.value_ids[result.node]]
    jacobians = ag.jacobian(function, argnums=tuple(range(len(values))))(*values)
    for k, t in enumerate(inputs):
        expected = np.asarray(jacobians[k]).reshape(result.size, -1) != 0
        id = story.graph.value_ids[t.node]
        lit = np.zeros_like(expected)
        for place, entries in enumerate(reach):
            for vertex, at in entries:
                if vertex == id:
                    lit[place, at] = True
        assert np.array_equal(lit, expected), (name, k)


def rule_of(node, position, step):
    """What a contribution is, as a function of the gradient and of the values that the rule reads, by the engine."""

    def function(g, out, *inputs):
        given = iter(inputs)
        wrapped = [next(given) if w else x for w, x in zip(moving, node.inputs, strict=True)]
        share = node.op.recorded[0][position](g, out, *wrapped, **node.params)
        return fit(share, node.parents[position].shape, node.parents[position].dtype)

    moving = [isinstance(x, (float, np.ndarray)) and np.asarray(x).dtype.kind == "f" for x in node.inputs]
    return function, [x for w, x in zip(moving, node.inputs, strict=True) if w]


def by_gradient(rule, out, inputs, g):
    return rule(g, out, *inputs)


@pytest.mark.parametrize("name", ["product", "sum", "transpose", "broadcast sum", "convolution", "fancy index", "max"])
def test_what_is_lit_in_the_backward_pass(name):
    """∂(contribution)/∂(what its rule reads), which is written out here by ag.jacobian of the rule."""
    function, values = WHOLE[name]
    result = function(*[ag.Tensor(v, name="ABC"[i]) for i, v in enumerate(values)])
    story = record(np.sum(result * drawn(*result.shape)))
    checked = 0
    for i, step in enumerate(story.steps):
        if not isinstance(step, Contribute) or np.size(step.contribution) < 2:
            continue
        node, position = story.origins[i]
        rule, inputs = rule_of(node, position, step)
        if node.op.variadic or not inputs:
            continue
        out = node.out
        found = reads(story, i).slots
        size = np.size(step.contribution)
        expected = np.zeros((size, np.size(step.incoming)), bool)
        jacobian = ag.jacobian(partial(by_gradient, rule, out, inputs))(step.incoming)
        expected |= np.asarray(jacobian).reshape(size, -1) != 0
        lit = np.zeros_like(expected)
        for place, entries in enumerate(found.get(Slot(step.node, True), [[]] * size)):
            lit[place, entries] = True
        assert np.array_equal(lit, expected), (name, step.title)
        checked += 1
    assert checked


def recomputed(cell):
    """The value of a Cell, from the numbers that it was computed from on, by the functions themselves."""
    found = {}
    for s in in_order([cell]):
        if s.name is not None or is_opaque(s):
            found[id(s)] = s.value
        else:
            given = [found.get(id(x), x) for x in s.operands]
            with np.errstate(all="ignore"):
                found[id(s)] = OPS[s.call].function(*map(np.float64, given), **s.params)
    return float(found[id(cell)])


def right(story, i, entries):
    """Whether the arithmetic of each entry gives what was recorded; and its numbers are those of the story."""
    step = story.steps[i]
    result = np.asarray(step.contribution if isinstance(step, Contribute) else step.value)
    eps = np.finfo(result.dtype if result.dtype.kind == "f" else float).eps
    assert len(entries) == result.size
    for entry, value in zip(entries, result.ravel().tolist()):
        values = [story.value(ref.slot) for ref in entry.refs]
        numbers = [np.ravel(v)[ref.place].item() for v, ref in zip(values, entry.refs)]
        assert "⟦" not in with_entries(entry.form, str) and "⟪" not in entry.form + (entry.short or "")
        in_numbers(entry.form, numbers)
        if not hasattr(entry.cell, "operands"):
            assert entry.cell == value or (value != value and entry.cell != entry.cell)
            continue
        leaves = [s for s in in_order([entry.cell]) if s.name is not None]
        assert {s.value for s in leaves if s.value == s.value} == {n for n in numbers if n == n}
        scale = max([abs(s.value) for s in in_order([entry.cell]) if np.isfinite(s.value)], default=1.0)
        parts = sum(1 for _ in in_order([entry.cell]))
        again = recomputed(entry.cell)
        if np.isfinite(value):
            assert abs(again - value) <= 200 * eps * parts * max(scale, 1e-300), (step.title, entry.form, again, value)


def some(cases, most=4):
    """At most so many of the cases of each function, from the first to the last."""
    groups = {}
    for case in cases:
        groups.setdefault(case.function, []).append(case)
    for group in groups.values():
        yield from (group[round(i)] for i in np.linspace(0, len(group) - 1, min(most, len(group))))


@for_each("case", some(c for c in CASES if c.operands))
def test_the_arithmetic_of_every_row_gives_what_was_recorded(case):
    values = [np.asarray(x, float) if i in case.wanted else x for i, x in enumerate(case.operands)]
    result = case(*[ag.Tensor(v, name=f"x{i}") if i in case.wanted else v for i, v in enumerate(values)])
    for part in result if isinstance(result, (tuple, list)) else [result]:
        if (
            not isinstance(part, ag.Tensor)
            or isinstance(part.node, ag.Constant)
            or not part.size
            or part.dtype.kind != "f"
        ):
            continue
        story = record(np.sum(part * np.linspace(0.5, 1.5, part.size).reshape(part.shape)))
        ours = range(len(story.places.graph.operation_ids) - 2)  # without the two that make one number of it
        for i in range(len(story)):
            within = i in ours if story.steps[i].phase == "forward" else story.steps[i].node != story.graph.root
            if within and (entries := story.arithmetic(i)) is not None:
                right(story, i, entries)


@pytest.mark.parametrize("run", RUNS)
def test_the_arithmetic_of_whole_runs(run):
    story = record(run())
    told = [
        i
        for i in range(len(story))
        if (entries := story.arithmetic(i)) is not None and right(story, i, entries) is None
    ]
    assert len(told) == len(story) - 1, "all but the start"


WRITTEN_OUT = WHOLE.keys() - {"solve", "inverse"}


@pytest.mark.parametrize("name", sorted(WRITTEN_OUT))
def test_nothing_of_these_is_opaque(name):
    """What a reader would write out by hand is written out."""
    function, values = WHOLE[name]
    result = function(*[ag.Tensor(v, name="ABC"[i]) for i, v in enumerate(values)])
    story = record(np.sum(result * drawn(*result.shape)))
    for i in range(len(story)):
        for entry in story.arithmetic(i) or []:
            assert not hasattr(entry.cell, "operands") or not any(map(is_opaque, in_order([entry.cell])))


def test_formulas_of_a_network():
    story = record(network())
    told = {s.title: story.arithmetic(i) for i, s in enumerate(story.steps)}
    assert told["From W1·X back to W1"][1].short == "Σₖ d(W1·X)[0,k]·X[1,k]"
    assert told["Compute W2·A1"][4].short == "Σₖ W2[0,k]·A1[k,4]"
    assert told["Compute W1·X"][3].form == "⟦0⟧·⟦1⟧ + ⟦2⟧·⟦3⟧"
    assert told["From A1 back to Z1"][0].form == "⟦0⟧·(1 − ⟦1⟧²)"
    assert told["From Z1 back to b1"][2].short == "Σₖ dZ1[2,k]"
    assert told["Compute A2"][0].form == "σ(⟦0⟧)"
    assert told["Compute J"][0].short == "(−(Σₖ Y[0,k]·ln A2[0,k] + Σₖ (1 − Y[0,k])·ln(1 − A2[0,k]))) / 5"


@pytest.mark.parametrize("run", [network, logistic, lambda: branching(3)])
def test_each_contribution_is_that_of_explain_grad(run):
    J = run()
    story = record(J)
    J.backward()
    for node, id in story.graph.value_ids.items():
        if node is J.node:
            continue
        steps = [s for s in story.steps if isinstance(s, Contribute) and s.to == id]
        rows = ag.debug.explain.ledger(node, "x").rows
        assert [np.asarray(s.contribution).tolist() for s in steps] == [
            np.asarray(r.contribution).tolist() for r in rows
        ]


def test_partial_sums_where_everything_is_used_twice():
    a = ag.Tensor(3.0, name="a")
    b = a + a
    c = b + b
    story = record(c)
    steps = [s for s in story.steps if isinstance(s, Contribute)]
    assert [(s.receiver, s.before, s.contribution, s.after, s.turn, s.turns) for s in steps] == [
        ("b", None, 1.0, 1.0, 1, 2),
        ("b", 1.0, 1.0, 2.0, 2, 2),
        ("a", None, 2.0, 2.0, 1, 2),
        ("a", 2.0, 2.0, 4.0, 2, 2),
    ]


def test_a_parameter_that_two_layers_share():
    W, X = ag.Tensor(drawn(2, 2), name="W"), drawn(2, 3)
    A1 = np.tanh(W @ X)
    A2 = np.tanh(W @ A1)
    J = (A2 * A2).mean()
    story = record(J)
    J.backward()
    steps = [s for s in story.steps if isinstance(s, Contribute) and s.receiver == "W"]
    rows = ag.debug.explain.ledger(W.node, "W").rows
    total = np.zeros((2, 2))
    assert len(steps) == len(rows) == 2
    for step, row in zip(steps, rows):
        total = total + row.contribution
        assert np.array_equal(step.contribution, row.contribution) and np.array_equal(step.after, total)
    assert np.array_equal(total, W.grad)
    for place in range(4):
        number = viz.xray(story, W, tuple(int(i) for i in np.unravel_index(place, (2, 2))))
        assert len(number.parts) == 2
        assert sum(part.value for part in number.parts) == pytest.approx(number.value, rel=1e-12)


def test_what_is_too_large_is_left_out_and_said():
    W, X = ag.Tensor(np.ones((30, 20)), name="W"), ag.Tensor(np.ones((20, 5)), name="X")
    story = record((W @ X).sum())
    assert story.arithmetic(0) is None and reads(story, 0) is None and FEW == 100
    data = story.data()
    assert data["steps"][0]["entries"] is None and data["left_out"] == len(story) - 1
    assert "too large to be taken apart" in str(viz.xray(story, W, (0, 0)))


def test_a_large_story_is_taken_apart_in_bounded_time():
    x = y = ag.Tensor(drawn(10, 10), name="x")
    for _ in range(60):
        y = np.tanh(x @ y)
    data = record(y.sum()).data()
    assert 0 < data["left_out"] < len(data["steps"])
    told = [step["entries"] is not None for step in data["steps"] if step["phase"] != "seed"]
    assert told == sorted(told, reverse=True), "the first ones are told"


def test_nan_and_infinity_are_arithmetic_as_well():
    x = ag.Tensor(np.array([0.0, 1.0]), name="x")
    with np.errstate(all="ignore"):
        story = record((np.log(x) * np.array([0.0, 2.0])).sum())
    for i, step in enumerate(story.steps):
        if isinstance(step, (Compute, Contribute)):
            right(story, i, story.arithmetic(i))
    story.json()


def test_arithmetic_asked_with_a_larger_limit():
    W, X = ag.Tensor(drawn(12, 10), name="W"), drawn(10, 2)
    story = record((W @ X).sum())
    right(story, 0, arithmetic(story, 0, few=200))
