"""nn.onnx.load: networks of PyTorch and scikit-learn, run, trained, stepped through, drawn, derived and saved again."""

import copy
import pickle
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import autograd as ag
import nn
import viz
from nn.onnx.graph import Graph
from nn.onnx.network import Network

FOLDER = Path(__file__).with_name("onnx_files")
EXPORTED = sorted(path.stem for path in FOLDER.glob("*.onnx"))


def exported(name):
    """A network that PyTorch has exported, an input with the samples last, and PyTorch's result, likewise."""
    found = np.load(FOLDER / f"{name.removesuffix('_torchscript')}.npz")
    return nn.onnx.load(FOLDER / f"{name}.onnx"), *(np.moveaxis(found[key], 0, -1) for key in "xy")


@pytest.mark.parametrize("name", EXPORTED)
def test_a_network_of_pytorch_computes_the_same(name):
    network, X, Y = exported(name)
    np.testing.assert_allclose(network.predict(X), Y, atol=1e-6)
    assert network.predict(X).dtype == np.float32
    np.testing.assert_allclose(network.predict(X[..., :1]), Y[..., :1], atol=1e-6)  # for any number of samples


@pytest.mark.parametrize("name", ["cnn", "transformer", "lstm"])
def test_it_is_trained_derived_drawn_and_stepped_through(name):
    network, X, Y = exported(name)
    target = np.zeros(Y.shape, np.float32)
    J = np.mean(np.square(network(X) - target))
    J.backward()
    assert all(p.grad is not None and np.isfinite(p.grad).all() for p in network.parameters())
    before = J.item()
    optimizer = nn.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(3):
        optimizer.step()
        network.zero_grad()
        J = np.mean(np.square(network(X) - target))
        J.backward()
    assert J.item() < before
    if name == "cnn":
        assert ag.derive(J).lines and viz.record(J).steps and viz.draw(J).source


def in_double(network):
    """The same network in double precision."""
    g = network._graph
    parameters = {name: (shape, "float64") for name, (shape, _) in g.parameters.items()}
    inputs = [replace(port, dtype=port.dtype and port.dtype.replace("32", "64")) for port in g.inputs]
    other = Network(Graph(g.steps, inputs, g.outputs, parameters, g.constants))
    for name, tensor in other.weights.items():
        tensor.data = network.weights[name].data.astype(float)
    return other


@pytest.mark.parametrize("name", ["cnn", "transformer"])
def test_its_gradient_is_that_of_differences(name):
    network, X, _ = exported(name)
    network = in_double(network)
    np.sum(np.sin(network(X))).backward()
    for p in network.parameters():
        at, way = p.data, np.random.default_rng(0).standard_normal(p.shape)
        sums = []
        for step in (1e-6, -1e-6):
            p.data = at + step * way
            sums.append(np.sin(network.predict(X)).sum())
        p.data = at.copy()
        assert np.sum(p.grad * way) == pytest.approx((sums[0] - sums[1]) / 2e-6, rel=1e-5, abs=1e-7), p.name


def test_it_compiles_is_fitted_and_saved(tmp_path):
    network, X, Y = exported("cnn")
    compiled = ag.compile(lambda X: network.predict(X))
    np.testing.assert_allclose(compiled(X), Y, atol=1e-6)
    history = nn.fit(
        network, X, Y, loss="mse", optimizer=nn.optim.SGD(network.parameters(), lr=0.01), epochs=2, progress=False
    )
    assert len(history.cost) == 2 and history.compiled, history.why_not
    again = nn.load(nn.save(network, tmp_path / "m.safetensors"))
    np.testing.assert_array_equal(again.predict(X), network.predict(X))
    nn.onnx.save(network, tmp_path / "m.onnx", X.shape)
    np.testing.assert_allclose(nn.onnx.load(tmp_path / "m.onnx").predict(X), network.predict(X), atol=1e-6)


def test_parts_of_the_network_are_scopes_and_parameters_have_their_names():
    network, X, _ = exported("transformer")
    assert {"embedding.weight", "encoder.layers.0.linear1.bias", "head.bias"} <= {p.name for p in network.parameters()}
    assert any("encoder" in node.scope for node in ag.ancestors(network(X).node) if hasattr(node, "scope"))
    assert repr(network).startswith("Network(x (5, m) -> ")


# --- scikit-learn -----------------------------------------------------------------------------------------------------

R = np.random.default_rng(0)
ROWS = R.standard_normal((40, 4)).astype(np.float32)


