"""What `ag.derive(J).numpy()` needs beside NumPy and Python's own modules: nothing, or its header says what and why."""

import re
import sys

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import OPS
from tests.autograd.cases import CASES


def of_one_float_array(case):
    operands = [case.operands[i] for i in case.wanted]
    return all(isinstance(x, np.ndarray) and x.dtype == float and x.size for x in operands)


# Of each function the first case; NumPy's own are called by their names, but for these.
WRITTEN_OUT = {np.sinc, np.take, np.median, np.quantile, np.nanmedian, np.prod, np.cumprod, np.polyadd, np.linalg.norm}
FIRST = {}
for one in filter(of_one_float_array, CASES):
    if (one.function in OPS and OPS[one.function].ours) or one.function in WRITTEN_OUT | {np.linalg.vector_norm}:
        FIRST.setdefault(one.function, one)


@pytest.mark.parametrize("case", FIRST.values(), ids=str)
def test_a_program_needs_numpy_alone_or_says_what_else(case):
    operands = [ag.Tensor(case.operands[i], name=f"x{i}") for i in case.wanted]
    out = case.substituted(*operands)
    outputs = [part for part in (out if isinstance(out, tuple) else (out,)) if isinstance(part, ag.Tensor)]
    text = ag.derive(sum(np.sum(np.tanh(part)) for part in outputs)).numpy()
    imports = re.findall(r"^(?:from|import) .*", text, re.M)
    assert imports[0] == "import numpy as np"
    needed = [line for line in imports if line.split()[1].split(".")[0] not in {"numpy", *sys.stdlib_module_names}]
    said = " ".join(text.split('"""')[1].split())
    assert all(line in said for line in needed)
    assert ("It needs more than NumPy" in said) == bool(needed)
    assert not any(line.split()[1].startswith("_") for line in imports)


def test_an_array_without_entries_on_the_way():
    """np.polyadd puts zeros in front of the shorter one, none of them here."""
    a, b = (ag.Tensor(np.array(x), name=name) for x, name in (([1.0, 2.0], "a"), ([3.0, 5.0], "b")))
    J = np.sum(np.polyadd(a, b) ** 2)
    J.backward()
    derivation = ag.derive(J)
    np.testing.assert_array_equal(derivation["da"].value, a.grad)
    np.testing.assert_array_equal(derivation.function()(**derivation.inputs)["db"], b.grad)
