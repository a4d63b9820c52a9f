# x.data or .detach() within f cuts the gradient: the derivative is 0, and a DisconnectedWarning says why (an error here).
import numpy as np, autograd as ag
for f in (lambda x: float(np.sum(x.data ** 2)), lambda x: np.sum(x.detach() ** 2), lambda x: 3.0):
    try: print(ag.grad(f)(np.array([1.0, 2.0])))
    except ag.DisconnectedWarning as w: print(type(w).__name__, w)
