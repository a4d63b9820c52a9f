"""What a model computes, for any number of samples: its steps for three numbers of them, compared.

A model is run on stand-ins for arrays of m samples, each time with another m. What is the same in all runs does not
depend on m; an integer that differs is k·m + c. So nothing needs to be known of layers, and what depends on m in
another way is refused rather than frozen at the m of an example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.op import OPS
from autograd.read.notation import row_of
from autograd.read.standin import StandIn, TracedTerm
from autograd.read.term import Term, in_order, never, rebuilt
from autograd.read.trace import trace
from nn.buffers import buffers_apart
from nn.module import Module

COUNTS = 5, 7, 11  # of samples; three, so that m² is not taken for k·m + c


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
    return _Comparison().of([inputs for inputs, _ in runs], [outputs for _, outputs in runs])


def _run(model: Module, arrays: Sequence[Any], known: Callable[[Any], bool]) -> tuple[list[TracedTerm], list[Any]]:
    """The inputs and what comes out, as Terms."""
    stand_ins = [StandIn(x, f"X{i + 1}" if len(arrays) > 1 else "X") for i, x in enumerate(arrays)]
    buffers = {buffer: buffer.value for _, buffer in model.named_buffers()}

    def computed(*inputs: Any) -> Any:
        with ag.no_grad(), buffers_apart(buffers):
            out = model(*inputs)
        for result in out if isinstance(out, (tuple, list)) else [out]:
            if isinstance(result, ag.Tensor) and isinstance(result.data, StandIn) and result.data.traced.name is None:
                result.data.traced.name = result.name
        return out

    with model.mode(training=False):
        did = trace(computed, tuple(stand_ins), {}, stand_ins, naming=False)
    if isinstance(did.structure, dict) or did.draws:
        raise ag.Unsupported(
            "nn.onnx.save needs a model that gives arrays and draws no random numbers in evaluation. Return an array, "
            "or a tuple of them, and draw only where self.training is True."
        )
    return did.inputs, _in_known_steps(did.outputs, known)


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
    """The runs, gone through side by side. What is said of `some` is said of one thing in each run."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, ...], Value] = {}

    def of(self, inputs: Sequence[Sequence[Term]], outputs: Sequence[Sequence[Any]]) -> Program:
        """The one program of all runs."""
        steps = [[term for term in in_order(out, never) if term.call] for out in outputs]
        called = [[term.call for term in run] for run in steps]
        if any(other != called[0] for other in called):
            raise ag.Unsupported(
                "nn.onnx.save needs a model that computes the same steps for any number of samples, but this one does "
                f"not, for {_COUNTED}. Decide by something else than their number."
            )
        for some in (*zip(*inputs, strict=True), *zip(*steps, strict=True)):
            self.found[tuple(map(id, some))] = self.value(some)
        return Program(
            [self.found[tuple(map(id, some))] for some in zip(*steps, strict=True)],
            [self.found[tuple(map(id, some))] for some in zip(*inputs, strict=True)],
            [self.same(some) for some in zip(*outputs, strict=True)],
        )

    def value(self, some: Sequence[Term]) -> Value:
        """A step of all runs."""
        params = {name: self.same([term.params[name] for term in some]) for name in some[0].params}
        operands = self.same([term.operands for term in some])
        shape = self.same([tuple(term.shape) for term in some])
        return Value(some[0].call, operands, params, shape, kind_of_numbers(some[0]), some[0].name)

    def same(self, some: Sequence[Any]) -> Any:
        """What is in all these places."""
        one, kinds = some[0], {*map(type, some)}
        if any(isinstance(x, Term) for x in some):
            found = self.found.get(tuple(map(id, some)))
            if found is None:
                raise _depends(some)
            return found
        if kinds in ({tuple}, {list}) and len({*map(len, some)}) == 1:
            return type(one)(self.same(parts) for parts in zip(*some, strict=True))
        if kinds == {slice}:
            return slice(*(self.same([getattr(x, name) for x in some]) for name in ("start", "stop", "step")))
        if kinds == {np.ndarray}:
            return self.array(some)
        if all(x is one or x == one or (x != x and one != one) for x in some):
            return one
        if all(isinstance(x, (int, np.integer)) for x in some):
            factor, rest = divmod(int(some[1]) - int(one), COUNTS[1] - COUNTS[0])
            more = int(one) - factor * COUNTS[0]
            if not rest and all(factor * m + more == x for m, x in zip(COUNTS, some, strict=True)):
                return Size(factor, more)
        raise _depends(some)

    def array(self, some: Sequence[Any]) -> Any:
        """An array in all these places."""
        one = some[0]
        if all(x is one or _equal(x, one) for x in some):
            return one
        if len({x.ndim for x in some}) == 1:
            sizes = list(zip(*(x.shape for x in some), strict=True))
            first = tuple(slice(0, 1) if len({*n}) > 1 else slice(None) for n in sizes)
            if all(_equal(x, np.broadcast_to(one[first], x.shape)) for x in some):
                return Repeated(one[first], self.same([x.shape for x in some]))
        raise _depends(some)


def _equal(x: Any, y: Any) -> bool:
    return x.dtype == y.dtype and np.array_equal(x, y, equal_nan=x.dtype.kind == "f")


def kind_of_numbers(x: Any) -> str:
    """What kind of numbers an array, a number or a Term holds: "f", "i" or "b"."""
    found = str((x if isinstance(x, Term) else np.asarray(x)).dtype.kind)
    return {"u": "i"}.get(found, found)


_COUNTED = f"{', '.join(map(str, COUNTS[:-1]))} and {COUNTS[-1]} of them"


def _depends(some: Sequence[Any]) -> ag.Unsupported:
    said = [f"an array {x.shape}" if isinstance(x, (np.ndarray, Term)) else f"{x!r:.40}" for x in some]
    return ag.Unsupported(
        f"nn.onnx.save needs a model whose numbers do not depend on the number of samples, but for {_COUNTED} it uses "
        f"{', '.join(said[:-1])} and {said[-1]}. Compute it from the values themselves, as by np.mean."
    )