def of_sklearn(model, tmp_path, **how):
    convert = pytest.importorskip("skl2onnx", reason="it is in the extra `dev`")
    from skl2onnx.common.data_types import FloatTensorType

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        proto = convert.convert_sklearn(model, initial_types=[("X", FloatTensorType([None, 4]))])
    path = tmp_path / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    return nn.onnx.load(path, **how)


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_a_regressor_of_sklearn(activation, tmp_path):
    model = MLPRegressor(hidden_layer_sizes=(5, 3), activation=activation, max_iter=20, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(ROWS, ROWS @ [1.0, -1.0, 2.0, 0.0])
    network = of_sklearn(model, tmp_path)
    np.testing.assert_allclose(network.predict(ROWS.T).ravel(), model.predict(ROWS), rtol=1e-4, atol=1e-5)
    assert [p.shape for p in network.parameters()] == [(4, 5), (1, 5), (5, 3), (1, 3), (3, 1), (1, 1)]


@pytest.mark.parametrize("classes", [["no", "yes"], [3, 5, 9]])
def test_a_classifier_of_sklearn(classes, tmp_path):
    labels = np.array(classes)[np.argmax(ROWS[:, : len(classes)], axis=1)]
    model = make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(6,), max_iter=20, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(ROWS, labels)
    label, probability = of_sklearn(model, tmp_path).predict(ROWS.T)
    np.testing.assert_allclose(probability, model.predict_proba(ROWS).T, atol=1e-5)
    assert label.tolist() == model.predict(ROWS).tolist()
    network = of_sklearn(model, tmp_path, outputs="output_probability")
    J = np.sum(np.square(network(ROWS.T)))
    J.backward()
    assert all(np.any(p.grad) for p in network.parameters())


# --- what is refused --------------------------------------------------------------------------------------------------


def model_of(nodes, inputs=(("x", (None, 3)),), outputs=(("y", (None, 3)),), arrays=(), opset=18, **how):
    def ports(given):
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in given]

    tensors = [onnx.numpy_helper.from_array(np.asarray(x), name) for name, x in arrays]
    graph = helper.make_graph(list(nodes), "g", ports(inputs), ports(outputs), tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def opened(model, tmp_path, **how):
    path = tmp_path / "m.onnx"
    path.write_bytes(model.SerializeToString())
    return nn.onnx.load(path, **how)


node = helper.make_node


def test_unknown_operators_are_listed_all_at_once(tmp_path):
    model = model_of(
        [
            node("Unheard", ["x"], ["a"]),
            node("Unheard", ["a"], ["b"], domain="my.own"),
            node("Tanh", ["b"], ["c"], beta=2.0),
            node("Loop", ["", "", "c"], ["d"], body=helper.make_graph([], "g", [], [])),
            node("Unheard", ["d"], ["y"]),
        ]
    )
    with pytest.raises(
        ag.Unsupported, match=r"m.onnx needs operators .*: Loop.*, Tanh\(beta=\), Unheard × 2, my.own.Unheard"
    ):
        opened(model, tmp_path)


def test_what_is_not_needed_may_be_unknown(tmp_path):
    model = model_of([node("Tanh", ["x"], ["a"]), node("Unheard", ["a"], ["y"])])
    X = np.ones((3, 2), np.float32)
    np.testing.assert_allclose(opened(model, tmp_path, outputs=["a"]).predict(X), np.tanh(X), rtol=1e-6)
    with pytest.raises(ValueError, match=r"names of values of the graph, but got 'z'. Its outputs are 'y'"):
        opened(model, tmp_path, outputs=["z"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty, or not an ONNX file"),
        (b"hello", "is not an ONNX file"),
        (b"PK\x03\x04" + bytes(40), "not an ONNX file"),
    ],
)
def test_other_files_are_answered_in_words(content, words, tmp_path):
    path = tmp_path / "m.onnx"
    path.write_bytes(content)
    with pytest.raises(ag.DataError, match=words):
        nn.onnx.load(path)
    with pytest.raises(FileNotFoundError, match="there is no"):
        nn.onnx.load(tmp_path / "nothing.onnx")
    with pytest.raises(ag.DataError, match="cannot be read"):
        nn.onnx.load(tmp_path)


def test_a_file_that_ends_early(tmp_path):
    content = (FOLDER / "cnn.onnx").read_bytes()
    for length in range(0, len(content) - 1, 97):
        (tmp_path / "m.onnx").write_bytes(content[:length])
        with pytest.raises(ag.AutogradError):
            nn.onnx.load(tmp_path / "m.onnx")


def test_wrong_inputs_are_answered_in_words():
    network, X, _ = exported("cnn")
    with pytest.raises(ag.ShapeError, match=r"takes 1 input \(\w+ \(1, 12, 12, m\)\), but got 2"):
        network(X, X)
    with pytest.raises(ag.ShapeError, match=r"has 4 axes, but got .*\(1, 12, 12\).*one sample x is x\[..., None\]"):
        network(X[..., 0])
    with pytest.raises(ag.ShapeError, match=r"\(1, 12, 12, m\) does not fit"):
        network(np.moveaxis(X, -1, 0))
    words, tokens, _ = exported("transformer")
    with pytest.raises(ag.DtypeError, match="must be int64, but got"):
        words(tokens + 0.5)
    np.testing.assert_array_equal(words.predict(tokens.astype(float)), words.predict(tokens))


# --- samples, versions, what is trained -------------------------------------------------------------------------------


def test_the_axis_of_the_samples(tmp_path):
    model = model_of([node("Relu", ["x"], ["y"])], [("x", (2, None, 3))], [("y", (2, None, 3))])
    X = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)
    np.testing.assert_array_equal(opened(model, tmp_path, samples=1).predict(X), X)
    assert repr(opened(model, tmp_path, samples=1)) == "Network(x (2, 3, m) -> y (2, 3, m): Relu)"
    assert repr(opened(model, tmp_path)) == "Network(x (2, any, 3) -> y (2, any, 3): Relu)"
    fixed = model_of([node("Relu", ["x"], ["y"])], [("x", (2, 3))], [("y", (2, 3))])
    assert opened(fixed, tmp_path).predict(X[:, :, 0]).shape == (2, 3)  # as it is in the file


