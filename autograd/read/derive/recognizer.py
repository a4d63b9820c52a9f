"""What it takes to recognize a function in a recorded graph: what may vanish in it, what was computed alike, what is a
fraction of exponentials.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Node, reaching
from autograd.debug import names
from autograd.read.derive.constants import Constants
from autograd.read.derive.rational import Rational
from autograd.read.notation import one_axis, row_of
from autograd.read.operands import call_of, shape_of, unwrapped
from autograd.read.passes.share import part
from autograd.rules import getitem

DEEPEST = 32  # operations in what is recognized


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
        self.of_exponentials = reaching(nodes, [node for node in made if _is_exponential(node)])
        self.of_logs = reaching(nodes, [node for node in made if is_log(node)])
        self._keys = self._keyed(nodes)
        self.noted: dict[Node, str] = {}

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

    def fraction(self, x: Any, top: Node, exponents: list[tuple[Node, Fraction]], depth: int = 0) -> Any:
        """A value as a fraction of polynomials in exponentials. Raises Other where it is none."""
        number = exact_number(x)
        if number is not None:
            return Rational.constant(number)
        if depth > DEEPEST or (x is not top and not self.is_inside(x, top)):
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

    def reduced(self, x: Any, top: Node) -> Any:
        """What a value repeats along an axis, given another shape for that: Σ for Σ[:, None]."""
        while self.is_inside(x, top) and (row_of(x.op.function).reshapes or _adds_axes(x)):
            x = x.parents[0]
        return x

    def unshifted(self, u: Node, axis: int, top: Node) -> Node:
        if call_of(u) is not np.subtract or not self.is_inside(u, top):
            return u
        of, shift = u.parents
        shape = shape_of(shift)
        same = len(shape) <= len(u.shape) and ((1,) * (len(u.shape) - len(shape)) + shape)[axis] == 1
        plain = type(shift) is not Node
        inner = self.reduced(shift, top)
        largest = call_of(inner) in (np.max, np.amax)
        if not same or type(of) is not Node:
            return u
        if plain or (largest and self.is_inside(inner, top) and inner.parents[0] is of):
            return of
        return u

    def kink_free(self, x: Node, node: Node) -> bool:
        """Whether no entry of x is 0, where what `node` is recognized as has another derivative."""
        free = bool(np.all(self.values[x] != 0))
        if free:
            self.noted[node] = f"max({names.of(x) or '…'}, 0): no entry is 0, as in these data"
        return free

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


def both(parents: tuple[Any, ...]) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    x, y = parents
    return (x, y), (y, x)


def _is_exponential(node: Node) -> bool:
    """Whether it is a fraction of exponentials by itself."""
    assert node.op is not None
    return node.op.function is np.exp or is_power_of_e(node) or row_of(node.op.function).exponential is not None


def is_log(x: Any) -> bool:
    return call_of(x) is np.log and names.of(x) is None


def _adds_axes(x: Node) -> bool:
    """Whether it is x[:, None]: the same entries, with an axis more."""
    if call_of(x) is not getitem:
        return False
    index = x.params["index"]
    parts = index if isinstance(index, tuple) else (index,)
    return all(p is None or p is Ellipsis or (type(p) is slice and p == slice(None)) for p in parts)


def transpose_of(x: Any) -> Any:
    """The matrix that x is the transpose of, a node or the view of an array; None where there is none."""
    if type(x) is Node:
        moved = x.op is not None and row_of(x.op.function).turns and len(x.shape) == 2
        return x.parents[0] if moved else None
    value = unwrapped(x)
    return value.T if isinstance(value, np.ndarray) and value.ndim == 2 else None


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


def is_power_of_e(x: Any) -> bool:
    """Whether it is computed as e to something: the float next to e stands for e, as it does in np.exp."""
    return call_of(x) is np.power and plain_float(x.parents[0]) == math.e


def scaled_by(base: Any, k: Fraction) -> Any:
    if k == 1:
        return base
    return (
        Found(np.negative, (base,))
        if k == -1
        else Found(np.multiply, (int(k) if k.denominator == 1 else float(k), base))
    )


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
