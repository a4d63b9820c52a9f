"""The workers of a training: who holds which columns, and how all of them are asked at once.

Dask's own proxies of actors wait for ever for one that was lost, and send all through the scheduler; so actors are
called here by the remote procedure that these proxies use, from this process to the worker.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

from nn.cluster.blocks import Block
from nn.cluster.share import Share, Training
from nn.train.stopping import Stopped

EVERY = 1.0  # seconds after which the scheduler is asked again whether workers have come
PATIENCE = 60.0  # seconds to wait for a worker where none is left, since one that was restarted comes back
REPEATS = 5  # how often one step is begun anew because a worker was lost in it
_ANSWER = 30.0  # seconds in which a scheduler says who its workers are: one that has much to do takes some
_LOSSES = (
    "Actor was lost",
    "futures after shutdown",
    "futures after interpreter shutdown",
)  # Dask's words and Python's


class ClusterError(Stopped, ConnectionError):
    """A training on a cluster that cannot go on, because nobody is left to compute. See Stopped."""


class Lost(NamedTuple):
    """That a share does not answer any more.

    worker   whether it is its worker that does not; False: only the share is gone, as after the client lost and found
             its scheduler
    """

    address: str
    worker: bool = True


class Held(NamedTuple):
    """Some blocks, and the actor that holds them."""

    address: str
    future: Any  # keeps the actor alive
    blocks: tuple[int, ...]


class Crew:
    """The workers of a client, and the blocks that they hold.

    training   what to tell a new share of the training
    """

    def __init__(self, client: Any, blocks: Sequence[Block], training: Callable[[], Training]) -> None:
        self.client, self.blocks, self.training = client, blocks, training
        self.where = str(getattr(getattr(client, "scheduler", None), "address", "an unknown address"))
        self.held: list[Held] = []
        self.shunned: set[str] = set()  # who does not answer, though the scheduler may not know it yet
        self.looked = 0.0

    def settle(self) -> None:
        """See to it that each block is held by a worker that is there, and all hold about as many columns."""
        while True:
            workers = self._workers()
            plan = dealt(
                [block.m for block in self.blocks],
                {address: [i for h in self.held if h.address == address for i in h.blocks] for address in workers},
            )
            self.held = [h for h in self.held if set(h.blocks) <= set(plan.get(h.address, ()))]
            there = {i for h in self.held for i in h.blocks}
            missing = {address: [i for i in ids if i not in there] for address, ids in plan.items()}
            if not any(missing.values()):
                return
            self._hand_out({address: ids for address, ids in missing.items() if ids})

    def look(self) -> None:
        """Give workers that have come a share."""
        if time.monotonic() - self.looked >= EVERY:
            self.settle()

    def ask(self, method: str, arguments: Callable[[Held], tuple[Any, ...] | None]) -> list[tuple[Held, Any]]:
        """Call a method of each share, all at once; one for which the arguments are None is not asked. Where a worker
        is lost meanwhile, its columns are given to others, and all are asked again."""
        for _ in range(REPEATS):
            if sum(len(h.blocks) for h in self.held) < len(self.blocks):
                self.settle()
            calls = [(h, method, given) for h in self.held if (given := arguments(h)) is not None]
            answers = [(h, answer) for (h, *_), answer in zip(calls, self._call(calls), strict=True)]
            gone = [h for h, answer in answers if isinstance(answer, Lost)]
            if not gone:
                return answers
            self.held = [h for h in self.held if all(h is not other for other in gone)]
            self._shun(answer.address for _, answer in answers if isinstance(answer, Lost) and answer.worker)
            self.settle()
        raise ClusterError(
            f"Training on a cluster needs workers that last for a step, but in this one some were lost {REPEATS} "
            f"times, at last {', '.join(sorted({h.address for h in gone}))}. Look at their logs: where memory runs "
            "out, take more workers or a smaller batch_size."
        )

    def close(self) -> None:
        """Let the workers forget what they hold."""
        self.held = []

    # --- the scheduler and the workers

    def _workers(self) -> list[str]:
        """The addresses of the workers that are there; at least one."""
        end = time.monotonic() + PATIENCE
        while True:
            self.looked = time.monotonic()
            listed = set(self._listed())
            self.shunned &= listed  # one that comes back is a new one
            if listed - self.shunned:
                return sorted(listed - self.shunned)
            if time.monotonic() > end:
                raise ClusterError(
                    f"Training on a cluster needs a worker, but the scheduler at {self.where} has none left. The "
                    "model is as of the last step. Start workers and train on; with a checkpoint: nn.fit(…, resume=…)."
                )
            time.sleep(0.1)

    def _listed(self) -> Iterable[str]:
        """The workers that the scheduler knows of."""
        with self._asking():
            try:
                listed: Iterable[str] = self.client.sync(self.client.scheduler.ncores, callback_timeout=_ANSWER)
            except (OSError, TimeoutError) as error:
                raise self._alone() from error
        return listed

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Within this block the scheduler is asked, or workers. Whatever Dask raises where the client has lost it, or
        was closed meanwhile, is a ClusterError."""
        self._check_scheduler()
        try:
            yield
        except ClusterError:
            raise
        except Exception as error:  # of any kind, from several layers: what counts is that the client is not connected
            if self.client.status != "running":
                raise self._alone() from error
            raise

    def _check_scheduler(self) -> None:
        """Raise ClusterError where there is no scheduler; a client that looks for it anew has some time."""
        end = time.monotonic() + _ANSWER
        while self.client.status == "connecting" and time.monotonic() < end:
            time.sleep(0.05)
        if self.client.status != "running":
            raise self._alone()

    def _alone(self) -> ClusterError:
        return ClusterError(
            f"Training on a cluster needs its scheduler, but the one at {self.where} is gone. The model is "
            "as of the last step. Start a cluster and train on; with a checkpoint: nn.fit(…, resume=…)."
        )

    def _shun(self, addresses: Iterable[str]) -> None:
        self.shunned |= set(addresses)
        self.held = [h for h in self.held if h.address not in self.shunned]

    def _hand_out(self, missing: dict[str, list[int]]) -> None:
        """Let workers hold more blocks; whoever is lost meanwhile is left out."""
        with self._asking():
            made = [(address, self._submitted(address, ids), tuple(ids)) for address, ids in missing.items()]
        ready = [Held(*it) for it in made if self._is_there(*it[:2])]
        training = self.training()
        calls = [(h, "hold", (training, self._plain(h.blocks))) for h in ready]
        answers = self._call(calls)
        self.held += ready
        self._shun(answer.address for answer in answers if isinstance(answer, Lost))

    def _submitted(self, address: str, ids: Sequence[int]) -> Any:
        """The future of a new actor on a worker, with the blocks that a cluster computes."""
        parts = [_computed(self.client, self.blocks[i], address) for i in ids if self.blocks[i].is_lazy]
        return self.client.submit(Share, parts, actor=True, pure=False, workers=[address], allow_other_workers=False)

    def _plain(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """The blocks that are sent from here."""
        return [tuple(self.blocks[i]) for i in ids if not self.blocks[i].is_lazy]

    def _is_there(self, address: str, future: Any) -> bool:
        """Wait for an actor; whether it came to be. Raises what went wrong where its columns were computed."""
        while not _is_done(future):
            if address not in self._listed():
                self._shun([address])
                return False
        if future.status == "error" and not _is_loss(future.exception()):
            raise future.exception()
        if future.status != "finished":
            self._check_scheduler()
            self._shun([address])
            return False
        return True

    def _call(self, calls: Sequence[tuple[Held, str, tuple[Any, ...]]]) -> list[Any]:
        """The answers of actors, or Lost; raises the first error that one of them raised."""
        with self._asking():
            answers = self.client.sync(_answers, self.client, calls)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return list(answers)


async def _answers(client: Any, calls: Sequence[tuple[Held, str, tuple[Any, ...]]]) -> list[Any]:
    return await asyncio.gather(*(_answer(client, *call) for call in calls))


async def _answer(client: Any, held: Held, method: str, arguments: tuple[Any, ...]) -> Any:
    """What a method of an actor returns or raises; Lost where nobody answers."""
    to_serialize = import_module("distributed.protocol").to_serialize
    waiting = asyncio.ensure_future(
        client.rpc(held.address).actor_execute(
            actor=held.future.key, function=method, args=[to_serialize(x) for x in arguments], kwargs={}
        )
    )
    while not waiting.done():
        await asyncio.wait([waiting], timeout=1.0)
        if held.future.status in ("error", "lost", "cancelled") and not waiting.done():  # the scheduler knows it first
            waiting.cancel()
            return Lost(held.address, worker=held.future.status != "cancelled")
    try:
        answer = waiting.result()
    except OSError:
        return Lost(held.address)
    except KeyError:  # the worker has no such actor any more
        return Lost(held.address, worker=False)
    if answer["status"] == "OK":
        return answer["result"]
    return Lost(held.address) if _is_loss(answer["exception"]) else answer["exception"]


def dealt(sizes: Sequence[int], held: dict[str, list[int]]) -> dict[str, list[int]]:
    """Which worker is to hold which blocks, of these sizes: about as many columns each, and as few moved as will do.

    held   what each worker that is there holds already

    >>> dealt([10, 10, 10, 10], {"a": [0, 1, 2], "b": []})
    {'a': [0, 1], 'b': [2, 3]}
    """
    plan = {worker: list(ids) for worker, ids in held.items()}

    def load(worker: str) -> int:
        return sum(sizes[i] for i in plan[worker])

    for i in sorted(set(range(len(sizes))) - {i for ids in plan.values() for i in ids}, key=lambda i: -sizes[i]):
        plan[min(plan, key=load)].append(i)
    while True:
        most, least = max(plan, key=load), min(plan, key=load)
        smallest = min(plan[most], key=lambda i: (sizes[i], -i))
        if load(least) + sizes[smallest] > load(most) - sizes[smallest]:
            return {worker: sorted(ids) for worker, ids in plan.items()}
        plan[most].remove(smallest)
        plan[least].append(smallest)


def _computed(client: Any, block: Block, address: str) -> list[Any]:
    """A block with the futures of what a cluster computes of it."""
    lazy = [*block.X, block.Y]
    made = client.compute(lazy, workers=[address], allow_other_workers=True)
    return [block.start, block.stop, tuple(made[:-1]), made[-1], block.weights]


def _is_done(future: Any) -> bool:
    try:
        import_module("distributed").wait([future], timeout=1.0)
    except TimeoutError:
        return False
    except Exception:  # whatever a wait for several may raise of one: its status says what it is
        return True
    return True


def _is_loss(error: Any) -> bool:
    """Whether an error says that a worker was lost, or is about to close: its threads take nothing more by then."""
    return type(error).__name__ in ("KilledWorker", "NoValidWorkerError") or any(x in str(error) for x in _LOSSES)


def usable(client: Any) -> Any:
    """The client, if it is one that can be used from here."""
    try:
        distributed = import_module("distributed")
    except ImportError as missing:
        raise ImportError("fit(cluster=) needs Dask. Install it: pip install 'chalkgrad[dask]'.") from missing
    if not isinstance(client, distributed.Client):
        raise TypeError(
            f"cluster must be a Client of dask.distributed, but got {client!r:.60}. Write "
            "nn.fit(…, cluster=dask.distributed.Client(address))."
        )
    if client.status != "running":
        raise ValueError(
            f"cluster must be a Client that is connected, but got one that is {client.status}. Make a new one: "
            "dask.distributed.Client(address)."
        )
    if client.asynchronous:
        raise TypeError("cluster must be a Client that is not asynchronous. Make it without asynchronous=True.")
    return client
