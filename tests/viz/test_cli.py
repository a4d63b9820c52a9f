"""The `chalkgrad` command, run as people run it: as a process of its own."""

import json
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
        (["--out", "x.pdf"], "a file name that ends in .tex or .py, but got 'x.pdf'"),
        (["--wrt", "W9"], "not computed from W9"),
        (["--out", "missing/x.py"], "a folder that exists, but 'missing' does not exist"),
    ],
)
def test_derive_says_what_it_cannot(run, arguments, said):
    done = run("derive", EXAMPLE, *arguments)
    assert done.returncode in (1, 2) and said in done.stderr and "Traceback" not in done.stderr


def test_derive_without_samples(run):
    done = run("derive", run.script(LOSS))
    assert done.returncode == 0 and "true convention" in done.stdout and "Pass m=" in done.stdout
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
        (NUMBERS + "z = y + 1\ng = z * y\nagain = g\n", "g"),
        ("import autograd as ag\ndef main():\n    w = ag.Tensor(2.0)\n    J = w * w\nmain()\n", "J in main()"),
    ],
)
def test_without_a_target_it_says_what_it_takes(run, script, taken):
    for command in ("draw", "step"):
        done = run(command, run.script(script))
        assert done.returncode == 0
        assert done.stderr == f"chalkgrad: {taken} of my script.py is taken; for another: --target NAME\n"


def test_without_a_target_it_takes_none_of_several(run):
    done = run("draw", run.script(NUMBERS + "z = y + 1\nu = y * 2\n"))
    assert done.returncode == 2
    assert "Tensors it leaves: w (), y (), z (), u (). Choose one with --target NAME." in done.stderr


def test_a_script_imports_its_neighbours(run, tmp_path):
    (tmp_path / "neighbour.py").write_text("import autograd as ag\nw = ag.Tensor(2.0, name='w')\n")
    assert run("draw", run.script("from neighbour import w\nloss = w * w\n")).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.py"], "There is no file 'nowhere.py'"),
        (["my script.py", "--target", "J"], "no variable 'J'. Tensors it leaves: W (1, 2), loss ()"),
        (["my script.py", "--target", "number"], "'number' in my script.py needs to be a Tensor, but is of type int"),
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
    assert done.returncode == 2
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


def test_step_for_practice(run, tmp_path):
    """Names that only variables have are those of the lines, too, so that their mistakes are known."""
    script = """
        import numpy as np
        import autograd as ag

        X, Y = np.array([[1.0, -2.0, 0.5]]), np.array([[0.3, 0.1, -1.0]])
        W = ag.Tensor(np.array([[0.7]]))
        E = W @ X - Y
        loss = np.sum(E * E) / 3
    """
    done = run("step", run.script(script), "--ask", "--out", "step.html")
    assert done.returncode == 0, done.stderr
    state = json.loads((tmp_path / "step.html").read_text().split('id="state">')[1].split("</script>")[0])
    asked = {q["label"]: q for q in state["questions"]["steps"]}
    assert {"dW", "dE", "dloss"} <= asked.keys()
    found = {cause["key"] for wrong in asked["dW"]["wrong"] for cause in wrong["causes"]}
    assert {"mean_missing", "sign"} <= found


def test_formulas(run):
    done = run("formulas")
    assert done.returncode == 0
    assert "002-8" in done.stdout


def test_demo_says_what_it_cannot_do(run, tmp_path):
    (tmp_path / "taken").write_text("")
    assert "'taken' is a file" in run("demo", "--out", "taken").stderr
    assert "a seed must be an integer" in run("demo", "--seed", "-1").stderr


