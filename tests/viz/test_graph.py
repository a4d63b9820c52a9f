"""The graph as data: ids, roles, edges, layers, values and gradients; and folding."""

import numpy as np
import pytest

import autograd as ag
import viz
from viz.seen.fold import folded
from viz.seen.graph import graph_of


def network(layers=2, width=3):
    """A network of tanh layers in the course's notation, with its cost J."""
    rng = np.random.default_rng(0)
    A = ag.Tensor(rng.normal(size=(width, 4)), name="X", requires_grad=False)
    for l in range(1, layers + 1):
        W, b = ag.Tensor(rng.normal(size=(width, width)), name=f"W{l}"), ag.Tensor(np.zeros((width, 1)), name=f"b{l}")
        Z = W @ A + b
        A = np.tanh(Z)
        Z.name, A.name = f"Z{l}", f"A{l}"
    J = (A * A).mean()
    J.name = "J"
    return J


def named(graph):
    return {v.name: v for v in graph if v.kind == "value" and v.name}


def test_ids_count_in_the_order_of_recording_and_repeat():
    first, second = graph_of(network()), graph_of(network())
    assert [v.id for v in first] == [f"n{i}" for i in range(len(first))]
    assert [(v.id, v.name, v.kind) for v in first] == [(v.id, v.name, v.kind) for v in second]
    assert [(e.id, e.source, e.target) for e in first.edges] == [(e.id, e.source, e.target) for e in second.edges]


def test_operands_come_before_operations_and_operations_before_results():
    graph = graph_of(network())
    assert all(int(e.source[1:]) < int(e.target[1:]) for e in graph.edges)


def test_roles():
    graph = graph_of(network() * 2.0)
    assert {name: v.role for name, v in named(graph).items() if name in ("X", "W1", "Z1", "J")} == {
        "X": "data",
        "W1": "parameter",
        "Z1": "result",
        "J": "result",
    }
    assert graph[graph.root].role == "output"
    assert [v.value for v in graph if v.role == "number"] == [2.0]


def test_a_tensor_used_twice_is_one_vertex_with_two_edges():
    a = ag.Tensor(3.0, name="a")
    b = a + a
    graph = graph_of(b * b)
    assert sum(v.name == "a" for v in graph) == 1
    assert [e.position for e in graph.edges if e.source == graph.value_ids[a.node]] == [0, 1]
    assert len([e for e in graph.edges if e.source == graph.value_ids[b.node]]) == 2


def test_an_array_used_twice_is_one_vertex_and_a_number_two():
    Y = np.ones(3)
    t = ag.Tensor(np.ones(3))
    graph = graph_of(((t * Y + Y) * 2.0 + 2.0).sum())
    assert sum(v.role == "data" for v in graph) == 1
    assert sum(v.role == "number" for v in graph) == 2


def test_constants_are_named_after_variables():
    weights = np.array([1.0, 2.0])
    t = ag.Tensor(np.ones(2))
    ag.names.given({"weights": weights})
    assert "weights" in named(graph_of((t * weights).sum()))


def test_layers():
    graph = graph_of(network())
    by_name = {name: v.layer for name, v in named(graph).items()}
    assert by_name == {
        "X": None, "J": None,
        **dict.fromkeys(("W1", "b1", "Z1", "A1"), "Layer 1"), **dict.fromkeys(("W2", "b2", "Z2", "A2"), "Layer 2"),
    }  # fmt: skip
    assert [v.layer for v in graph if v.name == "matmul"] == ["Layer 1", "Layer 2"]
    assert [v.layer for v in graph if v.kind == "value" and v.role == "result" and v.name is None] == [
        "Layer 1",
        "Layer 2",
        None,
    ]
    assert graph.layers == ["Layer 1", "Layer 2"]


def test_features_are_no_layers():
    x1, w1 = ag.Tensor(1.0, name="x1", requires_grad=False), ag.Tensor(2.0, name="w1")
    assert graph_of(w1 * x1).layers == []


