"""The step page in a browser, against its bounds: how large it is, how fast it opens, how long a step takes.

    python benchmarks/stepping.py

It needs playwright, and a Chromium in CHROMIUM or on the path. Exit code 1 where a bound is missed.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

import autograd as ag
import nn
import viz

SIZE, OPENS, STEP = 500_000, 1.0, 0.05  # bytes of the two-layer page; seconds until it can be read; of one step
VERTICES = 3000  # of the graph that is stepped through
STEPS = 60  # that are timed, spread over the story
_TIMED = """async positions => {
    const times = [], frame = () => new Promise(requestAnimationFrame);
    for (const position of positions) {
        location.hash = `step=${position}`;
        await frame();
        await frame();
        const start = performance.now();
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
        document.querySelector('.chalk-pane > svg').getBoundingClientRect();
        times.push((performance.now() - start) / 1000);
    }
    return times;
}"""


def two_layers() -> ag.Tensor:
    """The network of examples/two_layer.py."""
    X, Y = nn.datasets.moons(m=40)
    model = nn.Sequential(nn.Linear(2, 4, seed=0), nn.Tanh(), nn.Linear(4, 1, seed=1), nn.Sigmoid())
    return nn.losses.binary_cross_entropy(model(X), Y)


def scalars() -> ag.Tensor:
    """A network of plain numbers, of about as many vertices as are asked for."""
    rng = np.random.default_rng(0)
    units = VERTICES // 38
    x = [ag.Tensor(float(v), name=f"x{i}", requires_grad=False) for i, v in enumerate(rng.normal(size=8))]
    hidden = [_unit(x, rng, f"1_{j}") for j in range(units)]
    cost = _unit(hidden, rng, "2")
    return cost * cost


def _unit(values: list[Any], rng: np.random.Generator, name: str) -> Any:
    z: Any = ag.Tensor(0.1, name=f"b{name}")
    for i, value in enumerate(values):
        z = z + ag.Tensor(float(rng.normal()) / len(values), name=f"w{name}_{i}") * value
    return np.tanh(z)


def opening(page: Page, path: Path) -> float:
    """Seconds from the navigation until the first step can be read; the best of five."""
    times = []
    for _ in range(5):
        page.goto("about:blank")
        page.goto(path.as_uri())
        page.wait_for_selector(".chalk-card")
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].domComplete") / 1000)
    return min(times)


def main() -> int:
    """Measure and say; 1 where a bound is missed."""
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
        small = viz.save_page(two_layers(), Path(folder) / "small.html")
        story = viz.record(scalars())
        large = viz.save_page(story, Path(folder) / "large.html")
        opens = opening(page, small)
        page.goto(large.as_uri())
        page.wait_for_selector(".chalk-card")
        step = statistics.median(page.evaluate(_TIMED, [i * len(story) // STEPS for i in range(STEPS)]))
        chromium.close()
        size = small.stat().st_size
    rows = [
        ("the two-layer page", f"{size / 1000:.0f} kB", f"{SIZE / 1000:.0f} kB", size <= SIZE),
        ("it opens in", f"{opens:.2f} s", f"{OPENS:.0f} s", opens <= OPENS),
        (f"a step of {len(story.graph):,} vertices", f"{1000 * step:.0f} ms", f"{1000 * STEP:.0f} ms", step <= STEP),
    ]
    for what, value, bound, held in rows:
        print(f"{'✓' if held else '✗'} {what:<28} {value:>8}   (at most {bound})")
    return int(not all(held for *_, held in rows))


if __name__ == "__main__":
    sys.exit(main())
