"""nn.fit(cluster=client): several processes compute what one would, whatever becomes of them."""

import asyncio
import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path

import dask
import dask.array as da
import distributed
import numpy as np
import pytest

import autograd as ag
import nn
from nn.cluster import ClusterError
from nn.cluster.additive import why_not_additive
from nn.cluster.blocks import blocks, prepared
from nn.cluster.crew import Crew, Held, Lost, dealt
from nn.cluster.draws import _SIZE, OfBatch
from nn.cluster.share import Share, Task, Training
from nn.cluster.source import _summed
from nn.train.sources import Batch, Eager

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # of sockets that Dask closes later
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ROOT = str(Path(nn.__file__).parents[1])
RNG = np.random.default_rng(0)
X = RNG.standard_normal((5, 101))
Y = (X[:1] * X[1:2] > 0).astype(float)


def made(*further):
    layers = (nn.Linear(5, 8, seed=0), nn.Tanh(), *further, nn.Linear(8, 1, seed=1), nn.Sigmoid())
    return nn.Sequential(*layers)


def trained(model=None, X=X, Y=Y, epochs=20, lr=0.05, **options):
    """The model and the history of 20 steps or more. Workers compile only where a test is about that: it takes time."""
    options = {"compile": False, **options}
    model = model or made(nn.Dropout(0.5))
    history = nn.fit(
        model,
        X,
        Y,
        loss="binary_cross_entropy",
        optimizer=nn.optim.Adam(model.parameters(), lr=lr),
        epochs=epochs,
        progress=False,
        **options,
    )
    return model, history


def assert_same(one, other, tolerance=1e-10):
    """The parameters and costs of two trainings are equal but for rounding."""
    for a, b in zip(one[0].parameters(), other[0].parameters(), strict=True):
        np.testing.assert_allclose(a.data, b.data, rtol=0, atol=tolerance)
    np.testing.assert_allclose(one[1].cost, other[1].cost, rtol=0, atol=tolerance)
    assert one[1].accuracy == pytest.approx(other[1].accuracy, abs=tolerance)


