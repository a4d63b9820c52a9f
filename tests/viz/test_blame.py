"""The picture of a report: where in the graph a line is wrong, and what it should be."""

import re

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from nn import byhand
from viz.seen.blame import blamed

RNG = np.random.default_rng(0)


def submission(layers=2, **changes):
    """A report on a network whose passes are right, but for some arrays: name -> function of the right one."""
    sizes = [3, *range(4, 3 + layers), 1]
    parts = [part for l in range(layers) for part in (nn.Linear(sizes[l], sizes[l + 1], seed=l), nn.Tanh())]
    X, Y = RNG.normal(size=(3, 5)), RNG.normal(size=(1, 5))
    model = nn.Sequential(*parts)
    right = {line.name: line.value for line in ag.derive(nn.losses.mse(model(X), Y)).lines}
    arrays = {name: changes[name](x) if name in changes else x for name, x in right.items()}
    return byhand.check(model, X, Y, arrays, loss="mse")


def vertices(source):
    """The attributes of each vertex of a DOT source, by the id."""
    return dict(re.findall(r"^\s*(\w+) \[(.*?)\]$", source, re.M | re.S))


def test_the_layer_of_the_cause_is_open_and_the_others_are_folded():
    graph = blamed(submission(3, dW2=lambda x: 5 * x), 150, 8)
    assert graph.layers == ["Layer 1", "Layer 2", "Layer 3"]
    assert {v.layer for v in graph if v.kind == "operation"} == {None, "Layer 2"}
    assert [v.name for v in graph if v.kind == "group"] == ["Layer 1", "Layer 3"]


def test_of_many_layers_those_around_the_cause_are_one_each():
    graph = blamed(submission(9, dZ5=lambda x: -x), 150, 8)
    assert [v.name for v in graph if v.kind == "group"] == ["Layers 1 to 4", "Layers 6 to 9"]
    assert graph.layers == ["Layer 5"]


def test_the_vertex_and_the_edge_of_the_cause_are_marked():
    report = submission(2, dZ1=lambda x: -x)
    graph = blamed(report, 150, 8)
    (marked,) = [v for v in graph if v.marked]
    assert marked.name == "Z1"
    assert marked.notes == (
        "× dZ1 is the cause: a wrong sign",
        f"should be:  {report['dZ1'].expected}",
        f"as written:  {report['dZ1'].written}",
    )
    (edge,) = [e for e in graph.edges if e.note]
    assert (edge.source, graph[edge.target].name, edge.note) == (marked.id, "tanh", "dZ1")
    assert [v.notes for v in graph if v.name in ("W1", "A1")] == [("dW1: ok",), ("dA1: ok",)]


def test_the_mark_is_a_word_and_a_thick_line_and_not_only_a_colour():
    drawing = viz.draw(submission(2, dZ1=lambda x: -x))
    marked = [attributes for attributes in vertices(drawing.source).values() if "marked" in attributes]
    assert len(marked) == 1
    assert "penwidth=4" in marked[0] and "× dZ1 is the cause" in marked[0]
    assert len(re.findall(r'-> .*label="× dZ1" class=marked.*penwidth=3', drawing.source)) == 1
    assert any("dZ1 is the cause" in title for title in drawing.titles.values())


def test_a_cause_in_a_folded_part_is_said_of_the_group():
    graph = blamed(submission(2, dZ1=lambda x: -x), 4, 8)
    assert len(graph) <= 8
    (marked,) = [v for v in graph if v.marked]
    assert marked.kind == "group" and "× dZ1 is the cause: a wrong sign" in marked.notes


def test_two_causes_in_two_layers():
    graph = blamed(submission(3, dW3=lambda x: 5 * x, dZ1=lambda x: -x), 150, 8)
    assert {v.name for v in graph if v.marked} == {"W3", "Z1"}
    assert [v.name for v in graph if v.kind == "group"] == ["Layer 2"]


def test_a_report_without_causes_is_drawn_folded_and_nothing_is_marked():
    graph = blamed(submission(2), 150, 8)
    assert not any(v.marked for v in graph) and not any(e.note for e in graph.edges)


def test_a_cost_without_layers():
    W, X, Y = ag.Tensor(RNG.normal(size=(2, 3)), name="W"), RNG.normal(size=(3, 5)), RNG.normal(size=(2, 5))
    A = np.tanh(W @ X)
    J = np.mean((A - Y) ** 2)
    right = {line.name: line.value for line in ag.derive(J).lines}
    graph = blamed(byhand.check(J, right | {"dW": -right["dW"]}), 150, 8)
    assert [v.name for v in graph if v.marked] == ["W"]


def test_values_are_found_under_the_names_that_they_have_in_formulas():
    """An unnamed value is v2 in a formula; two of one name are told apart."""
    w = ag.Tensor(0.3, name="w")
    J = np.tanh(w * 2.0) ** 2 + np.tanh(w * 3.0)
    lines = {line.name: line.value for line in ag.derive(J).lines}
    assert any(name.startswith("dv") for name in lines) or set(lines) == {"dw"}
    for name in lines:
        report = byhand.check(J, lines | {name: lines[name] * 1.37})
        graph = blamed(report, 150, 8)
        assert {f.name for f in report.causes} == {name}
        assert any(name in line for v in graph if v.marked for line in v.notes)


def test_a_report_of_a_function_has_a_picture():
    X, Y = RNG.normal(size=(3, 5)), RNG.normal(size=(1, 5))
    model = nn.Sequential(nn.Linear(3, 1, seed=0), nn.Tanh())
    report = byhand.check_function(lambda parameters, X, Y: 1 / 0, model, X, Y, loss="mse")
    assert "J" in viz.draw(report).source


def test_a_report_without_a_cost_is_refused_in_words():
    with pytest.raises(ag.GraphError, match="This report has no graph"):
        viz.draw(type(submission(1))(()))
