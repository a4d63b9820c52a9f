# The same of derive and its .py export: the name of one-hot data is a comment there, in which nothing is run.
import builtins, numpy as np, autograd as ag, nn
Y = ag.Tensor(np.eye(2), name='Y"""; __import__("builtins").HIT = 1; """', requires_grad=False)
J = nn.losses.cross_entropy_logits(ag.Tensor(np.ones((2, 2)), name="W") @ np.ones((2, 2)), Y)
try: ag.derive(J)
except Exception as e: print(type(e).__name__, e)
print("ran the name:", hasattr(builtins, "HIT"), "(must be False)")
