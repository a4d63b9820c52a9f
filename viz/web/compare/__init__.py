"""Two stories side by side as one HTML file, with one slider for both."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from pathlib import Path

from autograd import Tensor
from autograd.printable import printable
from viz.errors import ArgumentError
from viz.picture.drawing import write_whole
from viz.seen.alignment import aligned
from viz.seen.story import Story, record
from viz.shell import filled, shell
from viz.web import embedded, page_path, state_of, style
from viz.web.script import script

_HERE = Path(__file__).parent


def compare_page(
    left: Tensor | Story, right: Tensor | Story, path: str | os.PathLike[str], *, titles: Sequence[str] | None = None
) -> Path:
    """Write the page that steps through two runs side by side: with tanh and with ReLU, wrong and right.

    left, right   Tensors, which are then recorded, or Stories
    path          where to, a .html file; its folder must exist
    titles        what the two are called; None: after what they compute, and the operations that only one of them has

    Steps that both have are taken together, and the page says how far the numbers are apart there; for a step that only
    one of them has, the other waits. Values are the same where they have the same name in the same layer, or where they
    are computed by the same operation from the same.

    Returns the path. Raises what `save_page` raises.
    """
    path = page_path(path)
    if titles is not None and (isinstance(titles, str) or len(titles) != 2):
        raise ArgumentError(f"titles= needs two texts, but got {titles!r}.")
    first, second = (run if isinstance(run, Story) else record(run) for run in (left, right))
    write_whole(path, page(first, second, titles or titles_of(first, second)).encode())
    return path


def page(left: Story, right: Story, titles: Sequence[str]) -> str:
    """The same page as text."""
    alignment, (first, second) = aligned(left, right), map(printable, titles)
    state = {
        "left": state_of(left),
        "right": state_of(right),
        "titles": [first, second],
        "moments": [[m.left, m.right, m.common, m.note] for m in alignment.moments],
    }
    program = script() + (_HERE / "compare.mjs").read_text(encoding="utf-8")
    return shell(
        html.escape(f"{first} and {second}, step by step"),
        "compare-page",
        filled("compare/compare.html", script=program, state=embedded(state)),
        style() + (_HERE / "compare.css").read_text(encoding="utf-8"),
    )


def titles_of(left: Story, right: Story) -> tuple[str, str]:
    """What two stories are called, so that they can be told apart.

    >>> import autograd as ag, numpy as np
    >>> a = ag.Tensor(2.0, name="a")
    >>> titles_of(record(np.tanh(a * a)), record(ag.sigmoid(a * a)))
    ('tanh(a²) with tanh', 'σ(a²) with sigmoid')
    """
    return _title(left, right, "left"), _title(right, left, "right")


def _title(story: Story, other: Story, place: str) -> str:
    used, others = (dict.fromkeys(v.name or "" for v in s.graph if v.kind == "operation") for s in (story, other))
    only = [name for name in used if name not in others]
    return f"{story.title} with {', '.join(only[:2])}" if only else f"{story.title} on the {place}"
