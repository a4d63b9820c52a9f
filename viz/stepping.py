"""`viz.step`: a run, stepped through wherever Python is running."""

from __future__ import annotations

import sys
from typing import Any

from autograd import Tensor
from viz.seen.story import Story, record


def step(run: Tensor | Story) -> Any:
    """Step through a run, forward and back: in a notebook with the page's own controls, elsewhere in the terminal.

    run   a Tensor, which is then recorded, or a Story

    In the terminal it goes by keys, which `?` lists. Where output goes to a file or a pipe, every step is printed.
    In a notebook this is a widget: its `.step` is the position, which can be read and set. A cell shows it where it is
    the last line; `display(viz.step(J))` shows it anywhere. It needs the extra `notebook`.

    Raises ImportError where the notebook lacks anywidget, LayoutError where the graph cannot be drawn, and what
    `viz.record` raises.
    """
    story = run if isinstance(run, Story) else record(run)
    if not in_notebook():
        from viz.terminal import step as in_terminal

        return in_terminal(story)
    try:
        import anywidget  # noqa: F401
    except ImportError:
        raise ImportError(
            "viz.step needs anywidget to show a widget in a notebook, but it is not installed. Install it with "
            "pip install 'chalkgrad[notebook]', or write a page instead: viz.save_page(J, \"step.html\")."
        ) from None
    from viz.notebook.widget import Stepper

    return Stepper(story)


def in_notebook() -> bool:
    """Whether a front end that shows widgets is looking on: a Jupyter kernel, or marimo."""
    ipython, marimo = sys.modules.get("IPython"), sys.modules.get("marimo")
    if ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None:
        return True
    return marimo is not None and bool(marimo.running_in_notebook())
