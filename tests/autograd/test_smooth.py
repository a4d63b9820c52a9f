"""Smooth functions whose parts have a kink: right derivatives of every order there, in every mode, or nan; never 0."""

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import close

norm = np.linalg.norm


def forward_over_forward(f, x):
    def along(v, w):
        return ag.jvp(lambda x: ag.jvp(f, (x,), (v,))[1], (x,), (w,))[1]

    return np.array([[along(v, w) for v in np.eye(x.size)] for w in np.eye(x.size)])


def reverse_over_forward(f, x):
    return np.array([ag.grad(lambda x, v=v: ag.jvp(f, (x,), (v,))[1])(x) for v in np.eye(x.size)])


def forward_over_reverse(f, x):
    return np.array([ag.hvp(f, (x,), (v,))[1] for v in np.eye(x.size)])


def reverse_over_reverse(f, x):
    return ag.hessian(f)(x)


def compiled(f, x):
    return ag.compile(ag.hessian(f))(x)


MODES = [reverse_over_reverse, forward_over_reverse, reverse_over_forward, forward_over_forward, compiled]
EQUAL, ORIGIN, CENTRED = np.full(3, 0.5), np.zeros(2), np.eye(3) - 1 / 3
SMOOTH = {  # the function, where one of its parts has a kink, and its second derivative there
    "std²": (lambda x: np.std(x) ** 2, EQUAL, 2 / 3 * CENTRED),
    "std² by ddof": (lambda x: np.square(np.std(x, ddof=1)), EQUAL, CENTRED),
    "std · std": (lambda x: np.std(x) * np.std(x), EQUAL, 2 / 3 * CENTRED),
    "nanstd²": (lambda x: np.nanstd(x) ** 2, EQUAL, 2 / 3 * CENTRED),
    "norm²": (lambda x: norm(x) ** 2, ORIGIN, 2 * np.eye(2)),
    "norm · norm": (lambda x: norm(x) * norm(x), ORIGIN, 2 * np.eye(2)),
    "s · s": (lambda x: (lambda s: s * s)(norm(x)), ORIGIN, 2 * np.eye(2)),
    "norm³": (lambda x: norm(x) ** 3, ORIGIN, np.zeros((2, 2))),
    "norm⁴ and more": (lambda x: norm(x) ** 4 + x[0] * x[1], ORIGIN, [[0, 1], [1, 0]]),
    "(3 norm)²/2": (lambda x: (3 * norm(x)) ** 2 / 2, ORIGIN, 9 * np.eye(2)),
    "-(-norm)²": (lambda x: -((-norm(x)) ** 2), ORIGIN, -2 * np.eye(2)),
    "norm² of columns": (
        lambda x: np.sum(norm(np.reshape(x, (2, 2)), axis=0) ** 2),
        np.array([0.0, 1, 0, 2]),
        2 * np.eye(4),
    ),
    "the same, mean": (
        lambda x: np.mean(norm(np.reshape(x, (2, 2)), axis=0, keepdims=True) ** 2),
        np.zeros(4),
        np.eye(4),
    ),
    "norm of norms": (lambda x: norm(norm(np.reshape(x, (2, 2)), axis=0)) ** 2, np.zeros(4), 2 * np.eye(4)),
    "frobenius²": (lambda x: norm(np.reshape(x, (2, 2)), "fro") ** 2, np.zeros(4), 2 * np.eye(4)),
    "scaled vector": (lambda x: np.sum((norm(x) * np.array([1.0, 2.0])) ** 2), ORIGIN, 10 * np.eye(2)),
    "a kernel": (lambda x: np.exp(-(norm(x) ** 2) / 2), ORIGIN, -np.eye(2)),
    "a rational function": (lambda x: norm(x) ** 2 / (1 + norm(x) ** 2), ORIGIN, 2 * np.eye(2)),
    "n²/(1 + n)": (lambda x: norm(x) ** 2 / (1 + norm(x) ** 2 * norm(x)), ORIGIN, 2 * np.eye(2)),
    "cos norm": (lambda x: np.cos(norm(x)), ORIGIN, -np.eye(2)),
    "hypot²": (lambda x: np.hypot(x[0], x[1]) ** 2, ORIGIN, 2 * np.eye(2)),
    "hypot of hypot": (lambda x: np.hypot(np.hypot(x[0], x[1]), x[2]) ** 2, np.zeros(3), 2 * np.eye(3)),
    "|x|²": (lambda x: np.sum(np.abs(x) ** 2), np.array([0.0, 3.0]), 2 * np.eye(2)),
    "|x|·|x|": (lambda x: np.sum(np.abs(x) * np.fabs(x)), ORIGIN, 2 * np.eye(2)),
    "|x|³": (lambda x: np.sum(np.abs(x) ** 3), ORIGIN, np.zeros((2, 2))),
    "cos |x|": (lambda x: np.sum(np.cos(np.abs(x))), ORIGIN, -np.eye(2)),
    "copysign²": (lambda x: np.sum(np.copysign(x, -1.0) ** 2), ORIGIN, 2 * np.eye(2)),
    "huber": (
        lambda x: np.sum(np.where(np.abs(x) < 1, np.abs(x) ** 2 / 2, np.abs(x) - 0.5)),
        np.array([0.0, 2]),
        np.diag([1, 0]),
    ),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", SMOOTH)
def test_second_derivative_where_a_part_has_a_kink(name, mode):
    f, x, expected = SMOOTH[name]
    with np.errstate(divide="ignore", invalid="ignore"):
        close(mode(f, x), np.array(expected, float), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", SMOOTH)
def test_nothing_else_changes_beside_the_kink(name):
    """A little away, the limit is what was found at the kink."""
    f, x, expected = SMOOTH[name]
    near = x + 1e-7 * np.random.default_rng(0).normal(size=x.shape)
    for mode in MODES:
        close(mode(f, near), np.array(expected, float), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_in_few_digits(dtype):
    for name in ("std²", "norm²", "|x|²"):
        f, x, expected = SMOOTH[name]
        found = ag.hessian(f)(x.astype(dtype) * (x != 3))
        assert found.dtype == dtype
        close(found.astype(float), expected, rtol=2e-3, atol=2e-3)


def test_higher_derivatives_of_the_fourth_power_of_a_norm():
    """‖x‖⁴ = (x² + y²)²: the fourth derivatives at 0 are 24, 8 and 24, those below are 0."""
    f = lambda x: norm(x) ** 4
    third = ag.jacobian(ag.hessian(f))
    with np.errstate(divide="ignore", invalid="ignore"):
        close(third(ORIGIN), np.zeros((2, 2, 2)))
        fourth = ag.jacobian(third)(ORIGIN)
    assert fourth[0, 0, 0, 0] == fourth[1, 1, 1, 1] == 24
    assert fourth[0, 0, 1, 1] == fourth[0, 1, 0, 1] == fourth[1, 0, 0, 1] == 8
    assert fourth[0, 0, 0, 1] == 0


@pytest.mark.parametrize("p", [3, 4, 6])
def test_powers_of_p_norms(p):
    f = lambda x: norm(x, p) ** p
    with np.errstate(divide="ignore", invalid="ignore"):
        for x in (np.zeros(2), np.array([0.0, -1.5])):
            close(ag.hessian(f)(x), np.diag(p * (p - 1) * np.abs(x) ** (p - 2)), rtol=1e-12)


@pytest.mark.parametrize("mode", MODES[:4])
@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: np.cosh(norm(x)), ORIGIN),
        (lambda x: np.sum(np.cosh(np.abs(x))), ORIGIN),
        (lambda x: np.std(x) * np.tanh(np.std(x)), EQUAL),
        (lambda x: norm(np.reshape(x, (2, 1)), axis=1)[0] ** 2 + x[1], ORIGIN),
        (lambda x: np.sum(np.sqrt(x) ** 2), ORIGIN),
    ],
    ids=["cosh norm", "cosh |x|", "std tanh std", "one norm of several", "√x²"],
)
def test_a_limit_that_cannot_be_told_is_nan(f, x, mode):
    """Never a finite wrong number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(np.diag(mode(f, x))[:1]).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.abs(x)),
        lambda x: np.sum(np.exp(np.abs(x))),
        lambda x: np.sum(x * np.abs(x)),
        lambda x: np.abs(x) @ np.array([0.0, 1.0]),
        lambda x: np.concatenate([np.abs(x), x])[2:] @ np.ones(2),
        lambda x: np.sum(ag.relu(x) ** 2),
    ],
    ids=["|x|", "exp |x|", "x|x|", "weights of 0", "left out", "relu²"],
)
def test_where_nothing_falls_to_0_with_a_length_the_convention_stays_in_every_mode(f, mode):
    assert mode(f, ORIGIN).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("n", [2, 100])
def test_tangents_of_several_results_that_are_smooth(n):
    """Each result counts by itself: one with a kink does not hide another without."""

    def f(x):
        return np.concatenate([np.outer(np.abs(x), np.abs(x)).ravel(), np.abs(x)])

    tangent = lambda x: ag.jvp(f, (x,), (np.ones(n),))[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = ag.jacobian(tangent)(np.zeros(n))
    assert np.isnan(found[0, 0]) and np.isnan(found[n + 1, 1])


def test_conventions_at_kinks_stay():
    assert ag.hessian(lambda x: np.sum(np.abs(x)))(ORIGIN).tolist() == [[0, 0], [0, 0]]
    assert ag.hessian(lambda x: np.sum(np.exp(np.abs(x))))(ORIGIN).tolist() == [[0, 0], [0, 0]]
    assert ag.hessian(np.std)(EQUAL).tolist() == np.zeros((3, 3)).tolist()
    assert ag.hessian(lambda x: np.sum(x * np.abs(x)))(ORIGIN).tolist() == [[0, 0], [0, 0]]
    assert ag.hessian(lambda x: np.sum(ag.relu(x) ** 2))(ORIGIN).tolist() == [[0, 0], [0, 0]]


def test_a_sum_of_different_factors_is_not_divided():
    """Σ c·n of several lengths n has none of them as a factor."""
    x = np.array([0.0, 0.0, 3.0, 4.0])

    def f(x):
        return np.sum(np.array([1.0, 2.0]) * norm(np.reshape(x, (2, 2)), axis=1)) ** 2

    with np.errstate(divide="ignore", invalid="ignore"):
        found = ag.hessian(f)(x)
    close(found[2:, 2:], 8 * np.eye(2), rtol=1e-12)
    assert not np.isfinite(np.diag(found)[:2]).any()


UNKNOWN = {  # smooth at 0, with a second derivative that is not 0; no factor is found, or it takes another way
    "vdot": lambda x: np.vdot(np.abs(x), np.abs(x)),
    "einsum": lambda x: np.einsum("i,i->", np.abs(x), np.abs(x)),
    "outer": lambda x: np.trace(np.outer(np.abs(x), np.abs(x))),
    "reshape": lambda x: np.sum(np.abs(x).reshape(1, 2) ** 2),
    "entries": lambda x: np.abs(x)[0] ** 2 + np.abs(x)[1] ** 2,
    "transposed": lambda x: np.sum(np.abs(x)[None, :].T ** 2),
    "concatenated": lambda x: np.sum(np.concatenate([np.abs(x), np.abs(x)]) ** 2),
    "prod": lambda x: np.sum(np.prod(np.stack([np.abs(x), np.abs(x)]), axis=0)),
    "1-norm": lambda x: np.linalg.norm(x[:1], 1) ** 2 + np.linalg.norm(x[1:], 1) ** 2,
    "Horner's rule": lambda x: np.sum(np.polyval(np.array([1.0, 0.0, 1.0]), np.abs(x))),
    "two ways to one std": lambda x: np.sum(np.std(x, keepdims=True) @ np.std(x.reshape(1, 2), axis=1)),
    "log cosh": lambda x: np.sum(np.abs(x) + np.log1p(np.exp(-2 * np.abs(x)))),
    "log cosh of one |x|": lambda x: (lambda a: np.sum(a + np.log1p(np.exp(-2 * a))))(np.abs(x)),
    "a rounded root": lambda x: np.sum(np.log1p(np.abs(x)) - np.abs(x)),
    "spectral²": lambda x: norm(np.stack([x, x]), 2) ** 2,
    "nuclear²": lambda x: norm(np.stack([x, x]), "nuc") ** 2,
    "checkpointed": lambda x: (lambda h: (h - 1) @ (h - 1))(ag.checkpoint(lambda x: 1 + np.abs(x))(x)),
    "x |x| sign x": lambda x: np.sum(x * np.abs(x) * np.sign(x)),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", UNKNOWN)
def test_where_no_factor_is_found_it_is_nan(name, mode):
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(np.diag(mode(UNKNOWN[name], ORIGIN))).all()
    near = np.array([1e-7, -3e-7])
    assert np.isfinite(mode(UNKNOWN[name], near)).all()


def test_compiled_with_an_exponent_that_is_an_argument():
    """Whether |x|^p is smooth hangs on p: a program that is right for all p does not know."""
    for f in (lambda x, p: np.sum(np.abs(x) ** p), lambda x, p: np.std(x) ** p):
        compiled = ag.compile(ag.hessian(f))
        for p in (2.0, 3.0):
            with np.errstate(divide="ignore", invalid="ignore"):
                found = compiled(ORIGIN, p)
            exact = ag.hessian(f)(ORIGIN, p)
            assert (np.isnan(found) | (found == exact)).all()
        x = np.array([0.3, -2.0])
        close(compiled(x, 3.0), ag.hessian(f)(x, 3.0), rtol=1e-12)
