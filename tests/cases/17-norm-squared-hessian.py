# norm(x)**2 has the Hessian 2I also at 0; second derivatives of x ln x in float32 where x*x would be 0.
import numpy as np

import autograd as ag

print(ag.hessian(lambda x: np.linalg.norm(x) ** 2)(np.zeros(2)))
entropy = lambda z: -np.sum(ag.xlogy(ag.softmax(z), ag.softmax(z)))
print(ag.hessian(entropy)(np.array([0.0, 50.0], np.float32)))
print(ag.hessian(entropy)(np.array([0.0, 60.0], np.float32)))
