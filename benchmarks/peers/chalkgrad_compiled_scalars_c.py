"""chalkgrad, compiled, on scalars, as C."""

from functools import partial

from peers import chalkgrad_compiled_scalars

passes = partial(chalkgrad_compiled_scalars.passes, backend="c")
