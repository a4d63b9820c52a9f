"""compile: a program gives what its function gives, for every row, random programs, networks."""

import dataclasses
import warnings
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import autograd as ag
from autograd.core.op import COMPOSITES
from autograd.errors import DtypeError, GraphError, Undecided
from autograd.read.compile import parts, routine
from autograd.read.compile.signature import Signature
from autograd.read.passes.floats import rewritten
from tests.autograd.alone import run_alone
from tests.autograd.case import for_each
from tests.autograd.cases import CASES
from tests.autograd.helpers import cotangent
from tests.autograd.programs import programs


def same(found, expected, rtol=0.0):
    """The same structure, types and numbers; to the last bit unless told."""
    if isinstance(expected, (list, tuple, dict)):
        assert type(found) is type(expected) and len(found) == len(expected)
        keys = expected if isinstance(expected, dict) else range(len(expected))
        for k in keys:
            same(found[k], expected[k], rtol)
        return
    if isinstance(expected, ag.Tensor):
        assert isinstance(found, ag.Tensor) and not found.requires_grad
        found, expected = found.data, expected.data
    assert np.shape(found) == np.shape(expected)
    assert np.asarray(found).dtype == np.asarray(expected).dtype
    if rtol:
        np.testing.assert_allclose(found, expected, rtol=rtol, atol=rtol)
    else:
        np.testing.assert_array_equal(found, expected)


# --- every row of the table -----------------------------------------------------------------------------------------


# Functions that look at the values to decide: what NumPy raises, how many entries there are, the rank of a matrix.
BY_VALUES = {"geomspace", "lstsq", "nanmedian", "nanquantile", "nanpercentile"}


@for_each("case", CASES)
def test_value_and_gradients_of_every_row(case):
    weights = cotangent(case.plain(*case.operands))

    def weighted(*values):
        out = case.substituted(*values)
        return np.sum(out * weights) if np.ndim(weights) else out * weights

    f = ag.value_and_grad(weighted, argnums=tuple(range(len(case.wanted))))
    given = [case.operands[i] for i in case.wanted]
    program = ag.compile(f)
    if case.function.__name__ in BY_VALUES:
        with pytest.raises(Undecided, match="differs from call to call"):
            program(*given)
        return
    with np.errstate(all="ignore"), pytest.MonkeyPatch.context() as unsimplified:
        expected = f(*given)
        same(program(*given), expected, rtol=1e-12)
        same(run_alone(program, *given), program(*given))
        unsimplified.setattr(routine, "COMPILED", [one for one in routine.COMPILED if one is not rewritten])
        # To the last bit; only what is summed in another order, since it lies in another order in memory, to rounding.
        same(ag.compile(f)(*given), expected, rtol=1e-15 if str(case).startswith("logspace-0d,2") else 0)


@for_each("case", [c for c in CASES if c.function in COMPOSITES])
def test_values_alone_of_every_composite(case):
    """Where nothing is a Tensor, a definition runs on stand-ins, which are neither Tensors nor plain arrays."""
    given = [np.asarray(case.operands[i]) for i in case.wanted]
    with np.errstate(all="ignore"):
        expected = case.substituted(*given)
        compiled = ag.compile(case.substituted)
        try:
            found = compiled(*given)
        except Undecided as refusal:
            assert "differs from call to call" in str(refusal) and case.function.__name__ in BY_VALUES
            return
    same(run_alone(compiled, *given), found)
    same(
        list(found) if isinstance(found, tuple) else found,
        list(expected) if isinstance(expected, tuple) else expected,
        rtol=1e-12,
    )


def test_differences_of_booleans_and_of_evenly_spaced_places():
    mask, places = np.array([True, False, False, True]), np.array([0.0, 0.5, 1.0, 1.5])
    same(ag.compile(lambda m: np.diff(m))(mask), np.diff(mask))
    same(ag.compile(lambda m: np.diff(m, 2, prepend=False))(mask), np.diff(mask, 2, prepend=False))
    slopes = ag.compile(lambda y, x: np.gradient(y, x))
    same(slopes(places**2, places), np.gradient(places**2, places), rtol=1e-15)
    same(slopes(places**2, places**3), np.gradient(places**2, places**3), rtol=1e-15)  # by the same program