def test_values_are_those_of_the_forward_pass_and_gradients_those_of_backward():
    J = network()
    assert all(v.grad is None for v in graph_of(J))
    J.backward()
    graph = graph_of(J)
    assert all(v.value is not None for v in graph if v.kind == "value")
    assert all((v.grad is not None) == v.wants_grad for v in graph if v.kind == "value")
    assert named(graph)["J"].value == J.item()


def test_a_leaf_updated_since_shows_what_was_used():
    w, x = ag.Tensor(np.array([2.0]), name="w"), ag.Tensor(np.array([3.0]), name="x")
    J = (w * x).sum()
    J.backward()
    w.data = w.data - 1.0
    shown = named(graph_of(J))["w"]
    assert shown.updated
    assert shown.value == 2.0
    assert graph_of(J)[graph_of(J).root].value == 6.0


def test_what_has_no_graph_says_so():
    with pytest.raises(TypeError, match="Only a Tensor has a graph, not float"):
        graph_of(2.0)
    with pytest.raises(ag.GraphError, match="c is a constant"):
        graph_of(ag.Tensor(1.0, name="c", requires_grad=False))


def test_a_leaf_alone():
    graph = graph_of(ag.Tensor(1.0, name="w"))
    assert [(v.id, v.role) for v in graph] == [("n0", "output")]


def test_a_deep_graph_needs_no_recursion():
    y = ag.Tensor(1.0, name="x")
    for _ in range(5000):
        y = np.sin(y)
    assert len(graph_of(y)) == 10_001


# --- folding ---------------------------------------------------------------------------------------------------------


def connected(graph):
    ids = {v.id for v in graph}
    return all(e.source in ids and e.target in ids for e in graph.edges) and graph.root in ids


def test_small_graphs_are_not_folded():
    graph = graph_of(network())
    assert folded(graph, 150) is graph


def test_layers_are_folded_first():
    small = folded(graph_of(network(layers=20)), 150)
    groups = [v for v in small if v.kind == "group"]
    assert [v.name for v in groups] == [f"Layer {l}" for l in range(1, 21)]
    assert {"W3", "b3", "Z3", "A3"} <= {m.name for m in groups[2].members}
    assert connected(small)


def test_neurons_are_folded_next():
    rng = np.random.default_rng(0)

    def neuron(xs):
        return np.tanh(sum((ag.Tensor(rng.normal()) * x for x in xs), ag.Tensor(0.0)))

    hidden = [neuron([0.5, -1.0, 0.3]) for _ in range(20)]
    small = folded(graph_of(neuron(hidden)), 150)
    assert [sum(m.name == "tanh" for m in v.members) for v in small if v.kind == "group"] == [1] * 21
    assert connected(small)


def test_whatever_is_left_is_folded_in_blocks():
    x = y = ag.Tensor(1.0, name="x")
    for _ in range(1000):
        y = np.sin(y) * y + x
    small = folded(graph_of(y), 150)
    assert 10 < len(small) <= 150
    assert connected(small)
    members = [m.id for v in small for m in (v.members or [v])]
    assert sorted(members) == sorted(v.id for v in graph_of(y))


def layers_of(J):
    return {v.name or v.symbol: v.layer for v in viz.draw(J).graph if v.kind == "operation" or v.name}


def test_a_layer_has_its_parameters_and_all_that_is_computed_with_them():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 4)), np.ones((1, 4))
    W1, b1 = ag.Tensor(rng.normal(size=(2, 3))), ag.Tensor(np.zeros((2, 1)))
    W2, b2 = ag.Tensor(rng.normal(size=(1, 2))), ag.Tensor(np.zeros((1, 1)))
    Z1 = W1 @ X + b1
    A1 = np.tanh(Z1)
    J = np.mean((W2 @ A1 + b2 - Y) ** 2)
    found = layers_of(J)
    assert {name: found[name] for name in ("W1", "b1", "Z1", "A1", "tanh")} == dict.fromkeys(
        ("W1", "b1", "Z1", "A1", "tanh"), "Layer 1"
    )
    assert (found["W2"], found["b2"], found["X"], found["Y"], found["J"], found["mean"]) == (
        "Layer 2",
        "Layer 2",
        None,
        None,
        None,
        None,
    )


