"""The compiler works while a function is read; what is interrupted, or not wanted in the end, leaves nothing behind."""

import errno
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from autograd.read.native import cache, compiler as module, interface
from tests.autograd.native import need_compiler

X = np.linspace(-2.0, 2.0, 600).reshape(20, 30)
SECONDS = 60  # after which a test fails


@pytest.fixture
def cc(monkeypatch, tmp_path):
    """Write a compiler: what it does before it builds. As in a process that has tried none, with an empty cache."""
    need_compiler()
    real = shutil.which("cc")
    monkeypatch.setattr(module, "_KNOWN", {})
    monkeypatch.setattr(module, "_LOADED", {})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("CHALKGRAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CC", str(tmp_path / "cc"))

    def written(before):
        path = tmp_path / "cc"
        known = f'case "$*" in *--version*) exec {real} --version;; esac'
        path.write_text(f'#!/bin/sh\n{known}\n{before}\nexec {real} "$@"\n')
        path.chmod(0o755)
        return tmp_path

    return written


def until(question):
    """The first answer that is one."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        os.sched_yield()
    return pytest.fail("it has waited in vain")


def noted(path):
    """The number in a file, once a whole line is there."""
    text = path.read_text() if path.exists() else ""
    return int(text) if text.endswith("\n") else None


def is_gone(pid):
    """Whether a process has ended, also one that nobody asks for how."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:  # meanwhile, or where there is no /proc
        return False


@pytest.fixture
def interruptible():
    """Ctrl-C raises KeyboardInterrupt, even if the tests were started to ignore it, as in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def reader(path):
    """A pipe that somebody reads."""
    try:
        return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        assert error.errno == errno.ENXIO
        return None


def test_the_compiler_is_tried_while_the_function_is_read(cc):
    """It waits for a line that the function writes."""
    folder = cc('folder=${0%/*}; if [ ! -e "$folder/read" ]; then read line < "$folder/pipe"; : > "$folder/read"; fi')
    os.mkfifo(folder / "pipe")
    lines = ["go\n"]

    def f(x):
        while lines:
            pipe = until(lambda: reader(folder / "pipe"))
            os.write(pipe, lines.pop().encode())
            os.close(pipe)
        return np.tanh(x) * 2 + np.exp(x)

    compiled = ag.compile(f, backend="c")
    np.testing.assert_allclose(compiled(X), np.tanh(X) * 2 + np.exp(X), rtol=1e-12)
    assert compiled.backend == "c", compiled.why_not


@pytest.mark.parametrize(
    "given, libraries",
    [((X, 2.0), 2), (([0.5, [1.0, 2.0]], 3.0), 3)],
    ids=["arrays", "numbers alone"],
)
def test_what_is_built_for_a_first_program(cc, given, libraries):
    """Beside the program itself: what it is called by, of which a part is the trial."""
    folder = cc('echo built >> "${0%/*}/log"')

    def f(a, s):
        a = a if isinstance(a, np.ndarray) else a[0] * a[1][0] + a[1][1]
        for _ in range(8):
            a = np.tanh(a) * s + np.exp(-a * a)
        return a

    compiled = ag.compile(f, backend="c")
    np.testing.assert_allclose(compiled(*given), f(*given), rtol=1e-12)
    assert compiled.backend == "c", compiled.why_not
    assert (folder / "log").read_text().split() == libraries * ["built"]
    assert cache.usage().libraries == libraries


HANGS = 'folder=${0%/*}; /bin/sleep 1000 & echo $! > "$folder/pid"; '


def left(folder):
    return [path.name for path in folder.iterdir() if path.name not in ("cc", "pid", "cache", "works")]


def interrupt():
    signal.raise_signal(signal.SIGINT)


def fail():
    raise ValueError("a fault of the function's own")


@pytest.mark.parametrize("happens, error", [(fail, ValueError), (interrupt, KeyboardInterrupt)])
def test_what_a_function_ends_with_ends_the_compiler(cc, interruptible, happens, error):
    folder = cc(f"{HANGS} wait")

    def f(x):
        until(lambda: noted(folder / "pid"))
        happens()

    with pytest.raises(error):
        ag.compile(f, backend="c")(X)
    until(lambda: is_gone(noted(folder / "pid")))
    assert left(folder) == [] and cache.usage().libraries == 0


@pytest.mark.parametrize("of", ["cg_trial", "_program"])
def test_an_interrupt_while_a_library_is_built(cc, interruptible, of):
    """Ctrl-C, as soon as the compiler works on that text; afterwards it is built as if nothing had been."""
    folder = cc(
        f'{HANGS.partition("/bin")[0]} if [ ! -e "$folder/works" ]; then text=$(cat); case "$text" in *{of}*) '
        f'{HANGS} kill -INT $PPID; wait;; esac; echo "$text" | {shutil.which("cc")} "$@"; exit; fi'
    )

    def f(x):
        return np.tanh(x) * 3 + np.exp(x)

    compiled = ag.compile(f, backend="c")
    with pytest.raises(KeyboardInterrupt):
        compiled(X)
        until(lambda: False)  # the trial may be interrupted while the function is read
    until(lambda: is_gone(noted(folder / "pid")))
    assert left(folder) == []
    (folder / "works").write_text("")
    np.testing.assert_allclose(compiled(X), f(X), rtol=1e-12)
    assert compiled.backend == "c", compiled.why_not


def test_a_function_that_is_not_read_has_no_use_for_a_compiler(cc):
    """What is known is not tried again, nor built: only the version is asked for."""
    folder = cc('echo built >> "${0%/*}/log"')
    with module.ahead():
        assert module.compiler().level
        with module.ahead():
            pass
    module._KNOWN.clear()
    module._LOADED.clear()
    with module.ahead():
        assert len(module._KNOWN) == 1  # from the cache
    assert (folder / "log").read_text().split() == ["built"]


def test_numbers_of_kinds_are_said_once():
    """C has them from Python; the headers define none of their own."""
    for header in ("entry.h", "nested.h"):
        text = interface.text(header)
        for kind in (interface.Status, interface.Number, interface.Form):
            for member in kind:
                name = f"{kind.__name__}_{member.name}".upper()
                assert text.count(f"{name} = {member.value}") == 1
        assert text.count("} PyObject;") == text.count("} Tuple;") == text.count("} Array;") == 1


FORKED_OFF = """
import os, sys, threading
import numpy as np
import autograd as ag

