"""Runs the tests on every Python that is installed, each with the oldest and the newest NumPy that it can have.

    python tools/matrix.py            the tests of autograd and nn
    python tools/matrix.py --quick    a look: the files of tests that know most of NumPy
    python tools/matrix.py --oldest   only the oldest Python with the oldest NumPy

Environments are kept in .venv-matrix/. What needs a browser, PyTorch or a package index is left to `make test`.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
# As setup.cfg has it. NumPy 2.3 has wheels for each of these Pythons.
(OLDEST,) = re.findall(r"^ *numpy>=(\S+)$", (ROOT / "setup.cfg").read_text(encoding="utf-8"), re.M)
WHOLE = ["tests/autograd", "tests/nn", "tests/test_cases.py"]
AS_NUMPY = ("rules", "operators", "methods", "ufuncs", "check", "coverage", "source", "as_numpy", "whole_numbers")
QUICK = [f"tests/autograd/test_{name}.py" for name in AS_NUMPY]
HOW = ["-q", "-n", "auto", "--dist", "worksteal", "-p", "no:cacheprovider", "-m", "not browser and not installs"]
HOW += ["--ignore=tests/autograd/test_torch.py"]
TESTS = ["pytest", "pytest-xdist", "pytest-timeout", "hypothesis", "pandas"]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="a few files of tests only")
    options.add_argument("--oldest", action="store_true", help="only the oldest Python found, with the oldest NumPy")
    asked = options.parse_args()
    pythons = installed()
    pairs = [(v, numpy) for v in pythons for numpy in (f"numpy=={OLDEST}.*", "numpy")]
    rows = [
        row(pythons[v], v, numpy, QUICK if asked.quick else WHOLE) for v, numpy in pairs[: 1 if asked.oldest else None]
    ]
    print(f"\n{'Python':8} {'NumPy':8} result")
    for python, numpy, result, _ in rows:
        print(f"{python:8} {numpy:8} {result}")
    missing = [v for v in PYTHONS if v not in pythons]
    if missing:
        print(f"Not installed: Python {', '.join(missing)}.")
    return int(not rows or not all(ok for *_, ok in rows))


def installed() -> dict[str, str]:
    """The supported Pythons that run here: on the path, or in ~/.pyenv."""
    found: dict[str, str] = {}
    for version in PYTHONS:
        by_pyenv = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
        for python in filter(None, [shutil.which(f"python{version}"), *map(str, by_pyenv)]):
            if version not in found and _output(python, "import sys; print('%d.%d' % sys.version_info[:2])") == version:
                found[version] = python
    return found


def row(python: str, version: str, numpy: str, tests: list[str]) -> tuple[str, str, str, bool]:
    """Python, NumPy, the last line of pytest, and whether all passed."""
    home = ROOT / ".venv-matrix" / f"{version}-{'newest' if numpy == 'numpy' else 'oldest'}"
    own = home / "bin" / "python"
    print(f"== Python {version}, {numpy}: {home}", flush=True)
    if not own.exists():
        subprocess.run([python, "-m", "venv", str(home)], check=True)
    pip = [str(own), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq"]
    if (
        subprocess.run([*pip, "--upgrade", numpy, *TESTS]).returncode
        or subprocess.run([*pip, "-e", str(ROOT), numpy]).returncode
    ):
        return version, numpy.removeprefix("numpy") or "newest", "could not be installed", False
    run = subprocess.run(
        [str(own), "-m", "pytest", *HOW, *tests],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = run.stdout.splitlines()
    if run.returncode:
        print("\n".join(line for line in lines if line.startswith(("FAILED", "ERROR", "E  "))))
    return (
        version,
        _output(str(own), "import numpy; print(numpy.__version__)"),
        lines[-1] if lines else "nothing ran",
        not run.returncode,
    )


def _output(python: str, code: str) -> str:
    run = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return run.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
