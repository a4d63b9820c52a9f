"""The text of the user's functions that were run: beside the steps, the program that took them.

Only what ran goes in, since pages are passed on: the functions in which an operation stands, and of a module or a
notebook's cell the statements alone. What cannot be shown is said: a text that nobody kept, a file that has changed.
"""

from __future__ import annotations

import ast
import linecache
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from autograd.printable import printable

LONGEST = 400  # lines of one block; of a longer one its first


@dataclass(frozen=True)
class Block:
    """Lines of a file that stand together: a function, or a statement outside of all functions.

    name    of the function; "" outside
    first   the number of the first line
    lines   as they stand in the file
    """

    name: str
    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """What is shown of a file: its blocks in order, or in `missing` why there are none."""

    blocks: tuple[Block, ...] = ()
    missing: str = ""


class FileNames:
    """What the files of a program are called: by their names without folders, unless two have the same."""

    def __init__(self, paths: Iterable[str]) -> None:
        paths = dict.fromkeys(paths)
        often = Counter(Path(path).name for path in paths)
        self._called: dict[str, str] = {}
        for path in paths:
            wanted = Path(path).name
            if often[wanted] > 1:
                wanted = f"{Path(path).parent.name}/{wanted}"
            taken, number = set(self._called.values()), 1
            name = printable(wanted)
            while name in taken:
                number += 1
                name = f"{printable(wanted)} ({number})"
            self._called[path] = name

    def __getitem__(self, path: str) -> str:
        return self._called[path]


def sources(lines: Iterable[tuple[str, int]], files: FileNames, codes: Iterable[CodeType] = ()) -> dict[str, Source]:
    """What is shown of each file, by the name that it is called.

    lines   where operations stand, as (file, number)
    codes   of the functions that are known to have run
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for file, number in lines:
        wanted[file].add(number)
    ran: dict[str, list[CodeType]] = defaultdict(list)
    for code in codes:
        ran[code.co_filename].append(code)
    return {files[file]: _source(file, numbers, ran[file]) for file, numbers in wanted.items()}


def line_text(file: str, number: int) -> str:
    """What a line says; "" where the file cannot be read."""
    lines = _lines(file)
    return printable(lines[number - 1].strip()) if 0 < number <= len(lines) else ""


def _source(file: str, numbers: set[int], codes: list[CodeType]) -> Source:
    lines = _lines(file)
    if not lines:
        typed = file.startswith("<")
        return Source(missing="It was typed at the prompt, which keeps no text." if typed else "It cannot be read.")
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):  # a notebook's cell with a magic, or not Python at all; ValueError: null bytes
        tree = None
    changed = Source(missing="The file has changed since it was run.")
    if max(numbers) > len(lines):
        return changed
    if tree is None:
        return Source(tuple(_block("", n, n, lines) for n in sorted(numbers)))
    spans = list(_spans(tree))
    if not _still(file, numbers, codes or list(_live(file)), spans, lines):
        return changed
    found = {_around(n, spans) for n in numbers}
    found |= {_around(code.co_firstlineno, spans) for code in codes if code.co_name != "<module>"}
    return Source(tuple(_block(name, first, last, lines) for first, last, name in sorted(filter(None, found))))


Span = tuple[int, int, str]  # first and last line, name of the function or ""


def _spans(tree: ast.Module) -> Iterator[Span]:
    """The functions and the statements outside of them; a lambda stands in its statement."""
    waiting: list[tuple[ast.AST, bool]] = [(statement, True) for statement in tree.body]
    while waiting:
        node, outside = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            yield first, node.end_lineno or first, node.name
            outside = False
        elif outside and isinstance(node, ast.stmt) and not getattr(node, "body", None):
            yield node.lineno, node.end_lineno or node.lineno, ""
        elif outside and isinstance(node, ast.stmt):  # the head of a loop, a `with` or a class
            yield node.lineno, max(node.lineno, node.body[0].lineno - 1), ""  # type: ignore[attr-defined]
        waiting += [(child, outside) for child in ast.iter_child_nodes(node)]


def _around(number: int, spans: list[Span]) -> Span | None:
    """The smallest span that a line stands in."""
    holding = [span for span in spans if span[0] <= number <= span[1]]
    return min(holding, key=lambda span: span[1] - span[0], default=None)


def _block(name: str, first: int, last: int, lines: list[str]) -> Block:
    shown = lines[first - 1 : min(last, first - 1 + LONGEST)]
    return Block(printable(name), first, tuple(printable(line.rstrip("\r\n").expandtabs(4)) for line in shown))


# --- whether it is still what ran -------------------------------------------------------------------------------------


def _lines(file: str) -> list[str]:
    linecache.checkcache(file)
    return linecache.getlines(file)


def _live(file: str) -> Iterator[CodeType]:
    """The functions of the modules that were loaded from a file."""
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) == file:
            for value in list(vars(module).values()):
                if isinstance(value, FunctionType) and value.__code__.co_filename == file:
                    yield value.__code__


def _still(file: str, numbers: set[int], codes: list[CodeType], spans: list[Span], lines: list[str]) -> bool:
    """Whether the functions that hold these lines are those that the file has now, as far as that can be known."""
    concerned = [code for code in codes if any(number in _numbers(code) for number in numbers)]
    named = [code for code in concerned if not code.co_name.startswith("<")]
    if not named:
        return True
    try:
        now = set(_signatures(compile("".join(lines), file, "exec", dont_inherit=True)))
    except (SyntaxError, ValueError):
        return True
    return all(_signature(code) in now for code in named)


def _numbers(code: CodeType) -> set[int]:
    return {line for *_, line in code.co_lines() if line is not None}


def _signatures(code: CodeType) -> Iterator[Any]:
    waiting = [code]
    while waiting:
        one = waiting.pop()
        yield _signature(one)
        waiting += [inner for inner in one.co_consts if isinstance(inner, CodeType)]


def _signature(code: CodeType) -> Any:
    """What a function is, where it stands: two that agree in it do the same."""
    plain = tuple(repr(x) for x in code.co_consts if not isinstance(x, CodeType))
    return code.co_name, code.co_firstlineno, code.co_code, plain, code.co_names


def document(found: Mapping[str, Source]) -> dict[str, Any]:
    """As JSON; docs/story.md describes it."""
    return {
        file: {
            "missing": source.missing,
            "blocks": [{"name": b.name, "first": b.first, "lines": list(b.lines)} for b in source.blocks],
        }
        for file, source in found.items()
    }
