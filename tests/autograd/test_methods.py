"""Everything that an ndarray has, a Tensor has too, with the same arguments; or it is refused in words."""

import inspect

import numpy as np
import pytest

import autograd as ag
from autograd.array.methods import ABSENT, ArrayMethods
from autograd.signposts import SIGNPOSTS, Absent
from tests.autograd.helpers import bits

A = np.array([[1.0, 3.0, 2.0], [6.0, 4.0, 5.0]])
SQUARE = np.arange(9.0).reshape(3, 3) + 1
# For each method, ways of calling it: positions, keywords.
AXES = [((), {}), ((0,), {}), ((-1,), {}), ((), {"axis": 1})]
REDUCED = [*AXES, ((None, None, None, True), {}), ((), {"axis": (0, 1), "keepdims": True})]
CALLS = {
    "sum": REDUCED,
    "mean": REDUCED,
    "prod": REDUCED,
    "max": [*AXES, ((0, None, True), {}), ((), {"axis": (0, 1), "keepdims": True})],
    "min": [*AXES, ((0, None, True), {}), ((), {"keepdims": True})],
    "var": [*AXES, ((0, None, None, 1), {}), ((), {"ddof": 1, "keepdims": True})],
    "std": [*AXES, ((0, None, None, 1, True), {}), ((), {"ddof": 1})],
    "cumsum": AXES,
    "cumprod": AXES,
    "ravel": [((), {}), (("F",), {}), ((), {"order": "C"})],
    "flatten": [((), {}), (("F",), {}), ((), {"order": "C"})],
    "repeat": [((2,), {}), (([1, 2], 0), {}), ((2,), {"axis": -1})],
    "reshape": [((3, 2), {}), (((3, -1),), {}), ((-1,), {}), ((3, 2), {"order": "F"}), ((6,), {"copy": True})],
    "squeeze": [((), {}), ((), {"axis": ()})],
    "swapaxes": [((0, 1), {}), ((-1, 0), {})],
    "transpose": [((), {}), ((1, 0), {}), (((1, 0),), {}), ((None,), {}), (([-1, 0],), {})],
    "take": [((1,), {}), (([0, 2], 1), {}), (([[1], [0]],), {"axis": 0})],
    "diagonal": [((), {}), ((1,), {}), ((0, 1, 0), {}), ((), {"offset": -1})],
    "trace": [((), {}), ((1,), {}), ((0, 1, 0), {}), ((), {"offset": -1})],
    "compress": [(([True, False], 0), {}), (([False, True, True],), {"axis": 1}), (([True, False, True],), {})],
    "round": [((), {}), ((1,), {}), ((), {"decimals": -1})],
    "copy": [((), {}), (("F",), {}), ((), {"order": "K"})],
    "conj": [((), {})],
    "conjugate": [((), {})],
    "clip": [((2, 5), {}), ((None, 3), {}), ((), {"max": 3}), ((2.5,), {})],
    "dot": [((A.T,), {}), ((A[0],), {}), ((2.0,), {})],
    "astype": [((np.float32,), {}), (("f8",), {}), ((float,), {"copy": False}), (("f4", "K", "same_kind"), {})],
}
PLAIN = {  # they have no derivative
    "all": [*AXES, ((0,), {"keepdims": True})],
    "any": [*AXES, ((0,), {"keepdims": True})],
    "argmax": [*AXES, ((0,), {"keepdims": True})],
    "argmin": AXES,
    "argsort": AXES,
    "argpartition": [((1,), {}), ((0, 0), {}), ((1,), {"axis": None})],
    "nonzero": [((), {})],
}
OWN = {"exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu"}
PROPERTIES = {"T", "mT", "real", "shape", "ndim", "size", "dtype", "itemsize", "nbytes", "device", "imag"}
ELSEWHERE = {"data", "item", "tolist", "searchsorted"}  # tested by themselves
CALLED = [(name, args, params) for name, ways in {**CALLS, **PLAIN}.items() for args, params in ways]


