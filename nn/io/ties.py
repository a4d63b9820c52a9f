"""Parameters that are held in several places: shared, they have to be shared again after loading."""

from __future__ import annotations

from collections.abc import Mapping

import autograd as ag
from nn.buffers import Buffer
from nn.module import Module, _joined, _place


def ties(model: Module) -> dict[str, str]:
    """Each further place of a Tensor or Buffer that is held in several, and the first one.

    >>> import nn
    >>> model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2))
    >>> model[2].W = model[0].W
    >>> ties(model)
    {'2.W': '0.W'}
    """
    first: dict[int, str] = {}
    further: dict[str, str] = {}
    for way, _, items in model._walk():
        for step, item in items:
            if not isinstance(item, (ag.Tensor, Buffer)):
                continue
            name = _joined((*way, *step))
            if first.setdefault(id(item), name) == name:
                continue
            if len(step) > 1:
                raise ag.DataError(
                    f"nn.save needs a parameter that is shared to be held in attributes, but {_place((*way, *step))} "
                    f"is within a collection, and the same as {first[id(item)]}. Give it an attribute."
                )
            further[name] = first[id(item)]
    return further


def tie(model: Module, further: Mapping[str, str]) -> None:
    """Make further places hold what the first one holds."""
    holders = {_joined(way): module for way, module, _ in model._walk()}
    items = {_joined((*way, *step)): item for way, _, held in model._walk() for step, item in held}
    for name, first in further.items():
        holder, _, attribute = name.rpartition(".")
        if items[name] is not items[first]:
            setattr(holders[holder], attribute, items[first])
