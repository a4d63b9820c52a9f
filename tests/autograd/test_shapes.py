"""Shapes, joining and diagonals: the ends of the range, what is refused, and that the adjoints are cheap."""

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import COMPOSITES, OPS
from autograd.read import rule_formula
from tests.autograd.helpers import bits, close

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
T = ag.Tensor(A, name="T")
S = ag.Tensor(2.5, name="S")


def gradient(f, x):
    """The gradient of the sum of f, weighted so that each entry of the result counts by itself."""
    t = ag.Tensor(x)
    out = f(t)
    out.backward(1 + np.arange(float(out.size)).reshape(out.shape))
    return t.grad


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_what_is_repeated_is_summed():
    x = np.array([1.0, 2.0])
    assert gradient(lambda t: np.tile(t, 2), x).tolist() == [1 + 3, 2 + 4]
    assert gradient(lambda t: np.repeat(t, 2), x).tolist() == [1 + 2, 3 + 4]
    assert gradient(lambda t: np.repeat(t, [2, 0]), x).tolist() == [1 + 2, 0]
    assert gradient(lambda t: np.resize(t, 3), x).tolist() == [1 + 3, 2]
    assert gradient(lambda t: np.pad(t, 1, mode="edge"), x).tolist() == [1 + 2, 3 + 4]
    assert gradient(lambda t: np.pad(t, 1), x).tolist() == [2, 3]
    assert gradient(lambda t: np.pad(t, 1, constant_values=np.inf), x).tolist() == [2, 3]


def test_what_is_left_out_receives_nothing():
    x = np.array([1.0, 2.0, 3.0])
    assert gradient(lambda t: np.delete(t, 1), x).tolist() == [1, 0, 2]
    assert gradient(lambda t: np.split(t, [1])[1], x).tolist() == [0, 1, 2]
    assert gradient(np.tril, A).tolist() == [[1, 0, 0], [4, 5, 0]]
    assert gradient(lambda t: np.diagonal(t), A).tolist() == [[1, 0, 0], [0, 2, 0]]
    assert gradient(np.trace, A).tolist() == [[1, 0, 0], [0, 1, 0]]


def test_what_moves_moves_back():
    x = np.array([1.0, 2.0, 3.0])
    assert gradient(lambda t: np.roll(t, 1), x).tolist() == [2, 3, 1]
    assert gradient(np.flip, x).tolist() == [3, 2, 1]
    assert gradient(np.rot90, A).tolist() == [[5, 3, 1], [6, 4, 2]]
    assert gradient(lambda t: np.ravel(t, order="F"), A).tolist() == [[1, 3, 5], [2, 4, 6]]
    assert gradient(np.diagflat, np.ones(2)).tolist() == [1, 4]


def test_entries_that_are_not_finite_do_not_spread():
    """A mask that multiplies would make nan of 0·∞."""
    x = np.array([[1.0, np.inf], [np.nan, 2.0]])
    np.testing.assert_array_equal(np.triu(ag.Tensor(x)).data, np.triu(x))
    np.testing.assert_array_equal(np.tril(ag.Tensor(x)).data, np.tril(x))
    np.testing.assert_array_equal(np.pad(ag.Tensor(x), 1).data, np.pad(x, 1))
    np.testing.assert_array_equal(np.pad(ag.Tensor(x), 1, constant_values=-np.inf).data[0], [-np.inf] * 4)


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp"])
@pytest.mark.parametrize("width", [{0: 1}, {-1: (2, 1)}, {1: (0, 2), -2: 1}, {1: 2, -1: 1}, {}, (1, 2), ((1,), (2,))])
def test_widths_of_padding_are_numpys(mode, width):
    """Also by axis, where an axis may be counted from the end, and the last mention of it counts."""
    pairs = width
    if isinstance(width, dict):  # which NumPy itself takes since 2.4
        by_axis = {axis % 2: np.broadcast_to(pair, 2).tolist() for axis, pair in width.items()}
        pairs = [by_axis.get(axis, (0, 0)) for axis in range(2)]
    np.testing.assert_allclose(np.pad(ag.Tensor(A), width, mode).data, np.pad(A, pairs, mode), rtol=1e-15)


