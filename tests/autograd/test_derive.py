"""Derivations as the course prints them, character for character; and what derive refuses."""

import html
import re
import subprocess
import sys
import weakref
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from latex2mathml.converter import convert

import autograd as ag
from autograd.read import TEXT, write
from autograd.read.derive.samples import find_samples
from tests.autograd.programs import programs

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 6))
Y = (RNG.random((1, 6)) > 0.5) * 1.0
ONE_HOT = np.eye(3)[:, [0, 1, 2, 0, 1, 1]]


def tensor(name, *shape):
    return ag.Tensor(RNG.normal(size=shape) if shape else float(RNG.normal()), name=name)


def called(name, value):
    value.name = name
    return value


def constant(name, value):
    return ag.Tensor(value, name=name, requires_grad=False)


def network(activation=np.tanh, sizes=(3, 4, 1), last=ag.sigmoid, target=Y):
    """A, and the last Z, of a network with the course's names."""
    A = constant("X", X)
    for l, (n, k) in enumerate(pairwise(sizes), 1):
        Z = called(f"Z{l}", tensor(f"W{l}", k, n) @ A + tensor(f"b{l}", k, 1))
        A = called(f"A{l}", (activation if l < len(sizes) - 1 else last)(Z))
    return A, Z, constant("Y", target)


def two_layers(activation=np.tanh):
    A, _, Y = network(activation)
    return ag.binary_cross_entropy(A, Y)


def logistic():
    w, b = tensor("w", 3, 1), tensor("b")
    Z = called("Z", w.T @ constant("X", X) + b)
    A = called("A", ag.sigmoid(Z))
    return ag.binary_cross_entropy(A, constant("Y", Y))


def scalars():
    x, y = constant("x", 0.5), constant("y", 1.0)
    z1 = called("z1", tensor("w1") * x + tensor("b1"))
    a1 = called("a1", ag.sigmoid(z1))
    z2 = called("z2", tensor("w2") * a1 + tensor("b2"))
    a2 = called("a2", ag.sigmoid(z2))
    return called("L", ag.log_loss(a2, y))


def softmax_and_cross_entropy():
    A, _, Y = network(sizes=(3, 4, 3), last=ag.softmax, target=ONE_HOT)
    return np.sum(-ag.xlogy(Y, A)) / constant("m", 6.0)


def squared_error():
    _, Z, Y = network(sizes=(3, 4, 3), target=ONE_HOT)
    return np.sum((Z - Y) ** 2 / 2) / constant("m", 6.0)


def weight_decay():
    A, _, Y = network()
    J = ag.binary_cross_entropy(A, Y)
    weights = [n for n in ag.ancestors(J.node) if n.name in ("W1", "W2")]
    W1, W2 = (ag.tensor.wrap(n.out, n) for n in weights)
    return J + (np.sum(W1**2) + np.sum(W2**2)) * constant("lambda", 0.3) / 2 / constant("m", 6.0)


def latex(J, **how):
    return [line.latex for line in ag.derive(J, **how).lines]


LAST = [r"dA_{2} = -\frac{Y}{A_{2}} + \frac{1 - Y}{1 - A_{2}}", r"dZ_{2} = A_{2} - Y"]
OUTPUT = [
    *LAST,
    r"dW_{2} = \frac{1}{m}\,dZ_{2}\,A_{1}^{\mathsf{T}}",
    r"db_{2} = \frac{1}{m}\,\sum_{\text{columns}} dZ_{2}",
    r"dA_{1} = W_{2}^{\mathsf{T}}\,dZ_{2}",
]
INPUT = [
    r"dW_{1} = \frac{1}{m}\,dZ_{1}\,X^{\mathsf{T}}",
    r"db_{1} = \frac{1}{m}\,\sum_{\text{columns}} dZ_{1}",
]

