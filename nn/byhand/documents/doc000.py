"""Document 000: building blocks of deep networks; forward and backward functions."""

from __future__ import annotations

import numpy as np

import autograd as ag
from nn.byhand.checks import M_EXAMPLES, ONE_EXAMPLE, SHAPE, Seen, agree, course, fails, shown, true
from nn.byhand.entries import claim, for_one, holds, misprint, to
from nn.byhand.networks import DEEP
from nn.byhand.passes import backward_pass, forward_pass


class _Products(ag.Observer):
    """Watches a sweep and counts its matrix products."""

    def __init__(self) -> None:
        self.count = 0

    def edge(
        self, node: ag.Node, position: int, incoming: object, contribution: object, fitted: object, total: object
    ) -> None:
        """One contribution to one operand; that of a matmul is a matrix product."""
        self.count += node.op is not None and node.op.name == "matmul"


def no_work_for_the_input() -> Seen:
    """Sweep once with X a plain array and once with X a Tensor, and count the products that the sweep forms."""
    counts = {}
    for asked, constants in ((False, ("X",)), (True, ())):
        recorded, products = DEEP.recorded(constants), _Products()
        gradients = ag.reverse(recorded["J"].node, 1.0, observers=(products,))
        reached = asked and recorded["X"].node in gradients
        counts[asked] = (products.count, reached, len(gradients))
    (without, _, leaves), (with_x, reached, _) = counts[False], counts[True]
    # Every layer needs one product for dW, and every layer but the first one for the layer before it.
    ok = without == 2 * DEEP.depth - 1 and leaves == len(DEEP.parameters) and with_x == without + 1 and reached
    words = f"the sweep forms {without} matrix products, none for X; {with_x} when dX is asked for"
    return Seen(bool(ok), words)


ENTRIES = (
    holds(
        "000-1",
        ONE_EXAMPLE,
        "z[l] = W[l]·a[l-1] + b[l], cache z[l]",
        agree(Z=lambda W, A_prev, b: W @ A_prev + b),
    ),
    holds("000-2", ONE_EXAMPLE, "a[l] = g[l](z[l])", agree(A=lambda g, Z: g(Z))),
    holds(
        "000-3",
        ONE_EXAMPLE,
        "backward: in da[l] and the cache; out da[l-1], dW[l], db[l]",
        agree(lambda network: backward_pass(network, forward_pass(network))),
    ),
    claim(
        "000-4",
        M_EXAMPLES,
        "da[0], the derivative for the input features, is not needed for training and can be left out",
        shown(no_work_for_the_input),
    ),
    holds(
        "000-5",
        M_EXAMPLES,
        "Z[l] = W[l]·A[l-1] + b[l]; A[l] = g[l](Z[l])",
        agree(Z=lambda W, A_prev, b: W @ A_prev + b, A=lambda g, Z: g(Z)),
    ),
    holds("000-6", ONE_EXAMPLE, "dz[l] = da[l] * g′(z[l])", agree(dZ=lambda dA, g_prime, Z: dA * g_prime(Z))),
    misprint(
        "000-7",
        ONE_EXAMPLE,
        "dW[l] = dz[l]·a[l-1]",
        "shape",
        fails(SHAPE, dW=lambda dZ, A_prev: dZ @ A_prev),
        corrected=to("dW[l] = dz[l]·a[l-1]ᵀ", agree(dW=lambda dZ, A_prev: dZ @ A_prev.T)),
    ),
    for_one(
        "000-8",
        ONE_EXAMPLE,
        "db[l] = dz[l]",
        agree(db=lambda dZ: dZ),
        fails(SHAPE, on=M_EXAMPLES, db=lambda dZ: dZ),
    ),
    holds("000-9", ONE_EXAMPLE, "da[l-1] = W[l]ᵀ·dz[l]", agree(dA_prev=lambda W, dZ: W.T @ dZ)),
    holds(
        "000-10",
        ONE_EXAMPLE,
        "dz[l] = W[l+1]ᵀ·dz[l+1] * g′(z[l])",
        agree(dZ=lambda W_next, dZ_next, g_prime, Z: W_next.T @ dZ_next * g_prime(Z)),
    ),
    holds("000-11", M_EXAMPLES, "dZ[l] = dA[l] * g′(Z[l])", agree(dZ=lambda dA, g_prime, Z: dA * g_prime(Z))),
    holds(
        "000-12",
        M_EXAMPLES,
        "dW[l] = (1/m) dZ[l]·A[l-1]ᵀ",  # the document writes n for m
        course(dW=lambda dZ, A_prev, m: 1 / m * dZ @ A_prev.T),
        true(dW=lambda dZ, A_prev: dZ @ A_prev.T),
    ),
    holds(
        "000-13",
        M_EXAMPLES,
        "db[l] = (1/m) np.sum(dZ[l], axis=1, keepdims=True)",
        course(db=lambda dZ, m: 1 / m * np.sum(dZ, axis=1, keepdims=True)),
        true(db=lambda dZ: np.sum(dZ, axis=1, keepdims=True)),
    ),
    holds("000-14", M_EXAMPLES, "dA[l-1] = W[l]ᵀ·dZ[l]", agree(dA_prev=lambda W, dZ: W.T @ dZ)),
)
