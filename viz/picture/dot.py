"""A graph as a Graphviz picture: `draw(J)` shows itself in a notebook and saves itself to a file."""

from __future__ import annotations

import base64
import os
import re
import tempfile
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeGuard

import graphviz

from autograd import Chain, GraphError, Tensor, ancestors, files, names
from viz.errors import ArgumentError, LayoutError, NoFolder, SaveError
from viz.markup import marked_up
from viz.picture.branches import grow
from viz.picture.labels import MARKED, MUTED, TEXT, attributes, described
from viz.picture.layout import find_dot, is_pure, run_dot
from viz.picture.metrics import width
from viz.picture.rows import marked
from viz.seen.fold import folded, shortened
from viz.seen.graph import Edge, Graph, Vertex, graph_of, root_of

if TYPE_CHECKING:
    from nn.byhand.checker.report import Report

READABLE = 150  # more vertices than this are folded
LAYERS = 8  # so are more layers than this
DRAWABLE = 1500  # more than this are never laid out: it would take minutes
RECORDED = 50_000  # recorded operations in the largest graph that is read at all
PIXELS = 12_000  # the longer side of a PNG

FORMATS = (".svg", ".png", ".pdf", ".dot", ".gv")
FONT = "Helvetica"  # engines know how wide its letters are; those of the others are as wide
FONTS = "Arimo, 'Liberation Sans', Helvetica, Arial, sans-serif"


class Drawing(graphviz.Digraph):
    """A graphviz.Digraph that finds a layout engine by itself.

    graph    what it shows, if it is a graph
    titles   what it and its vertices are, in words, by their names in the DOT source
    """

    graph: Graph | None = None
    titles: Mapping[str, str] = MappingProxyType({})

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a .svg, .png, .pdf or .dot file; the file is whole or not there at all.

        Raises ValueError for another suffix, OSError where the file cannot be written (FileNotFoundError where its
        folder does not exist), LayoutError where the picture cannot be made.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        refuse_folders(path)
        if suffix not in FORMATS:
            raise ArgumentError(f"A graph is saved as {', '.join(FORMATS)}, but got {path.name!r}. Change the suffix.")
        write_whole(path, self.source.encode() if suffix in (".dot", ".gv") else self.pipe(suffix[1:]))
        return path

    def pipe(self, format: str | None = None, *_: Any, encoding: str | None = None, **__: Any) -> Any:
        """The picture as bytes, or as text where an encoding is given."""
        format = (format or "svg").lower()
        if format == "svg":
            made = self._svg().encode()
        elif format == "pdf":
            made = self._pdf()
        elif format == "png":
            made = run_dot(self.source, "png", f"-Gdpi={self._resolution()}")
        else:
            made = run_dot(self.source, format)
        return made if encoding is None else made.decode(encoding)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        """For notebooks: as SVG, and as PNG for a notebook that is not trusted, where no SVG is shown."""
        makers = {
            "image/svg+xml": self._svg,
            "image/png": lambda: base64.b64encode(self.pipe("png")).decode(),
        }
        wanted = [kind for kind in makers if (not include or kind in include) and kind not in (exclude or ())]
        return {kind: makers[kind]() for kind in wanted}

    def __repr__(self) -> str:
        return f'<{next(iter(self.titles.values()), "Drawing")}: draw(...).save("graph.svg") writes it to a file>'

    def render(self, filename: Any = None, directory: Any = None, **how: Any) -> str:
        """As graphviz.Digraph.render: write the picture beside the name of its source; returns the path."""
        format = how.get("format") or "svg"
        path = Path(directory or ".") / f"{filename or self.filename}.{format}"
        write_whole(path, self.pipe(format))
        return str(path)

    def _svg(self) -> str:
        return _FITTED.sub(_fitted, _accessible(run_dot(self.source, "svg").decode(), self.titles))

    def _resolution(self) -> int:
        """Dots per inch of a PNG: 144, unless that would make more pixels than programs will open."""
        size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', self._svg())
        assert size is not None
        return max(24, min(144, int(72 * PIXELS / max(float(size[1]), float(size[2])))))

    def _pdf(self) -> bytes:
        """By Graphviz's own `dot`, which alone writes PDF; or from the SVG, by svglib."""
        if not is_pure(find_dot("pdf")):
            return run_dot(self.source, "pdf")
        try:
            from reportlab.graphics import renderPDF
            from svglib.svglib import svg2rlg
        except ImportError:
            raise LayoutError(
                "PDF needs Graphviz's own dot (apt install graphviz), or else: pip install 'chalkgrad[pdf]'."
            ) from None
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "graph.svg"
            file.write_text(marked(run_dot(self.source, "svg").decode()), encoding="utf-8")
            return renderPDF.drawToString(svg2rlg(str(file)))


