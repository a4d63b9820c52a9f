"""The table of ONNX's operators: a row for each, by family. Importing this package fills OPERATORS."""

from nn.onnx.operators import (
    elementwise as elementwise,
    indexing as indexing,
    logic as logic,
    losses as losses,
    normalization as normalization,
    products as products,
    recurrent as recurrent,
    reductions as reductions,
    shapes as shapes,
    sklearn as sklearn,
    types as types,
    windows as windows,
)
from nn.onnx.operators.row import OPERATORS as OPERATORS, Operator as Operator, operator_of as operator_of
