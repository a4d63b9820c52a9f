"""Data in columns: checking, splitting, scaling, one-hot targets, mini-batches, images, sequences.

One convention everywhere: **the sample axis is the last axis**. `X` is `(n_x, m)`, `Y` is `(n_y, m)`; column
`i` of `X` is the sample whose target is column `i` of `Y`. (Images are `(channels, height, width, m)`.) Data
in rows are turned once, at the border: arrays by `from_rows`, frames of pandas and polars wherever data are taken.

A `numpy.memmap` is not read whole by `check_columns`, `batches`, `Scaling.of` and `nn.fit(batch_size=…)`.

All of this is plain NumPy; nothing is recorded for differentiation.
"""

from nn.data.batching import batches as batches
from nn.data.checks import (
    check_columns as check_columns,
    check_data as check_data,
    check_finite as check_finite,
    check_turned as check_turned,
    columns as columns,
    inputs as inputs,
)
from nn.data.classes import class_numbers as class_numbers, one_hot as one_hot
from nn.data.images import augment as augment
from nn.data.rows import from_rows as from_rows
from nn.data.scaling import Scaling as Scaling, standardize as standardize
from nn.data.sequences import pad as pad
from nn.data.splitting import split as split
