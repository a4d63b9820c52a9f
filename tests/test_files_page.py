"""docs/files.md: what it lists is what there is, and its examples run."""

import re
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from nn.onnx.operators import OPERATORS

PAGE = (Path(nn.__file__).parents[1] / "docs" / "files.md").read_text(encoding="utf-8")


def test_the_operators_are_those_of_the_table():
    (listed,) = re.findall(r"compares gradients with differences:\n\n(.+?)\n\n", PAGE, re.DOTALL)
    assert listed.replace("\n", " ").split(", ") == sorted(name for _, name in OPERATORS)


def test_the_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch = pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")
    X, Y = np.random.default_rng(0).standard_normal((3, 6)), np.zeros((1, 6))
    model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.Tanh(), nn.Linear(4, 1, seed=0))
    nn.onnx.save(model, "model.onnx", X.shape)
    scope = {"nn": nn, "ag": ag, "viz": viz, "torch": torch, "model": model, "X": X, "Y": Y, "MyLayer": nn.Tanh}
    blocks = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        exec(block, scope)  # the page's own code
