"""The study of programs as C, as far as it is quick: random programs, extremes included, and training."""

import numpy as np
import pytest

from autograd.read.native import functions
from tests.autograd.native import need_compiler
from tests.studies.native import Subject, compared, programs, trained


def test_random_programs_agree():
    need_compiler()
    counts, faults = programs(60, seed=5, draws=5)
    assert counts["comparisons"] > 300 and counts["lines of C"] > 2000
    assert faults == []


@pytest.mark.parametrize("network, steps", [("2-4-1", 1000), ("64-32-10", 1000), ("784-128-10", 30)])
def test_training_agrees_step_by_step(network, steps):
    need_compiler()
    assert trained(network, steps) < 1e-12


@pytest.mark.parametrize(
    "right, wrong",
    [
        ("(e / (2 + e), x)", "(e / (2 + e * 1.0000001), x)"),  # by a few units in the last place of a float
        ("0 < x ? 2 : 0x1p-64", "2"),  # only for large negative operands
        ("return x > 0 ? y : x == 0 ? -INFINITY : NAN;", "return y;"),  # only for what has no logarithm
    ],
)
def test_a_wrong_function_is_found(monkeypatch, right, wrong):
    need_compiler()
    assert right in functions.functions(["cg_tanh", "cg_exp", "cg_log"])
    given = functions.functions
    monkeypatch.setattr("autograd.read.native.emit.functions", lambda called: given(called).replace(right, wrong))
    x = np.array([-800.0, -3.0, -0.0, 0.5, 2.0, 700.0])
    subject = Subject("three functions", lambda x: [np.tanh(x), np.exp(x), np.log(x)], [[x], [x * 0.99]])
    counts, faults = compared([subject])
    assert counts["comparisons"] == 2 and faults
