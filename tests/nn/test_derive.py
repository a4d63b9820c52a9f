"""Every program that derive writes, against the sweep: random networks with everything that nn has."""

from itertools import pairwise

import numpy as np
import pytest

import autograd as ag
import nn
from nn import losses

LOSSES = (
    "binary_cross_entropy",
    "binary_cross_entropy_logits",
    "cross_entropy",
    "cross_entropy_logits",
    "squared_error",
    "mse",
)
LAST = {"binary_cross_entropy": nn.Sigmoid, "cross_entropy": nn.Softmax}
HIDDEN = (nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.Sigmoid, nn.Softmax)


def random_network(seed):
    """A cost, its leaves by name, and how it came about."""
    rng = np.random.default_rng(seed)
    loss = LOSSES[seed % len(LOSSES)]
    m = int(rng.integers(1, 8))
    sizes = [int(n) for n in rng.integers(1, 6, size=rng.integers(2, 7))]
    sizes[-1] += loss.startswith("cross")
    layers = []
    for n, k in pairwise(sizes):
        layers += [nn.Linear(n, k, seed=rng), HIDDEN[rng.integers(len(HIDDEN))]()]
    layers[-1:] = [LAST[loss]()] if loss in LAST else []
    model = nn.Sequential(*layers)
    X, out = rng.normal(size=(sizes[0], m)), sizes[-1]
    if loss.startswith("cross"):
        Y = np.eye(out)[:, rng.integers(out, size=m)]
    else:
        Y = (rng.random((out, m)) > 0.5) * 1.0 if loss.startswith("binary") else rng.normal(size=(out, m))
    J = losses.find(loss)(model(X), Y)
    if rng.random() < 0.4:
        weights = [layer.W for layer in layers if isinstance(layer, nn.Linear)]
        J = J + losses.l2(weights, strength=0.3, m=m)
    return J, {p.name: p for p in model.parameters()}, m


@pytest.mark.parametrize("start", range(0, 200, 20))
@pytest.mark.parametrize("convention", ["course", "true"])
def test_every_program_gives_what_the_sweep_finds(start, convention):
    for seed in range(start, start + 20):
        J, leaves, _ = random_network(seed)
        derivation = ag.derive(J, convention=convention, steps=seed % 2 == 0)
        scope = {}
        exec(derivation.numpy(), scope)  # the text by itself
        found = scope["gradients"](**derivation.inputs)
        J.backward()
        np.testing.assert_allclose(found["J"], J.data, rtol=1e-10)
        for name, leaf in leaves.items():
            size = max(float(np.max(np.abs(leaf.grad))), 1e-300)
            np.testing.assert_allclose(
                found[f"d{name}"], leaf.grad, rtol=1e-9, atol=1e-9 * size, err_msg=f"{seed} {name}"
            )


def test_interior_lines_are_m_times_the_derivative_in_the_courses_convention():
    for seed in range(30):
        J, _, m = random_network(seed)
        course, true = (ag.derive(J, convention=c) for c in ("course", "true"))
        J.backward()
        for node in ag.ancestors(J.node):
            if node.op is not None and node.name and node.name != "J":
                np.testing.assert_allclose(true[f"d{node.name}"].value, node.grad, rtol=1e-9, atol=1e-12)
                np.testing.assert_allclose(course[f"d{node.name}"].value, m * node.grad, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("loss", "line"),
    {
        "binary_cross_entropy": r"dZ_{1} = A_{1} - Y",
        "binary_cross_entropy_logits": r"dZ_{1} = (1 - Y) \ast \sigma(Z_{1}) - Y \ast \sigma(-Z_{1})",
        "cross_entropy": r"dZ_{1} = A_{1} - Y",
        "cross_entropy_logits": r"dZ_{1} = \operatorname{softmax}(Z_{1}) - Y",
        "squared_error": r"dZ_{1} = Z_{1} - Y",
        "mse": r"dZ_{1} = 2 \cdot (Z_{1} - Y)",
    }.items(),
)
def test_each_loss(loss, line):
    Y = np.eye(3)[:, [0, 2, 1, 1]]
    last = [LAST[loss]()] if loss in LAST else []
    A = nn.Sequential(nn.Linear(2, 3, seed=0), *last)(np.linspace(-1, 1, 8).reshape(2, 4))
    J = losses.find(loss)(A, Y)
    assert ag.derive(J)["dZ1"].latex == line


def test_weight_decay_is_known_by_its_names():
    X, Y = np.linspace(-1, 1, 8).reshape(2, 4), np.array([[0.0, 1, 1, 0]])
    layer = nn.Linear(2, 1, seed=0)
    A = nn.Sequential(layer, nn.Sigmoid())(X)
    J = losses.binary_cross_entropy(A, Y) + losses.l2([layer.W], strength=0.1, m=4)
    assert ag.derive(J)["dW1"].latex == r"dW_{1} = \frac{1}{m}\,dZ_{1}\,X^{\mathsf{T}} + \frac{\lambda}{m}\,W_{1}"
    of_more = losses.binary_cross_entropy(A, Y) + losses.l2([layer.W], strength=0.1, m=100)
    said = str(ag.derive(of_more))
    assert said.startswith("The true convention") and "means over 4 and 100 values. Pass m=4, say," in said
    line = ag.derive(of_more, m=4)["dW1"]
    assert line.latex == r"dW_{1} = \frac{1}{m}\,dZ_{1}\,X^{\mathsf{T}} + \frac{\lambda}{m_{2}}\,W_{1}"
