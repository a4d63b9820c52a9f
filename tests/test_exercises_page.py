"""What docs/exercises.md shows runs as it stands, and prints what stands below it; its examples for graders run, too.

python -m tests.test_exercises_page writes the printed parts and the examples anew; with --pictures the pictures, too.
"""

import contextlib
import doctest
import os
import re
import runpy
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from nn import byhand
from tests.pages import printed_by

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "exercises.md"
OTTER, NBGRADER = ROOT / "examples" / "otter", ROOT / "examples" / "nbgrader"
PARTS = re.compile(r"```python\n(?P<code>.*?)```(?P<between>\n\n```text\n)?(?P<shown>(?<=```text\n).*?(?=```))?", re.S)


def runs(text):
    """The code blocks, run one after the other: (what is shown, what is printed)."""
    parts = list(PARTS.finditer(text))
    printed = printed_by([part["code"] for part in parts], PAGE.name)
    return [(part["shown"] or "", out) for part, out in zip(parts, printed, strict=True)]


def test_the_page_prints_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = runs(PAGE.read_text(encoding="utf-8"))
    assert len(found) == 6
    for shown, printed in found:
        assert shown.split() == printed.split()
    files = {"exercise.ipynb", "exercise.py", "sheet.html", "answers.html", "Ada.html", "Emmy.html"}
    assert {path.name for path in tmp_path.iterdir()} == files


def ours():
    return byhand.exercise(seed="Ada", layers=["tanh", "sigmoid"], hide="gradients")


def with_a_mistake():
    """Answers in which dZ1 has the wrong derivative, and what follows from that."""
    exercise = ours()
    answers, given = exercise.answers(), exercise.given
    dZ1 = answers["dA1"] * given["A1"]
    return answers | {"dZ1": dZ1, "dW1": dZ1 @ given["X"].T / exercise.m, "db1": dZ1.mean(axis=1, keepdims=True)}


def filled(source, answers):
    for name, value in answers.items():
        source = source.replace(f"{name} = None", f"{name} = np.array({value.tolist()})")
    return source


def test_the_examples_are_what_the_exercise_writes(tmp_path):
    exercise = ours()
    for write, path in ((exercise.script, OTTER / "backward.py"), (exercise.notebook, NBGRADER / "backward.ipynb")):
        assert path.read_text(encoding="utf-8") == write(tmp_path / path.name).read_text(encoding="utf-8")


def otter_points(environment):
    """The points that otter gives: it runs the code of each case as a doctest in what the submission has left."""
    test = runpy.run_path(str(OTTER / "tests" / "backward.py"))["test"]
    points = {}
    for case in test["suites"][0]["cases"]:
        examples = doctest.DocTestParser().get_doctest(case["code"], dict(environment), case["name"], None, 0)
        results = doctest.DocTestRunner(verbose=False).run(examples, out=lambda text: None)
        points[case["name"]] = case["points"] * (results.failed == 0)
    return points


def test_otter_gives_a_point_for_each_line(tmp_path, capsys):
    submission = tmp_path / "backward.py"
    source = (OTTER / "backward.py").read_text(encoding="utf-8")
    for answers, lost in ((with_a_mistake(), {"dZ1"}), (ours().answers(), set()), ({}, set(ours().to_find))):
        submission.write_text(filled(source, answers), encoding="utf-8")
        points = otter_points(runpy.run_path(str(submission)))
        assert set(points) == set(ours().to_find) and {name for name, p in points.items() if p == 0} == lost
        assert capsys.readouterr().out.endswith(f"{8 - len(lost)} of 8 points.\n")


@pytest.mark.filterwarnings("ignore")  # Jupyter's own
def test_nbgrader_reads_the_points_of_the_last_cell():
    import nbclient  # with what it imports it takes seconds
    import nbformat

    notebook = nbformat.read(NBGRADER / "backward.ipynb", as_version=4)
    assert [cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata] == [
        "given",
        "score",
    ]
    for cell in notebook.cells:
        cell.source = filled(cell.source, with_a_mistake()) if cell.cell_type == "code" else cell.source
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    last = notebook.cells[-1]
    assert last.metadata.nbgrader.points == 8
    results = [output for output in last.outputs if output.output_type == "execute_result"]
    assert [float(result["data"]["text/plain"]) for result in results] == [7.0]
    assert not any(o.output_type == "error" or o.get("name") == "stderr" for o in last.outputs)  # these cost all points


def test_the_pictures_are_there():
    for name in re.findall(r"\]\((pictures/[^)]*)\)", PAGE.read_text(encoding="utf-8")):
        assert np.frombuffer((PAGE.parent / name).read_bytes()[:8], np.uint8).tobytes() == b"\x89PNG\r\n\x1a\n"


def write_page():
    text = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        printed = iter([printed for _, printed in runs(text)])
    PAGE.write_text(PARTS.sub(lambda part: _written(part, next(printed)), text), encoding="utf-8")


def _written(part, printed):
    return f"```python\n{part['code']}```" + (f"{part['between']}{printed}" if part["between"] else "")


def write_pictures():
    from playwright import sync_api

    with sync_api.sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        chromium = driver.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        tab = chromium.new_page(viewport={"width": 794, "height": 1123})
        for name, answers in (("worksheet", False), ("worksheet-answers", True)):
            path = byhand.exercise(seed=1, layers=2).sheet(Path(folder) / "sheet.html", answers=answers)
            tab.goto(path.as_uri())
            tab.screenshot(path=PAGE.parent / "pictures" / f"{name}.png")
        chromium.close()


if __name__ == "__main__":
    ours().script(OTTER / "backward.py")
    ours().notebook(NBGRADER / "backward.ipynb")
    write_page()
    if "--pictures" in sys.argv:
        write_pictures()
