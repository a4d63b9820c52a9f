"""chalkgrad, eager: the step through nn.Sequential, a loss and optim.SGD."""

import nn


def training(X, Y, weights, biases, rate):
    """One training step, as a function that gives the loss."""
    model = network(weights, biases)
    optimizer = nn.optim.SGD(model.parameters(), lr=rate)

    def step():
        J = nn.losses.binary_cross_entropy(model(X), Y)
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
        return J.item()

    return step


def network(weights, biases):
    """The network with these weights: tanh inside, sigmoid at the end."""
    layers = []
    for W, b in zip(weights, biases):
        layer = nn.Linear(W.shape[1], W.shape[0], dtype=W.dtype)
        layer.W.data, layer.b.data = W, b
        layers += [layer, nn.Tanh()]
    return nn.Sequential(*layers[:-1], nn.Sigmoid())
