"""Properties that hold for whatever hypothesis thinks of: shapes, indices, axes, small programs."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

import autograd as ag
from autograd import rules
from tests.autograd.helpers import bits, close, form, generator, inner, interior, numeric_gradient, separated

SIZES = st.integers(0, 3)
SHAPES = st.lists(SIZES, max_size=4).map(tuple)
BINARY = [np.add, np.subtract, np.multiply, np.divide, np.power, np.maximum, np.minimum, rules.ratio, rules.xlogy]


def checked(f, *operands, differences=True):
    """f's gradient: form, both modes, forward mode, and differences where these are wanted."""
    found = []
    for create_graph in (False, True):
        tensors = [ag.Tensor(x) for x in operands]
        out = f(*map(interior, tensors))
        u = np.cos(np.arange(out.size)).reshape(out.shape)
        out.backward(float(u) if type(out.data) is float else u, create_graph=create_graph)
        assert [form(t.grad) for t in tensors] == [form(t) for t in tensors]
        found.append([t.grad for t in tensors])
    raw, traced = found
    assert [bits(g) for g in raw] == [bits(g) for g in traced]
    v = [np.sin(1.0 + np.arange(np.size(x))).reshape(np.shape(x)) for x in operands]
    close(inner([ag.jvp(f, operands, v)[1]], [u]), inner(raw, v))
    if differences:
        for i, g in enumerate(raw):
            close(g, numeric_gradient(lambda *xs: np.sum(u * f(*xs)), operands, i), atol=1e-8)


@pytest.mark.parametrize("f", BINARY, ids=lambda f: f.__name__)
@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
def test_broadcasting(f, shapes):
    x, y = separated(generator(str(shapes)), shapes.input_shapes, 0.5, 2.0)
    out = f(ag.Tensor(x), y)
    assert out.shape == shapes.result_shape
    checked(f, x, y)


@given(shapes=hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=3, max_side=3))
def test_matmul_of_whatever_fits(shapes):
    x, y = separated(generator(str(shapes)), shapes.input_shapes)
    out = ag.Tensor(x) @ y
    assert out.shape == shapes.result_shape
    checked(np.matmul, x, y)


@given(data=st.data(), shape=SHAPES)
def test_reshapes(data, shape):
    (x,) = separated(generator(str(shape)), [shape])
    order = data.draw(st.permutations(range(len(shape))))
    checked(lambda x: np.reshape(np.transpose(x, order), (-1,) if x.size else (0,)), x)
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    checked(lambda x: np.squeeze(np.expand_dims(x, axis), axis), x)


def basic_and_advanced(shape):
    """Index expressions for arrays of this shape: slices, numbers, None, …, masks, and integer arrays that repeat."""
    indices = [hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True), hnp.arrays(bool, shape)]
    if shape and all(shape):
        indices.append(hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=4)))
        some = hnp.arrays(int, st.integers(1, 6), elements=st.integers(-shape[0], shape[0] - 1))
        indices.append(some)
        indices.append(st.tuples(some, st.just(Ellipsis)))
        indices.append(hnp.arrays(bool, shape[0]))
    return st.one_of(indices)


@given(data=st.data(), shape=SHAPES)
def test_indexing(data, shape):
    """Entries that are picked several times receive the sum; and scattering is the adjoint of picking."""
    (x,) = separated(generator(str(shape)), [shape])
    index = data.draw(basic_and_advanced(shape))
    if not np.ndim(x):
        x = float(x)
    picked = ag.Tensor(x)[index]
    np.testing.assert_array_equal(picked.data, np.asarray(x)[index])
    checked(lambda x: rules.getitem(x, index), x, differences=False)
    t = ag.Tensor(x)
    u = np.cos(np.arange(picked.size)).reshape(picked.shape)
    np.sum(t[index] * u).backward()
    positions = np.arange(np.size(x)).reshape(np.shape(x))[index]
    close(t.grad, np.bincount(np.ravel(positions), np.ravel(u), np.size(x)).reshape(np.shape(x)))


