"""What is made of a derivation: LaTeX, text, a program, files."""

import html
import re
import subprocess
import sys
import weakref

import numpy as np
import pytest

import autograd as ag
from tests.autograd.derived import RNG, X, called, constant, logistic, tensor, two_layers


def test_in_latex():
    assert ag.derive(logistic()).latex() == "\n".join(
        [
            r"\begin{aligned}",
            r"dA &= -\frac{Y}{A} + \frac{1 - Y}{1 - A} \\",
            r"dZ &= A - Y \\",
            r"dw &= \frac{1}{m}\,X\,dZ^{\mathsf{T}} \\",
            r"db &= \frac{1}{m}\,\sum dZ",
            r"\end{aligned}",
        ]
    )


def test_in_plain_text():
    assert str(ag.derive(logistic())).splitlines() == [
        "The course's convention: dZ is m times the derivative of the cost, and 1/m stands in dW and db.",
        "",
        "dA = −Y/A + (1 − Y) / (1 − A)",
        "dZ = A − Y",
        "dw = (1/m) X dZᵀ",
        "db = (1/m) Σ dZ",
    ]


def test_in_a_notebook():
    derivation = ag.derive(logistic(), convention="true")
    assert derivation._repr_latex_() == f"${derivation.latex()}$"
    assert "every line is a derivative of the cost" in derivation._repr_html_()
    assert derivation.latex() in html.unescape(derivation._repr_html_())


def test_as_a_program():
    assert ag.derive(two_layers()).numpy() == "\n".join(
        [
            '"""The gradients of J, derived by chalkgrad.',
            "",
            "The course's convention: dZ is m times the derivative of the cost, and 1/m stands in dW and db.",
            '"""',
            "",
            "import numpy as np",
            "",
            "",
            "def counted(x, y):",
            "    return np.equal(x, 0) & ~np.isnan(y)",
            "",
            "",
            "def xlogy(x, y):",
            "    is_zero = counted(x, y)",
            "    return np.where(is_zero, 0.0, x * np.log(np.where(is_zero, 1.0, y)))",
            "",
            "",
            "def ratio(x, y):",
            "    is_zero = counted(x, y)",
            "    return np.where(is_zero, 0.0, np.divide(x, np.where(is_zero, 1.0, y)))",
            "",
            "",
            "def gradients(W1, b1, W2, b2, X, Y):",
            "    m = X.shape[1]",
            "",
            "    Z1 = W1 @ X + b1                                  # (4, m)",
            "    A1 = np.tanh(Z1)                                  # (4, m)",
            "    Z2 = W2 @ A1 + b2                                 # (1, m)",
            "    A2 = 1 / (1 + np.exp(-Z2))                        # (1, m)",
            "    t5 = 1 - Y                                        # (1, m)",
            "    t6 = 1 - A2                                       # (1, m)",
            "    J = -np.sum(xlogy(Y, A2) + xlogy(t5, t6)) / m",
            "",
            "    dA2 = ratio(t5, t6) - ratio(Y, A2)                # (1, m)",
            "    dZ2 = A2 - Y                                      # (1, m)",
            "    dW2 = 1 / m * (dZ2 @ A1.T)                        # (1, 4)",
            "    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)  # (1, 1)",
            "    dA1 = W2.T @ dZ2                                  # (4, m)",
            "    dZ1 = dA1 * (1 - A1**2)                           # (4, m)",
            "    dW1 = 1 / m * (dZ1 @ X.T)                         # (4, 3)",
            "    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)  # (4, 1)",
            '    return {"J": J, "dA2": dA2, "dZ2": dZ2, "dW2": dW2, "db2": db2, "dA1": dA1, "dZ1": dZ1, "dW1": dW1, '
            '"db1": db1}',
            "",
        ]
    )


def test_the_function_takes_other_data():
    derivation = ag.derive(two_layers())
    others = {name: RNG.normal(size=np.shape(value)) for name, value in derivation.inputs.items()}
    others |= {"X": RNG.normal(size=(3, 9)), "Y": (RNG.random((1, 9)) > 0.5) * 1.0}
    found = derivation.function()(**others)
    leaves = {name: ag.Tensor(value) for name, value in others.items() if name[0] in "Wb"}
    A1 = np.tanh(leaves["W1"] @ others["X"] + leaves["b1"])
    J = ag.binary_cross_entropy(ag.sigmoid(leaves["W2"] @ A1 + leaves["b2"]), others["Y"])
    J.backward()
    np.testing.assert_allclose(found["J"], J.data)
    for name, leaf in leaves.items():
        np.testing.assert_allclose(found[f"d{name}"], leaf.grad)


