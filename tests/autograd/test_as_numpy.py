"""On shapes that are unusual or do not fit: what NumPy refuses is refused, and what it takes has NumPy's value."""

import numpy as np
import pytest

import autograd as ag
import nn
from tests.autograd.helpers import generator


def x(*shape):
    return generator(str(shape)).normal(size=shape)


SOME_NAN = np.array([[1.3, np.nan, -0.4, 2.2], [0.7, 1.9, np.nan, -1.1], [np.nan, 0.2, 0.9, 1.6]])


def places(n):
    return np.cumsum(1.0 + np.arange(n))


# the call, with t for what makes a Tensor of an array or leaves it as it is
CALLS = {
    "multi_dot of a stack": lambda t: np.linalg.multi_dot([t(x(1, 3, 3)), x(3, 4), x(4, 1)]),
    "multi_dot of three, a vector within": lambda t: np.linalg.multi_dot([t(x(3, 2)), x(2), x(2, 2)]),
    "multi_dot of two is dot": lambda t: np.linalg.multi_dot([t(x(2, 3)), x(2, 3, 3)]),
    "multi_dot of two vectors": lambda t: np.linalg.multi_dot([t(x(3)), x(3)]),
    "multi_dot with a number": lambda t: np.linalg.multi_dot([t(x()), x(3, 2)]),
    "multi_dot of numbers": lambda t: np.linalg.multi_dot([t(x()), x(3, 2), x(2)]),
    "lstsq of many right sides": lambda t: np.linalg.lstsq(t(x(3, 3)), x(3, 3, 3)),
    "matvec of a vector": lambda t: np.matvec(t(x(1)), x(1, 1, 1)),
    "matvec by a number": lambda t: np.matvec(t(x(1, 1)), x()),
    "vecmat by a vector": lambda t: np.vecmat(t(x(2, 1, 1)), x(1)),
    "vecmat of a number": lambda t: np.vecmat(t(x()), x(1, 1)),
    "correlate of a matrix": lambda t: np.correlate(t(x(1, 1)), x(3)),
    "correlate with a matrix": lambda t: np.correlate(t(x(5)), x(1, 3)),
    "correlate with a number": lambda t: np.correlate(t(x(5)), x()),
    "norm of a number along an axis": lambda t: np.linalg.norm(t(x()), np.inf, axis=0),
    "norm of nothing": lambda t: np.linalg.norm(t(x(0, 3)), 1),
    "norm of nothing, the largest": lambda t: np.linalg.norm(t(x(0)), np.inf),
    "norm of nothing, the smallest": lambda t: np.linalg.norm(t(x(0)), -np.inf),
    "norms of rows of nothing": lambda t: np.linalg.norm(t(x(2, 0)), np.inf, axis=1),
    "matrix_norm of nothing": lambda t: np.linalg.matrix_norm(t(x(2, 0, 3)), ord=2),
    "vector_norm of nothing": lambda t: np.linalg.vector_norm(t(x(0, 2)), axis=(0, 1), ord=np.inf, keepdims=True),
    "trapezoid over places in more axes": lambda t: np.trapezoid(t(x(2)), x(3, 2, 2)),
    "trapezoid over a column of places": lambda t: np.trapezoid(t(x(3)), x(3, 1)),
    "trapezoid over places that do not fit": lambda t: np.trapezoid(t(x(4)), x(3, 3)),
    "trapezoid over rows of places": lambda t: np.trapezoid(t(x(2, 3)), x(2, 3), axis=0),
    "trapezoid over places in fewer axes": lambda t: np.trapezoid(t(x(1, 2, 3)), x(2, 3), axis=-1),
    "gradient with another number of places": lambda t: np.gradient(t(x(2)), places(3)),
    "gradient with places along the wrong axis": lambda t: np.gradient(t(x(4, 2)), places(4), axis=1),
    "gradient with places in two axes": lambda t: np.gradient(t(x(3)), x(1, 3)),
    "gradient with places for one of two axes": lambda t: np.gradient(t(x(3, 3)), places(3)),
    "gradient of two axes": lambda t: np.gradient(t(x(3, 4)), 2.0, places(4)),
    "interp with other values": lambda t: np.interp(0.5, places(3), t(x(5))),
    "interp of one place and more values": lambda t: np.interp(0.5, places(1), t(x(5))),
    "interp of values in two axes": lambda t: np.interp(0.5, places(2), t(x(2, 3))),
    "interp of places in two axes": lambda t: np.interp(0.5, x(3, 1), t(x(3))),
    "interp of a number": lambda t: np.interp(0.5, t(x()), x(1)),
    "interp of nothing": lambda t: np.interp(t(x(2)), x(0), x(0)),
    "nanmean where there is more": lambda t: np.nanmean(t(x(1, 1)), where=x(3, 4) > 0),
    "nanmean where, by broadcasting": lambda t: np.nanmean(t(x(3, 4)), 1, where=x(4) > -9),
    "polyval of a matrix": lambda t: np.polyval(t(x(2, 2)), 2.0),
    "polyval of a matrix at several places": lambda t: np.polyval(t(x(3, 2)), x(4, 2)),
    "polyval of a matrix that does not fit": lambda t: np.polyval(t(x(1, 2)), x(3)),
    "polyval of a number": lambda t: np.polyval(t(x()), x(3)),
    "polysub of a number": lambda t: np.polysub(t(x()), x(3)),
    "polyder of a number": lambda t: np.polyder(t(x())),
    "polyder of order 0 of a number": lambda t: np.polyder(t(x()), 0),
    "polyder too often": lambda t: np.polyder(t(x(2)), 4),
    "polyint of a number": lambda t: np.polyint(t(x())),
    "nanvar of fewer than are free": lambda t: np.nanvar(t(SOME_NAN), axis=0, ddof=2),
    "nanstd of fewer than are free": lambda t: np.nanstd(t(SOME_NAN), axis=1, ddof=3, keepdims=True),
    "var, where integers": lambda t: np.var(t(x(3)), where=np.array([1, 0, 1])),
    "take, mode 0": lambda t: np.take(t(x(3)), [5, -7], mode=0),
    "take, mode 1": lambda t: np.take(t(x(3)), [5, -7], mode=1),
    "take, mode 2": lambda t: np.take(t(x(3)), [5, -7], mode=2),
    "take, no mode": lambda t: np.take(t(x(3)), [0], mode="rise"),
    "choose, no mode": lambda t: np.choose([0], [t(x(1))], mode="rise"),
    "cov, bias None": lambda t: np.cov(t(x(2, 4)), bias=None),
    "cov, a broken ddof": lambda t: np.cov(t(x(2, 4)), ddof=0.5),
    "cov, broken frequencies": lambda t: np.cov(t(x(2, 2)), fweights=[0.5, 1.0]),
    "cov, negative frequencies": lambda t: np.cov(t(x(2, 2)), fweights=[1, -1]),
    "cov, frequencies of others": lambda t: np.cov(t(x(2, 2)), fweights=[1, 1, 1]),
    "cov, frequencies in a matrix": lambda t: np.cov(t(x(2, 2)), fweights=[[1, 1]]),
    "cov, weights of others": lambda t: np.cov(t(x(2, 2)), aweights=x(3) ** 2),
    "cov, negative weights": lambda t: np.cov(t(x(2, 2)), aweights=[1.0, -1.0]),
    "clip, one bound": lambda t: np.clip(t(x(3)), 0.5),
    "clip, the upper bound alone": lambda t: np.clip(t(x(3)), a_max=0.5),
    "clip, a bound twice": lambda t: np.clip(t(x(3)), 0, 1, min=0.5),
    "clip, no bound": lambda t: np.clip(t(x(3))),
    "clip, None": lambda t: np.clip(t(x(3)), None, None),
    "clip, by keyword": lambda t: np.clip(t(x(3)), max=0.5),
    "sort, no kind": lambda t: np.sort(t(x(3)), kind="full"),
    "sort, a kind": lambda t: np.sort(t(x(3)), kind="mergesort"),
    "sort, both": lambda t: np.sort(t(x(3)), kind="heapsort", stable=True),
    "partition, no kind": lambda t: np.partition(t(x(3)), 1, kind="full"),
    "repeat of a number, axis": lambda t: np.repeat(t(x()), 2, axis=1),
    "repeat of a number": lambda t: np.repeat(t(x()), 2, axis=-1),
    "vander, fewer than none": lambda t: np.vander(t(x(3)), -1),
    "cov of a number": lambda t: np.cov(t(x(1)), x()),
}


