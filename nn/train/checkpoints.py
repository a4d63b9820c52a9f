"""Checkpoints: all that a training needs to go on as if it had never been interrupted, in one file.

It is NumPy's .npz format: arrays, and the rest as JSON. Nothing in it is executed when it is read.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from autograd.callers import warn
from autograd.files import path_to, write_whole
from nn.buffers import check_finite
from nn.module import Module
from nn.optim import Optimizer
from nn.train.history import History
from nn.train.state import Best, generators_of

_FORMAT = "chalkgrad checkpoint 1"
_SHARE = 20  # writing takes at most one part in so many of the time


class Setting(NamedTuple):
    """What a resumed training must have in common with the one before, so that it goes on in the same way."""

    optimizer: str
    loss: str
    samples: int
    batch_size: int | None
    seed: int | None
    lr: float
    schedule: str | None
    weights: str | None
    patience: int | None


def described(what: Any) -> str | None:
    """What a training was given, as text that is the same for the same; arrays by a checksum."""
    if what is None:
        return None
    if isinstance(what, np.ndarray):
        return f"{what.size} numbers with the checksum {zlib.crc32(np.ascontiguousarray(what).tobytes()):08x}"
    own = type(what).__repr__ is not object.__repr__
    return repr(what) if own else type(what).__name__


class Run:
    """Everything of a training that changes from epoch to epoch.

    rng    the generator of shuffling and of layers that have none of their own
    base   the learning rate before any schedule
    backend      what runs the steps: "numpy", "c", or None where there is no program
    native_from  the epoch from which that is C, where it can be
    """

    def __init__(
        self,
        model: Module,
        optimizer: Optimizer,
        rng: np.random.Generator,
        history: History,
        best: Best | None,
        setting: Setting,
    ) -> None:
        self.model, self.optimizer, self.rng = model, optimizer, rng
        self.history, self.best, self.setting = history, best, setting
        self.base: float = optimizer.lr
        self.backend: str | None = None
        self.native_from = 1
        self._resumed: str | None = None  # the backend of the checkpoint, if there was one

    def content(self) -> bytes:
        """A checkpoint of the run as it is now."""
        numbers, arrays = _apart(self.optimizer.state_dict())
        leaves = _parts(self.model, self.optimizer)
        said = {
            "format": _FORMAT,
            "setting": self.setting._asdict(),
            "base": self.base,
            "backend": self.backend or "eager",
            "history": self.history.to_dict() | {"source": None, "why_not": None, "c": None},
            "optimizer": numbers,
            "trained": {name: item.requires_grad for name, item in leaves.items() if isinstance(item, ag.Tensor)},
            "generators": [_encoded(g.bit_generator.state) for g in self.generators()],
            "best": None if self.best is None else {"epoch": self.best.epoch, "cost": self.best.cost},
        }
        all_arrays = {f"model/{name}": _value(item) for name, item in leaves.items()}
        all_arrays |= {f"optimizer/{name}": x for name, x in arrays.items()}
        all_arrays |= {} if self.best is None else {f"best/{name}": x for name, x in self.best.state.items()}
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, said=np.array(json.dumps(said)), **all_arrays)
        return file.getvalue()

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint: all of it or, where it does not fit, nothing.

        Raises DataError for a file that is not a checkpoint, or that of another training.
        """
        said, arrays = _read(path)
        self._check(path, said)
        leaves, of_model = _parts(self.model, self.optimizer), _within("model", arrays)
        wrong = [f"{name} is missing" for name in leaves if name not in of_model]
        wrong += [f"{name} is not part of the model" for name in of_model if name not in leaves]
        wrong += [
            f"{name} has shape {np.shape(_value(item))}, but {of_model[name].shape} in the file"
            for name, item in leaves.items()
            if name in of_model and np.shape(_value(item)) != of_model[name].shape
        ]
        wrong += [f"{name} {why}" for name, item in leaves.items() if (why := _why_broken(item, of_model.get(name)))]
        if wrong:
            raise ag.DataError(f"{path} is of another model:\n  " + "\n  ".join(wrong) + "\nBuild it as it was.")
        self.optimizer.load_state_dict(said["optimizer"] | _within("optimizer", arrays))
        for name, item in leaves.items():
            if isinstance(item, ag.Tensor):
                item.requires_grad = said["trained"][name]
                item.data = of_model[name]
            else:
                item.restore(of_model[name])
        for generator, state in zip(self.generators(), said["generators"], strict=True):
            generator.bit_generator.state = _decoded(state)
        self.base = said["base"]
        self.backend = self._resumed = said.get("backend")
        _fill(self.history, said["history"])
        if self.best is not None and said["best"] is not None:
            self.best.epoch, self.best.cost = said["best"]["epoch"], said["best"]["cost"]
            self.best.state = _within("best", arrays)
        if self.best is None or not self.best.is_over(self.history.epochs):
            self.history.stopped = None  # a callback had ended it; whoever resumes it wants it to go on

    def note_backend(self, backend: str | None) -> None:
        """Warn where a training goes on by another backend than the one that made the checkpoint would have."""
        before, now = self._resumed, backend or "eager"
        switched = before == "numpy" and now == "c" and self.history.epochs == self.native_from
        if before is None or before == now or switched:
            return
        names = {"c": "a program in C", "numpy": "a program in NumPy", "eager": "the operations one by one"}
        warn(
            f"The checkpoint was made by {names[before]}, but it is resumed by {names[now]}: the figures agree "
            "with those of a training that was never interrupted up to rounding, not to the last bit."
        )

    def generators(self) -> list[np.random.Generator]:
        """All that random numbers are drawn from."""
        return [self.rng, *generators_of(self.model)]

    def _check(self, path: Path, said: Mapping[str, Any]) -> None:
        own, then = self.setting._asdict(), said["setting"]
        wrong = [
            f"{name} was {then[name]!r}, and is {own[name]!r}"
            for name in own
            if name in then and own[name] != then[name]
        ]
        generators, before = len(self.generators()) - 1, len(said["generators"]) - 1
        if generators != before:
            wrong.append(f"layers with a generator of their own were {before}, and are {generators}")
        if wrong:
            raise ag.DataError(
                f"{path} is of another training, which cannot go on like this: {'; '.join(wrong)}. Resume with what it "
                "was begun with, or leave resume= out."
            )


