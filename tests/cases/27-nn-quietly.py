# A metric that returns a Tensor counts as its number; parameters in a set or in __slots__ are found.
import numpy as np, autograd as ag, nn
m = nn.Sequential(nn.Linear(2, 1, seed=1), nn.Sigmoid())
h = nn.fit(m, np.ones((2, 4)), np.ones((1, 4)), loss="mse", optimizer=nn.optim.SGD(m.parameters(), lr=0.1), epochs=1, metric=lambda a, y: np.mean(a), progress=False)
print(h.accuracy)
class InSet(nn.Module):
    def __init__(self): self.layers = {nn.Linear(2, 2)}
class Slots(nn.Module):
    __slots__ = ("W",)
    def __init__(self): self.W = ag.Tensor(1.0)
print(len(InSet().parameters()), len(Slots().parameters()))
