"""What derive refuses; values, random programs and trained models; a wrong formula is not shown."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
from autograd.read import TEXT, write
from tests.autograd.derived import RNG, X, called, constant, latex, logistic, tensor, two_layers
from tests.autograd.programs import programs


def test_refusals():
    J = two_layers()
    with pytest.raises(ag.GraphError, match='known are "course" and "true"'):
        ag.derive(J, convention="corse")
    with pytest.raises(ag.GraphError, match="needs the Tensor of a cost, but got float"):
        ag.derive(1.0)
    for nothing in (constant("c", 1.0), tensor("w")):
        with pytest.raises(ag.GraphError, match="needs a cost that was computed from Tensors"):
            ag.derive(nothing)
    with pytest.raises(ag.GraphError, match="with respect to itself is 1"):
        ag.derive(J, J)
    with pytest.raises(ag.GraphError, match="needs a cost, a single number, but got shape"):
        ag.derive(tensor("W", 2, 3) * 2)
    with pytest.raises(ag.GraphError, match=r"not computed from V, .*It was computed from .*W1"):
        ag.derive(J, tensor("V", 2))
    w = tensor("w")
    remove = w.register_hook(lambda g: g)
    with pytest.raises(ag.GraphError, match="w has a hook"):
        ag.derive(w * 2)
    remove()
    assert latex(w * 2) == ["dw = 2"]
    with pytest.raises(ag.GraphError, match="checkpointed piece"):
        ag.derive(ag.checkpoint(np.tanh)(w))
    with pytest.raises(KeyError, match="There is no line 'dQ'"):
        ag.derive(J)["dQ"]


def test_certain_predictions_keep_their_values():
    """Where A is exactly 0 or 1 the plain formulas give nan; the program says what counts as 0."""
    A, Y = tensor("A", 1, 3), constant("Y", np.array([[1.0, 0.0, 1.0]]))
    A.data = np.array([[1.0, 0.0, 0.5]])
    derivation = ag.derive(ag.binary_cross_entropy(A, Y))
    np.testing.assert_allclose(3 * derivation["dA"].value, [[-1, 1, -2]])
    assert "import autograd" not in derivation.numpy() and "def ratio" in derivation.numpy()
    np.testing.assert_allclose(3 * derivation.function()(**derivation.inputs)["dA"], [[-1, 1, -2]])


def test_single_precision_stays():
    W, x = ag.Tensor(np.ones((1, 3), "f4"), name="W"), np.ones((3, 4), "f4")
    Z = called("Z", W @ x)
    J = np.mean(np.tanh(Z))
    derivation = ag.derive(J)
    found = derivation.function()(**derivation.inputs)
    assert {value.dtype for name, value in found.items() if name != "J"} == {np.dtype("f4")}
    assert r"\frac{m}" not in derivation.latex()


def test_it_takes_no_part_in_modes():
    with ag.anomaly(), ag.guard():
        assert latex(two_layers())[1] == r"dZ_{2} = A_{2} - Y"
    J = two_layers()
    with ag.no_grad():
        assert latex(J)[1] == r"dZ_{2} = A_{2} - Y"


def test_importing_needs_no_sympy():
    code = "import sys, autograd; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ag.__path__[0] + "/..").returncode == 0


@settings(max_examples=60)
@given(programs(), st.sampled_from(["true", "course"]))
def test_random_programs(program, convention):
    """A derivation compares itself with the sweep: each line, and the whole program."""
    J = program(*(ag.Tensor(x) for x in program.inputs()))
    try:
        ag.derive(J, convention=convention, steps=True)
    except ag.GraphError as error:
        too_long = "Name some of the values" in str(error)
        assert too_long or (convention == "course" and "m cannot be told" in str(error))


def fitted(noise):
    """A linear model at its optimum, where sums cancel: of data that it fits up to noise."""
    data = RNG.normal(size=(3, 20))
    target = 3 * data[:1] - data[1:2] + 0.5 + noise * RNG.normal(size=(1, 20))
    found = np.linalg.lstsq(np.vstack([data, np.ones(20)]).T, target.T, rcond=None)[0].T
    W, b = ag.Tensor(found[:, :3], name="W"), ag.Tensor(found[:, 3:], name="b")
    return called("Z", W @ constant("X", data) + b), constant("Y", target)


@pytest.mark.parametrize("convention", ["course", "true"])
@pytest.mark.parametrize("noise", [1.0, 0.0])
def test_a_trained_model(noise, convention):
    Z, target = fitted(noise)
    for J in (np.mean((Z - target) ** 2), np.var(Z), np.mean(np.abs(np.tanh(Z) - np.tanh(target)) ** 3)):
        assert ag.derive(J, convention=convention, steps=True)["dW"].shape == (1, 3)


def optimum():
    Z, target = fitted(1.0)
    return np.mean((Z - target) ** 2)


def tied():
    """A maximum of equal numbers, which the smallest change decides."""
    W = ag.Tensor(np.ones((2, 3)), name="W")
    return np.mean(np.max(called("Z", W @ constant("X", X)), axis=0))


@pytest.mark.parametrize("cost", [logistic, optimum, tied])
@pytest.mark.parametrize("wrong", [lambda r: r.but(function="add", call=np.add), lambda r: r * (1 + 1e-5)])
def test_a_wrong_formula_is_not_shown(monkeypatch, cost, wrong):
    from autograd.read import passes

    right = passes.simplify_all

    def planted(roots, **options):
        return [
            r if r.name != "Z" else wrong(r.but(name=None, gradient=False)).but(name=r.name, gradient=True)
            for r in right(roots, **options)
        ]

    monkeypatch.setattr(passes, "simplify_all", planted)
    with pytest.raises(ag.NumericalError, match="but the sweep finds"):
        ag.derive(cost())


def test_a_line_keeps_the_term_that_it_reads():
    """The right side of a line can be taken apart: what it says is what was computed, of what has a name."""
    line = ag.derive(two_layers())["dZ1"]
    assert write(line.term, style=TEXT) == line.text.partition(" = ")[2]
    left, right = line.term.operands
    assert (line.term.call, left.name, left.gradient, right.call) == (np.multiply, "A1", True, np.subtract)
    np.testing.assert_allclose(line.term.value, line.value)
