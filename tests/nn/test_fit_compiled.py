"""The compiled step of nn.fit: the same numbers, programs for each kind of batch and no more, and said why not."""

import cProfile
import functools

import numpy as np
import pytest

import autograd as ag
import nn
from nn.train import compiled, metrics, outside, program
from tests.nn.layer_table import ROWS

X, Y = nn.datasets.moons(m=50, seed=1)
THREE = nn.data.one_hot(np.arange(50) % 3, 3)


def network(*extra, n=1, last=nn.Sigmoid, dtype=float):
    first, second = nn.Linear(2, 6, seed=3, dtype=dtype), nn.Linear(6, n, seed=4, dtype=dtype)
    return nn.Sequential(first, nn.Tanh(), *extra, second, last())


def fit(model=None, X=X, Y=Y, loss="binary_cross_entropy", epochs=4, lr=0.05, **how):
    model = network() if model is None else model
    how.setdefault("optimizer", nn.optim.Adam(model.parameters(), lr=lr))
    return nn.fit(model, X, Y, loss=loss, epochs=epochs, progress=False, **how), model


class Centered(nn.Module):
    """Keeps a running mean, as a normalization does."""

    def __init__(self, dtype=float):
        self.mean = nn.Buffer(np.zeros((6, 1), dtype), name="mean")

    def forward(self, A):
        if self.training:
            self.mean.update(0.9 * self.mean.value + 0.1 * np.mean(A, axis=1, keepdims=True))
        return A - self.mean.value


def l2_of(model):
    return lambda A, Y: nn.losses.mse(A, Y) + nn.losses.l2([model[0].W, model[2].W], 0.1, 50)


CASES = {
    "probabilities": {},
    "batches": {"batch_size": 16},
    "dropout": {"extra": lambda: [nn.Dropout(0.7)], "batch_size": 16},
    "a generator of its own": {"extra": lambda: [nn.Dropout(0.7, seed=5)]},
    "buffers": {"extra": lambda: [Centered()], "batch_size": 16},
    "classes": {"n": 3, "last": nn.Softmax, "loss": "cross_entropy", "Y": THREE},
    "a loss of one's own": {"loss": lambda A, Y: np.mean((A - Y) ** 4)},
    "a penalty on parameters": {"loss": l2_of},
    "buffers in single precision": {
        "X": X.astype(np.float32),
        "Y": Y.astype(np.float32),
        "dtype": np.float32,
        "extra": lambda: [Centered(np.float32)],
    },
    "single precision": {"X": X.astype(np.float32), "Y": Y.astype(np.float32), "dtype": np.float32},
}


@pytest.mark.parametrize("name", CASES)
def test_a_compiled_step_gives_the_same_numbers(name):
    case = dict(CASES[name])
    extra, loss = case.pop("extra", list), case.pop("loss", "binary_cross_entropy")
    size = {key: case.pop(key) for key in ("n", "last") if key in case}
    dtype = case.pop("dtype", float)
    found = []
    for compile in (True, False):
        model = network(*extra(), dtype=dtype, **size)
        history, _ = fit(model, loss=loss(model) if loss is l2_of else loss, compile=compile, **case)
        assert history.compiled is compile and (history.source is not None) is compile
        found.append((history.cost, history.accuracy, *model.state_dict().values()))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4 if dtype is np.float32 else 1e-9, atol=1e-12)
        assert getattr(one, "dtype", None) == getattr(other, "dtype", None)


def test_there_is_a_program_for_each_size_of_batch_and_no_more(monkeypatch):
    read = []
    whole = compiled.Program.__init__

    def counted(self, *args):
        read.append(args[2].shape)
        whole(self, *args)

    monkeypatch.setattr(compiled.Program, "__init__", counted)
    history, _ = fit(batch_size=16, epochs=6, validation=(X, Y), callbacks=lambda trainer, history: None)
    assert read == [(1, 16), (1, 2)] and history.compiled


