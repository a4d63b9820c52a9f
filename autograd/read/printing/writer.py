"""Writing a Term: one walk over it, operands first, in whatever dialect.

A Writer puts the pieces together; what a name, a plain value and an operation look like is up to its dialect, which is
a subclass: FormulaWriter (LaTeX or text, by its Style), NumPyWriter, and of that QuickWriter and StandaloneWriter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from autograd.read.notation.style import Piece
from autograd.read.term import Term, in_order


class Writer(ABC):
    """Writes Terms one after the other. What several have in common is written once."""

    def __init__(self) -> None:
        self._written: dict[int, Piece] = {}

    def __call__(self, symbol: Any) -> str:
        (root,) = self.passed([symbol])
        for s in in_order([root]):
            self.write(s, self.piece(s))
        return self.operand(root).text

    def write(self, s: Term, piece: Piece) -> None:
        """Say how a Term is written where it is an operand."""
        self._written[id(s)] = piece

    def operand(self, x: Any) -> Piece:
        """A Term as it has been written, or a plain value."""
        return self._written[id(x)] if isinstance(x, Term) else self.plain(x)

    def piece(self, s: Term) -> Piece:
        """A Term by its name, or as its function of operands that have been written."""
        if s.name is not None:
            return self.named(s)
        return self.plain(s.value) if s.call is None else self.computed(s)

    # --- what a dialect says ----------------------------------------------------------------------------------------

    def passed(self, roots: Sequence[Any]) -> list[Any]:
        """The Terms that are written for these."""
        return list(roots)

    @abstractmethod
    def named(self, s: Term) -> Piece:
        """A Term that has a name."""

    @abstractmethod
    def plain(self, x: Any) -> Piece:
        """A plain value."""

    @abstractmethod
    def computed(self, s: Term) -> Piece:
        """A Term as its function of operands that have been written, whether it has a name or not."""
