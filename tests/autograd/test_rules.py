"""Every row of the table against NumPy and against differences, to third order, in both modes and both directions."""

from itertools import product

import numpy as np

import autograd as ag
from autograd import rules
from autograd.core.op import COMPOSITES, OPS
from tests.autograd.case import for_each
from tests.autograd.cases import CASES, CONSTANTS
from tests.autograd.helpers import bits, close, cotangent, difference, form, frozen, inner, moved, numeric_gradient

every_case = for_each("case", CASES)
# Third order is a lot of arithmetic for what second order shows mostly already: one case of each function will do.
one_each = for_each("case", {c.function: c for c in CASES if "2x3" in c.note}.values())


def leaves(case):
    """Operands that nobody can write into, those with a gradient as Tensors."""
    return [ag.Tensor(frozen(x)) if i in case.wanted else frozen(x) for i, x in enumerate(case.operands)]


def wanted(case):
    return [frozen(case.operands[i]) for i in case.wanted]


def directions(case, seed="v"):
    """A direction for each wanted operand, and None for the others."""
    return [cotangent(x, f"{seed}{i}") if i in case.wanted else None for i, x in enumerate(case.operands)]


def swept(case, create_graph=False):
    """The result and the gradients of ⟨result, u⟩."""
    operands = leaves(case)
    out = case(*operands)
    u = cotangent(out.data)
    out.backward(frozen(u), create_graph=create_graph)
    return out, [operands[i].grad for i in case.wanted]


def own(function):
    """Whether a row is the table's, and not one that another test has declared."""
    return (getattr(function, "__module__", None) or "numpy").startswith(("numpy", "autograd.rules"))


def test_every_row_has_a_case():
    tried = {id(OPS.get(c.function)) for c in CASES + CONSTANTS}
    assert [op for op in OPS.values() if id(op) not in tried and own(op.function)] == [], "no case in cases/"
    composed = {c.function for c in CASES}
    assert [f for f in COMPOSITES if f not in composed and own(f)] == [], "no case in cases/"


def test_every_case_names_a_row():
    assert [str(c) for c in CASES + CONSTANTS if c.function not in OPS and c.function not in COMPOSITES] == []
    assert [str(c) for c in CASES if c.function in OPS and OPS[c.function].kind == "constant"] == []
    assert [str(c) for c in CONSTANTS if OPS[c.function].kind != "constant"] == []


@every_case
def test_the_value_is_numpys(case):
    out, expected = case(*leaves(case)), np.asarray(case.plain(*case.operands))
    assert isinstance(out, ag.Tensor)
    assert (out.shape, out.dtype) == (expected.shape, expected.dtype)
    close(out, expected, rtol=1e-13, atol=1e-14)


@every_case
def test_the_gradient_is_that_of_differences(case):
    out, found = swept(case)
    u = cotangent(out.data)
    for i, g in zip(case.wanted, found, strict=True):
        close(g, numeric_gradient(lambda *xs: np.sum(u * case.plain(*xs)), case.operands, i))


@every_case
def test_both_modes_agree_to_the_last_bit(case):
    (_, raw), (_, traced) = swept(case), swept(case, create_graph=True)
    assert [bits(g) for g in traced] == [bits(g) for g in raw]
    assert all(isinstance(g, ag.Tensor) for g in traced)


@every_case
def test_a_gradient_has_the_form_of_its_operand(case):
    for create_graph in (False, True):
        operands = leaves(case)
        out = case(*operands)
        out.backward(cotangent(out.data), create_graph=create_graph)
        for i in case.wanted:
            assert form(operands[i].grad) == form(operands[i])


@every_case
def test_gradients_are_arrays_of_their_own(case):
    operands = leaves(case)
    out = case(*operands)
    u = np.asarray(cotangent(out.data))
    out.backward(u)
    arrays = [u, *(np.asarray(x.data if isinstance(x, ag.Tensor) else x) for x in operands)]
    for i in case.wanted:
        g = np.asarray(operands[i].grad)
        assert not any(np.shares_memory(g, a) for a in arrays)
        arrays.append(g)


@every_case
def test_forward_mode_is_the_adjoint_of_reverse_mode(case):
    out, gradients = swept(case)
    v, u = directions(case), cotangent(out.data)
    tangents = [v[i] for i in case.wanted]
    value, pushed = ag.jvp(case.substituted, wanted(case), tangents)
    assert bits(value) == bits(out)
    assert form(pushed) == form(out)
    close(inner([pushed], [u]), inner(gradients, tangents))
    close(pushed, difference(lambda e: case.plain(*moved(case.operands, v, e))))


@every_case
def test_the_second_derivative_is_that_of_differences(case):
    """The gradient of ⟨gradient, v⟩ by the operands, and by u, where it is the forward derivative J v."""
    out, _ = swept(case)
    v, u = directions(case), frozen(cotangent(out.data))
    tangents = [v[i] for i in case.wanted]

    def along(u, *xs):
        _, back = ag.vjp(case.substituted, *xs)
        return inner(back(u), tangents)

    by_u, *by_operands = ag.grad(along, range(1 + len(case.wanted)))(u, *wanted(case))
    close(by_u, ag.jvp(case.substituted, wanted(case), tangents)[1])
    for k, (x, g) in enumerate(zip(wanted(case), by_operands, strict=True)):
        assert form(g) == form(ag.Tensor(x))
        close(g, difference(lambda e, k=k: _pulled(case, u, moved(case.operands, v, e))[k]), atol=1e-8)