def test_the_program_reads_as_the_course_writes_it():
    history, _ = fit(epochs=1)
    assert "def step(W1, b1, W2, b2, state, lr, X, Y):" in history.source and "dW2 = dZ2 @ A1.T" in history.source
    assert " = W1 - " in history.source


# --- why not ----------------------------------------------------------------------------------------------------------


class Deciding(nn.Module):
    def forward(self, A):
        return A if np.max(A.data if isinstance(A, ag.Tensor) else A) > 1e9 else 2 * A


class Remembering(nn.Module):
    def __init__(self):
        self.seen = []

    def forward(self, A):
        self.seen.append(A.shape)
        return A


class Caching(nn.Module):
    def forward(self, A):
        self.last = A
        return A


class Speaking(nn.Module):
    def forward(self, A):
        print(A.shape)
        return A


CALLS = []
GENERATOR = np.random.default_rng(0)


def counting(A, Y):
    CALLS.append(1)
    return np.mean((A - Y) ** 2)


def randomly(A, Y):
    return np.mean((A - Y) ** 2) * GENERATOR.random()


WHY_NOT = {
    "a decision": ({"extra": Deciding}, "cannot depend on it"),
    "a list that grows": ({"extra": Remembering}, "changes what the model or the loss holds or refers to"),
    "a value that is kept": ({"extra": Caching}, "changes what the model or the loss holds or refers to"),
    "a print": ({"extra": Speaking}, "forward prints, which a program would not"),
    "a global": ({"loss": counting}, "changes what the model or the loss holds or refers to"),
    "undeclared randomness": ({"loss": randomly}, "must do the same at every call"),
}


@pytest.mark.parametrize("name", WHY_NOT)
def test_what_cannot_be_compiled_is_trained_all_the_same_and_said(name, capsys):
    how, why = WHY_NOT[name]
    extra, loss = how.get("extra"), how.get("loss", "binary_cross_entropy")
    model = network(extra()) if extra else network()
    history, _ = fit(model, loss=loss, epochs=2)
    assert not history.compiled and why in history.why_not and history.source is None
    if loss is not randomly:
        again, other = fit(network(extra()) if extra else network(), loss=loss, epochs=2, compile=False)
        assert again.cost == history.cost and again.why_not == "compile=False"
        np.testing.assert_array_equal(other.predict(X), model.predict(X))
    with pytest.raises(ag.GraphError, match=f"compile=True needs a model and a loss that can be .*, but: .*{why}"):
        fit(network(extra()) if extra else network(), loss=loss, epochs=2, compile=True)


def test_hooks_and_observers_see_each_operation():
    model, seen = network(), []
    model[0].W.register_hook(lambda g: seen.append(1))
    history, _ = fit(model, epochs=3)
    assert "hooks on parameters" in history.why_not and len(seen) == 3
    with ag.anomaly():
        history, _ = fit(epochs=1)
    assert "looks on at each operation" in history.why_not


def test_compile_is_a_choice_of_five():
    with pytest.raises(ValueError, match='compile must be True, False, "auto", "c" or "numpy", but got \'yes\''):
        fit(compile="yes")


# --- what is said of a cost that is not finite ------------------------------------------------------------------------


@pytest.mark.parametrize("compile", [True, False])
def test_predictions_that_are_no_probabilities_are_refused(compile):
    """Also where the cost happens to be finite."""
    model = nn.Sequential(nn.Linear(1, 1, init=lambda rng, n, k: np.full((n, k), 0.4)))
    model[0].b.data = np.array([[0.65]])
    how = {"optimizer": nn.optim.SGD(model.parameters(), lr=1e-9), "epochs": 2, "compile": compile}
    assert fit(model, np.array([[0.0, 0.5]]), np.ones((1, 2)), **how)[0].compiled is compile
    with pytest.raises(nn.TrainingError, match="Predictions need to be probabilities"):
        fit(model, np.array([[0.5, 1.0]]), np.ones((1, 2)), **how)


