"""A story is what the sweep did: nothing is computed a second time, nothing is left out."""

import json
import math
import sys

import numpy as np
import pytest

import autograd as ag
from autograd.read import LATEX, TEXT, Naming
from tests.viz.programs import network, reused
from viz.seen.document import shown
from viz.seen.entries import reads
from viz.seen.story import record
from viz.seen.text import cells


def logistic():
    """The graph 002-8."""
    x1, x2, y = (ag.Tensor(v, name=n, requires_grad=False) for v, n in ((1.5, "x1"), (-0.5, "x2"), (1.0, "y")))
    w1, w2, b = (ag.Tensor(v, name=n) for v, n in ((0.3, "w1"), (-0.8, "w2"), (0.1, "b")))
    z = w1 * x1 + w2 * x2 + b
    a = ag.sigmoid(z)
    loss = ag.log_loss(a, y)
    ag.names.given({"z": z, "a": a, "L": loss})
    return loss


def mixed():
    """Reshaped, indexed, joined, reduced; float32."""
    x = ag.Tensor(np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3), name="x")
    y = np.concatenate([x, np.maximum(x, 0)], axis=1)
    return (y[:, ::2] * y[:, 1::2]).mean(axis=0).sum() + x.max()


def branching(seed):
    """A random scalar graph, in which results are used again and again."""
    rng = np.random.default_rng(seed)
    values = [ag.Tensor(float(rng.normal()), name=f"x{i}") for i in range(3)]
    for _ in range(12):
        a, b = (values[i] for i in rng.integers(0, len(values), 2))
        values.append([a + b, a * b, np.tanh(a), a - b][rng.integers(4)])
    return sum(values[-4:])


def rerun():
    """A checkpointed piece, whose rule runs a function again and is no formula."""
    w = ag.Tensor(np.ones(2), name="w")
    return ag.checkpoint(lambda a: np.sum(np.tanh(a) * w))(ag.Tensor(np.array([0.5, -1.0]), name="a"))


def own():
    """An operation of the user's, whose rule takes nothing but numbers."""
    sine = ag.primitive.elementwise(math.sin, lambda _out, x: math.cos(x))
    return sine(ag.Tensor(0.5, name="t")) * 2.0


RUNS = [network, logistic, reused, mixed, rerun, own, *(lambda seed=seed: branching(seed) for seed in range(5))]


def last_gradients(story):
    """The gradients after the last step, by vertex id, read off the steps alone."""
    return {step.changes: step.arrived for step in story.steps if step.phase != "forward"}


@pytest.mark.parametrize("run", RUNS)
def test_the_last_state_is_that_of_backward_to_the_last_bit(run):
    J = run()
    story = record(J)
    assert J.grad is None, "recording leaves no gradient behind"
    J.backward()
    gradients, last = last_gradients(story), story.frames[-1].gradients
    checked = 0
    for node, id in story.graph.value_ids.items():
        if node.grad is not None:
            assert np.array_equal(gradients[id], node.grad)
            assert np.array_equal(last[id].value, node.grad) and last[id].complete
            assert np.array_equal(story.gradient(id), node.grad)
            checked += 1
    assert checked == len(gradients) == len(last)


@pytest.mark.parametrize("run", RUNS)
def test_one_step_for_each_edge_that_a_gradient_passes(run):
    J = run()
    story = record(J)
    nodes = ag.ancestors(J.node)
    edges = [
        (node, i)
        for node in nodes
        if node.op is not None
        for i, parent in enumerate(node.parents)
        if isinstance(parent, ag.Node) and node.op.vjps[i] is not None
    ]
    backward = [s for s in story.steps if s.phase == "backward"]
    assert len(backward) == len(edges)
    assert len({s.edge for s in backward}) == len(edges)
    assert {s.edge for s in backward} == {story.graph.operand_edges[edge].id for edge in edges}
    assert sum(s.phase == "forward" for s in story.steps) == sum(node.op is not None for node in nodes)
    assert len(story) == len(story.steps)


