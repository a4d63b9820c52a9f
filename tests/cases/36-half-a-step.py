# A step is all or nothing: where it raises, and where Ctrl-C comes within it.
import signal, numpy as np, autograd as ag, nn
a, b = ag.Tensor(1.0, name="a"), ag.Tensor(1.0, name="b"); a.grad = 1.0
try: nn.optim.Adam([a, b], lr=0.1).step()
except ag.GraphError: print(a.data, "must be 1.0")
m = nn.Sequential(nn.Linear(1, 1, init="zeros")); o = nn.optim.SGD(m.parameters(), lr=0.1); u = o.update
o.update = lambda i, g: (signal.raise_signal(signal.SIGINT) if i == 1 else None, u(i, g))[1]
nn.fit(m, np.ones((1, 4)), np.ones((1, 4)), loss="mse", optimizer=o, progress=False)
print(m[0].W.data, m[0].b.data, "must both be 0, or both moved")
