"""Whatever the variables and functions of a user are called, the C has their names or others, and the same numbers."""

import keyword

import numpy as np
import pytest

import autograd as ag
from tests.autograd.native import need_compiler

# Names of C, of its library, of what the programs declare themselves: loops, memory, sums.
NAMES = (  # noqa: SIM905
    "i j k l i1 i2 j1 numbers whole scratch objects array status sin exp tanh sqrt fabs sqrtf ROWS AS_IT_IS "
    "TRANSPOSED int64_t float double out out_2 t t_2 z_sum cg_exp cg_sum cg_add malloc free NAN bool restrict asm I "
    "inline Array PyObject block total main y0 unix linux signed register σ é"
).split()
EXPRESSION = "np.exp(-abs({0})) + np.sin({0} * x) * np.sqrt(np.abs({0}))"


def function_of(names, line, name="f"):
    """A function with all these arguments, as its text says."""
    terms = " + ".join(f"{k + 1} * ({line.format(name)})" for k, name in enumerate(names))
    returned = "np.sum(z), z @ z.T, np.sum(z * z, axis=0)"
    text = f"def {name}(x, {', '.join(names)}):\n    z = {terms}\n    return {returned}\n"
    scope = {"np": np}
    exec(text, scope)
    return scope[name]


@pytest.mark.parametrize("kind", ["numbers", "arrays", "results"])
def test_variables_of_any_name(kind):
    need_compiler()
    assert not [name for name in NAMES if keyword.iskeyword(name)]
    rng = np.random.default_rng(0)
    x = rng.standard_normal((30, 20))
    given = [rng.standard_normal((30, 20)) if kind == "arrays" else float(v) for v in rng.random(len(NAMES))]
    f = function_of(NAMES, EXPRESSION)
    if kind == "results":
        lines = "".join(f"    {name} = np.tanh(x * {k + 1})\n" for k, name in enumerate(NAMES))
        scope = {"np": np}
        exec(f"def f(x):\n{lines}    return [np.sum(x * x), {', '.join(NAMES)}]\n", scope)
        f, given = scope["f"], []
    quick = ag.compile(f, backend="c")
    for found, expected in zip(quick(x, *given), f(x, *given), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-12)
    assert quick.backend == "c", quick.why_not


@pytest.mark.parametrize("name", ["sin", "int", "<lambda>", "main", "free", 'a*/ int x; /* \n "\\', "σ", ""])
def test_functions_of_any_name(name):
    need_compiler()

    def f(x):
        return np.sum(np.sin(x) * np.exp(x))

    f.__name__ = name
    quick = ag.compile(f, backend="c")
    np.testing.assert_allclose(quick(np.ones(50)), f(np.ones(50)), rtol=1e-14)
    assert quick.backend == "c", quick.why_not