@pytest.mark.parametrize("run", RUNS)
def test_each_step_goes_on_where_the_one_before_stopped(run):
    story = record(run())
    sums, computed = {}, set(story.frame(0).values)
    for step in story.steps:
        if step.phase == "forward":
            sources = [e.source for e in story.graph.edges if e.target == step.operation]
            assert all(story.graph[s].kind != "value" or s in computed for s in sources)
            computed.add(step.node)
        elif step.phase == "backward":
            assert step.before is sums.get(step.to)
            before = 0 if step.before is None else step.before
            np.testing.assert_allclose(before + step.contribution, step.after, rtol=1e-6)
            assert step.complete == (step.turn == step.turns)
            sums[step.to] = step.after
        else:
            sums[step.node] = step.after


@pytest.mark.parametrize("run", RUNS)
def test_the_data_survive_json(run):
    story = record(run())
    assert json.loads(story.json()) == story.data()


def test_partial_sums_of_a_value_used_twice():
    steps = [s for s in record(reused()).steps if s.phase == "backward"]
    assert [(s.title, s.turn, s.turns, s.complete) for s in steps] == [
        ("From c back to b", 1, 2, False),
        ("From c back to b", 2, 2, True),
        ("From b back to a", 1, 2, False),
        ("From b back to a", 2, 2, True),
    ]
    assert [s.after for s in steps] == [6.0, 12.0, 12.0, 24.0]
    assert steps[0].accumulation.numbers(LATEX) is None, "there is nothing to add to"
    assert steps[3].accumulation.numbers(LATEX) == "12.0 + 12.0 = 24.0"
    assert steps[3].formula.names(LATEX) == r"da \leftarrow da + db"
    assert "contribution 1 of 2" in steps[2].words and "complete" in steps[3].words
    assert steps[1].formula.numbers(LATEX) == r"1.0 \cdot 6.0 = 6.0"


def test_broadcasting_says_which_axes_were_summed():
    steps = {s.title: s for s in record(network()).steps}
    bias = steps["From Z1 back to b1"]
    assert bias.summed_words == "the columns" and not bias.repeated_words
    assert bias.formula.names(LATEX) == r"db_{1} = \sum_{\text{columns}} dZ_{1}"
    assert "repeated along the columns" in bias.words
    assert bias.contribution.shape == (3, 1)
    assert steps["From A1 back to Z1"].summed_words == ""


@pytest.mark.parametrize(
    ("build", "summed", "repeated"),
    [
        (lambda x: x + np.ones((2, 3)), "all entries", ""),
        (lambda x: np.ones(4) * x, "all entries", ""),
        (lambda x: x * 2.0, "", ""),
    ],
)
def test_scalars_that_were_broadcast(build, summed, repeated):
    step = next(
        s for s in record(build(ag.Tensor(1.5, name="x")).sum()).steps if s.phase == "backward" and s.receiver == "x"
    )
    assert (step.summed_words, step.repeated_words) == (summed, repeated)


def test_a_sum_repeats_its_gradient():
    x = ag.Tensor(np.ones((2, 3)), name="x")
    steps = {s.title: s for s in record(x.sum(axis=1).sum()).steps}
    assert steps["From Σ_columns x back to x"].repeated_words == "the columns"
    assert steps["From Σ (Σ_columns x) back to Σ_columns x"].repeated_words == "all entries"


def test_the_course_s_formulas_are_told():
    steps = {s.title: s for s in record(logistic()).steps}
    assert steps["From L back to a"].formula.names(LATEX) == r"da = dL\,\left(-\frac{y}{a} + \frac{1 - y}{1 - a}\right)"
    assert steps["From a back to z"].formula.names(LATEX) == r"dz = da\,a\,(1 - a)"
    assert steps["From w1·x1 back to w1"].formula.names(LATEX) == r"dw_{1} = d(w_{1}\,x_{1})\,x_{1}"
    assert steps["Compute z"].formula.numbers(LATEX) == "0.85 + 0.1 = 0.95"
    steps = {s.title: s for s in record(network()).steps}
    assert steps["From W2·A1 back to W2"].formula.names(LATEX) == r"dW_{2} = d(W_{2}\,A_{1})\,A_{1}^{\mathsf{T}}"
    assert steps["From W2·A1 back to A1"].formula.names(LATEX) == r"dA_{1} = W_{2}^{\mathsf{T}}\,d(W_{2}\,A_{1})"


