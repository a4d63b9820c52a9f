"""A graph is coloured and folded by the scopes in which it was recorded; names are a guess for graphs without any."""

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from viz.seen.fold import folded, shortened
from viz.seen.graph import graph_of

X = np.random.default_rng(0).standard_normal((3, 5))


class Autoencoder(nn.Module):
    def __init__(self):
        self.encoder = nn.Sequential(nn.Linear(3, 2, seed=0), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(2, 3, seed=1), nn.Tanh())

    def forward(self, X):
        return self.decoder(self.encoder(X))


def layers(tensor):
    return {v.name: v.layer for v in graph_of(tensor) if v.kind == "value" and v.name}


def test_two_networks_in_one_have_layers_of_their_own():
    J = nn.losses.mse(Autoencoder()(X), X)
    graph = graph_of(J)
    assert graph.layers == ["Encoder · layer 1", "Decoder · layer 1"]
    assert layers(J)["Y"] is None
    assert {v.layer for v in graph if v.name == "tanh"} == set(graph.layers)
    assert viz.draw(J).source.count("subgraph") == 2


def test_scopes_decide_and_names_do_not():
    W7 = ag.Tensor(2.0, name="W7")
    with ag.scope("attention"):
        Z3 = W7 * 3.0
        Z3.name = "Z3"
    assert layers(np.exp(Z3) * 1.0) == {"W7": "Attention", "Z3": "Attention"}


def test_an_input_that_gradients_are_wanted_for_is_in_no_layer():
    x = ag.Tensor(X, name="X")
    assert layers(np.sum(nn.Sequential(nn.Linear(3, 2))(x))) == {
        "X": None, "W1": "Layer 1", "b1": "Layer 1", "Z1": "Layer 1"
    }  # fmt: skip


def test_a_parameter_belongs_to_what_all_its_uses_have_in_common():
    W = ag.Tensor(2.0, name="W")
    with ag.scope("head"):
        with ag.scope("query"):
            q = W * 3.0
        with ag.scope("key"):
            k = W * 4.0
    assert layers(q * k + W * W)["W"] == "Head"


@pytest.mark.parametrize(("limit", "names"), [(30, ["A · x", "A · y", "B · x", "B · y"]), (3, ["A", "B"])])
def test_folding_closes_the_innermost_scopes_first(limit, names):
    t = ag.Tensor(0.5, name="t")
    y = t
    for outer in "ab":
        for inner in "xy":
            with ag.scope(outer, inner):
                for _ in range(10):
                    y = np.sin(y)
    small = folded(graph_of(y), limit)
    assert [v.name for v in small if v.kind == "group"] == names


def test_what_lies_in_the_middle_is_called_from_first_to_last():
    y = ag.Tensor(0.5, name="t")
    for name in ("stem", "one", "two", "three", "four", "head"):
        with ag.scope(name):
            y = np.sin(np.cos(y))
    small = shortened(graph_of(y), 2)
    assert [v.name for v in small if v.kind == "group"] == ["Stem", "One", "Two to Three", "Four", "Head"]


def test_a_scope_with_markup_in_its_name_is_drawn_as_text():
    with ag.scope("<b>&</b>"):
        y = ag.Tensor([0.5]) * 2.0
    svg = viz.draw(y).pipe(format="svg").decode()
    assert "<b>" not in svg and "&lt;b&gt;" in svg


def test_a_layer_that_is_used_again_is_a_group_for_each_time():
    class Recurrent(nn.Module):
        def __init__(self):
            self.cell = nn.Linear(3, 3, seed=0)

        def forward(self, A):
            for _ in range(4):
                A = np.tanh(self.cell(A))
            return A

    small = folded(graph_of(np.sum(Recurrent()(X))), 18)
    groups = [v for v in small if v.kind == "group"]
    assert [v.name for v in groups][:4] == ["Cell"] * 4
    place = {v.id: k for k, v in enumerate(small)}
    assert all(place[e.source] < place[e.target] for e in small.edges)
