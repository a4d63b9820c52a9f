"""check_grads: is the derivative of a function the one that differences of its values show?

How differences are read stands in finite_differences.py. Where the function also runs on complex numbers and is
analytic, Im f(x + ih)/h gives the derivative without any subtraction, so to the last digits.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.check.finite_differences import Measured, judge, measure
from autograd.check.rounding import Rounding, precision, rounding
from autograd.core.modes import no_grad
from autograd.core.node import Node
from autograd.core.types import Array, Value
from autograd.errors import AutogradError, DtypeError, GraphError
from autograd.tensor import Tensor
from autograd.transforms.functional import jvp, returned, vjp
from autograd.transforms.tree import flatten, paths, rebuild

VERDICTS = ("ok", "precision", "kink", "unstable", "bug")  # by gravity
MODES = {"rev": "reverse", "fwd": "forward"}
ORDERS = {1: "derivative", 2: "second derivative", 3: "third derivative"}


@dataclass(frozen=True)
class Finding:
    """A derivative that was not confirmed: which, autograd's number and the measured one, and what that means.

    verdict   "bug", "kink", "precision" or "unstable"
    argument  as it stands in the call, `params['W']`; "" where it is about no single one
    index     of the entry in it; None where it is about no single entry
    """

    verdict: str
    order: int
    mode: str
    argument: str
    index: tuple[int, ...] | None
    autograd: float
    numeric: float
    message: str

    def __str__(self) -> str:
        where = self.argument + (f"[{', '.join(map(str, self.index))}]" if self.index else "")
        what = f"{ORDERS.get(self.order, f'derivative of order {self.order}')}{where and ' with respect to '}{where}"
        return f"{self.verdict}: {what}, {MODES[self.mode]} mode\n  {self.message}"


@dataclass(frozen=True)
class Report:
    """What check_grads found. `ok` means that every derivative was confirmed; otherwise `findings` says which not.

    It compares the derivatives with the function as it is written. Whether that is the function that was meant it
    cannot tell: formulas that were derived by hand are compared with autograd by `nn.byhand.check`.
    """

    findings: tuple[Finding, ...]
    order: int
    converted: tuple[str, ...] = ()  # the dtypes of arguments that were checked as float64 in place of their own

    @property
    def ok(self) -> bool:
        """Whether all was confirmed."""
        return not self.findings

    @property
    def verdict(self) -> str:
        """The gravest verdict: "bug", "unstable", "kink", "precision", "ok"."""
        return self.worst.verdict if self.worst else "ok"

    @property
    def worst(self) -> Finding | None:
        """The finding to look at first."""
        return max(self.findings, key=lambda f: VERDICTS.index(f.verdict), default=None)

    def __str__(self) -> str:
        lines = list(map(str, self.findings))
        if self.ok:
            lines.append(f"ok: derivatives up to order {self.order} agree with differences")
        elif self.findings[0].order < self.order:
            lines.append("Higher derivatives were not looked at.")
        if self.converted:
            lines.append(f"Arguments given as {' and '.join(self.converted)} were checked as float64.")
        return "\n".join(lines)


def check_grads(f: Callable[..., Any], *args: Any, order: int = 2, modes: Sequence[str] = ("fwd", "rev")) -> Report:
    """Compare the derivatives of f at `args` with differences, up to an order, in forward and reverse mode.

    Arguments and value may be numbers, arrays and nested lists, tuples and dicts of them. Each argument is moved in a
    random direction (always the same); where that shows something, in each entry, and the worst entry is reported. A
    higher order is looked at when all lower ones are right, since it would only repeat what is wrong with them. f must
    be a pure function. All is checked in float64: arguments of fewer digits are converted, which the report says. Where
    f itself computes in float32, not much can be confirmed: the verdict is "precision".

    That both agree does not say that f is what was meant: a formula with a mistake in it has right derivatives, of the
    wrong function. Formulas derived by hand are checked by `nn.byhand.check`, line by line.

    It calls f about 100 times for each argument (each array in a list or a dict is one) and order; where that shows
    something, for each entry of that argument too.

    >>> import numpy as np, autograd as ag
    >>> print(ag.check_grads(lambda x: np.sum(np.tanh(x)), np.array([0.5, -1.0])))
    ok: derivatives up to order 2 agree with differences
    >>> ag.check_grads(np.abs, np.array([0.5, 0.0])).worst.index
    (1,)
    """
    if not set(modes) <= MODES.keys() or not modes or order < 1:
        raise GraphError(f"order= must be at least 1 and modes= some of {tuple(MODES)}, but got {order} and {modes!r}.")
    leaves, structure = flatten(args)
    dtypes = (np.asarray(_plain(x)).dtype for x in leaves)
    converted = tuple(sorted({d.name for d in dtypes if d.kind == "f" and d.itemsize < 8}))
    leaves = [_floating(x) for x in leaves]
    names = [name for i, a in enumerate(args) for name in paths(a, _parameter(f, i))]
    findings: list[Finding] = []
    scale = 0.0
    with np.errstate(all="ignore"):
        for n in range(1, order + 1):
            level = _Level(f, n, leaves, structure, names, scale)
            findings = level.findings(modes)
            if findings:
                break
            f, scale = level.derivative(), level.scale
    return Report(tuple(findings), order, converted)


class _Level:
    """The check of one order: of the number ⟨f(x), u⟩ with a fixed random u, along directions v of x."""

    def __init__(self, f: Any, order: int, leaves: list[Any], structure: Any, names: list[str], below: float) -> None:
        self.f, self.order, self.leaves, self.structure, self.names = f, order, leaves, structure, names
        self.rng = np.random.default_rng(order)
        self.known: dict[tuple[int, int, int], tuple[Measured, float | None]] = {}  # what was measured
        self.outs = self.values(leaves)
        value = f(*self.arguments(leaves))
        self.out_structure = flatten(value)[1]
        self.u = [np.asarray(self.rng.normal(size=o.shape) if o.shape else 1.0) for o in self.outs]
        self.here = self.rounding(leaves)
        # A number that is 0 here may be made of large ones; so may a derivative: `below` is the scale one order below.
        units = [float(np.max(_unit(x), initial=1.0)) for x in leaves]
        self.scale = max(self.size(self.outs), self.here.size, below / max(units, default=1.0))

    def arguments(self, leaves: list[Any]) -> Any:
        return rebuild(self.structure, [Tensor(x, requires_grad=False) for x in leaves])

    def values(self, leaves: list[Any]) -> list[Array]:
        """The value of f, flat."""
        with no_grad():
            outs, _ = returned(self.f, self.f(*self.arguments(leaves)))
        return [np.asarray(o._value if isinstance(o, Tensor) else o) for o in outs]

    def size(self, outs: list[Array]) -> float:
        """The size of the number that is checked, where f has these values."""
        return sum(float(np.sum(np.abs(u * o))) for u, o in zip(self.u, outs))

    def rounding(self, leaves: list[Any]) -> Rounding:
        """What rounding does to the number that is checked, where the arguments are these."""
        try:
            outs = flatten(self.f(*rebuild(self.structure, [Tensor(x) for x in leaves])))[0]
            total = sum(np.sum(u * o) for u, o in zip(self.u, outs))
            if isinstance(total, Tensor) and isinstance(total.node, Node):
                return rounding(total.node)
        except AutogradError:  # f has no reverse mode: then its value must do
            pass
        outs = self.values(leaves)
        eps = max(precision(o.dtype) for o in outs)
        return Rounding(eps * self.size(outs), self.size(outs), eps, hidden=True)

    def findings(self, modes: Sequence[str]) -> list[Finding]:
        """What is not confirmed at this order."""
        for k, (first, again) in enumerate(zip(self.outs, self.values(self.leaves))):
            if not np.all(np.isfinite(first)):
                at = tuple(int(i) for i in np.argwhere(~np.isfinite(first))[0])
                what = f"the value{f' of f at {list(at)}' if at else ' of f'}" if self.order == 1 else "the gradient"
                words = f"{what} is {first[at]} here, so there is nothing to compare a derivative with."
                return [Finding("unstable", self.order, modes[0], "", None, np.nan, np.nan, words)]
            if not np.array_equal(first, again):
                words = f"f is not a function: called twice with the same arguments, its value {k} is not the same."
                return [Finding("unstable", self.order, modes[0], "", None, np.nan, np.nan, words)]
        found = (self.of_leaf(k, mode) for mode in modes for k, x in enumerate(self.leaves) if np.size(x))
        return [finding for finding in found if finding]

    def of_leaf(self, k: int, mode: str) -> Finding | None:
        """One leaf in a random direction; if that shows something, in the direction of each of its entries."""
        shape: tuple[int, ...] = np.shape(self.leaves[k])
        # Steps are relative for large entries. Weights between 1/2 and 1: no entry is hidden by the others.
        unit = _unit(self.leaves[k])
        v = self.rng.uniform(0.5, 1.0, shape) * self.rng.choice([-1.0, 1.0], shape) * unit
        verdict, a, d, words = self.along(k, v, mode)
        if verdict == "ok":
            return None
        worst, index = (0, 0.0), None
        along_all = words
        for at in np.ndindex(shape):
            e = np.zeros(shape)
            e[at] = unit[at]
            kind, by_autograd, by_differences, said = self.along(k, e, mode, float(unit[at]))
            of_e = by_autograd * float(unit[at]), by_differences * float(unit[at])
            if kind == "bug" and self.tied(k, e, mode, *of_e):
                kind, said = "kink", f"f has a kink, at which entries tie: {said} Where none tie, the two agree."
            gap = abs(by_autograd - by_differences)
            rank = VERDICTS.index(kind), gap if gap == gap else np.inf
            if kind != "ok" and (index is None or rank > worst):
                worst, index, verdict, a, d, words = rank, at, kind, by_autograd, by_differences, said
        if index is None:
            words = f"In the direction of each entry all is well, but not along a random one: {along_all}"
        elif np.size(unit) > 1:
            words += f" (The worst of {np.size(unit)} entries.)"
        if self.order > 1:
            words += " (f stands for the derivative one order below, in a fixed random direction.)"
        elif any(u.shape for u in self.u):
            words += " (f stands for Σ u·f, with fixed random weights u for its entries.)"
        return Finding(verdict, self.order, mode, self.names[k], index, a, d, words)

    def tied(self, k: int, e: Array, mode: str, a: float, d: float) -> bool:
        """Whether several entries tie here, as in the median of equals: differences along one of them say nothing then.

        Close by, autograd's numbers jump between values on both sides of a; farther away, where none tie, they are
        right.
        """
        here, rng = self.leaves[k], np.random.default_rng(0)
        away = [np.asarray(rng.normal(size=e.shape)) for _ in range(8)]
        near = [self.by_autograd(k, e, mode, _moved(here, 1e-7 * w)) for w in away]
        if not (np.ptp(near) > 0.1 * abs(a - d) and min(near) <= a <= max(near)):
            return False
        try:
            for w in away:
                self.leaves[k] = _moved(here, 4 * w)
                if self.along(k, e, mode)[0] not in ("ok", "kink"):
                    return False
        finally:
            self.leaves[k] = here
        return True

    def along(self, k: int, v: Array, mode: str, unit: float = 1.0) -> tuple[str, float, float, str]:
        """The verdict on the derivative along v / unit, v a direction of leaf k: with both numbers, and in words."""
        x = self.leaves[k]
        a = self.by_autograd(k, v, mode, x)
        m, exact = self.measured(k, v)
        m = m.per(unit)
        if np.isnan(a) and mode == "fwd" and not np.all(v):
            a = self.beside(k, v, m.value * unit)
        verdict, a, d, words = judge(a / unit, m, None if exact is None else exact / unit)
        if verdict == "bug" and m.sides is None and np.isfinite(a):
            near = [self.by_autograd(k, v, mode, _moved(x, t * v)) / unit for t in (1e-12, 2e-12, 3e-12)]
            if not np.ptp(near) <= 0.1 * abs(a - d):
                return (
                    "unstable",
                    a,
                    d,
                    f"{words} But its number is {near[-1]:.6g} at a distance of 3e-12: it is noise.",
                )
        return verdict, a, d, words

    def measured(self, k: int, v: Array) -> tuple[Measured, float | None]:
        """The derivative along v by differences and by a complex step; both modes are compared with the same."""
        x = self.leaves[k]
        key = k, hash(v.tobytes()), hash(np.asarray(x).tobytes())

        def phi(t: float) -> float:
            outs = self.values([*self.leaves[:k], _moved(x, t * v), *self.leaves[k + 1 :]])
            return sum(float(np.sum(u * np.asarray(o, float))) for u, o in zip(self.u, outs))

        if key not in self.known:
            noise, size = self.growth(k, v)
            m = measure(phi, self.here.noise, noise, max(self.scale, size), self.here.hidden)
            self.known[key] = m, self.complex_step(k, v)
        return self.known[key]

    def growth(self, k: int, v: Array) -> tuple[float, float]:
        """By how much noise and size grow for a step as long as v: at a minimum, where both may be 0, that is all."""
        step = 2.0**-8
        sides = [_moved(self.leaves[k], t * v) for t in (-step, step)]
        there = [self.rounding([*self.leaves[:k], x, *self.leaves[k + 1 :]]) for x in sides]
        noise = max(0.0, *(r.noise - self.here.noise for r in there))
        return noise / step, max(0.0, *(r.size - self.here.size for r in there)) / step

    def beside(self, k: int, v: Array, expected: float) -> float:
        """`expected`, where forward mode is nan only because of entries that v leaves alone, else nan.

        The tangent 0 of an entry with an infinite derivative, √x at 0, gives 0·inf. That says nothing about v: with
        such entries moved a little, forward mode must come to what is expected.
        """
        for step in (1e-12, -1e-12):
            near = self.by_autograd(k, v, "fwd", _moved(self.leaves[k], np.where(v == 0, step, 0.0)))
            if abs(near - expected) <= 1e-5 * abs(expected) + 1e-5 * self.scale:
                return expected
        return np.nan

    def by_autograd(self, k: int, v: Array, mode: str, x: Value) -> float:
        """The derivative of ⟨f, u⟩ along v, by autograd, where leaf k is x."""
        # Nothing is multiplied with 0 that has no part in the direction: its derivative may be infinite.
        if mode == "rev":
            args = rebuild(self.structure, [*self.leaves[:k], x, *self.leaves[k + 1 :]])
            g = flatten(vjp(self.f, *args)[1](rebuild(self.out_structure, self.u)))[0][k]
            return float(np.sum((np.asarray(_plain(g)) * v)[v != 0]))

        def of_one(leaf: Any) -> Value:
            others = [Tensor(y, requires_grad=False) for y in self.leaves]
            return self.f(*rebuild(self.structure, [*others[:k], leaf, *others[k + 1 :]]))

        pushed = flatten(jvp(of_one, (x,), (v,))[1])[0]
        return sum(float(np.sum(u * np.asarray(_plain(t), float))) for u, t in zip(self.u, pushed))

    def complex_step(self, k: int, v: Array) -> float | None:
        """The derivative found with a complex step, or None where f does not run on complex numbers."""
        if self.here.eps > 1e-15:
            return None
        leaves = [*self.leaves[:k], self.leaves[k] + 1e-30j * v, *self.leaves[k + 1 :]]
        try:
            with warnings.catch_warnings(
                action="ignore"
            ):  # that an imaginary part is dropped: it is seen in the result
                outs = flatten(self.f(*rebuild(self.structure, leaves)))[0]
                found = float(sum(np.sum(u * np.imag(o)) for u, o in zip(self.u, outs)) * 1e30)
        except Exception:  # whatever a user's function says to complex numbers, it is not analytic
            return None
        return found if np.isfinite(found) else None

    def derivative(self) -> Callable[..., Any]:
        """The function to check next: ⟨gradient of ⟨f, u⟩, w⟩ with a fixed random w."""
        f, u, structure = self.f, self.u, self.out_structure
        w = [self.rng.normal(size=np.shape(x)) for x in self.leaves]

        def gradient_along(*args: Any) -> Any:
            gradients = flatten(vjp(f, *args)[1](rebuild(structure, u)))[0]
            return sum(np.sum(g * d) for g, d in zip(gradients, w))

        return gradient_along


# --- arguments ------------------------------------------------------------------------------------------------------


def _moved(x: Value, step: Array) -> Value:
    return float(x + step) if isinstance(x, float) else (x + step).astype(x.dtype)


def _unit(x: Value) -> Array:
    """The length of a step of 1 for each entry of a leaf: relative to it where it is large."""
    return np.asarray(np.maximum(1.0, np.abs(np.asarray(x, float))))


def _plain(x: Value) -> Value:
    return x._value if isinstance(x, Tensor) else x


def _floating(x: Value) -> Value:
    """A leaf of the arguments in float64: a Python float for a number, else an array."""
    array = np.asarray(_plain(x))
    if array.dtype.kind not in "fiu":
        raise DtypeError(
            f"check_grads varies every argument, so each must be floating, but got {array.dtype}. Use a lambda."
        )
    array = array.astype(float) if array.dtype.kind in "iu" or array.dtype.itemsize < 8 else array
    return float(array) if array.ndim == 0 and array.dtype == float else array


def _parameter(f: Callable[..., Any], i: int) -> str:
    """The name of parameter i, where Python can tell."""
    try:
        names = [p.name for p in inspect.signature(f).parameters.values() if p.kind < p.VAR_POSITIONAL]
        return names[i]
    except (TypeError, ValueError, IndexError):
        return f"argument {i}"
