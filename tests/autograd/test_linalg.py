"""np.linalg beyond its cases: singular matrices, ties, symmetric matrices, results with names, what is refused."""

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import close, difference, generator

SYMMETRIC = np.array([[2.0, 0.5, -0.3], [0.5, 1.0, 0.2], [-0.3, 0.2, 4.0]])


def drawn(*shape):
    return generator(str(shape)).normal(size=shape)


# --- singular matrices ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "expected"),
    [
        ([[1.0, 2.0], [2.0, 4.0]], [[4, -2], [-2, 1]]),
        ([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]], [[-3, 6, -3], [6, -12, 6], [-3, 6, -3]]),
        (np.diag([2.0, 3.0, 0.0]), np.diag([0, 0, 6])),
        (np.diag([2.0, 0.0, 0.0]), np.zeros((3, 3))),
        ([[0.0]], [[1]]),
    ],
    ids=["2x2", "3x3", "diagonal", "rank 1", "1x1"],
)
def test_det_of_a_singular_matrix_has_the_cofactors(a, expected):
    close(ag.grad(np.linalg.det)(np.array(a)), expected, atol=1e-12)


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_the_hessian_of_det_is_right_at_every_rank(rank):
    a = drawn(3, rank) @ drawn(rank, 3)

    def det(a):  # Leibniz, without a division
        return np.sum(a[0] * np.stack([a[1, i] * a[2, j] - a[1, j] * a[2, i] for i, j in [(1, 2), (2, 0), (0, 1)]]))

    close(ag.hessian(np.linalg.det)(a), ag.hessian(det)(a), atol=1e-10)


def test_slogdet_is_finite_where_det_is_not():
    a = 1e-5 * SYMMETRIC[None].repeat(2, 0)
    big = np.eye(400) * 10.0
    close(ag.grad(lambda a: np.sum(np.linalg.slogdet(a).logabsdet))(a), np.linalg.inv(a))
    close(ag.grad(lambda a: np.linalg.slogdet(a)[1])(big), np.eye(400) / 10)


def test_singular_matrices_are_numpys_error():
    for f in (np.linalg.inv, lambda a: np.linalg.solve(a, np.ones(2))):
        with pytest.raises(np.linalg.LinAlgError, match="Singular"):
            f(ag.Tensor(np.ones((2, 2))))
    with pytest.raises(np.linalg.LinAlgError):
        ag.grad(lambda a: np.linalg.slogdet(a)[1])(np.ones((2, 2)))


def test_pinv_and_lstsq_of_lower_rank():
    """By directions in which the rank stays the same."""
    u, v, du, dv = drawn(4, 2), drawn(2, 3), drawn(4, 2) + 1, drawn(2, 3) + 1
    for f in (np.linalg.pinv, lambda a: np.linalg.lstsq(a, np.arange(4.0))[0]):

        def along(e, f=f):
            return f((u + e * du) @ (v + e * dv))

        close(ag.jvp(along, (0.0,), (1.0,))[1], difference(along), rtol=1e-7, atol=1e-8)


# --- symmetric matrices --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.sum(np.linalg.cholesky(a)),
        lambda a: np.sum(np.linalg.eigvalsh(a) ** 2),
        lambda a: np.sum(np.linalg.eigh(a)[0] * np.array([1.0, 2.0, 5.0])),
        lambda a: np.sum(np.linalg.eigh(a).eigenvectors[0] ** 2 * np.array([1.0, 2.0, 5.0])),
    ],
)
def test_only_one_triangle_is_read(f):
    """The gradient stands where NumPy reads. Summed with its mirror image it is that by the symmetric matrix."""
    g = ag.grad(f)(SYMMETRIC)
    assert np.all(np.triu(g, 1) == 0)
    b = drawn(3, 3)
    tangent = b + b.T
    close(np.sum(g * tangent), difference(lambda e: f(SYMMETRIC + e * tangent)), rtol=1e-8)


