# The sweep through stack and concatenate takes as many steps as there are operands.
import sys

import numpy as np

import autograd as ag


def steps(join, n):
    """How many functions are called, Python's and NumPy's."""
    J = np.sum(join([ag.Tensor(np.ones(2)) for _ in range(n)]))
    count = 0

    def called(frame, event, _):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        J.backward()
    finally:
        sys.setprofile(None)
    return count


for join in (np.concatenate, np.stack):
    print(steps(join, 16000) < 4.1 * steps(join, 4000))