COURSE = {
    "logistic regression, 002-9, 10, 16": (
        logistic,
        [
            r"dA = -\frac{Y}{A} + \frac{1 - Y}{1 - A}",
            r"dZ = A - Y",
            r"dw = \frac{1}{m}\,X\,dZ^{\mathsf{T}}",
            r"db = \frac{1}{m}\,\sum dZ",
        ],
    ),
    "two layers with tanh, 002-25, 26 corrected, 27": (
        two_layers,
        [*OUTPUT, r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})", *INPUT],
    ),
    "two layers with relu": (
        lambda: two_layers(ag.relu),
        [*OUTPUT, r"dZ_{1} = dA_{1} \ast \left[A_{1} > 0\right]", *INPUT],
    ),
    "two layers with sigmoid": (
        lambda: two_layers(ag.sigmoid),
        [*OUTPUT, r"dZ_{1} = dA_{1} \ast A_{1} \ast (1 - A_{1})", *INPUT],
    ),
    "two layers with leaky relu": (
        lambda: two_layers(ag.leaky_relu),
        [
            *OUTPUT,
            r"dZ_{1} = dA_{1} \ast \begin{cases} 1 & \text{where } \left[Z_{1} > 0\right] \\ "
            r"0.01 & \text{elsewhere} \end{cases}",
            *INPUT,
        ],
    ),
    "two layers with softmax": (
        lambda: two_layers(ag.softmax),
        [*OUTPUT, r"dZ_{1} = A_{1} \ast \left(dA_{1} - \sum_{\text{rows}} dA_{1} \ast A_{1}\right)", *INPUT],
    ),
    "L layers, 000-10 to 14": (
        lambda: ag.binary_cross_entropy(*network(sizes=(3, 5, 4, 2, 1))[::2]),
        [
            r"dA_{4} = -\frac{Y}{A_{4}} + \frac{1 - Y}{1 - A_{4}}",
            r"dZ_{4} = A_{4} - Y",
            *(
                line
                for l in (4, 3, 2)
                for line in (
                    rf"dW_{{{l}}} = \frac{{1}}{{m}}\,dZ_{{{l}}}\,A_{{{l - 1}}}^{{\mathsf{{T}}}}",
                    rf"db_{{{l}}} = \frac{{1}}{{m}}\,\sum_{{\text{{columns}}}} dZ_{{{l}}}",
                    rf"dA_{{{l - 1}}} = W_{{{l}}}^{{\mathsf{{T}}}}\,dZ_{{{l}}}",
                    rf"dZ_{{{l - 1}}} = dA_{{{l - 1}}} \ast (1 - A_{{{l - 1}}}^{{2}})",
                )
            ),
            *INPUT,
        ],
    ),
    "scalars, 004-6 to 10": (
        scalars,
        [
            r"da_{2} = -\frac{y}{a_{2}} + \frac{1 - y}{1 - a_{2}}",
            r"dz_{2} = a_{2} - y",
            r"dw_{2} = dz_{2}\,a_{1}",
            r"db_{2} = dz_{2}",
            r"da_{1} = dz_{2}\,w_{2}",
            r"dz_{1} = da_{1}\,a_{1}\,(1 - a_{1})",
            r"dw_{1} = dz_{1}\,x",
            r"db_{1} = dz_{1}",
        ],
    ),
    "softmax and cross-entropy": (
        softmax_and_cross_entropy,
        [
            r"dA_{2} = -\frac{Y}{A_{2}}",
            *OUTPUT[1:],
            r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})",
            *INPUT,
        ],
    ),
    "squared error": (
        squared_error,
        [r"dZ_{2} = Z_{2} - Y", *OUTPUT[2:], r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})", *INPUT],
    ),
    "weight decay": (
        weight_decay,
        [
            *LAST,
            r"dW_{2} = \frac{1}{m}\,dZ_{2}\,A_{1}^{\mathsf{T}} + \frac{\lambda}{m}\,W_{2}",
            *OUTPUT[3:],
            r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})",
            r"dW_{1} = \frac{1}{m}\,dZ_{1}\,X^{\mathsf{T}} + \frac{\lambda}{m}\,W_{1}",
            INPUT[1],
        ],
    ),
}


@pytest.mark.parametrize("case", COURSE)
def test_as_the_course_prints_it(case):
    build, lines = COURSE[case]
    assert latex(build()) == lines


@pytest.mark.parametrize("case", COURSE)
def test_pages_can_set_it(case):
    mathml = convert(ag.derive(COURSE[case][0](), steps=True).latex())
    assert mathml.startswith("<math") and "merror" not in mathml and "\\" not in mathml


