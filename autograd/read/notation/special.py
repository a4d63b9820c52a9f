"""Rows of `rules/special.py`, `activations.py`, `normalization.py` and `convolution.py`: the functions of networks.

They are written in NumPy, so a program has them as the rules are read: run on Terms. Nothing is said a second time of
what sigmoid is.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from autograd.read.notation import mathematics as maths, native as c, spelling
from autograd.read.notation.mathematics import called
from autograd.read.notation.row import notation, transparent
from autograd.rules import activations, convolution, normalization, special


def running_cost(a: Any, y: Any) -> Any:
    """With 0·ln 0 as it counts."""
    return -np.sum(special.xlogy(y, a) + special.xlogy(1 - y, 1 - a)) / a.shape[-1]


def shared_portion(x: Any, total: Any) -> Any:
    """portion, where a total may be infinite: the entries that are as large share equally."""
    infinite, largest = np.isinf(total), np.equal(x, total)
    axes = tuple(k for k, n in enumerate(total.shape) if n == 1) if total.ndim else None
    ones = special.cast(largest, dtype=np.result_type(x.dtype, total.dtype))
    count = np.maximum(np.sum(ones, axis=axes, keepdims=True), 1.0)
    return np.where(infinite, ones / count, np.exp(x - total))


def overlaid(out: Any, shapes: Any, shape: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> Any:
    """Where the windows are in images without padding."""
    return [convolution.patches(out, shapes[0][1 : 1 + len(shape)], stride, padding, dilation)]


# --- activations ------------------------------------------------------------------------------------------------
SIGMOID: dict[str, Any] = {"exponential": (Fraction(1), lambda e: e / (1 + e)), "expands": True, "quiet": True}
notation(special.sigmoid, math=called("σ"), symbol="σ", noun="the sigmoid", **SIGMOID)
notation(special.log_sigmoid, math=maths.log_sigmoid, expands=True, quiet=True)
notation(special.relu, math=maths.relu, expands=True)
notation(special.leaky_relu, math=called("LeakyReLU"), expands=True)
notation(special.softmax, math=called("softmax"), noun="the softmax", expands=True)
notation(special.logsumexp, math=maths.logsumexp, expands=True, quiet=True)
notation(special.portion, math=maths.exponential_of_difference, convention=True, c_form=shared_portion)
notation(normalization.normalize, expands=True)
notation(activations.elu, math=called("ELU"), expands=True)
NORMAL: dict[str, Any] = {"symbol": "Φ", "native": c.called("cg_normal_cdf")}
notation(activations.normal_cdf, math=called("Φ"), noun="the normal distribution function", **NORMAL)
notation(activations.normal_pdf, math=called("φ"), symbol="φ", noun="the normal density", expands=True)
notation(convolution.conv1d, convolution.conv2d, noun="the convolution", begins_layer=True)
notation(convolution.conv1d_input, convolution.conv1d_weights, convolution.conv2d_input, convolution.conv2d_weights)
notation(convolution.patches, shows=True)
notation(convolution.overlay, writes=c.Placing(overlaid, zeros=True, adds=True))

# --- losses -----------------------------------------------------------------------------------------------------
LOG_LOSS = {"convention": True, "runs_as": special.exact_log_loss, "native": c.called("cg_log_loss")}
notation(special.log_loss, math=maths.log_loss, noun="the log loss", **LOG_LOSS)
SLOPE: dict[str, Any] = {"exact": True, "convention": True, "runs_as": special.exact_log_loss_slope, "passes": 5}
SLOPE["native"] = c.called("cg_log_loss_slope")
notation(special.log_loss_slope, math=maths.log_loss_slope, **SLOPE)
notation(special.log_loss_logits, math=maths.log_loss_logits, expands=True)
notation(
    special.binary_cross_entropy,
    math=maths.cross_entropy,
    noun="the cross-entropy",
    runs_as=running_cost,
    c_form=running_cost,
)
notation(special.xlogy, math=maths.xlogy, native=c.called("cg_xlogy"), convention=True)
notation(special.ratio, math=maths.divide, native=c.called("cg_ratio"), exact=True, passes=2.5, convention=True)
notation(special.over_power, math=maths.over_power, native=c.QUOTIENTS)

# --- as they are ------------------------------------------------------------------------------------------------
notation(special.identity, math=transparent, code=spelling.as_operand, native=c.CONVERSION, exact=True, passes=0)
notation(special.cast, math=transparent, code=spelling.astype, native=c.CONVERSION)
notation(special.undetermined, special.kinked, special.kinked_slope)
