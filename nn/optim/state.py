"""The state of an optimizer: copied before a step, saved by name, loaded from what was saved."""

from __future__ import annotations

import numbers
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

import autograd as ag
from nn.buffers import fitting

_WHOLE = frozenset({ag.Tensor, float, int, bool, str, type(None)})  # nothing in them changes


def copied(state: Any, arrays: bool) -> Any:
    """The state in containers of its own, and in arrays of its own if they are to be copied; Tensors and whatever else
    as they are."""
    if type(state) in _WHOLE:
        return state
    if isinstance(state, dict):
        return {k: v if type(v) in _WHOLE else copied(v, arrays) for k, v in state.items()}
    if type(state) is list:
        return [copied(v, arrays) for v in state] if arrays else state.copy()
    if type(state) in (tuple, set, deque):
        return _like(state, [copied(v, arrays) for v in state])
    return state.copy() if arrays and isinstance(state, np.ndarray) else state


def saved(state: Mapping[str, Any]) -> dict[str, Any]:
    """Its numbers, and copies of its arrays, by the way to them: the second of the list `v` is `v.1`."""
    return {name: x.copy() if isinstance(x, np.ndarray) else x for name, x in _leaves(state)}


def loaded(owner: str, own: Mapping[str, Any], state: Any) -> dict[str, Any]:
    """A state that `saved` has given, in the form of that which the optimizer has now.

    Raises DataError with a line for everything that does not fit.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"load_state_dict needs a dict, as state_dict() gives it, but got {state!r:.60}.")
    mine = dict(_leaves(own))
    wrong = [f"{name} {np.shape(x)} is missing" for name, x in mine.items() if name not in state]
    wrong += [f"{name} {np.shape(x)} is not part of the optimizer" for name, x in state.items() if name not in mine]
    values: dict[str, Any] = {}
    for name in [name for name in mine if name in state]:
        try:
            values[name] = _fitting(state[name], mine[name])
        except (ag.DataError, ag.DtypeError, ag.ShapeError) as error:
            wrong.append(f"{name} {error}")
    if wrong:
        raise ag.DataError(
            f"load_state_dict needs the state of an optimizer like this {owner}, but got {len(wrong)} that "
            f"{'does' if len(wrong) == 1 else 'do'} not fit:\n  " + "\n  ".join(wrong) + "\n"
            "Make the optimizer as it was when state_dict() was taken, for parameters of the same shapes."
        )
    return {name: _rebuilt(x, (name,), values) for name, x in own.items()}


def _leaves(state: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """The numbers and arrays within, each by the way to it. None is neither."""
    if isinstance(state, Mapping):
        for key, x in state.items():
            yield from _leaves(x, (*way, key))
    elif isinstance(state, (list, tuple, deque)):
        for k, x in enumerate(state):
            yield from _leaves(x, (*way, k))
    elif isinstance(state, (numbers.Real, np.generic, np.ndarray)):
        yield _joined(way), state
    elif state is not None:
        raise TypeError(
            f"The state of an optimizer must be numbers and arrays, in lists or dicts, but {_joined(way)} is "
            f"{state!r:.60}. What the optimizer is made with is no state if the attribute is called as the argument."
        )


def _rebuilt(own: Any, way: tuple[Any, ...], values: Mapping[str, Any]) -> Any:
    """Containers like these, with other leaves."""
    if isinstance(own, Mapping):
        return {key: _rebuilt(x, (*way, key), values) for key, x in own.items()}
    if isinstance(own, (list, tuple, deque)):
        return _like(own, [_rebuilt(x, (*way, k), values) for k, x in enumerate(own)])
    return values.get(_joined(way))


def _like(container: Any, items: list[Any]) -> Any:
    return deque(items, container.maxlen) if isinstance(container, deque) else type(container)(items)


def _fitting(new: Any, old: Any) -> Any:
    """A new value in the form of the old one: an array of its shape and dtype, or a number of its type."""
    fits = fitting(new, np.asarray(old))
    return fits if isinstance(old, np.ndarray) else type(old)(fits[()])


def _joined(way: tuple[Any, ...]) -> str:
    return ".".join(map(str, way))
