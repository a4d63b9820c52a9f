"""A training step through every layer of layer_table.py as C beside the same as NumPy: many layers in one program."""

import numpy as np
import pytest

import autograd as ag
import nn
from tests.autograd.native import need_compiler
from tests.nn.layer_table import ROWS
from tests.nn.test_every_layer import as_function, holders

PARTS = 4


def steps(rows, dtype):
    """A function that takes a step through each of these layers, and its arguments, all in one list."""
    taken, arguments = [], []
    for row in rows:
        layer = row.make()
        X = row.settings[0].X()
        f, arrays = as_function(layer)
        given = [x.astype(dtype) if x.dtype.kind == "f" else x for x in (X, *arrays)]
        by = tuple(range(0 if X.dtype.kind == "f" else 1, 1 + len(holders(layer))))
        taken.append((ag.value_and_grad(lambda *a, f=f: np.sum(np.sin(f(*a)[0])), argnums=by), len(given)))
        arguments += given

    def together(*given):
        found, at = [], 0
        for step, n in taken:
            J, gradients = step(*given[at : at + n])
            found.append([J, *gradients])
            at += n
        return found

    return together, arguments


@pytest.mark.parametrize(("dtype", "rtol"), [("float64", 1e-9), ("float32", 2e-3)])
@pytest.mark.parametrize("part", range(PARTS))
def test_a_step_through_layers_as_c_is_that_of_numpy(part, dtype, rtol):
    need_compiler()
    rows = ROWS[part::PARTS]
    f, arguments = steps(rows, dtype)
    with nn.random.seeded(1):
        expected = ag.compile(f)(*arguments)
    with nn.random.seeded(1):
        compiled = ag.compile(f, backend="c")
        found = compiled(*arguments)
    assert compiled.backend == "c", compiled.why_not
    for row, ours, known in zip(rows, found, expected, strict=True):
        for a, b in zip(ours, known, strict=True):
            assert np.asarray(a).dtype == np.asarray(b).dtype, row.name
            np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol / 100, err_msg=row.name)
