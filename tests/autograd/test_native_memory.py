"""A C program that finds no memory: MemoryError, and what it had is given back."""

import ctypes

import numpy as np
import pytest

import autograd as ag
from autograd.read.native import compiler as module, straight
from tests.autograd.native import need_compiler

COUNTED = """
#include <stdlib.h>
int asked, held, lacking;
static void *counted(size_t size)
{
    if (++asked == lacking) return NULL;
    held++;
    return malloc(size);
}
static void given_back(void *place)
{
    held -= place != NULL;
    free(place);
}
#define malloc counted
#define free given_back
"""
X = np.random.default_rng(0).normal(size=(60, 60))


def chained(a):
    """A long calculation with a single number, of which each line is read twice."""
    b = 0.5 * a
    for _ in range(60):
        a, b = np.tanh(a) + 0.25 * b, np.tanh(a * b)
    return a + b


PROGRAMS = {
    "arrays": lambda x, s: np.tanh(x) @ np.tanh(x).T * s,
    "a long calculation": lambda x, s: chained(s) + np.sum(x),
    "both": lambda x, s: (np.tanh(x) - np.mean(np.tanh(x)) * chained(s)) @ np.tanh(x),
    "two long ones": lambda x, s: chained(np.sum(np.tanh(x) - chained(s))) * (np.tanh(x) @ np.exp(x)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_program_had_is_given_back(monkeypatch, tmp_path, name):
    found, f = need_compiler(), PROGRAMS[name]
    (tmp_path / "counted.h").write_text(COUNTED)
    monkeypatch.setattr(module, "_LOADED", {})
    monkeypatch.setenv("CHALKGRAD_CACHE", str(tmp_path))
    monkeypatch.setenv("CC", f"{found} -include {tmp_path}/counted.h")
    monkeypatch.setattr(straight, "_ON_STACK", 2)
    monkeypatch.setattr(straight, "_MOST", 20)
    compiled = ag.compile(f, backend="c")
    np.testing.assert_allclose(compiled(X, 0.5), f(X, 0.5), rtol=1e-9)
    assert compiled.backend == "c", compiled.why_not
    (program,) = (library for library in module._LOADED.values() if not hasattr(library, "cg_trial"))
    asked, held, lacking = (ctypes.c_int.in_dll(program, name) for name in ("asked", "held", "lacking"))
    needed = asked.value
    assert held.value == 0
    assert needed == {"arrays": 1, "a long calculation": 1, "both": 2, "two long ones": 3}[name]
    for k in range(1, needed + 1):
        asked.value, lacking.value = 0, k
        with pytest.raises(MemoryError):
            compiled(X, 0.5)
        assert (asked.value, held.value) == (k, 0)
