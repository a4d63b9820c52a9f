"""Numbers that a script computes, as λ/m: NumPy leaves no trace of that, so what they are read as is said."""

import numpy as np
import pytest

import autograd as ag

SCRIPT = """
X, Y = np.arange(20.0).reshape(4, 5)/7, np.ones((1, 5))
m = X.shape[1]
W = ag.Tensor(np.ones((1, 4))*0.1)
{variables}
J = np.mean((W@X - Y)**2) + {penalty}
derivation = ag.derive(J)
J.backward()
"""
LAM = "lam = 0.7"
SAME = "lam, other = 0.1, 0.1"
HALF = "dW = (lam/m) W + (2/m) (W X − Y) Xᵀ"
WHOLE = "dW = (2 lam / m) W + (2/m) (W X − Y) Xᵀ"
PENALTIES = {
    "lam/m*np.sum(W**2)": WHOLE,
    "lam/(2*m)*np.sum(W**2)": HALF,
    "lam/2/m*np.sum(W**2)": HALF,
    "(lam/m)*np.sum(W**2)/2": HALF,
    "np.sum(W**2)*lam/m": WHOLE,
    "lam*np.sum(W**2)/m": WHOLE,
    "lam*np.sum(W**2)/(2*m)": HALF,
    "np.sum(W**2)/m*lam": WHOLE,
    ".5*lam*np.sum(W**2)/m": HALF,
    "lam*(1/m)*np.sum(W**2)": WHOLE,
    ".7/(2*m)*np.sum(W**2)": HALF,
}


def run(variables, penalty):
    scope = {"np": np, "ag": ag}
    exec(compile(SCRIPT.format(variables=variables, penalty=penalty), "script", "exec"), scope)
    derivation = scope["derivation"]
    found: dict = {}
    exec(derivation.numpy(), found)
    np.testing.assert_allclose(found["gradients"](**derivation.inputs)["dW"], scope["W"].grad, rtol=1e-12, atol=1e-15)
    return derivation, found["gradients"]


def fewer(derivation):
    """The inputs with fewer samples."""
    inputs = {name: x[:, :3] if name in ("X", "Y") else x for name, x in derivation.inputs.items()}
    return {**inputs, **{name: 2 * x for name, x in inputs.items() if name == "lam"}}


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_penalty_in_a_script(penalty):
    derivation, program = run(LAM, penalty)
    assert derivation["dW"].text == PENALTIES[penalty]
    inputs = fewer(derivation)  # the program computes the penalty anew from m and λ
    W, X, Y, lam = inputs["W"], inputs["X"], inputs["Y"], inputs["lam"]
    right = 2 / 3 * (W @ X - Y) @ X.T + (2 if PENALTIES[penalty] == WHOLE else 1) * lam / 3 * W
    np.testing.assert_allclose(program(**inputs)["dW"], right, rtol=1e-12)


def test_a_number_that_is_written_out_over_m():
    derivation, program = run("", ".7/(2*m)*np.sum(W**2)")
    assert derivation["dW"].text == "dW = (0.7/m) W + (2/m) (W X − Y) Xᵀ"
    assert "equal to 0.7/(2m)" in str(derivation)
    inputs = fewer(derivation)
    W, X, Y = inputs["W"], inputs["X"], inputs["Y"]
    np.testing.assert_allclose(program(**inputs)["dW"], 2 / 3 * (W @ X - Y) @ X.T + 0.7 / 3 * W, rtol=1e-12)


def test_a_lambda_that_equals_a_number_of_the_code():
    derivation, _ = run("lam = 0.1", "lam/m*np.sum(W**2)")  # the script has 0.1 for W as well
    assert derivation["dW"].text == WHOLE


@pytest.mark.parametrize(
    "variables, penalty, number",
    [
        ("", "(1/m)*np.sum(W**2)", "0.2"),  # 1/m, or 0.2
        ("lam = 0.25", "lam/m*np.sum(W**2)", "0.05"),  # λ/m, or 1/(4m)
        (SAME, "lam/m*np.sum(W**2)", "0.02"),  # of either
    ],
)
def test_a_number_that_may_have_been_computed_is_said_to_be_of_this_run(variables, penalty, number):
    derivation, _ = run(variables, penalty)
    said = f"{number}: a number of this run, without a name"
    assert said in str(derivation)
    assert said in derivation.numpy()


@pytest.mark.parametrize("penalty", ["0.14*np.sum(W**2)", "0.2*np.sum(W**2)", "np.sum(W**2)/5", "2*np.sum(W**2)"])
def test_a_number_that_is_written_out_is_that_number(penalty):
    derivation, program = run(LAM, penalty)
    assert "of this run" not in str(derivation)
    assert "equal to" not in str(derivation)
    inputs = fewer(derivation)
    W, X, Y = inputs["W"], inputs["X"], inputs["Y"]
    c = eval(penalty.replace("np.sum(W**2)", "1"))
    np.testing.assert_allclose(program(**inputs)["dW"], 2 / 3 * (W @ X - Y) @ X.T + 2 * c * W, rtol=1e-12)


@pytest.mark.parametrize("scale", ["-(1/m)*np.sum", "-np.mean"])
def test_a_mean_over_an_axis_that_every_leaf_has(scale):
    scope = {"np": np, "ag": ag, "Y": np.array([[1.0, 0.0, 1.0, 1.0, 0.0]])}
    exec(
        f"""
z = ag.Tensor(np.linspace(-1.0, 1.0, 5)[None])
m = z.shape[1]
a = 1/(1+np.exp(-z))
J = {scale}(Y*np.log(a) + (1-Y)*np.log(1-a))
derivation, with_m = ag.derive(J), ag.derive(J, m=m)
""",
        scope,
    )
    said = str(scope["derivation"])
    assert "no mean" not in said
    assert "J has means over 5 values. Pass m=5, say" in said
    assert scope["with_m"].convention == "course"
    np.testing.assert_array_equal(scope["with_m"].inputs["z"], scope["z"].data)


@pytest.mark.parametrize("cost, line", [("x*x", "dx = 2 x"), ("x*x*x", "dx = 3 x²"), ("x*x + x*x", "dx = 4 x")])
def test_a_term_that_is_added_to_itself_needs_no_mark(cost, line):
    scope = {"x": ag.Tensor(3.0), "ag": ag}
    derivation = eval(f"ag.derive({cost})", scope)
    assert derivation["dx"].text == line
    assert not derivation["dx"].on_paper


def test_what_is_said_of_lines_that_lose_the_axis_of_the_samples():
    X, Y = np.arange(15.0).reshape(3, 5) / 9, np.eye(2)[:, [0, 1, 0, 1, 1]]
    W = ag.Tensor(np.array([[0.1, 0.2, -0.3], [0.5, 0.1, 0.0]]))
    Z = W @ X
    A = np.stack([np.exp(z) / np.sum(np.exp(z)) for z in Z.T], axis=1)
    J = -np.mean(np.sum(Y * np.log(A), axis=0))
    said = str(ag.derive(J)).splitlines()[0]
    assert said == (
        "The course's convention where samples lie along an axis: dA is m times the derivative of the cost. "
        "Every other line is a derivative of the cost."
    )
