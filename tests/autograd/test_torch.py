"""The rows against PyTorch's functions: values and gradients, on the table's own cases and at the edges.

A row that has no counterpart is listed with the reason, and so is each place where the two differ.
"""

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import OPS
from tests.autograd.cases import CASES

torch = pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")
F = torch.nn.functional


def dims(x, axis):
    """NumPy's axis as PyTorch's dim."""
    return tuple(range(x.ndim)) if axis is None else axis


def flat(x, axis):
    """The array and the axis that NumPy's axis=None stands for in cumulative functions."""
    return (x.reshape(-1), 0) if axis is None else (x, axis)


def product(x, axis=None, keepdims=False):
    """prod over several axes, one after the other."""
    axes = range(x.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    axes = tuple(a % x.ndim for a in axes)
    for a in axes:
        x = torch.prod(x, a, keepdim=True)
    return x if keepdims or not axes else x.squeeze(axes)


SAME = [
    "add", "subtract", "multiply", "divide", "negative", "positive", "square", "sqrt", "exp", "expm1", "exp2", "log",
    "log1p", "log2", "log10", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh",
    "tanh", "arcsinh", "arccosh", "arctanh", "hypot", "absolute", "maximum", "minimum", "fmax", "fmin", "sign", "floor",
    "ceil", "trunc", "reciprocal", "sinc", "logaddexp", "logaddexp2", "copysign", "deg2rad", "rad2deg", "fmod",
    "remainder", "matmul", "sigmoid", "relu", "xlogy", "where", "tril", "triu",
]  # fmt: skip
COUNTERPARTS = {name: getattr(torch, name) for name in SAME} | {
    "power": torch.pow,
    "rint": torch.round,
    "fabs": torch.abs,
    "degrees": torch.rad2deg,
    "radians": torch.deg2rad,
    "flip": lambda x, axis=None: torch.flip(x, tuple(range(x.ndim)) if axis is None else tuple(np.atleast_1d(axis))),
    "roll": lambda x, shift, axis=None: torch.roll(x, shift, axis),
    "log_sigmoid": F.logsigmoid,
    "leaky_relu": lambda x, slope=0.01: F.leaky_relu(x, slope),
    "elu": lambda x, alpha=1.0: F.elu(x, alpha),
    "normal_cdf": torch.special.ndtr,
    "softmax": lambda x, axis=0: torch.softmax(x, axis),
    "logsumexp": lambda x, axis=None, keepdims=False: torch.logsumexp(x, dims(x, axis), keepdims),
    "log_loss": lambda a, y: -(torch.xlogy(y, a) + torch.xlogy(1 - y, 1 - a)),
    "log_loss_logits": lambda z, y: (
        -(y * torch.nn.functional.logsigmoid(z) + (1 - y) * torch.nn.functional.logsigmoid(-z))
    ),
    "sum": lambda x, axis=None, keepdims=False: torch.sum(x, dims(x, axis), keepdim=keepdims),
    "mean": lambda x, axis=None, keepdims=False: torch.mean(x, dims(x, axis), keepdim=keepdims),
    "max": lambda x, axis=None, keepdims=False: torch.amax(x, dims(x, axis), keepdims),
    "min": lambda x, axis=None, keepdims=False: torch.amin(x, dims(x, axis), keepdims),
    "prod": product,
    "cumsum": lambda x, axis=None: torch.cumsum(*flat(x, axis)),
    "cumprod": lambda x, axis=None: torch.cumprod(*flat(x, axis)),
    "sort": lambda x, axis=-1: torch.sort(*flat(x, axis)).values,
    "reshape": lambda x, shape: torch.reshape(x, (shape,) if isinstance(shape, int) else tuple(shape)),
    "transpose": lambda x, axes=None: torch.permute(x, tuple(range(x.ndim))[::-1] if axes is None else tuple(axes)),
    "swapaxes": lambda x, axis1, axis2: torch.swapaxes(x, axis1, axis2),
    "broadcast_to": lambda x, shape: torch.broadcast_to(x, shape),
    "concatenate": lambda xs, axis=0: torch.cat([x.reshape(-1) for x in xs] if axis is None else xs, axis or 0),
    "stack": lambda xs, axis=0: torch.stack(xs, axis),
    "einsum": lambda spec, *xs: torch.einsum(spec, *xs),
    "getitem": lambda x, index: x[index],
    "tril": lambda x, k=0: torch.tril(x, k),
    "triu": lambda x, k=0: torch.triu(x, k),
    "identity": lambda x: x,
    "copy": lambda x: x.clone(),
    "inv": torch.linalg.inv,
    "det": torch.linalg.det,
    "solve": torch.linalg.solve,
    "pinv": torch.linalg.pinv,
    "eigvalsh": torch.linalg.eigvalsh,
    "singular_values": torch.linalg.svdvals,
    "nan_to_num": torch.nan_to_num,
    "clip": torch.clip,
}
WITHOUT = {
    "floor_divide heaviside ldexp": "PyTorch has no derivative of it, or only for integers",
    "binary_cross_entropy": "PyTorch's averages over units, too; log_loss is compared",
    "cholesky": "PyTorch spreads the gradient over both triangles, here it is in the one that is read",
    "conv1d conv1d_input conv1d_weights": "samples are last here; compared in tests/nn/test_layers_torch.py",
    "conv2d conv2d_input conv2d_weights": "samples are last here; compared in test_convolution.py",
    "normalize": "compared with its definition in test_convolution.py and the table",
    "cbrt angle around fix round conjugate unwrap convolve cast": "no function of the same meaning",
    "squeeze expand_dims partition take_along_axis": "other arguments there; see the table's own tests",
    "over_power root_slope undetermined kinked kinked_slope leg power_partial bell rest_of_1": "a part of a rule",
    "log_loss_slope ratio portion overlay patches gap bessel scatter normal_pdf": "a part of a rule",
    "scatter_along put zero_pad euclidean p_norm nonzero product_of_others recurrence root": "a part of a rule",
    "eigh_packed qr_packed svd_packed log_abs_det sign_of_det": "one of several results, see test_linalg.py",
}
# Where a function jumps, has a kink or no value, the two may answer differently: row -> why. Values always agree.
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 30.0, -30.0, 800.0, -800.0, np.inf, -np.inf, np.nan]
OTHER_GRADIENTS = {
    "absolute fabs relu": "at nan: nan here for the absolute value and 0 for relu; 0 and 1 there",
    "arccosh": "outside its domain: nan here, a number there",
    "arctan2": "at the origin, where it has no slope: nan here, 0 there",
    "elu": "at nan: nan here, 1 there",
    "copysign": "at ±inf: the sign here, nan there",
    "fmax fmin": "ties share equally here; there the first takes all",
    "fmod": "where the quotient is not finite",
    "hypot": "at the origin: 0 here, as for every norm, nan there",
    "log_loss xlogy": "0·ln 0 counts as 0 in gradients, too, here; nan there",
    "logaddexp logaddexp2": "two equal infinities share equally here; nan there",
    "maximum minimum": "against nan: 0 here, 1 there",
    "power": "at nan ** 0, and by the exponent at 0 ** a negative number",
}
OTHER_VALUES = {"sign": "of nan: nan in NumPy, 0 in PyTorch"}
OTHER_CASES = {"det": "of a singular matrix PyTorch gives a gradient of 0, which is wrong"}
REFUSALS = (TypeError, RuntimeError, IndexError, ValueError, NotImplementedError)


