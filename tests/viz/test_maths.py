"""Formulas as MathML."""

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