# --- random programs ----------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_random_programs(program):
    f = ag.value_and_grad(program, argnums=tuple(range(len(program.shapes))))
    quick = ag.compile(f)
    given = program.inputs()
    same(quick(*given), f(*given), rtol=1e-12)
    other = dataclasses.replace(program, seed=program.seed + 1).inputs()  # the weights stay those of the program
    same(quick(*other), f(*other), rtol=1e-11)
    assert len(quick.programs) == 1


# --- networks -------------------------------------------------------------------------------------------------------


def step(W, b, X, Y, lr):
    """A training step of a network of any number of layers, tanh inside and a sigmoid at the end."""

    def cost(W, b):
        A = X
        for l in range(len(W)):
            Z = W[l] @ A + b[l]
            A = np.tanh(Z) if l < len(W) - 1 else ag.sigmoid(Z)
        return ag.binary_cross_entropy(A, Y)

    J, (dW, db) = ag.value_and_grad(cost, argnums=(0, 1))(W, b)
    return J, [w - lr * g for w, g in zip(W, dW)], [x - lr * g for x, g in zip(b, db)]


def network(*sizes, m=7, dtype=float, seed=0):
    rng = np.random.default_rng(seed)
    W = [rng.standard_normal((n, k)).astype(dtype) for k, n in pairwise(sizes)]
    b = [rng.standard_normal((n, 1)).astype(dtype) for n in sizes[1:]]
    X = rng.standard_normal((sizes[0], m)).astype(dtype)
    return W, b, X, (rng.random((sizes[-1], m)) > 0.5).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_training_step(dtype):
    quick = ag.compile(step)
    W, b, X, Y = network(3, 5, 4, 2, dtype=dtype)
    for _ in range(3):
        expected = step(W, b, X, Y, 0.1)
        same(quick(W, b, X, Y, 0.1), expected, rtol=1e-12 if dtype is np.float64 else 1e-5)
        _, W, b = expected
    assert len(quick.programs) == 1 and "* (A3 - Y)" in quick.source


def test_the_program_is_the_one_that_an_expert_writes():
    W, b, X, Y = network(2, 4, 1, m=400)
    quick = ag.compile(lambda W, b, X, Y: step(W, b, X, Y, 0.01))
    quick(W, b, X, Y)
    lines = [line.partition("  #")[0].strip() for line in quick.source.splitlines()]
    assert lines[lines.index("b1, b2 = b") + 1 : -1] == [
        "Z1 = W1 @ X + b1",
        "A1 = np.tanh(Z1)",
        "Z2 = W2 @ A1 + b2",
        "A2 = 1 / (1 + np.exp(-Z2))",
        "t5 = -(np.vdot(Y, np.log(A2)) + np.vdot(1 - Y, np.log(1 - A2))) / 400",
        "J = t5 if t5 == t5 else ag.binary_cross_entropy(A2, Y)",
        "dZ2 = 0.0025 * (A2 - Y)",
        "db2 = dZ2.sum(axis=1, keepdims=True)",
        "dW2 = dZ2 @ A1.T",
        "dA1 = W2.T * dZ2",
        "dZ1 = dA1 * (1 - A1**2)",
        "db1 = dZ1.sum(axis=1, keepdims=True)",
        "dW1 = dZ1 @ X.T",
    ]


def test_saturated_predictions():
    W, b, X, Y = network(2, 1, m=5)
    W[0] *= 1e4
    J, (new_W,), _ = ag.compile(step)(W, b, X, Y, 0.1)
    A = ag.sigmoid(W[0] @ X + b[0])
    assert set(A.ravel()) <= {0.0, 1.0} and np.inf == J  # the rule itself, (A - Y)/(A(1 - A)) * A(1 - A), is 0/0 here
    np.testing.assert_allclose(new_W, W[0] - 0.1 * (A - Y) @ X.T / 5)


# --- numbers ----------------------------------------------------------------------------------------------------------


def neurons(p, x):
    for layer in p:
        x = [np.tanh(sum((w * v for w, v in zip(row, x, strict=False)), row[-1])) for row in layer]
    return x[0]


