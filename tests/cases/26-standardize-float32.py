# Mean and deviation are taken in double precision: float32 with an offset, and with large values.
import numpy as np

import nn

X = (1e6 + np.random.default_rng(0).normal(size=(3, 100000))).astype(np.float32)
print(np.abs(nn.data.standardize(X).mean(axis=1, dtype=float)).max() < 1e-8)
print(nn.data.standardize(np.array([[1e8, 1e8 + 8, 1e8 + 16]], np.float32)))
print(nn.data.standardize(np.array([[1e20, 2e20, 3e20]], np.float32)))
