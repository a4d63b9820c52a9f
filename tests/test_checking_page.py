"""What docs/checking.md shows runs as it stands, and prints what stands below it.

python -m tests.test_checking_page writes the printed parts anew.
"""

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "checking.md"
PARTS = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<shown>.*?)```", re.S)


def runs(text):
    """The code blocks, run one after the other: (what is shown, what is printed)."""
    namespace = {"__name__": "page"}
    for part in PARTS.finditer(text):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(part["code"], PAGE.name, "exec"), namespace)
        yield part["shown"], printed.getvalue()


def test_the_page_prints_what_it_shows():
    found = list(runs(PAGE.read_text(encoding="utf-8")))
    assert len(found) == 5
    for shown, printed in found:
        assert shown.split() == printed.split()


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    printed = iter([printed for _, printed in runs(text)])
    PAGE.write_text(
        PARTS.sub(lambda part: f"```python\n{part['code']}```\n\n```text\n{next(printed)}```", text), encoding="utf-8"
    )
