"""`chalkgrad check`: as a process of its own, as people run it; the many ways to write a script within this process."""

import json
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

import viz
from viz.cli import main

EXAMPLE = str(Path(viz.__file__).parents[1] / "examples" / "by_hand.py")
MODEL = """\
import numpy as np, nn
rng = np.random.default_rng(0)
X, Y = rng.normal(size=(3, 5)), np.array([[1.0, 0.0, 1.0, 1.0, 0.0]])
model = nn.Sequential(nn.Linear(3, 1, seed=1), nn.Sigmoid())
"""
PASS = """\
dZ1 = model(X).data - Y
dW1 = dZ1 @ X.T / 5
"""
WRONG = "dW1 = dZ1 @ X.T\n"
COST = """\
import numpy as np, autograd as ag
X, Y = np.random.default_rng(0).normal(size=(3, 5)), np.ones((1, 5))
W1, b1 = ag.Tensor(np.full((1, 3), 0.3)), ag.Tensor(np.zeros((1, 1)))
Z1 = W1 @ X + b1
A1 = ag.sigmoid(Z1)
J = -np.mean(Y * np.log(A1) + (1 - Y) * np.log(1 - A1))
"""


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Run the command within this process: its exit code and what it prints."""

    def command(script, *arguments):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "my script.py").write_text(script, encoding="utf-8")
        code = main(["check", "my script.py", *arguments])
        printed = capsys.readouterr()
        return SimpleNamespace(returncode=code, stdout=printed.out, stderr=printed.err)

    return command


def test_the_example_has_one_mistake(run):
    done = run("check", EXAMPLE)
    assert done.returncode == 1
    assert "dZ1 is the cause: the derivative of another activation." in " ".join(done.stdout.split())
    assert done.stdout.endswith("6 of 9 right; to fix: dZ1.\n")
    assert done.stderr.startswith("chalkgrad: A1, A2, dZ2, dW2, db2, dA1, dZ1, dW1, db1 of ")


def test_the_example_without_its_mistake_is_right(run):
    text = Path(EXAMPLE).read_text(encoding="utf-8")
    fixed = text.replace("dA1 * A1 * (1 - A1)", "dA1 * (1 - A1**2)")
    assert fixed != text
    done = run("check", run.script(fixed))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "9 of 9 right.")


# --- how the arrays are found -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "taken"),
    [
        (MODEL + PASS, "dZ1, dW1 of my script.py are checked against model, X and Y (the loss is binary_cross_entropy"),
        (MODEL + PASS.replace("dW1", "dw_1"), "dZ1, dw_1 of my script.py are checked"),
        (MODEL + PASS + "grads = {'dW1': dW1}\ndW1 = 7\n", "grads of my script.py is checked against model"),
        (MODEL + PASS + "loss = 'mse'\ndZ1 = 2 * dZ1 * model(X).data * (1 - model(X).data)\ndel dW1\n", "is mse)"),
        (MODEL + PASS + "loss = 0.3\n", "is binary_cross_entropy; for another, assign it to loss)"),
        (COST + "dZ1 = A1.data - Y\ndW1 = dZ1 @ X.T / 5\n", "dZ1, dW1 of my script.py are checked against J\n"),
        (COST + "cost = J\ndel J\narrays = {'dZ1': A1.data - Y}\n", None),
        (MODEL + PASS + "dA0 = model[0].W.data.T @ dZ1\n", "; not a line of this pass: dA0\n"),
        (MODEL + PASS + "for j in range(3): z = 'text'\n", "chalkgrad: dZ1, dW1 of"),
    ],
)
def test_right_arrays_exit_with_0_and_what_is_taken_is_said(check, script, taken):
    extra = ["--target", "cost"] if taken is None else []
    done = check(script, *extra)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (taken or "checked against cost") in done.stderr


@pytest.mark.parametrize(
    ("script", "code", "taken"),
    [
        (
            MODEL + "def backward():\n    dZ1 = model(X).data - Y\n    return dZ1\nbackward()\n",
            0,
            "dZ1 of my script.py are",
        ),
        (MODEL + "def backward():\n    gradients = {'dZ1': model(X).data - Y}\nbackward()\n", 0, "gradients of my"),
        (MODEL + "def backward():\n    dZ1 = Y - model(X).data\nbackward()\n", 1, "dZ1 of my script.py are"),
        ("def main():\n" + textwrap.indent(COST + "dZ1 = A1.data - Y\n", "    ") + "main()\n", 0, "against J"),
        (
            "def cost():\n" + textwrap.indent(COST, "    ") + "    return A1.data - Y\ngrads = {'dZ1': cost()}\n",
            0,
            "grads of my script.py is checked against J",
        ),
    ],
)
def test_what_a_function_had_when_it_returned_is_found(run, script, code, taken):
    done = run("check", run.script(script))
    assert done.returncode == code, done.stdout + done.stderr
    assert taken in done.stderr


@pytest.mark.parametrize(
    "script",
    [
        MODEL + PASS + WRONG,
        MODEL + PASS + WRONG + "backward = {'dW1': dW1}\n",
        MODEL + PASS + "arrays = {'dQ1': dW1}\n",
        MODEL + PASS + "dW1 = 'text'\n",
        COST + "dZ1 = Y - A1.data\n",
    ],
)
def test_wrong_arrays_exit_with_1(check, script):
    done = check(script)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr and "array   verdict" in done.stdout


def test_the_dict_and_the_cost_can_be_chosen(check):
    script = COST + "J2 = 2 * J\nmine = {'dZ1': 2 * (A1.data - Y)}\nyours = {'dZ1': A1.data - Y}\n"
    assert check(script, "--arrays", "yours").returncode == 0
    assert check(script, "--arrays", "mine").returncode == 1
    assert check(script, "--arrays", "mine", "--target", "J2").returncode == 0


def test_parameters_after_a_step_are_checked_where_there_is_a_learning_rate(check):
    step = MODEL + PASS + "lr, W1 = 0.1, model[0].W.data\n"
    assert "W1" not in check(step).stdout.replace("dW1", "")
    done = check(step + "W1 = W1 - lr * dW1\n")
    assert done.returncode == 0 and "W1 is right." in done.stdout.replace("dW1", "")
    done = check(step + "W1 = W1 + lr * dW1\n")
    assert done.returncode == 1 and "W1 = W1 + α dW1" in done.stdout


def test_json_is_all_that_stdout_has(run):
    done = run("check", run.script("print('hello')\n" + MODEL + PASS + WRONG), "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"]) == (1, False)
    assert [(f["name"], f["verdict"]) for f in found["findings"]] == [("dZ1", "right"), ("dW1", "cause")]
    assert done.stderr.startswith("hello\n")


def test_a_picture_of_where_it_is_wrong(run, tmp_path):
    script = run.script(MODEL + PASS + WRONG)
    done = run("check", script, "--out", "where.dot")
    assert done.returncode == 1 and done.stderr.endswith("chalkgrad: wrote where.dot\n")
    assert "× dW1 is the cause: 1/m missing" in (tmp_path / "where.dot").read_text(encoding="utf-8")
    done = run("check", script, "--out", script)
    assert done.returncode == 2 and "--out needs a file name that ends in" in done.stderr


# --- what is missing or could be either of two ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "arguments", "said"),
    [
        ("x = 1\n", [], "leaves neither a cost, a Tensor called J or loss, nor a model called model with its data"),
        (MODEL + "del Y\n", [], "leaves a model, but no Y. Assign the data to X and the targets to Y."),
        (MODEL + "model = 3\n", [], "model in my script.py needs to be a model that can be called, but is of type int"),
        (MODEL, [], "leaves no array that was derived by hand. Call them as the lines of the pass are (Z1, A1, J, dA1"),
        (MODEL + PASS + "arrays, gradients = {'dZ1': dZ1}, {'dW1': dW1}\n", [], "leaves arrays and gradients. Choose"),
        (MODEL + "arrays = {}\n", [], "arrays in my script.py is empty. Put the arrays into it"),
        (MODEL + PASS, ["--arrays", "mine"], "leaves no variable 'mine'. Dicts it leaves: none."),
        (MODEL + PASS, ["--arrays", "dW1"], "dW1 in my script.py needs to be a dict of arrays by their names"),
        (MODEL + PASS, ["--target", "J"], "leaves no variable 'J'. Tensors it leaves: none."),
        (MODEL + PASS + "lr, learning_rate = 0.1, 0.2\n", [], "leaves lr and learning_rate, which differ."),
    ],
)
def test_what_is_missing_exits_with_2_in_words(check, script, arguments, said):
    done = check(script, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (MODEL + PASS + "X = X.T\n", "X"),
        (MODEL + PASS + "loss = 'nonsense'\n", "nonsense"),
        (MODEL + PASS + "def loss(A, Y): return 1 / 0\n", "raised ZeroDivisionError: division by zero"),
        (COST + "J = Z1\ndZ1 = 1\n", "derive needs a cost"),
    ],
)
def test_a_cost_that_cannot_be_computed_is_said_in_words(check, script, said):
    done = check(script)
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr
