"""Forms in which an axis, a count or a shape may be given: what NumPy takes has NumPy's value and its gradient.

What NumPy refuses is refused, or means what the plain integer means; it is never another number.
"""

import warnings

import numpy as np
import pytest

import autograd as ag
from autograd.rules.arguments import COUNTS
from tests.autograd.cases import CASES
from tests.autograd.helpers import close, cotangent

# Of integers these are one and the same; of the others NumPy takes some by accident, so we may refuse those in words.
SAME = {
    "np.int64": np.int64,
    "np.int16": np.int16,
    "an array of no axes": np.array,
    "bool": lambda v: bool(v) if v in (0, 1) else v,
    "unsigned": lambda v: np.uint8(v) if v >= 0 else v,
}
OTHERS = {
    "in a list": lambda v: [v],
    "in a tuple": lambda v: (v,),
    "an array of one": lambda v: np.array([v]),
    "float": float,
    "np.bool_": np.bool_,
    "text": str,
    "a tuple in a tuple": lambda v: ((v,),),
}
SAME_SEVERAL = {
    "tuple": tuple,
    "np.int64 each": lambda v: tuple(map(np.int64, v)),
    "arrays of no axes": lambda v: tuple(map(np.array, v)),
}
OTHERS_SEVERAL = {
    "list": list,
    "array": np.array,
    "narrow": lambda v: np.array(v, np.int8),
    "floats": lambda v: tuple(map(float, v)),
}


def is_integer(v):
    return isinstance(v, (int, np.integer)) and not isinstance(v, bool)


def forms(value):
    """(whether NumPy takes it wherever it takes the plain form, what it is called, the form)."""
    if is_integer(value):
        given, tables = int(value), (SAME, OTHERS)
    elif isinstance(value, (tuple, list)) and value and all(map(is_integer, value)):
        given, tables = value, (SAME_SEVERAL, OTHERS_SEVERAL)
    else:
        return
    for same, table in zip((True, False), tables, strict=True):
        yield from ((same, name, make(given)) for name, make in table.items())


def counting():
    """One case for each function, argument and kind of its value."""
    found = {}
    for case in CASES:
        for name, value in case.params.items():
            if name in COUNTS and (case.function.__module__ or "").startswith("numpy") and any(forms(value)):
                found.setdefault((case.function, name, is_integer(value), np.sign(value).min()), (case, name))
    return list(found.values())


