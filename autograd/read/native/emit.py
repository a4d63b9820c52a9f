"""A region of a program as one C function: its inputs and results, its memory, its steps.

The function gets one tuple of Python's objects: arrays that have no gaps, and numbers; then the arrays that results go
to. So a call costs little. Memory for what lies between is taken for each call, and shared by what is not needed at the
same time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from autograd.read.naming import FreeNames
from autograd.read.native.functions import functions, names as own_functions
from autograd.read.native.kinds import c_type, type_of
from autograd.read.native.loops import INDICES, NestWriter
from autograd.read.native.plan import Gemm, Nest, Plan, Planner, Short, bytes_of
from autograd.read.native.products import gemm_lines
from autograd.read.native.straight import in_parts, is_straight
from autograd.read.notation.native import LIBM
from autograd.read.term import Term

_ALIGNED = 64  # bytes: a line of the cache
_ON_STACK = 16384  # bytes of memory for one call that need not be asked for
# What a variable must not be called: words of C, what a function has variables for itself, types and functions that are
# named in it, macros in small letters. Other functions of C's headers may be hidden by a variable.
_WORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false
    asm typeof main objects numbers values scratch whole linux unix malloc free PyObject
    int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t
"""
_RESERVED = {*_WORDS.split(), *INDICES, *LIBM, *own_functions()}
_MACRO = re.compile(r"[A-Z][A-Z0-9_]{2,}")  # as NAN, INT64_MAX


@dataclass(frozen=True)
class Function:
    """A C function for a region.

    name      of the function
    text      its definition
    inputs    the Terms that it is given, in order
    results   the Terms that it gives, arrays before numbers
    """

    name: str
    text: str
    inputs: list[Term]
    results: list[Term]


def c_name(name: str) -> str:
    """A name in the letters that C has everywhere, and not one of ours.

    >>> c_name("σ1"), c_name("dZ2"), c_name("a b"), c_name("M_PI"), c_name("cg_exp")
    ('sigma1', 'dZ2', 'a_b', 'M_PI_', 'xcg_exp')
    """
    spelled = "".join(c if c.isascii() else unicodedata.name(c, "u").split()[-1].lower() for c in name)
    text = re.sub(r"\W", "_", spelled, flags=re.ASCII)
    if _MACRO.fullmatch(text):
        text += "_"
    return f"x{text}" if not text or text[0].isdigit() or text.lower().startswith("cg_") else text


def function(name: str, about: str, terms: Sequence[Term], inputs: Sequence[Term], results: Sequence[Term]) -> Function:
    """The C function that computes these Terms, which are in order."""
    planner = Planner(set(results))
    for s in terms:
        planner.add(s)
    arrays, numbers = [s for s in results if s.shape], [s for s in results if not s.shape]
    writer = _FunctionWriter(planner.plan, inputs, arrays, numbers)
    return Function(name, writer.text(name, about), list(inputs), [*arrays, *numbers])


