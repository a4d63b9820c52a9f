"""chalkgrad, eager, on scalars."""

import scalars

import autograd as ag


def passes(weights, x):
    """One forward and backward pass, as a function that gives the derivative by the first weight."""
    layers = scalars.each(weights, ag.Tensor)
    parameters = [w for layer in layers for row in layer for w in row]

    def step():
        value = scalars.output(layers, x, lambda z: z.tanh())
        for p in parameters:
            p.grad = None
        value.backward()
        return parameters[0].grad

    return step
