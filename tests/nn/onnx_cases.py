"""The node tests of the onnx package's own backend suite, by operator, loaded one file at a time: all take 13 s."""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from typing import Any

import numpy as np
import onnx
from onnx.backend.test.case import node as suite
from onnx.backend.test.case.node import ai_onnx_ml

_FILES = {
    info.name.replace("_", "").lower(): f"{package.__name__}.{info.name}"
    for package in (suite, ai_onnx_ml)
    for info in pkgutil.iter_modules(package.__path__)
} | {"range": f"{suite.__name__}.rangeop"}


def cases_of(operator: str) -> list[Any]:
    """The cases in the file of an operator."""
    module = _FILES[operator.lower()]
    if module not in _LOADED:
        before = len(suite._NodeTestCases)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            importlib.import_module(module)
        _LOADED[module] = suite._NodeTestCases[before:]
    return _LOADED[module]


_LOADED: dict[str, list[Any]] = {}


def operators_of(case: Any) -> set[tuple[str, str]]:
    """The operators of a case, by domain and name."""
    return {(node.domain if node.domain != "ai.onnx" else "", node.op_type) for node in case.model.graph.node}


def array(x: Any) -> Any:
    """A number, array or sequence of a case as NumPy has it."""
    if isinstance(x, onnx.TensorProto):
        return onnx.numpy_helper.to_array(x)
    return list(map(array, x)) if isinstance(x, list) else x