def test_large_arrays_keep_their_shapes_instead_of_numbers():
    W, X = ag.Tensor(np.ones((30, 20)), name="W"), ag.Tensor(np.ones((20, 50)), name="X")
    steps = {s.title: s for s in record((W @ X).sum()).steps}
    step = steps["From W·X back to W"]
    assert step.formula.numbers(LATEX) is None and step.accumulation.numbers(LATEX) is None
    assert r"\underset{30 \times 20}{dW}" in step.formula.shapes(LATEX)


def test_nan_and_infinity_are_told_as_words():
    assert shown(np.array([np.nan, np.inf, -np.inf, 1.0]))["data"] == ["nan", "inf", "-inf", 1.0]
    x = ag.Tensor([0.0], name="x")
    with np.errstate(all="ignore"):
        story = record(np.log(x).sum())
    assert json.loads(story.json()) == story.data()


def test_lines_of_the_program():
    x = ag.Tensor(2.0, name="x")
    with ag.record_lines():
        y = x * x
    line = record(y).steps[0].line
    assert line.file == "test_story.py" and line.text == "y = x * x"
    assert record(x * x).steps[0].line is None


def test_what_cannot_be_told():
    with pytest.raises(ag.GraphError, match="single number"):
        record(ag.Tensor(np.ones(3), name="x") * 2)
    with pytest.raises(ag.GraphError, match="constant"):
        record(ag.Tensor(1.0, requires_grad=False))
    with pytest.raises(TypeError, match="Tensor"):
        record(3.0)


def test_what_is_told_in_parts_is_not_taken_apart():
    x = ag.Tensor(1.0)
    for _ in range(4000):
        x = x + 1.0
    story = record(x)
    assert len(story) < 1000 and story.arithmetic(0) is None and reads(story, 0) is None
    json.dumps(story.data(), allow_nan=False)


def test_the_picture_and_the_formulas_show_the_same_numbers():
    a = ag.Tensor(1.0, name="a")
    step = record(a * 3.0 + a).steps[0]
    assert cells(step.value) == [["3.0"]] and step.formula.numbers(LATEX).endswith("= 3.0")
    start = next(s for s in record(a * 3.0).steps if s.phase == "seed")
    assert start.formula.names(LATEX).endswith(f"= {cells(start.after)[0][0]}")
    assert "3 and a" in record(3.0 * a).steps[0].words  # what is written as 3 in the formula


def test_one_axis_and_several():
    b = ag.Tensor(np.ones((3, 1)), name="b")
    assert "is summed over them." in " ".join(s.words for s in record((b + np.ones((3, 4))).sum()).steps)
    c = ag.Tensor(np.ones((2, 1, 3)), name="c")
    assert "along the axis 1 on the way forward, so what comes back is summed over it." in " ".join(
        s.words for s in record((c + np.ones((2, 4, 3))).sum()).steps
    )


@pytest.mark.parametrize(("run", "name"), [(rerun, "checkpoint"), (own, "sin")])
def test_a_rule_that_is_no_formula_is_shown_in_words(run, name):
    step = record(run()).steps[-1]
    assert rf"\text{{what the rule of {name} makes of }} d" in step.formula.names(LATEX)
    assert step.formula.numbers(LATEX) is not None and step.formula.shapes(LATEX) is None


def test_what_has_no_name_is_called_as_it_was_computed():
    w, x = ag.Tensor(2.0, name="w"), ag.Tensor(3.0, name="x")
    story = record((w + x) * w)
    titles = [s.title for s in story.steps]
    assert titles[:3] == ["Compute w + x", "Compute (w + x)·w", "Start at (w + x)·w"]
    formulas = [s.formula.names(TEXT) for s in story.steps]
    assert formulas[:2] == ["w + x", "(w + x) w"]
    assert "dw ← dw + d((w + x) w) (w + x)" in formulas
    assert story.steps[1].formula.numbers(TEXT) == "5.0 · 2.0 = 10.0", "one step at a time, also in numbers"


