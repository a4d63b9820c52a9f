"""The flow of the gradient, as data: its size on every edge, what is wrong and by what; the chain rule's factors."""

import doctest
import json
import re
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from autograd.read import TEXT
from tests.viz.test_frames import STORIES
from viz.seen.chains import chains
from viz.seen.flow import FLAT, TINY, flow, size
from viz.seen.steps import Contribute
from viz.seen.story import record
from viz.web import state_of


def contributions(story):
    return [step for step in story.steps if isinstance(step, Contribute)]


@pytest.mark.parametrize("run", STORIES)
def test_every_edge_that_a_gradient_passes_has_its_norm(run):
    story = record(run())
    found = flow(story)
    assert found.norms.keys() == {id for step in contributions(story) for id in step.edges}
    for step in contributions(story):
        with np.errstate(all="ignore"):
            expected = np.linalg.norm(np.ravel(np.asarray(step.contribution, float)))
        np.testing.assert_allclose(found.norms[step.edge], expected, rtol=1e-12)
        assert found.norms[step.edges[0]] >= 0 or np.isnan(found.norms[step.edges[0]])


@pytest.mark.parametrize("run", STORIES)
def test_the_marks_and_the_trouble_are_those_of_the_final_gradients(run):
    story = record(run())
    found = flow(story)
    for position, step in enumerate(story.steps, 1):
        if not isinstance(step, Contribute) or not step.complete:
            continue
        largest = np.max(np.abs(np.asarray(step.after, float)), initial=0.0)
        wrong = not np.isfinite(largest) or largest < TINY
        assert (position in found.trouble) == wrong
        kind = "not finite" if not np.isfinite(largest) else "dead" if largest == 0 else "vanishing"
        assert (step.to in found.marks) == (wrong or largest > 1e3)
        if wrong:
            assert found.marks[step.to].kind == kind
            assert found.marks[step.to].since == position
            assert found.marks[step.to].reason


@pytest.mark.parametrize("run", STORIES)
def test_it_is_json(run):
    data = flow(record(run())).data()
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def saturated(function, size):
    x = ag.Tensor(np.linspace(size, size + 1, 100).reshape(4, 25), name="x")
    A1 = function(x)
    A1.name = "A1"
    return (A1 * A1).sum()


@pytest.mark.parametrize(("function", "symbol"), [(ag.sigmoid, "σ"), (np.tanh, "tanh")])
def test_a_saturated_function_is_the_reason(function, symbol):
    story = record(saturated(function, 30.0))
    marks = flow(story).marks.values()
    (told,) = [mark for mark in marks if mark.kind == "saturated"]
    assert told.reason.startswith(f"{symbol} is saturated in 100 % of the entries of A1")
    (lost,) = [mark for mark in marks if mark.kind in ("vanishing", "dead")]
    assert lost.reason == told.reason


def test_the_share_is_that_of_the_entries():
    """93 % of the entries are where σ is flat."""
    z = np.zeros(100)
    z[:93] = 10.0
    a = ag.sigmoid(ag.Tensor(z, name="z"))
    a.name = "a"
    (mark,) = [m for m in flow(record(a.sum())).marks.values() if m.kind == "saturated"]
    slopes = a.data * (1 - a.data)
    assert np.mean(slopes < FLAT) == 0.93
    assert mark.reason == "σ is saturated in 93 % of the entries of a, where its slope is below 0.01."


def test_a_function_that_is_not_flat_is_not_told():
    assert not [m for m in flow(record(saturated(np.tanh, 0.0))).marks.values() if m.kind == "saturated"]
    x = ag.Tensor(np.zeros(3), name="x")
    assert not flow(record((ag.softmax(x) * np.arange(3.0)).sum())).marks, "softmax is no function of single entries"


def test_dead_exploding_and_not_finite():
    x = ag.Tensor(np.array([-1.0, -2.0]), name="x")
    story = record((np.maximum(x, 0.0) * 2.0).sum())
    (mark,) = [m for id, m in flow(story).marks.items() if story.graph[id].name == "x"]
    assert mark.kind == "dead" and "gets through the maximum" in mark.reason
    w = ag.Tensor(1e4, name="w")
    assert {m.kind for m in flow(record(w * w * w)).marks.values()} == {"exploding"}
    zero = ag.Tensor(0.0, name="zero")
    kinds = [m.kind for m in flow(record(np.sqrt(zero) * 1.0)).marks.values()]
    assert "not finite" in kinds


def reasons(J):
    story = record(J)
    return {story.graph[id].name: mark.reason for id, mark in flow(story).marks.items()}