def test_true_derivatives():
    assert latex(two_layers(), convention="true") == [
        r"dA_{2} = \frac{1}{m}\,\left(-\frac{Y}{A_{2}} + \frac{1 - Y}{1 - A_{2}}\right)",
        r"dZ_{2} = \frac{1}{m}\,(A_{2} - Y)",
        r"dW_{2} = dZ_{2}\,A_{1}^{\mathsf{T}}",
        r"db_{2} = \sum_{\text{columns}} dZ_{2}",
        r"dA_{1} = W_{2}^{\mathsf{T}}\,dZ_{2}",
        r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2})",
        r"dW_{1} = dZ_{1}\,X^{\mathsf{T}}",
        r"db_{1} = \sum_{\text{columns}} dZ_{1}",
    ]
    assert (
        latex(weight_decay(), convention="true")[2] == r"dW_{2} = dZ_{2}\,A_{1}^{\mathsf{T}} + \frac{\lambda}{m}\,W_{2}"
    )
    assert latex(softmax_and_cross_entropy(), convention="true")[:2] == [
        r"dA_{2} = -\frac{1}{m}\,\frac{Y}{A_{2}}",
        r"dZ_{2} = \frac{1}{m}\,(A_{2} - Y)",
    ]


def test_the_steps_stay_when_asked_for():
    lines = latex(two_layers(), steps=True)
    slope = r"\left(-\frac{Y}{A_{2}} + \frac{1 - Y}{1 - A_{2}}\right)"
    assert lines[1] == rf"dZ_{{2}} = {slope} \ast A_{{2}} \ast (1 - A_{{2}}) = A_{{2}} - Y"
    assert lines[5] == (r"dZ_{1} = dA_{1} \ast (1 - A_{1}^{2}) = W_{2}^{\mathsf{T}}\,dZ_{2} \ast (1 - A_{1}^{2})")
    assert lines[2] == OUTPUT[2]
    scalar = latex(scalars(), steps=True)
    assert scalar[2:4] == [r"dw_{2} = dz_{2}\,a_{1} = (a_{2} - y)\,a_{1}", r"db_{2} = dz_{2} = a_{2} - y"]
    assert scalar[5] == r"dz_{1} = da_{1}\,a_{1}\,(1 - a_{1}) = dz_{2}\,w_{2}\,a_{1}\,(1 - a_{1})"


def test_what_the_data_do_is_said():
    derivation = ag.derive(softmax_and_cross_entropy())
    assert derivation["dZ2"].note == "each column of Y sums to 1, as in these data"
    assert "each column of Y sums to 1" in str(derivation) and "each column of Y sums to 1" in derivation.numpy()
    A, _, Y = network(sizes=(3, 4, 3), last=ag.softmax, target=2 * ONE_HOT)
    other = ag.derive(np.sum(-ag.xlogy(Y, A)) / constant("m", 6.0))
    assert other["dZ2"].latex == r"dZ_{2} = \left(A_{2} \ast \sum_{\text{rows}} Y\right) - Y"
    assert not other["dZ2"].note


# --- lines ----------------------------------------------------------------------------------------------------------


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


# --- the number of samples ------------------------------------------------------------------------------------------


def test_a_number_that_equals_m_stays_a_number():
    W = tensor("W", 1, 3)
    Z = called("Z", W @ constant("X", X))
    J = np.mean((Z - Y) ** 2) + np.sum(W**2) * 6
    assert latex(J)[1] == r"dW = \frac{1}{m}\,dZ\,X^{\mathsf{T}} + 12\,W"


def test_m_is_found_where_the_mean_is_taken_whatever_else_is_of_its_size():
    W, b = tensor("W", 6, 6), tensor("b", 6, 1)
    Z = called("Z", W @ constant("X", RNG.normal(size=(6, 6))) + b)
    J = np.mean(np.sum(Z**2, axis=0))
    samples = find_samples(J.node, ag.values(J.node))
    assert (samples.m, samples.axis(Z.node), samples.axis(W.node), samples.axis(b.node)) == (6, 1, None, None)
    assert latex(J) == [
        r"dZ = 2\,Z",
        r"dW = \frac{1}{m}\,dZ\,X^{\mathsf{T}}",
        r"db = \frac{1}{m}\,\sum_{\text{columns}} dZ",
    ]


def test_a_mean_over_units_and_samples():
    W = tensor("W", 2, 3)
    Z = called("Z", W @ constant("X", X))
    assert latex(np.mean(Z**2)) == [r"dZ = Z", r"dW = \frac{1}{m}\,dZ\,X^{\mathsf{T}}"]
    assert latex(np.mean(Z**2), convention="true")[0] == r"dZ = \frac{1}{m}\,Z"


