"""Derivation: the lines of a backward pass, to be read, copied and run."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.errors import SaveError
from autograd.files import path_to, save_whole
from autograd.printable import printable
from autograd.read.derive.backward import Recorded
from autograd.read.derive.indices import indices_in
from autograd.read.derive.lines import Lines
from autograd.read.derive.standalone import Standalone
from autograd.read.derive.statements import Line, Numeric, Statements
from autograd.read.naming import for_any_engine, prose

SAID = {
    "course": "The course's convention: dZ is m times the derivative of the cost, and 1/m stands in dW and db.",
    "true": "The true convention: every line is a derivative of the cost.",
}
MARK = "†"
ON_PAPER = (
    "as written on paper, which is exact; in floats it may overflow or be 0/0 where the program does not, since that "
    "keeps the form of the rules"
)
ONE_SAMPLE = "There is one sample, so the course's convention and the true one are the same."
NO_MEAN = "Every line is a derivative of the cost; for one sample the course's convention is the same."


class Derivation:
    """The lines of a backward pass; `print` shows them, a notebook sets them.

    lines        the gradients, each a Line with name, latex, numpy, text, shape, value, rule, note, on_paper
    forward      the values that they are made of, as they were computed
    convention   "course" or "true"
    m            the number of samples, None where it cannot be told
    inputs       the recorded inputs of the program: leaves and constants by their variables
    """

    def __init__(
        self,
        graph: Recorded,
        lines: Lines,
        targets: Collection[Node],
        convention: str,
        said: str,
        recorded: Node,
        steps: bool = False,
    ) -> None:
        numeric = Numeric(graph, recorded)
        written = Statements(graph, lines, targets, numeric, steps)
        self.convention = convention
        self.m: int | None = None if graph.samples.m is None else int(graph.samples.m)
        self.lines: list[Line] = written.backward
        self.forward: list[Line] = written.forward
        self._said = said
        self._nameless = [
            *_of_this_run(graph.nameless),
            *_numbers_of_this_run(list(graph.numbers)),
            *_indices_of_this_run(indices_in(graph.nodes)),
        ]
        self._facts = list(dict.fromkeys([*graph.copied.facts, *_equal_to(list(graph.read_as))]))
        self._program = Standalone(graph, lines, written, [self._said, *self._notes()])
        self.inputs: dict[str, Any] = self._program.inputs
        with np.errstate(all="ignore"):
            written.check(self.function()(**self.inputs))

    def __getitem__(self, name: str) -> Line:
        """The line of that name: "dW2" or "A1"."""
        for line in (*self.lines, *self.forward):
            if line.name == name:
                return line
        raise KeyError(f"There is no line {name!r}; there are {', '.join(line.name for line in self.lines)}.")

    # --- to be read -----------------------------------------------------------------------------------------------

    def latex(self) -> str:
        """The gradients in LaTeX, aligned; to be put between dollar signs."""
        rows = [f"{line.sides[0]} &= {' = '.join(line.sides[1:])}" for line in self.lines]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def __str__(self) -> str:
        width = max((line.text.index(" = ") for line in self.lines), default=0)
        rows = [
            " " * (width - line.text.index(" = ")) + line.text + (f" {MARK}" if line.on_paper else "")
            for line in self.lines
        ]
        return "\n".join([self._said, "", *rows, *(f"\n{note}." for note in (*self._marked(MARK), *self._notes()))])

    def __repr__(self) -> str:
        return printable(f"<Derivation: {', '.join(line.name for line in self.lines)}; convention={self.convention!r}>")

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def _repr_html_(self) -> str:
        notes = (self._said, *self._notes(), *self._marked(self._on_paper))
        said = "".join(f"<p>{escape(text)}</p>" for text in notes)
        return f"{said}\n$${escape(self.latex())}$$"

    def _notes(self) -> list[str]:
        notes = [*self._nameless, *self._facts, *(f"{line.name}: {line.note}" for line in self.lines if line.note)]
        return [*map(printable, notes)]

    @property
    def _on_paper(self) -> str:
        return printable(", ".join(line.name for line in self.lines if line.on_paper) + ":")

    def _marked(self, what: str) -> list[str]:
        """What is said of lines that the program computes in another form."""
        return [f"{what} {ON_PAPER}"] if any(line.on_paper for line in self.lines) else []

    # --- to be run ------------------------------------------------------------------------------------------------

    def numpy(self) -> str:
        """A program in NumPy: a function of the inputs that computes the cost and returns the gradients by name."""
        return self._program.text

    def function(self) -> Callable[..., dict[str, Any]]:
        """The function of that program. It takes the inputs (`inputs` has the recorded ones); returns a dict."""
        return self._program.function()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a LaTeX document (.tex) or a program that runs by itself (.py). Returns the path.

        Small inputs are written into the program; larger ones it loads from a file .npz that is named when it is run.

        Raises SaveError for another suffix, and where the file cannot be written.
        """
        path = path_to(path, "Derivation.save")
        makers = {".tex": self._document, ".py": self._program.script}
        if path.suffix not in makers:
            raise SaveError(f"A derivation is saved as .tex or .py, but got {str(path)!r}. Change the suffix.")
        save_whole(path, makers[path.suffix]().encode())
        return path

    def _document(self) -> str:
        said = [self._said, *(f"{note}." for note in (*self._notes(), *self._marked(self._on_paper)))]
        rows = [f"{line.sides[0]} &= {' = '.join(line.sides[1:])}" for line in self.lines]
        return "\n".join(
            [
                "% derived by chalkgrad",
                r"\documentclass{article}",
                r"\usepackage{amsmath}",
                r"\begin{document}",
                *(rf"\noindent {for_any_engine(prose(text))}\par" for text in said),
                r"\begin{align*}",
                for_any_engine(" \\\\\n".join(rows)),
                r"\end{align*}",
                r"\end{document}",
                "",
            ]
        )


