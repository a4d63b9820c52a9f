"""A story as one HTML file that needs nothing else: no network, no server, no fonts of the reader's."""

from __future__ import annotations

import base64
import html
import json
import math
import os
from functools import cache
from pathlib import Path
from typing import Any

from autograd import Tensor
from autograd.files import path_to
from autograd.read import LATEX
from viz.errors import ArgumentError
from viz.picture.dot import refuse_folders, write_whole
from viz.seen.chains import chains
from viz.seen.document import document
from viz.seen.flow import flow
from viz.seen.story import Story, record
from viz.seen.training import Training
from viz.shell import filled, shell
from viz.web.differences import difference
from viz.web.folding import folding
from viz.web.maths import mathml
from viz.web.script import script

_HERE = Path(__file__).parent
_FONTS = {  # family, weight, what to load it for
    "arimo-latin.woff2": ("Chalk Sans", 400, "U+0000-036F, U+1E00-1EFF, U+2000-2BFF"),
    "arimo-latin-bold.woff2": ("Chalk Sans", 700, "U+0000-036F, U+1E00-1EFF, U+2000-2BFF"),
    "arimo-greek.woff2": ("Chalk Sans", 400, "U+0370-03FF"),
    "stix-two-math.woff2": ("Chalk Math", 400, None),
}


def save_page(run: Tensor | Story | Training, path: str | os.PathLike[str], *, ask: bool = False) -> Path:
    """Write the page that steps through a run, forward and back. It opens from a file, without a network.

    run    a Tensor, which is then recorded, or a Story, or a Training of `record_training`
    path   where to, a .html file; its folder must exist
    ask    for practice: the reader types what a step computes before it is shown, and is told which mistake a wrong
           answer is

    Returns the path. Raises ValueError for another suffix, and for a run of too many steps to be asked, OSError where
    the file cannot be written (FileNotFoundError where its folder does not exist), LayoutError where the graph cannot
    be drawn, and what `record` raises.
    """
    path = page_path(path)
    write_whole(path, page(run, ask=ask).encode())
    return path


def page_path(path: str | os.PathLike[str]) -> Path:
    """Where a page is written. Raises ValueError for another suffix, SaveError where no file can be."""
    path = path_to(path, "A page")
    refuse_folders(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ArgumentError(f"A page is saved as .html, but got {path.name!r}. Change the suffix.")
    return path


def page(run: Tensor | Story | Training, *, ask: bool = False) -> str:
    """The same page as text."""
    story = run if isinstance(run, (Story, Training)) else record(run)
    state = training_state_of(story, ask) if isinstance(story, Training) else state_of(story, ask=ask)
    body = filled("page.html", script=script(), state=embedded(state))
    return shell(html.escape(f"Step by step: {story.title}"), "chalk-page", body, style())


def style() -> str:
    """The style sheet of the page, with the fonts in it. Everything in it is about elements within `.chalk`."""
    return _fonts() + _read("style.css")


def state_of(story: Story, *, ask: bool = False) -> dict[str, Any]:
    """What the page shows: the story (docs/story.md) with its formulas as MathML, and its picture.

    folding      the picture: each vertex and fold, drawn and laid out (viz/web/folding.py)
    stands_for   for a fold, the id of the value that flows out of it
    chain        for each step its factor of the chain rule (viz/seen/chains.py), null where there is none
    flow         how large the gradient is on each edge, and where it is lost (viz/seen/flow.py)
    questions    with ask=True: what is asked at each step (viz/seen/questions.py)
    """
    made = folding(story.graph, story.names)
    data = document(story, LATEX, "mathml")
    factors = chains(story, LATEX)
    formulas = list(dict.fromkeys([*data["formulas"], *(factor.written for factor in factors if factor)]))
    places = {formula: i for i, formula in enumerate(formulas)}
    return {
        **data,
        **(_asked(story) if ask else {}),
        "formulas": [mathml(formula) for formula in formulas],
        "chain": [factor and factor.data(places) for factor in factors],
        "flow": flow(story).data(),
        "folding": made,
        "stands_for": {id: fold["outcome"] for id, fold in made["folds"].items()},
    }


def training_state_of(training: Training, ask: bool = False) -> dict[str, Any]:
    """The same of a training run: the first story, and what is different in each of all.

    training   {"costs": before each step and after the last, "runs": the differences (differences.py)}
    """
    if ask:
        raise ArgumentError("A page to practise on is of one run, but got a training. Give one of its .stories.")
    states = [state_of(story) for story in training.stories]
    costs = [cost if math.isfinite(cost) else str(cost) for cost in training.costs]
    return {**states[0], "training": {"costs": costs, "runs": [difference(states[0], state) for state in states]}}


def _asked(story: Story) -> dict[str, Any]:
    from viz.seen.questions import questions  # the checker is large, and only needed here

    return {"questions": questions(story)}


def embedded(state: dict[str, Any]) -> str:
    """JSON for a <script> element: nothing in it can end the element."""
    return json.dumps(state, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


@cache
def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _fonts() -> str:
    """The fonts as data in the style sheet."""
    faces = []
    for file, (family, weight, covers) in _FONTS.items():
        data = base64.b64encode((_HERE / "fonts" / file).read_bytes()).decode()
        only = f"unicode-range:{covers};" if covers else ""
        faces.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};{only}'
            f'src:url(data:font/woff2;base64,{data}) format("woff2")}}\n'
        )
    return "".join(faces)