# --- several results, and constants among the operands ---------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.split(x, 3, axis=1),
        lambda x: np.array_split(x, [1], axis=0),
        lambda x: np.hsplit(x, [1, 2]),
        lambda x: np.vsplit(x, 2),
        lambda x: np.dsplit(x[None], 3),
        lambda x: np.broadcast_arrays(x, np.ones((4, 1, 1))),
        lambda x: np.meshgrid(x[0], x[1], [7, 8]),
        lambda x: np.meshgrid(x[0], sparse=True),
        lambda x: np.atleast_2d(x, 3.0),
        lambda x: np.unstack(x) if hasattr(np, "unstack") else tuple(x),
        lambda x: tuple(x),
        lambda x: tuple(np.unstack(x, axis=-1)) if hasattr(np, "unstack") else tuple(x.T),
    ],
)
def test_several_results_come_as_numpy_gives_them(f):
    found, expected = f(T), f(A)
    assert type(found) is type(expected)
    assert [np.shape(x) for x in found] == [np.shape(x) for x in expected]
    for x, y in zip(found, expected, strict=True):
        close(x if isinstance(x, ag.Tensor) else np.asarray(x), y)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda t: np.vstack([t, [7, 8, 9]]), np.vstack([A, [7, 8, 9]])),
        (lambda t: np.hstack(([[1], [2]], t)), np.hstack(([[1], [2]], A))),
        (lambda t: np.column_stack([[1, 2], t]), np.column_stack([[1, 2], A])),
        (
            lambda t: np.block([[t], [np.zeros(3)]]),
            np.vstack([A, np.zeros(3)]),
        ),
        (lambda t: np.block([t[0], 7]), [1, 2, 3, 7]),
        (lambda t: np.append(t, 7), [1, 2, 3, 4, 5, 6, 7]),
        (lambda t: np.append([7], t), [7, 1, 2, 3, 4, 5, 6]),
        (lambda t: np.insert(t[0], 1, 9), [1, 9, 2, 3]),
        (lambda t: np.insert(np.array([1.0, 2.0]), 1, t[0, 2]), [1, 3, 2]),
        (lambda t: np.insert([1, 2], [0, 2], t[0, :2], axis=0), [1, 1, 2, 2]),
        (lambda t: np.concat([t, t]), np.concatenate([A, A])),
        (lambda t: np.permute_dims(t, (1, 0)), A.T),
        (lambda t: np.stack(list(t)), A),
        (lambda t: np.stack(t), A),
        (lambda t: np.concatenate(t), A.ravel()),
        (lambda t: np.concatenate([t, [1.0]], axis=None), [1, 2, 3, 4, 5, 6, 1]),
        (lambda t: np.rot90(t, 4), A),
    ],
)
def test_with_constants_among_the_operands(f, expected):
    out = f(ag.Tensor(A))
    assert isinstance(out, ag.Tensor) and out.requires_grad
    close(out, np.asarray(expected, float))


def test_an_insertion_keeps_the_precision_of_the_array():
    x = A.astype("f4")[0]
    out = np.insert(ag.Tensor(x), 1, ag.Tensor([0.5, 1.5]))
    assert bits(out)[1:] == bits(np.insert(x, 1, [0.5, 1.5]))[1:]


def test_a_tensor_with_an_axis_more_or_less_keeps_its_name_apart():
    """rot90 by nothing and copy are results of their own: naming them does not name the operand."""
    for f in (np.copy, lambda t: np.rot90(t, 0), lambda t: np.pad(t, 1)):
        t = ag.Tensor(2.0 if f is np.copy else A, name="t")
        f(t).name = "other"
        assert t.name == "t"


def test_a_copy_shares_no_memory():
    assert not np.shares_memory(np.copy(T).data, A)
    assert ag.Tensor(2.5).copy().data == 2.5


# --- refusals --------------------------------------------------------------------------------------------------------

