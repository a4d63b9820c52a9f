"""What a Module is made of, as JSON: its class and the arguments that it was made with, and so all within.

A Module keeps each argument of its `__init__` in an attribute of the same name, so its class and these attributes say
how to make it again. Nothing but a class of nn's own, or one that the reader passes in, is ever called.
"""

from __future__ import annotations

import base64
import inspect
import math
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.op import COMPOSITES, OPS
from nn import init, random
from nn.module import Module, is_ours

Parameter = inspect.Parameter
_CLASS = re.compile(r"nn\.(onnx\.)?[A-Z]\w*")
_NUMBERS, _PLAIN_KINDS = (bool, int, float, complex, np.generic, np.ndarray), "biufcSU"
CHANCE = ("init", "seed")  # arguments that say how the first numbers are drawn; the file has numbers of its own


def described(model: Module) -> list[dict[str, Any]]:
    """Each Module in the order in which they are made, the model itself last: {"class": …, "arguments": {…}}.

    Raises autograd.DataError where one cannot be made again from that.
    """
    return _Describing().of(model)


class _Describing:
    """A description in the making; a Module that is used twice stands in it once."""

    def __init__(self) -> None:
        self.modules: list[dict[str, Any]] = []
        self.places: dict[int, int | None] = {}  # None while its parts are being described

    def of(self, model: Module) -> list[dict[str, Any]]:
        self.number(model)
        return self.modules

    def number(self, module: Module) -> int:
        """The place of a Module in the list."""
        if id(module) in self.places:
            found = self.places[id(module)]
            if found is None:
                raise ag.DataError(
                    f"nn.save needs Modules that are made of others, but {type(module).__name__} is a part of itself. "
                    "Hold it in one direction only."
                )
            return found
        self.places[id(module)] = None
        arguments = {name: self.written(value, f"{_called(module)}({name}=)") for name, value in _arguments(module)}
        self.modules.append({"class": class_name(type(module)), "arguments": arguments})
        self.places[id(module)] = len(self.modules) - 1
        return len(self.modules) - 1

    def written(self, value: Any, where: str) -> Any:
        """A value as JSON; what JSON lacks is an object with one key that says what it is."""
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else {"number": repr(value)}
        if isinstance(value, list):
            return [self.written(x, where) for x in value]
        if isinstance(value, tuple):
            return {"tuple": [self.written(x, where) for x in value]}
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return {"dict": {key: self.written(x, where) for key, x in value.items()}}
        if isinstance(value, Module):
            return {"module": self.number(value)}
        if isinstance(value, np.dtype) or any(value is kind for kind in (float, *_FLOATS)):
            return {"dtype": np.dtype(value).name}
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
            return {"array": [value.dtype.str, value.shape, base64.b64encode(value.tobytes()).decode()]}
        if isinstance(value, Hashable) and (value in OPS or value in COMPOSITES):
            return {"function": _function_name(value)}
        raise ag.DataError(
            f"nn.save needs arguments that can be written as JSON, but {where} is {_kind(value)}. "
            + (
                "A function's code is not saved: write a subclass of nn.Module with it as its forward, and pass that "
                "to nn.load(path, modules=[…]); functions of NumPy's and of autograd's can be saved."
                if callable(value)
                else "Keep numbers, strings, lists, dicts or Modules in that attribute, or save model.state_dict()."
            )
        )


def made(modules: Any, known: Mapping[str, type[Module]]) -> Module:
    """The Module of such a description. Raises autograd.DataError where it cannot be.

    known   the classes beside nn's own, by name
    """
    found: list[Module] = []
    with apart_from_chance():
        for entry in modules:
            kind = known.get(entry["class"]) or _own(entry["class"])
            arguments = {name: _read(value, found) for name, value in entry["arguments"].items()}
            found.append(_call(kind, arguments))
    return found[-1]


@contextmanager
def apart_from_chance() -> Iterator[None]:
    """Within this block random numbers are drawn from generators of its own: those of the program stay as they are."""
    with init.seeded(0), random.seeded(0):
        yield


