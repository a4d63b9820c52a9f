"""How a notebook shows a Tensor: its name, what it is, its numbers, its gradient; any name, any numbers."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd as ag


def said(tensor):
    """The words of the summary, which must be well-formed."""
    return " ".join("".join(ET.fromstring(tensor._repr_html_()).itertext()).split())


def test_what_it_is():
    W = ag.Tensor(np.ones((2, 3), np.float32), name="W")
    assert said(W).startswith("W Tensor (2, 3) · float32 · leaf · grad: not computed yet")
    assert "Tensor · float64 · constant: no gradient flows to it" in said(ag.Tensor(2.0, requires_grad=False))
    J = np.tanh(W).sum()
    J.backward()
    assert "result of sum" in said(J) and "not computed yet" not in said(J) + said(W)
    assert np.array2string(W.grad, separator=", ").split() == re.search("grad(.*)", said(W))[1].split()


def test_a_gradient_that_is_a_tensor():
    x = ag.Tensor(3.0, name="x")
    (x * x).backward(create_graph=True)
    assert said(x).endswith("grad6.0")


@pytest.mark.parametrize("name", ["<img src=x>", "</div>", "a & b", "\x1b[31m", "\u202e"])
def test_a_name_is_never_markup(name):
    html = ag.Tensor(1.0, name=name)._repr_html_()
    assert "<img" not in html and html.count("</div>") == 1 and "\x1b" not in html and "\u202e" not in html
    ET.fromstring(html)


@pytest.mark.parametrize(
    "value", [np.zeros((0, 3)), np.full((11, 11), np.nan), np.array([np.inf, 1.0] * 60), np.linspace(0, 1, 10_000)]
)
def test_any_numbers(value):
    words = said(ag.Tensor(value))
    assert len(words) < 2000
    bad = int((~np.isfinite(value)).sum())
    assert (f"{bad} of {value.size} entries are nan or inf" in words) is bool(bad)
    assert ("min 0, max 1, mean 0.5" in words) is (value.size == 10_000)


def test_it_changes_nothing():
    x = ag.Tensor(np.arange(3.0))
    y = (x * x).sum()
    y._repr_html_(), x._repr_html_()
    assert x.name is y.name is x.grad is y.grad is None
