"""The row of an ONNX operator: the function that it is, of the engine's or made of the engine's.

    operator("Exp", np.exp)
    operator("Elu", lambda x, alpha=1.0: …)

A function takes the inputs of a node by position (None for one that is left out) and its attributes by name, with the
defaults of ONNX; in older versions some inputs were attributes of the same name, which a call does not tell apart. It
gives the output, or a tuple of them. Two arguments are told to a function that has them: `n_outputs`, how many outputs
are asked for, and `training`, whether the network is in training rather than evaluation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import numpy as np

import autograd as ag


@dataclass(frozen=True)
class Operator:
    """An operator from one version of ONNX on.

    name      as in ONNX
    function  what computes it
    since     the first version ("opset") in which it means this
    domain    "" for ONNX's own
    state     the positions of inputs that are not trained, as running means
    writes    functions of the engine's, for which it is written in a file: each with what makes its attributes of their
              parameters. Its own function need not be listed, if it is one of the engine's
    """

    name: str
    function: Callable[..., Any]
    since: int = 1
    domain: str = ""
    state: tuple[int, ...] = ()
    writes: Mapping[Any, Callable[..., dict[str, Any]]] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The arguments of its function; those of ufuncs are inputs alone."""
        if isinstance(self.function, np.ufunc):
            return {
                f"x{i}": inspect.Parameter(f"x{i}", inspect.Parameter.POSITIONAL_ONLY) for i in range(self.function.nin)
            }
        return dict(inspect.signature(self.function).parameters)

    def takes(self, attribute: str) -> bool:
        """Whether its function knows an attribute."""
        found = self.parameters.get(attribute)
        return found is not None and found.kind in (found.POSITIONAL_OR_KEYWORD, found.KEYWORD_ONLY)

    def misfits(self, inputs: Sequence[str], attributes: Collection[str]) -> Iterator[str]:
        """What of a node its function does not take, or needs and does not get, behind the name of the operator."""
        yield from (f"({name}=)" for name in attributes if not self.takes(name))
        parameters = self.parameters.values()
        if not any(p.kind is p.VAR_POSITIONAL for p in parameters):
            places = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
            given = {*places[: len(inputs)], *attributes}
            if any(inputs[len(places) :]):
                yield f" of {len(inputs)} inputs"
        else:
            given = set(attributes)
        for p in parameters:
            if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.name not in given:
                yield f" without {p.name}"


OPERATORS: dict[tuple[str, str], list[Operator]] = {}  # by domain and name, the newest first


def operator(name: str, function: Callable[..., Any], **facts: Any) -> Callable[..., Any]:
    """Enter the row of an operator."""
    row = Operator(name, function, **facts)
    rows = OPERATORS.setdefault((row.domain, name), [])
    rows.append(row)
    rows.sort(key=lambda r: -r.since)
    return function


def defines(name: str, **facts: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator: the function is the row of that operator."""
    return lambda function: operator(name, function, **facts)


def operator_of(domain: str, name: str, version: int) -> Operator | None:
    """The row of an operator in that version of ONNX, if there is one."""
    domain = "" if domain == "ai.onnx" else domain
    return next((row for row in OPERATORS.get((domain, name), ()) if row.since <= version), None)


# --- what rows are made of --------------------------------------------------------------------------------------------


def plain(x: Any) -> Any:
    """The value of a Tensor; anything else as it is. No gradient flows where the result depends on it in steps."""
    return x.data if type(x) is ag.Tensor else x


def ints(x: Any) -> tuple[int, ...]:
    """Axes, sizes or steps, whichever form they were given in.

    >>> ints(np.array([1, 2])), ints(3), ints([4])
    ((1, 2), (3,), (4,))
    """
    return tuple(int(n) for n in np.ravel(plain(x)))


def number(x: Any) -> int:
    """A single integer, given as one or as an array of one."""
    return int(np.reshape(plain(x), ()))


def like(out: Any, x: Any) -> Any:
    """A result of plain integers in their dtype, where NumPy has made it wider. Tensors keep their own."""
    dtype = getattr(x, "dtype", None)
    if isinstance(out, (np.ndarray, np.generic)) and dtype is not None and out.dtype != dtype:
        return out.astype(dtype)
    return out


def folded(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A function of two operands as one of several."""

    def of_several(*operands: Any) -> Any:
        out = operands[0]
        for x in operands[1:]:
            out = function(out, x)
        return out

    return of_several


def in_single(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that computes in single precision with floats of a type that NumPy does not have."""

    @wraps(function)
    def computed(*operands: Any, **options: Any) -> Any:
        kept = next((x.dtype for x in operands if getattr(x, "dtype", None) is not None and x.dtype.kind == "V"), None)
        if kept is None:
            return function(*operands, **options)
        return function(*(x.astype(np.float32) for x in operands), **options).astype(kept)

    return computed


def axes_of(axes: Any, ndim: int) -> tuple[int, ...]:
    """Axes counted from the front.

    >>> axes_of([-1, 0], 3)
    (2, 0)
    """
    return tuple(axis % ndim if ndim else axis for axis in ints(axes))


def along(axis: int, index: Any) -> tuple[Any, ...]:
    """`index` on one axis, all of the others."""
    return (*(slice(None),) * axis, index)
