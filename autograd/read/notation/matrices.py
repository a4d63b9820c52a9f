"""Notation of `rules/products.py`, `linalg.py`, `factors.py` and `norms.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.read.code.spelling import Code, infix, spelled
from autograd.read.formulas.style import ATOM, PRODUCT, STAR, Piece, Style, Written
from autograd.read.notation.mathematics import around, called, matmul, raised
from autograd.read.notation.row import notation
from autograd.rules.factors import eigh_packed, qr_packed, singular_values, svd_packed
from autograd.rules.linalg import log_abs_det, sign_of_det
from autograd.rules.norms import euclidean, p_norm

if TYPE_CHECKING:
    from autograd.read.code.source import Writer
    from autograd.read.symbol import Symbol


def solve(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """A⁻¹ b."""
    return f"{style.raised(args[0], '-1')[0]} {style.within(args[1], PRODUCT)}", PRODUCT


def ln_det(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """ln |det A|."""
    size = style.around("||", f"{style.function('det')} {args[0].text}")
    return f"{style.function('ln')} {size}", PRODUCT


def convolution(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """a * v."""
    return f"{style.within(args[0], ATOM)} * {style.within(args[1], ATOM)}", STAR


def einsum(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """With its subscripts below."""
    function = style.subscript(style.function("einsum"), style.words(params["subscripts"].replace("->", "→")))
    return f"{function}{style.parens(', '.join(a.text for a in args))}", ATOM


def subscripts_first(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """np.einsum takes the subscripts before the operands."""
    how = {k: v for k, v in s.params.items() if k != "subscripts"}
    return w.called(s, [Code(repr(s.params["subscripts"])), *args], params=how)


def norm(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """‖x‖ of all entries as np.linalg.norm has it, otherwise as np.linalg.vector_norm does."""
    params = {"ord" if k == "p" else k: v for k, v in s.params.items() if v is not None and v is not False}
    whole = s.call is euclidean and "axis" not in params
    return w.called(s, args, np.linalg.norm if whole else np.linalg.vector_norm, params)


notation(np.matmul, math=matmul, code=infix("@"), symbol="@", noun="the matrix product", linear=True)
notation(np.einsum, math=einsum, code=subscripts_first)
notation(np.convolve, math=convolution, noun="the convolution")

notation(np.linalg.inv, math=raised("-1"), noun="the inverse")
notation(np.linalg.pinv, math=raised("+"), noun="the pseudoinverse")
notation(np.linalg.solve, math=solve)
notation(np.linalg.det, math=called("det"), noun="the determinant")
notation(log_abs_det, math=ln_det, code=spelled("np.linalg.slogdet({})[1]"))
notation(sign_of_det, code=spelled("np.linalg.slogdet({})[0]"))
notation(np.linalg.matrix_rank)

notation(np.linalg.cholesky, math=called("chol"))
notation(qr_packed, code=spelled("np.concatenate(np.linalg.qr({}), axis=-2)"))
notation(singular_values, code=spelled("np.linalg.svd({}, compute_uv=False)"))
notation(eigh_packed, svd_packed, np.linalg.eigvalsh)

notation(euclidean, math=around("‖‖"), code=norm, noun="the Euclidean norm")
notation(p_norm, code=norm)
