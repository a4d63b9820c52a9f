"""guard(): an edit in place of what was recorded is an error at its own line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.core.locks import ADVICE, Locks, is_read_only
from autograd.core.modes import MODE, Mode, Observer, Switched
from autograd.core.node import Node
from autograd.core.types import Value
from autograd.errors import EditError


class guard(Switched):
    """Within this block the arrays that operations read or make are read-only, so that an edit in place, which would
    make gradients wrong without a word, is an error at its own line; indices and masks, too. When the block ends they
    are writable again. A view that was taken before the block is out of reach: NumPy lets it write into what it views;
    so is memory that NumPy could not make writable again, such as another library's.

    >>> import numpy as np, autograd as ag
    >>> X = np.ones(3)
    >>> with ag.guard():
    ...     y = ag.Tensor(np.ones(3)) * X
    ...     X[0] = 5.0
    Traceback (most recent call last):
        ...
    ValueError: assignment destination is read-only
    autograd.guard() keeps the arrays that operations have read or made read-only, ...
    """

    def __init__(self, *settings: Any) -> None:
        super().__init__()

    def __exit__(self, *error: Any) -> None:
        for raised in error:
            if is_read_only(raised) and not isinstance(raised, EditError) and ADVICE not in _notes(raised):
                raised.add_note(ADVICE)  # NumPy's own words do not say who has locked the array
        super().__exit__(*error)

    def _begin(self) -> Guarding:
        return Guarding()

    def _within(self, around: Mode, kept: Guarding) -> Mode:
        return Mode(around.record, (*around.observers, kept), around.scope, self, kept, around)

    def _end(self, kept: Guarding, later: list[Mode]) -> None:
        others = locks_of(MODE.get())
        if others is not None:  # another block goes on guarding them
            for array in kept.locks.arrays.values():
                others.add(array)
        kept.locks.release()


def _notes(error: Any) -> list[str]:
    return getattr(error, "__notes__", [])


class Guarding(Observer):
    """Locks what operations read and make."""

    def __init__(self) -> None:
        self.locks = Locks()

    def recorded(self, node: Node | None, what: str, operands: Any, raws: Any, out: Value) -> None:
        """See autograd.core.modes.Observer."""
        for array in _arrays((*raws, *operands, out) if node is None else (*raws, *operands, out, node.params)):
            self.locks.add(array)

    def shown(self, value: Value) -> Value:
        """See autograd.core.modes.Observer."""
        return self.locks.shown(value) if type(value) is np.ndarray else value


def locks_of(mode: Mode | None) -> Locks | None:
    """The locks of the innermost block that guards, if there is one."""
    guarding = [o for o in mode.observers if isinstance(o, Guarding)] if mode is not None else []
    return guarding[-1].locks if guarding else None


def _arrays(read: Any) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays in what an operation read: operands, and parameters such as indices and masks."""
    if isinstance(read, np.ndarray):
        yield read
    elif isinstance(read, (tuple, list, dict)):
        for part in read.values() if isinstance(read, dict) else read:
            yield from _arrays(part)
