# The compiled gradient of a hand-written softmax is that of the function: where sum(exp)**2 would overflow as well.
import numpy as np

import autograd as ag

soft = lambda z: (np.exp(z) / np.sum(np.exp(z)))[0]
plain = ag.grad(soft)
quick = ag.compile(plain)
quick(np.array([1.0, 2.0], np.float32))
for v in (20, 45, 60, -55):
    z = np.array([v, v], np.float32)
    print(v, "plain", plain(z).round(3), "compiled", quick(z).round(3))
