# guard() leaves memory that cannot be unlocked alone, and gives back whatever it locked.
import numpy as np, autograd as ag
x, y = np.from_dlpack(np.ones(3)), np.ones(3)
try:
    with ag.guard(): ag.Tensor(np.ones(3)) * x * y
except Exception as e: print(type(e).__name__, e)
print("y can be written:", y.flags.writeable)
