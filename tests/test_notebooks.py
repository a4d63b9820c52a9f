"""Every notebook runs from top to bottom, and its exercises can be solved.

python -m tests.test_notebooks stores anew what they show; of some of them: python -m tests.test_notebooks 03 08.
"""

import contextlib
import io
import pathlib
import re
import sys
import tempfile

import pytest

from tests.notebook_solutions import SOLUTIONS

NOTEBOOKS = sorted((pathlib.Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


def read(path):
    import nbformat  # with what it imports it takes seconds: only the worker that reads a notebook waits for them

    return nbformat.read(path, as_version=4)


def executed(path, folder):
    """The notebook, run in a folder: there go the pages that it writes. What it shows is the same each time."""
    import nbclient

    notebook = read(path)
    stored = dict(notebook.metadata)
    how = {"timeout": 120, "kernel_name": "python3", "record_timing": False, "coalesce_streams": True}
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": folder}}, **how).execute()
    notebook.metadata = stored  # not this Python's version
    return notebook


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("ignore")  # Jupyter's own: the transport of its messages, deprecated event loops
def test_a_notebook_runs(path, tmp_path):
    notebook = executed(path, tmp_path)
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    assert cells and all(c.execution_count for c in cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_stored_notebook_shows_its_pictures(path):
    """As SVG, and as PNG, which is also shown where the notebook is not trusted."""
    cells = [c for c in read(path).cells if c.cell_type == "code"]
    drawn = [c for c in cells if c.source.splitlines()[-1].startswith("viz.draw(")]
    assert drawn
    for cell in drawn:
        (data,) = [output.data for output in cell.outputs if "data" in output]
        assert data["image/svg+xml"].lstrip().startswith("<svg") and data["image/png"].startswith("iVBORw0KGgo")
    assert not re.search(r"object at 0x|Drawing at 0x|\"stderr\"|/home/|/tmp/|/work/", path.read_text(encoding="utf-8"))
    pictures = [o.data["image/svg+xml"] for c in cells for o in c.outputs if "image/svg+xml" in o.get("data", {})]
    assert max(map(len, pictures)) < 100_000


EXERCISES = [path for path in NOTEBOOKS if "## Exercises" in path.read_text(encoding="utf-8")]
OPEN = re.compile(r"not yet|not filled in yet|look again|CAUSE|WRONG|to fix|to do", re.I)


def stored(path):
    """What the cells of the exercises printed when the notebook was stored."""
    cells = read(path).cells
    start = next(i for i, cell in enumerate(cells) if "## Exercises" in cell.source)
    return "".join(output.get("text", "") for cell in cells[start:] for output in cell.get("outputs", ()))


def solved(path, solutions):
    """What they print with the solutions in place of the reader's lines."""
    waiting, printed, exercises, namespace = list(solutions), io.StringIO(), False, {"__name__": "notebook"}
    for cell in read(path).cells:
        if cell.cell_type != "code":
            exercises |= "## Exercises" in cell.source
            continue
        lines = cell.source.splitlines()
        for i, line in enumerate(lines):
            if exercises and waiting and line == waiting[0][0]:
                lines[i] = waiting.pop(0)[1]
        with contextlib.redirect_stdout(printed if exercises else io.StringIO()):
            exec(compile("\n".join(lines), f"{path.stem}, {cell.id}", "exec"), namespace)
    assert not waiting, f"not in the notebook: {waiting[0][0]}"
    return printed.getvalue()


@pytest.mark.parametrize("path", EXERCISES, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_the_exercises_can_be_solved(path, tmp_path, monkeypatch):
    """Solved they say so; as they are stored they do not."""
    monkeypatch.chdir(tmp_path)
    assert OPEN.search(stored(path))
    printed = solved(path, SOLUTIONS[path.stem])
    assert printed and not OPEN.search(printed), printed


if __name__ == "__main__":
    import nbformat

    for path in NOTEBOOKS:
        if path.stem[:2] in (sys.argv[1:] or path.stem[:2]):
            with tempfile.TemporaryDirectory() as folder:
                nbformat.write(executed(path, folder), path)
