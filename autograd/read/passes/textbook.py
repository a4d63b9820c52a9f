"""A line as the notes write it: a mask multiplies, a sign stands for a factor of −1, 1/m stands in front of each term,
and what other gradients contribute comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.read.notation import row_of
from autograd.read.passes.share import sharing
from autograd.read.passes.simplify import simplified
from autograd.read.term import Term, in_order, never, rebuilt
from autograd.rules import identity


def with_masks(roots: Sequence[Any]) -> list[Any]:
    """In the words of a textbook, where floats might tell the difference: a mask multiplies."""
    with np.errstate(all="ignore"):
        return rebuilt(roots, _masked, never)


def in_its_order(lines: Sequence[Any]) -> list[Any]:
    """Simplified lines with their signs, scales and terms where a textbook has them."""
    return [in_turn(scale_in_front(signed(line))) for line in lines]


def body_of(line: Term) -> Term:
    """What stands behind the label; another gradient, where it is the same."""
    body = line.but(name=None, gradient=False)
    operand = body.operands[0] if body.call is identity else None
    return operand if isinstance(operand, Term) else body


def gradients_in(s: Term) -> set[str | None]:
    """The labels of the gradients that a formula refers to."""
    return {x.name for x in in_order([s]) if x.gradient}


def _masked(s: Term) -> Term:
    """g·[c] for np.where(c, g, 0), and g·[z ≤ 0] for np.where(z > 0, 0, g)."""
    if s.call is not np.where or s.name is not None:
        return s
    condition, chosen, other = s.operands
    if not isinstance(condition, Term) or row_of(condition.call).opposite is None:
        return s
    for g, rest, holds in ((chosen, other, True), (other, chosen, False)):
        if np.shape(rest) == () and not isinstance(rest, Term) and rest == 0 and isinstance(g, Term):
            mask = condition if holds else _opposite(condition)
            return s if mask is None or g.shape != s.shape else g * mask
    return s


def _opposite(condition: Term) -> Term | None:
    """[z ≤ 0] for [z > 0]; None where that is not its opposite in these data, as beside nan."""
    opposite = row_of(condition.call).opposite
    if opposite is None or condition.name is not None:
        return None
    found: Term = opposite(*condition.operands)
    return found if np.array_equal(found.value, ~condition.value) else None


def signed(line: Term) -> Term:
    """A line with −x for (−1)·x; a mask has no negative."""

    def change(s: Term) -> Term:
        if s.call is not np.multiply:
            return s
        for number, of in (s.operands, s.operands[::-1]):
            if isinstance(of, Term) and (of.shape, of.dtype) == (s.shape, s.dtype) and _is_minus_one(number):
                negative: Term = -of
                return negative.but(name=s.name, gradient=s.gradient)
        return s

    (result,) = rebuilt([line], change, lambda s: s is not line and s.name is not None)
    return result  # type: ignore[no-any-return]


def _is_minus_one(x: Any) -> bool:
    """Whether it is the number −1, in whatever shape."""
    while isinstance(x, Term) and x.call is np.broadcast_to and x.name is None:
        x = x.operands[0]
    if isinstance(x, Term) and any(part.name is not None for part in in_order([x])):
        return False
    value = x.value if isinstance(x, Term) else x
    return isinstance(value, (int, float)) and value == -1


def scale_in_front(line: Term) -> Term:
    """X/m as (1/m) X; and (1/m)(dZ Aᵀ + λW) as (1/m) dZ Aᵀ + (λ/m) W."""
    body = body_of(line)
    if body.call is np.divide and np.shape(body.operands[1]) == () and isinstance(body.operands[0], Term):
        scale, of = 1 / body.operands[1], body.operands[0]
    elif body.call is np.multiply and np.shape(body.operands[0]) == () and isinstance(body.operands[1], Term):
        scale, of = body.operands
    else:
        return line
    terms = terms_of(of)
    if len(terms) == 1:
        return (
            _summed([(np.add, scale * of)], line)
            if body.call is np.divide and (gradients_in(of) or of.call is np.sum)
            else line
        )
    if not any(s.gradient or s.call is np.matmul for s in in_order([of])):  # (1/m)(A − Y) stays
        return line
    return _summed([(call, simplified(scale * term)) for call, term in terms], line)


def in_turn(line: Term) -> Term:
    """What other gradients contribute stands first."""
    body = body_of(line)
    terms = [] if body.name is not None else terms_of(body)
    return line if len(terms) < 2 else _summed(terms, line)


def terms_of(s: Term) -> list[tuple[Any, Term]]:
    """What is added and subtracted, each with np.add or np.subtract."""
    terms: list[tuple[Any, Term]] = []
    while s.name is None and s.call in (np.add, np.subtract) and all(isinstance(x, Term) for x in s.operands):
        left, right = s.operands
        terms.append((s.call, right))
        s = left
    return [(np.add, s), *reversed(terms)]


def added(terms: list[tuple[Any, Term]]) -> Term:
    """The sum of the terms in their order."""
    (call, total), *rest = terms
    total = -total if call is np.subtract else total
    for call, term in rest:
        total = call(total, term)
    return total


def _merged(terms: list[tuple[Any, Term]]) -> list[tuple[Any, Term]]:
    """2x for x + x."""
    one = rebuilt([term for _, term in terms], sharing(), never)
    times = Counter((call, term) for (call, _), term in zip(terms, one, strict=True))
    return [(call, x if n == 1 else simplified(n * x)) for (call, x), n in times.items()]


def _summed(terms: list[tuple[Any, Term]], line: Term) -> Term:
    """The sum of the terms under the label of a line; what other gradients contribute stands first."""
    terms = _merged(terms)
    in_turn = sorted(terms, key=lambda term: not gradients_in(term[1]))
    (_, total), *rest = terms if in_turn[0][0] is np.subtract else in_turn
    for call, term in rest:
        total = call(total, term)
    return total.but(name=line.name, gradient=True, shape=line.shape)