@pytest.fixture(scope="module")
def client():
    """Four worker processes; one that is killed is started again."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PYTHONPYCACHEPREFIX", raising=False)  # or else each would compile all of Dask anew
        with (
            dask.config.set(
                {"distributed.comm.timeouts.connect": "120s"}
            ),  # a busy machine takes long to start workers
            distributed.LocalCluster(
                n_workers=4, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1", silence_logs=50
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client


def kill(client, address):
    """Kill the worker at `address`, whose nanny starts another one in its place."""
    os.kill(client.run(os.getpid, workers=[address])[address], signal.SIGKILL)


def wait_until_gone(client, address):
    """Wait until the scheduler, too, knows that a worker was killed: until then `complete` would count it."""

    async def gone(scheduler):
        while address in scheduler.workers:
            await asyncio.sleep(0.01)

    client.cluster.sync(gone, client.cluster.scheduler)


def complete(client):
    """Wait until there are four workers. One that was killed is started again by its nanny, which gives up where the
    machine is too busy: then others take their places."""
    try:
        client.wait_for_workers(4, timeout=15)
    except TimeoutError:
        client.cluster.scale(len(client.cluster.worker_spec) + 4 - len(client.nthreads()))
        client.wait_for_workers(4, timeout=120)


@pytest.fixture
def some(client, monkeypatch):
    """Sets how many of the workers there seem to be."""
    complete(client)
    listed, there = Crew._listed, [4]
    monkeypatch.setattr(Crew, "_listed", lambda self: sorted(listed(self))[: there[0]])
    monkeypatch.setattr("nn.cluster.crew.EVERY", 0.0)
    return there


def test_two_and_four_workers_compute_what_one_machine_does(client, some):
    options = {"metrics": ["f1"], "schedule": nn.schedules.Cosine(20)}
    alone = trained(**options)
    some[0] = 2
    together = trained(cluster=client, **options)
    assert_same(together, alone)
    assert together[1].metrics == {k: pytest.approx(v) for k, v in alone[1].metrics.items()}
    some[0] = 4
    options = {"batch_size": 32, "epochs": 5, "class_weights": "balanced"}
    assert_same(trained(cluster=client, **options), trained(**options))
    images = X.reshape(1, 1, 5, 101)
    augmented = [nn.Sequential(nn.Augment(flip=True, shift=1, noise=0.1), nn.Flatten(), made()) for _ in range(2)]
    assert_same(trained(augmented[0], images, cluster=client, **options), trained(augmented[1], images, **options))


def test_a_mask_goes_along_with_its_columns(client, some):
    some[0] = 2
    mask = np.arange(5)[:, None] < RNG.integers(1, 6, 101)
    models = [nn.Sequential(nn.GRU(1, 3, last=True, seed=0), nn.Linear(3, 1, seed=1), nn.Sigmoid()) for _ in range(2)]
    data, options = (X[None], mask), {"epochs": 3, "batch_size": 50}
    assert_same(trained(models[0], data, cluster=client, **options), trained(models[1], data, **options))


def test_a_dask_array_stays_on_the_workers(client, some):
    some[0] = 2
    lazy = {"X": da.from_array(X, chunks=(2, 20)), "Y": da.from_array(Y, chunks=(1, 25))}
    assert_same(trained(cluster=client, **lazy), trained())


def test_workers_compile(client, some):
    some[0] = 1
    together = trained(cluster=client, compile="auto")
    assert_same(together, trained())
    assert together[1].compiled and together[1].backend == "numpy", together[1].why_not
    assert "def " in together[1].source


def test_validation_patience_and_checkpoints_are_as_always(client, some, tmp_path):
    some[0] = 2
    options = {"validation": 0.2, "patience": 2, "lr": 0.3}
    alone = trained(**options)
    assert alone[1].stopped
    assert_same(trained(cluster=client, **options), alone)
    options = {"checkpoint": tmp_path / "run.npz", "cluster": client}
    trained(epochs=3, **options)
    assert_same(trained(epochs=8, resume=True, **options), trained(epochs=8))


def test_a_worker_that_is_killed_or_comes_costs_no_step(client, some):
    some[0] = 3
    seen, killed = [], []

    def happens(trainer, history):
        crew = trainer.source.crew
        seen.append({held.address for held in crew.held})
        if history.epochs == 3:
            killed.append(crew.held[0].address)
            kill(client, *killed)
        if history.epochs == 8:
            some[0] = 4

    together = trained(cluster=client, callbacks=happens)
    assert_same(together, trained())
    assert len(together[1].cost) == len(seen) == 20
    assert len(seen[2]) == 3
    assert seen[2] - seen[-1]  # the one that was killed is not among them any more
    assert seen[-1] - seen[2]  # but one that came later is
    wait_until_gone(client, *killed)


def test_a_worker_that_is_about_to_close_costs_no_step(client, some):
    """It still answers, but its threads take nothing more."""
    some[0] = 2
    seen = []

    def happens(trainer, history):
        seen.append({held.address for held in trainer.source.crew.held})
        if history.epochs == 3:
            closing = trainer.source.crew.held[0].address
            client.run(lambda dask_worker: dask_worker.executors["actor"].shutdown(), workers=[closing])

    assert_same(trained(cluster=client, callbacks=happens), trained())
    assert len(seen[2]) == 2 and len(seen[-1]) == 1
    (closing,) = seen[2] - seen[-1]
    kill(client, closing)  # another one comes in its place
    wait_until_gone(client, closing)


@pytest.mark.parametrize("what", ["shares are cancelled", "the client connects anew"])
def test_a_client_that_loses_its_shares_costs_no_step_and_no_worker(client, some, what):
    some[0] = 2
    seen = []

    def happens(trainer, history):
        crew = trainer.source.crew
        seen.append({held.address for held in crew.held})
        if history.epochs == 3 and what == "shares are cancelled":
            own.cancel([held.future for held in crew.held], force=True)
        if history.epochs == 3 and what == "the client connects anew":
            own.sync(own.scheduler_comm.comm.close)

    with distributed.Client(client.scheduler.address) as own:
        assert_same(trained(cluster=own, callbacks=happens), trained())
    assert len(seen[2]) == 2
    assert seen[-1] == seen[2]


def test_a_client_that_is_closed_is_refused_or_ends_the_training(client, some):
    some[0] = 1
    own = distributed.Client(client.scheduler.address)

    def close(trainer, history):
        if history.epochs == 2:
            own.close()

    with pytest.raises(ClusterError, match=r"needs its scheduler, but the one at tcp://.* is gone") as lost:
        trained(cluster=own, callbacks=close)
    assert lost.value.epoch == 3
    with pytest.raises(ValueError, match="a Client that is connected, but got one that is closed"):
        trained(cluster=own)


class Missing(nn.Module):
    """Of a module that workers do not have."""

    def forward(self, A):
        return A

    def __reduce__(self):
        return Unknown(), ()


class Unknown:
    def __call__(self):
        return nn.Tanh()

    def __reduce__(self):
        return __import__, ("no_such_module",)


def test_what_workers_cannot_be_sent_or_cannot_make_is_refused(client, some):
    some[0] = 1
    locked = nn.Tanh()
    locked.lock = threading.Lock()
    with pytest.raises(TypeError, match=r"that can be sent to workers, but pickle says: .*lock"):
        trained(made(locked), cluster=client)
    with pytest.raises(ImportError, match=r"A worker cannot make the model: .*no_such_module.*client\.upload_file"):
        trained(made(Missing()), cluster=client)


def test_what_callbacks_change_workers_are_told(client, some):
    some[0] = 2

    def change(trainer, history):
        if history.epochs == 3:
            trainer.model[0].W.requires_grad = False
        if history.epochs == 5:
            trainer.model[2].keep_prob = 0.9

    assert_same(trained(cluster=client, callbacks=change), trained(callbacks=change))


class Centered(nn.Module):
    """Subtracts the mean over the batch, as BatchNorm does."""

    def forward(self, A):
        return A - np.mean(A, axis=-1, keepdims=True)


class Counting(nn.Module):
    """Keeps a number for itself."""

    def __init__(self):
        self.count = nn.Buffer(0.0, name="count")

    def forward(self, A):
        self.count.update(self.count.value + 1)
        return A


def test_what_cannot_be_shared_out_is_refused(client, some):
    some[0] = 2
    refused = {
        "is not the mean of the costs": Centered(),
        "changed count": Counting(),
        "generator of its own": nn.Dropout(0.5, seed=0),
    }
    for words, layer in refused.items():
        model = made(layer)
        before = model.state_dict()
        with pytest.raises(ag.GraphError, match=words):
            trained(model, cluster=client)
        assert all((before[name] == x).all() for name, x in model.state_dict().items())
    bad = np.where(np.arange(101) == 77, np.nan, X)
    with pytest.raises(ag.DataError, match=r"In the columns .*NaN"):
        trained(X=da.from_array(bad, chunks=(5, 20)), Y=da.from_array(Y, chunks=(1, 20)), cluster=client)
    for options in ({}, {"cluster": client}):
        with pytest.raises(nn.TrainingError, match=r"cost is inf.* as of the last step after which") as stopped:
            trained(made(), lr=30.0, **options)
        assert stopped.value.epoch == len(stopped.value.history.cost) + 1


def test_a_scheduler_that_goes_away_is_an_error_with_the_model_of_the_last_step(monkeypatch):
    kept, model = [], made()
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),  # the cluster looks for it as it closes
        distributed.LocalCluster(
            n_workers=1, processes=False, protocol="tcp://", dashboard_address=":0", host="127.0.0.1", silence_logs=60
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        monkeypatch.setattr("nn.cluster.crew._ANSWER", 1.0)

        def close(trainer, history):
            kept.append(trainer.model.state_dict())
            if history.epochs == 5:
                cluster.sync(cluster.scheduler.close)

        with pytest.raises(ClusterError, match=r"needs its scheduler, but the one at .* is gone") as lost:
            trained(model, cluster=client, callbacks=close)
    error = lost.value
    assert (error.epoch, error.batch, len(error.history.cost)) == (6, 1, 5)
    assert all((kept[4][name] == x).all() for name, x in model.state_dict().items())
    assert_same((model, error.history), trained(made(), epochs=5))


@contextlib.contextmanager
def command(*arguments):
    """One of Dask's own commands, as a process."""
    with subprocess.Popen(
        [sys.executable, "-m", *arguments], env=os.environ | {"PYTHONPATH": ROOT}, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("by", ["SIGKILL", "SIGSTOP"])
def test_a_scheduler_that_is_killed_or_hangs(by, tmp_path, monkeypatch):
    """A process of its own, as on a cluster, which says nothing more."""
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    kept, model, file = [], made(), tmp_path / "scheduler.json"
    own = "--scheduler-file", str(file), "--no-dashboard"
    with (
        command("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *own) as scheduler,
        command("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", *own),
        distributed.Client(scheduler_file=str(file), timeout=60) as client,
    ):
        client.wait_for_workers(1, timeout=60)

        def kill(trainer, history):
            kept.append(trainer.model.state_dict())
            if history.epochs == 5:
                monkeypatch.setattr("nn.cluster.crew._ANSWER", 1.0)
                scheduler.send_signal(getattr(signal, by))

        with pytest.raises(ClusterError, match=r"needs its scheduler, but the one at tcp://.* is gone") as lost:
            trained(model, epochs=100_000, cluster=client, callbacks=kill)
        scheduler.kill()
    error = lost.value
    assert error.epoch == len(error.history.cost) + 1 == len(kept) + 1 and error.batch == 1
    assert all((kept[-1][name] == x).all() for name, x in model.state_dict().items())


@pytest.mark.parametrize(
    ("cluster", "words"), [("tcp://127.0.0.1:8786", "a Client of dask.distributed"), (None.__class__, "a Client")]
)
def test_what_is_not_a_client_is_refused(cluster, words):
    with pytest.raises(TypeError, match=words):
        trained(cluster=cluster)


@pytest.mark.parametrize(
    ("given", "targets", "words"),
    [
        (da.ones((5, 100)), da.ones((1, 101)), "X and Y need a column for each sample"),
        (da.ones(101), da.ones((1, 101)), "X must have a column for each sample"),
        (da.ones((5, 101)), da.ones((1, 101), dtype=int), "Y must be floating"),
        (da.ones((5, 101))[:, da.ones(101) > 0], da.ones((1, 101)), "compute_chunk_sizes"),
    ],
)
def test_dask_arrays_that_do_not_fit_are_refused_uncomputed(given, targets, words):
    with pytest.raises((ag.DataError, ag.ShapeError), match=words):
        prepared(given, targets, nn.losses.mse)


@pytest.mark.parametrize("name", sorted(_SIZE))
def test_each_column_draws_what_it_would_draw_alone(name):
    arguments = {"gamma": (2.0, 1.0), "beta": (2.0, 3.0), "binomial": (5, 0.4), "standard_gamma": (2.0,)}
    arguments |= {"integers": (0, 100), "choice": (100,), "exponential": (2.0,), "poisson": (3.0,)}
    given = arguments.get(name, (0.0, 1.0) if _SIZE[name] == 2 else ())
    if name == "standard_gamma":
        given = (2.0,)
    positions = np.array([6, 1, 3])
    whole, part = (np.random.default_rng(5) for _ in range(2))
    part = OfBatch(part.bit_generator, 7, positions)
    for shape in ((4, 7), (7,), (2, 3, 7)):
        everything = getattr(whole, name)(*given, size=shape)
        np.testing.assert_array_equal(
            getattr(part, name)(*given, size=(*shape[:-1], 3)), everything[..., positions], strict=True
        )
    np.testing.assert_array_equal(getattr(part, name)(*given, size=(4, 1)), getattr(whole, name)(*given, size=(4, 1)))


def test_blocks_are_dealt_evenly_and_few_are_moved():
    rng = np.random.default_rng(1)
    for _ in range(50):
        sizes = rng.integers(1, 20, 24).tolist()
        workers = [f"w{i}" for i in range(rng.integers(1, 6))]
        owner = rng.integers(-1, len(workers), 24)
        held = {w: [i for i in range(24) if owner[i] == k] for k, w in enumerate(workers)}
        plan = dealt(sizes, held)
        assert sorted(i for ids in plan.values() for i in ids) == list(range(24))
        loads = [sum(sizes[i] for i in ids) for ids in plan.values()]
        assert max(loads) - min(loads) <= 2 * max(sizes)
        assert dealt(sizes, plan) == plan


def test_blocks_hold_each_column_once():
    weights = np.arange(101.0)
    for given in (X, da.from_array(X, chunks=(3, 13))):
        found = blocks(given, Y, weights, pieces=7)
        assert [block.start for block in found[1:]] == [block.stop for block in found[:-1]]
        assert (found[0].start, found[-1].stop) == (0, 101)
        np.testing.assert_array_equal(np.concatenate([block.weights for block in found]), weights)


def test_a_layer_that_mixes_columns_is_told_from_one_that_does_not():
    layers = {
        nn.Dropout(0.5): True,
        Centered(): False,
        nn.Softmax(): True,
        nn.BatchNorm(8): False,
        nn.LayerNorm(8): True,
    }
    for layer, additive in layers.items():
        model = made(layer)
        loss, optimizer = nn.losses.find("binary_cross_entropy"), nn.optim.SGD(model.parameters(), lr=0.1)
        eager = Eager(model, loss, optimizer)
        why = why_not_additive(eager, Batch(X[:, :8], Y[:, :8]), lambda: np.random.PCG64(3))
        assert (why is None) == additive


def test_a_cluster_without_workers_is_an_error_after_a_while(monkeypatch):
    monkeypatch.setattr("nn.cluster.crew.PATIENCE", 0.2)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, protocol="tcp://", dashboard_address=":0", host="127.0.0.1", silence_logs=60
        ) as cluster,
        distributed.Client(cluster) as client,
        pytest.raises(ClusterError, match=r"needs a worker, but the scheduler at tcp.* has none left"),
    ):
        trained(cluster=client)


