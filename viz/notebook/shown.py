"""What a Tensor looks like at the end of a cell: its summary, and below that the graph of a small result.

The engine knows the summary, but nothing of pictures. So IPython is told whom to ask for a Tensor when `viz` is first
imported; what draws is loaded when there is something to draw.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from viz.errors import LayoutError

if TYPE_CHECKING:
    from autograd import Constant, Node, Tensor
    from viz.picture.dot import Drawing

SMALL = 12  # recorded operations and leaves of a graph that is shown without being asked for


def register(ipython: Any) -> None:
    """Have IPython, if it is running, show Tensors like this."""
    shell = ipython.get_ipython()
    formatter = getattr(shell, "display_formatter", None)
    if formatter is not None:
        formatter.formatters["text/html"].for_type_by_name("autograd.tensor", "Tensor", _Shown(shell))


class _Shown:
    """A function of a Tensor that knows the names of the user's variables."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell

    def __call__(self, tensor: Tensor) -> str | None:
        from autograd import names

        known = names.Names([self.shell.user_ns])
        with names.asking(tensor, known.beside(tensor.node) if _is_small(tensor.node) else known):
            return html_of(tensor)


def html_of(tensor: Tensor) -> str | None:
    """The summary of a Tensor, and the picture of its graph where it is one number computed in a few operations."""
    summary: str | None = tensor._repr_html_()
    if summary is None or tensor.size != 1 or not _is_small(tensor.node):
        return summary
    from autograd import GraphError
    from viz.picture.dot import draw

    try:
        return summary + image(draw(tensor), "the graph that it was computed by")
    except (LayoutError, GraphError):  # nobody has asked for the picture
        return summary


def image(drawing: Drawing, words: str) -> str:
    """A drawing as an <img>, which notebooks that are not trusted show, too."""
    from viz.markup import marked_up

    svg = base64.b64encode(drawing.pipe("svg")).decode()
    return f'<img alt="{marked_up(words)}" style="max-width: 100%" src="data:image/svg+xml;base64,{svg}">'


def _is_small(root: Node | Constant) -> bool:
    """Whether it was computed, in a few operations; a large graph is not walked through for that."""
    seen: set[Node | Constant] = {root}
    waiting = [root]
    while waiting and len(seen) <= SMALL:
        new = {p for p in getattr(waiting.pop(), "parents", ()) if hasattr(p, "parents")} - seen
        seen |= new
        waiting += new
    return bool(getattr(root, "parents", ())) and len(seen) <= SMALL
