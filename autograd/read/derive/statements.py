"""The lines of a derivation written down, run, and compared with the numeric sweep before anybody sees them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autograd.core.fitting import fit
from autograd.core.node import Node, reaching
from autograd.core.op import Op
from autograd.core.sweep import reverse
from autograd.debug import names
from autograd.errors import NumericalError
from autograd.read.derive.backward import Gradients, Recorded
from autograd.read.derive.lines import Lines
from autograd.read.derive.noise import Rounded
from autograd.read.notation.style import Style
from autograd.read.printing.formula import write
from autograd.read.printing.helpers import StandaloneWriter
from autograd.read.printing.latex import LATEX
from autograd.read.printing.text import TEXT
from autograd.read.term import Term

_HOUSE = Path(__file__).parents[3]
Slack = Callable[[], float]  # how far a value may be off on account of rounding
_TOLERANCE = {2: 1e-2, 4: 1e-4}  # by the bytes of a number; 1e-9 in double precision


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
    numpy   the line as a statement of NumPy, as the program computes it
    text    the line for a terminal
    shape   of the value
    value   what the statement gives
    term    the right side as it is read, a Term of what has a name; see autograd.read.term
    draft   the right side as the rules give it, of the gradients that it comes from: dA2 ∗ A2 ∗ (1 − A2) for dZ2
    of_samples  whether it is m times the derivative, as in the course's convention what keeps the axis of the samples
    rule    the rules that the line comes from
    note    what the line takes for granted of the data
    on_paper  whether the line is read in a simpler form than `numpy` has, which is exact on paper but not as safe in
              floats: it may overflow, or be 0/0
    """

    name: str
    sides: tuple[str, ...]
    numpy: str
    text: str
    shape: tuple[int, ...]
    value: Any = field(repr=False, compare=False)
    term: Term = field(repr=False, compare=False)
    draft: Term = field(repr=False, compare=False)
    of_samples: bool = False
    rule: tuple[Rule, ...] = ()
    note: str = ""
    on_paper: bool = False

    @property
    def latex(self) -> str:
        """The line in LaTeX."""
        return " = ".join(self.sides)

    def __str__(self) -> str:
        return self.text


