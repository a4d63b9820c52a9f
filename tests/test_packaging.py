"""The wheel, as a user gets it: installed by pip beside what it depends on alone, and run from another folder."""

import configparser
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ["autograd", "nn", "viz"]
SETTINGS = configparser.ConfigParser()
SETTINGS.read(ROOT / "setup.cfg", encoding="utf-8")

pytestmark = [pytest.mark.installs, pytest.mark.slow]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy: nothing old in the work tree gets in, nothing new is left there."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ["setup.cfg", "pyproject.toml", "README.md", "LICENSE"]:
        shutil.copy(ROOT / name, source)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    own = ["--no-build-isolation"] if find_spec("setuptools") else []  # or else pip loads one, which takes its time
    run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", *own, "--wheel-dir", out, source])
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The commands of an environment that holds the wheel and what it depends on, and nothing else."""
    environment = tmp_path_factory.mktemp("environment") / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", environment])
    commands = environment / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", commands / "python"]
    run([*pip, "install", "-q", "--no-deps", "--no-index", wheel])
    places = run([commands / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    for path in depended_on(SETTINGS["options"]["install_requires"].split()):
        (Path(places.strip()) / path.name).symlink_to(path)
    run([*pip, "check"])
    return commands


def depended_on(requirements):
    """The folders and files of these distributions, and of all that they depend on, where they are installed here."""
    found, waiting = {}, list(map(Requirement, requirements))
    while waiting:
        name = waiting.pop().name
        if name in found:
            continue
        here = metadata.distribution(name)
        found[name] = {Path(here.locate_file(file.parts[0])) for file in here.files if ".." not in file.parts}
        needed = map(Requirement, here.requires or ())
        waiting += [r for r in needed if r.marker is None or r.marker.evaluate({"extra": ""})]
    return {path for paths in found.values() for path in paths if path.exists() and path.name != "__pycache__"}


def test_the_wheel_holds_the_package_data(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    data = {f"{name}/py.typed" for name in PACKAGES}
    data |= {f"nn/datasets/{name}" for name in ["breast_cancer.npz", "airfoil.npz", "sonnets.txt", "SOURCES.md"]}
    assert data <= held
    assert any(name.endswith("/LICENSE") for name in held)


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    paths = [path for name in PACKAGES for path in (ROOT / name).rglob("[!.]*") if path.is_file()]
    assert held == {path.relative_to(ROOT).as_posix() for path in paths if "__pycache__" not in path.parts}


def test_imports_come_from_the_wheel(installed, tmp_path):
    code = "import autograd, nn, viz; print(autograd.__file__); print(nn.datasets.load('digits')[0].shape)"
    where, shape = run([installed / "python", "-c", code], cwd=tmp_path).splitlines()
    assert Path(where).is_relative_to(installed.parent)
    assert shape == "(64, 1797)"


def test_the_command_tells_its_version(installed, tmp_path):
    assert SETTINGS["metadata"]["version"] in run([installed / "chalkgrad", "--version"], cwd=tmp_path)


def test_demo_runs_from_any_folder_and_names_what_it_wrote(installed, tmp_path):
    out = tmp_path / "a folder with spaces"
    said = run([installed / "chalkgrad", "demo", "--out", out], cwd=tmp_path)
    written = [path for path in out.rglob("*") if path.is_file()]
    assert {path.suffix for path in written} >= {".svg", ".png", ".html"}
    unnamed = [path.name for path in written if path.name not in said]
    assert not unnamed
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def run(command, cwd=None):
    """Run it without our own Python settings; give what it printed, or fail with all that it said."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
    )
    assert result.returncode == 0, f"{command} failed:\n{result.stdout}\n{result.stderr}"
    return result.stdout
