"""The cells of recurrent layers: what one step computes, how it goes along a sequence; and the layers as functions.

A sequence of T steps is X (n_in, T, m): the features of a step, the steps, the samples. There is a loop over steps,
none over samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd as ag
from nn.layers.sequences import check_sequence, check_steps, steps_of

State = Any  # of RNN and GRU A (n_hidden, m), of LSTM the pair (A, C)
Called = Callable[[str, Any], Any]  # called("Z", value) gives the value, named by its letter


class Cell:
    """One step of a recurrent layer, and how it goes along a sequence: the input and the state before -> the state
    after. Gates stand in W one below the other, so that a step takes two products of matrices."""

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
            outputs.append(output_of(state))
        return outputs[::-1] if backward else outputs, state

    def gate(self, Z: Any, k: int) -> Any:
        """The rows of the gate number k."""
        return Z[k * self.n_hidden : (k + 1) * self.n_hidden]


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
    """A_t = g(Wx X_t + Wh A_(t−1) + b) for each step: X (n_in, T, m) -> A (n_hidden, T, m). The state before it is
    (n_hidden, m), or None for 0. See nn.RNN.

    >>> import numpy as np
    >>> rnn(np.ones((1, 3, 1)), np.ones((1, 1)), np.ones((1, 1)), activation="relu").data.ravel()
    array([1., 2., 3.])
    """
    return _one(RNNCell(Wx, Wh, b, activation=activation), X, state, mask)


def lstm(X: Any, Wx: Any, Wh: Any, b: Any = None, state: State | None = None, *, mask: Any = None) -> Any:
    """Long short-term memory: X (n_in, T, m) -> A (n_hidden, T, m), with Wx (4 n_hidden, n_in), Wh (4 n_hidden,
    n_hidden), b (4 n_hidden, 1). The state before it is a pair (A, C) of (n_hidden, m), or None for 0. See nn.LSTM.

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
    """Gated recurrent units: X (n_in, T, m) -> A (n_hidden, T, m), with Wx (3 n_hidden, n_in), Wh (3 n_hidden,
    n_hidden), b (3 n_hidden, 1), bh (n_hidden, 1). The state before it is (n_hidden, m), or None for 0. See nn.GRU.

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
    return sequence_of(outputs, mask)


def _unnamed(letter: str, value: Any) -> Any:
    return value


def _plus(Z: Any, b: Any) -> Any:
    return Z if b is None else Z + b


def output_of(state: State) -> Any:
    """A, of a state that may have a C beside it."""
    return state[0] if isinstance(state, tuple) else state


def _kept(mask: Any, t: int, new: State, old: State) -> State:
    """The new state where a sample has this step, else the old one."""
    if mask is None:
        return new
    if isinstance(new, tuple):
        return tuple(np.where(mask[t], one, other) for one, other in zip(new, old, strict=True))
    return np.where(mask[t], new, old)


def sequence_of(steps: Sequence[Any], mask: Any) -> Any:
    """(n, T, m), 0 where a sample has no step."""
    out = np.stack(steps, axis=1)
    return out if mask is None else np.where(mask, out, 0.0)
