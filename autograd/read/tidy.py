"""What can be left out of a program without changing a bit of its results: steps that are done twice, or do nothing.

    x * 1, x / 1, -(-x), a cast to the dtype that x has, a copy          are x
    ones of a whole shape times x of that shape                          is 1 * x
    a function of constants alone                                       is computed once, here

What is only equal on paper ((a - y) / (a(1 - a)) * a(1 - a) = a - y) is the business of simplify.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd import rules
from autograd.op import settle
from autograd.read.symbol import Symbol, within

_LARGE = 64  # entries of a constant array; a larger one is better made by the program than kept


def operands_first(roots: Iterable[Any]) -> list[Symbol]:
    """Every Symbol that the roots were computed from, operands before what they are operands of. No recursion."""
    order: list[Symbol] = []
    done: set[Symbol] = set()
    stack = [s for root in roots for s in within(root)]
    while stack:
        s = stack[-1]
        waiting = [x for x in within((s.operands, s.params)) if x not in done] if s not in done else []
        if waiting:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        if s not in done:
            done.add(s)
            order.append(s)
    return order


def replaced(x: Any, by: dict[Symbol, Any]) -> Any:
    """The same structure (operands, parameters) with Symbols replaced."""
    if isinstance(x, Symbol):
        return by.get(x, x)
    if type(x) is slice:
        return slice(*(replaced(part, by) for part in (x.start, x.stop, x.step)))
    if type(x) is dict:
        return {k: replaced(v, by) for k, v in x.items()}
    return type(x)(replaced(part, by) for part in x) if type(x) in (tuple, list) else x


def tidied(roots: Sequence[Any]) -> dict[Symbol, Any]:
    """For every Symbol that the roots were computed from, what stands in its place: a Symbol, or a constant."""
    found: dict[Symbol, Any] = {}
    known: dict[Any, Any] = {}
    for s in operands_first(roots):
        if s.call is None:
            found[s] = s
            continue
        operands, params = replaced(s.operands, found), replaced(s.params, found)
        operands = _single_numbers(s, operands)
        same = _without_effect(s, operands, params)
        if same is not None:
            found[s] = same
            continue
        if not any(True for _ in within((operands, params))) and np.size(s.value) <= _LARGE:
            found[s] = s.value
            continue
        key = (s.call, _key(operands), _key(params))
        if key not in known:
            unchanged = key[1:] == (_key(s.operands), _key(s.params))
            known[key] = s if unchanged else _like(s, operands, params)
        found[s] = known[key]
    return found


def _like(s: Symbol, operands: tuple[Any, ...], params: dict[str, Any]) -> Symbol:
    return type(s)(s.value, s.name, function=s.function, call=s.call, operands=operands, params=params, shape=s.shape)


def _key(x: Any) -> Any:
    """By what operands and parameters are told apart: Symbols and arrays by identity, numbers with their type."""
    if isinstance(x, (Symbol, np.ndarray)) or callable(x):
        return id(x)
    if type(x) is slice:
        return slice, _key(x.start), _key(x.stop), _key(x.step)
    if type(x) is dict:
        return tuple((k, _key(v)) for k, v in sorted(x.items()))
    if type(x) in (tuple, list):
        return type(x), tuple(map(_key, x))
    return type(x), repr(x)  # 0.0 and -0.0 are equal, and so is nan to nothing


_ELEMENTWISE = (np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.power)


def _single_numbers(s: Symbol, operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """Operands with a single number in place of an array full of it, where shape and dtype come from the other."""
    if s.call not in _ELEMENTWISE or len(operands) != 2:
        return operands
    found = list(operands)
    for i, x in enumerate(operands):
        other = operands[1 - i]
        if not isinstance(x, (np.ndarray, np.generic)) or not isinstance(other, Symbol):
            continue
        if np.size(x) and other.shape == s.shape and other.dtype == s.dtype == x.dtype and _uniform(x):
            found[i] = float(x.flat[0]) if isinstance(x, np.ndarray) else float(x)
    return tuple(found)


def _uniform(x: Any) -> bool:
    first = np.asarray(x).flat[0]
    return bool(np.asarray(x).dtype.kind == "f" and np.all(x == first) and (first != 0 or not np.any(np.signbit(x))))


def _without_effect(s: Symbol, operands: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """The operand that is the result already, or None."""
    if not operands:
        return None
    x = operands[0]
    same = isinstance(x, Symbol) and x.shape == s.shape and x.dtype == s.dtype and _float(x) == _float(s)
    if s.call in _TRANSPARENT and same:
        return x
    if len(operands) == 2 and s.call in (np.multiply, np.divide, np.power):
        y = operands[1]
        if same and _is_one(y):
            return x
        if s.call is np.multiply and isinstance(y, Symbol) and y.shape == s.shape and y.dtype == s.dtype and _is_one(x):
            return y
    if s.call is np.negative and isinstance(x, Symbol) and x.call is np.negative:
        return x.operands[0]
    return None


_TRANSPARENT: tuple[Callable[..., Any], ...] = (
    *(rules.identity, rules.cast, np.positive, np.copy, np.reshape, np.broadcast_to, np.conjugate),
)


def _float(s: Symbol) -> bool:
    return type(settle(s.value)) is float


def _is_one(x: Any) -> bool:
    return isinstance(x, (int, float, np.generic)) and not isinstance(x, (bool, np.bool_)) and x == 1
