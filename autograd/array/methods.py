"""The methods and properties of ndarray, for Tensor: each is NumPy's function of the same name, with its arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from autograd import rules
from autograd.core.convert import plain_index
from autograd.core.op import OPS, TRACED
from autograd.core.types import Value
from autograd.errors import ConversionError, DtypeError
from autograd.signposts import SIGNPOSTS, refuse, without_refusals

Method = Callable[..., Any]


def _call(function: Method, t: Value, *args: Any, **params: Any) -> Value:
    """The result of `function(t, …)`; for a row of the table, without the way through NumPy's dispatcher."""
    op = OPS.get(function)
    return function(t, *args, **params) if op is None else TRACED[type(t)](op, (t, *args), params)


def _method(function: Method, note: str = "") -> Method:
    """The method that is `function`, with its signature."""

    def method(self: Any, *args: Any, **params: Any) -> Value:
        return _call(function, self, *args, **params)

    return _presented(method, function, note)


def _along(function: Method, note: str = "") -> Method:
    """The same where the axis comes first: as a keyword it takes the short way."""

    def method(self: Any, *args: Any, **params: Any) -> Value:
        if len(args) == 1:
            return _call(function, self, axis=args[0], **params)
        return _call(function, self, *args, **params)

    return _presented(method, function, note)


def _presented(method: Method, function: Method, note: str) -> Method:
    """The method as help() and documentation show it."""
    name = function.__name__
    method.__name__, method.__qualname__ = name, f"ArrayMethods.{name}"
    method.__doc__ = f"As ndarray.{name}{note}."
    with suppress(ValueError):  # ufuncs have a signature since NumPy 2.4
        _, *rest = inspect.signature(function).parameters.values()
        this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
        method.__signature__ = inspect.Signature([this, *rest])  # type: ignore[attr-defined]
    return method


_TIES = "; entries that tie share the gradient equally"
_PLAIN = "; a plain array, since it has no derivative"


class ArrayMethods:
    """What Tensor has in common with an array. The functions called here find their rule in the table."""

    __slots__ = ()

    # --- reductions, and what goes along an axis ----------------------------------------------------------------

    sum = _along(np.sum)
    mean = _along(np.mean)
    prod = _along(np.prod)
    max = _along(np.max, _TIES)
    min = _along(np.min, _TIES)
    var = _along(np.var)
    std = _along(np.std)
    cumsum = _along(np.cumsum)
    cumprod = _along(np.cumprod)
    all = _along(np.all, _PLAIN)
    any = _along(np.any, _PLAIN)
    argmax = _along(np.argmax, _PLAIN)
    argmin = _along(np.argmin, _PLAIN)
    argsort = _along(np.argsort, _PLAIN)
    argpartition = _method(np.argpartition, _PLAIN)
    searchsorted = _method(np.searchsorted, _PLAIN)
    nonzero = _method(np.nonzero, _PLAIN)

    # --- shapes -------------------------------------------------------------------------------------------------

    ravel = _method(np.ravel)
    repeat = _method(np.repeat)
    squeeze = _method(np.squeeze)
    swapaxes = _method(np.swapaxes)
    take = _method(np.take)
    diagonal = _method(np.diagonal)
    trace = _method(np.trace)

    @property
    def T(self: Any) -> Value:
        """The transpose."""
        return _call(np.transpose, self)

    @property
    def mT(self: Any) -> Value:
        """The transpose of the last two axes."""
        return _call(np.matrix_transpose, self)

    def flatten(self: Any, order: str = "C") -> Value:
        """As ndarray.ravel: where nothing is ever changed in place, it makes no difference whether it is a copy."""
        return _call(np.ravel, self, order)

    def reshape(self: Any, *shape: Any, **how: Any) -> Value:
        """As ndarray.reshape."""
        return _call(np.reshape, self, shape[0] if len(shape) == 1 else shape, **how)

    def transpose(self: Any, *axes: Any) -> Value:
        """As ndarray.transpose."""
        order = axes[0] if len(axes) == 1 and (axes[0] is None or np.ndim(axes[0])) else axes
        return _call(np.transpose, self, None if order is None or len(order) == 0 else order)

    def compress(self: Any, condition: Any, axis: Any = None, out: Value = None) -> Value:
        """As ndarray.compress."""
        return np.compress(condition, self, axis, out)

    # --- elementwise -----------------------------------------------------------------------------------------

    exp = _method(np.exp)
    log = _method(np.log)
    sqrt = _method(np.sqrt)
    sin = _method(np.sin)
    cos = _method(np.cos)
    tanh = _method(np.tanh)
    sigmoid = _method(rules.sigmoid)
    relu = _method(rules.relu)
    round = _method(np.round)
    copy = _method(np.copy)
    conj = _method(np.conjugate)
    conjugate = _method(np.conjugate)

    @property
    def real(self: Any) -> Value:
        """The Tensor itself: its numbers are real."""
        return self

    @property
    def imag(self: Any) -> Value:
        """Zeros, as a plain array: the numbers are real."""
        return np.zeros_like(self)

    def clip(self: Any, min: Any = None, max: Any = None, out: Value = None, **how: Any) -> Value:
        """As ndarray.clip."""
        if out is not None or how:
            return np.clip(self, min, max, out=out, **how)
        return _call(np.clip, self, min, max)

    def dot(self: Any, b: Value, out: Value = None) -> Value:
        """As ndarray.dot."""
        return np.dot(self, b) if out is None else np.dot(self, b, out)

    def astype(
        self: Any, dtype: Any, order: str = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True
    ) -> Value:
        """As ndarray.astype, for floating dtypes. Raises DtypeError for others: they have no derivative."""
        wanted = np.dtype(dtype)
        if wanted.kind != "f":
            raise DtypeError(f"A Tensor of {wanted} would have no derivative. As a plain array: t.data.astype(…).")
        if not np.can_cast(self.dtype, wanted, casting):
            raise DtypeError(f"{self.dtype} cannot become {wanted} with casting={casting!r}.")
        return rules.cast(self, wanted)

    def __dir__(self) -> list[str]:
        return without_refusals(self, super().__dir__())

    def __getitem__(self: Any, index: Any) -> Any:
        """Whatever NumPy takes as an index.

        The gradient of each use is an array of this one's size, so n entries that are picked one by one out of n cost
        a sweep n² additions (about 2 s for 16,000); one index for all of them, t[[…]] or t[mask], costs n.
        """
        return rules.getitem(self, plain_index(index))

    # --- out of the Tensor --------------------------------------------------------------------------------------

    def tolist(self: Any) -> Any:
        """As ndarray.tolist, of a constant. Raises ConversionError where that would lose a gradient."""
        if self.requires_grad:
            raise ConversionError(
                f"tolist() of {self._called()} would lose its gradient. If this is intended: `t.data.tolist()`."
            )
        return np.asarray(self.data).tolist()

    @property
    def itemsize(self: Any) -> int:
        """The bytes of one entry."""
        return int(self.dtype.itemsize)

    @property
    def nbytes(self: Any) -> int:
        """The bytes of all entries."""
        return int(self.size) * int(self.dtype.itemsize)

    @property
    def device(self) -> str:
        """Where the numbers are: as NumPy's, in the processor's memory."""
        return "cpu"


