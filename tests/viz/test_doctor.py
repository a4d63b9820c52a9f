"""`chalkgrad doctor`: what is found on a machine."""

import errno
import os
import tempfile

import pytest

from autograd.read.native import cache, cpu
from autograd.read.native.compiler import build
from tests.autograd.native import need_compiler
from viz.commands import doctor

KEY = "a" * 32


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CHALKGRAD_CACHE", str(tmp_path / "cache"))


def said(run, *arguments):
    """What is printed, by what it is about."""
    done = run("doctor", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return {line[:16].strip(): line[16:].strip() for line in done.stdout.splitlines()}


def test_a_machine_with_a_compiler(run):
    found = need_compiler()
    told = said(run)
    assert told["C compiler"] == f"{found}, which works: {found.version}"
    assert cpu.level() in told["processor"]
    assert "NumPy" in told["matrix products"]
    assert told["cache"] == f"{cache.folder()}: 1 library, 0.0 MB of at most 64 MB"  # the compiler's trial
    assert "dot" in told["layout engine"] or "graphviz" in told["layout engine"]


def test_a_machine_without_one(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    told = said(run)
    assert told["C compiler"].startswith("none, so that programs run by NumPy. No C compiler was found")
    assert told["processor"] == cpu.level()


def test_a_folder_that_cannot_be_used(run, monkeypatch, tmp_path):
    os.mkdir(cache.folder())
    cache.folder().chmod(0o777)
    assert "is not used: another user owns it, or can write to it." in said(run)["cache"]
    monkeypatch.delenv("CHALKGRAD_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "relative")
    assert said(run)["cache"].startswith("none, since there is no home")


@pytest.mark.parametrize("there", [True, False], ids=["a folder", "no folder"])
def test_a_folder_that_cannot_be_written_to(monkeypatch, there):
    """Permissions would not do: root may write anywhere."""
    if there:
        os.mkdir(cache.folder(), 0o700)

    def refused(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    assert "Nothing new" not in doctor._cache()
    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    monkeypatch.setattr(os, "access", lambda *_: False)
    told = doctor._cache()
    where = (
        "it cannot be written to: Read-only file system" if there else f"{cache.folder().parent} cannot be written to"
    )
    assert f" of at most 64 MB. Nothing new is kept, since {where}: other programs are built" in told
    assert "name another folder by CHALKGRAD_CACHE" in told and cache.folder().exists() == there


def test_the_cache_is_cleared(run):
    need_compiler()
    build("int seven(void) { return 7; }")
    n = cache.usage().libraries
    (cache.folder() / "mine.txt").write_text("mine")
    assert n > 0
    assert said(run, "--clear-cache")["cache"].startswith(f"{n} librar")
    assert [path.name for path in cache.folder().iterdir()] == ["mine.txt"]
    assert said(run, "--clear-cache")["cache"] == f"0 libraries, 0.0 MB deleted from {cache.folder()}"


def test_a_cache_that_cannot_be_cleared(run):
    path = cache.store(KEY, b"library")
    path.unlink()
    path.mkdir()  # which no file can be in the place of
    done = run("doctor", "--clear-cache")
    assert done.returncode == 2
    assert "The cache cannot be cleared: Is a directory: " in done.stderr
    assert "Traceback" not in done.stderr
