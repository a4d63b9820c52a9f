"""What programs in C and Python agree on, each of it said here alone; and what Python calls programs by.

That is C which is built once, for all programs: `entry.h`, and `nested.h` for programs of numbers alone. The first is
also what a compiler is tried by.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from pathlib import Path

from autograd.read.native import objects


class Status(IntEnum):
    """What a program says at its end."""

    DONE = 0
    NOT_PLAIN = 1  # an array has gaps, and is to be copied first
    NO_MEMORY = 2


class Number(IntEnum):
    """What a number among the results is: of Python, of NumPy, or made of a float by what it is."""

    FLOAT = 0
    DOUBLE = 1
    SINGLE = 2
    OTHER = 3


class Form(IntEnum):
    """What a value among nested lists and tuples is."""

    TUPLE = 0
    LIST = 1
    FLOAT = 2
    CONSTANT = 3


@cache
def text(header: str) -> str:
    """The C of one of the two files that are built once, with what stands in front of it."""
    enums = "".join(_enum(kind) for kind in (Status, Number, Form))
    own = Path(__file__).with_name(header).read_text(encoding="utf-8")
    return "\n".join(["#include <stddef.h>\n#include <stdlib.h>\n", objects.declared(), enums, own])


def _enum(kind: type[IntEnum]) -> str:
    """
    >>> _enum(Form)
    'enum { FORM_TUPLE = 0, FORM_LIST = 1, FORM_FLOAT = 2, FORM_CONSTANT = 3 };\\n'
    """
    return f"enum {{ {', '.join(f'{kind.__name__}_{x.name}'.upper() + f' = {x.value}' for x in kind)} }};\n"
