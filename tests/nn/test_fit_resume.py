"""Checkpoints: a training that was interrupted and is resumed is that which was not, to the last bit."""

import json
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import autograd as ag
import nn
from nn.train import checkpoints, compiled

X, Y = nn.datasets.moons(m=60, seed=1)


class Centered(nn.Module):
    """Keeps a running mean, as a normalization does."""

    def __init__(self):
        self.mean = nn.Buffer(np.zeros((6, 1)), name="mean")

    def forward(self, A):
        if self.training:
            self.mean.update(0.9 * self.mean.value + 0.1 * np.mean(A, axis=1, keepdims=True))
        return A - self.mean.value


def network():
    own = np.random.Generator(np.random.MT19937(3))
    return nn.Sequential(
        nn.Linear(2, 6, seed=3),
        Centered(),
        nn.Tanh(),
        nn.Dropout(0.8),
        nn.Dropout(0.9, seed=own),
        nn.Linear(6, 1, seed=4),
        nn.Sigmoid(),
    )


OPTIMIZERS = {
    "Adam": lambda p: nn.optim.Adam(p, lr=0.05, weight_decay=0.01),
    "Momentum": lambda p: nn.optim.Momentum(p, lr=0.1, clip_norm=1.0),
    "SGD": lambda p: nn.optim.SGD(p, lr=0.1),
}


class Trained:
    """A training, and all that it left behind."""

    def __init__(self, optimizer="Adam", epochs=9, model=None, lr=None, **how):
        self.model = model or network()
        self.optimizer = OPTIMIZERS[optimizer](self.model.parameters())
        self.optimizer.lr = lr or self.optimizer.lr
        how = {"batch_size": 16, "validation": 0.25, "metrics": ["f1", "confusion_matrix"], "seed": 7} | how
        self.history = nn.fit(
            self.model,
            X,
            Y,
            loss="binary_cross_entropy",
            optimizer=self.optimizer,
            epochs=epochs,
            progress=False,
            **how,
        )

    def left(self):
        """All of it as text, in which each bit counts."""
        unlike = ("interrupted", "compiled", "why_not", "source", "backend", "c")  # of this run alone
        history = {name: x for name, x in self.history.to_dict().items() if name not in unlike}
        generators = [g.bit_generator.state for g in nn.train.state.generators_of(self.model)]
        arrays = self.model.state_dict() | {f"optimizer {k}": v for k, v in self.optimizer.state_dict().items()}
        return (
            json.dumps(history),
            repr(generators),
            {name: (np.asarray(x).dtype.str, np.asarray(x).tobytes()) for name, x in arrays.items()},
        )


def interrupt_at(epoch, batch):
    """A loss that raises KeyboardInterrupt in the middle of an epoch, once."""
    calls = []

    def loss(A, Y):
        calls.append(1)
        if len(calls) == (epoch - 1) * 4 + batch:  # three batches, and the validation
            raise KeyboardInterrupt
        return nn.losses.binary_cross_entropy(A, Y)

    return loss


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("compile", [True, False])
def test_a_resumed_training_is_the_uninterrupted_one_to_the_last_bit(tmp_path, optimizer, compile):
    whole = Trained(optimizer, compile=compile)
    Trained(optimizer, epochs=4, compile=compile, checkpoint=tmp_path / "run")
    resumed = Trained(optimizer, compile=compile, checkpoint=tmp_path / "run", resume=True)
    assert resumed.left() == whole.left() and resumed.history.compiled is compile


def test_c_is_taken_from_the_same_epoch_on_however_often_a_training_is_interrupted(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled.Compiled, "steps_before_c", lambda self: 13)  # three batches an epoch: from the sixth
    whole = Trained()
    assert (whole.history.backend == "c") is (whole.history.c is not None)
    for epochs in (3, 5, 7):
        path = tmp_path / f"run {epochs}"
        Trained(epochs=epochs, checkpoint=path)
        assert Trained(resume=path).left() == whole.left()


def test_another_backend_than_the_one_before_is_said(tmp_path):
    Trained(epochs=3, checkpoint=tmp_path / "run", compile="c")
    if Trained(epochs=1, compile="c").history.backend == "c":
        with pytest.warns(
            UserWarning, match="made by a program in C, but it is resumed by a program in NumPy: .* up to rounding"
        ):
            Trained(resume=tmp_path / "run", compile="numpy")
    with pytest.warns(UserWarning, match="resumed by the operations one by one") as said:
        Trained(resume=tmp_path / "run", compile=False)
    assert said[0].filename == __file__


