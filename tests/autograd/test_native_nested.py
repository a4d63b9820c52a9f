"""Programs of numbers alone as C, which looks into the lists of floats that it is given and makes those it gives."""

from __future__ import annotations

import gc
import math
import sys
import threading
from contextlib import suppress
from copy import copy
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd as ag
from autograd.read.native import objects

TREES = [
    1.5,
    [],
    (0.5,),
    [[0.5, -0.0], [(1.0, 2.0), ([], 3.0)]],
    ([], ([[-2.0]], 0.25), 1e-300),
    [float("inf"), [float("nan"), (-1e300,)]],
    [[[0.1 * k + j for k in range(7)] for j in range(3)], tuple(0.5 for _ in range(30))],
]


def leaves(tree: Any) -> list[Any]:
    return [x for part in tree for x in leaves(part)] if isinstance(tree, (list, tuple)) else [tree]


def mapped(tree: Any, change: Any) -> Any:
    return type(tree)(mapped(part, change) for part in tree) if isinstance(tree, (list, tuple)) else change(tree)


def alike(a: Any, b: Any) -> bool:
    """Whether two results have the same structure, the same types, and numbers that differ by rounding."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    return math.isclose(a, b, rel_tol=1e-13, abs_tol=1e-300) or (a != a and b != b)


def calculation(first: Any, second: Any) -> Any:
    """Computed numbers, one of them twice; numbers that are passed on; constants; in tuples and lists."""
    xs = leaves(first)
    total = sum((np.tanh(x) * (k + 1.0) for k, x in enumerate(xs)), 0.25 * second)
    for k in range(12):
        total = np.tanh(0.1 * total) + k / 3
    return [total, (mapped(first, lambda x: x * total), second), [], 2.5, (total, xs[-1] if xs else 1.0)]


@pytest.mark.parametrize("tree", TREES, ids=map(str, range(len(TREES))))
def test_what_is_nested_is_taken_and_given_as_numpy_does_it(tree: Any) -> None:
    as_c, by_numpy, number = ag.compile(calculation, backend="c"), ag.compile(calculation), 0.75
    got = as_c(tree, number)
    assert alike(got, by_numpy(tree, number))
    assert as_c.backend == "c", as_c.why_not
    assert as_c.programs[0].fits(tree, number) is True
    assert alike(as_c(tree, number), got) and len(as_c.programs) == 1


def weighted(w: Any, x: Any) -> Any:
    return sum((np.exp(a * a) * np.tanh(b * a + 1.0) for a, b in zip(w, x)), 0.0)


W, X = [0.5, -1.0, 2.0, 0.25, 1.5], [1.0, 2.0, 3.0, 4.0, 5.0]


@cache
def program() -> Any:
    compiled = ag.compile(ag.value_and_grad(weighted), backend="c")
    compiled(W, X)
    assert compiled.backend == "c", compiled.why_not
    return compiled


def test_no_float_is_unpacked_in_python() -> None:
    run = program().programs[0].run
    assert run.__code__.co_nlocals == 2  # the arguments


class Own(float):
    pass


class Pair(NamedTuple):
    a: float
    b: float


OTHERS = {
    "an integer": [0.5, -1, 2.0, 0.25, 1.5],
    "a boolean": [0.5, True, 2.0, 0.25, 1.5],
    "NumPy's float": [0.5, np.float64(-1.0), 2.0, 0.25, 1.5],
    "an array without axes": [0.5, np.array(-1.0), 2.0, 0.25, 1.5],
    "one more": [*W, 1.0],
    "one fewer": W[:-1],
    "a tuple": tuple(W),
    "a list within": [[0.5], -1.0, 2.0, 0.25, 1.5],
    "an array": np.array(W),
    "nothing": [],
    "a subclass of float": [0.5, Own(-1.0), 2.0, 0.25, 1.5],
    "None": [0.5, None, 2.0, 0.25, 1.5],
    "a string": "abcde",
    "a number": 1.0,
    "a named tuple": Pair(1.0, 2.0),
}


@pytest.mark.parametrize("other", OTHERS)
def test_arguments_of_another_kind_do_not_fit(other: str) -> None:
    routine = program().programs[0]
    assert routine.fits(W, X) is True
    assert routine.fits(OTHERS[other], X) is False
    with pytest.raises(ValueError, match="not of the kind"):
        routine.run(OTHERS[other], X)


@pytest.mark.parametrize("other", ["an integer", "NumPy's float", "one fewer", "a tuple"])
def test_each_kind_has_a_program_of_its_own(other: str) -> None:
    compiled = copy(program())
    compiled.programs = [*program().programs]
    value, gradient = ag.value_and_grad(weighted)([float(x) for x in OTHERS[other]], X)
    got, slopes = compiled(OTHERS[other], X)
    assert len(compiled.programs) == 2
    assert math.isclose(got, value, rel_tol=1e-14)
    assert np.allclose(leaves(slopes), leaves(gradient), rtol=1e-14, atol=0)


def test_arguments_given_by_keywords() -> None:
    compiled = ag.compile(ag.value_and_grad(weighted), backend="c")
    expected = program()(W, X)
    for _ in range(2):
        assert compiled(W, x=X) == expected
    assert compiled.backend == "c" and len(compiled.programs) == 1
    with pytest.raises(TypeError):
        compiled.programs[0].run(W)


def test_dicts_arrays_and_static_values_are_handed_over_by_python() -> None:
    for f, args in (
        (lambda p: p["a"] * p["b"] + np.tanh(p["a"]) * np.exp(p["b"]) - p["a"] ** 3, ({"a": 0.5, "b": 2.0},)),
        (lambda x, w: np.sum(np.tanh(x) * w[0] + w[1]), (np.ones(30), [0.5, 2.0])),
        (lambda x, w, how: how(x * w) * np.exp(w) + x, (0.5, 2.0, np.tanh)),
    ):
        compiled = ag.compile(f, backend="c")
        assert np.allclose(compiled(*args), f(*args), rtol=1e-14, atol=0)


def test_more_numbers_than_the_stack_has_room_for() -> None:
    w, x = [0.001 * k for k in range(280)], [1.0 + 0.01 * k for k in range(280)]
    value, gradient = ag.compile(ag.value_and_grad(weighted, argnums=(0, 1)), backend="c")(w, x)
    expected, slopes = ag.value_and_grad(weighted, argnums=(0, 1))(w, x)
    assert math.isclose(value, expected, rel_tol=1e-12)
    assert np.allclose(gradient, slopes, rtol=1e-12, atol=1e-12)


def test_nothing_is_left_behind() -> None:
    compiled = ag.compile(calculation, backend="c")
    tree, number = [[0.5, 1.0], (2.0, [3.0])], 0.75
    compiled(tree, number)
    assert compiled.backend == "c"
    gc.collect()
    constants, before = sys.getrefcount(2.5), sys.getallocatedblocks()
    for _ in range(500):
        compiled(tree, number)
        compiled.programs[0].fits([1.0], number)
    gc.collect()
    assert sys.getallocatedblocks() - before < 50 and sys.getrefcount(2.5) - constants < 5


def test_a_list_that_another_thread_changes_meanwhile() -> None:
    compiled, w, done = program(), list(W), threading.Event()

    def change() -> None:
        while not done.is_set():
            w.pop()
            w.append(float(len(w)))

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(3000):
            with suppress(ValueError):
                compiled.programs[0].run(w, X)
    finally:
        done.set()
        thread.join()


def test_a_python_with_other_lists_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert objects.refusal() is None
    monkeypatch.setattr(objects, "id", lambda x: 0 if type(x) is object else id(x), raising=False)
    assert "those of this Python" in str(objects.refusal())
