"""The map of the house: who may import whom, and that what the pages say about files is so."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import numpy as np
import pytest

from autograd.core.op import OPS

ROOT = Path(__file__).resolve().parents[1]
# From the ground up. A package imports what stands on its own floor or below; several on one floor know nothing of
# each other.
FLOORS = [
    {"_numpy", "errors", "printable", "files", "callers", "exports", "signposts"},
    {"core"},
    {"rules"},
    {"array", "extend"},
    {"debug"},
    {"tensor"},
    {"transforms"},
    {"check"},
    {"read"},
]
FLOOR = {package: floor for floor, packages in enumerate(FLOORS) for package in packages}


def modules(package: str) -> dict[str, Path]:
    """The modules of a package, by their dotted names."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, known: set[str]) -> set[str]:
    """The modules among `known` that a file imports with itself: not within functions, nor for types."""
    found = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        waiting += ast.iter_child_nodes(node)
    return found & known


AUTOGRAD = modules("autograd")


@pytest.mark.parametrize("package", ["autograd", "nn", "viz"])
def test_no_circle_of_imports(package):
    known = modules(package)
    # `import package` itself runs first, whoever asks for a part of it.
    graph = {name: imported(path, set(known)) - {name, package} for name, path in known.items() if name != package}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(f"a circle of imports: {' → '.join(circle.args[1])}")


def test_every_package_has_its_floor():
    assert {name.split(".")[1] for name in AUTOGRAD if "." in name} == set(FLOOR)


def test_nothing_imports_upward():
    wrong = []
    for name, path in AUTOGRAD.items():
        if "." not in name:
            continue
        own = name.split(".")[1]
        for other in imported(path, set(AUTOGRAD)) - {"autograd"}:
            theirs = other.split(".")[1]
            if FLOOR[theirs] > FLOOR[own] or (FLOOR[theirs] == FLOOR[own] and theirs != own and FLOOR[own] > 0):
                wrong.append(f"{name} imports {other}")
    assert wrong == []


def test_the_engine_knows_neither_layers_nor_pictures():
    for path in AUTOGRAD.values():
        assert not re.search(r"^\s*(from|import) (nn|viz)\b", path.read_text(encoding="utf-8"), re.M), path


def test_the_core_is_read_in_one_sitting():
    core = [AUTOGRAD[f"autograd.core.{name}"] for name in ("node", "op", "sweep")] + [AUTOGRAD["autograd.tensor"]]
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in core) <= 650


FOLDERS = "autograd|nn|viz|tests|tools|benchmarks|examples|notebooks"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs" / "architecture.md"], ids=lambda page: page.name)
def test_the_derivative_of_tanh_stands_where_a_page_says(page):
    said = re.findall(r"derivative of tanh[^`]*`([^`]+)`", page.read_text(encoding="utf-8"))
    file, _ = OPS[np.tanh].declared
    assert said
    assert {(ROOT / name).resolve() for name in said} == {Path(file).resolve()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_are_there(page):
    named = set(re.findall(rf"`((?:{FOLDERS})/[\w/.-]+\.\w+)`", page.read_text(encoding="utf-8")))
    assert {name for name in named if not (ROOT / name).exists()} == set()
