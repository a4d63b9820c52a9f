"""Tensor.graph(): a recorded graph as a table that a person can read."""

import numpy as np
import pytest

import autograd as ag


def test_one_row_for_each_operation_oldest_first():
    W, X = ag.Tensor(np.ones((2, 3)), name="W"), np.ones((3, 4))
    b = ag.Tensor(np.ones((2, 1), np.float32), name="b")
    Z = W @ X + b
    Z.name = "Z"
    J = np.mean(np.tanh(Z)[0, ..., 1:3], axis=0)
    assert str(J.graph()).splitlines() == [
        "#  name  shape   dtype    operation",
        "0  W     (2, 3)  float64  leaf",
        "1  b     (2, 1)  float32  leaf",
        "2        (2, 4)  float64  matmul(W, X)",
        "3  Z     (2, 4)  float64  add(#2, b)",
        "4        (2, 4)  float64  tanh(Z)",
        "5        (2,)    float64  getitem(#4, index=(0, ..., 1:3))",
        "6  J     ()      float64  mean(#5, axis=0)",
    ]
    assert repr(J.graph()) == str(J.graph())
    assert len(J.graph()) == len(J.graph().nodes) == 7 and J.graph().nodes[-1] is J.node


def test_operands_without_gradient():
    x, c = ag.Tensor(2.0, name="x"), ag.Tensor(3.0, name="c", requires_grad=False)
    data = np.ones(4)
    ag.names.given({"data": data})
    for y, text in [
        (x * c, "multiply(x, c)"),
        (x * ag.Tensor(3.0, requires_grad=False), "multiply(x, 3)"),
        (x / np.array(0.25), "divide(x, 0.25)"),
        (2 * x, "multiply(2, x)"),
        (x * data, "multiply(x, data)"),
        (x * (data + 1), "multiply(x, array (4,))"),
        (np.where(True, x, 0), "where(True, x, 0)"),
    ]:
        assert str(y.graph()).endswith(text)


def test_parameters():
    x = ag.Tensor(np.ones((3, 4)), name="x")
    for y, text in [
        (x[::2, None], "getitem(x, index=(::2, None))"),
        (x[[0, 1]], "getitem(x, index=array (2,))"),
        (x[1:], "getitem(x, index=1:)"),
        (np.sum(x, (0, 1), keepdims=True), "sum(x, axis=(0, 1), keepdims=True)"),
        (np.squeeze(np.sum(x, 0, keepdims=True), (0,)), "axis=(0,))"),
        (np.round(x, np.int64(2)), "round(x, decimals=2)"),
        (ag.rules.scatter(x, np.s_[:3], (5, 4)), "scatter(x, index=:3, shape=(5, 4))"),
    ]:
        assert str(y.graph()).endswith(text)


def test_a_name_that_several_have_comes_with_the_number():
    a, b = ag.Tensor(1.0, name="x"), ag.Tensor(2.0, name="x")
    assert str((a * b).graph()).endswith("multiply(x#0, x#1)")


def test_lines_where_they_were_recorded():
    x = ag.Tensor(1.0)
    with ag.record_lines():
        y = x * 2
    head, _, row, last = str((y * y).graph()).splitlines()
    assert head.endswith("line") and "  test_listing.py:" in row and last.endswith(")")


def test_a_long_graph_is_cut_in_the_middle():
    x = ag.Tensor(1.0, name="x")
    for _ in range(50_000):
        x = x * 1.0
    lines = str(x.graph()).splitlines()
    assert len(lines) == 62
    assert lines[1].endswith("leaf") and lines[-1].startswith("50000 ")
    assert lines[31] == "… 49941 more …"


def test_many_operands_are_cut_in_the_middle():
    x = ag.Tensor(np.ones(2), name="x")
    assert "concatenate(x, x, x, x, … 92 more …, x, x, x, x, axis=0)" in str(np.concatenate([x] * 100).graph())


def test_a_leaf_has_a_table_of_one_row_and_a_constant_has_none():
    assert len(ag.Tensor(1.0).graph()) == 1
    with pytest.raises(ag.GraphError, match=r"c has no graph: everything .* constant"):
        ag.Tensor(1.0, name="c", requires_grad=False).graph()
