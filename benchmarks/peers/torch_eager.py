"""PyTorch, eager. Samples are rows, as torch.nn.functional has them; the loss is the fused one on logits."""

import torch
from torch.nn import functional as F


def training(X, Y, W, b, rate):
    """One training step, as a function that gives the loss."""
    X, Y, W, b = rows(X, Y, W, b)
    parameters = [p.requires_grad_() for p in (*W, *b)]

    def step():
        J = cost(X, Y, W, b)
        J.backward()
        with torch.no_grad():
            for p in parameters:
                p.sub_(p.grad, alpha=rate)
                p.grad = None  # what zero_grad(set_to_none=True) does
        return J.item()

    return step


def rows(X, Y, W, b):
    """The same problem as torch tensors, a row per sample and biases of one axis."""
    X, Y = (torch.from_numpy(x.T.copy()) for x in (X, Y))
    return X, Y, [torch.from_numpy(w) for w in W], [torch.from_numpy(x[:, 0]) for x in b]


def cost(X, Y, W, b):
    """Mean over the samples of the cross-entropy summed over the output units."""
    A = X
    for w, x in zip(W[:-1], b[:-1]):
        A = torch.tanh(F.linear(A, w, x))
    Z = F.linear(A, W[-1], b[-1])
    return F.binary_cross_entropy_with_logits(Z, Y, reduction="sum") / len(X)
