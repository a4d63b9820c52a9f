"""Who makes the runs of a sweep: this process, several processes, or the workers of a Dask cluster.

A pool takes runs by `submit` and gives those that are finished by `finished`, which waits for at least one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import signal
import sys
from collections.abc import Iterator
from concurrent import futures
from importlib import import_module
from typing import Any, Protocol

from nn.sweeps.job import Job, describe
from nn.sweeps.results import Run
from nn.sweeps.space import Settings


class Pool(Protocol):
    """See above; `size` is how many runs are made at the same time."""

    size: int

    def submit(self, number: int, settings: Settings) -> None:
        """Have a run made."""

    def finished(self) -> list[Run]:
        """Runs that are made; at least one."""


class Here:
    """This process."""

    size = 1

    def __init__(self, job: Job) -> None:
        self.job = job
        self.waiting: list[tuple[int, Settings]] = []

    def submit(self, number: int, settings: Settings) -> None:
        """See Pool."""
        self.waiting.append((number, settings))

    def finished(self) -> list[Run]:
        """See Pool."""
        return [_made(self.job, *self.waiting.pop(0))]


class Processes:
    """Processes of this machine."""

    def __init__(self, executor: futures.Executor, size: int) -> None:
        self.executor, self.size = executor, size
        self.running: dict[Any, Settings] = {}

    def submit(self, number: int, settings: Settings) -> None:
        """See Pool."""
        self.running[self.executor.submit(_in_process, number, settings)] = settings

    def finished(self) -> list[Run]:
        """See Pool."""
        done, _ = futures.wait(self.running, return_when=futures.FIRST_COMPLETED)
        settings = [self.running.pop(future) for future in done]
        try:
            return [future.result() for future in done]
        except futures.process.BrokenProcessPool as error:
            raise RuntimeError(
                f"A process of the sweep ended while it made a run ({describe(settings[0])}), perhaps for want of "
                "memory. Take fewer workers; with path= the runs that are finished are not made again."
            ) from error


class Workers:
    """The workers of a Dask cluster. One that is lost loses no run: another one makes it again."""

    def __init__(self, client: Any, job: Job) -> None:
        self.client = client
        self.size = max(1, sum(client.nthreads().values()))
        # Once for all runs, and on every worker, so that it is not lost with one.
        self.job = client.scatter(import_module("cloudpickle").dumps(job), broadcast=True)
        self.running: dict[Any, Settings] = {}

    def submit(self, number: int, settings: Settings) -> None:
        """See Pool."""
        self.running[self.client.submit(_on_worker, self.job, number, settings, pure=False)] = settings

    def finished(self) -> list[Run]:
        """See Pool."""
        distributed = import_module("distributed")
        try:
            done, _ = distributed.wait(list(self.running), return_when="FIRST_COMPLETED")
            return [self._result(future) for future in done]
        except (OSError, futures.CancelledError, distributed.scheduler.KilledWorker) as error:
            raise ConnectionError(
                f"The sweep needs its Dask cluster, but lost it: {type(error).__name__}: {error}. With path= the runs "
                "that are finished are not made again."
            ) from error

    def _result(self, future: Any) -> Run:
        run: Run = future.result()
        del self.running[future]
        return run


@contextlib.contextmanager
def pool(job: Job, workers: int, client: Any) -> Iterator[Pool]:
    """The pool for that many processes, or for a client of Dask."""
    if client is not None:
        yield Workers(client, job)
    elif workers == 1:
        yield Here(job)
    else:
        others = set(multiprocessing.active_children())
        executor, finished = _executor(job, workers), False
        try:
            yield Processes(executor, workers)
            finished = True
        finally:
            executor.shutdown(wait=finished, cancel_futures=True)
            if not finished:  # nobody waits for the runs that are being made
                for child in set(multiprocessing.active_children()) - others:
                    child.terminate()


def _executor(job: Job, workers: int) -> futures.ProcessPoolExecutor:
    """Processes that know the job. Where they can be forked they have it from this one, whatever it is made of."""
    if sys.platform == "linux":
        context = multiprocessing.get_context("fork")
        return futures.ProcessPoolExecutor(workers, context, _begin, (job,))
    return futures.ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, (_pickled(job),))


def _pickled(job: Job) -> bytes:
    try:
        dumps = import_module("cloudpickle").dumps
    except ImportError:
        dumps = pickle.dumps
    try:
        pickled: bytes = dumps(job)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise TypeError(
            f"workers= needs a build that other processes can be given, but this one cannot be pickled: {error}. "
            "Define it in a module, or install cloudpickle."
        ) from error
    return pickled


_JOB: Job | None = None  # of this process, where it is one of a pool


def _begin(job: Job | bytes) -> None:
    """The first that a new process does. Ctrl-C is answered by the one that has started it."""
    global _JOB
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _JOB = pickle.loads(job) if isinstance(job, bytes) else job
    with contextlib.suppress(ImportError):  # several processes, each with all threads, hinder one another
        import_module("threadpoolctl").threadpool_limits(1)


def _in_process(number: int, settings: Settings) -> Run:
    assert _JOB is not None
    return _made(_JOB, number, settings)


def _on_worker(pickled: bytes, number: int, settings: Settings) -> Run:
    return _made(pickle.loads(pickled), number, settings)


def _made(job: Job, number: int, settings: Settings) -> Run:
    try:
        return job.run(number, settings)
    except Exception as error:  # whatever build and the model raise
        error.add_note(f"in run {number} of the sweep: {describe(settings)}")
        raise
