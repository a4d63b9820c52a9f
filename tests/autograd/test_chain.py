"""The chain rule: its formula, its factors as formulas and as numbers, and their product."""

from itertools import pairwise

import numpy as np
import pytest

import autograd as ag
from autograd.read import TEXT, Factor
from tests.autograd.helpers import generator


def four_layers(m=1):
    """The network of formula 003-7, for one example."""
    rng = generator("chain")
    sizes, activations = (5, 4, 3, 2, 1), (np.tanh, ag.relu, np.tanh, ag.sigmoid)
    A = rng.normal(size=(sizes[0], m))
    found = {}
    for l, g in enumerate(activations, start=1):
        W = found[f"W{l}"] = ag.Tensor(rng.normal(size=(sizes[l], sizes[l - 1])), name=f"W{l}")
        b = found[f"b{l}"] = ag.Tensor(rng.normal(size=(sizes[l], 1)), name=f"b{l}")
        Z = found[f"Z{l}"] = W @ A + b
        A = found[f"A{l}"] = g(Z)
    Y = np.ones((1, m))
    found["L"] = np.mean(ag.log_loss(A, Y))
    ag.names.given(found | {"Y": Y})
    return found


def latex(*names):
    """∂L/∂… as the product of the derivatives of each by the next, in LaTeX."""
    set_ = {name: f"{name[0]}_{{{name[1:]}}}" if name[1:] else name for name in names}
    fractions = [rf"\frac{{\partial {set_[a]}}}{{\partial {set_[b]}}}" for a, b in pairwise(names)]
    return rf"\frac{{\partial L}}{{\partial {set_[names[-1]]}}} = {''.join(fractions)}"


# --- the formula ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        ("L", "A4", "Z4"),
        ("L", "A4", "Z4", "A3", "Z3"),
        ("L", "A4", "Z4", "A3", "Z3", "A2", "Z2"),
        ("L", "A4", "Z4", "W4"),
        ("L", "A4", "Z4", "A3", "Z3", "W3"),
        ("L", "A4", "Z4", "A3", "Z3", "A2", "Z2", "W2"),
    ],
)
def test_the_tree_for_four_layers(path):
    values = four_layers()
    chain = ag.chain(values["L"], values[path[-1]])
    assert chain.latex == latex(*path)
    assert chain.paths == [path]
    assert chain.deviation < 1e-12


def test_the_golden_formula_in_full():
    values = four_layers()
    assert ag.chain(values["L"], values["W4"]).latex == (
        r"\frac{\partial L}{\partial W_{4}} = \frac{\partial L}{\partial A_{4}}"
        r"\frac{\partial A_{4}}{\partial Z_{4}}\frac{\partial Z_{4}}{\partial W_{4}}"
    )


def test_with_shapes_the_inner_sizes_are_equal():
    values = four_layers(m=3)
    chain = ag.chain(values["L"], values["W4"])
    assert chain.latex_with_shapes == (
        r"\frac{\partial L}{\partial W_{4}} = \underset{1 \times 3}{\frac{\partial L}{\partial A_{4}}}"
        r"\underset{3 \times 3}{\frac{\partial A_{4}}{\partial Z_{4}}}"
        r"\underset{3 \times 2}{\frac{\partial Z_{4}}{\partial W_{4}}}"
    )


def test_in_a_terminal():
    values = four_layers(m=3)
    lines = str(ag.chain(values["L"], values["W3"])).splitlines()
    assert lines[:-1] == [
        "∂L/∂W3 = ∂L/∂A4 · ∂A4/∂Z4 · ∂Z4/∂A3 · ∂A3/∂Z3 · ∂Z3/∂W3",
        "",
        "∂L/∂A4   1 × 3  dA4 = dL/3 ∗ (−Y/A4 + (1 − Y) / (1 − A4))",
        "∂A4/∂Z4  3 × 3  dZ4 = dA4 ∗ A4 ∗ (1 − A4)",
        "∂Z4/∂A3  3 × 6  dA3 = W4ᵀ dZ4",
        "∂A3/∂Z3  6 × 6  dZ3 = dA3 ∗ (1 − A3²)",
        "∂Z3/∂W3  6 × 6  dW3 = dZ3 A2ᵀ",
        "",
    ]
    assert lines[-1].startswith(
        "The Jacobians multiplied out are the gradient of L with respect to W3, of shape (2, 3), to "
    )


