"""Programs as C beside what the functions themselves give: layouts, shapes, sums, products, long calculations."""

import numpy as np
import pytest

import autograd as ag
import nn
from tests.autograd.native import need_compiler

RNG = np.random.default_rng(3)


def agrees(f, *arguments, rtol=1e-13):
    """Both give the same; the compiled function, which runs as C."""
    need_compiler()
    compiled = ag.compile(f, backend="c")
    with np.errstate(all="ignore"):
        for found, expected in zip(compiled(*arguments), f(*arguments), strict=True):
            assert np.shape(found) == np.shape(expected)
            assert np.asarray(found).dtype == np.asarray(expected).dtype
            np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)
    assert compiled.backend == "c"
    return compiled


def forms(x, y):
    """Transposes, reshapes, repeated entries, parts, and sums over each kind of axes."""
    z = np.tanh(x) * np.swapaxes(y, 0, 2) + 1.0
    return (
        *(z, z.T.copy() if type(z) is np.ndarray else np.copy(z.T), np.reshape(z.T, -1) * 2.0, z[1:, ::-1, 0] - 1.0),
        *(np.sum(z), np.sum(z, axis=0), np.sum(z, axis=1, keepdims=True), np.sum(z, axis=(0, 2)), np.mean(z, axis=-1)),
        *(np.max(z, axis=1), np.min(z), np.sum(np.broadcast_to(x[:, :1], z.shape) * z), np.where(z > 1, z, -z)),
    )


def test_forms_and_sums_and_arrays_with_gaps():
    x, y = RNG.normal(size=(3, 4, 5)), RNG.normal(size=(5, 4, 3))
    f = agrees(forms, x, y)
    gaps = np.repeat(x, 2, axis=2)[:, :, ::2], np.asfortranarray(y)
    shifted = np.frombuffer(b"-" + x.tobytes(), dtype=np.uint8)[1:].view(float).reshape(x.shape)
    for given in (gaps, (shifted, y), (x, x.T)):
        for found, expected in zip(f(*given), forms(*given), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)
    assert len(f.programs) == 1


def put_together(x, y):
    """Arrays of parts, one beside and one upon the other, and parts of arrays that were just computed."""
    z, w = np.tanh(x), np.exp(y)
    beside, upon = np.concatenate([z, x, w[:, ::-1]], axis=1), np.stack([z, w * z, x], axis=-1)
    padded, flipped = np.pad(w, ((1, 0), (2, 1))), np.flip(z, 0) * w
    changed = ag.put(z, (slice(0, 2), 1), w[1:, 0]), ag.put(ag.put(z, 1, 0.5), (slice(None), slice(1, 3)), z[:, :2])
    ends = np.concatenate([z[:1], changed[0] * 2, z[-1:], np.reshape(w, (3, 4))])
    return beside * 2.0, upon, padded + 1.0, flipped, *changed, np.sum(ends), ends, np.swapaxes(upon, 0, 2) * 3.0


def test_parts_that_are_put_together_and_their_gradients():
    x, y = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4))
    assert agrees(put_together, x, y).c.count("\nint ") == 1
    agrees(put_together, x.astype(np.float32), y.astype(np.float32), rtol=1e-6)

    def cost(x, y):
        return sum(np.sum(np.sin(part)) for part in put_together(x, y))

    f = agrees(lambda x, y: ag.value_and_grad(cost, (0, 1))(x, y)[1], x, y, rtol=1e-12)
    assert f.c.count("\nint ") == 1


def test_windows_and_their_gradients():
    def f(x):
        def cost(x):
            pooled = nn.functional.max_pool2d(x, 2), nn.functional.average_pool2d(x, 3, stride=1)
            return sum(np.sum(np.sin(part)) for part in pooled)

        return ag.value_and_grad(cost)(x)

    x = np.round(RNG.normal(size=(2, 6, 6, 3)), 0)  # with ties
    assert agrees(f, x, rtol=1e-12).c.count("\nint ") == 1
    agrees(f, x.astype(np.float32), rtol=1e-5)


def test_what_needs_a_copy_stays_a_line_of_numpy():
    def f(x, k):
        z = np.tanh(x) * 2.0
        picked = z[[0, 2, 0]], np.roll(z, 1), np.concatenate([z, np.ones((1, 4))])
        changed = ag.put(z, [0, 1], 0.5), ag.put(z, 0, 1), ag.put(z, 0, z[:1]), ag.put(z, slice(0, 0), z[:0])
        return *(part * 2.0 for part in picked), *(part + 1.0 for part in changed)

    agrees(f, RNG.normal(size=(3, 4)), 2)


