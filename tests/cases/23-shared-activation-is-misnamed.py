# One activation object used twice: values are called by their places, A1 and A2.
import numpy as np, autograd as ag, nn
act = nn.Tanh()
model = nn.Sequential(nn.Linear(2, 2, seed=0), act, nn.Linear(2, 2, seed=1), act)
print(ag.derive(nn.losses.mse(model(np.ones((2, 3))), np.zeros((2, 3)))))
