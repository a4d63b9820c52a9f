"""A run as a story: every step of the forward and of the backward pass, as data that any medium can show.

`record(J)` watches the one sweep that `backward()` also is. A step of the backward pass is one contribution along one
edge, so that it can be seen how a gradient is added up from several; the data says nothing of how a step is displayed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import Any

import numpy as np

from autograd import GraphError, Node, Observer, Tensor, ancestors, names, record_lines, reverse
from autograd.printable import printable
from autograd.read import TEXT, Naming, Term, local, rule
from viz.seen import text
from viz.seen.abridged import abridged
from viz.seen.arithmetic import Entry, arithmetic
from viz.seen.collecting import without_collection
from viz.seen.document import document
from viz.seen.formulas import Accumulation, ByItself, Equation, Formula, Opaque
from viz.seen.frames import Frame, Frames
from viz.seen.graph import Graph, graph_of, root_of
from viz.seen.places import Places, Slot
from viz.seen.ran import Ran
from viz.seen.sources import FileNames, Source, line_text, sources
from viz.seen.spelling import PLAIN, Spelling, spelled
from viz.seen.steps import Axes, Compute, Contribute, Line, Start, Step
from viz.seen.wording import spoken

LONGEST = 3000  # recorded operations; a longer story is told in parts (`abridged.py`)


@dataclass(frozen=True, eq=False)
class Story:
    """A recorded run.

    steps    what happened, in order (see `steps.py`)
    graph    the graph that it happened on, with the gradients that the last step arrives at
    tensor   what was recorded
    names    {id: name} of the values, as `ag.derive` calls them: those that have no name are numbered
    spelling   how these names are shown
    sources    {file: Source}: the text of the user's functions in which the operations stand
    origins    for each step the engine's node that it is of, and the position of the operand that receives; none where
               a step stands for many (`abridged.py`)
    places     the vertices of operands
    """

    steps: tuple[Step, ...]
    graph: Graph
    tensor: Tensor
    names: Mapping[str, str]
    spelling: Spelling
    sources: Mapping[str, Source]
    origins: tuple[tuple[Node, int], ...]
    places: Places

    def __repr__(self) -> str:
        back = sum(step.phase != "forward" for step in self.steps)
        return f"<Story of {self.title or 'a value'}: {len(self.steps)} steps, {back} of them backward>"

    @property
    def title(self) -> str:
        """The name of the value that the run ends in."""
        return printable(self.graph[self.graph.root].name or "")

    @cached_property
    def frames(self) -> Frames:
        """What is known after 0, 1, 2 … steps."""
        return Frames(self.steps, self.graph)

    def frame(self, position: int) -> Frame:
        """What is known after so many steps."""
        return self.frames[position]

    def data(self) -> dict[str, Any]:
        """The story as plain dicts, lists, numbers and texts, formulas in plain text; docs/story.md describes it."""
        return document(self, TEXT, "text")

    def json(self) -> str:
        """The same as JSON. Infinite and undefined numbers, which JSON lacks, are the texts "inf", "-inf" and "nan"."""
        return json.dumps(self.data(), ensure_ascii=False, allow_nan=False)

    def called(self, slot: Slot) -> str:
        """The name of a value, or of its gradient."""
        name = self.names.get(slot.vertex, "")
        return self.spelling.gradient(name) if slot.gradient else self.spelling.name(name)

    def value(self, slot: Slot) -> Any:
        """A value, or its gradient after the last step."""
        vertex = self.graph[slot.vertex]
        return vertex.grad if slot.gradient else vertex.value

    def shape(self, slot: Slot) -> tuple[int, ...]:
        """Its shape."""
        return np.shape(self.value(slot))

    def size(self, slot: Slot) -> int:
        """The number of its entries."""
        return int(np.size(self.value(slot)))

    @cached_property
    def made_by(self) -> dict[Slot, list[int]]:
        """The steps that make a value, or contribute to a gradient."""
        found: dict[Slot, list[int]] = {}
        for i, step in enumerate(self.steps):
            found.setdefault(Slot(step.changes, step.phase != "forward"), []).append(i)
        return found

    def arithmetic(self, step: int) -> list[Entry] | None:
        """How each entry was computed that a step makes (see arithmetic.py); None where there are too many."""
        if step not in self._arithmetic:
            self._arithmetic[step] = arithmetic(self, step)
        return self._arithmetic[step]

    @cached_property
    def _arithmetic(self) -> dict[int, list[Entry] | None]:
        return {}

    def gradient(self, id: str) -> Any:
        """The gradient of the value with this id after the last step; None if it has received none."""
        return self.graph[id].grad

    def __len__(self) -> int:
        return len(self.steps)


def record(run: Tensor | Callable[..., Any], /, *args: Any, **kwargs: Any) -> Story:
    """The story of how a Tensor was computed, and of how its gradients come about. It changes no `.grad`.

    run    the Tensor; or a function, which is called with the other arguments. Then the lines of the program are
           recorded as well. Parameters are the Tensors among the arguments, and those that it knows otherwise.

    Values without a name are called by the variables that hold them, of the function or of the caller; or else by what
    they were computed by.

    >>> import autograd as ag
    >>> def cost(a):
    ...     b = a + a
    ...     return b * b
    >>> story = record(cost, ag.Tensor(3.0, name="a"))
    >>> [(step.phase, step.title) for step in story.steps][:4]
    [('forward', 'Compute b'), ('forward', 'Compute b²'), ('seed', 'Start at b²'), ('backward', 'From b² back to b')]
    >>> [step.after for step in story.steps if step.phase == "backward"], story.steps[0].line.number
    ([6.0, 12.0, 12.0, 24.0], 2)

    Raises TypeError for what is neither, and where the function gives something else than a Tensor; GraphError for a
    constant, for several numbers; and what the function raises.
    """
    if isinstance(run, Tensor) or not callable(run):
        if args or kwargs:
            raise TypeError("viz.record takes further arguments only for a function that it calls. Leave them out.")
        with names.asking(run):
            return _told(run)
    ran = Ran()
    with record_lines(), ran:
        result = run(*args, **kwargs)
    if not isinstance(result, Tensor):
        raise TypeError(
            f"viz.record needs a function that returns a Tensor, but {_called(run)} returned {type(result).__name__}. "
            "Give it what gradients are wanted for as autograd.Tensor(...)."
        )
    known = names.of_caller(sys._getframe(1))
    code = getattr(run, "__code__", None)
    known = names.Names([*ran.variables, known.variables], code).beside(result.node)
    with names.asking(result, known):
        return _told(result, ran.codes)


def _called(function: Any) -> str:
    return printable(f"{getattr(function, '__name__', type(function).__name__)}()")


@without_collection()
def _told(tensor: Tensor, codes: Iterable[CodeType] = ()) -> Story:
    root = root_of(tensor)
    if tensor.size != 1:
        raise GraphError(
            f"A story needs a single number, but {names.of(tensor) or 'this Tensor'} has shape "
            f"{tensor.shape}. Reduce it to a cost first, by .sum() or .mean()."
        )
    operations = sum(node.op is not None for node in ancestors(root))
    if operations > LONGEST:
        told = abridged(tensor, root)
        return Story(told.steps, told.graph, tensor, told.names, PLAIN, {}, (), Places(told.graph))
    return _Teller(tensor, root, codes).story()


@dataclass
class _Event:
    """What the sweep tells its watcher of one edge."""

    node: Node
    position: int
    incoming: Any
    contribution: Any
    fitted: Any
    total: Any

    @property
    def parent(self) -> Node:
        return self.node.parents[self.position]


class _Events(Observer):
    """Keeps every event of a sweep."""

    def __init__(self) -> None:
        self.events: list[_Event] = []

    def edge(self, node: Node, position: int, incoming: Any, contribution: Any, fitted: Any, total: Any) -> None:
        """See autograd.Observer."""
        self.events.append(_Event(node, position, incoming, contribution, fitted, total))


class _Teller:
    """Puts what the sweep did into steps."""

    def __init__(self, tensor: Tensor, root: Node, codes: Iterable[CodeType]) -> None:
        self.tensor, self.root, self.codes = tensor, root, codes
        self.graph = graph_of(tensor)
        self._naming = Naming(root)
        self.spelling = spelled(root, self.key)
        self.nodes = [node for node in ancestors(root) if node.op is not None]
        self.values = {node: self.graph[id].value for node, id in self.graph.value_ids.items()}
        seen = _Events()
        self.seed = 1.0 if root.dtype is None else np.ones(root.shape, root.dtype)
        with np.errstate(all="ignore"):
            reverse(root, self.seed, observers=(seen,))
        self.events = seen.events
        self.turns = Counter(event.parent for event in self.events)
        self.results = {edge.source: edge.id for edge in self.graph.edges if edge.position is None}
        self.lines = [node.line for node in self.nodes if node.line is not None]
        self.files = FileNames(file for file, _ in self.lines)
        self._complete_graph()

    def key(self, operand: Any) -> str | None:
        """What a value is called in formulas."""
        name = self._naming(operand)
        return name and printable(name)

    def name(self, operand: Any) -> str | None:
        """The same as it is shown."""
        key = self.key(operand)
        return key and self.spelling.name(key)

    def story(self) -> Story:
        """All steps, and the graph that they are about."""
        return Story(
            steps=(*map(self._forward, self.nodes), self._start(), *self._backward()),
            graph=self.graph,
            tensor=self.tensor,
            names={id: self.key(node) or "" for node, id in self.graph.value_ids.items()} | self._constants(),
            spelling=self.spelling,
            sources=sources(self.lines, self.files, self.codes),
            origins=(
                *((node, -1) for node in self.nodes),
                (self.root, -1),
                *((event.node, event.position) for event in self.events),
            ),
            places=Places(self.graph),
        )

    def _constants(self) -> dict[str, str]:
        """The names of what no gradient flows to."""
        operands = ((edge.source, node.parents[i]) for (node, i), edge in self.graph.operand_edges.items())
        return {id: self.key(x) or "" for id, x in operands if not isinstance(x, Node)}

    def _complete_graph(self) -> None:
        """Give every value of the graph a name, and the gradient that this sweep has found."""
        for node, id in self.graph.value_ids.items():
            self.graph[id].name = self.name(node)
            self.graph[id].grad, self.graph[id].sums = None, []
        for (node, position), edge in self.graph.operand_edges.items():
            if not isinstance(node.parents[position], Node):
                self.graph[edge.source].name = self.name(node.parents[position])
        self.graph[self.graph.root].grad = self.seed
        for event in self.events:
            vertex = self.graph[self.graph.value_ids[event.parent]]
            vertex.sums += [] if vertex.grad is None else [vertex.grad]
            vertex.grad = event.total

    # --- the steps ----------------------------------------------------------------------------------------------------

    def _forward(self, node: Node) -> Compute:
        assert node.op is not None
        value = self.values[node]
        operand_edges = [self.graph.operand_edges[node, i].id for i in range(len(node.parents))]
        return Compute(
            **self._place(node),
            edges=(*operand_edges, self._result_edge(node)),
            formula=Equation(
                self._term(node, value), local(node, self.key, self.values), value, spelling=self.spelling
            ),
            noun=spoken(node.op),
            operands=tuple(self._called(p) for p in node.parents),
            value=value,
        )

    def _start(self) -> Start:
        value = self._term(self.root, self.values[self.root])
        gradient = self._term(self.root, self.seed, gradient=True)
        return Start(
            **self._place(self.root), edges=(), formula=ByItself(value, gradient, self.spelling), after=self.seed
        )

    def _backward(self) -> Iterator[Contribute]:
        received: Counter[Node] = Counter()
        before: dict[Node, Any] = {}
        for i, event in enumerate(self.events):
            received[event.parent] += 1
            last = i + 1 == len(self.events) or self.events[i + 1].node is not event.node
            yield self._contribution(event, before.get(event.parent), received[event.parent], last)
            before[event.parent] = event.total

    def _contribution(self, event: _Event, before: Any, turn: int, last: bool) -> Contribute:
        node, parent = event.node, event.parent
        assert node.op is not None
        edge = self.graph.operand_edges[node, event.position].id
        summed, repeated = axes(np.shape(event.contribution), parent.shape)
        return Contribute(
            **self._place(node),
            edges=(self._result_edge(node), edge),
            formula=self._passed(event),
            to=self.graph.value_ids[parent],
            receiver=self.name(parent) or "",
            noun=spoken(node.op),
            edge=edge,
            incoming=event.incoming,
            contribution=event.fitted,
            before=before,
            after=event.total,
            accumulation=Accumulation(before, event.fitted, event.total),
            summed=summed,
            repeated=repeated,
            turn=turn,
            turns=self.turns[parent],
            given=self.turns[node],
            starts=node is self.root,
            last=last,
        )

    def _passed(self, event: _Event) -> Formula:
        """The rule as an equation; in words where it cannot be read, since it takes nothing but arrays."""
        node, several = event.node, self.turns[event.parent] > 1
        assert node.op is not None
        left = self._term(event.parent, event.total, gradient=True)
        try:
            right = rule(node, event.position, self.key, event.incoming)
        except Exception:  # the sweep has run this rule, so its values are right; on Terms it may raise anything
            incoming = self._term(node, event.incoming, gradient=True)
            return Opaque(left, node.op.name, incoming, event.fitted, several, self.spelling)
        return Equation(left, right, event.fitted, several, self.spelling)

    def _term(self, node: Node, value: Any, gradient: bool = False) -> Term:
        """The value of a node, or its gradient, as it is called in formulas."""
        return Term(value, self.key(node) or "", shape=node.shape, gradient=gradient)

    def _place(self, node: Node) -> dict[str, Any]:
        return {
            "node": self.graph.value_ids[node],
            "called": self.name(node) or "",
            "operation": self.graph.operation_ids.get(node),
            "line": self._line(node),
        }

    def _result_edge(self, node: Node) -> str:
        return self.results[self.graph.operation_ids[node]]

    def _line(self, node: Node) -> Line | None:
        """Where the operation stands in the user's program, if that was recorded."""
        if node.line is None:
            return None
        file, number = node.line
        return Line(file=self.files[file], number=number, text=line_text(file, number))

    def _called(self, operand: Any) -> str:
        name = self.name(operand)
        return name if name is not None else text.literal(getattr(operand, "out", operand))


def axes(given: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[Axes, Axes]:
    """Along which axes a contribution was summed to fit its operand, and along which it was repeated.

    >>> summed, repeated = axes((3, 5), (3, 1))
    >>> summed.numbers, repeated.numbers, axes((), (2, 2))[1].numbers
    ((1,), (), (0, 1))
    """
    wide, narrow = (given, wanted) if len(given) >= len(wanted) else (wanted, given)
    narrow = (1,) * (len(wide) - len(narrow)) + narrow
    differing = Axes(numbers=tuple(i for i, (m, n) in enumerate(zip(wide, narrow)) if m != n), ndim=len(wide))
    if np.prod(given, dtype=int) > np.prod(wanted, dtype=int):
        return differing, Axes()
    return Axes(), differing
