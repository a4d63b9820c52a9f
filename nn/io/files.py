"""A model in one file: nn.save and nn.load.

The file is a safetensors file: the numbers of all parameters and buffers, and in its metadata, as JSON, what the model
is made of. Reading it executes nothing: layers are made by their classes, which the file can only name.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import autograd as ag
from autograd.files import path_to, save_whole
from nn.io.architecture import CHANCE, by_name, described, is_other, made
from nn.io.foreign import what_it_is
from nn.io.needed import needed
from nn.io.ties import tie, ties
from nn.module import Module, is_ours

_KEY = "chalkgrad"
_VERSION = 1
_GIVEN = {*CHANCE, "label", "result_name", "_number", "_placed", "_training"}  # saved otherwise, or given from outside
Arrays = Mapping[str, np.ndarray[Any, Any]]


def save(model: Module, path: str | os.PathLike[str]) -> Path:
    """Write a model into one file: what it is made of, all parameters and buffers, what is frozen and shared, and
    whether it is in training. Returns the path. It needs the extra `io`.

    A file that is there is replaced in one step: whoever reads it, or whatever happens meanwhile, it is the old one or
    the new one. Not saved are gradients, hooks, and generators of random numbers.

    Modules of your own are saved if each argument of `__init__` is kept in an attribute of the same name.

    >>> import nn, numpy as np, tempfile
    >>> model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     other = nn.load(nn.save(model, folder + "/model.safetensors"))
    >>> bool(np.all(other.predict(np.ones((3, 5))) == model.predict(np.ones((3, 5)))))
    True

    Raises autograd.DataError where the model could not be loaded again, SaveError where the file cannot be written.
    """
    if not isinstance(model, Module):
        state = "Pass the model itself; numbers alone: np.savez(path, **state)."
        torch = "Of a PyTorch model: nn.save(nn.from_torch(model), path)."
        raise TypeError(
            f"nn.save needs an nn.Module, but got {type(model).__module__}.{type(model).__name__}. "
            f"{state if isinstance(model, Mapping) else torch}"
        )
    path = path_to(path, "nn.save")
    save_whole(path, _content(model))
    return path


def load(path: str | os.PathLike[str], *, modules: Iterable[type[Module]] = (), finite: bool = True) -> Module:
    """The model that nn.save has written, with parameters of its own.

    modules   the classes of your own that it has in it; no other is used, and nothing in the file is executed
    finite    refuse NaN and infinity, see Module.load_state_dict

    Raises FileNotFoundError where there is no such file, autograd.DataError where it is damaged, or not from nn.save.
    """
    path, known = path_to(path, "nn.load"), by_name(modules)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"nn.load needs a file of nn.save's, but there is no {str(path)!r}.") from None
    except OSError as error:
        raise ag.DataError(f"{str(path)!r} cannot be read: {error.strerror or error}.") from error
    try:
        about, arrays = _parts(content)
        return _model(about, arrays, known, finite)
    except ag.DataError as error:
        raise ag.DataError(f"{str(path)!r} cannot be loaded: {error}") from None


# --- writing ----------------------------------------------------------------------------------------------------------


def _content(model: Module) -> bytes:
    about = {
        "version": _VERSION,
        "modules": described(model),
        "shared": ties(model),
        "frozen": [name for name, t in model._named_tensors() if not t.requires_grad],
        "evaluating": [place for place, module in _places(model).items() if not module.training],
    }
    arrays = {name: np.array(x, order="C") for name, x in model.state_dict().items()}
    again = _made(about, by_name(type(module) for module in model.modules() if not is_ours(type(module))))
    if described(again) != about["modules"] or _forms(again.state_dict()) != _forms(arrays):
        raise ag.DataError(_differing(again.state_dict(), arrays))
    lost = list(_left_behind(model, again))
    if lost:
        raise ag.DataError(
            "nn.save needs each attribute to be what __init__ makes again, but got others:\n  "
            + "\n  ".join(lost)
            + "\n"
            "Keep numbers that are drawn or that change in an nn.Buffer, make settings arguments of __init__, set "
            "notes back to their first value, or save model.state_dict()."
        )
    text = json.dumps(about, allow_nan=False)
    metadata = {_KEY: text, "checksum": f"{_checksum(text, arrays):08x}"}
    return bytes(needed("safetensors.numpy", "nn.save").save(arrays, metadata))


def _forms(arrays: Arrays) -> dict[str, tuple[Any, ...]]:
    return {name: (x.shape, x.dtype) for name, x in arrays.items()}


def _differing(made: Arrays, own: Arrays) -> str:
    """What is said of a model that does not come out as it is."""
    new, old = _forms(made), _forms(own)
    lines = [
        f"{name}: {_form(old.get(name))}, made again {_form(new.get(name))}"
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ] or ["its arguments are not those that its attributes say"]
    return (
        "nn.save needs a model that its classes make again from the attributes that are called as the arguments of "
        "__init__, but got one that has been changed since:\n  " + "\n  ".join(lines) + "\n"
        "Make these parameters in __init__, or save model.state_dict()."
    )


def _form(form: tuple[Any, ...] | None) -> str:
    return "nothing" if form is None else f"{form[0]} {form[1]}"


def _left_behind(model: Module, again: Module) -> Iterator[str]:
    """Attributes of the user's own Modules that are not as they were: neither arguments, parameters nor buffers."""
    twins = _places(again)
    for place, module in _places(model).items():
        if is_ours(type(module)):
            continue
        made_again = vars(twins[place])
        for name, value in vars(module).items():
            if name in made_again and name not in _GIVEN and is_other(value, made_again[name]):
                yield f"{f'{place}.{name}'.lstrip('.')}: {_compared(value, made_again[name])}"


