"""A derivation as a program that needs nothing else: a function of the inputs, and a script around it."""

from __future__ import annotations

import linecache
import textwrap
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from autograd.errors import SaveError
from autograd.node import Node
from autograd.read.backward import Graph
from autograd.read.lines import Lines
from autograd.read.program import Program, program
from autograd.read.samples import Count
from autograd.read.source import Writer
from autograd.read.statements import Statements
from autograd.read.symbol import Symbol, rebuilt
from autograd.rules import identity

NAME = "gradients"
_CARRIED = 400  # numbers in all inputs together that a script carries with it
_number = count(1).__next__


class Standalone:
    """The program.

    inputs   the recorded inputs by their variables, in the order of the function's arguments
    text     imports and function
    """

    def __init__(self, graph: Graph, lines: Lines, written: Statements, said: list[str]) -> None:
        self._said = said
        writer = written.writer
        writer.reserved(NAME, ("function", NAME))
        outputs = {writer.variable(s): s for s in _linked(graph, lines, written.nodes)}
        self._program = program(outputs, writer=writer)
        self._cost = next(iter(self._program.outputs.values()))
        self._m = self._how_m_is_found(graph, writer)
        self.inputs = self._inputs(graph, written)
        self.text = self._text()

    def function(self) -> Callable[..., dict[str, Any]]:
        """The function, ready to run."""
        file = f"<derivation {_number()}>"
        linecache.cache[file] = len(self.text), None, self.text.splitlines(keepends=True), file
        scope = dict(self._program.namespace)
        exec(compile(self.text, file, "exec"), scope)
        return scope[NAME]  # type: ignore[no-any-return]

    def script(self) -> str:
        """The function, and a main program that runs it on the recorded inputs or on those of a file."""
        strange = [name for name, thing in self._program.namespace.items() if callable(thing) and not self._imported(name)]
        if strange:
            raise SaveError(
                f"The program uses {', '.join(strange)} from a script of yours, which another program cannot import; "
                "put it into a module of its own."
            )
        carried = sum(np.size(value) for value in self.inputs.values()) <= _CARRIED
        main = self._with_inputs() if carried else self._with_file()
        return "\n".join([self.text, "", 'if __name__ == "__main__":', textwrap.indent(main, "    "), ""])

    # --- the function ---------------------------------------------------------------------------------------------

    def _inputs(self, graph: Graph, written: Statements) -> dict[str, Any]:
        """Leaves as they were made, then constants as they come up, then what the code could not spell out."""
        leaves = [graph.named[node] for node in graph.nodes if node.op is None]
        constants = [s for s in graph.inputs.values() if not any(s is leaf for leaf in leaves)]
        found = {written.writer.variable(s): s.value for s in (*leaves, *constants)}
        arrays = {k: v for k, v in self._program.namespace.items() if isinstance(v, np.ndarray)}
        m = graph.samples.m
        number = {} if m is None or self._m else {written.writer.variable(m.symbol): int(m)}
        used = {*self._program.inputs, *arrays} | ({self._m.split(" = ")[1].split(".")[0]} if self._m else set())
        return {k: v for k, v in {**found, **arrays, **number}.items() if k in used}

    def _how_m_is_found(self, graph: Graph, writer: Writer) -> str:
        """The line that takes m from the shape of an input, if there is one that has it."""
        m = graph.samples.m
        if m is None or m.symbol.name is None or writer.variable(m.symbol) not in self._program.inputs:
            return ""
        for s in graph.inputs.values():
            for axis, n in enumerate(s.shape):
                if isinstance(n, Count):
                    return f"{writer.variable(m.symbol)} = {writer.variable(s)}.shape[{axis}]"
        return ""

    def _text(self) -> str:
        names = [a.name for a in self._program.lines]
        cut = names.index(self._cost) + 1 if self._cost in names else 0
        body = self._program.body
        returned = ", ".join(f'"{name}": {variable}' for name, variable in self._program.outputs.items())
        parts = [[self._m] if self._m else [], body[:cut], [*body[cut:], f"return {{{returned}}}"]]
        code = "\n\n".join("\n".join(part) for part in parts if part)
        about = "\n".join(textwrap.fill(line, 100) for line in self._said)
        head = ['"""', f"The gradients of {self._cost}, derived by chalkgrad.", "", about, '"""', ""]
        head[0:2] = [head[0] + head[1]]
        return "\n".join(
            [*head, *self._program.imports, "", "", f"def {NAME}({', '.join(self.inputs)}):", textwrap.indent(code, "    "), ""]
        )

    def _imported(self, name: str) -> bool:
        return any(line.split()[-1] == name or f"import {name}" in line for line in self._program.imports)

    # --- the script -----------------------------------------------------------------------------------------------

    def _with_inputs(self) -> str:
        writer = Writer()
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


def _literal(writer: Writer, value: Any) -> str:
    if not np.shape(value):
        return writer.literal(value)
    dtype = "" if value.dtype == float else f", dtype=np.{value.dtype.name}"
    return f"np.array({writer.literal(value.tolist())}{dtype})"


def _linked(graph: Graph, lines: Lines, nodes: list[Node]) -> list[Symbol]:
    """The cost and the gradients, each name with what it was computed from beneath it."""
    values: dict[Symbol, Symbol] = {}
    for node in graph.named:
        if node.op is not None:
            (body,) = rebuilt([graph.inline[node]], lambda s: values.get(s, s))
            values[graph.named[node]] = body.but(name=graph.named[node].name)
    gradients: dict[str | None, Symbol] = {}

    def link(s: Symbol) -> Symbol:
        return gradients[s.name] if s.gradient else values.get(s, s)

    for node in nodes:
        label = lines.found[node]
        (body,) = rebuilt([lines.body(node)], link)
        body = body if body.call is not None and body.name is None else identity(body)
        gradients[label.name] = body.but(name=label.name, gradient=True)
    return [values[graph.named[graph.root]], *gradients.values()]
