"""A matrix product: with a short side in loops, else by BLAS. How it is planned, and how a call of BLAS is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.read.native import blas
from autograd.read.native.steps import Fold, Gemm, Short
from autograd.read.native.views import View, without_gaps
from autograd.read.term import Term

if TYPE_CHECKING:
    from autograd.read.native.loops import Memory

_SHORT = 8  # entries along the short side of a product that is formed in loops


def is_product(s: Term) -> bool:
    """Whether it is a matrix product that C can form."""
    if s.call is not np.matmul or s.params or not all(isinstance(x, Term) for x in s.operands):
        return False
    a, b = s.operands
    if not (a.dtype == b.dtype == s.dtype and s.dtype.name in ("float64", "float32") and s.dtype.isnative):
        return False
    if not (a.size and b.size and a.shape and b.shape):
        return False
    return a.shape[-1] <= _SHORT or blas.gemm(s.dtype) is not None


def planned(s: Term, a: View, b: View) -> Short | Fold | Gemm:
    """The step that forms the product of two views, which are matrices or vectors."""
    a = a if len(a.shape) > 1 else a._replace(shape=(1, *a.shape), strides=(0, *a.strides))
    b = b if len(b.shape) > 1 else b._replace(shape=(*b.shape, 1), strides=(*b.strides, 0))
    (m, k), n = a.shape[-2:], b.shape[-1]
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    *a_batch, am, ak = a.onto((*batch, m, k))
    *b_batch, bk, bn = b.onto((*batch, k, n))
    *out_batch, row, column = without_gaps((*batch, m, n))

    def left(shape: tuple[int, ...], *strides: int, offset: int = 0) -> View:
        return View(a.base, shape, (*a_batch, *strides), a.offset + offset)

    def right(shape: tuple[int, ...], *strides: int, offset: int = 0) -> View:
        return View(b.base, shape, (*b_batch, *strides), b.offset + offset)

    if k <= _SHORT:
        shape = (*batch, m, n)
        return Short(s, [_like(s, left(shape, am, 0)), _like(s, right(shape, 0, bn))], (ak, bk), k)
    if ak == 1 and bk == 1 and n <= _SHORT:
        shape = (*batch, m, k)
        dots = [(j * column, [left(shape, am, 1), right(shape, 0, 1, offset=j * bn)]) for j in range(n)]
        return Fold(s, shape, (*out_batch, row, 0), dots)
    if ak == 1 and bk == 1 and m <= _SHORT:
        shape = (*batch, n, k)
        dots = [(i * row, [left(shape, 0, 1, offset=i * am), right(shape, bn, 1)]) for i in range(m)]
        return Fold(s, shape, (*out_batch, column, 0), dots)
    return Gemm(s, left((*batch, m, k), am, ak), right((*batch, k, n), bk, bn))


def _like(s: Term, view: View) -> View:
    """A view of the result's axes, without those of size 1 that a product with a vector does not have."""
    shape, strides = list(view.shape), list(view.strides)
    a, b = s.operands
    if len(b.shape) == 1:
        del shape[-1], strides[-1]
    if len(a.shape) == 1:
        at = -1 if len(b.shape) == 1 else -2
        del shape[at], strides[at]
    return view._replace(shape=tuple(shape), strides=tuple(strides))


def gemm_lines(step: Gemm, memory: Memory) -> list[str]:
    """The calls: one for each index of the axes before the last two."""
    s, a, b = step.term, step.left, step.right
    (m, k), n = a.shape[-2:], b.shape[-1]
    letter = "s" if s.dtype == np.float32 else "d"
    name, batch = memory.variable(s), np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a_flag, a_lead = _how(a)
    b_flag, b_lead = _how(b)
    shape = (*batch, m, n)
    out = without_gaps(shape)
    loops, at = _loops(batch)
    places = [_place(memory.variable(x.base), x.onto((*batch, *x.shape[-2:]))[:-2], at, x.offset) for x in (a, b)]
    target = _place(name, out[:-2], at, 0)
    note = f"  // {s.name or 'product'} {s.shape}"
    call = (
        f"cg_{letter}gemm(ROWS, {a_flag}, {b_flag}, {m}, {n}, {k}, 1, {places[0]}, {a_lead}, "
        f"{places[1]}, {b_lead}, 0, {target}, {n});{note}"
    )
    return [*(f"{'    ' * i}{line}" for i, line in enumerate(loops)), "    " * len(loops) + call]


def _how(x: View) -> tuple[str, int]:
    """How BLAS is told to read a matrix: as it is or transposed, and how far apart its rows or columns are."""
    (m, n), (sm, sn) = x.shape[-2:], x.strides[-2:]
    if (sn == 1 or n == 1) and (m == 1 or sm >= n):
        return "AS_IT_IS", sm if m > 1 else n
    return "TRANSPOSED", sn if n > 1 else m


def _loops(batch: tuple[int, ...]) -> tuple[list[str], list[str]]:
    at = [f"i{axis}" for axis in range(len(batch))]
    return [f"for (int64_t {i} = 0; {i} < {n}; {i}++)" for i, n in zip(at, batch)], at


def _place(name: str, strides: tuple[int, ...], at: list[str], offset: int) -> str:
    terms = [f"{st}*{i}" for st, i in zip(strides, at) if st]
    return " + ".join([name, *([str(offset)] if offset else []), *terms])
