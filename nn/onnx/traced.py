"""What a model computes, for any number of samples: its steps for two numbers of them, compared.

A model is run on stand-ins for arrays of m samples, twice with another m. What is the same in both runs does not depend
on m; an integer that differs is k·m + c. So nothing needs to be known of layers, and what depends on m in another way
is refused rather than frozen at the m of an example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.op import OPS
from autograd.read.notation import row_of
from autograd.read.term import Term, in_order, never, rebuilt
from autograd.read.trace import StandIn, trace
from nn.buffers import buffers_apart
from nn.module import Module

COUNTS = 7, 11  # of samples; sizes that have nothing to do with them are rarely both


@dataclass(frozen=True)
class Size:
    """factor · m + more: an integer that depends on the number of samples."""

    factor: int
    more: int


@dataclass(frozen=True)
class Repeated:
    """An array whose slices along some axes are all the same one: `array` has size 1 there, and is to have `shape`."""

    array: Any
    shape: tuple[Any, ...]


@dataclass(eq=False)
class Value:
    """A step, or an input, where `call` is None.

    call       the operation as users call it: np.tanh, autograd.sigmoid
    operands   Values, arrays, numbers, Repeated
    params     axis=, keepdims= …, with Sizes in them
    kind       "f", "i" or "b": floating, integer, boolean
    name       of an input or a result
    """

    call: Callable[..., Any] | None
    operands: tuple[Any, ...]
    params: dict[str, Any]
    shape: tuple[Any, ...]
    kind: str
    name: str | None = None


@dataclass(frozen=True)
class Program:
    """All steps in order, and what goes in and out."""

    steps: Sequence[Value]
    inputs: Sequence[Value]
    outputs: Sequence[Any]


def program(model: Module, examples: Sequence[Any], known: Callable[[Any], bool]) -> Program:
    """What a model does in evaluation.

    examples   arrays with one sample along the last axis, one for each input
    known      which functions may be steps; others are written out by what they are made of, as far as that is known
    """
    runs = [_run(model, [np.repeat(x, m, axis=-1) for x in examples], known) for m in COUNTS]
    (inputs, outputs), (others, other_outputs) = runs
    return _Comparison().of(inputs, others, outputs, other_outputs)


def _run(model: Module, arrays: Sequence[Any], known: Callable[[Any], bool]) -> tuple[list[StandIn], list[Any]]:
    """Stand-ins for the inputs, and what comes out as Terms."""
    stand_ins = [StandIn(x, f"X{i + 1}" if len(arrays) > 1 else "X") for i, x in enumerate(arrays)]
    buffers = {buffer: buffer.value for _, buffer in model.named_buffers()}

    def computed(*inputs: Any) -> Any:
        with ag.no_grad(), buffers_apart(buffers):
            out = model(*inputs)
        for result in out if isinstance(out, (tuple, list)) else [out]:
            if isinstance(result, ag.Tensor) and isinstance(result.data, Term) and result.data.name is None:
                result.data.name = result.name
        return out

    with model.mode(training=False):
        did = trace(computed, tuple(stand_ins), {}, stand_ins, naming=False)
    if isinstance(did.structure, dict) or did.draws:
        raise ag.Unsupported(
            "nn.onnx.save needs a model that gives arrays and draws no random numbers in evaluation. Return an array, "
            "or a tuple of them, and draw only where self.training is True."
        )
    return stand_ins, _in_known_steps(did.outputs, known)


def _in_known_steps(outputs: list[Any], known: Callable[[Any], bool]) -> list[Any]:
    """The same computations with functions of the engine's own written out by their kernels where they are not known.

    Raises autograd.Unsupported with all functions that remain.
    """

    def opened(term: Term) -> Any:
        if term.call is None or known(term.call) or not row_of(term.call).expands:
            return term
        found = OPS[term.call].kernel(*term.operands, **term.params)
        return found.but(name=term.name) if isinstance(found, Term) and term.name else found

    while True:
        unknown = {t.call for t in in_order(outputs, never) if t.call and not known(t.call)}
        if not any(row_of(function).expands for function in unknown):
            break
        with np.errstate(all="ignore"):
            outputs = rebuilt(outputs, opened, never)
    if unknown:
        names = ", ".join(sorted(function.__name__ for function in unknown))
        raise ag.Unsupported(
            f"nn.onnx.save needs functions that ONNX has a counterpart for, but this model computes {names}. "
            "Use other functions in it."
        )
    return outputs


class _Comparison:
    """Two runs, gone through side by side."""

    def __init__(self) -> None:
        self.found: dict[int, Value] = {}

    def of(
        self, inputs: Sequence[Term], others: Sequence[Term], outs: Sequence[Any], other_outs: Sequence[Any]
    ) -> Program:
        """The one program of both."""
        for one, other in zip(inputs, others, strict=True):
            self.found[id(one)] = self.value(one, other)
        steps, other_steps = ([t for t in in_order(o, never) if t.call] for o in (outs, other_outs))
        if [t.call for t in steps] != [t.call for t in other_steps]:
            raise ag.Unsupported(
                "nn.onnx.save needs a model that computes the same steps for any number of samples, but this one "
                f"computes others for {COUNTS[0]} than for {COUNTS[1]}. Decide by something else than their number."
            )
        for one, other in zip(steps, other_steps, strict=True):
            self.found[id(one)] = self.value(one, other)
        return Program(
            [self.found[id(t)] for t in steps],
            [self.found[id(t)] for t in inputs],
            [self.same(one, other) for one, other in zip(outs, other_outs, strict=True)],
        )

    def value(self, one: Term, other: Term) -> Value:
        """A step of both."""
        params = {k: self.same(v, other.params[k]) for k, v in one.params.items()}
        operands = self.same(one.operands, other.operands)
        kind = {"u": "i"}.get(one.dtype.kind, one.dtype.kind)
        return Value(one.call, operands, params, self.same(tuple(one.shape), tuple(other.shape)), kind, one.name)

    def same(self, one: Any, other: Any) -> Any:
        """What is in both places."""
        if isinstance(one, Term):
            return self.found[id(one)]
        if isinstance(one, (tuple, list)) and type(one) is type(other) and len(one) == len(other):
            return type(one)(self.same(a, b) for a, b in zip(one, other, strict=True))
        if isinstance(one, slice):
            return slice(*(self.same(getattr(one, k), getattr(other, k)) for k in ("start", "stop", "step")))
        if isinstance(one, np.ndarray):
            return self.array(one, other)
        if one is other or one == other or (one != one and other != other):
            return one
        if isinstance(one, (int, np.integer)) and isinstance(other, (int, np.integer)):
            factor, rest = divmod(int(other) - int(one), COUNTS[1] - COUNTS[0])
            if not rest:
                return Size(factor, int(one) - factor * COUNTS[0])
        raise _depends(one, other)

    def array(self, one: Any, other: Any) -> Any:
        """An array in both places."""
        if one is other or (one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")):
            return one
        if one.ndim == other.ndim:
            differ = [i for i, (a, b) in enumerate(zip(one.shape, other.shape, strict=True)) if a != b]
            small, same = (
                x[tuple(slice(0, 1) if i in differ else slice(None) for i in range(x.ndim))] for x in (one, other)
            )
            if np.array_equal(small, same) and all((x == small).all() for x in (one, other)):
                return Repeated(small, self.same(one.shape, other.shape))
        raise _depends(one, other)


def _depends(one: Any, other: Any) -> ag.Unsupported:
    said = [f"an array {x.shape}" if isinstance(x, np.ndarray) else f"{x!r:.40}" for x in (one, other)]
    return ag.Unsupported(
        f"nn.onnx.save needs a model whose numbers do not depend on the number of samples, but for {COUNTS[0]} of them "
        f"it uses {said[0]}, and for {COUNTS[1]} {said[1]}. Compute it from the values themselves, as by np.mean."
    )
