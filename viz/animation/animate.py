"""`viz.animate`: a pass as an animated GIF or PNG, a frame for each step."""

from __future__ import annotations

import io
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor
from autograd.files import path_to
from viz.errors import ArgumentError
from viz.picture.drawing import refuse_folders, write_whole
from viz.seen.story import Story, record

if TYPE_CHECKING:
    from PIL.Image import Image

MOST = 300  # frames: what a reader watches to the end, and a file that a page can hold
COLOURS = 256
SAMPLES = 8  # frames whose colours are looked at
SUFFIXES = (".gif", ".png", ".apng")
WIDTHS = 320, 2400
LAST = 3  # the last frame stays so many times as long


def animate(
    run: Tensor | Story,
    path: str | os.PathLike[str],
    *,
    seconds: float = 1.2,
    width: int = 1000,
    steps: str = "contribution",
    progress: bool | None = None,
) -> Path:
    """Write a run as an animated picture: the graph at each step, with the rule below it.

    run        a Tensor, which is then recorded, or a Story
    path       where to: a .gif file, or an animated .png or .apng one; its folder must exist
    seconds    how long each step stays
    width      of the picture, in pixels; of a graph that would be too small to read, each frame shows the part where
               something happens
    steps      "contribution": a frame for each; "operation": one for all contributions of an operation together
    progress   whether a progress bar is shown; None: if the program runs in a terminal

    Returns the path. The same run gives the same bytes. It needs the extra `animation`. Raises ValueError for another
    suffix and for too many frames, OSError where the file cannot be written, ImportError where Pillow is missing,
    LayoutError where the graph cannot be drawn, and what `record` raises.
    """
    path = path_to(path, "An animation")
    refuse_folders(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ArgumentError(f"An animation is saved as .gif, .png or .apng, but got {path.name!r}. Change the suffix.")
    if not 0.02 <= seconds <= 60:
        raise ArgumentError(f"seconds= must be from 0.02 to 60, but got {seconds}. Choose another.")
    if not WIDTHS[0] <= width <= WIDTHS[1]:
        raise ArgumentError(f"width= must be from {WIDTHS[0]} to {WIDTHS[1]} pixels, but got {width}. Choose another.")
    story = run if isinstance(run, Story) else record(run)
    positions = _positions(story, steps)
    frames = _watched(_frames(story, positions, width), len(positions), progress)
    write_whole(path, _encoded(frames, path.suffix.lower() == ".gif", round(1000 * seconds)))
    return path


def _positions(story: Story, steps: str) -> Sequence[int]:
    """After how many steps there is a frame."""
    if steps not in ("contribution", "operation"):
        raise ArgumentError(f'steps= must be "contribution" or "operation", but got {steps!r}.')
    positions = range(len(story) + 1) if steps == "contribution" else story.frames.operations
    if len(positions) > MOST:
        fewer = 'Use steps="operation", or animate' if steps == "contribution" else "Animate"
        raise ArgumentError(
            f"An animation has at most {MOST} frames, but this run has {len(positions)}. {fewer} a smaller example, or "
            "an intermediate Tensor."
        )
    return positions


def _frames(story: Story, positions: Sequence[int], width: int) -> Iterator[Image]:
    try:
        from viz.animation.sheet import Sheet
    except ModuleNotFoundError as missing:
        if missing.name != "PIL":
            raise
        raise ImportError("viz.animate needs Pillow: pip install 'chalkgrad[animation]'.") from None
    sheet = Sheet.of(story, width)
    for before, position in zip((0, *positions), positions):
        yield sheet.at(position, story.steps[before:position])


def _watched(frames: Iterator[Any], total: int, progress: bool | None) -> Iterator[Any]:
    """The frames, with a progress bar while they are made."""
    if not (sys.stderr.isatty() if progress is None else progress):
        return frames
    from rich.console import Console
    from rich.progress import track

    return iter(track(frames, "frames", total=total, console=Console(stderr=True)))


def _encoded(frames: Iterable[Image], gif: bool, milliseconds: int) -> bytes:
    """The animation as a file, in few colours, which all frames share, so that nothing flickers."""
    whole = list(frames)
    palette = _palette(whole)
    first, *rest = [_in_colours(frame, palette) for frame in whole]
    durations = [milliseconds] * len(rest) + [LAST * milliseconds]
    file = io.BytesIO()
    how: dict[str, Any] = {"save_all": True, "append_images": rest, "duration": durations, "loop": 0}
    first.save(file, "GIF", **how, disposal=1, optimize=False) if gif else first.save(file, "PNG", **how)
    return file.getvalue()


def _palette(frames: Sequence[Image]) -> Any:
    """The commonest colours of a few frames, from the first to the last, as they are: white stays white."""
    count: Counter[Any] = Counter()
    for k in range(SAMPLES):
        frame = frames[round(k * (len(frames) - 1) / (SAMPLES - 1))]
        count.update({colour: n for n, colour in frame.getcolors(frame.width * frame.height) or ()})
    return np.array(sorted(count, key=lambda colour: (-count[colour], colour))[:COLOURS], np.uint8)


def _in_colours(frame: Image, palette: Any) -> Image:
    """The frame with each pixel in the nearest of some colours (Pillow's own way to do this takes white for 252)."""
    pixels = np.asarray(frame)
    codes = pixels @ np.array([65536, 256, 1])
    found, places = np.unique(codes, return_inverse=True)
    channels = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    apart = ((channels[:, None, :] - palette.astype(int)) ** 2).sum(axis=2)
    made = frame.copy().convert("P")
    made.frombytes(apart.argmin(axis=1).astype(np.uint8)[places].tobytes())
    made.putpalette(palette.tobytes())
    return made
