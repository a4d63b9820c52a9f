"""What is computed within a scope knows it, in whatever mode, thread and task."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading

import numpy as np
import pytest

import autograd as ag
from autograd.core.modes import MODE


def test_a_result_knows_the_scopes_it_was_computed_in():
    x = ag.Tensor(2.0)
    with ag.scope("encoder"):
        a = x * x
        with ag.scope("layer 2", "attention"):
            b = np.tanh(a)
            c = ag.Tensor(1.0, requires_grad=False)
        d = a + b
    assert [t.scope for t in (x, a, b, c, d, a * b)] == [
        (),
        ("encoder",),
        ("encoder", "layer 2", "attention"),
        ("encoder", "layer 2", "attention"),
        ("encoder",),
        (),
    ]
    assert ag.scope_of(b.node) == b.scope


def test_a_constant_result_knows_its_scope():
    with ag.scope("part"), ag.no_grad():
        y = ag.Tensor(2.0) * 3.0
    assert (y.requires_grad, y.scope) == (False, ("part",))


@pytest.mark.parametrize("kinds", itertools.permutations([ag.no_grad, ag.anomaly, ag.guard, ag.record_lines], 2))
def test_scopes_and_modes_do_not_disturb_one_another(kinds):
    outer, inner = kinds
    with outer(), ag.scope("a"), inner(), ag.scope("b"):
        y = ag.Tensor([2.0]) * 3.0
    assert y.scope == ("a", "b")
    assert y.requires_grad == (ag.no_grad not in kinds)
    assert MODE.get() is None


@pytest.mark.parametrize("order", itertools.permutations(range(3)))
def test_scopes_may_end_in_any_order(order):
    blocks = [ag.scope("a"), ag.no_grad(), ag.scope("b")]
    for block in blocks:
        block.__enter__()
    open_ = {0, 1, 2}
    for i in order:
        blocks[i].__exit__(None, None, None)
        open_ -= {i}
        y = ag.Tensor(2.0) * 3.0
        assert y.scope == tuple(name for k, name in ((0, "a"), (2, "b")) if k in open_)
        assert y.requires_grad == (1 not in open_)
    assert MODE.get() is None


def test_an_exception_ends_a_scope():
    with contextlib.suppress(ValueError), ag.scope("a"):
        raise ValueError
    assert (ag.Tensor(2.0) * 3.0).scope == ()


def test_a_decorated_function_and_generator_have_their_scope_alone():
    @ag.scope("f")
    def f(x):
        return x * 2.0

    @ag.scope("g")
    def g(x):
        yield x * 2.0
        yield x * 3.0

    x = ag.Tensor(2.0)
    assert f(x).scope == ("f",)
    assert [(y.scope, (y * 1.0).scope) for y in g(x)] == [(("g",), ())] * 2


def test_threads_and_tasks_have_scopes_of_their_own():
    x, found = ag.Tensor(2.0), {}
    ready = threading.Barrier(2)

    def work(name):
        with ag.scope(name):
            ready.wait()
            found[name] = (x * x).scope

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    async def task(name):
        with ag.scope(name):
            await asyncio.sleep(0)
            found[name] = (x * x).scope

    async def both():
        await asyncio.gather(task("c"), task("d"))

    asyncio.run(both())
    assert found == {name: (name,) for name in "abcd"}


def test_a_name_is_text():
    with pytest.raises(TypeError, match=r"scope needs names, as scope\('layer 2'\), but got 2"):
        ag.scope("layer", 2)