def test_a_graph_of_numbers_is_straight_line_code():
    rng = np.random.default_rng(0)
    p = [rng.standard_normal((4, 3)).tolist(), rng.standard_normal((1, 5)).tolist()]
    f = ag.value_and_grad(neurons)
    quick = ag.compile(f)
    same(quick(p, [0.3, -0.4]), f(p, [0.3, -0.4]))
    assert "np." not in quick.source.partition("def ")[2] and "from math import tanh" in quick.source


@pytest.mark.parametrize(
    "f, x",
    [
        (lambda x: np.exp(x), 1000.0),
        (lambda x: 1 / x, 0.0),
        (lambda x: np.log(x), -1.0),
        (lambda x: np.sqrt(x), -1.0),
        (lambda x: x**0.5, -1.0),
        (lambda x: ag.sigmoid(x), -1000.0),
        (lambda x: ag.log_sigmoid(x), -1000.0),
        (lambda x: ag.relu(x), np.nan),
    ],
)
def test_numbers_at_which_python_raises_or_turns_complex(f, x):
    quick = ag.compile(ag.value_and_grad(f))
    same(quick(0.5), ag.value_and_grad(f)(0.5))
    with np.errstate(all="ignore"):
        same(quick(x), ag.value_and_grad(f)(x))
        same(ag.compile(ag.value_and_grad(f))(x), ag.value_and_grad(f)(x))  # also at the first call
    assert len(quick.programs) == 1


def test_a_long_program_is_made_of_functions_of_bounded_size(monkeypatch):
    def chain(x, y):
        for _ in range(300):
            x, y = np.sin(x * y), x + y
        return x * y

    f = ag.value_and_grad(chain, argnums=(0, 1))
    monkeypatch.setattr(parts, "MOST", 50)
    quick = ag.compile(f)
    same(quick(0.3, 0.2), f(0.3, 0.2))
    functions = quick.source.split("\ndef ")[1:]
    assert len(functions) > 5 and all(len(text.splitlines()) < 120 for text in functions)
    X = np.array([0.3, 0.4])
    g = ag.grad(lambda x, y: np.sum(chain(x, y)))
    quick = ag.compile(g)
    same(quick(X, X), g(X, X))


# --- arguments and results --------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    left: Any
    right: Any


def test_arguments_and_results_of_any_structure():
    def f(p, *rest, scale, flag=True):
        out = {"sum": p["a"] + p["b"][0], "pair": Pair(p["b"][1].left * scale, [rest[0], ()])}
        return out if flag else None

    quick = ag.compile(f, static="flag")
    a = np.arange(3.0)
    args, kwargs = ({"a": a, "b": (a * 2, Pair(a * 3, 2))}, a * 5), {"scale": 0.5}
    same(quick(*args, **kwargs), f(*args, **kwargs))
    same(quick(*args, **kwargs, flag=True), f(*args, **kwargs))
    assert quick(*args, **kwargs, flag=False) is None
    assert len(quick.programs) == 3


