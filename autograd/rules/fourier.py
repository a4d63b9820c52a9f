"""np.fft: the shifts are moves of entries. The transforms are refused: their values are complex, Tensors are real."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.types import Value
from autograd.rules.declare import defined, refuse


def shifted(x: Value, axes: Any, share: Value) -> Value:
    """x with the first `share(n)` of the n entries of each axis moved behind the others."""
    for axis in range(np.ndim(x)) if axes is None else normalize_axis_tuple(axes, np.ndim(x), allow_duplicate=True):
        before, start = (slice(None),) * axis, share(np.shape(x)[axis])
        x = np.concatenate([x[(*before, slice(start, None))], x[(*before, slice(None, start))]], axis)
    return x


@defined(np.fft.fftshift)
def fftshift(x: Value, axes: Any = None) -> Value:
    """Frequency 0 to the middle."""
    return shifted(x, axes, lambda n: n - n // 2)


@defined(np.fft.ifftshift)
def ifftshift(x: Value, axes: Any = None) -> Value:
    """Frequency 0 from the middle back to the front."""
    return shifted(x, axes, lambda n: n // 2)


_REAL = (
    "multiply by the real matrices np.cos(2*np.pi*np.outer(k, t)/n) and np.sin(…) instead, or use np.convolve; where "
    "no gradient is needed, pass `t.data`."
)
refuse(
    "its values are complex, and Tensors hold real numbers: " + _REAL,
    *(getattr(np.fft, f"{f}{d}") for f in ("fft", "ifft", "rfft") for d in ("", "2", "n")),
    np.fft.ihfft,
)
refuse(
    "it takes complex values, and Tensors hold real numbers: " + _REAL,
    *(np.fft.irfft, np.fft.irfft2, np.fft.irfftn, np.fft.hfft),
)
