"""Finding trouble: anomaly, guard, hooks, the ledger of a gradient, and the modes' manners."""

import gc
import sys
import threading

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd as ag
from autograd.debug.guard import locks_of
from tests.autograd.helpers import live


def test_anomaly_names_the_first_operation_forward_with_its_operands_and_line():
    W = ag.Tensor([[1.0, -2.0]], name="W")
    with pytest.raises(ag.NumericalError) as caught, ag.anomaly():
        Z = W * 3
        np.exp(np.log(Z))
    text = str(caught.value)
    assert text.startswith("log made nan at (0, 1) from finite numbers.")
    assert "here -6.0" in text and "test_trouble.py, line" in text


def test_anomaly_names_the_first_operation_backward():
    x = ag.Tensor([4.0, 0.0], name="x")
    with ag.anomaly():
        J = np.sqrt(x).sum()
    with (
        pytest.raises(ag.NumericalError, match=r"gradient of x by way of sqrt is inf at \(1,\)") as caught,
        ag.anomaly(),
    ):
        J.backward()
    assert "test_trouble.py, line" in str(caught.value)


def test_anomaly_works_for_numbers_and_for_grad():
    with pytest.raises(ag.NumericalError, match="way of log"), ag.anomaly():
        ag.grad(np.log)(1e-320)
    with pytest.raises(ag.NumericalError, match="divide made inf"), ag.anomaly():
        1.0 / ag.Tensor(0.0)


def test_a_nan_that_was_there_before_is_not_blamed_on_an_operation():
    with ag.anomaly():
        y = ag.Tensor([np.nan, 1.0]) * 2
        y.sum().backward()


def test_anomaly_says_where_the_line_is_unknown():
    J = np.sqrt(ag.Tensor([0.0])).sum()
    with pytest.raises(ag.NumericalError, match="outside of anomaly"), ag.anomaly():
        J.backward()


def test_guard_makes_a_stray_edit_an_error_and_gives_the_arrays_back():
    X, W = np.ones((2, 3)), np.ones((3, 2))
    view = W.T
    with ag.guard():
        y = ag.Tensor(X) * view
        for array in (X, view, W, y.data):
            with pytest.raises(ValueError, match="read-only"):
                array[0, 0] = 5.0
    for array in (X, view, W, y.data):
        array[0, 0] = 5.0


def test_guard_leaves_what_was_read_only_before():
    X = np.ones(3)
    X.flags.writeable = False
    with ag.guard():
        ag.Tensor(X) * 2
    assert not X.flags.writeable


def test_hooks_see_and_change_the_complete_gradient():
    seen = []
    x = ag.Tensor(3.0)
    y = x * x
    remove = y.register_hook(seen.append)
    y.register_hook(lambda g: 10 * g)
    (y + y).backward()
    assert seen == [2.0] and x.grad == 120.0
    remove()
    x.grad = None
    (y + y).backward()
    assert seen == [2.0] and x.grad == 120.0


def test_a_hook_on_a_leaf_and_on_a_constant():
    x = ag.Tensor([1.0, 2.0])
    x.register_hook(lambda g: np.clip(g, -1, 1))
    (x * 5).sum().backward()
    assert np.array_equal(x.grad, [1.0, 1.0])
    with pytest.raises(ag.GraphError, match="constant"):
        ag.Tensor(1.0, requires_grad=False).register_hook(print)


@given(st.integers(0, 2**32 - 1))
def test_the_rows_of_a_ledger_add_up_to_the_gradient(seed):
    rng = np.random.default_rng(seed)
    shapes = [(), (3,), (2, 1), (2, 3), (1, 3)]
    x = ag.Tensor(rng.standard_normal(shapes[rng.integers(len(shapes))]))
    pool, uses = [x], 0
    for _ in range(rng.integers(2, 9)):
        a, b = (pool[rng.integers(len(pool))] for _ in range(2))
        if rng.random() < 0.4:
            b = rng.standard_normal(shapes[rng.integers(len(shapes))])
        uses += (a is x) + (b is x)
        pool.append([np.add, np.multiply, np.subtract][rng.integers(3)](a, b))
    J = sum(np.sum(p) for p in pool[1:])
    J.backward()
    ledger = x.explain_grad()
    np.testing.assert_allclose(ledger.total, x.grad, rtol=1e-12, atol=1e-12)
    assert len(ledger.rows) == uses


