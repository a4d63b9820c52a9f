"""Simpler formulas: the golden ones, and what must never happen: another value, another shape, a digit less."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd as ag
from autograd import rules
from autograd.read import Term, simplified, simplify_all, write
from autograd.read.term import in_order
from autograd.rules import log_loss_slope, ratio

RNG = np.random.default_rng(0)


def named(name, *shape, low=0.0, high=1.0):
    return Term(RNG.uniform(low, high, shape) if shape else float(RNG.uniform(low, high)), name)


A, Y, dA, dB = named("A", 3, 5), named("Y", 3, 5), named("dA", 3, 5, low=-1), named("dB", 3, 5, low=-1)
W, X = named("W", 2, 3, low=-1), named("X", 3, 5, low=-1)
Z, b = named("Z", 3, 5, low=-4, high=4), named("b", 3, 1, low=-1)
x, y = named("x"), named("y")
m, lam = Term(5.0, "m"), Term(0.1, "lambda")


def softmax_and_cross_entropy():
    dA = -ratio(Y, A)
    return A * (dA - np.sum(dA * A, axis=0, keepdims=True))


GOLDEN = {
    "sigmoid and log loss": (lambda: log_loss_slope(A, Y) * (A * (1 - A)), "A - Y"),
    "the same, spelt out": (lambda: (-Y / A + (1 - Y) / (1 - A)) * (A * (1 - A)), "A - Y"),
    "the same, a mean": (lambda: 1 / m * log_loss_slope(A, Y) * (A * (1 - A)), r"\frac{1}{m}\,(A - Y)"),
    "the same, m times": (lambda: m / m * log_loss_slope(A, Y) * (A * (1 - A)), "A - Y"),
    "the same, numbers": (lambda: (-y / x + (1 - y) / (1 - x)) * (x * (1 - x)), "x - y"),
    "log loss by itself": (lambda: m / m * log_loss_slope(A, Y), r"-\frac{Y}{A} + \frac{1 - Y}{1 - A}"),
    "tanh": (lambda: dA * (1 - A * A), r"dA \ast (1 - A^{2})"),
    "squared error": (lambda: 2 * (A - Y) / 2, "A - Y"),
    "squared error, m times the mean": (lambda: m * (1 / m) * np.power(A - Y, 2 - 1) * 2 / 2, "A - Y"),
    "mean squared error": (lambda: m * (1 / m) * (2 * (A - Y)), r"2 \cdot (A - Y)"),
    "weight decay": (lambda: 1 / m * (m * (lam / 2 / m) * (2 * W)), r"\frac{\lambda}{m}\,W"),
    "softmax and cross-entropy": (softmax_and_cross_entropy, r"\left(A \ast \sum_{\text{rows}} Y\right) - Y"),
    "cross-entropy": (lambda: m * -ratio(Y, A) / m, r"-\frac{Y}{A}"),
    "what cancels": (lambda: A + Y - Y, "A"),
    "what is equal": (lambda: np.exp(Z) * dA / np.exp(Z), "dA"),
    "a common factor": (lambda: A * Y + A * dA, r"A \ast (Y + dA)"),
    "a minus": (lambda: A - -Y, "A + Y"),
    "nothing to gain": (lambda: A * Y + dA, r"A \ast Y + dA"),
    "a third power": (lambda: A**3 / A**2, "A"),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_golden(case):
    build, latex = GOLDEN[case]
    symbol = build()
    simple = simplified(symbol)
    assert write(simple) == latex
    assert simple.shape == symbol.shape
    np.testing.assert_allclose(simple.value, symbol.value, rtol=1e-12)


# --- what must not happen -------------------------------------------------------------------------------------------

AS_THEY_ARE = {
    "fewer steps, but digits lost where A is near Y": lambda: (A - Y) * (A + Y),
    "0/0 would be nan": lambda: ratio(A, Y) / 2 * 2 - ratio(A, Y) + A,
    "eˣ/(1 + eˣ) is inf/inf at 1000": lambda: 1 / (1 + np.exp(-Z)),
    "booleans are no numbers": lambda: np.greater(A, Y) * np.greater(dA, dB) + np.greater(A, Y) * np.greater(Z, dA),
    "a number that is not simple": lambda: 0.1 * A * Y,
}


@pytest.mark.parametrize("case", ["fewer steps, but digits lost where A is near Y", "eˣ/(1 + eˣ) is inf/inf at 1000"])
def test_left_as_it_is(case):
    symbol = AS_THEY_ARE[case]()
    assert simplified(symbol) is symbol


@pytest.mark.parametrize("case", AS_THEY_ARE)
def test_same_value_at_the_ends_of_the_range(case):
    ends = np.array([0.0, 1.0, 0.5, 1e-300, 1 - 1e-16])
    at = {
        "A": np.tile(ends, (3, 1)),
        "Y": np.tile(ends[:3, None], (1, 5)),
        "Z": np.array([[-1e3, -40, 0, 40, 1e3]] * 3),
    }
    symbol = AS_THEY_ARE[case]()
    old, new = (evaluated(s, at) for s in (symbol, simplified(symbol)))
    finite = np.isfinite(old)
    np.testing.assert_allclose(new[finite], old[finite], rtol=1e-12)


def operands_first(symbols):
    return in_order(symbols, stop=lambda _: False)


def evaluated(symbol, at):
    """The value with other numbers for some of the names."""
    found = {}
    with np.errstate(all="ignore"):
        for s in operands_first([symbol]):
            operands = [found[o] if isinstance(o, Term) else o for o in s.operands]
            found[s] = s.call(*operands, **s.params) if s.operands else at.get(s.name, s.value)
    return np.asarray(found[symbol])


def test_shape_is_kept_where_what_gave_it_cancels():
    for symbol in (b + A - A, np.broadcast_to(m / m, (3, 5)), A / A, A - A, x + A - A):
        simple = simplified(symbol)
        assert simple.shape == symbol.shape == (3, 5)
        np.testing.assert_allclose(simple.value, symbol.value, atol=1e-15)
    assert write(simplified(A / A)) == "1"


def test_precision_is_kept():
    single = Term(A.value.astype("f4"), "A")
    assert simplified(2 * single / 2).dtype == np.dtype("f4")
    assert simplified(2 * single / 2 * np.float64(1)).dtype == np.dtype("f8")


def test_what_has_no_value_is_left_alone():
    unknown = Term(None, "U", shape=(3, 5))
    symbol = Term(A.value, function="add", call=np.add, operands=(unknown, 0))
    assert simplified(symbol) is symbol


def test_symbols_are_not_changed_and_nothing_new_is_made_for_nothing():
    symbol = np.tanh(W @ (A - Y + Y))
    before = write(symbol)
    assert write(simplified(symbol)) == r"\tanh(W\,A)"
    assert write(symbol) == before
    plain = np.tanh(W @ X) + 2
    assert simplified(plain) is plain


def test_a_subclass_stays():
    class Marked(Term):
        __slots__ = ()

    a = Marked(A.value, "A")
    for symbol in (2 * a / 2 + 1, a / a, np.sum(2 * a / 2)):
        assert all(type(s) is Marked for s in operands_first([simplified(symbol)]))


# --- graphs ---------------------------------------------------------------------------------------------------------


def test_many_roots_share_what_is_equal():
    first, second = simplify_all([np.sum(np.exp(A) * Y), np.sum(np.exp(A) * Y, axis=0)])
    assert first.operands[0] is second.operands[0]


def test_what_is_computed_in_any_case_costs_nothing():
    slope = log_loss_slope(A, Y)
    product = slope * dA
    kept = simplify_all([product, slope])
    assert kept[0].operands[0] is kept[1]


def test_it_looks_through_what_is_computed_in_any_case():
    slope = log_loss_slope(A, Y)
    dZ, dA = simplify_all([slope * (A * (1 - A)), slope])
    assert (write(dZ), write(dA)) == ("A - Y", r"-\frac{Y}{A} + \frac{1 - Y}{1 - A}")


def test_a_name_inside_is_kept_and_what_is_beneath_it_simplified():
    part = Term((A + Y - Y).value, "S", function="add", call=np.add, operands=(A, Y - Y))
    simple = simplified(np.sum(part * dA))
    assert write(simple) == r"\sum S \ast dA"
    (beneath,) = (s for s in operands_first([simple]) if s.name == "S")
    assert [s.name for s in operands_first([beneath])] == ["A", "S"]


def test_scales_are_pulled_out_of_what_is_linear():
    cases = {
        (1 / m * dA) @ X.T: r"\frac{1}{m}\,dA\,X^{\mathsf{T}}",
        np.sum(-(dA * (1 / m)), axis=1, keepdims=True): r"-\frac{1}{m}\,\sum_{\text{columns}} dA",
        np.sum(dA / m, axis=0): r"\frac{1}{m}\,\sum_{\text{rows}} dA",
        (dA * 2).T: r"2\,dA^{\mathsf{T}}",
        W @ (A * (lam / 2) * 2): r"\lambda\,W\,A",
    }
    for symbol, latex in cases.items():
        simple = simplified(symbol)
        assert write(simple) == latex
        np.testing.assert_allclose(simple.value, symbol.value, rtol=1e-12)
    assert write(simplified((1 / m * dA) @ X.T)) == r"\frac{1}{m}\,dA\,X^{\mathsf{T}}"


def test_a_known_number_takes_the_place_of_a_symbol():
    sums_to_one = Term(np.array([[1.0, 0, 1], [0, 1, 0]]), "Y")
    total = np.sum(sums_to_one, axis=0, keepdims=True)
    symbol = Term(np.full((2, 3), 0.5), "A") * total - sums_to_one
    (simple,) = simplify_all([symbol], known=lambda s: 1.0 if s.call is np.sum and np.all(s.value == 1) else None)
    assert write(simple) == "A - Y"


def test_large_regions_are_left_and_long_chains_are_no_problem():
    value = A
    for k in range(3000):
        value = value * (1 - value) if k % 2 else value + Y
    assert simplified(value) is value
    product = (A + 1) ** 6 * (Y + 1) ** 6 * (dA + 1) ** 6 / (dB + 1) ** 6
    assert simplified(product) is product


# --- whatever comes -------------------------------------------------------------------------------------------------

ATOMS = (A, Y, dA, Z, b, x, m, 1, 2, 0.5, 0.1, 3.0)
UNARY = (np.negative, np.square, np.exp, np.tanh, rules.sigmoid, np.positive)
BINARY = (np.add, np.subtract, np.multiply, np.divide, ratio)
steps = st.lists(
    st.tuples(st.sampled_from(UNARY + BINARY * 3), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=9
)


@given(steps)
def test_random_expressions_keep_their_value(program):
    values = list(ATOMS)
    for f, i, j in program:
        operands = [values[-1 - i % len(values)], values[-1 - j % len(values)]][: 1 if f in UNARY else 2]
        if any(isinstance(o, Term) for o in operands):
            values.append(f(*operands))
    symbol = values[-1]
    if not isinstance(symbol, Term) or not np.all(np.isfinite(symbol.value)):
        return
    simple = simplified(symbol)
    assert (simple.shape, simple.dtype) == (symbol.shape, symbol.dtype)
    rounding = 1e-12 * max(float(np.max(np.abs(s.value))) for s in operands_first([symbol]))
    np.testing.assert_allclose(simple.value, symbol.value, rtol=1e-9, atol=rounding)
    np.testing.assert_allclose(evaluated(simple, {}), simple.value, rtol=1e-9, atol=rounding)


def test_the_backward_pass_of_a_network():
    rng = np.random.default_rng(1)
    a, parameters = np.ones((6, 8)), []
    for n, k in ((6, 5), (5, 4), (4, 3), (3, 2), (2, 1)):
        parameters += [ag.Tensor(rng.normal(size=(k, n))), ag.Tensor(np.zeros((k, 1)))]
        a = parameters[-2] @ a + parameters[-1]
        a = np.tanh(a) if k > 1 else ag.sigmoid(a)
    ones = np.ones((1, 8))
    J = ag.binary_cross_entropy(a, ones)
    symbols = {}

    def read(x, operand):
        if type(x) is tuple or not isinstance(operand, ag.Node):
            return x
        return symbols.setdefault(operand, Term(x, f"v{operand.index}"))

    found = ag.reverse(J.node, Term(1.0), wrap=read)
    simple = simplify_all(list(found.values()))
    last = simple[list(found).index(parameters[-2].node)]
    scale, product = last.operands
    assert write(scale) == r"\frac{1}{8}"
    assert write(product).startswith(rf"\left(v_{{{a.node.index}}} - \begin")  # A − Y
    for s, old in zip(simple, found.values()):
        np.testing.assert_allclose(s.value, old.value, rtol=1e-12)
