"""Parallel coordinates: an axis for each setting and for the score, and a line across them for each run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from nn.sweeps.space import Choice, Integers, LogUniform, Values, label

if TYPE_CHECKING:
    from nn.sweeps.results import Sweep


class Axis(NamedTuple):
    """One of the parallel axes: where a value lies between 0 and 1, and what is written where."""

    name: str
    place: Callable[[Any], float]
    ticks: list[tuple[float, str]]


def parallel_coordinates(sweep: Sweep) -> Any:
    """The figure; runs that failed are left out."""
    try:
        from matplotlib import colormaps
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("Sweep.plot() needs matplotlib: pip install 'chalkgrad[notebook]'.") from None
    runs = [run for run in sweep.runs if run.error is None]
    if not runs:
        raise ValueError("There is nothing to plot: no run of this sweep has been finished.")
    settings = [axis(name, values, [run.settings[name] for run in runs]) for name, values in sweep.space.items()]
    score = numeric(sweep.score_name, [run.score for run in runs], log=False)
    figure = Figure(figsize=(2.2 + 1.6 * len(settings), 4), layout="constrained")
    axes = figure.subplots()
    colors = colormaps["viridis"]
    for run in reversed(runs):  # the best is drawn last, on top
        places = [a.place(run.settings[a.name]) for a in settings] + [score.place(run.score)]
        good = places[-1] if sweep.higher else 1 - places[-1]
        axes.plot(range(len(places)), places, color=colors(0.9 * good), alpha=0.8, linewidth=2 if run is runs[0] else 1)
    for x, a in enumerate([*settings, score]):
        axes.axvline(x, color="0.6", linewidth=1)
        for y, text in a.ticks:
            axes.annotate(
                text,
                (x, y),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize="small",
                bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 1},
            )
    axes.set(xticks=range(len(settings) + 1), yticks=[], xlim=(-0.1, len(settings) + 0.5), ylim=(-0.05, 1.05))
    axes.set_xticklabels([a.name for a in (*settings, score)])
    axes.spines[:].set_visible(False)
    return figure


def axis(name: str, values: Values, seen: list[Any]) -> Axis:
    """The axis of a setting: numbers by their size, anything else by its place in the list."""
    if isinstance(values, Choice) and not all(type(v) in (int, float) for v in values.values):
        last = max(len(values.values) - 1, 1)
        return Axis(name, lambda v: values.dump(v) / last, [(i / last, label(v)) for i, v in enumerate(values.values)])
    numbers = [float(v) for v in (values.values if isinstance(values, Choice) else seen)]
    log = isinstance(values, LogUniform) or (isinstance(values, Integers) and values.log)
    wide = min(numbers) > 0 and max(numbers) >= 50 * min(numbers)
    found = numeric(name, numbers, log or wide)
    if isinstance(values, Choice):
        found = found._replace(ticks=[(found.place(v), label(v)) for v in values.values])
    return found


def numeric(name: str, numbers: list[float], log: bool) -> Axis:
    """An axis from the least to the greatest of some numbers."""
    scale: Callable[[float], float] = math.log if log else float
    low, high = scale(min(numbers)), scale(max(numbers))
    reach = (high - low) or 1.0
    back: Callable[[float], float] = math.exp if log else float
    ticks = (
        [(i / 4, f"{back(low + i / 4 * reach):.3g}") for i in range(5)] if high > low else [(0.0, label(numbers[0]))]
    )
    return Axis(name, lambda v: (scale(float(v)) - low) / reach, ticks)
