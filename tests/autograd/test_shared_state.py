"""What threads, tasks, signals and other files share with the engine stays as it was."""

import asyncio
import os
import stat
import threading

import numpy as np
import pytest

import autograd as ag
from autograd import files
from autograd.core.modes import MODE

KINDS = [ag.no_grad, ag.anomaly, ag.guard, ag.record_lines]


@pytest.mark.parametrize("kind", KINDS)
def test_one_block_in_many_threads_leaves_no_mode_behind(kind):
    block, left = kind(), []

    def work():
        for _ in range(2_000):
            with block, block:
                pass
        left.append((MODE.get(), np.geterr()["divide"]))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert left == [(None, "warn")] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_one_block_in_many_tasks_leaves_no_mode_behind(kind):
    block = kind()

    async def work():
        for _ in range(20):
            with block:
                await asyncio.sleep(0)
                assert MODE.get() is not None
            await asyncio.sleep(0)
            assert MODE.get() is None

    async def together():
        await asyncio.gather(*(work() for _ in range(5)))

    asyncio.run(together())


def test_a_task_that_outlives_the_guard_it_was_made_in_locks_nothing():
    X = np.ones(3)

    async def later(ended):
        await ended.wait()
        ag.Tensor(np.ones(3)) * X

    async def main():
        ended = asyncio.Event()
        with ag.guard():
            task = asyncio.create_task(later(ended))
            await asyncio.sleep(0)
        ended.set()
        await task

    asyncio.run(main())
    assert X.flags.writeable


def test_an_array_that_two_threads_guard_is_given_back_with_the_last():
    X, view = (both := np.ones(4)), both[1:]
    inside, leave = threading.Event(), threading.Event()

    def other():
        with ag.guard():
            ag.Tensor(np.ones(4)) * X
            inside.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with ag.guard():
        ag.Tensor(np.ones(3)) * view
        thread.start()
        inside.wait()
    assert not X.flags.writeable
    leave.set()
    thread.join()
    assert X.flags.writeable and view.flags.writeable


FOREIGN = {
    "dlpack": lambda: np.from_dlpack(np.ones(3)),
    "view of dlpack": lambda: np.from_dlpack(np.ones(4))[1:],
    "bytes": lambda: np.frombuffer(bytes(24)),
    "bytearray": lambda: np.frombuffer(bytearray(24)),
    "broadcast": lambda: np.broadcast_to(1.0, 3),
    "locked by its owner": lambda: _locked(),
}


def _locked():
    array = np.ones(3)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("name", FOREIGN)
def test_guard_gives_back_what_it_locked_beside_memory_that_it_cannot(name):
    x, y = FOREIGN[name](), np.ones(3)
    before = x.flags.writeable
    with ag.guard():
        ag.Tensor(np.ones(3)) * x * y
        assert not y.flags.writeable
    assert y.flags.writeable and x.flags.writeable == before


EDITS = {
    "assignment": lambda d: d.__setitem__(0, 5.0),
    "slice": lambda d: d.__setitem__(slice(None), 5.0),
    "in place": lambda d: d.__iadd__(1.0),
    "out": lambda d: np.add(d, 1.0, out=d),
    "at": lambda d: np.add.at(d, 0, 1.0),
    "fill": lambda d: d.fill(1.0),
    "sort": lambda d: d.sort(),
    "put": lambda d: d.put(0, 1.0),
    "copyto": lambda d: np.copyto(d, 1.0),
    "np.put": lambda d: np.put(d, 0, 1.0),
    "place": lambda d: np.place(d, d > 0, [2.0]),
    "a view": lambda d: d[1:].__setitem__(0, 5.0),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_a_tensors_data_within_guard_says_what_to_do(name):
    with ag.guard():
        t = ag.Tensor(np.ones(3))
        t * t
        with pytest.raises(ag.EditError, match=r"autograd.guard\(\).*Make a new array"):
            EDITS[name](t.data)
    EDITS["assignment"](t.data)
    assert type(t.data) is np.ndarray


def test_what_is_computed_from_data_within_guard_is_ordinary():
    with ag.guard():
        t = ag.Tensor(np.arange(4.0).reshape(2, 2))
        J = np.sum(t * t)
        for result in (t.data + 1, t.data @ t.data, np.exp(t.data), np.multiply(2.0, t.data)):
            assert type(result) is np.ndarray and result.flags.writeable
        assert type(t.data * t) is ag.Tensor and type(np.dot(t.data, t)) is ag.Tensor
        assert repr(t.data) == repr(np.arange(4.0).reshape(2, 2))
        kept = t.data
        J.backward()
        t.data = t.data - 0.1 * t.grad
    kept[0, 0] = 7.0
    np.testing.assert_allclose(t.data, 0.8 * np.arange(4.0).reshape(2, 2))


def test_a_tensor_made_of_data_within_guard_shares_it_and_is_given_back():
    X = np.ones(3)
    with ag.guard():
        t = ag.Tensor(X)
        t * 2
        again = ag.Tensor(t.data)
        again * 2
    assert again.data is X
    X[0] = 2.0


def test_numpys_error_about_a_guarded_array_carries_a_note():
    X = np.ones(3)
    with pytest.raises(ValueError, match="read-only") as caught, ag.guard(), ag.guard():
        ag.Tensor(np.ones(3)) * X
        X[0] = 5.0
    (note,) = caught.value.__notes__
    assert "autograd.guard()" in note and "Make a new array" in note


# --- files ------------------------------------------------------------------------------------------------------------


def _mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_has_the_permissions_that_open_gives(tmp_path):
    files.write_whole(tmp_path / "ours", b"a")
    (tmp_path / "theirs").write_bytes(b"a")
    assert _mode(tmp_path / "ours") == _mode(tmp_path / "theirs")


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o400])
def test_a_file_keeps_its_permissions(tmp_path, mode):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(mode)
    files.write_whole(path, b"new")
    assert path.read_bytes() == b"new" and _mode(path) == mode