REFUSED = {
    "asarray": (lambda: np.asarray(T), ag.ConversionError, ["T", "t.data"]),
    "array": (lambda: np.array(T), ag.ConversionError, ["T", "t.data"]),
    "ascontiguousarray": (lambda: np.ascontiguousarray(T), ag.ConversionError, ["T", "t.data"]),
    "require": (lambda: np.require(T), ag.ConversionError, ["T", "t.data"]),
    "concatenate out": (lambda: np.concatenate([T, T], out=np.ones((4, 3))), ag.Unsupported, ["concatenate(out="]),
    "concatenate dtype": (lambda: np.concatenate([T, T], dtype="f4"), ag.Unsupported, ["dtype=", "t.astype"]),
    "concatenate casting": (lambda: np.concatenate([T, T], casting="no"), ag.Unsupported, ["casting="]),
    "stack out": (lambda: np.stack([T, T], out=np.ones((2, 2, 3))), ag.Unsupported, ["stack(out="]),
    "vstack dtype": (lambda: np.vstack([T, T], dtype="f4"), ag.Unsupported, ["vstack(dtype="]),
    "hstack casting": (lambda: np.hstack([T, T], casting="no"), ag.Unsupported, ["hstack(casting="]),
    "trace dtype": (lambda: np.trace(T, dtype="f4"), ag.Unsupported, ["trace", "dtype="]),
    "reshape A": (lambda: np.reshape(T, 6, order="A"), ag.Unsupported, ["order='A'", "order='F'"]),
    "ravel K": (lambda: np.ravel(T, order="K"), ag.Unsupported, ["order='K'"]),
    "reshape copy": (lambda: np.reshape(T, 6, copy=False), ag.Unsupported, ["copy=False"]),
    "pad mean": (lambda: np.pad(T, 1, mode="mean"), ag.Unsupported, ["'mean'", "linear_ramp", "np.concatenate"]),
    "pad odd": (lambda: np.pad(T, 1, mode="reflect", reflect_type="odd"), ag.Unsupported, ["reflect_type="]),
    "pad by a function": (lambda: np.pad(T, 1, lambda *_: None), ag.Unsupported, ["constant"]),
    "pad below zero": (lambda: np.pad(T, -1), ValueError, ["widths of at least 0", "-1"]),
    "ramp below zero": (lambda: np.pad(T, (0, -1), "linear_ramp"), ag.ShapeError, ["T (2, 3)", "widths of at least 0"]),
    "pad, axis": (lambda: np.pad(T, {2: 1}), IndexError, ["axis 2"]),
    "pad, axis counted from the end": (lambda: np.pad(T, {-3: 1}, "edge"), IndexError, ["axis -3"]),
    "pad of a number, axis": (lambda: np.pad(S, {0: 1}), IndexError, ["axis 0"]),
    "pad, an axis that is not an integer": (lambda: np.pad(T, {1.0: 1}), TypeError, ["float"]),
    "pad by a fraction": (lambda: np.pad(T, 0.5), TypeError, ["pad", "integers", "0.5"]),
    "pad by a fraction on an axis": (lambda: np.pad(T, {0: 0.5}), TypeError, ["pad", "integers", "0.5"]),
    "pad of a number, mode": (lambda: np.pad(S, 1, "odd"), ag.Unsupported, ["'odd'"]),
    "pad keyword": (lambda: np.pad(T, 1, stat_length=2), ValueError, ["stat_length"]),
    "pad, too many widths": (lambda: np.pad(T, ((1, 1),) * 3), ValueError, ["broadcast"]),
    "ramp from nothing": (lambda: np.pad(T[:0], 1, "linear_ramp"), ag.ShapeError, ["axis 0", "(0, 3)", "no edge"]),
    "split unequal": (lambda: np.split(T, 4, axis=1), ValueError, ["equal division"]),
    "split of a number": (lambda: np.split(S, 1), IndexError, ["axis 0"]),
    "insert, axis": (lambda: np.insert(T, 0, 1.0, axis=2), IndexError, ["axis 2"]),
    "delete, axis": (lambda: np.delete(T, 0, axis=-3), IndexError, ["axis -3"]),
    "repeat, axis": (lambda: np.repeat(T, 2, axis=2), IndexError, ["axis 2"]),
    "moveaxis, axis": (lambda: np.moveaxis(T, 0, 2), IndexError, ["2"]),
    "vsplit of a vector": (lambda: np.vsplit(T[0], 1), ag.ShapeError, ["vsplit", "(3,)"]),
    "dsplit of a matrix": (lambda: np.dsplit(T, 1), ag.ShapeError, ["dsplit", "(2, 3)"]),
    "block, uneven": (lambda: np.block([[T], T]), ag.ShapeError, ["[2, 1]"]),
    "block of a tuple": (lambda: np.block([T, (T,)]), ag.Unsupported, ["tuple"]),
    "block of nothing": (lambda: np.block([[T], []]), ag.ShapeError, ["empty"]),
    "vstack of unequal": (lambda: np.vstack([T, np.ones(2)]), ag.ShapeError, ["T (2, 3)"]),
    "insert too far": (lambda: np.insert(T, 7, 0.0, axis=0), IndexError, ["out of bounds"]),
    "delete too far": (lambda: np.delete(T, 7, axis=0), IndexError, ["out of bounds"]),
    "diag of three axes": (lambda: np.diag(T[None]), ag.ShapeError, ["(1, 2, 3)"]),
    "meshgrid indexing": (lambda: np.meshgrid(T[0], indexing="yx"), ValueError, ["indexing"]),
    "rot90 one axis": (lambda: np.rot90(T, 1, (0, 0)), ValueError, ["different"]),
    "fliplr of a vector": (lambda: np.fliplr(T[0]), (ValueError, IndexError), ["axis 1"]),
    "broadcast_arrays": (lambda: np.broadcast_arrays(T, np.ones(2)), ValueError, ["broadcast"]),
    "resize below zero": (lambda: np.resize(T, -1), ValueError, ["negative"]),
    "fill_diagonal": (lambda: np.fill_diagonal(T, 0.0), ag.Unsupported, ["fill_diagonal", "np.where"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_words(name):
    attempt, error, words = REFUSED[name]
    with pytest.raises(error) as caught:
        attempt()
    missing = [w for w in words if w not in str(caught.value)]
    assert not missing, str(caught.value)


# --- composites are made of rows -------------------------------------------------------------------------------------


def test_a_derivative_of_any_order_passes_through():
    """Cubes behind a chain of moves: the third derivative is 6 for each entry, wherever it went."""

    def f(x):
        y = np.roll(np.flip(np.pad(x, 1)), 2)
        y = np.concatenate([np.ravel(part) for part in np.array_split(np.insert(y, 2, 0.0), 3)])
        return np.trace(np.diag(y**3)) + np.sum(np.tril(np.outer(x, x)) * 0.0)

    third = ag.jacobian(ag.hessian(f))(np.array([1.0, -2.0]))
    expected = np.zeros((2, 2, 2))
    expected[0, 0, 0] = expected[1, 1, 1] = 6
    close(third, expected)


@pytest.mark.parametrize("name", ["ravel", "moveaxis", "tile", "pad", "insert", "diag", "trace", "meshgrid", "block"])
def test_what_can_be_composed_has_no_rule_of_its_own(name):
    assert getattr(np, name) in COMPOSITES and getattr(np, name) not in OPS


@pytest.mark.parametrize(
    ("f", "formula"),
    [
        (np.flip, r"\operatorname{flip}(dQ)"),
        (lambda t: np.roll(t, 1), r"\operatorname{roll}(dQ)"),
        (np.tril, r"\operatorname{tril}(dQ)"),
        (lambda t: np.pad(t, 1), "dQ[1:3, 1:4]"),
        (lambda t: np.concatenate([t, t]), "dQ[0:2]"),
        (lambda t: np.reshape(t, 6, order="F"), "dQ"),
        (np.copy, "dQ"),
    ],
)
def test_rules_can_be_read(f, formula):
    out = f(T)
    out.name = "Q"
    assert rule_formula(out.node, 0) == formula
