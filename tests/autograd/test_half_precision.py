"""More entries than half precision can count: float16 ends at 65504, and skips integers from 2049 on."""

from itertools import product

import numpy as np
import pytest

import autograd as ag
import nn
from autograd.core.op import COMPOSITES, OPS
from tests.autograd.case import for_each
from tests.autograd.cases import CASES
from tests.autograd.helpers import generator
from tests.studies.extreme import differences

N = 70_000
HALF = np.finfo(np.float16)


def entries(shape=(N,), low=0.3, high=0.7):
    return generator(str(shape)).uniform(low, high, shape).astype(np.float16)


def targets(shape=(1, N)):
    return (generator("targets").uniform(size=shape) > 0.5).astype(np.float16)


def like(x, t):
    """Data in the precision of a Tensor."""
    return x.astype(t.dtype)


def reductions():
    """Every row and composite that makes one number of a vector, as the table has them."""
    for function in [*OPS, *COMPOSITES]:
        try:
            found = function(ag.Tensor(np.array([1.5, 0.5, 2.0])))
        except Exception:  # whatever it says: it is not one of a vector alone
            continue
        if isinstance(found, ag.Tensor) and found.shape == () and found.requires_grad:
            yield function


REDUCTIONS = {f"{f.__module__}.{f.__name__}": f for f in reductions()}
BY_ARGUMENTS = {
    "mean, where": lambda t: np.mean(t, where=entries() > 0.31),
    "mean, axis": lambda t: np.mean(np.reshape(t, (N // 2, 2)), axis=0)[0],
    "var, ddof": lambda t: np.var(t, ddof=1),
    "var, where": lambda t: np.var(t, where=entries() > 0.31),
    "var of rows": lambda t: np.var(np.reshape(t, (-1, 2)), axis=0)[1],
    "std, keepdims": lambda t: np.std(t, keepdims=True),
    "average by weights": lambda t: np.average(t, weights=like(entries(), t)),
    "average of constants": lambda t: np.average(like(targets(N), t), weights=t),
    "nanmean, some nan": lambda t: np.nanmean(np.where(entries() > 0.35, t, np.nan)),
    "nanvar, some nan": lambda t: np.nanvar(np.where(entries() > 0.35, t, np.nan)),
    "nanstd, some nan": lambda t: np.nanstd(np.where(entries() > 0.35, t, np.nan), ddof=1),
    "nanmedian, some nan": lambda t: np.nanmedian(np.where(entries() > 0.35, t, np.nan)),
    "quantile": lambda t: np.quantile(t, 0.3),
    "quantiles": lambda t: np.quantile(t, np.array([0.3, 0.9]))[1],
    "percentile": lambda t: np.percentile(t, 30),
    "nanquantile": lambda t: np.nanquantile(t, 0.3),
    "nanpercentile": lambda t: np.nanpercentile(t, 30),
    "cov of two": lambda t: np.cov(t, like(targets(N), t))[0, 0],
    "cov by weights": lambda t: np.cov(t, aweights=like(entries(), t)),
    "cov, the weights": lambda t: np.cov(like(targets(N), t), aweights=t),
    "cov, frequencies": lambda t: np.cov(t, fweights=np.ones(N, int)),
    "corrcoef": lambda t: np.corrcoef(t, like(targets(N), t) + t / 2)[0, 1],
    "norm of 3": lambda t: np.linalg.vector_norm(t, ord=3),
    "norm of large entries": lambda t: np.linalg.norm(t * 100),
    "norm of a matrix": lambda t: np.linalg.matrix_norm(np.reshape(t, (2, -1))),
    "norm of columns": lambda t: np.linalg.matrix_norm(np.reshape(t, (-1, 2)), ord=1),
    "norms along an axis": lambda t: np.linalg.norm(np.reshape(t, (-1, 2)) * 10, axis=0)[0],
    "sum of rows": lambda t: np.sum(np.reshape(t, (-1, 2)) * 1e-3, axis=1)[0],
    "trapezoid": lambda t: np.trapezoid(t, dx=1e-3),
    "logsumexp of equal ones": lambda t: ag.logsumexp(t * 0.0 + t[:1]),
    "softmax": lambda t: np.sum(ag.softmax(t)[: N // 2]),
    "softmax along an axis": lambda t: np.sum(ag.softmax(np.reshape(t, (-1, 2)))[: N // 4, 0]),
    "normalize": lambda t: ag.normalize(t)[3],
    "what was repeated": lambda t: np.mean(np.broadcast_to(t[:2], (N // 2, 2))),
    "added to many": lambda t: np.mean(np.zeros((N, 2), t.dtype) + t[:2]),
    "one entry, often": lambda t: np.mean(t[np.zeros(N, int)]),
    "a sum by einsum": lambda t: np.mean(np.einsum("ij,j->ij", np.ones((N, 2), t.dtype), t[:2])),
    "repeat": lambda t: np.mean(np.repeat(t[:2], N)),
    "tile": lambda t: np.mean(np.tile(t[:2], N)),
}
LOSSES = {
    "ag.binary_cross_entropy": lambda t: ag.binary_cross_entropy(t, like(targets(), t)),
    "ag.binary_cross_entropy, the targets": lambda t: ag.binary_cross_entropy(like(entries(), t)[None, :], t),
    "binary_cross_entropy": lambda t: nn.losses.binary_cross_entropy(t, like(targets(), t)),
    "binary_cross_entropy_logits": lambda t: nn.losses.binary_cross_entropy_logits(t, like(targets(), t)),
    "squared_error": lambda t: nn.losses.squared_error(3 * t, like(targets(), t)),
    "mse": lambda t: nn.losses.mse(3 * t, like(targets(), t)),
    "cross_entropy": lambda t: nn.losses.cross_entropy(
        np.concatenate([t, 1 - t]), np.concatenate([like(targets(), t), 1 - like(targets(), t)])
    ),
    "cross_entropy_logits": lambda t: nn.losses.cross_entropy_logits(
        np.concatenate([t, 1 - t]), np.concatenate([like(targets(), t), 1 - like(targets(), t)])
    ),
    "l2": lambda t: nn.losses.l2([3 * t], 0.5, N),
}


def near(found, exact):
    """Equal up to a few roundings of half precision; what leaves its range is infinite."""
    exact = np.asarray(exact, float)
    with np.errstate(over="ignore"):
        exact = np.where(np.isinf(exact.astype(np.float16)), np.copysign(np.inf, exact), exact)
    np.testing.assert_allclose(np.asarray(found, float), exact, rtol=16 * HALF.eps, atol=4 * HALF.smallest_subnormal)


def all_of_it(f, x, direction):
    """The value, the gradient, and the derivative along a direction by forward mode."""
    with np.errstate(all="ignore"):
        t = ag.Tensor(x)
        J = f(t)
        np.reshape(J, ()).backward()
        _, along = ag.jvp(f, (x,), (direction,))
    assert t.grad.dtype == x.dtype and t.grad.shape == x.shape
    return J.data, t.grad, along


def agree(f, shape):
    x = entries(shape)
    direction = np.where(np.arange(N) < N // 2, entries(shape, 0.05, 0.1), entries(shape, 0.01, 0.02))
    value, gradient, along = all_of_it(f, x, direction)
    exact = all_of_it(f, x.astype(float), direction.astype(float))
    near(value, exact[0])
    if np.all(np.isfinite(value)):
        near(gradient, exact[1])
        near(along, exact[2])


@pytest.mark.parametrize("name", REDUCTIONS)
def test_every_reduction_of_the_table_counts(name):
    agree(REDUCTIONS[name], (N,))


def test_the_table_has_them():
    wanted = (
        "sum mean var std average nanmean nansum nanvar nanstd median nanmedian max min ptp prod trapezoid norm cov"
    )
    assert set(wanted.split()) <= {f.__name__ for f in REDUCTIONS.values()}


@pytest.mark.parametrize("name", BY_ARGUMENTS)
def test_by_arguments(name):
    agree(BY_ARGUMENTS[name], (N,))


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    agree(LOSSES[name], (1, N))


def test_where_all_entries_are_equal():
    ones = np.ones(N, np.float16)
    near(ag.softmax(ones), np.full(N, 1 / N))
    near(ag.logsumexp(ones), 1 + np.log(N))
    near(np.std(ag.Tensor(ones)).data, 0)
    x = 1000 * entries()
    near(ag.normalize(x), ag.normalize(x.astype(float)))


def test_a_loss_is_of_the_precision_of_its_operands():
    x, y = entries((1, 5)), targets((1, 5))
    for loss in (nn.losses.binary_cross_entropy, nn.losses.mse):
        for p in (np.float16, np.float32, np.float64):
            assert loss(ag.Tensor(x.astype(p)), y.astype(p)).dtype == p
        assert loss(ag.Tensor(x), y.astype(float)).dtype == float


@pytest.mark.parametrize("name", ["binary_cross_entropy", "mse", "cross_entropy_logits"])
def test_compiled(name):
    loss, Y = getattr(nn.losses, name), np.concatenate([targets(), 1 - targets()])
    step = ag.value_and_grad(lambda A: loss(A, Y))
    A = entries((2, N))
    J, dA = step(A)
    program_J, program_dA = ag.compile(step)(A)
    near(program_J, J)
    near(program_dA, dA)


COUNTED = [
    c
    for c in CASES
    if getattr(COMPOSITES.get(c.function), "wider_than_numpy", False) and isinstance(c.operands[0], np.ndarray)
]


def test_the_table_has_what_is_counted_in_single():
    names = {case.function.__name__ for case in COUNTED}
    assert {"norm", "vector_norm", "matrix_norm", "var", "nanstd", "average", "nanmean", "median", "trace"} <= names


@for_each("case, scale", product(COUNTED, [1e-4, 1, 3e3, 2e4]))
def test_a_program_has_numpys_value_of_plain_arrays(case, scale):
    def half(x):
        return (x * scale).astype(np.float16) if isinstance(x, np.ndarray) and x.dtype == float else x

    operands = [half(x) for x in case.operands]
    with np.errstate(all="ignore"):
        try:
            expected = case(*operands)
        except TypeError as error:  # NumPy has no linear algebra of half precision
            assert "float16" in str(error)
            with pytest.raises(TypeError, match="float16"):
                ag.compile(case)(*operands)
            return
        assert differences(ag.compile(case)(*operands), expected) == ""


@pytest.mark.parametrize("f", [np.linalg.norm, np.std, np.trace], ids=lambda f: f.__name__)
def test_a_program_has_the_tensors_value_of_tensors(f):
    x = np.array([[3e4, 2e4, 1e3], [2e4, 3e4, 1e3], [1e3, 1e3, -3e4]], np.float16)
    step = ag.value_and_grad(f)
    with np.errstate(over="ignore"):
        assert np.isfinite(step(x)[0])
        assert differences(ag.compile(step)(x), step(x)) == ""


def test_the_figures_of_training():
    X, Y = entries((2, N)), targets()
    model = nn.Sequential(nn.Linear(2, 1, seed=0), nn.Sigmoid())
    for p in model.parameters():
        p.data = p.data * 0
    history = nn.fit(
        model,
        X,
        Y,
        loss="binary_cross_entropy",
        optimizer=nn.optim.SGD(model.parameters(), lr=1e-9),
        epochs=1,
        batch_size=35_000,
        validation=(X, Y),
        metric=lambda A, Y: np.float16(0.75),
        progress=False,
    )
    assert history.accuracy == history.validation_accuracy == [0.75]
    assert all(type(x) is float for x in (*history.cost, *history.accuracy, *history.validation_accuracy))
    np.testing.assert_allclose([*history.cost, *history.validation_cost], np.log(2), rtol=1e-3)
    assert nn.train.accuracy(Y, Y) == 1
    assert abs(nn.train.accuracy(Y * 0, Y) - float(np.mean(Y == 0))) < 1e-12


def test_soft_targets_of_half_precision_sum_to_one():
    Y = np.full((10, 3), 0.1, np.float16)
    nn.losses.cross_entropy.check_targets(Y)
    with pytest.raises(ag.DataError):
        nn.losses.cross_entropy.check_targets(Y * np.float16(1.05))


def test_data():
    X = entries((2, N))
    scaled = nn.data.standardize(X)
    assert scaled.dtype == np.float16
    np.testing.assert_allclose(np.mean(scaled, axis=1, dtype=float), 0, atol=1e-5)
    near(np.std(scaled, axis=1, dtype=float), [1, 1])
    assert sum(x.shape[1] for x, _ in nn.data.batches(X, targets(), 1000, seed=0)) == N


def nth(f, order):
    """The derivative of that order, entry by entry."""
    return f if order == 0 else ag.grad(lambda x: np.sum(nth(f, order - 1)(x)))


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("f", [np.sinc, np.exp2, np.tanh, np.arctan, np.log2, ag.sigmoid], ids=lambda f: f.__name__)
def test_derivatives_are_computed_in_single_precision(f, order):
    x = np.array([0.3, 1.5, 5.25, 12.5, 41.3, 100, 300, 1000], np.float16)
    x = x[:4] if f in (np.exp2, np.tanh, ag.sigmoid) else x
    with np.errstate(over="ignore", under="ignore"):
        found, exact = nth(f, order)(x), nth(f, order)(x.astype(float))
    rtol, atol = 8 * float(HALF.eps), 2e-3 if f in (np.tanh, ag.sigmoid) else 1e-5  # the result is of half precision
    assert found.dtype == np.float16
    fits = np.abs(exact) < float(HALF.max)
    np.testing.assert_allclose(found[fits].astype(float), exact[fits], rtol=rtol, atol=atol)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.abs(x) ** 2,
        lambda x: np.hypot(x, x) ** 2,
        lambda x: np.linalg.norm(x) ** 2,
        lambda x: np.std(x) ** 2,
    ],
)
def test_what_is_smooth_at_a_kink_is_so_in_half_precision(f):
    zeros = np.zeros(3)
    assert nth(f, 2)(zeros.astype(np.float16)).tolist() == nth(f, 2)(zeros).tolist()
