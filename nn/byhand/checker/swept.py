"""The right values of a cost and its gradients as the sweep finds them, of which nothing has been derived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.fitting import fit
from autograd.core.sweep import reverse
from nn.byhand.checker.arrays import Array
from nn.byhand.checker.comparison import close, worst_entry
from nn.byhand.checker.equation import DATA, GRADIENT, VALUE, Key, called
from nn.byhand.checker.fewer import root_of, samples_of
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.report import RIGHT, WRONG, Finding

_ROUNDED = 100  # how many times as far as what was handed in a value may be off that was computed from it


class Swept:
    """The values and gradients of a recorded cost.

    values   key -> value; gradients are derivatives of the cost
    m        the number of samples, where it can be told
    """

    def __init__(self, J: ag.Tensor, nodes: Mapping[str, ag.Node], lr: float | None = None) -> None:
        root = root_of(J)
        self.m = samples_of(J)
        with np.errstate(all="ignore"):
            values, found = ag.values(root), reverse(root, fit(1.0, root.shape, root.dtype), keep=True)
        self.values: dict[Key, Any] = {(name, False): values[node] for name, node in nodes.items()}
        self.values |= {(name, True): found[node] for name, node in nodes.items() if node in found and node is not root}
        if lr is not None:
            leaves = [name for name, node in nodes.items() if node.op is None]
            self.values |= {(n, False): self.values[n, False] - lr * self.values[n, True] for n in leaves}

    def agrees(self, key: AnswerKey) -> bool:
        """Whether a key has these values."""
        for eq in key.equations:
            if eq.kind not in (VALUE, GRADIENT):
                continue
            right = self.values.get(eq.key)
            times = float(key.m or 1) if eq.of_samples and eq.kind == GRADIENT and key.convention == "course" else 1.0
            if right is None or not close(_array(key.values[eq.key]), times * right):
                return False
        return all(kind == DATA or (name, False) in self.values for (name, _), kind in key.kinds.items())

    @property
    def names(self) -> list[str]:
        """What may be handed in."""
        return [called(key) for key in self.values]

    def judge(self, arrays: Mapping[str, Array]) -> tuple[list[Finding], str, str]:
        """The findings, the convention, and how the samples lie. Only values are compared."""
        keys = {called(key): key for key in self.values}
        given = {keys[name]: x for name, x in arrays.items()}
        layout = "rows" if self._is_in_rows(given) else "columns"
        if layout == "rows":
            given = {key: x.turned() if self._is_turned(x, key) else x for key, x in given.items()}
            given = {key: x.turned() if self._is_square_turned(x, key) else x for key, x in given.items()}
        slack = _ROUNDED * max((_relative(x) for x in given.values()), default=0.0)
        of = {c: {k for k, x in given.items() if self._has(k, x, c, slack)} for c in ("course", "true")}
        convention = max(of, key=lambda c: len(of[c]))
        right = of[convention]
        return [self._said(k, x, k in right, convention) for k, x in given.items()], convention, layout

    def _right(self, key: Key, convention: str) -> Any:
        value = self.values[key]
        in_course = convention == "course" and key[1] and self.m is not None and np.shape(value)[-1:] == (self.m,)
        return self.m * value if in_course else value

    def _has(self, key: Key, array: Array, convention: str, slack: float) -> bool:
        right = np.asarray(self._right(key, convention))
        size = float(np.max(np.abs(right), initial=0.0, where=np.isfinite(right)))
        return array.value.shape == right.shape and close(array, right, slack * size)

    def _is_turned(self, array: Array, key: Key) -> bool:
        shape = np.shape(self.values[key])
        return len(shape) == 2 and shape[0] != shape[1] and array.value.shape == shape[::-1]

    def _is_square_turned(self, array: Array, key: Key) -> bool:
        shape = np.shape(self.values[key])
        square = len(shape) == 2 and shape[0] == shape[1] and array.value.shape == shape
        return square and not close(array, self.values[key]) and close(array.turned(), self.values[key])

    def _is_in_rows(self, given: Mapping[Key, Array]) -> bool:
        of_samples = [k for k in given if np.shape(self.values[k])[-1:] == (self.m,) and len(self.values[k].shape) == 2]
        return bool(of_samples) and all(self._is_turned(given[key], key) for key in of_samples)

    def _said(self, key: Key, array: Array, is_right: bool, convention: str) -> Finding:
        name, right = called(key), self._right(key, convention)
        if is_right:
            return Finding(name, RIGHT, f"{name} is right.", value=key[0], gradient=key[1])
        if array.value.shape != np.shape(right):
            words = f"Its shape is {array.value.shape}, but should be {np.shape(right)}."
            return Finding(name, WRONG, f"{name} is not right. {words}", value=key[0], gradient=key[1])
        entry = worst_entry(array, right)
        at = "" if entry is None else f" At {list(entry[0])} you have {entry[1]:.6g}, right is {entry[2]:.6g}."
        message = f"{name} is not right, or comes from what is not.{at}"
        return Finding(name, WRONG, message, entry=entry, value=key[0], gradient=key[1])


def _array(value: Any) -> Array:
    return Array(np.asarray(value, float), 0.0)


def _relative(array: Array) -> float:
    """How far an array may be off because of rounding, relative to its largest entry."""
    size = float(np.max(np.abs(array.value), initial=0.0, where=np.isfinite(array.value)))
    return float(np.max(array.rounding, initial=0.0)) / size if size else 0.0
