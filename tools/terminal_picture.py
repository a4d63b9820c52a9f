"""The pictures of docs/stepping.md: two frames of the terminal, as rich draws them.

python -m tools.terminal_picture    writes docs/pictures/step-terminal.svg and step-terminal-wide.svg
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.terminal_theme import MONOKAI

from autograd import names
from viz.script import Script
from viz.seen.story import record
from viz.terminal.frame import TextFrames, console

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = "examples/two_layer.py"
STEPS = [("step-terminal", 80, "From W1·X back to W1"), ("step-terminal-wide", 160, "From A1 back to Z1")]


def main() -> None:
    """Draw each step of the list."""
    target = Script(str(ROOT / SCRIPT)).target(None)
    with names.asking(names=target.names):
        story = record(target.tensor)
    for name, width, title in STEPS:
        position = next(i for i, step in enumerate(story.steps, 1) if step.title == title)
        paper = console(width, file=io.StringIO(), record=True, force_terminal=True, color_system="truecolor")
        paper.print(TextFrames(story)(position, width, 40))
        svg = paper.export_svg(title=f"chalkgrad step {SCRIPT} --terminal", theme=MONOKAI, unique_id=name)
        (ROOT / "docs" / "pictures" / f"{name}.svg").write_text(_by_itself(svg), encoding="utf-8")


def _by_itself(svg: str) -> str:
    """Without the fonts that it would fetch; each text has its length, so that any monospaced font fits."""
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)
    return svg.replace("Fira Code, monospace", "DejaVu Sans Mono, Menlo, Consolas, monospace")


if __name__ == "__main__":
    main()