def draw(tensor: Tensor | Graph | Chain | Report, fold: str = "auto") -> Drawing:
    """A picture of the graph that a Tensor was computed by: values, gradients, shapes, names, operations, layers.

    It shows itself in a notebook; `draw(J).save("graph.svg")` writes it to a file, as .svg, .png, .pdf or .dot. Values
    without a name are called by the variables of the caller that hold them.

    tensor   the Tensor, or a Graph that was read from one; of the chain rule (`ag.chain`) it is the tree; of the report
             of `byhand.check`, the layers in which a line is wrong, with the line as it should be and as it was written
    fold     "auto": graphs of more than 150 vertices or 8 layers are folded, by layer and then by operations, and of
             many layers those in the middle together; "none": all is drawn

    >>> import autograd as ag
    >>> w = ag.Tensor(2.0, name="w")
    >>> picture = draw(w * 3.0)
    >>> "grad: not computed yet" in picture.source
    True

    Raises TypeError for what is not a Tensor, GraphError for a constant or a graph that is too large.
    """
    if fold not in ("auto", "none"):
        raise ArgumentError(f'fold= must be "auto" or "none", but got {fold!r}.')
    if isinstance(tensor, Chain):
        return tree(tensor)
    if isinstance(tensor, Graph):
        graph = tensor
    elif _is_report(tensor):
        return _drawing(_blamed(tensor))
    else:
        with names.asking(tensor):
            graph = _read(tensor)
    if fold == "auto":
        graph = shortened(folded(graph, READABLE), LAYERS)
    elif len(graph) > DRAWABLE:
        raise GraphError(
            f"This graph has {len(graph)} vertices; more than {DRAWABLE} cannot be laid out in reasonable time. "
            'Use fold="auto", or draw an intermediate Tensor.'
        )
    return _drawing(graph)


def tree(*chains: Chain) -> Drawing:
    """The chain rule as a tree: the number on top, below each value what it was computed from, the factors between.

    chains   one or several of the same number; what they have in common is drawn once

    >>> import autograd as ag
    >>> w = ag.Tensor(2.0, name="w")
    >>> z = w * 3.0
    >>> J = z * z
    >>> picture = tree(ag.chain(J, w))
    >>> "dw = dz · 3" in picture.source
    True

    Raises ArgumentError for chains of different numbers, GraphError for more paths than can be looked at.
    """
    made = Drawing("tree")
    made.attr(rankdir="TB", bgcolor="white", fontname=FONT, nodesep="0.3", ranksep="0.35", pad="0.2")
    made.attr("node", fontname=FONT, fontsize="12", fontcolor=TEXT, height="0.36")
    made.attr("edge", fontname=FONT, fontsize="10", color="#7b8794", fontcolor=TEXT, arrowsize="0.6")
    made.titles = {"tree": "Tree of the chain rule"} | grow(made, chains)
    return made


def svg_of(graph: Graph) -> str:
    """The SVG of a graph, for pages to embed: each vertex and edge is an element with its id, rows have `data-row`.

    Texts have no length of their own in it: a page brings its font, and writes other texts in their places.
    """
    made = _drawing(graph)
    return _accessible(run_dot(made.source, "svg").decode(), made.titles)


