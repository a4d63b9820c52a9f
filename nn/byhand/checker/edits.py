"""What a mistake does to a line: each edit takes the right side of an equation, and yields the wrong ones.

A wrong line is yielded as a function, since computing it may fail: of a lost transpose the shapes may not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np

import autograd as ag
from autograd.read import Term, in_order, rerun
from autograd.read.notation import row_of
from nn.byhand.checker.equation import (
    DATA,
    GRADIENT,
    PARAMETER,
    SLOPES,
    VALUE,
    Activation,
    Equation,
    Key,
    places,
    put,
)

Wrong = Iterator[Callable[..., Any]]  # called without arguments
Edit = Callable[[Equation, Term], Wrong]

FACTORS = (2.0, 0.5, 4.0, 0.25, 3.0)
PASSES = (2, 3)
_MOST_ENTRIES = 1_000_000  # of what an edit makes of smaller arrays


def _turned(x: Any) -> Any:
    return x.operands[0] if isinstance(x, Term) and x.call is np.transpose else np.transpose(x)


def _is_m(x: Any, m: int | None) -> bool:
    return isinstance(x, Term) and x.name == "m" and x.value == m


def _is_matrix(x: Any) -> bool:
    return len(np.shape(x.value if isinstance(x, Term) else x)) == 2


def _bounded(call: Any, a: Any, b: Any) -> Any:
    """What an operation makes of two operands. ValueError where that is much larger than both: what a lost transpose
    makes of many samples does not fit into the memory."""
    u, v = np.shape(_plain(a)), np.shape(_plain(b))
    size = int(np.prod((*u[:-1], *v[-1:]) if call is np.matmul else np.broadcast_shapes(u, v)))
    if size > max(_MOST_ENTRIES, int(np.prod(u)), int(np.prod(v))):
        raise ValueError("too large")
    return call(a, b)


def _chain(eq: Equation) -> Iterator[tuple[Term, Term, Term, Activation]]:
    """(dA, A, Z, g) where the line is that of dZ, and A = g(Z)."""
    if eq.result is not None:
        dA, A, Z = eq.gradient(eq.result.name), eq.value(eq.result.name), eq.value(eq.key[0])
        if dA is not None and A is not None and Z is not None:
            yield dA, A, Z, eq.result


# --- numbers ----------------------------------------------------------------------------------------------------------


def mean_missing(eq: Equation, term: Term) -> Wrong:
    """1/m left out, wherever it stands."""
    for s in places(term, np.divide):
        above, below = s.operands
        if _is_m(below, eq.m):
            yield lambda s=s, above=above: put(term, s, above)
        if isinstance(below, Term) and below.call is np.multiply and any(_is_m(x, eq.m) for x in below.operands):
            rest = next(x for x in below.operands if not _is_m(x, eq.m))
            yield lambda s=s, above=above, rest=rest: put(term, s, above / rest)
    for s in places(term, np.mean):
        yield lambda s=s: put(term, s, np.sum(s.operands[0], **s.params))


def mean_twice(eq: Equation, term: Term) -> Wrong:
    """One more 1/m."""
    if eq.m is not None:
        yield lambda: 1 / Term(float(eq.m or 1), "m") * term


def wrong_count(eq: Equation, term: Term) -> Wrong:
    """Another count where m belongs."""
    if eq.m is None or not mean_is_in(eq, term):
        return
    sizes = {n for s in eq.known.values() for n in (*map(int, s.shape), int(np.prod(s.shape)))} | {eq.m - 1, eq.m + 1}
    for n in sorted(sizes - {0, 1, eq.m}):
        for s in in_order([term]):
            if _is_m(s, eq.m):
                yield lambda s=s, n=n: put(term, s, Term(float(n)))
        for s in places(term, np.mean):
            yield lambda s=s, n=n: put(term, s, np.sum(s.operands[0], **s.params) / n)


def mean_is_in(eq: Equation, term: Term) -> bool:
    """Whether a line divides by m."""
    return any(_is_m(s, eq.m) for s in in_order([term])) or any(True for _ in places(term, np.mean))


def constant_factor(eq: Equation, term: Term) -> Wrong:
    """A number that does not belong there, or is lost."""
    for c in FACTORS:
        yield lambda c=c: c * term
    for s in places(term, np.multiply, np.divide):
        a, b = s.operands
        if np.shape(_plain(a)) and _is_number(b):
            yield lambda s=s, a=a: put(term, s, a)
            yield lambda s=s, b=b: put(term, s, s.call(s, b))
        elif np.shape(_plain(b)) and _is_number(a) and s.call is np.multiply:
            yield lambda s=s, b=b: put(term, s, b)
            yield lambda s=s, a=a: put(term, s, a * s)


def _is_number(x: Any) -> bool:
    """Whether it is a number without a name: 1/m has edits of its own."""
    return not np.shape(_plain(x)) and not any(s.name for s in in_order([x]))


def accumulated(eq: Equation, term: Term) -> Wrong:
    """The gradients of several passes, added up."""
    if eq.of_parameter:
        for k in PASSES:
            yield lambda k=k: float(k) * term
    elif _is_of_gradients(term):
        yield from _one_share(term)


def sign(eq: Equation, term: Term) -> Wrong:
    """A minus that is lost, or does not belong there."""
    for s in places(term, np.subtract, np.add):
        a, b = s.operands
        yield lambda s=s, a=a, b=b: put(term, s, a + b if s.call is np.subtract else a - b)
        if s.call is np.subtract:
            yield lambda s=s, a=a, b=b: put(term, s, b - a)
        else:
            yield lambda s=s, a=a, b=b: put(term, s, b - a)
    yield lambda: -term


# --- matrices ---------------------------------------------------------------------------------------------------------


def transpose(eq: Equation, term: Term) -> Wrong:
    """A transpose that is lost, does not belong there, or is on the wrong factor; or the factors in the other order."""
    for s in places(term, np.matmul):
        a, b = s.operands
        if not (_is_matrix(a) and _is_matrix(b)):
            continue
        for x, y in ((a, b), (b, a)):
            for u, v in product((x, _turned(x)), (y, _turned(y))):
                if not (u is a and v is b):
                    yield lambda s=s, u=u, v=v: put(term, s, _bounded(np.matmul, u, v))
    yield from rows_for_columns(eq, term)


def rows_for_columns(eq: Equation, term: Term) -> Wrong:
    """The whole thing transposed."""
    if len(term.shape) == 2:
        yield lambda: np.transpose(term)


def wrong_product(eq: Equation, term: Term) -> Wrong:
    """An elementwise product for a matrix product, or the reverse."""
    for s in places(term, np.matmul):
        a, b = s.operands
        for u, v in product((a, _turned(a)), (b, _turned(b))):
            yield lambda s=s, u=u, v=v: put(term, s, _bounded(np.multiply, u, v))
    for s in places(term, np.multiply):
        a, b = s.operands
        if _is_matrix(a) and _is_matrix(b):
            for u, v in ((a, b), (b, a), (a, np.transpose(b)), (np.transpose(a), b), (b, np.transpose(a))):
                yield lambda s=s, u=u, v=v: put(term, s, _bounded(np.matmul, u, v))


def wrong_sum(eq: Equation, term: Term) -> Wrong:
    """A sum without an axis, over the wrong axis, or none."""
    for s in places(term, np.sum, np.mean):
        (x,), axis = s.operands, s.params.get("axis")
        if axis is None:
            continue
        yield lambda s=s, x=x: put(term, s, s.call(x))
        yield lambda s=s, x=x, axis=axis: put(term, s, s.call(x, axis=_other(axis), keepdims=True))
        yield lambda s=s, x=x: put(term, s, x)


def _other(axis: Any) -> int:
    return 0 if axis in (1, -1, (1,), (-1,)) else 1


def keepdims(eq: Equation, term: Term) -> Wrong:
    """A column as a vector."""
    if any(s.params.get("keepdims") for s in places(term, np.sum, np.mean)):
        yield from _as_vector(term)


def _as_vector(term: Term) -> Wrong:
    if len(term.shape) == 2 and 1 in term.shape:
        yield lambda: np.reshape(term, (int(np.prod(term.shape)),))


def rank_one(eq: Equation, term: Term) -> Wrong:
    """A row or column as a vector; or handed on as one, so that broadcasting makes a matrix of it."""
    if not any(True for _ in keepdims(eq, term)):
        yield from _as_vector(term)
    for s in places(term, ag.binary_cross_entropy):
        yield from _losses_of_all_pairs(eq, term, s)
    for s in in_order([term]):
        if row_of(s.call).algebra not in ("sum", "product"):
            continue
        a, b = s.operands
        shapes = np.shape(_plain(a)), np.shape(_plain(b))
        if shapes[0] == shapes[1] and len(shapes[0]) == 2 and 1 in shapes[0]:
            yield lambda s=s, a=a, b=b: put(term, s, _bounded(s.call, a, np.transpose(b)))
            yield lambda s=s, a=a, b=b: put(term, s, _bounded(s.call, np.transpose(a), b))


def _losses_of_all_pairs(eq: Equation, term: Term, s: Term) -> Wrong:
    """The log loss of every prediction with every target: targets (m,) or (m, 1) beside predictions (1, m)."""
    A, Y = s.operands
    if A.shape[:1] != (1,) or eq.m is None or not _is_matrix(Y) or eq.m**2 > _MOST_ENTRIES:
        return
    turned = np.transpose(Y)
    yield lambda: put(term, s, np.mean(-(turned * np.log(A) + (1 - turned) * np.log(1 - A))))
    yield lambda: put(
        term, s, np.sum(-(turned * np.log(A) + (1 - turned) * np.log(1 - A))) / Term(float(eq.m or 1), "m")
    )


def _plain(x: Any) -> Any:
    return x.value if isinstance(x, Term) else x


# --- derivatives of activations ---------------------------------------------------------------------------------------


def derivative_missing(eq: Equation, term: Term) -> Wrong:
    """g for g′, or the derivative left out: of dA ∗ g′ either factor alone."""
    for dA, A, _, g in _chain(eq):
        if not eq.at_output or eq.cancels:
            yield lambda dA=dA: +dA
        yield lambda dA=dA, A=A: dA * A
        if g.elementwise:
            yield lambda A=A, g=g: 1 * g.slope(A)
            for part in _parts(g.slope(A)):
                yield lambda dA=dA, part=part: dA * part
    if eq.kind == GRADIENT and not _is_of_gradients(term):
        yield from _one_share(term)
    if eq.result is None and eq.kind == GRADIENT:
        yield from _factors_dropped(term)
        yield from _gradients_swapped(eq, term)


def _parts(slope: Any) -> Iterator[Any]:
    """What is left of a g′ where a part of it is lost: 1 − a of a (1 − a), 1 − a or a² of 1 − a²."""
    if isinstance(slope, Term):
        for s in places(slope, np.multiply):
            yield from (put(slope, s, x) for x in s.operands)
        for s in places(slope, np.subtract):
            yield put(slope, s, s.operands[1])


def _factors_dropped(term: Term) -> Wrong:
    """A factor lost beside the one that a gradient stands in."""
    for s in places(term, np.multiply, np.divide):
        a, b = s.operands
        if np.shape(_plain(a)) and np.shape(_plain(b)):
            yield from (lambda s=s, x=x: put(term, s, x) for x in (a, b) if _is_of_gradients(x))


def _is_of_gradients(x: Any) -> bool:
    return any(s.gradient for s in in_order([x]))


def _gradients_swapped(eq: Equation, term: Term) -> Wrong:
    """dA in a line that needs dZ."""
    for s in in_order([term]):
        if s.name is not None and s.gradient:
            for key, other in eq.known.items():
                if key[1] and key[0] != s.name and key != eq.key and other.shape == s.shape:
                    yield lambda s=s, other=other: put(term, s, other)


def derivative_at_wrong_value(eq: Equation, term: Term) -> Wrong:
    """g′ as written for a, applied to z; or g′(a) where g′(z) belongs."""
    for dA, A, Z, g in _chain(eq):
        if g.elementwise:
            yield lambda dA=dA, Z=Z, g=g: dA * g.slope(Z)
            yield lambda dA=dA, A=A, g=g: dA * g.slope(g(A))
        if g.operation is ag.sigmoid:
            yield lambda dA=dA, A=A, Z=Z: dA * (A * (1 - Z))
            yield lambda dA=dA, A=A, Z=Z: dA * (Z * (1 - A))


def other_activation(eq: Equation, term: Term) -> Wrong:
    """The derivative of another activation; in a value, another activation, or none."""
    if eq.kind == VALUE:
        for s in places(term, *SLOPES):
            (x,) = s.operands
            others = (other for other in SLOPES if other not in (s.call, ag.softmax))
            yield from (lambda s=s, x=x, other=other: put(term, s, other(x)) for other in others)
            yield lambda s=s, x=x: put(term, s, +x)
    for dA, A, Z, g in _chain(eq):
        for other, slope in SLOPES.items():
            if other not in (g.operation, ag.softmax):
                yield lambda dA=dA, A=A, slope=slope: dA * slope(A)
                yield lambda dA=dA, Z=Z, slope=slope, other=other: dA * slope(other(Z))


def output_derivative(eq: Equation, term: Term) -> Wrong:
    """g′ once more at an output where it has cancelled; or left out where it has not."""
    for dA, A, _, g in _chain(eq):
        if eq.at_output and eq.cancels:
            yield lambda A=A, g=g: _bounded(np.multiply, term, g.slope(A))
        elif eq.at_output:
            yield lambda dA=dA: +dA


def extra_factor(eq: Equation, term: Term) -> Wrong:
    """Multiplied by z: g′(z) read as a product."""
    for dA, _, Z, _ in _chain(eq):
        yield lambda Z=Z: _bounded(np.multiply, term, Z)
        yield lambda dA=dA, Z=Z: dA * Z


def softmax_jacobian(eq: Equation, term: Term) -> Wrong:
    """The Jacobian of softmax as if it were diagonal; the wrong axis; softmax of a softmax."""
    for s in places(term, ag.softmax):
        (x,), axis = s.operands, s.params.get("axis", 0)
        yield lambda s=s, x=x, axis=axis: put(term, s, ag.softmax(x, axis=_other(axis)))
        yield lambda s=s, axis=axis: put(term, s, ag.softmax(s, axis=axis))
    for dA, A, Z, g in _chain(eq):
        if g.elementwise:
            continue
        yield lambda dA=dA, A=A: dA * (A * (1 - A))
        yield lambda dA=dA, A=A: A * dA
        axis = g.params.get("axis", 0)
        yield lambda dA=dA, A=A, axis=axis: A * (dA - np.sum(dA * A, axis=_other(axis), keepdims=True))
        for s in in_order([term]):
            if s.name == A.name and not s.gradient:
                yield lambda s=s, axis=axis: put(term, s, ag.softmax(s, axis=axis))
                yield lambda s=s, Z=Z, axis=axis: put(term, s, ag.softmax(Z, axis=_other(axis)))


# --- one thing taken for another --------------------------------------------------------------------------------------


def wrong_cache(eq: Equation, term: Term) -> Wrong:
    """Another value of the forward pass, in a product with it."""
    if eq.result is not None:
        return
    for s in in_order([term]):
        if s.name is None or not s.shape or eq.kinds.get((s.name, s.gradient)) not in (VALUE, DATA):
            continue
        for key, other in eq.known.items():
            if eq.kinds.get(key) in (VALUE, DATA) and key not in ((s.name, s.gradient), eq.key) and other.shape:
                yield lambda s=s, other=other: put(term, s, other)
    yield from _caches_shifted(eq, term)


_FARTHEST = 4  # of values of one shape, as z1, h1, z2, h2 …


def _caches_shifted(eq: Equation, term: Term) -> Wrong:
    """Every value that is read taken from a later or an earlier step, as h_t for h_{t−1} in each summand."""
    values = [key for key in eq.known if eq.kinds.get(key) in (VALUE, DATA) and key != eq.key]
    read = {(s.name or "", s.gradient): s for s in in_order([term]) if s.name is not None and s.shape}
    for shift in (k for distance in range(1, _FARTHEST + 1) for k in (distance, -distance)):
        taken: dict[Key, Term] = {}
        for key, s in read.items():
            family = [other for other in values if eq.known[other].shape == s.shape]
            at = family.index(key) + shift if key in family else -1
            if 0 <= at < len(family):
                taken[key] = eq.known[family[at]]
        if len(taken) > 1:
            yield partial(_with_others, term, taken)


def _with_others(term: Term, taken: Mapping[Key, Term]) -> Any:
    return rerun(term, lambda s: taken.get((s.name or "", s.gradient)))


def wrong_matrix(eq: Equation, term: Term) -> Wrong:
    """Another matrix: dW2 or W1 in place of W2."""
    for s in in_order([term]):
        if s.name is None or len(s.shape) != 2 or eq.kinds.get((s.name, s.gradient)) != PARAMETER:
            continue
        for key, other in eq.known.items():
            if (eq.kinds.get((key[0], False)) == PARAMETER) and key != (s.name, s.gradient) and len(other.shape) == 2:
                yield lambda s=s, other=other: put(term, s, other)
                turned = next((t for t in places(term, np.transpose) if t.operands[0] is s), None)
                if turned is not None:
                    yield lambda turned=turned, other=other: put(term, turned, other)


def updated_too_early(eq: Equation, term: Term) -> Wrong:
    """The weights after the step, where those before it belong."""
    if eq.kind != GRADIENT or eq.lr is None:
        return
    for s in in_order([term]):
        if s.name is not None and eq.kinds.get((s.name, s.gradient)) == PARAMETER:
            step = eq.gradient(s.name)
            if step is not None:
                yield lambda s=s, step=step: put(term, s, s - Term(eq.lr, "alpha") * step)


def reused_parameter(eq: Equation, term: Term) -> Wrong:
    """One share alone of a parameter that is used several times."""
    return _one_share(term) if eq.of_parameter else iter(())


def _one_share(term: Term) -> Wrong:
    """A sum with a summand lost, or taken twice."""
    shares = list(places(term, np.add))
    for s in shares:
        a, b = s.operands
        yield lambda s=s, a=a: put(term, s, a)
        yield lambda s=s, b=b: put(term, s, b)
    summands = [x for s in shares for x in s.operands if isinstance(x, Term) and x.call is not np.add]
    if len(summands) > 2:
        for x in summands:
            yield lambda x=x: +x
    for x in summands:
        yield lambda x=x: _bounded(np.add, term, x)