def test_a_ledger_shows_lines_names_and_the_axes_summed_away():
    b = ag.Tensor(np.ones((2, 1)), name="b")
    with ag.record_lines():
        Z = np.ones((2, 5)) + b
        Z.name = "Z1"
    J = Z.sum()
    J.backward()
    row = b.explain_grad().rows[0]
    assert (row.operation, row.name, row.summed, row.position) == ("add", "Z1", (1,), 1)
    assert row.line[0].endswith("test_trouble.py")
    assert "summed over axis 1" in str(b.explain_grad())


def test_a_ledger_covers_every_pass_that_the_gradient_came_from():
    x = ag.Tensor(3.0)
    J, K = x * x, 5 * x
    J.backward()
    K.backward()
    ledger = x.explain_grad()
    assert len(ledger.rows) == 3 and ledger.total == x.grad == 11.0


def test_a_ledger_of_a_gradient_that_is_a_tensor():
    x = ag.Tensor([1.0, 2.0], name="x")
    J = np.sum(x**3)
    J.backward(create_graph=True)
    assert str(x.explain_grad()).startswith("x.grad = [ 3., 12.], from 1 contribution\n  power ")
    np.testing.assert_array_equal(x.explain_grad().total, x.grad.data)


def test_a_ledger_without_gradient_or_graph_says_so():
    x = ag.Tensor(3.0, name="x")
    with pytest.raises(ag.GraphError, match="x has no gradient to explain"):
        x.explain_grad()
    (x * x).backward()
    with pytest.raises(ag.GraphError, match="keep the cost"):
        x.explain_grad()
    x.grad = 2.0
    with pytest.raises(ag.GraphError, match="set by hand"):
        x.explain_grad()


def test_a_decorated_generator_keeps_its_mode_to_itself():
    x = ag.Tensor(2.0)

    @ag.no_grad()
    def squares():
        while True:
            got = yield x * x
            if got == "stop":
                return "done"

    values = squares()
    assert not next(values).requires_grad
    assert (x * x).requires_grad
    assert not values.send(None).requires_grad
    with pytest.raises(StopIteration, match="done"):
        values.send("stop")
    assert (x * x).requires_grad


def test_blocks_may_end_in_any_order():
    """As with generators that hold one open around a `yield`: none leaves its mode behind."""

    def held(block):
        with block:
            yield

    t = ag.Tensor(1.0)
    first, second, third = held(ag.no_grad()), held(ag.anomaly()), held(ag.no_grad())
    for generator in (first, second, third):
        next(generator)
    first.close()
    assert not (t * 2).requires_grad
    third.close()
    assert (t * 2).requires_grad and ag.core.modes.MODE.get().observers
    second.close()
    assert ag.core.modes.MODE.get() is None
    assert np.geterr()["divide"] == "warn"


def test_guards_may_end_in_any_order():
    X, Y = np.ones(3), np.ones(3)
    outer, inner = ag.guard(), ag.guard()
    outer.__enter__()
    ag.Tensor(X) * 2
    inner.__enter__()
    ag.Tensor(Y) * 2
    outer.__exit__()
    assert not X.flags.writeable and not Y.flags.writeable
    inner.__exit__()
    assert X.flags.writeable and Y.flags.writeable


