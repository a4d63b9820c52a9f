"""What a function did, as NumPy source that runs: the last step of `compile`."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np

from autograd.read.compile.parts import parted
from autograd.read.compile.signature import Signature
from autograd.read.naming import FreeNames
from autograd.read.notation import row_of
from autograd.read.passes import COMPILED, through
from autograd.read.passes.expand import unless_nan
from autograd.read.printing.defined import defined
from autograd.read.printing.identifiers import RESERVED, docstring, names_within
from autograd.read.printing.program import Program, program
from autograd.read.printing.quick import QuickWriter
from autograd.read.printing.source import preamble
from autograd.read.term import Term, in_order, kind_of, never
from autograd.read.trace import Trace
from autograd.transforms.tree import rebuild

_number = count(1).__next__
_WIDTH = 110
NO_GAIN = "Nothing in it would gain by it."
_SHORT = 50  # characters of an expression that is returned without a name


@dataclass(frozen=True)
class Routine:
    """The program for one kind of arguments.

    signature   the arguments in words
    source      the program, in NumPy
    run         the program, as `backend` runs it
    fits        whether arguments are of this kind
    state       questions about state from outside, and their answers that it is for
    backend     what runs it: "c" or "numpy"
    why_not     why that is not "c", where it was asked for
    c           the C, if there is any
    """

    signature: str
    source: str
    run: Callable[..., Any]
    fits: Callable[..., bool]
    state: Mapping[Callable[[], Any], Any]
    backend: str = "numpy"
    why_not: str | None = None
    c: str | None = None

    @property
    def is_current(self) -> bool:
        """Whether the state from outside is that for which it was made."""
        return all(question() == answer for question, answer in self.state.items())


def routine(trace: Trace, signature: Signature, name: str, backend: str = "numpy") -> Routine:
    """The program for what a function of that name did.

    backend   "c" and "auto": as C, if that can be
    """
    arguments = {leaf.name for leaf in signature.leaves}
    free = FreeNames(arguments)
    for stand_in, _ in trace.draws:
        stand_in.name = free.new(stand_in.name or "drawn")
    outputs, steps = _simplified(trace, arguments | {s.name for s, _ in trace.draws if s.name})
    source, run = _written(outputs, steps, trace, signature, name)
    asking, scope = signature.question()
    kind = ", ".join([str(signature), *dict.fromkeys(f"{what} {answer}" for what, answer in trace.state.values())])
    state = {question: answer for question, (_, answer) in trace.state.items()}
    numpy = Routine(kind, source, run, _run(asking, "fits", scope), state)
    if backend == "numpy":
        return numpy

    from autograd.read.native.compiler import NoCompiler  # which starts programs, and is only for those who ask for C
    from autograd.read.native.native import native
    from autograd.read.native.nested import nested

    plain = not trace.draws and not any(trace.tensors) and all(p.as_it_is for p in signature.parameters)
    whole = nested(signature.filled(trace.inputs), trace.structure, outputs) if plain else None
    try:
        found = native(outputs, name, whole)
    except NoCompiler as error:
        return replace(numpy, why_not=str(error))
    if found is None:
        return replace(numpy, why_not=NO_GAIN)
    if found.calls is not None:
        run, fits = (_run(signature.passing_on("run", "__f__"), "run", {"__f__": f}) for f in found.calls)
        return replace(numpy, run=run, fits=fits, backend="c", c=found.text)
    _, run = _written(found.outputs, {}, trace, signature, name)
    return replace(numpy, run=run, backend="c", c=found.text)


def _written(
    outputs: Sequence[Any], steps: Mapping[str, Term], trace: Trace, signature: Signature, name: str
) -> tuple[str, Callable[..., Any]]:
    """The source of a function that gives these outputs, and the function. Steps are lines of their own."""
    writer = QuickWriter()
    for stand_in in trace.inputs:
        writer.variable(stand_in)
    variables = {writer.variable(stand_in): draw for stand_in, draw in trace.draws}
    drawing = {name: f"{writer.constant(draw, f'draw_{name}')}()" for name, draw in variables.items()}
    for argument in signature.variables:
        writer.reserved(argument, ("variable", (argument, False)))
    own = writer.reserved(name, ("own", name))
    keys, unnamed = _keys(outputs)
    text = program({**steps, **dict(zip(keys, outputs, strict=True))}, writer=writer)
    numbers = not any(s.shape or s.dtype.kind != "f" for s in (*trace.inputs, *(s for s, _ in trace.draws)))
    text, given = _returned(text, keys, unnamed, outputs, trace.tensors, numbers)
    if any(trace.tensors):
        writer.refer_to_engine()
    parts = parted(
        text,
        lambda k: writer.reserved(f"{own}_{k}", ("part", k)),
        [*(leaf.name for leaf in signature.leaves), *drawing],
        given,
    )
    functions = [line for function in parts.functions for line in ("", "", *function.splitlines())]
    unpacking = [*signature.unpacking(writer), *(f"{name} = {call}" for name, call in drawing.items())]
    last = _return(rebuild(trace.structure, given), writer)
    head = [
        *preamble(writer.imports, writer.helpers),
        *_given(writer),
        *functions,
        "",
        "",
        *_decorator(outputs),
        f"def {own}({signature.header}):",
    ]
    about = docstring([f"{name}, for", *(f"    {line}" for line in signature.lines())])
    body = [about, *unpacking, *parts.body, *last]
    source = "\n".join([*head, *(textwrap.indent(line, "    ") for line in body), ""])
    scope = dict(writer.namespace)
    run = _run(source, own, scope)
    scope.update({name: writer.namespace[name] for name in writer.helpers.keys() & writer.namespace.keys()})
    return source, run  # which calls the engine's functions themselves: they look for 0/0 only where it comes up


# --- what it computes -------------------------------------------------------------------------------------------------


def _simplified(trace: Trace, taken: set[str]) -> tuple[list[Any], dict[str, Term]]:
    """What f returned, in as few steps as can be, and those steps that have a name, in the order of the trace."""
    roots = through(COMPILED, [*trace.outputs, *trace.names])
    n = len(trace.outputs)
    free = FreeNames(taken | RESERVED)
    for root, name in zip(roots[n:], trace.names.values(), strict=True):
        if isinstance(root, Term) and root.call is not None and root.name is None:
            root.name = free.new(name)
    needed = set(in_order(roots[:n], never))
    return roots[:n], {r.name: r for r in roots[n:] if isinstance(r, Term) and r in needed and r.name and r.call}


def _decorator(outputs: Sequence[Any]) -> list[str]:
    """As the engine runs such functions: without NumPy's warnings of an overflow or a logarithm of 0."""
    quiet = any(
        (row_of(s.call).quiet or s.call is unless_nan) and np.ndim(s.operands[-1]) for s in in_order(outputs, never)
    )
    return ['@np.errstate(over="ignore", divide="ignore", invalid="ignore")'] if quiet else []


