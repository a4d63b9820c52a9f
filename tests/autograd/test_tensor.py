"""Tensor: what it is, its data and gradients, modes and names."""

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import close

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

# --- what it is ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "shape", "dtype"),
    [
        (2, (), float),
        (2.0, (), float),
        (np.float64(2), (), float),
        (np.array(2), (), float),
        ([1, 2], (2,), float),
        ([[1.0, 2], [3, 4]], (2, 2), float),
        (np.arange(3), (3,), float),
        (np.zeros((2, 0), np.float32), (2, 0), np.float32),
        (np.float32(2), (), np.float32),
        (np.array(2, np.float16), (), np.float16),
    ],
)
def test_attributes(data, shape, dtype):
    t = ag.Tensor(data)
    assert (t.shape, t.ndim, t.size, t.dtype) == (shape, len(shape), int(np.prod(shape)), dtype)
    assert (type(t.data) is float) == (shape == () and dtype is float)
    np.testing.assert_array_equal(t.data, data)


def test_a_0d_float32_stays_float32():
    t = ag.Tensor(np.float32(2))
    out = t * t + 1
    out.backward()
    assert (out.dtype, np.asarray(t.grad).dtype, float(t.grad)) == (np.float32, np.float32, 4.0)
    assert np.asarray(ag.grad(lambda t: np.tanh(t) * 2)(np.float32(0))).dtype == np.float32


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (ag.Tensor(2.0), "Tensor(2.0)"),
        (ag.Tensor(2.0, name="x"), "Tensor(2.0, name='x')"),
        (ag.Tensor([1.0, 2.0], requires_grad=False), "Tensor([1., 2.], requires_grad=False)"),
        (ag.Tensor(A, name="W"), "Tensor([[1., 2., 3.],\n        [4., 5., 6.]], name='W')"),
    ],
)
def test_repr(tensor, text):
    assert repr(tensor) == text


def test_repr_of_much_is_short():
    assert len(repr(ag.Tensor(np.zeros((100, 100))))) < 400


def test_iteration_length_and_hash():
    t = ag.Tensor(A)
    rows = list(t)
    assert len(t) == len(rows) == 2
    first, _ = t
    (first * 2).sum().backward()
    np.testing.assert_array_equal(t.grad, [[2, 2, 2], [0, 0, 0]])
    assert {t: "t"}[t] == "t"
    assert len({t, ag.Tensor(A), t}) == 2


def test_item_and_plain_values():
    assert ag.Tensor(2.0).item() == ag.Tensor([[2.0]]).item() == ag.Tensor(np.float32(2)).item() == 2.0
    assert type(ag.Tensor([[2.0]]).item()) is float
    constant = ag.Tensor(A, requires_grad=False)
    np.testing.assert_array_equal(np.asarray(constant), A)
    assert float(ag.Tensor(2.0, requires_grad=False)) == 2.0
    assert int(ag.Tensor(2.0, requires_grad=False)) == 2
    assert bool(ag.Tensor(2.0)) and not bool(ag.Tensor(0.0))


def test_item_at_an_index():
    t = ag.Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert t.item(2) == t.item(1, 0) == t.item((1, 0)) == 3.0 and type(t.item(-1)) is float
    assert ag.Tensor(5.0).item(0) == ag.Tensor(5.0).item() == 5.0
    with pytest.raises(IndexError, match="out of bounds"):
        t.item(4)


def test_a_gradient_that_is_set_has_the_dtype_of_the_tensor():
    t = ag.Tensor(np.ones(2, np.float32))
    t.grad = np.ones(2)
    assert t.grad.dtype == np.float32
    t.grad = [1, 2]
    assert t.grad.dtype == np.float32


def test_detach_cuts_the_gradient():
    x = ag.Tensor(3.0, name="x")
    (x * x.detach()).backward()
    assert x.grad == 3.0
    assert x.detach().name == "x"
    assert not x.detach().requires_grad


# --- data and gradients --------------------------------------------------------------------------------------------


def test_new_data_keep_form_and_dtype():
    t = ag.Tensor(np.zeros(3, np.float32))
    t.data = np.arange(3)
    assert t.data.dtype == np.float32
    s = ag.Tensor(1.0)
    s.data = np.float64(2)
    assert type(s.data) is float
    c = ag.Tensor(A, requires_grad=False)
    c.data = A + 1
    np.testing.assert_array_equal((c * 1).data, A + 1)
    t.data = ag.Tensor([1.0, 2, 3])
    assert t.data.tolist() == [1, 2, 3]