@pytest.mark.parametrize("kind", [ag.no_grad, ag.anomaly, ag.guard])
def test_one_block_may_be_entered_by_several_threads_at_once(kind):
    block, both, errors = kind(), threading.Barrier(2), []

    def enter():
        try:
            with block:
                both.wait()
            assert ag.core.modes.MODE.get() is None
        except Exception as error:  # an error in a thread is not seen otherwise
            errors.append(error)

    threads = [threading.Thread(target=enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_gradients_from_several_threads_all_arrive():
    W = ag.Tensor(np.ones((200, 200)), name="W")

    def add():
        for _ in range(5):
            np.sum(W * 2.0).backward()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for _ in range(10):
            W.grad = np.zeros(W.shape)
            threads = [threading.Thread(target=add) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert np.all(W.grad == 40.0)
    finally:
        sys.setswitchinterval(interval)


def test_an_error_thrown_into_a_decorated_generator_arrives():
    @ag.no_grad()
    def patient():
        try:
            yield 1
        except KeyError:
            yield 2

    values = patient()
    assert next(values) == 1 and values.throw(KeyError()) == 2


def test_modes_belong_to_their_thread():
    x, seen = ag.Tensor(2.0), []
    with ag.no_grad():
        thread = threading.Thread(target=lambda: seen.append((x * x).requires_grad))
        thread.start()
        thread.join()
        assert not (x * x).requires_grad
    assert seen == [True]


def test_a_graph_can_be_swept_by_several_threads_at_once():
    x = ag.Tensor(np.linspace(0.1, 1.0, 50))
    J = np.sum(np.tanh(x) ** 2)
    expected, found = ag.reverse(J.node, 1.0)[x.node], []
    threads = [threading.Thread(target=lambda: found.append(ag.reverse(J.node, 1.0)[x.node])) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(found) == 8 and all(np.array_equal(g, expected) for g in found)


def test_a_decorated_function_nests_and_recurses():
    @ag.no_grad()
    def f(n, x):
        return x if n == 0 else f(n - 1, x * x)

    assert not f(3, ag.Tensor(1.5)).requires_grad
    assert (ag.Tensor(1.5) * 2).requires_grad


def test_anomaly_watches_forward_mode_too():
    with pytest.raises(ag.NumericalError, match=r"tangent of .* by way of sqrt"), ag.anomaly():
        ag.jvp(np.sqrt, (0.0,), (1.0,))


def test_a_hook_that_returns_another_shape_is_refused():
    x = ag.Tensor([1.0, 2.0], name="x")
    x.register_hook(lambda g: np.ones((5, 2)))
    with pytest.raises(ag.ShapeError, match=r"hook on x must return a gradient of its shape \(2,\)"):
        (x * x).sum().backward()


def test_a_ledger_has_a_row_for_what_a_hook_did():
    x = ag.Tensor([1.0, 2.0])
    x.register_hook(lambda g: g * 10)
    J = np.sum(x * x)
    J.backward()
    ledger = x.explain_grad()
    assert ledger.rows[-1].operation == "hook" and np.array_equal(ledger.total, x.grad)


def test_a_guard_within_a_guard_leaves_the_outer_one_in_force():
    X = np.ones(3)
    with ag.guard():
        with ag.guard():
            ag.Tensor(X) * 2
        with pytest.raises(ValueError, match="read-only"):
            X[0] = 5.0
    X[0] = 5.0


def test_a_guard_can_be_entered_again_within_itself():
    X, guard = np.ones(3), ag.guard()
    with guard:
        with guard:
            ag.Tensor(X) * 2
        with pytest.raises(ValueError, match="read-only"):
            X[0] = 5.0
        assert len(locks_of(ag.core.modes.MODE.get())) == 2
    with guard:
        ag.Tensor(X) * 2
    X[0] = 5.0


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_hook_that_writes_into_the_gradient_is_refused(create_graph):
    """The array may be that of another gradient as well: here add hands on the same to both."""

    def double(g):
        g *= 2

    a, b = ag.Tensor([1.0, 2.0]), ag.Tensor([1.0, 2.0])
    t, u = a * 1.0, b * 1.0
    t.name = "t"
    t.register_hook(double)
    J = np.sum(t + u)
    if create_graph:
        J.backward(create_graph=True)  # `g *= 2` of a Tensor makes a new one
        assert a.grad.data.tolist() == [1.0, 1.0]
    else:
        with pytest.raises(ag.GraphError, match=r"The hook on t writes into an array that it was given .* np\.array"):
            J.backward()


def test_what_a_hook_may_return():
    def with_hook(x, hook):
        t = ag.Tensor(x, name="t")
        t.register_hook(hook)
        np.sum(t * 2.0).backward()
        return t.grad

    assert with_hook(3.0, lambda g: 5) == with_hook(3.0, lambda g: np.float32(5)) == 5.0
    assert type(with_hook(3.0, lambda g: 5)) is float
    assert with_hook([1.0, 2.0], lambda g: np.array([1, 2])).dtype == float
    kept = with_hook([1.0, 2.0], lambda g: g)
    kept[0] = 9.0
    for odd in ("text", [1.0, 2.0], 1j, np.array([1j, 1j])):
        with pytest.raises(ag.DtypeError, match=r"The hook on t gave .* it must give one number or array"):
            with_hook([1.0, 2.0], lambda g, odd=odd: odd)


def test_a_hook_that_gives_a_tensor_of_its_own_is_refused():
    W, t = ag.Tensor(2.0, name="W"), ag.Tensor(3.0, name="t")
    t.register_hook(lambda g: g * W)
    with pytest.raises(ag.GraphError, match=r"The hook on t gave a Tensor, .* use its \.data"):
        (t * t).backward()


def test_a_hook_that_refers_to_its_tensor_is_freed_with_it():
    gc.collect()
    before = live(ag.Node)
    for _ in range(10):
        t = ag.Tensor([1.0, 2.0])
        t.register_hook(lambda g, t=t: g * t.data)
        (t * 2).sum().backward()
    del t
    gc.collect()
    assert live(ag.Node) == before


def test_the_same_hook_twice_is_applied_twice():
    t = ag.Tensor(1.0)
    double = lambda g: 2 * g
    first, second = t.register_hook(double), t.register_hook(double)
    (t * 1.0).backward()
    assert t.grad == 4.0
    first()
    t.grad = None
    (t * 1.0).backward()
    assert t.grad == 2.0
    second()
    second()


def test_a_hook_may_remove_itself():
    t, seen = ag.Tensor(1.0), []

    def once(g):
        seen.append(g)
        remove()

    remove = t.register_hook(once)
    t.register_hook(lambda g: 3 * g)
    (t * 1.0).backward()
    (t * 1.0).backward()
    assert seen == [1.0] and t.grad == 6.0


def test_a_hook_is_a_function():
    with pytest.raises(TypeError, match=r"hook must be a function .* but got 'print'"):
        ag.Tensor(1.0).register_hook("print")


def test_a_mode_follows_a_coroutine_and_refuses_an_async_generator():
    import asyncio

    @ag.no_grad()
    async def recorded():
        await asyncio.sleep(0)
        return (ag.Tensor(1.0) * 2).requires_grad

    assert asyncio.run(recorded()) is False
    with pytest.raises(TypeError, match="async generator"):

        @ag.no_grad()
        async def generate():
            yield 1


STEERED = {
    "mask": (lambda t, m, i: t[m], "m"),
    "index": (lambda t, m, i: (t * t)[i], "i"),
    "index of several axes": (lambda t, m, i: t.reshape(3, 1)[i, :], "i"),
    "where=": (lambda t, m, i: np.sum(t, where=m), "m"),
    "condition": (lambda t, m, i: np.where(m, t, 0.0), "m"),
    "small integers": (lambda t, m, i: t * i, "i"),
}


@pytest.mark.parametrize("name", STEERED)
def test_guard_protects_indices_and_masks_too(name):
    f, which = STEERED[name]
    arrays = {"m": np.array([True, False, True]), "i": np.array([0, 2, 2], "int8")}
    with ag.guard():
        f(ag.Tensor(np.ones(3)), arrays["m"], arrays["i"])
        with pytest.raises(ValueError, match="read-only"):
            arrays[which][1] = 1
    arrays[which][1] = 1


def test_guard_gives_back_a_view_that_an_operation_made():
    x = np.ones(4)
    with ag.guard():
        view = ag.Tensor(x).reshape(2, 2)
    x[0] = 2
    view.data[1] = 3


def test_a_mask_that_was_changed_is_named():
    mask = np.array([True, False, True])
    J = ag.Tensor(np.ones(3))[mask].sum()
    mask[1] = True
    with pytest.raises(ag.GraphError, match=r"now picks \(3,\) of \(3,\): the index or mask was changed after"):
        J.backward()


@pytest.mark.parametrize("where", ["x", "y", "J"])
@pytest.mark.parametrize("error", [KeyError("mine"), ValueError("mine"), StopIteration("mine"), KeyboardInterrupt()])
def test_what_a_hook_raises_passes_as_it_is_and_every_gradient_stays(where, error):
    x = ag.Tensor([1.0, 2.0], name="x")
    y = x * x
    J = np.sum(np.sin(y) * x)
    tensors = {"x": x, "y": y, "J": J}

    def hook(g):
        raise error

    for swept in (False, True):
        before = {name: t.grad for name, t in tensors.items()}
        remove = tensors[where].register_hook(hook)
        with pytest.raises(type(error)) as raised:
            J.backward()
        assert raised.value is error and raised.value.__cause__ is None
        for name, t in tensors.items():
            assert t.grad is before[name] if not swept else np.array_equal(t.grad, before[name])
        remove()
        J.backward()