def test_in_a_notebook_it_is_set():
    values = four_layers()
    chain = ag.chain(values["L"], values["Z4"])
    assert chain._repr_latex_() == f"$\\displaystyle {chain.latex}$"
    assert repr(chain) == "<Chain L to Z4: 1 path>"


def test_values_are_named_after_the_variables_of_whoever_asks():
    w = ag.Tensor(2.0)
    z = w * 3.0
    J = z * z
    assert str(ag.chain(J, w)).startswith("∂J/∂w = ∂J/∂z · ∂z/∂w\n")


def test_comprehensions_do_not_hide_the_variables():
    w, v = ag.Tensor(2.0), ag.Tensor(3.0)
    z = w * v
    J = z * z
    assert [ag.chain(J, x).paths for x in (w, v)] == [[("J", "z", "w")], [("J", "z", "v")]]
    assert {len(ag.chain(J, x).factors) for x in (w, v)} == {2}


def test_what_has_no_name_is_part_of_the_factor_around_it():
    x = ag.Tensor(np.array([1.0, 2.0]), name="x")
    J = np.sum(np.exp(x * x))
    chain = ag.chain(J, x)
    assert [repr(f) for f in chain.factors] == ["<Factor ∂J/∂x 1 × 2>"]
    np.testing.assert_allclose(chain.factors[0].jacobian, 2 * x.data * np.exp(x.data**2))
    assert chain.factors[0].rule(TEXT) == "dx = dJ ∗ e^(x²) ∗ x + dJ ∗ e^(x²) ∗ x"


def test_a_value_by_itself():
    J = ag.Tensor(2.0, name="x") * 1.0
    J.name = "J"
    chain = ag.chain(J, J)
    assert (chain.latex, chain.gradient, chain.product, chain.factors) == (
        r"\frac{\partial J}{\partial J} = 1", 1.0, 1.0, [],
    )  # fmt: skip
    assert str(chain).startswith("∂J/∂J = 1")


# --- several paths ----------------------------------------------------------------------------------------------------


def residual(blocks):
    h = start = ag.Tensor(generator("residual").normal(size=(3, 2)), name="h0")
    for k in range(1, blocks + 1):
        g = np.tanh(h)
        g.name = f"g{k}"
        h = h + g
        h.name = f"h{k}"
    J = np.sum(h * h)
    J.name = "J"
    return J, start


def test_several_paths_are_a_sum_and_what_is_held_fixed_is_said():
    J, h0 = residual(1)
    assert str(ag.chain(J, h0)).startswith("∂J/∂h0 = ∂J/∂h1 · (∂h1/∂g1 · ∂g1/∂h0 + ∂h1/∂h0|g1)\n")
    assert ag.chain(J, h0).latex == (
        r"\frac{\partial J}{\partial h_{0}} = \frac{\partial J}{\partial h_{1}}\left("
        r"\frac{\partial h_{1}}{\partial g_{1}}\frac{\partial g_{1}}{\partial h_{0}} + "
        r"\left.\frac{\partial h_{1}}{\partial h_{0}}\right|_{g_{1}}\right)"
    )


def test_what_all_paths_share_stands_outside_of_the_sum():
    x = ag.Tensor(np.array([0.5, -1.0]), name="x")
    c = x * 2.0
    a, b = np.sin(c), np.cos(c)
    J = np.sum(a * b)
    assert str(ag.chain(J, x)).startswith("∂J/∂x = (∂J/∂b · ∂b/∂c + ∂J/∂a · ∂a/∂c) · ∂c/∂x\n")
    assert sorted(ag.chain(J, x).paths) == [("J", "a", "c", "x"), ("J", "b", "c", "x")]