def _compared(own: Any, made_again: Any) -> str:
    if isinstance(own, np.ndarray) and isinstance(made_again, np.ndarray) and own.shape == made_again.shape:
        return f"{own.shape} {own.dtype}, made again with other numbers"
    return f"{_short(own)}, made again {_short(made_again)}"


def _short(value: Any) -> str:
    return f"{value.shape} {value.dtype}" if isinstance(value, np.ndarray) else f"{value!r:.60}"


def _checksum(text: str, arrays: Arrays) -> int:
    """Over everything that is in the file, so that a changed number is found, too."""
    found = zlib.crc32(text.encode())
    for name in sorted(arrays):
        x = arrays[name]
        found = zlib.crc32(f"{name} {x.shape} {x.dtype.name}".encode(), found)
        found = zlib.crc32(np.ascontiguousarray(x).data, found)
    return found


def _places(model: Module) -> dict[str, Module]:
    """All Modules by the way to them."""
    return {".".join(map(str, way)): module for way, module, _ in model._walk()}


# --- reading ----------------------------------------------------------------------------------------------------------


def _parts(content: bytes) -> tuple[dict[str, Any], Arrays]:
    """The description and the numbers in a file."""
    metadata = _metadata(content)
    if _KEY not in metadata:
        raise ag.DataError(
            "it is a safetensors file with numbers alone, not from nn.save. Make the model, and give it the numbers: "
            "model.load_state_dict(safetensors.numpy.load_file(path))."
        )
    try:
        about = json.loads(metadata[_KEY])
        version = about["version"]
        arrays = needed("safetensors.numpy", "nn.load").load(content)
        intact = metadata.get("checksum") == f"{_checksum(metadata[_KEY], arrays):08x}"
    except ImportError:
        raise
    except Exception:  # whatever a damaged file makes of JSON or of a library that reads it
        intact = False
    if not intact:
        raise ag.DataError("it is damaged: its content does not agree with its checksum. Use a copy of it.")
    if version != _VERSION:
        raise ag.DataError(
            f"it is of version {version}, and this chalkgrad reads version {_VERSION}. Install a newer one."
        )
    return about, arrays


def _metadata(content: bytes) -> dict[str, str]:
    """What a safetensors file says of itself; a file is refused by what it is instead."""
    foreign = what_it_is(content)
    if foreign:
        raise ag.DataError(foreign)
    (length,) = struct.unpack("<Q", content[:8])
    try:
        header = json.loads(content[8 : 8 + length])
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
        metadata = dict(header.get("__metadata__", {}))
    except Exception:  # no JSON, or JSON of another form: whatever stands in a damaged file
        raise ag.DataError("its header is damaged. Use a copy of it.") from None
    whole = 8 + length + max(ends, default=0)
    if len(content) != whole:
        raise ag.DataError(f"it is incomplete: it has {len(content)} bytes of {whole}. Use a copy of it.")
    return metadata


def _model(about: dict[str, Any], arrays: Arrays, known: Mapping[str, type[Module]], finite: bool) -> Module:
    """The model with its numbers."""
    try:
        model = _made(about, known)
    except ag.DataError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError) as error:  # a class that has changed since
        raise ag.DataError(f"its layers cannot be made again: {error}") from error
    model.load_state_dict(arrays, finite=finite)
    return model


def _made(about: dict[str, Any], known: Mapping[str, type[Module]]) -> Module:
    """The model without its numbers."""
    model = made(about["modules"], known)
    tie(model, about["shared"])
    frozen, evaluating = set(about["frozen"]), set(about["evaluating"])
    for name, tensor in model._named_tensors():
        tensor.requires_grad = name not in frozen
    for place, module in _places(model).items():
        if place in evaluating:
            module.training = False
    return model
