"""A picture that shows itself in a notebook, and saves itself to a file that is whole or not there at all."""

from __future__ import annotations

import base64
import os
import re
import tempfile
from collections.abc import Mapping
from functools import partial
from html import unescape
from pathlib import Path
from types import MappingProxyType
from typing import Any

import graphviz

from autograd import files
from viz.errors import ArgumentError, LayoutError, NoFolder, SaveError
from viz.markup import marked_up
from viz.picture.layout import PLACED, find_dot, is_pure, run_dot
from viz.picture.marks import settled
from viz.picture.metrics import width
from viz.picture.rows import marked
from viz.picture.wrap import wrapped
from viz.seen.graph import Graph

PIXELS = 12_000  # the longer side of a PNG

FORMATS = (".svg", ".png", ".pdf", ".dot", ".gv")
FONT = "Helvetica"  # engines know how wide its letters are; those of the others are as wide
FONTS = "Arimo, 'Liberation Sans', Helvetica, Arial, sans-serif"


class Drawing(graphviz.Digraph):
    """A graphviz.Digraph that finds a layout engine by itself.

    graph    what it shows, if it is a graph
    titles   what it and its vertices are, in words, by their names in the DOT source
    wraps    whether it is set in rows where one would be too wide
    """

    graph: Graph | None = None
    titles: Mapping[str, str] = MappingProxyType({})
    wraps: bool = False
    _set: tuple[str, str, dict[str, str] | None] | None = None  # of which source, the one that is drawn, titles of rows

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a .svg, .png, .pdf or .dot file; the file is whole or not there at all.

        Raises ValueError for another suffix, OSError where the file cannot be written (FileNotFoundError where its
        folder does not exist), LayoutError where the picture cannot be made.
        """
        path = files.path_to(path, "A graph")
        suffix = path.suffix.lower()
        refuse_folders(path)
        if suffix not in FORMATS:
            raise ArgumentError(f"A graph is saved as {', '.join(FORMATS)}, but got {path.name!r}. Change the suffix.")
        write_whole(path, self._in_words().encode() if suffix in (".dot", ".gv") else self.pipe(suffix[1:]))
        return path

    def pipe(self, format: str | None = None, *_: Any, encoding: str | None = None, **__: Any) -> Any:
        """The picture as bytes, or as text where an encoding is given."""
        format = (format or "svg").lower()
        if format == "svg":
            made = self._svg().encode()
        elif format == "pdf":
            made = self._pdf()
        elif format == "png":
            made = self._laid("png", f"-Gdpi={self._resolution()}")
        else:
            made = self._laid(format)
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
        made = self._laid("svg").decode()
        _, new = self._arranged()
        return _FITTED.sub(_fitted, accessible(made, {**self.titles, **(new or {})}))

    def _laid(self, format: str, *options: str) -> bytes:
        """Laid out in a format, in rows where it would be too wide."""
        source, in_rows = self._arranged()
        return run_dot(source, format, *(() if in_rows is None else PLACED), *options)

    def _arranged(self) -> tuple[str, dict[str, str] | None]:
        """The source as it is drawn; where it is set in rows, with all positions in it and titles of what is new."""
        source = self.source
        if self._set is None or self._set[0] != source:
            in_rows = partial(wrapped, names=self._names()) if self.wraps else lambda laid: None
            self._set = source, *settled(source, in_rows)
        return self._set[1:]

    def _names(self) -> dict[str, str]:
        return {v.id: v.name for v in self.graph or () if v.name and v.kind != "operation"}

    def _in_words(self) -> str:
        """The source for a file. Without a layout engine nobody knows where its marks have to stand."""
        try:
            return settled(self.source)[0]
        except LayoutError:
            return self.source

    def _resolution(self) -> int:
        """Dots per inch of a PNG: 144, unless that would make more pixels than programs will open."""
        size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', self._svg())
        assert size is not None
        return max(24, min(144, int(72 * PIXELS / max(float(size[1]), float(size[2])))))

    def _pdf(self) -> bytes:
        """By Graphviz's own `dot`, which alone writes PDF; or from the SVG, by svglib."""
        if not is_pure(find_dot("pdf")):
            return self._laid("pdf")
        try:
            from reportlab.graphics import renderPDF
            from svglib.svglib import svg2rlg
        except ImportError:
            raise LayoutError(
                "PDF needs Graphviz's own dot (apt install graphviz), or else: pip install 'chalkgrad[pdf]'."
            ) from None
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "graph.svg"
            file.write_text(marked(self._laid("svg").decode()), encoding="utf-8")
            return renderPDF.drawToString(svg2rlg(str(file)))


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


_OPERATION = re.compile(r'<g id="[^"]*" class="node operation">.*?</g>', re.DOTALL)


def _centred(operation: re.Match[str]) -> str:
    """An operation with its label about its middle whatever the reader's font: engines guess the width of letters."""
    centre = re.search(r'<ellipse [^>]*cx="([-\d.]+)"', operation[0])
    if centre is None:
        return operation[0]
    return re.sub(r'text-anchor="\w+" x="[-\d.]+"', f'text-anchor="middle" x="{centre[1]}"', operation[0])


def accessible(svg: str, titles: Mapping[str, str]) -> str:
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