def test_a_function_of_a_matrix_through_its_eigenvalues():
    """tr(A³) by eigenvalues: 3 A², and its second derivative."""

    def cube(a):
        w, v = np.linalg.eigh((a + a.T) / 2)
        return np.sum(((v * w**3) @ v.T) * np.arange(9.0).reshape(3, 3))

    def directly(a):
        s = (a + a.T) / 2
        return np.sum((s @ s @ s) * np.arange(9.0).reshape(3, 3))

    close(ag.grad(cube)(SYMMETRIC), ag.grad(directly)(SYMMETRIC))
    close(ag.hessian(cube)(SYMMETRIC), ag.hessian(directly)(SYMMETRIC), atol=1e-8)


# --- ties ----------------------------------------------------------------------------------------------------------


def test_values_that_tie_have_a_gradient():
    weights = np.array([1.0, 1.0, 3.0])
    a = np.diag([2.0, 2.0, 5.0])
    close(ag.grad(lambda a: np.sum(np.linalg.eigvalsh(a) * weights))(a), np.diag(weights))
    close(ag.grad(lambda a: np.sum(np.linalg.eigh(a)[0]))(np.eye(3)), np.eye(3))
    close(ag.grad(lambda a: np.linalg.norm(a, "nuc"))(np.eye(3)), np.eye(3))
    close(ag.grad(lambda a: np.sum(np.linalg.svd(a)[1]))(np.eye(3)), np.eye(3))
    close(ag.grad(lambda a: np.linalg.norm(a, 2))(np.diag([3.0, 1.0, 1.0])), np.diag([1.0, 0, 0]))


def test_a_vector_that_does_not_tie_has_a_gradient():
    a = np.diag([2.0, 2.0, 5.0])
    g = ag.grad(lambda a: np.linalg.eigh((a + a.T) / 2).eigenvectors[:, 2] @ np.array([1.0, 2.0, 3.0]))(a)
    assert np.isfinite(g).all()
    close(np.abs(g), np.array([[0, 0, 1], [0, 0, 2], [1, 2, 0]]) / 6, atol=1e-12)


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.linalg.eigh(a)[1] @ np.array([1.0, 2.0, 3.0]),
        lambda a: np.linalg.svd(a)[0] @ np.array([1.0, 2.0, 3.0]),
        lambda a: np.linalg.svd(a).Vh @ np.array([1.0, 2.0, 3.0]),
    ],
)
def test_vectors_that_tie_have_none(f):
    a, tangent = np.diag([2.0, 2.0, 5.0]), np.arange(9.0).reshape(3, 3)
    with pytest.raises(ag.DataError, match=r"are equal.*any basis.*eigvalsh"):
        ag.grad(lambda a: np.sum(f(a) ** 3))(a)
    with pytest.raises(ag.DataError, match="are equal"):
        ag.jvp(f, (a,), (tangent,))


def test_singular_value_zero():
    a = np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    close(ag.grad(lambda a: np.linalg.norm(a, 2))(a), a)
    with pytest.raises(ag.DataError, match="singular value is 0"):
        ag.grad(lambda a: np.sum(np.linalg.svd(a, full_matrices=False).U * drawn(3, 2)))(a)


# --- norms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [None, 1, 2, 3, 1.5, np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradient_of_a_norm_at_zero_is_zero(order, dtype):
    g = ag.grad(lambda x: np.linalg.norm(x, order))(np.zeros(3, dtype))
    assert g.dtype == dtype
    assert g.tolist() == [0, 0, 0]


def test_norms_of_rows_of_which_one_is_zero():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    close(ag.grad(lambda x: np.sum(np.linalg.norm(x, axis=1)))(x), [[0.6, 0.8], [0, 0]])
    close(ag.grad(lambda x: np.linalg.norm(x))(0.0), 0.0)
    assert ag.grad(lambda x: np.linalg.norm(x))(-2.0) == -1


def test_norms_by_entries_that_tie_or_are_zero():
    x = np.array([2.0, -2.0, 0.0])
    close(ag.grad(lambda x: np.linalg.norm(x, np.inf))(x), [0.5, -0.5, 0])
    close(ag.grad(lambda x: np.linalg.norm(x, 1))(x), [1, -1, 0])
    close(ag.grad(lambda x: np.linalg.norm(x, 0))(x), [0, 0, 0])
    close(ag.hessian(np.linalg.norm)(x)[2, 2], 1 / np.sqrt(8))


