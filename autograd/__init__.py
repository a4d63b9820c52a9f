"""chalkgrad's engine: Tensors that record what is done with them, and derivatives read off the record.

What reads formulas and programs off a graph, and what checks gradients, is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd import _numpy as _numpy  # first: it refuses an older NumPy
from autograd import names, primitive
from autograd.anomaly import anomaly
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
from autograd.guard import guard
from autograd.ledger import Ledger
from autograd.lines import record_lines
from autograd.listing import Graph
from autograd.modes import Observer, no_grad, tracing
from autograd.node import Constant, Node, ancestors
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
from autograd.sweep import reverse
from autograd.tensor import Tensor
from autograd.values import values

if TYPE_CHECKING:
    from autograd import files, read
    from autograd.check import Report, check_grads
    from autograd.read.chains.chain import Chain, chain
    from autograd.read.compilation.compile import Compiled, compile
    from autograd.read.derivation.derivation import Derivation
    from autograd.read.derivation.derive import derive

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
    "Observer",
    "Report",
    "ShapeError",
    "Tensor",
    "Undecided",
    "Unsupported",
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
    "read",
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

_LATER = {  # where it is
    "Chain": "autograd.read.chains.chain",
    "Compiled": "autograd.read.compilation.compile",
    "Derivation": "autograd.read.derivation.derivation",
    "Report": "autograd.check",
    "chain": "autograd.read.chains.chain",
    "check_grads": "autograd.check",
    "compile": "autograd.read.compilation.compile",
    "derive": "autograd.read.derivation.derive",
    "files": "autograd.files",
    "read": "autograd.read",
}

if not TYPE_CHECKING:  # or else a type checker would let every name pass

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(_LATER[name])
        found = globals()[name] = module if module.__name__ == f"{__name__}.{name}" else getattr(module, name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