def test_samples_in_rows():
    W, rows = tensor("W", 3, 1), constant("X", X.T)
    out = called("out", rows @ W)
    J = np.mean((out[:, 0] - Y[0]) ** 2)
    samples = find_samples(J.node, ag.values(J.node))
    assert (samples.axis(out.node), samples.axis(W.node)) == (0, None)
    assert latex(J)[-1] == r"dW = \frac{1}{m}\,X^{\mathsf{T}}\,d\mathit{out}"


def test_where_m_cannot_be_told_the_true_convention_is_used_and_said():
    W = tensor("W", 1, 3)
    J = called("J", np.sum((W @ X - Y) ** 2))
    derivation = ag.derive(J)
    assert derivation.convention == "true"
    assert re.match(r"The true convention: .* m cannot be told: no mean .* part of J. Pass m=", str(derivation))
    assert latex(J) == latex(J, convention="true") == [r"dW = 2\,(W\,X - Y)\,X^{\mathsf{T}}"]
    with pytest.raises(ag.GraphError, match="over m=5 samples"):
        ag.derive(J, m=5)
    assert latex(J, m=6) == [r"dW = 2\,(W\,X - Y)\,X^{\mathsf{T}}"]
    w = tensor("w")
    two = np.mean(w * X[:, 0]) + np.mean(w * Y)
    assert "has means over 3 and 6 values. Pass m=3, say," in str(ag.derive(two))
    assert ag.derive(two, m=6).convention == "course"


def test_a_mean_over_weights_is_none_over_samples():
    W = tensor("W", 1, 3)
    assert latex(np.mean(W**2) + np.mean((W @ X - Y) ** 2)) == [
        r"dW = \frac{2}{3}\,W + \frac{2}{m}\,(W\,X - Y)\,X^{\mathsf{T}}",
    ]


@pytest.mark.parametrize("of_weights", [np.mean, np.var, lambda b: np.std(b) ** 2, lambda b: np.sum(b * b) / 4])
def test_a_mean_over_weights_alone_is_no_reason_for_the_course_convention(of_weights):
    """The derivative of b would be m times too large, with the number of units for m."""
    W, b = tensor("W", 4, 3), called("b", ag.Tensor([[1.0], [2.0], [4.0], [5.0]]))
    J = np.sum(W @ X) + of_weights(b)
    derivation = ag.derive(J)
    assert derivation.convention == "true" and "m cannot be told" in str(derivation)
    J.backward()
    found = derivation.function()(**derivation.inputs)
    for leaf in (W, b):
        np.testing.assert_allclose(found[f"d{leaf.name}"], leaf.grad, rtol=1e-12)


def leaves_along_the_samples():
    """Costs of the course's convention, where a leaf has the axis of the samples, or one as long."""
    A, x = called("A", ag.Tensor(RNG.uniform(0.1, 0.9, (1, 6)))), called("x", ag.Tensor(X))
    W, square = tensor("W", 4, 3), tensor("S", 6, 6)
    yield [A], ag.binary_cross_entropy(A, constant("Y", Y))
    yield [x, W], np.mean(np.tanh(called("Z", W @ x)) ** 2)
    yield [x, W], np.mean(np.tanh(called("Z", called("R", x.T) @ W.T)) ** 2)
    yield [W, square], np.mean((W @ X @ square) ** 2)
    yield [x, W], np.sum((W @ x) ** 2) / 6 + np.var(W)


@pytest.mark.parametrize("convention", ["course", "true"])
def test_the_line_of_a_leaf_is_its_gradient_in_either_convention(convention):
    for leaves, J in leaves_along_the_samples():
        derivation = ag.derive(J, convention=convention)
        found = derivation.function()(**derivation.inputs)
        for leaf in leaves:
            leaf.grad = None
        J.backward()
        for leaf in leaves:
            np.testing.assert_allclose(found[f"d{leaf.name}"], leaf.grad, rtol=1e-12)
            np.testing.assert_allclose(derivation[f"d{leaf.name}"].value, leaf.grad, rtol=1e-12)