OLDER = {
    "Squeeze": (node("Squeeze", ["x"], ["y"], axes=[1]), (2, 1, 3), 11, lambda x: x[:, 0]),
    "Unsqueeze": (node("Unsqueeze", ["x"], ["y"], axes=[0]), (2, 3), 11, lambda x: x[None]),
    "Clip": (node("Clip", ["x"], ["y"], min=-0.5, max=0.5), (2, 3), 6, lambda x: x.clip(-0.5, 0.5)),
    "Slice": (node("Slice", ["x"], ["y"], starts=[1], ends=[2], axes=[1]), (2, 3), 9, lambda x: x[:, 1:2]),
    "Pad": (
        node("Pad", ["x"], ["y"], pads=[0, 1, 0, 2], value=7.0),
        (2, 3),
        10,
        lambda x: np.pad(x, ((0, 0), (1, 2)), constant_values=7),
    ),
    "ReduceSum": (node("ReduceSum", ["x"], ["y"], axes=[1], keepdims=0), (2, 3), 11, lambda x: x.sum(1)),
    "ReduceMax": (node("ReduceMax", ["x"], ["y"], axes=[1], keepdims=1), (2, 3), 13, lambda x: x.max(1, keepdims=True)),
    "Softmax": (
        node("Softmax", ["x"], ["y"]),
        (2, 3, 4),
        11,
        lambda x: np.exp(x) / np.exp(x).sum((1, 2), keepdims=True),
    ),
    "Split": (node("Split", ["x"], ["y", "z"], split=[1, 2], axis=1), (2, 3), 11, lambda x: x[:, :1]),
    "Dropout": (node("Dropout", ["x"], ["y"], ratio=0.9), (2, 3), 10, lambda x: x),
    "Reshape": (node("Reshape", ["x"], ["y"], shape=[3, -1]), (2, 3), 4, lambda x: x.reshape(3, -1)),
    "TopK": (node("TopK", ["x"], ["y", "z"], k=2), (2, 3), 9, lambda x: -np.sort(-x)[:, :2]),
}


@pytest.mark.parametrize("operator", OLDER)
def test_operators_as_they_were_in_older_versions(operator, tmp_path):
    made, shape, opset, expected = OLDER[operator]
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    network = opened(model_of([made], [("x", shape)], [("y", None)], opset=opset), tmp_path)
    np.testing.assert_allclose(network.predict(x), expected(x), rtol=1e-6)


def test_which_numbers_are_trained(tmp_path):
    nodes = [
        node("MatMul", ["x", "W"], ["a"]),
        node("Mul", ["a", "half"], ["b"]),
        node("Add", ["b", "mask"], ["c"]),
        node("BatchNormalization", ["c", "gamma", "beta", "mean", "var"], ["y"]),
    ]
    f = np.float32
    arrays = {
        "W": np.ones((3, 3), f),
        "half": np.asarray(0.5, f),
        "mask": np.array([0, -np.inf, 0], f),
        **{name: np.ones(3, f) for name in ("gamma", "beta", "mean", "var", "unused")},
    }
    model = model_of(nodes, arrays=arrays.items())
    assert [p.name for p in opened(model, tmp_path).parameters()] == ["W", "gamma", "beta"]
    assert [p.name for p in opened(model, tmp_path, trainable=["half"]).parameters()] == ["half"]
    with pytest.raises(ValueError, match=r"but got 'unused'. It has 'W', 'half'"):
        opened(model, tmp_path, trainable=["unused"])


