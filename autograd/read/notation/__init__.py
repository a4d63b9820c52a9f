"""How operations are written and read: one row for each, in files named after families of `rules/`.

`row.py` says what a row can hold; `mathematics.py`, `arrays.py` and `spelling.py` what formulas and NumPy code are put
together of.
"""

from autograd.read.notation import (
    elementwise as elementwise,
    matrices as matrices,
    programs as programs,
    reductions as reductions,
    shapes as shapes,
    special as special,
    trigonometric as trigonometric,
)
from autograd.read.notation.axes import (
    axes_named as axes_named,
    axes_of as axes_of,
    one_axis as one_axis,
    order_of_axes as order_of_axes,
)
from autograd.read.notation.row import (
    PLAIN as PLAIN,
    ROWS as ROWS,
    Notation as Notation,
    notation as notation,
    row_of as row_of,
)
