"""The user's text in source that is run: names become identifiers, words become comments; nothing gets there as it is.

Python reads an identifier in Unicode's normal form NFKC, in which the micro sign is the Greek letter and ² is 2. Names
are brought to that form first, so that what is one variable to Python is one here, too.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Sequence

from autograd.printable import printable
from autograd.read.naming import FreeNames

RESERVED = frozenset({"np", "ag", "values", "others"})  # what the programs use themselves
_PYTHON = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins)))
_LONGEST = 100  # characters of an identifier
_WORD = re.compile(r"[\w\x80-\U0010ffff]+")


def identifier(wanted: str) -> str:
    """The variable for what is called `wanted`; nothing that means something to Python or to the program.

    >>> [identifier(name) for name in ("W1", "µ", "σ²", "½", "x-1", "2x", "lambda", "np", "__name__", "_", "")]
    ['W1', 'μ', 'σ2', '_1_2', 'x_1', '_2x', 'lambda_', 'np_', 'name_', 'x', 'x']
    """
    normal = unicodedata.normalize("NFKC", wanted[:_LONGEST])[:_LONGEST]
    name = normal
    if not name.isidentifier():
        name = re.sub("\0+", "_", "".join(c if f"_{c}".isidentifier() else "\0" for c in normal))
    if name.startswith("__") and name.endswith("__"):
        name = name.strip("_") + "_"
    if not name.strip("_"):
        name = "x"
    if not name.isidentifier():
        name = f"_{name}"
    return f"{name}_" if name in _PYTHON or name in RESERVED else name


class Identifiers(FreeNames):
    """The variables of one program, no two alike.

    >>> variables = Identifiers()
    >>> variables.new("µ"), variables.new("μ"), variables.new("σ²")
    ('μ', 'μ_2', 'σ2')
    """

    def new(self, wanted: str) -> str:
        """A variable for what is called `wanted`, with a number if another has that name."""
        return super().new(identifier(wanted))


def is_importable(path: str) -> bool:
    """Whether an import line can name this module or function.

    >>> is_importable("numpy.linalg"), is_importable("a; b"), is_importable("<run_path>"), is_importable("class")
    (True, False, False, False)
    """
    return all(
        part.isidentifier() and not keyword.iskeyword(part) and unicodedata.normalize("NFKC", part) == part
        for part in path.split(".")
    )


def names_within(code: str) -> set[str]:
    """The identifiers in code, and also the words in its literals."""
    return set(_WORD.findall(code))


def docstring(lines: Sequence[str]) -> str:
    r'''A docstring of these lines; nothing in them ends it, or is a character that is not shown.

    >>> print(docstring(["one", 'two """; three\r']))
    """one
    two \"\"\"; three\\r
    """
    '''
    return "\n".join(['"""' + _quoted(lines[0]), *map(_quoted, lines[1:]), '"""'])


def _quoted(line: str) -> str:
    line = printable(line).replace("\\", "\\\\")
    return line.replace('"', '\\"') if '"""' in line else line
