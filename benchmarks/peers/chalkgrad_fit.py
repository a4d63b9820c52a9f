"""chalkgrad, nn.fit on all samples at once, its steps run by what fit chooses: C where there is a compiler.

It is one long call; each step has its line in the history and its accuracy.
"""

from fitting import Fitting as training

__all__ = ["training"]
