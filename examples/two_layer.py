"""A network with two layers: `chalkgrad derive examples/two_layer.py` prints how its gradients come about."""

import nn

X, Y = nn.datasets.moons(m=40)  # (2, 40), (1, 40)
model = nn.Sequential(nn.Linear(2, 4, seed=0), nn.Tanh(), nn.Linear(4, 1, seed=1), nn.Sigmoid())
loss = nn.losses.binary_cross_entropy(model(X), Y)
