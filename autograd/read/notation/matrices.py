"""Rows of `rules/products.py`, `linalg.py`, `factors.py` and `norms.py`."""

import numpy as np

from autograd.read.notation import arrays, mathematics as maths, spelling
from autograd.read.notation.mathematics import called, raised
from autograd.read.notation.row import notation
from autograd.read.notation.spelling import infix, spelled
from autograd.rules import factors
from autograd.rules.linalg import log_abs_det, sign_of_det
from autograd.rules.norms import euclidean, p_norm

LAYER = {"begins_layer": True}
notation(np.matmul, math=maths.matmul, code=infix("@"), symbol="@", noun="the matrix product", linear=True, **LAYER)
notation(np.einsum, math=arrays.einsum, code=spelling.einsum, **LAYER)
notation(np.convolve, math=arrays.convolution, noun="the convolution", **LAYER)

notation(np.linalg.inv, math=raised("-1"), noun="the inverse")
notation(np.linalg.pinv, math=raised("+"), noun="the pseudoinverse")
notation(np.linalg.solve, math=arrays.solve)
notation(np.linalg.det, math=called("det"), noun="the determinant")
notation(log_abs_det, math=arrays.log_abs_det, code=spelled("np.linalg.slogdet({})[1]"))
notation(sign_of_det, code=spelled("np.linalg.slogdet({})[0]"))
notation(np.linalg.matrix_rank)

notation(np.linalg.cholesky, math=called("chol"))
notation(factors.qr_packed, code=spelled("np.concatenate(np.linalg.qr({}), axis=-2)"))
notation(factors.singular_values, code=spelled("np.linalg.svd({}, compute_uv=False)"))
notation(factors.eigh_packed, factors.svd_packed, np.linalg.eigvalsh)

notation(euclidean, math=maths.around("‖‖"), code=spelling.norm, noun="the Euclidean norm")
notation(p_norm, code=spelling.norm)
