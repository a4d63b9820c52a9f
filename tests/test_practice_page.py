"""What docs/practice.md shows runs as it stands, and prints what stands below it.

python -m tests.test_practice_page writes the printed part anew, and tools/practice_picture.py the picture.
"""

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "practice.md"
BLOCKS = re.compile(r"```python\n(.*?)```", re.S)
SHOWN = re.compile(r"```text\n(.*?)```", re.S)


def printed(text):
    """What the code of the page prints, run from top to bottom."""
    out, namespace = io.StringIO(), {"__name__": "page"}
    with contextlib.redirect_stdout(out):
        for block in BLOCKS.findall(text):
            exec(compile(block, PAGE.name, "exec"), namespace)
    return out.getvalue()


def test_the_page_prints_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    assert SHOWN.findall(text) == [printed(text)]
    assert '"questions"' in (tmp_path / "practice.html").read_text(encoding="utf-8")


if __name__ == "__main__":
    import os
    import tempfile

    text = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        made = printed(text)
    PAGE.write_text(SHOWN.sub(lambda _: f"```text\n{made}```", text), encoding="utf-8")
