"""Where the reader is, and what each key makes of it: plain data and a pure function, with no terminal in it.

The keys are those of the page (viz/web/stepper/keys.mjs) for what both can do. Up and down scroll here, and `g`, which
shows the flow of the gradient there, goes to a step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from autograd.printable import printable
from viz.seen.flow import flow
from viz.seen.scopes import title
from viz.seen.story import Story

LEAP = 5  # steps, as in the page


@dataclass(frozen=True)
class State:
    """What the screen shows.

    position   how many steps have been applied
    playing    whether it goes on by itself
    coarse     whether a move passes one operation, instead of one contribution
    scroll     how many lines of the frame are above the screen
    asking     the question that is being answered: "step" or "search"; "" for none
    typed      the answer so far
    sought     what was searched for last
    said       what is told at the bottom, until the next key
    sheet      whether the keys are listed
    over       whether the reader has left
    """

    position: int = 0
    playing: bool = False
    coarse: bool = False
    scroll: int = 0
    asking: Literal["", "step", "search"] = ""
    typed: str = ""
    sought: str = ""
    said: str = ""
    sheet: bool = False
    over: bool = False


class Key(NamedTuple):
    """What some keys do: the event that they mean, how they are called, and what is said of them."""

    keys: tuple[str, ...]
    event: str
    called: str
    does: str


KEYS = (
    Key(("right",), "next", "→", "next step"),
    Key(("left",), "previous", "←", "previous step"),
    Key(("home",), "first", "Home", "before the first step"),
    Key(("end",), "last", "End", "after the last step"),
    Key(("pagedown",), "forth", "Page Down", f"{LEAP} steps on"),
    Key(("pageup",), "back", "Page Up", f"{LEAP} steps back"),
    Key((" ",), "toggle", "Space", "play, or pause"),
    Key(("o",), "coarse", "o", "one step for each operation, or for each contribution"),
    Key(("p",), "parameter", "p", "to the next parameter whose gradient is complete"),
    Key(("x",), "trouble", "x", "to the next gradient that is below 10⁻⁶, or not finite"),
    Key(("g",), "step", "g", "go to a step, by its number"),
    Key(("/",), "search", "/", "search by name, operation or layer"),
    Key(("n",), "hit", "n", "next step that was found; without a search, next step"),
    Key(("N",), "hit back", "N", "previous one"),
    Key(("escape",), "clear", "Esc", "search for nothing any more"),
    Key(("down",), "down", "↓", "scroll down"),
    Key(("up",), "up", "↑", "scroll up"),
    Key(("?",), "sheet", "?", "these keys"),
    Key(("q",), "quit", "q", "leave"),
)
MEANINGS = {key: row.event for row in KEYS for key in row.keys}


def pressed(state: State, key: str, story: Story) -> State:
    """The state after a key. What means nothing here changes nothing."""
    state = replace(state, said="")
    if state.asking:
        return _answered(state, key, story)
    if state.sheet:
        return replace(state, sheet=False, over=key == "q")
    match MEANINGS.get(key):
        case "next" | "previous" | "first" | "last" | "forth" | "back" as way:
            return _moved(state, _led(state, way, story))
        case "hit" | "hit back" as way if not state.sought:
            return _moved(state, _led(state, "next" if way == "hit" else "previous", story))
        case "hit" | "hit back" as way:
            return _found(state, story, back=way == "hit back")
        case "parameter":
            return _first(state, _completed(story), "No parameter is left.")
        case "trouble":
            return _first(state, flow(story).trouble, "No such gradient is left.")
        case "toggle":
            return replace(state, playing=not state.playing and state.position < len(story))
        case "coarse":
            told = "contribution" if state.coarse else "operation"
            return replace(state, coarse=not state.coarse, said=f"One step for each {told}")
        case "step" | "search" as asking:
            return replace(state, asking=asking, typed="", playing=False)
        case "down":
            return replace(state, scroll=state.scroll + 1)
        case "up":
            return replace(state, scroll=max(0, state.scroll - 1))
        case "sheet":
            return replace(state, sheet=True, playing=False)
        case "clear":
            return replace(state, sought="")
        case "quit":
            return replace(state, over=True)
    return state


def ticked(state: State, story: Story) -> State:
    """The state when it has played for one step."""
    if not state.playing:
        return state
    position = _led(state, "next", story)
    return replace(state, position=position, scroll=0, playing=position < len(story))


def _moved(state: State, position: int) -> State:
    return replace(state, position=position, playing=False, scroll=0)


def _led(state: State, way: str, story: Story) -> int:
    """The position to which a move leads."""
    stops = story.frames.operations if state.coarse else range(len(story) + 1)
    before = [stop for stop in stops if stop < state.position]
    after = [stop for stop in stops if stop > state.position]
    match way:
        case "first":
            return 0
        case "last":
            return len(story)
        case "next" | "forth":
            ahead = after[: 1 if way == "next" else LEAP]
            return ahead[-1] if ahead else len(story)
        case _:
            behind = before[-1 if way == "previous" else -LEAP :]
            return behind[0] if behind else 0


def _answered(state: State, key: str, story: Story) -> State:
    """A key while a question waits for its answer."""
    match key:
        case "escape":
            return replace(state, asking="", typed="")
        case "backspace":
            return replace(state, typed=state.typed[:-1])
        case "enter":
            asked, done = state.asking, replace(state, asking="", typed="")
            if asked == "step":
                return _gone(done, state.typed, story)
            return _found(replace(done, sought=state.typed.strip() or state.sought), story)
    return replace(state, typed=state.typed + key) if len(key) == 1 else state


def _gone(state: State, typed: str, story: Story) -> State:
    typed = typed.strip()
    if not typed:
        return state
    if not (typed.isascii() and typed.isdecimal() and int(typed[:9]) <= len(story)):
        return replace(state, said=f"Steps are numbered 0 to {len(story)}, but got {printable(typed)!r}.")
    return _moved(state, int(typed))


def _found(state: State, story: Story, back: bool = False) -> State:
    """Go to the next step that is about what was searched for, or to the previous one; at the end, round again."""
    n, here = len(story), state.position - 1
    ahead = [*range(here + 1, n), *range(max(0, here))]
    for i in [*(reversed(ahead) if back else ahead), *([here] if here >= 0 else [])]:
        if state.sought and state.sought.casefold() in _about(story, i).casefold():
            return _moved(state, i + 1)
    return replace(state, said=f"No step is about {state.sought!r}.") if state.sought else state


def _completed(story: Story) -> Iterable[int]:
    """Where the gradient of a parameter is complete."""
    timelines = [story.frames.timelines[v.id].gradient for v in story.graph if v.role == "parameter"]
    return [gradient[-1].since for gradient in timelines if gradient]


def _first(state: State, positions: Iterable[int], otherwise: str) -> State:
    """Go on to the first of these positions."""
    ahead = [position for position in positions if position > state.position]
    return _moved(state, min(ahead)) if ahead else replace(state, said=otherwise)


def _about(story: Story, i: int) -> str:
    """What a step can be found by: its title, its operation, its layer."""
    step = story.steps[i]
    vertex = story.graph[step.node]
    operation = story.graph[step.operation] if step.operation else vertex
    return printable(" ".join([step.title, operation.name or "", operation.symbol, title(vertex.scope)]))
