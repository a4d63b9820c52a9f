"""The story of a run that is too large to be told operation by operation: its parts are steps.

The graph is folded, and told as if each part were one operation with one result: the value that flows out of it last.
What arrives there on the way back is the gradient that the sweep has found, to the last bit; that of values within a
part is not told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd import Node, Observer, Tensor, reverse
from autograd.printable import printable
from autograd.read import Style, Term, write, write_value
from viz.seen.fold import folded
from viz.seen.formulas import Accumulation, ByItself, Formula
from viz.seen.graph import Edge, Graph, Vertex, graph_of
from viz.seen.steps import Axes, Compute, Contribute, Start, Step
from viz.seen.text import literal
from viz.seen.wording import listed

PARTS = 150  # about as many vertices as the story may have


@dataclass(frozen=True, slots=True, eq=False)
class Folded(Formula):
    """left is what a part makes of others.

    left    what is computed: a Term with a name
    part    what the part is called
    given   the names of what it is computed from, or Terms
    result  the value of it
    """

    left: Term
    part: str
    given: tuple[Term | str, ...]
    result: Any
    adds: bool = False

    def names(self, style: Style) -> str:
        """See Formula."""
        left = write(self.left, style=style)
        said = style.words(f"what {self.part} makes of ")
        given = ", ".join(style.words(x) if isinstance(x, str) else write(x, style=style) for x in self.given)
        return f"{left} {style.sign('←')} {left} + {said} {given}" if self.adds else f"{left} = {said} {given}"

    def numbers(self, style: Style) -> str | None:
        """The result alone."""
        try:
            return write_value(self.result, style=style)
        except ValueError:
            return None


@dataclass(frozen=True, eq=False, kw_only=True)
class ComputePart(Compute):
    """A part is computed; `inside` says what is in it."""

    inside: str

    @property
    def words(self) -> str:
        """See Step."""
        from_what = f" from {listed(self.operands)}" if self.operands else ""
        return f"{self.noun} computes {self.called}{from_what}. It is told as one step: {self.inside}."


@dataclass(frozen=True, eq=False, kw_only=True)
class ContributePart(Contribute):
    """A gradient passes back through a part."""

    inside: str

    @property
    def words(self) -> str:
        """See Step."""
        more = f" This is contribution {self.turn} of {self.turns}." if self.turns > 1 else ""
        return (
            f"The gradient of {self.called} passes back through {self.noun} to {self.receiver}. "
            f"It is told as one step: {self.inside}.{more}"
        )


class _Crossing(Observer):
    """Adds up what each part gives back to each value that is told."""

    def __init__(self, graph: Graph, told: set[str], part: dict[str, str]) -> None:
        self.graph, self.told, self.part = graph, told, part
        self.given: dict[tuple[str, str], Any] = {}  # by part and value
        self.totals: dict[str, Any] = {}

    def edge(self, node: Node, position: int, incoming: Any, contribution: Any, fitted: Any, total: Any) -> None:
        """See autograd.Observer."""
        to = self.graph.value_ids[node.parents[position]]
        if to not in self.told:
            return
        key = self.part[self.graph.operation_ids[node]], to
        self.given[key] = self.given[key] + fitted if key in self.given else fitted
        self.totals[to] = total


@dataclass
class Abridged:
    """What is told: steps, the graph that they are about, and the names of its values."""

    steps: tuple[Step, ...]
    graph: Graph
    names: dict[str, str]


def abridged(tensor: Tensor, root: Node) -> Abridged:
    """The story in parts."""
    return _Teller(tensor, root).told()


class _Teller:
    def __init__(self, tensor: Tensor, root: Node) -> None:
        whole = graph_of(tensor)
        self.small = folded(whole, PARTS)
        part = {m.id: v.id for v in self.small for m in (v.members or [v])}
        shown = {v.outcome or v.id: v.id for v in self.small if v.kind != "operation" and _computes(v)}
        crossing = _Crossing(whole, set(shown), part)
        self.seed = 1.0 if root.dtype is None else np.ones(root.shape, root.dtype)
        with np.errstate(all="ignore"):
            reverse(root, self.seed, observers=(crossing,))
        self.totals = {shown[id]: total for id, total in crossing.totals.items()}
        self.totals[self.small.root] = self.seed
        self.given: dict[str, dict[str, Any]] = defaultdict(dict)  # by part, by what it gives to
        for (giver, to), sum_of in crossing.given.items():
            if giver != shown[to]:
                self.given[giver][shown[to]] = sum_of
        self.graph = Graph(swept=False)
        self.value: dict[str, str] = {}  # of what is small: the id of its value in the graph that is told
        self.operation: dict[str, str] = {}
        self.called: dict[str, str] = {}
        self.edges: dict[tuple[str, str], str] = {}
        self._make()

    def told(self) -> Abridged:
        """All of it."""
        return Abridged((*self._forward(), self._start(), *self._backward()), self.graph, self.called)

    # --- the graph that is told ---------------------------------------------------------------------------------------

    def _make(self) -> None:
        results = {e.source: e.target for e in self.small.edges if self.small[e.source].kind == "operation"}
        for v in self.small:
            if v.kind == "group" and _computes(v):
                name = printable(v.name or f"Part {len(self.operation) + 1}")
                self.operation[v.id] = self._add(Vertex("", "operation", name=name, scope=v.scope))
                self._value(v, result_of(v, name))
                self._edge(self.operation[v.id], self.value[v.id], None)
            elif v.kind == "operation":
                self.operation[v.id] = self._add(replace(v))
            else:
                self._value(v, printable(v.name or "") or f"v{len(self.graph)}")
        for edge in self.small.edges:
            if edge.source in results:
                self._edge(self.operation[edge.source], self.value[edge.target], None)
            else:
                position = edge.position if self.small[edge.target].kind == "operation" else 0
                self._edge(self.value[edge.source], self.operation[edge.target], position, edge.source, edge.target)
        self.result = {op: results.get(op, op) for op in self.operation}
        self.graph.root = self.value[self.small.root]
        self.graph[self.graph.root].role = "output"

    def _add(self, vertex: Vertex) -> str:
        vertex.id = f"n{len(self.graph)}"
        self.graph.vertices.append(vertex)
        return vertex.id

    def _value(self, v: Vertex, name: str) -> None:
        alone = v.kind == "group" and not _computes(v)  # only leaves: no value of it is told
        name = f"{len(v.members):,} values" if alone else name
        made = Vertex(
            "",
            "value",
            "data" if alone else v.role,
            None if v.role == "number" else name,
            shape=v.shape,
            dtype=v.dtype,
            value=None if alone else v.value,
            grad=None if alone else self.totals.get(v.id),
            wants_grad=v.wants_grad and not alone,
            scope=v.scope,
        )
        self.value[v.id] = self._add(made)
        self.called[made.id] = made.name or ""

    def _edge(self, source: str, target: str, position: int | None, out: str = "", into: str = "") -> None:
        made = Edge(f"e{len(self.graph.edges)}", source, target, position)
        self.graph.edges.append(made)
        self.edges[(out, into) if out else (source, target)] = made.id

    # --- the steps ----------------------------------------------------------------------------------------------------

    def _forward(self) -> Iterator[Compute]:
        for part, operation in self.operation.items():
            result = self.value[self.result[part]]
            v = self.graph[result]
            given = [self.graph[e.source] for e in self.graph.edges if e.target == operation]
            operands = tuple(dict.fromkeys(_named(g) for g in given))
            yield ComputePart(
                **self._place(part),
                edges=(*(e.id for e in self.graph.edges if e.target == operation), self._result_edge(part)),
                formula=Folded(Term(v.value, v.name or "", shape=v.shape), self._noun(part), operands, v.value),
                noun=self._noun(part),
                operands=operands,
                value=v.value,
                inside=self._inside(part),
            )

    def _start(self) -> Start:
        root = self.graph[self.graph.root]
        value = Term(root.value, root.name or "", shape=root.shape)
        gradient = Term(self.seed, root.name or "", shape=root.shape, gradient=True)
        part = next((op for op, of in self.result.items() if of == self.small.root), None)
        place: dict[str, Any] = {
            "node": root.id,
            "called": root.name or "",
            "operation": part and self.operation[part],
            "line": None,
        }
        return Start(**place, edges=(), formula=ByItself(value, gradient), after=self.seed)

    def _backward(self) -> Iterator[Contribute]:
        order = [part for part in reversed(list(self.operation)) if self.given.get(part)]
        turns = Counter(to for part in order for to in self.given[part])
        received: Counter[str] = Counter()
        before: dict[str, Any] = {}
        for part in order:
            takers = list(self.given[part])
            for k, to in enumerate(takers):
                received[to] += 1
                added, had, last = self.given[part][to], before.get(to), received[to] == turns[to]
                before[to] = self.totals[to] if last else added if had is None else had + added
                self.graph[self.value[to]].sums += [] if last else [before[to]]
                yield self._contribution(part, to, added, had, before[to], received[to], turns, k + 1 == len(takers))

    def _contribution(
        self, part: str, to: str, added: Any, had: Any, after: Any, turn: int, turns: Counter[str], last: bool
    ) -> Contribute:
        result, taker = self.graph[self.value[self.result[part]]], self.graph[self.value[to]]
        edge = self.edges[to, part]
        incoming = self.totals.get(self.result[part])
        left = Term(after, taker.name or "", shape=taker.shape, gradient=True)
        given = Term(incoming, result.name or "", shape=result.shape, gradient=True)
        return ContributePart(
            **self._place(part),
            edges=(self._result_edge(part), edge),
            formula=Folded(left, self._noun(part), (given,), added, turns[to] > 1),
            to=taker.id,
            receiver=taker.name or "",
            noun=self._noun(part),
            edge=edge,
            incoming=incoming,
            contribution=added,
            before=had,
            after=after,
            accumulation=Accumulation(had, added, after),
            summed=Axes(),
            repeated=Axes(),
            turn=turn,
            turns=turns[to],
            given=turns.get(self.result[part], 0),
            starts=self.result[part] == self.small.root,
            last=last,
            inside=self._inside(part),
        )

    def _place(self, part: str) -> dict[str, Any]:
        result = self.graph[self.value[self.result[part]]]
        return {"node": result.id, "called": result.name or "", "operation": self.operation[part], "line": None}

    def _result_edge(self, part: str) -> str:
        return self.edges[self.operation[part], self.value[self.result[part]]]

    def _noun(self, part: str) -> str:
        return self.graph[self.operation[part]].name or ""

    def _inside(self, part: str) -> str:
        v = self.small[part]
        count = sum(m.kind == "operation" for m in v.members) or 1
        parameters = sum(m.role == "parameter" for m in v.members)
        said = f"{count:,} operation{'s' if count != 1 else ''}"
        return f"{said} and {parameters:,} parameters" if parameters else said


def _computes(v: Vertex) -> bool:
    """Whether something is computed in it; a group may be of leaves only."""
    return v.kind != "group" or any(m.kind == "operation" for m in v.members)


def result_of(v: Vertex, part: str) -> str:
    """What the value that flows out of a part is called."""
    outcome = next(m for m in v.members if m.id == v.outcome)
    return printable(outcome.name or f"the result of {part}")


def _named(v: Vertex) -> str:
    return v.name or literal(v.value)