def test_nothing_of_an_array_is_forgotten():
    public = {name for name in dir(np.ndarray) if not name.startswith("_")}
    known = {*CALLS, *PLAIN, *PROPERTIES, *ELSEWHERE, *ABSENT}
    assert public - known == set()
    assert {name for name in vars(ArrayMethods) if not name.startswith("_")} <= known | OWN | set(SIGNPOSTS["Tensor"])
    assert not set(ABSENT) & ({*CALLS, *PLAIN, *PROPERTIES, *ELSEWHERE})


# Of NumPy's methods with two underscores, those that a Tensor need not have.
ARITHMETIC, DIVISION = {"add", "sub", "mul", "truediv", "pow", "matmul"}, {"mod", "divmod", "floordiv"}
BITS = {"and", "or", "xor", "lshift", "rshift"}
BY_PYTHON = {f"__i{name}__" for name in ARITHMETIC | DIVISION | BITS}
BY_PYTHON |= {"__contains__", "__copy__", "__deepcopy__", "__setstate__", "__delitem__", "__class_getitem__"}
OF_INTEGERS = {f"__{r}{name}__" for r in ("", "r") for name in BITS}
OF_INTEGERS |= {"__invert__", "__index__", "__complex__"}
OF_MEMORY = {f"__array_{name}__" for name in ["finalize", "interface", "namespace", "priority", "struct", "wrap"]}
OF_MEMORY |= {"__dlpack__", "__dlpack_device__", "__buffer__"}
OF_DIVISION = {f"__{r}{name}__" for r in ("", "r") for name in DIVISION}


def test_special_methods_that_are_absent_are_known():
    absent = {name for name in dir(np.ndarray) if name.startswith("__") and not hasattr(ag.Tensor, name)}
    assert absent <= BY_PYTHON | OF_INTEGERS | OF_MEMORY | OF_DIVISION


def test_in_place_operators_bind_the_variable_anew():
    t = kept = ag.Tensor(A)
    t *= 2
    t -= 1
    assert t.requires_grad and kept.data is A
    np.testing.assert_array_equal(t.data, A * 2 - 1)


@pytest.mark.parametrize(("name", "args", "params"), CALLED)
def test_methods_are_numpys(name, args, params):
    x = SQUARE if name in ("diagonal", "trace") else A
    t = ag.Tensor(x)
    found, expected = getattr(t, name)(*args, **params), getattr(x, name)(*args, **params)
    assert isinstance(found, ag.Tensor) == (name in CALLS)
    if name in PLAIN:
        np.testing.assert_array_equal(found, expected)
        assert np.shape(found) == np.shape(expected)
    else:
        assert found.requires_grad
        np.testing.assert_allclose(found.data, expected, rtol=1e-14)
        assert (found.shape, found.dtype) == (np.shape(expected), np.asarray(expected).dtype)
        found.sum().backward()
        assert t.grad.shape == x.shape


OF_A_NUMBER = sorted({*PROPERTIES} - {"mT"})  # which needs a matrix


@pytest.mark.parametrize(
    ("name", "x"),
    [*((n, x) for n in sorted(PROPERTIES) for x in (A, A.astype("f4"))), *((n, np.float64(2.5)) for n in OF_A_NUMBER)],
)
def test_properties_are_numpys(name, x):
    found = getattr(ag.Tensor(x), name)
    expected = getattr(x, name) if name != "device" else "cpu"
    assert isinstance(found, ag.Tensor) == (name in ("T", "mT", "real"))
    assert (
        bits(found)[1:] == bits(np.asarray(expected))[1:] if isinstance(found, ag.Tensor) else np.all(found == expected)
    )


@pytest.mark.parametrize("name", sorted({*CALLS} - {"diagonal", "trace", "take", "compress", "swapaxes", "repeat"}))
def test_methods_of_a_number(name):
    """A scalar is a Python float, and has its methods all the same."""
    args = {"reshape": (1, 1), "clip": (0, 2), "dot": (3.0,), "astype": ("f4",)}.get(name, ())
    found, expected = getattr(ag.Tensor(2.5), name)(*args), getattr(np.float64(2.5), name, None)
    expected = getattr(np.asarray(2.5), name)(*args) if expected is None else expected(*args)
    np.testing.assert_allclose(found.data, expected)
    assert found.shape == np.shape(expected)


