"""Convolution, pooling, embedding and normalization beyond the table: ties, padding, wrong shapes, PyTorch."""

import numpy as np
import pytest

import autograd as ag
from autograd import rules as C
from autograd.rules.normalization import normalize
from tests.autograd.cases import convolution as loops
from tests.autograd.helpers import close, generator


def image(rows):
    """One channel, one sample."""
    return np.array(rows, float)[None, :, :, None]


def flat(x):
    return np.asarray(x.data if isinstance(x, ag.Tensor) else x)[0, :, :, 0].tolist()


def draw(*shape):
    return generator(str(shape)).normal(size=shape)


# --- the three functions of convolution --------------------------------------------------------------------


@pytest.mark.parametrize("stride", [1, 2, (1, 3)])
@pytest.mark.parametrize("padding", [0, 2, (1, 0)])
def test_images_of_a_usual_size_against_loops(stride, padding):
    x, W = draw(3, 9, 8, 4), draw(5, 3, 3, 2)
    out = C.conv2d(x, W, stride, padding)
    close(out, loops.conv2d(x, W, stride, padding), rtol=1e-12)
    u = draw(*out.shape)
    gx, gW = ag.vjp(lambda x, W: C.conv2d(x, W, stride, padding), x, W)[1](u)
    close(gx, loops.conv2d_input(u, W, (9, 8), stride, padding), rtol=1e-12)
    close(gW, loops.conv2d_weights(u, x, (3, 2), stride, padding), rtol=1e-12)


def test_the_hessian_of_a_square_of_a_convolution():
    """⟨conv(x, W), conv(x, W)⟩ / 2 is quadratic in W: its Hessian is PᵀP, with the windows of x as rows of P."""
    x, W = draw(1, 4, 4, 2), draw(1, 1, 2, 2)
    P = C.patches(x, 2).reshape(4, -1)
    H = ag.hessian(lambda W: np.sum(C.conv2d(x, W) ** 2) / 2)(W)
    close(H.reshape(4, 4), P @ P.T)


def test_forward_over_reverse():
    x, W, v = draw(2, 4, 4, 2), draw(3, 2, 3, 3), draw(3, 2, 3, 3)
    f = lambda W: np.sum(np.tanh(C.max_pool2d(C.conv2d(x, W, padding=1), 2)))
    _, product = ag.hvp(f, (W,), (v,))
    close(product, ag.grad(lambda W: np.sum(ag.grad(f)(W) * v))(W))


def test_arrays_in_any_order_in_memory():
    x, W = draw(4, 5, 2, 3).transpose(2, 1, 0, 3), draw(2, 2, 3, 3)[::-1, :, ::-1]
    close(C.conv2d(x, W), loops.conv2d(x, W))


# --- pooling -------------------------------------------------------------------------------------------------


def test_entries_that_tie_share_equally_in_both_directions():
    x = image([[1, 1, 0, 0], [1, 0, 0, 0]])
    out, back = ag.vjp(lambda x: C.max_pool2d(x, 2), x)
    assert flat(out) == [[1, 0]]
    close(back(image([[3, 4]]))[0], image([[1, 1, 1, 1], [1, 0, 1, 1]]))
    v = image([[3, 6, 1, 2], [0, 9, 3, 2]])
    assert flat(ag.jvp(lambda x: C.max_pool2d(x, 2), (x,), (v,))[1]) == [[3, 2]]


def test_a_tie_has_the_second_derivative_of_its_shares():
    """max(x)² at a tie of two: the gradient is 2·max·½, and its derivative 2·½·½ for each pair."""
    H = ag.hessian(lambda x: np.sum(C.max_pool2d(x, (1, 2)) ** 2))(image([[3, 3]]))
    close(H.reshape(2, 2), [[0.5, 0.5], [0.5, 0.5]])


