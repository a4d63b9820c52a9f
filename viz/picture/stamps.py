"""Vertices drawn one by one, for a page that puts them where it wants to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from viz.picture.drawing import FONT, accessible
from viz.picture.labels import Labels, described
from viz.picture.layout import run_dot
from viz.picture.theme import PLAIN
from viz.seen.graph import Vertex

TOGETHER, RUN = 25, 1000  # vertices in one graph, and in one run of the engine
_NUMBER = re.compile(r"-?\d+\.?\d*")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The SVG of a vertex: the text of a <g> element, where its middle is in that, and how large it is."""

    svg: str
    x: float
    y: float
    width: float
    height: float


def stamps_of(vertices: Iterable[Vertex]) -> dict[str, Stamp]:
    """The stamp of each vertex, by its id.

    >>> import autograd as ag
    >>> from viz.seen.graph import graph_of
    >>> stamps = stamps_of(graph_of(ag.Tensor(2.0, name="w") * 3.0))
    >>> sorted(stamps), round(stamps["n2"].width, 1)
    (['n0', 'n1', 'n2', 'n3'], 33.1)
    """
    waiting, made = list(vertices), {}
    for start in range(0, len(waiting), RUN):
        some = waiting[start : start + RUN]
        sources = [_unplaced(some[i : i + TOGETHER]) for i in range(0, len(some), TOGETHER)]
        drawn_by = run_dot("\n".join(sources), "svg", "-Kneato", "-n2").decode()
        svg = accessible(drawn_by, {v.id: described(v) for v in some})
        doubled = {v.id for v in some if v.role == "output"}
        for part in re.split(r"<!-- [^>]* -->\n", svg)[1:]:
            id = re.match(r'<g id="(\w+)"', part)  # what follows other comments is no vertex
            if id:
                drawn = part.split("</g>\n</svg>")[0]
                made[id[1]] = Stamp(_plain(drawn), *_extent(drawn, 2 if id[1] in doubled else 1))
    return made


def _unplaced(vertices: list[Vertex]) -> str:
    """All at the same place: nothing has to be laid out."""
    theme, labels = PLAIN.theme, Labels(PLAIN, swept=True)
    common = {"fontname": FONT, "fontsize": theme.points(11), "fontcolor": theme.text, "height": "0.2", "width": "0.2"}
    lines = [f"digraph {{ bgcolor=transparent; node [{_attributes(common)}];"]
    lines += [f'{v.id} [pos="0,0" {_attributes(labels.attributes(v))}];' for v in vertices]
    return "\n".join([*lines, "}"])


def _attributes(given: Mapping[str, str]) -> str:
    """As DOT: the label is HTML-like, nothing else has anything in it that would have to be escaped."""
    return " ".join(f"{k}={x}" if k == "label" else f'{k}="{x}"' for k, x in given.items())


def _plain(svg: str) -> str:
    """Without what is so by itself, and without the font, which is the page's; and texts of blanks."""
    svg = re.sub(r"<text[^>]*>(?:\s|&#160;)*</text>\n?", "", svg)
    svg = re.sub(r' (?:xml:space="preserve"|text-anchor="start"|font-family="[^"]*")', "", svg)
    return re.sub(r'(font-size="\d+)\.00"', r'\1"', svg).replace(">\n", ">").strip()


def _extent(svg: str, outlines: int) -> tuple[float, float, float, float]:
    """The middle, the width and the height of what its outlines are around."""
    xs: list[float] = []
    ys: list[float] = []
    for shape in list(re.finditer(r"<(ellipse|path|polygon)\b([^>]*)>", svg))[:outlines]:
        said = dict(re.findall(r'(\w+)="([^"]*)"', shape[2]))
        if shape[1] == "ellipse":
            cx, cy, rx, ry = (float(said[name]) for name in ("cx", "cy", "rx", "ry"))
            xs, ys = [*xs, cx - rx, cx + rx], [*ys, cy - ry, cy + ry]
        else:
            numbers = list(map(float, _NUMBER.findall(said.get("d") or said["points"])))
            xs, ys = [*xs, *numbers[::2]], [*ys, *numbers[1::2]]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, max(xs) - min(xs), max(ys) - min(ys)
