"""What whoever knows another autograd on NumPy tries first: every pair of ranks, control flow, lists and integers,
derivatives of derivatives. Each is compared with NumPy, or with the formula."""

import itertools

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import close, form, generator

LONG, OTHER = (2, 1, 3, 2), (1, 4, 3, 1)
RANKS = list(itertools.product(range(5), repeat=2))


def x(*shape, low=0.5, high=2.0):
    return generator(str(shape)).uniform(low, high, size=shape)


def folded(g, shape):
    """The gradient of an operand of this shape, from that of its broadcast copy."""
    added = g.ndim - len(shape)
    g = g.sum(axis=tuple(range(added)))
    return g.sum(axis=tuple(k for k, n in enumerate(shape) if n == 1), keepdims=True) if shape else g


BINARY = {
    "+": (np.add, lambda a, b: (np.ones_like(a * b), np.ones_like(a * b))),
    "-": (np.subtract, lambda a, b: (np.ones_like(a * b), -np.ones_like(a * b))),
    "*": (np.multiply, lambda a, b: (b + 0 * a, a + 0 * b)),
    "/": (np.divide, lambda a, b: (1 / b + 0 * a, -a / b**2)),
    "**": (np.power, lambda a, b: (b * a ** (b - 1), a**b * np.log(a))),
    "%": (np.remainder, lambda a, b: (np.ones_like(a * b), -np.floor(a / b))),
    "//": (np.floor_divide, lambda a, b: (0 * a * b, 0 * a * b)),
    "maximum": (np.maximum, lambda a, b: (1.0 * (a > b), 1.0 * (b > a))),
    "arctan2": (np.arctan2, lambda a, b: (b / (a**2 + b**2), -a / (a**2 + b**2))),
}


@pytest.mark.parametrize("ranks", RANKS, ids=str)
@pytest.mark.parametrize("name", BINARY)
def test_every_pair_of_ranks(name, ranks):
    f, slopes = BINARY[name]
    shapes = LONG[4 - ranks[0] :], OTHER[4 - ranks[1] :]
    a, b = x(*shapes[0]), x(*shapes[1], low=0.6)
    s, t = ag.Tensor(a), ag.Tensor(b)
    out = f(s, t)
    assert out.shape == np.broadcast_shapes(*shapes)
    np.sum(out).backward()
    by_a, by_b = slopes(a, b)
    close(s.grad, folded(by_a, shapes[0]))
    close(t.grad, folded(by_b, shapes[1]))


@pytest.mark.parametrize("ranks", [r for r in RANKS if 0 not in r], ids=str)
def test_matmul_of_every_pair_of_ranks(ranks):
    """Against einsum of the same, whose derivatives have rules of their own."""
    a = x(*(2, 1, 3, 4)[4 - ranks[0] :])
    b = x(4) if ranks[1] == 1 else x(*(1, 5, 4, 2)[4 - ranks[1] :])
    term_a = "abij"[4 - ranks[0] :] if ranks[0] > 1 else "j"
    term_b = "j" if ranks[1] == 1 else "abjk"[4 - ranks[1] :]
    if max(ranks) > 2:  # a stack with an axis of size 1 is repeated, which einsum does only for an ellipsis
        term_a, term_b = ("..." + t.lstrip("ab") for t in (term_a, term_b))
    kept = "".join(c for c in "ik" if c in term_a + term_b)
    subscripts = f"{term_a},{term_b}->{'...' if max(ranks) > 2 else ''}{kept}"
    found = [ag.vjp(f, a, b) for f in (np.matmul, lambda a, b: np.einsum(subscripts, a, b))]
    close(found[0][0], found[1][0])
    u = np.cos(np.arange(np.size(found[0][0]))).reshape(np.shape(found[0][0]))
    for g, h in zip(*(back(float(u) if u.ndim == 0 else u) for _, back in found), strict=True):
        close(g, h)


# --- Python's own constructions -------------------------------------------------------------------------------------


def test_control_flow_is_pythons():
    def iterated(x, n):
        while n and x < 100:
            x, n = (x * x, n - 1) if x > 1 else (x + 1, n - 1)
        return x

    assert ag.grad(iterated)(1.5, 3) == 8 * 1.5**7
    assert ag.grad(iterated)(0.5, 2) == 2 * 1.5
    factorial = lambda x, n: 1.0 if n == 0 else x * factorial(x - 1, n - 1)
    close(ag.grad(factorial)(5.0, 3), 4 * 3 + 5 * 3 + 5 * 4)
    assert ag.grad(lambda x: sum(x**k for k in range(4)))(2.0) == 1 + 4 + 12
    assert ag.grad(lambda x: max(x[0], x[1] * 2))([3.0, 2.0]) == [0.0, 2.0]
    functions = [lambda x, k=k: k * x for k in range(4)]
    assert [ag.grad(f)(1.0) for f in functions] == [0.0, 1.0, 2.0, 3.0]


