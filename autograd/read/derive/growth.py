"""The shape of a result in terms of the sizes of its operands: `x[:, 1:]` has x.shape[1] − 1 columns.

No table says what an operation does to sizes. It is run on operands of which an axis is longer, and what becomes of the
shape tells how the size is made of those.

>>> import numpy as np
>>> from autograd.core.op import OPS
>>> from autograd.read.sizes import sized
>>> from autograd.read.term import Term
>>> x = sized(Term(np.ones((4, 6)), "x"))
>>> [n.written(lambda s: s.name) for n in grown(OPS[np.reshape], (x,), {"shape": -1}, (24,))]
['x.shape[0] * x.shape[1]']
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import reduce
from math import prod
from operator import mul
from typing import Any, NamedTuple

import numpy as np

from autograd.core.op import Op
from autograd.read.derive.axes import longer, tried
from autograd.read.sizes import Size, combined
from autograd.read.term import Term


def grown(op: Op, operands: Sequence[Any], params: dict[str, Any], shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape of a result with the sizes of the operands in it, as far as it can be told how it is made of them.

    None where the operation does not run on longer operands.
    """
    trial = _Trial(op, operands, params)
    axes: dict[Hashable, _Axes] = {}
    for i, x in enumerate(operands):
        for axis, n in enumerate(x.shape) if isinstance(x, Term) else ():
            if type(n) is not int:
                axes.setdefault(_key(n), _Axes(n, [])).places.append((i, axis))
    longer = [(a, trial.shape(a.places, _MORE)) for a in axes.values()]
    alone = [a for a, found in longer if found is None]  # which have to be as long as others
    for n in {int(a.size) for a in alone}:
        group = [a for a in alone if a.size == n]
        together = _Axes(group[0].size, [at for a in group for at in a.places])
        longer.append((together, trial.shape(together.places, _MORE)))
    if any(found is None for a, found in longer if a not in alone):
        return None
    return tuple(
        _made(k, n, [(a, found[k] - n) for a, found in longer if found is not None and len(found) == len(shape)], trial)
        for k, n in enumerate(shape)
    )


_MORE = 60  # entries: what takes every second, third … entry has a multiple of one more


class _Axes(NamedTuple):
    """A size, and the operands and axes that have it."""

    size: Any
    places: list[tuple[int, int]]


class _Trial:
    """Runs an operation on operands that are longer."""

    def __init__(self, op: Op, operands: Sequence[Any], params: dict[str, Any]) -> None:
        self._op, self._params = op, params
        self._raws = [x.value if isinstance(x, Term) else x for x in operands]

    def shape(self, places: list[tuple[int, int]], by: int) -> tuple[int, ...] | None:
        """The shape of the result where these axes have so many entries more; None where it does not run."""
        raws = list(self._raws)
        for i, axis in places:
            raws[i] = longer(raws[i], axis, by)
        result = tried(self._op, raws, self._params)
        return None if result is None else np.shape(result)

    def size(self, k: int, axes: _Axes, by: int) -> int | None:
        """The size of axis k of the result where these have so many entries more."""
        shape = self.shape(axes.places, by)
        return None if shape is None else shape[k]


def _made(k: int, n: int, grew: list[tuple[_Axes, int]], trial: _Trial) -> int:
    """The size n of axis k of the result, in terms of those that it grew with; n where that is not one of a few forms:
    a multiple of one and so many more, a fraction of one rounded down, a product of several.

    grew   what grew, and by how many entries the result did
    """
    grew = [(axes, more) for axes, more in grew if more]
    if len(grew) == 1:
        ((axes, more),) = grew
        return _affine(k, n, axes, more // _MORE, trial) if more >= _MORE else _fraction(k, n, axes, more, trial)
    whole = prod(int(axes.size) for axes, _ in grew)
    if not grew or any(more * int(axes.size) != n * _MORE for axes, more in grew):
        return n
    if n and whole % n == 0:
        made: int = combined("//", reduce(mul, (axes.size for axes, _ in grew)), whole // n)
        return made
    return n if n % whole else reduce(mul, (axes.size for axes, _ in grew), n // whole)


def _affine(k: int, n: int, axes: _Axes, slope: int, trial: _Trial) -> int:
    """s − 1, 3 s + 2."""
    if any(trial.size(k, axes, by) != n + slope * by for by in (1, _MORE)):
        return n
    return _plus(slope * axes.size, n - slope * int(axes.size))


def _fraction(k: int, n: int, axes: _Axes, more: int, trial: _Trial) -> int:
    """(s + 1) // 2, as of every second entry."""
    under, rest = divmod(_MORE, more)
    found = [trial.size(k, axes, by) for by in range(under)]
    for c in range(n * under - axes.size, (n + 1) * under - axes.size):
        if not rest and found == [(axes.size + by + int(c)) // under for by in range(under)]:
            result: int = combined("//", _plus(axes.size, int(c)), under)
            return result
    return n


def _plus(size: int, number: int) -> int:
    return size - -number if number < 0 else size + number


def _key(n: Any) -> Hashable:
    return n.key if type(n) is Size else repr(n)
