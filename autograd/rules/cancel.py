"""Products in which the length of a quotient is cancelled, so that smooth functions of a length stay smooth at 0.

‖x‖ has a kink at 0, ‖x‖² has none. Its gradient by the chain rule is 2‖x‖ · x/‖x‖: at 0 that is 0 · 0/0, and whatever
0/0 counts as, its own derivative there is not that of 2x. So where a sweep is recorded, to be differentiated again, the
factor ‖x‖ is looked for in how 2‖x‖ was computed, and divided out before the product is formed. That is exact, for
derivatives of every order. Where no such factor is found, the next derivative at 0 is nan: its limit exists, but is not
known. (Where 2‖x‖ is not 0, there is a kink, and what the rows say of it counts.) For sweeps forward see kinks.py.

Functions that are given in pieces, as relu, maximum, minimum, clip and where, have the derivatives of their pieces, of
every order, and at a tie the mean: relu(x)² + relu(-x)² has the second derivative 0 at 0, by the rule of relu.

Three traits of an operation say what there is to know:

    kinked      in its derivative there is such a quotient; kinked(length, at) is 0, with a derivative of nan at `at`
    quotient    it is such a quotient. quotient(node, *inputs) gives its numerator; a function by which its length is
                recognized (of a node, what is left of its value when that is divided by the length; else None); and a
                function of the other factor: the product where nothing cancels, or None for the plain one
    factored    factored(replace, *inputs, **params): the same result with one factor in it replaced; replace(i) is
                operand i with that done to it, or None where it has no such factor
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import numpy as np

from autograd.core.fitting import fit
from autograd.core.modes import Observer, tracing
from autograd.core.node import Node, ancestors
from autograd.core.op import WRAP
from autograd.core.sweep import reverse
from autograd.core.types import Value, Wrap

Leaf = Callable[[Node], Any]
NEAR, FAR = 12, 100  # how many operations are looked at, for a quotient and for its length: a bound on what it may cost


def times(g: Value, local: Any, product: Callable[[], Any] | None = None) -> Value:
    """g · local, where the length of a quotient in either is cancelled, if both are recorded; else `product`."""
    found = _product(local, g)
    return carried(g, local, product) if found is None else found


def carried(t: Value, local: Any, product: Callable[[], Any] | None = None) -> Value:
    """t · local, where the length of a quotient in t is cancelled, if both are recorded; else `product`."""
    found = _product(t, local)
    if found is not None:
        return found
    return t * local if product is None else product()


def _product(one: Any, other: Any) -> Value:
    """one · other where a quotient in `one` is cancelled, else None."""
    if type(one) is not type(other) or type(one) not in WRAP or type(one.node) is not Node:
        return None
    if type(other.node) is not Node:
        return None
    wrap = WRAP[type(one)]
    found = _Search(partial(_cancelled, other=other, wrap=wrap), wrap, NEAR)(one.node)
    return None if found is None else _in_shape(found, one, other)


def divided(g: Value, length: Any) -> Value:
    """g / length where the length is a factor of g, as can be seen in how g was computed; else None."""
    if type(g) not in WRAP or type(length) is not type(g):
        return None
    found = _Search(partial(_one, length.node), WRAP[type(g)], FAR)(g.node)
    return None if found is None else _in_shape(found, g, length)


class _Search:
    """Looks for a factor in how a value was computed: called with its node, gives the value with the factor replaced
    by what `leaf` gives for it, or None where there is none."""

    def __init__(self, leaf: Leaf, wrap: Wrap, left: int) -> None:
        self.leaf, self.wrap, self.left = leaf, wrap, left
        self.one_number = False  # whether the factor that was found is one number, the same for all entries

    def __call__(self, node: Any) -> Value:
        if type(node) is not Node or node.op is None or self.left == 0:
            return None
        self.left -= 1
        found = self.leaf(node)
        if found is not None:
            self.one_number = node.shape == ()
            return found
        if node.op.factored is None:
            return None
        return node.op.factored(_Replace(self, node.parents), *_operands(node, self.wrap), **node.params)


class _Replace:
    """The search in the operands of a node."""

    def __init__(self, search: _Search, parents: tuple[Any, ...]) -> None:
        self.search, self.parents = search, parents

    def __call__(self, i: int) -> Value:
        return self.search(self.parents[i])

    @property
    def one_number(self) -> bool:
        """Whether the factor that was replaced last is one number."""
        return self.search.one_number


def _one(wanted: Any, node: Node) -> Value:
    """1 for the wanted node, or one that was computed in the same way, in whatever precision it is read."""
    return 1.0 if _same(uncast(wanted), uncast(node), NEAR) else None


def uncast(node: Any) -> Value:
    """What was brought into another precision, or the node itself."""
    while type(node) is Node and node.op is not None and node.op.name == "cast":
        node = node.parents[0]
    return node


def _same(a: Value, b: Value, depth: int) -> bool:
    """Whether two nodes are one, or the same operation on the same operands; for constants, one number."""
    if a is b or type(a) is not Node or type(b) is not Node:
        return a is b or (type(a) is type(b) and isinstance(a, (int, float)) and a == b)
    if a.op is None or a.op is not b.op or a.shape != b.shape or depth == 0 or not _alike(a.params, b.params):
        return False
    return all(_same(p, q, depth - 1) for p, q in zip(a.parents, b.parents, strict=True))


def _alike(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Whether parameters are the same: arrays only if they are one."""
    plain = (int, float, str, tuple, type(None))
    return a.keys() == b.keys() and all(
        v is b[k] or (type(v) is type(b[k]) and isinstance(v, plain) and v == b[k]) for k, v in a.items()
    )


