# A derived program needs only NumPy: what it uses of the engine (scatter) is written out in it.
import numpy as np

import autograd as ag

x = ag.Tensor([1.0, 2.0, 3.0], name="x")
print("imports the engine:", "autograd" in ag.derive(np.sum(x[[0, 0, 2]] ** 2), convention="true").numpy())
