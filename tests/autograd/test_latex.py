"""Formulas: what a rule says must come from the rule itself, and in the course's notation."""

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import OPS
from autograd.read import Naming, expression, forward_formula, number, rule, rule_formula, typeset, write
from autograd.read.notation import row_of


def made(name, *shape):
    data = np.linspace(0.2, 0.9, int(np.prod(shape))).reshape(shape) if shape else 0.4
    return ag.Tensor(data, name=name)


def result(tensor):
    tensor.name = "Q"
    return tensor.node


# operation, and the formula for each operand that receives a gradient
RULES = {
    "matmul": (lambda: made("W", 2, 3) @ made("X", 3, 4), [r"dQ\,X^{\mathsf{T}}", r"W^{\mathsf{T}}\,dQ"]),
    "matmul, vector": (
        lambda: made("W", 2, 3) @ made("x", 3),
        [r"dQ\,x^{\mathsf{T}}", r"W^{\mathsf{T}}\,dQ"],
    ),
    "tanh": (lambda: np.tanh(made("Z", 2, 3)), [r"dQ \ast (1 - Q^{2})"]),
    "sigmoid": (lambda: ag.sigmoid(made("Z", 2, 3)), [r"dQ \ast Q \ast (1 - Q)"]),
    "sigmoid, scalar": (lambda: ag.sigmoid(made("z")), [r"dQ\,Q\,(1 - Q)"]),
    "relu": (lambda: ag.relu(made("Z", 2, 3)), [r"dQ \ast \left[Q > 0\right]"]),
    "multiply": (lambda: made("A", 2, 3) * made("B", 2, 3), [r"dQ \ast B", r"dQ \ast A"]),
    "multiply, scalars": (lambda: made("w1") * made("x1"), [r"dQ\,x_{1}", r"dQ\,w_{1}"]),
    "multiply, broadcast": (lambda: made("a") * made("B", 2, 3), [r"\sum dQ \ast B", r"dQ\,a"]),
    "divide": (lambda: made("A", 2, 3) / made("B", 2, 3), [r"\frac{dQ}{B}", r"\frac{-dQ \ast Q}{B}"]),
    "add": (lambda: made("A", 2, 3) + made("B", 2, 3), ["dQ", "dQ"]),
    "add, broadcast": (lambda: made("A", 2, 3) + made("b", 2, 1), ["dQ", r"\sum_{\text{columns}} dQ"]),
    "add, broadcast row": (lambda: made("A", 2, 3) + made("b", 3), ["dQ", r"\sum_{\text{rows}} dQ"]),
    "subtract": (lambda: made("A", 2, 3) - made("b"), ["dQ", r"\sum (-dQ)"]),
    "sum": (lambda: np.sum(made("A", 2, 3), axis=1), ["dQ"]),
    "mean": (lambda: np.mean(made("A", 2, 3)), [r"\frac{dQ}{6}"]),
    "exp": (lambda: np.exp(made("A", 2, 3)), [r"dQ \ast Q"]),
    "log": (lambda: np.log(made("A", 2, 3)), [r"\frac{dQ}{A}"]),
    "power": (lambda: made("x") ** 3, [r"dQ \cdot 3\,x^{2}"]),
    "square": (lambda: np.square(made("A", 2, 3)), [r"dQ \ast 2\,A"]),
    "transpose": (lambda: made("A", 2, 3).T, [r"dQ^{\mathsf{T}}"]),
    "maximum": (
        lambda: np.maximum(made("A", 2), made("B", 2)),
        [
            r"dQ \ast (\left[A > B\right] + 0.5\,\left[A = B\right])",
            r"dQ \ast (\left[B > A\right] + 0.5\,\left[B = A\right])",
        ],
    ),
    "log_loss": (
        lambda: ag.log_loss(made("A", 2, 3), np.ones((2, 3))),
        [r"dQ \ast \left(-\frac{c_{1}}{A} + \frac{1 - c_{1}}{1 - A}\right)"],
    ),
    "softmax": (lambda: ag.softmax(made("Z", 2, 3)), [r"Q \ast \left(dQ - \sum_{\text{rows}} dQ \ast Q\right)"]),
    "getitem": (lambda: made("A", 2, 3)[0, 1:], [r"\operatorname{scatter}_{[0, 1:]}(dQ)"]),
    "concatenate": (lambda: np.concatenate([made("A", 2, 3), made("B", 2, 3)]), ["dQ[0:2]", "dQ[2:4]"]),
}


@pytest.mark.parametrize("case", RULES)
def test_the_formula_of_a_rule(case):
    build, formulas = RULES[case]
    node = result(build())
    operands = [i for i, p in enumerate(node.parents) if isinstance(p, ag.Node)]
    assert [rule_formula(node, i) for i in operands] == formulas


@pytest.mark.parametrize("case", RULES)
def test_a_rule_on_symbols_computes_what_the_sweep_computes(case):
    node = result(RULES[case][0]())
    seed = 1.5 if node.dtype is None else np.full(node.shape, 1.5)
    seen = {}

    class Watch(ag.Observer):
        def edge(self, node, position, incoming, contribution, fitted, total):
            seen[position] = fitted

    ag.reverse(node, seed, observers=(Watch(),))
    for position, fitted in seen.items():
        symbol = rule(node, position, Naming(node), seed)
        np.testing.assert_array_equal(np.broadcast_to(symbol.value, np.shape(fitted)), fitted)


