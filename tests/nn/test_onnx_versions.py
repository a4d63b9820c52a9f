"""An operator means what it meant in the version of ONNX that a file names: defaults, inputs, and what is not known."""

import inspect

import numpy as np
import onnxruntime
import pytest
from onnx import defs, helper

import autograd as ag
from nn.onnx.operators import OPERATORS, operator_of
from nn.onnx.reading import network

SCHEMAS = [
    schema
    for schema in defs.get_all_schemas_with_history()
    if (schema.domain, schema.name) in OPERATORS and not schema.deprecated
]
# Defaults that are said otherwise: bounds that no number exceeds, nothing for 0, one activation for each direction, 0
# where a schema forgot it, and a default that is misspelt in the schema.
SAID_OTHERWISE = {
    *(("Clip", "min"), ("Clip", "max"), ("Pad", "value"), ("RNN", "activations"), ("Split", "axis")),
    *(("Scaler", "scale"), ("Scaler", "offset"), ("GRU", "direction")),
}


def theirs(attribute):
    """The default of an attribute of a schema; None where it has none."""
    value = helper.get_attribute_value(attribute.default_value) if attribute.default_value.type else None
    return value.decode() if isinstance(value, bytes) else value


def same_default(own, other):
    if own is inspect.Parameter.empty:
        return other is None
    if isinstance(other, float):
        return np.float32(own) == np.float32(other)
    return list(own) == list(other) if isinstance(other, list) else own == other


@pytest.mark.parametrize("schema", SCHEMAS, ids=[f"{s.name}-{s.since_version}" for s in SCHEMAS])
def test_defaults_are_those_of_the_version(schema):
    row = operator_of(schema.domain, schema.name, schema.since_version)
    if row is None:  # the whole operator is refused
        return
    for name, attribute in schema.attributes.items():
        if row.takes(name) and (schema.name, name) not in SAID_OTHERWISE:
            assert same_default(row.parameters[name].default, theirs(attribute)), name


@pytest.mark.parametrize("schema", SCHEMAS, ids=[f"{s.name}-{s.since_version}" for s in SCHEMAS])
def test_a_node_of_the_version_is_taken_or_refused_in_words(schema):
    """With what it needs and no more, with each optional attribute, and with all inputs that it may have."""
    row = operator_of(schema.domain, schema.name, schema.since_version)
    if row is None:
        return
    required = {name for name, attribute in schema.attributes.items() if attribute.required}
    for n in (schema.min_input, min(schema.max_input, 9)):
        inputs = [f"x{i}" for i in range(n)]
        misfits = list(row.misfits(inputs, required))
        if schema.since_version > 1 and schema.name != "Constant":  # Version 1 is refused where it is another form.
            assert misfits == [], misfits
        if not misfits and schema.name != "Constant":
            inspect.Signature(list(row.parameters.values())).bind(*inputs, **dict.fromkeys(required))


def graph(node, version, *inputs):
    """A graph of one node on such arrays."""
    named = zip(node.input, inputs, strict=True)
    given = [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(x.dtype), x.shape) for n, x in named]
    outputs = [helper.make_empty_tensor_value_info(name) for name in node.output]
    whole = helper.make_graph([node], "g", given, outputs)
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", version)], ir_version=8)


REFUSED = {
    "sparse_value": (
        helper.make_node(
            "Constant",
            [],
            ["y"],
            sparse_value=helper.make_sparse_tensor(
                helper.make_tensor("v", 1, [1], [2.0]), helper.make_tensor("i", 7, [1], [0]), [3]
            ),
        ),
        18,
        [],
        r"Constant\(sparse_value=\)",
    ),
    "an axis that had a default": (
        helper.make_node("Concat", ["x", "z"], ["y"]),
        1,
        [np.ones((2, 2), np.float32)] * 2,
        "Concat without axis",
    ),
    "a type as text": (helper.make_node("Cast", ["x"], ["y"], to="INT32"), 5, [np.ones(2, np.float32)], "Cast"),
    "another form": (
        helper.make_node("Tile", ["x", "n", "axis"], ["y"]),
        5,
        [np.ones(2, np.float32), np.ones(1, np.int64), np.ones(1, np.int64)],
        "Tile",
    ),
    "broadcasting by attributes": (
        helper.make_node("Add", ["x", "z"], ["y"], broadcast=1, axis=0),
        6,
        [np.ones((2, 2), np.float32), np.ones(2, np.float32)],
        r"Add\(axis=\), Add\(broadcast=\)",
    ),
    "too many": (
        helper.make_node("Relu", ["x", "z"], ["y"]),
        18,
        [np.ones(2, np.float32)] * 2,
        "Relu of 2 inputs",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_known_is_refused_by_name_at_once(what):
    node, version, inputs, words = REFUSED[what]
    with pytest.raises(ag.Unsupported, match=f"does not know: {words}"):
        network(graph(node, version, *inputs), samples=None)


def test_what_fails_later_names_its_step():
    node = helper.make_node("RNN", ["x", "w", "r", "", "n"], ["y"], hidden_size=1)
    x, w, r, n = np.ones((3, 2, 1), np.float32), *np.ones((2, 1, 1, 1), np.float32), np.array([3, 2], np.int32)
    given = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
        for name, a in zip("xwrn", (x, w, r, n), strict=True)
    ]
    whole = helper.make_graph([node], "g", given, [helper.make_empty_tensor_value_info("y")])
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    with pytest.raises(ag.Unsupported, match="sequences of equal length") as caught:
        network(model, samples=None)(x, w, r, n)
    assert caught.value.__notes__ == ["This is the step RNN of the file, which gives 'y'."]


def test_before_version_7_the_slopes_of_prelu_are_those_of_channels():
    x, slope = np.random.default_rng(0).standard_normal((2, 3, 3), np.float32), np.array([0.1, 2, -1], np.float32)
    node = helper.make_node("PRelu", ["x", "s"], ["y"])
    old, new = (network(graph(node, version, x, slope), samples=None)(x, slope).data for version in (6, 7))
    np.testing.assert_allclose(old, np.where(x > 0, x, slope[:, None] * x))
    np.testing.assert_allclose(new, np.where(x > 0, x, slope * x))


@pytest.mark.parametrize("start", [-9, -4, -1, 0, 2, 3, 9])
@pytest.mark.parametrize("end", [-9, -4, -2, 0, 3, 9])
@pytest.mark.parametrize("step", [1, 2, -1, -2])
def test_slices_beyond_both_ends_are_those_of_onnxruntime(start, end, step):
    x = np.arange(4, dtype=np.float32)
    arrays = [x, *(np.array([n]) for n in (start, end, 0, step))]
    model = graph(helper.make_node("Slice", ["x", "a", "b", "c", "d"], ["y"]), 13, *arrays)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, dict(zip("xabcd", arrays, strict=True)))
    np.testing.assert_array_equal(network(model, samples=None)(*arrays).data, expected)