@pytest.mark.parametrize("compile", [True, False])
def test_buffers_are_as_of_the_last_step_too(compile):
    model = network(centered := Centered(), last=nn.Tanh)
    kept = []

    def note(trainer, history):
        kept.append((centered.mean.value, [p.data for p in model.parameters()]))

    def diverging(A, Y):
        return np.mean((model[0].W * 1.0) ** 2) * np.sum(A) * 1e3

    optimizer = nn.optim.SGD(model.parameters(), lr=1e80)
    with pytest.raises(nn.TrainingError) as stopped:
        fit(model, loss=diverging, optimizer=optimizer, callbacks=note, epochs=50, compile=compile)
    last = stopped.value.epoch - 3  # after the last step but one
    assert np.isfinite(centered.mean.value).all()
    if last >= 0:
        np.testing.assert_array_equal(centered.mean.value, kept[last][0])
        for p, value in zip(model.parameters(), kept[last][1], strict=True):
            np.testing.assert_array_equal(p.data, value)


@pytest.mark.parametrize("compile", [True, False])
def test_ctrl_c_within_a_step_leaves_buffers_and_parameters_of_the_last_one(compile):
    class Interrupted(nn.optim.SGD):
        def update(self, i, g):
            if self.steps == 3 and i == 2:
                raise KeyboardInterrupt
            return super().update(i, g)

    model = network(centered := Centered())
    kept = []
    history, _ = fit(
        model,
        optimizer=Interrupted(model.parameters(), lr=0.1),
        compile=compile,
        callbacks=lambda trainer, history: kept.append((centered.mean.value, model.state_dict())),
    )
    assert history.interrupted and len(kept) == 2
    np.testing.assert_array_equal(centered.mean.value, kept[-1][0])
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, kept[-1][1][name])


# --- what changes between epochs --------------------------------------------------------------------------------------

FACTOR = [1.0]
SETTINGS = type("Settings", (), {"factor": 1.0})


class Scaled(nn.Module):
    def __init__(self):
        self.factor = 1.0

    def forward(self, A):
        return self.factor * A


def by_a_list(A, Y):
    return FACTOR[0] * np.mean((A - Y) ** 2)


def by_a_class(A, Y):
    return SETTINGS.factor * np.mean((A - Y) ** 2)


def by_a_cell(cell={"factor": 1.0}):  # noqa: B006
    return cell, lambda A, Y: cell["factor"] * np.mean((A - Y) ** 2)


def scaled_by(factor, A, Y):
    return factor[0] * np.mean((A - Y) ** 2)


