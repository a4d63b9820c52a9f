# An axis given in any form that NumPy takes.
import numpy as np

import autograd as ag

print(ag.grad(lambda v: np.sum(np.transpose(v, 0) ** 2))(np.arange(3.0)))
