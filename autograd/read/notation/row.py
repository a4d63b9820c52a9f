"""The row of an operation: how it is written, and what may be done with it where it is read.

    notation(np.tanh, math=called("tanh"), noun="the hyperbolic tangent")

LaTeX, text, NumPy code, the circle in a picture, the words of a story, simplification and compilation read this row.
No derivative stands here, and nothing that stands here is said of an operation anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from autograd.read.notation.native import Gathering, Native, Placing
from autograd.read.notation.style import Piece, Style, Written

if TYPE_CHECKING:
    from autograd.read.notation.spelling import Spelling

Math = Callable[[Style, Sequence[Piece], dict[str, Any]], Written]


def transparent(_style: Style, args: Sequence[Piece], _: Any) -> Written:
    """Written as its operand: it changes the form of an array, which a formula leaves to the reader."""
    return args[0].text, args[0].level


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """What an operation is to its readers. Without a row everything has its default.

    How it is written:
    math         in a formula; otherwise name(…)
    code         in NumPy; otherwise np.name(operands, param=value)
    of_integers  in a program, of Python's integers alone
    native       in C, elementwise; otherwise NumPy computes it
    gathers      in C, over axes: how the entries become one
    writes       in C, into the result: which entries of it
    c_form       what has its place where C computes it: the same to rounding, in functions that C has
    operator     Python's own operator gives the same of Python's floats
    weak         of Python's floats it is an operation of Python's own, whose result has no precision of its own either
    symbol       in the circle of a picture; otherwise the name
    noun         in the words of a story; otherwise the name
    ordered      a picture says which operand is the second

    What it is made of:
    expands      a program writes it out in NumPy's functions, by its kernel, which never looks at a value to decide
    convention   0/0, 0·ln 0 or ∞ − ∞ counts as 0 in it
    runs_as      a program that need not be right to the last bit has this one: it keeps the conventions
    quiet        written out, it needs NumPy's warnings off, as in the engine
    exponential  as a fraction of polynomials in e = e^(x/share), to be recognized by: (share, fraction of e)
    opposite     the comparison that holds where this does not
    mirrored     the comparison of the operands in the other order

    What may be done with it:
    algebra      "sum", "product" or "sign" where it is arithmetic
    exact        computed by its own definition of exact numbers, too: part of what is simplified as a fraction
    passes       over its arrays, which it costs
    linear       a factor of an operand may stand in front of it instead
    unit         nothing is done by it where the second operand is 1
    stretches    a number as one operand is repeated to the shape of the other, to the last bit
    weighs       part of a weighted sum: folded with the neuron that sums up
    begins_layer weights meet the input of their layer in it

    What it does with an array, all entries being kept:
    moves        entries in another shape, in the same order
    turns        axes in another order
    repeats      entries several times
    shows        some of them, in any order: NumPy itself gives a view

    Where no gradient goes:
    static       its result does not depend on values, so it is no step of a computation
    any_size     the length of its result depends on values
    looks_up     reads a table, which may be a constant of a program
    """

    math: Math | None = None
    code: Spelling | None = None
    of_integers: Spelling | None = None
    native: Native | None = None
    gathers: Gathering | None = None
    writes: Placing | None = None
    c_form: Callable[..., Any] | None = None
    operator: bool = False
    weak: bool = False
    symbol: str | None = None
    noun: str | None = None
    ordered: bool = False
    expands: bool = False
    convention: bool = False
    runs_as: Callable[..., Any] | None = None
    quiet: bool = False
    exponential: tuple[Fraction, Callable[[Any], Any]] | None = None
    opposite: Callable[..., Any] | None = None
    mirrored: Callable[..., Any] | None = None
    algebra: str = ""
    exact: bool = False
    passes: float = 1.0
    linear: bool = False
    unit: bool = False
    stretches: bool = False
    weighs: bool = False
    begins_layer: bool = False
    moves: bool = False
    turns: bool = False
    repeats: bool = False
    shows: bool = False
    static: bool = False
    any_size: bool = False
    looks_up: bool = False

    @property
    def transparent(self) -> bool:
        """Whether the operand itself is meant, in whatever form."""
        return self.math is transparent

    @property
    def reshapes(self) -> bool:
        """Whether an array has its entries in the same order afterwards, maybe several times."""
        return self.moves or self.repeats


ROWS: dict[Any, Notation] = {}
PLAIN = Notation()


def notation(*functions: Callable[..., Any], **facts: Any) -> None:
    """The row of an operation, or one for each of several of which the same holds."""
    for function in functions:
        if function in ROWS:
            raise TypeError(f"{function.__name__} has two rows of notation. Delete one of them.")
        ROWS[function] = Notation(**facts)


def row_of(function: Any) -> Notation:
    """The row of a function as operations and Terms have it; the defaults for a user's own."""
    return ROWS.get(function, PLAIN)
