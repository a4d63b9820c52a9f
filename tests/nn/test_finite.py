"""NaN and infinity do not come into a model unseen, whichever way numbers come in."""

import io
import json

import numpy as np
import pytest

import autograd as ag
import nn
from tests.autograd.native import need_compiler


def model():
    return nn.Sequential(nn.Linear(3, 4, seed=0), nn.BatchNorm(4), nn.Tanh(), nn.Linear(4, 1, seed=1))


def broken():
    m = model()
    W = m[0].W.data.copy()
    W[1, 2], W[3] = np.nan, -np.inf
    m[0].W.data = W
    m[1].variance._value = np.array([[1.0], [np.inf], [1.0], [1.0]])
    return m


WORDS = (
    r"0\.W has NaN or infinity in 4 of its 12 entries, first nan at \(1, 2\)\n"
    r"  1\.variance has NaN or infinity in 1 of its 4 entries, first inf at \(1, 0\)\n"
)


def same(one, other):
    for name, x in one.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], x)


def test_a_state_that_is_not_finite_is_refused_by_name_and_count():
    other, state = model(), broken().state_dict()
    before = other.state_dict()
    with pytest.raises(ag.DataError, match=f"2 that do not fit:\n  {WORDS}Take the state before .* finite=False"):
        other.load_state_dict(state)
    for name, x in before.items():
        np.testing.assert_array_equal(other.state_dict()[name], x)
    other.load_state_dict(state, finite=False)
    same(other, broken())
    with pytest.raises(ag.DataError, match=r"3\.b has NaN or infinity in 1 of.*nan|3\.b has NaN or infinity: nan"):
        model().load_state_dict(model().state_dict() | {"3.b": np.array([[np.nan]])})
    with pytest.raises(ag.DataError, match="Build the model as it was"):
        model().load_state_dict(state | {"more": np.ones(2)})


def test_a_file_with_them_is_refused(tmp_path):
    path = nn.save(broken(), tmp_path / "m.safetensors")
    with pytest.raises(ag.DataError, match=f"m.safetensors' cannot be loaded: .*\n  {WORDS}"):
        nn.load(path)
    same(nn.load(path, finite=False), broken())


class Masked(nn.Module):
    """A model that holds infinity where it is meant to: in a mask, and as the least number so far."""

    def __init__(self):
        self.layer = nn.Linear(2, 2, seed=0)
        self.mask = ag.Tensor(np.array([[0.0], [-np.inf]]), requires_grad=False)
        self.least = nn.Buffer(np.array(np.inf), name="least")

    def forward(self, X):
        return ag.softmax(self.layer(X) + self.mask, axis=0)


def test_what_a_model_itself_has_stays(tmp_path):
    one = Masked()
    Masked().load_state_dict(one.state_dict())
    loaded = nn.load(nn.save(one, tmp_path / "m.safetensors"), modules=[Masked])
    same(loaded, one)
    one.least.update(np.array(3.0))
    Masked().load_state_dict(one.state_dict())
    X, Y = np.ones((2, 4)), np.tile([[1.0], [0.0]], 4)
    for resume in (None, True):
        optimizer = nn.optim.SGD(one.layer.parameters(), lr=0.1)
        settings = {"patience": 3, "checkpoint": tmp_path / "run.npz", "resume": resume, "progress": False}
        nn.fit(one, X, Y, loss="cross_entropy", optimizer=optimizer, epochs=4 if resume else 2, **settings)


@pytest.mark.parametrize("entry", [np.nan, np.inf, -np.inf, 1e200])
@pytest.mark.parametrize("shape", [(4, 6), (4, 3, 6)])
def test_a_batch_that_is_not_finite_leaves_running_statistics_as_they_are(entry, shape):
    layer = nn.BatchNorm(4)
    layer(np.random.default_rng(0).normal(size=shape))
    before = layer.state_dict()
    X = np.ones(shape)
    X[1, ..., 2] = entry
    with np.errstate(all="ignore"), pytest.raises(ag.DataError, match=r"variance needs finite.*in 1 of its 4.*batch"):
        layer(X)
    for name, x in before.items():
        np.testing.assert_array_equal(layer.state_dict()[name], x)
    layer.eval()
    assert layer(np.ones(shape)).shape == shape


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("entry", [np.nan, np.inf, -np.inf])
def test_an_update_of_a_buffer_is_looked_at(entry, dtype):
    buffer = nn.Buffer(np.zeros((2, 1), dtype), name="mean")
    new = np.array([[1.0], [entry]])
    with pytest.raises(
        ag.DataError,
        match=rf"The buffer mean needs finite.*1 of its 2 entries, first {entry} at \(1, 0\).*finite=False",
    ):
        buffer.update(new)
    np.testing.assert_array_equal(buffer.value, 0)
    other = nn.Buffer(np.zeros((2, 1), dtype), name="mask", finite=False)
    other.update(new)
    np.testing.assert_array_equal(other.value, new)
    buffer.restore(new)
    np.testing.assert_array_equal(buffer.value, new)
    buffer.update(2 * new)  # what is not finite there already stays
    np.testing.assert_array_equal(buffer.value, 2 * new)