def refuse_folders(path: Path) -> None:
    """Raise SaveError, in words, where a file at this path could not be: it is a folder, or its folder is missing."""
    if path.is_dir():
        raise SaveError(f"{str(path)!r} is a folder; add the name of a file to write into it.")
    if not path.parent.is_dir():
        raise NoFolder(f"The folder {str(path.parent)!r} does not exist, so {path.name} cannot be saved in it.")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under a temporary name first, so that no half of it is ever seen. Raises SaveError."""
    refuse_folders(path)
    try:
        files.write_whole(path, content)
    except OSError as error:
        raise SaveError(f"{str(path)!r} cannot be written: {error.strerror or error}.") from error


def _read(tensor: Any) -> Graph:
    """The graph of a Tensor, refused before it is read if it is hopelessly large."""
    recorded = len(ancestors(root_of(tensor)))
    if recorded > RECORDED:
        raise GraphError(
            f"This graph has {recorded:,} recorded operations; a picture is drawn of at most {RECORDED:,}. "
            "Draw an intermediate Tensor, or run the computation on fewer steps."
        )
    return graph_of(tensor)


def _is_report(x: Any) -> TypeGuard[Report]:
    if isinstance(x, Tensor):
        return False
    from nn.byhand.checker.report import Report  # not before: who draws a Tensor needs no checker

    return isinstance(x, Report)


def _blamed(report: Report) -> Graph:
    from viz.seen.blame import blamed

    with names.asking(report.cost):
        return blamed(report, READABLE, LAYERS)


def _drawing(graph: Graph) -> Drawing:
    made = Drawing("graph")
    made.graph = graph
    large = len(graph) > 2 * READABLE
    apart = "0.7" if any(v.kind == "group" for v in graph) else "0.32"
    made.attr(rankdir="LR", newrank="true", bgcolor="white", fontname=FONT, nodesep="0.22", ranksep=apart, pad="0.2")
    if large:
        made.attr(nslimit="1", nslimit1="1")
    made.attr("node", fontname=FONT, fontsize="11", fontcolor=TEXT, height="0.2", width="0.2")
    made.attr("edge", fontname=FONT, fontsize="9", color="#7b8794", fontcolor=MUTED, arrowsize="0.6")
    swept = any(v.grad is not None and v.role == "output" for v in graph)
    layers: dict[str | None, list[Vertex]] = {}
    for v in graph:
        layers.setdefault(None if large else v.layer, []).append(v)
    numbers = {layer: f"{k}" for k, layer in enumerate((layer for layer in layers if layer), start=1)}
    made.titles = {
        "graph": "Graph of a computation",
        **{v.id: described(v) for v in graph},
        **{f"cluster_{number}": layer for layer, number in numbers.items()},
    }
    for layer, vertices in layers.items():
        _cluster(made, layer, numbers.get(layer or "", ""), vertices, swept)
    for edge in graph.edges:
        made.edge(edge.source, edge.target, **_edge(edge, graph[edge.source], graph[edge.target]))
    if not large:
        _one_layer_after_the_other(made, graph)
    return made


def _cluster(made: Drawing, layer: str | None, number: str, vertices: list[Vertex], swept: bool) -> None:
    if layer is None:
        for v in vertices:
            made.node(v.id, **attributes(v, swept))
        return
    with made.subgraph(name=f"cluster_{number}") as inside:
        label = graphviz.escape(layer)
        inside.attr(id=f"layer{number}", label=label, style="rounded,filled", color="#cbd5e1", fillcolor="#f4f6f9")
        inside.attr(labeljust="l", fontcolor=MUTED, fontsize="11", margin="10")
        for v in vertices:
            inside.node(v.id, **attributes(v, swept))


def _one_layer_after_the_other(made: Drawing, graph: Graph) -> None:
    """Unseen edges from what enters a layer to its parameters: without them neighbouring layers would overlap."""
    fed = {e.target for e in graph.edges}
    first: dict[str | None, list[str]] = {}
    for v in graph:
        if v.id not in fed:
            first.setdefault(v.layer, []).append(v.id)
    entering = {(e.source, graph[e.target].layer) for e in graph.edges if e.source in fed}
    for source, layer in sorted(entering, key=str):
        if layer not in (None, graph[source].layer):
            for leaf in first.get(layer, ()):
                made.edge(source, leaf, style="invis", weight="0")


def _edge(edge: Edge, source: Vertex, target: Vertex) -> dict[str, str]:
    how = {"id": edge.id}
    if edge.position is None:
        how["weight"] = "6"  # an operation stays beside its result
    elif source.role == "result":
        how["weight"] = "3"  # and the chain of results is straight
    if edge.position == 1 and target.notation.ordered:
        how |= {"headlabel": "2nd", "labeldistance": "1.6", "labelangle": "28"}
    if edge.note:
        how |= {"class": "marked", "color": MARKED, "fontcolor": MARKED, "penwidth": "3", "label": f"× {edge.note}"}
    if edge.count > 1:
        how |= {"headlabel": f"×{edge.count}", "labeldistance": "1.8", "penwidth": "1.8"}
    return how


_OPERATION = re.compile(r'<g id="[^"]*" class="node operation">.*?</g>', re.DOTALL)


def _centred(operation: re.Match[str]) -> str:
    """An operation with its label about its middle whatever the reader's font: engines guess the width of letters."""
    centre = re.search(r'<ellipse [^>]*cx="([-\d.]+)"', operation[0])
    if centre is None:
        return operation[0]
    return re.sub(r'text-anchor="\w+" x="[-\d.]+"', f'text-anchor="middle" x="{centre[1]}"', operation[0])


def _accessible(svg: str, titles: Mapping[str, str]) -> str:
    """Titles in words in place of ids; fonts that exist; nothing before the <svg> element."""
    svg = svg[svg.index("<svg") :]
    svg = _OPERATION.sub(_centred, marked(svg))
    svg = re.sub(r"<title>(\w+)</title>", lambda m: f"<title>{marked_up(titles.get(m[1], m[1]))}</title>", svg)
    svg = re.sub(r"<title>[^<]*(&#45;|-)(&gt;|>)[^<]*</title>\n?", "", svg)
    return re.sub(rf'font-family="{FONT}[^"]*"', f'font-family="{FONTS}"', svg)


_FITTED = re.compile(r'<text ((?:(?!textLength)[^>])*font-size="([\d.]+)"[^>]*)>([^<]*\S[^<]*)</text>')


def _fitted(found: re.Match[str]) -> str:
    """A text that says how long it is: a reader who lacks all of the fonts, and takes a wider one, sets it narrower."""
    words = unescape(found[3])
    length = None if words != words.strip() else width(words, float(found[2]), 'font-weight="bold"' in found[1])
    if length is None:
        return found[0]
    return f'<text textLength="{length:.2f}" lengthAdjust="spacingAndGlyphs" {found[1]}>{found[3]}</text>'
