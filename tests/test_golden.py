"""What is printed of 50 networks, 50 programs and every row of the table stays as it is, unless a change is meant."""

from __future__ import annotations

import pytest

from tests.golden.prints import FOLDER, files

FILES = dict(files())


@pytest.mark.parametrize("name", FILES)
def test_what_is_printed_is_golden(name: str) -> None:
    golden = (FOLDER / name).read_text(encoding="utf-8")
    assert FILES[name]() == golden, (
        f"{name} differs; if that is intended: python -m tests.golden.prints, and read the diff"
    )


def test_every_golden_file_is_compared() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.txt")) == sorted(FILES)
