"""Shapes and text as pixels, by Pillow; the same on every machine, because the fonts are our own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from viz.animation.shapes import Point, Shape, Text, dashes

FINE = 3  # everything is drawn so many times as large, then made smaller: that smooths edges
_FONTS = Path(__file__).parents[1] / "web" / "fonts"
_REGULAR = ("arimo-latin.woff2", "arimo-greek.woff2", "stix-two-math.woff2")  # which to look a letter up in, in turn
_BOLD = ("arimo-latin-bold.woff2", *_REGULAR)
_MISSING = "\uffff"  # no font has it


class Canvas:
    """An image to paint on, in its own pixels.

    `zoomed` says where shapes of a picture go: `scale` times as large, the point `origin` of the picture at `corner`;
    nothing of them is painted outside of the box (left, top, right, bottom).
    """

    def __init__(self, width: int, height: int, paper: str) -> None:
        self.size = width, height
        self._image = Image.new("RGB", (width * FINE, height * FINE), paper)

    def zoomed(
        self, shapes: Iterable[Shape | Text], scale: float, origin: Point, box: tuple[float, float, float, float]
    ) -> None:
        """Paint shapes of a picture into a box of the canvas."""
        left, top, right, bottom = (round(x * FINE) for x in box)
        part = Image.new("RGB", (right - left, bottom - top), "#ffffff")
        brush = _Brush(part, scale * FINE, origin)
        for shape in shapes:
            brush.text(shape) if isinstance(shape, Text) else brush.shape(shape)
        self._image.paste(part, (left, top))

    def text(
        self, at: Point, words: str, size: float, colour: str, *, bold: bool = False, anchor: str = "start"
    ) -> None:
        """Write words; `at` is on the baseline."""
        _Brush(self._image, FINE, (0.0, 0.0)).text(Text("", at, anchor, words, size, bold, colour))

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Fill a box."""
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        _Brush(self._image, FINE, (0.0, 0.0)).shape(Shape("", corners, True, colour, None))

    def finished(self) -> Image.Image:
        """The image."""
        return self._image.resize(self.size, Image.Resampling.BOX)


class _Brush:
    def __init__(self, image: Image.Image, scale: float, origin: Point) -> None:
        self._draw = ImageDraw.Draw(image)
        self._scale, self._origin = scale, origin

    def shape(self, shape: Shape) -> None:
        points = [self._at(p) for p in shape.points]
        if shape.closed and shape.fill and len(points) > 2:
            self._draw.polygon(points, fill=shape.fill)
        if shape.stroke is None or not shape.width:
            return
        outline = (*points, points[0]) if shape.closed else tuple(points)
        pattern = tuple(length * self._scale for length in shape.dash)
        for piece in dashes(outline, pattern) if pattern else [list(outline)]:
            self._draw.line(piece, fill=shape.stroke, width=max(1, round(shape.width * self._scale)), joint="curve")

    def text(self, text: Text) -> None:
        size = text.size * self._scale
        runs = _runs(text.words, size, text.bold)
        x, y = self._at(text.at)
        x -= {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * _width(runs)
        for font, words, rise in runs:
            self._draw.text((x, y - rise), words, fill=text.colour, font=font, anchor="ls")
            x += font.getlength(words)

    def _at(self, point: Point) -> Point:
        return (point[0] - self._origin[0]) * self._scale, (point[1] - self._origin[1]) * self._scale


class _Run(NamedTuple):
    """Words in one font; `rise` is how far they stand above the line, as exponents do."""

    font: ImageFont.FreeTypeFont
    words: str
    rise: float


def width_of(words: str, size: float, bold: bool = False) -> float:
    """How wide words are, in the unit of `size`."""
    return _width(_runs(words, size * FINE, bold)) / FINE


def clipped(words: str, size: float, most: float, bold: bool = False) -> str:
    """Words that are at most so wide: what is too long ends in "…"."""
    if width_of(words, size, bold) <= most:
        return words
    low, high = 0, len(words)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if width_of(words[:middle] + "…", size, bold) <= most else (low, middle)
    return words[:low].rstrip() + "…"


def _width(runs: list[_Run]) -> float:
    return sum(run.font.getlength(run.words) for run in runs)


def _runs(words: str, size: float, bold: bool) -> list[_Run]:
    """The words in pieces, each with the first font that has its letters; raised and lowered ones of their own."""
    pieces: list[tuple[tuple[str, float, float], str]] = []
    for letter in words:
        plain, scale, rise = letter, 1.0, 0.0
        if not _is_there(letter, bold):
            plain, scale, rise = _SET.get(unicodedata.decomposition(letter).partition(" ")[0], _AS_IT_IS)(letter)
        how = _font_for(plain, bold), scale, rise
        if pieces and pieces[-1][0] == how:
            pieces[-1] = how, pieces[-1][1] + plain
        else:
            pieces.append((how, plain))
    return [_Run(_font(file, round(size * scale)), run, rise * size) for (file, scale, rise), run in pieces]


def _is_there(letter: str, bold: bool) -> bool:
    return letter == " " or _has(_font_for(letter, bold), letter)


def _meant(letter: str) -> str:
    """What a raised or lowered letter is, on the line."""
    return "".join(chr(int(code, 16)) for code in unicodedata.decomposition(letter).split()[1:])


_AS_IT_IS = lambda letter: (letter, 1.0, 0.0)
_SET = {"<super>": lambda letter: (_meant(letter), 0.68, 0.36), "<sub>": lambda letter: (_meant(letter), 0.68, -0.16)}


@cache
def _font_for(letter: str, bold: bool) -> str:
    files = _BOLD if bold else _REGULAR
    return next((file for file in files if letter == " " or _has(file, letter)), files[0])


@cache
def _has(file: str, letter: str) -> bool:
    font = _font(file, 32)
    return bytes(font.getmask(letter)) != bytes(font.getmask(_MISSING))


@cache
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / file, size, layout_engine=ImageFont.Layout.BASIC)