def run(path, *arguments):
    return subprocess.run(
        [sys.executable, str(path), *map(str, arguments)], capture_output=True, text=True, cwd=path.parent
    )


def leaky(Z):
    return np.where(Z > 0, Z, 0.01 * Z)


def leaky_by_a_named_ufunc(Z):
    mask = np.less(0.0, Z)
    ag.names.here()
    return np.where(mask, Z, 0.01 * Z)


def huber(Z):
    return np.where(np.abs(Z) <= 1, 0.5 * Z**2, np.abs(Z) - 0.5)


@pytest.mark.parametrize("activation", [leaky, leaky_by_a_named_ufunc, huber])
def test_the_program_compares_anew(activation):
    def cost(W, X):
        return np.mean(activation(called("Z", W @ X)) ** 2)

    W, other = tensor("W", 4, 3), RNG.normal(size=(3, 9))
    derivation = ag.derive(cost(W, constant("X", X)))
    assert list(derivation.inputs) == ["W", "X"]
    cost(W, other).backward()
    np.testing.assert_allclose(derivation.function()(W=W.data, X=other)["dW"], W.grad)


def test_a_mask_is_read_as_it_was_computed():
    Z = called("Z", tensor("W", 4, 3) @ constant("X", X))
    assert "([Z > 0] + 0.01 [Z ≤ 0])" in ag.derive(np.mean(leaky(Z)))["dZ"].text


@pytest.mark.parametrize("change", [lambda mask: ~mask, lambda mask: np.logical_not(mask, out=mask)])
def test_a_constant_without_a_name_is_said_to_be_one(change):
    Z = called("Z", tensor("W", 4, 3) @ constant("X", X))
    derivation = ag.derive(np.mean(np.where(change(Z > 0), Z, 0.01 * Z)))
    for text in (str(derivation), " ".join(derivation.numpy().split())):
        assert "c1: a constant (4, 6) of this run, without a name" in text


def test_a_mask_keeps_no_graph_alive():
    Z = tensor("W", 4, 3) @ X
    node, mask = weakref.ref(Z.node), Z > 0
    del Z
    assert node() is None and mask.any()


def test_a_saved_program_runs_by_itself(tmp_path):
    derivation = ag.derive(two_layers())
    path = derivation.save(tmp_path / "small.py")
    done = run(path)
    assert done.returncode == 0, done.stderr
    assert f"J =\n{derivation['J'].value}" in done.stdout
    assert "chalkgrad" in path.read_text() and "import autograd" not in path.read_text()
    assert [file.name for file in tmp_path.iterdir()] == ["small.py"]


def test_a_saved_program_with_large_inputs_loads_them(tmp_path):
    W = tensor("W", 20, 50)
    Z = called("Z", W @ constant("X", RNG.normal(size=(50, 8))))
    derivation = ag.derive(np.mean(Z**2))
    path = derivation.save(tmp_path / "large.py")
    np.savez(tmp_path / "inputs.npz", **derivation.inputs)
    assert "dW =" in run(path, tmp_path / "inputs.npz").stdout
    without = run(path)
    assert without.returncode == 1 and "INPUTS.npz" in without.stderr and "W (20, 50)" in without.stderr


def test_a_saved_document_uses_amsmath_alone(tmp_path):
    text = ag.derive(two_layers()).save(tmp_path / "x.tex").read_text()
    assert re.findall(r"\\usepackage(?:\[.*\])?\{(.*?)\}", text) == ["amsmath"]
    assert text.count(r"\begin{") == text.count(r"\end{") and text.isascii()
    assert r"dZ_{2} &= A_{2} - Y \\" in text


def test_saving_is_refused_in_words(tmp_path):
    derivation = ag.derive(logistic())
    with pytest.raises(ag.AutogradError, match=r"saved as \.tex or \.py, but got 'x\.pdf'"):
        derivation.save("x.pdf")
    with pytest.raises(OSError, match="cannot be written: there is no folder"):
        derivation.save(tmp_path / "missing" / "x.tex")
