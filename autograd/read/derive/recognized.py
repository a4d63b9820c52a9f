"""Functions of the textbook, recognized by what they are: sigmoid, tanh, softmax, the logistic loss.

A student writes `1/(1 + np.exp(-z))`, or `np.exp(z)/(1 + np.exp(z))`, or has a function of that. Whatever the spelling,
it is a fraction of polynomials in e^z, and two such fractions are equal or they are not: that is computed with exact
numbers. So nothing is recognized by its name, and nothing that merely looks alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from math import gcd, lcm
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Node, reaching
from autograd.debug import names
from autograd.read.derive.constants import Constants
from autograd.read.derive.rational import Rational, TooLong
from autograd.read.notation import ROWS, one_axis, row_of
from autograd.read.operands import shape_of, unwrapped
from autograd.read.passes.share import part
from autograd.rules import getitem, identity, log_loss, relu, softmax

_DEEPEST = 32  # operations in what is recognized


class Found(NamedTuple):
    """A function and what it is applied to: nodes and constants as they were recorded, and other functions."""

    function: Callable[..., Any]
    operands: tuple[Any, ...]
    params: Mapping[str, Any] = MappingProxyType({})


class Recognizer:
    """Recognizes the nodes of a graph.

    kept       nodes that stay, whatever they are part of
    values     of each node
    constants  the user's
    """

    def __init__(
        self, nodes: list[Node], kept: Collection[Node], values: Mapping[Node, Any], constants: Constants
    ) -> None:
        self._kept, self.values, self.constants = kept, values, constants
        self._users: dict[Node, list[Node]] = {node: [] for node in nodes}
        for node in nodes:
            for p in node.parents:
                if type(p) is Node:
                    self._users[p].append(node)
        made = [node for node in nodes if node.op is not None]
        self._of_exponentials = reaching(nodes, [node for node in made if _is_exponential(node)])
        self._of_logs = reaching(nodes, [node for node in made if _is_log(node)])
        self._keys = self._keyed(nodes)
        self.noted: dict[Node, str] = {}

    def found(self, node: Node) -> Found | None:
        """What a node is; None where it is what it was recorded as."""
        for recognize in (self._of_exponential, self._softmax, self._relu, self._log_loss):
            found = recognize(node)
            if found is not None:
                return found
        return None

    def facts(self, of: Mapping[Node, Node]) -> list[str]:
        """What was taken for granted of the data, for the nodes that are still there."""
        return list(dict.fromkeys(fact for node, fact in self.noted.items() if node in of))

    def is_inside(self, node: Any, top: Node) -> bool:
        """Whether a node may vanish in what `top` is recognized as: it has no name, or is used for nothing else."""
        if type(node) is not Node or node.op is None or node in self._kept:
            return False
        return names.of(node) is None or self._serves(node, top)

    def _serves(self, node: Node, top: Node) -> bool:
        """Whether all that was computed from a node went into `top`."""
        seen, waiting = {node}, [node]
        while waiting:
            for user in self._users[waiting.pop()]:
                if user.index > top.index or (user is not top and not self._users[user]):
                    return False
                if user is not top and user not in seen:
                    seen.add(user)
                    waiting.append(user)
        return True

    # --- of e^z -------------------------------------------------------------------------------------------------------

    def _of_exponential(self, node: Node) -> Found | None:
        """σ and tanh."""
        if node.op is None or node not in self._of_exponentials:
            return None
        function = node.op.function
        if row_of(function).algebra not in ("sum", "product") and function not in (np.reciprocal, np.power):
            return None
        exponents: list[tuple[Node, Fraction]] = []
        try:
            fraction = self.fraction(node, node, exponents)
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
                    return Found(function, (times(base, k * share),))
        return None

    def fraction(self, x: Any, top: Node, exponents: list[tuple[Node, Fraction]], depth: int = 0) -> Any:
        """A value as a fraction of polynomials in exponentials. Raises Other where it is none."""
        number = exact_number(x)
        if number is not None:
            return Rational.constant(number)
        if depth > _DEEPEST or (x is not top and not self.is_inside(x, top)):
            raise Other
        call = x.op.function
        if call is np.exp:
            base, k = self.multiple(x.parents[0], top)
            exponents.append((base, k))
            return Rational.power(k)
        if is_power_of_e(x):
            base, k = self.multiple(x.parents[1], top)
            exponents.append((base, k))
            return Rational.power(k)
        row = row_of(call)
        if row.exponential is not None:
            share, form = row.exponential
            base, k = self.multiple(x.parents[0], top)
            exponents.append((base, k / share))
            return form(Rational.power(k / share))
        if call is np.power and (exponent := exact_number(x.parents[1])) is not None and exponent.denominator == 1:
            return self.fraction(x.parents[0], top, exponents, depth + 1) ** int(exponent)
        if not (row.exact and isinstance(call, np.ufunc)):
            raise Other
        return call(*(self.fraction(p, top, exponents, depth + 1) for p in x.parents))

    def multiple(self, x: Any, top: Node) -> tuple[Node, Fraction]:
        """The node that a value is a multiple of, and the number."""
        k = Fraction(1)
        while self.is_inside(x, top) and names.of(x) is None:
            call, parents = x.op.function, x.parents
            if call is np.negative:
                x, k = parents[0], -k
            elif call is np.multiply and (n := exact_number(parents[0])) is not None:
                x, k = parents[1], k * n
            elif call in (np.multiply, np.divide) and (n := exact_number(parents[1])):
                x, k = parents[0], k * n if call is np.multiply else k / n
            else:
                break
        if type(x) is not Node or k == 0:
            raise Other
        return x, k

    # --- softmax ------------------------------------------------------------------------------------------------------

    def _softmax(self, node: Node) -> Found | None:
        """e^u / Σ e^u; what is the same along the axis may have been subtracted, as the maximum of u is."""
        if node.op is None or node.op.function is not np.divide:
            return None
        over, under = node.parents
        under = self.reduced(under, node)
        if not (self._is_exp(over, node) and self.is_inside(under, node) and under.op.function is np.sum):
            return None
        axis = summed_axis(under, over.shape)
        if axis is None or self.key(under.parents[0]) != self.key(over) or not repeats_along(node, axis):
            return None
        u = self.unshifted(over.parents[0], axis, node)
        return None if u.shape != node.shape else Found(softmax, (u,), {"axis": axis} if axis else {})

    def _is_exp(self, x: Any, top: Node) -> bool:
        return self.is_inside(x, top) and x.op.function is np.exp and type(x.parents[0]) is Node

    def reduced(self, x: Any, top: Node) -> Any:
        """What a value repeats along an axis, given another shape for that: Σ for Σ[:, None]."""
        while self.is_inside(x, top) and (row_of(x.op.function).reshapes or _adds_axes(x)):
            x = x.parents[0]
        return x

    def unshifted(self, u: Node, axis: int, top: Node) -> Node:
        if u.op is None or u.op.function is not np.subtract or not self.is_inside(u, top):
            return u
        of, shift = u.parents
        shape = shape_of(shift)
        same = len(shape) <= len(u.shape) and ((1,) * (len(u.shape) - len(shape)) + shape)[axis] == 1
        plain = type(shift) is not Node
        inner = self.reduced(shift, top)
        largest = type(inner) is Node and inner.op is not None and inner.op.function in (np.max, np.amax)
        if not same or type(of) is not Node:
            return u
        if plain or (largest and self.is_inside(inner, top) and inner.parents[0] is of):
            return of
        return u

    # --- max(x, 0) ----------------------------------------------------------------------------------------------------

    def _relu(self, node: Node) -> Found | None:
        """Of no entry that is 0, since there the derivative of a maximum counts half, and that of relu not at all."""
        if node.op is None or node.op.function is not np.maximum:
            return None
        for x, zero in (node.parents, node.parents[::-1]):
            if type(x) is Node and exact_number(zero) == 0 and x.shape == node.shape and self.kink_free(x, node):
                return Found(relu, (x,))
        return None

    def kink_free(self, x: Node, node: Node) -> bool:
        """Whether no entry of x is 0, where what `node` is recognized as has another derivative."""
        free = bool(np.all(self.values[x] != 0))
        if free:
            self.noted[node] = f"max({names.of(x) or '…'}, 0): no entry is 0, as in these data"
        return free

    # --- the logistic loss --------------------------------------------------------------------------------------------

    def _log_loss(self, node: Node) -> Found | None:
        """−(y ln a + (1−y) ln(1−a)) times a number, elementwise; or summed up, each part by itself."""
        if (
            node not in self._of_logs
            or node.op is None
            or node.op.function not in (np.add, np.subtract, np.negative, np.multiply, np.divide)
        ):
            return None
        parts = self._parts(node)
        if parts is None or len(parts) != 2:
            return None
        for first, second in (parts, parts[::-1]):
            same = first.summed == second.summed and _close(first.c, second.c)
            if same and self._is_complement(second.p, first.p) and self._completes(second.y, first.y, node):
                return self._assembled(node, first)
        return None

    def _assembled(self, node: Node, part: _Part) -> Found | None:
        loss = Found(log_loss, (part.p, part.y))
        if part.summed:
            loss = Found(np.sum, (loss,))
            loss = Found(np.reshape, (loss,), {"shape": node.shape}) if node.shape else loss
        elif part.p.shape != node.shape:
            return None
        if part.c == -1:
            return loss
        return Found(np.negative, (loss,)) if part.c == 1 else Found(np.multiply, (-float(part.c), loss))

    def _parts(self, top: Node) -> list[_Part] | None:
        """A value as a sum of c·y·ln p; None where it is something else."""
        found: list[_Part] = []
        waiting: list[tuple[Any, Any, bool]] = [(top, 1, False)]
        steps = 0
        while waiting:
            steps += 1
            x, c, summed = waiting.pop()
            if len(found) > 2 or steps > _DEEPEST or not (x is top or self.is_inside(x, top)):
                return None
            call, parents = x.op.function, x.parents
            if row_of(call).algebra == "sum" and all(shape_of(p) == x.shape for p in parents):
                waiting += [(parents[1], c if call is np.add else -c, summed), (parents[0], c, summed)]
            elif call is np.negative:
                waiting.append((parents[0], -c, summed))
            elif call is np.divide and plain_float(parents[1]):
                waiting.append((parents[0], c / plain_float(parents[1]), summed))
            elif not summed and np.size(self.values[x]) == 1 and _is_whole_sum(x):
                waiting.append((parents[0], c, True))
            elif row_of(call).moves and np.size(self.values[x]) == 1 and not summed:
                waiting.append((parents[0], c, summed))
            elif call is np.matmul and np.size(self.values[x]) == 1 and not summed and x.shape in ((1, 1), ()):
                found.append(self._of_product(x, c))
            elif (scaled := _scaled(x)) is not None and not _is_log(scaled[1]):
                waiting.append((scaled[1], c * scaled[0], summed))
            else:
                found.append(self._weighted(x, c, summed))
            if found and found[-1].p is None:
                return None
        return found

    def _weighted(self, x: Node, c: Any, summed: bool) -> _Part:
        """c·y·ln p of a product with a logarithm in it."""
        for y, log in both(x.parents) if x.op is not None and x.op.function is np.multiply else ():
            while type(log) is Node and log.op is not None and log.op.function is np.negative:
                c, log = -c, log.parents[0]
            if _is_log(log) and _repeats_to(shape_of(y), log.shape):
                return self._signed(c, y, log.parents[0], summed)
        return _Part(c, 1, x.parents[0], summed) if _is_log(x) else _NO_PART

    def _of_product(self, x: Node, c: Any) -> _Part:
        """c·Σ y·ln p, where that is a row times a column, or two vectors."""
        for y, column in both(x.parents):
            log = turned(column)
            for factor in (y, turned(y)):
                for of in (column, log):
                    if _is_log(of) and shape_of(factor) == of.shape and np.size(self.values[of]) == max(of.shape):
                        return self._signed(c, *self._upright(y, factor, of.parents[0], x), True)
        return _NO_PART

    def _upright(self, y: Any, factor: Any, p: Any, top: Node) -> tuple[Any, Any]:
        """y and p of Σ y·ln p, where p is aᵀ or 1 − aᵀ: y as it goes with a, and a for aᵀ."""
        if not self.is_inside(p, top) or names.of(p) is not None:
            return factor, p
        less = p.op.function is np.subtract
        inner = turned(p.parents[1] if less else p)
        if inner is None:
            return factor, p
        return (y if shape_of(y) == shape_of(inner) else turned(factor)), (p if less else inner)

    def _signed(self, c: Any, y: Any, p: Any, summed: bool) -> _Part:
        """With Y for −Y."""
        reading = self.constants.reading(y)
        if reading is not None and reading.function in (np.negative, identity):
            c, y = (-c if reading.function is np.negative else c), reading.array
        return _Part(c, y, p, summed)

    def _is_complement(self, x: Any, a: Any) -> bool:
        """Whether x was computed as 1 − a."""
        if type(x) is not Node or x.op is None or x.op.function is not np.subtract or names.of(x) is not None:
            return False
        of = x.parents[1]
        inner = turned(of) if type(of) is Node else None  # as in 1 − aᵀ, beside a
        same = self.key(of) == self.key(a) or (type(inner) is Node and self.key(inner) == self.key(a))
        return exact_number(x.parents[0]) == 1 and same

    def _completes(self, x: Any, y: Any, node: Node) -> bool:
        """Whether x is 1 − y: computed so, or equal to it in every entry."""
        if type(y) is Node or type(x) is Node:
            return self._is_complement(x, y)
        with np.errstate(all="ignore"):
            equal = shape_of(x) == shape_of(y) and np.array_equal(unwrapped(x), 1 - np.asarray(unwrapped(y)))
        if equal and names.of(x) is None and np.ndim(unwrapped(x)):
            reading = self.constants.reading(y)
            name = names.of(y if reading is None else reading.array) or "the targets"
            self.noted[node] = (
                f"1 − {name}: the cost uses a value that has no name, and in these data it is equal to 1 − {name}"
            )
        return bool(equal)

    # --- what is computed alike ---------------------------------------------------------------------------------------

    def key(self, x: Any) -> Any:
        """Equal for values that were computed alike."""
        if type(x) is Node:
            return self._keys[x]
        number = plain_float(x)
        return id(x) if number is None else ("number", number)

    def _keyed(self, nodes: list[Node]) -> dict[Node, int]:
        keys: dict[Node, int] = {node: k for k, node in enumerate(nodes)}  # a leaf may be newer than its users
        first: dict[Any, int] = {}
        self._keys = keys
        for node in nodes:
            if node.op is not None and names.of(node) is None:
                how = (node.op, *map(self.key, node.parents), *((k, part(v)) for k, v in node.params.items()))
                keys[node] = first.setdefault(how, keys[node])
        return keys


class _Part(NamedTuple):
    """c·y·ln p, or the sum of its entries."""

    c: Any
    y: Any
    p: Any
    summed: bool


_NO_PART = _Part(0, None, None, False)


def both(parents: tuple[Any, ...]) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    x, y = parents
    return (x, y), (y, x)


def _is_exponential(node: Node) -> bool:
    """Whether it is a fraction of exponentials by itself."""
    assert node.op is not None
    return node.op.function is np.exp or is_power_of_e(node) or row_of(node.op.function).exponential is not None


def _is_log(x: Any) -> bool:
    return type(x) is Node and x.op is not None and x.op.function is np.log and names.of(x) is None


def _scaled(x: Node) -> tuple[float, Node] | None:
    """The number and the node of a product of these."""
    if x.op is None or x.op.function is not np.multiply:
        return None
    for number, of in both(x.parents):
        k = plain_float(number)
        if k is not None and type(of) is Node:
            return k, of
    return None


def _adds_axes(x: Node) -> bool:
    """Whether it is x[:, None]: the same entries, with an axis more."""
    if x.op is None or x.op.function is not getitem:
        return False
    index = x.params["index"]
    parts = index if isinstance(index, tuple) else (index,)
    return all(p is None or p is Ellipsis or (type(p) is slice and p == slice(None)) for p in parts)


def _is_whole_sum(x: Node) -> bool:
    return x.op is not None and x.op.function is np.sum and "where" not in x.params and type(x.parents[0]) is Node


def turned(x: Any) -> Any:
    """The matrix that x is the transpose of, a node or the view of an array; None where there is none."""
    if type(x) is Node:
        moved = x.op is not None and row_of(x.op.function).turns and len(x.shape) == 2
        return x.parents[0] if moved else None
    value = unwrapped(x)
    return value.T if isinstance(value, np.ndarray) and value.ndim == 2 else None


def _close(c: Any, d: Any) -> bool:
    return c == d or bool(np.isclose(float(c), float(d), rtol=1e-15, atol=0))


def plain_float(x: Any) -> float | None:
    """A plain number."""
    value = unwrapped(x)
    if type(x) is Node or np.ndim(value) or isinstance(value, (bool, np.bool_)):
        return None
    return float(value)


def exact_number(x: Any) -> Fraction | None:
    """The same, as an exact one."""
    number = plain_float(x)
    return None if number is None or not np.isfinite(number) else Fraction(number)


def _common(numbers: list[Fraction]) -> Fraction:
    """The largest number that all are multiples of."""
    under = lcm(*(k.denominator for k in numbers))
    return Fraction(gcd(*(int(k * under) for k in numbers)), under)


def is_power_of_e(x: Any) -> bool:
    """Whether it is computed as e to something: the float next to e stands for e, as it does in np.exp."""
    return x.op is not None and x.op.function is np.power and plain_float(x.parents[0]) == math.e


def times(base: Any, k: Fraction) -> Any:
    if k == 1:
        return base
    return (
        Found(np.negative, (base,))
        if k == -1
        else Found(np.multiply, (int(k) if k.denominator == 1 else float(k), base))
    )


def _repeats_to(shape: tuple[int, ...], of: tuple[int, ...]) -> bool:
    """Whether broadcasting brings an array of this shape to that one."""
    return len(shape) <= len(of) and all(n in (1, m) for n, m in zip(shape[::-1], of[::-1]))


def summed_axis(total: Node, shape: tuple[int, ...]) -> int | None:
    """The one axis that a sum goes over."""
    if "where" in total.params or "initial" in total.params:
        return None
    return one_axis(total.params.get("axis"), len(shape))


def repeats_along(quotient: Node, axis: int) -> bool:
    """Whether the divisor of a quotient is broadcast along this axis."""
    over, under = (shape_of(p) for p in quotient.parents)
    aligned = (1,) * (len(over) - len(under)) + under
    return len(under) <= len(over) and aligned == tuple(1 if k == axis else n for k, n in enumerate(over))


class Other(Exception):
    """Something that is not a fraction of exponentials."""
