"""Random programs: a few operations over a few arrays, with reuse, broadcasting and views.

A program is a list of steps, each an operation with its settings and the numbers of earlier values. It runs on Tensors,
on arrays, and on complex arrays: the complex step Im f(x + ihv)/h is a derivative that knows nothing of autograd and is
exact to the last digits. So the operations are analytic, or choose by the real part, as NumPy's comparison of complex
numbers does.
"""

import dataclasses
from typing import Any

import numpy as np
from hypothesis import strategies as st

SHAPES = [(), (1,), (3,), (2, 3), (2, 1), (1, 3), (4, 2, 3), (3, 3), (2, 2, 1)]
UNARY = {
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "exp of tanh": lambda x: np.exp(np.tanh(x)),
    "log": lambda x: np.log(2.5 + np.tanh(x)),
    "sqrt": lambda x: np.sqrt(2 + np.sin(x)),
    "square": np.square,
    "power": lambda x: (1.5 + np.tanh(x)) ** 1.7,
    "reciprocal": lambda x: 1 / (2 + np.cos(x)),
    "negative": lambda x: -x,
    "transpose": lambda x: x.T,
    "flat": lambda x: np.reshape(x, -1),
    "reverse": lambda x: x[..., ::-1] if np.ndim(x) else x,
    "first": lambda x: x[0] if np.ndim(x) else x,
    "repeated": lambda x: x[np.array([0, -1, 0])] if np.ndim(x) else x,
    "masked": lambda x: x[np.arange(x.shape[0]) % 2 == 0] if np.ndim(x) else x,
    "new axis": lambda x: np.expand_dims(x, -1),
    "squeeze": np.squeeze,
    "broadcast": lambda x: np.broadcast_to(x, (2, *np.shape(x))) if np.ndim(x) < 4 else x,
    "sum": np.sum,
    "sum, axis 0": lambda x: np.sum(x, axis=0) if np.ndim(x) else x,
    "sum, last axis kept": lambda x: np.sum(x, axis=-1, keepdims=True) if np.ndim(x) else x,
    "mean": lambda x: np.mean(x, axis=-1) if np.ndim(x) else x,
    "max": lambda x: np.max(x, axis=-1) if np.ndim(x) else x,
    "min": lambda x: np.min(x, axis=0, keepdims=True) if np.ndim(x) else x,
    "prod": lambda x: np.prod(np.tanh(x), axis=-1) if np.ndim(x) else x,
    "stack with itself": lambda x: np.stack([x, x], axis=0) if np.ndim(x) < 4 else x,
    "joined with its square": lambda x: np.concatenate([x, x * x], axis=-1) if np.ndim(x) else x,
    "trace of the outer product": lambda x: np.einsum("i,j->ij", np.reshape(x, -1), np.reshape(x, -1)),
}
BINARY = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / (2 + np.sin(y)),
    "maximum": np.maximum,
    "minimum": np.minimum,
    "power": lambda x, y: (1.5 + np.tanh(x)) ** np.tanh(y),
    "matmul": lambda x, y: x @ y if np.ndim(x) and np.ndim(y) else x * y,
    "matmul transposed": lambda x, y: x.T @ y if np.ndim(x) and np.ndim(y) else x + y,
    "where": lambda x, y: np.where(np.arange(np.shape(x)[-1]) % 2 == 0, x, y) if np.ndim(x) else x,
}


@dataclasses.dataclass(frozen=True)
class Program:
    """shapes: of the inputs; steps: (operation, numbers of its operands); seed: of the inputs and the weights."""

    shapes: list[tuple[int, ...]]
    steps: list[tuple[str, tuple[int, ...]]]
    seed: int

    def inputs(self) -> list[Any]:
        """Inputs away from ties, scalars as Python floats."""
        rng = np.random.default_rng(self.seed)
        return [rng.standard_normal(s) if s else float(rng.standard_normal()) for s in self.shapes]

    def __call__(self, *inputs: Any) -> Any:
        """One number: every value of the program, weighted. An operation whose operands do not fit is left out."""
        values = list(inputs)
        for name, operands in self.steps:
            x = [values[k % len(values)] for k in operands]
            try:
                out = (UNARY if len(x) == 1 else BINARY)[name](*x)
            except ValueError:  # shapes that do not broadcast; autograd.ShapeError is one, too
                continue
            if np.size(out) <= 400:
                values.append(np.tanh(out) if len(values) % 3 == 0 else out / 2)
        rng = np.random.default_rng(self.seed + 1)
        return sum(np.sum(v * rng.standard_normal(np.shape(v))) for v in values)


@st.composite
def programs(draw):
    """A program of 5 to 40 operations."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4))
    number = st.integers(0, 60)
    unary = st.tuples(st.sampled_from(sorted(UNARY)), st.tuples(number))
    binary = st.tuples(st.sampled_from(sorted(BINARY)), st.tuples(number, number))
    steps = draw(st.lists(unary | binary, min_size=5, max_size=40))
    return Program(shapes, steps, draw(st.integers(0, 10**6)))
