"""Write viz/web/fonts/widths.json: how far each character of the embedded Arimo advances, in thousandths of its size.

It needs fonttools with brotli, which chalkgrad itself does not: pip install "fonttools[woff]".

    python tools/font_widths.py
"""

from __future__ import annotations

import json
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[1] / "viz" / "web" / "fonts"
FILES = {"regular": ("arimo-latin.woff2", "arimo-greek.woff2"), "bold": ("arimo-latin-bold.woff2",)}


def widths(file: Path) -> dict[str, int]:
    """The advance of each character that a font file has."""
    font = TTFont(file)
    units = font["head"].unitsPerEm
    return {chr(code): round(1000 * font["hmtx"][glyph][0] / units) for code, glyph in font.getBestCmap().items()}


def main() -> None:
    """Read the fonts, write the table."""
    table = {face: {c: w for name in names for c, w in widths(FONTS / name).items()} for face, names in FILES.items()}
    lines = json.dumps(table, ensure_ascii=True, sort_keys=True, indent=0)
    (FONTS / "widths.json").write_text(lines + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
