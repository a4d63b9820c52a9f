"""Every operator of the table passes the node tests of the onnx package's own backend suite, also on Tensors."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

import autograd as ag
from nn.onnx.graph import Graph
from nn.onnx.network import Network
from nn.onnx.operators import OPERATORS
from nn.onnx.reading import network
from tests.nn.onnx_cases import array, cases_of, operators_of

# Of the domain ai.onnx.ml; the suite has no tests of them. See test_onnx_load.py.
WITHOUT_CASES = {"Scaler", "ZipMap"}
TESTED = sorted((name, domain) for domain, name in OPERATORS if name not in WITHOUT_CASES)
FLOATS = (np.float16, np.float32, np.float64)


def test_there_are_many():
    assert len(OPERATORS) >= 130


@pytest.mark.parametrize(("name", "domain"), TESTED, ids=[name for name, _ in TESTED])
def test_an_operator_passes_the_suite(name, domain):
    cases = [case for case in cases_of(name) if operators_of(case) <= set(OPERATORS)]
    assert any((domain, name) in operators_of(case) for case in cases)
    failed = [failure for case in cases for failure in failures(case)]
    assert failed == []


def failures(case):
    """What is wrong with the results for a case: on plain arrays, and on Tensors in place of floating ones."""
    model = network(case.model, samples=None)
    for inputs, outputs in case.data_sets:
        given = list(map(array, inputs))
        for tensors in (False, True):
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    results = model.forward(*(tensor(x) for x in given) if tensors else given)
                results = results if isinstance(results, tuple) else (results,)
                assert len(results) == len(outputs)
                for result, output in zip(results, outputs, strict=True):
                    same(result, array(output), case, tensors)
            except Exception as error:
                yield f"{case.name}{' on Tensors' if tensors else ''}: {type(error).__name__}: {error}"


def tensor(x):
    return ag.Tensor(x) if isinstance(x, np.ndarray) and x.dtype in FLOATS else x


def same(result, output, case, tensors):
    if isinstance(output, list):
        assert len(result) == len(output)
        for one, other in zip(result, output, strict=True):
            same(one, other, case, tensors)
        return
    result = np.asarray(result.data if isinstance(result, ag.Tensor) else result)
    output = np.asarray(output)
    assert result.shape == output.shape
    if output.dtype.kind in "OUS":
        assert (result.astype(str) == output.astype(str)).all()
        return
    # (A single number of double precision that a Tensor holds is Python's, beside which a narrower one decides.)
    assert result.dtype == output.dtype or (tensors and output.dtype.kind == "f")
    own = [x.astype(float) if x.dtype.kind == "V" else x for x in (result, output)]
    np.testing.assert_allclose(*own, rtol=case.rtol, atol=case.atol)


# --- derivatives ------------------------------------------------------------------------------------------------------


def in_double(model):
    """The network with inputs in double precision."""
    g = model._graph
    single = ("float32", "float16")
    inputs = [replace(port, dtype="float64" if port.dtype in single else port.dtype) for port in g.inputs]
    return Network(Graph(g.steps, inputs, g.outputs, g.parameters, g.constants))


def floating_case(name, domain):
    """The first case of an operator alone that takes and gives floating numbers: the network, and its inputs."""
    for case in cases_of(name):
        (inputs, outputs), *_ = case.data_sets
        given, out = [array(x) for x in inputs], array(outputs[0])
        if operators_of(case) != {(domain, name)} or isinstance(out, list) or out.dtype not in FLOATS or not out.size:
            continue
        if any(isinstance(x, np.ndarray) and x.dtype in FLOATS and x.ndim for x in given):
            return in_double(network(case.model, samples=None)), given
    raise LookupError(f"no case of {name} has floating numbers")


# What has no derivative: results that are booleans, integers, constants or steps. (Trilu's cases are of integers.)
CONSTANT = {
    *("And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor"),
    *(
        "BitShift",
        "BitwiseAnd",
        "BitwiseNot",
        "BitwiseOr",
        "BitwiseXor",
        "ArgMax",
        "ArgMin",
        "NonZero",
        "Shape",
        "Size",
    ),
    *("Cast", "CastLike", "Constant", "ConstantOfShape", "EyeLike", "OneHot", "Range", "Trilu"),
    *("Binarizer", "Ceil", "Floor", "Hardmax", "Round", "Sign"),
}
DIFFERENTIABLE = [(name, domain) for name, domain in TESTED if name not in CONSTANT]


@pytest.mark.parametrize(("name", "domain"), DIFFERENTIABLE, ids=[name for name, _ in DIFFERENTIABLE])
def test_its_gradient_is_that_of_differences(name, domain):
    """Along a random direction, beside the values of the case, which may lie at a kink."""
    model, given = floating_case(name, domain)
    rng = np.random.default_rng(0)
    at, way = [], []
    for x in given:
        moves = isinstance(x, np.ndarray) and x.dtype in FLOATS and x.ndim
        at.append(x.astype(float) + rng.uniform(1e-4, 1e-3, x.shape) if moves else x)
        way.append(rng.standard_normal(x.shape) if moves else None)

    def cost(inputs):
        out = model.forward(*inputs)
        out = out[0] if isinstance(out, tuple) else out
        return np.sum(np.cos(np.arange(np.size(out.data))).reshape(np.shape(out.data)) * out)

    def moved(step):
        return [x if v is None else x + step * v for x, v in zip(at, way, strict=True)]

    with np.errstate(all="ignore"):
        tensors = [x if v is None else ag.Tensor(x) for x, v in zip(at, way, strict=True)]
        J = cost(tensors)
        J.backward()
        pairs = [(t.grad, v) for t, v in zip(tensors, way, strict=True) if v is not None and t.grad is not None]
        slope = sum(np.sum(g * v) for g, v in pairs)
        expected = (cost(moved(1e-6)).item() - cost(moved(-1e-6)).item()) / 2e-6
    assert slope == pytest.approx(expected, rel=1e-5, abs=1e-6)
