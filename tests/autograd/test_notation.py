"""One row of notation for each operation; what a row says of it is true; and nothing is said of it elsewhere."""

import ast
import inspect
import json
import math
import operator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from autograd.core.op import OPS, Op
from autograd.read import Term
from autograd.read.notation import PLAIN, ROWS, notation, row_of
from autograd.read.onehot import one_hot
from autograd.rules.special import identity
from tests.autograd.cases import CASES, CONSTANTS
from viz.seen.graph import graph_of

X = np.array([[0.25, -1.5, 3.0], [2.0, 0.75, -0.5]])
Y = np.array([[1.5, 0.5, -2.0], [1.0, 4.0, 0.25]])
POSITIVE = np.array([[0.25, 0.5, 0.75]])
# What programs have and the table has not: no gradient passes.
ONLY_IN_PROGRAMS = {np.bitwise_and, np.bitwise_or, np.invert, np.float64, np.interp, np.take, np.choose, one_hot}


def rows(fact):
    """The operations of whose row something holds."""
    found = [f for f, row in ROWS.items() if getattr(row, fact) not in (None, False, "")]
    assert found
    return pytest.mark.parametrize("function", found, ids=lambda f: f.__name__)


def cases_of(*facts):
    """A case of every operation of whose row something holds."""
    found = [c for c in CASES if c.function in ROWS and any(getattr(ROWS[c.function], fact) for fact in facts)]
    assert {f for f, row in ROWS.items() if any(getattr(row, k) for k in facts)} <= {
        *(c.function for c in found),
        *CHECKED_BY_THEMSELVES,
    }
    return pytest.mark.parametrize("case", found, ids=str)


CHECKED_BY_THEMSELVES = {np.float64}


def of_the_table():
    return [op for op in OPS.values() if type(op) is Op]


def test_every_operation_has_a_row():
    assert sorted({op.name for op in of_the_table() if op.function not in ROWS}) == []


def test_every_row_is_of_an_operation():
    functions = {op.function for op in of_the_table()}
    assert [f.__name__ for f in ROWS if f not in functions | ONLY_IN_PROGRAMS] == []
    assert not functions & ONLY_IN_PROGRAMS


def test_an_operation_has_one_row():
    with pytest.raises(TypeError, match="tanh has two rows of notation"):
        notation(np.tanh, symbol="t")


def test_a_misspelled_fact_is_refused():
    with pytest.raises(TypeError, match="nuon"):
        notation(test_a_misspelled_fact_is_refused, nuon="the test")
    assert test_a_misspelled_fact_is_refused not in ROWS


def test_a_function_of_the_users_has_the_defaults_whatever_it_is_called():
    def add(x):
        return 2 * x

    own = ag.primitive.linear(add, lambda g, _x: 2 * g)
    assert row_of(own) is PLAIN
    t = own(ag.Tensor(1.0, name="x"))
    assert ag.read.forward_formula(t.node).endswith(r"\operatorname{add}(x)")
    assert [v.symbol for v in graph_of(t) if v.kind == "operation"] == ["add"]


def test_symbols_can_be_set_in_the_font_of_the_pictures():
    signs = {c for row in ROWS.values() for c in row.symbol or ""}
    table = Path(viz.__file__).parent / "web" / "fonts" / "widths.json"
    widths = json.loads(table.read_text(encoding="utf-8"))["regular"]
    assert sorted(c for c in signs if c not in widths) == []


def test_nouns_begin_a_sentence_and_stand_within_one():
    J = np.sum(np.tanh(ag.Tensor(np.ones((1, 2)), name="Z")))
    told = " ".join(step.words for step in viz.record(J).steps)
    assert "The hyperbolic tangent of Z gives " in told
    assert "passes through the hyperbolic tangent to Z" in told
    assert [row.noun for row in ROWS.values() if row.noun and not row.noun.startswith("the ")] == []


# --- what a row says is true ------------------------------------------------------------------------------------


@rows("exact")
def test_exact_rows_compute_with_exact_numbers(function):
    n = len(OPS[function].reads)
    numbers = [Fraction(1, 4), Fraction(5, 8)][:n]
    kernel = getattr(OPS[function].kernel, "__wrapped__", function)
    found = kernel(*numbers)
    assert isinstance(found, Fraction)
    assert math.isclose(found, function(*map(float, numbers)), rel_tol=1e-15)


