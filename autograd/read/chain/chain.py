"""The chain rule between one number and a value that it was computed from: a product of factors along every path.

>>> import numpy as np, autograd as ag
>>> W, X = ag.Tensor(np.full((1, 2), 0.5), name="W"), np.ones((2, 3))
>>> Z = W @ X
>>> A = np.tanh(Z)
>>> J = np.sum(A)
>>> print(ag.chain(J, W))
∂J/∂W = ∂J/∂A · ∂A/∂Z · ∂Z/∂W
<BLANKLINE>
∂J/∂A  1 × 3  dA = dJ
∂A/∂Z  3 × 3  dZ = dA ∗ (1 − A²)
∂Z/∂W  3 × 2  dW = dZ Xᵀ
<BLANKLINE>
The Jacobians multiplied out are the gradient of J with respect to W, of shape (1, 2), to 0.0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from autograd.core.node import Node, ancestors
from autograd.core.sweep import reverse
from autograd.debug import names
from autograd.debug.hooks import hooks_of
from autograd.errors import ConversionError, GraphError, ShapeError
from autograd.printable import printable
from autograd.read.chain.factor import Factor, unit
from autograd.read.chain.paths import Paths
from autograd.read.derive.constants import Constants
from autograd.read.derive.copied import Copied
from autograd.read.naming import DistinctNaming, decimal
from autograd.read.notation.style import Style
from autograd.read.printing.latex import LATEX
from autograd.read.printing.text import TEXT
from autograd.tensor import Tensor

MANY = 20  # paths that are written out; of more than that the rule is given by recursion
_SWEEPS, _ENTRIES = 1000, 1_000_000  # a chain with Jacobians of more than that is checked only on request


def chain(J: Tensor, W: Tensor) -> Chain:
    """The derivative of J by W as a product of factors, from named value to named value, along every path.

    J   a Tensor of one number
    W   a Tensor that it was computed from, a leaf or an intermediate one

    Values without a name are called by the variable of yours that holds them, and are not changed; those that have none
    are part of the factor around them. Small chains are checked at once: the Jacobians multiplied out must be the
    gradient.

    >>> import numpy as np, autograd as ag
    >>> x = ag.Tensor(np.array([1.0, 2.0]), name="x")
    >>> s = np.sum(x)
    >>> J = s * np.sum(x * x)
    >>> print(ag.chain(J, x))
    ∂J/∂x = ∂J/∂s · ∂s/∂x + ∂J/∂x|s
    ...

    Raises GraphError where J does not depend on W, ShapeError where J is not one number.
    """
    for name, value in (("J", J), ("W", W)):
        if not isinstance(value, Tensor):
            raise ConversionError(f"chain(J, W) needs two Tensors, but {name} is of type {type(value).__name__}.")
    if J.size != 1:
        raise ShapeError(f"chain(J, W) needs a single number J, a cost, but J has shape {J.shape}. Take J.sum().")
    if type(J.node) is not Node or type(W.node) is not Node:
        raise GraphError("chain(J, W): no gradient flows between these, since one of them is a constant.")
    with names.asking(J):
        return Chain(*_as_read(J.node, W.node))


def _as_read(root: Node, target: Node) -> tuple[Node, Node, Collection[str]]:
    """The two values in a graph in which a sigmoid, a softmax, a logistic loss are what they are, however they are
    spelled, and what that takes for granted of the data. Those that were recorded where nothing of the kind is part of
    it, or where a hook may change gradients."""
    nodes = ancestors(root)
    if root is target or target not in nodes or any(map(hooks_of, nodes)):
        return root, target, ()
    copied = Copied(root, [target], Constants(), with_constants=False)
    return (copied.root, copied.of[target], copied.facts) if copied.is_recognized else (root, target, ())


@dataclass
class Branch:
    """A value in the tree of a chain, with the factor that leads to it, and what it was computed from."""

    name: str
    shape: tuple[int, ...]
    factor: Factor | None = None
    branches: list[Branch] = field(default_factory=list)


class Chain:
    """The chain rule between two values; `print` shows it in a terminal, a notebook shows it set.

    latex       the rule: a product, or a sum over the paths, with what they have in common in front or behind
    latex_with_shapes   the same with the rows and columns of each Jacobian beneath it
    factors     the factors, first those nearest to J
    paths       the names along each path; `count` says how many there are
    gradient    the gradient, by the sweep
    product     the same, by the Jacobians multiplied out along the paths and added up
    tree()      the paths as a tree, for pictures
    """

    def __init__(self, root: Node, target: Node, facts: Collection[str] = ()) -> None:
        self._facts = facts
        self._paths = Paths(root, target)
        self._name = DistinctNaming(root)
        self._names = names.asked().within(root)
        self._factors = {(a, b): self._factor(a, b) for a in self._paths.order for b in self._paths.below[a]}
        self.factors = list(self._factors.values())
        self.count = self._paths.count
        sweeps = sum(rows for rows, _ in {f.numerator: f.size for f in self.factors}.values())
        self.deviation: float | None = None
        if sweeps <= _SWEEPS and sum(rows * columns for rows, columns in (f.size for f in self.factors)) <= _ENTRIES:
            self.check()

    def _factor(self, a: Node, b: Node) -> Factor:
        fixed = [self._name(v) or "?" for v in self._paths.between(a, b)]
        alone = len(self._paths.above[b]) == 1
        return Factor(a, b, self._paths.below[a], self._name, fixed, alone, known=self._names)

    # --- as a formula ---------------------------------------------------------------------------------------------

    @property
    def latex(self) -> str:
        """The rule in LaTeX. Of more than 20 paths it says how each derivative follows from those before it."""
        return self._rule(LATEX, lambda f: f.derivative(LATEX))

    @property
    def latex_with_shapes(self) -> str:
        """The rule in LaTeX, with the rows and columns of each Jacobian beneath it."""
        return self._rule(LATEX, lambda f: LATEX.shaped(f.derivative(LATEX), f.size))

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def _rule(self, style: Style, written: Callable[[Factor], str]) -> str:
        """The product of what lies between values that all paths pass, each of them a factor or a sum over paths."""
        segments = list(pairwise(self._paths.bottlenecks()))
        if sum(self._paths.number(a, b) for a, b in segments) > MANY:
            return self._by_recursion(style, written)
        parts = []
        for a, b in segments:
            ways = self._paths.ways(a, b)
            terms = [style.after_another.join(written(self._factors[step]) for step in pairwise(way)) for way in ways]
            total = " + ".join(terms)
            parts.append(style.parens(total) if len(terms) > 1 and len(segments) > 1 else total)
        return f"{self._total(style, self._paths.target)} = {style.after_another.join(parts) or '1'}"

    def _by_recursion(self, style: Style, written: Callable[[Factor], str]) -> str:
        """For each value, from J on, its derivative by those that were found before."""
        root, target = self._paths.root, self._paths.target
        lines = []
        for b in self._paths.order[1:]:
            terms = []
            for a in self._paths.above[b]:
                before = [] if a is root else [self._total(style, a)]
                terms.append(style.after_another.join([*before, written(self._factors[a, b])]))
            lines.append((self._total(style, b), " + ".join(terms)))
        heading = f"{self.count:,} paths from {self._name(root)} to {self._name(target)}, so one after the other:"
        return style.equations(heading, lines)

    def _total(self, style: Style, of: Node) -> str:
        return style.derivative(*(style.name(self._name(v) or "?") for v in (self._paths.root, of)))

    def __str__(self) -> str:
        rows = [(f.derivative(TEXT), " × ".join(map(str, f.size)), f.rule(TEXT) or "") for f in self.factors]
        widths = [max(map(len, column)) for column in list(zip(*rows))[:2]] if rows else []
        table = [f"{a:{widths[0]}}  {b:{widths[1]}}  {c}".rstrip() for a, b, c in rows]
        facts = [printable(f"{fact}.") for fact in self._facts]
        return "\n".join([self._rule(TEXT, lambda f: f.derivative(TEXT)), "", *table, "", self._checked(), *facts])

    def __repr__(self) -> str:
        ends = (self._name(v) for v in (self._paths.root, self._paths.target))
        return f"<Chain {' to '.join(printable(str(end)) for end in ends)}: {self.count} path{'s' * (self.count != 1)}>"

    def _checked(self) -> str:
        if self.deviation is None:
            return "The Jacobians are large, so they were not multiplied out; .check() does it."
        if not np.isfinite(self.deviation):
            return "The gradient is not finite, so it was not compared with the product of the Jacobians."
        J, W = (printable(self._name(v) or "?") for v in (self._paths.root, self._paths.target))
        shape = self._paths.target.shape
        found = f"the gradient of {J} with respect to {W}, of shape {shape}, to {decimal(self.deviation)}"
        return f"The Jacobians multiplied out are {found}."

    # --- as numbers -----------------------------------------------------------------------------------------------

    @cached_property
    def gradient(self) -> Any:
        """The gradient of J with respect to W, by the sweep."""
        root, target = self._paths.root, self._paths.target
        return reverse(root, unit(root, 0), targets=[target])[target]

    @cached_property
    def product(self) -> Any:
        """The gradient of J with respect to W as the product of the Jacobians along each path, added up."""
        order = self._paths.order
        rows: dict[Node, Any] = {order[0]: np.ones((1, 1))}
        with np.errstate(all="ignore"):
            for b in order[1:]:
                rows[b] = sum(rows[a] @ self._factors[a, b].matrix for a in self._paths.above[b])
        return np.reshape(rows[order[-1]], order[-1].shape)

    def check(self) -> float:
        """How far the product of the Jacobians is from the gradient, at most, relative to its largest entry.

        nan where the gradient is not finite, so that nothing can be compared. Raises GraphError where the two are
        further apart than rounding explains.
        """
        found, wanted = np.asarray(self.product), np.asarray(self.gradient)
        with np.errstate(all="ignore"):
            scale = float(np.max(np.abs(wanted), initial=0.0)) or 1.0
            off = float(np.max(np.abs(found - wanted), initial=0.0)) / scale
        if np.all(np.isfinite(wanted)) and not off <= np.sqrt(np.finfo(wanted.dtype).eps):
            raise GraphError(
                f"The Jacobians multiplied out differ from the gradient by {decimal(off)} of its largest entry. "
                "Either a hook changes gradients on the way in a manner that is not linear, or a rule is wrong: "
                "autograd.check_grads finds out which."
            )
        self.deviation = off
        return off

    # --- as a tree ------------------------------------------------------------------------------------------------

    @property
    def paths(self) -> list[tuple[str, ...]]:
        """The names along each path. Raises GraphError where there are more than 1,000."""
        if self.count > 1000:
            raise GraphError(f"There are {self.count:,} paths; at most 1,000 are listed. `latex` is short in any case.")
        ways = self._paths.ways(self._paths.root, self._paths.target)
        return [tuple(self._name(v) or "?" for v in way) for way in ways]

    def tree(self) -> Branch:
        """The paths as a tree: J, what it was computed from, and so on down to W.

        Raises GraphError for more than 20 paths, which nobody could look at.
        """
        if self.count > MANY:
            raise GraphError(f"A tree of {self.count:,} paths is too large to be looked at; {MANY} is the most.")
        made = Branch(self._name(self._paths.root) or "?", self._paths.root.shape)
        waiting = [(made, self._paths.root)]
        while waiting:
            branch, a = waiting.pop()
            for b in self._paths.below[a]:
                branch.branches.append(Branch(self._name(b) or "?", b.shape, self._factors[a, b]))
                waiting.append((branch.branches[-1], b))
        return made