def test_out_none_is_no_result_to_write_into():
    t = ag.Tensor(x(3))
    for f in (np.dot, np.outer, np.cumsum, np.trace, np.take, np.clip, np.std):
        args = {np.dot: (t, x(3)), np.outer: (t, x(3)), np.trace: (np.diag(t),), np.take: (t, [0])}.get(f, (t,))
        assert isinstance(f(*args, out=None), ag.Tensor)
        with pytest.raises(ag.Unsupported, match=rf"{f.__name__}.*out="):
            f(*args, out=np.zeros(()))
    assert np.linalg.multi_dot([t, x(3, 2)], out=None).shape == (2,)
    with pytest.raises(ag.Unsupported, match=r"multi_dot.*out="):
        np.linalg.multi_dot([t, x(3, 2)], out=np.zeros(2))


def outcome(call, t):
    """What a call gives, as arrays, or the kind of its exception."""
    try:
        with np.errstate(all="ignore"):
            found = call(t)
    except (ValueError, IndexError, TypeError, AttributeError, RuntimeError) as error:
        return error
    parts = found if isinstance(found, (tuple, list)) else [found]
    return [p.data if isinstance(p, ag.Tensor) else p for p in parts]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", CALLS)
def test_as_numpy(name):
    expected, found = outcome(CALLS[name], np.asarray), outcome(CALLS[name], ag.Tensor)
    if isinstance(expected, Exception):
        assert isinstance(found, Exception), f"NumPy: {expected}"
        for kind in (ValueError, IndexError):
            assert isinstance(found, kind) or not isinstance(expected, kind), repr(found)
        return
    assert not isinstance(found, Exception), str(found)
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b)
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


