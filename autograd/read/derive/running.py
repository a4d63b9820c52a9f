"""The lines of the program that runs: what is safe in floats; where the line as it is read is that, but for how it is
written, the line as it is read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.core.node import Node
from autograd.read.derive.alike import alike
from autograd.read.derive.backward import Recorded
from autograd.read.passes import through, to_be_run
from autograd.read.passes.simplify import Known
from autograd.read.sizes import has_sizes
from autograd.read.term import Term, in_order, never, rebuilt


class Running(NamedTuple):
    """bodies: the right side of each line as the program computes it; as_read: those in which it is the form read."""

    bodies: dict[Node, Term]
    as_read: set[Node]


def values_by_name(graph: Recorded) -> dict[Term, Term]:
    """The Term of each value that has a name, with what it was computed from beneath it."""
    values: dict[Term, Term] = {}
    for node in graph.named:
        if node.op is not None:
            (body,) = rebuilt([graph.inline[node]], lambda s: values.get(s, s))
            values[graph.named[node]] = body.but(name=graph.named[node].name)
    return values


def running(graph: Recorded, drafts: dict[Node, Term], read: dict[Node, Term], m: Term | None, known: Known) -> Running:
    """The right side of each line as the program computes it.

    drafts   the gradients as the sweep has them, with names
    read     the right side of each line as it is read
    m        the number of samples
    known    the number that a sum over data comes to, or None
    """
    values = values_by_name(graph)
    linked = rebuilt(list(drafts.values()), lambda s: values.get(s, s), never)
    safe = through(to_be_run(m, known), linked)
    bodies = {node: s.but(name=None, gradient=False) for node, s in zip(drafts, safe, strict=True)}
    read = dict(zip(read, rebuilt(list(read.values()), _of_python), strict=True))
    as_read = {node for node, body in bodies.items() if alike(read[node], body, m)}
    taken = {node for node in as_read if not _has_numbers_of_this_run(read[node], bodies[node])}
    return Running({node: read[node] if node in taken else body for node, body in bodies.items()}, as_read)


def _has_numbers_of_this_run(read: Term, body: Term) -> bool:
    """Whether a line as it is read has numbers where the program has sizes of inputs. In the shape of a number that is
    repeated they do not count, unless it is read as a repeated one too.
    """
    repeats = any(map(_repeats_a_number, in_order([read])))
    return has_sizes(body, but=never if repeats else _repeats_a_number)


def _repeats_a_number(s: Term) -> bool:
    return s.call is np.broadcast_to and np.shape(s.operands[0]) == ()


def _of_python(s: Term) -> Term:
    """Numbers as Python's, which leave single precision as it is."""
    if s.call is None and s.name is None and type(s.value) is np.float64:
        return s.but(value=float(s.value))
    if any(type(x) is np.float64 for x in s.operands):
        return s.but(operands=tuple(float(x) if type(x) is np.float64 else x for x in s.operands))
    return s