@pytest.mark.parametrize("number", ["٣", "-1", "1.5", "1_0", "²", "9" * 30, ""])
@pytest.mark.parametrize("option", [("demo", "--seed"), ("derive", "x.py", "--m"), ("draw", "x.py", "--depth")])
def test_an_integer_is_written_in_ordinary_digits(run, option, number):
    run.script(LOSS, "x.py")
    done = run(*option, number)
    assert done.returncode == 2 and "must be an integer" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_demo_in_a_folder_with_spaces(run, tmp_path):
    done = run("demo", "--out", "my results/first run", LC_ALL="C", DISPLAY="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓ test accuracy") == 2
    assert "All goals reached" in done.stdout
    results = done.stdout.partition("RESULTS")[2]
    assert len(done.stdout.splitlines()) < 60 and results.count("test accuracy") == 2
    for name in (tmp_path / "my results" / "first run").iterdir():
        assert f"   my results/first run/{name.name} " in results
    assert "-m webbrowser 'my results/first run/logistic-step.html'" in results
    written = {p.name for p in (tmp_path / "my results" / "first run").iterdir()}
    assert written == {
        "digits.svg",
        "formulas.txt",
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

    monkeypatch.setattr(byhand, "verify", lambda entries: (_ for _ in ()).throw(ValueError("truth value of an array")))
    with pytest.raises(ValueError, match="truth value"):
        cli.main(["formulas"])
    monkeypatch.setattr(byhand, "verify", lambda entries: (_ for _ in ()).throw(ag.ShapeError("does not fit")))
    assert cli.main(["formulas"]) == 1
    assert "chalkgrad: does not fit" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "out", "said"),
    [
        ("step", ".", "'.' is a folder"),
        ("step", "a.txt", "ends in .html or .htm, but got 'a.txt'"),
        ("step", "nowhere/a.html", "does not exist"),
        ("draw", "folder.svg", "'folder.svg' is a folder"),
        ("draw", "g.docx", ".svg, .png"),
    ],
)
def test_where_nothing_can_be_written_is_said_in_words(run, tmp_path, command, out, said):
    (tmp_path / "folder.svg").mkdir()
    done = run(command, run.script(LOSS), "--out", out)
    assert done.returncode == 2
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


# --- what a command may write over, and where it writes ---------------------------------------------------------------


@pytest.mark.parametrize("command", ["draw", "step", "derive"])
@pytest.mark.parametrize("out", ["mine.py", "./mine.py", "sub/../mine.py", "link.py", "hard.py"])
def test_no_command_writes_over_its_own_script(run, tmp_path, command, out):
    ran = "import pathlib\npathlib.Path('it ran').touch()\n" + textwrap.dedent(LOSS)
    script = run.script(ran, "mine.py")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.py").symlink_to(tmp_path / "mine.py")
    (tmp_path / "hard.py").hardlink_to(tmp_path / "mine.py")
    done = run(command, script, "--out", out)
    assert done.returncode == 2 and done.stderr.startswith("chalkgrad: --out needs a file")
    assert (tmp_path / "mine.py").read_text() == ran
    assert not (tmp_path / "it ran").exists()


def test_no_command_writes_over_what_the_script_reads(run, tmp_path):
    (tmp_path / "part.py").write_text("# derived by chalkgrad\nimport autograd as ag\nW = ag.Tensor(2.0, name='W')\n")
    (tmp_path / "given.py").write_text("# derived by chalkgrad, and edited since\n")
    script = run.script("from part import W\nJ = W * W\n", "mine.py")
    for out, arguments in (("part.py", ()), ("given.py", ("--", "given.py"))):
        before = (tmp_path / out).read_text()
        done = run("derive", script, "--out", out, *arguments)
        assert done.returncode == 2 and "input" in done.stderr and "would be replaced" in done.stderr
        assert (tmp_path / out).read_text() == before


@pytest.mark.parametrize(
    "opened", ["open('data.svg').read()", "np.fromfile('data.svg', np.uint8)", "open('data.svg', 'a')"]
)
def test_no_command_writes_over_a_file_that_the_script_opens(run, tmp_path, opened):
    (tmp_path / "data.svg").write_text("of the user's")
    reads = f"import numpy as np, os\nos.makedirs('away')\n{opened}\nos.chdir('away')\n"
    done = run("draw", run.script(reads + textwrap.dedent(LOSS)), "--out", "data.svg")
    if "'a'" in opened:  # opened to be written by the script itself
        assert done.returncode == 0
        return
    assert done.returncode == 2 and "would be replaced" in done.stderr
    assert (tmp_path / "data.svg").read_text() == "of the user's"


@pytest.mark.parametrize("out", ["thesis.tex", "other.py"])
def test_derive_writes_over_no_source_but_its_own(run, tmp_path, out):
    (tmp_path / out).write_text("of the user's")
    done = run("derive", EXAMPLE, "--out", out)
    assert done.returncode == 2 and "was not written by chalkgrad" in done.stderr
    assert (tmp_path / out).read_text() == "of the user's"
    (tmp_path / out).write_text("")
    for _ in range(2):  # an empty file, then one of its own
        assert run("derive", EXAMPLE, "--out", out).returncode == 0


@pytest.mark.parametrize(("command", "name"), [("draw", "moved.svg"), ("step", "moved.html"), ("derive", "moved.tex")])
def test_a_script_that_goes_to_another_folder_writes_beside_the_caller(run, tmp_path, command, name):
    (tmp_path / "away").mkdir()
    script = run.script("import os\nos.chdir('away')\n" + textwrap.dedent(LOSS), "mine.py")
    options = ("--m", "1") if command == "derive" else ()
    assert run(command, script, "--out", name, *options).returncode == 0
    assert (tmp_path / name).is_file() and not list((tmp_path / "away").iterdir())