class Statements:
    """All lines of a derivation.

    forward    the values, as they are computed
    backward   the gradients on the way to the targets
    nodes      what those are the gradients of
    scope      the value of each variable

    Each line is run as the program has it, and computed as it is read. Where terms cancel, as at an optimum, both and
    the sweep are right only up to rounding, however small the result is: see `noise`.
    """

    def __init__(self, graph: Recorded, lines: Lines, targets: Collection[Node], numeric: Numeric, steps: bool) -> None:
        self._graph, self._lines = graph, lines
        self.writer = StandaloneWriter()
        self.scope = self._inputs()
        self._slack: dict[str, Slack] = {}  # by variable
        self._numeric = numeric
        on_the_way = reaching(graph.nodes, targets)
        self.nodes = [node for node in lines.order if node in on_the_way]
        self._forms = {node: lines.forms(node) if steps else [lines.body(node)] for node in self.nodes}
        self._drafts = {node: lines.draft(node) for node in self.nodes}
        values = [node for node in graph.named if node.op is not None]
        with np.errstate(all="ignore"):
            self._rounded = Rounded(graph, list(self._roots(values)))
            self.forward = [self._value(node) for node in values]
            self.backward = [self._gradient(node) for node in self.nodes]

    def _roots(self, values: list[Node]) -> Iterator[Term]:
        yield from (self._graph.inline[node] for node in values)
        for node in self.nodes:
            yield from (self._drafts[node], self._lines.running[node], *self._forms[node])

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
        body, right = self._graph.inline[node], self._graph.values[node]

        def noise() -> float:
            return self._rounded.noise(body) + self._rounded.noise_of_recorded(node)

        return self._line(self._graph.named[node], body, [body], body, right, noise, self._graph.samples.keeps(node))

    def _gradient(self, node: Node) -> Line:
        lines = self._lines
        label, program = lines.found[node], lines.running[node]
        scale = 1 if lines.m is None or not lines.keeps_samples(node) else lines.m.value
        right = scale * self._numeric.of[node]

        def noise() -> float:
            return self._rounded.noise(self._drafts[node]) + self._rounded.noise(program)

        read = [form for form in self._forms[node] if self._reads(label, form, right, noise)]
        rules = tuple(_rules(node, lines.gradients, self._graph.named))
        body = lines.body(node)  # a number written out is safe
        on_paper = bool(read) and body.call is not None and node not in lines.as_read and write(body) != write(program)
        read, draft = read or [program], self._drafts[node]
        of_samples = lines.m is not None and lines.keeps_samples(node)
        return self._line(label, program, read, draft, right, noise, of_samples, rules, lines.note(node), on_paper)

    def _reads(self, label: Term, form: Term, right: Any, of_line: Slack) -> bool:
        """Whether a line may be read in this form, which has to be exact: in floats it may overflow or be 0/0, so it is
        computed in a wider format as well. If it has no value even there, it is left out."""

        def noise() -> float:
            return of_line() + self._rounded.noise(form)

        value = self._rounded.value(form)
        if _equal(value, right, noise):
            return True
        wide = self._rounded.wide(form)
        if wide is None or not np.all(np.isfinite(wide[np.isfinite(right)])):
            return False
        if not _equal(wide, right, noise):
            raise _defect(" = ".join(_sides(label, [form], TEXT)), value, right)
        return True

    def _line(
        self,
        label: Term,
        program: Term,
        read: list[Term],
        draft: Term,
        right: Any,
        noise: Slack,
        of_samples: bool,
        rules: tuple[Rule, ...] = (),
        note: str = "",
        on_paper: bool = False,
    ) -> Line:
        assert label.name is not None
        variable, code = self.writer.variable(label), self.writer(program)
        self._slack[variable] = noise
        value = self.scope[variable] = self._compared(variable, code, self._evaluated(code), right)
        return Line(
            f"{'d' if label.gradient else ''}{label.name}",
            tuple(_sides(label, read, LATEX)),
            f"{variable} = {code}",
            " = ".join(_sides(label, read, TEXT)),
            np.shape(value),
            value,
            read[-1],
            draft,
            of_samples,
            rules,
            note,
            on_paper,
        )

    def check(self, results: dict[str, Any]) -> None:
        """Raise NumericalError unless a program that has been run gives the values of the lines."""
        for name, value in results.items():
            self._compared(name, "(as computed by the program)", value, self.scope[name])

    def _evaluated(self, code: str) -> Any:
        try:
            return eval(code, {**self.writer.namespace, **self.scope})
        except ArithmeticError:  # of Python's floats
            return np.nan

    def _compared(self, variable: str, code: str, value: Any, right: Any) -> Any:
        if not _equal(value, right, self._slack[variable]):
            raise _defect(f"{variable} = {code}", value, right)
        return value


def _defect(formula: str, value: Any, right: Any) -> NumericalError:
    return NumericalError(
        f"The formula {formula} gives {_shown(value)}, but the sweep finds {_shown(right)}, so it is not shown. This "
        "is a defect of chalkgrad's, not of yours; please report it with the program that led to it."
    )


class Numeric:
    """The gradients that the sweep finds on plain arrays, with which every line is compared: of the graph as it was
    recorded, and where that has no such value, of the copy that is read."""

    def __init__(self, graph: Recorded, recorded: Node) -> None:
        with np.errstate(all="ignore"):
            read, found = (
                reverse(root, fit(1.0, root.shape, root.dtype), keep=True) for root in (graph.root, recorded)
            )
        known = {graph.copied.of[node]: g for node, g in found.items() if node in graph.copied.of}
        named = {node for node in known if node.op is None or names.of(node) is not None}
        self.of: dict[Node, Any] = read | {node: g for node, g in known.items() if node in named}


def _sides(label: Term, forms: list[Term], style: Style) -> list[str]:
    return [style.name(label.name or "", label.gradient), *(write(form, style=style) for form in forms)]


def _equal(value: Any, right: Any, slack: Slack) -> bool:
    """Whether a formula gives what the sweep finds, wherever that is finite. The slack is computed only where they
    differ without it."""
    return _near(value, right, 0.0) or (np.shape(value) == np.shape(right) and _near(value, right, slack()))


def _near(value: Any, right: Any, slack: float) -> bool:
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
