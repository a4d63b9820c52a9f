"""chalkgrad, compiled, on scalars; the program is Python."""

from functools import partial

import scalars
from peers.chalkgrad_compiled import check

import autograd as ag


def passes(weights, x, backend="numpy"):
    """One forward and backward pass, as a function that gives the derivative by the first weight."""
    value_and_gradient = ag.compile(
        ag.value_and_grad(lambda layers, x: scalars.output(layers, x, lambda z: z.tanh())), backend=backend
    )

    def step():
        _, gradient = value_and_gradient(weights, x)
        return gradient[0][0][0]

    step.check = partial(check, value_and_gradient, backend)
    return step
