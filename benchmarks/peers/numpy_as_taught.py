"""NumPy, the course's formulas written down as they are taught: what most people's step by hand costs."""

import numpy as np


def training(X, Y, W, b, rate):
    """One training step, as a function that gives the loss."""
    L, m = len(W), X.shape[1]

    def step():
        A = [X]
        for l in range(L):
            Z = W[l] @ A[l] + b[l]
            A.append(np.tanh(Z) if l < L - 1 else 1 / (1 + np.exp(-Z)))
        J = -np.sum(Y * np.log(A[L]) + (1 - Y) * np.log(1 - A[L])) / m
        dZ = A[L] - Y
        for l in reversed(range(L)):
            dW = dZ @ A[l].T / m
            db = np.sum(dZ, axis=1, keepdims=True) / m
            if l > 0:
                dZ = (W[l].T @ dZ) * (1 - A[l] ** 2)
            W[l] = W[l] - rate * dW
            b[l] = b[l] - rate * db
        return float(J)

    return step
