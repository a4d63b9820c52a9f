"""nn.save and nn.load: a model in one file, whole or not at all, and nothing executed."""

import json
import os
import struct
import subprocess
import sys
import textwrap
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings, strategies as st

import autograd as ag
import nn
from autograd.errors import SaveError
from tests.nn.layer_table import ROWS

ROOT = str(Path(nn.__file__).parents[1])
X = np.random.default_rng(0).standard_normal((3, 5))


class Net(nn.Module):
    def __init__(self, n_in, *more, hidden=4, activation=np.tanh, parts=(), **named):
        self.n_in, self.more, self.hidden, self.activation = n_in, more, hidden, activation
        self.parts, self.named = parts, named
        self.first = nn.Linear(n_in, hidden)
        self.count = nn.Buffer(np.zeros(2), name="count")

    def forward(self, X):
        A = self.activation(self.first(X))
        for part in self.parts:
            A = part(A)
        return A


class Other(nn.Module):
    def __init__(self, size):
        self.n = size
        self.W = ag.Tensor(np.ones(size), name="W")

    def forward(self, X):
        return self.W * X


def network():
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Dropout(0.8), nn.Linear(4, 2), nn.Softmax())


def again(model, folder, **how):
    return nn.load(nn.save(model, folder / "model.safetensors"), **how)


def assert_same(one, other):
    assert repr(one) == repr(other)
    state, same = one.state_dict(), other.state_dict()
    assert list(state) == list(same)
    for name in state:
        assert state[name].dtype == same[name].dtype
        np.testing.assert_array_equal(state[name], same[name])
    assert [p.name for _, p in one._named_tensors()] == [p.name for _, p in other._named_tensors()]


def test_a_model_comes_back_with_its_numbers(tmp_path):
    model = network()
    other = again(model, tmp_path)
    assert_same(model, other)
    np.testing.assert_array_equal(model.predict(X), other.predict(X))
    assert other[0].W is not model[0].W


LAYERS = [pytest.param(row, setting, id=f"{row.name}{setting}") for row in ROWS for setting in row.settings]


@pytest.mark.parametrize(("row", "setting"), LAYERS)
def test_every_layer_comes_back(row, setting, tmp_path):
    single = {"dtype": np.float32} if "dtype" in signature(row.layer).parameters else {}
    layer = row.make(setting, **single)
    for _, p in layer.named_parameters():
        p.data = p.data + 1
    other = again(layer, tmp_path)
    assert_same(layer, other)
    np.testing.assert_array_equal(other.predict(setting.X()), layer.predict(setting.X()))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_in_its_precision(dtype, tmp_path):
    assert again(nn.Linear(3, 2, dtype=dtype), tmp_path).W.dtype == dtype


def test_arrays_that_lie_otherwise_in_memory(tmp_path):
    layer = nn.Linear(3, 2)
    layer.W.data = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    np.testing.assert_array_equal(again(layer, tmp_path).W.data, np.arange(6.0).reshape(2, 3))


def test_what_is_frozen_shared_and_in_evaluation(tmp_path):
    model = network()
    shared = nn.Linear(2, 2)
    model = nn.Sequential(model, shared, nn.Tanh(), shared, nn.Linear(2, 2))
    model[4].W = shared.W
    model[0][0].b.requires_grad = False
    model[0][2].eval()
    other = again(model, tmp_path)
    assert_same(model, other)
    assert other[1] is other[3] and other[4].W is other[1].W
    assert [name for name, _ in other.named_parameters()] == [name for name, _ in model.named_parameters()]
    assert [m.training for m in other.modules()] == [m.training for m in model.modules()]


def test_modules_of_the_users_own(tmp_path):
    parts, mask = [nn.Tanh(), (nn.Linear(2, 2),)[0]], np.array([[1.5, 2.0]], np.float32)
    model = Net(3, 1, None, hidden=2, parts=parts, scale=float("inf"), text="ü\n", mask=mask)
    model.count.update(np.array([1.0, 2.0]))
    other = again(model, tmp_path, modules=[Net])
    assert (other.n_in, other.more, other.hidden) == (3, (1, None), 2)
    assert other.named["mask"].dtype == np.float32
    np.testing.assert_array_equal(other.named.pop("mask"), mask)
    assert other.named == {"scale": float("inf"), "text": "ü\n"}
    assert other.activation is np.tanh
    np.testing.assert_array_equal(other.predict(X), model.predict(X))
    np.testing.assert_array_equal(other.count.value, [1.0, 2.0])
    with pytest.raises(ag.DataError, match=r"Module 'Net', which is not one of nn's. Pass its class: .*\[Net\]"):
        again(model, tmp_path)


