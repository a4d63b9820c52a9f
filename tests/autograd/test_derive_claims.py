"""Each printed line is what the derivation says it is, wherever the leaves stand: read on paper, computed, compared."""

import re

import numpy as np
import pytest

import autograd as ag
import nn
from tests.autograd.derived import (
    ONE_HOT,
    RNG,
    X,
    Y,
    called,
    constant,
    logistic,
    scalars,
    softmax_and_cross_entropy,
    squared_error,
    tensor,
    two_layers,
    weight_decay,
)
from tests.autograd.paper import computed, in_text

M = 6
COSTS = {
    "log loss": lambda A, Z, Y: ag.binary_cross_entropy(A, Y),
    "log loss of logits": lambda A, Z, Y: nn.losses.binary_cross_entropy_logits(Z, Y),
    "squared error": lambda A, Z, Y: nn.losses.mse(A, Y),
    "a mean": lambda A, Z, Y: np.mean((A - Y) ** 2),
    "a sum": lambda A, Z, Y: np.sum((A - Y) ** 2),
    "a sum over a number": lambda A, Z, Y: np.sum((A - Y) ** 2) / M,
    "half a mean": lambda A, Z, Y: np.mean((A - Y) ** 2) / 2,
    "a sum of logits": lambda A, Z, Y: np.sum(Z * Z),
}


def network(leaf, cost):
    """The cost of a network of two layers, of which one value is not computed, but a leaf."""
    A = tensor("X", *X.shape) if leaf == "X" else constant("X", X)
    for l, (n, k) in enumerate([(3, 4), (4, 1)], 1):
        Z = called(f"Z{l}", tensor(f"W{l}", k, n) @ A + tensor(f"b{l}", k, 1))
        Z = tensor(f"Z{l}", k, M) if leaf == f"Z{l}" else Z
        A = called(f"A{l}", (np.tanh if l == 1 else ag.sigmoid)(Z))
        A = ag.Tensor(RNG.uniform(0.1, 0.9, (k, M)), name=f"A{l}") if leaf == f"A{l}" else A
    return COSTS[cost](A, Z, constant("Y", Y))


def of_a_softmax(leaf):
    """A cross-entropy whose probabilities or logits are a leaf."""
    Z = tensor("Z", 3, M) if leaf == "Z" else called("Z", tensor("W", 3, 3) @ constant("X", X))
    A = called("A", ag.softmax(Z)) if leaf != "A" else ag.Tensor(np.full((3, M), 1 / 3), name="A")
    return np.sum(-ag.xlogy(constant("Y", ONE_HOT), A)) / constant("m", float(M))


NETWORKS = {
    f"{cost}, {leaf or 'weights alone'}": lambda leaf=leaf, cost=cost: network(leaf, cost)
    for cost in COSTS
    for leaf in (("", "X", "Z1", "A1", "Z2", "A2") if "log loss" in cost or cost == "squared error" else ("", "Z2"))
    if leaf != "A2" or "logits" not in cost
} | {
    "softmax, Z": lambda: of_a_softmax("Z"),
    "softmax, A": lambda: of_a_softmax("A"),
    "softmax": softmax_and_cross_entropy,
    "two layers of ReLU": lambda: two_layers(ag.relu),
    "logistic regression": logistic,
    "numbers": scalars,
    "squared error of three units": squared_error,
    "weight decay": weight_decay,
    "a leaf beside weights as wide": lambda: (
        nn.losses.mse(called("A", ag.sigmoid(tensor("Z", 1, M))), constant("Y", Y)) + np.sum(tensor("W", 4, M) ** 2)
    ),
}


def claims(derivation):
    """What the derivation says of each line: how many times the derivative of the cost it is."""
    said, names = str(derivation).splitlines()[0], [line.name for line in derivation.lines]
    if listed := re.search(r"axis: (.*) (?:is|are) m times the derivative of the cost\.", said):
        return {name: M if name in listed[1].split(", ") else 1 for name in names}
    if re.search("every line is a derivative of the cost", said, re.IGNORECASE):
        return dict.fromkeys(names, 1)
    assert said == "The course's convention: dZ is m times the derivative of the cost, and 1/m stands in dW and db."
    return {name: M if name[1] in "ZA" else 1 for name in names}


@pytest.mark.parametrize("convention", ["course", "true"])
@pytest.mark.parametrize("case", NETWORKS)
def test_each_line_is_what_is_said_of_it(case, convention):
    J = NETWORKS[case]()
    derivation = ag.derive(J, convention=convention)
    J.backward()
    nodes = {node.name: node for node in ag.ancestors(J.node)}
    values = {"m": float(M), "λ": 0.3} | {node.name: x for node, x in ag.values(J.node).items() if node.name}
    values |= {name: x for name, x in derivation.inputs.items() if name not in values}
    of = claims(derivation)
    assert convention == "course" or set(of.values()) == {1}
    for line in derivation.lines:
        right = of[line.name] * np.asarray(nodes[line.name[1:]].grad)
        left, *forms = in_text(line.latex).split(" = ")
        assert left == line.text.split(" = ")[0] == line.name
        for form in (line.text.split(" = ")[1], *forms):
            np.testing.assert_allclose(computed(form, values), right, rtol=1e-9, atol=1e-12, err_msg=form)
        np.testing.assert_allclose(line.value, right, rtol=1e-9, atol=1e-12)
        values[line.name] = right


def test_of_a_leaf_it_is_said_that_its_line_is_its_gradient():
    assert str(ag.derive(network("Z1", "log loss"))).splitlines()[0] == (
        "The course's convention where samples lie along an axis: dA2, dZ2, dA1 are m times the derivative of the "
        "cost. Every other line is a derivative of the cost, dZ1 too, since Z1 is a leaf."
    )
    assert str(ag.derive(network("Z2", "log loss of logits"))).splitlines()[0] == (
        "The course's convention: the line of a value that was computed along the samples is m times the derivative "
        "of the cost. There is none here, since Z2 is a leaf: every line is a derivative of the cost."
    )


def test_what_is_said_is_said_of_lines_that_are_shown():
    J = network("Z1", "log loss")
    said = str(ag.derive(J, "A1")).splitlines()[0]
    assert said == "The course's convention: dZ is m times the derivative of the cost, and 1/m stands in dW and db."
