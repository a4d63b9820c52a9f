"""The `chalkgrad` command as a fixture."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import viz

ROOT = str(Path(viz.__file__).parents[1])


@pytest.fixture
def run(tmp_path):
    """Run the command in an empty folder; `run.script(text)` first writes a script there."""

    def command(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "viz.cli", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": ROOT} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    command.script = lambda text, name="my script.py": (tmp_path / name).write_text(textwrap.dedent(text)) and name
    return command