@rows("operator")
def test_operators_of_python_give_what_numpy_gives(function):
    own = {np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.divide: operator.truediv}
    signs = {"greater": operator.gt, "greater_equal": operator.ge, "less": operator.lt, "less_equal": operator.le}
    signs |= {"equal": operator.eq, "not_equal": operator.ne, "negative": operator.neg}
    python = own.get(function) or signs[function.__name__]
    for x, y in ((0.1, 0.2), (1e308, 0.1), (-0.0, 3.0), (3.0, 3.0), (float("nan"), 1.0)):
        operands = (x, y)[: function.nin]
        with np.errstate(all="ignore"):
            np.testing.assert_equal(python(*operands), function(*operands))


@rows("weak")
def test_what_is_weak_is_an_operation_of_pythons(function):
    own = {np.absolute: abs, np.positive: operator.pos, np.negative: operator.neg, np.power: pow}
    own |= {np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.divide: operator.truediv}
    own |= {np.floor_divide: operator.floordiv, np.remainder: operator.mod}
    operands = (2.5, 1.5)[: function.nin]
    found = own[function](*operands)
    assert type(found) is float and found == function(*operands)


@rows("unit")
def test_a_unit_changes_nothing(function):
    np.testing.assert_array_equal(function(X, 1), X)


@rows("stretches")
def test_a_number_is_as_good_as_an_array_full_of_it(function):
    for number in (0.1, 3.0, -0.5):
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(function(X, number), function(X, np.full_like(X, number)))
            np.testing.assert_array_equal(function(number, X), function(np.full_like(X, number), X))


@cases_of("linear", "moves", "turns")
def test_a_factor_may_stand_in_front(case):
    """Of every operand by itself."""
    for i in range(len(case.operands)):
        scaled = [2 * x if k == i else x for k, x in enumerate(case.operands)]
        np.testing.assert_array_equal(np.asarray(case(*scaled)), 2 * np.asarray(case(*case.operands)))


@cases_of("transparent", "moves", "turns", "repeats")
def test_entries_are_kept(case):
    """Each once, unless they are repeated; in their order, unless axes are turned."""
    row, x, out = row_of(case.function), np.asarray(case.operands[0]), np.asarray(case(*case.operands))
    if case.function is ag.rules.cast:
        x = x.astype(out.dtype)
    if row.repeats:
        assert set(np.ravel(out)) == set(np.ravel(x))
    elif row.turns or case.params.get("order", "C") != "C":
        np.testing.assert_array_equal(np.sort(out, axis=None), np.sort(x, axis=None))
    else:
        np.testing.assert_array_equal(np.ravel(out), np.ravel(x))


@rows("exponential")
def test_fractions_of_exponentials_are_the_function(function):
    share, form = row_of(function).exponential
    np.testing.assert_allclose(form(np.exp(X / float(share))), function(X), rtol=1e-14)


@rows("convention")
def test_conventions_count_as_0_what_has_no_value(function):
    with np.errstate(all="ignore"):
        points = [(x, x) for x in np.array([0.0, np.inf, -np.inf]) if np.isnan(OPS[function].kernel.__wrapped__(x, x))]
        assert points
        assert any(np.isfinite(function(*point)) for point in points)


@rows("runs_as")
def test_a_program_runs_the_function_with_its_conventions(function):
    case = next(c for c in CASES if c.function is function)
    for operands in (case.operands, [np.array([[0.0, 1.0]])] * 2):
        np.testing.assert_allclose(row_of(function).runs_as(*operands), function(*operands), rtol=1e-12)


@rows("opposite")
def test_one_of_a_comparison_and_its_opposite_holds(function):
    both = np.array([-1.0, 0.0, 1.0]), np.zeros(3)
    np.testing.assert_array_equal(row_of(function).opposite(*both), ~function(*both))


@rows("mirrored")
def test_a_mirrored_comparison_takes_the_operands_in_the_other_order(function):
    x, y = np.array([-1.0, 0.0, 1.0]), np.zeros(3)
    np.testing.assert_array_equal(row_of(function).mirrored(y, x), function(x, y))