def test_a_folder_that_is_not_writable_is_said_before_the_script_runs(tmp_path, monkeypatch, capsys):
    from viz import cli

    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != str(tmp_path))
    script = tmp_path / "script.py"
    script.write_text("raise SystemExit(7)\n")
    assert cli.main(["draw", str(script), "--out", str(tmp_path / "a.svg")]) == 2
    assert "is not writable" in capsys.readouterr().err


# --- scripts of other kinds -------------------------------------------------------------------------------------------


ARGUMENTS = """
    import argparse, sys, autograd as ag
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float)
    def main():
        scale = parser.parse_args().scale
        w = ag.Tensor(2.0)
        cost = w * scale
        return 0
    if __name__ == "__main__":
        sys.exit(main())
"""


def test_a_script_has_its_own_arguments_and_may_end_itself(run, tmp_path):
    done = run("step", run.script(ARGUMENTS), "--out", "a.html", "--", "--scale", "3.5")
    assert (done.returncode, done.stderr) == (
        0,
        "chalkgrad: cost in main() of my script.py is taken; for another: --target NAME\n",
    )
    page = (tmp_path / "a.html").read_text()
    assert "Step by step: cost" in page and "3.5" in page
    assert '"text": "cost = w * scale"' in page  # the line was recorded, though the script did not ask for it
    done = run("draw", "my script.py", "--target", "w", "--", "--scale", "1")
    assert done.returncode == 0
    assert "only a command that runs a script" in run("formulas", "--", "x").stderr


def test_a_failing_argument_is_said_by_the_script(run):
    done = run("draw", run.script(ARGUMENTS), "--", "--scale", "x")
    assert done.returncode == 2 and "argument --scale: invalid float value" in done.stderr


def test_a_script_may_pickle_and_leave_modes_switched_on(run):
    script = """
        import pickle, dataclasses, numpy as np, autograd as ag
        @dataclasses.dataclass
        class Batch:
            size: int
        assert pickle.loads(pickle.dumps(Batch(3))) == Batch(3)
        w = ag.Tensor(2.0)
        J = w * w
        np.seterr(all="raise")
        ag.no_grad().__enter__()
    """
    done = run("step", run.script(script))
    assert (done.returncode, done.stdout) == (0, "wrote my script.html\n")


def test_a_compiled_training_step_runs_under_the_command(run):
    script = """
        import numpy as np, autograd as ag
        def cost(W):
            return np.sum(W * W)
        W = np.ones(3)
        step = ag.compile(lambda W: W - 0.1 * ag.grad(cost)(W))
        for _ in range(3):
            W = step(W)
        J = cost(ag.Tensor(W))
    """
    assert run("draw", run.script(script)).returncode == 0


BELL = "\x1b[31m\x07"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["draw", "my script.py", "--out", "x" * 300 + ".svg"],
            "--out needs a name that the system accepts, but got 304",
        ),
        (["draw", "my script.py", "--out", "é" * 130 + ".svg"], "but got 134 characters. Choose a shorter one."),
        (["demo", "--out", "x" * 300], "--out needs a name that the system accepts, but got 300 characters"),
        (["draw", "x" * 300], "FILE.py needs a name that the system accepts"),
        (["draw", "my script.py", "--out", ""], "--out needs the name of a file, but got ''"),
        (["demo", "--out", ""], "--out needs the name of a folder, but got ''. For this folder: --out ."),
        (["draw", ""], "FILE.py needs to be the name of a script, but got ''"),
        (["draw", "my script.py", "--out", "dangling.svg"], "nowhere' does not exist"),
        (["draw", os.devnull], "is not a regular file"),
        ([BELL], "invalid choice: '\\x1b[31m\\x07'"),
        (["draw", "my script.py", BELL, "--" + BELL], "unrecognized arguments: '\\x1b[31m\\x07'"),
        (["demo", "--seed", BELL], "\\x1b[31m"),
        (["draw", "my script.py", "--epochs", "5"], "on --: chalkgrad draw 'my script.py' -- --epochs 5"),
        (["draw", "my script.py", "--targ", "5"], "on --: chalkgrad draw 'my script.py' -- --targ 5"),
        (["formulas", "--epochs"], "unrecognized arguments: --epochs\n"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_runs(run, tmp_path, arguments, said):
    run.script("import pathlib\npathlib.Path('it ran').touch()\n" + textwrap.dedent(LOSS))
    (tmp_path / "dangling.svg").symlink_to(tmp_path / "nowhere" / "x.svg")
    before = sorted(tmp_path.iterdir())
    done = run(*arguments)
    assert done.returncode == 2 and said in done.stderr
    assert "Traceback" not in done.stderr and "\x1b" not in done.stderr and "\x07" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("command", ["draw", "step", "derive"])
@pytest.mark.parametrize("name", ["a note.ipynb", "A.IPYNB", "exported.py"])
def test_a_notebook_is_no_script(run, tmp_path, command, name):
    (tmp_path / name).write_text('{\n "cells": [{"cell_type": "code", "source": ["J = null"]}], "nbformat": 4}')
    done = run(command, name)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert f"but '{name}' is a notebook. Export it with `jupyter nbconvert --to script " in done.stderr


@pytest.mark.parametrize(
    "end", ["import sys; sys.exit()", "import sys; sys.stdout.close()", "import sys; sys.stdout = sys.stderr = None"]
)
def test_a_script_that_leaves_something_behind_is_drawn(run, end):
    done = run("draw", run.script(textwrap.dedent(LOSS) + end))
    assert (done.returncode, done.stdout) == (0, "wrote my script.svg\n")
    assert done.stderr.endswith("for another: --target NAME\n") and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("class Own(BaseException): pass\nraise Own('its own')", "Own: its own"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("input()", "EOFError: EOF when reading a line"),
        ("def f(): return f()\nf()", "RecursionError: maximum recursion depth exceeded"),
        (f"raise ValueError({BELL!r})", "ValueError: \\x1b[31m\\x07"),
    ],
)
def test_a_script_that_raises_shows_only_its_own_part(run, tmp_path, end, last):
    done = run("draw", run.script(textwrap.dedent(LOSS) + end))
    assert done.returncode == 1 and done.stderr.splitlines()[-1].startswith(last)
    assert "cli.py" not in done.stderr and "viz/script.py" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["my script.py"]


