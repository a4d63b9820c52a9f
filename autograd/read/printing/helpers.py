"""NumPy code that needs nothing of the engine's, and is right for whatever data it is run on."""

from __future__ import annotations

from typing import Any

from autograd.read.notation.style import Piece
from autograd.read.printing.source import NumPyWriter
from autograd.read.term import Term


class StandaloneWriter(NumPyWriter):
    """Keeps 0·ln 0 and 0/0 as the engine counts them, whatever data the program is run on.

    Writes 1 / m and λ / m where they are used, and all of the engine's functions by definitions of their own.
    """

    exact = False

    def own(self, name: str, call: Any) -> str:
        """The name of a function that is not NumPy's: with its definition, if it can be written out."""
        return self.written_out(name, call) or super().own(name, call)

    def is_worth_a_line(self, s: Term, piece: Piece) -> bool:
        """As for every program, but not of a single operation on numbers that have names."""
        names = all(x.name is not None for x in s.operands if isinstance(x, Term))
        return super().is_worth_a_line(s, piece) and (s.shape != () or not names)
