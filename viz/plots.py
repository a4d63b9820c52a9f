"""Curves as SVG, written by hand: no plotting library is needed to look at a training or a function.

`training_plot(history)` gives the picture, `save_training_plot(history, path)` writes it. (Who has matplotlib and wants
a figure to change further calls `history.plot()`.) `curves(x, {name: y})` is one pair of axes for anything else.
Both show themselves in a notebook.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograd.files import path_to
from viz.errors import ArgumentError
from viz.markup import marked_up
from viz.picture.dot import FONTS, write_whole
from viz.seen.text import number

WIDTH, HEIGHT = 460, 300  # of one panel
LEFT, RIGHT, TOP, BOTTOM = 58, 16, 44, 46
TITLE = 34  # height of the line above the panels

TEXT, MUTED, GRID = "#1f2937", "#56606e", "#e2e8f0"
# Colour and dashes: the curves can be told apart in black and white too.
CURVES = (("#1d4ed8", ""), ("#b45309", "6 3"), ("#047857", "2 3"), ("#7c3aed", "8 3 2 3"))


class Plot(str):
    """A plot as the text of its SVG, which shows itself in a notebook.

    >>> curves([0.0, 1.0], {"y": [1.0, 2.0]}, title="A line")
    <Plot: 'A line'>
    """

    caption: str

    def _repr_svg_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"<Plot: {self.caption!r}>"


def training_plot(history: Any, *, title: str = "", log: bool = False, held_out: str = "validation") -> Plot:
    """The SVG of a training: cost on the left (on a logarithmic axis if `log`), accuracy on the right, by epoch.

    history    what nn.fit returned, or anything with lists `cost` and `accuracy` (and `validation_…` of each)
    held_out   what to call the data that were not learnt from

    >>> from types import SimpleNamespace
    >>> svg = training_plot(SimpleNamespace(cost=[0.7, 0.3, 0.2], accuracy=[0.5, 0.9, 0.95]), title="a <test>")
    >>> svg.startswith("<svg"), "a &lt;test&gt;" in svg
    (True, True)

    Raises ValueError where the history is empty.
    """
    panels = [
        panel(_series(history, "cost", held_out), "cost", log=log),
        panel(_series(history, "accuracy", held_out), "accuracy"),
    ]
    return _picture(panels, title or "Training")


def curves(
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    *,
    title: str,
    x_label: str = "x",
    log: bool = False,
) -> Plot:
    """The SVG of functions of x, a curve for each; what is not finite leaves a gap.

    series  the values at each x, by the name of the curve
    log     on logarithmic axes, both of them

    >>> svg = curves([-1.0, 0.0, 1.0], {"z²": [1.0, 0.0, 1.0]}, title="A parabola", x_label="z")
    >>> svg.startswith("<svg"), "A parabola" in svg
    (True, True)

    Raises ValueError where a curve has not one value for each x, or there is nothing to plot.
    """
    for name, values in series.items():
        if len(values) != len(x):
            raise ArgumentError(f"curves needs a value for each of {len(x)} points, but {name!r} has {len(values)}.")
    points = [v for v in x if _drawable(v, log)]
    if not points:
        raise ArgumentError(f"There is nothing to plot: {x_label} has no finite value.")
    ticks = log_ticks(min(points), max(points)) if log else nice_ticks(min(points), max(points))
    across = _scale(ticks[0], ticks[-1], LEFT, WIDTH - RIGHT, log)
    labels = [(across(t), number(t)) for t in ticks]
    return _picture([_axes(x, series, title, log, across, labels, x_label)], title)


def _picture(panels: Sequence[str], title: str) -> Plot:
    """Panels side by side, below a title."""
    shown = "".join(f'<g transform="translate({i * WIDTH},{TITLE})">{p}</g>' for i, p in enumerate(panels))
    width, height = WIDTH * len(panels), HEIGHT + TITLE
    name = marked_up(title)
    picture = Plot(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{name}" font-family="{FONTS}" font-size="12" fill="{TEXT}">'
        f'<title>{name}</title><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="{LEFT}" y="26" font-size="15" font-weight="bold">{name}</text>{shown}</svg>'
    )
    picture.caption = title
    return picture


def save_training_plot(history: Any, path: str | os.PathLike[str], **how: Any) -> Path:
    """Write the plot to a .svg file, whole or not at all; `how` is that of training_plot.

    Raises ValueError for another suffix or an empty history.
    """
    path = path_to(path, "A training plot")
    if path.suffix.lower() != ".svg":
        raise ArgumentError(
            f"A training plot is saved as .svg, not as {path.name!r}; history.plot() makes other formats."
        )
    write_whole(path, training_plot(history, **how).encode())
    return path


def panel(series: Mapping[str, Sequence[float]], label: str, *, log: bool = False) -> str:
    """One pair of axes with a curve for each series, by epoch 1, 2 …; what is not finite leaves a gap."""
    epochs = max(map(len, series.values()))
    across = _scale(1, max(epochs, 2), LEFT, WIDTH - RIGHT)
    ticks = sorted({max(1, round(t)) for t in nice_ticks(1, max(epochs, 2)) if t <= epochs})
    labels = [(across(t), str(t)) for t in ticks]
    return _axes(range(1, epochs + 1), series, label, log, across, labels, "epoch")


def _axes(
    xs: Sequence[float],
    series: Mapping[str, Sequence[float]],
    label: str,
    log: bool,
    across: Any,
    labels: Sequence[tuple[float, str]],
    x_label: str,
) -> str:
    """A pair of axes with a curve for each series over xs; `labels` are the places and texts below."""
    points = [y for values in series.values() for y in values if _drawable(y, log)]
    if not points:
        raise ArgumentError(f"There is nothing to plot: {label} has no finite value.")
    ticks = log_ticks(min(points), max(points)) if log else nice_ticks(min(points), max(points))
    y = _scale(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP, log)
    grid = "".join(_horizontal(y(t), number(t)) for t in ticks)
    below = "".join(
        f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{text}</text>' for x, text in labels
    )
    drawn = [(name, values, *CURVES[i % len(CURVES)]) for i, (name, values) in enumerate(series.items())]
    shown = "".join(_curve(xs, values, across, y, log, colour, dash) for _, values, colour, dash in drawn)
    legend = "".join(_legend(i, name, colour, dash) for i, (name, _, colour, dash) in enumerate(drawn))
    middle = (LEFT + WIDTH - RIGHT) / 2
    axes = (
        f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle" fill="{MUTED}">{marked_up(x_label)}</text>'
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM}" stroke="{MUTED}"/>'
    )
    return f"{grid}{below}{axes}{shown}{legend}"


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers at even steps that enclose the range.

    >>> nice_ticks(0.03, 0.71)
    [0.0, 0.2, 0.4, 0.6, 0.8]
    >>> nice_ticks(5.0, 5.0)
    [4.0, 5.0, 6.0]
    """
    if not high > low:
        step = abs(low) or 1.0
        step = 10 ** math.floor(math.log10(step))
        return [low - step, low, low + step]
    raw = (high - low) / about
    power = 10 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """The powers of ten that enclose the range, with 2 and 5 between them where there are few.

    >>> log_ticks(0.004, 0.7)
    [0.001, 0.01, 0.1, 1.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1, 2, 5) if last - first <= 1 else (1,)
    every = max(1, -(-(last - first) // 8))
    powers = range(first, max(last, first + 1), every)
    return [float(f"{m}e{p}") for p in powers for m in steps] + [float(f"1e{powers[-1] + every}")]


# --- pieces ----------------------------------------------------------------------------------------------------------


def _series(history: Any, what: str, held_out: str) -> dict[str, Sequence[float]]:
    """The curves of a history that are there."""
    named = {f"training {what}": what, f"{held_out} {what}": f"validation_{what}"}
    found = {name: getattr(history, attribute, ()) for name, attribute in named.items()}
    return {name: values for name, values in found.items() if len(values)} or {what: ()}


def _drawable(y: float, log: bool) -> bool:
    return math.isfinite(y) and (y > 0 or not log)


def _scale(low: float, high: float, start: float, end: float, log: bool = False) -> Any:
    """A function from values to places."""
    if log:
        low, high = math.log10(low), math.log10(high)
    return lambda v: start + (end - start) * ((math.log10(v) if log else v) - low) / (high - low)


def _horizontal(y: float, label: str) -> str:
    return (
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
    )


def _curve(xs: Sequence[float], values: Sequence[float], x: Any, y: Any, log: bool, colour: str, dash: str) -> str:
    """A path that is lifted over gaps; a single point is drawn as a dot."""
    path, down = [], False
    for at, value in zip(xs, values, strict=False):  # histories may have curves of different lengths
        drawable = _drawable(value, log) and _drawable(at, log)
        if drawable:
            path.append(f"{'L' if down else 'M'}{x(at):.1f} {y(value):.1f}")
        down = drawable
    if len(path) == 1:
        return f'<path d="{path[0]}h0.1" stroke="{colour}" stroke-width="7" stroke-linecap="round"/>'
    return f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="2"{_dashes(dash)}/>'


def _legend(i: int, name: str, colour: str, dash: str) -> str:
    x = LEFT + 180 * i
    return (
        f'<line x1="{x}" x2="{x + 26}" y1="26" y2="26" stroke="{colour}" stroke-width="2"{_dashes(dash)}/>'
        f'<text x="{x + 32}" y="30">{marked_up(name)}</text>'
    )


def _dashes(dash: str) -> str:
    return f' stroke-dasharray="{dash}"' if dash else ""