def is_other(one: Any, two: Any) -> bool:
    """Whether two values differ, as far as they are numbers, text, arrays and collections of these.

    >>> is_other([1, np.ones(2)], [1, np.ones(2)]), is_other(None, np.ones(2)), is_other(object(), object())
    (False, True, False)
    """
    if isinstance(one, (list, tuple)) and isinstance(two, (list, tuple)):
        return len(one) != len(two) or any(map(is_other, one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() != two.keys() or any(is_other(one[key], two[key]) for key in one)
    if isinstance(one, _NUMBERS) and isinstance(two, _NUMBERS):
        x, y = np.asarray(one), np.asarray(two)
        if x.dtype.kind in "fc" and y.dtype.kind in "fc":
            return not np.array_equal(x, y, equal_nan=True)
        return x.dtype.kind in _PLAIN_KINDS and not np.array_equal(x, y)
    plain = (list, tuple, dict, str, bytes, type(None), *_NUMBERS)
    if isinstance(one, plain) and isinstance(two, plain):
        return type(one) is not type(two) or one != two
    return False


# --- classes ----------------------------------------------------------------------------------------------------------


def class_name(kind: type[Module]) -> str:
    """How a file calls a class: nn.Linear for nn's own, else its name alone."""
    if not is_ours(kind):
        return kind.__qualname__.rpartition(".")[2]
    for start in ("nn", "nn.onnx"):
        if _exported(f"{start}.{kind.__name__}") is kind:
            return f"{start}.{kind.__name__}"
    raise ag.DataError(
        f"nn.save needs Modules that nn exports, or of your own, but got {kind.__name__} of {kind.__module__}."
    )


def _exported(path: str) -> Any:
    """What nn exports by that name, nn.Linear or nn.onnx.Network; None if there is nothing."""
    import nn

    found: Any = nn
    for step in path.split(".")[1:]:
        found = getattr(found, step, None)
    return found


def _own(name: str) -> type[Module]:
    """The Module of nn's of that name."""
    found = _exported(name) if _CLASS.fullmatch(name) else None
    if isinstance(found, type) and issubclass(found, Module):
        return found
    if name.startswith("nn."):
        raise ag.DataError(f"it has a layer {name!r}, which this version of nn does not have. Install a newer one.")
    raise ag.DataError(
        f"it has a Module {name!r}, which is not one of nn's. Pass its class: nn.load(path, modules=[{name}])."
    )


def by_name(classes: Iterable[type[Module]]) -> dict[str, type[Module]]:
    """Classes by the names that a file has for them."""
    found: dict[str, type[Module]] = {}
    if isinstance(classes, type):
        raise TypeError(
            f"nn.load needs a list of classes as modules=, but got one. Write modules=[{classes.__name__}]."
        )
    if isinstance(classes, str) or not isinstance(classes, Iterable):
        raise TypeError(
            f"nn.load needs a list of classes as modules=, but got {classes!r:.80}. Write modules=[MyLayer]."
        )
    for kind in classes:
        if not (isinstance(kind, type) and issubclass(kind, Module)):
            raise TypeError(f"nn.load needs subclasses of nn.Module as modules=, but got {kind!r:.80}.")
        name = class_name(kind)
        if found.setdefault(name, kind) is not kind:
            raise ValueError(f"nn.load needs classes with names of their own as modules=, but got two called {name!r}.")
    return found


# --- arguments --------------------------------------------------------------------------------------------------------


def _arguments(module: Module) -> Iterator[tuple[str, Any]]:
    """The arguments that make this Module again, by name."""
    for name, parameter in _parameters(type(module)).items():
        if name in CHANCE:
            continue
        if name == "dtype":
            dtype = _dtype(module)
            if dtype is not None:
                yield name, dtype
        elif name in vars(module) or hasattr(module, name):
            yield name, getattr(module, name)
        else:
            raise ag.DataError(
                f"nn.save needs {_called(module)} to keep its argument {name} in an attribute of the same name, to "
                f"make it again on loading, but it has none. Add to its __init__: self.{name} = {name}."
                + ("" if parameter.kind is not Parameter.VAR_KEYWORD else " (a dict)")
            )


def _parameters(kind: type[Module]) -> dict[str, Parameter]:
    return dict(inspect.signature(kind).parameters) if kind.__init__ is not object.__init__ else {}


def _dtype(module: Module) -> np.dtype[Any] | None:
    """That of its parameters, or of its buffers; None without any, where the default is as good."""
    held = [*(t for _, t in module._named_tensors()), *(buffer.value for _, buffer in module.named_buffers())]
    return next((x.dtype for x in held if x.dtype.kind == "f"), getattr(module, "dtype", None))


def _call(kind: type[Module], arguments: dict[str, Any]) -> Module:
    """The Module, made from arguments by name."""
    positional: list[Any] = []
    parameters = _parameters(kind)
    several = next((p.name for p in parameters.values() if p.kind is Parameter.VAR_POSITIONAL), None)
    for name, parameter in parameters.items():
        if parameter.kind is Parameter.VAR_POSITIONAL:
            positional += arguments.pop(name, ())
        elif parameter.kind is Parameter.VAR_KEYWORD:
            arguments |= arguments.pop(name, {})
        elif parameter.kind is Parameter.POSITIONAL_ONLY or (
            several and parameter.kind is Parameter.POSITIONAL_OR_KEYWORD
        ):
            positional.append(arguments.pop(name))
    return kind(*positional, **arguments)


def _read(value: Any, modules: list[Module]) -> Any:
    """The value that JSON stands for."""
    if isinstance(value, list):
        return [_read(x, modules) for x in value]
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "tuple":
        return tuple(_read(x, modules) for x in content)
    if kind == "dict":
        return {key: _read(x, modules) for key, x in content.items()}
    return _READERS[kind](content, modules)


_READERS: dict[str, Any] = {
    "number": lambda text, _: float(text),
    "module": lambda number, modules: modules[number],
    "dtype": lambda name, _: np.dtype(name),
    "array": lambda told, _: np.frombuffer(base64.b64decode(told[2]), told[0]).reshape(told[1]).copy(),
    "function": lambda name, _: _function(name),
}
_FLOATS = (np.float16, np.float32, np.float64)


def _function_name(function: Any) -> str:
    return f"{function.__module__ if hasattr(function, '__module__') else 'numpy'}.{function.__name__}"


def _function(name: str) -> Any:
    """The function of the rule table of that name: found by looking through it, and by nothing else."""
    for function in (*OPS, *COMPOSITES):
        if _function_name(function) == name:
            return function
    raise ag.DataError(f"it names the function {name!r}, which has no rule here.")


def _called(module: Module) -> str:
    return type(module).__name__


def _kind(value: Any) -> str:
    shape = getattr(value, "shape", None)
    name = getattr(value, "__name__", None)
    return f"the {type(value).__name__} {name or '' if shape is None else shape}".rstrip()