@pytest.mark.parametrize("name", sorted({*CALLS, *PLAIN} & set(vars(ArrayMethods))))
def test_methods_have_a_signature_and_a_docstring(name):
    method = getattr(ag.Tensor, name)
    assert method.__doc__.startswith("As ndarray.") and method.__doc__.endswith(".")
    assert next(iter(inspect.signature(method).parameters)) == "self"
    assert method.__name__ == ("conjugate" if name == "conj" else name)


def test_methods_that_only_tensors_have():
    t = ag.Tensor(A)
    for name in OWN:
        function = getattr(np, name, None) or getattr(ag, name)
        assert bits(getattr(t, name)()) == bits(function(t))


def test_searchsorted():
    t = ag.Tensor([1.0, 2.0, 4.0])
    assert t.searchsorted([0.5, 2.0]).tolist() == [0, 1]
    assert t.searchsorted(2.0, "right") == t.searchsorted(2.0, side="right") == 2


def test_tolist_of_constants_only():
    assert ag.Tensor(A, requires_grad=False).tolist() == A.tolist()
    assert ag.Tensor(A).detach().tolist() == A.tolist()
    assert ag.Tensor(2.5, requires_grad=False).tolist() == 2.5
    with pytest.raises(ag.ConversionError, match=r"tolist\(\) of W .*t\.data\.tolist\(\)"):
        ag.Tensor(A, name="W").tolist()


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ABSENT))
def test_what_is_absent_is_refused_in_words(name):
    t = ag.Tensor(A)
    assert not hasattr(t, name)
    with pytest.raises(Absent, match=rf"^A Tensor has no \.{name}: .*\.$|.*t\.data.*|.*t\.astype.*") as caught:
        getattr(t, name)
    assert isinstance(caught.value, AttributeError) and isinstance(caught.value, ag.Unsupported)
    assert "NAME" not in str(caught.value)


def test_an_unknown_attribute_is_pythons_own_error():
    with pytest.raises(AttributeError, match=r"'Tensor' object has no attribute 'summ'") as caught:
        ag.Tensor(A).summ()
    assert not isinstance(caught.value, ag.AutogradError)
    assert getattr(ag.Tensor(A), "__array_interface__", None) is None


@pytest.mark.parametrize("dtype", [int, bool, complex, "i4", object, "U3"])
def test_casts_without_derivative_are_refused(dtype):
    with pytest.raises(ag.DtypeError, match=r"t\.data\.astype"):
        ag.Tensor(A).astype(dtype)
    with pytest.raises(ag.DtypeError, match="casting='safe'"):
        ag.Tensor(A).astype(np.float32, casting="safe")


@pytest.mark.parametrize(
    "attempt",
    [
        lambda t: t.sum(0, None, np.zeros(3)),
        lambda t: t.max(0, np.zeros(3)),
        lambda t: t.mean(out=np.zeros(())),
        lambda t: t.clip(0, 1, np.zeros((2, 3))),
        lambda t: t.clip(0, 1, casting="no"),
        lambda t: t.dot(A.T, np.zeros((2, 2))),
        lambda t: t.cumsum(0, None, np.zeros((2, 3))),
        lambda t: t.round(1, np.zeros((2, 3))),
        lambda t: t.trace(out=np.zeros(())),
        lambda t: t.ravel("A"),
        lambda t: t.flatten("K"),
        lambda t: t.reshape(6, order="A"),
        lambda t: t.reshape(6, copy=False),
        lambda t: t.compress([True], 0, np.zeros((1, 3))),
        lambda t: t.take([0], 0, np.zeros((1, 3))),
    ],
)
def test_what_a_tensor_cannot_do_is_refused(attempt):
    with pytest.raises(ag.Unsupported):
        attempt(ag.Tensor(A))


@pytest.mark.parametrize("attempt", [lambda t: t.sum(0, axis=1), lambda t: t.exp(1, 2, 3), lambda t: t.sum(sideways=1)])
def test_wrong_arguments_are_a_type_error(attempt):
    with pytest.raises(TypeError):
        attempt(ag.Tensor(A))