def outcome(case, params, operands):
    """What a call gives, or its error; a warning of NumPy's counts as one."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # NumPy's own -k of an uint8 warns
        warnings.simplefilter("error", DeprecationWarning)
        try:
            args = case.arrange(*operands) if case.arrange else operands
            found = case.function(*args, **params)
        except (TypeError, ValueError, IndexError, AttributeError, OverflowError, DeprecationWarning) as error:
            return error
    parts = found if isinstance(found, (tuple, list)) else [found]
    return np.concatenate([np.ravel(p) for p in parts]) if len(parts) != 1 else parts[0]


def same(a, b):
    a, b = (np.asarray(x.data if isinstance(x, ag.Tensor) else x) for x in (a, b))
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-12, equal_nan=True)


def gradients(case, params):
    tensors = [ag.Tensor(x) if i in case.wanted else x for i, x in enumerate(case.operands)]
    out = outcome(case, params, tensors)
    out.backward(cotangent(out.data))
    return [tensors[i].grad for i in case.wanted]


@pytest.mark.parametrize(("case", "name"), counting(), ids=lambda v: str(v))
def test_every_form_of_an_argument(case, name):
    base = outcome(case, case.params, case.operands)
    for anywhere, called, value in forms(case.params[name]):
        params = {**case.params, name: value}
        expected = outcome(case, params, case.operands)
        tensors = [ag.Tensor(x) if i in case.wanted else x for i, x in enumerate(case.operands)]
        found = outcome(case, params, tensors)
        if isinstance(found, Exception):
            assert isinstance(found, (TypeError, ValueError, IndexError)), (called, found)
            assert isinstance(expected, Exception) or not anywhere, (called, found)
            assert isinstance(expected, Exception) or isinstance(found, ag.AutogradError), (called, found)
            continue
        # NumPy's own -k of an unsigned integer wraps, and np.rollaxis changes an array that it is given.
        assert same(found, base) or same(found, expected), (called, found, expected)
        if same(found, base):
            for a, b in zip(gradients(case, params), gradients(case, case.params), strict=True):
                close(a, b, rtol=1e-12)


# Values decide about these, so no program of them can be compiled.
BY_VALUES = (np.geomspace, np.nanmedian, np.nanquantile, np.nanpercentile)
COMPILED = [(case, name) for case, name in counting()[::4] if case.function not in BY_VALUES]


@pytest.mark.parametrize(("case", "name"), COMPILED, ids=lambda v: str(v))
def test_forward_mode_and_compiled_programs_take_them_too(case, name):
    for _, called, value in forms(case.params[name]):
        if called not in ("np.int64", "an array of no axes", "unsigned", "arrays of no axes"):
            continue
        if isinstance(outcome(case, {**case.params, name: value}, case.operands), Exception):
            continue
        plain = lambda *xs: np.sum(np.stack([np.sum(x) for x in several(case, case.params, xs)]))
        other = lambda *xs, value=value: np.sum(
            np.stack([np.sum(x) for x in several(case, {**case.params, name: value}, xs)])
        )
        xs = [case.operands[i] for i in case.wanted]
        tangents = [cotangent(x) for x in xs]
        close(ag.jvp(other, xs, tangents)[1], ag.jvp(plain, xs, tangents)[1])
        numbers = tuple(range(len(xs)))
        for a, b in zip(ag.compile(ag.grad(other, numbers))(*xs), ag.grad(plain, numbers)(*xs), strict=True):
            close(a, b)


def several(case, params, xs):
    operands = list(case.operands)
    for i, x in zip(case.wanted, xs, strict=True):
        operands[i] = x
    found = case.function(*(case.arrange(*operands) if case.arrange else operands), **params)
    return found if isinstance(found, (tuple, list)) else [found]


T = np.arange(12.0).reshape(3, 4)
REFUSED = {
    "an axis in a list": lambda t: np.linalg.norm(t, axis=[0]),
    "a boolean as an axis": lambda t: np.repeat(t, 2, axis=True),
    "an axis in a tuple": lambda t: np.vecdot(t, t, axis=[0]),
    "a Tensor": lambda t: np.diff(t, n=ag.Tensor(1.0)),
    "an array of one": lambda t: np.diagonal(t, np.array([1])),
    "floating numbers that choose": lambda t: np.choose([0.0, 1.0], [t[0, :2], t[1, :2]]),
    "a condition with two axes": lambda t: np.compress(np.ones((3, 4), bool), t),
    "repetitions in two axes": lambda t: np.tile(t, [[1, 2]]),
    "an axis of softmax": lambda t: ag.softmax(t, axis=0.0),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_numpy_refuses(name):
    with pytest.raises(ag.AutogradError, match=r"needs|takes no Tensor"):
        REFUSED[name](ag.Tensor(T))


Y = np.array([2, 0, 1, 2])
LABELS = {
    "take_along_axis": lambda t, y: np.take_along_axis(t, y[None, :], 0)[0],
    "take_along_axis, from behind": lambda t, y: np.take_along_axis(t, y.astype(int)[None, :] - 3, axis=-2)[0],
    "pairs": lambda t, y: t[y, range(4)],
    "pairs of lists": lambda t, y: t[y.tolist(), [0, 1, 2, 3]],
    "pairs with arange": lambda t, y: t[y, np.arange(4)],
    "choose": lambda t, y: np.choose(y, [t[0], t[1], t[2]]),
    "choose along the rows": lambda t, y: np.choose(y.astype(np.uint8), list(t)),
    "take of the flattened": lambda t, y: np.take(t, y.astype(int) * 4 + np.arange(4)),
    "take with an axis": lambda t, y: np.diagonal(np.take(t, y, axis=0)),
    "a mask": lambda t, y: t.T[np.eye(3, dtype=bool)[y]],
    "where": lambda t, y: np.sum(np.where(np.eye(3, dtype=bool)[y].T, t, 0.0), axis=0),
    "a product": lambda t, y: np.sum(np.eye(3)[y].T * t, axis=0),
    "one by one": lambda t, y: np.stack([t[k, i] for i, k in enumerate(y)]),
}


@pytest.mark.parametrize("kind", [int, np.int8, np.uint8])
@pytest.mark.parametrize("name", LABELS)
def test_labels_picked_along_an_axis(name, kind):
    pick, y, weights = LABELS[name], Y.astype(kind), np.array([1.0, 2.0, 3.0, 4.0])
    cost = lambda x: np.sum(weights * pick(x, y) ** 2)
    expected = np.zeros_like(T)
    expected[Y, np.arange(4)] = weights * 2 * T[Y, np.arange(4)]
    close(pick(T, y), T[Y, np.arange(4)])
    close(ag.grad(cost)(T), expected)
    close(ag.jvp(cost, (T,), (np.ones_like(T),))[1], np.sum(expected))
    close(ag.compile(ag.grad(cost))(T), expected)


@pytest.mark.parametrize("flags", [[True, False], np.array([False, True]), [np.True_, np.True_]])
def test_take_counts_booleans_as_numbers(flags):
    t = ag.Tensor(T)
    out = np.take(t, flags, axis=0)
    close(out, np.take(T, flags, axis=0))
    out.backward(np.ones((2, 4)))
    close(np.sum(t.grad), 8.0)


def test_names_say_nothing_in_a_function_of_ones_own():
    scaled = ag.primitive.elementwise(lambda x, k=1.0: x * k, lambda _out, _x, k=1.0: k + 0.0 * _x, keeps=True)
    t = ag.Tensor(T)
    np.sum(scaled(t, k=0.5)).backward()
    close(t.grad, np.full((3, 4), 0.5))


def test_roll_by_an_unsigned_integer_goes_back_by_it():
    for shift in (np.uint8(1), np.array([1], np.uint8), np.array(1, np.uint8), True):
        t = ag.Tensor(np.arange(3.0))
        np.sum(np.roll(t, shift) * np.array([1.0, 2.0, 3.0])).backward()
        close(t.grad, np.array([2.0, 3.0, 1.0]))


# --- integers and booleans as constants ------------------------------------------------------------------------

TWO = np.array([[1, 0, 1, 0], [0, 1, 0, 1]])
COSTS = {
    "log_loss": lambda a, y: np.sum(ag.log_loss(a, y)),
    "log_loss_logits": lambda a, y: np.sum(ag.log_loss_logits(a, y)),
    "binary_cross_entropy": ag.binary_cross_entropy,
    "xlogy": lambda a, y: np.sum(ag.xlogy(y, a)),
    "as typed": lambda a, y: -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)),
    "squares": lambda a, y: np.sum((y - a) ** 2),
    "np.vdot": lambda a, y: np.vdot(y, np.log(a)) + np.vdot(1 - y, np.log(1 - a)),
    "powers": lambda a, y: np.prod(a**y * (1 - a) ** (1 - y)),
    "average": lambda a, y: np.sum(np.average(a, weights=y, axis=1)),
    "logaddexp": lambda a, y: np.sum(np.logaddexp(a, y)),
}


@pytest.mark.parametrize("kind", [np.uint8, np.int8, bool, np.uint16, np.int64, np.uint64, np.float16])
@pytest.mark.parametrize("name", COSTS)
def test_labels_of_any_dtype(name, kind):
    f, a = COSTS[name], np.array([[0.2, 0.4, 0.7, 0.55], [0.3, 0.8, 0.6, 0.15]])
    results = []
    for y in (TWO.astype(kind), TWO.astype(float)):
        step = ag.value_and_grad(f)
        J, g = step(a, y)
        J2, g2 = ag.compile(step)(a, y)
        pushed = ag.jvp(lambda x, y=y: f(x, y), (a,), (np.ones_like(a),))[1]
        results.append([np.asarray(f(a, y), float), J, g, J2, g2, pushed])
    tolerance = 2e-3 if kind is np.float16 else 1e-12  # NumPy's own powers and logaddexp stay in what they are given
    for found, expected in zip(*results, strict=True):
        close(found, expected, rtol=tolerance, atol=tolerance)


PLAIN = {
    "log_loss_logits": lambda y: ag.log_loss_logits(np.array([0.3, -0.2, 1.0]), y),
    "xlogy": lambda y: ag.xlogy(np.array([0.3, -0.2, 1.0]), y + y.dtype.type(1)),
    "softmax": ag.softmax,
    "logsumexp": ag.logsumexp,
    "sigmoid": ag.sigmoid,
    "relu": ag.relu,
}


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint16, np.int64, np.uint64])
@pytest.mark.parametrize("name", PLAIN)
def test_functions_of_our_own_on_plain_integers(name, kind):
    """Of the labels 0, 1, 2 an uint8 would give 1 - y = 255."""
    y = np.array([2, 0, 1])
    close(np.asarray(PLAIN[name](y.astype(kind)), float), PLAIN[name](y.astype(float)), rtol=1e-12)
