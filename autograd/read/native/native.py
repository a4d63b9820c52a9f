"""The pass that puts what C can do into C: Terms in, Terms out.

A region of a program is one Term, whose `call` is the C function; what others need of it are the parts of its result.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.read.native import blas, compiler
from autograd.read.native.emit import Function, c_name, function, program_text
from autograd.read.native.nested import Calls, Nested, calls
from autograd.read.native.regions import Region, regions
from autograd.read.native.wrapper import wrapped
from autograd.read.notation import row_of
from autograd.read.passes.expand import expanded, unless_nan
from autograd.read.term import Term, applied_to, in_order, never, rebuilt
from autograd.rules import binary_cross_entropy, getitem


class Native(NamedTuple):
    """A program with regions in C.

    outputs   what it gives, in place of the outputs it was made from
    text      the C file
    calls     how it is called in C alone; None where something is left to Python
    """

    outputs: list[Any]
    text: str
    calls: Calls | None = None


def native(outputs: Sequence[Any], name: str, whole: Nested | None = None) -> Native | None:
    """The program of these outputs with C where that pays; None where it nowhere does.

    whole   what C has to know of the arguments and the result to do all of it, where it can

    Raises NoCompiler.
    """
    with np.errstate(all="ignore"):
        roots = expanded(rebuilt(outputs, _for_loops, never), exact=True, stop=never)
    found = regions(roots)
    if not found:
        return None
    called = f"{c_name(name)}_program"  # which is not what a header of C declares, as exp is
    if whole is not None and _is_all(found, roots, whole.inputs):
        made = function(called, name, found[0].terms, whole.inputs, found[0].results)
        text = program_text([made])
        return Native(roots, text, calls(whole, roots, made, compiler.build(text)))
    functions = [
        function(f"{called}_{k + 1}" if len(found) > 1 else called, name, r.terms, r.inputs, r.results)
        for k, r in enumerate(found)
    ]
    text = program_text(functions)
    library = compiler.build(text)
    _link(library, text)
    return Native(_with_regions(roots, found, functions, [wrapped(f, library) for f in functions]), text)


def _is_all(found: Sequence[Region], roots: Sequence[Any], inputs: Sequence[Term]) -> bool:
    """Whether one region computes all that is not an argument or a constant, of nothing but the arguments."""
    (first, *others), given = found, set(inputs)
    known = given.union(first.results)
    return not others and given.issuperset(first.inputs) and all(r in known for r in roots if isinstance(r, Term))


def _for_loops(s: Term) -> Any:
    """A step in the form that loops compute it in."""
    if s.call is unless_nan:
        return _without_question(s)
    if s.call is np.matmul and all(isinstance(x, Term) and x.ndim == 1 for x in s.operands):
        a, b = map(_before_flattening, s.operands)
        if a.shape == b.shape:  # formed where the entries are computed
            return s.but(function="vdot", call=np.vdot, operands=(a, b))
    return s


def _before_flattening(x: Term) -> Term:
    """The array whose entries lie along one axis here, in their order."""
    if x.call is np.reshape and x.params.get("order", "C") == "C" and isinstance(x.operands[0], Term):
        return x.operands[0]
    return x


def _without_question(s: Term) -> Any:
    """A cost as C computes it: with 0·ln 0 as it counts, for which NumPy would need another pass."""
    cost = row_of(binary_cross_entropy).runs_as
    assert cost is not None
    result = cost(*s.operands[2:])
    return result.but(name=s.name, gradient=s.gradient)


def _link(library: ctypes.CDLL, text: str) -> None:
    """Set the addresses of NumPy's BLAS."""
    for letter, dtype in (("d", np.float64), ("s", np.float32)):
        if f"cg_{letter}gemm;" in text:
            ctypes.c_void_p.in_dll(library, f"cg_{letter}gemm").value = blas.gemm(np.dtype(dtype))


def _with_regions(
    roots: Sequence[Any],
    found: Sequence[Region],
    functions: Sequence[Function],
    calls: Sequence[Callable[..., Any]],
) -> list[Any]:
    """The roots with the regions as single Terms."""
    new: dict[Term, Any] = {}
    for region, made, call in zip(found, functions, calls, strict=True):
        _build(new, set(region.inputs))
        inputs = tuple(new[x] for x in made.inputs)
        whole = Term(np.zeros(max(len(made.results), 1)), function=made.name, call=call, operands=inputs)
        for k, s in enumerate(made.results):
            new[s] = s.but(function="getitem", call=getitem, operands=(whole,), params={"index": k})
    _build(new, {r for r in roots if isinstance(r, Term)})
    return [new[r] if isinstance(r, Term) else r for r in roots]


def _build(new: dict[Term, Any], wanted: set[Term]) -> None:
    """Enter into `new` what NumPy computes of what is there, as far as it is wanted."""
    for s in in_order(wanted, lambda s: s in new):
        if s not in new:
            new[s] = applied_to(s, lambda x: new[x])
