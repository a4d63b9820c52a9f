# Where the whole product under- or overflows on its way, the gradient of prod and cumprod is an ordinary number.
import numpy as np

import autograd as ag

print(ag.grad(np.prod)(np.array([1e-200, 1e-200, 1e300])))
print(ag.grad(np.prod)(np.array([1e-30, 1e-30, 1.0], np.float32)))
print(ag.grad(lambda x: np.sum(np.cumprod(x)))(np.array([1e-200, 1e-200, 3.0])))
