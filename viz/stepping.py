"""`viz.step`: a run, step by step, where the reader is."""

from __future__ import annotations

from autograd import Tensor
from viz.seen.story import Story, record


def step(run: Tensor | Story) -> None:
    """Step through a run, forward and back, in the terminal: by keys, which `?` lists. Where output goes to a file or a
    pipe, every step is printed, one after the other.

    run   a Tensor, which is then recorded, or a Story

    Raises what `record` raises.
    """
    from viz.terminal import step as in_terminal

    in_terminal(run if isinstance(run, Story) else record(run))