def test_a_share_of_a_gradient_is_added():
    J, h0 = residual(1)
    rules = {f.derivative(TEXT): f.rule(TEXT) for f in ag.chain(J, h0).factors}
    assert rules["∂h1/∂h0|g1"] == "dh0 += dh1"
    assert rules["∂g1/∂h0"] == "dh0 += dg1 ∗ (1 − g1²)"
    assert rules["∂h1/∂g1"] == "dg1 = dh1"


def test_a_product_of_sums_stays_short_however_many_paths_it_stands_for():
    J, h0 = residual(9)
    chain = ag.chain(J, h0)
    assert chain.count == len(chain.paths) == 512
    assert chain.latex.count("+") == 9
    assert chain.deviation < 1e-12
    with pytest.raises(ag.GraphError, match="512 paths is too large"):
        chain.tree()


def interwoven(n):
    values = [ag.Tensor(0.9, name="w"), ag.Tensor(0.8, name="f0")]
    for k in range(1, n):
        values.append((values[-1] + values[-2]) * 0.5)
        values[-1].name = f"f{k}"
    return values[-1], values[0]


def test_many_paths_are_counted_and_the_rule_is_given_by_recursion():
    J, w = interwoven(60)
    chain = ag.chain(J, w)
    assert chain.count > 10**11
    lines = str(chain).splitlines()
    assert lines[0] == f"{chain.count:,} paths from f59 to w, so one after the other:"
    assert lines[2] == "∂f59/∂f57 = ∂f59/∂f57|f58 + ∂f59/∂f58 · ∂f58/∂f57"
    assert chain.latex.startswith(r"\begin{aligned} &\text{")
    assert chain.deviation < 1e-12
    with pytest.raises(ag.GraphError, match="at most 1,000 are listed"):
        _ = chain.paths


def test_values_of_one_name_are_told_apart():
    w = ag.Tensor(2.0, name="w")
    h = w * 3.0
    h.name = "h"
    J = h * 5.0
    J.name = "h"
    assert ag.chain(J, w).paths == [("h_2", "h", "w")]


def test_thousands_of_values_are_no_recursion():
    x = w = ag.Tensor(1.0, name="w")
    for k in range(1500):
        x = x * 1.0
        x.name = f"x{k}"
    chain = ag.chain(x, w)
    assert (chain.count, len(chain.factors), chain.check()) == (1, 1500, 0.0)


# --- the factors ------------------------------------------------------------------------------------------------------


def test_jacobians_are_those_of_the_step_alone():
    values = four_layers(m=2)
    chain = ag.chain(values["L"], values["W2"])
    found = {f.derivative(TEXT): f for f in chain.factors}
    step = ag.jacobian(lambda Z: ag.relu(Z))(values["Z2"].data)
    np.testing.assert_array_equal(found["∂A2/∂Z2"].jacobian, step)
    assert found["∂Z2/∂W2"].jacobian.shape == (3, 2, 3, 4)
    assert found["∂Z2/∂W2"].matrix.shape == found["∂Z2/∂W2"].size == (6, 12)
    np.testing.assert_allclose(chain.product, ag.vjp(*_of(values, "W2"))[1](1.0)[0], rtol=1e-12)


def _of(values, name):
    """The cost as a function of one of the values, and its value."""

    def cost(W):
        A = np.tanh(values["Z1"].data)
        Z = W @ A + values["b2"].data
        A = np.tanh(values["W3"].data @ ag.relu(Z) + values["b3"].data)
        A = ag.sigmoid(values["W4"].data @ A + values["b4"].data)
        return np.mean(ag.log_loss(A, np.ones((1, 2))))

    return cost, values[name].data


def test_local_derivatives_where_they_are_one_array():
    values = four_layers(m=2)
    local = {f.derivative(TEXT): f.latex for f in ag.chain(values["L"], values["W3"]).factors}
    assert local == {
        "∂L/∂A4": r"\frac{1}{2}\,\left(-\frac{Y}{A_{4}} + \frac{1 - Y}{1 - A_{4}}\right)",
        "∂A4/∂Z4": r"A_{4} \ast (1 - A_{4})",
        "∂Z4/∂A3": r"W_{4}^{\mathsf{T}}",
        "∂A3/∂Z3": "1 - A_{3}^{2}",
        "∂Z3/∂W3": r"A_{2}^{\mathsf{T}}",
    }
    *_, last = ag.chain(values["L"], values["b4"]).factors
    assert last.latex is None
    assert last.rule() == r"db_{4} = \sum_{\text{columns}} dZ_{4}"


