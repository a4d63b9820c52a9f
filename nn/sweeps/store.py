"""The runs of a sweep in a file, so that one which was interrupted goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

import autograd as ag
from autograd.files import path_to, write_whole
from nn import data
from nn.sweeps.job import Job
from nn.sweeps.results import Run
from nn.sweeps.space import Values, label


class Store:
    """A file of runs, which is written anew after each of them; or none, if there is no path.

    Raises DataError where the file holds another sweep, or something else.
    """

    def __init__(self, path: str | os.PathLike[str] | None, job: Job, space: Mapping[str, Values], how: str) -> None:
        self.path = None if path is None else path_to(path, "path=")
        if self.path is not None and not self.path.parent.is_dir():
            raise FileNotFoundError(
                f"path={str(self.path)!r} needs a folder that exists, but there is no such. Make it."
            )
        self.space = space
        self.identity = {} if path is None else _identity(job, space, how)
        self.runs: list[Run] = []
        if self.path is not None and self.path.exists():
            self.runs = self._read(self.path)

    def add(self, run: Run) -> None:
        """Keep one more run."""
        self.runs.append(run)
        if self.path is not None:
            content = {"sweep": self.identity, "runs": [self._dumped(run) for run in self.runs]}
            write_whole(self.path, json.dumps(content, indent=1).encode())

    def _dumped(self, run: Run) -> dict[str, Any]:
        settings = {name: self.space[name].dump(value) for name, value in run.settings.items()}
        return {**vars(run), "settings": settings, "shown": {name: label(v) for name, v in run.settings.items()}}

    def _read(self, path: Path) -> list[Run]:
        try:
            content = json.loads(path.read_bytes())
            identity, runs = content["sweep"], content["runs"]
            found = [self._loaded(run) for run in runs] if identity.get("space") == self.identity["space"] else []
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ag.DataError(
                f"path needs to be a file that sweep has written, or a new one, but {path} is something else "
                f"({type(error).__name__}). Give another path."
            ) from error
        for name, value in self.identity.items():
            if identity.get(name) != value:
                raise ag.DataError(
                    f"path needs to hold runs of the same sweep, but in {path} {name} is "
                    f"{identity.get(name)!r:.200}, and here {value!r:.200}. Give another path."
                )
        return found

    def _loaded(self, stored: dict[str, Any]) -> Run:
        settings = {name: values.load(stored["settings"][name]) for name, values in self.space.items()}
        return Run(
            **{k: v for k, v in stored.items() if k != "shown"}
            | {"settings": settings, "scores": tuple(stored["scores"])}
        )


def _identity(job: Job, space: Mapping[str, Values], how: str) -> dict[str, Any]:
    """What makes a sweep this one, as JSON."""
    return {
        "space": [[name, repr(values)] for name, values in space.items()],  # in order, which is that of a grid
        "order": how,
        "data": _digest(*(data.inputs(job.X)), job.Y, *(job.validation or ())),
        "folds": len(job.folds),
        "loss": job.loss.name,
        "score": job.score if job.score is None or isinstance(job.score, str) else label(job.score),
        "seed": job.seed,
        "options": {name: label(value) for name, value in job.options.items()},
        "build": _digest(*_code(getattr(job.build, "__code__", None)), label(job.build)),
    }


def _digest(*parts: Any) -> str:
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, tuple):
            digest.update(_digest(*part).encode())
        elif isinstance(part, (np.ndarray, list)):
            array = np.ascontiguousarray(part)
            digest.update(f"{array.shape}{array.dtype}".encode() + array.tobytes())
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()[:16]


def _code(code: CodeType | None) -> Sequence[Any]:
    """What a function does, whatever its place in memory or in a file."""
    if code is None:
        return ()
    constants = [_code(c) if isinstance(c, CodeType) else (c,) for c in code.co_consts]
    return (code.co_code, code.co_names, *(repr(c) for c in constants))