def test_what_is_not_finite_is_told_by_the_step_that_made_it_so():
    """Not by the one through which it arrived, nor by the last contribution, which may be finite."""
    w = ag.Tensor(np.array([1.0, 0.0, -1.0]), name="w")
    x = w * 1.0
    y = np.sqrt(x * x)
    ag.names.given({"x": x, "y": y})
    with np.errstate(all="ignore"):
        told = reasons((y + x).sum())
    made = "It holds nan or inf since the step through the square root from y to x²."
    assert told == {"x²": made, "x": made, "w": made}


@pytest.mark.parametrize("first", [True, False])
def test_the_contribution_that_is_not_finite_is_the_one_that_is_told(first):
    x = ag.Tensor(0.0, name="x")
    broken, finite = np.sqrt(x), x * 3.0
    ag.names.given({"broken": broken, "finite": finite})
    with np.errstate(all="ignore"):
        told = reasons(broken + finite if first else finite + broken)
    assert told == {"x": "It holds nan or inf since the step through the square root from broken to x."}


def test_a_sum_beyond_the_largest_float_is_told_as_such():
    x = ag.Tensor(0.0, name="x")
    with np.errstate(all="ignore"):
        told = reasons(x * 1e308 + x * 1e308)
    assert told["x"] == "Its contributions are finite, but what they add up to is not."


@pytest.mark.parametrize("first", [True, False])
def test_a_small_contribution_is_no_reason_where_a_large_one_arrives_too(first):
    w = ag.Tensor(1.0, name="w")
    x = w
    for _ in range(6):
        x = x * 0.05
    flat, other = ag.sigmoid(x + 30.0), x * 1.0
    x.name = "x"
    told = reasons(flat + other if first else other + flat)
    assert "little by little" in told["w"]


def test_contributions_that_cancel_are_the_reason():
    x = ag.Tensor(np.array([1.0, 2.0]), name="x")
    told = reasons((x * 3.0 - x * 3.0).sum())
    assert told["x"] == "Everything that arrives here adds up to 0."
    w = ag.Tensor(np.array([1.0, 2.0]), name="w")
    told = reasons((w * 3.0 - w * (3.0 - 1e-9)).sum())
    assert told["w"].startswith("Its contributions cancel: what they add up to has 1/")


def test_the_size_of_what_squares_would_overflow():
    assert size(np.array([3e300, 4e300])) == pytest.approx(5e300)
    assert size(np.array([3e-300, 4e-300])) == pytest.approx(5e-300)
    assert size(np.zeros((2, 0))) == size(0.0) == 0
    assert size(np.array([np.inf, 1.0])) == np.inf and np.isnan(size(np.array([np.nan, 1.0])))


def test_the_examples_on_the_page_about_stepping():
    page = Path(__file__).parents[2] / "docs" / "stepping.md"
    done = doctest.testfile(str(page), module_relative=False)
    assert done.failed == 0 and done.attempted >= 9


# --- the chain rule ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", STORIES)
def test_each_factor_follows_the_step_that_completed_its_gradient(run):
    story = record(run())
    factors = chains(story, TEXT)
    assert len(factors) == len(story)
    for i, (step, factor) in enumerate(zip(story.steps, factors)):
        assert (factor is None) == (not isinstance(step, Contribute))
        if factor is None:
            continue
        if step.node == story.graph.root:
            assert factor.via is None
        else:
            before = story.steps[factor.via]
            assert factor.via < i and before.to == step.node and before.complete
        above, below = factor.written.removeprefix("∂").split("/∂")
        for id, written in ((step.node, above), (step.to, below)):
            name = story.names[id]
            expected = story.spelling.gradient(name).removeprefix("d")  # with ∂ in place of d
            assert re.sub("[ ·]", "", written) == re.sub("[ ·]", "", expected)


def test_numbers_of_a_scalar_path_multiply_to_its_share():
    """Without sums on the way, the product of the factors is the gradient."""
    x = ag.Tensor(0.5, name="x")
    J = np.exp(np.sin(x * 3.0) * 2.0)
    story = record(J)
    factors = chains(story, TEXT)
    at, product = len(story) - 1, 1.0
    while at is not None:
        product *= float(factors[at].number.replace("−", "-"))
        at = factors[at].via
    J.backward()
    assert product == pytest.approx(float(x.grad), rel=2e-3)  # the factors have four digits


def test_the_page_has_them():
    state = state_of(record(saturated(ag.sigmoid, 3.0)))
    assert len(state["chain"]) == len(state["steps"])
    for factor in filter(None, state["chain"]):
        assert "<mfrac>" in state["formulas"][factor["factor"]]
    assert state["flow"]["edges"].keys() <= state["edges"].keys()
