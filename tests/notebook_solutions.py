"""The exercises of the notebooks, solved: for each line of the reader's, in order, what belongs there."""

SOLUTIONS = {
    "03_scalar_chain_rule": (
        ("dz2 = ...", "dz2 = A2 - Y"),
        ("dw2 = ...", "dw2 = dz2 * A1"),
        ("dz1 = ...", "dz1 = dz2 * W2 * (1 - A1**2)"),
        ("dz1 = dz2 * W2 * A1", "dz1 = dz2 * W2 * A1 * (1 - A1)"),
        ("da2 = ...", "da2 = A2 - Y"),
        ("dz2 = ...", "dz2 = da2 * A2 * (1 - A2)"),
        ("dw = ...", "du2 = h2.item() - Y; dw = du2 * h1.item() + du2 * w.item() * (1 - h1.item() ** 2) * X"),
    ),
    "04_logistic_regression": (
        ("dw = X @ dZ.T", "dw = 1 / m * X @ dZ.T"),
        ("dZ = A * (1 - A)", "dZ = A - Y"),
        ("dA = ...", "dA = A - Y"),
        ("dZ = ...", "dZ = dA * A * (1 - A)"),
        ("dw = ...", "dw = 1 / m * X @ dZ.T"),
        (
            'shapes = {"X": ..., "Y": ..., "w": ..., "Z": ..., "dZ": ..., "dw": ...}',
            "shapes = dict(X=(12288, 209), Y=(1, 209), w=(12288, 1), Z=(1, 209), dZ=(1, 209), dw=(12288, 1))",
        ),
    ),
    "05_shallow_network": (
        ("dZ2 = ...", "dZ2 = A2 - Y"),
        ("dW2 = ...", "dW2 = 1 / m * dZ2 @ A1.T"),
        ("dZ1 = ...", "dZ1 = W2.T @ dZ2 * (A1 > 0)"),
        ("dW1 = ...", "dW1 = 1 / m * dZ1 @ X.T"),
        ("db1 = ...", "db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)"),
        ("dZ1 = W2.T @ dZ2 * (A1 * (1 - A1))", "dZ1 = W2.T @ dZ2 * (1 - A1**2)"),
        ("db2 = np.sum(dZ2, axis=1, keepdims=True)", "db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)"),
        ("db1 = 1 / m * np.sum(dZ1, axis=1)", "db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)"),
        (
            "    return ...",
            """\
    n, A1 = moons.shape[1], np.tanh(W1 @ moons + b1)
    dZ2 = ag.sigmoid(W2 @ A1 + b2) - labels
    dZ1 = W2.T @ dZ2 * (1 - A1**2)
    mean = lambda dZ: np.mean(dZ, axis=1, keepdims=True)
    return (
        W1 - alpha * dZ1 @ moons.T / n, b1 - alpha * mean(dZ1), W2 - alpha * dZ2 @ A1.T / n, b2 - alpha * mean(dZ2)
    )""",
        ),
    ),
    "06_deep_network": (
        ('    "W1": ...,', '    "W1": (20, 12288),'),
        ('    "b1": ...,', '    "b1": (20, 1),'),
        ('    "Z2": ...,', '    "Z2": (7, 209),'),
        ('    "dW3": ...,', '    "dW3": (5, 7),'),
        ('    "db3": ...,', '    "db3": (5, 1),'),
        ('    "dA2": ...,', '    "dA2": (7, 209),'),
        ('    "dZ4": ...,', '    "dZ4": (1, 209),'),
        ('    "Y": ...,', '    "Y": (1, 209),'),
        ("    dA_prev = W.T @ dA", "    dA_prev = W.T @ dZ"),
        ("dZ3 = ...", "dZ3 = W4.T @ dZ4 * SLOPES['relu'](A3)"),
        ("dZ2 = ...", "dZ2 = W3.T @ dZ3 * SLOPES['tanh'](A2)"),
        ("parameters_in_all = ...", "parameters_in_all = 6 * 4 + 5 * 7 + 4 * 6 + 1 * 5"),
        ("numbers_in_jacobian = ...", "numbers_in_jacobian = 28 * 35"),
    ),
    "07_checking_your_derivation": (
        ("dW2 = ...", "dW2 = dZ2 @ A1.T / m"),
        ("dZ1 = ...", "dZ1 = dA1 * (1 - A1**2)"),
        ("    step = 1e-12", "    step = 1e-5"),
        ("            up = value.copy()", "            up, down = value.copy(), value.copy()"),
        ("            up[i] += step", "            up[i] += step; down[i] -= step"),
        (
            "            rise = float(cost(parameters | {name: up})) - float(cost(parameters))",
            "            rise = float(cost(parameters | {name: up})) - float(cost(parameters | {name: down}))",
        ),
        (
            '            gradients["d" + name][i] = rise / step',
            '            gradients["d" + name][i] = rise / (2 * step)',
        ),
        ("n_1, samples = 3, 1", "n_1, samples = 4, 5"),
        ("dv = ...", "dv = np.mean(error * q)"),
    ),
    "08_misprints": (
        (
            'answers = {"000-9": ..., "000-7": ..., "002-27": ..., "003-5": ..., "001-10": ...}',
            'answers = dict.fromkeys(("000-9", "002-27", "001-10"), "holds")\n'
            'answers |= dict.fromkeys(("000-7", "003-5"), "misprint")',
        ),
        ("back = ...  # printed: da[l-1] = W·dz, here dA1 from dZ2", "back = W2.T @ dZ2"),
        ("dZ1 = ...  # printed: da * g", "dZ1 = back * slope"),
        ("dW1 = ...  # printed: dz·a, for one sample; here there are m", "dW1 = dZ1 @ X.T / m"),
        ("short = ...  # printed: dz[l] = W·dz[l+1] + g, here dZ1 from dZ2", "short = W2.T @ dZ2 * slope"),
        (
            "db1 = 1 / m * np.sum(W2.T @ dZ2 * (1 - A1**2), axis=0, keepdims=True)",
            "db1 = 1 / m * np.sum(W2.T @ dZ2 * (1 - A1**2), axis=1, keepdims=True)",
        ),
        ("dangerous = ...", 'dangerous = {"001-9", "002-15", "002-26", "003-3", "003-5"}'),
    ),
    "09_sequences": (
        ("    dA = ...", "    dA = dMean / T + dA"),
        ("    dWx = dZ @ X[:, t - 1].T / m", "    dWx = dWx + dZ @ X[:, t - 1].T / m"),
        ("parameters_in_all = ...", "parameters_in_all = 4 * (48 * 16 + 48 * 48 + 48)"),
    ),
    "10_attention": (
        ("dV = ...", "dV = dA @ P0.T"),
        ("dQ = ...", "dQ = K0 @ dS / np.sqrt(d)"),
        (
            "weights = ag.softmax(K0.T @ Q0 / np.sqrt(d), axis=1)",
            "weights = ag.softmax(K0.T @ Q0 / np.sqrt(d), axis=0)",
        ),
        ("mask = ...", "mask = (steps[:, None] - steps == 0) | (steps[:, None] - steps == 1)"),
    ),
}
