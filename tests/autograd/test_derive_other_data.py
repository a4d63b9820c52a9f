"""A derived program runs on other data: on more samples, and where 0/0, ties and kinks come up that the run had not."""

import numpy as np
import pytest

import autograd as ag

RNG = np.random.default_rng(0)

OF_ENTRIES = {
    **{f.__name__: (lambda x, w, f=f: f(x * w)) for f in (np.exp, np.tanh, np.abs, np.square, np.sign, np.cbrt)},
    **{f.__name__: (lambda x, w, f=f: f(x * w)) for f in (ag.relu, ag.leaky_relu, ag.sigmoid, ag.log_sigmoid)},
    "a power": lambda x, w: (x * w) ** 3,
    "the larger": lambda x, w: np.maximum(x, w),
    "where": lambda x, w: np.where(x * w > 0, x * w, w * w),
    "clip": lambda x, w: np.clip(x * w, -0.9, 0.9),
    "less the largest": lambda x, w: x - np.max(x * w, axis=0),
    "centred": lambda x, w: x * w - np.mean(x, axis=1, keepdims=True),
    "standardized": lambda x, w: (x - np.mean(x, axis=1, keepdims=True)) / (np.std(x * w, axis=1, keepdims=True) + 1),
    "softmax": lambda x, w: ag.softmax(x * w, axis=0),
    "a cumulative sum": lambda x, w: np.cumsum(x * w, axis=1),
    "a cumulative product": lambda x, w: np.cumprod(x * w, axis=1),
    "sorted": lambda x, w: np.sort(x * w, axis=1),
    "reversed": lambda x, w: (x * w)[:, ::-1],
    "turned": lambda x, w: np.swapaxes(x * w, 0, 1),
    "flat": lambda x, w: np.ravel(x * w),
    "with an axis": lambda x, w: (x * w)[:, None, :] * x,
    "einsum": lambda x, w: np.einsum("ij,kj->ik", x * w, x),
}
# Of another number of entries than x.
OF_MORE = {
    "without the first": lambda x, w: (x * w)[:, 1:],
    "every second": lambda x, w: (x * w)[:, ::2],
    "every third, from the second": lambda x, w: (x * w)[:, 1::3],
    "without the ends, turned": lambda x, w: (x * w)[:, -2:0:-1].T,
    "a row": lambda x, w: (x * w)[1],
    "differences": lambda x, w: np.diff(x * w, axis=1),
    "joined": lambda x, w: np.concatenate([x * w, x, x * x], axis=1),
    "padded": lambda x, w: np.pad(x * w, ((0, 0), (1, 1))),
    "an outer product": lambda x, w: np.outer(x * w, w),
}
# Where the shape is written as numbers, or no size of an input is the number of samples: m is to be passed.
OF_NUMBERS = {
    "in a stack": lambda x, w: np.stack([x * w, x]),
    "each twice": lambda x, w: np.repeat(x * w, 2, axis=1),
    "tiled": lambda x, w: np.tile(x * w, (1, 3)),
    "rows of pairs": lambda x, w: np.reshape(x * w, (-1, 2)),
    "in a fixed shape": lambda x, w: np.reshape(x * w, (2, 16)),
    "chosen": lambda x, w: (x * w)[:, [0, 0, 2]],
    "as many chosen": lambda x, w: (x * w)[:, [0, 1, 2, 3, 3, 3, 3, 3]],
    "by a mask": lambda x, w: (x * w)[:, np.arange(x.shape[1]) % 2 == 0],
}
OF_ROWS = {
    "sums": lambda x, w: np.sum(x * w, axis=1),
    "means": lambda x, w: np.mean(x * w, axis=1),
    "means of columns": lambda x, w: np.mean(x * w, axis=0),
    "largest": lambda x, w: np.max(x * w, axis=1),
    "smallest of columns": lambda x, w: np.min(x * w, axis=0),
    "deviations": lambda x, w: np.std(x * w, axis=1),
    "norms": lambda x, w: np.linalg.norm(x * w, axis=0),
    "logarithms of sums": lambda x, w: ag.logsumexp(x * w, axis=0),
    "products": lambda x, w: np.prod(x * w, axis=1),
}
TOTALS = {
    "sum of squares": lambda z: np.sum(z**2),
    "mean of squares": lambda z: np.mean(z**2),
    "a mean": lambda z: np.mean(z),
    "a sum over the number of entries": lambda z: np.sum(z * z) / z.size,
    "half a mean": lambda z: 0.5 * np.mean(np.square(z)),
}