compiled = ag.compile(lambda x: np.tanh(x) * 2 + np.exp(x), backend="c")
builds = threading.Thread(target=compiled, args=(np.ones(600),))
builds.start()
open(sys.argv[1]).close()  # once the compiler works
if not (child := os.fork()):
    sys.exit()
os.waitpid(child, 0)
open(sys.argv[2], "w").close()  # it may go on
builds.join()
print(compiled.backend, compiled.why_not)
"""


@pytest.mark.parametrize("of", ["cg_trial", "_program"])
def test_a_process_that_is_forked_off_and_ends_leaves_the_folder(cc, of):
    """As a child of os.fork ends that does not call os._exit: all that is to be done at the end is done there, too."""
    folder = cc(
        f'folder=${{0%/*}}; text=$(cat); case "$text" in *{of}*) if [ ! -e "$folder/works" ]; then '
        f': > "$folder/works"; : > "$folder/began"; read line < "$folder/go"; fi;; esac; '
        f'echo "$text" | {shutil.which("cc")} "$@"; exit'
    )
    for pipe in ("began", "go"):
        os.mkfifo(folder / pipe)
    command = [sys.executable, "-W", "ignore", "-c", FORKED_OFF, str(folder / "began"), str(folder / "go")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
    assert done.stdout.split() == ["c", "None"], done


# --- other processes --------------------------------------------------------------------------------------------------


def weighed(x, s):
    return np.sum(np.tanh(x) * s, axis=0), np.exp(x)


quick = ag.compile(weighed, backend="c")


def in_child(connection, functions, given):
    connection.send([(function(*given), function.backend, function.why_not) for function in functions])


def test_a_process_that_begins_anew_is_sent_what_was_compiled(monkeypatch, tmp_path):
    """By its name, or with the function that it is read off."""
    need_compiler()
    monkeypatch.setenv("CHALKGRAD_CACHE", str(tmp_path))
    functions = [quick, ag.compile(weighed, backend="c")]
    expected = [function(X, 2.0) for function in functions]
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=in_child, args=(theirs, functions, (X, 2.0)))
    child.start()
    theirs.close()
    assert ours.poll(SECONDS)
    for (results, backend, why_not), right in zip(ours.recv(), expected, strict=True):
        assert backend == "c", why_not
        np.testing.assert_equal(results, right)
    child.join(SECONDS)
    assert child.exitcode == 0
