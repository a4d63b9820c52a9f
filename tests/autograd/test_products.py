"""Products beyond their cases: keywords that are refused, shapes that do not fit, operands of other kinds."""

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import close

A = ag.Tensor(np.arange(6.0).reshape(2, 3), name="A")
x = ag.Tensor(np.array([1.0, 2.0, 3.0]), name="x")

REFUSED = {
    "out of dot": (lambda: np.dot(A, x, out=np.ones(2)), ["dot", "out"]),
    "out of outer": (lambda: np.outer(x, x, out=np.ones((3, 3))), ["outer", "out"]),
    "out of einsum": (lambda: np.einsum("i->", x, out=np.ones(())), ["einsum", "out"]),
    "order of einsum": (lambda: np.einsum("i->", x, order="C"), ["einsum", "order"]),
    "dtype of vecdot": (lambda: np.vecdot(x, x, dtype=float), ["vecdot", "dtype"]),
    "lists of einsum": (lambda: np.einsum(A, [0, 1]), ["einsum", "'ij,jk->ik'"]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_words(what):
    call, words = REFUSED[what]
    with pytest.raises(TypeError) as error:
        call()
    for word in words:
        assert word in str(error.value)


MISFITS = {
    "dot": lambda: np.dot(A, A),
    "inner": lambda: np.inner(A, np.ones(2)),
    "vdot": lambda: np.vdot(A, x),
    "tensordot": lambda: np.tensordot(A, A, 1),
    "vecdot does not repeat": lambda: np.vecdot(x, np.ones(1)),
    "cross": lambda: np.cross(A, np.ones(4)),
    "linalg.cross": lambda: np.linalg.cross(x, np.ones(2)),
    "linalg.outer": lambda: np.linalg.outer(A, x),
    "multi_dot": lambda: np.linalg.multi_dot([A, A]),
    "convolve nothing": lambda: np.convolve(x, np.ones(0)),
    "convolve matrices": lambda: np.convolve(A, x),
    "einsum": lambda: np.einsum("ij,ij", A, x),
}


@pytest.mark.parametrize("what", MISFITS)
def test_shapes_that_do_not_fit(what):
    with pytest.raises(ValueError, match=r"\(2, 3\)|\(3,\)|\(1, 3\)"):
        MISFITS[what]()


def test_axes_out_of_range_are_numpys_error():
    for call in (
        lambda: np.tensordot(A, x, ([2], [0])),
        lambda: np.cross(x, x, axis=1),
        lambda: np.vecdot(x, x, axis=3),
        lambda: np.linalg.norm(A, axis=(0, 2)),
        lambda: np.fft.fftshift(x, 1),
    ):
        with pytest.raises(np.exceptions.AxisError):
            call()


def test_lists_are_constants():
    for f in (
        np.dot,
        np.inner,
        np.vdot,
        np.outer,
        np.kron,
        np.cross,
        np.convolve,
        np.correlate,
        np.tensordot,
        np.vecdot,
    ):
        params = {"axes": 1} if f is np.tensordot else {}
        for one, other in [([3.0, 2.0, 1.0], x), (x, [3.0, 2.0, 1.0])]:
            plain = [np.asarray(v.data if v is x else v) for v in (one, other)]
            close(f(one, other, **params), f(*plain, **params))


def test_multi_dot_takes_the_cheapest_order():
    """(A B) x would make a matrix of a million entries on the way; A (B x) makes vectors alone."""
    a, b, v = (ag.Tensor(np.ones(s)) for s in [(1000, 2), (2, 1000), (1000,)])
    out = np.linalg.multi_dot([a, b, v])
    sizes, stack = [], [out.node]
    while stack:
        node = stack.pop()
        sizes.append(int(np.prod(node.shape)))
        stack += [p for p in node.parents if hasattr(p, "parents")]
    assert max(sizes) <= 2000


def test_einsum_optimized_is_the_same():
    a = np.arange(12.0).reshape(3, 4)
    for how in (True, False, "greedy", "optimal"):
        f = lambda a, how=how: np.sum(np.einsum("ij,kj,kl->il", a, a, a, optimize=how) ** 2)
        close(ag.grad(f)(a), ag.grad(lambda a: np.sum((a @ a.T @ a) ** 2))(a))
        close(ag.hessian(f)(a), ag.hessian(lambda a: np.sum((a @ a.T @ a) ** 2))(a))


def test_the_shifts_undo_each_other():
    for n in (1, 4, 5):
        t = ag.Tensor(np.arange(float(n)))
        close(np.fft.ifftshift(np.fft.fftshift(t)), t)


# --- einsum: what NumPy refuses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("subscripts", "n"), [("ij,jk->", 1), ("ij,jk", 1), ("ij->ji", 2), ("ij", 3)])
def test_einsum_with_another_number_of_operands(subscripts, n):
    with pytest.raises(ag.errors.ShapeError, match=f"einsum: .* operands, but got {n}"):
        np.einsum(subscripts, *[A] * n)


@pytest.mark.parametrize("subscripts", ["...->", "...j->j", "i...->i"])
def test_einsum_that_drops_an_ellipsis(subscripts):
    with pytest.raises(ag.errors.ShapeError, match=r"einsum: .*'->\.\.\."):
        np.einsum(subscripts, A)


def test_einsum_may_drop_an_ellipsis_of_no_axes():
    close(np.einsum("...j->j", x).data, x.data)
    assert np.einsum("ij->...", A).data == 15.0
