"""The environments of the peers, one each under .venv-bench/: `make bench` has them made by this file, once.

HIPS/autograd has our import name, and no peer should decide which version another gets. All have the same NumPy.
"""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from roster import ENVIRONMENTS, HOME

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv-bench"


def python(name: str) -> Path:
    """The interpreter of that environment."""
    return Path(sys.executable) if name == HOME else FOLDER / name / "bin" / "python"


def variables(name: str) -> dict[str, str]:
    """What its processes find in their surroundings: ours find this tree, the others must not."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return kept | {"PYTHONPATH": str(ROOT)} if name == HOME else kept


def lacking(name: str) -> str | None:
    """Why the environment cannot be used, or None."""
    if name == HOME or ready(name):
        return None
    return "pip could not install it" if (FOLDER / f"{name}.log").exists() else "not installed: run make bench"


def make(name: str) -> None:
    """Make the environment, unless it stands as it should. What pip says goes to a log; a failure is no error here."""
    if ready(name):
        return
    print(f"== installing {name} to compare with into {(FOLDER / name).relative_to(ROOT)}")
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    FOLDER.mkdir(exist_ok=True)
    commands = [
        [sys.executable, "-m", "venv", FOLDER / name],
        [python(name), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", *requirements(name)],
    ]
    log = FOLDER / f"{name}.log"
    with log.open("w") as said:
        for command in commands:
            if subprocess.run(command, stdout=said, stderr=subprocess.STDOUT, env=variables(name)).returncode:
                print(f"{name} could not be installed and is left out of the comparison: see {log.relative_to(ROOT)}")
                return
    log.unlink()
    stamp(name).write_text(wanted(name))


def requirements(name: str) -> list[str]:
    """What pip is asked for. Where our own extra pins the peer, the pin is read there."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    extra = settings["options.extras_require"]["bench"].split()
    pinned = [line for line in extra if line.startswith(f"{name}==")]
    return [*(pinned or [name]), f"numpy=={np.__version__}"]


def ready(name: str) -> bool:
    """Whether the environment was made, by this Python and of these requirements."""
    return stamp(name).exists() and stamp(name).read_text() == wanted(name)


def stamp(name: str) -> Path:
    """The file that says what the environment was made of."""
    return FOLDER / name / "made-of.txt"


def wanted(name: str) -> str:
    """What stands in the stamp."""
    return "\n".join([sys.version, *requirements(name)])


if __name__ == "__main__":
    for environment in ENVIRONMENTS:
        make(environment)
