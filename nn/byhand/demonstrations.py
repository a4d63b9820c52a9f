"""What a formula alone does not show: training, curvature, graphs, and shapes that broadcasting hides.

Each function does it and returns what was Seen; a Failure where something goes wrong that should go wrong.
"""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

import numpy as np

import autograd as ag
import nn
from nn.byhand.checks import TOLERANCE, Failure, Seen, figure, relative_difference
from nn.byhand.networks import LOGISTIC, TWO_LAYERS, Network, scopes
from nn.byhand.program import AUTOGRAD, BY_HAND, COMPLEX_STEP, COURSE, ENGINE, ONE, SLOPES, Program, Scope

# --- training --------------------------------------------------------------------------------------------------------


def descend(network: Network, parameters: Scope, alpha: float, steps: int) -> tuple[Scope, list[float]]:
    """Gradient descent, W := W − α dW; b := b − α db; returns the parameters, and the cost before each step."""
    cost_and_gradients = ag.value_and_grad(lambda p: network.run(ENGINE, p)["J"])
    costs = []
    for _ in range(steps):
        J, gradients = cost_and_gradients(parameters)
        parameters = {name: x - alpha * gradients[name] for name, x in parameters.items()}
        costs.append(J)
    return parameters, costs


def parameters_of(network: Network, **changes: np.ndarray) -> Scope:
    """The network's W1, b1 … by name, some of them changed."""
    return {name: x for name, x in network.leaves.items() if name in network.parameters} | changes


def step_by_hand_is_that_of_sgd(network: Network, alphas: tuple[float, ...] = (0.1, 0.3), steps: int = 5) -> Seen:
    """Several steps by nn.optim.SGD, and the same by hand with derivatives from the complex step, for each α."""
    worst, falling, words = 0.0, True, []
    for alpha in alphas:
        by_hand = network
        tensors = {name: ag.Tensor(network.leaves[name], name=name) for name in sorted(network.parameters)}
        optimizer = nn.optim.SGD(tensors.values(), lr=alpha)
        for _ in range(steps):
            optimizer.zero_grad()
            network.run(ENGINE, tensors)["J"].backward()
            optimizer.step()
            scope = scopes(by_hand, COURSE, COMPLEX_STEP)[0]
            by_hand = _moved(by_hand, {name: scope[name] - alpha * scope[f"d{name}"] for name in tensors})
            worst = max(worst, *(relative_difference(by_hand.leaves[name], t.data) for name, t in tensors.items()))
        before, after = (n.run(BY_HAND, {})["J"] for n in (network, by_hand))
        falling &= bool(after < before)
        words.append(f"J {before:.4f} → {after:.4f}")
    taken = " and ".join(f"with α = {alpha}" for alpha in alphas)
    said = f"nn.optim.SGD takes these {steps} steps {taken}, rel. diff {figure(worst)}; {', '.join(words)}"
    return Seen(worst <= TOLERANCE and falling, said, worst)


def _moved(network: Network, parameters: Scope) -> Network:
    """The same network with other parameters."""
    moved = copy.copy(network)
    moved.leaves = network.leaves | parameters
    return moved


def train_with(
    alpha: float = 0.5,
    iterations: int = 20,
    hidden: tuple[int, ...] = (4,),
    activation: type[nn.Module] | None = None,
    momentum: float = 0.0,
    batch_size: int | None = None,
    regularisation: float = 0.0,
) -> float:
    """Train a network on the two moons with these hyperparameters; returns the last cost."""
    X, Y = nn.datasets.moons(m=60)
    layers: list[nn.Module] = []
    for l, (n_in, n_out) in enumerate(pairwise((2, *hidden, 1))):
        layers += [nn.Linear(n_in, n_out, seed=l), (activation or nn.Tanh)()]
    model = nn.Sequential(*layers[:-1], nn.Sigmoid())
    weights = [p for p in model.parameters() if p.shape[1] > 1]

    def cost(A: ag.Tensor, Y: np.ndarray) -> ag.Tensor:
        return nn.losses.binary_cross_entropy(A, Y) + nn.losses.l2(weights, regularisation, Y.shape[1])

    optimizer = (
        nn.optim.Momentum(model.parameters(), lr=alpha, beta=momentum)
        if momentum
        else nn.optim.SGD(model.parameters(), lr=alpha)
    )
    history = nn.fit(
        model, X, Y, loss=cost, optimizer=optimizer, epochs=iterations, batch_size=batch_size, progress=False
    )
    return history.cost[-1]


