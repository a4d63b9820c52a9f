"""Optimisers: a step is all or nothing, whatever goes wrong within it."""

import signal
import sys

import numpy as np
import pytest

import autograd as ag
import nn

OPTIMIZERS = {
    name: kind for name, kind in vars(nn.optim).items() if isinstance(kind, type) and kind is not nn.optim.Optimizer
}
KINDS = list(OPTIMIZERS.values())


class InPlace(nn.optim.Optimizer):
    """A user's rule, with state in a dict of arrays that are changed in place."""

    def __init__(self, parameters, lr):
        super().__init__(parameters, lr)
        self.state = {"v": [np.zeros(p.shape) for p in self.parameters], "count": [0]}

    def update(self, i, g):
        self.state["count"][0] += 1
        v = self.state["v"][i]
        v *= 0.9
        v += g
        return self.lr * v


OPTIMIZERS["a user's own, in place"] = InPlace


def made(kind):
    parameters = [ag.Tensor(np.full((2, 2), i + 1.0), name=f"p{i}") for i in range(3)]
    optimizer = kind(parameters, lr=0.1)
    for p in parameters:
        p.grad = np.ones(p.shape)
    optimizer.step()
    return parameters, optimizer


def seen(parameters, optimizer):
    """All that a step changes, as text: to the last bit, and independent of later changes."""
    state = {k: v for k, v in vars(optimizer).items() if k not in ("parameters", "update")}
    return repr([p.data.tobytes() for p in parameters]), repr(state), [p.node.index for p in parameters]


def raises_at(optimizer, position, action):
    rule = optimizer.update

    def update(i, g):
        change = rule(i, g)
        if i == position:
            action()
        return change

    optimizer.update = update


def interrupt():
    signal.raise_signal(signal.SIGINT)


def refuse():
    raise ZeroDivisionError


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("action", [refuse, interrupt])
def test_a_step_that_raises_leaves_parameters_and_state_as_they_were(kind, position, action):
    parameters, optimizer = made(OPTIMIZERS[kind])
    before = seen(parameters, optimizer)
    raises_at(optimizer, position, action)
    with pytest.raises((ZeroDivisionError, KeyboardInterrupt)):
        optimizer.step()
    assert seen(parameters, optimizer) == before


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_missing_gradient_or_a_change_of_the_wrong_shape_moves_nothing(kind):
    parameters, optimizer = made(OPTIMIZERS[kind])
    before = seen(parameters, optimizer)
    parameters[2].grad = None
    with pytest.raises(ag.GraphError, match=r"p2 .* has no gradient"):
        optimizer.step()
    assert seen(parameters, optimizer) == before
    parameters[2].grad = np.ones((2, 2))
    rule = optimizer.update
    optimizer.update = lambda i, g: np.ones((2, 2, 2)) if i == 2 else rule(i, g)
    with pytest.raises(ag.ShapeError):
        optimizer.step()
    assert seen(parameters, optimizer) == before


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_ctrl_c_at_any_step_of_python_within_a_step_is_all_or_nothing(kind):
    """A signal arrives before the n-th line that runs within step(), for every n until the step gets through."""
    parameters, optimizer = made(OPTIMIZERS[kind])
    begun = seen(parameters, optimizer)
    once = optimizer.snapshot()
    optimizer.step()
    done = seen(parameters, optimizer)[:2]
    once()
    assert seen(parameters, optimizer) == begun
    for n in range(1, 2_000):
        restore, left, tracer = optimizer.snapshot(), n, sys.gettrace()

        def trace(frame, event, arg):
            nonlocal left
            if event == "line":
                left -= 1
                if left == 0:
                    interrupt()
            return trace

        interrupted = False
        try:
            sys.settrace(trace)
            optimizer.step()
        except KeyboardInterrupt:
            interrupted = True
        finally:
            sys.settrace(tracer)
        now = seen(parameters, optimizer)
        assert now == begun if interrupted else now[:2] == done, n
        if not interrupted and left > 0:
            break
        restore()
    else:
        pytest.fail("the step never got through")


