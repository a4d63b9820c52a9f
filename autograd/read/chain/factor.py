"""One factor of the chain rule: the derivative of one named value by another that it was computed from directly."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.core.sweep import reverse
from autograd.debug import names
from autograd.errors import GraphError
from autograd.printable import printable
from autograd.read.notation import row_of
from autograd.read.notation.style import Style
from autograd.read.passes import CHAINED, through
from autograd.read.printing.formula import write
from autograd.read.printing.latex import LATEX
from autograd.read.term import NameOf, Term, in_order, whole

LARGEST = 20_000_000  # entries of a Jacobian that is computed at all


class Factor:
    """∂a/∂b, with whatever stands between a and b and has no name. Other named values between them are held fixed.

    numerator, denominator               the names of a and b
    numerator_shape, denominator_shape   their shapes
    fixed        the names of the values that are held fixed, where there are other ways from a to b
    alone        whether b receives nothing but what comes from a
    known        the names that the question for the chain was asked in
    """

    def __init__(
        self,
        a: Node,
        b: Node,
        stops: Collection[Node],
        name: NameOf,
        fixed: list[str],
        alone: bool,
        known: names.Names,
    ) -> None:
        self.numerator, self.denominator = name(a) or "?", name(b) or "?"
        self.numerator_shape, self.denominator_shape = a.shape, b.shape
        self.fixed, self.alone = fixed, alone
        self._a, self._b, self._stops, self._name, self._known = a, b, stops, name, known

    def __repr__(self) -> str:
        return printable(f"<Factor ∂{self.numerator}/∂{self.denominator} {self.size[0]} × {self.size[1]}>")

    @property
    def size(self) -> tuple[int, int]:
        """The rows and columns of the Jacobian as a matrix: the entries of a and of b."""
        return prod(self.numerator_shape), prod(self.denominator_shape)

    def derivative(self, style: Style = LATEX) -> str:
        """The factor as it stands in a product: ∂A2/∂Z2."""
        called = [style.name(n) for n in (self.numerator, self.denominator, *self.fixed)]
        return style.derivative(called[0], called[1], called[2:])

    # --- as a formula ---------------------------------------------------------------------------------------------

    @cached_property
    def _pulled(self) -> Any:
        """What arrives at b of the gradient of a, as a Term; None where a rule of the user's takes only arrays."""
        try:
            with names.asking(names=self._known):
                return through(CHAINED, [pulled(self._a, self._stops, self._name)[self._b]])[0]
        except (AttributeError, TypeError):
            return None

    def rule(self, style: Style = LATEX) -> str | None:
        """What the factor makes of the gradient of a, read off the rules: dA1 = W2ᵀ dZ2; += for a share of several.

        None where it cannot be read, since a rule of the user's own takes nothing but arrays.
        """
        if self._pulled is None:
            return None
        equals = "=" if self.alone else style.adds
        return f"{style.name(self.denominator, gradient=True)} {equals} {write(self._pulled, style=style)}"

    @cached_property
    def local(self) -> Any:
        """The local derivative, where it is one array: the Term (or number) that the gradient of a is multiplied by,
        elementwise, or as a matrix on the side that `rule` shows. None where it is neither.
        """
        return _beside_gradient(self._pulled, self._a.shape)

    @property
    def latex(self) -> str | None:
        """The local derivative in LaTeX: `A_{2} \\ast (1 - A_{2})`. None where it is not one array."""
        return None if self.local is None else write(self.local)

    # --- as numbers -----------------------------------------------------------------------------------------------

    @cached_property
    def jacobian(self) -> Any:
        """All partial derivatives, by the engine's sweep: shape (*shape of a, *shape of b), as of `ag.jacobian`.

        Raises GraphError for one of more than 20 million entries.
        """
        rows, columns = self.size
        if rows * columns > LARGEST:
            raise GraphError(
                f"{self!r} would have {rows * columns:,} entries. Take fewer samples; .rule() needs no numbers."
            )
        a, dtype = self._a, self._b.dtype or float
        found = np.zeros((rows, columns), dtype)
        for i in range(rows):
            row = reverse(a, unit(a, i), targets=self._stops, through=False).get(self._b)
            if row is not None:
                found[i] = np.reshape(row, -1)
        return found.reshape(self.numerator_shape + self.denominator_shape)

    @property
    def matrix(self) -> Any:
        """The Jacobian as a matrix: a row for each entry of a, a column for each of b."""
        return np.reshape(self.jacobian, self.size)


def unit(node: Node, i: int) -> Any:
    """1 at one entry of a value, 0 elsewhere."""
    if node.dtype is None:
        return 1.0
    seed = np.zeros(node.shape, node.dtype)
    seed.reshape(-1)[i] = 1
    return seed if node.shape else seed[()]


def pulled(root: Node, stops: Collection[Node], name: NameOf) -> dict[Node, Any]:
    """What arrives of the gradient of `root` at each of `stops`, as formulas: the sweep itself, on Terms.

    It ends at the stops; values in between that have no name are written by how they were computed.
    """
    seed = Term(1.0 if root.dtype is None else np.ones(root.shape, root.dtype), name(root), gradient=True)

    def ends(node: Node) -> bool:
        return node.op is None or node is root or node in stops or names.of(node) is not None

    found: dict[Node, Term] = {}

    def shown(value: Any, operand: Any) -> Any:
        if type(value) is tuple:  # a shape
            return value
        if type(operand) is Node and not ends(operand):
            return whole(operand, name, ends, found).but(value=value)
        called = name(operand)
        return value if called is None else Term(value, called)

    with np.errstate(all="ignore"):
        return reverse(root, seed, targets=stops, through=False, wrap=shown)


# --- the local derivative ---------------------------------------------------------------------------------------------


def _beside_gradient(contribution: Any, shape: tuple[int, ...]) -> Any:
    """What the one gradient in a formula is multiplied by, if that is all that is done with it; None otherwise."""
    steps = _steps_from_gradient(contribution)
    if steps is None:
        return None
    if len(steps) == 1 and steps[0][0].call is np.matmul:
        step, i = steps[0]
        return step.operands[1 - i]
    found: Any = None  # stands for 1
    for step, i in reversed(steps):
        row = row_of(step.call)
        same = row.transparent and not row.reshapes
        if (row.reshapes and shape == ()) or (found is None and same):
            continue
        if step.call is np.multiply and found is None:
            found = step.operands[1 - i]
        elif same or step.call in (np.multiply, np.negative) or (step.call is np.divide and i == 0):
            inner = 1 if found is None else found
            found = step.but(operands=tuple(inner if k == i else x for k, x in enumerate(step.operands)))
        else:
            return None
    return 1 if found is None else found


def _steps_from_gradient(contribution: Any) -> list[tuple[Term, int]] | None:
    """The operations from the last down to the gradient, each with the operand that it is in; None if they branch."""
    containing: set[int] = set()
    for s in in_order([contribution]):
        if s.gradient or any(id(x) in containing for x in s.operands):
            containing.add(id(s))
    steps = []
    while isinstance(contribution, Term) and not contribution.gradient:
        places = [i for i, x in enumerate(contribution.operands) if id(x) in containing]
        if len(places) != 1:
            return None
        steps.append((contribution, places[0]))
        contribution = contribution.operands[places[0]]
    return steps if isinstance(contribution, Term) else None
