"""chalkgrad's engine: Tensors that record what is done with them, and derivatives read off the record.

What reads formulas and programs off a graph, and what checks gradients, is loaded when it is first used.
"""

# mypy: implicit-reexport

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd import _numpy as _numpy  # first: it refuses an older NumPy
from autograd.core.draws import drawn as drawn
from autograd.core.modes import (
    Observer as Observer,
    current_scope as current_scope,
    no_grad as no_grad,
    scope as scope,
    tracing as tracing,
)
from autograd.core.node import Constant as Constant, Node as Node, ancestors as ancestors, scope_of as scope_of
from autograd.core.sweep import reverse as reverse
from autograd.debug import names as names
from autograd.debug.anomaly import anomaly as anomaly
from autograd.debug.explain import Ledger as Ledger
from autograd.debug.guard import guard as guard
from autograd.debug.lines import record_lines as record_lines
from autograd.debug.table import Graph as Graph
from autograd.debug.values import values as values
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
from autograd.extend import primitive as primitive
from autograd.rules.activations import *
from autograd.rules.convolution import *
from autograd.rules.indexing import *
from autograd.rules.normalization import *
from autograd.rules.pooling import *
from autograd.rules.special import *
from autograd.signposts import answer_imports, refuse_calls
from autograd.tensor import Tensor as Tensor
from autograd.transforms.checkpoint import checkpoint as checkpoint
from autograd.transforms.functional import (
    grad as grad,
    hessian as hessian,
    hvp as hvp,
    jacobian as jacobian,
    jvp as jvp,
    per_example_grad as per_example_grad,
    value_and_grad as value_and_grad,
    vjp as vjp,
)

if TYPE_CHECKING:
    from autograd import files as files, read as read
    from autograd.check.check_grads import Report as Report, check_grads as check_grads
    from autograd.read.chain.chain import Chain as Chain, chain as chain
    from autograd.read.compile.compile import Compiled as Compiled, compile as compile
    from autograd.read.derive.derivation import Derivation as Derivation
    from autograd.read.derive.derive import derive as derive

refuse_calls(__name__)
answer_imports(__name__)

if not TYPE_CHECKING:  # or else a type checker would let every name pass
    __getattr__, __dir__ = exports(__name__)
