"""Functions of the textbook, recognized by what they are: sigmoid, tanh, softmax, max(x, 0), the logistic loss.

A student writes `1/(1 + np.exp(-z))`, or `np.exp(z)/(1 + np.exp(z))`, or has a function of that. Whatever the spelling,
it is a fraction of polynomials in e^z, and two such fractions are equal or they are not: that is computed with exact
numbers. So nothing is recognized by its name, and nothing that merely looks alike.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.read.derive.logistic import logistic_loss
from autograd.read.derive.rational import Rational, TooLong
from autograd.read.derive.recognizer import (
    Found,
    Other,
    Recognizer,
    exact_number,
    repeats_along,
    scaled_by,
    summed_axis,
)
from autograd.read.notation import ROWS, row_of
from autograd.read.operands import call_of
from autograd.rules import relu, softmax


def recognized(known: Recognizer, node: Node) -> Found | None:
    """What a node is; None where it is what it was recorded as."""
    for recognize in (_of_exponential, _softmax, _relu, logistic_loss):
        found = recognize(known, node)
        if found is not None:
            return found
    return None


def _of_exponential(known: Recognizer, node: Node) -> Found | None:
    """σ and tanh."""
    if node.op is None or node not in known.of_exponentials:
        return None
    function = node.op.function
    if row_of(function).algebra not in ("sum", "product") and function not in (np.reciprocal, np.power):
        return None
    exponents: list[tuple[Node, Fraction]] = []
    try:
        fraction = known.fraction(node, node, exponents)
    except (Other, TooLong, ZeroDivisionError):
        return None
    bases = {base for base, _ in exponents}
    if len(bases) != 1:
        return None
    (base,) = bases
    if base.shape != node.shape or base.dtype != node.dtype:
        return None
    unit = _common([k for _, k in exponents])
    for function, row in ROWS.items():
        if row.exponential is None:
            continue
        share, form = row.exponential
        for k in (unit, -unit, 2 * unit, -2 * unit):
            if k < 0 and node.op.function is np.subtract and exact_number(node.parents[0]) == 1:
                continue  # 1 − σ(z) is written so, not as σ(−z)
            if fraction == form(Rational.power(k)):
                return Found(function, (scaled_by(base, k * share),))
    return None


def _softmax(known: Recognizer, node: Node) -> Found | None:
    """e^u / Σ e^u; what is the same along the axis may have been subtracted, as the maximum of u is."""
    if call_of(node) is not np.divide:
        return None
    over, under = node.parents
    under = known.reduced(under, node)
    if not (_is_exp(known, over, node) and known.is_inside(under, node) and under.op.function is np.sum):
        return None
    axis = summed_axis(under, over.shape)
    if axis is None or known.key(under.parents[0]) != known.key(over) or not repeats_along(node, axis):
        return None
    u = known.unshifted(over.parents[0], axis, node)
    return None if u.shape != node.shape else Found(softmax, (u,), {"axis": axis} if axis else {})


def _is_exp(known: Recognizer, x: Any, top: Node) -> bool:
    return known.is_inside(x, top) and x.op.function is np.exp and type(x.parents[0]) is Node


def _relu(known: Recognizer, node: Node) -> Found | None:
    """Of no entry that is 0, since there the derivative of a maximum counts half, and that of relu not at all."""
    if call_of(node) is not np.maximum:
        return None
    for x, zero in (node.parents, node.parents[::-1]):
        if type(x) is Node and exact_number(zero) == 0 and x.shape == node.shape and known.kink_free(x, node):
            return Found(relu, (x,))
    return None


def _common(numbers: list[Fraction]) -> Fraction:
    """The largest number that all are multiples of."""
    under = lcm(*(k.denominator for k in numbers))
    return Fraction(gcd(*(int(k * under) for k in numbers)), under)
