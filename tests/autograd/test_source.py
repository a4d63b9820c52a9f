"""Source: what is printed as NumPy runs, and gives what the engine gives, for every row of the table."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import autograd as ag
from autograd import rules
from autograd.core.op import OPS
from autograd.read import Naming, NumPyWriter, Term, program, rule, source, whole
from autograd.read.printing.definitions import Unwritten, with_names, written_out
from autograd.read.printing.source import preamble
from autograd.read.term import in_order, value_of
from autograd.rules.elementwise import gap
from autograd.rules.norms import euclidean
from tests.autograd.alone import run_alone
from tests.autograd.case import for_each
from tests.autograd.cases import CASES, CONSTANTS
from tests.autograd.helpers import cotangent

MATRIX = np.linspace(-1.0, 1.0, 6).reshape(2, 3)


def symbol(name, value=MATRIX):
    return Term(np.asarray(value) if np.ndim(value) else value, name)


def run(root, values=None):
    """What the source of a Term gives when it is run; `values` are those of the names where Terms have none."""
    writer = NumPyWriter()
    text = writer(root)
    known = {writer.variable(s): values[s.name] if s.value is None else s.value for s in _named(root)}
    imported = {}
    exec("\n".join(preamble(writer.imports, writer.helpers)), imported)  # what is left are constants of the program
    handed = {name: x for name, x in writer.namespace.items() if isinstance(x, np.ndarray)}
    with np.errstate(all="ignore"):
        return eval(text, imported | handed, known)


def _named(root):
    return [s for s in in_order([root]) if s.name is not None]


def equal(found, expected):
    """To the last bit; of numbers to rounding, since the engine's `math` may round in another way than NumPy."""
    assert np.shape(found) == np.shape(expected)
    if np.ndim(expected):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    else:
        np.testing.assert_allclose(found, expected, rtol=4e-16, atol=0)


class Edges(ag.Observer):
    """What the sweep has sent along each edge."""

    def __init__(self):
        self.seen = []

    def edge(self, node, position, incoming, contribution, fitted, total):
        self.seen.append((node, position, incoming, fitted))


# --- the whole table --------------------------------------------------------------------------------------------------


def read_and_run(case, operands):
    """What the sources of the value and of each rule give, and what the Terms and the sweep say."""
    out = case(*(ag.Tensor(x) if i in case.wanted else x for i, x in enumerate(operands)))
    called = Naming(out.node)
    # A scalar of double precision decides the dtype, as the program of a derivation is handed it.
    kept = ag.values(out.node).items()
    values = {called(node): np.float64(value) if type(value) is float else value for node, value in kept}
    yield run(whole(out.node, called, stop=lambda _: False), values), out.data, out.data
    edges = Edges()
    ag.reverse(out.node, np.asarray(cotangent(out.data), out.dtype) if out.shape else 0.7, observers=(edges,))
    for node, position, incoming, fitted in edges.seen:
        made = rule(node, position, called, incoming)
        yield run(made), value_of(made), fitted


@for_each("case", CASES)
def test_every_row_and_its_rules_are_printed_as_numpy_that_gives_their_values(case):
    for found, _, expected in read_and_run(case, case.operands):
        equal(found, expected)


@for_each("case", [c for c in CASES if "2x3" in c.note])
def test_what_is_printed_keeps_single_precision(case):
    def narrow(x):
        return x.astype("f4") if type(x) is np.ndarray and x.dtype == float else x

    for found, expected, swept in read_and_run(case, [narrow(x) for x in case.operands]):
        equal(found, expected)
        np.testing.assert_allclose(found, swept, rtol=1e-5)  # raw numbers may carry some digits more


@for_each("case", CONSTANTS)
def test_constants_are_printed_as_numpy_that_gives_their_values(case):
    operands = [Term(x, f"x{i}") if isinstance(x, (np.ndarray, float)) else x for i, x in enumerate(case.operands)]
    found, expected = case(*operands), case(*case.operands)
    for part, value in zip(*((x,) if not isinstance(x, tuple) else x for x in (found, expected)), strict=True):
        if isinstance(part, Term):
            np.testing.assert_array_equal(run(part), value)
        else:  # a shape, a dtype
            assert part == value