class Checkpoint:
    """Writes checkpoints of a run: after its first epoch, at its end, and in between as often as writing takes little
    of the time."""

    def __init__(self, path: Path) -> None:
        self.path, self.due = path, 0.0
        self.written = -1  # the epoch of the latest

    def after(self, run: Run) -> None:
        """An epoch is over."""
        if time.monotonic() >= self.due:
            self.write(run)

    def write(self, run: Run) -> None:
        """Write one now, unless this epoch has its own."""
        if self.written == run.history.epochs:
            return
        began = time.monotonic()
        write_whole(self.path, run.content())
        self.written = run.history.epochs
        now = time.monotonic()
        self.due = now + _SHARE * (now - began)


def found(checkpoint: Any, resume: Any) -> tuple[Path | None, Path | None]:
    """The file to write to, and that to go on from. resume=True is the checkpoint itself, if there is one yet."""
    path = None if checkpoint is None else path_to(checkpoint, "checkpoint=")
    if path is not None and not path.parent.is_dir():
        raise FileNotFoundError(f"checkpoint={str(path)!r} needs a folder that exists, but there is no {path.parent}.")
    if path is not None and path.is_dir():
        raise IsADirectoryError(f"checkpoint={str(path)!r} needs the path of a file, but is a folder.")
    if resume is None or resume is False:
        return path, None
    if resume is True:
        if path is None:
            raise ValueError("resume=True goes on from the file of checkpoint=, but there is none. Give a path.")
        return path, path if path.exists() else None
    source = path_to(resume, "resume=")
    if not source.is_file():
        raise FileNotFoundError(
            f"resume={str(source)!r} needs a checkpoint, but there is no such file. To begin where there is none: "
            f"checkpoint={str(source)!r}, resume=True."
        )
    return path, source


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a checkpoint says, and its arrays."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        said = json.loads(str(arrays.pop("said")))
        known = said["format"] == _FORMAT
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        raise ag.DataError(
            f"{path} is not a checkpoint of nn.fit, or is damaged. Give a file that checkpoint= has written."
        ) from None
    if not known:
        raise ag.DataError(f"{path} has the format {said['format']!r:.60}, but this version reads {_FORMAT!r}.")
    return said, arrays


def _parts(model: Module, optimizer: Optimizer) -> dict[str, Any]:
    """Parameters and Buffers by name; those that only the optimizer has by their number."""
    named: dict[str, Any] = dict(model._state())
    own = {id(item) for item in named.values()}
    return named | {f"optimizer {i}": p for i, p in enumerate(optimizer.parameters) if id(p) not in own}


def _value(item: Any) -> Any:
    return np.asarray(item._value if isinstance(item, ag.Tensor) else item.value)


def _why_broken(item: Any, new: Any) -> str | None:
    """That the numbers of a parameter are NaN or infinite, though no training goes on with such ones."""
    if new is None or not isinstance(item, ag.Tensor) or new.shape != item.shape:
        return None
    try:
        check_finite(new, _value(item))
    except ag.DataError as error:
        return str(error)
    return None


def _within(part: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(f"{part}/"): x for name, x in arrays.items() if name.startswith(f"{part}/")}


def _apart(state: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The numbers of the state of an optimizer, and its arrays."""
    arrays = {name: x for name, x in state.items() if isinstance(x, (np.ndarray, np.generic))}
    return {name: x for name, x in state.items() if name not in arrays}, arrays


def _fill(history: History, said: Mapping[str, Any]) -> None:
    """Give a history the figures of a checkpoint. It is no longer interrupted."""
    for name in ("cost", "accuracy", "validation_cost", "validation_accuracy", "stopped", "best_epoch"):
        setattr(history, name, said[name])
    for name in ("metrics", "validation_metrics"):
        figures = {key: [np.array(x) if isinstance(x, list) else x for x in xs] for key, xs in said[name].items()}
        setattr(history, name, figures)


def _encoded(state: Any) -> Any:
    """The state of a generator for JSON, which knows no arrays."""
    if isinstance(state, Mapping):
        return {key: _encoded(value) for key, value in state.items()}
    return {"dtype": state.dtype.str, "values": state.tolist()} if isinstance(state, np.ndarray) else state


def _decoded(state: Any) -> Any:
    if isinstance(state, Mapping):
        if state.keys() == {"dtype", "values"}:
            return np.array(state["values"], dtype=state["dtype"])
        return {key: _decoded(value) for key, value in state.items()}
    return state
