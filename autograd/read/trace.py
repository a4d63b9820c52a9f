"""Reading a program off a function: f is called once with arguments that only stand for arrays, and every step is kept.

The stand-ins are Terms, so an operation on them is run and remembered; Tensors made of them record as always, and a
sweep runs the very rules of the table on them. What comes out is f as a graph of Terms: forward, backward and
whatever f does with both. It has no values: those of the call are gone with it.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from autograd.core.draws import current_generator
from autograd.core.fitting import settle
from autograd.core.modes import Observer, Switched
from autograd.core.node import Constant, Node, next_index
from autograd.errors import GraphError, describe
from autograd.read.standin import StandIn, TracedTerm, kept
from autograd.read.term import Term
from autograd.read.variables import Variables
from autograd.tensor import Tensor
from autograd.transforms.tree import flatten

# Whose variables give no names: the engine's, NumPy's and Python's own.
_OTHERS = (
    str(Path(__file__).resolve().parents[1]),
    np.__path__[0],
    os.path.dirname(os.__file__),
    "<",
)


class Trace(NamedTuple):
    """What a function did when it was called with stand-ins.

    inputs     the TracedTerms that its stand-ins leave, one for each array or number of the arguments, in order
    outputs    what f returned, flattened: TracedTerms, and what did not depend on the arguments
    structure  of what f returned
    tensors    for each output whether it was a Tensor
    names      what the values are called: by name=, by nn, by the variables of f; gradients after what they belong to
    draws      random numbers that it drew, and what draws them anew
    state      each question that it asked about state from outside: what about, and the first answer
    """

    inputs: list[TracedTerm]
    outputs: list[Any]
    structure: Any
    tensors: list[bool]
    names: dict[TracedTerm, str]
    draws: list[tuple[TracedTerm, Callable[[], Any]]]
    state: dict[Callable[[], Any], tuple[str, Any]]


def trace(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], inputs: list[StandIn], naming: bool = True
) -> Trace:
    """Call f, whose arguments have the stand-ins `inputs` in them, and keep what it does.

    naming   whether the variables of f are looked at for names, which takes time

    Raises GraphError where f uses a Tensor from outside, or asks for values (a subclass, Undecided).
    """
    observer = _Observer()
    given, _ = flatten((args, kwargs))
    with (
        Switched(record=True, observer=observer, alone=True),
        observer.variables.watched() if naming else nullcontext(),
    ):
        out = f(*args, **kwargs)
    left, _ = flatten((args, kwargs))
    if len(left) != len(given) or any(a is not b for a, b in zip(left, given)):
        raise GraphError(
            "f changes a list or a dict that it was given, which a compiled program would do only once. Return the new "
            "values instead: state = step(state)."
        )
    leaves, structure = flatten(out)
    _of_use(leaves, structure)
    outputs = [kept(x.data if type(x) is Tensor else x) for x in leaves]
    tensors = [type(x) is Tensor for x in leaves]
    names, given = observer.names(), [x.traced for x in inputs]
    return Trace(given, outputs, structure, tensors, names, observer.draws, observer.state)


def _of_use(leaves: list[Any], structure: Any) -> None:
    """Raise GraphError where f returned what a program cannot give."""
    for leaf in leaves:
        if type(leaf) is slice or isinstance(leaf, (set, frozenset)):
            raise GraphError(f"f returned a {type(leaf).__name__}; return arrays, numbers, lists, tuples and dicts.")
    waiting = [structure]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict) and any(isinstance(k, Term) for k in part):
            raise GraphError("f returned a dict with values as keys; keys have to be the same at every call.")
        waiting += part.values() if isinstance(part, dict) else part if isinstance(part, (list, tuple)) else ()


class _Observer(Observer):
    """Who looks on while f runs: refuses Tensors from outside, and finds names.

    It keeps TracedTerms, and the numbers of nodes: neither holds a value or a graph for longer than f does.
    """

    hides_values = True

    def __init__(self) -> None:
        self.start = next_index()
        self.results: dict[int, TracedTerm] = {}  # of each recorded operation, by the number of its node
        self.called: dict[int, str | None] = {}  # what nodes are called
        self.gradients: list[tuple[int, TracedTerm]] = []  # each time that a gradient grew, what it became
        self.draws: list[tuple[TracedTerm, Callable[[], Any]]] = []
        self.state: dict[Callable[[], Any], tuple[str, Any]] = {}
        self.variables = Variables(_traced_in, _OTHERS)

    def recorded(self, node: Node | None, what: str, operands: Any, raws: Any, out: Any) -> None:
        """See autograd.core.modes.Observer."""
        if node is None:
            return
        for parent in node.parents:
            if type(parent) is Node and parent.index < self.start:
                raise GraphError(
                    f"f uses {describe(parent, parent.name or 'a Tensor')} from outside. A compiled program would go "
                    "on with the numbers that it has now; make it an argument of f (plain arrays: t.data)."
                )
        if type(out) is StandIn:
            self.results[node.index] = out.traced

    def named(self, node: Node | Constant) -> None:
        """See autograd.core.modes.Observer."""
        if type(node) is Node:
            self.called[node.index] = node.name

    def drawn(self, draw: Callable[..., Any], rng: Any, name: str | None) -> Callable[..., Any]:
        """See autograd.core.modes.Observer. An example shows shape and dtype; the generator itself is left alone."""
        stand_in = StandIn(settle(draw(copy.deepcopy(current_generator(rng)))), name or "drawn")
        self.draws.append((stand_in.traced, lambda: draw(current_generator(rng))))
        return lambda _rng: stand_in

    def asked(self, what: str, question: Callable[[], Any], answer: Any) -> None:
        """See autograd.core.modes.Observer. Of a state that f changes itself, the answer before that is what counts."""
        self.state.setdefault(question, (what, answer))

    def edge(self, node: Node, position: int, incoming: Any, contribution: Any, fitted: Any, total: Any) -> None:
        """See autograd.core.modes.Observer."""
        parent = node.parents[position]
        grown = _traced_in(total)
        if grown is not None:
            self.gradients.append((parent.index, grown))
        if parent.op is None and parent.index not in self.called:
            self.called[parent.index] = parent.name or (parent.out.name if isinstance(parent.out, Term) else None)

    def names(self) -> dict[TracedTerm, str]:
        """The names of the program's values, in the order in which they came up."""
        found = self._found()
        came_up = dict.fromkeys([*self.results.values(), *(s for _, s in self.gradients), *found])
        return {s: found[s] for s in came_up if s in found}

    def _found(self) -> dict[TracedTerm, str]:
        found: dict[TracedTerm, str] = {}
        for index, out in self.results.items():
            name = self.called.get(index)
            if name:
                found.setdefault(out, name)
        for name, values in self.variables.bound().items():
            fresh = [s for s in values if s.name is None and s not in found]
            for k, step in enumerate(fresh):
                found[step] = name if len(fresh) == 1 else f"{name}{k + 1}"
        for index, total in dict(self.gradients).items():  # of a gradient that grew, what it became at last
            of = found.get(self.results[index]) if index in self.results else self.called.get(index)
            if of and total.name is None:
                found[total] = f"d{of}"
        return found


def _traced_in(value: Any) -> TracedTerm | None:
    """What is kept of a Tensor's value, or of a stand-in itself."""
    if type(value) is Tensor:
        value = value._value
    return value.traced if type(value) is StandIn else value if type(value) is TracedTerm else None