# --- at the ends of the range -----------------------------------------------------------------------------------------

EXTREMES = np.array([-np.inf, -1000.0, -1.0, -0.0, 0.0, 0.5, 1.0, 1000.0, np.inf, np.nan])
UNARY = [rules.sigmoid, rules.relu, rules.leaky_relu, rules.log_sigmoid, rules.softmax, rules.logsumexp, euclidean]
BINARY = [rules.ratio, rules.xlogy, rules.log_loss, rules.log_loss_slope, gap]


@pytest.mark.parametrize("function", [*UNARY, rules.normalize], ids=lambda f: f.__name__)
def test_functions_of_networks_are_exact_at_extremes(function):
    for x in (EXTREMES, EXTREMES[:-1], EXTREMES[1:-2], EXTREMES[2:5]):
        with np.errstate(all="ignore"):
            equal(run(function(Term(x, "x"))), np.asarray(OPS[function].run([x], {})))


@pytest.mark.parametrize("function", BINARY, ids=lambda f: f.__name__)
def test_where_zero_counts_the_code_calls_the_engine(function):
    x, y = (np.ravel(g) for g in np.meshgrid(EXTREMES, EXTREMES))
    made = function(Term(x, "x"), Term(y, "y"))
    equal(run(made), OPS[function].run([x, y], {}))
    assert function.__name__ in source(made)


# --- how it reads -----------------------------------------------------------------------------------------------------

W, X, B = symbol("W", np.ones((4, 2))), symbol("X"), symbol("b", np.ones((4, 1)))
DZ = Term(np.ones((4, 3)), "Z", gradient=True)
A, P = symbol("A", MATRIX + 2), symbol("P", MATRIX > 0)

READS = {
    "W @ X + b": lambda: W @ X + B,
    "dZ @ X.T / 3": lambda: DZ @ X.T / 3,
    "W.T @ dZ * (1 - A**2)": lambda: W.T @ DZ * (1 - A * A),
    "np.sum(dZ, axis=1, keepdims=True)": lambda: np.sum(DZ, axis=1, keepdims=True),
    "1 / (1 + np.exp(-X))": lambda: ag.sigmoid(X),
    "np.maximum(X, 0.0)": lambda: ag.relu(X),
    "np.where(X > 0, X, 0.01 * X)": lambda: ag.leaky_relu(X),
    "ag.log_loss(A, X)": lambda: ag.log_loss(A, X),
    "A - (X - A)": lambda: A - (X - A),
    "A - X - A": lambda: A - X - A,
    "A / (X / A)": lambda: A / (X / A),
    "A * X / A": lambda: A * X / A,
    "-A**2": lambda: -(A * A),
    "(-A)**2": lambda: np.square(-A),
    "-(-A)": lambda: np.negative(-A),
    "2.0**-A": lambda: 2.0**-A,
    "(A**X)**2": lambda: (A**X) ** 2,
    "A**X**2": lambda: A ** (X**2),
    "A * -2.0": lambda: A * -2.0,
    "(A > 0) & ~P | P": lambda: (A > 0) & ~P | P,
    "A[0, 1:]": lambda: A[0, 1:],
    "(A + X)[..., None, ::2]": lambda: (A + X)[..., None, ::2],
    "A[:, [0, 2]]": lambda: A[:, [0, 2]],
    "A[A > 0]": lambda: A[A > 0],
    "np.reshape(A, (3, 2))": lambda: np.reshape(A, (3, 2)),
    "np.concatenate([A, X + 1], axis=1)": lambda: np.concatenate([A, X + 1], axis=1),
    "np.einsum('ij,kj->ik', A, X)": lambda: np.einsum("ij,kj", A, X),
    "A[0][:, None] * A[1][None, :]": lambda: np.expand_dims(A[0], 1) * np.expand_dims(A[1], 0),
    "np.sum(A)": lambda: np.reshape(np.sum(A, axis=(0, 1), keepdims=True), ()),
    "np.sum(A, axis=0)": lambda: np.reshape(np.sum(A, axis=0, keepdims=True), (3,)),
    "A": lambda: np.reshape(np.broadcast_to(rules.identity(A), (2, 3)), (2, 3)),
    "np.where(P, A, np.nan)": lambda: np.where(P, A, float("nan")),
    "A * np.array([1.0, -np.inf, 0.5])": lambda: A * np.array([1.0, -np.inf, 0.5]),
    "A + np.array([1, 2, 4], dtype=np.int8)": lambda: A + np.array([1, 2, 4], np.int8),
    "A @ np.eye(3) + np.arange(3)": lambda: A @ np.eye(3) + np.arange(3),
    "A + np.zeros((2, 1)) + np.ones((3,))": lambda: A + np.zeros((2, 1)) + np.ones(3),
    "A.astype(np.float32) * np.float32(0.1)": lambda: A.astype("f4") * np.float32(0.1),
    "np.linalg.slogdet(A[:, :2])[1]": lambda: np.linalg.slogdet(A[:, :2])[1],
    "np.linalg.vector_norm(A, ord=3.0)": lambda: np.linalg.vector_norm(A, ord=3),
    "ag.put(A, (0, 1), 5.0)": lambda: ag.put(A, (0, 1), 5.0),
}


