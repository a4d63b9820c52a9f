"""What is known after each step: looked up in timelines, as Python and as any reader of the JSON has it."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
import viz
from autograd.read import LATEX, TEXT
from tests.viz.programs import network, reused, scalar_network
from tests.viz.test_story import RUNS
from viz.seen.document import document, shown
from viz.seen.story import record
from viz.web import state_of

ROOT = Path(viz.__file__).parents[1]
STORY_PAGE = (ROOT / "docs" / "story.md").read_text(encoding="utf-8")
SCHEMA = json.loads(re.search(r"```json\n(.*?)```", STORY_PAGE, re.S)[1])


def large():
    """Arrays that are not written out, one of which was not kept; infinite and undefined numbers."""
    X = ag.Tensor(np.where(np.arange(600.0) < 2, [np.nan], np.inf).reshape(20, 30), name="X")
    return ((X * X + 1.0) * 2.0).sum()


STORIES = [*RUNS, large, lambda: ag.Tensor(2.0, name="x")]


def accumulated(story):
    """The frames as the steps make them, one after the other: values, gradients with how many have arrived."""
    computed = {step.node for step in story.steps if step.phase == "forward"}
    values = {v.id: v.value for v in story.graph if v.kind == "value" and v.id not in computed}
    gradients = {}
    yield values, gradients
    for step in story.steps:
        if step.phase == "forward":
            values = values | {step.node: step.value}
        else:
            turn = gradients[step.changes][1] + 1 if step.changes in gradients else 1
            gradients = gradients | {step.changes: (step.arrived, turn)}
        yield values, gradients


@pytest.mark.parametrize("run", STORIES)
def test_a_frame_is_what_the_steps_have_made(run):
    story = record(run())
    assert len(story.frames) == len(story) + 1
    for position, (values, gradients) in enumerate(accumulated(story)):
        frame = story.frame(position)
        assert frame.position == position
        assert frame.now is (story.steps[position - 1] if position else None)
        assert frame.next is (story.steps[position] if position < len(story) else None)
        assert frame.phase == (frame.now.phase if frame.now else "start")
        assert frame.values.keys() == values.keys() and all(frame.values[id] is values[id] for id in values)
        assert frame.gradients.keys() == gradients.keys()
        for id, (value, turn) in gradients.items():
            assert frame.gradients[id].value is value and frame.gradients[id].turn == turn
    assert all(g.complete for g in story.frames[-1].gradients.values())


def test_positions_are_those_of_a_sequence():
    frames = record(reused()).frames
    assert frames[-1].position == len(frames) - 1
    assert [frame.position for frame in frames[2:5]] == [2, 3, 4] == [frame.position for frame in frames][2:5]
    with pytest.raises(IndexError):
        frames[len(frames)]


def test_what_is_complete_and_what_is_not():
    story = record(reused())
    first = next(i for i, step in enumerate(story.steps) if step.title == "From b back to a")
    a = story.steps[first].to
    assert a not in story.frame(first).gradients
    assert [story.frame(first + k).gradients[a][:2] for k in (1, 2)] == [(12.0, 1), (24.0, 2)]
    assert [story.frame(first + k).gradients[a].complete for k in (1, 2)] == [False, True]


@pytest.fixture(scope="module")
def schema():
    from jsonschema import Draft202012Validator  # it takes seconds to import

    return Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("run", STORIES)
def test_a_story_is_as_its_schema_says(schema, run):
    story = record(run())
    schema.check_schema(SCHEMA)
    assert not list(schema.iter_errors(json.loads(story.json())))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.update(version=1),
        lambda data: data.pop("arrays"),
        lambda data: data["steps"][0].pop("formula"),
        lambda data: data["steps"][-1].update(turn="1"),
        lambda data: data["steps"][-1].update(anything=1),
        lambda data: data["vertices"].update(x=data["vertices"]["n0"]),
        lambda data: data["vertices"]["n0"]["gradient"].append(3),
    ],
)
def test_the_schema_refuses_what_is_no_story(schema, spoil):
    data = json.loads(record(network()).json())
    spoil(data)
    assert not schema.is_valid(data)


@pytest.mark.parametrize("run", STORIES)
def test_each_place_that_is_referred_to_exists_and_each_that_exists_is_referred_to(run):
    data = record(run()).data()
    arrays = {
        change["array"]
        for v in data["vertices"].values()
        for change in [v.get("value"), *v.get("gradient", [])]
        if change
    }
    formulas = set()
    for step in data["steps"]:
        arrays |= {step[kind] for kind in ("arrived", "incoming", "contribution", "before") if kind in step}
        formulas |= {step[kind] for kind in ("formula", "numbers", "shapes", "sum") if kind in step}
        assert set(step["edges"]) <= data["edges"].keys() and step["changes"] in data["vertices"]
    assert arrays - {None} == set(range(len(data["arrays"])))
    assert formulas - {None} == set(range(len(data["formulas"])))


def test_a_medium_changes_the_formulas_and_nothing_else():
    story = record(network())
    text, page = story.data(), state_of(story)
    for same in text.keys() - {"medium", "formulas", "steps"}:
        assert text[same] == page[same], same
    latex = document(story, LATEX, "latex")
    for step, in_text, in_latex in zip(story.steps, text["steps"], latex["steps"]):
        assert text["formulas"][in_text["formula"]] == step.formula.names(TEXT)
        assert latex["formulas"][in_latex["formula"]] == step.formula.names(LATEX)
    assert not any("\\" in formula for formula in text["formulas"])


def test_the_size_is_linear_in_the_steps():
    sizes = {}
    for hidden in (4, 8, 16, 32):
        story = record(scalar_network(outputs=4, hidden=hidden))
        sizes[len(story)] = len(story.json())
    per_step = [size / steps for steps, size in sizes.items()]
    assert max(sizes) > 6 * min(sizes)
    assert max(per_step) < 1.1 * min(per_step), sizes


def test_arrays_that_are_too_large_are_summed_up():
    made = shown(np.linspace(0, 1, 101))
    summary = made.pop("summary")
    assert made == {"shape": [101], "data": None, "cells": ["0.0 … 1.0"]}
    assert (summary["low"], summary["high"], summary["zeros"]) == (0.0, 1.0, 1) and abs(summary["mean"] - 0.5) < 1e-12
    assert sum(summary["counts"]) == 101 and len(summary["counts"]) == 20 and max(summary["counts"]) <= 6
    assert shown(np.array([np.nan, np.inf, -np.inf, 1.0]))["data"] == ["nan", "inf", "-inf", 1.0]


def test_what_is_seen_knows_no_medium():
    """How a step looks in HTML, SVG, LaTeX or Graphviz is for who shows it."""
    media = {"html", "xml", "graphviz", "rich", "latex2mathml", "LATEX", "shape_name", "typeset", "gradient_name"}
    for path in (ROOT / "viz" / "seen").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                module = getattr(node, "module", None) or ""
                named = {part for alias in node.names for part in alias.name.split(".")} | set(module.split("."))
                assert not named & media, path
                assert not module.startswith("viz.") or module.startswith(("viz.seen", "viz.errors")), path
