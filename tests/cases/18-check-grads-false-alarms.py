# Rounding is judged by what f works with: where f or its derivative is 0, it is not taken for a kink, a jump or a bug.
import numpy as np

import autograd as ag

A, y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([1.0, 2.0, 3.0])
print(ag.check_grads(np.var, np.ones(3)).verdict, "(smooth)")
print(ag.check_grads(lambda w: np.sum((A @ w - y) ** 2), np.linalg.lstsq(A, y)[0]).verdict, "(smooth, at its minimum)")
print(ag.check_grads(lambda x: np.sum(ag.softmax(x)), np.array([0.1, 0.2])).verdict, "(constant)")
