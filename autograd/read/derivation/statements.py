"""The lines of a derivation written down, run, and compared with the numeric sweep before anybody sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autograd import names
from autograd.errors import NumericalError
from autograd.node import Node, reaching
from autograd.op import Op
from autograd.read.code.helpers import Unwritten, written_out
from autograd.read.code.source import Writer
from autograd.read.code.spelling import Code
from autograd.read.derivation.backward import Gradients, Recorded
from autograd.read.derivation.lines import Lines
from autograd.read.formulas.formula import write
from autograd.read.formulas.latex import LATEX
from autograd.read.formulas.style import Style
from autograd.read.formulas.text import TEXT
from autograd.read.symbol import Symbol
from autograd.sweep import fit, reverse

_HOUSE = Path(__file__).parents[3]
_TOLERANCE = {2: 1e-2, 4: 1e-4}  # by the bytes of a number; 1e-9 in double precision
_MOST = 1e3  # times the tolerance and the largest number that a line reads: the most that cancelling may account for


@dataclass(frozen=True)
class Rule:
    """A rule that a line comes from: the operation, which of its operands, and where the row stands."""

    operation: str
    operand: int
    place: str

    def __str__(self) -> str:
        return f"{self.operation}, operand {self.operand}: {self.place}"


@dataclass(frozen=True)
class Line:
    """One line of a derivation.

    name    "dW2" of a gradient, "A1" of a value
    sides   the line in LaTeX, in pieces: its left side, and what that is equal to
    numpy   the line as a statement of NumPy
    text    the line for a terminal
    shape   of the value
    value   what the statement gives
    rule    the rules that the line comes from
    note    what the line takes for granted of the data
    """

    name: str
    sides: tuple[str, ...]
    numpy: str
    text: str
    shape: tuple[int, ...]
    value: Any = field(repr=False, compare=False)
    rule: tuple[Rule, ...] = ()
    note: str = ""

    @property
    def latex(self) -> str:
        """The line in LaTeX."""
        return " = ".join(self.sides)

    def __str__(self) -> str:
        return self.text


class ProgramWriter(Writer):
    """Writes 1 / m and λ / m where they are used, and the engine's functions by definitions of their own.

    helpers   these definitions by name, what is needed first
    """

    def __init__(self, exact: bool) -> None:
        super().__init__(exact=exact)
        self.helpers: dict[str, str] = {}

    def own(self, name: str, call: Any) -> str:
        """The name of a function that is not NumPy's: with its definition, if it can be written out."""
        try:
            definitions = written_out(call)
        except Unwritten:
            return super().own(name, call)
        alias = self.reserved(name, call)
        self.namespace[alias] = call
        self.helpers |= definitions
        if alias != name:
            self.helpers[alias] = f"{alias} = {name}"
        return alias

    def is_worth_a_line(self, s: Symbol, code: Code) -> bool:
        """As for every program, but not of a single operation on numbers that have names."""
        names = all(x.name is not None for x in s.operands if isinstance(x, Symbol))
        return super().is_worth_a_line(s, code) and (s.shape != () or not names)


class Statements:
    """All lines of a derivation.

    forward    the values, as they are computed
    backward   the gradients on the way to the targets
    nodes      what those are the gradients of
    scope      the value of each variable

    Where terms cancel, as at an optimum, both the line and the sweep are right only up to rounding, however small the
    result is. How much that may come to is found by running the lines a second time, with all inputs and
    values moved a little.
    """

    def __init__(
        self, graph: Recorded, lines: Lines, targets: Collection[Node], numeric: Numeric, steps: bool, exact: bool
    ) -> None:
        self._graph, self._lines, self._steps = graph, lines, steps
        self.writer = ProgramWriter(exact=exact)
        self.scope = self._inputs()
        self._random = np.random.default_rng(0)
        self._moved = {variable: _moved(value, self._random) for variable, value in self.scope.items()}
        self._slack: dict[str, float] = {}  # by variable: how far its value may be off on account of cancelling
        self._numeric = numeric
        with np.errstate(all="ignore"):
            self.forward = [self._value(node) for node in graph.named if node.op is not None]
            on_the_way = reaching(graph.nodes, targets)
            self.nodes = [node for node in lines.order if node in on_the_way]
            self.backward = [self._gradient(node) for node in self.nodes]

    @property
    def double(self) -> bool:
        """Whether nothing is in single precision."""
        return all(node.dtype in (None, np.dtype(float)) for node in self._graph.nodes)

    def _inputs(self) -> dict[str, Any]:
        """What the statements start from. Of Python's numbers 1/0 would be an error, where the engine goes on with inf;
        NumPy's give that, but would make double precision of single."""
        given = self._graph.inputs.values()
        found = {
            self.writer.variable(s): np.float64(s.value) if self.double and not s.shape else s.value for s in given
        }
        m = self._graph.samples.m
        return found if m is None or m.symbol.name is None else found | {self.writer.variable(m.symbol): int(m)}

    def _value(self, node: Node) -> Line:
        return self._line(self._graph.named[node], [self._graph.inline[node]], self._graph.values[node])

    def _gradient(self, node: Node) -> Line:
        lines = self._lines
        forms = lines.forms(node) if self._steps else [lines.body(node)]
        scale = 1 if lines.m is None or not lines.keeps_samples(node) else lines.m.value
        rules = tuple(_rules(node, lines.gradients, self._graph.named))
        return self._line(lines.found[node], forms, scale * self._numeric.of[node], rules, lines.note(node))

    def _line(
        self, label: Symbol, forms: list[Symbol], right: Any, rules: tuple[Rule, ...] = (), note: str = ""
    ) -> Line:
        assert label.name is not None
        variable = self.writer.variable(label)
        codes = [self.writer(form) for form in forms]
        values = [self._run(variable, code, right) for code in codes]
        short = min(range(len(forms)), key=lambda i: len(codes[i]))
        value = self.scope[variable] = values[short]
        self._moved[variable] = _moved(self._evaluated(codes[short], self._moved), self._random)
        return Line(
            f"{'d' if label.gradient else ''}{label.name}",
            tuple(_sides(label, forms, LATEX)),
            f"{variable} = {codes[short]}",
            " = ".join(_sides(label, forms, TEXT)),
            np.shape(value),
            value,
            rules,
            note,
        )

    def check(self, results: dict[str, Any]) -> None:
        """Raise NumericalError unless a program that has been run gives the values of the lines."""
        for name, value in results.items():
            self._compared(name, "(as computed by the program)", value, self.scope[name])

    def _run(self, variable: str, code: str, right: Any) -> Any:
        """The value of an expression, which has to be the right one."""
        value = self._evaluated(code, self.scope)
        self._slack[variable] = self._cancelled(code, value)
        return self._compared(variable, code, value, right)

    def _evaluated(self, code: str, scope: dict[str, Any]) -> Any:
        try:
            return eval(code, {**self.writer.namespace, **scope})
        except ArithmeticError:  # of Python's floats
            return np.nan

    def _cancelled(self, code: str, value: Any) -> float:
        """How far the value of an expression moves with its operands. Their size is the limit, since at a
        tie or a kink the smallest move goes a long way."""
        away = np.abs(np.asarray(self._evaluated(code, self._moved), float) - np.asarray(value, float))
        read = compile(code, "<line>", "eval").co_names
        largest = max((_size(self.scope[name]) for name in read if name in self.scope), default=0.0)
        return min(_size(away), _MOST * _tolerance(value) * largest)

    def _compared(self, variable: str, code: str, value: Any, right: Any) -> Any:
        if not _equal(value, right, self._slack[variable]):
            raise NumericalError(
                f"The formula {variable} = {code} gives {_shown(value)}, but the sweep finds {_shown(right)}, so it is "
                "not shown. This is a defect of chalkgrad's, not of yours; please report it with the program that led "
                "to it."
            )
        return value


