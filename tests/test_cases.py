"""Small programs that once failed, each standing for a kind of fault: what they print is what it should be.

Every `tests/cases/NN-name.py` is run as a process of its own, in an empty folder; `NN-name.txt` beside it is what it
prints, with `...` for what may differ from run to run (times, addresses).
"""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
from pathlib import Path

import pytest

CASES = sorted((Path(__file__).parent / "cases").glob("*.py"))
ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case_prints_what_is_right(case: Path, tmp_path: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    run = subprocess.run(
        [sys.executable, "-W", "error", str(case)],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    expected = case.with_suffix(".txt").read_text(encoding="utf-8")
    matches = doctest.OutputChecker().check_output(expected, run.stdout, doctest.ELLIPSIS)
    assert matches, f"{case.name} printed\n{run.stdout}\ninstead of\n{expected}"


def test_every_case_has_its_output() -> None:
    assert CASES
    assert [c.name for c in CASES if not c.with_suffix(".txt").exists()] == []


def test_no_case_ran_in_this_process() -> None:
    cases = {str(case) for case in CASES}
    assert [name for name, module in list(sys.modules.items()) if getattr(module, "__file__", None) in cases] == []
