"""What people look at: pictures of graphs, stories of backward passes, pages and plots.

What is named here is loaded when it is first used: Graphviz and the rest of what draws are large.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viz import picture, plots, seen, web  # noqa: F401
    from viz.animation.animate import animate as animate
    from viz.picture.dot import draw as draw, tree as tree
    from viz.seen.story import Story as Story, record as record
    from viz.seen.training import Training as Training, record_training as record_training
    from viz.stepping import step as step
    from viz.web import save_page as save_page
    from viz.web.compare import compare_page as compare_page
    from viz.xrays import Xray as Xray, xray as xray

if not TYPE_CHECKING:  # or else a type checker would let every name pass

    def __getattr__(name: str) -> Any:
        from autograd.exports import exports  # not before: `chalkgrad --help` needs no NumPy

        return exports(__name__)[0](name)

    def __dir__() -> list[str]:
        from autograd.exports import exports

        return exports(__name__)[1]()


if "IPython" in sys.modules:
    from viz.notebook.shown import register

    register(sys.modules["IPython"])
