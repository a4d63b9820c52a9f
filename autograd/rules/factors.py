"""Factorisations: Cholesky, QR, eigenvalues of symmetric matrices, singular values.

The engine records one result for each operation, so a factorisation with several is one row that holds them one below
the other ("packed"), and a composite that takes them apart. Notation: F∘M is elementwise.
"""

from typing import Any

import numpy as np

from autograd.core.types import Value
from autograd.errors import DataError, Unsupported
from autograd.rules.declare import composite, defined, general
from autograd.rules.linalg import sides, turned
from autograd.rules.products import row

QRResult = type(np.linalg.qr(np.eye(1)))
EighResult = type(np.linalg.eigh(np.eye(1)))
SVDResult = type(np.linalg.svd(np.eye(1)))


def triangle(n: int, upper: bool = False) -> Value:
    """Ones below the diagonal (or above it), and ½ on it."""
    lower = np.tri(n, k=-1) + np.eye(n) / 2
    return lower.T if upper else lower


def both(x: Value) -> Value:
    """x + xᵀ."""
    return x + turned(x)


# NumPy reads one triangle of a symmetric matrix and takes the other to be its mirror image. So the derivative with
# respect to what it reads is twice that with respect to the symmetric matrix, and with respect to the other triangle it
# is 0. With M = triangle(n), a tangent t stands for both(t∘M), and the adjoint of that is both(G)∘M.

# --- Cholesky --------------------------------------------------------------------------------------------------------


def cholesky_vjp(g: Value, out: Value, _a: Value, upper: bool = False) -> Value:
    """S = L⁻ᵀ (Lᵀg∘M) L⁻¹ (Murray 2016, arXiv:1602.07527)."""
    low, g = (turned(out), turned(g)) if upper else (out, g)
    half = triangle(out.shape[-1])
    inner = turned(low) @ g * half
    s = np.linalg.solve(turned(low), turned(np.linalg.solve(turned(low), inner)))
    return both(s) * triangle(out.shape[-1], upper)


def cholesky_jvp(t: Value, out: Value, _a: Value, upper: bool = False) -> Value:
    """dL = L (L⁻¹ dA L⁻ᵀ ∘ M)."""
    low = turned(out) if upper else out
    moved = both(t * triangle(out.shape[-1], upper))
    inner = np.linalg.solve(low, turned(np.linalg.solve(low, moved)))
    change = low @ (inner * triangle(out.shape[-1]))
    return turned(change) if upper else change


general(np.linalg.cholesky, [cholesky_vjp], [cholesky_jvp])

# --- QR --------------------------------------------------------------------------------------------------------------


def qr_packed(a: Value) -> Value:
    """Q above R, for a matrix that is not wider than high and has full rank."""
    return np.concatenate(np.linalg.qr(a), axis=-2)


def q_and_r(packed: Any) -> tuple[Any, Any]:
    """What stands in qr_packed."""
    m = packed.shape[-2] - packed.shape[-1]
    return packed[..., :m, :], packed[..., m:, :]


def qr_vjp(g: Value, out: Value, _a: Value) -> Value:
    """(gQ + Q both(C∘M)) R⁻ᵀ with C = R gRᵀ − gQᵀ Q (Walter and Lehmann 2010, arXiv:1001.1654)."""
    (q, r), (gq, gr) = q_and_r(out), q_and_r(g)
    c = r @ turned(gr) - turned(gq) @ q
    return turned(np.linalg.solve(r, turned(gq + q @ both(c * triangle(r.shape[-1])))))


def qr_jvp(t: Value, out: Value, _a: Value) -> Value:
    """With X = dA R⁻¹: Qᵀ X less its antisymmetric part (that of its lower triangle) is dR R⁻¹, and the rest is dQ."""
    q, r = q_and_r(out)
    x = turned(np.linalg.solve(turned(r), turned(t)))
    c = turned(q) @ x
    low = c * np.tri(r.shape[-1], k=-1)
    upper = c - low + turned(low)
    return np.concatenate([x - q @ upper, upper @ r], axis=-2)


qr_packed = general(qr_packed, [qr_vjp], [qr_jvp])


