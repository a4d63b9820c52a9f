"""chalkgrad, compiled: the step as one pure function of arrays, through ag.compile; the program is NumPy."""

from functools import partial

import numpy as np

import autograd as ag


def training(X, Y, W, b, rate, backend="numpy"):
    """One training step, as a function that gives the loss."""

    def update(W, b, X, Y):
        def cost(W, b):
            A = X
            for l in range(len(W)):
                Z = W[l] @ A + b[l]
                A = np.tanh(Z) if l < len(W) - 1 else ag.sigmoid(Z)
            return ag.binary_cross_entropy(A, Y)

        J, (dW, db) = ag.value_and_grad(cost, argnums=(0, 1))(W, b)
        return J, [w - rate * g for w, g in zip(W, dW)], [x - rate * g for x, g in zip(b, db)]

    compiled = ag.compile(update, backend=backend)

    def step():
        nonlocal W, b
        J, W, b = compiled(W, b, X, Y)
        return float(J)

    step.check = partial(check, compiled, backend)
    return step


def check(compiled, backend):
    """Raises RuntimeError where something else runs the program than was asked for."""
    if compiled.backend != backend:
        raise RuntimeError(f"{compiled.backend} runs it, not {backend}: {compiled.why_not}")