# --- what it returns --------------------------------------------------------------------------------------------------


def _keys(outputs: Sequence[Any]) -> tuple[list[str], set[str]]:
    """What each result is called, its own name if it has one; and the names that were made up, which no value has."""
    free = FreeNames(s.name for s in in_order(outputs, never) if s.name is not None)
    keys, unnamed = [], set()
    for i, output in enumerate(outputs):
        key = output.name if isinstance(output, Term) else None
        if key is None:
            key = free.new(f"out{i + 1}")
            unnamed.add(key)
        keys.append(key)
    return keys, unnamed


def _returned(
    text: Program,
    keys: Sequence[str],
    unnamed: set[str],
    outputs: Sequence[Any],
    tensors: Sequence[bool],
    numbers: bool,
) -> tuple[Program, list[str]]:
    """The program without the lines of results that need no name, and the code for each result."""
    lines, given, seen = {line.name: line for line in text.lines}, [], set()
    used = names_within(" ".join(line.expression for line in text.lines))
    for key, output, is_tensor in zip(keys, outputs, tensors, strict=True):
        code = variable = text.outputs[key]
        line = lines.get(variable)
        if line is not None and key in unnamed and len(line.expression) <= _SHORT and variable not in used:
            code = lines.pop(variable).expression
        code = _own(code, output, id(output) in seen, numbers)
        seen.add(id(output))
        given.append(f"ag.Tensor({code}, requires_grad=False)" if is_tensor else code)
    return replace(text, lines=list(lines.values())), given


