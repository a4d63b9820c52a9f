"""An X-ray of one number, in Python: any entry of any value or gradient, down to parameters and data."""

import doctest
import io

import numpy as np
import pytest
from rich.console import Console

import autograd as ag
import viz
from tests.viz.programs import network
from tests.viz.test_story import RUNS
from viz.seen.arithmetic import Ref
from viz.seen.places import Slot
from viz.seen.story import record
from viz.seen.xray import Number


def test_the_example():
    import viz.xrays

    assert doctest.testmod(viz.xrays).failed == 0


@pytest.mark.parametrize("run", RUNS)
def test_every_number_opens_down_to_what_was_not_computed(run):
    story = record(run())
    waiting = [
        Number(story, Ref(Slot(v.id, gradient), 0))
        for v in story.graph
        if v.kind == "value"
        for gradient in ([False, True] if v.grad is not None else [False])
        if np.size(v.value)
    ]
    seen = set(waiting)
    leaves = 0
    for number in waiting:
        assert number.name and str(number.value)
        if number.is_leaf:
            leaves += 1
            assert number.origin and not number.operands
        for other in number.operands:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    assert leaves


def test_of_what_it_is_asked():
    J = network()
    story = record(J)
    W1 = next(node for node in story.graph.value_ids if node.name == "W1")
    assert viz.xray(story, "W1", (2, 0)).name == "dW1[2,0]"
    assert viz.xray(story, "W1", (2, 0), which="value").is_leaf
    assert viz.xray(story, "Z1", (-1, -1)).name == "Z1[2,4]"
    assert viz.xray(story, "Z1", (0, 0), which="gradient").name == "dZ1[0,0]"
    assert viz.xray(J, J).name == "J" and "Σₖ Y[0,k]·ln A2[0,k]" in str(viz.xray(J, J).text(0))
    number = viz.xray(story, "W1", (2, 0))
    assert number.value == story.gradient(story.graph.value_ids[W1])[2, 0]
    assert number.open(0).name == "d(W1·X)[2,0]" and type(number.open(0)) is viz.Xray


def test_an_array_of_the_caller_s():
    X = np.array([[1.0, 2.0]])
    W = ag.Tensor(np.array([[3.0], [4.0]]))
    J = (W @ X).sum()
    assert str(viz.xray(J, X, (0, 1))) == "X[0,1] = 2.0   data"
    assert viz.xray(J, W, (1, 0)).value == 3.0


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        (("W1", (5, 0)), IndexError, r"has shape \(3, 2\), but got the index \(5, 0\)\. Give 2 integers"),
        (("W1", 0), IndexError, "Give 2 integers"),
        (("W1", (0.5, 0)), IndexError, "Give 2 integers"),
        (("W9", (0, 0)), ValueError, "No value is called 'W9'"),
        ((np.ones(3), (0,)), ValueError, "is not part of the graph of J"),
        ((ag.Tensor(1.0), ()), ValueError, "This Tensor is not part of the graph"),
        (("X", (0, 0), "gradient"), ValueError, "has no gradient: it is data"),
        (("W1", (0, 0), "grad"), ValueError, 'must be "value" or "gradient"'),
    ],
)
def test_what_cannot_be_asked(asked, error, words):
    of, index, *which = asked
    with pytest.raises(error, match=words):
        viz.xray(network(), of, index, which=which[0] if which else None)
    with pytest.raises(ValueError, match="from 0"):
        viz.xray(network(), "W1", (0, 0)).open(99)


def test_in_a_terminal_and_in_a_notebook():
    x = ag.Tensor(2.0, name="<b>&")
    number = viz.xray(x * x + 1.0, x)
    html = number._repr_html_()
    assert "<b>" not in html and "&lt;b&gt;&amp;" in html and html.count("<details") >= 1
    out = io.StringIO()
    Console(file=out, width=100).print(number)
    assert "d<b>& = 4.0, from 2 contributions" in out.getvalue() or "2 contributions" in out.getvalue()