@pytest.mark.parametrize("kind", [*KINDS, InPlace], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("dtype", [float, np.float32, np.float16])
def test_a_step_of_a_large_parameter_writes_into_nothing_that_somebody_has(kind, dtype):
    rng = np.random.default_rng(0)
    before, gradient = (rng.standard_normal((300, 400)).astype(dtype) for _ in range(2))
    large, parts = ag.Tensor(before), [ag.Tensor(column) for column in before.T[:2].copy()]
    optimizers = kind([large], lr=0.1), kind(parts, lr=0.1)
    for _ in range(3):
        was, g, state = large.data, gradient.copy(), [*_arrays(vars(optimizers[0]))]
        large.grad, copy = g, was.copy()
        for part, column in zip(parts, gradient.T):
            part.grad = column.copy()
        for optimizer in optimizers:
            optimizer.step()
        assert (g == gradient).all() and (was == copy).all()
        held = [was, g, *_arrays(vars(optimizers[0])), *(state if kind is not InPlace else ())]
        assert not any(np.may_share_memory(large.data, array) for array in held)
        for part, column in zip(parts, large.data.T):
            np.testing.assert_array_equal(part.data, column)


def _arrays(state):
    """The arrays in the state of an optimizer."""
    for value in state.values() if isinstance(state, dict) else state:
        if isinstance(value, np.ndarray):
            yield value
        elif isinstance(value, (dict, list)):
            yield from _arrays(value)


def test_a_frozen_parameter_stays_and_the_others_move():
    parameters, optimizer = made(nn.optim.Adam)
    parameters[1].requires_grad = False
    before = [p.data for p in parameters]
    optimizer.zero_grad()
    assert [p.grad for p in parameters] == [None] * 3
    sum(np.sum(p) for p in parameters).backward()
    optimizer.step()
    assert [np.array_equal(p.data, b) for p, b in zip(parameters, before, strict=True)] == [False, True, False]


def test_a_result_is_not_a_parameter():
    with pytest.raises(ag.GraphError, match=r"needs leaves, but y .* is the result of multiply"):
        y = ag.Tensor(1.0) * 2
        y.name = "y"
        nn.optim.SGD([y], lr=0.1)


@pytest.mark.parametrize("lr", [0, -1.0, float("nan"), float("inf"), "0.1", None, True])
def test_a_learning_rate_is_a_positive_number(lr):
    with pytest.raises(ValueError, match="the learning rate, must be positive and finite, but got"):
        nn.optim.SGD([ag.Tensor(1.0)], lr=lr)


@pytest.mark.parametrize("lr", [np.float32(0.1), np.float64(0.1), 1, np.int64(1)])
def test_a_learning_rate_may_be_any_real_number(lr):
    assert nn.optim.SGD([ag.Tensor(1.0)], lr=lr).lr == lr


@pytest.mark.parametrize("name", ["beta1", "beta2"])
@pytest.mark.parametrize("value", [1.0, -0.1, float("nan")])
def test_a_decay_is_at_least_0_and_less_than_1(name, value):
    with pytest.raises(ValueError, match=f"{name} must be at least 0 and less than 1, but got"):
        nn.optim.Adam([ag.Tensor(1.0)], **{name: value})


@pytest.mark.parametrize("optimizer", KINDS)
def test_half_precision_steps_as_single_does(optimizer):
    gradients = np.array([1e-4, 0.0, 1e-7, 3e4])
    moved = {}
    for dtype in (np.float16, np.float32):
        p = ag.Tensor(np.full(4, 0.5, dtype))
        steps = optimizer([p], lr=1e-3)
        for _ in range(3):
            p.grad = gradients.astype(np.float16).astype(dtype)
            steps.step()
        assert p.dtype == dtype
        moved[dtype] = p.data.astype(float)
    np.testing.assert_allclose(moved[np.float16], moved[np.float32], rtol=3e-3)


def test_what_is_not_a_list_of_parameters_is_called_by_what_it_is():
    model = nn.Sequential(nn.Linear(2, 1))
    for given, said in [
        (model, r"Sequential\(Linear\(2, 1\)\)"),
        (model.parameters, "the method parameters, which is not called"),
        (model[0].W, "a Tensor that is not in a list"),
        (model.named_parameters(), r"generator, in which there is \('0.W', .*"),
        (model.state_dict(), "dict, in which there is '0.W'"),
        ([1.0], "list, in which there is 1.0"),
        ([], "none"),
        (None, "None"),
        (0.1, "0.1"),
    ]:
        with pytest.raises(
            ValueError, match=f"SGD needs a list of Tensors, but got {said}. Pass model.parameters\\(\\)"
        ):
            nn.optim.SGD(given, lr=0.1)


def test_what_is_all_frozen_cannot_move():
    parameters, optimizer = made(nn.optim.SGD)
    for p in parameters:
        p.requires_grad = False
    with pytest.raises(
        ag.GraphError, match=r"SGD needs a parameter that can move, but all 3 are frozen\. Set requires"
    ):
        optimizer.step()


@pytest.mark.parametrize("kind", KINDS)
def test_a_learning_rate_may_be_set_between_steps(kind):
    parameters, optimizer = made(kind)
    before = [p.data for p in parameters]
    optimizer.lr = 0
    optimizer.step()
    assert all(np.array_equal(p.data, b) for p, b in zip(parameters, before, strict=True))
    optimizer.lr = np.float32(0.5)
    optimizer.step()
    assert not any(np.array_equal(p.data, b) for p, b in zip(parameters, before, strict=True))
    for wrong in (-1.0, float("nan"), "0.1", None):
        with pytest.raises(ValueError, match="the learning rate, must be at least 0 and finite, but got"):
            optimizer.lr = wrong
    assert optimizer.lr == 0.5


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_learning_rate_of_numpy_gives_the_same_steps_as_that_of_python(dtype):
    moved = []
    for lr in (0.3, np.float64(0.3)):
        p = ag.Tensor(np.ones(3, dtype))
        optimizer = nn.optim.Momentum([p], lr=0.1)
        optimizer.lr = lr
        p.grad = np.full(3, 1 / 3, dtype)
        optimizer.step()
        moved.append(p.data.tobytes())
    assert moved[0] == moved[1]


@pytest.mark.parametrize(
    ("name", "value", "needs"),
    [
        ("weight_decay", -0.1, "at least 0 and finite"),
        ("weight_decay", None, "at least 0 and finite"),
        ("clip_norm", 0, "positive and finite"),
        ("clip_norm", float("inf"), "positive and finite"),
        ("clip_value", -1.0, "positive and finite"),
        ("clip_value", True, "positive and finite"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_every_optimizer_takes_weight_decay_and_clipping(kind, name, value, needs):
    assert getattr(kind([ag.Tensor(1.0)], lr=0.1, **{name: 0.25}), name) == 0.25
    with pytest.raises(ValueError, match=f"{name} must be {needs}, but got"):
        kind([ag.Tensor(1.0)], lr=0.1, **{name: value})


def test_a_form_of_momentum_is_one_of_two():
    with pytest.raises(ValueError, match=r'form must be "course", .* or "pytorch", .* but got \'keras\''):
        nn.optim.Momentum([ag.Tensor(1.0)], lr=0.1, form="keras")


@pytest.mark.parametrize(
    ("dtype", "scale"), [(dtype, scale) for dtype in "efd" for scale in (1e-6, 1.0, 1e4)] + [("f", 1e30), ("d", 1e200)]
)
def test_after_clipping_the_norm_is_the_one_asked_for_however_large_it_was(dtype, scale):
    dtype = np.dtype(dtype).type
    a, b = (ag.Tensor(np.zeros(n, dtype)) for n in (2, 3))
    a.grad, b.grad = np.array([3 * scale, 0], dtype), np.array([0, 4 * scale, 0], dtype)
    nn.optim.SGD([a, b], lr=1.0, clip_norm=0.5).step()
    norm = np.sqrt(np.sum(a.data.astype(float) ** 2) + np.sum(b.data.astype(float) ** 2))
    assert norm == pytest.approx(min(0.5, 5 * scale), rel=float(4 * np.finfo(dtype).eps), abs=1e-7)
    assert a.grad[0] == dtype(3 * scale)  # the gradients themselves stay as backward() left them


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_clipping_does_not_hide_what_is_not_finite(bad):
    a, b = ag.Tensor([1.0, 1.0]), ag.Tensor([1.0])
    a.grad, b.grad = np.array([bad, 2.0]), np.array([1.0])
    nn.optim.SGD([a, b], lr=0.5, clip_norm=0.1).step()
    assert not np.isfinite(a.data[0]) and a.data[1] == 0.0 and b.data[0] == 0.5


def test_numbers_that_are_parameters_are_clipped_and_decay_too():
    w = ag.Tensor(3.0)
    w.grad = -8.0
    nn.optim.SGD([w], lr=0.5, clip_value=4.0, clip_norm=2.0, weight_decay=0.5).step()
    assert w.data == 3.0 - 0.5 * (-2.0 + 0.5 * 3.0) and type(w.data) is float


STATED = {**OPTIMIZERS, "with decay": lambda p, lr: nn.optim.AdamW(p, lr, weight_decay=0.1, clip_norm=1.0)}


@pytest.mark.parametrize("kind", STATED)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_who_loads_its_state_goes_on_bit_for_bit(kind, dtype):
    rng = np.random.default_rng(0)

    def fresh():
        parameters = [ag.Tensor(np.full((2, 3), 0.5, dtype)), ag.Tensor(dtype(0.25)), ag.Tensor(np.ones(2, dtype))]
        parameters[2].requires_grad = False
        return parameters, STATED[kind](parameters, 0.1)

    gradients = [[rng.standard_normal((2, 3)).astype(dtype), dtype(rng.standard_normal())] for _ in range(6)]

    def go_on(parameters, optimizer, gradients):
        for some in gradients:
            for p, g in zip(parameters, some, strict=False):
                p.grad = g
            optimizer.step()
        return [np.asarray(p.data).tobytes() for p in parameters]

    whole = go_on(*fresh(), gradients)
    parameters, optimizer = fresh()
    go_on(parameters, optimizer, gradients[:3])
    optimizer.lr = 0.1
    state = optimizer.state_dict()
    assert all(isinstance(x, (np.ndarray, np.generic, float, int)) for x in state.values())
    others, resumed = fresh()
    for p, q in zip(parameters, others, strict=True):
        q.data = p.data
    resumed.load_state_dict({name: np.asarray(x) for name, x in state.items()})  # as a file of arrays would give it
    again = optimizer.state_dict()
    assert resumed.steps == 3 and go_on(others, resumed, gradients[3:]) == whole
    for name, x in optimizer.state_dict().items():  # a state is no part of the optimizer that it came from
        assert np.array_equal(x, again[name]) and np.array_equal(x, state[name])


def test_a_state_that_does_not_fit_is_refused_line_by_line_and_nothing_is_loaded():
    _, optimizer = made(nn.optim.Adam)
    _, other = made(nn.optim.Momentum)
    before = repr(optimizer.state_dict())
    state = other.state_dict() | {"v.1": np.ones((3, 2)), "v.2": np.array([["a"] * 2] * 2), "steps": 1.5}
    with pytest.raises(ag.DataError) as refused:
        optimizer.load_state_dict(state)
    said = str(refused.value).splitlines()
    assert said[0] == "load_state_dict needs the state of an optimizer like this Adam, but got 6 that do not fit:"
    assert [line.strip() for line in said[1:-1]] == [
        "s.0 (2, 2) is missing",
        "s.1 (2, 2) is missing",
        "s.2 (2, 2) is missing",
        "steps has dtype int64, which cannot hold 1.5",
        "v.1 must have shape (2, 2), but has (3, 2)",
        "v.2 must hold real numbers, but has dtype <U1",
    ]
    for wrong in ({"lr": -1.0}, {"lr": np.nan}):
        with pytest.raises(ValueError, match="the learning rate, must be at least 0"):
            optimizer.load_state_dict(optimizer.state_dict() | wrong)
    assert repr(optimizer.state_dict()) == before
    with pytest.raises(TypeError, match=r"load_state_dict needs a dict, .* but got None"):
        optimizer.load_state_dict(None)


def test_the_state_of_ones_own_optimizer_is_saved_wherever_it_is():
    _, optimizer = made(InPlace)
    state = optimizer.state_dict()
    assert list(state) == ["lr", "steps", "state.v.0", "state.v.1", "state.v.2", "state.count.0"]
    optimizer.step()
    assert state["state.v.0"][0, 0] == 1.0 and optimizer.state["v"][0][0, 0] == 1.9
    optimizer.load_state_dict(state)
    assert optimizer.state["v"][0][0, 0] == 1.0 and optimizer.state["count"] == [3] and optimizer.steps == 1
    optimizer.seen = {1}
    with pytest.raises(TypeError, match=r"must be numbers and arrays, .* but seen is \{1\}"):
        optimizer.state_dict()


def test_arrays_that_an_optimizer_was_made_with_are_state_and_its_numbers_are_not():
    class Own(nn.optim.Optimizer):
        def __init__(self, parameters, lr, v=None, rho=0.5, kind="plain"):
            super().__init__(parameters, lr)
            self.v, self.rho, self.kind = v or [np.zeros(p.shape) for p in self.parameters], rho, kind

        def update(self, i, g):
            self.v[i] = self.rho * self.v[i] + g
            return self.lr * self.v[i]

    _, optimizer = made(Own)
    assert list(optimizer.state_dict()) == ["lr", "steps", "v.0", "v.1", "v.2"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_snapshot_of_an_optimizer_holds_its_arrays_without_copies(kind):
    """Its rule replaces them, so that a step of a large network needs no second state."""
    _, optimizer = made(kind)
    arrays = [x for name in ("v", "s") for x in getattr(optimizer, name, [])]
    before = [x.copy() for x in arrays]
    undo = optimizer.snapshot()
    optimizer.step()
    assert all(np.array_equal(x, b) for x, b in zip(arrays, before, strict=True))
    undo()
    assert [id(x) for name in ("v", "s") for x in getattr(optimizer, name, [])] == [id(x) for x in arrays]
