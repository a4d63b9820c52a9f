"""How the axes of a sample lie here and in PyTorch, as its layers tell, so that none is read as another.

A sample of several axes comes here in one of two orders: as in PyTorch, images (channels, height, width); or in the
opposite order, sequences (T, n) -> (n, T), which have features on the last axis there and on the first one here. Any
layer that reads one axis needs one of the two. Of a sample of one axis both are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nn.io.torch_layers import NoCounterpartError
from nn.io.torch_sequences import LAYERS as SEQUENCES, batch_first


@dataclass
class Axes:
    """What is known after some layers.

    n            how many axes a sample has; None where that is not known
    straight     whether they may be in PyTorch's order
    turned       whether they may be in the opposite order
    is_input     whether a sample of the input has as many
    needed       how many it must have, where the layers here would compute something else for another number
    batch_first  of the sequences among the layers; None where there is none
    """

    n: int | None = None
    straight: bool = True
    turned: bool = True
    is_input: bool = True
    needed: int | None = None
    batch_first: bool | None = None

    def reads_first(self, *counts: int) -> None:
        """A layer reads the first axis of a sample in PyTorch, as a convolution its channels: PyTorch's order.

        counts   how many axes a sample may have there, if not any number
        """
        if not self.straight:
            self._is_column("after an Embedding, a sequence or Linear, which have another order of axes in nn")
        self.turned = self.turned and self.n == 1
        self._has(counts)

    def reads_last(self, *counts: int) -> None:
        """A layer reads the last axis of a sample in PyTorch, as Linear its features: the opposite order."""
        if not self.turned:
            self._is_column(
                "after channels, which are not on the last axis of a sample as its features. Flatten before it"
            )
        self.straight = self.straight and self.n == 1
        self._has(counts)

    def becomes(self, n: int) -> None:
        """A layer gives as many axes as that, in PyTorch's order."""
        self.n, self.straight, self.turned, self.is_input = n, True, n == 1, False

    def reads_all(self, n: int) -> None:
        """A layer reads all axes of a sample, and would read some of one that has more."""
        unknown = self.n is None
        self.reads_first(n)
        if unknown:
            self.needed = n

    def is_sequence(self, batch_first: bool) -> None:
        """A layer takes sequences, of features on the last axis in PyTorch."""
        self.reads_last(2)
        if self.batch_first not in (None, batch_first):
            raise NoCounterpartError(f"of which batch_first={batch_first} is not that of the sequences before")
        self.batch_first = batch_first

    def are_embedded(self) -> None:
        """Indices get features beside them, on the last axis in PyTorch; of those there may be several axes."""
        self.reads_last()
        self.n, self.straight, self.is_input = None if self.n is None else self.n + 1, False, False

    def are_pooled(self) -> None:
        """Each channel is one number: PyTorch keeps axes of size 1 beside it, nn does not."""
        self.n, self.straight, self.turned, self.is_input = 1, True, False, False

    def _has(self, counts: tuple[int, ...]) -> None:
        if counts and self.n is not None and self.n not in counts:
            raise NoCounterpartError(f"of {' or '.join(map(str, counts))} of the {self.n} axes of a sample")
        if len(counts) == 1:
            self.n = counts[0]

    def _is_column(self, why_not: str) -> None:
        """Only a sample of one axis can be right; it is, if the input has one, which is checked when the model runs."""
        if self.n is not None or not self.is_input:
            raise NoCounterpartError(why_not)
        self.n, self.needed, self.straight, self.turned = 1, 1, True, True


# --- what each layer reads --------------------------------------------------------------------------------------------


def _normalized(t: Any, axes: Axes) -> None:
    """PyTorch normalizes the last axes of a sample, nn the first ones."""
    n = len(t.normalized_shape)
    if n == 1:
        axes.reads_last()
    else:
        axes.reads_all(n)


def _units(t: Any, axes: Axes) -> None:
    (axes.reads_first if t.dim == 1 else axes.reads_last)()


def _flattened(t: Any, axes: Axes) -> None:
    axes.reads_first()
    axes.becomes(1)


def _unflattened(t: Any, axes: Axes) -> None:
    axes.reads_first(1)
    axes.becomes(len(t.unflattened_size))


def _pooled(n: int) -> Callable[[Any, Axes], None]:
    def reads(t: Any, axes: Axes) -> None:
        axes.reads_all(n)
        axes.are_pooled()

    return reads


def _channels(*counts: int) -> Callable[[Any, Axes], None]:
    return lambda t, axes: axes.reads_first(*counts)


# By the name of PyTorch's class; layers that are not listed read each number by itself.
READS: dict[str, Callable[[Any, Axes], None]] = {
    **dict.fromkeys(["AdaptiveAvgPool1d", "AdaptiveMaxPool1d"], _pooled(2)),
    **dict.fromkeys(["AdaptiveAvgPool2d", "AdaptiveMaxPool2d"], _pooled(3)),
    **dict.fromkeys(["Conv1d", "MaxPool1d", "AvgPool1d"], _channels(2)),
    **dict.fromkeys(["Conv2d", "MaxPool2d", "AvgPool2d", "BatchNorm2d"], _channels(3)),
    "BatchNorm1d": _channels(1, 2),
    "Embedding": lambda t, axes: axes.are_embedded(),
    "Flatten": _flattened,
    "GroupNorm": _channels(),
    "LayerNorm": _normalized,
    "Linear": lambda t, axes: axes.reads_last(),
    "LogSoftmax": _units,
    "PReLU": lambda t, axes: axes.reads_first() if t.num_parameters > 1 else None,
    "Softmax": _units,
    "Unflatten": _unflattened,
    **dict.fromkeys(SEQUENCES, lambda t, axes: axes.is_sequence(batch_first(t))),
}
