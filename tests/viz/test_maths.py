"""Formulas as MathML."""

import re

import pytest

from viz.web.maths import _converted, mathml


@pytest.mark.parametrize(
    "latex",
    [
        r"0.5 \cdot \left(-0.25\right) + 12 = -1.2 \times 10^{-5}",
        r"\frac{1}{4}\,\sum \left[\begin{matrix} 0.1 & -2 \\ 30 & 400.0 \end{matrix}\right]",
        r"x_{12}^{2} + x_1^2 + 2\,x + 100000 + 100001",
        r"\frac12\,v_{3} - \infty + 7",
        r"\underset{1 \times 4}{W_{1}}\,\underset{4 \times 6}{X}",
    ],
)
def test_numbers_are_those_of_the_formula(latex):
    """Formulas of one form are converted once, with the numbers put aside."""
    assert mathml(latex) == _converted(latex)


def operators(latex):
    """(what it says, the space before it, the space after it) of each name of a function."""
    found = re.findall(r"<mo([^>]*)>([^<\W]{2,})</mo>", mathml(latex))
    return [(name, *(re.search(rf'{side}="([^"]*)"', how)[1] for side in ("lspace", "rspace"))) for how, name in found]


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"d(\max(W_1 X, 0))", [("max", "0", "0")]),
        (r"W_2 \max(a, 0)", [("max", "0.167em", "0")]),
        (r"d(\max_{\text{rows}}(S))", [("max", "0", "0")]),
        (r"y \ln a", [("ln", "0.167em", "0.167em")]),
        (r"(\ln(a))", [("ln", "0", "0")]),
        (r"W \operatorname{conv2d}(c_{1}, K)", [("conv2d", "0.167em", "0")]),
        (r"2\,\operatorname{\text{größe}}(c_{1})", [("größe", "0.167em", "0")]),
        (
            r"\operatorname{conv2d\_weights}(d(\operatorname{conv2d}(c_{1}, K)), c_{1})",
            [("conv2d_weights", "0", "0"), ("conv2d", "0", "0")],
        ),
    ],
)
def test_the_name_of_a_function_is_one_word_with_its_spaces(latex, expected):
    assert operators(latex) == expected
    assert "<mo />" not in mathml(latex)


def test_a_name_of_a_function_is_not_markup():
    assert "<img" not in mathml(r"\operatorname{<img src=x>}(a)")
