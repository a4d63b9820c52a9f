"""How steps are written in ONNX. Importing this package fills EMITTERS, by family."""

from nn.onnx.emitters import (
    arithmetic as arithmetic,
    forms as forms,
    indices as indices,
    reductions as reductions,
    windows as windows,
)
from nn.onnx.emitters.table import can_write as can_write, emit as emit
