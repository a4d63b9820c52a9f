"""What layers of sequences (n, T, m) share: the checks of what they are given, and taking steps out."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag

FEW = 8  # steps that are taken out one by one


def check_sequence(layer: Any, name: str, n: int, X: Any, given: str = "X") -> tuple[int, int]:
    """T and m of a sequence (n, T, m); refuses another shape in words."""
    shape = X.shape if hasattr(X, "shape") else np.shape(X)
    if len(shape) == 3 and shape[0] == n:
        if not shape[1]:
            raise ag.ShapeError(f"{layer!r} needs {given} with at least one step, but got {shape}.")
        return shape[1], shape[2]
    start = f"{layer!r} needs {given} of shape ({n}, T, m): {name}, steps, samples, but got {shape}."
    raise ag.ShapeError(f"{start} {_advice(name, n, given, shape, getattr(X, 'dtype', None))}")


def _advice(name: str, n: int, given: str, shape: tuple[int, ...], dtype: Any) -> str:
    if dtype is not None and np.dtype(dtype).kind in "iu" and len(shape) <= 2:
        return f"For tokens put nn.Embedding(n_tokens, {n}) before it."
    if len(shape) == 3 and shape[2] == n:
        return f"If that is (samples, steps, features): {given}.transpose(2, 1, 0)."
    if shape and len(shape) == 2 and shape[0] == n:
        return f"For one sequence: {given}[:, :, None]."
    if len(shape) == 2 and shape[1] == n:
        return f"If that is one sequence with a row for each step: {given}.T[:, :, None]."
    return f"Compare {name} with the features of a step."


def check_steps(layer: Any, mask: Any, T: int, m: int) -> Any:
    """A mask (T, m) that says which sample has which step, or None."""
    if mask is None:
        return None
    layer = layer if isinstance(layer, str) else repr(layer)
    mask = boolean(layer, mask, "np.arange(T)[:, None] < lengths")
    if np.shape(mask) != (T, m):
        fix = "Use mask.T." if np.shape(mask) == (m, T) else "Compare it with X."
        if np.shape(mask)[1:] == (m,) != (T,):
            fix += " Layers before it must keep the number of steps, which a stride does not."
        raise ag.ShapeError(
            f"{layer} needs a mask of shape (T, m) = {(T, m)}, True where a sample has that step, but got "
            f"{np.shape(mask)}. {fix}"
        )
    return mask


def boolean(who: str, mask: Any, such_as: str) -> Any:
    """A mask as an array of booleans; refuses one of numbers, whose 0 and 1 other libraries read in both ways."""
    mask = mask.data if isinstance(mask, ag.Tensor) else mask if hasattr(mask, "dtype") else np.asarray(mask)
    if np.dtype(mask.dtype).kind != "b":
        raise ag.DtypeError(
            f"{who} needs a boolean mask, True where there is something to be seen, but got {mask.dtype}. "
            f"Write {such_as}, or mask.astype(bool)."
        )
    return mask


def steps_of(X: Any) -> list[Any]:
    """X[:, t] for each step t of (n, T, m), called X_1, X_2 …, if X has that name or none.

    The gradient of a step is an array of the shape of what it was taken out of, so many steps are taken out of halves:
    that costs T log T, where one by one out of the whole would cost T².
    """
    name = X.name if isinstance(X, ag.Tensor) else "X"
    X = X if isinstance(X, ag.Tensor) else ag.Tensor(X, requires_grad=False)
    steps = _taken_out(X)
    for t, step in enumerate(steps, start=1):
        step.name = f"{name}_{t}" if name else None
    return steps


def _taken_out(X: ag.Tensor) -> list[ag.Tensor]:
    T = X.shape[1]
    if T <= FEW or not X.requires_grad:
        return [X[:, t] for t in range(T)]
    return [*_taken_out(X[:, : T // 2]), *_taken_out(X[:, T // 2 :])]


def flag(layer: str, argument: str, given: Any) -> bool:
    """An argument that is True or False."""
    if not isinstance(given, (bool, np.bool_)):
        raise TypeError(f"{argument} of {layer} must be True or False, but got {given!r}.")
    return bool(given)
