"""chalkgrad's engine: Tensors that record what is done with them, and derivatives read off the record."""

from autograd import files, names, primitive
from autograd.check import Report, check_grads
from autograd.checkpoint import checkpoint
from autograd.errors import (
    AutogradError,
    AxisError,
    ConversionError,
    DataError,
    DisconnectedWarning,
    DtypeError,
    EditError,
    GraphError,
    IndexingError,
    NumericalError,
    ShapeError,
    Undecided,
    Unsupported,
    describe,
)
from autograd.functional import grad, hessian, hvp, jacobian, jvp, per_example_grad, value_and_grad, vjp
from autograd.ledger import Ledger
from autograd.listing import Graph
from autograd.modes import anomaly, guard, no_grad, record_lines, tracing
from autograd.node import Constant, Node, ancestors, values
from autograd.read.chains.chain import Chain, chain
from autograd.read.compilation.compile import Compiled, compile
from autograd.read.derivation.derivation import Derivation
from autograd.read.derivation.derive import derive
from autograd.rules import (
    average_pool2d,
    binary_cross_entropy,
    conv2d,
    embedding,
    leaky_relu,
    log_loss,
    log_loss_logits,
    log_sigmoid,
    logsumexp,
    max_pool2d,
    normalise,
    put,
    relu,
    sigmoid,
    softmax,
    xlogy,
)
from autograd.sweep import Watcher, reverse
from autograd.tensor import Tensor

__all__ = [
    "AutogradError",
    "AxisError",
    "Chain",
    "Compiled",
    "Constant",
    "ConversionError",
    "DataError",
    "Derivation",
    "DisconnectedWarning",
    "DtypeError",
    "EditError",
    "Graph",
    "GraphError",
    "IndexingError",
    "Ledger",
    "Node",
    "NumericalError",
    "Report",
    "ShapeError",
    "Tensor",
    "Undecided",
    "Unsupported",
    "Watcher",
    "ancestors",
    "anomaly",
    "average_pool2d",
    "binary_cross_entropy",
    "chain",
    "check_grads",
    "checkpoint",
    "compile",
    "conv2d",
    "derive",
    "describe",
    "embedding",
    "files",
    "grad",
    "guard",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "leaky_relu",
    "log_loss",
    "log_loss_logits",
    "log_sigmoid",
    "logsumexp",
    "max_pool2d",
    "names",
    "no_grad",
    "normalise",
    "per_example_grad",
    "primitive",
    "put",
    "record_lines",
    "relu",
    "reverse",
    "sigmoid",
    "softmax",
    "tracing",
    "value_and_grad",
    "values",
    "vjp",
    "xlogy",
]
