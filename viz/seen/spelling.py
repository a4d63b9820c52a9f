"""What values without a name are called: as they were computed, `W1·X`, where that is short; otherwise by a number.

>>> import autograd as ag
>>> from autograd.read import TEXT, Naming, Term
>>> w, x = ag.Tensor(2.0, name="w"), ag.Tensor(3.0, name="x")
>>> J = w * x + 1.0
>>> spelling = spelled(J.node, Naming(J.node))
>>> spelling.name("v1"), spelling.name("v2"), spelling.name("w"), spelling.gradient("v1")
('w·x', 'w·x + 1', 'w', 'd(w·x)')
>>> product, gradient = Term(6.0, "v1") * Term(2.0, "w"), Term(1.0, "v2", gradient=True)
>>> spelling.write(product, style=TEXT), spelling.write(gradient, style=TEXT)
('w x w', 'd(w x + 1)')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from autograd import Node, ancestors, names
from autograd.printable import printable
from autograd.read import TEXT, Style, Term, local, write
from autograd.read.notation import row_of
from autograd.read.notation.style import ATOM, Piece
from autograd.read.printing.formula import FormulaWriter
from autograd.read.printing.text import Text
from autograd.read.term import SMALL

LONGEST = 24  # characters of what is still a name


class Compact(Text):
    """As text, without the blanks in products, so that it reads as one thing."""

    beside = "·"
    dot = "·"
    star = "∗"


COMPACT = Compact()


class Spelling:
    """How names are written.

    made   for the numbered names that formulas have (v1, v2 …) what the value was computed by: a Term without a name
    """

    def __init__(self, made: Mapping[str, Term] | None = None) -> None:
        self.made = made or {}
        self._names = {name: printable(write(term, style=COMPACT)) for name, term in self.made.items()}

    def name(self, name: str) -> str:
        """A name as it stands in sentences."""
        return self._names.get(name, name)

    def gradient(self, name: str) -> str:
        """That of its gradient: dZ1, d(W1·X)."""
        return f"d({self._names[name]})" if name in self._names else TEXT.name(name, True)

    def write(self, symbol: Any, show: str = "names", *, style: Style) -> str:
        """As `autograd.read.write`."""
        return _Spelled(self, show, style)(symbol)

    def told(self, text: str) -> str:
        """A line of text with numbered names in it, as `derive` writes it."""
        for name, meant in self._names.items():
            text = re.sub(rf"\bd{name}\b", lambda _, m=meant: f"d({m})", text)  # type: ignore[misc]
            text = re.sub(rf"\b{name}\b", lambda _, m=meant: f"({m})", text)  # type: ignore[misc]
        return text


class _Spelled(FormulaWriter):
    def __init__(self, spelling: Spelling, show: str, style: Style) -> None:
        super().__init__(show, SMALL, style)
        self._made = spelling.made

    def named(self, s: Term) -> Piece:
        made = self._made.get(s.name or "") if self.show != "numbers" else None
        if made is None:
            return super().named(s)
        inner = FormulaWriter("names", self.small, self.style)
        text, piece = inner(made), inner.operand(made)
        if s.gradient:
            text = "d" + self.style.parens(text)
        if self.show == "shapes" and s.shape:
            within = text if s.gradient else self.style.within(Piece(text, piece.level), ATOM)
            return Piece(self.style.shaped(within, s.shape), ATOM, s.shape)
        return Piece(text, ATOM if s.gradient else piece.level, s.shape)


PLAIN = Spelling()


def spelled(root: Node, called: Callable[[Any], str | None]) -> Spelling:
    """The names of a graph. `called` gives those that its formulas have."""
    terms: dict[Node, Term] = {}
    for node in ancestors(root):
        if node.op is None or names.of(node) is not None:
            continue
        term = local(node, called)
        operands = tuple(terms.get(p, x) if isinstance(p, Node) else x for p, x in zip(node.parents, term.operands))
        term = term.but(operands=operands)
        # A number that was given in place of a name says nothing, nor does what is made of it.
        known = all(p in terms or _has_name(p) for p in node.parents if isinstance(p, Node))
        if known and len(write(term, style=COMPACT)) <= LONGEST:
            terms[node] = term
    # What only has another form than its operand (reshaped, a diagonal) would be called as that is.
    apart = {node: term for node, term in terms.items() if not row_of(term.call).transparent}
    return Spelling({called(node) or "": term for node, term in apart.items()})


def _has_name(node: Node) -> bool:
    return node.op is None or names.of(node) is not None
