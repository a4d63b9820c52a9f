"""A backward pass by hand, with a mistake in it: `chalkgrad check examples/by_hand.py` says which line, and which."""

import numpy as np

import nn

X, Y = nn.datasets.moons(m=40)  # (2, 40), (1, 40)
model = nn.Sequential(nn.Linear(2, 4, seed=0), nn.Tanh(), nn.Linear(4, 1, seed=1), nn.Sigmoid())
loss = "binary_cross_entropy"

(W1, b1, W2, b2), m = [p.data for p in model.parameters()], X.shape[1]
A1 = np.tanh(W1 @ X + b1)
A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))

dZ2 = A2 - Y
dW2 = dZ2 @ A1.T / m
db2 = np.sum(dZ2, axis=1, keepdims=True) / m
dA1 = W2.T @ dZ2
dZ1 = dA1 * A1 * (1 - A1)  # the derivative of the sigmoid, where tanh is used
dW1 = dZ1 @ X.T / m
db1 = np.sum(dZ1, axis=1, keepdims=True) / m
