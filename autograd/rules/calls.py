"""The arguments of a call in NumPy's own signature, sorted into operands and parameters."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

import numpy as np

from autograd.core.op import Op
from autograd.errors import Unsupported


def bind(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call as (operands, parameters), without parameters that have their default.

    Raises Unsupported for a keyword that the rule does not know.
    """
    if op.prepare is not None:
        try:
            return op.prepare(*args, **kwargs)  # type: ignore[no-any-return]
        except Unsupported:
            raise
        except TypeError as cause:  # a keyword that the signature of `prepare` does not have
            raise Unsupported(f"{op.name} on Tensors: {keyword(cause)}") from None
    if len(args) == len(op.reads) and kwargs.keys() <= op.params.keys():
        return args, kwargs and {k: v for k, v in kwargs.items() if v is not op.params[k]}
    return _bound(op, args, kwargs)


def _bound(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    signature = signature_of(op)
    given, named = signature.bind(*args, **kwargs).arguments, signature.parameters
    operands = tuple(given.pop(name) for name in list(named)[: len(op.reads)] if name in given)
    params = {k: v for k, v in given.items() if v is not named[k].default}
    unknown = [f"{k}=" for k in params if k not in op.params]
    if unknown:
        known = ", ".join(op.params) or "no keyword"
        raise Unsupported(f"{op.name}({', '.join(unknown)}…) is not supported on Tensors; supported: {known}.")
    return operands, params


@cache
def signature_of(op: Op) -> inspect.Signature:
    """The signature of the function that users call."""
    try:
        return inspect.signature(op.function)
    except (TypeError, ValueError):  # compiled functions have none before NumPy 2.4
        return _positional(len(op.reads), {**op.params, **(UFUNC if isinstance(op.function, np.ufunc) else {})})


UFUNC: dict[str, Any] = {
    "out": None,
    "where": True,
    "casting": "same_kind",
    "order": "K",
    "dtype": None,
    "subok": True,
    "signature": None,
}


def _positional(n: int, keywords: dict[str, Any]) -> inspect.Signature:
    """That of a function of n arrays and these keywords."""
    arrays = [inspect.Parameter(f"x{i + 1}", inspect.Parameter.POSITIONAL_ONLY) for i in range(n)]
    named = [inspect.Parameter(k, inspect.Parameter.KEYWORD_ONLY, default=v) for k, v in keywords.items()]
    return inspect.Signature([*arrays, *named])


def keyword(cause: TypeError) -> str:
    """What a TypeError about a call says, in the user's terms rather than those of the function that raised it."""
    unknown = re.search(r"unexpected keyword argument '(\w+)'", str(cause))
    return f"the keyword {unknown[1]}= is not supported." if unknown else str(cause).partition("() ")[2] or str(cause)