@pytest.mark.parametrize(
    ("step", "local"),
    [
        (lambda x: x + 1.0, "1"),
        (lambda x: -x, "-1"),
        (lambda x: x / 4.0, r"\frac{1}{4}"),
        (lambda x: 3.0 * x, "3"),
        (lambda x: np.exp(x) * 2.0, r"2\,e^{x}"),
        (lambda x: np.where(x > 0, x, 0.0), None),
        (lambda x: np.cumsum(x), None),
        (lambda x: x * x, None),
    ],
)
def test_local_derivatives_of_steps(step, local):
    x = ag.Tensor(np.array([1.0, 2.0]), name="x")
    y = step(x)
    J = np.sum(y)
    found = ag.chain(J, x).factors[-1].latex
    assert found == local


def test_scalars_in_single_precision_and_integers_around():
    x = ag.Tensor(np.array([1.0, 2.0], np.float32), name="x")
    y = x * np.array([1, 2])
    J = np.sum(y * y)
    chain = ag.chain(J, x)
    assert chain.product.dtype.kind == "f" and chain.deviation < 1e-6
    assert chain.gradient.dtype == np.float32


# --- what can go wrong ------------------------------------------------------------------------------------------------


def test_a_wrong_factor_is_found(monkeypatch):
    values = four_layers()
    right = Factor.matrix.fget
    monkeypatch.setattr(Factor, "matrix", property(lambda f: right(f) * (1.01 if f.numerator == "A3" else 1)))
    with pytest.raises(ag.GraphError, match=r"differ from the gradient by 0\.01 of"):
        ag.chain(values["L"], values["W2"])


def test_large_jacobians_are_not_computed_unasked():
    X = np.ones((30, 400))
    W, b = ag.Tensor(np.full((20, 30), 0.1), name="W"), ag.Tensor(np.zeros((20, 1)), name="b")
    Z = W @ X + b
    J = np.mean(np.tanh(Z))
    chain = ag.chain(J, W)
    assert chain.deviation is None
    assert str(chain).endswith("The Jacobians are large, so they were not multiplied out; .check() does it.")
    assert [f.size for f in chain.factors] == [(1, 8000), (8000, 600)]
    assert chain.factors[1].rule(TEXT) == "dW = dZ Xᵀ"


def test_jacobians_without_measure_are_refused():
    x = ag.Tensor(np.ones(6000), name="x")
    y = np.sin(x)
    J = np.sum(y)
    chain = ag.chain(J, x)
    with pytest.raises(ag.GraphError, match="would have 36,000,000 entries"):
        _ = chain.factors[1].jacobian


def test_a_gradient_that_is_not_finite_is_not_compared():
    x = ag.Tensor(np.array([0.0, 1.0]), name="x")
    with np.errstate(all="ignore"):
        y = np.log(x)
        J = np.sum(y)
        assert str(ag.chain(J, x)).endswith("was not compared with the product of the Jacobians.")


def test_without_a_path_there_is_no_chain():
    w, v = ag.Tensor(1.0, name="w"), ag.Tensor(1.0, name="v")
    J = w * 2.0
    with pytest.raises(ag.GraphError, match="J does not depend on v"):
        ag.chain(J, v)
    with pytest.raises(ag.GraphError, match="one of them is a constant"):
        ag.chain(J, ag.Tensor(1.0, requires_grad=False))
    with pytest.raises(ag.ShapeError, match="single number"):
        ag.chain(ag.Tensor(np.ones(3)) * 2, w)
    with pytest.raises(ag.ConversionError, match="W is of type float"):
        ag.chain(J, 1.0)


def test_a_condition_is_no_path():
    x = ag.Tensor(np.array([1.0, -1.0]), name="x")
    y = x * 2.0
    J = np.sum(np.where(y > 0, x, 0.0))
    assert ag.chain(J, x).paths == [("J", "x")]