def test_a_training_takes_back_what_a_buffer_held(tmp_path):
    """Also infinity, which is meant: the least number so far, before there is any."""

    class Least(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 1, seed=0)
            self.least = nn.Buffer(np.array(np.inf), name="least")

        def forward(self, X):
            self.least.update(np.minimum(self.least.value, np.min(X)))
            return self.layer(X)

    X, Y = np.ones((2, 4)), np.ones((1, 4))
    for compile in (False, True):
        one = Least()
        optimizer = nn.optim.SGD(one.parameters(), lr=1e200)
        with pytest.raises(nn.train.TrainingError, match=r"as of the last step|before training"):
            nn.fit(one, X, Y, loss="mse", optimizer=optimizer, epochs=4, progress=False, compile=compile)
        assert one.least.value in (1.0, np.inf)


@pytest.mark.parametrize("compile", [False, True, "numpy", "c"])
@pytest.mark.parametrize("large, dtype", [(1e200, np.float64), (1e25, np.float32), (1e4, np.float16)])
def test_a_step_that_gives_a_buffer_what_it_cannot_keep_is_taken_back(compile, large, dtype):
    """The cost is finite: the layer divides by what is too large for its running variance."""
    if compile == "c":
        need_compiler()
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 40)).astype(dtype), np.ones((1, 40), dtype)
    X[0, 25] = large
    layers = nn.Linear(3, 4, seed=0, dtype=dtype), nn.BatchNorm(4, dtype=dtype), nn.Linear(4, 1, seed=1, dtype=dtype)
    model = nn.Sequential(*layers)
    optimizer = nn.optim.SGD(model.parameters(), lr=1e-3)
    how = {"loss": "mse", "optimizer": optimizer, "progress": False, "compile": compile, "seed": 1}
    with pytest.raises(nn.TrainingError, match=r"batch .*buffer variance .*as of the last step") as stopped:
        nn.fit(model, X, Y, epochs=3, batch_size=20, **how)
    assert stopped.value.epoch == 1
    assert optimizer.steps == stopped.value.batch - 1 == 1
    assert all(np.isfinite(x).all() for x in model.state_dict().values())


@pytest.mark.parametrize("compile", [False, True])
def test_a_buffer_that_may_be_infinite_is_no_matter_of_training(compile):
    class Latest(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 1, seed=0)
            self.mask = nn.Buffer(np.zeros((2, 1)), name="mask", finite=False)

        def forward(self, X):
            self.mask.update(np.log(np.min(X, axis=1, keepdims=True)))
            return self.layer(X)

    model = Latest()
    optimizer = nn.optim.SGD(model.parameters(), lr=1e-3)
    how = {"loss": "mse", "optimizer": optimizer, "epochs": 3, "progress": False, "compile": compile}
    history = nn.fit(model, np.zeros((2, 4)), np.ones((1, 4)), **how)
    assert history.epochs == 3
    np.testing.assert_array_equal(model.mask.value, -np.inf)


def test_a_checkpoint_with_them_is_refused(tmp_path):
    X, Y = np.random.default_rng(0).normal(size=(3, 8)), np.ones((1, 8))
    path = tmp_path / "run.npz"

    def fitted(**options):
        m = model()
        optimizer = nn.optim.SGD(m.parameters(), lr=0.1)
        nn.fit(m, X, Y, loss="mse", optimizer=optimizer, epochs=2, progress=False, compile=False, **options)

    fitted(checkpoint=path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["model/3.W"][0, 1] = np.nan
    content = io.BytesIO()
    np.savez(content, **arrays)
    path.write_bytes(content.getvalue())
    assert json.loads(str(arrays["said"]))["format"]
    with pytest.raises(ag.DataError, match=r"3\.W has NaN or infinity in 1 of its 4 entries, first nan at \(0, 1\)"):
        fitted(resume=path)


def test_pytorchs_and_onnx_numbers_are_looked_at(tmp_path):
    onnx = pytest.importorskip("onnx")
    path = nn.onnx.save(nn.Sequential(nn.Linear(3, 2, seed=0), nn.Tanh()), tmp_path / "m.onnx", (3, 5))
    proto = onnx.load(path)
    (W,) = (t for t in proto.graph.initializer if t.name == "0.W")
    for value, trainable in ((np.nan, None), (np.inf, ["0.W"])):
        numbers = onnx.numpy_helper.to_array(W).copy()
        numbers[0, 0] = value
        changed = onnx.ModelProto()
        changed.CopyFrom(proto)
        place = [t.name for t in proto.graph.initializer].index("0.W")
        changed.graph.initializer[place].CopyFrom(onnx.numpy_helper.from_array(numbers, "0.W"))
        onnx.save(changed, tmp_path / "n.onnx")
        with pytest.raises(
            ag.DataError, match=rf"nn\.onnx\.load needs finite numbers, but\n  0\.W .* first {value} at"
        ):
            nn.onnx.load(tmp_path / "n.onnx", trainable=trainable)
        nn.onnx.load(tmp_path / "n.onnx", trainable=trainable, finite=False)
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    theirs[0].bias.data[1] = float("inf")
    theirs[1].running_mean[0] = float("nan")
    with pytest.raises(ag.DataError, match=r"0\.b has NaN or infinity in 1 of its 2.*\n  1\.mean has NaN"):
        nn.from_torch(theirs)
    assert np.isnan(nn.from_torch(theirs, finite=False)[1].mean.value[0])
