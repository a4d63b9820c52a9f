"""What a C file begins with: headers, Python's objects, long sums, the matrix product of BLAS; what is used of them."""

from __future__ import annotations

import re
from collections.abc import Collection

from autograd.read.native.objects import STRUCTS
from autograd.read.notation.native import LIBM

# What is used of each header.
_HEADERS = {
    "float.h": r"FLT_|DBL_",
    "math.h": rf"NAN|INFINITY|\b(fmaf?|{'|'.join(sorted(LIBM))})\(",
    "stdbool.h": r"\b(bool|true|false)\b",
    "stddef.h": r"ptrdiff_t",
    "stdint.h": r"\bu?int\w+_t\b",
    "stdlib.h": r"malloc",
    "string.h": r"mem(cpy|set)",
}
_TUPLE = "/* Python's objects, as far as they are looked into: a tuple, an array of NumPy. */\n"
_TUPLE += STRUCTS["PyObject"] + STRUCTS["Tuple"] + STRUCTS["Array"]
_OBJECTS = {
    "cg_array": """\
static inline void *cg_array(PyObject *objects, int i) { return ((Array *)((Tuple *)objects)->items[i])->data; }
""",
    "cg_are_plain": """\
/* Whether the first n objects are arrays with their entries one behind the other (1), each at a multiple of its size
 * (0x100), in the order of bytes of this machine (which their dtype says, and is asked before). */
static inline bool cg_are_plain(PyObject *objects, int n)
{
    bool all = true;
    for (int i = 0; i < n; i++) all &= (((Array *)((Tuple *)objects)->items[i])->flags & 0x101) == 0x101;
    return all;
}
""",
    "cg_number": f"""\
/* A float of Python's. */
{STRUCTS["Float"]}\
static inline double cg_number(PyObject *objects, int i) {{ return ((Float *)((Tuple *)objects)->items[i])->value; }}
""",
}
_SUM = """\
/* Sums of blocks, added up in pairs: the k-th number is the sum of 2^k blocks, if there is one. */
typedef struct {{ {type} sums[64]; uint64_t blocks; }} cg_sum{f};
static inline void cg_add{f}(cg_sum{f} *total, {type} block)
{{
    uint64_t n = total->blocks++;
    int k = 0;
    for (; n & 1; n >>= 1) block = total->sums[k++] + block;
    total->sums[k] = block;
}}
static inline {type} cg_total{f}(const cg_sum{f} *total)
{{
    {type} sum = 0;
    uint64_t n = total->blocks;
    for (int k = 0; n; n >>= 1, k++) if (n & 1) sum = total->sums[k] + sum;
    return sum;
}}
"""
_BLAS = """\
/* The matrix product C = A B of NumPy's own BLAS, whose address is set when this is loaded. It is told the order of the
 * entries, whether A and B are transposed, the rows of C, its columns, and the terms of each sum; then 1, A, B, 0, C,
 * and behind each array the distance from row to row. */
enum { ROWS = 101, AS_IT_IS = 111, TRANSPOSED = 112 };
"""
_GEMM = """\
typedef void (*cg_{f}gemm_type)(int, int, int, int64_t, int64_t, int64_t, {type}, const {type} *, int64_t,
    const {type} *, int64_t, {type}, {type} *, int64_t);
cg_{f}gemm_type cg_{f}gemm;
"""


def preamble(called: Collection[str], code: str) -> str:
    """What stands in front of the functions.

    called   the functions whose names begin with cg_ that the program calls
    code     the text that comes after it
    """
    objects = "\n".join([_TUPLE, *(text for name, text in _OBJECTS.items() if name in called)])
    sums = [_SUM.format(f=f, type=kind) for f, kind in (("", "double"), ("_f", "float")) if f"cg_sum{f}" in called]
    gemms = [_GEMM.format(f=f, type=t) for f, t in (("d", "double"), ("s", "float")) if f"cg_{f}gemm" in called]
    text = "\n".join([objects, *sums, *(["".join([_BLAS, *gemms])] if gemms else [])])
    headers = [f"#include <{name}>\n" for name, used in _HEADERS.items() if re.search(used, _bare(f"{text}{code}"))]
    return f"{''.join(headers)}\n{text}"


def _bare(code: str) -> str:
    """Without comments."""
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", code, flags=re.DOTALL)
