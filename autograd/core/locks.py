"""What `guard()` locks: arrays that are read-only while a block lasts, and are given back when it ends.

Several blocks, in several threads, may guard the same array: it is given back with the last of them. An array that
could not be given back (the memory of another library) is not locked in the first place.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from autograd.core.types import Array
from autograd.errors import EditError

ADVICE = (
    "autograd.guard() keeps the arrays that operations have read or made read-only, because an edit in place would "
    "make gradients wrong. Make a new array (X = X + 1, np.where(mask, value, X), or t.data = t.data + 1), or edit "
    "before the array is used or after the block."
)


class _Held:
    """An array that is locked, by which blocks, and what `Tensor.data` shows of it meanwhile."""

    def __init__(self, array: Array) -> None:
        self.array = array
        self.blocks: list[Locks] = []
        self.shown: GuardedArray | None = None


_HELD: dict[int, _Held] = {}  # by id: the arrays are kept alive, so that these stay theirs
_CHANGING = threading.RLock()


class Locks:
    """The arrays that one block of `guard()` has locked."""

    def __init__(self) -> None:
        self.arrays: dict[int, Array] = {}
        self.open = True

    def __len__(self) -> int:
        return len(self.arrays)

    def add(self, array: Any) -> None:
        """Make an array read-only, and whatever it is a view of, until the block ends."""
        with _CHANGING:
            while self.open and isinstance(array, np.ndarray):
                self._add(array)
                array = array.base

    def _add(self, array: Array) -> None:
        held = _HELD.get(id(array))
        if held is None:
            if not array.flags.writeable or not _can_be_given_back(array):
                return
            held = _HELD[id(array)] = _Held(array)
            array.flags.writeable = False
        if id(array) not in self.arrays:
            held.blocks.append(self)
            self.arrays[id(array)] = array

    def shown(self, array: Array) -> Array:
        """The array as `Tensor.data` gives it within the block: locked, it refuses edits in words of ours."""
        with _CHANGING:
            held = _HELD.get(id(array))
            if held is None:
                return array
            if held.shown is None:
                held.shown = array.view(GuardedArray)
                held.shown.original = array
            return held.shown

    def release(self) -> None:
        """End the block: what no other block guards can be written again."""
        self.open = False
        with _CHANGING:
            free = [held for held in _HELD.values() if not any(block.open for block in held.blocks)]
            for held in sorted(free, key=lambda held: _depth(held.array)):  # a view only after what it is a view of
                if any(id(base) in _HELD for base in _bases(held.array)):
                    continue  # its turn comes with that of its base
                try:
                    held.array.flags.writeable = True
                    if held.shown is not None:
                        held.shown.flags.writeable = True
                except ValueError:
                    pass  # somebody else has locked what it is a view of
                del _HELD[id(held.array)]


def _can_be_given_back(array: Array) -> bool:
    """Whether NumPy will let it be made writable again: it asks the owner of the memory for a buffer to write into."""
    *_, last = array, *_bases(array)
    if last.flags.owndata or last.base is None:
        return True
    try:
        owner: Any = last.base
        with memoryview(owner) as buffer:
            return not buffer.readonly
    except (TypeError, BufferError):
        return False


def _bases(array: Array) -> Iterator[Array]:
    """What the array is a view of, one of another."""
    base = array.base
    while isinstance(base, np.ndarray):
        yield base
        base = base.base


def _depth(array: Array) -> int:
    return sum(1 for _ in _bases(array))


class GuardedArray(np.ndarray[Any, Any]):
    """What `Tensor.data` is within `guard()`: the array, whose edits are refused with what to do instead.

    What is computed from it is an ordinary array.
    """

    original: Any = None  # the array that it shows

    def __setitem__(self, index: Any, value: Any) -> None:
        if not self.flags.writeable:
            _refuse(self)
        super().__setitem__(index, value)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = (), **how: Any) -> Any:
        for target in (*out, inputs[0]) if method == "at" else out:
            if isinstance(target, GuardedArray) and not target.flags.writeable:
                _refuse(target)
        if out:
            how["out"] = tuple(plain(target) for target in out)
        return getattr(ufunc, method)(*(plain(x) for x in inputs), **how)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        try:
            return super().__array_function__(function, types, args, kwargs)
        except ValueError as cause:
            if is_read_only(cause) and not isinstance(cause, EditError):
                raise EditError(_words(self)) from None
            raise

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if return_scalar else plain(array)

    def __reduce__(self) -> Any:
        return plain(self).__reduce__()

    def __repr__(self) -> str:
        return repr(plain(self))


def _editing(name: str) -> Any:
    """A method of ndarray that edits in place, refused while the array is locked."""

    def method(self: GuardedArray, *args: Any, **kwargs: Any) -> Any:
        if not self.flags.writeable:
            _refuse(self)
        return getattr(np.ndarray, name)(self, *args, **kwargs)

    method.__name__ = name
    return method


for _name in ("fill", "sort", "partition", "put", "resize", "setfield"):
    setattr(GuardedArray, _name, _editing(_name))


def plain(array: Any) -> Any:
    """The array itself where this is what `Tensor.data` shows of one within `guard()`; anything else as it is."""
    if not isinstance(array, GuardedArray):
        return array
    return array.view(np.ndarray) if array.original is None else array.original


def is_read_only(error: Any) -> bool:
    """Whether this is what NumPy says of an edit of an array that is read-only."""
    return isinstance(error, ValueError) and "read-only" in str(error)


def _refuse(array: Array) -> NoReturn:
    raise EditError(_words(array))


def _words(array: Array) -> str:
    return f"The data of a Tensor {array.shape} must stay as it was recorded, but got an edit in place. {ADVICE}"
