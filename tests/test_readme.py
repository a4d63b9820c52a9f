"""What the README shows runs as it stands, and what it names exists."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```text\n(.*?)```", README, flags=re.S)
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.S)


@pytest.mark.parametrize("block", BLOCKS, ids=["ten lines", "own functions", "compile", "network"])
def test_each_example_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "readme"}
    exec(compile(block, "README.md", "exec"), namespace)
    if "save_page" in block:
        import autograd as ag

        assert SHOWN[0] in str(ag.derive(namespace["J"]))
        assert (tmp_path / "step.html").stat().st_size > 10_000
    if "quick" in namespace:
        written = namespace["quick"].source.splitlines()
        assert all(line in written for line in SHOWN[1].splitlines())


@pytest.mark.parametrize("document", ["README.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])
def test_every_link_and_file_that_is_named_exists(document):
    path = ROOT / document
    text = path.read_text(encoding="utf-8")
    targets = [t for t in re.findall(r"\]\(([^)#]+)\)", text) if not t.startswith("http")]
    missing = [t for t in targets if not (path.parent / t).exists()]
    sources = [t for t in re.findall(r"`((?:autograd|nn|viz)/[\w/]+\.(?:py|md))`", text) if not (ROOT / t).exists()]
    assert missing + sources == []


def test_the_number_of_formulas_is_the_catalogues():
    from nn import byhand

    assert f"checks {len(byhand.catalogue)} hand-derived formulas" in README
