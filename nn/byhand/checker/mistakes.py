"""The mistakes that are made in hand-derived backpropagation, each with the edit of a line that makes it.

>>> from nn import byhand
>>> byhand.mistakes["mean_missing"].title
'1/m missing'
>>> len(byhand.mistakes)
27
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nn.byhand.checker import edits
from nn.byhand.checker.edits import Edit


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    key          by which findings name it
    number       its place in the catalogue
    title        in a few words
    explanation  why it is one, and how it shows
    example      a line with it, in the course's notation
    corrected    the same line as it should be
    edit         yields the wrong variants of a line; None for what no line shows: see `check_function`
    of_values    what it is in a line of the forward pass, where the title says "derivative"
    """

    key: str
    number: int
    title: str
    explanation: str
    example: str
    corrected: str
    edit: Edit | None = None
    of_values: str = ""

    def called(self, gradient: bool = True) -> str:
        """The title, for a line that gives a gradient or a value."""
        return self.title if gradient else self.of_values or self.title

    def __str__(self) -> str:
        return f"{self.title}. {self.explanation}\n  {self.example}\n  should be {self.corrected}"


_ALL = (
    Mistake(
        "mean_missing", 1, "1/m missing",
        "The cost is a mean over m samples, so what has summed over the samples needs 1/m.",
        "dW2 = dZ2 A1ᵀ", "dW2 = (1/m) dZ2 A1ᵀ", edits.mean_missing,
    ),
    Mistake(
        "mean_twice", 2, "1/m applied twice",
        "1/m belongs either into dZ of the output or into dW and db, and nowhere a second time.",
        "dZ2 = (A2 − Y)/m, dW2 = (1/m) dZ2 A1ᵀ", "dZ2 = A2 − Y, dW2 = (1/m) dZ2 A1ᵀ", edits.mean_twice,
    ),
    Mistake(
        "true_convention", 3, "1/m in dZ of the output",
        "This is not a mistake: with dZ = (A − Y)/m every line is a derivative of the cost, and no 1/m stands later.",
        "dZ2 = (A2 − Y)/m, dW2 = dZ2 A1ᵀ", "dZ2 = (A2 − Y)/m, dW2 = dZ2 A1ᵀ",
    ),
    Mistake(
        "wrong_count", 4, "another count in place of m",
        "The mean is over the samples: divide by their number, not by that of features or units.",
        "dW1 = (1/n_x) dZ1 Xᵀ", "dW1 = (1/m) dZ1 Xᵀ", edits.wrong_count,
    ),
    Mistake(
        "constant_factor", 5, "a stray constant factor",
        "A 2 of a squared error, a ½ that was to cancel it, or a number that comes from nowhere.",
        "dA2 = 2 (A2 − Y) for J = (1/m) Σ (A2 − Y)²/2", "dA2 = A2 − Y", edits.constant_factor,
    ),
    Mistake(
        "sign", 6, "a wrong sign",
        "Y − A for A − Y, or a minus of the log loss that was lost.",
        "dZ2 = Y − A2", "dZ2 = A2 − Y", edits.sign,
    ),
    Mistake(
        "transpose", 7, "a transpose missing, or on the wrong factor",
        "dW = dZ A_prevᵀ has the shape of W, dA_prev = Wᵀ dZ that of A_prev. With equal sizes only the values tell.",
        "dA1 = W2 dZ2", "dA1 = W2ᵀ dZ2", edits.transpose,
    ),
    Mistake(
        "wrong_product", 8, "* for a matrix product, or the reverse",
        "The derivative of an activation multiplies elementwise; weights and layers meet in matrix products.",
        "dZ1 = dA1 @ (1 − A1²)ᵀ", "dZ1 = dA1 ∗ (1 − A1²)", edits.wrong_product,
    ),
    Mistake(
        "derivative_missing", 9, "g for g′, or the derivative left out",
        "By the chain rule dZ is dA times the derivative of the activation.",
        "dZ1 = dA1 ∗ A1", "dZ1 = dA1 ∗ (1 − A1²)", edits.derivative_missing,
    ),
    Mistake(
        "derivative_at_wrong_value", 10, "g′ written for a, applied to z",
        "1 − a² and a(1 − a) are the derivatives at z written by the value a = g(z); in z they read differently.",
        "dZ1 = dA1 ∗ (1 − Z1²)", "dZ1 = dA1 ∗ (1 − A1²)", edits.derivative_at_wrong_value,
    ),
    Mistake(
        "other_activation", 11, "the derivative of another activation",
        "Each layer has the derivative of its own activation.",
        "dZ1 = dA1 ∗ A1 ∗ (1 − A1) where A1 = tanh(Z1)", "dZ1 = dA1 ∗ (1 − A1²)", edits.other_activation,
        "another activation",
    ),
    Mistake(
        "output_derivative", 12, "g′ once more at the output, or missing there",
        "With the log loss σ′ cancels, and dZ = A − Y; with squared error it does not cancel.",
        "dZ2 = (A2 − Y) ∗ A2 ∗ (1 − A2) for the log loss", "dZ2 = A2 − Y", edits.output_derivative,
    ),
    Mistake(
        "wrong_cache", 13, "the wrong layer's cache",
        "dW needs the input of its own layer: Z was taken for A, or X for A1.",
        "dW2 = (1/m) dZ2 Z1ᵀ", "dW2 = (1/m) dZ2 A1ᵀ", edits.wrong_cache,
    ),
    Mistake(
        "wrong_matrix", 14, "the wrong matrix",
        "A gradient goes back through the weights that the value came through: not dW, and not those of another layer.",
        "dA1 = dW2ᵀ dZ2", "dA1 = W2ᵀ dZ2", edits.wrong_matrix,
    ),
    Mistake(
        "extra_factor", 15, "multiplied by z",
        "g′(z) is the derivative of g at z, not g′ times z.",
        "dZ1 = dA1 ∗ (1 − A1²) ∗ Z1", "dZ1 = dA1 ∗ (1 − A1²)", edits.extra_factor,
    ),
    Mistake(
        "wrong_sum", 16, "a sum over the wrong axis",
        "db sums over the samples, which are the columns: np.sum(dZ, axis=1, keepdims=True).",
        "db1 = (1/m) np.sum(dZ1)", "db1 = (1/m) np.sum(dZ1, axis=1, keepdims=True)", edits.wrong_sum,
    ),
    Mistake(
        "keepdims", 17, "keepdims forgotten",
        "The values are right, but of rank 1: b (n, 1) minus db (n,) broadcasts to (n, n).",
        "db1 = (1/m) np.sum(dZ1, axis=1)", "db1 = (1/m) np.sum(dZ1, axis=1, keepdims=True)", edits.keepdims,
    ),
    Mistake(
        "rank_one", 18, "a vector where a row or a column belongs",
        "Transposing a vector (n,) does nothing, and a row with a column broadcasts to a matrix: the result is (n, n).",
        "dZ1 = A1 − Y of (1, m) and (m, 1): (m, m)", "dZ1 = A1 − Y of (1, m) and (1, m)", edits.rank_one,
    ),
    Mistake(
        "rows_for_columns", 19, "rows for columns",
        "Every gradient of the weights is transposed: W was taken for Wᵀ, as libraries with samples in rows have it.",
        "dW1 of shape (n_x, n_1)", "dW1 of shape (n_1, n_x), as W1", edits.rows_for_columns,
    ),
    Mistake(
        "updated_too_early", 20, "weights updated before they are used",
        "Find all gradients first, and then update: dA1 needs the W2 that the forward pass had.",
        "dA1 = (W2 − α dW2)ᵀ dZ2", "dA1 = W2ᵀ dZ2", edits.updated_too_early,
    ),
    Mistake(
        "accumulated", 21, "gradients not zeroed, or = for +=",
        "A gradient belongs to one pass, and adds up what comes from every use of a value in it.",
        "dW1 = 2 (1/m) dZ1 Xᵀ after two passes", "dW1 = (1/m) dZ1 Xᵀ", edits.accumulated,
    ),
    Mistake(
        "in_place", 22, "the caller's arrays changed in place",
        "dZ *= … or W -= … changes the arrays that were handed in, so that a second call differs from the first.",
        "dA *= 1 − A1**2", "dZ1 = dA * (1 − A1**2)",
    ),
    Mistake(
        "symmetric_start", 23, "a zero or constant start",
        "Units that start alike have the same gradient, and stay alike; with zero weights none reaches earlier layers.",
        "W1 = np.zeros((4, 3))", "W1 = 0.01 * rng.normal(size=(4, 3))",
    ),
    Mistake(
        "softmax_jacobian", 24, "the derivative of softmax",
        "Every output of softmax depends on every input in its column; its Jacobian is not diagonal.",
        "dZ2 = dA2 ∗ A2 ∗ (1 − A2)", "dZ2 = A2 ∗ (dA2 − Σ_rows dA2 ∗ A2)", edits.softmax_jacobian,
        "softmax over the wrong axis, or of a softmax",
    ),
    Mistake(
        "not_finite", 25, "log 0, or an overflow",
        "σ and softmax round to 0 and 1 for large inputs, and Y/A is then infinite, or 0/0: nan.",
        "dA2 = −Y/A2 + (1 − Y)/(1 − A2) where A2 = 1.0", "dZ2 = A2 − Y, or clip A2 first",
    ),
    Mistake(
        "reused_parameter", 26, "a reused parameter assigned, not accumulated",
        "A parameter that is used several times gets the sum of what comes from each use.",
        "dW = (1/m) dZ3 A2ᵀ", "dW = (1/m) (dZ3 A2ᵀ + dZ2 A1ᵀ)", edits.reused_parameter,
    ),
    Mistake(
        "gradient_check", 27, "the gradient check itself",
        "A step that is too small drowns in rounding, one that is too large is not a slope; float32, a kink, unfixed "
        "dropout or a forgotten regularization differ, too.",
        "(J(W + 1e-12) − J(W)) / 1e-12", "(J(W + 1e-6) − J(W − 1e-6)) / 2e-6",
    ),
)  # fmt: skip


class _ByKey(dict[str, Mistake]):
    def __missing__(self, key: object) -> Mistake:
        near = difflib.get_close_matches(str(key), self, 1, 0.5)
        hint = f" Did you mean {near[0]!r}?" if near else f" There are {', '.join(self)}."
        raise KeyError(f"There is no mistake {key!r}.{hint}")


mistakes: Mapping[str, Mistake] = MappingProxyType(_ByKey({mistake.key: mistake for mistake in _ALL}))


def titles(keys: Iterable[str], gradient: bool = True) -> str:
    """What several mistakes in one line are called, each once.

    >>> titles(["sign", "other_activation"]), titles(["other_activation"], gradient=False)
    ('a wrong sign and the derivative of another activation', 'another activation')
    """
    return " and ".join(mistakes[key].called(gradient) for key in dict.fromkeys(keys))
