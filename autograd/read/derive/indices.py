"""Indices that a program has as they were in the run: masks, ids of words, the place of the largest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograd.core.node import Node


def indices_in(nodes: Iterable[Node]) -> list[str]:
    """The indices in words. A slice is none, nor an int: that is written in the code, as 0 is, or counted by a loop.

    >>> import numpy as np, autograd as ag
    >>> x = ag.Tensor([1.0, -2.0, 3.0])
    >>> J = np.sum(x[x > 0]) + x[np.argmax(x)] + np.sum(x[[0, 1]]) + x[0]
    >>> from autograd.core.node import ancestors
    >>> indices_in(ancestors(J.node))
    ['a boolean index (3,)', 'the index 2', 'an integer index (2,)']
    """
    found = [said for node in nodes for said in _said(node.params.get("index")) if node.op is not None]
    return list(dict.fromkeys(found))


def _said(index: Any) -> Iterator[str]:
    for part in index if type(index) is tuple else (index,):
        if isinstance(part, np.integer):
            yield f"the index {int(part)}"
        elif isinstance(part, (np.ndarray, list)):
            array = np.asarray(part)
            yield f"{'a boolean' if array.dtype == bool else 'an integer'} index {array.shape}"
