"""The state of a model: what is kept of it, and given back. No array is copied, since none is ever changed."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.module import Module


def values_of(model: Module) -> dict[str, Any]:
    """The numbers of all parameters and Buffers, by name, as they are now."""
    return {name: item._value if isinstance(item, ag.Tensor) else item.value for name, item in model._state().items()}


def generators_of(model: Module) -> list[np.random.Generator]:
    """The generators that layers hold, as a Dropout with a seed, each once."""
    return [generator for _, generator in model._ways(np.random.Generator)]


class Best:
    """Keeps the state of a model after the epoch whose cost was the least.

    patience   how many epochs without a lower cost end the training
    epoch      the best one, counted from 1; 0 before the first
    cost       its cost, on the validation data if there are any
    state      parameters and Buffers after it, by name
    """

    def __init__(self, model: Module, patience: int) -> None:
        self.model, self.patience = model, patience
        self.epoch, self.cost = 0, float("inf")
        self.state: dict[str, Any] = {}

    def note(self, epoch: int, cost: float) -> str | None:
        """An epoch is over. Returns why the training should end, if it should."""
        if cost < self.cost:
            self.epoch, self.cost, self.state = epoch, cost, values_of(self.model)
        elif self.is_over(epoch):
            return f"stopped after epoch {epoch}: no lower cost for {self.patience} epoch{'s' * (self.patience > 1)}"
        return None

    def is_over(self, epoch: int) -> bool:
        """Whether the best was so long before this epoch that the training ends."""
        return 0 < self.epoch <= epoch - self.patience

    def restore(self) -> None:
        """Give the model the state of the best epoch."""
        if self.state:
            self.model.load_state_dict(self.state, finite=False)  # Buffers may hold what they like
