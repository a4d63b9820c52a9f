"""A region of a program as one C function: its inputs and results, its memory, its steps.

The function gets one tuple of Python's objects: arrays that have no gaps, and numbers; then the arrays that results go
to. So a call costs little.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograd.read.naming import FreeNames
from autograd.read.native.functions import functions, names as own_functions
from autograd.read.native.interface import Status
from autograd.read.native.kinds import c_type, type_of
from autograd.read.native.lines import broken
from autograd.read.native.loops import NestWriter
from autograd.read.native.memory import ALIGNED, Layout
from autograd.read.native.names import RESERVED, result_name, wanted_name
from autograd.read.native.plan import Planner
from autograd.read.native.preamble import preamble
from autograd.read.native.products import gemm_lines
from autograd.read.native.steps import Gemm, Plan
from autograd.read.native.straight import in_parts, is_straight
from autograd.read.term import Term

_ON_STACK = 16384  # bytes of memory for one call that need not be asked for


@dataclass(frozen=True)
class Function:
    """A C function for a region.

    name      of the function
    text      its definition
    inputs    the Terms that it is given, arrays before numbers
    results   the Terms that it gives, arrays before numbers
    """

    name: str
    text: str
    inputs: list[Term]
    results: list[Term]


def function(
    name: str,
    about: str,
    terms: Sequence[Term],
    inputs: Sequence[Term],
    results: Sequence[Term],
    names: Mapping[Term, str] | None = None,
) -> Function:
    """The C function that computes these Terms, which are in order.

    names   what Terms are to be called that other functions have, too
    """
    planner = Planner(set(results))
    for s in terms:
        planner.add(s)
    given, made = _arrays_first(inputs), _arrays_first(results)
    writer = _FunctionWriter(planner.plan, given, made, names or {})
    return Function(name, writer.text(name, about), given, made)


def _arrays_first(terms: Sequence[Term]) -> list[Term]:
    return sorted(terms, key=lambda s: not s.shape)


class _FunctionWriter:
    """Gives out variables, and writes the steps. See loops.Memory."""

    def __init__(self, plan: Plan, inputs: Sequence[Term], results: Sequence[Term], names: Mapping[Term, str]) -> None:
        self.plan, self.inputs = plan, inputs
        self.arrays, self.numbers = [s for s in results if s.shape], [s for s in results if not s.shape]
        self._layout = Layout(plan, self.arrays)
        self._free = FreeNames(RESERVED)
        self._variables: dict[Term, str] = {}
        for s in (*inputs, *results):
            self._variables[s] = self._free.new(names.get(s) or result_name(s))
        for s in plan.place:
            if s.shape and s in plan.kept:
                self.variable(s)

    # --- for those who write steps --------------------------------------------------------------------------------

    def variable(self, base: Term) -> str:
        """See loops.Memory."""
        if base not in self._variables:
            self._variables[base] = self._free.new(wanted_name(base))
        return self._variables[base]

    def is_kept(self, base: Term) -> bool:
        """See loops.Memory."""
        return base in self.plan.kept

    def successor(self, base: Term) -> Term | None:
        """See loops.Memory."""
        return self._layout.successor.get(base)

    def names(self) -> FreeNames:
        """See loops.Memory."""
        return self._free

    # --- the text -------------------------------------------------------------------------------------------------

    def text(self, name: str, about: str) -> str:
        """The whole function, in front of it those that long calculations are done in."""
        given, memory, last = self._unpacked(), self._memory(), self._given_back()
        written = [
            gemm_lines(step, self) if isinstance(step, Gemm) else NestWriter(step, self).lines()
            for step in self.plan.steps
        ]
        parts: list[str] = []
        for i in reversed(range(len(written))):
            if is_straight(written[i]):
                later = "\n".join(line for lines in written[i + 1 :] for line in lines)
                before = [*memory, *(line for lines in written[:i] for line in lines)]
                functions, written[i], last = in_parts(
                    written[i], _declared(given), before, f"{name}_part_{i + 1}", self._free.new("values"), later, last
                )
                parts = functions + parts
        body = [*memory, *(line for lines in written for line in ("", *lines)), "", *last]
        body = [*(_needed(given, body) if parts else given), *body]
        inside = "\n".join(f"    {line}" if line else "" for line in body)
        text = "\n".join([*parts, f"/* {_within_comment(about)} */\nint {name}(PyObject *objects)\n{{\n{inside}\n}}\n"])
        return "\n".join(part for line in text.split("\n") for part in broken(line))

    def _unpacked(self) -> list[str]:
        """The variables of what is given."""
        lines, arrays = [], [s for s in self.inputs if s.shape]
        if arrays:
            lines.append(
                f"if (!cg_are_plain(objects, {len(arrays)})) return {Status.NOT_PLAIN.value};  "
                "// NumPy copies what has gaps, and calls again"
            )
        for i, s in enumerate((*self.inputs, *self.arrays)):
            kind, name = c_type(type_of(s)), self.variable(s)
            if s.shape:
                const = "const " if i < len(self.inputs) else ""
                lines.append(f"{const}{kind} *{name} = cg_array(objects, {i});  // {s.shape}")
            else:
                lines.append(f"const {kind} {name} = cg_number(objects, {i});")
        if self.numbers:
            lines.append(f"double *numbers = cg_array(objects, {len(self.inputs) + len(self.arrays)});")
        return lines

    def _memory(self) -> list[str]:
        """The block of memory, and the variables of what lies in it or in the place of something else."""
        layout, lines = self._layout, []
        if layout.size > _ON_STACK:
            lines = [
                f"char *whole = malloc({layout.size} + {ALIGNED});  // memory for what lies between the steps",
                f"if (!whole) return {Status.NO_MEMORY.value};",
                f"char *scratch = whole + {ALIGNED} - (uintptr_t)whole % {ALIGNED};",
            ]
        elif layout.size:
            lines = [f"_Alignas({ALIGNED}) char scratch[{layout.size}];  // memory for what lies between the steps"]
        for s, at in layout.offsets.items():
            kind = c_type(type_of(s))
            place = f"({kind} *)(scratch + {at})" if at else f"({kind} *)scratch"
            lines.append(f"{kind} *{self.variable(s)} = {place};  // {s.shape}")
        for s in self.plan.place:
            if s in layout.successor:
                later = self.variable(layout.home(s))
                lines.append(
                    f"{c_type(type_of(s))} *{self.variable(s)} = {later};  // {s.shape}, until {later} is there"
                )
        return lines

    def _given_back(self) -> list[str]:
        """The last lines."""
        lines = [f"numbers[{i}] = {self.variable(s)};" for i, s in enumerate(self.numbers)]
        return [*lines, *["free(whole);"] * (self._layout.size > _ON_STACK), f"return {Status.DONE.value};"]


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


def program_text(bodies: Sequence[Function]) -> str:
    """The C file: what the functions need, then the functions."""
    code = "\n".join(body.text for body in bodies)
    called = set(re.findall(r"\bcg_\w+", code))
    own = called & set(own_functions())
    used = [re.sub(r"#include .*\n", "", functions(own))] if own else []
    return "\n".join([preamble(called, "\n".join([*used, code])), *used, code])
