"""chalkgrad's engine: Tensors that record what is done with them, and derivatives read off the record."""

from autograd import names, primitive
from autograd.errors import (
    AutogradError,
    ConversionError,
    DataError,
    DtypeError,
    GraphError,
    ShapeError,
    Unsupported,
    describe,
)
from autograd.functional import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from autograd.modes import no_grad, record_lines
from autograd.node import Constant, Node, ancestors, values
from autograd.rules import (
    binary_cross_entropy,
    leaky_relu,
    log_loss,
    log_sigmoid,
    logsumexp,
    relu,
    sigmoid,
    softmax,
    xlogy,
)
from autograd.sweep import Watcher, reverse
from autograd.tensor import Tensor

__all__ = [
    "AutogradError",
    "Constant",
    "ConversionError",
    "DataError",
    "DtypeError",
    "GraphError",
    "Node",
    "ShapeError",
    "Tensor",
    "Unsupported",
    "Watcher",
    "ancestors",
    "binary_cross_entropy",
    "describe",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "leaky_relu",
    "log_loss",
    "log_sigmoid",
    "logsumexp",
    "names",
    "no_grad",
    "primitive",
    "record_lines",
    "relu",
    "reverse",
    "sigmoid",
    "softmax",
    "value_and_grad",
    "values",
    "vjp",
    "xlogy",
]