def costs_of_one_row_and_column():
    """Costs of shape (1, 1), and what is said of w, the row, or x, the column, that they are of."""
    w, x, b = tensor("w", 1, 3), tensor("x", 3, 1), tensor("b", 1, 1)
    A, e = constant("A", RNG.normal(size=(3, 3))), w @ X - Y
    yield e @ e.T, ["dw = 2 (w X − Y) Xᵀ"]
    yield np.dot(e, e.T), ["dw = 2 (w X − Y) Xᵀ"]
    yield np.dot(e, e.T) / 6, ["dw = (2/m) (w X − Y) Xᵀ"]
    yield x.T @ A @ x, ["dx = Aᵀ x + A x"]
    yield np.sum(x.T @ A @ x), ["dx = Aᵀ x + A x"]
    yield w @ x + b, ["dw = xᵀ", "dx = wᵀ", "db = 1"]
    e = called("e", w @ X - Y)
    yield e @ e.T, ["de = 2 e", "dw = de Xᵀ"]
    yield np.exp(called("z", w @ x + b)), ["dz = J", "dw = dz xᵀ", "dx = wᵀ dz", "db = dz"]


@pytest.mark.parametrize("convention", ["course", "true"])
def test_a_cost_that_is_a_product_of_a_row_and_a_column(convention):
    for J, lines in costs_of_one_row_and_column():
        assert [line.text for line in ag.derive(J, convention=convention).lines] == lines
        assert len(ag.derive(J, convention=convention, steps=True).lines) == len(lines)


def test_one_sample_needs_no_convention():
    W, x = tensor("W", 2, 3), constant("x", X[:, :1])
    Z = called("Z", W @ x + tensor("b", 2, 1))
    for J in (np.mean(np.sum(Z**2, axis=0)), np.sum(Z**2)):
        derivation = ag.derive(J, m=1)
        assert [line.latex for line in derivation.lines] == [r"dZ = 2\,Z", r"dW = dZ\,x^{\mathsf{T}}", "db = dZ"]
        assert "one sample" in str(derivation)


@pytest.mark.parametrize("convention", ["course", "true"])
def test_a_line_does_not_wait_for_the_gradient_of_a_leaf_that_was_made_later(convention):
    """With one sample and one unit, the gradient of b is that of the sum, which has no name, and W comes before b."""
    W, b, x, y = tensor("W", 1, 3), tensor("b", 1, 1), constant("x", X[:, :1]), constant("y", Y[:, :1])
    derivation = ag.derive(ag.binary_cross_entropy(ag.sigmoid(W @ x + b), y), convention=convention)
    assert [line.text for line in derivation.lines] == ["dW = (σ(W x + b) − y) xᵀ", "db = σ(W x + b) − y"]
    two, c = tensor("W2", 1, 1), tensor("c", 1, 1)
    J = ag.binary_cross_entropy(ag.sigmoid(two @ np.tanh(W @ x + b) + c), y)
    assert ag.derive(J, convention=convention)["dW"]


# --- what is made of them -------------------------------------------------------------------------------------------


def test_in_latex():
    assert ag.derive(logistic()).latex() == "\n".join(
        [
            r"\begin{aligned}",
            r"dA &= -\frac{Y}{A} + \frac{1 - Y}{1 - A} \\",
            r"dZ &= A - Y \\",
            r"dw &= \frac{1}{m}\,X\,dZ^{\mathsf{T}} \\",
            r"db &= \frac{1}{m}\,\sum dZ",
            r"\end{aligned}",
        ]
    )


def test_in_plain_text():
    assert str(ag.derive(logistic())).splitlines() == [
        "The course's convention: dZ is m times the derivative of the cost, and 1/m stands in dW and db.",
        "",
        "dA = −Y/A + (1 − Y) / (1 − A)",
        "dZ = A − Y",
        "dw = (1/m) X dZᵀ",
        "db = (1/m) Σ dZ",
    ]


def test_in_a_notebook():
    derivation = ag.derive(logistic(), convention="true")
    assert derivation._repr_latex_() == f"${derivation.latex()}$"
    assert "every line is a derivative of the cost" in derivation._repr_html_()
    assert derivation.latex() in html.unescape(derivation._repr_html_())


