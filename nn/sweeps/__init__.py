"""`nn.sweep`: different values tried out; and what values can be drawn from."""

from nn.sweeps.results import Run as Run, Sweep as Sweep
from nn.sweeps.space import Choice as Choice, Integers as Integers, LogUniform as LogUniform, Uniform as Uniform