def test_what_is_long_has_a_number_and_so_has_what_is_made_of_it():
    long = ag.Tensor(2.0, name="a_rather_long_name_of_a_value")
    story = record((long + 1.0) * 2.0)
    assert [s.title for s in story.steps][:2] == ["Compute v1", "Compute v2"]
    assert story.data()["vertices"][story.graph.root]["gradient_name"] == "dv2"


@pytest.mark.parametrize("run", RUNS)
def test_names_in_formulas_are_those_of_derive(run):
    """The checker of lines by hand, which practice asks, knows values by these."""
    J = run()
    story = record(J)
    with ag.names.asking(J):
        called = Naming(J.node)
    assert all(story.names[id] == called(node) for node, id in story.graph.value_ids.items())


@pytest.mark.parametrize(
    ("array", "low", "high", "undefined"),
    [
        (np.full(200, 3.0), 3.0, 3.0, 0),
        (np.r_[np.arange(150.0), np.nan, np.inf], 0.0, 149.0, 2),
        (np.full(120, np.nan), 0.0, 0.0, 120),
        (1e308 * np.linspace(-1, 1, 300), -1e308, 1e308, 0),
        (np.ones((30, 30), bool), 1.0, 1.0, 0),
        (np.arange(900).reshape(30, 30), 0.0, 899.0, 0),
    ],
)
def test_the_histogram_of_a_large_array(array, low, high, undefined):
    made = shown(array)
    summary = made["summary"]
    assert made["data"] is None and (summary["low"], summary["high"], summary["undefined"]) == (low, high, undefined)
    assert sum(summary["counts"]) == max(array.size - undefined, 1)
    json.dumps(made, allow_nan=False)


def layer(W, A, b):
    Z = W @ A + b
    return np.tanh(Z)


def cost(W1, b1, X, *, scale=1.0):
    A1 = layer(W1, X, b1)
    E = A1 * scale
    return (E * E).mean()


def test_a_function_is_recorded_with_its_names_and_lines():
    W1, b1, X = ag.Tensor(np.ones((3, 2))), ag.Tensor(np.zeros((3, 1))), np.ones((2, 4))
    story = record(cost, W1, b1, X, scale=2.0)
    assert {v.name for v in story.graph if v.kind == "value"} >= {"W1", "b1", "X", "A1", "E", "Z"}
    assert all(step.line for step in story.steps if step.phase != "seed")
    assert [b.name for b in story.sources["test_story.py"].blocks] == ["layer", "cost"]
    J = cost(W1, b1, X, scale=2.0)
    J.backward()
    gradient = next(v.grad for v in story.graph if v.name == "W1")
    assert np.array_equal(gradient, W1.grad)
    assert W1.name is None, "asking changes nothing"


def test_parameters_that_a_function_closes_over():
    model_W = ag.Tensor(2.0)
    story = record(lambda x: model_W * x, 3.0)
    assert story.gradient(next(v.id for v in story.graph if v.name == "model_W")) == 3.0


def test_what_a_function_gives_is_refused_in_words():
    with pytest.raises(TypeError, match=r"returns a Tensor, but f\(\) returned float"):

        def f(x):
            return 2.0 * x

        record(f, 3.0)
    with pytest.raises(ag.GraphError, match="single number"):
        record(lambda x: x * 2.0, ag.Tensor(np.ones(3)))
    with pytest.raises(TypeError, match="further arguments only for a function"):
        record(ag.Tensor(1.0) * 2.0, 3.0)
    with pytest.raises(ZeroDivisionError):
        record(lambda: 1 / 0)


def test_a_profiler_of_the_user_s_goes_on():
    heard = []
    before = sys.getprofile()
    sys.setprofile(lambda *event: heard.append(event))
    try:
        record(cost, ag.Tensor(np.ones((3, 2))), ag.Tensor(np.zeros((3, 1))), np.ones((2, 4)))
        assert sys.getprofile() is not before and any(f.f_code is layer.__code__ for f, *_ in heard)
    finally:
        sys.setprofile(before)
