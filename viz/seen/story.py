"""A run as a story: every step of the forward and of the backward pass, as data that any medium can show.

`record(J)` watches the one sweep that `backward()` also is. A step of the backward pass is one contribution along one
edge, so that it can be seen how a gradient is added up from several; the data says nothing of how a step is displayed.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import GraphError, Node, Observer, Tensor, ancestors, names, reverse
from autograd.printable import printable
from autograd.read import LATEX, Naming, gradient_name, local, rule, shape_name, typeset, write, write_value
from viz.seen import text
from viz.seen.graph import Graph, graph_of, root_of
from viz.seen.wording import axes, begun, listed, shown, source_line, spoken, told

LONGEST = 3000  # recorded operations; a longer story is told to nobody


@dataclass(frozen=True)
class Story:
    """A recorded run.

    data    all of it, of plain dicts, lists, numbers and texts, so that it can be written as JSON:
            root       the id of the value that the run ends in
            vertices   {id: what it is}; the ids are those of the graph and of its picture
            known      {id: value} of what is known before the first step
            steps      the steps in order; see `_Teller`
    graph   the graph for pictures, with the gradients that the last step arrives at
    """

    data: dict[str, Any]
    graph: Graph

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The steps in order."""
        return self.data["steps"]

    @property
    def title(self) -> str:
        """The name of the value that the run ends in."""
        return self.data["vertices"][self.data["root"]]["name"]

    def json(self) -> str:
        """The data as JSON. Infinite and undefined numbers, which JSON lacks, are the texts "inf", "-inf" and "nan"."""
        return json.dumps(self.data, ensure_ascii=False, allow_nan=False)

    def gradient(self, id: str) -> Any:
        """The gradient of the value with this id after the last step; None if it has received none."""
        return self.graph[id].grad

    def __len__(self) -> int:
        return len(self.steps)


def record(tensor: Tensor) -> Story:
    """The story of how a Tensor was computed, and of how its gradients come about. It changes no `.grad`.

    Values without a name are called by the variables of the caller that hold them.

    >>> import autograd as ag
    >>> a = ag.Tensor(3.0, name="a")
    >>> b = a + a; b.name = "b"
    >>> story = record(b * b)
    >>> [(s["phase"], s["title"]) for s in story.steps][:4]
    [('forward', 'Compute b'), ('forward', 'Compute v1'), ('seed', 'Start at v1'), ('backward', 'From v1 back to b')]
    >>> [s["after"]["data"] for s in story.steps if s["phase"] == "backward"]
    [6.0, 12.0, 12.0, 24.0]

    Raises TypeError for what is not a Tensor, GraphError for a constant, for several numbers, for too large a graph.
    """
    with names.asking(tensor):
        return _told(tensor)


