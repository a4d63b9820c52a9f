"""Every notebook runs from top to bottom."""

import pathlib
import re

import nbclient
import nbformat
import pytest

NOTEBOOKS = sorted((pathlib.Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("ignore")  # Jupyter's own: the transport of its messages, deprecated event loops
def test_a_notebook_runs(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": tmp_path}}  # where the pages that it writes go
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3", resources=resources).execute()
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    assert cells and all(c.execution_count for c in cells)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_stored_notebook_shows_its_pictures(path):
    """As SVG, and as PNG, which is also shown where the notebook is not trusted."""
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    drawn = [c for c in cells if c.source.splitlines()[-1].startswith("viz.draw(")]
    assert drawn
    for cell in drawn:
        (data,) = [output.data for output in cell.outputs if "data" in output]
        assert data["image/svg+xml"].lstrip().startswith("<svg") and data["image/png"].startswith("iVBORw0KGgo")
    assert not re.search(r"object at 0x|Drawing at 0x|\"stderr\"|/home/|/tmp/|/work/", path.read_text(encoding="utf-8"))
    pictures = [o.data["image/svg+xml"] for c in cells for o in c.outputs if "image/svg+xml" in o.get("data", {})]
    assert max(map(len, pictures)) < 100_000
