"""The backward pass of a recorded graph as formulas: the one sweep, run on Terms.

There is no second sweep and no second derivative here: `reverse` runs the rules of the table on Terms, and what it
tells says which gradient belongs to which value.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import mul
from typing import Any
from weakref import ref

import numpy as np

from autograd.core.modes import Observer, Switched
from autograd.core.node import Node, ancestors
from autograd.core.op import OPS
from autograd.core.origins import Origin, origin_of
from autograd.core.sweep import reverse
from autograd.debug import names
from autograd.debug.hooks import hooks_of
from autograd.errors import GraphError
from autograd.read.derive.axes import leads
from autograd.read.derive.copied import Copied
from autograd.read.derive.growth import grown
from autograd.read.derive.samples import Count, Samples, Shares
from autograd.read.derive.spread import Spread, spread_of
from autograd.read.naming import DistinctNaming
from autograd.read.operands import unwrapped
from autograd.read.sizes import Size, sized
from autograd.read.term import Term


class Recorded:
    """A recorded graph, read as Terms.

    nodes    oldest first
    values   of each node
    named    the Term by which formulas refer to a node or constant array
    inline   the Term of a node as it was computed from what is named
    nameless the shapes of constant arrays without a name of the user's, by the names that they are given
    read_as  what constants without a name are read as, such as 1 − Y
    numbers  those of which it cannot be told whether they were computed from m or from what variables hold
    count    the number of samples in terms of sizes of inputs, where it is known of a computed value
    """

    def __init__(self, copied: Copied, samples: Samples, cut: Collection[Node]) -> None:
        self.copied, self.root, self.values, self.samples = copied, copied.root, copied.values, samples
        self.constants = copied.constants
        self.nodes = ancestors(self.root)
        m = None if samples.m is None else samples.m.symbol.name
        self.names = DistinctNaming(self.root, "J", [m] if m else [])
        self.inputs: dict[int, Term] = {}  # leaves and constants that have a name, by id
        self.nameless: dict[str, tuple[int, ...]] = {}
        self._shares = Shares(samples, copied.constants, self.nodes)
        self.read_as, self.numbers = self._shares.read_as, self._shares.numbers
        self._compared: dict[int, Term | None] = {}  # booleans that are read as what they were computed from
        self._counted: dict[int, Any] = {}  # numbers that were computed from a shape, by id
        self.named: dict[Node, Term] = {}
        self.inline: dict[Node, Term] = {}
        self.count: Size | None = None
        for node in self.nodes:
            self._read(node, cut)

    def _read(self, node: Node, cut: Collection[Node]) -> None:
        value = self.values[node]
        if node.op is None:
            self.named[node] = self.inputs[id(node)] = self._input(value, self.names(node), node)
            node.shape = self.named[node].shape
            return
        self._count(spread_of(node))
        operands = tuple(self.operand(p) for p in node.parents)
        shape = node.shape = self._with_m(node, self._sized(node, operands))
        self.inline[node] = Term(
            value, function=node.op.name, call=node.op.function, operands=operands, params=node.params, shape=shape
        )
        if node in cut:
            self.named[node] = Term(value, self.names(node), shape=shape)

    def _count(self, spread: Spread | None) -> None:
        """Read the number that a variance is divided by as n − 1, where n is m or a size of inputs."""
        if spread is None:
            return
        count: Any = reduce(mul, (spread.away.shape[a] for a in spread.axes), 1)
        if isinstance(count, Count):
            if spread.lost or int(count) in self.constants.written.divisors:  # it may be a number of the user's
                self.read_as.setdefault(f"{count} − {spread.lost}" if spread.lost else str(count), None)
            count = count.symbol
        if type(count) is not int:
            self._counted[id(spread.number)] = count - spread.lost if spread.lost else count

    def operand(self, operand: Any) -> Any:
        """How a formula refers to a node or constant: by its name, as it was computed, or as the number that it is."""
        if type(operand) is Node:
            return self.named[operand] if operand in self.named else self.inline[operand]
        return self._constant(operand)

    def _constant(self, operand: Any) -> Any:
        number = self._counted.get(id(operand), self.samples.number(operand))
        if number is not None:
            return number
        value = unwrapped(operand)
        share = self._shares.of(operand, self._constant)
        if share is not None:
            return share
        if id(operand) not in self._compared:
            self._compared[id(operand)] = self._comparison(operand)
        if self._compared[id(operand)] is not None:
            return self._compared[id(operand)]
        reading = self.constants.reading(operand)
        if reading is not None:
            if reading.said is not None:
                self.read_as.setdefault(reading.said, None)
            operands = tuple(self.operand(x) for x in reading.operands)
            shape = grown(reading.op, operands, reading.params, np.shape(value)) or np.shape(value)
            return Term.run(reading.op, operands, reading.params).but(shape=self._with_m(operand, shape))
        name = self.names(operand)
        if name is None:
            return value
        if names.of(operand) is None:
            self.nameless.setdefault(name, np.shape(value))
        if id(operand) not in self.inputs:
            self.inputs[id(operand)] = self._input(value, name, operand)
        return self.inputs[id(operand)]

    def _input(self, value: Any, name: str | None, operand: Any) -> Term:
        """The Term of an input: its shape says m, and otherwise that it is the shape of this input."""
        s = sized(Term(value, name))
        return s.but(shape=self.samples.shape(operand, s.shape))

    def _with_m(self, operand: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
        """A shape with m in place of the size that is the number of samples, which is remembered."""
        axis = self.samples.axis(operand)
        size = None if axis is None else shape[axis]
        if self.count is None and isinstance(size, Size) and size.is_of_inputs:
            self.count = size
        return self.samples.shape(operand, shape)

    def _sized(self, node: Node, operands: tuple[Any, ...]) -> tuple[int, ...]:
        """The shape of a node, of whose sizes some are known to come from those of operands, and so of inputs."""
        assert node.op is not None
        shape = [int(n) for n in node.shape]  # it may have been read before
        if node.op.kind != "elementwise":
            found = grown(node.op, operands, node.params, tuple(shape))
            if found is not None:
                return found
        raws = [
            self.values[p] if type(p) is Node else x.value if isinstance(x, Term) else x
            for p, x in zip(node.parents, operands, strict=True)
        ]
        for i, x in enumerate(operands):
            for axis, n in enumerate(x.shape) if isinstance(x, Term) else ():
                of = leads(node, raws, i, axis) if type(n) is not int and n in shape else None
                if of is not None and type(shape[of]) is int and shape[of] == n:
                    shape[of] = n
        return tuple(shape)

    def _comparison(self, operand: Any) -> Term | None:
        """Booleans as what they were computed from, so that a program computes them anew; None where it is not
        known, or not part of this graph, or they have been changed since."""
        origin = origin_of(operand)
        try:
            found = None if origin is None else self._from_origin(origin)
        except LookupError:
            return None
        if found is None or not np.array_equal(found.value, operand):
            return None
        return found.but(shape=self.samples.shape(operand, operand.shape))  # type: ignore[no-any-return]

    def _from_origin(self, origin: Any) -> Any:
        """Raises LookupError for a node that this graph does not have."""
        if isinstance(origin, ref):
            origin = self._here(origin())
            if origin is None:  # nobody has kept it
                raise LookupError
        if type(origin) is Node and origin not in self.named and origin not in self.inline:
            raise LookupError
        if not isinstance(origin, Origin):
            return self.operand(origin)
        node = self._here(origin.node and origin.node())
        if node in self.named or node in self.inline:
            return self.operand(node)
        operands = tuple(map(self._from_origin, origin.operands))
        if not any(isinstance(x, Term) for x in operands):
            raise LookupError
        return Term.run(OPS[origin.function], operands, origin.params)

    def _here(self, operand: Any) -> Any:
        """The node of the copy for one that was recorded."""
        return self.copied.of.get(operand, operand) if type(operand) is Node else operand

    def read(self, x: Any, operand: Any) -> Any:
        """What a rule is given for a value or shape that it reads: the `wrap` of the sweep."""
        read = self.operand(operand)
        return self._shape(operand, read, x) if type(x) is tuple else read

    def _shape(self, operand: Any, read: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an operand, with the sizes of inputs in it where they are known."""
        known = operand.shape if type(operand) is Node else read.shape if isinstance(read, Term) else shape
        return self.samples.shape(operand, known if known == shape else shape)


