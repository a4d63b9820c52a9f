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

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from autograd.core.node import Node, ancestors, reaching
from autograd.debug import names
from autograd.errors import GraphError
from autograd.read.derive.backward import Gradients, Recorded, refuse_what_cannot_be_read
from autograd.read.derive.constants import Constants, numbers_of, written_in
from autograd.read.derive.copied import Copied
from autograd.read.derive.cuts import cuts
from autograd.read.derive.derivation import NO_MEAN, ONE_SAMPLE, SAID, Derivation
from autograd.read.derive.lines import Lines
from autograd.read.derive.samples import Samples, find_samples
from autograd.read.operands import unwrapped
from autograd.read.term import Term
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

    wrt         what to differentiate with respect to: Tensors that J was computed from, leaves or not, or
                their names; by default every leaf
    convention  "course": dZ = A − Y is m times the derivative of J, and 1/m stands where the samples have been summed,
                in dW and db. "true": every line is a derivative of J
    steps       keep the form that a line was simplified from
    m           the number of samples, where it cannot be told from J

    Values are called by their names, and what has none by the variable of the caller that holds it; nothing is changed.
    Every line has been run as NumPy, and agrees with what the numeric sweep finds.

    Where m cannot be told the true convention is used, and the derivation says so. A sigmoid, tanh, softmax or logistic
    loss is recognized by what it is, however it is spelled.

    Raises GraphError for what is not a cost, for a `wrt` that it does not depend on, for an m that it has no mean over,
    and for more than 500 operations without a name that follow one another: name some of the values between them.
    NumericalError where a line does not agree.
    """
    if convention not in CONVENTIONS:
        raise GraphError(f'There is no convention {convention!r}; known are "course" and "true".')
    root = _root(J)
    with names.asking(root):
        return _derived(root, wrt, convention, steps, m)


def _derived(root: Node, wrt: Any, convention: str, steps: bool, m: int | None) -> Derivation:
    targets = _targets(root, wrt)
    refuse_what_cannot_be_read(ancestors(root))
    asked = names.asked()
    numbers = {} if asked.code is None else numbers_of(asked.code, asked.variables)
    written = None if asked.code is None else written_in(asked.code, asked.variables)
    constants = Constants(_named_arrays(asked.variables, root), numbers, asked.variables, written)
    copied = Copied(root, targets, constants)
    samples = find_samples(copied.root, copied.values, m, written)
    if samples.loop is not None:
        samples.loop.give_names()
        copied.constants.read_in_turn(samples.loop.data)
    said = _said(names.of(root) or "the cost", copied.root, samples, convention, m)
    factor = samples.m.symbol if said == SAID["course"] and samples.m is not None else None
    seed = _seed(copied.root, factor)
    targets = [copied.of[node] for node in targets]
    graph = Recorded(copied, samples, [copied.root, *targets, *cuts(copied, samples, seed)])
    lines = Lines(graph, Gradients(graph, seed), factor)
    if factor is not None:
        said = _said_of_lines(lines, samples, reaching(graph.nodes, targets)) or said
    return Derivation(graph, lines, targets, "true" if factor is None else "course", said, root, steps)


def _root(J: Any) -> Node:
    if not isinstance(J, Tensor):
        raise GraphError(f"derive needs the Tensor of a cost, but got {type(J).__name__}.")
    if type(J.node) is not Node or J.node.op is None:
        raise GraphError("derive needs a cost that was computed from Tensors which gradients flow to.")
    if J.size != 1:
        raise GraphError(
            f"derive needs a cost, a single number, but got shape {J.shape}. Reduce it first (.sum() or .mean())."
        )
    return J.node


def _seed(root: Node, factor: Term | None) -> Term:
    """What the sweep starts with, in the shape of the cost: rules of products ask for both axes of a cost (1, 1)."""
    seed = Term(1.0) if factor is None else factor
    return Term(np.full(root.shape, seed.value, root.dtype)) if root.shape else seed


def _targets(root: Node, wrt: Any) -> list[Node]:
    nodes = ancestors(root)
    if wrt is None:
        return [node for node in nodes if node.op is None]
    by_name = {names.of(node): node for node in nodes}
    found = []
    for asked in [wrt] if isinstance(wrt, (Tensor, str)) else wrt:
        node = by_name.get(asked) if isinstance(asked, str) else asked.node if isinstance(asked, Tensor) else None
        if node is root:
            raise GraphError("The derivative of the cost with respect to itself is 1. Name what it was computed from.")
        if type(node) is not Node or node not in nodes:
            called = asked if isinstance(asked, str) else names.of(asked) or f"this {type(asked).__name__}"
            raise GraphError(
                f"The cost was not computed from {called}, so there is no such derivative. It was computed from "
                f"{', '.join(n for n in by_name if n) or 'Tensors without names'}."
            )
        found.append(node)
    return found


def _named_arrays(variables: Mapping[str, Any], root: Node) -> list[Any]:
    """The plain arrays that have a name: constants of the graph, and what variables hold."""
    constants = [p for node in ancestors(root) for p in node.parents if type(p) is not Node]
    found = [x for x in (*constants, *variables.values()) if names.of(x) is not None and not isinstance(x, Tensor)]
    arrays = {id(x): x for x in found if isinstance(unwrapped(x), np.ndarray)}
    return list(arrays.values())


def _said(cost: str, root: Node, samples: Samples, convention: str, m: int | None) -> str:
    """What is said of the convention in which the lines are written."""
    if convention == "true":
        return SAID["true"]
    if m == 1:
        return ONE_SAMPLE
    if samples.m is not None:
        return SAID["course"]
    if samples.choices == [1] or (m is None and all(node.shape == () for node in ancestors(root))):
        return NO_MEAN  # it may be one sample, or a loop over some of them
    if m is not None:
        raise GraphError(
            f"{cost} needs to be a mean or a sum over m={m} samples, but nothing that it was computed from is summed "
            f'over {m} samples. Pass another m=, or convention="true", in which every line is a derivative of the cost.'
        )
    sizes = " and ".join(map(str, samples.choices))
    why = f"{cost} has means over {sizes} values" if sizes else f"no mean over samples is part of {cost}"
    end = f"m={samples.choices[0]}, say," if sizes else "m=, their number,"
    return f"{SAID['true']} The number of samples m cannot be told: {why}. Pass {end} for the course's convention."


def _said_of_lines(lines: Lines, samples: Samples, shown: Collection[Node]) -> str:
    """Which lines are m times the derivative, where another one is of a value along the samples, too: a leaf, or what
    has an axis that is as long, since the samples were taken apart. An empty string elsewhere."""
    order = [node for node in lines.order if node in shown]
    plain = [node for node in order if not lines.keeps_samples(node) and _may_be_of_samples(node, samples)]
    if not plain:
        return ""
    kept = [f"d{lines.found[node].name}" for node in order if lines.keeps_samples(node)]
    leaves = [str(lines.found[node].name) for node in plain if node.op is None]
    why = f", since {', '.join(leaves)} {'is a leaf' if len(leaves) == 1 else 'are leaves'}" if leaves else ""
    if not kept:
        return (
            "The course's convention: the line of a value that was computed along the samples is m times the "
            f"derivative of the cost. There is none here{why}: every line is a derivative of the cost."
        )
    are = "is" if len(kept) == 1 else "are"
    too = f", {', '.join(f'd{name}' for name in leaves)} too{why}" if leaves else ""
    return (
        f"The course's convention where samples lie along an axis: {', '.join(kept)} {are} m times the derivative of "
        f"the cost. Every other line is a derivative of the cost{too}."
    )


def _may_be_of_samples(node: Node, samples: Samples) -> bool:
    """Whether a reader may take the entries of a value for those of the samples."""
    if samples.loop is not None or (node.op is None and samples.lie_along_axes):
        return samples.keeps(node)
    return samples.m in node.shape