def test_backward_after_new_data_is_that_of_the_recorded_values():
    """An optimizer's step between forward and backward must not change what was recorded."""
    x = ag.Tensor(3.0)
    y = x * x
    x.data = 100.0
    y.backward()
    assert x.grad == 6.0
    x.grad = None
    (x * x).backward()
    assert x.grad == 200.0


def test_a_second_backward_adds_at_the_leaves_and_finds_the_others_anew():
    x = ag.Tensor(A)
    y = x * 2
    J = np.sum(y * y)
    for n in (1, 2, 3):
        J.backward()
        close(x.grad, n * 8 * A)
        close(y.grad, 4 * A)
        assert J.grad == 1.0
    x.grad = None
    assert x.grad is None
    J.backward()
    close(x.grad, 8 * A)


def test_gradients_of_two_costs_add_up_without_touching_the_first():
    x = ag.Tensor(A)
    np.sum(x).backward()
    first = x.grad
    np.sum(x * 3).backward()
    close(first, np.ones((2, 3)))
    close(x.grad, np.full((2, 3), 4.0))


def test_the_gradient_that_backward_starts_with():
    x = ag.Tensor(A)
    u = np.arange(6).reshape(2, 3)
    for given in (u, u.tolist(), u.astype(np.float32), ag.Tensor(u, requires_grad=False)):
        x.grad = None
        (x * x).backward(given)
        close(x.grad, 2 * A * u)
        assert x.grad.dtype == float
    y = ag.Tensor(3.0)
    (y * y).backward(2)
    assert y.grad == 12.0
    x.grad = None
    (x[:1, :1] * 2).backward()  # a single number needs none, whatever its shape
    assert x.grad[0, 0] == 2.0


def test_backward_with_create_graph_can_be_differentiated_again():
    x = ag.Tensor(3.0, name="x")
    (x**3).backward(create_graph=True)
    first, x.grad = x.grad, None
    assert isinstance(first, ag.Tensor)
    assert first.data == 27.0
    first.backward()
    assert x.grad == 18.0


# --- modes and names -----------------------------------------------------------------------------------------------


def test_no_grad_nests_and_ends_with_an_error_too():
    x = ag.Tensor(3.0)
    with ag.no_grad():
        with ag.no_grad():
            assert not (x * x).requires_grad
        assert not (x * x).requires_grad
    assert (x * x).requires_grad
    with pytest.raises(ZeroDivisionError), ag.no_grad():
        raise ZeroDivisionError
    assert (x * x).requires_grad


def test_no_grad_as_a_decorator():
    @ag.no_grad()
    def evaluate(x):
        return x * x

    x = ag.Tensor(3.0)
    for _ in range(2):
        assert not evaluate(x).requires_grad
        assert (x * x).requires_grad


def test_names():
    W = ag.Tensor(A, name="W")
    z = W * 2
    b = ag.Tensor(1.0)
    x = np.ones(3)
    ag.names.here()
    assert (W.name, z.name, b.name) == ("W", "z", "b")
    assert ag.names.of(x) == ag.names.array_name(x) == "x"
    assert ag.names.of(np.ones(3)) is None
    ag.names.given({"Z": z, "c": ag.Tensor(2.0), "_d": b})
    assert z.name == "z"
    z.name = "Z1"
    assert z.name == ag.names.of(z.node) == "Z1"


def test_the_name_of_an_array_dies_with_it():
    x = np.ones(3)
    ag.names.given({"x": x})
    del x
    assert all(ag.names.array_name(np.ones(3)) is None for _ in range(10))


@pytest.mark.parametrize(
    "call",
    [np.ma.log, np.ma.array, np.ma.sum, lambda t: np.ma.array([1.0, 2.0]) + t, lambda t: np.ma.array([1.0, 2.0]) * t],
    ids=["log", "array", "sum", "plus", "times"],
)
def test_masked_arrays_do_not_take_the_value_without_its_gradient(call):
    with pytest.raises((ag.ConversionError, ag.DtypeError)):
        call(ag.Tensor([1.0, 2.0]))
