# A constant table is looked up at traced places: that is one step of the program.
import numpy as np, autograd as ag
t = np.array([0.0, 1.0])
print(ag.compile(lambda x: np.interp(x, t, t))(np.array([0.5])), "is [0.5]")