# --- precision: a Python number has none of its own, a scalar of double precision has ---------------------------------

OTHERS = {
    "a Python float": 2.0,
    "a Python integer": 2,
    "np.float64": np.float64(0.1),
    "a scalar array": np.array(0.1),
    "np.float32": np.float32(0.1),
    "np.float16": np.float16(0.1),
    "np.int64": np.int64(2),
    "an array": np.array([0.1, 0.3]),
    "a narrow array": np.array([0.1, 0.3], np.float32),
    "a list": [0.1, 0.3],
}
FUNCTIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "np.multiply": np.multiply,
    "maximum": np.maximum,
    "hypot": np.hypot,
    "where": lambda a, b: np.where([True, False], a, b),
    "stack": lambda a, b: np.stack(np.broadcast_arrays(a, b)),
    "outer": np.outer,
    "einsum": lambda a, b: np.einsum("...,...->...", a, b),
    "greater": np.greater,
    "less": lambda a, b: a < b,
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_precision(function, other, dtype):
    f, b = FUNCTIONS[function], OTHERS[other]
    for a in (np.array([0.1, 2.5], dtype), np.array(0.1, dtype)):
        made = [(ag.Tensor(a), b)]
        if getattr(b, "dtype", np.dtype(int)).kind == "f":
            made += [(a, ag.Tensor(b)), (ag.Tensor(a), ag.Tensor(b))]
        for x, y in made:
            for operands, plain in (((x, y), (a, b)), ((y, x), (b, a))):
                out, expected = f(*operands), np.asarray(f(*plain))
                value = np.asarray(getattr(out, "data", out))
                assert value.dtype == expected.dtype
                np.testing.assert_allclose(value, expected, rtol=4 * np.finfo(np.result_type(expected, "e")).eps)
                if isinstance(out, ag.Tensor):
                    np.sum(out).backward()
                    for t in operands:
                        if isinstance(t, ag.Tensor):
                            assert np.asarray(t.grad).dtype == t.dtype and np.shape(t.grad) == t.shape