def test_as_a_program():
    assert ag.derive(two_layers()).numpy() == "\n".join(
        [
            '"""The gradients of J, derived by chalkgrad.',
            "",
            "The course's convention: dZ is m times the derivative of the cost, and 1/m stands in dW and db.",
            '"""',
            "",
            "import numpy as np",
            "",
            "",
            "def counted(x, y):",
            "    return np.equal(x, 0) & ~np.isnan(y)",
            "",
            "",
            "def xlogy(x, y):",
            "    is_zero = counted(x, y)",
            "    return np.where(is_zero, 0.0, x * np.log(np.where(is_zero, 1.0, y)))",
            "",
            "",
            "def ratio(x, y):",
            "    is_zero = counted(x, y)",
            "    return np.where(is_zero, 0.0, np.divide(x, np.where(is_zero, 1.0, y)))",
            "",
            "",
            "def gradients(W1, b1, W2, b2, X, Y):",
            "    m = X.shape[1]",
            "",
            "    Z1 = W1 @ X + b1                                  # (4, m)",
            "    A1 = np.tanh(Z1)                                  # (4, m)",
            "    Z2 = W2 @ A1 + b2                                 # (1, m)",
            "    A2 = 1 / (1 + np.exp(-Z2))                        # (1, m)",
            "    t5 = 1 - Y                                        # (1, m)",
            "    t6 = 1 - A2                                       # (1, m)",
            "    J = -np.sum(xlogy(Y, A2) + xlogy(t5, t6)) / m",
            "",
            "    dA2 = ratio(t5, t6) - ratio(Y, A2)                # (1, m)",
            "    dZ2 = A2 - Y                                      # (1, m)",
            "    dW2 = 1 / m * (dZ2 @ A1.T)                        # (1, 4)",
            "    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)  # (1, 1)",
            "    dA1 = W2.T @ dZ2                                  # (4, m)",
            "    dZ1 = dA1 * (1 - A1**2)                           # (4, m)",
            "    dW1 = 1 / m * (dZ1 @ X.T)                         # (4, 3)",
            "    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)  # (4, 1)",
            '    return {"J": J, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, '
            '"db1": db1}',
            "",
        ]
    )


def test_the_function_takes_other_data():
    derivation = ag.derive(two_layers())
    others = {name: RNG.normal(size=np.shape(value)) for name, value in derivation.inputs.items()}
    others |= {"X": RNG.normal(size=(3, 9)), "Y": (RNG.random((1, 9)) > 0.5) * 1.0}
    found = derivation.function()(**others)
    leaves = {name: ag.Tensor(value) for name, value in others.items() if name[0] in "Wb"}
    A1 = np.tanh(leaves["W1"] @ others["X"] + leaves["b1"])
    J = ag.binary_cross_entropy(ag.sigmoid(leaves["W2"] @ A1 + leaves["b2"]), others["Y"])
    J.backward()
    np.testing.assert_allclose(found["J"], J.data)
    for name, leaf in leaves.items():
        np.testing.assert_allclose(found[f"d{name}"], leaf.grad)


def run(path, *arguments):
    return subprocess.run(
        [sys.executable, str(path), *map(str, arguments)], capture_output=True, text=True, cwd=path.parent
    )


def leaky(Z):
    return np.where(Z > 0, Z, 0.01 * Z)


def leaky_by_a_named_ufunc(Z):
    mask = np.less(0.0, Z)
    ag.names.here()
    return np.where(mask, Z, 0.01 * Z)


def huber(Z):
    return np.where(np.abs(Z) <= 1, 0.5 * Z**2, np.abs(Z) - 0.5)


@pytest.mark.parametrize("activation", [leaky, leaky_by_a_named_ufunc, huber])
def test_the_program_compares_anew(activation):
    def cost(W, X):
        return np.mean(activation(called("Z", W @ X)) ** 2)

    W, other = tensor("W", 4, 3), RNG.normal(size=(3, 9))
    derivation = ag.derive(cost(W, constant("X", X)))
    assert list(derivation.inputs) == ["W", "X"]
    cost(W, other).backward()
    np.testing.assert_allclose(derivation.function()(W=W.data, X=other)["dW"], W.grad)


def test_a_mask_is_read_as_it_was_computed():
    Z = called("Z", tensor("W", 4, 3) @ constant("X", X))
    assert "([Z > 0] + 0.01 [Z ≤ 0])" in ag.derive(np.mean(leaky(Z)))["dZ"].text