def _absent(why: str, *names: str) -> dict[str, str]:
    return {name: why.replace("NAME", name) for name in names}


_IN_PLACE = "it would change the array in place, which is not recorded. "
_MEMORY = "it is about the array's memory, which a Tensor does not show. The array is `t.data`: t.data.NAME"
# What an ndarray has and a Tensor does not; what is said to whoever asks for it.
ABSENT = {
    **_absent(_IN_PLACE + "A sorted copy: np.sort(t).", "sort"),
    **_absent(_IN_PLACE + "A partitioned copy: np.partition(t, kth).", "partition"),
    **_absent(_IN_PLACE + "A Tensor of one value: np.full(t.shape, value), or np.where(mask, value, t).", "fill"),
    **_absent(_IN_PLACE + "Use np.where(mask, values, t), or join pieces with np.concatenate.", "put", "itemset"),
    **_absent(_IN_PLACE + "A larger or smaller copy: np.resize(t, shape).", "resize"),
    **_absent(_IN_PLACE + "The array is `t.data`: t.data.NAME(…).", "setfield", "setflags", "byteswap", "newbyteorder"),
    **_absent("its values are floating and cannot choose. Use np.choose(indices, [t, …]).", "choose"),
    **_absent("use t.ravel(), or iterate over that.", "flat"),
    **_absent("use t.max(axis) - t.min(axis), or np.ptp(t).", "ptp"),
    **_absent(
        "another reading of the same bytes has no derivative. Another precision: t.astype(…). Another shape: "
        "t.reshape(…).",
        *("view", "getfield"),
    ),
    **_absent(_MEMORY + ".", "base", "ctypes", "flags", "strides"),
    **_absent(
        "it writes plain values. If this is intended: t.data.NAME(…).", "dump", "dumps", "tobytes", "tostring", "tofile"
    ),
    **_absent("there is only one device, the processor.", "to_device"),
}


refuse(ArrayMethods, "A Tensor", ABSENT)
refuse(ArrayMethods, "A Tensor", SIGNPOSTS["Tensor"])