KINDS = {
    "shape": (np.ones(3), np.ones(4)),
    "dtype": (np.ones(3), np.ones(3, np.float32)),
    "an integer for a float": (1.5, 2),
    "an array for a float": (1.5, np.ones(2)),
    "number of items": ([1.0, 2.0], [1.0, 2.0, 3.0]),
    "number of floats": ([1.0] * 5, [1.0] * 6),
    "an array among floats": ([1.0] * 5, [1.0, 1.0, np.ones(2), 1.0, 1.0]),
    "number of rows": ([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    "number of rows of arrays": ([[np.ones(2)], [np.ones(2)]], [[np.ones(2)], [np.ones(2)], [np.ones(2)]]),
    "list and tuple": ([1.0, 2.0], (1.0, 2.0)),
    "keys": ({"a": 1.0}, {"b": 1.0}),
    "more keys": ({"a": 1.0}, {"a": 1.0, "b": 2.0}),
    "static values": ("a", "b"),
    "booleans": (True, False),
    "None": (None, 1.0),
}


@pytest.mark.parametrize("case", KINDS)
def test_each_kind_of_argument_has_its_program(case):
    def f(x):
        if isinstance(x, dict):
            return sum(x.values())
        if isinstance(x, (list, tuple)):
            return sum(map(f, x))
        return (x, 1) if isinstance(x, (str, bool, type(None))) else x * 2

    quick = ag.compile(f)
    for x in (*KINDS[case], *KINDS[case]):
        same(quick(x), f(x))
    assert len(quick.programs) == 2
    assert repr(quick).startswith("<compiled f: 2 programs:\n  (x: ")


_VALUES = st.sampled_from([1.0, 2.5, 2, np.float64(1.0), np.ones(2), np.ones(3), np.ones(2, np.float32)])
_ROWS = st.lists(st.lists(st.just(0.5), max_size=5) | st.just((0.5,) * 4), max_size=3)
STRUCTURES = _ROWS | st.recursive(
    _VALUES,
    lambda part: (
        st.lists(part, max_size=5)
        | st.lists(part, max_size=5).map(tuple)
        | st.dictionaries(st.sampled_from("abc"), part, max_size=3)
    ),
    max_leaves=8,
)


def _kind(x):
    """What tells the kind of an argument from all others."""
    if isinstance(x, dict):
        return dict, [(k, _kind(v)) for k, v in x.items()]
    if isinstance(x, (list, tuple)):
        return type(x), [_kind(v) for v in x]
    return (x.shape, x.dtype) if isinstance(x, np.ndarray) else type(x)


@settings(max_examples=80, deadline=None)
@given(STRUCTURES, STRUCTURES, STRUCTURES)
def test_a_program_fits_arguments_of_its_own_kind_and_no_others(x, y, z):
    for one in (x, [x, y], [x, x]):
        source, scope = Signature(["x"], (one,), {}, frozenset()).question()
        exec(source, scope)
        for other in (x, y, z, [x, y], [y, x], [x, x], [x, x, x], [x], (x, x), [x, y, z]):
            try:
                fits = scope["fits"](other)
            except Exception:  # as compile takes it
                fits = False
            assert fits == (_kind(one) == _kind(other)), (one, other, source)


def test_results_are_nobody_elses():
    X = np.ones((2, 3))
    quick = ag.compile(lambda X: (X, X.T, X * 2, X * 2, np.reshape(X, -1)))
    for result in (out := quick(X)):
        assert not np.shares_memory(result, X) and result.flags.writeable
    assert not np.shares_memory(out[2], out[3])
    (g,) = (ag.compile(ag.grad(lambda x, y: np.sum(x * y)))(X, X),)
    assert not np.shares_memory(g, X) and g.flags.writeable


def test_names_of_the_users_never_clash_with_those_of_the_program():
    def f(np_, tanh, values, out1, ag, float):
        t1 = tanh * 2
        return [np.tanh(x) for x in (np_, t1, values, out1, ag, float)]

    args = [0.1, 0.2, 0.3, 0.4, 0.5, np.array([0.6])]
    same(ag.compile(f)(*args), f(*args))
    same(ag.compile(lambda np: np * 2)(1.5), 3.0)
    same(ag.compile(lambda np: np * 2)(np=1.5), 3.0)


HOSTILE = ["out1", "out2", "out3", "t1", "t2", "x_1", "x_2", "out1_2", "_", "ｏut2", "outcome", "array1", "np", "f"]
LONG = (
    "numpy.exp(numpy.sin({0}) * numpy.cos({0}) + numpy.tanh({0}) * numpy.sqrt({0}) + numpy.log({0}) * {0} + {0} * 1.5)"
)


@pytest.mark.parametrize(
    "results",
    [
        ("{0}", LONG),
        (LONG, "{0}"),
        ("x * 2", "{0}"),
        ("{0}", "x * 2"),
        ("{0}", "{1}", "x + 1"),
        ("x - 1", "{1}", "{0}"),
    ],
    ids=lambda results: ", ".join(results).replace(LONG, "long"),
)
@pytest.mark.parametrize("first", HOSTILE)
def test_results_are_told_apart_whatever_the_variables_are_called(first, results):
    """Two variables of hostile names: one a step, the other a step or an argument."""
    x, y = np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.7, 0.9])
    for second in HOSTILE:
        returned = ", ".join(results).format(first, second)
        for argument, line in ((second, ""), ("y", f"    {second} = y + 3\n")):
            text = f"def f(x, {argument}):\n    {first} = x * 2\n{line}    return {returned}\n"
            scope = {"numpy": np}
            exec(compile(text, "hostile.py", "exec"), scope)
            same(ag.compile(scope["f"])(x, y), scope["f"](x, y))


