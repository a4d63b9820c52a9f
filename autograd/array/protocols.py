"""NumPy's protocols (NEP 13 and NEP 18) for Tensor: np.exp(t), np.where(c, t, 0) … find their row in the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd.core.convert import plain_array
from autograd.core.handle import Handle
from autograd.core.op import COMPOSITES, OPS, REFUSED, TRACED, Op
from autograd.core.types import Value
from autograd.errors import Unsupported
from autograd.rules import UFUNC_METHODS


class NumPyProtocols(Handle):
    """What NumPy asks of an operand that is not an ndarray."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Value:
        op = OPS.get(ufunc)
        if op is not None and method == "__call__" and not kwargs:
            return TRACED[type(self)](op, inputs, kwargs)
        if method == "__call__" and ufunc in COMPOSITES:
            return COMPOSITES[ufunc](*map(plain_array, inputs), **kwargs)
        if (ufunc, method) in UFUNC_METHODS and "out" not in kwargs:
            return UFUNC_METHODS[ufunc, method](*inputs, **kwargs)
        return _refuse_ufunc(op, ufunc, method, kwargs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Value:
        op = OPS.get(function)
        if op is None:
            if function in COMPOSITES:
                return COMPOSITES[function](*map(plain_array, args), **kwargs)
            raise Unsupported(_without_rule(function))
        return TRACED[type(self)](op, args, kwargs)


def _without_rule(function: Any) -> str:
    """What is said of a function that takes no Tensor."""
    start = f"{getattr(function, '__module__', None) or 'numpy'}.{function.__name__} takes no Tensor: "
    if function in REFUSED:
        return start + REFUSED[function]
    return (
        f"{start}it has no derivative rule here. Where no gradient is needed, pass `t.data`; "
        "a rule of your own is one line: autograd.primitive."
    )


def _refuse_ufunc(op: Op | None, ufunc: np.ufunc, method: str, kwargs: dict[str, Any]) -> NoReturn:
    if op is None:
        raise Unsupported(_without_rule(ufunc))
    if method == "at":
        raise Unsupported(
            f"numpy.{ufunc.__name__}.at writes into its operand, which is not recorded; autograd.put(t, index, values) "
            "gives a new Tensor."
        )
    if method != "__call__":
        raise Unsupported(f"numpy.{ufunc.__name__}.{method} is not recorded on Tensors; np.sum and np.prod are.")
    advice = {
        "out": "An operation makes a new Tensor: a = a + t, where `a += t` would write into the array a.",
        "where": "Use np.where(mask, …, …).",
        "dtype": "t.astype(…) gives another precision.",
    }
    raise Unsupported(
        f"numpy.{ufunc.__name__}({', '.join(k + '=' for k in kwargs)}…) is not supported on Tensors. "
        + " ".join(advice[k] for k in kwargs if k in advice)
    )