def test_loops_over_entries_and_rows():
    a = x(3, 2)
    close(ag.grad(lambda a: sum(row[0] * row[1] for row in a))(a), a[:, ::-1])
    close(ag.grad(lambda a: np.prod([e.item() for e in a.ravel()]) * a[0, 0])(a)[0, 0], np.prod(a))
    close(ag.grad(lambda a: sum(u * v for u, v in zip(a[0], a[1])))(a), [a[1], a[0], [0, 0]])
    first, *rest = ag.Tensor(a)
    (first * rest[-1]).sum().backward()


def test_a_value_that_fans_out_and_comes_together():
    def f(a):
        b = a + 1
        c, d = b + 1.5, a + b
        return d + c + b * 0

    assert ag.grad(f)(2.0) == 3.0
    fan = lambda x: sum([x * x] * 3, x - x)
    assert ag.grad(fan)(2.0) == 12.0
    assert ag.grad(lambda x: x + x + x.T if np.ndim(x) else x + x)(2.0) == 2.0


def test_results_that_do_not_depend_on_the_argument():
    for f in (lambda x, y: y * y, lambda x, y: np.floor(x).sum() + y, lambda x, y: np.argmax(x) + y):
        close(ag.grad(f)(x(3), 2.0), np.zeros(3))
        close(ag.grad(ag.grad(f, 1), 0)(x(3), 2.0), np.zeros(3))
        assert np.shape(ag.jacobian(f)(x(2, 2), 2.0)) == (2, 2)
    counted = lambda a: np.sum(a * (a > 1)) + int(np.sum(a.data > 1)) if isinstance(a, ag.Tensor) else 0.0
    close(ag.grad(counted)(np.array([0.5, 2.0])), [0, 1])


# --- what stands in for an array ------------------------------------------------------------------------------------


def test_lists_tuples_and_whole_numbers_as_other_operands():
    a = x(2, 3)
    listed = {
        "dot": lambda t: np.dot(t, [1, 2, 3]),
        "dot, left": lambda t: np.dot([1, 2], t),
        "add": lambda t: [[1, 2, 3]] + t,
        "multiply": lambda t: (1, 2, 3) * t,
        "matmul": lambda t: t @ [[1], [2], [3]],
        "where": lambda t: np.where([True, False, True], t, [[7], [8]]),
        "concatenate": lambda t: np.concatenate([t, [[1, 2, 3]]]),
        "stack": lambda t: np.stack([t[0], [1, 2, 3], (4, 5, 6)]),
        "maximum": lambda t: np.maximum([1, 1, 1], t),
        "einsum": lambda t: np.einsum("ij,j->i", t, [1, 2, 3]),
        "tensordot": lambda t: np.tensordot([[1, 2]], t, 1),
        "solve": lambda t: np.linalg.solve([[2, 1], [1, 3]], t),
        "outer": lambda t: np.outer([1, 2], t),
        "append": lambda t: np.append(t, [1, 2]),
        "clip": lambda t: np.clip(t, [0, 1, 1], 2),
        "integers": lambda t: t * np.arange(3) + np.arange(3, dtype=np.uint8) - np.int8(1),
        "booleans": lambda t: t * np.array([True, False, True]) + True,
    }
    for name, f in listed.items():
        t = ag.Tensor(a)
        out = f(t)
        close(out, f(a) if name != "add" else np.array([[1, 2, 3]]) + a)
        assert out.dtype == float, name
        np.sum(out * np.cos(np.arange(out.size)).reshape(out.shape)).backward()
        assert form(t.grad) == form(t)
        assert ag.check_grads(f, a, order=1).ok, name


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.int64(2), np.array(2.0), np.array(2)], ids=repr)
def test_every_kind_of_number_is_an_argument(number):
    f = lambda x: x**3 / 2
    assert ag.grad(f)(number) == ag.jvp(f, (number,), (1.0,))[1] == ag.vjp(f, number)[1](1.0)[0] == 6.0
    assert type(ag.grad(f)(number)) is type(ag.hessian(f)(number)) is float
    assert ag.grad(ag.grad(f))(number) == ag.hessian(f)(number) == 6.0