def _cancelled(node: Node, other: Any, wrap: Wrap) -> Value:
    """The product with `other` of a node that is a quotient, where its length is a factor of `other`; else None."""
    assert node.op is not None
    if node.op.quotient is None:
        return None
    numerator, length, otherwise = node.op.quotient(node, *_operands(node, wrap))
    inside = np.shape(numerator) == node.shape  # then in its place: x/n·n/m is x/m, and 0 where all of them are

    def leaf(n: Node) -> Value:
        rest = length(n)
        return rest if rest is None or not inside or n.shape != node.shape else rest * numerator

    found = _Search(leaf, wrap, FAR)(other.node)
    return otherwise(other) if found is None else found if inside else found * numerator


def reverse_recorded(root: Node, seed: Any, wrap: Wrap, **how: Any) -> dict[Node, Any]:
    """`reverse`, recorded: on the Tensors that `wrap` makes, to be differentiated again."""
    return reverse(root, seed, wrap=wrap, observers=(Twins(root, wrap),), **how)


class Twins(Observer):
    """Lengths that were computed more than once in the same way of the same values.

    Where two have a kink their sum may have none, as in |x| + log(1 + e^(-2|x|)). So where a length is 0 and all that
    its gradients, of each time that it was computed, sum up to is 0, the next derivative with respect to its operand is
    nan.
    """

    def __init__(self, root: Node, wrap: Wrap) -> None:
        self.wrap = wrap
        self.first = _twins(ancestors(root))
        self.arrived: dict[Node, list[Any]] = {}
        self.markers: dict[Node, Any] = {}
        self.tangents: dict[Node, Any] = {}

    def visit(self, node: Node, g: Value) -> Value:
        """See autograd.core.modes.Observer."""
        if node in self.first:
            shares = self.arrived.setdefault(self.first[node], [])
            shares.append(g)
            if self.first[node] is node:  # the oldest, so the last to be visited
                self._mark(node, shares)
        return g + self.markers[node] if node in self.markers else g

    def _mark(self, node: Node, shares: list[Any]) -> None:
        parent, op, length = node.parents[0], node.op, recorded_value(node, self.wrap)
        smooth = _smoothed(length, shares)
        if smooth is not None and type(parent) is Node:
            assert op is not None and op.kinked is not None
            marker = fit(op.kinked(length, smooth), parent.shape, parent.dtype)
            self.markers[parent] = self.markers[parent] + marker if parent in self.markers else marker

    def tangent(self, node: Node, t: Value) -> Value:
        """See autograd.core.modes.Observer."""
        return self.tangents.setdefault(self.first.get(node, node), t) if node in self.first else t


def recorded_value(node: Node, wrap: Wrap) -> Value:
    """The value of a node, recorded."""
    assert node.op is not None
    out, inputs = node.op.read(node, wrap)
    return node.op.function(*inputs, **node.params) if out is None else out


