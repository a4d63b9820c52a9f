"""The cache of what was built: whole files or none, the user's own, bounded; and a home that cannot be written."""

import errno
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from autograd.read.native import cache, compiler as module
from autograd.read.native.compiler import NoCompiler, build
from tests.autograd.native import need_compiler

KEY, OTHER = "a" * 32, "b" * 32
ANSWER = "int answer(void) { return 42; }\n"


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A home of its own, in a process that has loaded nothing yet."""
    for name in ("CHALKGRAD_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(module, "_LOADED", {})
    return tmp_path


def in_a_child(question):
    """Whether that holds in a process of its own, which has loaded nothing that this one has not."""
    child = os.fork()
    if child == 0:
        holds = False
        try:
            holds = bool(question())
        finally:
            os._exit(0 if holds else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def names():
    return sorted(path.name for path in cache.folder().iterdir())


# --- where ------------------------------------------------------------------------------------------------------------


def test_the_folder_is_where_the_system_has_caches(home, monkeypatch):
    assert cache.folder() == home / ".cache" / "chalkgrad"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.folder() == home / ".cache" / "chalkgrad"
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "elsewhere"))
    assert cache.folder() == home / "elsewhere" / "chalkgrad"
    monkeypatch.setenv("CHALKGRAD_CACHE", str(home / "mine"))
    assert cache.folder() == home / "mine"
    monkeypatch.delenv("CHALKGRAD_CACHE")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache.folder() == home / "Library" / "Caches" / "chalkgrad"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(home / "Local"))
    assert cache.folder() == home / "Local" / "chalkgrad"


def test_a_folder_in_one_that_is_gone_is_none(home, monkeypatch, tmp_path):
    need_compiler()
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    monkeypatch.setenv("CHALKGRAD_CACHE", "relative")
    (tmp_path / "gone").rmdir()
    assert cache.folder() is None
    assert build("int three(void) { return 3; }\n").three() == 3


def test_what_is_made_is_the_users_alone(home):
    before = os.umask(0o002)  # as Debian has it, where each user has a group
    try:
        path = cache.store(KEY, b"library")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert cache.find(KEY) == path
    assert cache.find(OTHER) is None
    assert cache.usage() == (1, 7)


def test_a_home_of_somebody_else_is_left_alone(home, monkeypatch):
    """As under sudo, which keeps HOME: a folder of root's would be in its owner's way from then on."""
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert cache.store(KEY, b"library") is None
    assert not (home / ".cache").exists()


# --- whom to trust ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_what_others_can_write_is_not_loaded(home, mode):
    path = cache.store(KEY, b"library")
    path.chmod(mode)
    assert cache.find(KEY) is None
    assert cache.find(KEY) is None
    assert cache.find(KEY) != cache.store(KEY, b"library") == cache.find(KEY)
    path.parent.chmod(mode)
    assert cache.find(KEY) is None
    assert cache.store(OTHER, b"library") is None
    assert cache.refusal(path.parent) == "another user owns it, or can write to it"
    assert need_compiler() and build(ANSWER).answer() == 42


def test_what_another_user_owns_is_not_loaded(home, monkeypatch):
    path = cache.store(KEY, b"library")
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    if owner == 0:  # root may change anything anyway
        assert cache.find(KEY) == path
        os.chown(path, 4321, -1)
        monkeypatch.setattr(os, "geteuid", lambda: owner)
    assert cache.find(KEY) is None


def test_a_link_is_not_followed(home):
    path = cache.store(KEY, b"library")
    elsewhere = home / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert cache.find(KEY) is None
    assert elsewhere.read_bytes() == b"library"


# --- what is not whole ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: os.truncate(path, path.stat().st_size // 2),  # to load it would end the process
        lambda path: os.truncate(path, 0),
        lambda path: path.write_bytes(b"rubbish"),
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"),
        lambda path: path.unlink(),
    ],
    ids=["cut off", "empty", "rubbish", "one byte", "gone"],
)
def test_a_file_that_is_spoiled_is_built_again(home, monkeypatch, spoil):
    need_compiler()
    assert in_a_child(lambda: build(ANSWER).answer() == 42)
    (path,) = cache.folder().iterdir()
    spoil(path)
    assert in_a_child(lambda: build(ANSWER).answer() == 42)
    monkeypatch.setattr(module, "_compile", lambda *_: pytest.fail("it is built already"))
    assert in_a_child(lambda: build(ANSWER).answer() == 42)


def test_a_whole_file_that_cannot_be_loaded_is_built_again(home, monkeypatch):
    """As one of another system that shares this home."""
    need_compiler()
    key = module._key(module.compiler(), ANSWER)
    cache.store(key, b"\x7fELF for a processor that nobody has")
    assert in_a_child(lambda: build(ANSWER).answer() == 42)
    monkeypatch.setattr(module, "_compile", lambda *_: pytest.fail("it is built already"))
    assert in_a_child(lambda: build(ANSWER).answer() == 42)


# --- where nothing can be kept ----------------------------------------------------------------------------------------


def forbid(monkeypatch, number):
    """Let writing below the cache folder fail, as on a disk that is full or may only be read. Permissions would not do:
    root may write anywhere."""
    open_, mkdir = os.open, os.mkdir

    def refused(path, flags=0, *args, **kwargs):
        if str(cache.folder()) in str(path) and flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(number, os.strerror(number), str(path))
        return open_(path, flags, *args, **kwargs)

    def none_made(path, *args, **kwargs):
        if str(path) in (str(cache.folder()), str(cache.folder().parent)):
            raise OSError(number, os.strerror(number), str(path))
        mkdir(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", refused)
    monkeypatch.setattr(os, "mkdir", none_made)


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("there", [False, True], ids=["no folder", "a folder"])
def test_nothing_can_be_written_at_home(home, monkeypatch, number, there):
    need_compiler()
    if there:
        cache.store(KEY, b"library")
    forbid(monkeypatch, number)
    with monkeypatch.context() as inner:
        inner.setattr("tempfile.tempdir", str(home))
        assert build(ANSWER).answer() == 42
        assert not list(home.glob("chalkgrad-*"))  # it goes on when its file is deleted
    assert cache.usage().libraries == there


def test_a_read_only_home_as_another_user(home):
    """Nobody, with a home that only root may write."""
    if os.geteuid() != 0:
        home.chmod(0o500)
        assert need_compiler() and build(ANSWER).answer() == 42
        return
    home.chmod(0o755)
    for parent in home.parents:
        if str(parent).startswith("/tmp/pytest"):
            parent.chmod(0o755)
    need_compiler()

    def works():
        os.setuid(65534)
        module._KNOWN.clear()
        return build(ANSWER).answer() == 42 and not (home / ".cache").exists()

    assert in_a_child(works)


@pytest.mark.parametrize("value", ["", "nowhere", "/dev/null/home"])
def test_no_home(home, monkeypatch, value):
    monkeypatch.setenv("HOME", value)
    monkeypatch.chdir(home)
    assert need_compiler() and build(ANSWER).answer() == 42


def test_a_file_in_place_of_the_folder(home):
    (home / ".cache").mkdir()
    cache.folder().write_text("mine")
    assert need_compiler() and build(ANSWER).answer() == 42
    assert cache.refusal(cache.folder()) == "it is not a folder"
    assert cache.folder().read_text() == "mine"
    assert cache.usage() == cache.clear() == (0, 0)


def test_nothing_can_be_written_anywhere(home, monkeypatch):
    compiler = need_compiler()
    monkeypatch.setattr(module, "compiler", lambda: compiler)
    monkeypatch.setattr("tempfile.tempdir", str(home / "nowhere"))
    with pytest.raises(NoCompiler, match="No such file or directory"):
        build(ANSWER)


# --- how much ---------------------------------------------------------------------------------------------------------


def test_what_was_not_used_for_longest_goes_first(home, monkeypatch):
    monkeypatch.setattr(cache, "LIMIT", 1000)
    now = time.time()
    kept = {}
    for i in range(4):
        path = cache.store(f"{i:032x}", bytes([i]) * 240)
        os.utime(path, (now - 100 + i, now - 100 + i))
        kept[i] = path
    assert cache.find(f"{0:032x}") == kept[0]  # so that it is the latest used
    cache.store(f"{4:032x}", b"4" * 240)
    assert cache.usage() == (4, 960)
    assert [i for i, path in kept.items() if path.exists()] == [0, 2, 3]
    cache.store(f"{5:032x}", b"5" * 2000)  # larger than all the room: it stays until another comes
    assert cache.usage() == (1, 2000)


def test_only_what_is_ours_is_deleted(home, monkeypatch):
    path = cache.store(KEY, b"library")
    for name in ("notes.txt", f"{KEY}.so", ".chalkgrad-0123"):
        (path.parent / name).write_text("mine")
    monkeypatch.setattr(cache, "LIMIT", 1)
    cache.store(OTHER, b"other")
    assert cache.clear() == (1, 5)
    assert cache.clear() == (0, 0)
    assert names() == [".chalkgrad-0123", f"{KEY}.so", "notes.txt"]


def test_what_a_process_left_that_was_ended_is_swept_up(home):
    path = cache.store(KEY, b"library")
    old, new = (path.parent / f".chalkgrad-{i}" for i in range(2))
    for left, age in ((old, 2 * 3600), (new, 60)):
        left.write_bytes(b"half")
        os.utime(left, (time.time() - age,) * 2)
    cache.store(OTHER, b"other")
    assert (old.exists(), new.exists()) == (False, True)


def test_files_that_go_while_they_are_looked_at(home, monkeypatch):
    """Another process may clear the folder at any moment."""
    cache.store(KEY, b"library")
    listed = cache._libraries(cache.folder())
    stale = [*listed, Path(cache.folder() / f"{OTHER}-{OTHER}{cache.SUFFIX}")]
    monkeypatch.setattr(cache, "_libraries", lambda _: iter(stale))
    assert cache.find(OTHER) is None
    assert cache.usage() == (1, 7)
    assert cache.clear() == (1, 7)