FORWARD = {
    r"Q = W\,X + b": lambda: made("W", 2, 3) @ made("X", 3, 4) + made("b", 2, 1),
    r"Q = \tanh(Z)": lambda: np.tanh(made("Z", 2, 3)),
    r"Q = (A + B)\,C^{\mathsf{T}}": lambda: (made("A", 2, 3) + made("B", 2, 3)) @ made("C", 4, 3).T,
    r"Q = A - (B - C)": lambda: made("A", 2) - (made("B", 2) - made("C", 2)),
    r"Q = (a + b)^{2}": lambda: (made("a") + made("b")) ** 2,
    r"Q = \frac{1}{3} \sum_{\text{columns}} A \ast A_{2}": lambda: np.mean(made("A", 2, 3) * made("A2", 2, 3), axis=1),
    r"Q = \left(\sum x\right) + b": lambda: made("x", 3).sum() + made("b"),
    r"Q = -(Y \ast \ln A + (1 - Y) \ast \ln(1 - A))": lambda: ag.log_loss(made("A", 2), made("Y", 2)),
}


@pytest.mark.parametrize("formula", FORWARD)
def test_an_expression_goes_down_to_names(formula):
    tensor = FORWARD[formula]()
    assert f"Q = {expression(tensor)}" == formula


def test_an_expression_stops_at_named_results():
    z = made("w") * made("x")
    z.name = "z"
    assert expression(np.exp(z)) == "e^{z}"
    assert expression(z) == r"w\,x"
    assert expression(made("w")) == "w"


def test_results_without_a_name_are_numbered():
    x = made("x")
    y = np.tanh(x * x)
    assert forward_formula(y.node) == r"v_{2} = \tanh(v_{1})"
    taken = ag.Tensor(1.0, name="v1")
    assert forward_formula((taken + x).node) == "v_{2} = v_{1} + x"


def test_numbers_and_shapes_in_place_of_names():
    node = (made("a") * ag.Tensor(-2.0, name="b")).node
    symbol = rule(node, 0, Naming(node), 3.0)
    assert write(symbol, "numbers") == r"3.0 \cdot (-2.0)"
    node = (made("W", 2, 3) @ made("X", 3, 40)).node
    symbol = rule(node, 0, Naming(node))
    assert r"\underset{3 \times 40}{X}" in write(symbol, "shapes")
    with pytest.raises(ValueError, match="not written out"):
        write(symbol, "numbers")


def test_a_function_without_notation_is_written_by_its_name():
    assert row_of(np.sign).math is None
    assert rule_formula(result(np.abs(made("x", 3))), 0) == r"dQ \ast \operatorname{sign}(x)"


def test_every_rule_can_be_read():
    """A row that Terms cannot run has no formula; elementwise ones are all of one form, so all are tried."""
    tried = 0
    for op in set(OPS.values()):
        ours = (getattr(op.function, "__module__", None) or "numpy").startswith(("numpy", "autograd.rules"))
        if op.kind != "elementwise" or not ours:  # other tests declare rows, too
            continue
        operands = [made(name, 2) for name in ("x", "y", "z")[: len(op.vjps)]]
        with np.errstate(all="ignore"):  # not every row is defined at these values
            node = op.function(*operands).node
            for i in range(len(operands)):
                assert rule_formula(node, i)
                tried += 1
    assert tried > 30


def test_a_long_chain_is_no_recursion_and_no_long_formula():
    y = made("x")
    for _ in range(5000):
        y = y + y * 0.5
    formula = expression(y)
    assert r"\cdots" in formula and len(formula) < 5000


def test_an_operand_without_gradient_has_no_rule():
    with pytest.raises(ag.GraphError, match="receives no gradient"):
        rule_formula((made("a") * 2.0).node, 1)


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("Z2", "Z_{2}"),
        ("dZ2", "dZ_{2}"),
        ("w12", "w_{12}"),
        ("alpha", r"\alpha"),
        ("dtheta1", r"d\theta_{1}"),
        ("loss", r"\mathit{loss}"),
        ("W_out", r"W_{\text{out}}"),
        ("layers.0.W", r"\text{layers.0.W}"),
        ("50% & {more}_#1", r"\text{50\% \& \{more\}\_\#1}"),
    ],
)
def test_names(name, latex):
    assert typeset(name) == latex


def test_numbers_are_rounded_for_showing():
    assert [number(x) for x in (0.123456, -3.0, 1e9, 5e-8, np.float32(0.5), -0.0)] == [
        "0.1235", "-3.0", r"1.0 \times 10^{9}", r"5.0 \times 10^{-8}", "0.5", "0.0",
    ]  # fmt: skip
    assert [number(x) for x in (np.inf, -np.inf, np.nan)] == [r"\infty", r"-\infty", r"\text{nan}"]
