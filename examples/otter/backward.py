# Backpropagation by hand, 2 layers (Ada)
#
#     Z1 = W1 X + b1
#     A1 = tanh(Z1)
#     Z2 = W2 A1 + b2
#     A2 = σ(Z2)
#     J = −(1/5) Σ (Y ∗ ln A2 + (1 − Y) ∗ ln(1 − A2))
#
# The course's convention: dZ is m times the derivative of the cost, and 1/m stands in dW and db.

import numpy as np

from nn import byhand

# What is given: 5 samples, in columns.
X = np.array(
    [
        [-0.3, 0.41, -0.86, -0.11, -0.36],
        [1.24, 0.99, -1.1, -1.13, -0.72],
        [-0.76, 0.53, -0.33, 0.36, 0.72],
        [1.14, 0.88, 0.61, -1.08, 0.62],
        [0.41, -0.36, 0.69, -0.58, -1.44],
        [0.27, -1.48, 0.64, 1.11, -0.86],
        [0.98, 1.38, -0.6, -0.43, -1.12],
        [0.74, 1, -1.38, 0.73, 0.56],
    ],
    dtype=float,
)
Y = np.array([[0, 1, 0, 1, 0]], dtype=float)
W1 = np.array(
    [
        [0.71, -0.21, 0.54, -1.07, 0.58, 0.47, -0.17, 1.44],
        [-1.27, 1.45, 0.59, -0.05, -1.35, 0.7, 1.08, 0.14],
    ],
    dtype=float,
)
b1 = np.array(
    [
        [-0.24],
        [-0.45],
    ],
    dtype=float,
)
W2 = np.array([[-0.27, 0.4]], dtype=float)
b2 = np.array([[-0.22]], dtype=float)
Z1 = np.array(
    [
        [-1.0799, -0.5112, -2.6347, 2.5788, -0.8616],
        [2.0211, 1.8139, -2.5027, -0.4846, -0.4322],
    ],
    dtype=float,
)
A1 = np.array(
    [
        [-0.793162, -0.4708797, -0.9897593, 0.9885549, -0.6970811],
        [0.9654884, 0.9482267, -0.9866859, -0.44992, -0.4071582],
    ],
    dtype=float,
)
Z2 = np.array([[0.3803491, 0.2864282, -0.3474393, -0.6668778, -0.1946514]], dtype=float)
A2 = np.array([[0.5939573, 0.5711215, 0.4140035, 0.3391963, 0.4514902]], dtype=float)
J = 0.7355236

# What is to be found. Write NumPy, or numbers; what is still None is left out.
dA2 = None  # (1, 5)
dZ2 = None  # (1, 5)
dW2 = None  # (1, 2)
db2 = None  # (1, 1)
dA1 = None  # (2, 5)
dZ1 = None  # (2, 5)
dW1 = None  # (2, 8)
db1 = None  # (2, 1)

# A hint: step=1 says where, step=2 what kind of mistake, step=3 the line.
exercise = byhand.exercise(seed="Ada", layers=["tanh", "sigmoid"], hide="gradients")
answers = {name: globals().get(name) for name in exercise.to_find}
print(exercise.hint(answers, step=1))
print(exercise.grade(answers))
