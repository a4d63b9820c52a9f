"""What layers, losses, optimizers and the rest of nn are called elsewhere: names, members, arguments of calls.

See autograd.signposts. An example may use model, optimizer, layer, X, Y (with A its predictions), images, sequences,
labels and t, as the tests do.
"""

from __future__ import annotations

from types import ModuleType

from autograd import signposts
from autograd.signposts import SIGNPOSTS, homes
from nn.signposts import arguments as arguments, members as members, names as names

homes(
    *("nn", "nn.optim", "nn.losses", "nn.schedules", "nn.init", "nn.data", "nn.train", "nn.train.metrics"),
    *("nn.functional", "nn.datasets", "autograd"),
)


def put_up(module: type, optimizer: type, *packages: ModuleType) -> None:
    """Let the classes and the packages of nn answer."""
    signposts.refuse(module, "A Module", SIGNPOSTS["Module"])
    signposts.refuse(optimizer, "An optimizer", SIGNPOSTS["Optimizer"])
    signposts.put_up(*packages)
    signposts.refuse_calls("nn")
    signposts.answer_imports("nn")
