# The gradients of prod and cumprod take memory in proportion to the array, also where an entry is 0.
import resource

import numpy as np

import autograd as ag

resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
X = np.ones((1000, 1000))
print(ag.grad(lambda x: np.sum(np.prod(x, axis=1)))(X).shape)
X[0, 0] = 0.0
print(ag.grad(lambda x: np.sum(np.prod(x, axis=1)))(X).shape)