def test_an_entry_in_several_windows_collects_from_each():
    x = image([[0, 5, 0]])
    g = ag.grad(lambda x: np.sum(C.max_pool2d(x, (1, 2), stride=1)))(x)
    assert flat(g) == [[0, 2, 0]]


def test_padding_never_wins_but_counts_in_the_mean():
    x = image([[-1, -2], [-3, -4]])
    assert flat(C.max_pool2d(x, 2, padding=1)) == [[-1, -2], [-3, -4]]
    assert flat(C.average_pool2d(x, 2, padding=1)) == [[-0.25, -0.5], [-0.75, -1]]
    assert flat(C.max_pool2d(ag.Tensor(x), 2, padding=1)) == [[-1, -2], [-3, -4]]


# --- embedding -----------------------------------------------------------------------------------------------


def test_rows_that_are_looked_up_twice_receive_both():
    table = ag.Tensor(draw(3, 2))
    C.embedding(table, [2, 0, 2]).backward(np.array([[1.0, 2, 3], [10, 20, 30]]))
    assert table.grad.tolist() == [[2, 20], [0, 0], [4, 40]]


# --- normalizing ---------------------------------------------------------------------------------------------


def test_normalising_gives_mean_0_and_variance_1():
    out = normalize(1e6 + draw(4, 50), axis=1, eps=1e-12)
    close(np.mean(out, axis=1), np.zeros(4), atol=1e-9)
    close(np.var(out, axis=1), np.ones(4), rtol=1e-9)


def test_a_constant_stays_finite_to_second_order():
    x = np.full((3, 2), 7.0)
    assert not normalize(x, axis=0).any()
    for f in (ag.grad, ag.hessian):
        assert np.isfinite(f(lambda x: np.sum(normalize(x, axis=0) ** 3))(x)).all()


def test_normalising_is_the_composition_that_it_stands_for():
    x, u = draw(3, 4), draw(3, 4)

    def composed(x):
        centred = x - np.mean(x, axis=0, keepdims=True)
        return centred / np.sqrt(np.mean(centred**2, axis=0, keepdims=True) + 1e-5)

    found, expected = (ag.vjp(f, x)[1](u)[0] for f in (lambda x: normalize(x, axis=0), composed))
    close(found, expected)


# --- what does not fit, in words -------------------------------------------------------------------------------

X, W = np.ones((2, 4, 4, 3)), np.ones((5, 2, 3, 3))


@pytest.mark.parametrize("kind", [lambda x: x, ag.Tensor], ids=["arrays", "Tensors"])
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda t: C.conv2d(t(X[0]), W), r"\(channels, height, width, m\), the samples last, but got \(4, 4, 3\)"),
        (
            lambda t: C.conv2d(t(X), W[:, :1]),
            r"images of 2 channels must be \(c_out, 2, kh, kw\), but got \(5, 1, 3, 3\)",
        ),
        (lambda t: C.conv2d(t(X), W[0]), r"but got \(2, 3, 3\)"),
        (lambda t: C.conv2d(t(X[:, :2]), W), r"window of 3 × 3 is larger than the images, which are 2 × 4"),
        (
            lambda t: C.conv2d(t(X), W, stride=0),
            "stride= must be an integer of at least 1, or a pair of them, but got 0",
        ),
        (lambda t: C.conv2d(t(X), W, padding=-1), "padding= must be an integer of at least 0"),
        (lambda t: C.conv2d(t(X), W, padding="same"), "padding= .* got 'same'"),
        (lambda t: C.max_pool2d(t(X), 2, padding=2), "windows of size 2 × 2 would lie in the padding alone"),
        (lambda t: C.max_pool1d(t(X[:, 0, :1]), 2, padding=1, dilation=2), "size 2 would lie in the padding alone"),
        (lambda t: C.average_pool2d(t(X), 1.5), "size= must be an integer"),
        (lambda t: C.max_pool2d(t(X), 2, stride=(2, 0)), "stride= must be an integer of at least 1, or a pair of them"),
        (lambda t: C.conv1d(t(X), W), r"Sequences must be \(channels, length, m\)"),
        (lambda t: C.conv1d(t(X[:, 0]), W[:, :, 0], stride=(1, 2)), r"stride= must be an integer of at least 1, but"),
        (lambda t: C.conv2d(t(X), W, padding=((1, 2), (1, -1))), r"padding= must be \(before, after\) for each axis"),
        (lambda t: C.conv2d(t(X), W, groups=3), "groups= must be an integer that divides the 2 channels, but got 3"),
        (
            lambda t: C.conv2d(t(X), W, groups=2),
            r"of 2 channels in 2 groups must be \(c_out, 1, kh, kw\), but got \(5, 2, 3, 3\)",
        ),
        (lambda t: C.conv2d(t(X), W[:, :1], groups=2), "a number of channels out that 2 divides, but got 5"),
        (lambda t: C.embedding(t(X), [0]), r"A table of embeddings must be \(n, d\).*but got \(2, 4, 4, 3\)"),
    ],
)
def test_what_does_not_fit_is_said_in_words(call, words, kind):
    with pytest.raises(ag.ShapeError, match=words):
        call(kind)