@pytest.mark.parametrize("text", READS)
def test_how_it_reads(text):
    made = READS[text]()
    assert source(made) == text
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(run(made), made.value)


def test_names_become_identifiers_and_stay_apart():
    parts = [symbol(name) for name in ("x.1", "x_1", "lambda", "np", "2nd", "α", "dx")]
    parts.append(Term(MATRIX, "x", gradient=True))
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    assert source(total) == "x_1 + x_1_2 + lambda_ + np_ + _2nd + α + dx + dx_2"


def test_names_can_be_given():
    assert source(A - DZ[:2], name_of=lambda s: {"A": "activations"}.get(s.name)) == "activations - dZ[:2]"


def test_large_constants_are_handed_to_the_code():
    large, other = np.linspace(0.0, 1.0, 60).reshape(3, 20), np.linspace(1.0, 2.0, 40).reshape(2, 20)
    writer = NumPyWriter()
    assert writer((A @ large + other) * (A @ large)) == "(A @ array1 + array2) * (A @ array1)"
    assert writer.namespace["array1"] is large


def test_a_function_of_the_users_is_called_by_its_name():
    def cube(x):
        return x**3

    cube = ag.primitive.elementwise(cube, lambda _out, x: 3 * x**2)
    writer = NumPyWriter()
    assert writer(cube(A)) == "cube(A)"
    assert writer.namespace["cube"] is cube
    assert writer.imports == ["import numpy as np"]  # it stands in no module from which it could be imported


def test_an_expression_that_would_explode_is_refused():
    y = A
    for _ in range(40):
        y = y + y * 0.5
    with pytest.raises(ag.GraphError, match=r"read\.program"):
        source(y)
    assert len(program({"y": y}).lines) == 40


# --- programs ---------------------------------------------------------------------------------------------------------


def executed(made, **inputs):
    scope = dict(made.namespace) | inputs
    exec("\n".join([*made.imports, *made.body]), scope)
    return {name: scope[variable] for name, variable in made.outputs.items()}


def test_a_program_shares_what_is_computed_alike_and_leaves_out_what_nobody_needs():
    z = W @ X + B
    unused = np.exp(z)  # noqa: F841
    made = program({"s": ag.softmax(z), "again": np.exp(W @ X + B - np.max(z, axis=0, keepdims=True))})
    assert str(made).splitlines() == [
        "import numpy as np",
        "",
        "t1 = W @ X + b                                          # (4, 3)",
        "again = np.exp(t1 - np.max(t1, axis=0, keepdims=True))  # (4, 3)",
        "s = again / np.sum(again, axis=0, keepdims=True)        # (4, 3)",
    ]
    assert made.inputs == ["W", "X", "b"]
    found = executed(made, W=W.value, X=X.value, b=B.value)
    equal(found["s"], ag.softmax(z.value))


