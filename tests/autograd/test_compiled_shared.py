"""Compiled functions that are copied, pickled, and shared by threads and processes."""

import copy
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import warnings

import numpy as np
import pytest

import autograd as ag

BACKENDS = ("numpy", "auto")
X = np.linspace(-2.0, 2.0, 12).reshape(3, 4)


def cost(w, x):
    return np.sum(np.tanh(w * x) ** 2)


def scaled(x, times):
    return np.tanh(x) * times


@ag.compile
def decorated(x):
    return np.tanh(x) + 1


@ag.compile
@ag.value_and_grad
def decorated_twice(x):
    return np.sum(np.tanh(x))


@ag.grad
def slope(x):
    return np.sum(x**3)


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return self.factor * np.tanh(x)

    def method(self, x):
        return self.factor * np.exp(x)

    @ag.compile
    def compiled(self, x):
        return self.factor * x


def unpickled(f):
    return pickle.loads(pickle.dumps(f))


MADE = {
    "a function": (cost, (2.0, X)),
    "value_and_grad": (ag.value_and_grad(cost), (2.0, X)),
    "grad of grad": (ag.grad(ag.grad(cost)), (2.0, X)),
    "grad of a checkpoint": (ag.grad(ag.checkpoint(cost), 1), (2.0, X)),
    "jacobian": (ag.jacobian(np.tanh), (X[0],)),
    "hessian": (ag.hessian(cost, (0, 1)), (2.0, X[0])),
    "per_example_grad": (ag.per_example_grad(cost, 0, (1,)), (2.0, X)),
    "a decorated gradient": (slope, (X,)),
    "a method": (Scale(3.0).method, (X,)),
    "an object": (Scale(3.0), (X,)),
}


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, unpickled])
@pytest.mark.parametrize(
    "f, args, backend",
    [*((*made, "numpy") for made in MADE.values()), (*MADE["value_and_grad"], "auto")],
    ids=[*MADE, "by C"],
)
def test_a_copy_gives_the_same_by_programs_of_its_own(f, args, backend, way):
    compiled = ag.compile(f, backend=backend)
    before = way(compiled)  # before there is a program
    expected = compiled(*args)
    for twin in (before, way(compiled)):
        assert twin is not compiled
        assert not twin.programs
        np.testing.assert_equal(twin(*args), expected)
        assert twin.source == compiled.source
        assert (twin.backend, repr(twin)) == (compiled.backend, repr(compiled))


def test_a_copy_keeps_what_is_static():
    twin = unpickled(ag.compile(scaled, static="times"))
    twin(X, 2)
    twin(X, 3)
    assert len(twin.programs) == 2


@pytest.mark.parametrize("f", [decorated, decorated_twice, Scale.compiled])
@pytest.mark.parametrize("way", [copy.deepcopy, unpickled])
def test_a_decorated_function_is_found_by_its_name(f, way):
    assert way(f) is f


def test_a_pickle_says_what_is_not_there():
    there = pickle.dumps(decorated).replace(b"decorated", b"forgotten")
    with pytest.raises(ag.GraphError, match=r"pickled as forgotten of .*test_compiled_shared, which is not there"):
        pickle.loads(there)


def test_what_wraps_a_gradient_is_not_taken_for_it():
    import functools

    gradient = ag.grad(cost)

    @functools.wraps(gradient)
    def doubled(*args):
        return 2 * gradient(*args)

    compiled = ag.compile(doubled)
    assert copy.deepcopy(compiled)(2.0, X) == 2 * gradient(2.0, X)
    with pytest.raises((pickle.PicklingError, AttributeError), match=r"doubled|grad_of_cost"):
        pickle.dumps(compiled)


# --- threads ----------------------------------------------------------------------------------------------------------


def at_once(n, run):
    """What `run(i)` gives in n threads that start together and are switched as often as can be."""
    results, ready = [None] * n, threading.Barrier(n)

    def work(i):
        ready.wait()
        try:
            results[i] = run(i)
        except BaseException as error:
            results[i] = error

    threads = [threading.Thread(target=work, args=(i,)) for i in range(n)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    return results


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_that_come_at_once_read_one_program(backend):
    read = []

    def step(W, x):
        if ag.tracing():
            read.append(threading.get_ident())
        A = np.tanh(W @ x)
        return W - 0.1 * (A - 1) @ x.T, np.sum(A)

    compiled = ag.compile(step, backend=backend)
    arrays = [np.full((3, 3), 0.1 * i) for i in range(6)]
    results = at_once(6, lambda i: [compiled(arrays[i], X) for _ in range(20)])
    assert len(compiled.programs) == 1
    assert len(set(read)) == 1
    for W, mine in zip(arrays, results, strict=True):
        for new, total in mine:
            A = np.tanh(W @ X)
            np.testing.assert_allclose(new, W - 0.1 * (A - 1) @ X.T, rtol=1e-14, atol=1e-15)
            np.testing.assert_allclose(total, np.sum(A), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_read_programs_of_different_kinds(backend):
    compiled = ag.compile(ag.value_and_grad(cost), backend=backend)
    results = at_once(5, lambda i: compiled(2.0, np.ones(i + 1)))
    assert len(compiled.programs) == 5
    for i, (value, gradient) in enumerate(results):
        np.testing.assert_allclose([value, gradient], ag.value_and_grad(cost)(2.0, np.ones(i + 1)), rtol=1e-14)


def test_threads_share_a_model_that_two_functions_read():
    """While a program is read off a function that runs a model, its parameters are stand-ins: nobody may see them."""
    import nn

    model = nn.Linear(3, 2, init="zeros")

    def run(k):
        def values(W, b, x):
            with nn.parameters_apart([model.W, model.b], [W, b]):
                return np.tanh(model(x).data) * k

        return ag.compile(values)

    functions = [run(k) for k in range(1, 5)]
    W, b = np.ones((2, 3)), np.ones((2, 1))
    results = at_once(4, lambda i: functions[i](W, b, X))
    for k, result in enumerate(results, 1):
        np.testing.assert_allclose(result, k * np.tanh(W @ X + b), rtol=1e-14)
    np.testing.assert_array_equal(model.W.data, 0)


# --- processes --------------------------------------------------------------------------------------------------------


def test_a_process_that_is_started_anew_reads_its_own():
    compiled = ag.compile(ag.value_and_grad(cost), backend="auto")
    expected = compiled(2.0, X)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        np.testing.assert_equal(pool.apply(compiled, (2.0, X)), expected)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_process_that_is_forked_while_another_thread_reads(backend):
    """The lock of whoever reads is taken at the moment of the fork, and in the child nobody would give it back."""
    reading, forked = threading.Event(), threading.Event()

    def slow(x):
        reading.set()
        forked.wait(30)
        return np.tanh(x)

    compiled, ready = ag.compile(slow, backend=backend), ag.compile(cost, backend=backend)
    expected = ready(2.0, X)
    thread = threading.Thread(target=compiled, args=(X,))
    thread.start()
    assert reading.wait(30)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of a fork where there are threads
        child = os.fork()
    if child == 0:
        done = False
        try:
            signal.alarm(60)  # rather than wait for ever
            forked.set()
            np.testing.assert_allclose(ready(2.0, X), expected, rtol=1e-14)
            np.testing.assert_allclose(ready(2.0, X[0]), cost(2.0, X[0]), rtol=1e-14)
            np.testing.assert_allclose(compiled(X), np.tanh(X), rtol=1e-14)
            done = True
        finally:
            os._exit(0 if done else 1)
    forked.set()
    thread.join(30)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
