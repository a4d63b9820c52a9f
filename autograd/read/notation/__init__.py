"""How operations are written and read: one row for each, by family, in files named after those of the rules.

`row.py` says what a row can hold, `mathematics.py` what formulas are put together of. `row_of(function)` gives the row.
"""

from autograd.read.notation import elementwise, matrices, programs, reductions, shapes, special, trigonometric
from autograd.read.notation.axes import axes_named, order_of_axes
from autograd.read.notation.row import PLAIN, ROWS, Notation, notation, row_of

__all__ = [
    "PLAIN",
    "ROWS",
    "Notation",
    "axes_named",
    "elementwise",
    "matrices",
    "notation",
    "order_of_axes",
    "programs",
    "reductions",
    "row_of",
    "shapes",
    "special",
    "trigonometric",
]
