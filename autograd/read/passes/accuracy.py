"""Whether one form of an expression can stand for another: as accurate, and finite wherever the other is.

Forms are elementwise, so they are tried on vectors of numbers that stand for the entries of their atoms: as they were
recorded, at random, almost equal to one another, and at the ends of what they can be. What is right is computed with
150 digits.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from autograd.read.passes.form import Form

_DIGITS = 150
_NOTHING = 1e-60  # what is smaller counts as 0
_ROUNDING = 16 * np.finfo(float).eps
_CLEARLY = 30  # times the error
_TRIALS = 64
_ENDS = {
    "unit": np.array([0, 0.5, 1]),
    "signed": np.array([-1, 0, 0.5, 1]),
    "positive": np.array([0, 0.5, 1, 2]),
    "real": np.array([-1, 0, 0.5, 1, 2]),
    "whole": np.array([0, 1, 2, 3, 10, -1, -2]),
    "truth": np.array([False, True]),
}
_COUNTED = ("whole", "truth")

Vectors = list[Any]


def domain(value: Any) -> str:
    """What an atom can be, judged by what it was."""
    kind = np.asarray(value).dtype.kind
    if kind != "f":
        return "truth" if kind == "b" else "whole"
    low, high = (np.min(value), np.max(value)) if np.size(value) else (-np.inf, np.inf)
    if low >= 0:
        return "unit" if high <= 1 else "positive"
    return "signed" if low >= -1 and high <= 1 else "real"


@lru_cache(maxsize=1024)
def as_good(new: Form, old: Form, domains: tuple[str, ...]) -> bool:
    """Whether `new` is as good as `old` whatever the atoms are."""
    return all(_no_worse(new, old, vectors) for vectors in _trials(domains))


def as_good_on(new: Form, old: Form, values: Sequence[Any], result: Any, most: int = 32) -> bool:
    """Whether `new` is as good as `old` on recorded values, which gave `result`; or on a sample of `most` of them."""
    shape, size = np.shape(result), np.size(result)
    chosen = np.arange(size) if size <= most else np.random.default_rng(0).integers(size, size=most)
    where = np.unravel_index(chosen, shape) if shape else ()
    vectors = [np.broadcast_to(np.asarray(v), shape)[where].reshape(-1) for v in (*values, result)]
    *vectors, recorded = [v.astype(float) if v.dtype.kind == "f" else v for v in vectors]
    single = np.asarray(result).dtype.itemsize < 8
    same = np.isclose(_floats(old, vectors), recorded, rtol=1e-3 if single else 1e-9, atol=1e-9, equal_nan=True)
    return bool(np.all(same)) and _no_worse(new, old, vectors)


def _trials(domains: Sequence[str]) -> Iterator[Vectors]:
    rng = np.random.default_rng(0)
    yield [rng.choice(_ENDS[d], size=_TRIALS) for d in domains]
    anything = ["real" if d in ("unit", "signed", "positive") else d for d in domains]
    for of in (domains, anything):
        for drawn in (_random, _extreme):
            yield [drawn(rng, d) for d in of]
            for nearness in (1e-4, 1e-9):
                yield _almost_equal(rng, of, drawn, nearness)


def _almost_equal(rng: np.random.Generator, domains: Sequence[str], drawn: Any, nearness: float) -> Vectors:
    common: Any = drawn(rng, domains[0]) if domains else None
    return [drawn(rng, d) if d in _COUNTED else common * (1 + nearness * rng.normal(size=_TRIALS)) for d in domains]


def _random(rng: np.random.Generator, domain: str) -> Any:
    if domain in _COUNTED:
        return rng.choice(_ENDS[domain], size=_TRIALS)
    x = rng.random(_TRIALS)
    return {"unit": x, "signed": 2 * x - 1, "positive": np.exp(6 * x - 3), "real": 3 * rng.normal(size=_TRIALS)}[domain]


def _extreme(rng: np.random.Generator, domain: str) -> Any:
    """Tiny, huge or, as a saturated sigmoid is, almost 1. No round numbers: with those, much is exact by chance."""
    if domain in _COUNTED:
        return rng.choice(_ENDS[domain], size=_TRIALS)
    tiny = 10.0 ** rng.uniform(-30, -3, size=_TRIALS)
    far = 1 / tiny if domain in ("positive", "real") else tiny
    x = np.choose(rng.integers(3, size=_TRIALS), [tiny, 1 - tiny, far])
    return x if domain in ("unit", "positive") else x * rng.choice([-1, 1], size=_TRIALS)


def _no_worse(new: Form, old: Form, vectors: Vectors) -> bool:
    """Finite wherever the old one is, and not clearly further from what is right, at the worst or more often."""
    values, exact = [_floats(form, vectors) for form in (new, old)], _exact(old, vectors)
    if values[0] is None or values[1] is None:
        return False
    finite = np.isfinite(values[1])
    if not np.all(np.isfinite(values[0][finite])):
        return False
    known = finite & np.isfinite(exact.astype(float))
    if not np.array_equal(values[0][finite & ~known], values[1][finite & ~known]):
        return False
    errors, allowed = (np.sort(_errors(v[known], exact[known])) for v in values)
    lucky = len(errors) // 8  # so many exact results may be chance
    allowed = np.append(allowed[lucky:], np.repeat(allowed[-1:], lucky))
    return bool(np.all(errors <= _CLEARLY * allowed + _ROUNDING))


def _floats(form: Form, vectors: Vectors) -> Any:
    with np.errstate(all="ignore"):
        try:
            return _spread(form.run(vectors), vectors).astype(float)
        except (TypeError, ValueError, ArithmeticError):  # NumPy refuses: -x of booleans, 1/x of integers
            return None


def _exact(form: Form, vectors: Vectors) -> Any:
    with decimal.localcontext(decimal.Context(prec=_DIGITS, traps=[])):
        return _spread(form.run([_decimals(v) for v in vectors], number=_decimal), vectors)


def _decimal(x: Any) -> decimal.Decimal:
    over: int
    under: int
    over, under = x.as_integer_ratio()
    return decimal.Decimal(over) / under


def _errors(values: Any, exact: Any) -> Any:
    """Relative to what is right."""
    with decimal.localcontext(decimal.Context(prec=_DIGITS, traps=[])):
        least = decimal.Decimal(_NOTHING)
        found = [abs(decimal.Decimal(v) - e) / max(abs(e), least) for v, e in zip(values.tolist(), exact)]
    return np.array(found, float)


def _decimals(vector: Any) -> Any:
    convert: Callable[[Any], Any] = decimal.Decimal
    return np.array([convert(x) for x in vector.tolist()], object)


def _spread(result: Any, vectors: Vectors) -> Any:
    """The result for each entry, also where no atom is left in it."""
    return np.broadcast_to(np.asarray(result), np.shape(vectors[0]) if vectors else (1,))
