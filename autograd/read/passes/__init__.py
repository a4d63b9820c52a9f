"""The passes: what is done to Terms between reading and writing. A pass takes Terms and gives Terms.

    share      equal steps are one
    tidy       a step that changes no bit of its operand is that operand
    expand     the engine's own functions are written out in NumPy's
    floats     what holds in floats, whatever the values: signs, A − Y for the logistic loss at a sigmoid
    simplify   each elementwise region in the form that costs a reader least; region, form, algebra and accuracy are its
               parts: what is simplified, free of what it is applied to, by exact fractions, no worse in floats
    safe       what holds in floats, and the limits where the sweep would compute 0·∞: what a derived program has
    textbook   in the order in which the notes write: a mask multiplies, 1/m stands in front

Below is which product applies which of them, in that order.
Whatever is written in NumPy is expanded and shared by its writer, as the dialect asks for.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd.read.passes.expand import with_quick_costs
from autograd.read.passes.floats import rewritten
from autograd.read.passes.safe import safe
from autograd.read.passes.simplify import Known, not_turned_twice, simplify_all
from autograd.read.passes.textbook import in_its_order, with_masks
from autograd.read.passes.tidy import tidied
from autograd.read.term import Term, rebuilt

Pass = Callable[[Sequence[Any]], list[Any]]

COMPILED: list[Pass] = [tidied, rewritten, with_quick_costs, tidied]
CHAINED: list[Pass] = [partial(rebuilt, change=not_turned_twice)]  # the factors of `ag.chain` are the rules as they are


def to_be_read(known: Known | None) -> list[Pass]:
    """For the lines of `ag.derive` as they are read. `known` is the number that a sum over data comes to, or None."""
    return [with_masks, partial(simplify_all, known=known), in_its_order]


def to_be_run(m: Term | None, known: Known) -> list[Pass]:
    """For the lines of `ag.derive` as its program computes them."""
    return [partial(safe, m=m, known=known)]


def through(passes: Sequence[Pass], roots: Sequence[Any]) -> list[Any]:
    """What comes of the roots."""
    for one in passes:
        roots = one(roots)
    return list(roots)
