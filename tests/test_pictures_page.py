"""What docs/pictures.md shows runs as it stands, prints what stands below it, and saves the pictures that it shows.

python -m tests.test_pictures_page writes the printed part anew, and tools/pictures.py the pictures.
"""

import html
import re
from pathlib import Path

from tests.pages import printed_by

PAGE = Path(__file__).resolve().parents[1] / "docs" / "pictures.md"
BLOCKS = re.compile(r"```python\n(.*?)```", re.S)
SHOWN = re.compile(r"```text\n(.*?)```", re.S)


def said(svg):
    return sorted(html.unescape(text).strip() for text in re.findall(r"<text[^>]*>([^<]+)</text>", svg))


def test_the_page_prints_what_it_shows_and_its_pictures_are_those_of_today(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    printed = [out for out in printed_by(BLOCKS.findall(text), PAGE.name) if out]
    assert SHOWN.findall(text) == printed
    pictures = re.findall(r"\]\(pictures/(draw-[^)]*)\)", text)
    assert sorted(pictures) == sorted(path.name for path in tmp_path.iterdir())
    for name in pictures:
        kept = (PAGE.parent / "pictures" / name).read_text(encoding="utf-8")
        assert said(kept) == said((tmp_path / name).read_text(encoding="utf-8")), "python -m tools.pictures"


if __name__ == "__main__":
    import os
    import tempfile

    text = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        outs = iter([out for out in printed_by(BLOCKS.findall(text), PAGE.name) if out])
    PAGE.write_text(SHOWN.sub(lambda _: f"```text\n{next(outs)}```", text), encoding="utf-8")
