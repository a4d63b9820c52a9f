"""The backward pass as a graph beside the forward one: the gradient of each value, and the rules between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from autograd.read import TEXT
from viz.seen.formulas import Equation
from viz.seen.graph import Edge, Graph, Vertex
from viz.seen.steps import Contribute
from viz.seen.story import Story


def rules_of(story: Story) -> dict[str, str]:
    """What each step back computes, by the edge along which it goes: "dA1 · (1 − A1²)".

    >>> import autograd as ag, viz
    >>> w, x = ag.Tensor(2.0, name="w"), ag.Tensor(3.0, name="x")
    >>> list(rules_of(viz.record(w * x)).values())
    ['d(w x) x', 'd(w x) w']
    """
    steps = (step for step in story.steps if isinstance(step, Contribute))
    return {step.edge: _rule(step, story.graph) for step in steps}


def _rule(step: Contribute, graph: Graph) -> str:
    if isinstance(step.formula, Equation):
        return step.formula.spelling.write(step.formula.right, style=TEXT)
    return f"the rule of {graph[step.operation].name}" if step.operation else ""  # it takes nothing but arrays


def gradients_of(story: Story) -> dict[str, str]:
    """What the gradient of each value is called: "dA1", "d(W1·X)"."""
    return {id: story.spelling.gradient(name) for id, name in story.names.items()}


def with_backward(graph: Graph, rules: Mapping[str, str], names: Mapping[str, str]) -> Graph:
    """The graph, and beside it a vertex for the gradient of each value or group, with the rules along the way.

    Where a gradient has several contributions, they meet in a vertex that adds them up.

    rules   what is computed along an edge, by its id; of an edge in a folded graph there is none
    names   what gradients are called, by the ids of their values
    """
    both = Graph(root=graph.root, swept=graph.swept, edges=list(graph.edges))
    both.vertices = [replace(v, wants_grad=False) for v in graph]
    gradients = {v.id: f"b{v.id[1:]}" for v in graph if v.wants_grad}
    result = {e.source: e.target for e in graph.edges if graph[e.source].kind == "operation"}
    arriving: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        if edge.source in gradients and result.get(edge.target, edge.target) in gradients:
            arriving[edge.source].append(edge)
    for v in graph:
        if v.id in gradients:
            both.vertices.append(_gradient(v, gradients[v.id], names))
            _connect(both, gradients, result, rules, v.id, arriving[v.id])
    return both


def _gradient(v: Vertex, id: str, names: Mapping[str, str]) -> Vertex:
    name = names.get(v.outcome or v.id) if v.fold != "layer" else f"d {v.name}"
    return Vertex(id, "value", "gradient", name, shape=v.shape, dtype=v.dtype, grad=v.grad, outcome=v.id)


def _connect(
    both: Graph,
    gradients: Mapping[str, str],
    result: Mapping[str, str],
    rules: Mapping[str, str],
    id: str,
    arriving: list[Edge],
) -> None:
    """The edges along which the gradient of this value arrives."""
    into = gradients[id]
    if len(arriving) > 1:
        into = f"r{len(both.vertices)}"
        both.vertices.append(Vertex(into, "operation", "rule", "+"))
        both.edges.append(Edge(f"b{len(both.edges)}", gradients[id], into, back=True))
    for edge in arriving:
        out_of = gradients[result.get(edge.target, edge.target)]
        if edge.id in rules:
            rule = f"r{len(both.vertices)}"
            both.vertices.append(Vertex(rule, "operation", "rule", rules[edge.id]))
            both.edges.append(Edge(f"b{len(both.edges)}", into, rule, back=True))
            both.edges.append(Edge(f"b{len(both.edges)}", rule, out_of, back=True))
        else:
            both.edges.append(Edge(f"b{len(both.edges)}", into, out_of, count=edge.count, back=True))