@pytest.mark.parametrize("change", [lambda mask: ~mask, lambda mask: np.logical_not(mask, out=mask)])
def test_a_constant_without_a_name_is_said_to_be_one(change):
    Z = called("Z", tensor("W", 4, 3) @ constant("X", X))
    derivation = ag.derive(np.mean(np.where(change(Z > 0), Z, 0.01 * Z)))
    for text in (str(derivation), " ".join(derivation.numpy().split())):
        assert "c1: a constant (4, 6) of this run, without a name" in text


def test_a_mask_keeps_no_graph_alive():
    Z = tensor("W", 4, 3) @ X
    node, mask = weakref.ref(Z.node), Z > 0
    del Z
    assert node() is None and mask.any()


def test_a_saved_program_runs_by_itself(tmp_path):
    derivation = ag.derive(two_layers())
    path = derivation.save(tmp_path / "small.py")
    done = run(path)
    assert done.returncode == 0, done.stderr
    assert f"J =\n{derivation['J'].value}" in done.stdout
    assert "chalkgrad" in path.read_text() and "import autograd" not in path.read_text()
    assert [file.name for file in tmp_path.iterdir()] == ["small.py"]


def test_a_saved_program_with_large_inputs_loads_them(tmp_path):
    W = tensor("W", 20, 50)
    Z = called("Z", W @ constant("X", RNG.normal(size=(50, 8))))
    derivation = ag.derive(np.mean(Z**2))
    path = derivation.save(tmp_path / "large.py")
    np.savez(tmp_path / "inputs.npz", **derivation.inputs)
    assert "dW =" in run(path, tmp_path / "inputs.npz").stdout
    without = run(path)
    assert without.returncode == 1 and "INPUTS.npz" in without.stderr and "W (20, 50)" in without.stderr


def test_a_saved_document_uses_amsmath_alone(tmp_path):
    text = ag.derive(two_layers()).save(tmp_path / "x.tex").read_text()
    assert re.findall(r"\\usepackage(?:\[.*\])?\{(.*?)\}", text) == ["amsmath"]
    assert text.count(r"\begin{") == text.count(r"\end{") and text.isascii()
    assert r"dZ_{2} &= A_{2} - Y \\" in text


def test_saving_is_refused_in_words(tmp_path):
    derivation = ag.derive(logistic())
    with pytest.raises(ag.AutogradError, match=r"saved as \.tex or \.py, but got 'x\.pdf'"):
        derivation.save("x.pdf")
    with pytest.raises(OSError, match="cannot be written: No such file"):
        derivation.save(tmp_path / "missing" / "x.tex")


# --- refusals and edges ---------------------------------------------------------------------------------------------


def test_refusals():
    J = two_layers()
    with pytest.raises(ag.GraphError, match='known are "course" and "true"'):
        ag.derive(J, convention="corse")
    with pytest.raises(ag.GraphError, match="needs the Tensor of a cost, but got float"):
        ag.derive(1.0)
    for nothing in (constant("c", 1.0), tensor("w")):
        with pytest.raises(ag.GraphError, match="needs a cost that was computed from Tensors"):
            ag.derive(nothing)
    with pytest.raises(ag.GraphError, match="with respect to itself is 1"):
        ag.derive(J, J)
    with pytest.raises(ag.GraphError, match="needs a cost, a single number, but got shape"):
        ag.derive(tensor("W", 2, 3) * 2)
    with pytest.raises(ag.GraphError, match=r"not computed from V, .*It was computed from .*W1"):
        ag.derive(J, tensor("V", 2))
    w = tensor("w")
    remove = w.register_hook(lambda g: g)
    with pytest.raises(ag.GraphError, match="w has a hook"):
        ag.derive(w * 2)
    remove()
    assert latex(w * 2) == ["dw = 2"]
    with pytest.raises(ag.GraphError, match="checkpointed piece"):
        ag.derive(ag.checkpoint(np.tanh)(w))
    with pytest.raises(KeyError, match="There is no line 'dQ'"):
        ag.derive(J)["dQ"]