def agrees(cost, w, x, others, is_leaf, finds_m=True):
    """Derive the cost, and compare the program on other values with the sweep on them.

    Arrays without a name (a mean of plain data) are arguments, which are to be those of the other data.
    """
    given = {"w": w, "x": x}
    leaves = {k: ag.Tensor(v, name=k) if k == "w" or is_leaf else v for k, v in given.items()}
    derivation = ag.derive(cost(leaves["x"], leaves["w"]), convention="true")
    assert not finds_m or "m" not in derivation.inputs
    run = derivation.function()
    for w1, x1 in others:
        leaves = {"w": ag.Tensor(w1, name="w"), "x": ag.Tensor(x1, name="x") if is_leaf else x1}
        given = {"w": w1, "x": x1}
        with np.errstate(all="ignore"):
            J = cost(leaves["x"], leaves["w"])
            J.backward()
            if derivation.inputs.keys() - given.keys():
                given = ag.derive(J, convention="true").inputs | given
            found = run(**{k: given[k] for k in derivation.inputs})
        np.testing.assert_allclose(found["J"], J.data, rtol=1e-9)
        for name in ("w", "x") if is_leaf else ("w",):
            np.testing.assert_allclose(found[f"d{name}"], leaves[name].grad, rtol=1e-9, atol=1e-12, strict=True)


def ordinary(m):
    return RNG.normal(size=(4, 1)), RNG.normal(size=(4, m))


@pytest.mark.parametrize("is_leaf", [False, True])
@pytest.mark.parametrize("total", TOTALS)
@pytest.mark.parametrize("of", [*OF_ENTRIES, *OF_ROWS])
def test_another_number_of_samples(of, total, is_leaf):
    inner = (OF_ENTRIES | OF_ROWS)[of]
    w, x = ordinary(6)
    agrees(lambda x, w: TOTALS[total](inner(x, w)), w, x, [ordinary(9), ordinary(2)], is_leaf)


@pytest.mark.parametrize("total", [*TOTALS, "a sum"])
@pytest.mark.parametrize("of", OF_MORE)
def test_another_number_of_entries(of, total):
    inner, whole = OF_MORE[of], TOTALS.get(total, lambda z: np.sum(np.tanh(z)))
    w, x = ordinary(8)
    agrees(lambda x, w: whole(inner(x, w)), w, x, [ordinary(9), ordinary(5)], is_leaf=True)


@pytest.mark.parametrize("total", [*TOTALS, "a sum"])
@pytest.mark.parametrize("of", OF_NUMBERS)
def test_a_fixed_number_of_entries_is_right_or_an_error(of, total):
    inner, whole = OF_NUMBERS[of], TOTALS.get(total, lambda z: np.sum(np.tanh(z)))
    w, x = ordinary(8)
    cost = lambda x, w: whole(inner(x, w))
    agrees(cost, w, x, [(w, x)], is_leaf=True, finds_m=False)
    for m in (9, 6):
        try:
            agrees(cost, w, x, [ordinary(m)], is_leaf=True, finds_m=False)
        except (ValueError, IndexError) as error:
            assert "shape" in str(error) or "index" in str(error) or "size" in str(error)


@pytest.mark.parametrize("first, second", [("without the first", "every second"), ("padded", "differences")])
def test_means_over_different_numbers_of_entries(first, second):
    w, x = ordinary(6)

    def cost(x, w):
        return np.mean(OF_MORE[first](x, w) ** 2) + np.mean(np.tanh(OF_MORE[second](x, w)))

    agrees(cost, w, x, [ordinary(9), ordinary(4)], is_leaf=True)


def test_a_program_raises_built_in_errors_and_is_short():
    w, x = (ag.Tensor(value, name=name) for name, value in zip("wx", ordinary(6), strict=True))
    for derivation in (ag.derive(np.mean((x * w)[:, ::-1])), ag.derive(np.mean((x * w)[:, [0, 0, 1]]))):
        text = derivation.numpy()
        assert [line for line in text.split("\n") if "import" in line] == ["import numpy as np"]
        assert "class" not in text and "raise" not in text and "printable" not in text
        assert text.split('"""')[2].count("\n") < 47  # the notes above are as long as they have to be


LAYERS = {"tanh": np.tanh, "relu": ag.relu, "sigmoid": ag.sigmoid, "relu by hand": lambda z: np.maximum(z, 0.0)}
LOSSES = {
    "squares": lambda z, y: np.mean((z - y) ** 2),
    "half a sum of squares": lambda z, y: np.sum((z - y) ** 2) / (2 * z.shape[1]),
    "absolute": lambda z, y: np.mean(np.abs(z - y)),
    "logistic": lambda z, y: ag.binary_cross_entropy(ag.sigmoid(z), y),
    "logits": lambda z, y: np.mean(ag.log_loss_logits(z, y)),
    "softmax": lambda z, y: -np.sum(y * np.log(ag.softmax(z, axis=0) + 0.0)) / z.shape[1],
    "hinge": lambda z, y: np.mean(np.maximum(0.0, 1 - y * z)),
}


