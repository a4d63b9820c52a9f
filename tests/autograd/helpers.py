"""What the engine's tests share: numbers to test with, derivatives by differences, comparisons to the last bit."""

import gc
import zlib
from contextlib import contextmanager

import numpy as np

import autograd as ag

# The step of the five-point differences. Their error is of the order STEP**4, and rounding adds about 1e-12.
STEP = 3e-4


def generator(seed):
    """A generator of random numbers that is the same in each run for the same text."""
    return np.random.default_rng(zlib.crc32(seed.encode()))


def separated(rng, shapes, low=-2.0, high=2.0):
    """Arrays (for shape None a Python float) in which no two entries, and none and 0, are closer than a few STEPs.

    So functions with kinks at ties and at 0 can be compared with differences.
    """
    sizes = [1 if shape is None else int(np.prod(shape, dtype=int)) for shape in shapes]
    cells = sum(sizes) + sum(sizes) % 2  # an even number: 0 is then the border of two cells
    middles = low + (high - low) * (np.arange(cells) + 0.5) / max(cells, 1)
    entries = rng.permutation(middles + (high - low) / max(cells, 1) * rng.uniform(-0.3, 0.3, cells))
    parts = np.split(entries[: sum(sizes)], np.cumsum(sizes)[:-1])
    return [float(part[0]) if shape is None else part.reshape(shape) for part, shape in zip(parts, shapes)]


def like(x, values):
    """`values` in the form of x: a Python float where x is one."""
    return float(values) if type(x) is float else np.asarray(values)


def cotangent(x, seed="u"):
    """Random numbers in the form of x."""
    return like(x, generator(seed + str(np.shape(x))).normal(size=np.shape(x)))


def inner(a, b):
    """⟨a, b⟩ over lists of numbers, arrays or Tensors."""
    return sum(np.sum(x * y) for x, y in zip(a, b, strict=True))


def difference(phi, step=STEP):
    """dφ(ε)/dε at 0, for φ that gives a number or an array, by five points."""
    near = np.asarray(phi(step), float) - np.asarray(phi(-step), float)
    far = np.asarray(phi(2 * step), float) - np.asarray(phi(-2 * step), float)
    return (8 * near - far) / (12 * step)


def numeric_gradient(phi, operands, i):
    """The gradient of the number φ(*operands) by operand i, one entry after the other."""
    x = np.asarray(operands[i], float)
    found = np.empty_like(x)
    for k in np.ndindex(x.shape):

        def along(step, k=k):
            moved = x.copy()
            moved[k] += step
            return float(phi(*operands[:i], like(operands[i], moved), *operands[i + 1 :]))

        found[k] = difference(along)
    return found


def moved(operands, directions, step):
    """The operands, a step along the directions away (None: not moved)."""
    return [x if d is None else like(x, x + step * d) for x, d in zip(operands, directions, strict=True)]


def bits(x):
    """Form, dtype and bytes of a value: equal for what cannot be told apart. A Tensor stands for its data."""
    x = x.data if isinstance(x, ag.Tensor) else x
    array = np.asarray(x)
    return type(x) is float, array.dtype.str, array.shape, array.tobytes()


def form(x):
    """What a gradient has in common with what it belongs to: a Python float, or shape and dtype."""
    x = x.data if isinstance(x, ag.Tensor) else x
    return float if type(x) is float else (x.shape, x.dtype)


def frozen(x):
    """A copy that nobody can write into, in the same order in memory."""
    if type(x) is not np.ndarray:
        return x
    x = x.copy(order="K")
    x.flags.writeable = False
    return x


def interior(t):
    """The same value as the result of an operation, which no rule reads and nobody else holds."""
    return t + 0.0


def close(a, b, rtol=1e-9, atol=1e-9, **how):
    """np.testing.assert_allclose, for Tensors too."""
    a, b = (x.data if isinstance(x, ag.Tensor) else x for x in (a, b))
    assert np.shape(a) == np.shape(b)
    np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, **how)


@contextmanager
def without_collector():
    """Reference counting alone: what is in a cycle stays."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def live(kind):
    """How many objects of this type there are."""
    return sum(type(x) is kind for x in gc.get_objects())