def test_a_layer_is_whole_where_only_its_parameters_are_named():
    W1, b1 = ag.Tensor(np.ones((2, 3)), name="W1"), ag.Tensor(np.ones((2, 1)), name="b1")
    W2 = ag.Tensor(np.ones((1, 2)), name="W2")
    found = layers_of(np.mean(W2 @ np.tanh(W1 @ np.ones((3, 4)) + b1)))
    assert (found["tanh"], found["add"], found["mean"]) == ("Layer 1", "Layer 1", None)
    assert [v.layer for v in viz.draw(np.sum(W2 @ np.tanh(W1 @ np.ones((3, 4)) + b1))).graph if v.symbol == "@"] == [
        "Layer 1",
        "Layer 2",
    ]


@pytest.mark.parametrize("constant", [False, True])
def test_a_bias_alone_makes_no_layer(constant):
    """Of scalars w1, b1, z1, a1 only b1 is called as in a layer; a frame around it says nothing."""
    w1, z0 = ag.Tensor(0.5, name="w1"), ag.Tensor(2.0, name="z0")
    b1 = ag.Tensor(0.1, name="b1", requires_grad=not constant)
    assert set(layers_of(np.tanh(w1 * z0 + b1)).values()) == {None}
    W1 = ag.Tensor(0.5, name="W1")
    assert layers_of(np.tanh(W1 * z0 + b1))["b1"] == "Layer 1"


@pytest.mark.parametrize("named", [{"A2"}, {"Z2"}, {"W2", "A2"}, {"W1", "A2"}, {"W1", "W2", "A2"}, {"b2", "A2"}])
@pytest.mark.parametrize("written", ["columns", "rows", "einsum", "scalars"])
def test_a_layer_begins_where_its_weights_meet_the_input(named, written):
    def leaf(name, shape):
        shape = () if written == "scalars" else shape
        return ag.Tensor(np.ones(shape[::-1] if written == "rows" else shape), name=name if name in named else None)

    def product(W, A):
        if written == "einsum":
            return np.einsum("ij,jk->ik", W, A)
        return A @ W if written == "rows" else W * A if written == "scalars" else W @ A

    X = np.float64(2.0) if written == "scalars" else np.ones((5, 3) if written == "rows" else (3, 5))
    W1, b1, W2, b2 = leaf("W1", (4, 3)), leaf("b1", (1, 1)), leaf("W2", (1, 4)), leaf("b2", (1, 1))
    hidden = np.tanh(product(W1, X) + b1)
    Z2 = product(W2, hidden) + b2
    A2 = ag.sigmoid(Z2)
    Z2.name, A2.name = ("Z2" if "Z2" in named else None), ("A2" if "A2" in named else None)
    graph = graph_of(np.sum(A2 * 2.0))
    layer = {node: graph[id].layer for node, id in graph.value_ids.items()}
    assert [layer[t.node] for t in (W2, b2, Z2)] == ["Layer 2"] * 3
    assert layer[A2.node] == "Layer 2" if "A2" in named else True
    assert layer[hidden.node] == layer[b1.node] != "Layer 2"
    assert layer[W1.node] == ("Layer 1" if "W1" in named else None)


def test_many_layers_are_drawn_with_those_in_the_middle_together():
    picture = viz.draw(network(layers=60))
    groups = [v for v in picture.graph if v.kind == "group"]
    assert [v.name for v in groups] == [
        *(f"Layer {l}" for l in range(1, 6)), "Layers 6 to 55", *(f"Layer {l}" for l in range(56, 61))
    ]  # fmt: skip
    assert "100 parameters" in picture.source
    assert connected(picture.graph)
    assert len(viz.draw(network(layers=3)).graph.layers) == 3
    assert [v.kind for v in viz.draw(network(layers=9)).graph].count("group") == 9


def test_lists_of_parameters_are_layers():
    W = [ag.Tensor(np.ones((2, 2))), ag.Tensor(np.ones((1, 2)))]
    A = np.ones((2, 3))
    for w in W:
        A = np.tanh(w @ A)
    found = layers_of(np.sum(A))
    assert (found["W[0]"], found["W[1]"]) == ("Layer 0", "Layer 1")