def test_signatures_of_all_sorts():
    same(ag.compile(np.tanh)(0.5), float(np.tanh(0.5)))
    same(ag.compile(lambda x, y=2.0, *more, z=1.0: x * y * z + sum(more))(1.0, z=3.0), 6.0)
    same(ag.compile(lambda *xs: xs[0] + xs[1])(1.0, 2.0), 3.0)
    same(ag.compile(lambda **xs: xs["a"] + xs["b"])(b=1.0, a=2.0), 3.0)
    with pytest.raises(TypeError):
        ag.compile(lambda x: x)()
    with pytest.raises(TypeError):
        ag.compile(3)


def test_refusals_say_what_to_do():
    with pytest.raises(GraphError, match=r"w is a Tensor\. Pass `w\.data`"):
        ag.compile(lambda w: w)(ag.Tensor(1.0))
    with pytest.raises(GraphError, match="x is of type set"):
        ag.compile(lambda x: x)({1, 2})
    with pytest.raises(DtypeError, match="x is an array of complex128"):
        ag.compile(lambda x: x)(np.ones(2, complex))
    with pytest.raises(Undecided, match=r"np\.where"):
        ag.compile(lambda x: x if x > 0 else -x)(1.0)
    with pytest.raises(GraphError, match="has no such argument"):
        ag.compile(lambda x: x, static="y")
    with pytest.raises(GraphError, match="has not been called yet"):
        _ = ag.compile(lambda x: x).source
    w = ag.Tensor([1.0], name="w")
    with pytest.raises(GraphError, match="f uses w"):
        ag.compile(lambda x: np.sum(w * x))(np.ones(1))


def test_many_programs_are_warned_of():
    quick = ag.compile(lambda x: x * 2)
    with pytest.warns(UserWarning, match=r"compiled for 8 kinds of arguments:(.|\n)*\(1,\) float64"):
        for n in range(9):
            quick(np.ones(n))


def test_a_traceback_shows_the_line_of_the_program():
    quick = ag.compile(lambda x: np.linalg.inv(x) * 2)
    quick(np.eye(2))
    with pytest.raises(np.linalg.LinAlgError):
        quick(np.zeros((2, 2)))


