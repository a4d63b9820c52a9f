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

_LATER = {  # where it is
    "Story": "viz.story",
    "dot": "viz.dot",
    "draw": "viz.dot",
    "graph": "viz.graph",
    "page": "viz.page",
    "plots": "viz.plots",
    "record": "viz.story",
    "save_page": "viz.page",
    "story": "viz.story",
    "tree": "viz.dot",
}


if not TYPE_CHECKING:  # or else a type checker would let every name pass

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(_LATER[name])
        found = globals()[name] = module if module.__name__ == f"{__name__}.{name}" else getattr(module, name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
