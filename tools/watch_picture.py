"""The picture of `chalkgrad watch` in docs/stepping.md: a page whose script has just been saved with a mistake.

python -m tools.watch_picture    writes docs/pictures/watch.png; it needs Chromium (see tests/viz/conftest.py)
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from autograd import names
from viz.live.server import Server
from viz.live.shown import Shown
from viz.script import Script
from viz.seen.story import record
from viz.web import page

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "examples" / "two_layer.py"
ERROR = {
    "title": "SyntaxError: invalid syntax",
    "file": SCRIPT.name,
    "line": 7,
    "text": "loss = = nn.losses.binary_cross_entropy(model(X), Y)",
    "details": "SyntaxError: invalid syntax",
}


def main() -> None:
    """Serve a run that succeeded and one that did not, and look at it."""
    target = Script(str(SCRIPT)).target(None)
    with names.asking(names=target.names):
        made = page(record(target.tensor))
    shown = Shown(SCRIPT.name)
    shown.ended({"page": made, "steps": []})
    shown.ended({"error": ERROR})
    server = Server(shown)
    with sync_playwright() as driver:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1400, "height": 900})
        tab.goto(f"{server.url}#step=12")
        tab.wait_for_selector(".chalk-live:not([hidden])")
        tab.screenshot(path=ROOT / "docs" / "pictures" / "watch.png")
        browser.close()
    server.close()


if __name__ == "__main__":
    main()
