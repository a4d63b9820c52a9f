"""chalkgrad, nn.fit on all samples at once, its steps run by NumPy."""

from functools import partial

from fitting import Fitting

training = partial(Fitting, compile="numpy")
