# Each says what happened and what to write instead. (For c[i] = t NumPy has the last word, "with a sequence"; ours is the cause that Python prints above it.)
import math, numpy as np, autograd as ag
t, c = ag.Tensor([1.0, 2.0]), np.zeros(2)
def fill(): c[0] = t[0] * t[1]
for f in (fill, lambda: math.exp(t[0]), lambda: np.full_like(c, t[0]), lambda: np.fromiter((s for s in t), float), lambda: range(t[0])):
    try: f()
    except Exception as e: print(type(e).__name__, e, "|", e.__cause__)
