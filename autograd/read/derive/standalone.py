"""A derivation as a program that needs nothing else: a function of the inputs, and a script around it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.errors import SaveError
from autograd.printable import printable
from autograd.read.derive.backward import Recorded
from autograd.read.derive.lines import Lines
from autograd.read.derive.running import values_by_name
from autograd.read.derive.samples import Count
from autograd.read.derive.statements import Statements
from autograd.read.printing.defined import defined
from autograd.read.printing.identifiers import docstring, names_within
from autograd.read.printing.program import Program, program
from autograd.read.printing.source import NumPyWriter, preamble
from autograd.read.term import Term, rebuilt
from autograd.rules import identity

NAME = "gradients"
_CARRIED = 400  # numbers in all inputs together that a script carries with it
_number = count(1).__next__


class Standalone:
    """The program.

    inputs   the recorded inputs by their variables, in the order of the function's arguments
    text     imports and function
    """

    def __init__(self, graph: Recorded, lines: Lines, written: Statements, said: list[str]) -> None:
        writer = written.writer
        writer.reserved(NAME, ("function", NAME))
        outputs = {writer.variable(s): s for s in _linked(graph, lines, written.nodes)}
        self._program = _with_m(program(outputs, writer=writer), outputs, graph)
        self._cost = next(iter(self._program.outputs.values()))
        found = _variables(graph, writer)
        if written.double:  # then NumPy's numbers give the same, and inf where Python's raise
            found = {k: np.float64(v) if type(v) is float else v for k, v in found.items()}
        m = graph.samples.m
        self._m = "" if m is None or m.symbol.name is None else writer.variable(m.symbol)
        code = " ".join(a.expression for a in self._program.lines)
        uses_m = self._m in names_within(code)
        self._first = _first_with_samples(graph, writer) if uses_m else ""
        arrays = {k: v for k, v in self._program.namespace.items() if isinstance(v, np.ndarray)}
        number = {self._m: int(m)} if m is not None and uses_m and not self._first else {}
        given = found | arrays | number
        used = {*self._program.inputs, *arrays, *names_within(f"{code} {self._first}"), self._m}
        self.inputs = {k: v for k, v in given.items() if k in used}
        self.text = self._text(said)

    def function(self) -> Callable[..., dict[str, Any]]:
        """The function, ready to run."""
        return defined(self.text, NAME, f"<derivation {_number()}>", dict(self._program.namespace))

    def script(self) -> str:
        """The function, and a main program that runs it on the recorded inputs or on those of a file."""
        strange = self._strange()
        if strange:
            raise SaveError(
                f"The program uses {', '.join(strange)} from a script of yours, which another program cannot import; "
                "put it into a module of its own."
            )
        carried = sum(np.size(value) for value in self.inputs.values()) <= _CARRIED
        main = self._with_inputs() if carried else self._with_file()
        return "\n".join([self.text, "", 'if __name__ == "__main__":', textwrap.indent(main, "    "), ""])

    # --- the function ---------------------------------------------------------------------------------------------

    def _text(self, said: list[str]) -> str:
        names = [a.name for a in self._program.lines]
        cut = names.index(self._cost) + 1 if self._cost in names else 0
        body = self._program.body
        returned = ", ".join(f'"{name}": {variable}' for name, variable in self._program.outputs.items())
        start = [f"{self._m} = {self._first}"] if self._first else []
        code = "\n\n".join("\n".join(part) for part in (start, body[:cut], body[cut:]) if part)
        about = [f"The gradients of {self._cost}, derived by chalkgrad."]
        for t in (*said, *self._needed()):
            about += ["", *textwrap.wrap(printable(t), 100)]
        return "\n".join(
            [
                docstring(about),
                "",
                *preamble(self._program.imports, self._program.helpers),
                "",
                "",
                f"def {NAME}({', '.join(self.inputs)}):",
                textwrap.indent(f"{code}\nreturn {{{returned}}}", "    "),
                "",
            ]
        )

    def _strange(self) -> list[str]:
        """The functions that no program can import."""
        given = self._program.namespace.items()
        return [name for name, thing in given if not (isinstance(thing, np.ndarray) or self._is_known(name))]

    def _needed(self) -> list[str]:
        """What is said of functions that could not be written out."""
        lines = [line for line in self._program.imports if line != "import numpy as np"]
        strange = self._strange()
        said = [f"It needs more than NumPy, since not all can be written out: {'; '.join(lines)}."] if lines else []
        if strange:
            said.append(
                f"{', '.join(strange)}: defined in the script that was run, which no program can import, and not an "
                "operation of NumPy's. Put the definition into this file to run it by itself."
            )
        return said

    def _is_known(self, name: str) -> bool:
        return name in self._program.helpers or any(
            line.split()[-1] == name or f"import {name}" in line for line in self._program.imports
        )

    # --- the script -----------------------------------------------------------------------------------------------

    def _with_inputs(self) -> str:
        writer = NumPyWriter()
        rows = [f'"{name}": {_literal(writer, value)},' for name, value in self.inputs.items()]
        return "\n".join(["inputs = {", *(f"    {row}" for row in rows), "}", *_PRINT])

    def _with_file(self) -> str:
        arrays = ", ".join(f"{name} {np.shape(value)}" for name, value in self.inputs.items())
        return "\n".join(
            [
                "import sys",
                "",
                "if len(sys.argv) != 2:",
                f'    sys.exit("usage: python " + sys.argv[0] + " INPUTS.npz, a file of np.savez with {arrays}")',
                "inputs = np.load(sys.argv[1])",
                *_PRINT,
            ]
        )


_PRINT = [f"for name, value in {NAME}(**inputs).items():", '    print(f"{name} =\\n{value}")']


def _variables(graph: Recorded, writer: NumPyWriter) -> dict[str, Any]:
    """The inputs: leaves as they were made, then constants as they come up."""
    leaves = [graph.named[node] for node in graph.nodes if node.op is None]
    known = set(leaves)
    constants = [s for s in graph.inputs.values() if s not in known]
    return {writer.variable(s): s.value for s in (*leaves, *constants)}


def _first_with_samples(graph: Recorded, writer: NumPyWriter) -> str:
    """The number of samples, as the size of an input or in terms of such sizes: X.shape[1]."""
    for s in graph.inputs.values():
        for axis, n in enumerate(s.shape):
            if isinstance(n, Count):
                return f"{writer.variable(s)}.shape[{axis}]"
    return "" if graph.count is None else graph.count.written(writer.variable)


def _with_m(text: Program, outputs: dict[str, Term], graph: Recorded) -> Program:
    """The program with m in the shapes beside its lines."""
    known = {name: s.shape for name, s in outputs.items()} | {s.name or "": s.shape for s in graph.named.values()}
    with_m = {shape: shape for shape in known.values() if _has_m(shape)}
    plain = {shape for shape in known.values() if not _has_m(shape)}  # the same numbers may stand for something else

    def shown(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        return known[name] if name in known else shape if shape in plain else with_m.get(shape, shape)

    return replace(text, lines=[a._replace(shape=shown(a.name, a.shape)) for a in text.lines])


def _has_m(shape: tuple[int, ...]) -> bool:
    return any(isinstance(n, Count) for n in shape)


def _literal(writer: NumPyWriter, value: Any) -> str:
    if not np.shape(value):
        return writer.literal(float(value) if type(value) is np.float64 and value else value)
    dtype = "" if value.dtype == float else f", dtype=np.{value.dtype.name}"
    return f"np.array({writer.literal(value.tolist())}{dtype})"


def _linked(graph: Recorded, lines: Lines, nodes: list[Node]) -> list[Term]:
    """The cost and the gradients, each name with what it was computed from beneath it."""
    values = values_by_name(graph)
    gradients: dict[str | None, Term] = {}

    def link(s: Term) -> Term:
        return gradients[s.name] if s.gradient else values.get(s, s)

    for node in nodes:
        label = lines.found[node]
        (body,) = rebuilt([lines.running[node]], link)
        body = body if body.call is not None and body.name is None else identity(body)
        gradients[label.name] = body.but(name=label.name, gradient=True)
    return [values[graph.named[graph.root]], *gradients.values()]
