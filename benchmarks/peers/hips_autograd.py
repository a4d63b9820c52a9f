"""HIPS/autograd. Its package has our import name, so it lives in an environment of its own."""

import autograd.numpy as np
from autograd import value_and_grad


def training(X, Y, W, b, rate):
    """One training step, as a function that gives the loss."""
    m = X.shape[1]

    def cost(parameters):
        W, b = parameters
        A = X
        for w, x in zip(W[:-1], b[:-1]):
            A = np.tanh(w @ A + x)
        A = 1 / (1 + np.exp(-(W[-1] @ A + b[-1])))
        return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m

    cost_and_gradient = value_and_grad(cost)

    def step():
        nonlocal W, b
        J, (dW, db) = cost_and_gradient((W, b))
        W = [w - rate * g for w, g in zip(W, dW)]
        b = [x - rate * g for x, g in zip(b, db)]
        return float(J)

    return step
