"""Whether all that a cost depends on is trained, and all that is trained matters to the cost."""

from __future__ import annotations

import autograd as ag
from nn.losses import Loss
from nn.module import Module
from nn.optim import Optimizer


def check_leaves(J: ag.Tensor, model: Module, optimizer: Optimizer, loss: Loss) -> None:
    """Refuse a model with parameters that would never be trained, since nothing finds them."""
    if not isinstance(J.node, ag.Node):
        raise ag.GraphError(_of_a_constant(optimizer, loss))
    if J.node.op is None:
        raise ag.GraphError(
            f"The cost needs to be computed from the predictions, but {loss.name} returned a Tensor that "
            "was made anew. Compute it from its first argument."
        )
    _check_optimizer(J.node, optimizer)
    known = {p.node for p in (*model.parameters(), *optimizer.parameters)}
    for node in ag.ancestors(J.node):
        if node.op is None and node not in known:
            raise ag.GraphError(
                f"The cost depends on {node.name or 'a Tensor'} {node.shape}, which would never be trained: "
                "neither model.parameters() nor the optimizer has it. Keep it in an attribute of a Module (a list, "
                "dict or set there is searched, too), or make it a constant: requires_grad=False."
            )


def _of_a_constant(optimizer: Optimizer, loss: Loss) -> str:
    """What is said of a cost that depends on nothing that could be trained."""
    n = len(optimizer.parameters)
    if not any(p.requires_grad for p in optimizer.parameters):
        return (
            f"Training needs a parameter that can move, but all {n} of the optimizer are frozen. Set requires_grad = "
            "True of those that are to be trained."
        )
    return (
        f"The cost needs to depend on the parameters, but what {loss.name} returned is a constant. Compute it, and the "
        "predictions, from Tensors, without .data, .detach() and no_grad()."
    )


def _check_optimizer(cost: ag.Node, optimizer: Optimizer) -> None:
    """Refuse an optimizer of another model: its parameters would never move."""
    leaves = set(ag.ancestors(cost))
    for i, p in enumerate(optimizer.parameters):
        if p.requires_grad and p.node not in leaves:
            raise ag.GraphError(
                f"The optimizer needs parameters that the cost depends on, but it does not depend on "
                f"{p.name or f'parameter {i}'} {p.shape}. Pass the parameters() of the model that is trained, "
                "without those of layers that it does not use."
            )
