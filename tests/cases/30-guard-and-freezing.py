# An edit within guard() says what to do, and so does the note on NumPy's own error; a leaf can be frozen, a result cannot.
import numpy as np, autograd as ag
with ag.guard():
    t = ag.Tensor(np.ones(3)); y = t * t
    try: t.data[:] = 5.0
    except Exception as e: print(type(e).__name__, e)
X = np.ones(3)
try:
    with ag.guard():
        t * X
        X[0] = 5.0
except ValueError as e: print(e, *e.__notes__)
t.requires_grad = False
print(t)
try: y.requires_grad = False
except Exception as e: print(type(e).__name__, e)
