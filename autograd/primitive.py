"""A user's own operations, declared as the built-in ones are: see `autograd/declare.py` for what a rule may read.

>>> import numpy as np, autograd as ag
>>> def cube(x):
...     return x**3
>>> cube = ag.primitive.elementwise(cube, lambda out, x: 3 * x**2)
>>> ag.grad(ag.grad(cube))(2.0)
12.0

A function that Tensors cannot pass through, but that can be written with operations that have a rule:

>>> import math
>>> logistic = ag.primitive.composite(lambda x: 1 / (1 + math.exp(-x)), lambda x: 1 / (1 + np.exp(-x)))
>>> logistic(0.0), ag.grad(logistic)(0.0)
(0.5, 0.25)
"""

from autograd.declare import composite, constant, elementwise, general, linear

__all__ = ["composite", "constant", "elementwise", "general", "linear"]
