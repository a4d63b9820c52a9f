"""What `import autograd`, `import nn` and `import viz` load, and that what is loaded later is there all the same."""

import ast
import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import autograd
import nn
import viz

ROOT = str(Path(viz.__file__).parents[1])
LARGE = (
    "IPython",
    "autograd.check",
    "autograd.read",
    "graphviz",
    "latex2mathml",
    "matplotlib",
    "mpmath",
    "nn.byhand.documents",
    "nn.io",
    "nn.onnx",
    "onnx",
    "pydoc",
    "rich",
    "safetensors",
    "sympy",
    "tempfile",
    "viz.picture.dot",
)


@pytest.mark.parametrize("package", ["autograd", "nn", "viz"])
def test_an_import_loads_nothing_large(package):
    code = f"import sys, numpy; before = set(sys.modules); import {package}; print(*set(sys.modules) - before)"
    loaded = _printed(code).split()
    assert package in loaded
    assert [name for name in LARGE if name in loaded] == []


@pytest.mark.parametrize("package", [autograd, nn, viz], ids=lambda p: p.__name__)
def test_every_export_is_there_and_listed(package):
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'nonsense'"):
        package.nonsense  # noqa: B018


@pytest.mark.parametrize(
    "first", ["viz.draw", "viz.save_page", "viz.record", "viz.web.save_page", "nn.byhand", "autograd.read"]
)
def test_what_is_loaded_first_makes_no_difference(first):
    package = first.partition(".")[0]
    code = f"import {package}, viz, autograd as ag; {first}; print(type(viz.tree).__name__, type(ag.derive).__name__)"
    assert _printed(code).split() == ["function", "function"]


def test_an_older_numpy_is_refused_in_words():
    oldest = ".".join(map(str, autograd._numpy.OLDEST))
    assert f"\n    numpy>={oldest}\n" in Path(ROOT, "setup.cfg").read_text(encoding="utf-8")
    for package in ("autograd", "nn"):
        code = f"import numpy; numpy.__version__ = '2.2.6'\ntry: import {package}\nexcept ImportError as e: print(e)"
        assert _printed(code).strip() == (
            f"chalkgrad needs NumPy {oldest} or newer, but got NumPy 2.2.6. "
            f'Install a newer one: python -m pip install "numpy>={oldest}".'
        )


@pytest.mark.parametrize("version", ["2.3.0", "2.4.0rc1", "2.10.1", "3.0.0.dev0+git20261127"])
def test_newer_ones_are_not(version):
    autograd._numpy.require(version)


def _printed(code):
    # Dask, once imported, says for all processes how glibc is to allocate; here that is as for a user.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    done = subprocess.run([sys.executable, "-c", code], env=own | {"PYTHONPATH": ROOT}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_training_step_finds_the_memory_that_the_one_before_has_freed():
    code = """
import resource
import numpy as np
import nn
model, X, Y = nn.Sequential(nn.Linear(784, 128), nn.Sigmoid()), np.ones((784, 64)), np.ones((128, 64))
optimizer, faults = nn.optim.SGD(model.parameters(), lr=0.01), []
for _ in range(20):
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
    J = nn.losses.mse(model(X), Y)
    optimizer.zero_grad()
    J.backward()
    optimizer.step()
print(faults[-1] - faults[9])
"""
    faults = int(_printed(code))
    assert faults < 10 * 50 or platform.libc_ver()[0] != "glibc"  # a page has 4 kB, the weights 800


PACKAGES = sorted(path for p in (autograd, nn, viz) for path in Path(p.__file__).parent.rglob("__init__.py"))


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.parent.name)
def test_a_name_is_exported_in_one_place(path):
    """By an import `as` itself, or in the list of the file that it is from."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [x for x in ast.walk(tree) if isinstance(x, ast.ImportFrom)]
    names = [alias.asname for x in imported for alias in x.names if alias.asname == alias.name]
    for x in imported:
        if x.names[0].name == "*":
            names += import_module(x.module).__all__
    assert sorted(names) == sorted(set(names))
    texts = [x.value for x in ast.walk(tree) if isinstance(x, ast.Constant) and isinstance(x.value, str)]
    assert sorted(set(names) & set(texts)) == []  # nor in a table


def test_all_of_a_package_can_be_imported():
    assert _printed("from autograd import *; print(Tensor.__name__, derive.__name__, sigmoid.__name__)").split() == [
        *("Tensor", "derive", "sigmoid"),
    ]


def test_what_a_family_of_rules_lists_is_exported():
    families = ("convolution", "indexing", "normalization", "special")
    listed = {name for family in families for name in import_module(f"autograd.rules.{family}").__all__}
    assert listed <= set(autograd.__all__)
    assert all(getattr(autograd, name) is getattr(autograd.rules, name) for name in listed)
