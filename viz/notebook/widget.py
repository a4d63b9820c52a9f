"""The step page as a widget of a notebook, by anywidget: in JupyterLab, Notebook, VS Code and marimo."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets
from IPython.display import display

from viz.errors import ArgumentError
from viz.markup import marked_up
from viz.notebook.shown import image
from viz.picture.dot import draw
from viz.seen.story import Story
from viz.web import state_of, style
from viz.web.script import script

_VIEW = "application/vnd.jupyter.widget-view+json"


class Stepper(anywidget.AnyWidget):
    """A story to step through, forward and back; `step` is where the reader is, and can be set.

    story   what is shown
    step    how many steps have been applied, from 0 to len(story): it follows the reader, and the reader follows it

    A notebook keeps a still picture of it as well, which stands in for the widget where no kernel runs.

    >>> import autograd as ag, viz
    >>> a = ag.Tensor(3.0, name="a")
    >>> stepper = Stepper(viz.record(a * a))
    >>> stepper.step = 2
    >>> stepper
    Stepper(a², step 2 of 4)
    """

    _esm = script()
    _css = style()
    state = traitlets.Dict(read_only=True).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    key = traitlets.Unicode(read_only=True).tag(sync=True)

    def __init__(self, story: Story) -> None:
        self.story = story
        super().__init__()
        self.set_trait("state", state_of(story))
        self.set_trait("key", f"chalk-{self.model_id}")

    @traitlets.validate("step")
    def _within(self, proposal: Any) -> int:
        wanted, most = proposal["value"], len(self.story)
        if not 0 <= wanted <= most:
            raise ArgumentError(
                f"step must be from 0 to {most}, the number of steps, but got {wanted}. Choose another."
            )
        return wanted

    def __repr__(self) -> str:
        return f"Stepper({self.story.title}, step {self.step} of {len(self.story)})"

    def _ipython_display_(self) -> None:
        """The still picture and the widget: two outputs, because JupyterLab sees nothing else beside a widget."""
        display({"text/html": self.still(), "text/plain": repr(self)}, raw=True)
        display({_VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id}}, raw=True)

    def still(self) -> str:
        """The graph after the last step as HTML, which is not shown where this widget is."""
        words = f"Step by step: {self.story.title}"
        picture = image(draw(self.story.graph), f"{words}: the graph with all values and gradients")
        still, live = f'[data-still="{self.key}"]', f'[data-live="{self.key}"]'
        waiting = f".jp-OutputArea-child:has({still}) + .jp-OutputArea-child:not(:has({live}))"
        return (
            f"<style>:root:has({live}) {still}, {waiting} {{ display: none }}</style>"
            f'<figure data-still="{self.key}" style="margin: 0"><figcaption>{marked_up(words)}, after the last step. '
            f"Run this cell to step through it.</figcaption>{picture}</figure>"
        )
