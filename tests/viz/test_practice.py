"""Practice in the step page: what is asked, which mistake a wrong answer is, and that nothing is seen before its time."""

import json
import math
import re
from functools import cache

import numpy as np
import pytest

import autograd as ag
import nn
from nn import byhand
from tests.viz.test_page import ATTACKS, long_chain, named, reused
from tests.viz.test_story import network as small_network
from viz.seen.questions import ALL, questions
from viz.seen.slips import SLIPS
from viz.seen.story import record
from viz.web import page, save_page


def network(n=3, m=3):
    """Two layers, whose numbers all differ."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(2, m)).round(2), np.arange(m)[None] % 2.0
    model = nn.Sequential(nn.Linear(2, n, seed=1), nn.Tanh(), nn.Linear(n, 1, seed=2), nn.Sigmoid())
    for p in model.parameters():
        p.data = rng.normal(size=p.shape).round(2)
    J = nn.losses.binary_cross_entropy(model(X), Y)
    J.name = "J"
    return J


def scalars():
    """a is used three times, in three ways."""
    a, b = ag.Tensor(3.0, name="a"), ag.Tensor(-1.7, name="b")
    c = a * b
    d = np.tanh(c) + a
    e = d * d - a / 7.0
    ag.names.given({"c": c, "d": d, "e": e})
    return e


def by_hand():
    """Written without layers, and with a mean."""
    rng = np.random.default_rng(3)
    X, Y = rng.normal(size=(2, 4)).round(2), rng.normal(size=(1, 4)).round(2)
    W, b = ag.Tensor(rng.normal(size=(1, 2)).round(2), name="W"), ag.Tensor(np.array([[0.5]]), name="b")
    E = W @ X + b - Y
    return np.mean(E * E)


RUNS = [network, scalars, by_hand, reused, small_network]


@cache
def asked_of(run, *sizes):
    """The story of a run and its questions."""
    story = record(run(*sizes))
    return story, questions(story)


def causes(question, values):
    """The keys of what gives just these values."""
    return {
        cause["key"]
        for wrong in question["wrong"]
        if np.allclose(wrong["values"], np.ravel(values), rtol=1e-6)
        for cause in wrong["causes"]
    }


# --- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS)
def test_each_step_asks_for_what_it_computes(run):
    story, asked = asked_of(run)
    assert len(asked["steps"]) == len(story)
    for step, question in zip(story.steps, asked["steps"]):
        right = np.asarray(step.contribution if step.phase == "backward" else step.arrived)
        assert question["right"] == [right[tuple(at)] for at in question["entries"]]
        assert len(question["entries"]) == (right.size if right.size <= ALL else 1)
        assert question["label"] in question["asked"] and question["asked"].endswith(("?"))
    json.dumps(asked, allow_nan=False)


@pytest.mark.parametrize("run", RUNS)
def test_wrong_answers_are_wrong_and_have_causes(run):
    _, asked = asked_of(run)
    for question in asked["steps"]:
        for wrong in question["wrong"]:
            assert not np.allclose(wrong["values"], question["right"], rtol=1e-3)
            assert wrong["causes"] and np.isfinite(wrong["values"]).all()
            assert all(cause["key"] in asked["causes"] for cause in wrong["causes"])
    for key, said in asked["causes"].items():
        known = SLIPS[key] if key in SLIPS else byhand.mistakes[key]
        assert said == {"title": known.title, "explanation": known.explanation}


def test_the_mistakes_of_a_network_are_known():
    """Each made here with NumPy, not with the checker's edits."""
    story, asked = asked_of(network)
    q = {s.title: question for s, question in zip(story.steps, asked["steps"])}
    v = {v.name: v.value for v in story.graph if v.kind == "value" and v.name}
    d = {v.name: v.grad for v in story.graph if v.kind == "value" and v.name}
    m = 3
    expected = [
        ("From A2 back to Z2", v["A2"] - v["Y"], {"mean_missing", "course_convention"}),
        ("From A2 back to Z2", d["A2"], {"derivative_missing"}),
        ("From A2 back to Z2", (v["Y"] - v["A2"]) / m, {"sign"}),
        ("From A2 back to Z2", d["Z2"] * v["A2"] * (1 - v["A2"]), {"output_derivative"}),
        ("From A2 back to Z2", d["A2"] * v["Z2"] * (1 - v["Z2"]), {"derivative_at_wrong_value"}),
        ("From v2 back to W2", m * d["W2"], {"mean_missing", "constant_factor"}),
        ("From v2 back to W2", d["v2"] @ v["Z1"].T, {"wrong_cache"}),
        ("From v2 back to W2", d["W2"] / m, {"mean_twice"}),
        ("From v2 back to A1", m * d["A1"], {"course_convention"}),
        ("From v2 back to A1", d["W2"].T @ d["v2"], {"wrong_matrix"}),
        ("From A1 back to Z1", d["A1"], {"derivative_missing"}),
        ("From A1 back to Z1", d["A1"] * v["A1"], {"derivative_missing"}),
        ("From A1 back to Z1", d["A1"] * v["A1"] * (1 - v["A1"]), {"other_activation"}),
        ("From A1 back to Z1", d["A1"] * (1 - v["Z1"] ** 2), {"derivative_at_wrong_value"}),
        ("From A1 back to Z1", d["Z1"] * v["Z1"], {"extra_factor"}),
        ("From A1 back to Z1", d["A1"] * (1 + v["A1"] ** 2), {"sign"}),
        ("From Z1 back to b1", m * d["b1"], {"mean_missing"}),
        ("From v1 back to W1", -d["W1"], {"sign"}),
        ("From v1 back to W1", v["W1"], {"value"}),
        ("From v1 back to W1", 2 * d["W1"], {"accumulated", "constant_factor"}),
        ("Compute A1", v["Z1"], {"operand"}),
        ("Compute J", m * v["J"], {"mean_missing"}),
    ]  # fmt: skip
    for title, values, keys in expected:
        assert keys <= causes(q[title], values), (title, keys)


