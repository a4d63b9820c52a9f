"""Cases of convolution, pooling and embedding. The references are the definitions, written as loops."""

from itertools import product

import numpy as np

from autograd import rules
from tests.autograd.case import Case, case, drawn

C, pooling, indexing = rules.convolution, rules.pooling, rules.indexing


def both(value):
    return value if isinstance(value, tuple) else (value, value)


def borders(padding):
    """((top, bottom), (left, right))"""
    return tuple(side if isinstance(side, tuple) else (side, side) for side in both(padding))


def windows(x, size, stride, padding, fill=0.0, dilation=1):
    """Every window of the images, one by one: ((i, j), x[:, window, :])."""
    (kh, kw), (down, right), (high, wide) = both(size), both(stride), both(dilation)
    x = np.pad(x, ((0, 0), *borders(padding), (0, 0)), constant_values=fill)
    rows, columns = high * (kh - 1) + 1, wide * (kw - 1) + 1
    for i, j in product(range((x.shape[1] - rows) // down + 1), range((x.shape[2] - columns) // right + 1)):
        yield (i, j), x[:, i * down : i * down + rows : high, j * right : j * right + columns : wide]


def gathered(found):
    """{(i, j): array (…, m)} as one array (…, oh, ow, m)."""
    oh, ow = (1 + max(at[axis] for at in found) for axis in (0, 1))
    rows = [np.stack([found[i, j] for j in range(ow)], axis=-2) for i in range(oh)]
    return np.stack(rows, axis=-3)


def channels(o, W, c_in, groups):
    """The channels of the images from which result o is computed."""
    part = o // (len(W) // groups)
    return slice(part * (c_in // groups), (part + 1) * (c_in // groups))


def conv2d(x, W, stride=1, padding=0, dilation=1, groups=1):
    parts = windows(x, W.shape[2:], stride, padding, dilation=dilation)
    return gathered(
        {
            at: np.stack(
                [np.sum(W[o][..., None] * p[channels(o, W, len(x), groups)], axis=(0, 1, 2)) for o in range(len(W))]
            )
            for at, p in parts
        }
    )


def conv2d_input(u, W, shape, stride=1, padding=0, dilation=1, groups=1):
    (top, bottom), (left, right) = borders(padding)
    (down, over), (high, wide), c_in = both(stride), both(dilation), W.shape[1] * groups
    out = np.zeros((c_in, shape[0] + top + bottom, shape[1] + left + right, u.shape[3]), np.result_type(u, W))
    for o, c, a, b, i, j in np.ndindex(*W.shape, *u.shape[1:3]):
        out[channels(o, W, c_in, groups)][c, i * down + a * high, j * over + b * wide] += W[o, c, a, b] * u[o, i, j]
    return out[:, top : top + shape[0], left : left + shape[1]]


def conv2d_weights(u, x, size, stride=1, padding=0, dilation=1, groups=1):
    parts = dict(windows(x, size, stride, padding, dilation=dilation))
    return sum(
        np.stack([np.sum(u[o, i, j] * p[channels(o, u, len(x), groups)], axis=-1) for o in range(len(u))])
        for (i, j), p in parts.items()
    )


def patches(x, size, stride=1, padding=0, dilation=1):
    return gathered(dict(windows(x, size, stride, padding, dilation=dilation)))


def overlay(parts, shape, stride=1, padding=0, dilation=1):
    (top, bottom), (left, right) = borders(padding)
    (down, over), (high, wide) = both(stride), both(dilation)
    c, kh, kw, oh, ow, m = parts.shape
    out = np.zeros((c, shape[0] + top + bottom, shape[1] + left + right, m), parts.dtype)
    for a, b, i, j in np.ndindex(kh, kw, oh, ow):
        out[:, i * down + a * high, j * over + b * wide] += parts[:, a, b, i, j]
    return out[:, top : top + shape[0], left : left + shape[1]]


def reaching(n, k, step, side, dilation):
    """How far a window reaches over the edge with ceil_mode: the last one that begins within the padded images."""
    span, room = dilation * (k - 1) + 1, n + 2 * side
    start = 0
    while start + span < room and start + step < n + side:
        start += step
    return max(start + span - room, 0)


def pooled(x, size, stride, padding, dilation, ceil_mode, of, zeros, fill):
    """The windows of pooling: with `zeros` in the padding, and `fill` in what they need behind it."""
    stride, asked = size if stride is None else stride, borders(padding)
    sizes = zip(x.shape[1:3], both(size), both(stride), both(padding), both(dilation))
    behind = [(0, reaching(*of_axis) if ceil_mode else 0) for of_axis in sizes]
    for widths, value in ((asked, zeros), (behind, fill)):
        x = np.pad(x, ((0, 0), *widths, (0, 0)), constant_values=value)
    return gathered({at: of(part, axis=(1, 2)) for at, part in windows(x, size, stride, 0, dilation=dilation)})


def max_pool2d(x, size, stride=None, padding=0, dilation=1, ceil_mode=False):
    return pooled(x, size, stride, padding, dilation, ceil_mode, np.max, -np.inf, -np.inf)


def average_pool2d(x, size, stride=None, padding=0, ceil_mode=False, count_padding=True):
    return pooled(x, size, stride, padding, 1, ceil_mode, np.nanmean, 0.0 if count_padding else np.nan, np.nan)


# Sequences are images of height 1.


def conv1d(x, W, stride=1, padding=0, dilation=1, groups=1):
    return conv2d(x[:, None], W[:, :, None], (1, stride), (0, padding), (1, dilation), groups)[:, 0]


def conv1d_input(u, W, shape, stride=1, padding=0, dilation=1, groups=1):
    how = (1, stride), (0, padding), (1, dilation), groups
    return conv2d_input(u[:, None], W[:, :, None], (1, *shape), *how)[:, 0]


def conv1d_weights(u, x, size, stride=1, padding=0, dilation=1, groups=1):
    how = (1, stride), (0, padding), (1, dilation), groups
    return conv2d_weights(u[:, None], x[:, None], (1, *size), *how)[:, :, 0]


def max_pool1d(x, size, stride=None, padding=0, dilation=1, ceil_mode=False):
    return max_pool2d(x[:, None], (1, size), (1, stride or size), (0, padding), (1, dilation), ceil_mode)[:, 0]


def average_pool1d(x, size, stride=None, padding=0, ceil_mode=False, count_padding=True):
    stride = (1, stride or size)
    return average_pool2d(x[:, None], (1, size), stride, (0, padding), ceil_mode, count_padding)[:, 0]


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
    ((1, 5, 4, 1), (2, 2), {"dilation": (3, 2)}),
    ((2, 3, 3, 1), (2, 2), {"padding": ((0, 1), (1, 0)), "stride": 2}),
]
SEQUENCES = [
    ((1, 3, 1), 2, {}),
    ((2, 5, 2), 2, {"stride": 2, "padding": 1}),
    ((2, 6, 1), 3, {"dilation": 2}),
    ((1, 3, 0), 2, {}),
]
GROUPS = [((4, 3, 2, 2), (2, 2), 2), ((2, 2, 3, 1), (1, 2), 2)]  # images, size of the window, number of groups


def out_shape(x, size, how):
    steps, gaps = both(how.get("stride", 1)), both(how.get("dilation", 1))
    sides = borders(how.get("padding", 0))[-len(size) :]
    return (
        *((n + sum(s) - gap * (k - 1) - 1) // step + 1 for n, k, s, step, gap in zip(x[1:], size, sides, steps, gaps)),
        x[-1],
    )


def grid(function, reference, shapes, x, size, params):
    note = f"{'x'.join(map(str, x))},{size},{params}".replace(" ", "")
    return case(function, shapes, params, note=note, reference=reference)


def family(rows, references, x, size, how):
    """The three functions of a convolution, of results with two channels for each group."""
    out, channels = out_shape(x, size, how), 2 * how.get("groups", 1)
    W = (channels, x[0] // how.get("groups", 1), *size)
    shapes = [[x, W], [(channels, *out), W], [(channels, *out), x]]
    params = [how, {"shape": x[1:-1], **how}, {"size": size, **how}]
    return [grid(*row, shape, x, size, given) for *row, shape, given in zip(rows, references, shapes, params)]


IMAGES = [C.conv2d, C.conv2d_input, C.conv2d_weights], [conv2d, conv2d_input, conv2d_weights]
LINES = [C.conv1d, C.conv1d_input, C.conv1d_weights], [conv1d, conv1d_input, conv1d_weights]
INDICES = {"vector": [1, 0, 1, 1], "matrix": [[0, 2], [2, 2]], "number": 1, "nothing": np.zeros(0, int)}

CASES = (
    [c for x, size, how in GRIDS for c in family(*IMAGES, x, size, how)]
    + [c for x, size, groups in GROUPS for c in family(*IMAGES, x, size, {"groups": groups})]
    + [c for x, size, how in SEQUENCES for c in family(*LINES, x, (size,), how)]
    + family(*LINES, (4, 3, 2), (2,), {"groups": 2})
    + [
        c
        for x, size, how in GRIDS
        for c in [
            grid(C.patches, patches, [x], x, size, {"size": size, **how}),
            grid(C.overlay, overlay, [(x[0], *size, *out_shape(x, size, how))], x, size, {"shape": x[1:3], **how}),
        ]
    ]
    + [
        case(function, [x], {"size": size, **how}, reference=reference)
        for function, reference in [(pooling.max_pool2d, max_pool2d), (pooling.average_pool2d, average_pool2d)]
        for x, size, how in [
            ((2, 4, 4, 2), 2, {}),
            ((1, 3, 5, 2), (1, 2), {}),
            ((1, 4, 4, 1), 3, {"stride": 1}),
            ((1, 3, 3, 2), 3, {"stride": 2, "padding": 1}),
            ((1, 2, 3, 1), (2, 2), {"padding": (0, 1)}),
            ((2, 1, 1, 3), 1, {}),
            ((1, 5, 4, 1), 2, {"ceil_mode": True}),
            ((1, 4, 4, 1), 2, {"ceil_mode": True, "padding": 1, "stride": 3}),
            ((1, 2, 2, 1), 3, {"ceil_mode": True, "stride": 2}),  # a window larger than the images
        ]
    ]
    + [
        case(function, [x], {"size": size, **how}, reference=reference)
        for function, reference in [(pooling.max_pool1d, max_pool1d), (pooling.average_pool1d, average_pool1d)]
        for x, size, how in [((2, 4, 2), 2, {}), ((1, 5, 2), 3, {"stride": 2, "padding": 1, "ceil_mode": True})]
    ]
    + [
        case(pooling.max_pool2d, [(1, 5, 4, 1)], {"size": 2, "dilation": 2, "stride": 1}, reference=max_pool2d),
        case(
            pooling.average_pool2d,
            [(1, 3, 3, 2)],
            {"size": 2, "padding": 1, "count_padding": False},
            reference=average_pool2d,
        ),
    ]
    + [
        Case(
            indexing.embedding,
            drawn(indexing.embedding, [(3, 2)]),
            note,
            {"indices": i},
            reference=lambda t, indices: t.T[:, indices],
        )
        for note, i in INDICES.items()
    ]
)