@rows("expands")
def test_what_is_written_out_never_looks_at_a_value(function):
    case = next(c for c in CASES if c.function is function)
    symbols = [Term(x, f"x{i}") if i in case.wanted else x for i, x in enumerate(case.operands)]
    written = OPS[function].kernel(*symbols, **case.params)
    assert written.call is not function
    np.testing.assert_array_equal(np.asarray(written.value), np.asarray(case(*case.operands)))


@rows("quiet")
def test_only_what_is_written_out_needs_warnings_off(function):
    assert row_of(function).expands
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        function(np.array([-1e4, 1e4]))


@rows("static")
def test_what_is_static_does_not_depend_on_values(function):
    assert function(X) == function(Y)


@rows("any_size")
def test_the_size_of_the_result_depends_on_values(function):
    assert np.size(function(X)) != np.size(function(X * (X > 0)))


@rows("looks_up")
def test_tables_are_looked_up_in_programs(function):
    assert function not in OPS


@rows("of_integers")
def test_integers_have_a_spelling_of_their_own(function):
    run = ag.compile(lambda n: function(n, 3))
    assert function.__name__ not in run.source if run(7) is None else run(7) == function(7, 3)


def test_passes_are_of_what_is_exact():
    assert [f.__name__ for f, row in ROWS.items() if row.passes != 1 and not row.exact] == []
    assert ROWS[identity].passes == 0


def test_probabilities_are_between_0_and_1():
    """A fact of the rule's own row: `nn` asks for it at each cost, without what reads formulas."""
    found = {op.function for op in of_the_table() if op.probabilities}
    assert found == {ag.sigmoid, ag.softmax, ag.normal_cdf}
    for function in found:
        for x in (1e4 * X, -1e4 * X, X):
            assert np.all((function(x) >= 0) & (function(x) <= 1))


# --- and said nowhere else --------------------------------------------------------------------------------------

PASSES = {  # what these passes do with arithmetic, not what it is
    ("alike.py", "_ROWS"),
    ("floats.py", "_RULES"),
    ("spellings.py", "_SPELLINGS"),
    ("function.py", "_LOCATED"),  # words of NumPy's messages
    ("search.py", "_BY_WEIGHT"),  # mistakes
    ("task.py", "LAYERS"),  # nn's layers and losses, by the words of an exercise
    ("task.py", "LOSSES"),
    ("arithmetic.py", "_COMPOSED"),  # what ONNX has no operator for, and other words of that format
    ("windows.py", "_POOLING"),
    ("indexing.py", "_COMBINED"),
    ("recurrent.py", "_ACTIVATIONS"),
}
OTHERS = {"BY_HAND", "SLOPES", "ENGINE"}  # nn.byhand computes without the engine, to check it


def tables(package):
    """The constants of a package's files that name two or more operations, and dicts anywhere that name three."""
    names = {op.name for op in of_the_table()}
    folder = Path(inspect.getfile(package)).parent
    for path in sorted(folder.rglob("*.py")):
        if {"rules", "notation"} & set(path.relative_to(folder).parts):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = [x for x in tree.body if isinstance(x, (ast.Assign, ast.AnnAssign, ast.AugAssign))]
        for node in constants:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if len(found := keys(node.value, names)) > 1:
                yield path.name, ast.unparse(target), found
        within = {id(x) for node in constants for x in ast.walk(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict) and id(node) not in within and len(found := keys(node, names)) > 2:
                yield path.name, "a dict", found


def keys(literal, names):
    """The operations that a set, a tuple, a list or the keys of a dict name."""
    found = getattr(literal, "elts", getattr(literal, "keys", ()))
    return [k for k in map(named, found) if k in names]


def named(key):
    """np.add, add and "add"."""
    if isinstance(key, ast.Attribute):
        return key.attr
    return getattr(key, "id", getattr(key, "value", None))


@pytest.mark.parametrize("package", [ag, nn, viz], ids=lambda m: m.__name__)
def test_no_other_table_is_of_operations(package):
    left = [t for t in tables(package) if t[:2] not in PASSES and t[1] not in OTHERS | {"__all__"}]
    assert left == []


def test_every_constant_of_the_table_can_be_written():
    for case in CONSTANTS:
        assert row_of(case.function) is not PLAIN or case.function not in OPS
