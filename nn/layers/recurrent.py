"""Recurrent layers: the same weights at every step of a sequence, with a state that goes from step to step.

A sequence of T steps is X (n_in, T, m): the features of a step, the steps, the samples. There is a loop over steps,
none over samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np

import autograd as ag
from nn import init as initializers
from nn.held import Way
from nn.layers.dropout import Dropout
from nn.layers.sequences import check_sequence, check_steps, steps_of
from nn.layers.settings import check_counts, filled, weights
from nn.module import Module
from nn.naming import numbered

__all__ = ["GRU", "LSTM", "RNN"]

State = Any  # of RNN and GRU A (n_hidden, m), of LSTM the pair (A, C)
Called = Callable[[str, Any], Any]  # called("Z", value) gives the value, named by its letter


class Cell(Module):
    """One step of a recurrent layer, and how it goes along a sequence: the input and the state before -> the state
    after. Gates stand in W one below the other, so that a step takes two products of matrices."""

    gates: ClassVar[int] = 1

    def __init__(self, Wx: Any, Wh: Any, b: Any = None) -> None:
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.n_hidden = int(Wh.shape[1])

    def start(self, m: int, called: Called) -> State:
        """The state before the first step: 0."""
        return called("A", self.zeros(m))

    def zeros(self, m: int) -> ag.Tensor:
        """A state of zeros."""
        return ag.Tensor(np.zeros((self.n_hidden, m), self.Wx.dtype), requires_grad=False)

    def step(self, X: Any, state: State, called: Called) -> State:
        """The state after a step; `called(letter, value)` names what is computed in it."""
        raise NotImplementedError

    def along(
        self, steps: Sequence[Any], state: State, mask: Any, names: Callable[[int], Called], *, backward: bool = False
    ) -> tuple[list[Any], State]:
        """The outputs at all steps, in their order, and the state at the end. Where a mask says that a sample has no
        step, its state stays what it was."""
        outputs = []
        for t in range(len(steps))[::-1] if backward else range(len(steps)):
            with ag.scope(f"step {t + 1}"):
                state = _kept(mask, t, self.step(steps[t], state, names(t + 1)), state)
            outputs.append(_output(state))
        return outputs[::-1] if backward else outputs, state

    def gate(self, Z: Any, k: int) -> Any:
        """The rows of the gate number k."""
        return Z[k * self.n_hidden : (k + 1) * self.n_hidden]

    def tensors(self) -> list[tuple[str, ag.Tensor]]:
        """The parameters with their letters, in a fixed order."""
        return [(letter, item) for letter, item in vars(self).items() if isinstance(item, ag.Tensor)]


class RNNCell(Cell):
    """A = g(Wx X + Wh A_before + b)."""

    def __init__(self, Wx: Any, Wh: Any, b: Any = None, *, activation: str = "tanh") -> None:
        super().__init__(Wx, Wh, b)
        self.activation = activation

    def step(self, X: Any, state: State, called: Called) -> State:
        """See Cell."""
        Z = called("Z", _plus(self.Wx @ X + self.Wh @ state, self.b))
        return called("A", np.tanh(Z) if self.activation == "tanh" else ag.relu(Z))


class LSTMCell(Cell):
    """Gates I, F, O and the candidate G: C = F ∘ C_before + I ∘ G, A = O ∘ tanh(C)."""

    gates = 4

    def start(self, m: int, called: Called) -> State:
        """See Cell."""
        return super().start(m, called), called("C", self.zeros(m))

    def step(self, X: Any, state: State, called: Called) -> State:
        """See Cell."""
        A, C = state
        Z = called("Z", _plus(self.Wx @ X + self.Wh @ A, self.b))
        I, F = called("I", ag.sigmoid(self.gate(Z, 0))), called("F", ag.sigmoid(self.gate(Z, 1)))
        G, O = called("G", np.tanh(self.gate(Z, 2))), called("O", ag.sigmoid(self.gate(Z, 3)))
        C = called("C", F * C + I * G)
        return called("A", O * np.tanh(C)), C


class GRUCell(Cell):
    """Gates R and U and the candidate N: A = U ∘ A_before + (1 − U) ∘ N."""

    gates = 3

    def __init__(self, Wx: Any, Wh: Any, b: Any = None, bh: Any = None, *, reset_after: bool = True) -> None:
        super().__init__(Wx, Wh, b)
        self.bh, self.reset_after = bh, reset_after

    def step(self, X: Any, state: State, called: Called) -> State:
        """See Cell."""
        n = 2 * self.n_hidden
        ZX = _plus(self.Wx @ X, self.b)
        ZA = self.Wh @ state if self.reset_after else None
        Z = called("Z", ZX[:n] + (self.Wh[:n] @ state if ZA is None else ZA[:n]))
        R, U = called("R", ag.sigmoid(self.gate(Z, 0))), called("U", ag.sigmoid(self.gate(Z, 1)))
        remembered = self.Wh[n:] @ (R * state) if ZA is None else R * _plus(ZA[n:], self.bh)
        N = called("N", np.tanh(ZX[n:] + remembered))
        return called("A", U * state + (1 - U) * N)


def rnn(
    X: Any, Wx: Any, Wh: Any, b: Any = None, state: State | None = None, *, activation: str = "tanh", mask: Any = None
) -> Any:
    """A_t = g(Wx X_t + Wh A_(t−1) + b) for each step: X (n_in, T, m) -> A (n_hidden, T, m), from the state (n_hidden, m)
    or 0. See nn.RNN.

    >>> import numpy as np
    >>> rnn(np.ones((1, 3, 1)), np.ones((1, 1)), np.ones((1, 1)), activation="relu").data.ravel()
    array([1., 2., 3.])
    """
    return _one(RNNCell(Wx, Wh, b, activation=activation), X, state, mask)


def lstm(X: Any, Wx: Any, Wh: Any, b: Any = None, state: State | None = None, *, mask: Any = None) -> Any:
    """Long short-term memory: X (n_in, T, m) -> A (n_hidden, T, m), with Wx (4 n_hidden, n_in), Wh (4 n_hidden, n_hidden),
    b (4 n_hidden, 1), from the state (A, C), each (n_hidden, m), or 0. See nn.LSTM.

    >>> import numpy as np
    >>> lstm(np.ones((1, 3, 2)), np.ones((8, 1)), np.ones((8, 2))).shape
    (2, 3, 2)
    """
    return _one(LSTMCell(Wx, Wh, b), X, state, mask)


def gru(
    X: Any,
    Wx: Any,
    Wh: Any,
    b: Any = None,
    bh: Any = None,
    state: State | None = None,
    *,
    reset_after: bool = True,
    mask: Any = None,
) -> Any:
    """Gated recurrent units: X (n_in, T, m) -> A (n_hidden, T, m), with Wx (3 n_hidden, n_in), Wh (3 n_hidden, n_hidden),
    b (3 n_hidden, 1), bh (n_hidden, 1), from the state (n_hidden, m) or 0. See nn.GRU.

    >>> import numpy as np
    >>> gru(np.ones((1, 3, 2)), np.ones((6, 1)), np.ones((6, 2))).shape
    (2, 3, 2)
    """
    return _one(GRUCell(Wx, Wh, b, bh, reset_after=reset_after), X, state, mask)


def _one(cell: Cell, X: Any, state: State | None, mask: Any) -> Any:
    """The outputs of one cell along a sequence."""
    T, m = check_sequence(type(cell).__name__, "n_in", cell.Wx.shape[1], X)
    mask = check_steps(type(cell).__name__, mask, T, m)
    state = cell.start(m, _unnamed) if state is None else state
    outputs, _ = cell.along(steps_of(X), state, mask, lambda _: _unnamed)
    return _sequence(outputs, mask)


def _unnamed(letter: str, value: Any) -> Any:
    return value


class Recurrent(Module):
    """What RNN, LSTM and GRU share: the loop over the steps, several layers, both directions."""

    symbol = "A"

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
        self.bidirectional, self.last = _flag(name, "bidirectional", bidirectional), _flag(name, "last", last)
        self.bias = _flag(name, "bias", bias)
        self.dropout = Dropout(keep_prob)
        self.keep_prob = self.dropout.keep_prob
        rng, directions = initializers.generator(seed), 2 if bidirectional else 1
        sizes = [self.n_in, *[directions * self.n_hidden] * (self.layers - 1)]
        self.cells = [self._cell(n, init, rng, dtype) for n in sizes for _ in range(directions)]

    def _cell(self, n_in: int, init: Any, rng: np.random.Generator, dtype: Any) -> Cell:
        """A cell for so many inputs, with its starting values."""
        raise NotImplementedError

    def _weights(self, gates: int, n_in: int, init: Any, rng: np.random.Generator, dtype: Any) -> list[ag.Tensor | None]:
        """Wx, Wh and b; those of each gate start as those of a layer of its own."""
        name, n = type(self).__name__, self.n_hidden
        parts = [
            [weights(name, (n, columns), init, rng, dtype).data for _ in range(gates)] for columns in (n_in, n)
        ]
        Wx, Wh = (ag.Tensor(np.concatenate(part), name=letter) for letter, part in zip(("Wx", "Wh"), parts, strict=True))
        return [Wx, Wh, filled(name, 0.0, (gates * n, 1), "b", dtype) if self.bias else None]

    # --- its parameters are called Wx, Wh, b, whatever cell they are in

    def _held(self) -> list[tuple[Way, Any]]:
        """As of any Module, with the parameters of the cells as its own: Wx of the only cell, (Wx, k) of several."""
        held = [(way, item) for way, item in super()._held() if way[0] != "cells"]
        for k, cell in enumerate(self.cells):
            held += [((letter, k) if len(self.cells) > 1 else (letter,), item) for letter, item in cell.tensors()]
        return held

    def _label(self, name: str, value: Any) -> None:
        if name != "cells":  # they have scopes of their own
            super()._label(name, value)

    @property
    def Wx(self) -> Any:
        """The weights of the input; a list where there are several layers or both directions."""
        return self._each("Wx")

    @property
    def Wh(self) -> Any:
        """The weights of the state before; a list where there are several layers or both directions."""
        return self._each("Wh")

    @property
    def b(self) -> Any:
        """The biases; a list where there are several layers or both directions."""
        return self._each("b")

    def _each(self, letter: str) -> Any:
        found = [getattr(cell, letter) for cell in self.cells]
        return found[0] if len(found) == 1 else found

    # --- forward

    def forward(self, X: Any, state: Sequence[State] | None = None, *, mask: Any = None, with_state: bool = False) -> Any:
        """X (n_in, T, m) -> A (n_hidden, T, m), or the last state alone (n_hidden, m). See the class."""
        T, m = check_sequence(self, "n_in", self.n_in, X)
        mask = check_steps(self, mask, T, m)
        state = self._start(m) if state is None else self._checked(state, m)
        directions = 2 if self.bidirectional else 1
        steps, after = steps_of(X), []
        for first in range(0, len(self.cells), directions):
            if first:
                steps = [self.dropout(A) for A in steps]
            ways = [self._along(k, steps, state[k], mask, backward=k > first) for k in range(first, first + directions)]
            after += [end for _, end in ways]
            steps = [_joined(parts) for parts in zip(*(outputs for outputs, _ in ways), strict=True)]
        out = _joined([_output(end) for end in after[-directions:]]) if self.last else _sequence(steps, mask)
        return (out, after) if with_state else out

    def _start(self, m: int) -> list[State]:
        """The states before the first step, where none are given."""
        return [cell.start(m, self._names(k, 0)) for k, cell in enumerate(self.cells)]

    def _along(self, k: int, steps: Sequence[Any], state: State, mask: Any, *, backward: bool) -> tuple[list[Any], State]:
        """What the cell number k gives along a sequence; it has a scope where it is not the only one."""
        with ag.scope(*[f"cell {k}"][: len(self.cells) > 1]):
            return self.cells[k].along(steps, state, mask, partial(self._names, k), backward=backward)

    def _names(self, k: int, t: int) -> Called:
        """What names the values of a step: A1_3 is the state of layer 1 after step 3, A1_0_3 that of its cell 0."""
        place = f"_{t}" if len(self.cells) == 1 else f"_{k}_{t}"

        def called(letter: str, value: Any) -> Any:
            if isinstance(value, ag.Tensor):
                value.name = numbered(letter) + place
            return value

        return called

    def _checked(self, state: Any, m: int) -> list[State]:
        """The states that were handed in, one for each cell, if they fit."""
        shapes = [_shapes(one) for one in self._start(m)]
        given = [_shapes(one) for one in state] if isinstance(state, (list, tuple)) else _shapes(state)
        if given != shapes:
            raise ag.ShapeError(
                f"{self!r} needs as state a list with one entry for each of its {len(self.cells)} cells, of shape "
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
    Parameters: Wx (n_hidden, n_in), Wh (n_hidden, n_hidden), b (n_hidden, 1), 0 at first; of several cells they are
    lists, layer by layer, forward before backward.

    Sequences of different lengths stand in one array with a mask (T, m), True where a sample has that step:
    `layer(X, mask=np.arange(T)[:, None] < lengths)`. The state stays what it was where there is no step, so the last one
    is that after the last step of the sample; outputs there are 0.
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

    def _cell(self, n_in: int, init: Any, rng: np.random.Generator, dtype: Any) -> Cell:
        return RNNCell(*self._weights(1, n_in, init, rng, dtype), activation=self.activation)


class LSTM(Recurrent):
    """Long short-term memory: a second state C, to which gates add, and from which they take.

        Z_t = Wx X_t + Wh A_(t−1) + b, in four parts of n_hidden rows, for the gates I, F, the candidate G and the gate O
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

    def _cell(self, n_in: int, init: Any, rng: np.random.Generator, dtype: Any) -> Cell:
        Wx, Wh, b = self._weights(4, n_in, init, rng, dtype)
        if b is not None:  # the forget gate starts open, or else what is early would be forgotten at once
            b.data = np.where(np.arange(4 * self.n_hidden)[:, None] // self.n_hidden == 1, b.dtype.type(1), b.data)
        return LSTMCell(Wx, Wh, b)


class GRU(Recurrent):
    """Gated recurrent units: gates say how much of the state stays, and how much of it a new one is made from.

        R, U = σ(Wx X_t + Wh A_(t−1) + b), the first two parts of n_hidden rows
        N = tanh(Wx X_t + b + R ∘ (Wh A_(t−1) + bh)), with the third part of each
        A_t = U ∘ A_(t−1) + (1 − U) ∘ N

    Arguments, shapes, masks and states as of RNN, and
        reset_after  False resets before the product, as in the papers and in the course:
                     N = tanh(Wx X_t + b + Wh (R ∘ A_(t−1))), without bh

    Parameters: Wx (3 n_hidden, n_in), Wh (3 n_hidden, n_hidden), b (3 n_hidden, 1), bh (n_hidden, 1); biases start as 0.

    Cho et al. (2014); the form that resets after is that of cuDNN, PyTorch and Keras. The course's Γ_u is 1 − U, its Γ_r
    is R. The order of the parts is PyTorch's, whose b is b_ih + b_hh, and for N b_ih, with bh the b_hh of N.

    >>> import numpy as np, nn
    >>> layer = nn.GRU(3, 4, seed=0)
    >>> layer(np.ones((3, 6, 2))).shape, layer.Wx.shape, layer.Wh.shape, layer.b.shape, layer.bh.shape
    ((4, 6, 2), (12, 3), (12, 4), (12, 1), (4, 1))
    """

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
        self.reset_after = _flag("GRU", "reset_after", reset_after)
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

    def _cell(self, n_in: int, init: Any, rng: np.random.Generator, dtype: Any) -> Cell:
        with_bh = self.bias and self.reset_after
        bh = filled("GRU", 0.0, (self.n_hidden, 1), "bh", dtype) if with_bh else None
        return GRUCell(*self._weights(3, n_in, init, rng, dtype), bh, reset_after=self.reset_after)

    @property
    def bh(self) -> Any:
        """The biases that are reset; a list where there are several layers or both directions."""
        return self._each("bh")


def _plus(Z: Any, b: Any) -> Any:
    return Z if b is None else Z + b


def _flag(name: str, argument: str, given: Any) -> bool:
    if not isinstance(given, (bool, np.bool_)):
        raise TypeError(f"{argument} of {name} must be True or False, but got {given!r}.")
    return bool(given)


def _output(state: State) -> Any:
    """A, of a state that may have a C beside it."""
    return state[0] if isinstance(state, tuple) else state


def _kept(mask: Any, t: int, new: State, old: State) -> State:
    """The new state where a sample has this step, else the old one."""
    if mask is None:
        return new
    if isinstance(new, tuple):
        return tuple(np.where(mask[t], one, other) for one, other in zip(new, old, strict=True))
    return np.where(mask[t], new, old)


def _joined(parts: Sequence[Any]) -> Any:
    """The results of the directions, one below the other."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=0)


def _sequence(steps: Sequence[Any], mask: Any) -> Any:
    """(n, T, m), 0 where a sample has no step."""
    out = np.stack(steps, axis=1)
    return out if mask is None else np.where(mask, out, 0.0)


def _shapes(state: State) -> Any:
    return tuple(map(_shapes, state)) if isinstance(state, tuple) else np.shape(state)
