"""What is kept, and for how long: nothing that a user may build grows without end."""

import copy
import gc
import linecache
import sys
from functools import partial

import numpy as np
import pytest

import autograd as ag
import nn
import viz


def programs():
    return sum("compiled" in file or "derivation" in file for file in linecache.cache)


def read_and_run(k):
    x = np.ones(3)
    step = ag.compile(ag.value_and_grad(lambda t: np.sum(t * t) + k))
    step(x)
    w = ag.Tensor(x, name="w")
    return step, ag.derive(np.sum(w * w)).function()


def programs_while_held():
    """In a frame of its own: derive has looked at the variables of its callers, and Python keeps what it saw."""
    held = [read_and_run(k) for k in range(5)]
    return programs() if held else 0


def test_the_lines_of_a_program_go_with_it():
    gc.collect()
    before = programs()
    assert programs_while_held() >= before + 10
    gc.collect()
    assert programs() == before


def test_a_module_that_contains_itself():
    layer = nn.Linear(2, 2, seed=0)
    model = nn.Sequential(layer, nn.Tanh())
    model.me, model.held = model, []
    model.held.append(model.held)
    assert [p.shape for p in model.parameters()] == [(2, 2), (2, 1)]
    assert model(np.ones((2, 3))).shape == (2, 3)
    model.layers.append(model)
    assert "…" in repr(model)
    for use in (lambda: model(np.ones((2, 3))), lambda: nn.Sequential(model)):
        with pytest.raises(ValueError, match="contains itself"):
            use()


def calls(run):
    """How many functions are called, Python's and C's."""
    count = 0

    def called(frame, event, _):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


def unnamed(n):
    x = ag.Tensor(0.5, name="x")
    J = x
    for _ in range(n):
        J = np.sin(J) * 1.01
    J.name = "J"
    return J, x


def entries_of_one(n):
    x = ag.Tensor(np.ones(4))
    return np.stack([x[i % 4] for i in range(n)])


def second_derivative(join):
    def run(n):
        grad = ag.grad(lambda x: np.sum(join([x * k for k in range(n)]) ** 2))
        return lambda: ag.jvp(lambda x: grad(x), (np.ones(2),), (np.ones(2),))

    return run


def deep(n):
    return nn.Sequential(*(nn.Linear(2, 2, seed=0) for _ in range(n)))


def backward_of(make):
    """The sweep of the sum of n Tensors made out of one."""

    def run(n):
        def both():
            x = ag.Tensor(np.ones(n))
            np.sum(make(x, n)).backward()

        return both

    return run


def within(mode):
    """Recording and sweeping n operations in a mode."""

    def run(n):
        def both():
            with mode():
                J, _ = unnamed(n)
                J.backward()

        return both

    return run


def hooked(x, n):
    ts = [x * k for k in range(n)]
    for t in ts:
        t.register_hook(lambda g: g)
    return np.stack(ts)


def many_hooks(x, n):
    removals = [x.register_hook(lambda g: g) for _ in range(n)]
    for remove in removals[::2]:
        remove()
    return x * 2


def explained(n):
    x = ag.Tensor(np.ones(3))
    J = sum(np.sum(x * k) for k in range(n))
    J.backward()
    return lambda J=J: str(x.explain_grad())  # J keeps the graph


def asked_for_names(n):
    """A question in a frame with n variables."""
    variables = {f"v{k}": ag.Tensor(float(k)) for k in range(n)}
    source = f"J = np.sum(np.stack([{', '.join(variables)}]))\nJ.graph()\nag.names.here()"
    return lambda: exec(source, {"np": np, "ag": ag, **variables})


def repeated(n):
    def f(x):
        for _ in range(n):
            x = np.sin(x) * 1.01
        return x

    return f


LINEAR = {
    "stack": backward_of(lambda x, n: np.stack([x * k for k in range(n)])),
    "block": backward_of(lambda x, n: np.block([x[:2] * k for k in range(n)])),
    "select": backward_of(lambda x, n: np.select([np.ones(n, bool)] * n, [x * k for k in range(n)])),
    "choose": backward_of(lambda x, n: np.choose(np.zeros(2, int), [x[:2] * k for k in range(n)])),
    "split": backward_of(lambda x, n: np.stack(np.split(x, n))),
    "the entries of an array, one by one": backward_of(lambda x, n: np.stack(list(x))),
    "a polynomial": backward_of(lambda x, n: np.polyval(x, 0.5)),
    "a hook each": backward_of(hooked),
    "many hooks of one": backward_of(many_hooks),
    "explain_grad of n uses": explained,
    "names in a frame of n": asked_for_names,
    "lines are recorded": within(ag.record_lines),
    "anomaly": within(ag.anomaly),
    "guard": within(ag.guard),
    "hvp": lambda n: lambda: ag.hvp(repeated(n), (0.5,), (1.0,)),
    "check_grads of n operations": lambda n: lambda: ag.check_grads(repeated(n), 0.5, order=1),
    "check_grads of n entries": lambda n: lambda: ag.check_grads(lambda x: np.sum(np.sin(x)), np.arange(float(n))),
    "chain over unnamed operations": lambda n: partial(lambda made: str(ag.chain(*made)), unnamed(n)),
    "concatenate, forward": lambda n: (
        lambda: ag.jvp(lambda x: np.concatenate([x * k for k in range(n)]), (np.ones(2),), (np.ones(2),))
    ),
    "concatenate, second order": second_derivative(np.concatenate),
    "stack, second order": second_derivative(np.stack),
    "entries of one array": lambda n: np.sum(entries_of_one(n)).backward,
    "graph()": lambda n: partial(lambda made: str(made[0].graph()), unnamed(n)),
    "a copy of a model": lambda n: partial(copy.deepcopy, deep(n)),
    "a model is named": lambda n: lambda: deep(n),
}


