"""JAX, jit: forward, backward and update as one program; the old parameters are donated."""

from functools import partial

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)  # without it float64 is turned into float32


def training(X, Y, W, b, rate):
    """One training step, as a function that gives the loss."""
    m = X.shape[1]
    X, Y, W, b = jax.device_put((X, Y, W, b))

    def cost(W, b, X, Y):
        A = X
        for w, x in zip(W[:-1], b[:-1]):
            A = jnp.tanh(w @ A + x)
        A = jax.nn.sigmoid(W[-1] @ A + b[-1])
        return -jnp.sum(Y * jnp.log(A) + (1 - Y) * jnp.log(1 - A)) / m

    @partial(jax.jit, donate_argnums=(0, 1))
    def update(W, b, X, Y):
        J, (dW, db) = jax.value_and_grad(cost, argnums=(0, 1))(W, b, X, Y)
        return J, [w - rate * g for w, g in zip(W, dW)], [x - rate * g for x, g in zip(b, db)]

    def step():
        nonlocal W, b
        J, W, b = update(W, b, X, Y)
        return J.block_until_ready()  # the results of one program are ready together

    return step
