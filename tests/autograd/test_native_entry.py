"""How Python calls a C program: what comes back, whose it is, and that nothing is lost on the way."""

import gc
import re
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from autograd.read.native import objects
from tests.autograd.native import need_compiler

X = np.random.default_rng(0).normal(size=(30, 40))


def compiled(f, *arguments):
    need_compiler()
    made = ag.compile(f, backend="c")
    made.program(*arguments)
    assert made.backend == "c"
    return made


def test_places_of_the_functions_of_numpy_are_those_of_its_headers():
    text = (Path(np.get_include()) / "numpy" / "__multiarray_api.h").read_text()
    for *_, name, place in objects._OF_NUMPY.values():
        assert int(re.search(rf"define {name}\b[^#]*?PyArray_API\[(\d+)\]", text)[1]) == place


def test_another_numpy_has_no_c(monkeypatch):
    monkeypatch.setattr(objects, "_VERSION", 0x3000000)
    assert "the objects of CPython" in objects.refusal()


def numbers(x):
    """A number of each kind."""
    total = np.sum(x * 2)
    return [total, total > 0, float(x.shape[0]) * total, np.sum(x.astype(np.float32) * 2), np.sum(x * 2).reshape(())]


def test_numbers_are_of_the_types_that_they_have_in_numpy():
    f = compiled(numbers, X)
    for found, expected in zip(f(X), ag.compile(numbers)(X), strict=True):
        assert type(found) is type(expected)
        np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("many", [3, 130])
def test_many_arrays_and_numbers(many):
    def f(arrays, s):
        return [s * x for x in arrays], [np.sum(x) for x in arrays[:3]]

    given = [np.full((2, 3), i / many) for i in range(many)], 3.0
    for found, expected in zip(compiled(f, *given)(*given), f(*given), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_nothing_is_kept_of_a_call():
    """Neither of its results nor of what it was given, in whatever form."""
    f = compiled(lambda x, y, s: (np.tanh(x) * y * s, np.sum(x * y), np.sum(x * y, axis=0)), X, X, 2.0)
    gaps, number = np.asfortranarray(X), 2.5
    dtype = X.dtype
    f(X, gaps, number)
    gc.collect()
    watched = X, gaps, number, dtype, np.ndarray
    before, objects_before = [sys.getrefcount(x) for x in watched], len(gc.get_objects())
    for _ in range(50):
        f(X, gaps, number)
    assert [sys.getrefcount(x) for x in watched] == before
    assert len(gc.get_objects()) < objects_before + 10
    results = f(X, X, number)
    assert [sys.getrefcount(results[k]) for k in (0, 2)] == [2, 2]  # of the tuple, and of the question
    assert results[0].base is None and results[0].flags.owndata


def test_a_result_that_is_kept_does_not_change():
    f = compiled(lambda x: (np.tanh(x) * 2, np.sum(x * x, axis=0)), X)
    first, views = f(X), []
    known = [x.copy() for x in first]
    for k in range(1, 20):
        views.append(f(X + k)[0][3:5])
    for x, before in zip(first, known, strict=True):
        np.testing.assert_array_equal(x, before)
    for k, view in enumerate(views, start=1):
        np.testing.assert_allclose(view, np.tanh(X + k)[3:5] * 2, rtol=1e-14)


def test_threads_call_the_same_program():
    f = compiled(lambda x, s: (np.tanh(x) * s, np.sum(x * s)), X, 1.0)
    wrong = []

    def calls(k):
        for i in range(200):
            s = float(k * 1000 + i)
            a, b = f(X if i % 2 else X[::1].copy(order="F"), s)
            if not (np.allclose(a, np.tanh(X) * s, rtol=1e-12) and np.isclose(b, np.sum(X * s), rtol=1e-9)):
                wrong.append((k, i))

    threads = [threading.Thread(target=calls, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_it_ends_with_what_refers_to_it():
    f = compiled(lambda x: np.tanh(x) * 2, X)
    known = f.programs[0].run.__globals__.values()
    (entry,) = (weakref.ref(x) for x in known if type(x) is type(len) and x.__name__ == "program")
    assert entry()(X)[0].shape == X.shape
    del f, known
    gc.collect()
    assert entry() is None
