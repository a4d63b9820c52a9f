# Where the gradient is rounding noise, that is told from a defect: by the sizes of what it was computed from, not by its own.
import numpy as np, autograd as ag
x, a = ag.Tensor(np.random.default_rng(0).normal(size=(3, 5)), name="x"), ag.Tensor(2.0, name="a")
def newton(steps=6):
    r = a * 1.0
    for _ in range(steps): r = 0.5 * (r + a / r)
    return r
for J in (np.sum(np.log(np.exp(x)) - x), np.sum(x * 3.3 / x), newton()):
    try: print(ag.derive(J, convention="true"))
    except ag.AutogradError as e: print(type(e).__name__, e)
