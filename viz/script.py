"""A user's script: run as Python would run it, and searched for the Tensor that is meant."""

from __future__ import annotations

import builtins
import contextvars
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import CodeType, FrameType, ModuleType
from typing import Any, NamedTuple

from autograd import Node, Tensor, ancestors, names, record_lines
from viz.destination import Refused, existing

USUAL = ("loss", "J")


class ScriptFailed(Exception):
    """The user's script raised an exception, which is the cause of this one; `read` are the files that it had opened
    for reading."""

    read: Sequence[str] = ()


class Variables(NamedTuple):
    """The variables that a script, or a function of it, left; `function` is empty for the script itself."""

    function: str
    values: Mapping[str, Any]
    code: CodeType | None = None

    @property
    def tensors(self) -> dict[str, Tensor]:
        """Those that are Tensors, but for the private ones."""
        return {k: v for k, v in self.values.items() if isinstance(v, Tensor) and not k.startswith("_")}


class Target(NamedTuple):
    """The Tensor that is meant, what it is called, and the names that everything around it has."""

    tensor: Tensor
    name: str
    names: names.Names


class Script:
    """A script that has been run, with every operation recorded at its line.

    file        as the user named it
    arguments   what the script finds in sys.argv
    scopes      the variables that it left; then those of each function when it last returned, the last one first
    read        the files that it opened for reading, and those of the modules that it imported

    Raises Refused where there is no such file or the script gives up, ScriptFailed where it raises an exception.
    """

    def __init__(self, file: str, arguments: Sequence[str] = ()) -> None:
        self.file = file
        self.path = existing(file)
        known = set(sys.modules)
        self._code: CodeType | None = None
        returned = _Returned(str(self.path))
        with _OPENED as opened:
            try:
                module = self._run(arguments, returned)
            except ScriptFailed as failed:
                failed.read = opened
                raise
        self.scopes = [Variables("", vars(module), self._code), *returned.newest()]
        modules = [f for m in set(sys.modules) - known if (f := getattr(sys.modules.get(m), "__file__", None))]
        self.read = [*opened, *modules]

    def _run(self, arguments: Sequence[str], returned: _Returned) -> ModuleType:
        """Its own folder is where it imports from, as with `python FILE.py`. What it changes for itself ends with it:
        its place, its arguments, modes that it leaves switched on."""
        module = ModuleType("__main__")
        module.__dict__.update(__file__=str(self.path), __builtins__=builtins)
        source = self._source()
        before, argv, main = os.getcwd(), sys.argv, sys.modules["__main__"]
        streams = sys.stdout, sys.stderr
        sys.path.insert(0, str(self.path.parent))
        sys.argv, sys.modules["__main__"] = [self.file, *arguments], module  # pickle and dataclasses look there
        try:
            code = self._code = compile(source, str(self.path), "exec", dont_inherit=True)
            contextvars.copy_context().run(_recorded, code, module, returned)
        except SystemExit as exit:
            if exit.code not in (None, 0):
                raise Refused(f"{self.file} ended itself ({_exit(exit.code)}), so there is nothing to show.") from None
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # of whatever kind the script's own may be
            raise ScriptFailed from _only_of(str(self.path), error)
        finally:
            sys.argv = argv
            sys.stdout, sys.stderr = (_open(stream, fd) for fd, stream in enumerate(streams, start=1))
            sys.modules["__main__"] = main
            if str(self.path.parent) in sys.path:
                sys.path.remove(str(self.path.parent))
            with suppress(OSError):  # it may have removed that folder
                os.chdir(before)
        return module

    def _source(self) -> bytes:
        try:
            source = self.path.read_bytes()
        except OSError as error:
            raise Refused(f"{self.file!r} cannot be read: {error.strerror or error}.") from error
        if self.path.suffix.lower() == ".ipynb" or (source.lstrip().startswith(b"{") and b'"nbformat"' in source):
            raise Refused(
                f"FILE.py needs to be a Python script, but {self.file!r} is a notebook. Export it with "
                f"`jupyter nbconvert --to script {shlex.quote(self.file)}`, and give the script that this writes."
            )
        if b"\0" in source:
            raise Refused(f"A script needs to be text in UTF-8, but {self.file!r} has null bytes. Save it as UTF-8.")
        return source

    def target(self, wanted: str | None) -> Target:
        """The Tensor in the variable `wanted`, or else the one that is likely to be meant.

        That is `loss`, or `J`, or the only result that nothing else was computed from; if the script itself leaves no
        results, of the function that returned last and had some. Raises Refused.
        """
        suits = _computed if wanted is None else lambda tensors: wanted in tensors
        scope = next((scope for scope in self.scopes if suits(scope.tensors)), self.scopes[0])
        name = likely(scope.tensors) if wanted is None else wanted
        if name not in scope.tensors:
            raise Refused(self._missing(wanted))
        called = f"{name} in {scope.function}()" if scope.function else name
        return Target(scope.tensors[name], called, names.Names([scope.values, self.scopes[0].values], scope.code))

    def _missing(self, wanted: str | None) -> str:
        there = f"Tensors it leaves: {_listed(self.scopes[0].tensors)}{self._in_functions()}."
        if wanted is None:
            return (
                f"{self.file} leaves neither a Tensor called loss or J, nor just one result that nothing else was "
                f"computed from. {there} Choose one with --target NAME."
            )
        kinds = [type(scope.values[wanted]).__name__ for scope in self.scopes if wanted in scope.values]
        if kinds:
            return f"{wanted!r} in {self.file} needs to be a Tensor, but is of type {kinds[0]}. {there}"
        return f"{self.file} leaves no variable {wanted!r}. {there} Choose one with --target NAME."

    def _in_functions(self) -> str:
        return "".join(
            f"; {scope.function}() had: {_listed(scope.tensors)}" for scope in self.scopes[1:4] if scope.tensors
        )


