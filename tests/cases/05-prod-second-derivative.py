# Second derivatives of prod and cumprod: exact beside small entries, since nothing is divided by them.
import numpy as np

import autograd as ag

x = np.array([1e-20, 3.0, 5.0])
print(ag.hessian(np.prod)(x))
print(ag.hessian(lambda x: np.sum(np.cumprod(x)))(np.array([1e-10, 3.0, 7.0])))
