"""The lines of the user's program around the one that a step comes from."""

from __future__ import annotations

from rich.text import Text

from viz.seen.steps import Line
from viz.seen.story import Story

AROUND = 2  # lines above and below


def excerpt(story: Story, line: Line) -> list[Text]:
    """The line, with those around it in the same function; nothing where none are known."""
    source = story.sources.get(line.file)
    for block in source.blocks if source else ():
        here = line.number - block.first
        if 0 <= here < len(block.lines) > 1:
            first = max(0, here - AROUND)
            return [
                Text(f"{'▶' if i == here else ' '} {block.first + i:>4}  {text}", "bold" if i == here else "dim")
                for i, text in enumerate(block.lines[first : here + AROUND + 1], first)
            ]
    return []
