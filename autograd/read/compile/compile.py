"""compile: a function, read once for each kind of arguments, run as the NumPy program that an expert would write."""

from __future__ import annotations

import functools
import inspect
import os
import types
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import RLock
from typing import Any

from autograd.callers import warn
from autograd.core.modes import tracing
from autograd.errors import GraphError
from autograd.printable import printable
from autograd.read.compile.pickled import by_name, picklable
from autograd.read.compile.repeat import check_repeatable
from autograd.read.compile.routine import NO_GAIN, Routine, routine
from autograd.read.compile.signature import Signature
from autograd.read.trace import trace
from autograd.signposts import answering
from autograd.transforms.made import Recipe

BACKENDS = ("numpy", "c", "auto")
_MANY = 8  # programs for one function; more of them, and something that changes at each call is taken for its kind


@answering
def compile(f: Callable[..., Any], *, static: str | Sequence[str] = (), backend: str = "numpy") -> Compiled:
    """A function that gives what f gives, by a NumPy program that is read off f at the first call.

    f       a function of arrays, numbers, and nested lists, tuples and dicts of them. Gradients are taken inside, so f
            may be value_and_grad(cost), or a whole training step: forward, backward and update become one program
    static  names of arguments that decide something in f (a number of layers): each value has its own program, as text,
            booleans and functions have anyway. An object is taken as it is at the first call
    backend what runs the program: "numpy"; "c", where the system's C compiler builds the parts that gain by it, and
            NumPy does the rest; "auto", which is C where there is a compiler, and NumPy elsewhere

    f is called with stand-ins, once for every kind of arguments (shapes, dtypes, structure). What it does to them is
    kept, shared where it is done twice, and written as NumPy: `.source` is that program. Results agree with f's own to
    rounding, over the whole range of the precision, and are inf and nan where f's are.

    f must depend on its arguments alone, on random numbers that it draws by `autograd.drawn`, which the program draws
    anew at each call, and on whether a layer of nn is in training or evaluation: each has a program of its own. What
    else it does happens while it is read, by two calls, and never again: what it prints; the contents of arrays it
    finds outside are those of that moment. Refused, in words, are other random numbers and whatever else differs
    between the two calls (a counter), decisions by the *values* of its arguments (`if J > 0`), sizes that depend on
    values (`x[x > 0]`, where np.where does), changes in place (`x += 1`, of a list or a dict), and Tensors from
    outside. Checks of values, as those of nn.losses, are left out: a cost that is nan is nan. To isinstance a stand-in
    for an array is one; that for a number is not a float. A Tensor in the result is a constant one. A single number in
    the result may be a Python float where f gives a np.float64, or an array without axes.

    >>> import numpy as np, autograd as ag
    >>> slope = ag.compile(ag.grad(lambda w, x: np.sum(np.tanh(w * x))))
    >>> slope(np.array([0.5, 1.0]), np.array([0.0, 0.0]))
    array([0., 0.])
    >>> "np.tanh(w * x)" in slope.source
    True

    What was compiled can be copied and pickled as f can: the copy reads its programs anew. Threads may share it.

    Where "c" finds no compiler that works, a warning says so, and NumPy runs the program: `.backend` is what runs it,
    `.why_not` says why it is not C, `.c` is the C. `chalkgrad doctor` tells of the compiler.

    Raises GraphError, Undecided or Unsupported where f cannot be read.
    """
    return Compiled(f, frozenset([static] if isinstance(static, str) else static), backend)


