"""The names of the course: a letter for the role of a value, and the number of the layer whose scope it is in."""

from __future__ import annotations

import re

import autograd as ag

_LAYER = re.compile(r"layer (\d+)")


def layer_scope(number: int) -> str:
    """The name of the scope of a layer."""
    return f"layer {number}"


def numbered(role: str) -> str:
    """What a value of that role is called here: "D" is D2 in layer 2, and D outside of layers.

    >>> import autograd as ag
    >>> with ag.scope("encoder", "layer 2"):
    ...     numbered("D")
    'D2'
    """
    numbers = [found[1] for name in ag.current_scope() if (found := _LAYER.fullmatch(name))]
    return f"{role}{numbers[-1]}" if numbers else role