def test_random_numbers_of_the_program_stay_as_they_are(tmp_path):
    model = network()
    nn.init.seed(5)
    again(model, tmp_path)
    drawn = nn.Linear(2, 2).W.data
    nn.init.seed(5)
    np.testing.assert_array_equal(nn.Linear(2, 2).W.data, drawn)


class Features(nn.Module):
    def __init__(self, n, mean=None):
        self.n, self.mean = n, mean
        self.drawn = np.random.default_rng().standard_normal((n, n))
        self.calls, self.notes, self.nothing = 0, {"seen": [0.0]}, [np.nan, np.array([np.nan]), object()]
        self.linear = nn.Linear(n, 1, init="he")

    def forward(self, X):
        return self.linear(np.cos(self.drawn @ X))


class Fixed(Features):
    def __init__(self, n):
        super().__init__(n)
        self.drawn = nn.Buffer(self.drawn)

    def forward(self, X):
        return self.linear(np.cos(self.drawn.value @ X))


def test_attributes_that_would_be_others_after_loading(tmp_path):
    with pytest.raises(ag.DataError, match=r"got others:\n  drawn: \(3, 3\) float64, made again with other"):
        nn.save(Features(3), tmp_path / "m.safetensors")
    for change, words in (
        ({"calls": 2}, r"1.calls: 2, made again 0\n"),
        ({"notes": {"seen": [1.0]}}, r"1.notes: {'seen': \[1.0\]}, made again"),
        ({"notes": None}, r"1.notes: None, made again"),
        ({"calls": "two"}, r"1.calls: 'two', made again 0"),
        ({"calls": np.ones(2)}, r"1.calls: \(2,\) float64, made again 0"),
    ):
        model = nn.Sequential(nn.Tanh(), Fixed(3))
        again(model, tmp_path, modules=[Fixed])
        for name, value in change.items():
            setattr(model[1], name, value)
        with pytest.raises(ag.DataError, match=words):
            nn.save(model, tmp_path / "m.safetensors")


def test_what_could_not_be_loaded_is_not_saved(tmp_path):
    path = tmp_path / "m.safetensors"
    with pytest.raises(ag.DataError, match=r"Other to keep its argument size in an attribute .* self.size = size"):
        nn.save(Other(2), path)
    with pytest.raises(ag.DataError, match=r"Net\(activation=\) is the function <lambda>. A function's code is not"):
        nn.save(Net(3, activation=lambda x: x), path)
    with pytest.raises(ag.DataError, match=r"Net\(named=\) is the ndarray \(1,\)"):
        nn.save(Net(3, mask=np.array([None])), path)
    with pytest.raises(ag.DataError, match=r"Net\(named=\) is the object\. Keep numbers"):
        nn.save(Net(3, part=object()), path)
    model = Net(3)
    model.extra = ag.Tensor(np.ones(2))
    with pytest.raises(ag.DataError, match=r"extra: \(2,\) float64, made again nothing"):
        nn.save(model, path)
    model = Net(3)
    model.hidden = 7
    with pytest.raises(ag.DataError, match=r"first.W: \(4, 3\) float64, made again \(7, 3\)"):
        nn.save(model, path)
    model = Net(3)
    model.parts = [model]
    with pytest.raises(ag.DataError, match="a part of itself"):
        nn.save(model, path)
    with pytest.raises(TypeError, match=r"needs an nn.Module, but got builtins.list"):
        nn.save([], path)
    assert not path.exists()
    with pytest.raises(SaveError, match="cannot be written"):
        nn.save(network(), tmp_path / "no folder" / "m.safetensors")


def test_modules_that_are_passed_in(tmp_path):
    path = nn.save(network(), tmp_path / "m.safetensors")
    with pytest.raises(TypeError, match=r"subclasses of nn.Module as modules=, but got <class 'int'>"):
        nn.load(path, modules=[int])
    with pytest.raises(TypeError, match=r"needs a list of classes as modules=, but got one\. Write modules=\[Net\]"):
        nn.load(path, modules=Net)
    twin = type("Net", (nn.Module,), {})
    with pytest.raises(ValueError, match="two called 'Net'"):
        nn.load(path, modules=[Net, twin])


FOREIGN = {
    "empty": (b"", "it is empty"),
    "text": (b"hello, this is not a model", "not a safetensors file"),
    "pickle": (b"\x80\x04\x95" + bytes(20), "a pickle, which could execute anything"),
    "zip": (b"PK\x03\x04" + bytes(20), "nn.from_torch"),
    "hdf5": (b"\x89HDF\r\n" + bytes(20), "Keras"),
    "npy": (b"\x93NUMPY" + bytes(20), "np.load"),
    "onnx": (b"\x08\x08\x12\x07pytorch:" + bytes(20), "nn.onnx.load"),
    "other safetensors": (safetensors.numpy.save({"a": np.ones(2)}), "load_state_dict"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_other_files_are_answered_in_words(kind, tmp_path):
    content, words = FOREIGN[kind]
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ag.DataError, match=f"'.*file' cannot be loaded: .*{words}"):
        nn.load(path)


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"but there is no '.*nothing'"):
        nn.load(tmp_path / "nothing")
    with pytest.raises(ag.DataError, match="cannot be read"):
        nn.load(tmp_path)