def for_training(tmp_path):
    """A network as exporters write one for training, by TrainingMode.TRAINING in PyTorch."""
    nodes = [
        node(
            "BatchNormalization", ["x", "gamma", "beta", "mean", "var"], ["a", "m", "v"], training_mode=1, momentum=0.8
        ),
        node("Constant", [], ["on"], value=onnx.numpy_helper.from_array(np.asarray(True))),
        node("Dropout", ["a", "ratio", "on"], ["b"]),
        node("MatMul", ["b", "W"], ["y"]),
    ]
    f = np.float32
    arrays = {"mean": np.zeros(3, f), "W": np.eye(3, dtype=f), "ratio": np.asarray(0.5, f)}
    arrays |= {name: np.ones(3, f) for name in ("gamma", "beta", "var")}
    return opened(model_of(nodes, arrays=arrays.items()), tmp_path)


X_50 = R.normal(3.0, 2.0, (3, 50)).astype(np.float32)


def test_a_graph_for_training_is_in_evaluation_in_predict(tmp_path):
    network = for_training(tmp_path)
    np.testing.assert_allclose(network.predict(X_50), X_50 / np.sqrt(1 + 1e-5) + 1, atol=1e-5)
    np.testing.assert_allclose(network.eval()(X_50).data, network.predict(X_50), atol=1e-5)
    assert {"weights.gamma", "weights.W", "statistics.mean", "statistics.var"} < set(network.state_dict())
    np.testing.assert_array_equal(network.state_dict()["statistics.mean"], np.zeros(3))


def test_a_graph_for_training_drops_in_training_and_keeps_statistics(tmp_path):
    network = for_training(tmp_path)
    out = network(X_50).data
    dropped = out == 0
    assert 0.3 < dropped.mean() < 0.7
    normal = (X_50 - X_50.mean(1, keepdims=True)) / X_50.std(1, keepdims=True) + 1
    np.testing.assert_allclose(out[~dropped], 2 * normal[~dropped], rtol=1e-3, atol=1e-4)
    state = network.state_dict()
    np.testing.assert_allclose(state["statistics.mean"], 0.2 * X_50.mean(1), rtol=1e-5)
    np.testing.assert_allclose(state["statistics.var"], 0.8 + 0.2 * X_50.var(1), rtol=1e-5)


def test_a_graph_for_training_is_fitted_and_kept(tmp_path):
    network = for_training(tmp_path)
    optimizer = nn.optim.Adam(network.parameters(), lr=0.01)
    history = nn.fit(network, X_50, np.tanh(X_50), loss="mse", optimizer=optimizer, epochs=20, progress=False)
    assert history.compiled, history.why_not
    mean = network.statistics["mean"].value
    np.testing.assert_allclose(mean, (1 - 0.8**20) * X_50.mean(1), rtol=1e-4)
    nn.onnx.save(network, tmp_path / "again.onnx", X_50.shape)
    expected = network.predict(X_50)
    for other in (nn.load(nn.save(network, tmp_path / "m.safetensors")), nn.onnx.load(tmp_path / "again.onnx")):
        np.testing.assert_allclose(other.predict(X_50), expected, atol=1e-5)


def test_a_parameter_may_be_a_default_input(tmp_path):
    """Before version 4 of the format, numbers of the graph were inputs with a default."""
    model = model_of(
        [node("Add", ["x", "b"], ["y"])], [("x", (None, 3)), ("b", (3,))], arrays=[("b", np.ones(3, np.float32))]
    )
    np.testing.assert_array_equal(opened(model, tmp_path).predict(np.zeros((3, 2))), np.ones((3, 2)))


def test_without_the_package_that_is_needed(monkeypatch, tmp_path):
    for name, act in {
        "load": lambda: nn.onnx.load(FOLDER / "cnn.onnx"),
        "save": lambda: nn.onnx.save(nn.Tanh(), tmp_path / "m.onnx", (3, 5)),
    }.items():
        monkeypatch.setitem(sys.modules, "onnx", None)
        with pytest.raises(ImportError, match=rf"nn.onnx.{name} needs the package onnx. .*chalkgrad\[io\]"):
            act()


def test_a_network_is_pickled_and_copied():
    network, X, _ = exported("lstm")
    for other in (pickle.loads(pickle.dumps(network)), copy.deepcopy(network)):
        np.testing.assert_array_equal(other.predict(X), network.predict(X))
