"""The loops of whole programs, as gcc makes vectors of them: one that it leaves as it is takes four times as long."""

import re
import subprocess

import numpy as np
import pytest

import autograd as ag
from autograd.read.native import cpu
from autograd.read.native.compiler import FLAGS
from tests.autograd.native import gcc


def counted(A, Y):
    """How much is right, as nn.fit counts it, besides the cost."""
    right = (Y > 0.5) & (A > 0.5) | (A <= 0.5) & (Y <= 0.5)
    return ag.binary_cross_entropy(A, Y), right


LOSSES = {
    "of probabilities": lambda Z, Y: ag.binary_cross_entropy(ag.sigmoid(Z), Y),
    "and what is right": lambda Z, Y: counted(ag.sigmoid(Z), Y),
    "of logits": lambda Z, Y: np.mean(np.logaddexp(0, Z) - Y * Z),
    "of classes": lambda Z, Y: -np.mean(np.sum(Y * np.log(ag.softmax(Z, axis=0)), axis=0)),
}


def step(loss, dtype):
    """A training step of two layers, as C."""

    def cost(W1, b1, W2, b2, X, Y):
        found = loss(W2 @ np.tanh(W1 @ X + b1) + b2, Y)
        return found if isinstance(found, tuple) else (found, None)

    def update(*given):
        (J, further), gradients = ag.value_and_grad(cost, argnums=(0, 1, 2, 3), has_aux=True)(*given)
        return J, further, [w - 0.1 * g for w, g in zip(given, gradients)]

    shapes = (4, 2), (4, 1), (3, 4), (3, 1), (2, 100), (3, 100)
    return ag.compile(update, backend="c").program(*(np.ones(shape, dtype) for shape in shapes)).c


def left_as_they_are(found, text):
    """The first line of each loop that is meant for vectors, and has none."""
    command = [*found.command, *found.flags, *FLAGS, "-fopt-info-vec-optimized", "-xc", "-", "-o", "/dev/null"]
    said = subprocess.run([*command, "-lm"], input=text, capture_output=True, text=True, check=True).stderr
    vectors = {int(line) for line in re.findall(r":(\d+):\d+: optimized: loop vectorized", said)}
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines, start=1) if "#pragma omp simd" in line]
    assert starts
    return [lines[n] for n in starts if not vectors & set(range(n + 1, _end(lines, n) + 1))]


def _end(lines, start):
    """The number of the line that ends the loop of which that is the first."""
    margin = re.match(" *", lines[start])[0]
    return next(n for n, line in enumerate(lines, start=1) if n > start and line == margin + "}")


@pytest.mark.parametrize("level", [level.name for level in cpu.LEVELS])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("loss", LOSSES)
def test_each_loop_of_a_step_has_vectors(loss, dtype, level):
    found = gcc(level)
    if found is not None:
        assert not left_as_they_are(found, step(LOSSES[loss], dtype))