class Numeric:
    """The gradients that the sweep finds on plain arrays, with which every line is compared: of the graph as it was
    recorded, and where that has no such value, of the copy that is read."""

    def __init__(self, graph: Recorded, recorded: Node) -> None:
        self.of: dict[Node, Any] = {}
        with np.errstate(all="ignore"):
            reverse(graph.root, fit(1.0, graph.root.shape, graph.root.dtype), watch=self)
            read, self.of = self.of, {}
            reverse(recorded, fit(1.0, recorded.shape, recorded.dtype), watch=self)
        known = {graph.copied.of[node]: g for node, g in self.of.items() if node in graph.copied.of}
        named = {node for node in known if node.op is None or names.of(node) is not None}
        self.of = read | {node: g for node, g in known.items() if node in named}

    def edge(self, node: Node, position: int, _incoming: Any, _contribution: Any, _fitted: Any, total: Any) -> None:
        """Told by the sweep: what an operand has received by now."""
        self.of[node.parents[position]] = total


def _sides(label: Symbol, forms: list[Symbol], style: Style) -> list[str]:
    return [style.name(label.name or "", label.gradient), *(write(form, style=style) for form in forms)]


def _equal(value: Any, right: Any, slack: float) -> bool:
    """Whether a formula gives what the sweep finds, wherever that is finite."""
    value, right = np.asarray(value), np.asarray(right)
    if value.shape != right.shape:
        return False
    finite, tolerance = np.isfinite(right), _tolerance(right)
    return bool(np.allclose(value[finite], right[finite], rtol=tolerance, atol=tolerance * _size(right) + slack))


def _tolerance(x: Any) -> float:
    return _TOLERANCE.get(np.asarray(x).dtype.itemsize, 1e-9)


def _size(x: Any) -> float:
    """The largest of the finite entries."""
    x = np.asarray(x, float)
    return float(np.max(np.abs(x[np.isfinite(x)]), initial=0.0))


def _moved(value: Any, random: np.random.Generator) -> Any:
    """A value with every number in it moved by about the tolerance; zero, truth values and whole numbers stay."""
    x = np.asarray(value)
    if x.dtype.kind != "f":
        return value
    return value * (1 + _tolerance(x) * random.uniform(-1, 1, x.shape)).astype(x.dtype)


def _shown(value: Any) -> str:
    return np.array2string(np.asarray(value), precision=4, threshold=8, separator=", ").replace("\n", "")


def _rules(node: Node, gradients: Gradients, labelled: Collection[Node]) -> Iterator[Rule]:
    """The rules by which a gradient comes from those with a label, in the order of the sweep."""
    found: dict[Rule, None] = {}
    todo = [node]
    for waiting in todo:
        for consumer, position in gradients.edges.get(waiting, ()):
            assert consumer.op is not None
            found[Rule(consumer.op.name, position, _place(consumer.op))] = None
            if consumer not in labelled:
                todo.append(consumer)
    yield from reversed(found)


def _place(op: Op) -> str:
    if op.declared is None:
        return "not declared in a file"
    file, line = Path(op.declared[0]), op.declared[1]
    return f"{file.relative_to(_HOUSE) if _HOUSE in file.parents else file.name}:{line}"
