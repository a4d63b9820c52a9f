"""The picture in docs/practice.md: the step page that asks, after a wrong answer.

python -m tools.practice_picture    writes docs/pictures/practice.png; it needs Chromium (see tests/viz/conftest.py)
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
ASKED, ANSWERED = "dA1", "dA1 = dW2ᵀ "  # the wrong answer begins like this
SIZE = {"width": 1200, "height": 860}


def main() -> None:
    """Run the first code of the page, answer up to the step, and then wrongly."""
    block = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "practice.md").read_text(encoding="utf-8"), re.S)
    assert block is not None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        os.chdir(folder)
        exec(compile(block[1], "practice.md", "exec"), {"__name__": "page"})
        found = os.environ.get("CHROMIUM") or shutil.which("chromium")
        tab = driver.chromium.launch(executable_path=found, args=["--no-sandbox"]).new_page(viewport=SIZE)
        tab.goto((Path(folder) / "practice.html").as_uri())
        steps = tab.evaluate("JSON.parse(document.getElementById('state').textContent).questions.steps")
        tab.keyboard.press("Enter")
        for question in steps[next(k for k, q in enumerate(steps) if q["label"] == "dJ") :]:
            wrong = question["label"] == ASKED
            values = question["right"]
            if wrong:
                values = next(w["values"] for w in question["wrong"] if w["causes"][0]["written"].startswith(ANSWERED))
            for i, value in enumerate(values):
                tab.locator(".chalk-field input").nth(i).fill(f"{value:.3g}")
            tab.keyboard.press("Enter")
            if wrong:
                break
        tab.screenshot(path=ROOT / "docs" / "pictures" / "practice.png")


if __name__ == "__main__":
    main()
