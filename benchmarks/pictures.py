"""How large graphs are drawn, recorded and stepped through: seconds, vertices, megabytes; with --browser, in Chromium.

python benchmarks/pictures.py [--browser]

Bounds: a graph of 100,000 vertices is open within 5 s, in a page of at most 64 MB.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import autograd as ag
import nn
import viz

SECONDS, MEGABYTES = 5.0, 64.0


def network() -> Any:
    """Two layers: the page that everyone opens first."""
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.Tanh(), nn.Linear(3, 1, seed=1), nn.Sigmoid())
    return nn.losses.binary_cross_entropy(model(rng.normal(size=(2, 5))), np.ones((1, 5)))


def scalars(vertices: int) -> Any:
    """A network of scalars with about so many vertices in its graph: layers of 16 neurons, each with 17 parameters."""
    rng = np.random.default_rng(0)
    values, made = [ag.Tensor(v, name=f"x{i}") for i, v in enumerate(rng.normal(size=16))], 0
    while made < vertices:
        values = [np.tanh(sum((ag.Tensor(rng.normal() / 4) * v for v in values), ag.Tensor(0.0))) for _ in range(16)]
        made += 16 * (5 * 16 + 3)
    return sum(values[1:], values[0])


def chain(vertices: int) -> Any:
    """A chain of scalars."""
    y = x = ag.Tensor(1.0, name="x")
    for _ in range(vertices // 4):
        y = np.sin(y) + x
    return y


GRAPHS: dict[str, Callable[[], Any]] = {
    "two layers": network,
    "scalars, 3,000": lambda: scalars(3_000),
    "scalars, 8,000": lambda: scalars(8_000),
    "scalars, 100,000": lambda: scalars(100_000),
    "chain, 100,000": lambda: chain(100_000),
}


def seconds(what: Callable[[], Any]) -> tuple[float, Any]:
    """How long it takes, and what it gives."""
    began = time.perf_counter()
    made = what()
    return time.perf_counter() - began, made


def opened(path: Path, browser: Any) -> tuple[float, float]:
    """Seconds until the page shows its first step, and those of a step (the median)."""
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    taken, _ = seconds(lambda: (tab.goto(path.as_uri()), tab.wait_for_selector(".chalk-nodes .node")))
    step = tab.evaluate(
        """async () => {
            const times = [], frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
            for (let i = 0; i < 20; i++) {
                const began = performance.now();
                document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
                document.body.getBoundingClientRect();
                times.push(performance.now() - began);
                await frame();
            }
            return times.sort((a, b) => a - b)[10] / 1000;
        }"""
    )
    tab.close()
    return taken, step


def main() -> None:
    """Print a line for each graph; end with 1 where a bound is missed."""
    browser = None
    if "--browser" in sys.argv:
        from playwright.sync_api import sync_playwright

        found = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = sync_playwright().start().chromium.launch(executable_path=found, args=["--no-sandbox"])
    print(f"{'graph':18} {'draw':>7} {'record':>7} {'page':>7} {'MB':>6} {'steps':>6} {'open':>6} {'step':>7}")
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        for name, make in GRAPHS.items():
            J = make()
            drawing, _ = seconds(lambda J=J: viz.draw(J).pipe("svg"))
            recording, story = seconds(lambda J=J: viz.record(J))
            writing, _ = seconds(lambda story=story: viz.save_page(story, path))
            size = path.stat().st_size / 1e6
            shown, step = opened(path, browser) if browser else (float("nan"), float("nan"))
            print(
                f"{name:18} {drawing:6.2f}s {recording:6.2f}s {writing:6.2f}s {size:6.2f} {len(story):6,} "
                f"{shown:5.2f}s {step * 1000:5.1f}ms"
            )
            missed |= size > MEGABYTES or (browser is not None and shown > SECONDS)
            missed |= max(drawing, recording + writing) > SECONDS
    if browser:
        browser.close()
    sys.exit(missed)


if __name__ == "__main__":
    main()
