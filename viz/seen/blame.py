"""A graph beside the report on a pass by hand: the lines that are wrong stand where their values are."""

from __future__ import annotations

from collections.abc import Iterator

from autograd import GraphError
from nn.byhand.checker.mistakes import titles
from nn.byhand.checker.report import CAUSE, MARKS, RIGHT, Finding, Report
from viz.seen.fold import focused, folded
from viz.seen.graph import Graph, Vertex, graph_of


def blamed(report: Report, readable: int, layers: int) -> Graph:
    """The graph of the cost that a report is on, with the layers of the causes as they are and the others folded.

    What a line computes has its verdict; of a cause, both lines too, and the edges along which its gradient comes.

    readable, layers   how many vertices and layers a picture may have
    """
    if report.cost is None:
        raise GraphError("This report has no graph: there was no cost to check against.")
    graph = graph_of(report.cost)
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        node = report.called.get(finding.value)
        if node in graph.value_ids:
            found.setdefault(graph.value_ids[node], []).append(finding)
    causes = [id for id, of_value in found.items() if any(f.verdict == CAUSE for f in of_value)]
    graph = folded(focused(graph, {graph[id].scope for id in causes}, layers), readable)
    for v in graph:
        v.wants_grad = v.grad is not None  # that none was computed by backward() is not what this picture is about
        _note(v, [f for id in _ids(v) for f in found.get(id, [])])
    for edge in graph.edges:
        edge.note = ", ".join(f.name for f in found.get(edge.source, []) if f.verdict == CAUSE and f.gradient)
    return graph


def _ids(v: Vertex) -> Iterator[str]:
    yield v.id
    yield from (member.id for member in v.members)


def _note(v: Vertex, findings: list[Finding]) -> None:
    """Say of a vertex what was found; of a group, only what is not right."""
    shown = [f for f in findings if v.kind != "group" or f.verdict != RIGHT]
    v.marked = any(f.verdict == CAUSE for f in shown)
    v.notes = tuple(line for f in shown for line in _lines(f))


def _lines(finding: Finding) -> Iterator[str]:
    if finding.verdict != CAUSE:
        yield f"{finding.name}: {MARKS[finding.verdict]}"
        return
    what = titles(finding.mistakes, finding.gradient)
    yield f"× {finding.name} is the cause{what and ': '}{what}"
    if finding.expected:
        yield f"should be:  {finding.expected}"
    if finding.written:
        yield f"as written:  {finding.written}"
