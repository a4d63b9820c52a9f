"""Several Terms as lines of NumPy: what is shared is computed once, what nobody needs is left out.

>>> import numpy as np, autograd as ag
>>> from autograd.read import Term, program
>>> Z, Y = Term(np.ones((1, 5)), "Z"), Term(np.ones((1, 5)), "Y")
>>> A = ag.sigmoid(Z)
>>> print(program({"A": A, "dZ": (A - Y) / 5}))
import numpy as np
<BLANKLINE>
A = 1 / (1 + np.exp(-Z))  # (1, 5)
dZ = (A - Y) / 5          # (1, 5)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from autograd.printable import printable
from autograd.read.notation.style import Piece
from autograd.read.passes.expand import expanded
from autograd.read.printing.source import NameOf, NumPyWriter, preamble
from autograd.read.term import Term, in_order, never, within

WIDTH = 88  # characters of an expression, as far as there is an operand in it to take out
_WORTH = 24  # characters of an operand that is worth a line


class Assignment(NamedTuple):
    """One line: a variable, the expression that it is given, and its shape."""

    name: str
    expression: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Program:
    """Lines of NumPy that compute some values. `print` shows them.

    lines       the assignments, in order
    outputs     the variable of each value that was asked for
    inputs      the variables that the lines begin with
    imports     the import lines that they need
    helpers     the definitions that they need, by name
    namespace   the same as objects to run the lines with; also constants too large to be written out
    """

    lines: list[Assignment]
    outputs: dict[str, str]
    inputs: list[str]
    imports: list[str]
    helpers: dict[str, str]
    namespace: dict[str, Any]

    @property
    def body(self) -> list[str]:
        """The lines as text, each with the shape of its result."""
        texts = [f"{a.name} = {a.expression}" for a in self.lines]
        width = max((len(t) for t, a in zip(texts, self.lines) if a.shape), default=0)
        return [f"{t:{width}}  # {printable(str(a.shape))}" if a.shape else t for t, a in zip(texts, self.lines)]

    def __str__(self) -> str:
        return "\n".join([*preamble(self.imports, self.helpers), "", *self.body])


def program(outputs: Mapping[str, Any], name_of: NameOf | None = None, writer: NumPyWriter | None = None) -> Program:
    """The lines that compute `outputs` (name -> Term), each shared step once, in NumPy's own functions.

    name_of   the variable for a Term that has a name; by default the name itself, with d in front of a gradient's.
              Terms of one variable are one. What has a name and was computed has a line
    writer    another one in place of NumPyWriter(name_of)
    """
    writer = writer or NumPyWriter(name_of)
    roots = expanded(list(outputs.values()), writer.exact, stop=never)
    lines = _Lines(writer, in_order(roots, stop=never), dict(zip(outputs, roots)))
    for s in lines.order:
        lines.add(s)
    return lines.program()


class _Lines:
    """The program as far as it is written. Names that are not free to choose are given out first."""

    def __init__(self, writer: NumPyWriter, order: list[Term], outputs: dict[str, Any]) -> None:
        self.writer, self.order, self.outputs = writer, order, outputs
        self.lines: list[Assignment] = []
        self.uses = Counter(id(x) for s in order for x in s.inner)
        named = {id(s): writer.variable(s) for s in order if s.name is not None}
        self.inputs = list(dict.fromkeys(named[id(s)] for s in order if s.call is None and s.name is not None))
        self.own = {id(s): named[id(s)] for s in order if s.call is not None and s.name is not None}
        self.variables: dict[str, str] = {}
        for key, root in outputs.items():
            known = named.get(id(root))
            self.variables[key] = known if known == key else writer.reserved(key, ("output", key))
            if isinstance(root, Term) and root.call is not None:
                self.own.setdefault(id(root), self.variables[key])

    def add(self, s: Term) -> None:
        """Write a Term whose operands are written: on a line of its own, or into the lines that use it."""
        if s.call is None:
            self.writer.write(s, self.writer.piece(s))
            return
        code = self.writer.computed(s)
        while len(code.text) > WIDTH and (longest := self._longest_operand(s)) is not None:
            self._assign(longest, self.writer.operand(longest))
            code = self.writer.computed(s)
        if id(s) in self.own or (self.uses[id(s)] > 1 and self.writer.is_worth_a_line(s, code)):
            self._assign(s, code)
        else:
            self.writer.write(s, code)

    def _assign(self, s: Term, code: Piece) -> None:
        name = self.own.get(id(s)) or self.writer.reserved(f"t{1 + len(self.lines)}", ("line", id(s)))
        self.lines.append(Assignment(name, code.text, s.shape))
        self.writer.write(s, Piece(name))

    def _longest_operand(self, s: Term) -> Term | None:
        """The one that a line gets shorter by most, if it is not a name already."""
        texts = {x: self.writer.operand(x).text for x in within((s.operands, s.params))}
        inside = [x for x, text in texts.items() if len(text) > _WORTH and not text.isidentifier()]
        return max(inside, key=lambda x: len(texts[x]), default=None)

    def program(self) -> Program:
        """The whole of it."""
        for key, root in self.outputs.items():
            expression = self.writer.operand(root).text
            if expression != self.variables[key]:
                self.lines.append(Assignment(self.variables[key], expression, np.shape(root)))
        w = self.writer
        return Program(self.lines, self.variables, self.inputs, w.imports, w.helpers, w.namespace)