def _pulled(case, u, operands):
    return ag.vjp(case.substituted, *(operands[i] for i in case.wanted))[1](u)


@one_each
def test_the_third_derivative_is_that_of_differences(case):
    out, _ = swept(case)
    u, v, w = cotangent(out.data), directions(case), directions(case, "w")
    numbers = range(len(case.wanted))

    def first(*xs):
        return inner(ag.vjp(case.substituted, *xs)[1](u), [v[i] for i in case.wanted])

    def second(*xs):
        return inner(ag.grad(first, numbers)(*xs), [w[i] for i in case.wanted])

    for k, g in enumerate(ag.grad(second, numbers)(*wanted(case))):

        def along(e, k=k):
            xs = moved(case.operands, w, e)
            return ag.grad(first, numbers)(*(xs[i] for i in case.wanted))[k]

        close(g, difference(along), rtol=1e-8, atol=1e-7)


@for_each("case, dtypes", product(CASES, ["44", "48", "84"]))
def test_single_precision_stays_where_it_is(case, dtypes):
    """float32 operands, and mixtures: results as NumPy types them, gradients in the dtype of their operands."""
    operands = [_in_precision(x, f"f{dtypes[i % 2]}") for i, x in enumerate(case.operands)]
    # A Tensor of a Python float is a scalar of double precision, which decides the dtype as in NumPy.
    plain = [np.float64(x) if type(x) is float and i in case.wanted else x for i, x in enumerate(operands)]
    expected, exact = np.asarray(case.plain(*plain)), swept(case)[1]
    for create_graph in (False, True):
        tensors = [ag.Tensor(x) if i in case.wanted else x for i, x in enumerate(operands)]
        out = case(*tensors)
        assert (out.shape, out.dtype) == (expected.shape, expected.dtype)
        out.backward(cotangent(case(*leaves(case)).data), create_graph=create_graph)
        for i, g in zip(case.wanted, exact, strict=True):
            assert form(tensors[i].grad) == form(tensors[i])
            close(tensors[i].grad, g, rtol=2e-3, atol=2e-4)


# The derivative by the target exists, but outside of (0, 1) there is no prediction that it could be taken at.
OF_A_TARGET = (rules.log_loss, rules.binary_cross_entropy)


def _in_precision(x, dtype):
    """x as Tensors keep it: a scalar in float64 is a Python float."""
    if type(x) is not np.ndarray or x.dtype != float:
        return x
    return float(x) if x.ndim == 0 and dtype == "f8" else x.astype(dtype)


@for_each("case", [c for c in CASES if len(c.wanted) > 1])
def test_integers_are_constants(case):
    """With integers as the other operands the gradient is the same whether they are integers or floats."""
    for i in [0] if case.function in OF_A_TARGET else case.wanted:
        found = []
        for kind in (int, float):
            x = ag.Tensor(case.operands[i])
            others = [2 * kind(1) if type(o) is float else np.full(np.shape(o), 2, kind) for o in case.operands]
            out = case(*(x if k == i else o if k in case.wanted else case.operands[k] for k, o in enumerate(others)))
            out.backward(cotangent(out.data))
            assert form(x.grad) == form(x)
            found.append(x.grad)
        close(*found)


def paired(case):
    """Whether two operands can be one and the same."""
    return len(case.wanted) == len(case.operands) > 1 and len({np.shape(x) for x in case.operands}) == 1


@for_each("case", filter(paired, CASES))
def test_the_same_tensor_twice(case):
    """x*x, x@x, stack([x, x]): the gradient is the sum of what the operands would receive each."""
    x = case.operands[0]
    apart = [ag.Tensor(x) for _ in case.operands]
    together = ag.Tensor(x)
    out, twice = case(*apart), case(*[together] * len(apart))
    u = cotangent(out.data)
    out.backward(u)
    twice.backward(u)
    close(together.grad, sum(t.grad for t in apart), rtol=1e-14)


@for_each("case", CONSTANTS)
def test_constants_carry_no_gradient(case):
    found, expected = case(*(ag.Tensor(x) for x in case.operands)), case(*case.operands)
    assert not isinstance(found, ag.Tensor)
    np.testing.assert_array_equal(found, expected)


# Where the numbers of a row run on `math`, or a rule computes with floats, both modes must take the same way.
SCALARS = {c.function: c for c in CASES if all(type(x) is float for x in c.operands)}


@for_each("case", SCALARS.values())
def test_scalars_agree_to_the_last_bit_at_many_places(case):
    for scale in np.linspace(0.05, 1.1, 60):
        found = []
        for create_graph in (False, True):
            xs = [ag.Tensor(scale * x) for x in case.operands]
            out = case(*xs)
            out.backward(1.0 if out.ndim == 0 else np.ones(out.shape), create_graph=create_graph)
            found.append([bits(x.grad) for x in xs])
        assert found[0] == found[1]
