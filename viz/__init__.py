"""What people look at: pictures of graphs, stories of backward passes, pages and plots.

What is named here is loaded when it is first used: Graphviz and the rest of what draws are large.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viz.dot import draw, tree
    from viz.page import save_page
    from viz.story import Story, record

__all__ = ["Story", "draw", "record", "save_page", "tree"]

_PLACES = {"Story": "viz.story", "draw": "viz.dot", "record": "viz.story", "save_page": "viz.page", "tree": "viz.dot"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_PLACES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
