"""A story on a screen of its own, stepped through by keys; where there is no terminal, all its frames are printed."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TextIO

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from autograd.printable import printable
from viz.seen.story import Story
from viz.terminal.frame import TextFrames, console, printed
from viz.terminal.keyboard import Keyboard, keyboard
from viz.terminal.reader import KEYS, State, pressed, ticked

PLAY = 1.4  # seconds for a step, as in the page
LOOK = 0.2  # seconds after which the size of the terminal is looked at again
FOOT = "→ next  ← previous  space play  g go to  / search  ? keys  q leave"
QUESTIONS = {"step": "Go to step: ", "search": "Search: "}


def step(story: Story) -> None:
    """Step through a story: by keys in a terminal, else print all of its frames."""
    screen = console(None)
    interactive = screen.is_terminal and sys.stdin.isatty() and not (screen.is_dumb_terminal or screen.legacy_windows)
    if not interactive:
        print_all(story, screen.width)
        return
    with _own_screen(sys.stdout), keyboard() as keys:
        _run(TextFrames(story), screen, keys)


def print_all(story: Story, width: int) -> None:
    """Every frame, one after the other."""
    frames = TextFrames(story)
    for position in range(len(story) + 1):
        _write(sys.stdout, f"{printed(frames(position, width), width)}\n\n")


def _run(frames: TextFrames, screen: Console, keys: Keyboard) -> None:
    """Draw, wait for a key, and so on; the size of the terminal is looked at meanwhile."""
    state, shown, due = State(), None, None
    while not state.over:
        if (state, screen.size) != shown:
            state = _draw(state, frames, screen)
            shown = state, screen.size
        if not state.playing:
            due = None
        elif due is None:
            due = time.monotonic() + PLAY
        rest = LOOK if due is None else due - time.monotonic()
        for key in keys.wait(max(0.0, min(LOOK, rest))):
            state = pressed(state, key, frames.story)
        if due is not None and time.monotonic() >= due:
            state, due = ticked(state, frames.story), None


def _draw(state: State, frames: TextFrames, screen: Console) -> State:
    """Draw what the state is; as much of its scrolling remains as there are lines."""
    width, height = screen.size
    room = max(1, height - 1)
    with screen.capture() as captured:
        screen.print(_sheet() if state.sheet else frames(state.position, width, room))
    lines = captured.get().splitlines()
    state = replace(state, scroll=max(0, min(state.scroll, len(lines) - room)))
    below = len(lines) - room - state.scroll
    with screen.capture() as captured:
        screen.print(_foot(state, below, width), end="")
    shown = lines[state.scroll : state.scroll + room]
    drawn = "".join(f"\x1b[2K{line}\r\n" for line in shown)
    _write(sys.stdout, f"\x1b[H{drawn}\x1b[J\x1b[{height};1H{captured.get()}")
    return state


def _foot(state: State, below: int, width: int) -> Text:
    """The last line: a question, or what there is to say, or the keys."""
    if state.asking:
        foot = Text(f"{QUESTIONS[state.asking]}{printable(state.typed)}_", "bold")
    else:
        more = f"↓ {below} more lines  " if below > 0 else ""
        play = "❙❙ playing  " if state.playing else ""
        foot = Text(play + (state.said or more + FOOT), "bold" if state.said else "dim")
    foot.truncate(width - 1, overflow="ellipsis")
    return foot


def _sheet() -> RenderableType:
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_row(Text("Keys", "bold"))
    for key in KEYS:
        table.add_row(Text(key.called), Text(key.does))
    return table


@contextmanager
def _own_screen(out: TextIO) -> Iterator[None]:
    """A screen of its own, without a cursor; whatever ends it, also a signal, the terminal is as before."""
    before = None
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGTERM, _end)
    _write(out, "\x1b[?1049h\x1b[?25l")
    try:
        yield
    finally:
        _write(out, "\x1b[?25h\x1b[?1049l")
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def _write(out: TextIO, text: str) -> None:
    """Write and flush; what the terminal cannot encode is a question mark there."""
    encoding = out.encoding or "utf-8"
    out.write(text.encode(encoding, "replace").decode(encoding))
    out.flush()
