"""Training plots: what is drawn, where, and what is refused."""

import math
import re
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest
from hypothesis import given, strategies as st

from viz.plots import curves, log_ticks, nice_ticks, save_training_plot, training_plot

FINITE = st.floats(-1e9, 1e9)


def history(**changes):
    curves = {"cost": [0.7, 0.4, 0.2], "accuracy": [0.5, 0.8, 0.9]}
    return SimpleNamespace(**(curves | changes))


def test_both_panels_and_all_curves():
    svg = training_plot(history(validation_cost=[0.8, 0.5, 0.3], validation_accuracy=[0.4, 0.7, 0.8]), title="A & B")
    ET.fromstring(svg)
    for words in ("training cost", "validation cost", "training accuracy", "validation accuracy", "epoch", "A &amp; B"):
        assert words in svg
    assert len(re.findall(r'<path d="M', svg)) == 4


def test_curves_differ_in_more_than_colour():
    svg = training_plot(history(validation_cost=[0.8, 0.5, 0.3]))
    assert "stroke-dasharray" in svg


def test_curves_stay_inside_the_axes():
    svg = training_plot(history(cost=[1e3, 5.0, 0.001]), log=True)
    places = [tuple(map(float, p)) for p in re.findall(r"[ML]([\d.]+) ([\d.]+)", svg)]
    assert all(0 <= x <= 460 and 0 <= y <= 300 for x, y in places)


def test_what_is_not_finite_leaves_a_gap():
    svg = training_plot(history(cost=[0.7, math.nan, 0.3, 0.2]))
    assert len(re.findall(r"M[\d.]+ [\d.]+M[\d.]+ [\d.]+L", svg)) == 1


def test_one_epoch_is_a_dot():
    assert svg_ok(training_plot(history(cost=[0.5], accuracy=[1.0]))).count("h0.1") == 2


def svg_ok(svg):
    ET.fromstring(svg)
    return svg


@pytest.mark.parametrize("cost", [[], [math.nan], [math.inf, math.nan]])
def test_nothing_to_plot_is_said(cost):
    with pytest.raises(ValueError, match="nothing to plot"):
        training_plot(history(cost=cost))


def test_save(tmp_path):
    assert save_training_plot(history(), tmp_path / "t.svg").read_text().startswith("<svg")
    with pytest.raises(ValueError, match=r"saved as \.svg"):
        save_training_plot(history(), tmp_path / "t.png")
    assert [p.name for p in tmp_path.iterdir()] == ["t.svg"]


@given(FINITE, FINITE)
def test_ticks_enclose_the_range_in_even_steps(a, b):
    low, high = min(a, b), max(a, b)
    ticks = nice_ticks(low, high)
    slack = 1e-6 * max(abs(low), abs(high), 1e-9)
    assert ticks[0] <= low + slack and high - slack <= ticks[-1]
    assert 2 <= len(ticks) <= 12
    assert ticks == sorted(ticks)


@given(st.floats(1e-12, 1e9), st.floats(1e-12, 1e9))
def test_logarithmic_ticks_enclose_the_range(a, b):
    low, high = min(a, b), max(a, b)
    ticks = log_ticks(low, high)
    assert ticks[0] <= low * (1 + 1e-9) and high <= ticks[-1] * (1 + 1e-9)
    assert len(ticks) <= 10 and ticks == sorted(set(ticks))


def test_curves_of_functions():
    svg = svg_ok(curves([-1, 0, 1, 2], {"a < b": [1, 0, 1, 4], "z": [-1, 0, 1, 2]}, title="Two", x_label="z & more"))
    assert svg.count('<path d="M') == 2
    for words in ("a &lt; b", "z &amp; more", "Two"):
        assert words in svg


@given(st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=20), st.booleans())
def test_curves_of_functions_stay_inside_the_axes(points, log):
    """On logarithmic axes what is not positive leaves a gap, along x as well."""
    xs, ys = map(list, zip(*points, strict=True))
    if log and not (any(x > 0 for x in xs) and any(y > 0 for y in ys)):
        with pytest.raises(ValueError, match="nothing to plot"):
            curves(xs, {"y": ys}, title="t", log=log)
        return
    svg = svg_ok(curves(xs, {"y": ys}, title="t", log=log))
    places = [tuple(map(float, p)) for p in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", svg)]
    assert all(0 <= x <= 460 and 0 <= y <= 300 for x, y in places)
    assert len(places) == (sum(x > 0 and y > 0 for x, y in points) if log else len(points))


def test_a_curve_needs_a_value_for_each_point():
    with pytest.raises(ValueError, match="each of 3 points, but 'y' has 2"):
        curves([1, 2, 3], {"y": [1, 2]}, title="t")
    with pytest.raises(ValueError, match="nothing to plot"):
        curves([math.nan], {"y": [1]}, title="t")


def test_a_plot_shows_itself_in_a_notebook():
    plot = curves([0, 1], {"y": [1, 2]}, title="A <line>")
    assert plot._repr_svg_() == plot and repr(plot) == "<Plot: 'A <line>'>"
    assert svg_ok(training_plot(history())._repr_svg_())
