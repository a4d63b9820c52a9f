"""Operators of the domain ai.onnx.ml, of which networks of scikit-learn are made beside ONNX's own."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.onnx.operators.row import operator, plain

ML = "ai.onnx.ml"

operator("ArrayFeatureExtractor", lambda x, indices: picked(x, plain(indices)), domain=ML)
operator(
    "Binarizer", lambda x, threshold=0.0: np.where(plain(x) > threshold, 1.0, 0.0).astype(plain(x).dtype), domain=ML
)
operator("Scaler", lambda x, offset=0.0, scale=1.0: (x - row(offset)) * row(scale), domain=ML)
# The probabilities as an array, by class in the order of the file, where ONNX has a dict for each sample.
operator("ZipMap", lambda x, classlabels_int64s=None, classlabels_strings=None: x, domain=ML)


def picked(x: Any, indices: Any) -> Any:
    """Some of the last axis; of a vector as a row."""
    found = x[..., np.ravel(indices)]
    return np.reshape(found, (1, -1)) if np.ndim(x) == 1 else found


def row(numbers: Any) -> Any:
    """Numbers of a node's own, which ONNX has in single precision."""
    return np.asarray(numbers, np.float32)