def test_indices_are_whole_numbers_of_rows():
    table = ag.Tensor(np.ones((3, 2)))
    with pytest.raises(ag.DtypeError, match="integers, but got float64"):
        C.embedding(table, [0.0, 1.0])
    for wrong in ([3], [-1, 2]):
        with pytest.raises(ag.DataError, match="rows 0 to 2, but the indices run from"):
            C.embedding(table, wrong)


# --- PyTorch -------------------------------------------------------------------------------------------------


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")


def last_first(x):
    """The sample axis to where PyTorch has it."""
    return np.moveaxis(x, -1, 0)


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), ((1, 2), (2, 0))])
def test_convolution_is_pytorchs(torch, stride, padding):
    x, W = draw(3, 7, 8, 2), draw(4, 3, 3, 3)
    out, back = ag.vjp(lambda x, W: C.conv2d(x, W, stride, padding), x, W)
    tx, tW = (torch.tensor(a, requires_grad=True) for a in (last_first(x).copy(), W))
    other = torch.nn.functional.conv2d(tx, tW, stride=stride, padding=padding)
    close(last_first(out), other.detach().numpy())
    u = draw(*out.shape)
    other.backward(torch.tensor(last_first(u).copy()))
    gx, gW = back(u)
    close(last_first(gx), tx.grad.numpy())
    close(gW, tW.grad.numpy())


@pytest.mark.parametrize("name", ["max_pool2d", "average_pool2d"])
@pytest.mark.parametrize(("size", "stride", "padding"), [(2, None, 0), (3, 2, 1), ((2, 3), 1, 0)])
def test_pooling_is_pytorchs(torch, name, size, stride, padding):
    """Where nothing ties: there PyTorch gives all to the first."""
    x = draw(3, 7, 8, 2)
    out, back = ag.vjp(lambda x: getattr(C, name)(x, size, stride, padding), x)
    tx = torch.tensor(last_first(x).copy(), requires_grad=True)
    other = getattr(torch.nn.functional, name.replace("average", "avg"))(tx, size, stride, padding)
    close(last_first(out), other.detach().numpy())
    u = draw(*out.shape)
    other.backward(torch.tensor(last_first(u).copy()))
    close(last_first(back(u)[0]), tx.grad.numpy())


def test_layer_normalisation_is_pytorchs(torch):
    x, u = draw(5, 4), draw(5, 4)
    out, back = ag.vjp(lambda x: normalize(x, axis=0), x)
    tx = torch.tensor(x.T.copy(), requires_grad=True)
    other = torch.nn.functional.layer_norm(tx, (5,))
    other.backward(torch.tensor(u.T.copy()))
    close(out.T, other.detach().numpy())
    close(back(u)[0].T, tx.grad.numpy())
