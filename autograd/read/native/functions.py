"""The C functions of functions.h and choices.h, and those of them that a program calls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_FILES = ("functions.h", "choices.h")  # the second calls functions of the first
_NAME = re.compile(r"\bcg_\w+|\bCG_\w+")
_DEFINED = re.compile(r"^static inline \w+ (\w+)\(|^#define (\w+)", re.MULTILINE)
_FUNCTION = re.compile(r"^(?=static inline)", re.MULTILINE)


def functions(called: Iterable[str]) -> str:
    """The C text of the functions of these names, in front of it what they need.

    >>> print(functions(["cg_sign_f"]).partition("#endif")[2].strip())
    /* -1, 0 or 1; nan of nan. */
    static inline float cg_sign_f(float x) {
        return x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x;
    }
    """
    includes, *blocks = _blocks()
    wanted, parts = set(called), []
    if unknown := wanted - {name for block in blocks for name in _defined(block)}:
        raise KeyError(f"No file of C functions defines {', '.join(sorted(unknown))}")
    for block in reversed(blocks):  # a function stands below those that it calls
        words, *definitions = _FUNCTION.split(block)  # of single and of double precision; macros are part of the words
        used = [text for text in definitions or [""] if wanted.intersection(_defined(text or words))]
        if used:
            parts.append(f"{words}{''.join(used)}".rstrip())
            wanted.update(_NAME.findall(parts[-1]))
    return "\n\n".join([includes, *reversed(parts)]) + "\n"


def names() -> list[str]:
    """The names of all functions, in the order of the files."""
    return [name for block in _blocks() for name in _defined(block) if name.startswith("cg_")]


@cache
def _blocks() -> list[str]:
    """The files, cut at their blank lines, without the words about them."""
    texts = [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in _FILES]
    return [block for text in texts for block in text.strip().split("\n\n")[1:]]


@cache
def _defined(block: str) -> tuple[str, ...]:
    """The functions and macros of a block."""
    return tuple(dict.fromkeys(function or macro for function, macro in _DEFINED.findall(block)))
