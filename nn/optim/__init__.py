"""Optimizers: after backward(), `step()` gives every parameter new data; the arrays themselves are never changed."""

from nn.optim.adaptive import Adagrad as Adagrad, Adam as Adam, AdamW as AdamW, RMSprop as RMSprop
from nn.optim.descent import SGD as SGD, Momentum as Momentum, Nesterov as Nesterov
from nn.optim.optimizer import Optimizer as Optimizer