def test_a_file_that_ends_early(tmp_path):
    content = nn.save(network(), tmp_path / "m").read_bytes()
    for length in range(0, len(content), 7):
        (tmp_path / "m").write_bytes(content[:length])
        with pytest.raises(ag.DataError):
            nn.load(tmp_path / "m")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_file_with_a_changed_byte(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "changed"
    content = bytearray(nn.save(nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.8)), path).read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        model = nn.load(path)
    except ag.DataError:
        return
    # What is left is white space in the header, and the name of a dtype or of the format, which say the same.
    again = nn.save(model, path).read_bytes()
    assert len(again) == len(content)


def written(path, about, arrays):
    """A file like those of nn.save, with a checksum that is right."""
    from nn.io.files import _checksum

    text = json.dumps(about)
    metadata = {"chalkgrad": text, "checksum": f"{_checksum(text, arrays):08x}"}
    path.write_bytes(safetensors.numpy.save(arrays, metadata))
    return path


def about(path):
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["chalkgrad"])


@pytest.mark.parametrize(
    "name",
    ["os.system", "nn.fit", "nn.losses.mse", "nn.init.seed", "nn.Module.load", "nn.sklearn", "builtins.eval", ""],
)
def test_a_file_can_name_nothing_but_modules(name, tmp_path):
    path = nn.save(nn.Tanh(), tmp_path / "m")
    told = about(path)
    told["modules"][0] = {"class": name, "arguments": {"command": "true"}}
    with pytest.raises(ag.DataError, match=r"does not have|not one of nn's"):
        nn.load(written(path, told, {}))


def test_a_function_that_has_no_rule_is_not_looked_up(tmp_path):
    path = nn.save(Net(3), tmp_path / "m")
    told = about(path)
    told["modules"][-1]["arguments"]["activation"] = {"function": "os.system"}
    with pytest.raises(ag.DataError, match=r"names the function 'os.system', which has no rule"):
        nn.load(written(path, told, safetensors.numpy.load(path.read_bytes())), modules=[Net])


def test_a_layer_that_takes_other_arguments_by_now_and_a_newer_file(tmp_path):
    path = nn.save(nn.Linear(3, 2), tmp_path / "m")
    arrays, told = safetensors.numpy.load(path.read_bytes()), about(path)
    wider = json.loads(json.dumps(told))
    wider["modules"][0]["arguments"]["colour"] = 3
    with pytest.raises(ag.DataError, match=r"cannot be made again: .*colour"):
        nn.load(written(path, wider, arrays))
    with pytest.raises(ag.DataError, match="of version 2, and this chalkgrad reads version 1"):
        nn.load(written(path, told | {"version": 2}, arrays))


KILLED = """
    import os, signal, sys, time
    import numpy as np
    import nn

    path = sys.argv[1]
    models = [nn.Sequential(nn.Linear(200, 300, seed=k), nn.Tanh(), nn.Linear(300, 2, seed=k)) for k in range(2)]
    nn.save(models[0], path)
    for turn in range(50):
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            for k in range(10**9):
                os.write(theirs, b".")
                nn.save(models[k % 2], path)
        for _ in range(1 + turn % 3):
            os.read(ours, 1)  # a save begins
        time.sleep(turn * 2e-4)
        os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        os.close(ours), os.close(theirs)
        W = nn.load(path)[0].W.data
        assert any((W == model[0].W.data).all() for model in models)
    print("loaded every time")
"""


def test_whoever_is_killed_while_saving_leaves_a_file_that_loads(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "m.safetensors")],
        env=os.environ | {"PYTHONPATH": ROOT, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "loaded every time", done.stderr


@pytest.mark.parametrize("interrupted", ["write", "replace"])
def test_whatever_fails_while_saving_leaves_the_old_file(interrupted, tmp_path, monkeypatch):
    path = nn.save(nn.Linear(3, 2, seed=0), tmp_path / "m")
    before = path.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, {"write": "fdopen", "replace": "replace"}[interrupted], fail)
    with pytest.raises(SaveError, match="No space left"):
        nn.save(nn.Linear(3, 2, seed=1), path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["m"]


def test_without_the_package_that_is_needed(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(ImportError, match=r"nn.save needs the package safetensors. .*chalkgrad\[io\]"):
        nn.save(nn.Tanh(), tmp_path / "m")
