"""PyTorch, torch.compile: forward, backward and update as one graph.

Compiling only the model, and stepping outside, costs two to four times as much on the small networks.
"""

import torch
from peers.torch_eager import cost, rows


def training(X, Y, W, b, rate):
    """One training step, as a function that gives the loss."""
    X, Y, W, b = rows(X, Y, W, b)
    torch._dynamo.reset()  # otherwise the next network's program would be one for any shapes, which is slower

    @torch.compile(fullgraph=True)
    def update(W, b):
        (dW, db), J = torch.func.grad_and_value(lambda W, b: cost(X, Y, W, b), argnums=(0, 1))(W, b)
        return [w - rate * g for w, g in zip(W, dW)], [x - rate * g for x, g in zip(b, db)], J

    def step():
        nonlocal W, b
        W, b, J = update(W, b)
        return J.item()

    return step