def test_also_after_ctrl_c_in_the_middle_of_an_epoch(tmp_path):
    def own(A, Y):
        return nn.losses.binary_cross_entropy(A, Y)

    def with_loss(loss, **more):
        model = network()
        loss.__name__ = "own"
        how = {"epochs": 6, "batch_size": 16, "validation": 0.25, "compile": False, "progress": False} | more
        optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
        return nn.fit(model, X, Y, loss=loss, optimizer=optimizer, checkpoint=tmp_path / "run", **how), model

    history, _ = with_loss(interrupt_at(4, 2))
    assert history.interrupted and history.epochs == 3
    resumed, one = with_loss(own, resume=True)
    (tmp_path / "run").unlink()
    whole, other = with_loss(own)
    assert resumed == whole and not resumed.interrupted
    for p, q in zip(one.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(p.data, q.data)


@pytest.mark.parametrize("schedule", [nn.schedules.Exponential(0.8), nn.schedules.Plateau(0.5, patience=1)], ids=repr)
def test_schedules_and_patience_go_on_too(tmp_path, schedule):
    how = {"schedule": schedule, "patience": 2, "compile": False}
    whole = Trained(epochs=30, **how)
    n = whole.history.epochs
    for epochs in (1, n - 2, n - 1):
        path = tmp_path / f"run {epochs}"
        Trained(epochs=epochs, checkpoint=path, **how)
        assert Trained(epochs=30, resume=path, **how).left() == whole.left()


def test_a_training_that_has_ended_stays_as_it_is(tmp_path):
    first = Trained(epochs=5, checkpoint=tmp_path / "run")
    again = Trained(epochs=5, resume=tmp_path / "run")
    assert again.left() == first.left()
    stopped = Trained(epochs=60, patience=1, checkpoint=tmp_path / "other")
    assert stopped.history.epochs < 60
    again = Trained(epochs=60, patience=1, resume=tmp_path / "other")
    assert again.history.stopped == stopped.history.stopped and again.left() == stopped.left()


def test_a_training_that_a_callback_has_ended_goes_on_where_it_is_resumed(tmp_path):
    whole = Trained()
    ended = Trained(callbacks=lambda trainer, history: history.epochs == 4, checkpoint=tmp_path / "run")
    assert ended.history.epochs == 4 and "by <lambda>" in ended.history.stopped
    resumed = Trained(resume=tmp_path / "run")
    assert resumed.left() == whole.left() and resumed.history.stopped is None


def test_parameters_that_a_callback_froze_stay_frozen(tmp_path):
    def freeze(trainer, history):
        trainer.model[0].W.requires_grad = history.epochs < 2

    whole = Trained(callbacks=freeze)
    Trained(epochs=4, callbacks=freeze, checkpoint=tmp_path / "run")
    resumed = Trained(resume=tmp_path / "run")
    assert resumed.left() == whole.left() and not resumed.model[0].W.requires_grad


def test_resume_true_begins_where_there_is_nothing_yet(tmp_path):
    assert Trained(epochs=2, checkpoint=tmp_path / "run", resume=True).history.epochs == 2
    assert (tmp_path / "run").exists()


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_checkpoint_holds_nothing_that_is_executed(tmp_path):
    Trained(epochs=1, checkpoint=tmp_path / "run")
    with np.load(tmp_path / "run", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)
    ran = []

    class Trap:
        def __reduce__(self):
            return ran.append, (1,)

    (tmp_path / "trap").write_bytes(pickle.dumps(Trap()))
    np.savez(tmp_path / "trap.npz", said=np.array(Trap(), dtype=object))
    for name in ("trap", "trap.npz"):
        with pytest.raises(ag.DataError, match=r"trap.* is not a checkpoint of nn\.fit, or is damaged"):
            Trained(resume=tmp_path / name)
    assert ran == []


def test_a_damaged_file_is_refused_and_changes_nothing(tmp_path):
    Trained(epochs=1, checkpoint=tmp_path / "run")
    whole = (tmp_path / "run").read_bytes()
    model = network()
    before = model.state_dict()
    rng = np.random.default_rng(0)
    for content in (b"", b"text", whole[:100], whole[: len(whole) // 2], whole[:-30], rng.bytes(2000)):
        (tmp_path / "broken").write_bytes(content)
        with pytest.raises(ag.DataError, match="is not a checkpoint"):
            Trained(model=model, resume=tmp_path / "broken")
    flipped = bytearray(whole)
    flipped[whole.index(b"model/0.W.npy") + 200] ^= 0xFF
    (tmp_path / "broken").write_bytes(bytes(flipped))
    with pytest.raises(ag.DataError, match="is not a checkpoint"):
        Trained(model=model, resume=tmp_path / "broken")
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"optimizer": "SGD"}, "optimizer was 'Adam', and is 'SGD'"),
        ({"batch_size": 8}, "batch_size was 16, and is 8"),
        ({"seed": 8}, "seed was 7, and is 8"),
        ({"validation": None}, "samples was 45, and is 60"),
        ({"schedule": nn.schedules.Exponential(0.9)}, "schedule was None, and is 'Exponential"),
        ({"class_weights": "balanced"}, "weights was None, and is"),
        ({"sample_weights": np.linspace(1, 2, 60)}, "weights was None, and is"),
        ({"patience": 3}, "patience was None, and is 3"),
        ({"lr": 0.01}, "lr was 0.05, and is 0.01"),
        (
            {"model": nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())},
            "layers with a generator of their own were 1, and are 0",
        ),
    ],
    ids=lambda x: next(iter(x)) if isinstance(x, dict) else "",
)
def test_a_checkpoint_of_another_training_is_refused(tmp_path, how, said):
    Trained(epochs=1, checkpoint=tmp_path / "run")
    with pytest.raises(ag.DataError, match=said):
        Trained(resume=tmp_path / "run", **how)


