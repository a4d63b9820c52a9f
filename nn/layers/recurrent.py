"""Recurrent layers: the same weights at every step of a sequence, with a state that goes from step to step.

A sequence of T steps is X (n_in, T, m): the features of a step, the steps, the samples. There is a loop over steps,
none over samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np

import autograd as ag
from nn import init as initializers
from nn.layers.cells import Called, Cell, GRUCell, LSTMCell, RNNCell, State, output_of, sequence_of
from nn.layers.dropout import Dropout, dropout
from nn.layers.sequences import check_sequence, check_steps, flag, steps_of
from nn.layers.settings import check_counts, filled, weights
from nn.module import Module
from nn.naming import numbered

__all__ = ["GRU", "LSTM", "RNN"]


class Place(NamedTuple):
    """A cell where it stands: in which of the layers, counted from 1, and in which direction it goes."""

    layer: int
    backward: bool

    @property
    def suffix(self) -> str:
        """What follows the letters of its parameters and values: Wx, Wx_back, Wx_2, Wx_2_back."""
        return f"_{self.layer}" * (self.layer > 1) + "_back" * self.backward


class Recurrent(Module):
    """What RNN, LSTM and GRU share: several layers, both directions, states and masks."""

    symbol = "A"
    letters: ClassVar[tuple[str, ...]] = ("Wx", "Wh", "b")  # of the parameters of a cell

    def __init__(
        self,
        n_in: int,
        n_hidden: int,
        *,
        layers: int,
        bidirectional: bool,
        last: bool,
        keep_prob: float,
        bias: bool,
        init: Any,
        seed: Any,
        dtype: Any,
    ) -> None:
        name = type(self).__name__
        check_counts(
            name, "the numbers of features, of units and of layers", n_in=n_in, n_hidden=n_hidden, layers=layers
        )
        self.n_in, self.n_hidden, self.layers = int(n_in), int(n_hidden), int(layers)
        self.bidirectional, self.last = flag(name, "bidirectional", bidirectional), flag(name, "last", last)
        self.bias = flag(name, "bias", bias)
        self.keep_prob = Dropout(keep_prob).keep_prob
        rng = initializers.generator(seed)
        for place in self.places():
            n = self.n_in if place.layer == 1 else self.n_hidden * (2 if bidirectional else 1)
            for letter, tensor in zip(self.letters, self._parameters(n, init, rng, dtype), strict=True):
                setattr(self, letter + place.suffix, tensor)

    def places(self) -> list[Place]:
        """Where its cells stand, in the order of their states: layer by layer, forward before backward."""
        ways = (False, True) if self.bidirectional else (False,)
        return [Place(layer, backward) for layer in range(1, self.layers + 1) for backward in ways]

    def cell(self, place: Place) -> Cell:
        """The cell that stands there, with its parameters."""
        return self._cell(*(getattr(self, letter + place.suffix) for letter in self.letters))

    def _cell(self, *parameters: Any) -> Cell:
        raise NotImplementedError

    def _parameters(self, n_in: int, init: Any, rng: np.random.Generator, dtype: Any) -> list[ag.Tensor | None]:
        """Those of a cell for so many inputs, as they start."""
        raise NotImplementedError

    def _weights(
        self, gates: int, n_in: int, init: Any, rng: np.random.Generator, dtype: Any
    ) -> list[ag.Tensor | None]:
        """Wx, Wh and b; those of each gate start as those of a layer of its own."""
        name, n = type(self).__name__, self.n_hidden
        parts = [[weights(name, (n, columns), init, rng, dtype).data for _ in range(gates)] for columns in (n_in, n)]
        Wx, Wh = (
            ag.Tensor(np.concatenate(part), name=letter) for letter, part in zip(("Wx", "Wh"), parts, strict=True)
        )
        return [Wx, Wh, filled(name, 0.0, (gates * n, 1), "b", dtype) if self.bias else None]

    def forward(
        self, X: Any, state: Sequence[State] | None = None, *, mask: Any = None, with_state: bool = False
    ) -> Any:
        """X (n_in, T, m) -> A (n_hidden, T, m), or the last state alone (n_hidden, m). See the class."""
        T, m = check_sequence(self, "n_in", self.n_in, X)
        mask = check_steps(self, mask, T, m)
        places = self.places()
        cells = list(map(self.cell, places))
        names = [partial(self._names, place, numbered("")) for place in places]
        before = [cell.start(m, called(0)) for cell, called in zip(cells, names, strict=True)]
        state = before if state is None else self._checked(state, before)
        steps, outputs, after = steps_of(X), [], []
        for place, cell, start, called in zip(places, cells, state, names, strict=True):
            if place.layer > 1 and not place.backward:
                steps = [dropout(A, self.keep_prob, training=self.training) for A in steps]
            with ag.scope(*self._scope(place)):
                way, end = cell.along(steps, start, mask, called, backward=place.backward)
            outputs.append(way)
            after.append(end)
            if place.backward or not self.bidirectional:
                steps, outputs = [_joined(parts) for parts in zip(*outputs, strict=True)], []
        if self.last:
            out = _joined([output_of(end) for end in after[-2 if self.bidirectional else -1 :]])
        else:
            out = sequence_of(steps, mask)
        return (out, after) if with_state else out

    def _scope(self, place: Place) -> tuple[str, ...]:
        """None of its own where there is only one cell."""
        level = (f"level {place.layer}",) if self.layers > 1 else ()
        return (*level, "backward" if place.backward else "forward") if self.bidirectional else level

    def _names(self, place: Place, number: str, t: int) -> Called:
        """What names the values of a step: A1_3 is the state of layer 1 after step 3, of the way back A1_back_3."""
        end = f"{number}{place.suffix}_{t}"

        def called(letter: str, value: Any) -> Any:
            if isinstance(value, ag.Tensor):
                value.name = letter + end
            return value

        return called

    def _checked(self, state: Any, fitting: list[State]) -> list[State]:
        """The states that were handed in, one for each cell, if they are like those that fit."""
        shapes = list(map(_shapes, fitting))
        given = list(map(_shapes, state)) if isinstance(state, (list, tuple)) else _shapes(state)
        if given != shapes:
            raise ag.ShapeError(
                f"{self!r} needs as state a list with one entry for each of its {len(shapes)} cells, of shape "
                f"{shapes[0]}, but got {given}. Pass what it gave with with_state=True, or None for 0."
            )
        return list(state)


class RNN(Recurrent):
    """A_t = g(Wx X_t + Wh A_(t−1) + b) for each step t, with A_0 = 0: a state that goes through the sequence.

    Arguments:
        n_in, n_hidden  number of features of a step, and of units
        layers          how many such layers: the states of one are the input of the next
        bidirectional   whether a second cell of each layer goes from the last step to the first; the results of both
                        stand one below the other
        activation      "tanh" or "relu"
        last            whether only the last state is the result, where each direction ends
        keep_prob       of the Dropout between the layers
        bias            False leaves b out
        init, seed, dtype  as of Linear

    X (n_in, T, m) -> A (n_hidden, T, m), of both directions (2 n_hidden, T, m); with last=True without the axis T.
    Parameters: Wx (n_hidden, n_in), Wh (n_hidden, n_hidden), b (n_hidden, 1), 0 at first; those of the way back are
    Wx_back …, of a second layer Wx_2, Wx_2_back ….

    Sequences of different lengths stand in one array with a mask (T, m), True where a sample has that step:
    `layer(X, mask=np.arange(T)[:, None] < lengths)`. The state stays what it was where there is no step, so the last
    one is that after the last step of the sample; outputs there are 0.
    A state before the first step other than 0 is the second argument, and with_state=True returns (A, state): a list
    with one entry for each cell, of RNN and GRU (n_hidden, m), of LSTM a pair of them.

    Elman (1990), Finding structure in time; Waa, Wax of the course's sequence models are Wh, Wx. PyTorch adds a
    second bias, which adds nothing: b = b_ih + b_hh.

    >>> import numpy as np, nn
    >>> layer = nn.RNN(3, 4, seed=0)
    >>> layer(np.ones((3, 6, 2))).shape, [(name, p.shape) for name, p in layer.named_parameters()]
    ((4, 6, 2), [('Wx', (4, 3)), ('Wh', (4, 4)), ('b', (4, 1))])
    >>> nn.RNN(3, 4, layers=2, bidirectional=True, last=True)(np.ones((3, 6, 2))).shape
    (8, 2)

    Raises autograd.ShapeError unless X is (n_in, T, m), and for a mask or a state of another shape.
    """

    def __init__(
        self,
        n_in: int,
        n_hidden: int,
        *,
        layers: int = 1,
        bidirectional: bool = False,
        activation: str = "tanh",
        last: bool = False,
        keep_prob: float = 1.0,
        bias: bool = True,
        init: Any = "xavier",
        seed: Any = None,
        dtype: Any = float,
    ) -> None:
        if activation not in ("tanh", "relu"):
            raise ValueError(f"activation must be 'tanh' or 'relu', but got {activation!r}.")
        self.activation = activation
        super().__init__(
            n_in,
            n_hidden,
            layers=layers,
            bidirectional=bidirectional,
            last=last,
            keep_prob=keep_prob,
            bias=bias,
            init=init,
            seed=seed,
            dtype=dtype,
        )

    def _cell(self, *parameters: Any) -> Cell:
        return RNNCell(*parameters, activation=self.activation)

    def _parameters(self, n_in: int, init: Any, rng: np.random.Generator, dtype: Any) -> list[ag.Tensor | None]:
        return self._weights(1, n_in, init, rng, dtype)


class LSTM(Recurrent):
    """Long short-term memory: a second state C, to which gates add, and from which they take.

        Z_t = Wx X_t + Wh A_(t−1) + b, in four parts of n_hidden rows: for the gates I, F, the candidate G, the gate O
        I, F, O = σ(Z of each), G = tanh(Z of G)
        C_t = F ∘ C_(t−1) + I ∘ G
        A_t = O ∘ tanh(C_t)

    Arguments, shapes, masks and states as of RNN. Parameters: Wx (4 n_hidden, n_in), Wh (4 n_hidden, n_hidden),
    b (4 n_hidden, 1), which starts as 0, but as 1 for the forget gate F (Jozefowicz et al., 2015).

    Hochreiter and Schmidhuber (1997); with F by Gers et al. (2000). The course's Γ_u, Γ_f, Γ_o, c̃ are I, F, O, G. The
    order of the parts is PyTorch's, whose b is b_ih + b_hh.

    >>> import numpy as np, nn
    >>> layer = nn.LSTM(3, 4, seed=0)
    >>> layer(np.ones((3, 6, 2))).shape, layer.Wx.shape, layer.Wh.shape, layer.b.shape
    ((4, 6, 2), (16, 3), (16, 4), (16, 1))
    """

    def __init__(
        self,
        n_in: int,
        n_hidden: int,
        *,
        layers: int = 1,
        bidirectional: bool = False,
        last: bool = False,
        keep_prob: float = 1.0,
        bias: bool = True,
        init: Any = "xavier",
        seed: Any = None,
        dtype: Any = float,
    ) -> None:
        super().__init__(
            n_in,
            n_hidden,
            layers=layers,
            bidirectional=bidirectional,
            last=last,
            keep_prob=keep_prob,
            bias=bias,
            init=init,
            seed=seed,
            dtype=dtype,
        )

    def _cell(self, *parameters: Any) -> Cell:
        return LSTMCell(*parameters)

    def _parameters(self, n_in: int, init: Any, rng: np.random.Generator, dtype: Any) -> list[ag.Tensor | None]:
        Wx, Wh, b = self._weights(4, n_in, init, rng, dtype)
        if b is not None:  # the forget gate starts open, or else what is early would be forgotten at once
            b.data = np.repeat(np.array([0, 1, 0, 0], b.dtype), self.n_hidden).reshape(-1, 1)
        return [Wx, Wh, b]


class GRU(Recurrent):
    """Gated recurrent units: gates say how much of the state stays, and how much of it a new one is made from.

        R, U = σ(Wx X_t + Wh A_(t−1) + b), the first two parts of n_hidden rows
        N = tanh(Wx X_t + b + R ∘ (Wh A_(t−1) + bh)), with the third part of each
        A_t = U ∘ A_(t−1) + (1 − U) ∘ N

    Arguments, shapes, masks and states as of RNN, and
        reset_after  False resets before the product, as in the papers and in the course:
                     N = tanh(Wx X_t + b + Wh (R ∘ A_(t−1))), without bh

    Parameters: Wx (3 n_hidden, n_in), Wh (3 n_hidden, n_hidden), b (3 n_hidden, 1), bh (n_hidden, 1); biases are 0 at
    first.

    Cho et al. (2014); the form that resets after is that of cuDNN, PyTorch and Keras. The course's Γ_u is 1 − U, its
    Γ_r is R. The order of the parts is PyTorch's, whose b is b_ih + b_hh, and for N b_ih, with bh the b_hh of N.

    >>> import numpy as np, nn
    >>> layer = nn.GRU(3, 4, seed=0)
    >>> layer(np.ones((3, 6, 2))).shape, layer.Wx.shape, layer.Wh.shape, layer.b.shape, layer.bh.shape
    ((4, 6, 2), (12, 3), (12, 4), (12, 1), (4, 1))
    """

    letters = ("Wx", "Wh", "b", "bh")

    def __init__(
        self,
        n_in: int,
        n_hidden: int,
        *,
        layers: int = 1,
        bidirectional: bool = False,
        reset_after: bool = True,
        last: bool = False,
        keep_prob: float = 1.0,
        bias: bool = True,
        init: Any = "xavier",
        seed: Any = None,
        dtype: Any = float,
    ) -> None:
        self.reset_after = flag("GRU", "reset_after", reset_after)
        super().__init__(
            n_in,
            n_hidden,
            layers=layers,
            bidirectional=bidirectional,
            last=last,
            keep_prob=keep_prob,
            bias=bias,
            init=init,
            seed=seed,
            dtype=dtype,
        )

    def _cell(self, *parameters: Any) -> Cell:
        return GRUCell(*parameters, reset_after=self.reset_after)

    def _parameters(self, n_in: int, init: Any, rng: np.random.Generator, dtype: Any) -> list[ag.Tensor | None]:
        has_bh = self.bias and self.reset_after
        bh = filled("GRU", 0.0, (self.n_hidden, 1), "bh", dtype) if has_bh else None
        return [*self._weights(3, n_in, init, rng, dtype), bh]


def _joined(parts: Sequence[Any]) -> Any:
    """The results of the directions, one below the other."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=0)


def _shapes(state: State) -> Any:
    return tuple(map(_shapes, state)) if isinstance(state, tuple) else np.shape(state)
