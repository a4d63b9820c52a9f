"""Layers, losses, optimizers and data in the course's notation: columns are samples, W (n_out, n_in), b (n_out, 1).

`nn.byhand` and `nn.datasets` are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.exports import exports
from nn import (
    data as data,
    functional as functional,
    init as init,
    layers as layers,
    losses as losses,
    optim as optim,
    random as random,
    schedules as schedules,
    signposts,
    train as train,
)
from nn.buffers import Buffer as Buffer, buffers_apart as buffers_apart
from nn.layers.activations import *
from nn.layers.attention import *
from nn.layers.augment import *
from nn.layers.containers import *
from nn.layers.convolution import *
from nn.layers.dropout import *
from nn.layers.embedding import *
from nn.layers.linear import *
from nn.layers.normalization import *
from nn.layers.pooling import *
from nn.layers.recurrent import *
from nn.layers.shapes import *
from nn.module import Module as Module
from nn.parameters import parameters_apart as parameters_apart
from nn.train import (
    History as History,
    TrainingError as TrainingError,
    accuracy as accuracy,
    fit as fit,
    metrics as metrics,
)

if TYPE_CHECKING:
    from nn import (
        byhand as byhand,
        datasets as datasets,
        doctor as doctor,
        onnx as onnx,
        sklearn as sklearn,
        sweeps as sweeps,
    )
    from nn.doctor import Diagnosis as Diagnosis, diagnose as diagnose
    from nn.io.files import load as load, save as save
    from nn.io.from_torch import from_torch as from_torch
    from nn.sweeps.run import sweep as sweep

signposts.put_up(Module, optim.Optimizer, data, functional, init, layers, losses, metrics, optim, schedules, train)

if not TYPE_CHECKING:  # or else a type checker would let every name pass
    __getattr__, __dir__ = exports(__name__)