def _twins(nodes: list[Node]) -> dict[Node, Node]:
    """For each length that was computed more than once in the same way of the same values: the first of them."""
    firsts: dict[tuple[Any, ...], list[Node]] = {}
    twins = {}
    for node in nodes:
        if node.op is None or node.op.kinked is None or node.op.kind != "elementwise":
            continue
        alike = firsts.setdefault((node.op, *(id(p) for p in node.parents)), [])
        first = next((n for n in alike if _same(n, node, 1)), None)
        if first is None:
            alike.append(node)
        else:
            twins[first] = twins[node] = first
    return twins


def _smoothed(length: Any, shares: list[Any]) -> Value:
    """Where a length is 0 and its gradients sum to 0, but are not all 0; None where that is nowhere."""
    at = (length == 0) & (sum(shares[1:], shares[0]) == 0) & reduce(operator.or_, [g != 0 for g in shares])
    return at if tracing() or np.any(at) else None


def has_kink(node: Node) -> bool:
    """Whether the node is a length, or a quotient by one."""
    return node.op is not None and (node.op.kinked is not None or node.op.quotient is not None)


def depends(node: Any, on: Callable[[Node], bool]) -> bool:
    """Whether a value was computed from one that `on` recognizes."""
    return type(node) is Node and any(on(n) for n in ancestors(node, leaves=False))


def _operands(node: Node, wrap: Wrap) -> tuple[Any, ...]:
    """What the node keeps of its operands, recorded."""
    return tuple(None if x is None else wrap(x, p) for x, p in zip(node.inputs, node.parents, strict=True))


def _in_shape(found: Value, *operands: Any) -> Value:
    """In the shape of the product of the operands: a factor that was cancelled may have been the one that repeats."""
    shape = np.broadcast_shapes(*(np.shape(x) for x in operands))
    return found if np.shape(found) == shape else np.broadcast_to(found, shape)


def over(numerator: Any, length: Any) -> tuple[Any, Leaf, Callable[[Any], Any]]:
    """The quotient of a numerator and a length, whose own derivative is infinite or nan at 0."""
    return numerator, partial(_one, getattr(length, "node", None)), lambda _other: None


# --- how a factor is replaced: values of `factored` -----------------------------------------------------------------


def in_either(replace: _Replace, x: Value, y: Value) -> Value:
    """Of a product: in one of the two."""
    found = replace(0)
    if found is not None:
        return found * y
    found = replace(1)
    return None if found is None else x * found


def in_numerator(replace: _Replace, _x: Value, y: Value) -> Value:
    """Of a quotient."""
    found = replace(0)
    return None if found is None else found / y


def in_both(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Of a sum or a difference: in both terms."""

    def factored(replace: _Replace, _x: Value, _y: Value) -> Value:
        first = replace(0)
        second = None if first is None else replace(1)
        return None if second is None else combine(first, second)

    return factored


def in_operand(apply: Callable[..., Any]) -> Callable[..., Any]:
    """Of a linear, elementwise operation on one operand."""

    def factored(replace: _Replace, _x: Value, **params: Any) -> Value:
        found = replace(0)
        return None if found is None else apply(found, **params)

    return factored


def in_every_entry(apply: Callable[..., Any]) -> Callable[..., Any]:
    """Of a linear operation: a factor that is one number, the same for each entry."""

    def factored(replace: _Replace, _x: Value, **params: Any) -> Value:
        found = replace(0)
        if found is None or not replace.one_number:
            return None
        return apply(np.broadcast_to(found, replace.parents[0].shape), **params)

    return factored


def in_power(replace: _Replace, x: Value, y: Value) -> Value:
    """Of x^y with a constant y of at least 1: one x of it."""
    if type(y) not in (int, float, np.ndarray) or not np.all(np.greater_equal(y, 1)):
        return None
    found = replace(0)
    if found is None or np.all(np.equal(y, 1)):
        return found
    return found * (x if np.all(np.equal(y, 2)) else x ** (y - 1))


def in_square(replace: _Replace, x: Value) -> Value:
    """Of x²: one x of it."""
    found = replace(0)
    return None if found is None else found * x
