"""Cases of np.fft: the shifts."""

import numpy as np

from tests.autograd.case import case

CASES = [
    case(f, [shape], {"axes": axes})
    for f in (np.fft.fftshift, np.fft.ifftshift)
    for shape, axes in [
        ((4,), None),
        ((5,), None),
        ((2, 3), None),
        ((2, 3), 1),
        ((2, 3), (0, -1)),
        ((1,), 0),
        ((0, 2), None),
    ]
]
