"""The pictures in docs/pictures.md: what its code saves.

python -m tools.pictures    writes docs/pictures/draw-*.svg
"""

from __future__ import annotations

import os
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
BLOCKS = re.compile(r"```python\n(.*?)```", re.S)


def main() -> None:
    """Run the page where its pictures are."""
    code = "\n".join(BLOCKS.findall((DOCS / "pictures.md").read_text(encoding="utf-8")))
    os.chdir(DOCS / "pictures")
    exec(compile(code, "pictures.md", "exec"), {"__name__": "page"})


if __name__ == "__main__":
    main()
