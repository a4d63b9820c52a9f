"""Formulas in plain text; and that every row of the table is written in both styles."""

from itertools import product

import numpy as np
import pytest

import autograd as ag
from autograd.read import LATEX, TEXT, Naming, Term, expression, forward_formula, rule_formula, write, write_value
from tests.autograd.case import for_each
from tests.autograd.cases import CASES


@for_each("case, style", product(CASES, [LATEX, TEXT]))
def test_every_row_and_its_rules_can_be_written(case, style):
    out = case(*(ag.Tensor(x) if i in case.wanted else x for i, x in enumerate(case.operands)))
    called = Naming(out.node)
    formulas = [expression(out, called, style)]
    for node in (n for n in ag.ancestors(out.node) if n.op is not None):
        formulas.append(forward_formula(node, called, style))
        for i, parent in enumerate(node.parents):
            if isinstance(parent, ag.Node) and node.op.vjps[i] is not None:
                formulas.append(rule_formula(node, i, called, style))
    for formula in formulas:
        assert formula
        assert formula.count("{") == formula.count("}")
        assert formula.count("(") == formula.count(")")


def symbol(name, *shape, gradient=False):
    return Term(np.ones(shape) if shape else 1.0, name, gradient=gradient)


W2, A1, B2, Y = symbol("W2", 1, 4), symbol("A1", 4, 5), symbol("b2", 1, 1), symbol("Y", 1, 5)
DZ2, A2 = symbol("Z2", 1, 5, gradient=True), symbol("A2", 1, 5)
X, Z, THETA = symbol("x"), symbol("z"), symbol("theta1")

READS = {
    "A2 − Y": lambda: A2 - Y,
    "W2 A1 + b2": lambda: W2 @ A1 + B2,
    "(1/m) dZ2 A1ᵀ": lambda: 1 / symbol("m") * (DZ2 @ A1.T),
    "dZ2 A1ᵀ / 5": lambda: DZ2 @ A1.T / 5,
    "W2ᵀ dZ2 ∗ (1 − A1²)": lambda: W2.T @ DZ2 * (1 - A1 * A1),
    "Σ_columns dZ2": lambda: np.sum(DZ2, axis=1, keepdims=True),
    "(1/5) Σ_columns A1": lambda: np.mean(A1, axis=1),
    "Σ A1": lambda: np.sum(A1),
    "σ(W2 A1)": lambda: ag.sigmoid(W2 @ A1),
    "−(1/5) Σ (Y ∗ ln A2 + (1 − Y) ∗ ln(1 − A2))": lambda: ag.binary_cross_entropy(A2, Y),
    "−Y/A2 + (1 − Y) / (1 − A2)": lambda: ag.rules.log_loss_slope(A2, Y),
    "√x + √(x + z)": lambda: np.sqrt(X) + np.sqrt(X + Z),
    "(√x)³ · 2": lambda: np.sqrt(X) ** 3 * 2,
    "‖A1‖": lambda: np.linalg.norm(A1),
    "|A1| ∗ [A1 ≥ 0]": lambda: np.abs(A1) * (A1 >= 0),
    "e^(−x)": lambda: np.exp(-X),
    "x¹⁰ − x⁻¹ + x^z": lambda: X**10 - X**-1 + X**Z,
    "θ1 x": lambda: THETA * X,
    "(x/z) x": lambda: X / Z * X,
    "x / (z x)": lambda: X / (Z * X),
    "(x/z)/z": lambda: X / Z / Z,
    "log₂(x)": lambda: np.log2(X),
    "(Y where [A2 > 0.5], A2 elsewhere)": lambda: np.where(A2 > 0.5, Y, A2),
    "A1[0, 1:, …, new]": lambda: A1[0, 1:, ..., None],
    "[A2, Y]": lambda: np.concatenate([A2, Y], axis=1),
    "[A2; Y]": lambda: np.concatenate([A2, Y]),
    "einsum_ij,jk→ik(W2, A1)": lambda: np.einsum("ij,jk->ik", W2, A1),
    "cumsum(A1)": lambda: np.cumsum(A1, axis=1),
    "(A1⁻¹)ᵀ": lambda: np.linalg.inv(Term(np.eye(2), "A1")).T,
    "x · (−2)": lambda: X * -2.0,
    "x + 1.0e-07": lambda: X + 1e-7,
    "x · nan": lambda: X * float("nan"),
}


@pytest.mark.parametrize("text", READS)
def test_how_it_reads(text):
    assert write(READS[text](), style=TEXT) == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [("dZ2", "dZ2"), ("alpha", "α"), ("dtheta1", "dθ1"), ("lambda", "λ"), ("beta_hat", "β_hat"), ("pivot", "pivot")],
)
def test_names(name, shown):
    assert TEXT.name(name) == shown


def test_numbers_and_shapes_in_place_of_names():
    assert write(X * Term(-2.5, "w"), "numbers", style=TEXT) == "1.0 · (−2.5)"
    two, less = Term(2.0, "x"), Term(-4.0, "y")
    assert write(two + less, "numbers", style=TEXT) == "2.0 + (−4.0)" and write(two + less, style=TEXT) == "x + y"
    assert write(two - less, "numbers", style=TEXT) == "2.0 − (−4.0)"
    assert write(less + two + less, "numbers", style=TEXT) == "−4.0 + 2.0 + (−4.0)"
    assert write(less + two * less, "numbers", style=LATEX) == r"-4.0 + 2.0 \cdot (-4.0)"
    assert write(two + -less, "numbers", style=TEXT) == "2.0 − (−4.0)" and write(two + -less, style=TEXT) == "x − y"
    assert write(less + Term(-3.0), "numbers", style=TEXT) == "−4.0 − 3", (
        "a number of the program is no value of a name"
    )
    assert write(W2 @ A1 + symbol("v", 5), "shapes", style=TEXT) == "W2₁ₓ₄ A1₄ₓ₅ + v₍₅₎"
    assert write_value(np.array([[1.0, -2.0], [0.5, 1e9]]), style=TEXT) == "[1.0, −2.0; 0.5, 1.0e+09]"


def test_a_transpose_that_leaves_the_axes_where_they_are_is_not_written():
    assert write(np.swapaxes(A1, 1, -1), style=TEXT) == "A1"
    assert write(np.transpose(A1, (0, -1))) == "A_{1}"
    assert write(np.transpose(symbol("T", 2, 3, 4), (0, 2, 1)), style=TEXT) == "transpose_(0, 2, 1)(T)"
