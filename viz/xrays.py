"""viz.xray: one number of a run taken apart, in text, in a terminal and in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import Tensor
from viz.markup import marked_up
from viz.seen.story import Story, record
from viz.seen.xray import Number, lines, number_of

if TYPE_CHECKING:
    from rich.tree import Tree

_LEVELS = 3  # that a notebook shows


class Xray(Number):
    """One number: `.value`, `.parts` (its arithmetic), `.operands`, and `.open(i)`, the X-ray of one of those."""

    def open(self, position: int) -> Xray:
        """The X-ray of the number at a position among its operands."""
        return Xray(self.story, super().open(position).ref)

    def __rich__(self) -> Tree:
        from rich.text import Text
        from rich.tree import Tree

        tree = Tree(Text("\n".join(lines(self))))
        for operand in self.operands:
            tree.add(Text("\n".join(lines(operand))))
        return tree

    def _repr_html_(self) -> str:
        return f'<div style="font-family:sans-serif">{_folded(self, _LEVELS, open=True)}</div>'


def xray(run: Tensor | Story, of: Any, index: Any = (), *, which: str | None = None) -> Xray:
    """One number of a run, taken apart: what it was computed from, and each of those in turn.

    run     the Tensor that was computed, or its Story
    of      a Tensor or an array of the run, or the name of one
    index   which entry of it
    which   "value" or "gradient"; by default the gradient of a parameter, and the value of everything else

    >>> import numpy as np, autograd as ag
    >>> W, X = ag.Tensor(np.array([[1.0, 2.0, 3.0]]), name="W"), np.array([[0.5, 1.0], [1.5, 2.0], [2.5, -3.0]])
    >>> Z = W @ X
    >>> J = (Z * Z).sum()
    >>> x = xray(J, W, (0, 2))
    >>> print(x)
    dW[0,2] = dZ[0,0]·X[2,0] + dZ[0,1]·X[2,1] = 22.0·2.5 + (−8.0)·(−3.0) = 79.0
      dZ[0,0] = 22.0, from 2 contributions
        step 6 adds = d(Z²)[0,0]·Z[0,0] = 1.0·11.0 = 11.0
        step 7 adds = d(Z²)[0,0]·Z[0,0] = 1.0·11.0 = 11.0
      X[2,0] = 2.5   data
      dZ[0,1] = −8.0, from 2 contributions
        step 6 adds = d(Z²)[0,1]·Z[0,1] = 1.0·(−4.0) = −4.0
        step 7 adds = d(Z²)[0,1]·Z[0,1] = 1.0·(−4.0) = −4.0
      X[2,1] = −3.0   data
    >>> print(xray(J, Z, (0, 1)).text(depth=0))
    Z[0,1] = Σₖ W[0,k]·X[k,1] = 1.0·1.0 + 2.0·2.0 + 3.0·(−3.0) = −4.0

    Raises ValueError for what is not part of the run, IndexError for an index that is not one entry, and what
    `viz.record` raises.
    """
    found = number_of(run if isinstance(run, Story) else record(run), of, index, which)
    return Xray(found.story, found.ref)


def _folded(number: Number, levels: int, open: bool = False) -> str:
    """As nested details of HTML, which open and close without a script."""
    said = "<br>".join(map(marked_up, lines(number)))
    if number.is_leaf or not levels:
        return f"<div>{said}</div>"
    inner = "".join(_folded(operand, levels - 1) for operand in number.operands)
    style = "margin-left:1.2em"
    return f'<details{" open" if open else ""}><summary>{said}</summary><div style="{style}">{inner}</div></details>'
