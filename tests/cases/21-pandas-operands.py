# A DataFrame or Series is an operand and an input like the array of its numbers, on either side. (needs pandas)
import numpy as np, pandas as pd, autograd as ag, nn
df = pd.DataFrame(np.ones((2, 3)))
print(nn.Sequential(nn.Linear(2, 1))(df).shape)
for f in (lambda: nn.Linear(2, 1)(df), lambda: ag.Tensor(np.ones((1, 2))) @ df, lambda: ag.Tensor(np.ones(3)) * pd.Series(np.ones(3))):
    try: print(f().shape)
    except Exception as e: print(type(e).__name__, e)
