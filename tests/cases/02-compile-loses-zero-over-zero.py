# 0/0 counts as 0 in the rules (norms, hypot), in the compiled program as well.
import numpy as np

import autograd as ag

for f in (lambda x: np.exp(-np.linalg.norm(x)), lambda x: np.sum(np.hypot(x, 2 * x))):
    plain = ag.grad(f)
    quick = ag.compile(plain)
    quick(np.array([3.0, 4.0]))
    print("plain", plain(np.zeros(2)), "compiled", quick(np.zeros(2)))