def test_a_checkpoint_of_another_model_is_refused_with_all_that_differs(tmp_path):
    Trained(epochs=1, checkpoint=tmp_path / "run")
    model = network()
    model.layers[0] = nn.Linear(2, 7)
    model.layers.insert(1, nn.Linear(7, 6))
    with pytest.raises(
        ag.DataError, match=r"of another model:\n  (.|\n)*0.W has shape \(7, 2\), but \(6, 2\) in the file"
    ):
        Trained(model=model, resume=tmp_path / "run")


def test_paths_are_looked_at_before_the_training_begins(tmp_path):
    with pytest.raises(FileNotFoundError, match="needs a folder that exists"):
        Trained(checkpoint=tmp_path / "none" / "run")
    with pytest.raises(IsADirectoryError, match="needs the path of a file, but is a folder"):
        Trained(checkpoint=tmp_path)
    (tmp_path / "other").write_bytes(b"no numbers")
    with pytest.raises(ag.DataError, match=r"is not a checkpoint of nn\.fit, or is damaged\. Give a file that"):
        Trained(resume=tmp_path / "other")
    with pytest.raises(FileNotFoundError, match=r"there is no such file\. To begin where there is none: checkpoint="):
        Trained(resume=tmp_path / "none")
    with pytest.raises(ValueError, match=r"there is none\. Give a path"):
        Trained(resume=True)


def test_writing_takes_little_of_the_time(tmp_path, monkeypatch):
    """A second for each file, with epochs of half a second: after the first there is one every 20 seconds."""
    clock, written = [0.0], []
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: clock[0])

    def write(path, content):
        written.append(clock[0])
        clock[0] += 1.0

    monkeypatch.setattr(checkpoints, "write_whole", write)

    def tick(trainer, history):
        clock[0] += 0.5

    Trained(epochs=100, batch_size=None, checkpoint=tmp_path / "run", callbacks=tick)
    assert written == [0.5, 21.5, 42.5, 53.0]


LOOP = """
    import sys
    import numpy as np, nn
    nn.train.checkpoints._SHARE = 0  # after each epoch
    X, Y = nn.datasets.moons(m=40, seed=1)
    def tell(trainer, history):
        if history.epochs == 1:
            print("began", flush=True)
    for name in sys.argv[2:]:
        model = nn.Sequential(nn.Linear(2, 200, seed=0), nn.Tanh(), nn.Linear(200, 1, seed=1), nn.Sigmoid())
        nn.fit(model, X, Y, loss="mse", optimizer=nn.optim.Adam(model.parameters(), lr=0.01), epochs=int(sys.argv[1]),
               checkpoint=name, resume=True, callbacks=tell, progress=False)
        np.save(name + ".npy", model.predict(X))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_a_killed_training_leaves_a_file_that_can_be_resumed(tmp_path):
    def started(epochs, *names):
        arguments = [
            sys.executable,
            "-c",
            textwrap.dedent(LOOP),
            str(epochs),
            *(str(tmp_path / name) for name in names),
        ]
        return subprocess.Popen(arguments, stdout=subprocess.PIPE)

    with started(10**9, "run") as process:
        process.stdout.readline()
        while not (tmp_path / "run").exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.05)  # amid whatever it does then
        os.kill(process.pid, signal.SIGKILL)
    said, _ = checkpoints._read(tmp_path / "run")
    done = len(said["history"]["cost"])
    assert done >= 1
    with started(done + 3, "run", "whole") as process:
        process.communicate()
    assert process.returncode == 0
    np.testing.assert_array_equal(np.load(tmp_path / "run.npy"), np.load(tmp_path / "whole.npy"))
