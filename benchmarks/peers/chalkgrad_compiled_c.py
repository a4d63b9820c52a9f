"""chalkgrad, compiled: the same function through ag.compile, as C."""

from functools import partial

from peers import chalkgrad_compiled

training = partial(chalkgrad_compiled.training, backend="c")