def hyperparameters_swept_in_one_call() -> Seen:
    """Every hyperparameter of 001-13 is changed in turn; each change must make itself felt."""
    changes: dict[str, dict[str, Any]] = {
        "α": {"alpha": 0.05},
        "iterations": {"iterations": 40},
        "hidden layers": {"hidden": (4, 3)},
        "hidden units": {"hidden": (7,)},
        "activation": {"activation": nn.ReLU},
        "momentum": {"momentum": 0.9},
        "batch size": {"batch_size": 16},
        "regularisation": {"regularisation": 5.0},
        "none": {},
    }
    costs = {name: train_with(**change) for name, change in changes.items()}
    least, most = min(costs.values()), max(costs.values())
    ok = len(set(costs.values())) == len(costs) and np.isfinite(most)
    return Seen(ok, f"{len(costs) - 1} hyperparameters changed in turn, in one call; cost {least:.3f} to {most:.3f}")


def equal_start_stays_equal() -> Seen:
    """Equal rows of W1 stay equal; with tanh and all W = 0 no weight ever moves; a random W with b = 0 does learn."""
    net, steps = TWO_LAYERS, 50
    zero = {name: np.zeros_like(x) for name, x in parameters_of(net).items()}
    equal = zero | {"W1": np.full_like(zero["W1"], 0.5), "W2": np.full_like(zero["W2"], 0.5)}
    free = zero | {"W1": net.leaves["W1"], "W2": net.leaves["W2"]}
    after_equal, _ = descend(net, equal, 0.5, steps)
    after_zero, _ = descend(net, zero, 0.5, steps)
    after_free, costs = descend(net, free, 0.5, steps)

    # The rows go through the same arithmetic, but a BLAS may sum one row in another order than the next.
    spread = float(np.ptp(after_equal["W1"], axis=0).max())
    moved = float(np.abs(after_equal["W1"] - equal["W1"]).max())
    still = max(float(np.abs(after_zero[name]).max()) for name in ("W1", "W2"))
    apart = float(np.ptp(after_free["W1"], axis=0).min())
    ok = spread <= TOLERANCE < moved and still == 0 and apart > 0.1 and costs[-1] < costs[0] / 2
    words = (
        f"after {steps} steps rows of W1 differ by {spread:.1g} (W1 moved by {moved:.2f}); from W = 0 no W moved; "
        f"from random W, b = 0: J {costs[0]:.3f} → {costs[-1]:.3f}"
    )
    return Seen(ok, words)


# --- slopes and curvature --------------------------------------------------------------------------------------------


def curvature(loss: str, z: float, y: float) -> float:
    """d²/dz² of the squared error or the log loss of σ(z)."""
    losses = {"squared error": lambda a: (a - y) ** 2 / 2, "log loss": lambda a: ag.log_loss(a, y)}
    return float(ag.hessian(lambda z: losses[loss](ag.sigmoid(z)))(z))


def _curvatures(loss: str) -> list[tuple[float, float, float]]:
    """(curvature, z, y) on a grid."""
    return [(curvature(loss, float(z), y), float(z), y) for z in np.linspace(-6, 6, 49) for y in (0.0, 1.0)]


def squared_error_is_not_convex() -> Failure:
    """The most negative curvature of (σ(z) − y)²/2 on a grid, and the same point by finite differences."""
    least, z, y = min(_curvatures("squared error"))
    h = 1e-4
    f = [(BY_HAND["sigmoid"](x) - y) ** 2 / 2 for x in (z - h, z, z + h)]
    by_differences = (f[0] - 2 * f[1] + f[2]) / h**2
    ok = least < -0.01 and relative_difference(by_differences, least) < 1e-4
    return Failure(ok, f"curvature {least:.4f} at z = {z}, y = {y:.0f} (finite differences {by_differences:.4f})")


