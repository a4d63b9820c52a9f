"""A matrix product as a call of BLAS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograd.read.native.plan import Gemm
from autograd.read.native.views import View, without_gaps

if TYPE_CHECKING:
    from autograd.read.native.loops import Memory


def gemm_lines(step: Gemm, memory: Memory) -> list[str]:
    """The calls: one for each index of the axes before the last two."""
    s, a, b = step.term, step.left, step.right
    (m, k), n = a.shape[-2:], b.shape[-1]
    letter = "s" if s.dtype == np.float32 else "d"
    name, batch = memory.array(s), np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a_flag, a_lead = _how(a)
    b_flag, b_lead = _how(b)
    shape = (*batch, m, n)
    out = without_gaps(shape)
    loops, at = _loops(batch)
    places = [_place(memory.array(x.base), x.onto((*batch, *x.shape[-2:]))[:-2], at, x.offset) for x in (a, b)]
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