@pytest.mark.parametrize("bad", [{"ord": "fro"}, {"ord": 2, "axis": (0, 1, 2)}, {"ord": 3, "axis": (0, 1)}])
def test_norms_that_numpy_has_not(bad):
    x = np.ones((2, 2, 2))
    for value in (x, ag.Tensor(x)):
        with pytest.raises(ValueError, match=r"norm|dimension"):
            np.linalg.norm(value, **bad)


# --- results -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["slogdet", "eigh", "svd", "qr"])
def test_results_have_their_names(name):
    f = getattr(np.linalg, name)
    found, expected = f(ag.Tensor(SYMMETRIC)), f(SYMMETRIC)
    assert type(found) is type(expected)
    for field in expected._fields:
        assert isinstance(getattr(found, field), ag.Tensor)
        close(getattr(found, field), getattr(expected, field))


def test_lstsq_gives_what_numpy_gives():
    for shape in [(4, 2), (2, 3), (3, 3)]:
        a, b = drawn(*shape), drawn(shape[0], 2)
        x, residuals, rank, s = np.linalg.lstsq(ag.Tensor(a), b)
        expected = np.linalg.lstsq(a, b)
        for one, other in zip((x, residuals, s), (expected[0], expected[1], expected[3]), strict=True):
            close(one, other)
        assert rank == expected[2]


def test_constants_and_lists_as_the_other_operand():
    x = ag.Tensor(np.ones(2))
    a = [[2.0, 0.0], [0.0, 4.0]]
    close(np.linalg.solve(a, x), [0.5, 0.25])
    close(np.linalg.lstsq(a, x)[0], [0.5, 0.25])
    close(np.linalg.lstsq(ag.Tensor(a), [1.0, 1.0])[0], [0.5, 0.25])
    close(np.linalg.multi_dot([a, a, x]), [4, 16])


def test_powers_of_what_has_none():
    with pytest.raises(TypeError, match="integer"):
        np.linalg.matrix_power(ag.Tensor(np.eye(2)), 2.5)
    for n in (0, 1, 2):
        with pytest.raises(ag.ShapeError, match=r"square.*\(2, 3\)"):
            np.linalg.matrix_power(ag.Tensor(np.ones((2, 3))), n)


# --- refused -------------------------------------------------------------------------------------------------------

A = ag.Tensor(np.arange(6.0).reshape(3, 2), name="A")
REFUSED = {
    "eig": (lambda: np.linalg.eig(A), [".eig ", "complex", "np.linalg.eigh"]),
    "eigvals": (lambda: np.linalg.eigvals(A), [".eigvals ", "np.linalg.eigvalsh"]),
    "full svd": (lambda: np.linalg.svd(A), ["3 by 2", "full_matrices=False"]),
    "hermitian svd": (lambda: np.linalg.svd(A, hermitian=True), ["np.linalg.eigh"]),
    "hermitian pinv": (lambda: np.linalg.pinv(A, hermitian=True), ["pinv", "hermitian"]),
    "complete qr": (lambda: np.linalg.qr(A, "complete"), ["'complete'", "3 by 2", "'reduced'"]),
    "raw qr": (lambda: np.linalg.qr(A, "raw"), ["'raw'", "'reduced'"]),
    "out": (lambda: np.linalg.multi_dot([A.T, A], out=np.ones((2, 2))), ["multi_dot", "out"]),
    "dtype": (lambda: np.linalg.trace(A, dtype=float), ["trace", "dtype"]),
    "fft": (lambda: np.fft.rfft(A), [".rfft ", "complex", "np.cos", "np.convolve", "t.data"]),
    "irfft": (lambda: np.fft.irfft(A), [".irfft ", "complex"]),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_words(what):
    call, words = REFUSED[what]
    with pytest.raises(ag.Unsupported) as error:
        call()
    for word in words:
        assert word in str(error.value)


# --- NumPy's own error -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "a"),
    [
        (np.linalg.inv, np.ones((2, 2))),
        (np.linalg.cholesky, -np.eye(2)),
        (lambda a: np.linalg.solve(a, np.ones(2)), np.ones((2, 2))),
    ],
    ids=["inv", "cholesky", "solve"],
)
def test_a_matrix_that_will_not_do_is_a_linalg_error(f, a):
    for operand in (a, ag.Tensor(a)):
        with pytest.raises(np.linalg.LinAlgError):
            f(operand)
