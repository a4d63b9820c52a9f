"""A user's own functions, checked as they run: that they write into nothing they were given, and that what they give is
of use. A rule of the table needs none of this, since its tests do it, and pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import wraps
from typing import Any

import numpy as np
from numpy import ndarray

from autograd.core.node import Constant, Node
from autograd.core.op import TRACED, Op
from autograd.core.types import Rule, Wrap
from autograd.errors import DtypeError, GraphError, ShapeError


def rule(function: Rule, what: str) -> Rule:
    """A rule that is given arrays which cannot be written into, and must give a number, an array or a Tensor.

    what   "vjp of cube for operand 0", for errors
    """
    return _checked(function, f"The {what}", lambda found: found)


def kernel(function: Rule, name: str) -> Rule:
    """The same of the function itself. Integers become floats: a Tensor holds no others."""

    def floating(found: Any) -> Any:
        return found if isinstance(found, float) or found.dtype.kind == "f" else found.astype(float)

    return _checked(function, name, floating)


def hooked(hook: Rule, g: Any, name: str) -> Any:
    """What a hook makes of the gradient g of `name`, which it must leave as it is; None: nothing."""
    what = f"The hook on {name}"
    found = _called(hook, (g,), {}, what)
    return None if found is None else _of_use(found, (g,), what)


def _checked(function: Rule, what: str, then: Callable[[Any], Any]) -> Rule:
    @wraps(function)
    def checked(*args: Any, **params: Any) -> Any:
        found = _of_use(_called(function, args, params, what), args, what)
        return found if type(found) in TRACED else then(found)

    return checked


def _called(function: Rule, args: tuple[Any, ...], params: dict[str, Any], what: str) -> Any:
    """What the function gives for arrays that it cannot write into; an argument itself where it gives one back."""
    shown = [_read_only(a) for a in args]
    try:
        found = function(*shown, **{k: _read_only(v) for k, v in params.items()})
    except ValueError as cause:
        if "read-only" not in str(cause):
            raise
        raise GraphError(
            f"{what} writes into an array that it was given ({cause}). The array is needed as it is, by other "
            "operations or by the caller: work on a copy, np.array(x)."
        ) from cause
    return next((a for a, b in zip(args, shown, strict=True) if found is b), found)


def _read_only(x: Any) -> Any:
    if type(x) is not ndarray:
        return x
    view = x.view()
    view.flags.writeable = False
    return view


def _of_use(found: Any, args: tuple[Any, ...], what: str) -> Any:
    """What a function gave, as a float or an array of real numbers; where it was given Tensors, perhaps a Tensor."""
    if type(found) in TRACED:
        if any(type(a) in TRACED for a in args):
            return found
        raise GraphError(
            f"{what} gave a Tensor, although it was called with plain arrays: it uses a Tensor that is not one of its "
            "arguments, to which no gradient would flow. Make that one an operand, or use its .data."
        )
    if isinstance(found, (bool, int, float, ndarray, np.generic)) and not isinstance(found, np.ma.MaskedArray):
        array = np.asarray(found)
        if array.dtype.kind in "fiub":
            return array if isinstance(found, ndarray) else float(found) if type(found) in (bool, int) else found
    given = "None (is a `return` missing?)" if found is None else _described(found)
    raise DtypeError(f"{what} gave {given}; it must give one number or array of real numbers.")


def _described(x: Any) -> str:
    dtype = f" of dtype {x.dtype}" if isinstance(x, (ndarray, np.generic)) else ""
    return f"{'an array' if type(x) is ndarray else f'a {type(x).__name__}'}{dtype}"


class OwnOp(Op):
    """A user's own operation: what its rules give is checked."""

    def pullback(
        self, node: Node, g: Any, active: Collection[Node] | None = None, wrap: Wrap | None = None
    ) -> list[Any]:
        """See autograd.core.op.Op."""
        shares = super().pullback(node, g, active, wrap)
        for i, share in enumerate(shares):
            if share is not None:
                check_share(node, i, g, share)
        return shares

    def pushforward(
        self, node: Node, tangents: dict[Node, Any], wrap: Wrap | None, apart: bool = False, done: Sequence[int] = ()
    ) -> list[tuple[int, Any]]:
        """See autograd.core.op.Op."""
        parts = super().pushforward(node, tangents, wrap, apart, done)
        for i, part in parts:
            check_tangent(node, i, part)
        return parts


def check_share(node: Node, i: int, g: Any, found: Any) -> None:
    """What a rule gave for operand i must have its shape, or one that says how it comes to have it.

    Summed are axes along which the operand was repeated: the result, another operand or a parameter has them in that
    size. Repeated are axes of size 1, and a single number. (Fewer axes would be repeated by NumPy as well, but perhaps
    along the wrong one.) Both at once is more likely to be a mistake.
    """
    shape, wanted = np.shape(found), node.parents[i].shape
    n = max(len(shape), len(wanted))
    theirs, ours = _padded(shape, n), _padded(wanted, n)
    rest = [np.shape(g), *(_shape(p) for k, p in enumerate(node.parents) if k != i), *map(_shape, node.params.values())]
    summed = [k for k in range(n) if theirs[k] != 1 == ours[k]]
    repeated = [k for k in range(n) if theirs[k] == 1 != ours[k]]
    if (
        all(a == b or 1 in (a, b) for a, b in zip(theirs, ours, strict=True))
        and all(any(theirs[k] == _padded(other, n)[k] for other in rest) for k in summed)
        and (not repeated or (not summed and (len(shape) == len(wanted) or set(shape) <= {1})))
    ):
        return
    assert node.op is not None
    raise ShapeError(
        f"{node.op.name}: the rule for operand {i} gave shape {shape}, but the operand{_named(node.parents[i])} has "
        f"{wanted}, and the result {np.shape(g)}. Give the operand's shape; axes along which broadcasting repeated it "
        "may be there as well, they are summed; axes that the operation summed have size 1: np.expand_dims(g, axis)."
    )


def check_tangent(node: Node, i: int, found: Any) -> None:
    """What a rule gave as the tangent of a result must have its shape, or be repeated to it by broadcasting."""
    shape, n = np.shape(found), len(node.shape)
    if len(shape) > n or any(a not in (1, b) for a, b in zip(_padded(shape, n), node.shape, strict=True)):
        assert node.op is not None
        raise ShapeError(
            f"{node.op.name}: the rule for the tangent of operand {i}{_named(node.parents[i])} gave shape {shape}, but "
            f"the result{_named(node)} has {node.shape}. Give the tangent in that shape."
        )


def _shape(x: Any) -> tuple[int, ...]:
    return x.shape if isinstance(x, (Node, ndarray)) else np.shape(x.out) if type(x) is Constant else ()


def _padded(shape: tuple[int, ...], n: int) -> tuple[int, ...]:
    """The last n sizes of a shape, as broadcasting sees it."""
    return ((1,) * n + shape)[-n:] if n else ()


def _named(node: Node) -> str:
    return f", {node.name}," if node.name else ""