def _own(code: str, output: Any, shared: bool, numbers: bool) -> str:
    """A result that is nobody else's: a view, an argument or a constant is copied. A number is Python's.

    numbers   the program is one of Python's numbers alone
    """
    if isinstance(output, Term):
        if kind_of(output) is float:
            return code if output.call is None or numbers else f"float({code})"
        is_array = output.ndim or kind_of(output) is np.ndarray
        return _copied(code) if is_array and (shared or output.call is None or output.is_view) else code
    return _copied(code) if isinstance(output, np.ndarray) else code


def _copied(code: str) -> str:
    atom = isinstance(ast.parse(code, mode="eval").body, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))
    return f"{code}.copy()" if atom else f"({code}).copy()"


def _given(writer: QuickWriter) -> list[str]:
    """Comments on what the program refers to and no import brings."""
    arrays = [f"{name} {x.shape}" for name, x in writer.given.items() if isinstance(x, np.ndarray)]
    others = [name for name, x in writer.given.items() if not isinstance(x, np.ndarray)]
    lines = [f"# Constants: {', '.join(arrays)}"] * bool(arrays)
    return lines + [f"# Functions that are not to be imported: {', '.join(others)}"] * bool(others)


def _return(structure: Any, writer: QuickWriter) -> list[str]:
    """The last lines: what f returned, with the code for each value in its place."""
    code = _built(structure, writer)
    plain = isinstance(structure, tuple) and len(structure) > 1 and not hasattr(structure, "_fields")
    whole = f"return {code[1:-1] if plain else code}"
    if len(whole) <= _WIDTH or not isinstance(structure, (list, tuple, dict)):
        return [whole]
    brackets = "()" if isinstance(structure, tuple) else "[]" if isinstance(structure, list) else "{}"
    if hasattr(structure, "_fields"):
        return [whole]
    parts = structure.items() if isinstance(structure, dict) else enumerate(structure)
    named = isinstance(structure, dict)
    lines = [(f"{writer.key(k)}: " if named else "") + _built(part, writer) + "," for k, part in parts]
    return [f"return {brackets[0]}", *(f"    {w}" for line in lines for w in _wrapped(line)), brackets[1]]


_UNBROKEN = re.compile(r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S)+""")


def _wrapped(code: str) -> list[str]:
    """Code in lines of bounded length, if it has blanks to break it at; those within text are part of it."""
    lines = [""]
    for word in _UNBROKEN.findall(code):
        if lines[-1] and len(lines[-1]) + len(word) >= _WIDTH:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _built(structure: Any, writer: QuickWriter) -> str:
    """The code for a structure of code."""
    if isinstance(structure, dict):
        return "{" + ", ".join(f"{writer.key(k)}: {_built(v, writer)}" for k, v in structure.items()) + "}"
    if isinstance(structure, (list, tuple)):
        inner = ", ".join(_built(v, writer) for v in structure)
        if hasattr(structure, "_fields"):
            return f"{writer.function(type(structure))}({inner})"
        if isinstance(structure, list):
            return f"[{inner}]"
        return f"({inner},)" if len(structure) == 1 else f"({inner})"
    return str(structure)


def _run(source: str, name: str, scope: dict[str, Any]) -> Any:
    """The function that a source defines; its lines are shown in tracebacks."""
    return defined(source, name, f"<{name}, compiled {_number()}>", scope)
