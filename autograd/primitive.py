"""A user's own operations, declared as the built-in ones are: see `autograd/op.py` for what a rule may read.

>>> import numpy as np, autograd as ag
>>> def cube(x):
...     return x**3
>>> cube = ag.primitive.elementwise(cube, lambda out, x: 3 * x**2)
>>> ag.grad(ag.grad(cube))(2.0)
12.0
"""

from autograd.op import composite, constant, elementwise, general, linear

__all__ = ["composite", "constant", "elementwise", "general", "linear"]
