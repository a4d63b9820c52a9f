"""The lines of a derivation: what each of them has, and what their names are."""

from pathlib import Path

import numpy as np

import autograd as ag
from tests.autograd.derived import RNG, X, Y, called, constant, tensor, two_layers


def test_a_line_has_everything():
    J = two_layers()
    line = ag.derive(J)["dZ1"]
    assert (line.name, line.shape) == ("dZ1", (4, 6))
    assert line.numpy == "dZ1 = dA1 * (1 - A1**2)"
    assert line.text == str(line) == "dZ1 = dA1 ∗ (1 − A1²)"
    assert [str(rule) for rule in line.rule] == [
        f"tanh, operand 0: autograd/rules/trigonometric.py:{_row('trigonometric', 'elementwise(np.tanh')}"
    ]
    assert [rule.operation for rule in ag.derive(J)["dW2"].rule] == ["add", "matmul"]
    J.backward()
    Z1 = next(node for node in ag.ancestors(J.node) if node.name == "Z1")
    np.testing.assert_allclose(line.value, 6 * Z1.grad, rtol=1e-12)


def _row(file, start):
    lines = Path(ag.__path__[0], "rules", f"{file}.py").read_text(encoding="utf-8").splitlines()
    return next(k for k, line in enumerate(lines, 1) if line.startswith(start))


def test_forward_lines():
    forward = ag.derive(two_layers()).forward
    assert [line.latex for line in forward] == [
        r"Z_{1} = W_{1}\,X + b_{1}",
        r"A_{1} = \tanh(Z_{1})",
        r"Z_{2} = W_{2}\,A_{1} + b_{2}",
        r"A_{2} = \sigma(Z_{2})",
        r"J = -\frac{1}{m} \sum (Y \ast \ln A_{2} + (1 - Y) \ast \ln(1 - A_{2}))",
    ]
    assert forward[1].numpy == "A1 = np.tanh(Z1)"


def test_only_what_is_on_the_way():
    J = two_layers()
    nodes = {node.name: ag.tensor.wrap(node.out, node) for node in ag.ancestors(J.node) if node.name}
    names = [line.name for line in ag.derive(J, nodes["W1"]).lines]
    assert names == ["dA2", "dZ2", "dA1", "dZ1", "dW1"]
    assert [line.name for line in ag.derive(J, [nodes["Z2"], nodes["b2"]]).lines] == ["dA2", "dZ2", "db2"]
    assert [line.name for line in ag.derive(J, nodes["A1"]).lines] == ["dA2", "dZ2", "dA1"]


def test_names_are_those_of_the_callers_variables():
    data = np.ones((2, 4))
    weights = ag.Tensor(np.ones((1, 2)))
    out = weights @ data
    cost = np.mean(out**2)
    assert [line.latex for line in ag.derive(cost).lines] == [
        r"d\mathit{out} = 2\,\mathit{out}",
        r"d\mathit{weights} = \frac{1}{m}\,d\mathit{out}\,\mathit{data}^{\mathsf{T}}",
    ]


def test_values_of_one_name_are_told_apart():
    W, x = tensor("W", 2, 2), constant("x", np.ones((2, 3)))
    first = called("Z", W @ x)
    second = called("Z", W @ np.tanh(first))
    assert [line.name for line in ag.derive(np.mean(second**2)).lines] == ["dZ_2", "dZ", "dW"]


def test_a_large_part_without_names_is_cut():
    def build():
        A = X
        for n, k in ((3, 5), (5, 4), (4, 1)):
            A = np.tanh(ag.Tensor(RNG.normal(size=(k, n))) @ A + ag.Tensor(np.zeros((k, 1))))
        return np.mean((A - Y) ** 2)

    derivation = ag.derive(build())
    assert max(len(line.latex) for line in derivation.lines) < 80
    assert r"dp_{3} &= \frac{1}{m}\,dv_{5}\,v_{3}^{\mathsf{T}}" in derivation.latex()