def refuse_what_cannot_be_read(nodes: list[Node]) -> None:
    for node in nodes:
        if node.op is not None and node.op.name == "checkpoint":
            raise GraphError(
                "A checkpointed piece of the graph cannot be read as formulas, since it is not recorded. Call the "
                "function itself in place of autograd.checkpoint(function)."
            )
        if hooks_of(node):
            raise GraphError(
                f"{names.of(node) or 'A Tensor'} has a hook, and what a hook does to a gradient cannot be read as a "
                "formula. Remove it, or derive before it is registered."
            )


class Gradients(Observer):
    """The gradient of each node, by a sweep on Terms.

    of      node -> gradient
    edges   node -> the (consumer, position) that sent it a share, in the order of the sweep
    """

    def __init__(self, graph: Recorded, seed: Term) -> None:
        self.of: dict[Node, Term] = {graph.root: seed}
        self.edges: dict[Node, list[tuple[Node, int]]] = {}
        self._nodes = graph.nodes
        with Switched(alone=True), np.errstate(all="ignore"):
            reverse(graph.root, seed, wrap=graph.read, observers=(self,))

    def edge(self, node: Node, position: int, incoming: Any, contribution: Any, fitted: Any, total: Any) -> None:
        """See autograd.core.modes.Observer."""
        parent = node.parents[position]
        self.of[parent] = total if isinstance(total, Term) else Term(total)
        self.edges.setdefault(parent, []).append((node, position))

    def order(self) -> list[Node]:
        """The nodes as their gradients are complete: a node when it is visited, a leaf after the last share."""
        leaves: dict[Node, list[Node]] = {}
        for node, shares in self.edges.items():
            if node.op is None:
                leaves.setdefault(shares[-1][0], []).append(node)
        visited = (node for node in reversed(self._nodes) if node.op is not None and node in self.of)
        return [node for visit in visited for node in (visit, *leaves.get(visit, ()))]
