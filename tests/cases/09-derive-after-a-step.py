# derive(J) after the parameters have been updated, as at the end of every training loop: it reads the recorded values.
import numpy as np

import autograd as ag
import nn

model = nn.Sequential(nn.Linear(2, 1, seed=1), nn.Sigmoid())
optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
X, Y = np.ones((2, 3)), np.ones((1, 3))
J = nn.losses.binary_cross_entropy(model(X), Y)
J.backward()
optimizer.step()
print(ag.derive(J))
