"""Operators that work elementwise: functions of one number, of several, and activations."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.onnx.operators.normalization import of_channels
from nn.onnx.operators.row import defines, folded, in_single, like, operator, plain

# --- of one number ----------------------------------------------------------------------------------------------------
operator("Abs", np.abs)
operator("Acos", np.arccos)
operator("Acosh", np.arccosh)
operator("Asin", np.arcsin)
operator("Asinh", np.arcsinh)
operator("Atan", np.arctan)
operator("Atanh", np.arctanh)
operator("Ceil", np.ceil)
operator("Cos", np.cos)
operator("Cosh", np.cosh)
operator("Erf", lambda x: 2 * ag.normal_cdf(x * np.sqrt(2).item()) - 1)
operator("Exp", np.exp)
operator("Floor", np.floor)
operator("Identity", lambda x: x)
operator(
    "IsInf",
    lambda x, detect_negative=1, detect_positive=1: is_inf(x, detect_negative, detect_positive),
    writes={np.isinf: dict},
)
operator("IsNaN", np.isnan)
operator("Log", np.log)
operator("Neg", np.negative)
operator("Reciprocal", np.reciprocal)
operator("Round", np.rint)
operator("Sign", np.sign)
operator("Sin", np.sin)
operator("Sinh", np.sinh)
operator("Sqrt", np.sqrt)
operator("Tan", np.tan)
operator("Tanh", np.tanh)

# --- of several -------------------------------------------------------------------------------------------------------
operator("Add", np.add)
operator("Div", lambda a, b: divided(a, b), writes={np.divide: dict})
operator("Max", folded(np.maximum), writes={np.maximum: dict})
operator("Mean", lambda *operands: folded(np.add)(*operands) / len(operands))
operator("Min", folded(np.minimum), writes={np.minimum: dict})
operator("Mod", lambda a, b, fmod=0: (np.fmod if fmod else np.mod)(a, b), writes={np.fmod: lambda: {"fmod": 1}})
operator("Mul", np.multiply)
operator("Pow", lambda x, y: power(x, y))
operator("Sub", np.subtract)
operator("Sum", folded(np.add))
operator("Where", np.where)

# --- activations ------------------------------------------------------------------------------------------------------
operator("Celu", in_single(lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0) / alpha))))
operator(
    "Elu", in_single(lambda x, alpha=1.0: ag.elu(x, alpha=alpha)), writes={ag.elu: lambda alpha=1.0: {"alpha": alpha}}
)
operator("HardSigmoid", lambda x, alpha=0.2, beta=0.5: np.clip(alpha * x + beta, 0.0, 1.0))
operator("HardSwish", lambda x: x * np.clip(x / 6 + 0.5, 0.0, 1.0))
operator(
    "LeakyRelu",
    lambda x, alpha=0.01: ag.leaky_relu(x, slope=alpha),
    writes={ag.leaky_relu: lambda slope=0.01: {"alpha": slope}},
)
operator("Mish", lambda x: x * np.tanh(np.logaddexp(x, 0.0)))
operator("PRelu", lambda x, slope: np.where(x > 0, x, slope * x), since=7)
operator("PRelu", lambda x, slope: np.where(x > 0, x, of_channels(slope, np.ndim(x)) * x))
operator("Relu", ag.relu)
operator(
    "Selu",
    lambda x, alpha=1.67326319217681884765625, gamma=1.05070102214813232421875: gamma * ag.elu(x, alpha=alpha),
    since=6,
)
operator("Selu", lambda x, alpha=1.6732, gamma=1.0507: gamma * ag.elu(x, alpha=alpha))
operator("Shrink", lambda x, bias=0.0, lambd=0.5: like(shrunk(x, bias, lambd), x))
operator("Sigmoid", ag.sigmoid)
operator("Softplus", lambda x: np.logaddexp(x, 0.0))
operator("Softsign", lambda x: x / (1 + np.abs(x)))
operator("Swish", lambda x, alpha=1.0: x * ag.sigmoid(alpha * x))
operator("ThresholdedRelu", lambda x, alpha=1.0: np.where(x > alpha, x, 0.0))


def is_inf(x: Any, negative: int, positive: int) -> Any:
    """Infinite entries of the signs that are asked for."""
    return np.isinf(x) & ((x < 0) & bool(negative) | (x > 0) & bool(positive))


def divided(a: Any, b: Any) -> Any:
    """a / b; of integers towards 0."""
    if all(getattr(x, "dtype", np.dtype(float)).kind in "iu" for x in (a, b)):
        return like(np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b)), a)
    return np.divide(a, b)


def power(x: Any, y: Any) -> Any:
    """x^y in the type of x."""
    if x.dtype.kind == "f":
        return np.power(x, y if y.dtype == x.dtype else y.astype(x.dtype))
    return like(np.power(x, plain(y)), x)


def shrunk(x: Any, bias: float, lambd: float) -> Any:
    """Closer to 0 by the bias, and 0 where it is closer than lambd."""
    return np.where(x < -lambd, x + bias, np.where(x > lambd, x - bias, 0.0))


@defines("Clip")
def clip(x: Any, min: Any = None, max: Any = None) -> Any:
    """Within bounds, of which either may be left out; the upper one counts where they cross."""
    x = x if min is None else np.maximum(x, like(min, x))
    return x if max is None else np.minimum(x, like(max, x))


@defines("Gelu")
def gelu(x: Any, approximate: str = "none") -> Any:
    """x Φ(x), or its approximation by tanh."""
    if approximate == "tanh":
        return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi).item() * (x + 0.044715 * x * x * x)))
    return x * ag.normal_cdf(x)
