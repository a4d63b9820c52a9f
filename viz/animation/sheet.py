"""One frame: the graph, below it what the step does, and at the bottom how far the two passes are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PIL.Image import Image

from autograd.read import TEXT as IN_TEXT
from viz.animation.marks import LOOK, NOW, PASSED, Stage, stage_of
from viz.animation.paint import Canvas, clipped, width_of
from viz.animation.shapes import picture_of
from viz.picture.dot import draw, svg_of
from viz.seen.frames import Frame
from viz.seen.steps import Contribute, Step
from viz.seen.story import Story

MARGIN = 16.0
CAPTION = 118.0  # how high what stands below the graph is
TALLEST = 640.0  # the graph
LARGE, SMALL = 1.5, 0.85  # how many pixels a point of the picture has: at most, and at least
RULE = "#d5dbe3"
BAR = 6.0
_PHASES = {"start": "", "forward": "forward pass", "seed": "backward pass", "backward": "backward pass"}


class Caption(NamedTuple):
    """What is said of a step: what it does, its rule, the same in numbers, and what it adds to."""

    title: str
    lines: tuple[str, ...]


class Sheet:
    """Makes the frames of one story, all of one size."""

    def __init__(self, story: Story, stage: Stage, width: int) -> None:
        self.story, self.stage, self.width = story, stage, width
        picture, wide = stage.picture, width - 2 * MARGIN
        self.scale = min(LARGE, max(SMALL, min(wide / picture.width, TALLEST / picture.height)))
        self.seen = wide / self.scale, min(TALLEST, picture.height * self.scale) / self.scale  # part of the picture
        self.height = round(self.seen[1] * self.scale + 2 * MARGIN + CAPTION)
        self.origin = self._centred(0, 0)
        self.begins = next(i for i, step in enumerate(story.steps) if step.phase == "seed")

    @classmethod
    def of(cls, story: Story, width: int) -> Sheet:
        """The frames of a story: of its graph in one line where that can be read, or else in rows."""
        drawing = draw(story.graph)
        graph = drawing.graph or story.graph
        picture = picture_of(svg_of(graph))
        if picture.width * SMALL > width - 2 * MARGIN:
            picture = picture_of(drawing.pipe("svg", encoding="utf-8"))
        return cls(story, stage_of(story.graph, graph, picture), width)

    def at(self, position: int, done: Sequence[Step]) -> Image:
        """The frame after so many steps, of which `done` are the last move."""
        frame = self.story.frame(position)
        self.origin = self._followed(self.stage.boxes(frame, done))
        canvas = Canvas(self.width, self.height, LOOK.paper)
        bottom = MARGIN + self.seen[1] * self.scale
        box = MARGIN, MARGIN, self.width - MARGIN, bottom
        canvas.zoomed(self.stage.at(frame, done), self.scale, self.origin, box)
        canvas.box(MARGIN, bottom + 6, self.width - MARGIN, bottom + 7, RULE)
        self._caption(canvas, frame, done, bottom + 6)
        self._timeline(canvas, position)
        return canvas.finished()

    def _caption(self, canvas: Canvas, frame: Frame, done: Sequence[Step], top: float) -> None:
        caption, wide = caption_of(self.story, frame, done), self.width - 2 * MARGIN
        where = " · ".join(filter(None, [_PHASES[frame.phase], f"step {frame.position} of {len(self.story)}"]))
        canvas.text((self.width - MARGIN, top + 24), where, 13, LOOK.muted, anchor="end")
        title = clipped(caption.title, 17, wide - width_of(where, 13) - 24, True)
        canvas.text((MARGIN, top + 25), title, 17, LOOK.text, bold=True)
        for k, line in enumerate(caption.lines):
            colour = LOOK.text if k == 0 else LOOK.muted
            canvas.text((MARGIN, top + 49 + 22 * k), clipped(line, 16, wide), 16, colour)

    def _timeline(self, canvas: Canvas, position: int) -> None:
        """A bar for each of the two passes, filled as far as it is done."""
        wide, top = self.width - 2 * MARGIN, self.height - MARGIN
        middle = MARGIN + wide * self.begins / len(self.story)
        reached = MARGIN + wide * position / len(self.story)
        for left, right, colour in ((MARGIN, middle - 2, PASSED), (middle + 2, MARGIN + wide, NOW)):
            canvas.box(left, top, right, top + BAR, RULE)
            if reached > left:
                canvas.box(left, top, min(reached, right), top + BAR, colour)

    def _followed(self, boxes: Sequence[tuple[float, float, float, float]]) -> tuple[float, float]:
        """The corner of the part that is seen: it stays where it is, unless something would happen outside of it."""
        if not boxes:
            return self.origin
        left, top, right, bottom = (f(box[k] for box in boxes) for k, f in enumerate((min, min, max, max)))
        x, y = self.origin
        inside = x <= left and right <= x + self.seen[0] and y <= top and bottom <= y + self.seen[1]
        return self.origin if inside else self._centred((left + right) / 2, (top + bottom) / 2)

    def _centred(self, x: float, y: float) -> tuple[float, float]:
        """The corner of the part about a point, without more white than there must be."""
        corner = []
        for at, seen, size in zip((x, y), self.seen, (self.stage.picture.width, self.stage.picture.height)):
            corner.append((size - seen) / 2 if size <= seen else min(max(at - seen / 2, 0.0), size - seen))
        return corner[0], corner[1]


def caption_of(story: Story, frame: Frame, done: Sequence[Step]) -> Caption:
    """What stands below the graph after some steps."""
    if not done:
        return Caption("Before the first step", ("Only parameters and data are known.",))
    last = done[-1]
    title = last.title if len(done) == 1 else f"From {last.called} back to its operands"
    if len(done) > 1 and not isinstance(last, Contribute):
        title = last.title
    said = [last.formula.names(IN_TEXT), last.formula.numbers(IN_TEXT) or last.formula.shapes(IN_TEXT)]
    if isinstance(last, Contribute) and last.turns > 1:
        whole = last.accumulation.numbers(IN_TEXT)
        said.append(f"contribution {last.turn} of {last.turns}{f': {whole}' if whole else ''}")
    elif frame.next is None:
        said.append("Every gradient is complete.")
    return Caption(title, tuple(line for line in said if line))
