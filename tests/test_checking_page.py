"""What docs/checking.md shows runs as it stands, and prints what stands below it.

python -m tests.test_checking_page writes the printed parts anew.
"""

import re
from pathlib import Path

from tests.pages import printed_by

PAGE = Path(__file__).resolve().parents[1] / "docs" / "checking.md"
PARTS = re.compile(r"```python\n(?P<code>.*?)```\n\n```text\n(?P<shown>.*?)```", re.S)


def runs(text):
    """The code blocks, run one after the other: (what is shown, what is printed)."""
    parts = list(PARTS.finditer(text))
    printed = printed_by([part["code"] for part in parts], PAGE.name)
    return [(part["shown"], out) for part, out in zip(parts, printed, strict=True)]


def test_the_page_prints_what_it_shows():
    found = runs(PAGE.read_text(encoding="utf-8"))
    assert len(found) == 5
    for shown, printed in found:
        assert shown.split() == printed.split()


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    printed = iter([printed for _, printed in runs(text)])
    PAGE.write_text(
        PARTS.sub(lambda part: f"```python\n{part['code']}```\n\n```text\n{next(printed)}```", text), encoding="utf-8"
    )