def _told(tensor: Tensor) -> Story:
    root = root_of(tensor)
    if tensor.size != 1:
        raise GraphError(
            f"A story needs a single number, but {names.of(tensor) or 'this Tensor'} has shape "
            f"{tensor.shape}. Reduce it to a cost first, by .sum() or .mean()."
        )
    operations = sum(node.op is not None for node in ancestors(root))
    if operations > LONGEST:
        raise GraphError(
            f"This graph has {operations:,} recorded operations; a story has at most {LONGEST:,}. "
            "Record a smaller example, or an intermediate Tensor."
        )
    return _Teller(tensor, root).story()


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
    """Puts what the sweep did into steps.

    Each step has: phase ("forward", "seed", "backward"), title, words, why; node, the value that was computed or whose
    gradient is passed on; operation, the vertex of its operation; edges, along which it goes; formula, numbers and
    shapes in LaTeX; line.
    A forward step has value. A backward step has also: to, the value that receives; edge; incoming, contribution,
    before, after; summed and repeated, the axes in words; sum, the accumulation in LaTeX; turn and turns, "2 of 3";
    complete, whether the gradient of `to` has now all its contributions; last, whether the operation is done with.
    """

    def __init__(self, tensor: Tensor, root: Node) -> None:
        self.root = root
        self.graph = graph_of(tensor)
        self._naming = Naming(root)
        self.nodes = [node for node in ancestors(root) if node.op is not None]
        self.values = {node: self.graph[id].value for node, id in self.graph.value_ids.items()}
        seen = _Events()
        self.seed = 1.0 if root.dtype is None else np.ones(root.shape, root.dtype)
        with np.errstate(all="ignore"):
            reverse(root, self.seed, observers=(seen,))
        self.events = seen.events
        self.turns = Counter(event.parent for event in self.events)
        self.results = {edge.source: edge.id for edge in self.graph.edges if edge.position is None}
        self._complete_graph()

    def name(self, operand: Any) -> str | None:
        """What a value is called, as it is shown."""
        name = self._naming(operand)
        return name and printable(name)

    def story(self) -> Story:
        """All steps, and what they refer to."""
        computed = {self.graph.value_ids[node] for node in self.nodes}
        data = {
            "root": self.graph.root,
            "vertices": {v.id: self._vertex(v) for v in self.graph},
            "known": {v.id: shown(v.value) for v in self.graph if v.kind == "value" and v.id not in computed},
            "steps": [*map(self._forward, self.nodes), self._start(), *self._backward()],
        }
        return Story(data, self.graph)

    def _complete_graph(self) -> None:
        """Give every value of the graph a name, and the gradient that this sweep has found."""
        for node, id in self.graph.value_ids.items():
            self.graph[id].name = self.name(node)
            self.graph[id].grad = None
        for (node, position), edge in self.graph.operand_edges.items():
            if not isinstance(node.parents[position], Node):
                self.graph[edge.source].name = self.name(node.parents[position])
        self.graph[self.graph.root].grad = self.seed
        for event in self.events:
            self.graph[self.graph.value_ids[event.parent]].grad = event.total

    @staticmethod
    def _vertex(v: Any) -> dict[str, Any]:
        name = v.name and printable(v.name)
        return {"kind": v.kind, "role": v.role, "name": name, "symbol": printable(v.symbol), "shape": list(v.shape)}

    # --- the steps ----------------------------------------------------------------------------------------------------

    def _forward(self, node: Node) -> dict[str, Any]:
        assert node.op is not None
        symbol = local(node, self.name, self.values)
        value = self.values[node]
        called = self.name(node)
        operands = [self._called(p) for p in node.parents]
        return {
            "phase": "forward",
            "title": f"Compute {called}",
            "words": f"{begun(spoken(node.op))} of {listed(operands)} gives {called}.",
            "why": "Forward, every operation runs after the ones whose results it uses.",
            **self._place(node),
            "edges": [self.graph.operand_edges[node, i].id for i in range(len(operands))] + self._result_edge(node),
            "formula": f"{typeset(called or '')} = {write(symbol)}",
            "numbers": _numbers(symbol, value),
            "shapes": _shapes(typeset(called or ""), symbol, node.shape),
            "value": shown(value),
        }

    def _start(self) -> dict[str, Any]:
        called = self.name(self.root)
        latex = gradient_name(called or "")
        itself = typeset(called or "")
        return {
            "phase": "seed",
            "title": f"Start at {called}",
            "words": f"The backward pass begins at the end. The derivative of {called} by itself is 1.",
            "why": "Every other gradient follows from this one by the chain rule.",
            **self._place(self.root),
            "to": self.graph.root,
            "edges": [],
            "formula": f"{latex} = {LATEX.derivative(itself, itself)} = 1.0",
            "numbers": None,
            "shapes": None,
            "after": shown(self.seed),
            "complete": True,
        }

    def _backward(self) -> list[dict[str, Any]]:
        steps = []
        received: Counter[Node] = Counter()
        before: dict[Node, Any] = {}
        for i, event in enumerate(self.events):
            received[event.parent] += 1
            last = i + 1 == len(self.events) or self.events[i + 1].node is not event.node
            steps.append(self._contribution(event, before.get(event.parent), received[event.parent], last))
            before[event.parent] = event.total
        return steps

    def _contribution(self, event: _Event, before: Any, turn: int, last: bool) -> dict[str, Any]:
        node, parent = event.node, event.parent
        symbol = self._rule(event)
        edge = self.graph.operand_edges[node, event.position]
        giver, taker, turns = self.name(node), self.name(parent), self.turns[parent]
        latex = gradient_name(taker or "")
        made = self._in_words(node) if symbol is None else write(symbol)
        summed, repeated = axes(np.shape(event.contribution), parent.shape)
        return {
            "phase": "backward",
            "title": f"From {giver} back to {taker}",
            "words": told(node, giver, taker, summed, repeated, turn, turns),
            "why": self._why(node),
            **self._place(node),
            "to": self.graph.value_ids[parent],
            "edges": [*self._result_edge(node), edge.id],
            "edge": edge.id,
            "formula": f"{latex} = {made}" if turns == 1 else rf"{latex} \leftarrow {latex} + {made}",
            "numbers": _numbers(event.fitted if symbol is None else symbol, event.fitted),
            "shapes": None if symbol is None else _shapes(latex, symbol, parent.shape),
            "incoming": shown(event.incoming),
            "contribution": shown(event.fitted),
            "before": None if before is None else shown(before),
            "after": shown(event.total),
            "sum": _sum(before, event),
            "summed": summed,
            "repeated": repeated,
            "turn": turn,
            "turns": turns,
            "complete": turn == turns,
            "last": last,
        }

    def _rule(self, event: _Event) -> Any:
        """The rule as a Term; None where it cannot be read, since it takes nothing but arrays."""
        try:
            return rule(event.node, event.position, self.name, event.incoming)
        except Exception:  # the sweep has run this rule, so its values are right; on Terms it may raise anything
            return None

    def _in_words(self, node: Node) -> str:
        assert node.op is not None
        words = LATEX.words(f"what the rule of {node.op.name} makes of ")
        return f"{words} {gradient_name(self.name(node) or '')}"

    def _place(self, node: Node) -> dict[str, Any]:
        return {
            "node": self.graph.value_ids[node],
            "operation": self.graph.operation_ids.get(node),
            "line": source_line(node),
        }

    def _result_edge(self, node: Node) -> list[str]:
        return [self.results[self.graph.operation_ids[node]]]

    def _why(self, node: Node) -> str:
        """Why this operation's turn has come."""
        name, turns = self.name(node), self.turns[node]
        if node is self.root:
            return f"{name} is where the sweep starts; its gradient is 1."
        used = "once, and that contribution has" if turns == 1 else f"{turns} times, and all {turns} contributions have"
        return (
            f"Newest operation first. {name} is used {used} arrived: "
            "its gradient is complete, so now it may be passed on."
        )

    def _called(self, operand: Any) -> str:
        name = self.name(operand)
        return name if name is not None else text.literal(getattr(operand, "out", operand))


# --- formulas -----------------------------------------------------------------------------------------------------


def _numbers(symbol: Any, result: Any) -> str | None:
    """The formula with numbers in place of names, and what it comes to; None where the arrays are too large."""
    try:
        written = write(symbol, "numbers")
        value = write_value(result)
    except ValueError:
        return None
    return value if written == value else f"{written} = {value}"


def _shapes(left: str, symbol: Any, shape: tuple[int, ...]) -> str | None:
    """The formula with the shape beneath each name; None for scalars."""
    if not shape and not getattr(symbol, "operands", ()):
        return None
    right = write(symbol, "shapes")
    if r"\underset" not in right:
        return None
    return rf"\underset{{{shape_name(shape)}}}{{{left}}} = {right}" if shape else f"{left} = {right}"


def _sum(before: Any, event: _Event) -> str | None:
    """before + contribution = after."""
    try:
        first = r"\text{nothing yet}" if before is None else write_value(before)
        return f"{first} + {_signed(event.fitted)} = {write_value(event.total)}"
    except ValueError:
        return None


def _signed(value: Any) -> str:
    written = write_value(value)
    return f"({written})" if written.startswith("-") else written
