"""Tables and columns of pandas as operands: the same as the arrays of their numbers, on either side."""

import operator

import numpy as np
import pandas as pd
import pytest

import autograd as ag
import nn

VALUES = np.array([[2.0, 0.5, 1.5], [1.25, 3.0, 0.75]])
OPERANDS = {
    "DataFrame": pd.DataFrame(VALUES, columns=list("abc"), index=["u", "v"]),
    "Series": pd.Series(VALUES[0], index=list("abc")),
    "Index": pd.Index(VALUES[0]),
    "integers": pd.Series([1, 2, 3]),
    "a nullable dtype": pd.Series([1.0, 2.0, 3.0], dtype="float64"),
    "booleans": pd.Series([True, True, True]),
}
FUNCTIONS = {
    f.__name__: f
    for f in (
        *(operator.add, operator.sub, operator.mul, operator.truediv, operator.pow),
        *(np.add, np.subtract, np.multiply, np.divide, np.maximum, np.hypot, np.arctan2, np.logaddexp),
        *(np.outer, np.kron),
    )
}


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", OPERANDS)
def test_an_operand_of_pandas_is_the_array_of_its_numbers(name, function, flipped):
    f, other = FUNCTIONS[function], OPERANDS[name]

    def run(operand):
        t = ag.Tensor(VALUES + 1)
        out = f(operand, t) if flipped else f(t, operand)
        np.sum(out).backward()
        return out, t.grad

    (out, grad), (plain, expected) = run(other), run(np.asarray(other))
    assert type(out) is ag.Tensor
    np.testing.assert_array_equal(out.data, plain.data)
    np.testing.assert_array_equal(grad, expected)


@pytest.mark.parametrize("compare", [operator.lt, operator.ge, operator.eq, operator.ne, np.greater, np.less_equal])
@pytest.mark.parametrize("name", OPERANDS)
def test_a_comparison_is_an_array_of_booleans(name, compare):
    t, other = ag.Tensor(VALUES), OPERANDS[name]
    for out, plain in (
        (compare(t, other), compare(VALUES, np.asarray(other))),
        (compare(other, t), compare(np.asarray(other), VALUES)),
    ):
        assert type(out) is np.ndarray
        np.testing.assert_array_equal(out, plain)


def test_tables_in_matrix_products_conditions_indices_and_joins():
    t, df = ag.Tensor(np.ones((3, 2))), OPERANDS["DataFrame"]
    for out, plain in (
        (t @ df, t @ VALUES),
        (np.dot(df, t), np.dot(VALUES, t)),
        (np.where(df > 1, t.T, df), np.where(VALUES > 1, t.T, VALUES)),
        (np.concatenate([df, t.T]), np.concatenate([VALUES, t.T])),
        (t[pd.Series([2, 0])], t[np.array([2, 0])]),
        (t[pd.Series([True, False, True])], t[np.array([True, False, True])]),
        (np.take(t, pd.Series([2, 0]), axis=0), np.take(t, np.array([2, 0]), axis=0)),
    ):
        assert type(out) is ag.Tensor
        np.testing.assert_array_equal(out.data, plain.data)
        np.sum(out * out).backward()
    with pytest.raises(ag.ConversionError, match=r"df\.to_numpy\(\)"):
        df @ t


@pytest.mark.parametrize("table", [pd.Series(["a", "b", "c"]), pd.Series(list("abc"), dtype="category"),
                                   pd.DataFrame({"a": [1.0], "b": ["x"]}),
                                   pd.Series([1j]), pd.to_datetime(pd.Series(["2020-01-01"]))], ids=str)  # fmt: skip
def test_what_is_not_numbers_is_refused_with_the_fix(table):
    for f in (
        lambda: ag.Tensor([1.0]) * table,
        lambda: table * ag.Tensor([1.0]),
        lambda: np.add(ag.Tensor(1.0), table),
    ):
        with pytest.raises(ag.DtypeError, match=r"must hold real numbers, but got .*df\.to_numpy\(float\)"):
            f()


def test_layers_losses_and_fit_take_tables_as_they_take_arrays():
    X, Y = np.arange(8.0).reshape(2, 4) / 8, np.array([[0.0, 1.0, 0.0, 1.0]])
    df, target = pd.DataFrame(X), pd.DataFrame(Y)

    def made():
        return nn.Sequential(nn.Linear(2, 3, seed=0), nn.Tanh(), nn.Linear(3, 1, seed=1), nn.Sigmoid())

    assert np.array_equal(made()(df).data, made()(X).data)
    assert np.array_equal(made()[0](df).data, made()[0](X).data)
    for loss in ("binary_cross_entropy", "mse", "squared_error", "binary_cross_entropy_logits"):
        f = nn.losses.find(loss)
        assert f(made()(df), target).data == f(made()(X), Y).data
    with pytest.raises(ag.ShapeError, match=r"reshape\(1, -1\)"):
        nn.losses.mse(made()(df), pd.Series(Y[0]))
    with pytest.raises(ag.ShapeError, match="one row per sample"):
        made()(df.T)
    costs = []
    for x, y in ((X, Y), (df.T, target.T)):  # as data, a table has its samples in rows
        m = made()
        o = nn.optim.SGD(m.parameters(), lr=0.5)
        costs.append(nn.fit(m, x, y, loss="mse", optimizer=o, epochs=3, progress=False, validation=(x, y)).cost)
    assert costs[0] == costs[1]
    assert nn.accuracy(pd.DataFrame(Y), target) == 1.0
    x, y = nn.data.from_rows(df.T, pd.Series(Y[0]))
    assert np.array_equal(x, X) and np.array_equal(y, Y)
    assert np.array_equal(nn.data.one_hot(pd.Series([1, 0]), 2), [[0, 1], [1, 0]])
    assert np.array_equal(nn.data.standardize(df.T), nn.data.standardize(X))


def test_derivatives_take_tables_as_arguments():
    s = OPERANDS["Series"]
    assert np.array_equal(ag.grad(lambda x: np.sum(x * x * s))(s), 2 * VALUES[0] ** 2)