class _FunctionWriter:
    """Gives out variables and memory, and writes the steps. See loops.Memory."""

    def __init__(self, plan: Plan, inputs: Sequence[Term], arrays: Sequence[Term], numbers: Sequence[Term]) -> None:
        self.plan, self.inputs, self.arrays, self.numbers = plan, inputs, arrays, numbers
        self._free = FreeNames(_RESERVED)
        self._variables: dict[Term, str] = {}
        for s in (*inputs, *arrays):
            self._variables[s] = self._free.new(c_name(s.name or "out"))
        self._results = set(arrays)
        self._last = self._last_uses()
        self._instead = self._places()
        self._now = 0

    # --- variables ------------------------------------------------------------------------------------------------

    def new(self, wanted: str) -> str:
        """See loops.Memory."""
        return self._free.new(c_name(wanted))

    def array(self, base: Term) -> str:
        """See loops.Memory."""
        while base in self._instead:
            base = self._instead[base]
        return self.number(base)

    def number(self, base: Term) -> str:
        """See loops.Memory."""
        if base not in self._variables:
            self._variables[base] = self.new(base.name or "t")
        return self._variables[base]

    def is_kept(self, base: Term) -> bool:
        """See loops.Memory."""
        return base in self.plan.kept

    def gives_way(self, base: Term) -> bool:
        """See loops.Memory."""
        return base in self._instead and self._last[base] == self._now

    # --- memory ---------------------------------------------------------------------------------------------------

    def _last_uses(self) -> dict[Term, int]:
        """The last step that reads each array."""
        last: dict[Term, int] = {}
        for i, step in enumerate(self.plan.steps):
            parts = step.parts if isinstance(step, Nest) else []
            views = [v for p in parts for v, _ in p.reads(step.shape)] if isinstance(step, Nest) else []
            views += [step.left, step.right] if isinstance(step, Gemm) else []
            last.update({v.base: i for v in views})
        return last

    def _places(self) -> dict[Term, Term]:
        """What is kept in the place of something that is written when it has just been read for the last time."""
        instead: dict[Term, Term] = {}
        for i, step in enumerate(self.plan.steps):
            if isinstance(step, Nest) and step.shape:
                free = self._free_after(step, i, instead)
                for s in (entry.term for entry in step.entries if entry.term in self.plan.kept):
                    fitting = next((base for base in free if base.dtype == s.dtype), None)
                    if fitting is not None:
                        free = [x for x in free if x is not fitting]
                        instead[fitting] = s
        return instead

    def _free_after(self, nest: Nest, i: int, instead: dict[Term, Term]) -> list[Term]:
        """The arrays between steps that this nest is the last to read, and reads only where it writes."""
        reads: dict[Term, bool] = {}
        for part in nest.parts:
            for view, _ in part.reads(nest.shape):
                here = not isinstance(part, Short) and nest.is_local(view, {view.base})
                reads[view.base] = reads.get(view.base, True) and here
        place, kept = self.plan.place, self._results | instead.keys()
        return [
            x for x, here in reads.items() if here and x in place and place[x] < i == self._last[x] and x not in kept
        ]

    def _scratch(self) -> tuple[list[str], int]:
        """Declarations of the arrays in memory that is taken for the call, and how many bytes that is."""
        kept = {s for s in self.plan.kept if s.shape and s not in self._results}
        spans: dict[Term, tuple[int, int]] = {}
        for s in kept:
            home = s
            while home in self._instead:
                home = self._instead[home]
            if home in self._results:
                continue
            start, end = spans.get(home, (len(self.plan.steps), 0))
            spans[home] = min(start, self.plan.place[s]), max(end, self._last.get(s, self.plan.place[s]))
        placed: list[tuple[int, int, Term]] = []
        for s in sorted(spans, key=lambda s: (-bytes_of(s), spans[s])):
            size = -(-max(bytes_of(s), 1) // _ALIGNED) * _ALIGNED
            others = sorted((a, b) for a, b, t in placed if spans[t][0] <= spans[s][1] and spans[s][0] <= spans[t][1])
            at = 0
            for a, b in others:
                if at + size <= a:
                    break
                at = max(at, b)
            placed.append((at, at + size, s))
        lines = []
        for at, _, s in sorted(placed, key=lambda p: spans[p[2]]):
            kind = c_type(type_of(s))
            lines.append(f"{kind} *restrict {self.number(s)} = ({kind} *)(scratch + {at});  // {s.shape}")
        return lines, max((end for _, end, _ in placed), default=0)

    # --- the text -------------------------------------------------------------------------------------------------

    def text(self, name: str, about: str) -> str:
        """The whole function, in front of it those that long calculations are done in."""
        written: list[list[str]] = []
        declared, size = self._scratch()
        for i, step in enumerate(self.plan.steps):
            self._now = i
            written.append(gemm_lines(step, self) if isinstance(step, Gemm) else NestWriter(step, self).lines())
        given, last = self._unpacked(), [*self._numbers(), *self._freed(size), "return 0;"]
        parts: list[str] = []
        for i in reversed(range(len(written))):
            if is_straight(written[i]):
                later = "\n".join(line for lines in written[i + 1 :] for line in lines)
                before = [*declared, *(line for lines in written[:i] for line in lines)]
                functions, written[i], last = in_parts(
                    written[i], _declared(given), before, f"{name}_part_{i + 1}", self.new("values"), later, last
                )
                parts = functions + parts
        steps = [line for lines in written for line in ("", *lines)]
        body = [*self._memory(size), *declared, *steps, *last]
        body = [*(_needed(given, body) if parts else given), *body]
        inside = "\n".join(f"    {line}" if line else "" for line in body)
        return "\n".join([*parts, f"/* {_within_comment(about)} */\nint {name}(PyObject *objects)\n{{\n{inside}\n}}\n"])

    def _unpacked(self) -> list[str]:
        """The variables of what is given."""
        lines, checks = [], []
        for i, s in enumerate((*self.inputs, *self.arrays)):
            kind, name = c_type(type_of(s)), self.number(s)
            if not s.shape:
                lines.append(f"const {kind} {name} = cg_number(objects, {i});")
                continue
            is_input = i < len(self.inputs)
            const = "const " if is_input else ""
            lines.append(f"{const}{kind} *restrict {name} = cg_array(objects, {i});  // {s.shape}")
            checks += [str(i)] if is_input else []
        at = len(self.inputs) + len(self.arrays)
        if self.numbers:
            lines.append(f"double *restrict numbers = cg_array(objects, {at});")
        test = [f"if (!cg_is_plain(objects, {i})) return 1;" for i in checks]
        return [*test, *lines]

    def _memory(self, size: int) -> list[str]:
        if not size:
            return []
        if size <= _ON_STACK:
            return [f"_Alignas({_ALIGNED}) char scratch[{size}];"]
        return [
            f"char *scratch = malloc({size} + {_ALIGNED});",
            "if (!scratch) return 2;",
            "void *whole = scratch;",
            f"scratch += {_ALIGNED} - (uintptr_t)scratch % {_ALIGNED};",
        ]

    def _freed(self, size: int) -> list[str]:
        return ["free(whole);"] if size > _ON_STACK else []

    def _numbers(self) -> list[str]:
        lines = [f"numbers[{i}] = {self.number(s)};" for i, s in enumerate(self.numbers)]
        return ["", *lines] if lines else []


def _declared(lines: Sequence[str]) -> dict[str, str]:
    """The line that declares each variable."""
    found = ((re.search(r"(\w+) = ", line), line) for line in lines)
    return {match[1]: line for match, line in found if match}


def _needed(given: Sequence[str], body: Sequence[str]) -> list[str]:
    """Without the variables that only parts of the function read, which declare them themselves."""
    words = set(re.findall(r"\w+", "\n".join(body)))
    unread = {line for name, line in _declared(given).items() if name not in words}
    return [line for line in given if line not in unread]


def _within_comment(text: str) -> str:
    """Words that do not end the comment that they stand in."""
    return text.replace("*/", "* /")


_HEAD = """\
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
"""

_OBJECTS = """\
/* Python's objects, as far as they are looked into: a tuple, a float, an array of NumPy. */
typedef struct { ptrdiff_t references; void *type; } PyObject;
typedef struct { PyObject head; ptrdiff_t size; PyObject *items[]; } Tuple;
typedef struct { PyObject head; double value; } Float;
typedef struct {
    PyObject head;
    void *data;
    int axes;
    ptrdiff_t *shape, *strides;
    PyObject *base, *dtype;
    int flags;
} Array;

static inline void *cg_array(PyObject *objects, int i) { return ((Array *)((Tuple *)objects)->items[i])->data; }
static inline double cg_number(PyObject *objects, int i) { return ((Float *)((Tuple *)objects)->items[i])->value; }

/* Whether an array has its entries one behind the other (1), each at a multiple of its size (0x100), in the order of
 * bytes of this machine (which its dtype says, and is asked before). */
static inline bool cg_is_plain(PyObject *objects, int i)
{
    return (((Array *)((Tuple *)objects)->items[i])->flags & 0x101) == 0x101;
}
"""

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

_GEMM = """\
/* The matrix product of NumPy's own BLAS, whose address is set when this is loaded. */
enum {{ ROWS = 101, AS_IT_IS = 111, TRANSPOSED = 112 }};
typedef void (*cg_{f}gemm_type)(int, int, int, int64_t, int64_t, int64_t, {type}, const {type} *, int64_t,
    const {type} *, int64_t, {type}, {type} *, int64_t);
cg_{f}gemm_type cg_{f}gemm;
"""


def program_text(bodies: Sequence[Function]) -> str:
    """The C file: what the functions need, then the functions."""
    code = "\n".join(body.text for body in bodies)
    called = set(re.findall(r"\bcg_\w+", code))
    parts = [_HEAD, _OBJECTS]
    for f, kind in (("", "double"), ("_f", "float")):
        if f"cg_sum{f}" in called:
            parts.append(_SUM.format(f=f, type=kind))
    for f, kind in (("d", "double"), ("s", "float")):
        if f"cg_{f}gemm" in called:
            text = _GEMM.format(f=f, type=kind)
            parts.append(text if "enum" not in "".join(parts) else re.sub(r"enum .*\n", "", text))
    parts.append(functions(called & set(own_functions())))
    return "\n".join([*parts, code])
