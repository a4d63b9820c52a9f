"""chalkgrad's engine: Tensors that record what is done with them, and derivatives read off the record.

What reads formulas and programs off a graph, and what checks gradients, is loaded when it is first used.
"""

# mypy: implicit-reexport

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd import (
    _numpy as _numpy,  # first: it refuses an older NumPy
    names as names,
    primitive as primitive,
)
from autograd.checkpoint import checkpoint as checkpoint
from autograd.errors import (
    AutogradError as AutogradError,
    AxisError as AxisError,
    ConversionError as ConversionError,
    DataError as DataError,
    DisconnectedWarning as DisconnectedWarning,
    DtypeError as DtypeError,
    EditError as EditError,
    GraphError as GraphError,
    IndexingError as IndexingError,
    NumericalError as NumericalError,
    ShapeError as ShapeError,
    Undecided as Undecided,
    Unsupported as Unsupported,
    describe as describe,
)
from autograd.exports import exports
from autograd.functional import (
    grad as grad,
    hessian as hessian,
    hvp as hvp,
    jacobian as jacobian,
    jvp as jvp,
    per_example_grad as per_example_grad,
    value_and_grad as value_and_grad,
    vjp as vjp,
)
from autograd.ledger import Ledger as Ledger
from autograd.listing import Graph as Graph
from autograd.modes import (
    anomaly as anomaly,
    guard as guard,
    no_grad as no_grad,
    record_lines as record_lines,
    tracing as tracing,
)
from autograd.node import Constant as Constant, Node as Node, ancestors as ancestors, values as values
from autograd.rules.convolution import *
from autograd.rules.indexing import *
from autograd.rules.normalisation import *
from autograd.rules.special import *
from autograd.sweep import Watcher as Watcher, reverse as reverse
from autograd.tensor import Tensor as Tensor

if TYPE_CHECKING:
    from autograd import files as files, read as read
    from autograd.check import Report as Report, check_grads as check_grads
    from autograd.read.chains.chain import Chain as Chain, chain as chain
    from autograd.read.compilation.compile import Compiled as Compiled, compile as compile
    from autograd.read.derivation.derivation import Derivation as Derivation
    from autograd.read.derivation.derive import derive as derive

if not TYPE_CHECKING:  # or else a type checker would let every name pass
    __getattr__, __dir__ = exports(__name__)
