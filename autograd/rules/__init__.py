"""The rule table. Importing this package fills `autograd.op.OPS`; one file for each family."""

from autograd.rules import elementwise, indexing, linalg, reductions, shapes, special
from autograd.rules.indexing import getitem, scatter
from autograd.rules.special import (
    binary_cross_entropy,
    cast,
    identity,
    leaky_relu,
    log_loss,
    log_loss_slope,
    log_sigmoid,
    logsumexp,
    ratio,
    relu,
    sigmoid,
    softmax,
    xlogy,
)

__all__ = [
    "binary_cross_entropy",
    "cast",
    "elementwise",
    "getitem",
    "identity",
    "indexing",
    "leaky_relu",
    "linalg",
    "log_loss",
    "log_loss_slope",
    "log_sigmoid",
    "logsumexp",
    "ratio",
    "reductions",
    "relu",
    "scatter",
    "shapes",
    "sigmoid",
    "softmax",
    "special",
    "xlogy",
]
