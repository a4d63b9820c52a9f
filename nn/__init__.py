"""Layers, losses, optimisers and data in the course's notation: columns are samples, W (n_out, n_in), b (n_out, 1).

`nn.byhand` and `nn.datasets` are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nn import data, init, losses, optim
from nn.activations import LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from nn.layers import Linear
from nn.module import Module, Sequential
from nn.train import History, accuracy, fit
from nn.trainer import TrainingError

if TYPE_CHECKING:
    from nn import byhand, datasets

__all__ = [
    "History",
    "LeakyReLU",
    "Linear",
    "Module",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "TrainingError",
    "accuracy",
    "byhand",
    "data",
    "datasets",
    "fit",
    "init",
    "losses",
    "optim",
]

if not TYPE_CHECKING:  # or else a type checker would let every name pass

    def __getattr__(name: str) -> Any:
        if name not in ("byhand", "datasets"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
