"""A derivative by differences, with steps from 1/4 down to 1e-12, and what it says about autograd's.

How the quotients behave as the step shrinks tells more than any one of them:

    they settle             that is the derivative; autograd's must be the same      ok | bug
    from the left and from the right they settle, at different values                kink
    they settle, then scatter early: the function carries few digits (float32)       precision
    they never settle                                                                unstable
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_LAST = 11  # so many steps, down from 1e-6, show how slopes behave in the limit
STEPS = 0.25 ** np.arange(1.0, 21.0)


@dataclass(frozen=True)
class Measured:
    """A derivative by differences: value and uncertainty, the noise of f that this shows, and the size of f.

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


def measure(phi: Callable[[float], float], eps: float, scale: float, expected: float) -> Measured:
    """The derivative of φ at 0. eps, scale: relative precision and size of its values; expected: what autograd says.

    >>> bool(abs(measure(np.sin, 1e-16, 1.0, 1.0).value - 1) < 1e-9)
    True
    """
    here = phi(0.0)
    ahead = np.array([phi(h) for h in STEPS])
    behind = np.array([phi(-h) for h in STEPS])
    motion = np.abs(ahead - here) + np.abs(here - behind)
    runaway = bool(np.all(np.diff(np.log(motion / STEPS)) > 0.2))
    jumps = (ahead - behind)[-3:]
    jump = float(jumps[-1]) if np.ptp(jumps) < 0.01 * abs(jumps[-1]) > 1e-6 * scale else None
    # A step too small for the digits of f moves nothing, which says nothing about its slope.
    lost = _lost(motion, expected, scale)
    ahead[lost] = behind[lost] = np.nan
    sides = _sides(ahead, here, behind, eps * scale)
    if abs(expected) <= 1e-10 * scale:  # autograd does not expect a motion either
        ahead[lost] = behind[lost] = here
    # One step more of Richardson's extrapolation: the error of the quotient falls with h², then with h⁴.
    central = (ahead - behind) / (2 * STEPS)
    fine = (16 * central[1:] - central[:-1]) / 15
    spread = np.maximum(np.abs(fine[1:-1] - fine[:-2]), np.abs(fine[1:-1] - fine[2:]))
    error, fine = spread + eps * scale / STEPS[2:-1], fine[1:-1]
    if not np.isfinite(error).any():
        return Measured(np.nan, np.inf, np.inf, scale, sides, jump, runaway)
    relative = error / (np.abs(fine) + 1e-8 * scale + np.finfo(float).tiny)  # beyond a pole a small error means nothing
    best = _settled(fine, error, relative, [i - 2 for i in lost])
    last = np.abs(central[-_LAST:])
    if np.all(last > 0) and np.all(last[1:] <= 0.3 * last[:-1]):  # x|x| at 0: the slope falls with the step, to 0
        return Measured(0.0, float(last[-1]), 0.0, max(scale, float(np.nanmax(np.abs(central)))), sides, jump, runaway)
    uncertain = float(error[best])
    return Measured(float(fine[best]), uncertain, uncertain * float(STEPS[best + 2]), scale, sides, jump, runaway)


def judge(a: float, m: Measured, exact: float | None) -> tuple[str, float, float, str]:
    """The verdict on autograd's number, given what was measured: (verdict, autograd's, the measured one, words)."""
    size = max(abs(x) for x in (a, m.value, 0.0) if np.isfinite(x))
    tolerance = 1e-7 * size + 1e-10 * m.scale
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
    if m.error > max(steady, 1e-2 * abs(m.value)):
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
    if exact is not None and abs(exact - m.value) <= tolerance:
        if not abs(a - exact) <= 1e-9 * abs(exact) + 1e-12 * m.scale:
            return "bug", a, exact, f"autograd says {a:.14g}; a complex step, exact to rounding, says {exact:.14g}."
        return "ok", a, exact, ""
    return "ok", a, m.value, ""


def _lost(motion: Array, expected: float, scale: float) -> list[int]:
    """The steps that move nothing though f has a slope: they come after a motion that was tiny, or from where on f
    would, by autograd, move by less than it did at last.
    """
    flat = [i for i in range(1, len(STEPS)) if motion[i] == 0]
    if not flat or not 0 < motion[flat[0] - 1] < np.inf:
        return []
    last, next_one = motion[flat[0] - 1], 2 * abs(expected) * STEPS[flat[0]]
    return flat if last < 1e-6 * scale or 0 < next_one <= last else []


def _settled(fine: Array, error: Array, relative: Array, lost: list[int]) -> int:
    """The step to go by: the best by its error, unless three smaller ones agree on something else.

    (What lies farther away than a small step, a border between two pieces of f, is none of the slope here.)
    """
    best = int(np.nanargmin(relative))
    for i in range(best + 1, len(fine) - 2):
        three, errors = fine[i : i + 3], error[i : i + 3]
        if set(range(i, i + 3)) & set(lost) or not np.all(np.isfinite(errors)):
            continue
        apart = np.abs(three - fine[best])
        if np.all(apart > 1000 * (errors + error[best])) and np.ptp(three) <= np.sum(errors):
            return i + _settled(fine[i:], error[i:], relative[i:], [k - i for k in lost])
    return best


def _sides(ahead: Array, here: float, behind: Array, noise: float) -> tuple[float, float] | None:
    """The slopes from the left and from the right, where they are not the same; seen at the smallest steps possible.

    (At larger ones a kink somewhere near looks like a kink here.)
    """
    right, left = (ahead - here) / STEPS, (here - behind) / STEPS
    right, left = ((4 * s[1:] - s[:-1]) / 3 for s in (right, left))
    apart, size = right - left, np.maximum(np.abs(right), np.abs(left))
    for i in reversed(range(1, len(apart) - 1)):
        three, sizes = apart[i - 1 : i + 2], size[i - 1 : i + 2]
        if not np.all(np.isfinite(three)):
            continue
        if np.all(np.abs(three) <= 1e-6 * sizes):
            return None
        clear = np.abs(three) > np.maximum(1e-6 * sizes, 100 * noise / STEPS[i : i + 3])
        if np.all(clear) and np.ptp(three) < 0.1 * np.min(np.abs(three)):
            return float(left[i]), float(right[i])
    return None