def test_empty_arrays():
    agrees(lambda x, y: (np.exp(x) + y, np.sum(x * y), np.sum(x * y, axis=0)), np.ones((0, 3)), np.ones((1, 3)))


def test_products_of_all_sizes():
    def f(a, b, c, v):
        return (a @ b, b.T @ a.T, a @ v, v @ b, c @ b[None], v @ v, np.tanh(a[:, :3] @ b[:3]), (b[:, :2].T @ a.T) * 2)

    shapes = ((11, 40), (40, 12), (2, 3, 40), (40,))
    agrees(f, *(RNG.normal(size=s) for s in shapes))
    agrees(f, *(RNG.normal(size=s).astype(np.float32) for s in shapes), rtol=2e-5)


def test_long_sums_are_as_exact_as_those_of_numpy():
    need_compiler()
    x = RNG.random((3, 100_003)).astype(np.float32)
    total, rows = ag.compile(lambda x: (np.sum(x * 1.0), np.sum(x * 1.0, axis=1)), backend="c")(x)
    exact = x.astype(float).sum(axis=1)
    np.testing.assert_allclose(rows, exact, rtol=1e-6)
    np.testing.assert_allclose(total, exact.sum(), rtol=1e-6)


def test_what_c_cannot_do_stays_a_line_of_numpy():
    def f(x):
        z = np.cumsum(np.tanh(x) * 2.0, axis=1)
        return np.sum(np.exp(-z) / (1 + z * z), axis=0), np.argmax(z)

    compiled = agrees(f, RNG.random((4, 6)))
    assert "f_program_1(" in compiled.c and "f_program_2(" in compiled.c


def test_a_long_calculation_with_numbers():
    def f(weights, x):
        for w in weights:
            x = np.tanh(w * x + 0.1) + w
        return x

    weights = [float(w) for w in RNG.normal(size=150)]
    value, gradient = ag.value_and_grad(f)(weights, 0.3)
    compiled = ag.compile(ag.value_and_grad(f), backend="c")
    found = compiled(weights, 0.3)
    assert compiled.backend == "c" and "_part_" in compiled.c
    assert found[0] == pytest.approx(value, rel=1e-13) and type(found[0]) is float
    np.testing.assert_allclose(found[1], gradient, rtol=1e-11)


def test_names_that_mean_something_in_c():
    def malloc(double, exp, σ):
        floor = np.floor(double * exp)
        int_ = np.exp(floor) + σ
        return int_, np.sum(int_)

    agrees(malloc, RNG.normal(size=5), RNG.normal(size=5), 0.5)
    agrees(lambda x: (np.tanh(x) * 2, x + 1), RNG.normal(size=(2, 3)))


def test_a_long_calculation_with_numbers_that_were_computed_from_arrays():
    def f(x, first):
        for scale in (1.0, 2.0):  # twice: arrays, numbers, arrays, numbers
            z = np.exp(-x * scale)
            a, b = np.sum(z), z[0] * first
            for k in range(80):
                a, b = np.tanh(a + 0.01 * k) * b, a - 0.5 * b
            x = x * a + b
        return x, a, b

    compiled = agrees(f, RNG.random(7), 0.4, rtol=1e-11)  # a difference of rounding grows with it
    assert compiled.c.count("_part_") >= 4


def test_a_long_calculation_with_integers_that_a_double_cannot_hold():
    def f(x):
        n = x[0]
        for k in range(70):
            n = n + np.int64(k)
        return n, np.sum(np.tanh(x * 1.0))

    agrees(f, np.array([2**53 + 1, 3], dtype=np.int64))


@pytest.mark.parametrize("shapes", [((4, 30), (4, 30)), ((4, 30), (30, 4)), ((120,), (120,)), ((4, 30), (120,))])
def test_a_sum_of_products_is_formed_where_the_factors_are(shapes):
    """Of arrays of the same shape; in others the entries lie otherwise."""
    need_compiler()
    x, y = (np.random.default_rng(k).normal(size=shape) for k, shape in enumerate(shapes))

    def f(x, y):
        z = np.tanh(x) * 2
        return z, np.vdot(z, y)

    compiled = ag.compile(f, backend="c")
    for found, expected in zip(compiled(x, y), f(x, y), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    loops = compiled.c.count("#pragma omp simd")
    assert loops == 1 if shapes[0] == shapes[1] else loops > 1
