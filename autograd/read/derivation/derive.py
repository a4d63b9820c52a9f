"""derive: the backward pass of a cost, printed as the textbook prints it.

>>> import numpy as np, autograd as ag
>>> X, Y = np.array([[0.5, -1.0, 2.0]]), np.array([[1.0, 0.0, 1.0]])
>>> W, b = ag.Tensor([[0.3]], name="W"), ag.Tensor([[0.1]], name="b")
>>> Z = W @ X + b
>>> A = ag.sigmoid(Z)
>>> J = ag.binary_cross_entropy(A, Y)
>>> print(ag.derive(J).latex())
\\begin{aligned}
dA &= -\\frac{Y}{A} + \\frac{1 - Y}{1 - A} \\\\
dZ &= A - Y \\\\
dW &= \\frac{1}{m}\\,dZ\\,X^{\\mathsf{T}} \\\\
db &= \\frac{1}{m}\\,\\sum_{\\text{columns}} dZ
\\end{aligned}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import names
from autograd.errors import GraphError
from autograd.node import Node, ancestors, values
from autograd.read.derivation.backward import Gradients, Recorded
from autograd.read.derivation.cuts import cuts
from autograd.read.derivation.derivation import Derivation
from autograd.read.derivation.lines import Lines
from autograd.read.derivation.samples import Samples, find_samples
from autograd.read.symbol import Symbol
from autograd.tensor import Tensor

CONVENTIONS = ("course", "true")


def derive(
    J: Tensor,
    wrt: Tensor | str | Sequence[Tensor | str] | None = None,
    *,
    convention: str = "course",
    steps: bool = False,
    m: int | None = None,
) -> Derivation:
    """The derivation of the gradients of a cost J, line by line, each as LaTeX, as NumPy and in plain text.

    wrt         what to differentiate by: Tensors that J was computed from, leaves or not, or their names; by default
                every leaf
    convention  "course": dZ = A − Y is m times the derivative of J, and 1/m stands where the samples have been summed,
                in dW and db. "true": every line is a derivative of J
    steps       keep the form that a line was simplified from
    m           the number of samples, where it cannot be told from J

    Values are called by their names, and what has none by the variable of the caller that holds it; nothing is changed.
    Every line has been run as NumPy, and agrees with what the numeric sweep finds.

    Raises GraphError for what is no cost, for a `wrt` that it does not depend on, and where m cannot be told;
    NumericalError where a line does not agree.
    """
    if convention not in CONVENTIONS:
        raise GraphError(f'There is no convention {convention!r}; known are "course" and "true".')
    root = _root(J)
    with names.asking(root):
        return _derived(root, wrt, convention, steps, m)


def _derived(root: Node, wrt: Any, convention: str, steps: bool, m: int | None) -> Derivation:
    targets = _targets(root, wrt)
    found = values(root)
    samples = find_samples(root, found, m)
    course = convention == "course" and not _is_single(root, samples, m)
    if course and samples.m is None:
        raise GraphError(_cannot_be_told(names.of(root) or "the cost", samples, m))
    factor = samples.m.symbol if course and samples.m is not None else None
    seed = Symbol(1.0) if factor is None else factor
    graph = Recorded(root, found, samples, [root, *targets, *cuts(root, found, samples, seed)])
    lines = Lines(graph, Gradients(graph, seed), factor)
    return Derivation(graph, lines, targets, convention, steps)


def _root(J: Any) -> Node:
    if not isinstance(J, Tensor):
        raise GraphError(f"derive takes the Tensor of a cost, not {type(J).__name__}.")
    if type(J.node) is not Node or J.node.op is None:
        raise GraphError("derive needs a cost that was computed from Tensors which gradients flow to.")
    if J.size != 1:
        raise GraphError(
            f"derive is of a cost, one number; given shape {J.shape}. Reduce it first (.sum() or .mean())."
        )
    return J.node


def _targets(root: Node, wrt: Any) -> list[Node]:
    nodes = ancestors(root)
    if wrt is None:
        return [node for node in nodes if node.op is None]
    by_name = {names.of(node): node for node in nodes}
    found = []
    for asked in [wrt] if isinstance(wrt, (Tensor, str)) else wrt:
        node = by_name.get(asked) if isinstance(asked, str) else asked.node if isinstance(asked, Tensor) else None
        if node is root:
            raise GraphError("The derivative of the cost by itself is 1; name what it was computed from.")
        if type(node) is not Node or node not in nodes:
            called = asked if isinstance(asked, str) else names.of(asked) or f"this {type(asked).__name__}"
            raise GraphError(
                f"The cost was not computed from {called}, so there is no derivative by it. It was computed from "
                f"{', '.join(n for n in by_name if n) or 'Tensors without names'}."
            )
        found.append(node)
    return found


def _is_single(root: Node, samples: Samples, m: int | None) -> bool:
    """Whether there is one sample, so that the conventions are the same."""
    return m == 1 or samples.choices == [1] or all(node.shape == () for node in ancestors(root))


def _cannot_be_told(cost: str, samples: Samples, m: int | None) -> str:
    end = 'or convention="true", in which every line is a derivative of the cost.'
    if m is not None:
        return f"Nothing that {cost} was computed from is summed over {m} samples (last axis). Pass another m=, {end}"
    start = "The number of samples m cannot be told:"
    if samples.choices:
        sizes = " and ".join(map(str, samples.choices))
        return f"{start} {cost} has means over {sizes} values. Pass m= one of them, {end}"
    return (
        f"{start} nothing that {cost} was computed from is a mean over samples (binary_cross_entropy or another loss "
        f"of nn, np.mean, a sum divided by a constant Tensor called m). Pass m=, their number, {end}"
    )
