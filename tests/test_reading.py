"""The page on how a graph is read: each of its blocks runs, in order, and prints what stands beneath it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.pages import printed_by

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reading.md"
BLOCKS = re.findall(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", PAGE.read_text(encoding="utf-8"), flags=re.S)


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """What the blocks print, one after the other in one namespace."""
    return list(printed_by([code for code, _ in BLOCKS], PAGE.name))


@pytest.mark.parametrize("i", range(len(BLOCKS)), ids=lambda i: BLOCKS[i][0].strip().splitlines()[-1][:40])
def test_what_a_block_prints_stands_beneath_it(printed: list[str], i: int) -> None:
    assert printed[i] == BLOCKS[i][1]


def test_every_step_has_a_block() -> None:
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:-1]
    assert [s.splitlines()[0] for s in sections if "```python" not in s] == []