def test_no_warning_where_the_engine_gives_none():
    f = ag.value_and_grad(lambda Z, Y: ag.binary_cross_entropy(ag.sigmoid(Z), Y))
    Z = np.array([[-1000.0, 1000.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same(ag.compile(f)(Z, np.array([[0.0, 1.0]])), f(Z, np.array([[0.0, 1.0]])))


def test_higher_derivatives():
    f = ag.hessian(lambda x: np.sum(np.tanh(x) ** 3))
    x = np.array([0.3, -0.2])
    same(ag.compile(f)(x), f(x), rtol=1e-12)
    g = ag.grad(ag.grad(lambda x: np.sin(x) * x))
    same(ag.compile(g)(0.5), g(0.5), rtol=1e-12)
    h = lambda x, v: ag.hvp(lambda x: np.sum(x**3), (x,), (v,))
    same(ag.compile(h)(x, x), h(x, x), rtol=1e-12)
    j = lambda x, t: ag.jvp(lambda x: np.exp(x) * x, (x,), (t,))
    same(ag.compile(j)(x, x), j(x, x), rtol=1e-12)


def test_backward_within_a_function():
    def f(w, x):
        W = ag.Tensor(w, name="W")
        J = np.sum(np.tanh(W * x))
        J.backward()
        return J, W.grad

    w, x = np.array([0.5, 1.0]), np.array([0.2, 0.3])
    same(ag.compile(f)(w, x), f(w, x))


def test_checkpoint_within_a_function():
    f = ag.grad(lambda x: np.sum(ag.checkpoint(lambda t: np.sin(np.exp(t)))(x)))
    x = np.array([0.2, 0.3])
    same(ag.compile(f)(x), f(x))


def test_whole_numbers_differ_from_call_to_call():
    def f(n, x):
        return n + 1, n * 2 // 3, -n, n**2, n / 2, x**n, 0.9**n, [n == 3, n > 2]

    quick = ag.compile(f)
    x = np.array([0.5, 2.0])
    for n in (3, 4, 5):
        same(quick(n, x), f(n, x))
    assert len(quick.programs) == 1


def test_a_count_is_a_number_of_the_program():
    f = lambda x: (np.count_nonzero(x > 0) + 1, np.sum(x) / np.count_nonzero(x))
    quick = ag.compile(f)
    for x in (np.array([1.0, -1.0, 2.0]), np.array([0.0, -1.0, 2.0])):
        same(quick(x), f(x))


def test_an_optimizer_with_a_step_counter():
    def step(p, m, v, t, x):
        J, g = ag.value_and_grad(lambda p: np.sum(np.tanh(p * x)))(p)
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g**2
        return J, p - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8), m, v, t + 1

    quick = ag.compile(step)
    x = np.linspace(-1, 2, 5)
    state = expected = (np.ones(5), np.zeros(5), np.zeros(5), 1)
    for _ in range(4):
        state, expected = quick(*state, x)[1:], step(*expected, x)[1:]
        same(state, expected, rtol=1e-12)
    assert len(quick.programs) == 1


def test_a_compiled_function_within_another():
    inner = ag.compile(lambda x: np.tanh(x) * 2)
    outer = ag.compile(lambda x: ag.value_and_grad(lambda t: np.sum(inner(t) ** 2))(x))
    f = ag.value_and_grad(lambda t: np.sum((np.tanh(t) * 2) ** 2))
    for x in (np.array([0.3, -0.2]), np.array([1.3, 0.7])):
        same(outer(x), f(x), rtol=1e-12)
    assert len(inner.programs) == 0 and len(outer.programs) == 1


def test_whole_numbers_of_pythons_have_no_end():
    quick = ag.compile(lambda n: (2**n, n * n, n // 3, n % 7, n - 1))
    for n in (7, 100, 1000):
        assert quick(n) == (2**n, n * n, n // 3, n % 7, n - 1)


def test_static_values_that_are_equal_but_not_the_same():
    quick = ag.compile(lambda x, s: x // s[0] if isinstance(s[0], int) else x / s[0], static="s")
    assert [quick(3.0, s) for s in ((2,), (2.0,), (True,))] == [1.0, 1.5, 3.0]
    sign = ag.compile(lambda x, s: x * np.copysign(1.0, s), static="s")
    assert (sign(1.0, 0.0), sign(1.0, -0.0)) == (1.0, -1.0)


def test_the_order_of_keys_counts():
    quick = ag.compile(lambda d: sum(i * v for i, v in enumerate(d.values())))
    assert (quick({"a": 1.0, "b": 2.0}), quick({"b": 5.0, "a": 2.0})) == (2.0, 2.0)


def test_an_object_that_may_change_is_refused():
    class Model:
        W = np.ones(2)

        @ag.compile
        def double(self, x):
            return 2 * x

    with pytest.raises(GraphError, match=r"o is of type Model.*static="):
        ag.compile(lambda o, x: o.W * x)(Model(), 2.0)
    with pytest.raises(GraphError, match="self is of type Model"):
        Model().double(1.0)


def test_arguments_may_be_called_as_pythons_own_functions():
    quick = ag.compile(lambda **given: given["type"] + given["sum"] * given["len"])
    assert quick(type=1.0, sum=2.0, len=3.0) == 7.0
    assert ag.compile(lambda *xs, **more: xs[0] + more["xs_1"])(1.0, xs_1=2.0) == 3.0


def test_a_program_shows_nan_and_rounds_as_its_function_does():
    f = lambda x: (x - x, 0 * x, x / x, (x + 1e16) - 1e16)
    quick = ag.compile(f)
    quick(np.array([0.3, 0.4]))
    with np.errstate(invalid="ignore"):
        same(quick(np.array([np.nan, 0.0])), f(np.array([np.nan, 0.0])))


def test_a_comparison_of_a_tensor_with_a_plain_argument_is_compiled():
    """What carries no gradient is run on values, where Tensors and plain arguments may stand beside each other."""

    def f(x, y):
        return np.where(np.isclose(ag.Tensor(x), y), x, [y, y][1])

    x, y = np.array([1.0, 2.0]), np.array([1.0, 3.0])
    compiled = ag.compile(f)
    np.testing.assert_array_equal(compiled(x, y), f(x, y))
    np.testing.assert_array_equal(compiled(y, x), f(y, x))