@pytest.mark.parametrize("name", LINEAR)
def test_linear(name):
    LINEAR[name](2)()  # what is imported and remembered at the first time
    few, many = (calls(LINEAR[name](n)) for n in (50, 200))
    assert many < 5 * few


def named_steps(n):
    x = ag.Tensor(0.5, name="x")
    J = x
    for k in range(n):
        J = np.tanh(J) * 1.01
        J.name = f"z{k}"
    return J


def straight(n):
    """A function of n lines, with a variable for each."""
    lines = [f"v{k + 1} = np.sin(v{k}) * x" for k in range(n)]
    source = "\n    ".join(["def f(x):", "v0 = x", *lines, f"return v{n}"])
    scope = {"np": np}
    exec(compile(source, "straight.py", "exec"), scope)
    return scope["f"]


def floats(n):
    return [0.1 + 0.01 * k for k in range(n)]


def product_of_all(xs):
    product = 1.0
    for x in xs:
        product = product * x
    return product


def compiled(f, *args):
    return lambda: ag.compile(f).program(*args)


# These take a millisecond for each operation and more, so they are counted at fewer.
READ = {
    "derive": lambda n: lambda: str(ag.derive(unnamed(n)[0])),
    "derive of named steps": lambda n: lambda: str(ag.derive(named_steps(n))),
    "compile": lambda n: lambda: ag.compile(ag.grad(repeated(n)))(0.5),
    "compile, a line each": lambda n: compiled(straight(n), 0.5),
    "compile, a result each": lambda n: compiled(lambda xs: [x * 2.0 + xs[0] for x in xs], floats(n)),
    "compile, the same result n times": lambda n: compiled(lambda x: [x * 2.0] * n, 0.5),
    "compile, an argument each": lambda n: compiled(ag.value_and_grad(product_of_all), floats(n)),
    "compile, an array each": lambda n: compiled(lambda xs: {k: 2 * x for k, x in enumerate(xs)}, [np.ones(3)] * n),
    "compile, operands of one": lambda n: compiled(lambda x: np.stack([x * k for k in range(n)]), np.ones(2)),
    "draw": lambda n: lambda: str(viz.draw(unnamed(n)[0])),
    "draw, nothing folded": lambda n: lambda: str(viz.draw(unnamed(n)[0], fold="none")),
    "a watched sweep": lambda n: partial(viz.record, unnamed(n)[0]),
}


@pytest.mark.parametrize("name", READ)
def test_reading_is_linear(name):
    READ[name](2)()
    few, many = (calls(READ[name](n)) for n in (8, 32))
    assert many < 5 * few


def test_what_has_too_many_steps_without_a_name_is_refused_before_the_work():
    J, _ = unnamed(1000)

    def refused():
        with pytest.raises(ag.GraphError, match=r"at most 500 operations without a name .* but got 1,999\. Name some"):
            ag.derive(J)

    refused()
    assert calls(refused) < 6 * calls(lambda: str(ag.derive(unnamed(40)[0])))


def test_chain_takes_few_steps_for_an_operation():
    """What nothing can be recognized in, for want of exponentials and logarithms, is not looked through."""

    def products(n):
        x = J = ag.Tensor(0.5, name="x")
        for _ in range(n):
            J = J * 0.999 + x
        return J, x

    str(ag.chain(*products(2)))
    few, many = (calls(partial(ag.chain, *products(n))) for n in (50, 150))
    assert (many - few) / 200 < 500


def test_the_bounds_that_are_not_linear():
    """n operands of einsum are at most what NumPy takes; multi_dot looks for the best order, as NumPy's does."""
    few, many = (calls(partial(contracted, n)) for n in (15, 60))
    assert many < 4.5**2 * few
    with pytest.raises(ag.AutogradError):
        contracted(80)
    assert calls(partial(multiplied, 40)) < 8 * 1.3 * calls(partial(multiplied, 20))


def contracted(n):
    x = ag.Tensor(np.ones(2))
    np.sum(np.einsum(",".join("a" * n) + "->a", *[x] * n)).backward()


def multiplied(n):
    np.sum(np.linalg.multi_dot([ag.Tensor(np.eye(2)) for _ in range(n)])).backward()