@defined(np.linalg.qr)
def qr(a: Value, mode: str = "reduced") -> Value:
    """Q and R; of a wide matrix by its leading square, to which the other columns are turned."""
    m, n = sides(a)
    if mode not in ("reduced", "r") and not (mode == "complete" and m <= n):
        raise Unsupported(
            f"np.linalg.qr(mode={mode!r}) of {m} by {n} on Tensors: use 'reduced' or 'r'. The further columns of a "
            "complete Q are any basis, so they have no derivative."
        )
    q, r = q_and_r(qr_packed(a[..., :m] if n > m else a))
    if n > m:
        r = np.concatenate([r, turned(q) @ a[..., m:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)


# --- where eigenvalues or singular values tie ------------------------------------------------------------------------


def inverse_gaps(gaps: Any, scale: Any, *turns: Any) -> Value:
    """1 / gaps, and 0 where there is no gap, so that what does not depend on tied vectors stays right.

    Vectors that share a value are any basis of their space. They have no derivative, and `turns`, by which the
    gradient (or tangent) would turn them, must be 0 there. Raises DataError otherwise.
    """
    n = gaps.shape[-1]
    eps = np.finfo(gaps.dtype).eps
    tied = np.abs(gaps) <= 4 * eps * scale
    for turn in turns:
        if np.any(tied & ~np.eye(n, dtype=bool) & (np.abs(turn) > 100 * eps * np.sum(np.abs(turn)))):
            raise DataError(
                "Two eigenvalues or singular values are equal (to rounding), so their vectors are any basis of a plane "
                "and have no derivative. Use the values alone (np.linalg.eigvalsh, np.linalg.svdvals), or move the "
                "matrix a little."
            )
    return np.where(tied, 0.0, 1 / np.where(tied, 1.0, gaps))


# --- symmetric matrices ----------------------------------------------------------------------------------------------


def eigh_packed(a: Value, UPLO: Any = "L") -> Value:
    """The eigenvalues above the matrix of eigenvectors (columns)."""
    w, v = np.linalg.eigh(a, UPLO)
    return np.concatenate([row(w), v], axis=-2)


def symmetric(n: int, uplo: str) -> Value:
    """The triangle that NumPy reads."""
    return triangle(n, uplo.upper() == "U")


def eigen_gaps(w: Value, turn: Any) -> Value:
    """F with F_ij = 1 / (w_j − w_i)."""
    values = row(w)
    return inverse_gaps(values - turned(values), np.sum(np.abs(values), axis=-1, keepdims=True), turn)


def eigh_vjp(g: Value, out: Value, _a: Value, UPLO: Any = "L") -> Value:
    """V (diag(gw) + F∘(Vᵀ gV)) Vᵀ (Giles 2008)."""
    v, gv = out[..., 1:, :], g[..., 1:, :]
    turn = turned(v) @ gv
    s = (v * g[..., :1, :] + v @ (eigen_gaps(out[..., 0, :], turn) * turn)) @ turned(v)
    return both(s) * symmetric(v.shape[-1], UPLO)


def eigh_jvp(t: Value, out: Value, _a: Value, UPLO: Any = "L") -> Value:
    """dw = diag(C), dV = V (F∘C), with C = Vᵀ dA V."""
    v = out[..., 1:, :]
    moved = both(t * symmetric(v.shape[-1], UPLO)) @ v
    turn = turned(v) @ moved
    dv = v @ (eigen_gaps(out[..., 0, :], turn) * turn)
    return np.concatenate([np.sum(v * moved, axis=-2, keepdims=True), dv], axis=-2)


eigh_packed = general(eigh_packed, [eigh_vjp], [eigh_jvp])


def eigvalsh_vjp(g: Value, _out: Value, a: Value, UPLO: Any = "L") -> Value:
    """V diag(g) Vᵀ; where eigenvalues tie, for the basis that NumPy finds."""
    v = eigh_packed(a, UPLO)[..., 1:, :]
    return both((v * row(g)) @ turned(v)) * symmetric(v.shape[-1], UPLO)


def eigvalsh_jvp(t: Value, _out: Value, a: Value, UPLO: Any = "L") -> Value:
    """diag(Vᵀ dA V)."""
    v = eigh_packed(a, UPLO)[..., 1:, :]
    return np.sum(v * (both(t * symmetric(v.shape[-1], UPLO)) @ v), axis=-2)


general(np.linalg.eigvalsh, [eigvalsh_vjp], [eigvalsh_jvp])


@defined(np.linalg.eigh)
def eigh(a: Value, UPLO: Any = "L") -> Value:
    """Eigenvalues and eigenvectors."""
    packed = eigh_packed(a, UPLO)
    return EighResult(packed[..., 0, :], packed[..., 1:, :])


# --- singular values -------------------------------------------------------------------------------------------------


def svd_packed(a: Value) -> Value:
    """U above the singular values above V, in k columns each, where k is the smaller side."""
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    return np.concatenate([u, row(s), turned(vh)], axis=-2)


def u_s_v(packed: Any, a_shape: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """What stands in svd_packed, the singular values as a row."""
    m = a_shape[-2]
    return packed[..., :m, :], packed[..., m : m + 1, :], packed[..., m + 1 :, :]


def singular_gaps(s: Any, *turns: Any) -> Value:
    """F with F_ij = 1 / (s_j² − s_i²), factored since that is exact where they are close."""
    gaps = (s - turned(s)) * (s + turned(s))
    return inverse_gaps(gaps, np.sum(s * s, axis=-1, keepdims=True), *turns)


def out_of_plane(x: Value, basis: Any, s: Any) -> Value:
    """The part of x outside of the space of the basis, divided by the singular values.

    A square basis spans everything: nothing is then divided by a singular value that may be 0.
    """
    if basis.shape[-2] == basis.shape[-1]:
        return np.zeros(x.shape)
    outside = x - basis @ (turned(basis) @ x)
    zero = s == 0
    if np.any(zero & (np.sum(np.abs(outside), axis=-2, keepdims=True) > 0)):
        raise DataError("A singular value is 0, so its vectors have no derivative. np.linalg.svdvals has one.")
    return np.where(zero, 0.0, outside / np.where(zero, 1.0, s))


def svd_vjp(g: Value, out: Value, a_shape: tuple[int, ...]) -> Value:
    """Townsend (2016), "Differentiating the singular value decomposition"."""
    (u, s, v), (gu, gs, gv) = u_s_v(out, a_shape), u_s_v(g, a_shape)
    mu, mv = turned(u) @ gu, turned(v) @ gv
    f = singular_gaps(s, mu, mv)
    inside = (f * (mu - turned(mu))) * s + turned(s) * (f * (mv - turned(mv)))
    return (u @ inside + u * gs + out_of_plane(gu, u, s)) @ turned(v) + u @ turned(out_of_plane(gv, v, s))


def svd_jvp(t: Value, out: Value, a_shape: tuple[int, ...]) -> Value:
    """With P = Uᵀ dA V: ds = diag(P), dU = U (F∘(PS + SPᵀ)) and dV = V (F∘(SP + PᵀS)), and what leaves the plane."""
    u, s, v = u_s_v(out, a_shape)
    p = turned(u) @ t @ v
    pu, pv = both(p * s), both(turned(s) * p)
    f = singular_gaps(s, pu, pv)
    du = u @ (f * pu) + out_of_plane(t @ v, u, s)
    dv = v @ (f * pv) + out_of_plane(turned(t) @ u, v, s)
    return np.concatenate([du, np.sum(u * (t @ v), axis=-2, keepdims=True), dv], axis=-2)


svd_packed = general(svd_packed, [svd_vjp], [svd_jvp])


def singular_values(a: Value) -> Value:
    """The singular values, the largest first; where they tie or are 0, the derivative is a subgradient."""
    return np.linalg.svd(a, compute_uv=False)


def values_vjp(g: Value, _out: Value, a: Value) -> Value:
    """U diag(g) Vᵀ."""
    u, _, v = u_s_v(svd_packed(a), a.shape)
    return (u * row(g)) @ turned(v)


def values_jvp(t: Value, _out: Value, a: Value) -> Value:
    """diag(Uᵀ dA V)."""
    u, _, v = u_s_v(svd_packed(a), a.shape)
    return np.sum(u * (t @ v), axis=-2)


singular_values = general(singular_values, [values_vjp], [values_jvp])
composite(np.linalg.svdvals, singular_values)


@defined(np.linalg.svd)
def svd(a: Value, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Value:
    """U, the singular values and Vᵀ."""
    if hermitian:
        raise Unsupported("np.linalg.svd(hermitian=True) on Tensors: use np.linalg.eigh.")
    if not compute_uv:
        return singular_values(a)
    m, n = sides(a)
    if full_matrices and m != n:
        raise Unsupported(
            f"np.linalg.svd of {m} by {n} on Tensors: pass full_matrices=False. The further vectors of the full "
            "matrices are any basis, so they have no derivative."
        )
    u, s, v = u_s_v(svd_packed(a), np.shape(a))
    return SVDResult(u, s[..., 0, :], turned(v))