def log_loss_is_convex() -> Seen:
    """The curvature of the log loss on the same grid: positive everywhere, and equal to a(1 − a)."""
    found = _curvatures("log loss")
    difference = max(relative_difference(c, SLOPES["sigmoid"](z)) for c, z, _ in found)
    least = min(c for c, _, _ in found)
    return Seen(
        least > 0 and difference <= TOLERANCE,
        f"the log loss's curvature is a(1−a) (rel. diff {figure(difference)}), at least {least:.4f} > 0",
        difference,
    )


def slopes_of_activations() -> Seen:
    """g′ as written in the notes, against autograd on a grid that contains 0."""
    z = np.linspace(-4, 4, 33)
    at_zero, worst = {}, 0.0
    for g, slope in SLOPES.items():
        found = ag.vjp(ENGINE[g], z)[1](np.ones_like(z))[0]
        worst = max(worst, relative_difference(slope(z), found))
        at_zero[g] = found[z == 0].item()
    words = ", ".join(f"{g} {at_zero[g]:g}" for g in ("relu", "leaky_relu"))
    return Seen(worst <= TOLERANCE, f"g′ on a grid: {figure(worst)} off; at exactly 0: {words}", worst)


def sigmoid_from_exp() -> Seen:
    """σ(z) = 1/(1 + e^−z) with np.exp on Tensors, z = wᵀx + b of one example: its gradients with respect to z, w, b."""
    program = LOGISTIC.at(ONE)
    x, w, b = program.leaves["X"], program.leaves["W1"].T, program.leaves["b1"]

    def a(w: Any, b: Any) -> Any:
        return 1 / (1 + np.exp(-(w.T @ x + b)))

    z = w.T @ x + b
    out, back = ag.vjp(a, w, b)
    dz = ag.vjp(lambda z: 1 / (1 + np.exp(-z)), z)[1](np.ones_like(z))[0]
    slope = SLOPES["sigmoid"](z)
    found = (out, dz, *back(np.ones_like(z)))
    worst = max(map(relative_difference, found, (ag.sigmoid(z), slope, x * slope, slope)))
    words = f"through np.exp on Tensors: σ and its gradients for z, w, b are {figure(worst)} off"
    return Seen(worst <= TOLERANCE, words, worst)


def learning_stalls_where_slopes_vanish() -> Seen:
    """The gradient of the first layer as its weights, and with them |Z1|, are scaled up."""
    gradient = ag.grad(lambda p: TWO_LAYERS.run(ENGINE, p)["J"])
    p = parameters_of(TWO_LAYERS)
    norms = {
        scale: float(np.linalg.norm(gradient(p | {"W1": scale * p["W1"], "b1": scale * p["b1"]})["W1"]))
        for scale in (1, 10, 100)
    }
    slopes = {z: float(ag.grad(ag.sigmoid)(z)) for z in (0.0, 5.0, -10.0, 20.0)}
    falling = all(later < earlier / 5 for row in (norms, slopes) for earlier, later in pairwise(row.values()))
    words = "; ".join(
        f"{what}: " + ", ".join(f"{value:.1e} at {sign}{at:g}" for at, value in row.items())
        for what, sign, row in (("‖dW1‖ with tanh", "×", norms), ("σ′", "z = ", slopes))
    )
    return Seen(falling and norms[100] < 1e-3 * norms[1], words)


# --- shapes ----------------------------------------------------------------------------------------------------------


def real_data_stand_in_columns() -> Seen:
    """The bundled data have this form, and a layer takes them."""
    X, Y = nn.datasets.load("breast_cancer")
    A = nn.Linear(X.shape[0], 1, seed=0)(X)
    return Seen(Y.shape == (1, X.shape[1]) == A.shape, f"breast_cancer: X {X.shape}, Y {Y.shape}")