def test_axes_and_indices_as_numpys_integers_and_arrays():
    a, one = x(2, 3), np.int64(1)
    for f in [
        lambda t: np.sum(t, axis=one),
        lambda t: np.sum(t, axis=np.array(1)),
        lambda t: np.max(t, axis=(np.int64(0), -one)),
        lambda t: np.transpose(t, np.array([1, 0])),
        lambda t: t.transpose(np.array([1, 0])),
        lambda t: t.transpose(one, np.int64(0)),
        lambda t: t[0].transpose(np.int64(0)),
        lambda t: t.transpose(()) if t.ndim == 0 else t.transpose(None),
        lambda t: np.reshape(t, np.array([3, 2])),
        lambda t: t.reshape(np.int64(3), -one),
        lambda t: np.broadcast_to(t, np.array([2, 2, 3])),
        lambda t: np.roll(t, [1, 2], axis=[0, 1]),
        lambda t: np.tensordot(t, t, axes=(np.array([0, 1]), np.array([0, 1]))),
        lambda t: np.concatenate([t, t], axis=one),
        lambda t: np.take(t, np.array([1, 1], np.uint8), axis=one),
        lambda t: t[np.int64(0), -one],
        lambda t: t[np.array(1)],
        lambda t: t[slice(None, None, -one), one:],
        lambda t: t[np.array([0, 1], np.uint8), [2, 1]],
        lambda t: t[np.bool_(True)],
    ]:
        close(f(ag.Tensor(a)), f(a))
        assert ag.check_grads(f, a).ok


def test_a_number_and_arrays_of_one_entry_are_told_apart():
    for shape in [(), (1,), (1, 1)]:
        a = np.full(shape, 3.0)
        g = ag.grad(lambda a: np.sum(a * a))(a)
        assert np.shape(g) == shape and np.all(g == 6.0)
        assert np.shape(ag.hessian(lambda a: np.sum(a * a))(a)) == shape * 2
        assert np.shape(ag.jacobian(lambda a: a * np.ones((2, 1)))(a)) == np.broadcast_shapes(shape, (2, 1)) + shape


# --- derivatives of derivatives -------------------------------------------------------------------------------------


def test_jacobians_of_jacobians():
    A = x(2, 3)
    f = lambda v: np.tanh(A @ v)
    v = x(3)
    first, second = ag.jacobian(f)(v), ag.jacobian(ag.jacobian(f))(v)
    slope = 1 - np.tanh(A @ v) ** 2
    close(first, slope[:, None] * A)
    assert second.shape == (2, 3, 3)
    close(second, np.einsum("i,ij,ik->ijk", -2 * np.tanh(A @ v) * slope, A, A))
    assert ag.jacobian(ag.jacobian(ag.jacobian(f)))(v).shape == (2, 3, 3, 3)


def test_the_hessian_by_a_matrix_times_a_direction_is_hvp():
    f = lambda W: np.sum(np.tanh(W @ W.T) ** 2)
    W, V = x(2, 3), x(3, 2).T
    H = ag.hessian(f)(W)
    assert H.shape == (2, 3, 2, 3)
    close(np.einsum("ijkl,kl->ij", H, V), ag.hvp(f, (W,), (V,))[1])
    close(H, H.transpose(2, 3, 0, 1))
    close(ag.jacobian(ag.grad(f))(W), H)


def test_a_gradient_inside_the_function_to_be_differentiated():
    """A step of gradient descent, differentiated by its rate and by its data."""
    cost = lambda w, data: np.sum((w - data) ** 2)
    step = lambda rate, w, data: w - rate * ag.grad(cost)(w, data)
    after = lambda rate, w, data: cost(step(rate, w, data), data)
    w, data, rate = x(3), x(3, low=2.0, high=3.0), 0.1
    close(ag.grad(after)(rate, w, data), -4 * np.sum((w - data) ** 2) * (1 - 2 * rate))
    close(ag.grad(after, 2)(rate, w, data), -2 * (1 - 2 * rate) ** 2 * (w - data))
    assert ag.check_grads(after, rate, w, data).ok


def test_third_derivatives_by_nesting_in_any_mode():
    pushed = lambda f: lambda x: ag.jvp(f, (x,), (1.0,))[1]
    f = lambda x: np.sin(x) * x**2
    expected = -np.cos(0.7) * 0.7**2 - 6 * np.sin(0.7) * 0.7 + 6 * np.cos(0.7)
    for modes in itertools.product((ag.grad, pushed), repeat=3):
        g = f
        for mode in modes:
            g = mode(g)
        close(g(0.7), expected)
