"""chalkgrad, nn.fit on all samples at once: one long call; its steps, each with its line in the history and its accuracy.

As nobody says what runs them, it is C where there is a compiler.
"""

from fitting import Fitting as training

__all__ = ["training"]
