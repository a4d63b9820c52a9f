"""Cases of convolution, pooling and embedding. The references are the definitions, written as loops."""

from itertools import product

import numpy as np

from autograd import rules
from tests.autograd.case import Case, case, drawn

C = rules.convolution


def both(value):
    return value if isinstance(value, tuple) else (value, value)


def windows(x, size, stride, padding, fill=0.0):
    """Every window of the images, one by one: ((i, j), x[:, window, :])."""
    (kh, kw), (down, right), (top, left) = both(size), both(stride), both(padding)
    x = np.pad(x, ((0, 0), (top, top), (left, left), (0, 0)), constant_values=fill)
    for i, j in product(range((x.shape[1] - kh) // down + 1), range((x.shape[2] - kw) // right + 1)):
        yield (i, j), x[:, i * down : i * down + kh, j * right : j * right + kw]


def gathered(found):
    """{(i, j): array (…, m)} as one array (…, oh, ow, m)."""
    oh, ow = (1 + max(at[axis] for at in found) for axis in (0, 1))
    rows = [np.stack([found[i, j] for j in range(ow)], axis=-2) for i in range(oh)]
    return np.stack(rows, axis=-3)


def conv2d(x, W, stride=1, padding=0):
    return gathered(
        {
            at: np.stack([np.sum(W[o][..., None] * part, axis=(0, 1, 2)) for o in range(len(W))])
            for at, part in windows(x, W.shape[2:], stride, padding)
        }
    )


def conv2d_input(u, W, shape, stride=1, padding=0):
    (top, left), (down, right) = both(padding), both(stride)
    out = np.zeros((W.shape[1], shape[0] + 2 * top, shape[1] + 2 * left, u.shape[3]), np.result_type(u, W))
    for o, c, a, b, i, j in np.ndindex(*W.shape, *u.shape[1:3]):
        out[c, i * down + a, j * right + b] += W[o, c, a, b] * u[o, i, j]
    return out[:, top : top + shape[0], left : left + shape[1]]


def conv2d_weights(u, x, size, stride=1, padding=0):
    parts = dict(windows(x, size, stride, padding))
    return sum(np.stack([np.sum(u[o, i, j] * p, axis=-1) for o in range(len(u))]) for (i, j), p in parts.items())


def patches(x, size, stride=1, padding=0):
    return gathered(dict(windows(x, size, stride, padding)))


def overlay(parts, shape, stride=1, padding=0):
    (top, left), (down, right) = both(padding), both(stride)
    c, kh, kw, oh, ow, m = parts.shape
    out = np.zeros((c, shape[0] + 2 * top, shape[1] + 2 * left, m), parts.dtype)
    for a, b, i, j in np.ndindex(kh, kw, oh, ow):
        out[:, i * down + a, j * right + b] += parts[:, a, b, i, j]
    return out[:, top : top + shape[0], left : left + shape[1]]


def max_pool2d(x, size, stride=None, padding=0):
    parts = windows(x, size, size if stride is None else stride, padding, -np.inf)
    return gathered({at: np.max(part, axis=(1, 2)) for at, part in parts})


def average_pool2d(x, size, stride=None, padding=0):
    parts = windows(x, size, size if stride is None else stride, padding)
    return gathered({at: np.mean(part, axis=(1, 2)) for at, part in parts})


GRIDS = [  # images, size of the window, and how it moves
    ((1, 3, 3, 1), (2, 2), {}),
    ((2, 4, 3, 2), (2, 3), {}),
    ((2, 3, 3, 1), (1, 1), {}),
    ((1, 2, 2, 2), (2, 2), {}),
    ((1, 4, 5, 2), (2, 2), {"stride": 2}),  # the last column stands in no window
    ((2, 3, 2, 1), (3, 2), {"padding": 1}),
    ((1, 4, 3, 2), (2, 2), {"stride": (2, 1), "padding": (0, 1)}),
    ((1, 3, 3, 1), (1, 1), {"stride": 2}),
    ((1, 3, 3, 0), (2, 2), {}),
]


def out_shape(x, size, how):
    (kh, kw), (down, right), (top, left) = size, both(how.get("stride", 1)), both(how.get("padding", 0))
    return ((x[1] + 2 * top - kh) // down + 1, (x[2] + 2 * left - kw) // right + 1, x[3])


def grid(function, reference, shapes, x, size, params):
    note = f"{'x'.join(map(str, x))},{size},{params}".replace(" ", "")
    return case(function, shapes, params, note=note, reference=reference)


INDICES = {"vector": [1, 0, 1, 1], "matrix": [[0, 2], [2, 2]], "number": 1, "nothing": np.zeros(0, int)}

CASES = (
    [
        c
        for x, size, how in GRIDS
        for out in [out_shape(x, size, how)]
        for c in [
            grid(C.conv2d, conv2d, [x, (2, x[0], *size)], x, size, how),
            grid(C.conv2d_input, conv2d_input, [(2, *out), (2, x[0], *size)], x, size, {"shape": x[1:3], **how}),
            grid(C.conv2d_weights, conv2d_weights, [(2, *out), x], x, size, {"size": size, **how}),
            grid(C.patches, patches, [x], x, size, {"size": size, **how}),
            grid(C.overlay, overlay, [(x[0], *size, *out)], x, size, {"shape": x[1:3], **how}),
        ]
    ]
    + [
        case(function, [x], {"size": size, **how}, reference=reference)
        for function, reference in [(C.max_pool2d, max_pool2d), (C.average_pool2d, average_pool2d)]
        for x, size, how in [
            ((2, 4, 4, 2), 2, {}),
            ((1, 3, 5, 2), (1, 2), {}),
            ((1, 4, 4, 1), 3, {"stride": 1}),
            ((1, 3, 3, 2), 3, {"stride": 2, "padding": 1}),
            ((1, 2, 3, 1), (2, 2), {"padding": (0, 1)}),
            ((2, 1, 1, 3), 1, {}),
        ]
    ]
    + [
        Case(
            C.embedding,
            drawn(C.embedding, [(3, 2)]),
            note,
            {"indices": i},
            reference=lambda t, indices: t.T[:, indices],
        )
        for note, i in INDICES.items()
    ]
)
