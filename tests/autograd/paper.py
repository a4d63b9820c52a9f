"""Reads a formula as a person does who knows the course's notation and nothing of chalkgrad, and computes it.

Letters side by side are matrices that are multiplied, ∗ is elementwise, ᵀ turns, Σ_columns sums the columns:

>>> import numpy as np
>>> computed("(1/m) Σ_columns (dZ ∗ A)", {"m": 2, "dZ": np.array([[1.0, 2.0]]), "A": np.array([[3.0, 4.0]])})
array([[5.5]])
>>> computed(in_text(r"\\frac{1}{m}\\,X^{\\mathsf{T}}\\,X"), {"m": 2, "X": np.array([[1.0], [2.0]])})
array([[2.5]])
"""

import re

import numpy as np

FUNCTIONS = {
    "σ": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "ln": np.log,
    "softmax": lambda z: np.exp(z) / np.sum(np.exp(z), axis=0),
    "max": np.maximum,
    "Σ": np.sum,
    "Σ_columns": lambda x: np.sum(x, axis=1, keepdims=True),
}
PREFIXES = ("Σ", "Σ_columns", "ln")  # apply to all that follows, up to a + or −
MATCHES = re.compile(r"\s*(Σ_columns|[A-Za-zσΣλ][A-Za-z_]*\d*|\d+(?:\.\d+)?|.)")
LATEX = {
    r"\\(?:mathit|operatorname|text)\{(\w+)\}": r"\1",
    r"\\left|\\right": "",
    r"\^\{\\mathsf\{T\}\}": "ᵀ",
    r"\^\{2\}": "²",
    r"\\sum_\{(\w+)\}": r"Σ_\1 ",
    r"_\{(\d+)\}": r"\1",
    r"\\ast": "∗",
    r"\\cdot": "·",
    r"\\sum": "Σ ",
    r"\\sigma": "σ",
    r"\\lambda": "λ",
    r"\\(tanh|ln|max)": r"\1 ",
    r"\\,": " ",
    "-": "−",
}
FRACTION = re.compile(r"\\frac\{([^{}]*)\}\{([^{}]*)\}")


def in_text(latex):
    """A formula in LaTeX, in the signs of plain text."""
    for pattern, sign in LATEX.items():
        latex = re.sub(pattern, sign, latex)
    while FRACTION.search(latex):
        latex = FRACTION.sub(r"((\1) / (\2))", latex)
    assert "\\" not in latex, latex
    return latex


def computed(formula, values):
    """The value of a formula, of the values of its letters."""
    reader = _Reader(MATCHES.findall(formula), values)
    result = reader.sum()
    assert not reader.left, f"{formula}: what is {' '.join(reader.left)}?"
    return result


class _Reader:
    def __init__(self, left, values):
        self.left, self.values = left, values

    def next_is(self, *signs):
        if self.left and self.left[0] in signs:
            return self.left.pop(0)
        return None

    def sum(self):
        total = -self.product() if self.next_is("−") else self.product()
        while sign := self.next_is("+", "−"):
            term = self.product()
            total = total + term if sign == "+" else total - term
        return total

    def product(self):
        """Of what is beside one another, with ∗, · and / between such products."""
        total = self.beside()
        while sign := self.next_is("∗", "·", "/"):
            factor = -self.beside() if self.next_is("−") else self.beside()
            total = total / factor if sign == "/" else total * factor
        return total

    def beside(self):
        total = self.factor()
        while self.left and self.left[0] not in ("+", "−", "∗", "·", "/", ")", "]", ",", ">"):
            factor = self.factor()
            total = total @ factor if np.ndim(total) == np.ndim(factor) == 2 else total * factor
        return total

    def factor(self):
        value = self.atom()
        while mark := self.next_is("ᵀ", "²"):
            value = value.T if mark == "ᵀ" else value**2
        return value

    def atom(self):
        if self.next_is("("):
            return self.until(")", self.sum())
        if self.next_is("["):  # [A > 0] is 1 where that holds
            left = self.sum()
            self.until(">", None)
            return self.until("]", (left > self.sum()) * 1.0)
        name = self.left.pop(0)
        if name not in FUNCTIONS:
            return self.values[name] if name in self.values else float(name)
        if name in PREFIXES and (name != "ln" or self.left[0] != "("):
            return FUNCTIONS[name](self.factor() if name == "ln" else self.product())
        self.until("(", None)
        operands = [self.sum()]
        while self.next_is(","):
            operands.append(self.sum())
        return FUNCTIONS[name](*self.until(")", operands))

    def until(self, sign, value):
        assert self.next_is(sign), f"{sign} was to follow, not {' '.join(self.left)}"
        return value