def b_of_m_columns_fits_only_m() -> Failure:
    """With b (1, m) the model cannot be asked about any other number of examples."""
    w, X, m = LOGISTIC.leaves["W1"].T, LOGISTIC.leaves["X"], LOGISTIC.m
    b, wide = LOGISTIC.leaves["b1"], np.tile(LOGISTIC.leaves["b1"], (1, m))
    same = relative_difference(w.T @ X + wide, w.T @ X + b) == 0
    new = X[:, : m - 2]
    fits = np.shape(w.T @ new + b) == (1, m - 2)
    try:
        w.T @ new + wide
    except ValueError:
        return Failure(same and fits, f"b {wide.shape} cannot be added for {m - 2} examples, b {b.shape} can")
    return Failure(False, f"b {wide.shape} fits {m - 2} examples as well")


def B_is_b_broadcast(network: Network) -> Seen:
    """b is (n, 1) in every layer; B (n, m), written out, gives the same Z, and its columns are all b."""
    worst, shapes = 0.0, []
    for layer in scopes(network, COURSE)[1:]:
        b, n, m = layer["b"], layer["n"], layer["m"]
        B = np.broadcast_to(b, (n, m))
        written_out = np.column_stack([b[:, 0] for _ in range(m)])
        Z = layer["W"] @ layer["A_prev"]
        worst = max(worst, relative_difference(Z + written_out, layer["Z"]), relative_difference(Z + b, layer["Z"]))
        worst = max(worst, relative_difference(B, written_out))
        shapes.append(np.shape(b) == (n, 1) and B.shape == (n, m) != np.shape(b))
    return Seen(
        all(shapes) and worst <= TOLERANCE,
        "holds only as what broadcasting makes of b (n, 1): no layer keeps a B",
        worst,
    )


def broadcasting_and_its_gradient() -> Seen:
    """(4,1) + 100 and (2,3) + (1,3): what is repeated, and the gradient of it, which is the sum over its copies."""
    rng = np.random.default_rng(2)
    row = rng.normal(size=(1, 3))
    worst, words = 0.0, []
    for x, y, repeated, over_copies in (
        (rng.normal(size=(4, 1)), 100.0, np.full((4, 1), 100.0), lambda G: np.sum(G)),
        (rng.normal(size=(2, 3)), row, np.vstack([row, row]), lambda G: G[[0]] + G[[1]]),
    ):
        out, back = ag.vjp(np.add, x, y)
        G = rng.normal(size=x.shape)
        dx, dy = back(G)
        worst = max(worst, *map(relative_difference, (x + repeated, G, over_copies(G)), (out, dx, dy)))
        words.append(f"{x.shape} + {np.shape(y) or y} is {out.shape}, its gradients {np.shape(dx)}, {np.shape(dy)}")
    return Seen(worst <= TOLERANCE, f"max rel. diff {figure(worst)}; {'; '.join(words)}", worst)


def outer_product_of_column_and_row() -> Seen:
    """np.dot of (10,1) and (1,5): shape, entries, and both gradients."""
    rng = np.random.default_rng(3)
    u, v, G = rng.normal(size=(10, 1)), rng.normal(size=(1, 5)), rng.normal(size=(10, 5))
    out, back = ag.vjp(np.dot, u, v)
    entries = np.array([[u[i, 0] * v[0, j] for j in range(5)] for i in range(10)])
    worst = max(map(relative_difference, (entries, G @ v.T, u.T @ G), (out, *back(G))))
    return Seen(worst <= TOLERANCE, f"max rel. diff {figure(worst)}, gradients too; shape {out.shape}", worst)