def test_views_are_not_worth_a_line():
    made = program({"p": A.T @ A + X.T @ A, "q": A.T @ X})
    assert [a.expression for a in made.lines] == ["A.T @ A + X.T @ A", "A.T @ X"]


def test_named_results_have_a_line():
    z = (W @ X + B).but(name="Z1")
    made = program({"J": np.sum(np.tanh(z) * z)})
    assert [(a.name, a.expression, a.shape) for a in made.lines] == [
        ("Z1", "W @ X + b", (4, 3)),
        ("J", "np.sum(np.tanh(Z1) * Z1)", ()),
    ]


def test_an_output_may_be_an_input_a_number_or_the_same_as_another():
    made = program({"A": A, "copy": A, "one": 1.0, "double": A * 2, "twice": A * 2, "X": A + X})
    assert made.body == [
        "double = A * 2  # (2, 3)",
        "X_2 = A + X     # (2, 3)",
        "copy = A        # (2, 3)",
        "one = 1.0",
        "twice = double  # (2, 3)",
    ]
    assert made.outputs["X"] == "X_2"


def test_long_expressions_are_cut():
    y = A
    for k in range(1, 31):
        y = y + np.sin(A * float(k))
    made = program({"y": y})
    assert all(len(a.expression) < 120 for a in made.lines)
    equal(executed(made, A=A.value)["y"], y.value)


def test_a_chain_of_thousands_is_no_recursion():
    y = A
    for _ in range(5000):
        y = np.sin(y) + 1
    equal(executed(program({"y": y}), A=A.value)["y"], y.value)


@pytest.mark.parametrize("name", ["Y", "ratio", "counted"])
def test_a_function_that_another_one_needs_has_one_definition(name):
    A, Y = Term(np.array([0.25, 0.5]), "A"), Term(np.array([0.0, 1.0]), name)
    slope, share, again = rules.log_loss_slope(A, Y), rules.ratio(Y, A), rules.ratio(A, Y)
    outputs = {"slope": slope, "share": share, "again": again, "other": rules.log_loss_slope(Y, A)}
    for order in (outputs, {key: outputs[key] for key in ("again", "other", "share", "slope")}):
        text = str(program(order))
        scope = {"A": A.value, name: Y.value}
        with np.errstate(all="ignore"):
            exec(text, scope)
            for key, s in order.items():
                np.testing.assert_array_equal(scope[key], value_of(s))
        assert text.count("def ratio") == text.count("def log_loss_slope") == 1


@cache
def definitions_of(function):
    try:
        return written_out(function)
    except Unwritten:
        return {}


OF_OTHERS = {  # functions with definitions that need others, and a case of each
    case.function: case for case in CASES if len(definitions_of(case.function)) > 1
}


@pytest.mark.parametrize("function", OF_OTHERS, ids=lambda f: f.__name__)
def test_definitions_may_be_called_otherwise(function):
    case, definitions = OF_OTHERS[function], definitions_of(function)
    others = {name: f"other_{name}" for name in definitions if name != function.__name__}
    scope = {"np": np}
    exec("\n".join(with_names(definitions, others).values()), scope)
    assert not others.keys() & scope.keys()
    with np.errstate(all="ignore"):
        found, expected = (replace(case, function=f)(*case.operands) for f in (scope[function.__name__], function))
    np.testing.assert_array_equal(found, expected)


def test_a_variable_may_be_called_as_what_a_function_needs():
    def cost(x, places, parts, may_repeat):
        return may_repeat * np.sum((x[places] * parts) ** 2)

    given = np.arange(5.0), np.array([0, 1, 1]), 2.0, 3.0
    compiled = ag.compile(ag.grad(cost))
    np.testing.assert_array_equal(compiled(*given), ag.grad(cost)(*given))
    np.testing.assert_array_equal(run_alone(compiled, *given), compiled(*given))
    assert "def places_2(" in compiled.source


def test_definitions_that_were_changed_are_the_callers_own():
    definitions_before = written_out(rules.ratio)
    written_out(rules.ratio).clear()
    with_names(written_out(rules.ratio), {"ratio": "other"}).clear()
    assert written_out(rules.ratio) == definitions_before
    with pytest.raises(Unwritten):
        written_out(definitions_of)
