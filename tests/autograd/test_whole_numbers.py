"""Constants of small and unsigned integers, and booleans: their arithmetic wraps, that of derivatives does not."""

import numpy as np
import pytest

import autograd as ag
from tests.autograd.case import for_each
from tests.autograd.cases import CASES
from tests.autograd.helpers import bits, close, cotangent, generator

DTYPES = ["int8", "uint8", "uint16", "uint32", "uint64", "bool"]
SEVERAL = {(c.function, i): c for c in CASES if len(c.wanted) > 1 and c.operands[0] is not None for i in c.wanted}
SEVERAL |= {(c.function, i): c for c in CASES if len(c.wanted) > 1 and "3" in c.note for i in c.wanted}

ROUNDING = (np.insert, ag.put)  # NumPy puts floats into integers by rounding, which these do not


def whole(x, dtype, seed):
    """Integers in the form of x, of which differences and sums leave the range of the dtype."""
    drawn = generator(seed).choice([1, 100, 3, 120, 2], np.shape(x))
    return (drawn % 2 if dtype == "bool" else drawn).astype(dtype)


def tried(call, *operands):
    """What a call gives, or None where it refuses the operands."""
    try:
        with np.errstate(all="ignore"):
            return call(*operands)
    except (TypeError, ValueError, ZeroDivisionError, np.linalg.LinAlgError, ag.AutogradError):
        return None


def gradients(case, operands, constant, u):
    """The gradients of ⟨result, u⟩, and their derivative in a direction."""

    def cost(*tensors):
        rest = iter(tensors)
        return np.sum(u * case(*(x if k in constant else next(rest) for k, x in enumerate(operands))))

    xs = [x for k, x in enumerate(operands) if k not in constant]
    wanted = tuple(range(len(xs)))
    with np.errstate(all="ignore"):
        first = ag.grad(cost, wanted)(*xs)
        second = ag.hvp(cost, xs, [cotangent(x, f"v{k}") for k, x in enumerate(xs)])[1]
        return [*first, *(second if isinstance(second, tuple) else [second])]


@for_each("case, i, dtype", [(case, i, dtype) for (_, i), case in SEVERAL.items() for dtype in DTYPES])
def test_a_constant_of_whole_numbers_gives_the_gradient_of_the_same_floats(case, i, dtype):
    function = case.function
    ours = function.__module__.startswith("autograd") if hasattr(function, "__module__") else False
    n = whole(case.operands[i], dtype, f"{function.__name__}{i}")
    given = [n if k == i else x for k, x in enumerate(case.operands)]
    floats = [n.astype(float) if k == i else x for k, x in enumerate(case.operands)]
    same = tried(case.plain, *floats)
    numpys = same if ours else tried(case.plain, *given)
    if numpys is None or same is None:
        return  # NumPy does not take them
    with np.errstate(all="ignore"):
        out = case(*(ag.Tensor(x) if k in case.wanted and k != i else x for k, x in enumerate(given)))
        if function not in ROUNDING:
            assert out.dtype == np.asarray(numpys).dtype
            close(out, np.asarray(numpys), rtol=1e-13)
        if not np.allclose(numpys, same, equal_nan=True):
            return  # here NumPy's own value wraps
    constant = {i} | (set(range(len(given))) - set(case.wanted))
    u = cotangent(out.data)
    found, expected = (gradients(case, operands, constant, u) for operands in (given, floats))
    for a, b in zip(found, expected, strict=True):
        close(a, b)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("precision", ["float16", "float32", "float64"])
def test_the_result_has_numpys_dtype(dtype, precision):
    x, n = np.array([1.5, 2.5], precision), np.array([1, 0], dtype)
    for f in (np.multiply, np.arctan2, np.power, np.hypot, lambda a, b: np.where(b, a, 1)):
        for operands in ((x, n), (x, n[0]), (x[0], n)):
            with np.errstate(all="ignore"):
                expected = f(*operands)
                out = f(ag.Tensor(operands[0]), operands[1])
            assert bits(np.asarray(out.data)) == bits(np.asarray(expected))


@pytest.mark.parametrize("dtype", DTYPES)
def test_places_and_step_sizes_of_whole_numbers(dtype):
    at = ag.Tensor([0.3, 0.6])
    ends = np.array([0, 1], dtype)
    close(np.interp(at, ends, ends[::-1]), np.interp(at.data, ends.astype(float), ends[::-1].astype(float)))
    if dtype != "bool":
        close(np.gradient(at, np.array([3, 1], dtype)), np.gradient(at.data, np.array([3.0, 1.0])))
        close(np.gradient(np.array([3, 1], dtype), at), np.gradient(np.array([3.0, 1.0]), at.data))
        samples = np.array([[1.0, 4.0, 2.0], [2.0, 0.0, 5.0]])
        weights = np.array([100, 120, 3], dtype)
        close(np.cov(ag.Tensor(samples), aweights=weights), np.cov(samples, aweights=weights))
        close(np.cov(ag.Tensor(samples), fweights=weights), np.cov(samples, fweights=weights))


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_only_steers_stays_as_it_is(dtype):
    n = np.array([1, 0, 1], dtype)
    t = ag.Tensor([1.0, 2.0, 4.0])
    if dtype == "bool":
        assert t[n].data.tolist() == [1, 4]
        assert np.sum(t, where=n).item() == 5
    else:
        assert np.take(t, n).data.tolist() == [2, 1, 2]
        assert np.take_along_axis(t, n, 0).data.tolist() == [2, 1, 2]
    if np.can_cast(dtype, "int64"):
        assert ag.grad(lambda x: np.sum(np.ldexp(x, n)))(t.data).tolist() == [2, 1, 2]
    assert np.where(n, t, 0.0).data.tolist() == [1, 0, 4]