def test_it_reads_under_anomaly_and_through_checkpoints():
    w = ag.Tensor(np.array([0.5, 1.5]), name="w")
    with ag.anomaly():
        z = ag.checkpoint(lambda w: np.sin(w) * w)(w)
        J = np.sum(z)
        chain = ag.chain(J, w)
        assert chain.deviation < 1e-12
        assert str(chain)


def test_a_rule_that_takes_only_arrays_has_no_formula_but_a_jacobian():
    double = ag.primitive.elementwise(lambda x: 2 * x, lambda _out, x: np.asarray(x) * 0 + 2)
    w = ag.Tensor(np.array([0.5, 1.5]), name="w")
    z = double(w)
    J = np.sum(z)
    *_, last = ag.chain(J, w).factors
    assert (last.rule(), last.latex) == (None, None)
    np.testing.assert_array_equal(last.matrix, [[2, 0], [0, 2]])
    assert "∂z/∂w  2 × 2\n" in str(ag.chain(J, w))


# --- the tree ---------------------------------------------------------------------------------------------------------


def test_the_tree_as_data():
    J, h0 = residual(1)
    root = ag.chain(J, h0).tree()
    assert (root.name, root.shape, root.factor) == ("J", (), None)
    (h1,) = root.branches
    g1, direct = h1.branches
    assert (h1.factor.derivative(TEXT), g1.name, direct.name) == ("∂J/∂h1", "g1", "h0")
    assert [b.factor.derivative(TEXT) for b in (*g1.branches, direct)] == ["∂g1/∂h0", "∂h1/∂h0|g1"]


def test_values_of_one_name_are_told_apart_on_the_way_or_beside_it():
    w, other, c = ag.Tensor(0.1, name="w"), ag.Tensor(0.2, name="w"), ag.Tensor(3.0, name="w_2")
    J = np.exp(w * other) * c
    found = [ag.chain(J, x) for x in (w, other, c)]
    rules = [str(chain).split("  ")[2].split("\n")[0] for chain in found]
    assert rules == ["dw = dJ w_2_2 e^(w w_2) w_2", "dw_2 = dJ w_2_2 e^(w w_2) w", "dw_2_2 = dJ e^(w w_2)"]
    assert [line.name for line in ag.derive(J).lines] == ["dw", "dw_2", "dw_2_2"]


TYPED = """
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(3, 6)), (rng.random((1, 6)) > 0.5) * 1.0
w, b = ag.Tensor(rng.normal(size=(3, 1))), ag.Tensor(0.1)
z = np.dot(w.T, X) + b
a = {sigmoid}
J = {cost}
chain = ag.chain(J, w)
"""
TYPED_COSTS = ["-np.mean(Y*np.log(a) + (1-Y)*np.log(1-a))", "-np.sum(Y*np.log(a) + (1-Y)*np.log(1-a))/6"]


@pytest.mark.parametrize("sigmoid", ["1/(1+np.exp(-z))", "np.exp(z)/(1+np.exp(z))", "1/(1+np.e**-z)"])
@pytest.mark.parametrize("cost", TYPED_COSTS)
def test_a_typed_cost_has_the_factors_of_the_textbook(sigmoid, cost):
    scope = {"np": np, "ag": ag}
    exec(TYPED.format(sigmoid=sigmoid, cost=cost), scope)
    found = scope["chain"]
    rules = [factor.rule(TEXT) for factor in found.factors]
    assert rules[0].endswith("(−Y/a + (1 − Y) / (1 − a))") and rules[1] == "dz = da ∗ a ∗ (1 − a)"
    assert found.deviation < 1e-12 and "1 − Y: the cost uses a value that has no name" in str(found)
    scope["J"].backward()
    np.testing.assert_allclose(found.product, scope["w"].grad, rtol=1e-12)


def test_what_a_hook_does_is_not_lost_in_the_form_of_the_textbook():
    script = TYPED.format(sigmoid="1/(1+np.exp(-z))", cost=TYPED_COSTS[0])
    with pytest.raises(ag.GraphError, match="hook"):
        exec(script.replace("chain =", "z.register_hook(lambda g: 2*g)\nchain ="), {"np": np, "ag": ag})