def _equal_to(read_as: list[str]) -> list[str]:
    """What is said of constants without a name that are read as something that has one."""
    if not read_as:
        return []
    if len(read_as) == 1:
        return [f"{read_as[0]}: the cost uses a value that has no name, and in these data it is equal to {read_as[0]}"]
    return [f"{', '.join(read_as)}: the cost uses values that have no name, and in these data they are equal to these"]


def _of_this_run(nameless: dict[str, tuple[int, ...]]) -> list[str]:
    """What is said of constants without a name."""
    if not nameless:
        return []
    if len(nameless) == 1:
        ((name, shape),) = nameless.items()
        known = (
            f"{name}: a constant {shape} of this run, without a name. If it was computed from values, as a mask is, "
        )
        return [f"{known}the program is right only as long as it stays"]
    several = ", ".join(f"{name} {shape}" for name, shape in nameless.items())
    known = f"{several}: constants of this run, without a name. If they were computed from values, as masks are, "
    return [f"{known}the program is right only as long as they stay"]


def _numbers_of_this_run(numbers: list[str]) -> list[str]:
    """What is said of numbers that may have been computed."""
    if not numbers:
        return []
    if len(numbers) == 1:
        return [
            f"{numbers[0]}: a number of this run, without a name. If it was computed from values, as 1/m is, the "
            "program is right only as long as it stays"
        ]
    return [
        f"{', '.join(numbers)}: numbers of this run, without names. If they were computed from values, as 1/m is, the "
        "program is right only as long as they stay"
    ]


def _indices_of_this_run(indices: list[str]) -> list[str]:
    """What is said of indices that a program has written out."""
    if not indices:
        return []
    if len(indices) == 1:
        return [
            f"{indices[0][0].upper()}{indices[0][1:]}: written out as it is in this run. If it was computed from "
            "values, as a mask is, the program is right only as long as it stays"
        ]
    several = ", ".join(indices)
    return [
        f"{several[0].upper()}{several[1:]}: written out as they are in this run. If they were computed from values, "
        "as masks are, the program is right only as long as they stay"
    ]