@pytest.mark.parametrize("rows", [False, True], ids=["columns", "rows"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("layer", LAYERS)
def test_networks_of_another_number_of_samples(layer, loss, rows):
    def cost(W1, b1, W2, X, Y):
        A = LAYERS[layer](W1 @ X + b1)
        Z = W2 @ A
        if rows:
            Z = (LAYERS[layer]((W1 @ X).T + b1.T) @ W2.T).T
        return LOSSES[loss](Z, Y) + 0.05 * np.sum(W1**2)

    weights = {"W1": RNG.normal(size=(4, 3)), "b1": RNG.normal(size=(4, 1)), "W2": RNG.normal(size=(2, 4))}

    def samples(m):
        return {"X": RNG.normal(size=(3, m)), "Y": np.eye(2)[RNG.integers(0, 2, m)].T.copy()}

    X, Y = samples(6).values()
    derivation = ag.derive(cost(*(ag.Tensor(v, name=k) for k, v in weights.items()), X, Y))
    given = samples(9)
    leaves = [ag.Tensor(v, name=k) for k, v in weights.items()]
    J = cost(*leaves, **given)
    J.backward()
    found = derivation.function()(**{k: (weights | given)[k] for k in derivation.inputs})
    np.testing.assert_allclose(found["J"], J.data, rtol=1e-9)
    for leaf in leaves:
        np.testing.assert_allclose(found[f"d{leaf.name}"], leaf.grad, rtol=1e-9, atol=1e-12, strict=True)


# --- conventions ------------------------------------------------------------------------------------------------------

CONVENTIONS = {
    "logistic": lambda x, w: ag.binary_cross_entropy(x, w),
    "log loss": lambda x, w: np.sum(ag.log_loss(x, w)),
    "x ln y": lambda x, w: np.sum(ag.xlogy(w, x)),
    "a ratio": lambda x, w: np.sum(ag.xlogy(x, x) * w),
    "a norm": lambda x, w: np.sum(np.linalg.norm(x * w, axis=0)),
    "lengths": lambda x, w: np.sum(np.hypot(x, w)),
    "deviations": lambda x, w: np.sum(np.std(x, axis=0) * w),
    "logarithms of sums": lambda x, w: np.sum(ag.logsumexp(np.log(x), axis=0) * w),
    "sums of exponentials": lambda x, w: np.sum(np.exp(np.logaddexp(np.log(x), np.log(w)))),
    "ties of the largest": lambda x, w: np.sum(np.max(x * w, axis=0)),
    "ties of the smallest": lambda x, w: np.sum(np.min(x * w, axis=1) ** 2),
    "ties of two": lambda x, w: np.sum(np.maximum(x, w) * np.minimum(x, w)),
    "kinks": lambda x, w: np.sum(np.abs(x - w)) + np.sum(ag.relu(x - w)),
    "products with zeros": lambda x, w: np.sum(np.prod(x * w, axis=1)),
    "powers": lambda x, w: np.sum(x**2 * w**3),
}


@pytest.mark.parametrize("cost", CONVENTIONS)
def test_what_counts_as_0_and_who_shares_does_not_depend_on_the_data_of_the_run(cost):
    def ordinary():
        return RNG.uniform(0.1, 0.9, size=(4, 3)), RNG.uniform(0.1, 0.9, size=(4, 3))

    ends = [tuple(RNG.choice([0.0, 0.5, 1.0], size=(2, 4, 3))) for _ in range(4)]
    agrees(CONVENTIONS[cost], *ordinary(), ends, is_leaf=True)


def test_certain_predictions_in_the_program_of_others():
    w, b, x, y = (
        ag.Tensor(np.full((1, 2), 0.1), name="w"),
        ag.Tensor([[0.2]], name="b"),
        np.ones((2, 3)),
        np.eye(1, 3),
    )
    A = ag.sigmoid(w @ x + b)
    A.name = "A"
    derivation = ag.derive(ag.binary_cross_entropy(A, y))
    sure = {"w": np.array([[800.0, 0.0]]), "b": np.array([[0.0]]), "x": np.array([[1, -1, -1], [0, 0, 0.0]]), "y": y}
    with np.errstate(all="ignore"):
        found = derivation.function()(**sure)
    assert found["J"] == 0
    for gradient in found.values():
        assert np.all(np.isfinite(gradient))