def named(table):
    return {name: reason for names, reason in table.items() for name in names.split()}


def rows():
    """The rows of the table that have a derivative, by name."""
    ours = ("numpy", "autograd.rules")
    own = [op for f, op in OPS.items() if (getattr(f, "__module__", None) or "numpy").startswith(ours)]
    return {op.name: op for op in own if op.kind != "constant"}


def by_torch(name, args, params):
    """Value and gradients by PyTorch for the cotangent 1; None where PyTorch does not take the call."""
    leaves = []

    def tensor(x):
        if isinstance(x, (list, tuple)) and any(isinstance(v, np.ndarray) for v in x):
            return [tensor(v) for v in x]
        if isinstance(x, (float, np.ndarray)) and np.asarray(x).dtype == float:
            leaves.append(torch.tensor(x, dtype=torch.float64, requires_grad=True))
            return leaves[-1]
        return torch.tensor(x) if isinstance(x, np.ndarray) else x

    try:
        out = COUNTERPARTS[name](*[tensor(x) for x in args], **params)
        out.sum().backward()
    except REFUSALS:
        return None
    return out.detach().numpy(), [np.zeros(x.shape) if x.grad is None else x.grad.numpy() for x in leaves]


def by_us(function, args, params):
    leaves = []

    def tensor(x):
        if isinstance(x, (list, tuple)) and any(isinstance(v, np.ndarray) for v in x):
            return [tensor(v) for v in x]
        if isinstance(x, (float, np.ndarray)) and np.asarray(x).dtype == float:
            leaves.append(ag.Tensor(np.array(x)))
            return leaves[-1]
        return x

    out = function(*[tensor(x) for x in args], **params)
    out.backward(np.ones(out.shape))
    return out.data, [np.zeros(t.shape) if t.grad is None else t.grad for t in leaves]


def test_every_row_has_a_counterpart_or_a_reason():
    without = named(WITHOUT)
    assert [n for n in rows() if n not in COUNTERPARTS and n not in without] == [], (
        "neither in COUNTERPARTS nor WITHOUT"
    )
    assert [n for n in (*COUNTERPARTS, *without) if n not in rows()] == []
    assert [n for n in COUNTERPARTS if n in without] == []


@pytest.mark.parametrize("name", sorted(COUNTERPARTS))
def test_the_cases_of_the_table_agree(name):
    compared = 0
    for case in CASES:
        # An axis of () reduces nothing in NumPy, everything in PyTorch; negative bases are tried at the edges.
        negative = name == "power" and case.fixed
        unlike = negative or case.params.get("axis") == () or not all(np.size(x) for x in case.operands)
        if OPS.get(case.function) is not rows()[name] or unlike:
            continue
        args = case.arrange(*case.operands) if case.arrange else case.operands
        theirs = by_torch(name, args, case.params)
        if theirs is None:
            continue
        compared += 1
        value, gradients = by_us(case.function, args, case.params)
        np.testing.assert_allclose(value, theirs[0], rtol=1e-12, atol=1e-12, err_msg=str(case))
        if name in OTHER_CASES and ("singular" in str(case) or "rank" in str(case)):
            continue
        for a, b in zip(gradients, theirs[1], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11, err_msg=str(case))
    assert compared > 0


@pytest.mark.parametrize(
    "name", sorted(n for n in COUNTERPARTS if rows()[n].kind == "elementwise" and len(rows()[n].vjps) < 3)
)
@pytest.mark.filterwarnings("ignore")
def test_the_edges_agree(name):
    op = rows()[name]
    n = len(op.vjps)
    grid = np.array(np.meshgrid(*[EDGES] * n)).reshape(n, -1)
    theirs = by_torch(name, tuple(grid), {})
    with np.errstate(all="ignore"):
        value, gradients = by_us(op.function, tuple(grid), {})
    if name not in OTHER_VALUES:
        np.testing.assert_allclose(value, theirs[0], rtol=1e-12, atol=1e-12)
    if name not in named(OTHER_GRADIENTS):
        for a, b in zip(gradients, theirs[1], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
