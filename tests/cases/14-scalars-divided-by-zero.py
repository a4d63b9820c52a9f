# Where Python's numbers raise and NumPy says inf, NumPy is asked: in derive, in explain_grad, and in the sweep for an
# integer 0.
import numpy as np

import autograd as ag

np.seterr(all="ignore")


def tried(f):
    try:
        print(f())
    except ArithmeticError as e:
        print(type(e).__name__, e)


x = ag.Tensor(0.0, name="x")
tried(lambda: ag.derive(1 / x, convention="true"))
tried(lambda: ag.derive(np.log(x), convention="true"))
J = 2.0 / x
J.backward()
tried(x.explain_grad)
t = ag.Tensor([1.0, 2.0])
tried(lambda: np.sum(t / 0).backward())
tried(lambda: np.sum(t / 0.0).backward())
print(t.grad)