def test_a_symbolic_link_goes_on_pointing_at_its_file(tmp_path):
    (tmp_path / "there").mkdir()
    real, link, dangling = tmp_path / "there" / "real", tmp_path / "link", tmp_path / "dangling"
    real.write_bytes(b"old")
    link.symlink_to(real)
    dangling.symlink_to(tmp_path / "there" / "later")
    files.write_whole(link, b"new")
    files.write_whole(dangling, b"new")
    assert link.is_symlink() and real.read_bytes() == b"new"
    assert dangling.is_symlink() and (tmp_path / "there" / "later").read_bytes() == b"new"
    assert sorted(p.name for p in (tmp_path / "there").iterdir()) == ["later", "real"]


def test_a_device_is_written_to_and_not_replaced():
    files.write_whole(files.Path(os.devnull), b"a")
    assert not files.Path(os.devnull).is_file()


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def refuse(*_):
        raise OSError("no")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="no"):
        files.write_whole(path, b"new")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_no_setting_of_the_whole_process_is_changed():
    """The source says so: none of the calls that would."""
    forbidden = (
        "os.umask", "os.chdir", "os.environ[", "signal.signal", "setrecursionlimit", "filterwarnings(", "setlocale",
        "np.random.seed", "gc.disable", "gc.freeze", "setswitchinterval", "excepthook",
    )  # fmt: skip
    house = files.Path(ag.__file__).resolve().parents[1]
    found = [
        (path.name, call)
        for package in ("autograd", "nn")
        for path in (house / package).rglob("*.py")
        for call in forbidden
        if call in path.read_text(encoding="utf-8")
    ]
    # The alarm of a time limit is the one that gives back what was set before (see test_check_function); the runs of a
    # sweep are processes of their own, which leave Ctrl-C to the one that made them.
    assert sorted(found) == [("limit.py", "signal.signal"), ("pools.py", "signal.signal")]


# --- freezing ---------------------------------------------------------------------------------------------------------


def test_a_leaf_can_be_frozen_and_freed():
    w = ag.Tensor([1.0, 2.0], name="w")
    J = np.sum(w * w)
    w.requires_grad = False
    assert w.grad is None and w.name == "w" and not (w * 2).requires_grad
    J.backward()  # what was recorded before stays as it was recorded
    assert w.grad is None
    w.requires_grad = True
    np.sum(3 * w).backward()
    assert np.array_equal(w.grad, [3.0, 3.0])


def test_a_result_cannot_be_frozen():
    y = ag.Tensor([1.0]) * 2
    with pytest.raises(ag.GraphError, match=r"result of multiply.*detach\(\)"):
        y.requires_grad = False
    with pytest.raises(TypeError, match="True or False"):
        y.requires_grad = 1


# --- gradients that were cut ------------------------------------------------------------------------------------------


def _quietly(t):
    with ag.no_grad():
        return np.sum(t * t)


CUTS = {
    "data": lambda x: float(np.sum(x.data**2)),
    "detach": lambda x: np.sum(x.detach() ** 2),
    "item": lambda x: sum(x[i].item() for i in range(2)),
    "no_grad": _quietly,
    "data of a result": lambda x: np.sum((2 * x).data),
}
POINT = np.array([1.0, 2.0])
DERIVATIVES = {
    "grad": lambda f: ag.grad(f)(POINT),
    "value_and_grad": lambda f: ag.value_and_grad(f)(POINT)[1],
    "vjp": lambda f: ag.vjp(f, POINT)[1](1.0)[0],
    "jvp": lambda f: ag.jvp(f, (POINT,), (POINT,))[1],
    "jacobian": lambda f: ag.jacobian(f)(POINT),
    "hessian": lambda f: ag.hessian(f)(POINT),
    "hvp": lambda f: ag.hvp(f, (POINT,), (POINT,))[1],
    "within another": lambda f: ag.grad(lambda y: ag.grad(lambda z: np.sum(z) * f(y))(POINT)[0])(POINT),
}


@pytest.mark.parametrize("how", DERIVATIVES)
@pytest.mark.parametrize("cut", CUTS)
def test_a_derivative_that_is_0_because_it_was_cut_warns(cut, how):
    with pytest.warns(ag.DisconnectedWarning, match=r"with respect to argument 0 is 0, .*cuts the gradient") as caught:
        assert np.all(DERIVATIVES[how](CUTS[cut]) == 0)
    assert {w.filename for w in caught} == {__file__}


SILENT = {
    "constant": lambda x: 3.0,
    "partly": lambda x: np.sum(x * x.data),
    "piecewise constant": lambda x: np.sum(np.where(x > 0, 1.0, 0.0)),
    "printed": lambda x: (f"{x}", 3.0)[1],
    "another Tensor": lambda x, w=ag.Tensor(2.0): (w.data, 3.0)[1],  # noqa: B008
}


@pytest.mark.parametrize("name", SILENT)
def test_a_derivative_that_was_not_cut_is_silent(name):
    ag.grad(SILENT[name])(POINT)  # a warning is an error here
    ag.grad(lambda p, q: np.sum(p) * q, 0)(POINT, 2.0)
    ag.grad(lambda d: np.sum(d["a"]))({"a": POINT, "b": POINT})


def test_the_argument_that_was_cut_is_named():
    with pytest.warns(ag.DisconnectedWarning, match=r"argument 1\['b'\] is 0"):
        ag.grad(lambda w, d: np.sum(w * d["a"] * d["b"].data), (0, 1))(POINT, {"a": POINT, "b": POINT})
