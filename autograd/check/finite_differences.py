"""Derivatives by finite differences, with steps from 1/4 down to 1e-12, and what it says about autograd's.

How the quotients behave as the step shrinks tells more than any one of them:

    they settle             that is the derivative; autograd's must be the same      ok | bug
    from the left and from the right they settle, at different values                kink
    they settle, then scatter early: the function carries few digits (float32)       precision
    they never settle                                                                unstable
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograd.core.types import Array

_LAST = 11  # so many steps, down from 1e-6, show how slopes behave in the limit
STEPS = 0.25 ** np.arange(1.0, 21.0)


@dataclass(frozen=True)
class Measured:
    """A derivative by finite differences: value and uncertainty, the noise of f that this shows, and the size of f.

    sides     the slopes from the left and from the right, where they differ
    jump      by how much f jumps
    runaway   whether the slope grows without bound as the step shrinks
    """

    value: float
    error: float
    noise: float
    scale: float
    sides: tuple[float, float] | None
    jump: float | None
    runaway: bool

    def per(self, unit: float) -> Measured:
        """The same for a direction shorter by this factor."""
        sides = self.sides and (self.sides[0] / unit, self.sides[1] / unit)
        value, error, noise, scale = self.value / unit, self.error / unit, self.noise / unit, self.scale / unit
        return Measured(value, error, noise, scale, sides, self.jump, self.runaway)


def measure(phi: Callable[[float], float], noise: float, growth: float, scale: float, hidden: bool = False) -> Measured:
    """The derivative of φ at 0.

    noise     the rounding error of φ(0), which grows by `growth` for a step of 1
    scale     the size of what φ is made of
    hidden    whether φ may carry fewer digits than `noise` says

    >>> bool(abs(measure(np.sin, 0.0, 1e-16, 1.0).value - 1) < 1e-9)
    True
    """
    here = phi(0.0)
    ahead = np.array([phi(h) for h in STEPS])
    behind = np.array([phi(-h) for h in STEPS])
    motion = np.abs(ahead - here) + np.abs(here - behind)
    jumps = (ahead - behind)[-3:]
    jump = float(jumps[-1]) if np.ptp(jumps) < 0.01 * abs(jumps[-1]) else None
    if jump is not None and hidden and not _stays(phi, jump):
        noise, jump = max(noise, abs(jump)), None
    noises = max(noise, _quantum(motion, scale) if hidden else 0.0) + growth * STEPS
    jump = jump if jump is not None and abs(jump) > 10 * noises[-1] else None
    runaway = bool(np.all(np.diff(np.log(motion / STEPS)) > 0.2) and np.all(motion > 10 * noises))
    sides = _sides(ahead, here, behind, noises / STEPS)
    # One step more of Richardson's extrapolation: the error of the quotient falls with h², then with h⁴.
    central = (ahead - behind) / (2 * STEPS)
    fine = (16 * central[1:] - central[:-1]) / 15
    spread = np.maximum(np.abs(fine[1:-1] - fine[:-2]), np.abs(fine[1:-1] - fine[2:]))
    error, fine = spread + (noises / STEPS)[2:-1], fine[1:-1]
    if not np.isfinite(error).any():
        return Measured(np.nan, np.inf, np.inf, scale, sides, jump, runaway)
    # Relative to what is certain of the slope: beyond a pole a small error means nothing.
    relative = error / (np.maximum(np.abs(fine) - error, 0) + 1e-8 * scale + np.finfo(float).tiny)
    best = _settled(fine, error, relative)
    last = np.abs(central[-_LAST:])
    if np.all(last > 0) and np.all(last[1:] <= 0.3 * last[:-1]):  # x|x| at 0: the slope falls with the step, to 0
        return Measured(0.0, float(last[-1]), 0.0, max(scale, float(np.nanmax(np.abs(central)))), sides, jump, runaway)
    uncertain = float(error[best])
    return Measured(float(fine[best]), uncertain, uncertain * float(STEPS[best + 2]), scale, sides, jump, runaway)


def judge(a: float, m: Measured, exact: float | None) -> tuple[str, float, float, str]:
    """The verdict on autograd's number, given what was measured: (verdict, autograd's, the measured one, words)."""
    size = max(abs(x) for x in (a, m.value, 0.0) if np.isfinite(x))
    tolerance = 1e-7 * size + 1e-13 * m.scale
    if m.jump is not None:
        return "kink", a, m.value, f"f jumps here, by {m.jump:.3g}: it has no derivative. autograd takes {a:.6g}."
    if m.sides is not None:
        low, high = sorted(m.sides)
        said = f"f has a kink: its slope is {m.sides[0]:.6g} on the left and {m.sides[1]:.6g} on the right."
        slack = 1e-4 * max(abs(low), abs(high))
        if low - slack <= a <= high + slack:
            return "kink", a, m.value, f"{said} autograd takes {a:.6g}, which is one of the possible choices."
        return "bug", a, m.value, f"{said} autograd says {a:.6g}, which is not between the two."
    steady = tolerance + 1e-8 * m.scale
    if m.runaway:
        return "unstable", a, m.value, f"the slope of f grows without bound here; autograd says {a:.6g}."
    if not np.isfinite(m.error):
        return "unstable", a, m.value, f"f is not finite nearby: a border of its domain? autograd says {a:.6g}."
    # A slope that is 0 as far as can be seen has no digits to lose: its error is measured by the size of f.
    visible = 1e-2 * abs(m.value) if abs(m.value) > m.error else 1e-5 * m.scale
    if m.error > max(steady, visible):
        words = f"no step size gives a steady slope: the best is {m.value:.6g} ± {m.error:.1g}, autograd says {a:.6g}."
        return "unstable", a, m.value, words + " f loses its digits here, or its slope is unbounded."
    if not abs(a - m.value) <= max(tolerance, 10 * m.error):  # nan is no agreement either
        ratio = f"{a / m.value:.6g}" if m.value and np.isfinite(a) else "1"
        times = f", {ratio} times as much" if ratio != "1" else ""
        return "bug", a, m.value, f"autograd says {a:.10g}{times}; differences say {m.value:.10g} ± {m.error:.1g}."
    if m.error > steady:
        digits = f"agree as far as can be seen: {a:.10g} and {m.value:.10g} ± {m.error:.1g}"
        if m.noise <= 1e-5 * m.scale:
            return "precision", a, m.value, f"both {digits}. f carries few digits; to confirm more, use float64."
        return "unstable", a, m.value, f"both {digits}. f loses most of its digits here."
    if exact is not None and abs(exact - m.value) <= min(tolerance, 1e-4 * size):  # else f is not analytic
        if not abs(a - exact) <= 1e-9 * abs(exact) + 1e-12 * m.scale:
            return "bug", a, exact, f"autograd says {a:.14g}; a complex step, exact to rounding, says {exact:.14g}."
        return "ok", a, exact, ""
    return "ok", a, m.value, ""


def _stays(phi: Callable[[float], float], jump: float) -> bool:
    """Whether the jump is there at other small steps too.

    Steps that are powers of 4 may all round the same way: 4ⁿ/3 always has the fraction 1/3.
    """
    others = STEPS[-4] * np.array([0.83, 0.57, 0.39, 0.29, 0.19, 0.13, 0.071])
    return all(abs(phi(h) - phi(-h) - jump) < 0.01 * abs(jump) for h in others)


def _quantum(motion: Array, scale: float) -> float:
    """The smallest motion that φ can show, where steps below some size do not move it: it carries few digits then.

    (Unless that motion was a large one: a flat piece of φ is no lack of digits.)
    """
    flat = np.flatnonzero(motion == 0)
    last = float(motion[flat[0] - 1]) if flat.size and flat[0] else 0.0
    return last if last < 1e-6 * scale else 0.0


def _settled(fine: Array, error: Array, relative: Array) -> int:
    """The step to go by: the best by its error, unless three smaller ones agree on something else.

    (What lies farther away than a small step, a border between two pieces of f, is not part of the slope here.)
    """
    best = int(np.nanargmin(relative))
    for i in range(best + 1, len(fine) - 2):
        three, errors = fine[i : i + 3], error[i : i + 3]
        if not np.all(np.isfinite(errors)):
            continue
        apart = np.abs(three - fine[best])
        if np.all(apart > 1000 * errors + 10 * error[best]) and np.ptp(three) <= np.sum(errors):
            return i + _settled(fine[i:], error[i:], relative[i:])
    return best


def _sides(ahead: Array, here: float, behind: Array, noise: Array) -> tuple[float, float] | None:
    """The slopes from the left and from the right, where they are not the same; `noise` is that of the slopes.

    The difference must be the same at all smaller steps at which it can be seen: a kink somewhere near looks like a
    kink here at steps that reach it.
    """
    right, left = (ahead - here) / STEPS, (here - behind) / STEPS
    visible = np.maximum(1e-6 * np.maximum(np.abs(right), np.abs(left)), 100 * noise)[1:]
    right, left = ((4 * s[1:] - s[:-1]) / 3 for s in (right, left))
    apart = right - left
    for i in reversed(range(1, len(apart) - 1)):
        three = apart[i - 1 : i + 2]
        if not np.all(np.abs(three) > visible[i - 1 : i + 2]) or not np.ptp(three) < 0.1 * np.min(np.abs(three)):
            continue
        smaller = slice(i + 2, None)
        seen = visible[smaller] < 0.5 * abs(apart[i])
        if np.all(np.abs(apart[smaller] - apart[i])[seen] < 0.5 * abs(apart[i])):
            return float(left[i]), float(right[i])
    return None