def rank_1_arrays_go_wrong_silently() -> Seen:
    """A rank-1 array has no transpose and broadcasts to (n, n) without a word; nn refuses it, with the fix."""
    y = np.array([1.0, 0.0, 0.0, 1.0, 1.0])
    column = np.full((5, 1), 0.5)
    no_transpose = y.T.shape == y.shape and np.shape(y @ y.T) == () and np.shape(column @ column.T) == (5, 5)
    silent = np.shape(column - y)
    refused = []
    for loss in (nn.losses.squared_error, nn.losses.binary_cross_entropy):
        for A in (column, column.T):
            try:
                loss(ag.Tensor(A, name="A"), y)
            except ag.ShapeError as error:
                refused.append(str(error))
    fix = "reshape(1, -1)"
    ok = no_transpose and silent == (5, 5) and len(refused) == 4 and sum(fix in error for error in refused) >= 2
    return Seen(ok, f"(5, 1) − (5,) is silently {silent}, aᵀ of (5,) is a; nn's losses refuse (5,): “use Y.{fix}”")


def update_with_rank_1_db_spoils_b() -> Seen:
    """Without keepdims db is (n,); then b − α db is (n, n), and nobody is told."""
    scope = scopes(TWO_LAYERS, COURSE)[0]
    b, dZ, m = scope["b1"], scope["dZ1"], scope["m"]
    rank_1 = 1 / m * np.sum(dZ, axis=1)
    kept = 1 / m * np.sum(dZ, axis=1, keepdims=True)
    spoilt, right = np.shape(b - 0.1 * rank_1), np.shape(b - 0.1 * kept)
    n = len(b)
    ok = spoilt == (n, n) and right == b.shape and relative_difference(kept, scope["db1"]) <= TOLERANCE
    return Seen(ok, f"db {rank_1.shape}: b {b.shape} becomes {spoilt} in the update; with keepdims it stays {right}")


# --- graphs ----------------------------------------------------------------------------------------------------------


def graph_is_the_chain(program: Program) -> Seen:
    """The recorded graph joins the named values as printed: each is computed from the one before, all are scalars."""
    recorded = program.recorded()
    ok = True
    for leaf in program.leaves:
        for later, earlier in pairwise(program.path(leaf)):
            ok &= recorded[earlier].node in ag.ancestors(recorded[later].node)
            ok &= recorded[later].node not in ag.ancestors(recorded[earlier].node)
    ok &= all(recorded[name].shape == () for name in (*program.leaves, *program.steps))
    leaves = [node.name for node in ag.ancestors(recorded["L"].node) if node.op is None]
    ok &= sorted(map(str, leaves)) == sorted(program.leaves)
    return Seen(ok, f"recorded: {', '.join(program.leaves)} → {' → '.join(program.steps)}, all scalars")


def engine_derives(program: Program, line: str, formula: str) -> Seen:
    """ag.derive reads the line off the recorded graph, simplifies it to the formula and compares the numbers."""
    scope = program.recorded(named=True)
    derived = ag.derive(scope[program.target], steps=True)[line]
    return Seen(derived.text.endswith(f" = {formula}"), f"the engine derives {derived.text}")


def chain_rule_along_paths(network: Network, *names: str) -> Seen:
    """∂L/∂name of one example as the product of the Jacobians along its path, against the gradients of both witnesses.

    Each factor is found between two neighbouring values alone, so nothing of the reverse sweep through the whole
    network is in the product.
    """
    one = network.at(ONE)
    witnesses = {witness: one.scope(ONE, witness) for witness in (AUTOGRAD, COMPLEX_STEP)}
    worst, written = 0.0, []
    for name in names:
        try:
            chain = one.chain(name)
        except ag.GraphError as error:
            return Seen(False, f"∂L/∂{name}: {error}")
        rule, *_ = str(chain).splitlines()
        for witness, scope in witnesses.items():
            difference = relative_difference(chain.product, scope[f"d{name}"])
            if not difference <= TOLERANCE:
                return Seen(False, f"{rule} is off by {figure(difference)}, judged by {witness}", difference)
            worst = max(worst, difference)
        written.append(rule)
    words = f"the Jacobians multiplied out, max rel. diff {figure(worst)}; {'; '.join(written)}"
    return Seen(bool(written), words, worst)
