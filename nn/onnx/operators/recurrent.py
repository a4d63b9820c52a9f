"""Recurrent layers, step by step. X is (T, N, n_in), or (N, T, n_in) with layout=1; gates stand one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd as ag
from nn.onnx.operators.row import defines, plain

_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0.0))),
    "relu": ag.relu,
    "sigmoid": ag.sigmoid,
    "softplus": lambda x: np.logaddexp(x, 0.0),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "tanh": np.tanh,
}
State = tuple[Any, ...]


def recurrent(
    x: Any,
    first: Sequence[Any],
    n: int,
    directions: int,
    direction: str,
    layout: int,
    sequence_lens: Any,
    cell: Callable[[int], Callable[[Any, State], State]],
) -> State:
    """Y (T, directions, N, n), and the last state of each kind (directions, N, n).

    first   the first state of each kind, None for zeros
    cell    direction -> (x at this step, state) -> new state, of which the first part is the output
    """
    x = np.swapaxes(x, 0, 1) if layout else x
    steps, batch = np.shape(x)[:2]
    if sequence_lens is not None and np.any(plain(sequence_lens) != steps):
        raise ag.Unsupported(
            f"A recurrent layer of ONNX needs sequences of equal length here, but got sequence_lens for {steps} steps "
            f"of {np.unique(plain(sequence_lens)).tolist()}. Pass sequences of one length."
        )
    zeros = np.zeros((batch, n), plain(x).dtype)
    outputs, lasts = [], []
    for d in range(directions):
        state = tuple(zeros if f is None else (f[:, d] if layout else f[d]) for f in first)
        step, ran, backward = cell(d), [], direction == "reverse" or d == 1
        for t in reversed(range(steps)) if backward else range(steps):
            state = tuple(map(named, step(x[t], state), "HC", [t + 1, t + 1]))
            ran.append(state[0])
        outputs.append(np.stack(ran[::-1] if backward else ran))
        lasts.append(state)
    y = np.stack(outputs, axis=1)
    ends = [np.stack(parts, axis=1 if layout else 0) for parts in zip(*lasts, strict=True)]
    return (np.transpose(y, (2, 0, 1, 3)) if layout else y, *ends)


def named(value: Any, letter: str, t: int) -> Any:
    """A state, called H or C and the number of its step."""
    if isinstance(value, ag.Tensor) and isinstance(value.node, ag.Node) and value.node.op is not None:
        value.node.name = f"{letter}{t}"
    return value


def activations_of(names: Sequence[str] | None, default: Sequence[str], directions: int) -> list[list[Any]]:
    """The activations of each direction."""
    found = list(names or [*default] * directions)
    unknown = [name for name in found if name.lower() not in _ACTIVATIONS]
    if unknown:
        raise ag.Unsupported(
            f"A recurrent layer of ONNX needs activations of {', '.join(sorted(_ACTIVATIONS))}, but got "
            f"{', '.join(unknown)}."
        )
    each = len(default)
    return [[_ACTIVATIONS[name.lower()] for name in found[d * each :][:each]] for d in range(directions)]


def biases(b: Any, d: int, parts: int) -> list[Any]:
    """The biases of the gates of a direction, for the input and then for the state; 0 without any."""
    return [0.0] * parts if b is None else np.split(b[d], parts)


@defines("RNN")
def rnn(
    x: Any,
    W: Any,
    R: Any,
    b: Any = None,
    sequence_lens: Any = None,
    initial_h: Any = None,
    *,
    activations: Any = None,
    direction: str = "forward",
    hidden_size: int | None = None,
    layout: int = 0,
) -> State:
    """H = f(X Wᵀ + H Rᵀ + b)."""
    directions, _, n = np.shape(R)
    functions = activations_of(activations, ["Tanh"], directions)

    def cell(d: int) -> Callable[[Any, State], State]:
        w, r, (wb, rb), f = W[d].T, R[d].T, biases(b, d, 2), functions[d][0]
        return lambda x, state: (f(x @ w + state[0] @ r + wb + rb),)

    return recurrent(x, [initial_h], n, directions, direction, layout, sequence_lens, cell)


@defines("GRU")
def gru(
    x: Any,
    W: Any,
    R: Any,
    b: Any = None,
    sequence_lens: Any = None,
    initial_h: Any = None,
    *,
    activations: Any = None,
    direction: str = "forward",
    hidden_size: int | None = None,
    layout: int = 0,
    linear_before_reset: int = 0,
) -> State:
    """Gates z (update), r (reset), h: H = (1 − z) h + z H."""
    directions, _, n = np.shape(R)
    functions = activations_of(activations, ["Sigmoid", "Tanh"], directions)

    def cell(d: int) -> Callable[[Any, State], State]:
        f, g = functions[d]
        (wz, wr, wh), (rz, rr, rh) = ([part.T for part in np.split(M[d], 3)] for M in (W, R))
        bz, br, bh, cz, cr, ch = biases(b, d, 6)

        def step(x: Any, state: State) -> State:
            (h,) = state
            z = f(x @ wz + h @ rz + bz + cz)
            r = f(x @ wr + h @ rr + br + cr)
            of_state = r * (h @ rh + ch) if linear_before_reset else (r * h) @ rh + ch
            return ((1 - z) * g(x @ wh + of_state + bh) + z * h,)

        return step

    return recurrent(x, [initial_h], n, directions, direction, layout, sequence_lens, cell)


@defines("LSTM")
def lstm(
    x: Any,
    W: Any,
    R: Any,
    b: Any = None,
    sequence_lens: Any = None,
    initial_h: Any = None,
    initial_c: Any = None,
    peepholes: Any = None,
    *,
    activations: Any = None,
    direction: str = "forward",
    hidden_size: int | None = None,
    input_forget: int = 0,
    layout: int = 0,
) -> State:
    """Gates i, o, f and the new value g: C = f C + i g, H = o h(C); peepholes let gates see C."""
    directions, _, n = np.shape(R)
    functions = activations_of(activations, ["Sigmoid", "Tanh", "Tanh"], directions)

    def cell(d: int) -> Callable[[Any, State], State]:
        gate, value, out = functions[d]
        w, r, (wb, rb), (pi, po, pf) = W[d].T, R[d].T, biases(b, d, 2), biases(peepholes, d, 3)

        def step(x: Any, state: State) -> State:
            h, c = state
            i, o, f, g = np.split(x @ w + h @ r + wb + rb, 4, axis=-1)
            i = gate(i + pi * c)
            c_new = (1 - i if input_forget else gate(f + pf * c)) * c + i * value(g)
            return gate(o + po * c_new) * out(c_new), c_new

        return step

    return recurrent(x, [initial_h, initial_c], n, directions, direction, layout, sequence_lens, cell)
