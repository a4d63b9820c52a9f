# A condition that was computed apart from the branches, through abs (whose result nobody keeps), is a constant of the
# run, and that is said.
import numpy as np

import autograd as ag

y, w = ag.Tensor([1.0, -2.0, 3.0], name="y"), ag.Tensor(0.7, name="w")
J = np.sum(np.where(w * np.abs(y) > 0.2, w * np.abs(y), 1.0))
print(ag.derive(J, convention="true"))