def test_a_step_that_keeps_losing_workers_is_an_error(monkeypatch):
    crew = Crew(None, [], None)
    crew.held = [Held("tcp://a", None, (0,))]
    monkeypatch.setattr(crew, "settle", lambda: crew.held.append(Held("tcp://a", None, (0,))))
    monkeypatch.setattr(crew, "_call", lambda calls: [Lost(held.address) for held, *_ in calls])
    with pytest.raises(ClusterError, match=r"some were lost 5 times, at last tcp://a"):
        crew.ask("step", lambda held: ())


class Sum(nn.Module):
    """A model of two inputs."""

    def __init__(self):
        self.one, self.other = nn.Linear(5, 1, seed=0), nn.Linear(3, 1, seed=1)

    def forward(self, X, other):
        return self.one(X) + self.other(other)


def test_shares_of_several_inputs_of_classes_and_of_weights_add_up():
    model, loss = Sum(), nn.losses.find("mse")
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    inputs, weights = (X, X[:3]), np.arange(101.0)
    whole = Eager(model, loss, optimizer).compute(Batch(inputs, Y, weights))
    training = Training(pickle.dumps((model, loss, optimizer, [])), compiled=False)
    pieces = blocks(inputs, Y, weights, pieces=5)
    parts = []
    for some in (pieces[:2], pieces[2:]):
        share = Share()
        share.hold(training, some)
        values = [p.data for p in model.parameters()]
        task = Task(values, [True] * 4, None, None, 101, np.random.PCG64(0).state)
        once, again = share.step(task), share.step(task)  # as where another worker was lost
        assert once.cost == again.cost
        parts.append(again)
    summed = _summed(parts)
    assert summed.cost == pytest.approx(whole.cost, rel=1e-13)
    for a, b in zip(summed.gradients, whole.gradients, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-13)
