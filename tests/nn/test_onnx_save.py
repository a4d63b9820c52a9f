"""nn.onnx.save: every layer, and functions of users, computes the same in onnxruntime."""

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
import nn
from autograd.errors import SaveError
from nn.onnx.reading import network
from nn.onnx.saving import proto
from tests.nn.layer_table import ROWS, first, last


def ran(model, *inputs):
    """What onnxruntime computes of a file, on inputs with the samples last."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    types = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(double)": np.float64}
    given = {i.name: first(x).astype(types[i.type]) for i, x in zip(session.get_inputs(), inputs, strict=True)}
    return [last(y) for y in session.run(None, given)]


def samples(X, m):
    """m samples, of which there may be more than X has."""
    return np.concatenate([X] * m, axis=-1)[..., :m]


def assert_same(model, X, given=None, within=1e-6):
    """Equal to 1e-6 for any number of samples, relative to the largest result, in onnxruntime and after loading."""
    written = proto(model, X.shape if given is None else given)
    read = network(written)
    for m in (X.shape[-1], 1, 6):
        x = samples(X, m)
        expected = model.predict(x)
        (result,) = ran(written, x)
        assert result.shape == expected.shape
        tolerance = within * max(1.0, np.abs(expected).max())
        np.testing.assert_allclose(result, expected, rtol=0, atol=tolerance)
        np.testing.assert_allclose(read.predict(x), expected, rtol=0, atol=5 * tolerance)
    return written


LAYERS = [pytest.param(row, setting, id=f"{row.name}{setting}") for row in ROWS for setting in row.settings]


@pytest.mark.parametrize(("row", "setting"), LAYERS)
def test_every_layer_computes_the_same(row, setting):
    model = row.make(setting).eval()
    for _, buffer in model.named_buffers():
        buffer.update(np.random.default_rng(1).uniform(0.5, 1.5, buffer.value.shape))
    X = setting.X()
    written = assert_same(model, X, X if setting.indices is not None else None)
    for port in [*written.graph.input, *written.graph.output]:
        assert port.type.tensor_type.shape.dim[0].dim_param == "batch"


def test_a_network():
    model = nn.Sequential(
        *(
            nn.Conv2d(1, 3, 3, padding=1, seed=0),
            nn.BatchNorm(3),
            nn.ReLU(),
            nn.MaxPool2d(2, padding=1, ceil_mode=True),
        ),
        *(nn.Flatten(), nn.Dropout(0.5), nn.Linear(27, 4, seed=0), nn.Softmax()),
    )
    X = np.random.default_rng(0).standard_normal((1, 5, 4, 3))
    written = assert_same(model, X)
    assert [node.op_type for node in written.graph.node if node.op_type != "Transpose"] == [
        *("Conv", "Add", "Sub", "Div", "Mul", "Add", "Relu", "Pad", "Where", "MaxPool"),
        *("Reshape", "MatMul", "Add", "Softmax"),
    ]
    assert [output.name for output in written.graph.output] == ["A2"]
    parameters = {array.name for array in written.graph.initializer if not array.name.startswith("constant")}
    assert {name for name, _ in model.named_parameters()} <= parameters


# What a user may write in a Module of their own, beside what layers compute.
FUNCTIONS = {
    "index": lambda X: X[1] * X[0],
    "slices": lambda X: X[::2, 1:] + X[-1, None, ::-1][:, :-1],
    "new axes": lambda X: X[None, :, None][0, ..., :],
    "ellipsis": lambda X: X[..., 0, :] - X[..., 1:2, :][:, 0],
    "integers": lambda X: X[[2, 0, 2]],
    "two arrays": lambda X: X[[0, 2], [1, 3]],
    "arrays behind": lambda X: np.stack([X, X])[:, [0, 2], [1, 3]],
    "arrays apart": lambda X: np.stack([X, X])[[0, 1], :, [1, 3]],
    "an array and an integer": lambda X: X[[0, 2], 1],
    "joining": lambda X: np.concatenate([X, X[:1] * 2], axis=0),
    "stacking": lambda X: np.stack([X, -X], axis=1),
    "sums": lambda X: np.sum(X, axis=(0, 1), keepdims=True) + np.mean(X, axis=0) - np.max(X, axis=1, keepdims=True),
    "products": lambda X: np.prod(X, axis=0) + np.min(X, axis=0),
    "spread": lambda X: np.std(X, axis=0) + np.var(X, axis=0) + np.linalg.norm(X, axis=0),
    "over samples": lambda X: X - np.mean(X, axis=-1, keepdims=True),
    "largest": lambda X: np.where(np.argmax(X, axis=0) < X, X, np.argmin(X, axis=0)),
    "comparisons": lambda X: (X > 0) * X + (X <= -1) + np.where((X != 0) & ~(X < 1) | (X == 2), X, 0.0),
    "booleans": lambda X: np.where(np.any(X > 1, axis=0) & np.all(X < 9, axis=0), X, np.isfinite(X)),
    "logarithms": lambda X: np.log1p(X * X) + np.expm1(X) + np.log2(X * X + 1) + np.log10(X * X + 1) + np.exp2(X),
    "roots": lambda X: np.cbrt(X) + np.sqrt(np.abs(X)) + np.hypot(X, 2.0) + np.square(X) + np.fabs(X),
    "powers": lambda X: X**2 + (X * X + 1) ** 1.5 + 2.0**X + 1 / (X * X + 1),
    "rounding": lambda X: np.floor(X) + np.ceil(X) + np.trunc(X) + np.rint(X) + np.sign(X) + np.round(X, 2),
    "remainders": lambda X: X % 0.75 + X // 0.75 + np.fmod(X, 0.75),
    "trigonometry": lambda X: np.sin(X) + np.arctan(X) + np.sinh(X) + np.deg2rad(X) - np.rad2deg(X) / 50,
    "soft": lambda X: np.logaddexp(X, 1.0) + ag.log_sigmoid(X) + ag.logsumexp(X, axis=0) + ag.softmax(X, axis=1),
    "soft along several axes": lambda X: ag.softmax(X, axis=(0, 1)) + ag.softmax(X, axis=-2) + ag.softmax(X, axis=None),
    "running through all": lambda X: X + np.cumsum(X[:, :, :1])[3],
    "numbers": lambda X: 3 - X * np.float64(2) + 1 / (2 + X * X) + np.array([[1], [2], [3]])[:, :, None],
    "forms": lambda X: X.reshape(-1, X.shape[-1])[:6].reshape(2, 3, -1).transpose(1, 0, 2),
    "axes": lambda X: np.moveaxis(np.swapaxes(X, 0, 1), 0, 1) + np.squeeze(X[:, :, None], 2) + np.expand_dims(X, 0)[0],
    "broadcasts": lambda X: np.broadcast_to(X[:1], X.shape) + np.zeros_like(X) + np.ones_like(X) + np.full_like(X, 2.0),
    "of the number of samples": lambda X: X / X.shape[-1] + np.zeros((4, X.shape[-1])) + np.ones(X.shape) * 2,
    "flips": lambda X: np.flip(X, 0) + np.roll(X, 1, axis=1) + np.pad(X[:, :-1], ((0, 0), (1, 0), (0, 0))),
    "triangles": lambda X: np.moveaxis(np.tril(np.moveaxis(X, -1, 0)), 0, -1),
    "matrices": lambda X: np.einsum("ijm,kjm->ikm", X, X) + np.tensordot(np.ones((3, 3)), X[:, :3], 1),
    "running": lambda X: np.cumsum(X, axis=0) + np.take_along_axis(X, np.argsort(np.ones((3, 4, 1)), axis=0), axis=0),
    "windows": lambda X: np.sum(ag.rules.patches(X, 2, 1, 1) ** 2, axis=1),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_users(name):
    model = nn.Lambda(FUNCTIONS[name])
    X = np.random.default_rng(0).uniform(-3, 3, (3, 4, 5))
    assert_same(model, X, within=1e-5 if name == "remainders" else 2e-6)


def parts(n):
    """What may stand in an index for an axis of that size."""
    ends = st.one_of(st.none(), st.integers(-n - 1, n + 1))
    return st.one_of(
        st.integers(-n, n - 1),
        st.builds(slice, ends, ends, st.sampled_from([None, 1, 2, -1, -2])),
        st.lists(st.integers(-n, n - 1), min_size=2, max_size=2),
        st.just(np.array([[0], [n - 1]])),
    )


@settings(max_examples=60, deadline=None)
@given(st.tuples(parts(3), parts(4), parts(2)), st.integers(0, 3), st.data())
def test_every_index(index, length, data):
    index = (*index[:length], *([Ellipsis] if data.draw(st.booleans()) else []))
    if not any(isinstance(part, (list, np.ndarray)) for part in index) and data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(index)))
        index = (*index[:at], None, *index[at:])
    X = np.random.default_rng(0).standard_normal((3, 4, 2, 5))
    if X[index].size:
        assert_same(nn.Lambda(lambda X: X[index] * 1), X)


class Several(nn.Module):
    def __init__(self):
        self.embedding = nn.Embedding(5, 3, seed=0)

    def forward(self, X, indices):
        Z = X + self.embedding(indices)
        return np.tanh(Z), np.argmax(Z, axis=0)


def test_several_inputs_and_outputs():
    X, indices = np.random.default_rng(0).standard_normal((3, 4)), np.array([0, 3, 1, 4])
    model = Several()
    written = proto(model, [(3, 4), indices])
    results, expected = ran(written, X, indices), model.predict((X, indices))
    for result, other in zip(results, expected, strict=True):
        np.testing.assert_allclose(result, other, atol=1e-6)
    assert [port.name for port in written.graph.output] == ["Y1", "Y2"]


def test_a_value_that_is_given_twice_and_an_input_that_is_passed_on():
    class Twice(nn.Module):
        def forward(self, X):
            Z = np.tanh(X)
            return Z, Z, X

    X = np.random.default_rng(0).standard_normal((3, 4))
    for result, other in zip(ran(proto(Twice(), X.shape), X), Twice().predict(X), strict=True):
        np.testing.assert_allclose(result, other, atol=1e-6)


def test_double_precision():
    model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.Tanh(), nn.LayerNorm(4))
    X = np.random.default_rng(0).standard_normal((3, 5))
    (result,) = ran(proto(model, X.shape, np.float64), X)
    np.testing.assert_allclose(result, model.predict(X), atol=1e-14)


def test_the_file_is_checked_and_the_model_stays_as_it_is(tmp_path):
    model = nn.Sequential(nn.Linear(3, 2, seed=0), nn.BatchNorm(2), nn.Dropout(0.5))
    state = model.state_dict()
    path = nn.onnx.save(model, tmp_path / "m.onnx", np.ones((3, 4)))
    onnx.checker.check_model(onnx.load(path), full_check=True)
    assert model.training and model[2].training
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, state[name])


REFUSED = {
    "values": (lambda X: X * np.arange(X.shape[-1]), r"an array \(5,\), an array \(7,\) and an array \(11,\)"),
    "squares": (lambda X: X / X.shape[-1] ** 2, "for 5, 7 and 11 of them it uses 25, 49 and 121"),
    "halves": (lambda X: X[:, : X.shape[-1] // 2], "it uses 2, 3 and 5"),
    "inverses": (lambda X: X * (1 / X.shape[-1]), r"it uses 0.2, 0.14\d* and 0.09"),
    "decisions": (lambda X: X if X.shape[-1] > 8 else np.tanh(X), "this one does not, for 5, 7 and 11 of them"),
    "which step": (
        lambda X: [np.sin(X), np.sin(2 * X)][X.shape[-1] > 8] * 1 + np.sin(X) + np.sin(2 * X),
        "5, 7 and 11",
    ),
    "one number": (lambda X: np.sum(X), r"samples on their last axis, but got one of shape \(\)"),
    "rows": (lambda X: X.T, r"samples on their last axis, but got one of shape \(m, 3\)"),
    "constants": (lambda X: np.ones((3, 2)), "does not depend on the input"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_depends_on_the_number_of_samples_is_refused(kind):
    function, words = REFUSED[kind]
    with pytest.raises(ag.Unsupported, match=words):
        proto(nn.Lambda(function), (3, 5))


def test_what_cannot_be_written_is_listed_all_at_once():
    with pytest.raises(ag.Unsupported, match=r"this model computes arctan2, heaviside, sort\. Use other"):
        proto(nn.Lambda(lambda X: np.arctan2(X, 2.0) + np.heaviside(np.sort(X, axis=0), 1.0)), (3, 5))
    for function, option in (
        (lambda X: np.max(X, axis=0, initial=0.5), "max without initial="),
        (lambda X: np.sum(X, axis=0, where=np.array([[True]] * 3)), "sum without where="),
    ):
        with pytest.raises(ag.Unsupported, match=f"{option}, for which"):
            proto(nn.Lambda(function), (3, 5))
    with pytest.raises(ag.Unsupported, match="needs indices that are integers or slices, but got a mask"):
        proto(nn.Lambda(lambda X: X[np.array([True, False, True])]), (3, 5))


def test_random_numbers_in_evaluation_are_refused():
    model = nn.Lambda(lambda X: X + ag.drawn(lambda rng: rng.random(X.shape), np.random.default_rng(0)))
    with pytest.raises(ag.Unsupported, match="draws no random numbers in evaluation"):
        proto(model, (3, 5))


def test_wrong_arguments_are_answered_in_words(tmp_path):
    with pytest.raises(TypeError, match=r"needs an nn.Module, but got builtins.list"):
        nn.onnx.save([], tmp_path / "m.onnx", (3, 5))
    with pytest.raises(ag.DtypeError, match="floating dtype, but got <class 'int'>"):
        nn.onnx.save(nn.Tanh(), tmp_path / "m.onnx", (3, 5), dtype=int)
    with pytest.raises(ag.ShapeError, match=r"but got \(\)"):
        nn.onnx.save(nn.Tanh(), tmp_path / "m.onnx", ())
    with pytest.raises(SaveError, match="cannot be written"):
        nn.onnx.save(nn.Tanh(), tmp_path / "no folder" / "m.onnx", (3, 5))


def test_a_model_of_indices_needs_them(tmp_path):
    with pytest.raises(ag.DtypeError, match=r"takes indices, but got the shape \(5, 3\)\. Pass X itself"):
        nn.onnx.save(nn.Sequential(nn.Embedding(3, 2)), tmp_path / "model.onnx", (5, 3))
