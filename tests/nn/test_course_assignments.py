"""The programming assignments of the course "Improving Deep Neural Networks" (initialization, regularization,
optimization), done with nn: the values that were published with them come out, to all of their digits.

The assignments draw from np.random.seed(k), which is np.random.RandomState(k).
"""

from itertools import pairwise

import numpy as np
import pytest

import autograd as ag
import nn

Drawn = np.random.RandomState


def published(found, expected):
    """Whether arrays agree in the eight decimals that are printed."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=5.1e-9)


def network(parameters, *, keep_prob=1.0):
    """relu, relu, sigmoid, with these W and b, and dropout after the hidden layers."""
    layers = []
    for W, b in parameters:
        linear = nn.Linear(W.shape[1], W.shape[0])
        linear.W.data, linear.b.data = W, b
        layers += [linear, nn.ReLU(), nn.Dropout(keep_prob)]
    return nn.Sequential(*layers[:-2], nn.Sigmoid())


def drawn_parameters(rng, *sizes):
    return [(rng.randn(n, n_before), rng.randn(n, 1)) for n_before, n in pairwise(sizes)]


# --- Initialization


def test_he_initialization():
    rng = Drawn(3)
    published(
        nn.init.he(rng, 4, 2),
        [[1.78862847, 0.43650985], [0.09649747, -1.8634927], [-0.2773882, -0.35475898], [-0.08274148, -0.62700068]],
    )
    published(nn.init.he(rng, 1, 4), [[-0.03098412, -0.33744411, -0.92904268, 0.62552248]])


def test_large_random_initialization():
    rng = Drawn(3)
    expected = [[17.88628473, 4.36509851, 0.96497468], [-18.63492703, -2.77388203, -3.54758979]]
    published(nn.init.normal(rng, 2, 3, scale=10), expected)


def compiled_steps(parameters, optimizer):
    """A training step (X, Y) -> cost, with the compiled gradients of relu, relu, sigmoid."""

    def cost(W1, b1, W2, b2, W3, b3, X, Y):
        A = ag.relu(W2 @ ag.relu(W1 @ X + b1) + b2)
        return nn.losses.binary_cross_entropy(ag.sigmoid(W3 @ A + b3), Y)

    f = ag.compile(ag.value_and_grad(cost, argnums=tuple(range(6))))

    def step(X, Y):
        J, gradients = f(*(p.data for p in parameters), X, Y)
        for p, g in zip(parameters, gradients, strict=True):
            p.grad = g
        optimizer.step()
        return J

    return step


def started(kind, sizes):
    """W1, b1, W2, … of these sizes, from the seed 3 of the assignments."""
    rng = Drawn(3)
    pairs = [(kind(rng, n, n_before), np.zeros((n, 1))) for n_before, n in pairwise(sizes)]
    return [ag.Tensor(x) for pair in pairs for x in pair]


def test_what_the_circles_cost_by_initialization():
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is in the extra `sklearn`")
    rows, labels = datasets.make_circles(n_samples=300, noise=0.05, random_state=Drawn(1))
    X, Y = nn.data.from_rows(rows, labels)
    costs = {}
    for kind in (nn.init.zeros, nn.init.he):
        parameters = started(kind, (2, 10, 5, 1))
        step = compiled_steps(parameters, nn.optim.SGD(parameters, lr=0.01))
        costs[kind] = [step(X, Y) for _ in range(1001)]
    assert costs[nn.init.zeros][0] == pytest.approx(0.6931471805599453, rel=1e-15)
    assert costs[nn.init.he][0] == pytest.approx(0.8830537463419761, rel=1e-14)
    assert costs[nn.init.he][1000] == pytest.approx(0.6879825919728063, rel=1e-12)
    assert costs[nn.init.zeros][1000] > 0.69  # all units of a layer learn the same


# --- Regularization

Y = np.array([[1.0, 1, 0, 1, 0]])


def test_the_cost_with_l2():
    (W1, _), (W2, _), (W3, _) = drawn_parameters(Drawn(1), 3, 2, 3, 1)
    A3 = np.array([[0.40682402, 0.01629284, 0.16722898, 0.10118111, 0.40682402]])
    weights = [ag.Tensor(W) for W in (W1, W2, W3)]
    J = nn.losses.binary_cross_entropy(A3, Y) + nn.losses.l2(weights, strength=0.1, m=5)
    assert J.item() == pytest.approx(1.78648594516, abs=5.1e-12)


def test_gradients_with_l2():
    rng = Drawn(1)
    X, parameters = rng.randn(3, 5), drawn_parameters(rng, 3, 2, 3, 1)
    model = network(parameters)
    weights = [p for name, p in model.named_parameters() if name.endswith("W")]
    J = nn.losses.binary_cross_entropy(model(X), Y) + nn.losses.l2(weights, strength=0.7, m=5)
    J.backward()
    published(weights[0].grad, [[-0.25604646, 0.12298827, -0.28297129], [-0.17706303, 0.34536094, -0.4410571]])
    published(weights[1].grad, [[0.79276486, 0.85133918], [-0.0957219, -0.01720463], [-0.13100772, -0.03750433]])
    published(weights[2].grad, [[-1.77691347, -0.11832879, -0.09397446]])


def test_weight_decay_is_l2_but_for_the_biases():
    rng = Drawn(1)
    X, parameters = rng.randn(3, 5), drawn_parameters(rng, 3, 2, 3, 1)
    models = [network(parameters) for _ in range(2)]
    for model, weight_decay in zip(models, (0.0, 0.7 / 5), strict=True):
        weights = [p for name, p in model.named_parameters() if name.endswith("W")]
        J = nn.losses.binary_cross_entropy(model(X), Y)
        (J if weight_decay else J + nn.losses.l2(weights, strength=0.7, m=5)).backward()
        nn.optim.SGD(weights, lr=0.1, weight_decay=weight_decay).step()
    for a, b in zip(*(model.parameters() for model in models), strict=True):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-14)


@pytest.fixture
def masks(monkeypatch):
    """The random numbers that masks are drawn from are those of np.random.seed(1)."""
    rng = Drawn(1)
    monkeypatch.setattr(nn.random, "current", lambda: rng)


def test_forward_with_dropout(masks):
    rng = Drawn(1)
    X = rng.randn(3, 5)
    A3 = network(drawn_parameters(rng, 3, 2, 3, 1), keep_prob=0.7)(X)
    published(A3.data, [[0.36974721, 0.00305176, 0.04565099, 0.49683389, 0.36974721]])


def test_backward_with_dropout_is_that_of_the_formulas(masks):
    rng = Drawn(1)
    X = rng.randn(3, 5)
    (W1, b1), (W2, b2), (W3, b3) = parameters = drawn_parameters(rng, 3, 2, 3, 1)
    model = network(parameters, keep_prob=0.7)
    nn.losses.binary_cross_entropy(model(X), Y).backward()
    again = Drawn(1)
    D1, D2 = again.rand(2, 5) < 0.7, again.rand(3, 5) < 0.7
    Z1 = W1 @ X + b1
    A1 = np.maximum(Z1, 0) * D1 / 0.7
    Z2 = W2 @ A1 + b2
    A2 = np.maximum(Z2, 0) * D2 / 0.7
    dZ3 = 1 / (1 + np.exp(-(W3 @ A2 + b3))) - Y
    dZ2 = W3.T @ dZ3 * D2 / 0.7 * (Z2 > 0)
    dZ1 = W2.T @ dZ2 * D1 / 0.7 * (Z1 > 0)
    expected = {"0.W": dZ1 @ X.T, "3.W": dZ2 @ A1.T, "6.W": dZ3 @ A2.T, "6.b": dZ3.sum(axis=1, keepdims=True)}
    gradients = dict(model.named_parameters())
    for name, g in expected.items():
        np.testing.assert_allclose(gradients[name].grad, g / 5, rtol=1e-12, atol=1e-16)


# --- Optimization


def moved(optimizer):
    """The parameters W1, b1, W2, b2 of the assignment after one step, and the optimizer."""
    rng = Drawn(1)
    shapes = [(2, 3), (2, 1), (3, 3), (3, 1)]
    parameters = [ag.Tensor(rng.randn(*shape)) for shape in shapes]
    for p in parameters:
        p.grad = rng.randn(*p.shape)
    made = optimizer(parameters)
    made.step()
    return [p.data for p in parameters], made


def test_a_step_of_gradient_descent():
    (W1, b1, W2, b2), _ = moved(lambda parameters: nn.optim.SGD(parameters, lr=0.01))
    published(W1, [[1.63535156, -0.62320365, -0.53718766], [-1.07799357, 0.85639907, -2.29470142]])
    published(b1, [[1.74604067], [-0.75184921]])
    expected = [
        [0.32171798, -0.25467393, 1.46902454],
        [-2.05617317, -0.31554548, -0.3756023],
        [1.1404819, -1.09976462, -0.1612551],
    ]
    published(W2, expected)
    published(b2, [[-0.88020257], [0.02561572], [0.57539477]])


VELOCITY = [[-0.11006192, 0.11447237, 0.09015907], [0.05024943, 0.09008559, -0.06837279]]


def test_a_step_of_momentum():
    (W1, b1, W2, b2), optimizer = moved(lambda parameters: nn.optim.Momentum(parameters, lr=0.01, beta=0.9))
    published(W1, [[1.62544598, -0.61290114, -0.52907334], [-1.07347112, 0.86450677, -2.30085497]])
    published(b1, [[1.74493465], [-0.76027113]])
    expected = [
        [0.31930698, -0.24990073, 1.4627996],
        [-2.05974396, -0.32173003, -0.38320915],
        [1.13444069, -1.0998786, -0.1713109],
    ]
    published(W2, expected)
    published(b2, [[-0.87809283], [0.04055394], [0.58207317]])
    published(optimizer.state_dict()["v.0"], VELOCITY)


def test_a_step_of_adam():
    """The assignment takes the second step (t = 2) from averages that are still 0."""

    def adam(parameters):
        optimizer = nn.optim.Adam(parameters, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8)
        optimizer.load_state_dict(optimizer.state_dict() | {"steps": 1})
        return optimizer

    (W1, b1, W2, b2), optimizer = moved(adam)
    published(W1, [[1.63178673, -0.61919778, -0.53561312], [-1.08040999, 0.85796626, -2.29409733]])
    published(b1, [[1.75225313], [-0.75376553]])
    expected = [
        [0.32648046, -0.25681174, 1.46954931],
        [-2.05269934, -0.31497584, -0.37661299],
        [1.14121081, -1.09244991, -0.16498684],
    ]
    published(W2, expected)
    published(b2, [[-0.88529979], [0.03477238], [0.57537385]])
    state = optimizer.state_dict()
    published(state["v.0"], VELOCITY)
    published(state["s.0"], [[0.00121136, 0.00131039, 0.00081287], [0.0002525, 0.00081154, 0.00046748]])


def test_mini_batches():
    rng = Drawn(1)
    X, Y = rng.randn(12288, 148), (rng.randn(1, 148) < 0.5).astype(float)
    batches = list(nn.data.batches(X, Y, 64, seed=0))
    assert [x.shape for x, _ in batches] == [(12288, 64), (12288, 64), (12288, 20)]
    assert [y.shape for _, y in batches] == [(1, 64), (1, 64), (1, 20)]
    order = [int(np.argmax((X[0] == value) & (X[1] == other))) for x, _ in batches for value, other in x[:2].T]
    assert sorted(order) == list(range(148)) != order
    for (x, y), start in zip(batches, (0, 64, 128), strict=True):
        columns = order[start : start + 64]
        np.testing.assert_array_equal(x, X[:, columns])
        np.testing.assert_array_equal(y, Y[:, columns])


def test_learning_rate_decay():
    assert nn.schedules.Decay(1).rate(2, base=0.5) == 0.16666666666666666
    every_100 = nn.schedules.Decay(0.3, every=100)
    assert every_100.rate(10, base=0.5) == 0.5
    assert every_100.rate(100, base=0.5) == pytest.approx(0.38461538461538464, rel=1e-15)


MOONS = {  # the costs of the last mini-batch of epochs 0 and 1000
    "gradient descent": (nn.optim.SGD, 0.690736, 0.685273),
    "momentum": (nn.optim.Momentum, 0.690741, 0.685341),
    "Adam": (nn.optim.Adam, 0.690552, 0.185567),
}


@pytest.mark.parametrize("name", MOONS)
def test_what_the_moons_cost_by_optimizer(name):
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is in the extra `sklearn`")
    optimizer, first, later = MOONS[name]
    rows, labels = datasets.make_moons(n_samples=300, noise=0.2, random_state=Drawn(3))
    X, Y = nn.data.from_rows(rows, labels)
    parameters = started(nn.init.he, (2, 5, 2, 1))
    step, costs = compiled_steps(parameters, optimizer(parameters, lr=0.0007)), []
    for epoch in range(1001):
        order = Drawn(11 + epoch).permutation(300)
        costs.append([step(X[:, part], Y[:, part]) for part in np.split(order, range(64, 300, 64))][-1])
    assert costs[0] == pytest.approx(first, abs=5.1e-7) and costs[1000] == pytest.approx(later, abs=5.1e-7)
