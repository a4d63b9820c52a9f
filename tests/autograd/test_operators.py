"""Operators, methods and NumPy's own functions on Tensors: values as NumPy has them, with gradients."""

import operator

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import bits, close

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod, operator.floordiv]
OTHERS = {
    "int": 2,
    "float": 0.5,
    "bool": True,
    "NumPy float": np.float64(1.5),
    "NumPy int": np.int64(2),
    "float32": np.float32(2),
    "array": A + 1,
    "int array": np.arange(1, 7).reshape(2, 3),
    "row": A[0],
    "0d": np.array(3.0),
    "list": [1.0, 2.0, 3.0],
    "nested list": [[1, 2, 3], [3, 2, 1]],
    "tuple": (1.0, 2.0, 0.5),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
def test_operators_take_what_numpy_takes_on_either_side(op, other):
    """The value is NumPy's, and the gradient that with the other operand as a Tensor too."""
    plain = np.asarray(other) if isinstance(other, (list, tuple)) else other
    for sides in (lambda t, o: (t, o), lambda t, o: (o, t)):
        t, twin, tensor = ag.Tensor(A), ag.Tensor(A), ag.Tensor(np.asarray(plain, float))
        out, full = op(*sides(t, other)), op(*sides(twin, tensor))
        assert isinstance(out, ag.Tensor)
        expected = op(*sides(A, plain))
        assert out.dtype == expected.dtype
        close(out, expected, rtol=1e-14)
        out.sum().backward()
        full.sum().backward()
        close(t.grad, twin.grad, rtol=1e-6 if isinstance(other, np.float32) else 1e-14)


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
def test_scalars_stay_python_floats(op):
    for other in (3, 3.0, np.float64(3.0), ag.Tensor(3.0)):
        for out in (op(ag.Tensor(2.0), other), op(other, ag.Tensor(2.0))):
            assert type(out.data) is float
            out.backward()
    assert type(np.tanh(ag.Tensor(2.0)).data) is type(np.sum(ag.Tensor(A)).data) is float


def test_unary_operators_and_methods():
    t = ag.Tensor(A, name="t")
    for out, expected in [
        (-t, -A),
        (+t, A),
        (abs(-t), A),
        (t.T, A.T),
        (t.sum(0), A.sum(0)),
        (t.mean(axis=1, keepdims=True), A.mean(axis=1, keepdims=True)),
        (t.max(-1), A.max(-1)),
        (t.min(), A.min()),
        (t.prod((0, 1)), A.prod()),
        (t.reshape(3, 2), A.reshape(3, 2)),
        (t.reshape((3, -1)), A.reshape(3, 2)),
        (t.reshape(-1), A.ravel()),
        (t.transpose(), A.T),
        (t.transpose(1, 0), A.T),
        (t.transpose((1, 0)), A.T),
        (t.swapaxes(0, 1), A.T),
        (t[None].squeeze(0), A),
        (t.dot(A.T), A @ A.T),
        (t.clip(2, 5), A.clip(2, 5)),
        (t.clip(max=3), A.clip(max=3)),
        (t.astype(np.float32), A.astype(np.float32)),
        (t.exp(), np.exp(A)),
        (t.log(), np.log(A)),
        (t.tanh(), np.tanh(A)),
        (t @ A.T, A @ A.T),
        (A.T @ t, A.T @ A),
        ([1.0, 2.0] @ t, [1, 2] @ A),
    ]:
        assert isinstance(out, ag.Tensor)
        assert out.requires_grad
        assert bits(out)[1:] == bits(np.asarray(expected))[1:]


@pytest.mark.parametrize("op", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne])
def test_comparisons_give_plain_booleans(op):
    t = ag.Tensor(A)
    for other in (3.0, A[0], A.T[:2, :1], ag.Tensor(A[0])):
        plain = other.data if isinstance(other, ag.Tensor) else other
        for found, expected in [(op(t, other), op(A, plain)), (op(other, t), op(plain, A))]:
            assert type(found) is np.ndarray
            np.testing.assert_array_equal(found, expected)
    assert op(ag.Tensor(2.0), 3.0) is op(2.0, 3.0)


def test_numpys_functions_give_tensors_with_gradients():
    t = ag.Tensor(A)
    x = np.ones((2, 3))
    for out in [
        np.tanh(t),
        np.sum(t * x, axis=0),
        np.add(x, t),
        np.where(t > 2, t, 0),
        np.where(t > 2, x, t),
        np.concatenate([x, t]),
        np.stack((t, x)),
        np.einsum("ij,kj->ik", x, t),
        np.maximum(0, t),
        np.mean(a=t),
        np.expand_dims(t, axis=0),
        np.amax(t, 1),
        np.outer(x, t),
    ]:
        assert isinstance(out, ag.Tensor)
        t.grad = None
        out.sum().backward()
        assert t.grad.shape == A.shape


def test_an_array_does_not_swallow_a_tensor():
    """array * t is one Tensor, not an array of Tensors; the same in place, where the variable is bound anew."""
    a = A.copy()
    assert isinstance(a * ag.Tensor(A), ag.Tensor)
    assert isinstance(np.float64(2.0) * ag.Tensor(A), ag.Tensor)
    t = kept = ag.Tensor(A)
    t += 1
    assert t is not kept
    np.testing.assert_array_equal(kept.data, a)


def test_the_data_are_not_copied_and_never_changed():
    a = A.copy()
    t = ag.Tensor(a)
    assert t.data is a
    np.sum((t * 2 + 1) ** 2).backward()
    np.testing.assert_array_equal(a, A)
