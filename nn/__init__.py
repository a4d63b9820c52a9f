"""Layers, losses, optimisers and data in the course's notation: columns are samples, W (n_out, n_in), b (n_out, 1)."""

from nn import byhand, data, datasets, init, losses, optim
from nn.activations import LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from nn.layers import Linear
from nn.module import Module, Sequential
from nn.train import History, accuracy, fit
from nn.trainer import TrainingError

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