def _recorded(code: CodeType, module: ModuleType, returned: _Returned) -> None:
    with record_lines(), returned:
        exec(code, module.__dict__)


class _Opened:
    """Notes which files are opened that must be there already: what a script reads. Python reports every opening to its
    audit hooks, which cannot be removed again; so there is one, which looks away outside of `with`."""

    def __init__(self) -> None:
        self._noted: list[str] | None = None
        self._hooked = False

    def __enter__(self) -> list[str]:
        if not self._hooked:
            self._hooked = True
            sys.addaudithook(self._heard)
        noted: list[str] = []
        self._noted = noted
        return noted

    def __exit__(self, *error: Any) -> None:
        self._noted = None

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._noted is None or event != "open":
            return
        path, _, flags = arguments
        if isinstance(path, (str, bytes)) and not flags & (os.O_CREAT | os.O_TRUNC):
            with suppress(OSError):  # the folder that the name is relative to may be gone
                self._noted.append(os.path.abspath(os.fsdecode(path)))


_OPENED = _Opened()


class _Returned:
    """Watches the functions of one file, and keeps the variables that each had when it last returned.

    Python tells a trace function of every call. Within functions of other files, and if a debugger or a measurement of
    coverage already is that function, nothing is watched.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._kept: dict[CodeType, Variables] = {}

    def __enter__(self) -> None:
        self._mine = sys.gettrace() is None
        if self._mine:
            sys.settrace(self._called)

    def __exit__(self, *error: Any) -> None:
        if self._mine and sys.gettrace() == self._called:
            sys.settrace(None)

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if code.co_filename != self._file or code.co_name.startswith("<"):
            return None
        frame.f_trace_lines = False
        return self._leaves

    def _leaves(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "return":
            code = frame.f_code
            self._kept.pop(code, None)  # the last one stands last
            self._kept[code] = Variables(code.co_name, dict(frame.f_locals), code)
        return self._leaves

    def newest(self) -> list[Variables]:
        """The variables of each function, that of the last return first."""
        return list(reversed(self._kept.values()))


def likely(tensors: Mapping[str, Tensor]) -> str | None:
    """The name of the Tensor that is meant where none is named."""
    usual = [name for name in USUAL if name in tensors]
    if usual:
        return usual[0]
    results = _computed(tensors)
    ends = _ends(results)
    numbers = {t.node: name for name, t in reversed(results.items()) if t.size == 1}
    for found in ([name for name in ends if tensors[name].size == 1], list(numbers.values()), ends):
        if len(found) == 1:
            return found[0]
    return None


def _computed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: t for name, t in tensors.items() if isinstance(t.node, Node) and t.node.op is not None}


def _ends(results: Mapping[str, Tensor]) -> list[str]:
    """The results that no other was computed from, each under its first name."""
    nodes = {name: t.node for name, t in results.items() if isinstance(t.node, Node)}
    consumed: set[Node] = set()
    for node in nodes.values():
        if node not in consumed:
            consumed.update(n for n in ancestors(node) if n is not node)
    first = {node: name for name, node in reversed(nodes.items())}
    return [name for node, name in reversed(first.items()) if node not in consumed]


def _listed(tensors: Mapping[str, Tensor]) -> str:
    return ", ".join(f"{k} {v.shape}" for k, v in tensors.items()) or "none"


def _exit(code: Any) -> str:
    return f"exit code {code}" if isinstance(code, int) else f"it says: {code}"


def _open(stream: Any, fd: int) -> Any:
    """The stream, also where the script has closed it: what lies below it is still open."""
    return open(fd, "w", closefd=False, errors="replace") if stream is not None and stream.closed else stream


def _only_of(file: str, error: BaseException) -> BaseException:
    """The exception with the part of its traceback that is the user's: what is above the script is ours."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename != file:
        frame = frame.tb_next
    first = frame
    while frame is not None:  # a stack that is full may end in the watcher of functions
        if frame.tb_next is not None and frame.tb_next.tb_frame.f_code.co_filename == __file__:
            frame.tb_next = None
        frame = frame.tb_next
    return error.with_traceback(first)
