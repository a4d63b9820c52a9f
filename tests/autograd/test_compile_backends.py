"""backend= of ag.compile: which one runs, what is said of it, and what is done without a compiler."""

import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest

import autograd as ag
from autograd.read.native import compiler as module
from tests.autograd.native import need_compiler

X = np.linspace(-2.0, 2.0, 600).reshape(20, 30)
FELL_BACK = "runs by NumPy, not as C. No C compiler was found"


def scaled(x, factor):
    return factor * np.tanh(x) + np.exp(-x * x)


def expected(x, factor):
    return factor * np.tanh(x) + np.exp(-x * x)


@pytest.fixture
def no_compiler(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_KNOWN", {})
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)


@pytest.mark.parametrize("wrong", ["numba", "C", "", None, 3])
def test_another_backend_is_refused(wrong):
    with pytest.raises(ag.GraphError, match=r'backend= needs to be "numpy", "c" or "auto", but got'):
        ag.compile(scaled, backend=wrong)


@pytest.mark.parametrize("backend", ["c", "auto"])
def test_c(backend):
    need_compiler()
    compiled = ag.compile(scaled, backend=backend)
    assert (compiled.backend, compiled.why_not) == (backend, None)  # which will be tried
    np.testing.assert_allclose(compiled(X, 3.0), expected(X, 3.0), rtol=1e-14)
    assert (compiled.backend, compiled.why_not) == ("c", None)
    assert "np.tanh(x)" in compiled.source  # the same program, in NumPy
    assert "scaled" in compiled.c
    assert compiled.c == compiled.programs[0].c
    assert repr(compiled) == "<compiled scaled: 1 program:\n  (x: (20, 30) float64, factor: float), by C>"
    twin = pickle.loads(pickle.dumps(compiled))
    np.testing.assert_array_equal(twin(X, 3.0), compiled(X, 3.0))
    assert twin.backend == "c"


@pytest.mark.parametrize("name", ["<lambda>", "exp", "double", "main", "σ", "div", "Tuple", "malloc", "_init", "x"])
def test_whatever_the_function_is_called(name):
    """Names that mean something in C, and those that it does not have."""
    need_compiler()

    def f(x):
        return np.exp(x) * 0.5 + x

    f.__name__ = name
    compiled = ag.compile(f, backend="c")
    np.testing.assert_allclose(compiled(X), np.exp(X) * 0.5 + X, rtol=1e-14)
    assert compiled.backend == "c"


@pytest.mark.parametrize(
    "names",
    [
        ("i", "exp", "double", "NULL", "σ"),
        ("i1", "sqrt", "objects", "M_PI", "Array"),
        ("j", "sqrtf", "scratch", "linux", "total"),
        ("k", "cg_exp", "numbers", "int64_t", "y0"),
        ("r1", "t", "whole", "main", "t_2"),
    ],
    ids=" ".join,
)
def test_whatever_an_argument_is_called(names):
    """A number that is called as the variable of a loop is not taken for it, nor an array for a function of C."""
    need_compiler()
    scope, given = {"np": np}, ", ".join(names)
    weighed = " + ".join(f"{k} * {name}" for k, name in enumerate(names, 1))
    exec(
        f"def f(x, {given}): return np.sqrt(np.abs(x * ({weighed}))) - np.exp(x), np.sum(x * ({weighed}), axis=1)",
        scope,
    )
    for args in ([1.0, 2.0, 3.0, 4.0, 5.0], [X + k for k in range(5)]):
        compiled, args = ag.compile(scope["f"], backend="c"), (X, *args)
        for got, right in zip(compiled(*args), scope["f"](*args), strict=True):
            np.testing.assert_allclose(got, right, rtol=1e-12, atol=1e-12)
        assert compiled.backend == "c"


def test_numpy():
    compiled = ag.compile(scaled)
    compiled(X, 3.0)
    assert (compiled.backend, compiled.why_not) == ("numpy", None)
    assert repr(compiled) == "<compiled scaled: 1 program:\n  (x: (20, 30) float64, factor: float)>"
    with pytest.raises(ag.GraphError, match=r'NumPy runs scaled\. Compile it by backend="c"'):
        compiled.c  # noqa: B018


@pytest.mark.parametrize("ask", [lambda f: f.c, lambda f: f.source])
def test_what_is_not_read_yet_has_no_text(ask):
    with pytest.raises(ag.GraphError, match="scaled has not been called yet"):
        ask(ag.compile(scaled, backend="c"))


def test_without_a_compiler_c_is_numpy_with_one_warning(no_compiler):
    compiled = ag.compile(scaled, backend="c")
    with pytest.warns(UserWarning, match=FELL_BACK) as given:
        result = compiled(X, 3.0)
    assert [w.filename for w in given] == [__file__]
    np.testing.assert_array_equal(result, ag.compile(scaled)(X, 3.0))
    compiled(X, 3.0)
    compiled(X[0], 3.0)  # another program, of which nothing more is said
    assert compiled.backend == "numpy"
    assert compiled.why_not.startswith("No C compiler was found")
    assert {program.why_not for program in compiled.programs} == {compiled.why_not}
    assert repr(compiled).endswith("(x: (20, 30) float64, factor: float), by NumPy>")
    with pytest.raises(ag.GraphError, match=r"NumPy runs scaled\. No C compiler was found"):
        compiled.c  # noqa: B018


def test_without_a_compiler_auto_is_numpy_and_says_nothing(no_compiler):
    compiled = ag.compile(scaled, backend="auto")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(compiled(X, 3.0), ag.compile(scaled)(X, 3.0))
    assert compiled.backend == "numpy"
    assert compiled.why_not.startswith("No C compiler was found")


@pytest.mark.parametrize("said", ["it crashed: internal compiler error", "cc took more than 60 s, and was stopped."])
def test_a_program_that_cannot_be_built_runs_by_numpy(monkeypatch, said):
    """Whatever the compiler says of it: the trial was built."""
    need_compiler()

    def failing(*_):
        raise module.NoCompiler(said)

    monkeypatch.setattr(module, "_compile", failing)
    compiled = ag.compile(lambda x: np.tanh(x) * 0.123 + np.exp(x), backend="auto")
    np.testing.assert_allclose(compiled(X), np.tanh(X) * 0.123 + np.exp(X), rtol=1e-14)
    assert (compiled.backend, compiled.why_not) == ("numpy", said)


def test_a_program_that_gains_nothing_runs_by_numpy():
    need_compiler()
    compiled = ag.compile(lambda x: np.sort(x), backend="auto")
    np.testing.assert_array_equal(compiled(X), np.sort(X))
    assert compiled.backend == "numpy"
    assert compiled.why_not


def test_numpy_alone_loads_nothing_of_the_compiler():
    code = (
        "import sys, numpy as np, autograd as ag; ag.compile(np.tanh)(np.ones(3));"
        "print([m for m in sys.modules if m.startswith('autograd.read.native') or m == 'subprocess'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
