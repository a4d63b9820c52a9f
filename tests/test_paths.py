"""Paths: whatever is handed in as one is answered in words, and no half of a file is left."""

import io
import os
import stat

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from autograd.errors import SaveError
from nn import byhand
from viz.plots import save_training_plot

MODEL = nn.Sequential(nn.Linear(3, 4, seed=0), nn.Tanh())
J = np.sum(np.square(ag.Tensor([1.0, 2.0], name="w")))
X, Y = np.ones((3, 5)), np.zeros((4, 5))


def fit(**how):
    optimizer = nn.optim.SGD(MODEL.parameters(), lr=0.1)
    return nn.fit(MODEL, X, Y, loss="mse", optimizer=optimizer, epochs=1, progress=False, **how)


def history():
    return fit()


READ = {"nn.load": nn.load, "nn.onnx.load": nn.onnx.load, "resume=": lambda path: fit(resume=path)}
WRITTEN = {
    "nn.save": (lambda path: nn.save(MODEL, path), ".safetensors"),
    "nn.onnx.save": (lambda path: nn.onnx.save(MODEL, path, X.shape), ".onnx"),
    "Derivation.save": (lambda path: ag.derive(J).save(path), ".py"),
    "An exercise": (lambda path: byhand.exercise(seed=0).script(path), ".py"),
    "A graph": (lambda path: viz.draw(J).save(path), ".svg"),
    "A page": (lambda path: viz.save_page(J, path), ".html"),
    "A training plot": (lambda path: save_training_plot(history(), path), ".svg"),
    "An animation": (lambda path: viz.animate(J, path), ".gif"),
    "checkpoint=": (lambda path: fit(checkpoint=path), ".npz"),
}
ALL = READ | {name: write for name, (write, _) in WRITTEN.items()}
WRONG = {
    "nothing": (None, "but got None"),
    "a number": (3, "but got 3"),
    "a list": (["m"], r"but got \['m'\]"),
    "bytes": (b"m.py", "Write os.fsdecode"),
    "a file": (io.BytesIO(b"x"), "which is a file itself. Pass its path"),
    "an array": (np.ones(2), "but got array"),
    "no name": ("", "Give the file a name"),
    "a zero byte": ("m\0", "Give the file a name"),
}


@pytest.mark.parametrize("name", ALL)
def test_what_is_not_a_path(name):
    for kind, (path, words) in WRONG.items():
        if path is None and name.endswith("="):
            continue  # there None means that no file is wanted
        with pytest.raises((TypeError, ValueError), match=f"^{name} needs the path of a file, as .*{words}"):
            ALL[name](path)
            pytest.fail(kind)


@pytest.mark.parametrize("name", WRITTEN)
def test_where_no_file_can_be(name, tmp_path):
    write, suffix = WRITTEN[name]
    (tmp_path / f"folder{suffix}").mkdir()
    (tmp_path / "text").write_text("text")
    for place, words in {
        f"folder{suffix}": "is a folder",
        f"missing/file{suffix}": "folder",
        f"text/file{suffix}": "[Ff]older|Not a directory",
    }.items():
        with pytest.raises(OSError, match=words):
            write(tmp_path / place)
    assert sorted(os.listdir(tmp_path)) == [f"folder{suffix}", "text"]


class Full(io.RawIOBase):
    """A file on a disk that is full."""

    def write(self, content):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("name", ["nn.save", "nn.onnx.save", "Derivation.save"])
def test_a_full_disk_leaves_the_old_file(name, tmp_path, monkeypatch):
    write, suffix = WRITTEN[name]
    path = tmp_path / f"file{suffix}"
    path.write_bytes(b"old")
    real = os.fdopen

    def opened(handle, mode):
        real(handle, mode).close()
        return Full()

    monkeypatch.setattr(os, "fdopen", opened)
    with pytest.raises(SaveError, match=r"cannot be written: No space left on device\.$"):
        write(path)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == [path.name]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_a_device_that_is_full():
    with pytest.raises(SaveError, match="No space left"):
        nn.save(MODEL, "/dev/full")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_arguments_of_files(tmp_path):
    path, other = nn.onnx.save(MODEL, tmp_path / "m.onnx", X.shape), nn.save(MODEL, tmp_path / "m.safetensors")
    for argument in ("outputs", "trainable"):
        with pytest.raises(TypeError, match=rf"{argument}= must be a list of names, but got \[3\]"):
            nn.onnx.load(path, **{argument: [3]})
        with pytest.raises(ValueError, match="but got 'unheard'"):
            nn.onnx.load(path, **{argument: "unheard"})
    for samples in (-1, True, "0", 1.5):
        with pytest.raises(ValueError, match="samples= must be None, or an axis counted from the front"):
            nn.onnx.load(path, samples=samples)
    with pytest.raises(ValueError, match="but got 5, and no input has so many axes"):
        nn.onnx.load(path, samples=5)
    for modules in (None, 3, "abc"):
        with pytest.raises(TypeError, match="needs a list of classes as modules="):
            nn.load(other, modules=modules)
    for dtype in (None, "abc", object(), np.longdouble):
        with pytest.raises(ag.DtypeError, match="needs a floating dtype"):
            nn.onnx.save(MODEL, tmp_path / "n.onnx", X.shape, dtype=dtype)
    for given in (MODEL, "x", object(), [["a"]], None):
        with pytest.raises((TypeError, ag.ShapeError), match=r"nn\.onnx\.save needs an input, or its shape"):
            nn.onnx.save(MODEL, tmp_path / "n.onnx", given)
    with pytest.raises(
        TypeError, match=r"Sequential takes one input X, and a mask .* but got float64 \(3, 5\) beside X"
    ):
        nn.onnx.save(MODEL, tmp_path / "n.onnx", [(3, 5), (3, 5)])
    assert not (tmp_path / "n.onnx").exists()
