"""Products of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.onnx.operators.row import defines, in_single, operator

operator("Det", np.linalg.det)
operator(
    "Einsum",
    in_single(lambda *operands, equation: np.einsum(equation, *operands)),
    writes={np.einsum: lambda subscripts, optimize=False: {"equation": subscripts}},
)
operator("MatMul", np.matmul)


@defines("Gemm")
def gemm(
    A: Any, B: Any, C: Any = None, *, alpha: float = 1.0, beta: float = 1.0, transA: int = 0, transB: int = 0
) -> Any:
    """alpha · A B + beta · C, of A and B transposed where that is asked for."""
    product = (A.T if transA else A) @ (B.T if transB else B)
    product = product if alpha == 1 else alpha * product
    return product if C is None else product + (C if beta == 1 else beta * C)