@pytest.mark.parametrize(
    "f", [np.sum, np.mean, np.max, np.min, np.prod, rules.logsumexp, rules.softmax], ids=lambda f: f.__name__
)
@given(data=st.data())
def test_reductions_along_any_axes(f, data):
    shape = data.draw(hnp.array_shapes(max_dims=4, max_side=3))
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1) | hnp.valid_tuple_axes(len(shape)))
    params = {"axis": axis}
    if f is not rules.softmax:
        params["keepdims"] = data.draw(st.booleans())
    (x,) = separated(generator(str(shape)), [shape])
    if f is np.prod and data.draw(st.booleans()):
        x = np.where(x < 0, 0.0, x)  # several zeros
    out = f(ag.Tensor(x), **params)
    assert out.shape == np.shape(f(x, **params))
    checked(lambda x: f(x, **params), x)


@given(data=st.data(), shape=hnp.array_shapes(max_dims=3, max_side=3))
def test_joining(data, shape):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    longer = tuple(n + 1 if k == axis % len(shape) else n for k, n in enumerate(shape))
    checked(lambda x, y: np.concatenate([x, y, x], axis), *separated(generator(str(shape)), [shape, longer]))
    checked(lambda x, y: np.stack([x, y, x], axis), *separated(generator(str(shape)), [shape, shape]))


# --- small programs ------------------------------------------------------------------------------------------------

# Operations that are analytic and stay bounded, so that a complex step differentiates a whole program exactly.
UNARY_STEPS = {
    "sin": np.sin,
    "tanh": lambda a: np.tanh(a / 3),
    "exp": lambda a: np.exp(np.sin(a)),
    "log1p": lambda a: np.log1p(0.5 * np.cos(a)),
    "sigmoid": rules.sigmoid,
    "cube": lambda a: 0.1 * a**3 - a,
    "reversed": lambda a: a[::-1],
    "picked": lambda a: a[[2, 0, 0]],
    "row": lambda a: np.sum(a) * np.array([0.1, -0.2, 0.3]),
    "turned": lambda a: np.array([[0.6, -0.8, 0.0], [0.8, 0.6, 0.0], [0.1, 0.0, 1.0]]) @ a,
    "mean": lambda a: np.mean(a, keepdims=True) - a,
    "split": lambda a: np.concatenate([a[1:], a[:1]]),
}
BINARY_STEPS = {
    "add": np.add,
    "subtract": lambda a, b: a - 0.5 * b,
    "multiply": lambda a, b: np.sin(a) * b,
    "divide": lambda a, b: a / (2 + np.cos(b)),
    "dot": lambda a, b: (a @ b) * 0.1 + a,
    "outer": lambda a, b: np.einsum("i,j->i", np.sin(a), np.sin(b)),
    "where": lambda a, b: np.where([True, False, True], a, b),
    "stack": lambda a, b: np.sum(np.stack([a, b]), axis=0) * 0.5,
}
STEPS = {**UNARY_STEPS, **BINARY_STEPS}


@st.composite
def programs(draw):
    """A list of (operation, positions of its operands among all values so far)."""
    lines = []
    for n in range(draw(st.integers(5, 15))):
        name = draw(st.sampled_from(sorted(STEPS)))
        reach = st.integers(0, n)
        lines.append((name, [draw(reach) for _ in range(1 + (name in BINARY_STEPS))]))
    return lines


def run(program, x):
    values = [x]
    for name, operands in program:
        values.append(STEPS[name](*(values[k] for k in operands)))
    return np.sum(np.sin(values[-1]) + 0.3 * values[len(values) // 2])


@given(program=programs())
def test_small_programs(program):
    x, v = np.array([0.3, -0.7, 1.1]), np.array([0.5, 1.0, -0.25])
    f = lambda x: run(program, x)
    value, g = ag.value_and_grad(f)(x)
    assert value == f(x)
    scale = max(1.0, np.abs(g).max())
    step = 1e-30
    exact = np.array([np.imag(f(x + 1j * step * e)) / step for e in np.eye(3)])
    close(g, exact, atol=1e-11 * scale)
    close(ag.jvp(f, (x,), (v,))[1], g @ v, atol=1e-11 * scale)
    of_reverse = ag.grad(lambda x: ag.grad(f)(x) @ v)(x)
    close(ag.hvp(f, (x,), (v,))[1], of_reverse, atol=1e-9 * max(1.0, np.abs(of_reverse).max()))
    t = ag.Tensor(x)
    f(t).backward()
    assert bits(t.grad) == bits(g)
