"""Notation of `rules/special.py`, `normalisation.py` and `convolution.py`: the functions of networks.

They are written in NumPy, so a program has them as the rules are read: run on Symbols. Nothing is said a second time of
what sigmoid is. That is right only for functions that never look at a value to decide (`expands`); where 0/0 or 0·ln 0
counts as 0 the values decide, so that only a reader is shown the formula without that (`reads_as`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from autograd.read.code.spelling import ATOM as CODE_ATOM, Code, within
from autograd.read.formulas.style import ATOM, PREFIX, SUM, Piece, Style, Written
from autograd.read.notation.elementwise import formula_of
from autograd.read.notation.mathematics import (
    ONE,
    called,
    divide,
    less,
    log,
    multiply,
    one_over,
    over_axes,
    subtract,
)
from autograd.read.notation.row import notation, transparent
from autograd.rules.convolution import conv2d, conv2d_input, conv2d_weights, overlay, patches
from autograd.rules.normalisation import normalise
from autograd.rules.special import (
    binary_cross_entropy,
    cast,
    identity,
    kinked,
    kinked_slope,
    leaky_relu,
    log_loss,
    log_loss_logits,
    log_loss_slope,
    log_sigmoid,
    logsumexp,
    over_power,
    portion,
    ratio,
    relu,
    sigmoid,
    softmax,
    undetermined,
    xlogy,
)


def ln_sigmoid(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """ln σ(x)."""
    return f"{style.function('ln')} {style.call('σ', args[0].text)}", ATOM


def y_ln_x(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """y ln x."""
    y, x = args
    return multiply(style, (y, Piece(*log(style, (x,), {}), x.shape)), {})


def loss(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """−(y ln a + (1 − y) ln(1 − a))."""
    return f"{style.minus}{_log_likelihood(style, *args)}", SUM


def cost(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """−(1/m) Σ (y ln a + (1 − y) ln(1 − a))."""
    share = one_over(style, args[0].shape[-1])
    return f"{style.minus}{share}{style.sign('Σ')} {_log_likelihood(style, *args)}", SUM


def _log_likelihood(style: Style, a: Piece, y: Piece) -> str:
    first, _ = y_ln_x(style, (y, a), {})
    second, _ = y_ln_x(style, (less(style, ONE, y), less(style, ONE, a)), {})
    return style.parens(f"{first} + {second}")


def loss_of_logits(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """−(y ln σ(z) + (1 − y) ln σ(−z))."""
    z, y = args
    minus_z = style.minus + style.within(z, PREFIX)
    first, second = (
        multiply(style, (share, Piece(*ln_sigmoid(style, (of,), {}), z.shape)), {})[0]
        for share, of in ((y, z), (less(style, ONE, y), Piece(minus_z, SUM, z.shape)))
    )
    return f"{style.minus}{style.parens(f'{first} + {second}')}", SUM


def slope_of_loss(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """−y/a + (1 − y)/(1 − a)."""
    a, y = args
    first, second = style.fraction(y, a)[0], style.fraction(less(style, ONE, y), less(style, ONE, a))[0]
    return f"{style.minus}{first} + {second}", SUM


def log_of_sum(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """ln Σ e^x."""
    power = Piece(*style.power(Piece("e"), args[0]), args[0].shape)
    return f"{style.function('ln')} {over_axes('Σ')(style, [power], params)[0]}", PREFIX


def read_log_of_sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """ln Σ e^x; of nothing but −∞ it is nan."""
    top = np.max(x, axis=axis, keepdims=True)
    out = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return out if keepdims else np.squeeze(out, axis=axis)


def read_slope(a: Any, y: Any) -> Any:
    """−y/a + (1 − y)/(1 − a); NumPy has no negative of booleans."""
    return (-1 * y if y.dtype.kind == "b" else -y) / a + (1 - y) / (1 - a)


def read_cost(a: Any, y: Any) -> Any:
    """The minus of log_loss stands before the sum."""
    return -np.sum(formula_of(log_loss)(a, y).operands[0]) / a.shape[-1]


def astype(w: Any, s: Any, args: Sequence[Code]) -> Code:
    """A method of arrays; a number is made by its class."""
    dtype = w.literal(np.dtype(s.params["dtype"]))
    return Code(f"{within(args[0], CODE_ATOM)}.astype({dtype})" if s.shape else f"{dtype}({args[0].text})")


# --- activations ------------------------------------------------------------------------------------------------
notation(
    sigmoid,
    math=called("σ"),
    symbol="σ",
    noun="the sigmoid",
    expands=True,
    quiet=True,
    exponential=(Fraction(1), lambda e: e / (1 + e)),
)
notation(relu, math=lambda style, args, _: (style.call("max", f"{args[0].text}, 0"), ATOM), expands=True)
notation(leaky_relu, math=called("LeakyReLU"), expands=True)
notation(log_sigmoid, math=ln_sigmoid, expands=True, quiet=True)
notation(softmax, math=called("softmax"), noun="the softmax", expands=True)
notation(logsumexp, math=log_of_sum, expands=True, reads_as=read_log_of_sum, quiet=True)
notation(
    portion,
    reads_as=formula_of(portion),
    math=lambda style, args, _: style.power(Piece("e"), Piece(*subtract(style, args, {}), args[0].shape)),
)

# --- losses -----------------------------------------------------------------------------------------------------
notation(log_loss, math=loss, noun="the log loss", reads_as=formula_of(log_loss))
notation(log_loss_slope, math=slope_of_loss, reads_as=read_slope, exact=True, passes=5, convention=True)
notation(log_loss_logits, math=loss_of_logits, expands=True)
notation(binary_cross_entropy, math=cost, noun="the cross-entropy", reads_as=read_cost)
notation(xlogy, math=y_ln_x, reads_as=formula_of(xlogy))
notation(ratio, math=divide, reads_as=formula_of(ratio), exact=True, passes=2.5, convention=True)
notation(
    over_power,
    math=lambda style, args, params: style.fraction(
        args[0], Piece(*style.power(args[1], Piece(str(params.get("n", 2)), literal=True)))
    ),
)

# --- as they are ------------------------------------------------------------------------------------------------
notation(identity, math=transparent, code=lambda _w, _s, args: args[0], exact=True, passes=0)
notation(cast, math=transparent, code=astype)
notation(undetermined, kinked, kinked_slope)

notation(normalise, expands=True)
notation(conv2d, noun="the convolution")
notation(conv2d_input, conv2d_weights, patches, overlay)
