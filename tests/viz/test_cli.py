"""The `chalkgrad` command, run as people run it: as a process of its own."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import autograd as ag
import viz

ROOT = str(Path(viz.__file__).parents[1])
LOSS = """
    import numpy as np, autograd as ag
    W = ag.Tensor(np.ones((1, 2)), name=None)
    X = np.array([[1.0], [2.0]])
    loss = (W @ X).sum()
    number = 3
    loss.backward()
"""


@pytest.fixture
def run(tmp_path):
    """Run the command in an empty folder; `run.script(text)` first writes a script there."""

    def command(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "viz.cli", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": ROOT} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    command.script = lambda text, name="my script.py": (tmp_path / name).write_text(textwrap.dedent(text)) and name
    return command


def test_version(run):
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("chalkgrad ")


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("draw",)])
def test_wrong_use_prints_the_usage(run, arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert "usage: chalkgrad" in done.stderr


EXAMPLE = str(Path(ROOT) / "examples" / "two_layer.py")


def test_derive(run):
    done = run("derive", EXAMPLE)
    assert (done.returncode, done.stderr) == (0, f"chalkgrad: loss of {EXAMPLE} is taken; for another: --target NAME\n")
    assert "dZ2 = A2 − Y\ndW2 = (1/m) dZ2 A1ᵀ\n" in done.stdout and "course's convention" in done.stdout


def test_derive_by_some_parameters_in_steps_and_as_true_derivatives(run):
    lines = run("derive", EXAMPLE, "--wrt", "b2", "--convention", "true", "--steps").stdout.splitlines()
    assert lines[-1] == "db2 = Σ_columns dZ2"
    assert lines[-2].endswith("∗ A2 ∗ (1 − A2) = (1/m) (A2 − Y)")
    assert "dW1" not in "".join(lines)


def test_derive_to_a_file(run, tmp_path):
    assert run("derive", EXAMPLE, "--out", "x.tex").stdout == "wrote x.tex\n"
    assert r"dZ_{2} &= A_{2} - Y" in (tmp_path / "x.tex").read_text()
    assert run("derive", EXAMPLE, "--out", "x.py").returncode == 0
    done = subprocess.run([sys.executable, "x.py"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "dW1 =" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "x.pdf"], "saved as .tex or as .py; given 'x.pdf'"),
        (["--wrt", "W9"], "not computed from W9, so there is no derivative by it. It was computed from W1"),
        (["--out", "missing/x.py"], "cannot be written"),
    ],
)
def test_derive_says_what_it_cannot(run, arguments, said):
    done = run("derive", EXAMPLE, *arguments)
    assert done.returncode == 1 and said in done.stderr and "Traceback" not in done.stderr


def test_derive_without_samples(run):
    done = run("derive", run.script(LOSS))
    assert done.returncode == 1 and "m cannot be told" in done.stderr and "Pass m=" in done.stderr
    done = run("derive", run.script(LOSS), "--m", "1")
    assert done.returncode == 0 and "There is one sample" in done.stdout


def test_draw(run, tmp_path):
    done = run("draw", run.script(LOSS))
    assert (done.returncode, done.stdout) == (0, "wrote my script.svg\n")
    svg = (tmp_path / "my script.svg").read_text()
    assert ">W</text>" in svg and ">X</text>" in svg  # named after the script's variables


def test_draw_to_a_chosen_file(run, tmp_path):
    assert run("draw", run.script(LOSS), "--target", "W", "--out", "w.png").returncode == 0
    assert (tmp_path / "w.png").read_bytes().startswith(b"\x89PNG")


NUMBERS = "import autograd as ag\nw = ag.Tensor(2.0)\ny = w * w\n"


@pytest.mark.parametrize(
    ("script", "taken"),
    [
        (NUMBERS + "J = y + 1\nloss = y * 2\n", "loss"),
        (NUMBERS + "J = y + 1\nloss = 'mse'\n", "J"),
        (NUMBERS + "same = y\nX = y * [1.0, 2.0]\n", "y"),
    ],
)
def test_without_a_target_it_says_what_it_takes(run, script, taken):
    for command in ("draw", "step"):
        done = run(command, run.script(script))
        assert done.returncode == 0
        assert done.stderr == f"chalkgrad: {taken} of my script.py is taken; for another: --target NAME\n"


def test_without_a_target_it_takes_none_of_several(run):
    done = run("draw", run.script(NUMBERS + "z = y + 1\n"))
    assert done.returncode == 2
    assert "Tensors it leaves: w (), y (), z (). Choose one with --target NAME." in done.stderr


def test_a_script_imports_its_neighbours(run, tmp_path):
    (tmp_path / "neighbour.py").write_text("import autograd as ag\nw = ag.Tensor(2.0, name='w')\n")
    assert run("draw", run.script("from neighbour import w\nloss = w * w\n")).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.py"], "there is no file 'nowhere.py'"),
        (["my script.py", "--target", "J"], "no variable 'J'. Tensors it leaves: W (1, 2), loss ()"),
        (["my script.py", "--target", "number"], "'number' in my script.py is no Tensor but of type int"),
    ],
)
def test_what_is_missing_is_said_in_words(run, arguments, said):
    run.script(LOSS)
    done = run("draw", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_suffix_that_is_none_of_ours(run, tmp_path):
    done = run("draw", run.script(LOSS), "--out", "g.docx")
    assert done.returncode == 1
    assert ".svg, .png" in done.stderr
    assert not (tmp_path / "g.docx").exists()


def test_a_script_that_fails_shows_its_own_traceback(run):
    done = run("draw", run.script("def f():\n    return 1 / 0\nf()\n"))
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert 'my script.py", line 2, in f' in done.stderr
    assert "cli.py" not in done.stderr and "runpy" not in done.stderr


def test_a_script_with_a_syntax_error(run):
    done = run("draw", run.script("loss = = 3\n"))
    assert done.returncode == 1
    assert "SyntaxError" in done.stderr


def test_a_script_that_ends_itself(run):
    done = run("draw", run.script("import sys\nsys.exit(3)\n"))
    assert done.returncode == 2
    assert "exit code 3" in done.stderr


def test_step(run, tmp_path):
    done = run("step", run.script(LOSS), "--target", "loss", "--out", "step.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert "<title>Step by step: loss</title>" in (tmp_path / "step.html").read_text()


def test_formulas(run):
    done = run("formulas")
    assert done.returncode == 0
    assert "002-8" in done.stdout


def test_demo_says_what_it_cannot_do(run, tmp_path):
    (tmp_path / "taken").write_text("")
    assert "'taken' is a file" in run("demo", "--out", "taken").stderr
    assert "a seed is a number" in run("demo", "--seed", "-1").stderr


@pytest.mark.slow
def test_demo_in_a_folder_with_spaces(run, tmp_path):
    done = run("demo", "--out", "my results/first run", LC_ALL="C", DISPLAY="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓ test accuracy") == 2
    assert "All goals reached" in done.stdout
    written = {p.name for p in (tmp_path / "my results" / "first run").iterdir()}
    assert written == {
        "digits.svg",
        "logistic-step.html",
        "logistic.png",
        "logistic.svg",
        "network-step.html",
        "network.png",
        "network.svg",
        "training.svg",
    }


def test_only_our_own_errors_are_put_into_words(monkeypatch, capsys):
    """A defect of ours is no mistake of the user's: it shows its traceback."""
    from nn import byhand
    from viz import cli

    monkeypatch.setattr(byhand, "verify", lambda: (_ for _ in ()).throw(ValueError("truth value of an array")))
    with pytest.raises(ValueError, match="truth value"):
        cli.main(["formulas"])
    monkeypatch.setattr(byhand, "verify", lambda: (_ for _ in ()).throw(ag.ShapeError("does not fit")))
    assert cli.main(["formulas"]) == 1
    assert "chalkgrad: does not fit" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "out", "said"),
    [
        ("step", ".", "'.' is a folder"),
        ("step", "a.txt", "saved as .html"),
        ("step", "nowhere/a.html", "does not exist"),
        ("draw", "folder.svg", "'folder.svg' is a folder"),
        ("draw", "g.docx", ".svg, .png"),
    ],
)
def test_where_nothing_can_be_written_is_said_in_words(run, tmp_path, command, out, said):
    (tmp_path / "folder.svg").mkdir()
    done = run(command, run.script(LOSS), "--out", out)
    assert done.returncode == 1
    assert done.stderr.startswith("chalkgrad: ") and said in done.stderr
    assert "Traceback" not in done.stderr and "Errno" not in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.svg", "my script.py"]


@pytest.mark.parametrize("command", ["draw", "step"])
def test_a_script_that_is_interrupted(run, command):
    done = run(command, run.script("raise KeyboardInterrupt\n"))
    assert (done.returncode, done.stderr) == (130, "chalkgrad: interrupted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_formulas_fit_the_terminal(tmp_path):
    import pty

    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": ROOT, "COLUMNS": "60", "TERM": "xterm"}
    with subprocess.Popen([sys.executable, "-m", "viz.cli", "formulas"], stdout=theirs, env=environment) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # Linux's word for the end
                break
            if not more:
                break
            said += more
    os.close(ours)
    assert process.returncode == 0
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said.decode()).splitlines()
    assert max(map(len, lines)) <= 60
    assert any(line.startswith("002-8 ") for line in lines)
