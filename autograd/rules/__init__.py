"""The rule table. Importing this package fills `autograd.core.op.OPS`; one file for each family.

What a family exports (`__all__`) is exported here and by `autograd`.
"""

# mypy: implicit-reexport

from autograd.rules import (
    activations as activations,
    convolution as convolution,
    cumulative as cumulative,
    diagonals as diagonals,
    elementwise as elementwise,
    factors as factors,
    fourier as fourier,
    indexing as indexing,
    joining as joining,
    linalg as linalg,
    normalization as normalization,
    norms as norms,
    polynomials as polynomials,
    pooling as pooling,
    products as products,
    reductions as reductions,
    refused as refused,
    shapes as shapes,
    sorting as sorting,
    special as special,
    statistics as statistics,
    trigonometric as trigonometric,
)
from autograd.rules.activations import *
from autograd.rules.convolution import *
from autograd.rules.convolution import (
    conv1d_input as conv1d_input,
    conv1d_weights as conv1d_weights,
    conv2d_input as conv2d_input,
    conv2d_weights as conv2d_weights,
    overlay as overlay,
    patches as patches,
)
from autograd.rules.elementwise import UFUNC_METHODS as UFUNC_METHODS
from autograd.rules.indexing import *
from autograd.rules.indexing import getitem as getitem, scatter as scatter
from autograd.rules.normalization import *
from autograd.rules.pooling import *
from autograd.rules.special import *
from autograd.rules.special import cast as cast, identity as identity, log_loss_slope as log_loss_slope, ratio as ratio