@pytest.mark.parametrize(
    ("head", "encoding"), [("", "utf-8-sig"), ("# coding: latin-1\ngröße = 1\n", "latin-1"), ("", "utf-16")]
)
def test_the_encoding_of_a_script(run, tmp_path, head, encoding):
    (tmp_path / "größe 'x'.py").write_bytes((head + textwrap.dedent(LOSS)).encode(encoding))
    done = run("draw", "größe 'x'.py")
    if encoding == "utf-16":
        assert done.returncode == 2 and "needs to be text in UTF-8" in done.stderr
    else:
        assert (done.returncode, done.stdout) == (0, "wrote größe 'x'.svg\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_output_that_cannot_be_written(tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "viz.cli", "formulas", "002-26"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": ROOT},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert (
        done.stderr == "chalkgrad: The output cannot be written: no space is left. Send it elsewhere, and try again.\n"
    )


# --- formulas ---------------------------------------------------------------------------------------------------------


def test_formulas_by_id_and_verdict(run):
    done = run("formulas", "002-26")
    assert done.returncode == 0 and "002-26" in done.stdout and "002-25" not in done.stdout
    assert "1 entry: 1 misprint; all as stated" in done.stdout
    done = run("formulas", "000", "004", "--verdict", "misprint")
    assert done.returncode == 0 and "000-7" in done.stdout and "000-9" not in done.stdout and "002-" not in done.stdout
    done = run("formulas", "002-999")
    assert done.returncode == 2 and "no formula '002-999'" in done.stderr
    done = run("formulas", "002-26", "--verdict", "claim")
    assert done.returncode == 2 and "verdict 'claim'" in done.stderr


# --- help -------------------------------------------------------------------------------------------------------------


def parsers():
    """Each subcommand's parser, by name."""
    from viz.cli import _parser

    return next(action for action in _parser()._actions if action.choices).choices


@pytest.mark.parametrize("command", parsers())
def test_the_help_of_a_command_says_what_it_does_and_what_each_argument_is(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    parser = parsers()[command]
    said = parser.format_help()
    assert parser.description and parser.description[0].isupper() and parser.description.endswith(".")
    assert [action.dest for action in parser._actions if not action.help] == []
    assert max(map(len, said.splitlines())) <= 80
    runs_a_script = any(action.dest == "file" for action in parser._actions)
    assert (f"chalkgrad {command} FILE.py -- --epochs 5" in said) == runs_a_script


def test_the_list_of_commands_has_each_in_a_line_or_two(run):
    said = run("--help", COLUMNS="100").stdout
    assert all(f"    {name} " in said for name in parsers())
    assert "chalkgrad COMMAND --help" in said


# --- what it costs to ask ---------------------------------------------------------------------------------------------


def test_help_loads_nothing_large(run):
    code = "import sys\nfrom viz.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
    code += "print([m for m in ('numpy', 'autograd', 'graphviz', 'rich', 'sympy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": ROOT}, capture_output=True)
    assert done.stdout.decode().splitlines()[-1] == "[]"
