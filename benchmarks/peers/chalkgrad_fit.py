"""chalkgrad, nn.fit on all samples at once, its steps run as C: what fit does by itself in a long training.

It is one long call; each step has its line in the history and its accuracy.
"""

from functools import partial

from fitting import Fitting

training = partial(Fitting, compile="c")