class Compiled:
    """A compiled function; see `compile`.

    programs   one for each kind of arguments that it was called with, the latest first: each has .signature, .source,
               .backend, .why_not and .c
    """

    def __init__(self, f: Callable[..., Any], static: frozenset[str], backend: str) -> None:
        if not callable(f):
            raise TypeError(f"compile needs a function, but got {f!r}.")
        if backend not in BACKENDS:
            raise GraphError(f'backend= needs to be "numpy", "c" or "auto", but got {backend!r}. Choose one of them.')
        functools.update_wrapper(self, f)
        self.function = f
        self.static = static
        self.programs: list[Routine] = []
        self._asked = backend
        self._signature = _signature(f)
        unknown = static - set(self._signature.parameters if self._signature else ())
        if unknown:
            raise GraphError(f"static={sorted(unknown)}: {_called(f)} has no such argument.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if tracing():  # within another compiled function: it becomes a part of that program
            return self.function(*args, **kwargs)
        program = self._fitting(args, kwargs) or self._read(args, kwargs)
        try:
            return program.run(*args, **kwargs)
        except (ArithmeticError, ValueError):  # of Python's numbers, where f lets NumPy say inf or nan
            return self.function(*args, **kwargs)

    def program(self, *args: Any, **kwargs: Any) -> Routine:
        """The program for arguments of this kind, read off f if there is none yet. It is not run.

        >>> import autograd as ag
        >>> print(ag.compile(lambda x: 2 * x).program(1.0).source.splitlines()[-1].strip())
        return 2 * x
        """
        return self._fitting(args, kwargs) or self._read(args, kwargs)

    def __reduce__(self) -> Recipe:
        return by_name(self) or (Compiled, (picklable(self.function), self.static, self._asked))

    def __copy__(self) -> Compiled:
        return Compiled(self.function, self.static, self._asked)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """As a method: the instance is the first argument."""
        return self if instance is None else types.MethodType(self, instance)

    def _fitting(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Routine | None:
        """The program for arguments of this kind and the state from outside as it is now, if there is one."""
        for program in self.programs:
            try:
                if program.fits(*args, **kwargs) and (not program.state or program.is_current):
                    return program
            except Exception:  # the question was put to arguments of another form: they are of another kind
                continue
        return None

    @property
    def source(self) -> str:
        """The latest program, in NumPy."""
        return self._latest.source

    @property
    def c(self) -> str:
        """The C of the latest program."""
        latest = self._latest
        if latest.c is None:
            why = latest.why_not or 'Compile it by backend="c" or "auto".'
            raise GraphError(f".c needs a program that runs as C, but NumPy runs {_called(self.function)}. {why}")
        return latest.c

    @property
    def backend(self) -> str:
        """What runs the latest program: "c" or "numpy". Before the first call, the backend that was asked for."""
        return self.programs[0].backend if self.programs else self._asked

    @property
    def why_not(self) -> str | None:
        """Why the latest program does not run as C, although that was asked for."""
        return self.programs[0].why_not if self.programs else None

    def __repr__(self) -> str:
        n, asked = len(self.programs), self._asked != "numpy"
        kinds = [f"\n  ({p.signature})" + f", by {_SHOWN[p.backend]}" * asked for p in self.programs]
        colon = ":" if n else ""
        return f"<compiled {_called(self.function)}: {n} program{'' if n == 1 else 's'}{colon}{''.join(kinds)}>"

    @property
    def _latest(self) -> Routine:
        if not self.programs:
            raise GraphError(
                f"{_called(self.function)} has not been called yet; its program is read at the first call."
            )
        return self.programs[0]

    def _read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Routine:
        """The program for arguments of this kind, which there was none for, unless a thread reads it at this moment."""
        with _READING[0]:
            return self._fitting(args, kwargs) or self._read_now(args, kwargs)

    def _read_now(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Routine:
        signature = Signature(self._names(args, kwargs), args, kwargs, self.static)
        with _meanwhile(self._asked):
            did = trace(self.function, *signature.arguments())
            check_repeatable(did, trace(self.function, *signature.arguments(), naming=False), _called(self.function))
            program = routine(did, signature, _called(self.function), self._asked)
        if (
            self._asked == "c"
            and program.why_not not in (None, NO_GAIN)
            and all(p.why_not is None for p in self.programs)
        ):
            warn(f"{_called(self.function)} runs by NumPy, not as C. {program.why_not}")
        self.programs.insert(0, program)
        if len(self.programs) == _MANY:
            warn(
                f"{_called(self.function)} was compiled for {_MANY} kinds of arguments:{repr(self).partition(':')[2]}\n"
                "Reading a program takes much longer than running it. If sizes change from call to call, pad them; if "
                "a number does, pass it as a float rather than a static value."
            )
        return program

    def _names(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[str]:
        """The names of the positional arguments."""
        if self._signature is None:
            return [f"x{i + 1}" for i in range(len(args))]
        bound = self._signature.bind(*args, **kwargs)  # a TypeError in Python's own words where the call is wrong
        names: list[str] = []
        for name, parameter in self._signature.parameters.items():
            if parameter.kind is parameter.VAR_POSITIONAL:
                names += [f"{name}_{i + 1}" for i in range(len(bound.arguments.get(name, ())))]
            elif parameter.kind <= parameter.POSITIONAL_OR_KEYWORD and len(names) < len(args):
                names.append(name)
        return names


_SHOWN = {"c": "C", "numpy": "NumPy"}
# One thread at a time reads a program, of whatever function: meanwhile a model has stand-ins for parameters. A process
# that is forked begins with a lock of its own, since whoever holds this one is not there.
_READING = [RLock()]
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _READING.__setitem__(0, RLock()))


def _meanwhile(backend: str) -> AbstractContextManager[None]:
    """What goes on while a function is read: a compiler that was not tried yet is."""
    if backend == "numpy":
        return nullcontext()
    from autograd.read.native.compiler import ahead  # which starts programs, and is only for those who ask for C

    return ahead()


def _signature(f: Callable[..., Any]) -> inspect.Signature | None:
    try:
        signature = inspect.signature(f)
    except (TypeError, ValueError):
        return None
    wild = all(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in signature.parameters.values())
    return None if wild else signature


def _called(f: Callable[..., Any]) -> str:
    return printable(str(getattr(f, "__name__", "the function")))
