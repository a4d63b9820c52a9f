"""The system's C compiler: found, tried, run, and what is said where it is missing, broken or slow."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from autograd.errors import AutogradError
from autograd.files import TEMPORARY
from autograd.read.native import cache, compiler as module, cpu
from autograd.read.native.compiler import NoCompiler, build, compiler
from tests.autograd.native import need_compiler

ANSWER = "int answer(void) { return 42; }\n"


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """As a process begins: nothing is tried or loaded, and the cache is empty."""
    monkeypatch.setattr(module, "_KNOWN", {})
    monkeypatch.setattr(module, "_LOADED", {})
    monkeypatch.setenv("CHALKGRAD_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CC", raising=False)
    return tmp_path


@pytest.fixture
def bin(fresh, monkeypatch):
    """A folder that is all of PATH."""
    folder = fresh / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def script(folder, name, text):
    """A program of that name. The shell is named in full, since PATH has none."""
    path = folder / name
    path.write_text(f"#!{shutil.which('sh', path='/bin:/usr/bin')}\n{text}\n")
    path.chmod(0o755)
    return path


def real():
    return shutil.which("cc", path="/usr/bin:/usr/local/bin:/bin") or sys.exit("no cc")


def reason(f=compiler):
    with pytest.raises(NoCompiler) as error:
        f()
    assert isinstance(error.value, AutogradError)
    return str(error.value)


# --- a compiler that works --------------------------------------------------------------------------------------------


def test_it_builds_and_keeps_what_it_built(fresh, monkeypatch):
    found = need_compiler()
    assert os.path.isabs(found.command[0])
    assert found.level in (cpu.level(), cpu.platform.machine())
    assert build(ANSWER).answer() == 42
    kept = cache.usage()
    assert kept.libraries == 2  # the trial and the program
    monkeypatch.setattr(module, "_KNOWN", {})
    monkeypatch.setattr(module, "_LOADED", {})
    monkeypatch.setattr(module, "_compile", lambda *_: pytest.fail("it is built already"))
    assert build(ANSWER).answer() == 42
    assert cache.usage() == kept
    assert build(ANSWER) is build(ANSWER)


def test_numbers_are_those_of_numpy(fresh):
    """Not contracted: by a fused operation a*b - a*b is a rounding error. Not reordered, and nan may be there."""
    need_compiler()
    library = build(
        "double zero(double a, double b) { return a * b - a * b; }\n"
        "double sum(double a, double b, double c) { return (a + b) + c; }\n"
        "int is_nan(double a) { return a != a; }\n"
        "double minus(double a) { return 0.0 - a; }\n"
    )
    for name in ("zero", "sum", "minus"):
        getattr(library, name).restype = ctypes.c_double
    double = ctypes.c_double
    assert library.zero(double(0.1), double(0.3)) == 0
    assert library.sum(double(1e16), double(-1e16), double(1.0)) == 1
    assert library.is_nan(double(np.nan)) == 1
    assert np.signbit(library.minus(double(0.0))) == np.signbit(0.0 - 0.0)


@pytest.mark.parametrize("level", [*(level.name for level in cpu.LEVELS), "a processor of tomorrow"])
def test_another_level_of_the_processor_is_another_library(fresh, monkeypatch, level):
    need_compiler()
    before, own = module._key(compiler(), ANSWER), cpu.and_below(compiler().level)
    monkeypatch.setattr(cpu, "level", lambda: "another")
    other = compiler()
    assert other.level == cpu.platform.machine()
    assert not any(flag.startswith("-march") for flag in other.flags)
    changed = module._key(other, ANSWER) != before
    assert changed == bool(own)
    monkeypatch.setattr(cpu, "level", lambda: level)
    assert build(ANSWER).answer() == 42  # if need be without what is not known


@pytest.mark.parametrize("unknown", ["x86-64-v4", "x86-64", "march"])
def test_flags_that_the_compiler_does_not_know_are_left_out(bin, unknown):
    """As gcc 10, which has no x86-64-v3 yet."""
    need_real()
    script(bin, "cc", f'case "$*" in *{unknown}*) echo "error: bad value" >&2; exit 1;; esac; exec {real()} "$@"')
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{path}:/usr/bin:/bin"
    assert build(ANSWER).answer() == 42
    assert not any(unknown in flag for flag in compiler().flags)


def need_real():
    if shutil.which("cc", path="/usr/bin:/usr/local/bin:/bin") is None:
        need_compiler()


def test_cc_names_a_compiler_with_its_options(fresh, monkeypatch):
    need_real()
    monkeypatch.setenv("CC", f"{real()} -DTHE_ANSWER=43")
    assert build("int answer(void) { return THE_ANSWER; }").answer() == 43
    monkeypatch.setenv("CC", f"{real()} -DTHE_ANSWER=44")  # is another compiler
    assert build("int answer(void) { return THE_ANSWER; }").answer() == 44


@pytest.mark.parametrize(
    "option",
    ["-ffast-math", "-Ofast", "-ffinite-math-only", "-funsafe-math-optimizations", "-fassociative-math"],
)
def test_numbers_do_not_depend_on_what_cc_asks_for(fresh, monkeypatch, option):
    need_real()
    monkeypatch.setenv("CC", f"{real()} {option}")
    library = build("int is_nan(double x) { return x != x; }\ndouble lost(double x) { return (x + 1e300) - 1e300; }")
    library.is_nan.argtypes = library.lost.argtypes = [ctypes.c_double]
    library.lost.restype = ctypes.c_double
    assert library.is_nan(float("nan")) == 1
    assert library.lost(1.0) == 0.0
    assert np.float64(5e-324) * 1.0 > 0  # no library has switched subnormal numbers off


def test_a_library_needs_no_sanitizer(fresh):
    need_real()
    path = fresh / "library"
    command = [real(), "-fsanitize=address,undefined", *module.FLAGS, "-x", "c", "-", "-o", str(path)]
    subprocess.run(command, input=ANSWER, text=True, check=True)
    assert b"san_" not in path.read_bytes()


def test_a_compiler_that_was_installed_anew_builds_anew(bin, monkeypatch):
    need_real()
    monkeypatch.setenv("PATH", f"{bin}:/usr/bin:/bin")
    own = script(bin, "cc", f'exec {real()} "$@"')
    keys = set()
    for modified in (1_000_000, 2_000_000):
        os.utime(own, (modified, modified))
        monkeypatch.setattr(module, "_KNOWN", {})
        keys.add(module._key(compiler(), ANSWER))
    assert len(keys) == 2


# --- none, or one that does not work ----------------------------------------------------------------------------------


def test_no_compiler(bin):
    assert reason().startswith("No C compiler was found, by none of the names cc, gcc, clang. Install one")
    assert "apt install gcc" in reason(lambda: build(ANSWER))


@pytest.mark.parametrize(
    "chosen, said",
    [
        ("no-such-compiler -O2", "CC needs to name a C compiler, but 'no-such-compiler' was not found."),
        ("'gcc", 'CC needs to be a command, but "\'gcc" is not one: No closing quotation.'),
    ],
)
def test_cc_that_cannot_be_run(fresh, monkeypatch, chosen, said):
    monkeypatch.setenv("CC", chosen)
    assert reason().startswith(said)


BROKEN = {
    "fails": ("exit 1", "/cc failed with exit code 1. Name a C compiler"),
    "fails in words": ("echo 'fatal error: no libc' >&2; exit 4", "/cc failed. It says: fatal error: no libc"),
    "says nothing": ("exit 0", "/cc does not work: it says nothing, and writes nothing."),
    "writes rubbish": ('while [ $# -gt 1 ]; do if [ "$1" = -o ]; then echo rubbish > "$2"; fi; shift; done',
                       "cannot be loaded: "),
    "talks for ever": ("while :; do echo rubbish; done >&2", "/cc took more than 1 s, and was stopped."),
    "hangs": ("/bin/sleep 1000", "/cc took more than 1 s, and was stopped."),
    "hangs in the background": ("/bin/sleep 1000 & exit 0", "/cc took more than 1 s, and was stopped."),
    "is killed": ("kill -9 $$", "/cc failed with exit code -9"),
    "has no headers": ('case "$*" in *--version*) echo cc 1.0; exit 0;; esac; echo "<stdin>:1:10: fatal error: math.h" '
                       '>&2; exit 1', "/cc failed. It says: <stdin>:1:10: fatal error: math.h"),
}  # fmt: skip


@pytest.mark.parametrize("text, said", BROKEN.values(), ids=BROKEN)
def test_a_broken_compiler(bin, monkeypatch, text, said):
    if "took more than 1 s" in said:  # the others end by themselves, however long a busy machine takes to start them
        monkeypatch.setattr(module, "_TRIAL_SECONDS", 1.0)
    script(bin, "cc", text)
    begun = time.monotonic()
    assert said in reason()
    assert said in reason(lambda: build(ANSWER))  # tried once, known from then on
    assert time.monotonic() - begun < 200
    assert cache.usage().libraries == 0


def test_what_is_not_a_program_at_all(bin):
    path = bin / "cc"
    path.write_bytes(b"\x7fnothing")
    path.chmod(0o755)
    assert "/cc cannot be run: " in reason()


def test_a_broken_compiler_is_passed_over_for_one_that_works(bin, monkeypatch):
    need_real()
    script(bin, "cc", "exit 1")
    script(bin, "gcc", f'PATH=/usr/bin:/bin exec {real()} "$@"')
    assert build(ANSWER).answer() == 42
    assert compiler().command == (str(bin / "gcc"),)


def test_what_hangs_leaves_nothing_behind(bin, monkeypatch):
    noted = bin / "pid"
    script(bin, "cc", f"/bin/sleep 1000 & echo $! > {noted}; wait")
    for seconds in (0.5, 5.0, 50.0):  # until it has been started before it was stopped
        monkeypatch.setattr(module, "_TRIAL_SECONDS", seconds)
        monkeypatch.setattr(module, "_KNOWN", {})
        reason()
        if noted.exists() and noted.read_text():
            break
    end = time.monotonic() + 60
    while _runs(int(noted.read_text())):
        assert time.monotonic() < end, "what the compiler started goes on"
        time.sleep(0.05)


def _runs(pid):
    """Whether a process goes on; one that has ended may wait for its parent to hear of it."""
    done = subprocess.run(["/bin/ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip()[:1] not in ("", "Z")


def test_source_that_is_wrong(fresh):
    """What the compiler says, from its first error on, and not more of it than can be read."""
    need_compiler()
    said = reason(lambda: build("int answer(void) { return nonsense; }"))
    assert "failed. It says: <stdin>:1:27: error: 'nonsense' undeclared" in said or "use of undeclared" in said
    assert len(said) < 500
    many = "\n".join(f"int f{i}(void) {{ return nonsense{i}; }}" for i in range(500))
    assert len(reason(lambda: build(many))) < 500
    assert build(ANSWER).answer() == 42


def test_a_program_that_takes_too_long_is_given_up(fresh, monkeypatch):
    need_compiler()
    monkeypatch.setattr(module, "SECONDS", 0.01)
    assert "took more than 0 s" in reason(lambda: build(ANSWER))


def test_wrong_numbers_are_seen_at_the_trial(bin, monkeypatch):
    need_real()
    monkeypatch.setenv("PATH", f"{bin}:/usr/bin:/bin")
    script(bin, "cc", f'exec {real()} -Dsqrt=exp "$@"')
    for name in ("gcc", "clang"):
        script(bin, name, "exit 1")
    assert "does not work: a program that it built gives wrong numbers." in reason()


# --- processes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("processes", [2, 5])
def test_processes_that_build_the_same_at_once(fresh, processes):
    need_compiler()
    waiting, go = os.pipe()
    children = []
    for _ in range(processes):
        child = os.fork()
        if child == 0:
            right = False
            try:
                os.close(go)
                os.read(waiting, 1)  # until the parent closes the other end
                right = build(ANSWER).answer() == 42
            finally:
                os._exit(0 if right else 1)
        children.append(child)
    os.close(waiting)
    os.close(go)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * processes
    assert not list(cache.folder().glob(f"{TEMPORARY}*"))
    kept = list(cache.folder().iterdir())
    assert {path.stem for path in kept} == {cache._stem(path.stem[:32], path.read_bytes()) for path in kept}
    assert {path.stem[:32] for path in kept} >= {module._key(compiler(), ANSWER)}


def test_a_child_uses_what_its_parent_has_loaded(fresh):
    need_compiler()
    library = build(ANSWER)
    child = os.fork()
    if child == 0:
        right = False
        try:
            right = library.answer() == build(ANSWER).answer() == 42 and build(ANSWER.replace("42", "7")).answer() == 7
        finally:
            os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_page_tells_of_every_flag():
    page = (Path(module.__file__).parents[3] / "docs" / "compiler.md").read_text(encoding="utf-8")
    table = page[page.index("| flag |") : page.index("There is no `-ffast-math`")]
    assert set(re.findall(r"`(-[^`]+)`", table)) == set(module.FLAGS)
    assert f"After {module.SECONDS:.0f} s" in page
    assert f"At most {cache.LIMIT >> 20} MB" in page