CELL, OF_CELL = by_a_cell()
ARRAY = np.ones(1)
CHANGES = {
    "a list": (by_a_list, lambda x: FACTOR.__setitem__(0, x)),
    "a class": (by_a_class, lambda x: setattr(SETTINGS, "factor", x)),
    "a variable around": (OF_CELL, lambda x: CELL.__setitem__("factor", x)),
    "an array": (functools.partial(scaled_by, ARRAY), lambda x: ARRAY.__setitem__(0, x)),
    "the attribute of a layer": ("mse", None),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_callback_changes_counts_from_the_next_epoch_on(what):
    loss, change = CHANGES[what]
    costs = []
    for compile in (True, False):
        model = network(scaled := Scaled())
        set_to = change or functools.partial(setattr, scaled, "factor")
        set_to(1.0)
        follow = functools.partial(lambda set_to, trainer, history: set_to(1.0 + history.epochs // 2), set_to)
        history, _ = fit(model, loss=loss, compile=compile, lr=1e-3, callbacks=follow)
        costs.append(history.cost)
    np.testing.assert_allclose(*costs, rtol=1e-9)
    assert abs(costs[0][-1] / costs[0][0] - 1) > 0.02


def test_parameters_may_be_frozen_and_freed_between_epochs():
    found = []
    for compile in (True, False):
        model = network()

        def switch(trainer, history, model=model):
            model[0].W.requires_grad = history.epochs % 2 == 0

        history, _ = fit(model, callbacks=switch, epochs=6, compile=compile)
        found.append((history.cost, *model.state_dict().values()))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_new_data_of_a_frozen_parameter_count():
    found = []
    for compile in (True, False):
        model = network()
        model[0].W.requires_grad = False

        def shift(trainer, history, model=model):
            model[0].W.data = model[0].W.data + 0.5

        optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
        found.append(fit(model, optimizer=optimizer, callbacks=shift, compile=compile)[0].cost)
    np.testing.assert_allclose(*found, rtol=1e-9)


def test_a_setting_that_changes_at_each_epoch_is_no_longer_compiled():
    model = network(scaled := Scaled())
    history, _ = fit(model, epochs=20, callbacks=lambda trainer, h: setattr(scaled, "factor", 1.0 + h.epochs))
    assert not history.compiled and "changes from epoch to epoch" in history.why_not


def test_a_fingerprint_is_the_same_at_each_look():
    """Also of what a function or a partial holds by keyword, whose pairs Python makes anew."""

    def scaled(A, Y, *, scale=2.0):
        return scale * np.square(A - Y)

    for own in (scaled, functools.partial(scaled, scale=3.0), {"loss": scaled}):
        assert outside.fingerprint(own) == outside.fingerprint(own)


def test_a_fingerprint_is_of_what_things_are_made_of():
    class Own(nn.Module):
        def __init__(self):
            self.parts = [{"rate": 0.5}, np.zeros(3)]

    own = Own()
    before = outside.fingerprint(own)
    assert outside.fingerprint(own) == before
    own.parts[1][2] = 1.0
    after = outside.fingerprint(own)
    assert after != before
    own.parts[0]["rate"] = 0.25
    assert outside.fingerprint(own) != after
    own.parts.append(own)  # a thing may hold itself
    assert outside.fingerprint(own) == outside.fingerprint(own)


# --- all layers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_layer_is_trained_by_a_program(row):
    """With all that is random in it, and with its Buffers, as operation by operation."""
    inputs = row.settings[0].X()
    inputs = inputs.reshape(1, -1) if inputs.ndim == 1 else inputs
    target = np.zeros(np.shape(row.make()(inputs)))
    found = []
    for compile in (True, False):
        model = nn.Sequential(row.make(), Scale())
        optimizer = nn.optim.Momentum(model.parameters(), lr=0.01)
        history, _ = fit(model, inputs, target, "mse", epochs=3, optimizer=optimizer, compile=compile)
        assert history.compiled is compile
        found.append((history.cost, *model.state_dict().values()))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


class Scale(nn.Module):
    """Something to train, also where the layer itself has no parameters."""

    def __init__(self):
        self.W = ag.Tensor([0.7])

    def forward(self, A):
        return A * self.W


# --- whole steps ------------------------------------------------------------------------------------------------------

OPTIMIZERS = {
    "SGD": lambda p: nn.optim.SGD(p, lr=0.1),
    "weight decay": lambda p: nn.optim.SGD(p, lr=0.1, weight_decay=0.1),
    "Momentum": lambda p: nn.optim.Momentum(p, lr=0.1, clip_value=0.05),
    "Nesterov": lambda p: nn.optim.Nesterov(p, lr=0.1),
    "RMSprop": lambda p: nn.optim.RMSprop(p, lr=0.01),
    "Adagrad": lambda p: nn.optim.Adagrad(p, lr=0.1),
    "Adam": lambda p: nn.optim.Adam(p, lr=0.05),
    "AdamW": lambda p: nn.optim.AdamW(p, lr=0.05),
    "clipped by norm": lambda p: nn.optim.Adam(p, lr=0.05, clip_norm=0.01),
    "of one's own": lambda p: Counted(p, lr=0.1),
}


class Counted(nn.optim.Optimizer):
    """Decides by the number of the step, and so has to be run itself."""

    def update(self, i, g):
        return self.lr * g / (1 if self.steps < 3 else 2)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("observed", [True, False])
def test_every_optimizer_moves_as_it_does_by_itself(name, observed):
    found = []
    for compile in (True, False):
        model = network(Centered(), nn.Dropout(0.9))
        model[0].b.requires_grad = False
        optimizer = OPTIMIZERS[name](model.parameters())
        how = {"callbacks": lambda trainer, history: None} if observed else {}
        history, _ = fit(
            model, optimizer=optimizer, compile=compile, schedule=nn.schedules.Exponential(0.9), batch_size=20, **how
        )
        moves = name != "of one's own"
        assert not compile or ("state, lr" in history.source) == moves
        state = {**model.state_dict(), **optimizer.state_dict()}
        found.append([history.cost, *state.values(), *(p.grad for p in model.parameters()), optimizer.steps])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-12)


def test_whoever_looks_sees_the_last_step():
    seen = []

    def look(trainer, history):
        p = trainer.model.parameters()[0]
        seen.append((trainer.optimizer.steps, p.data.copy(), p.grad is not None))

    history, model = fit(callbacks=look, epochs=3)
    assert history.compiled and [steps for steps, *_ in seen] == [1, 2, 3] and all(given for *_, given in seen)
    np.testing.assert_array_equal(seen[-1][1], model[0].W.data)
    values = []
    model = network()
    fit(model, metrics=[lambda A, Y: values.append(model[0].W.data) or 0.0], epochs=3)
    assert len({value.tobytes() for value in values}) == 3


@pytest.mark.parametrize("at", [1, 4])
def test_ctrl_c_between_steps_keeps_those_that_were_taken(monkeypatch, at):
    calls, whole = [], program.Program.__call__

    def interrupted(self, *args):
        calls.append(1)
        if len(calls) == at:
            raise KeyboardInterrupt
        return whole(self, *args)

    monkeypatch.setattr(program.Program, "__call__", interrupted)
    model, twin = network(Centered()), network(Centered())
    optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
    history, _ = fit(model, optimizer=optimizer, epochs=9)
    assert history.interrupted and optimizer.steps == at - 1
    monkeypatch.undo()
    if at > 1:
        fit(twin, epochs=at - 1)
    for one, other in zip(model.state_dict().values(), twin.state_dict().values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_optimizer_that_callbacks_change_is_followed():
    def change(trainer, history):
        trainer.optimizer.weight_decay = 0.1 * history.epochs
        trainer.optimizer.lr = 0.1 / history.epochs

    found = []
    for compile in (True, False):
        model = network()
        optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
        found.append(fit(model, optimizer=optimizer, callbacks=change, compile=compile)[0].cost)
    np.testing.assert_allclose(*found, rtol=1e-9)


# --- what a program holds beside the step -----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [float, np.float32])
@pytest.mark.parametrize(
    "how", [{"clip_norm": 0.05}, {"clip_norm": 1e6}, {"clip_norm": 0.05, "clip_value": 0.01}], ids=str
)
def test_gradients_are_clipped_within_the_program(how, dtype):
    found = []
    for compile in ("numpy", False):
        model = network(dtype=dtype)
        optimizer = nn.optim.Momentum(model.parameters(), lr=0.5, **how)
        history, _ = fit(model, X.astype(dtype), Y.astype(dtype), optimizer=optimizer, compile=compile)
        assert (compile is False) or "lr" in history.source.partition(":")[0]
        assert all(type(cost) is float for cost in history.cost)
        found.append(history.cost)
    np.testing.assert_allclose(*found, rtol=1e-9 if dtype is float else 1e-5)


def test_gradients_that_are_not_finite_are_not_clipped():
    clip = ag.compile(lambda g, h: nn.optim.clipping.clipped([g, h], 1.0, None))
    for values in ([0.0, 0.0], [3.0, 4.0], [1e200, 1e200], [1e-200, 0.1], [np.inf, 1.0], [np.nan, 1.0]):
        given = [np.array(values), np.array([0.5])]
        for one, other in zip(clip(*given), nn.optim.clipping.clipped(given, 1.0, None), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-15)


TARGETS = {
    "a unit": (1, (X[:1] > 0) * 1.0, "binary_cross_entropy", nn.Sigmoid),
    "a logit": (1, (X[:1] > 0) * 1.0, "binary_cross_entropy_logits", nn.Lambda),
    "classes": (3, THREE, "cross_entropy", nn.Softmax),
    "class numbers": (3, np.arange(50) % 3, "cross_entropy", nn.Softmax),
    "labels": (2, (X > 0) * 1.0, "binary_cross_entropy", nn.Sigmoid),
}


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_predicted_right_is_counted_within_the_program(name):
    n, targets, loss, last = TARGETS[name]
    found = []
    for compile in ("numpy", False):
        model = network(n=n, last=(lambda: nn.Lambda(lambda Z: 1 * Z)) if last is nn.Lambda else last)
        history, _ = fit(model, Y=targets, loss=loss, compile=compile, batch_size=16, metrics=["f1"])
        assert history.compiled is (compile == "numpy")
        assert not history.compiled or "count_nonzero" in history.source
        found.append((history.accuracy, history.f1))
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("several", [True, False])
@pytest.mark.parametrize("n", [1, 3])
def test_predictions_that_are_nan_count_as_wrong_in_a_program_too(n, several):
    rng = np.random.default_rng(n)
    accuracy = metrics.measured("accuracy", 0.5, several)
    A, targets = rng.random((n, 40)), rng.integers(0, 2, (n, 40)).astype(float)
    A[rng.random((n, 40)) < 0.3] = np.nan
    kept = accuracy.keep(A, targets)
    assert ag.compile(accuracy.hits)(A, targets) == kept.total <= np.count_nonzero(~np.isnan(A).any(axis=0))
    assert kept.of == 40


def test_c_and_numpy_give_the_same_training_to_rounding():
    (one, first), (other, second) = (fit(network(), compile=compile, epochs=20) for compile in ("c", "numpy"))
    np.testing.assert_allclose(one.cost, other.cost, rtol=1e-12)
    assert one.source == other.source and other.backend == "numpy" and other.c is None
    if one.backend == "c":
        assert "for (int64_t" in one.c and one.why_not is None and "compiled as C" in repr(one)
    for p, q in zip(first.parameters(), second.parameters(), strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-10)


def test_a_training_that_is_too_short_for_c_says_so():
    short, asked = (fit(network(), compile=compile, epochs=2)[0] for compile in ("auto", "numpy"))
    assert short.backend == "numpy" and "ended before it would have gained by C" in short.why_not
    assert asked.backend == "numpy" and asked.why_not is None


def test_a_step_costs_few_calls_beside_its_program():
    """Of Python's functions; each takes a share of the step of a small network."""
    calls = []
    for epochs in (50, 150):
        profile = cProfile.Profile(builtins=False)
        profile.runcall(fit, epochs=epochs, compile="numpy")
        own = {entry.code.co_filename: 0 for entry in profile.getstats() if "/nn/train/" in str(entry.code)}
        own.pop(outside.__file__)  # once for a training
        calls.append(sum(e.callcount for e in profile.getstats() if getattr(e.code, "co_filename", "") in own))
    assert (calls[1] - calls[0]) / 100 <= 30


def test_it_is_said_what_ran():
    for compile, said in ((False, "not compiled"), ("numpy", "compiled as NumPy"), ("c", "compiled as C")):
        history = fit(network(), compile=compile, epochs=2)[0]
        expected = "compiled as NumPy" if compile == "c" and history.backend != "c" else said
        assert history.how == expected and repr(history).endswith(expected) == history.compiled