def test_what_a_reduction_gives_has_its_precision():
    t, s = ag.Tensor(np.array([0.1, 0.2], np.float32)), ag.Tensor(np.array([0.1, 0.2]))
    assert (t * np.sum(s)).dtype == (np.sum(s) / t).dtype == np.maximum(t, np.mean(s)).dtype == float
    assert (t * float(np.mean([0.1, 0.2]))).dtype == np.float32
    assert (t * np.sum(t)).dtype == np.float32


def test_a_program_has_the_precision_of_its_function():
    t = np.array([1.1, 2.3], np.float32)
    for f in (
        lambda t, s: np.sum(np.float64(0.1) * t + s),
        lambda t, s: np.sum(t * np.sum(t.astype(float))) * s,
        lambda t, s: np.sum((t * s - np.mean(t.astype(float))) ** 2),
    ):
        step = ag.value_and_grad(f, argnums=(0, 1))
        (J, gradients), (value, found) = step(t, 0.7), ag.compile(step)(t, 0.7)
        assert value == J and gradients[1] == found[1]
        assert gradients[0].dtype == found[0].dtype == np.float32 and (gradients[0] == found[0]).all()


@pytest.mark.parametrize("name", ["mse", "cross_entropy", "binary_cross_entropy_logits"])
def test_a_loss_keeps_single_precision(name):
    t = ag.Tensor(np.array([[0.2, 0.7], [0.8, 0.3]], np.float32))
    J = getattr(nn.losses, name)(t, np.eye(2, dtype=np.float32))
    assert J.dtype == (J + nn.losses.l2([t], 0.1, 2)).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("edge_order", [1, 2])
@pytest.mark.parametrize("spacing", ["none", "a step", "equal steps", "places", "integers"])
def test_gradient_beside_what_is_not_finite(spacing, edge_order, dtype):
    for k in range(40):
        rng = generator(f"{spacing}{k}")
        f = rng.choice([1, 2.5, -3, 0, 1e4, np.inf, -np.inf, np.nan], size=rng.integers(3, 7)).astype(dtype)
        n = len(f)
        given = {"none": (), "a step": (0.3,), "equal steps": (2.0 * np.arange(n),)}
        h = given.get(spacing, (np.cumsum(1 + rng.random(n)) if spacing == "places" else np.arange(n) ** 2,))
        with np.errstate(all="ignore"):
            found, expected = (np.gradient(x, *h, edge_order=edge_order) for x in (ag.Tensor(f), f))
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found.data, expected, rtol=4 * np.finfo(dtype).eps, atol=1e-12)


@pytest.mark.parametrize("kind", [int, bool, np.uint8, np.int8, np.float32, float])
@pytest.mark.parametrize("places", [None, int, np.uint8, float])
def test_trapezoid_of_integers(kind, places):
    y, x = np.array([1, 0, 3, 2]).astype(kind), None if places is None else np.array([0, 1, 3, 7]).astype(places)
    expected = np.trapezoid(y, x, dx=0.5)
    if y.dtype.kind == "f":
        np.testing.assert_allclose(np.trapezoid(ag.Tensor(y), x, dx=0.5).data, expected)
    if x is not None:
        np.testing.assert_allclose(np.trapezoid(y, ag.Tensor(x.astype(float))).data, expected)
    else:
        t = ag.Tensor(0.5)
        J = np.trapezoid(y, dx=t)
        J.backward()
        np.testing.assert_allclose([J.data, 0.5 * t.grad], expected)