def test_certain_predictions_keep_their_values():
    """Where A is exactly 0 or 1 the plain formulas give nan; the program says what counts as 0."""
    A, Y = tensor("A", 1, 3), constant("Y", np.array([[1.0, 0.0, 1.0]]))
    A.data = np.array([[1.0, 0.0, 0.5]])
    derivation = ag.derive(ag.binary_cross_entropy(A, Y))
    np.testing.assert_allclose(3 * derivation["dA"].value, [[-1, 1, -2]])
    assert "import autograd" not in derivation.numpy() and "def ratio" in derivation.numpy()
    np.testing.assert_allclose(3 * derivation.function()(**derivation.inputs)["dA"], [[-1, 1, -2]])


def test_single_precision_stays():
    W, x = ag.Tensor(np.ones((1, 3), "f4"), name="W"), np.ones((3, 4), "f4")
    Z = called("Z", W @ x)
    J = np.mean(np.tanh(Z))
    derivation = ag.derive(J)
    found = derivation.function()(**derivation.inputs)
    assert {value.dtype for name, value in found.items() if name != "J"} == {np.dtype("f4")}
    assert r"\frac{m}" not in derivation.latex()


def test_it_takes_no_part_in_modes():
    with ag.anomaly(), ag.guard():
        assert latex(two_layers())[1] == r"dZ_{2} = A_{2} - Y"
    J = two_layers()
    with ag.no_grad():
        assert latex(J)[1] == r"dZ_{2} = A_{2} - Y"


def test_importing_needs_no_sympy():
    code = "import sys, autograd; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ag.__path__[0] + "/..").returncode == 0


@settings(max_examples=60)
@given(programs(), st.sampled_from(["true", "course"]))
def test_random_programs(program, convention):
    """A derivation compares itself with the sweep: each line, and the whole program."""
    J = program(*(ag.Tensor(x) for x in program.inputs()))
    try:
        ag.derive(J, convention=convention, steps=True)
    except ag.GraphError as error:
        too_long = "Name some of the values" in str(error)
        assert too_long or (convention == "course" and "m cannot be told" in str(error))


def fitted(noise):
    """A linear model at its optimum, where sums cancel: of data that it fits up to noise."""
    data = RNG.normal(size=(3, 20))
    target = 3 * data[:1] - data[1:2] + 0.5 + noise * RNG.normal(size=(1, 20))
    found = np.linalg.lstsq(np.vstack([data, np.ones(20)]).T, target.T, rcond=None)[0].T
    W, b = ag.Tensor(found[:, :3], name="W"), ag.Tensor(found[:, 3:], name="b")
    return called("Z", W @ constant("X", data) + b), constant("Y", target)


@pytest.mark.parametrize("convention", ["course", "true"])
@pytest.mark.parametrize("noise", [1.0, 0.0])
def test_a_trained_model(noise, convention):
    Z, target = fitted(noise)
    for J in (np.mean((Z - target) ** 2), np.var(Z), np.mean(np.abs(np.tanh(Z) - np.tanh(target)) ** 3)):
        assert ag.derive(J, convention=convention, steps=True)["dW"].shape == (1, 3)


def optimum():
    Z, target = fitted(1.0)
    return np.mean((Z - target) ** 2)


def tied():
    """A maximum of equal numbers, which the smallest change decides."""
    W = ag.Tensor(np.ones((2, 3)), name="W")
    return np.mean(np.max(called("Z", W @ constant("X", X)), axis=0))


@pytest.mark.parametrize("cost", [logistic, optimum, tied])
@pytest.mark.parametrize("wrong", [lambda r: r.but(function="add", call=np.add), lambda r: r * (1 + 1e-5)])
def test_a_wrong_formula_is_not_shown(monkeypatch, cost, wrong):
    from autograd.read import passes

    right = passes.simplify_all

    def planted(roots, **options):
        return [
            r if r.name != "Z" else wrong(r.but(name=None, gradient=False)).but(name=r.name, gradient=True)
            for r in right(roots, **options)
        ]

    monkeypatch.setattr(passes, "simplify_all", planted)
    with pytest.raises(ag.NumericalError, match="but the sweep finds"):
        ag.derive(cost())


def test_a_line_keeps_the_term_that_it_reads():
    """The right side of a line can be taken apart: what it says is what was computed, of what has a name."""
    line = ag.derive(two_layers())["dZ1"]
    assert write(line.term, style=TEXT) == line.text.partition(" = ")[2]
    left, right = line.term.operands
    assert (line.term.call, left.name, left.gradient, right.call) == (np.multiply, "A1", True, np.subtract)
    np.testing.assert_allclose(line.term.value, line.value)