def test_a_transpose_that_is_lost_is_known_where_the_shapes_fit():
    story, asked = asked_of(network, 3, 3)
    question = next(q for s, q in zip(story.steps, asked["steps"]) if s.title == "From v1 back to W1")
    d = {v.name: v.grad for v in story.graph if v.kind == "value" and v.name}
    X = next(v.value for v in story.graph if v.name == "X")
    assert "transpose" in causes(question, d["v1"].T @ X.T)


def test_the_mistakes_of_numbers_are_known():
    story, asked = asked_of(scalars)
    a, b = 3.0, -1.7
    c, dd = a * b, 2 * (np.tanh(a * b) + a)
    dc = dd * (1 - np.tanh(c) ** 2)
    found = {(s.title, getattr(s, "turn", 1)): question for s, question in zip(story.steps, asked["steps"])}
    product = next(q for (title, _), q in found.items() if title == "From c back to a")
    np.testing.assert_allclose(product["right"], [dc * b])
    assert "incoming_missing" in causes(product, b)
    assert "local_missing" in causes(product, dc)
    assert "other_operand" in causes(product, dc * a)
    assert "sign" in causes(product, -dc * b)
    total = next(s for s in story.steps if s.title == "From c back to a").after
    assert "total" in causes(product, total) and "(contribution" in product["asked"]
    assert "other_contribution" in causes(product, dd)


def test_of_a_large_array_one_entry_is_asked_that_tells_mistakes():
    story, asked = asked_of(network, 7, 6)
    for step, question in zip(story.steps, asked["steps"]):
        if np.size(step.arrived) > ALL:
            [at] = question["entries"]
            assert f"{question['label']}[{', '.join(map(str, at))}]" in question["asked"]
            assert len(question["wrong"]) > 3
    assert any(len(q["entries"]) == 1 and q["shape"] == [7, 6] for q in asked["steps"])
    assert asked == questions(record(network(7, 6))), "the same one each time"


def test_numbers_that_are_not_finite_can_be_asked():
    with np.errstate(divide="ignore"):
        y = np.log(ag.Tensor(0.0, name="x"))
    _, asked = asked_of(lambda: y)
    assert [q["right"] for q in asked["steps"]] == [["-inf"], [1.0], ["inf"]]


def test_a_rule_that_cannot_be_read_is_asked_nevertheless():
    """It takes nothing but numbers."""
    sine = ag.primitive.elementwise(math.sin, lambda _out, x: math.cos(x))
    _, asked = asked_of(lambda: sine(ag.Tensor(1.5, name="x")))
    assert asked["steps"][-1]["right"] == [math.cos(1.5)]
    assert "local_missing" in causes(asked["steps"][-1], 1.0)


def test_a_run_of_too_many_steps_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"at most 400 questions, but this run has 601 steps"):
        save_page(long_chain(), tmp_path / "step.html", ask=True)
    assert not list(tmp_path.iterdir())


def test_a_page_without_questions_is_as_before():
    story = record(reused())
    assert "questions" not in json.loads(state(page(story))) and "questions" in json.loads(state(page(story, ask=True)))
    assert page(story, ask=True) == page(story, ask=True)


def state(text):
    return text.split('id="state">')[1].split("</script>")[0]


@pytest.mark.parametrize("name", ATTACKS)
def test_names_in_questions_are_never_markup(name):
    text = page(named(name), ask=True)
    assert "<img" not in text and text.count("<script") == 2
    assert any(name in q["asked"] for q in json.loads(state(text))["questions"]["steps"])


@pytest.mark.parametrize("run", RUNS)
def test_typed_with_few_digits_each_answer_is_what_it_is(node, run):
    """The right one with four digits, also with a comma; and each wrong one is told by its causes."""
    _, asked = asked_of(run)
    judged = node(
        """const write = x => typeof x === 'string' ? x : String(Number(x.toPrecision(4)));
        console.log(JSON.stringify(given.map(q => ({
            right: [answers.judge(q, q.right.map(write)), answers.judge(q, q.right.map(x => write(x).replace('.', ',')))].map(j => j.verdict),
            wrong: q.wrong.map(w => answers.judge(q, w.values.map(write))),
        }))));""",
        asked["steps"],
    )
    told = 0
    for question, found in zip(asked["steps"], judged):
        assert found["right"] == ["right", "right"]
        for wrong, said in zip(question["wrong"], found["wrong"]):
            if said["verdict"] == "right":  # within what the rounding of the numbers on the page can make
                assert np.allclose(wrong["values"], question["right"], rtol=0.01, atol=1.5 * question["slack"])
                continue
            assert said["verdict"] == "wrong"
            assert {c["key"] for c in wrong["causes"]} <= {c["key"] for c in said["causes"]}
            told += 1
    assert told > len(asked["steps"])
