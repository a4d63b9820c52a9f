"""Attention and the transformer: what each step of a sequence takes from all others.

A sequence of T steps is X (n_model, T, m): the features of a step, the steps, the samples. Heads and samples are axes of
one product; there is no loop.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd as ag
from nn import init as initializers
from nn.layers.sequences import boolean, check_sequence, mixed
from nn.module import Module

__all__ = ["MultiHeadAttention", "PositionalEncoding", "TransformerBlock", "scaled_dot_product_attention"]


def scaled_dot_product_attention(Q: Any, K: Any, V: Any, *, mask: Any = None, causal: bool = False) -> Any:
    """A = V softmax(Kᵀ Q / √d), for each sample: each step t of Q looks at the steps s of K, and takes from V.

    Arguments:
        Q (d, T, m), K (d, S, m), V (d_v, S, m) -> A (d_v, T, m); further axes in front, as of heads, are kept
        mask    boolean, True where t may look at s: (T, S) for all samples, (T, S, m) for each; an axis of size 1 is
                repeated, so padding (S, m) is mask[None]
        causal  True lets t look at steps s ≤ t alone

    The weights of the keys of one step sum to 1 (Vaswani et al., 2017, in columns: theirs is softmax(Q Kᵀ / √d) V).

    >>> import numpy as np, nn
    >>> Q = K = np.zeros((2, 3, 1))
    >>> nn.scaled_dot_product_attention(Q, K, np.array([[[3.0], [5.0], [10.0]]]), causal=True)[..., 0]
    array([[3., 4., 6.]])

    Raises autograd.ShapeError for shapes that do not fit, autograd.DataError for a mask by which a step sees nothing.
    """
    (d, T, m), (S, S_V) = _sizes(Q, K, V), (np.shape(K)[-2], np.shape(V)[-2])
    visible = _visible(mask, causal, T, S, m)
    q, k, v = (np.moveaxis(x, -1, -3) for x in (Q, K, V))  # (…, m, d, T): a matrix for each sample
    scores = np.swapaxes(k, -1, -2) @ q / math.sqrt(d)
    if visible is not None:
        scores = np.where(visible, scores, -np.inf)
    return np.moveaxis(v @ ag.softmax(scores, axis=-2), -3, -1)


def _sizes(Q: Any, K: Any, V: Any) -> tuple[int, int, int]:
    """d, T and m, of Q, K and V that fit each other."""
    shapes = q, k, v = [np.shape(x) for x in (Q, K, V)]
    fit = min(map(len, shapes)) >= 3 and k[:-2] == q[:-2] and k[-1] == q[-1] and v[-2:] == k[-2:] and v[:-3] == k[:-3]
    if not fit or not k[-2]:
        raise ag.ShapeError(
            "scaled_dot_product_attention needs Q (d, T, m), K (d, S, m) and V (d_v, S, m) with at least one step, but "
            f"got {q}, {k} and {v}. Features are the first axis, steps the one before the last, samples the last."
        )
    return q[-3], q[-2], q[-1]


def _visible(mask: Any, causal: bool, T: int, S: int, m: int) -> Any:
    """What may be looked at: booleans that broadcast to (m, S, T), a matrix as that of the scores; None for all."""
    visible = np.tri(T, S, dtype=bool).T if causal else None
    if mask is not None:
        given = boolean("Attention", mask, "mask == 1 if 1 means that a step may be looked at")
        shape = np.shape(given)
        if len(shape) not in (2, 3) or any(n not in (1, N) for n, N in zip(shape, (T, S, m), strict=False)):
            raise ag.ShapeError(_advice_on_mask(shape, T, S, m))
        given = np.transpose(given)
        visible = given if visible is None else np.logical_and(given, visible)
    if type(visible) is np.ndarray and not (sees := visible.any(axis=-2)).all():
        *sample, t = np.argwhere(~sees)[0].tolist()
        raise ag.DataError(
            f"By this mask{' together with causal=True' if mask is not None and causal else ''} step {t} "
            f"{f'of sample {sample[0]} ' if sample else ''}may look at nothing, so its weights cannot sum to 1. "
            "Let it look at one step at least, as at itself; what comes out at steps of padding is not used."
        )
    return visible


def _advice_on_mask(shape: tuple[int, ...], T: int, S: int, m: int) -> str:
    start = (
        f"Attention needs a mask of shape (T, S) = {(T, S)} or (T, S, m) = {(T, S, m)}, True where step t may look at "
        f"step s, but got {shape}."
    )
    if shape == (S, m):
        return f"{start} If it says which steps are there, (S, m): mask[None]."
    if shape == (m, S):
        return f"{start} If it says which steps are there, (m, S): mask.T[None]."
    if shape in ((m, T, S), (m, 1, S)):
        return f"{start} Samples are the last axis: np.moveaxis(mask, 0, -1)."
    return f"{start} An axis of size 1 is repeated."


class MultiHeadAttention(Module):
    """Several attentions beside each other, each in n_model / heads features of its own, and mixed at the end.

        Q, K, V = W_q X + b_q, W_k X + b_k, W_v X + b_v at each step, cut into heads
        A = scaled_dot_product_attention(Q, K, V) of each head
        result = W_o A + b_o

    Arguments:
        n_model, heads  the features of a step, and how many heads share them: n_model is a multiple of heads
        causal          True lets a step look at itself and those before alone
        init, seed, dtype  as of Linear

    X (n_model, T, m) -> (n_model, T, m). `layer(X, M)` takes keys and values from another sequence M (n_model, S, m),
    `layer(X, K, V)` from two. mask= is boolean, True where step t may look at step s: (T, S), or (T, S, m); of padding
    (S, m) it is mask[None]. Weights are (n_model, n_model), biases (n_model, 1), which start as 0.

    Vaswani et al. (2017), Attention is all you need. PyTorch's in_proj_weight is W_q, W_k, W_v one below the other; its
    masks of booleans say True for what may NOT be seen.

    >>> import numpy as np, nn
    >>> layer = nn.MultiHeadAttention(8, heads=2, seed=0)
    >>> layer(np.ones((8, 5, 3))).shape, layer(np.ones((8, 5, 3)), np.ones((8, 7, 3))).shape
    ((8, 5, 3), (8, 5, 3))

    Raises autograd.ShapeError for a sequence or a mask of another shape, autograd.DataError for a mask by which a step
    sees nothing.
    """

    symbol = "A"

    def __init__(
        self,
        n_model: int,
        heads: int = 1,
        *,
        causal: bool = False,
        init: Any = "xavier",
        seed: Any = None,
        dtype: Any = float,
    ) -> None:
        for argument, n in (("n_model", n_model), ("heads", heads)):
            if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1:
                raise ag.ShapeError(f"{type(self).__name__} needs {argument}, an integer of at least 1, but got {n!r}.")
        if n_model % heads:
            raise ag.ShapeError(
                f"{type(self).__name__} needs n_model a multiple of heads, but got {n_model} and {heads}. "
                f"Use n_model={heads * -(-n_model // heads)}."
            )
        if np.dtype(dtype).kind != "f":
            raise ag.DtypeError(
                f"The parameters of {type(self).__name__} need a floating dtype, but got {np.dtype(dtype)}: rounded, "
                "weights would be 0, and have no derivative. Use dtype=float or dtype=np.float32."
            )
        self.n_model, self.heads, self.causal = int(n_model), int(heads), bool(causal)
        rng = initializers.generator(seed)
        for part in "qkvo":
            W = initializers.weights(init, rng, n_model, n_model)
            setattr(self, f"W_{part}", ag.Tensor(W.astype(dtype), name=f"W_{part}"))
            setattr(self, f"b_{part}", ag.Tensor(np.zeros((n_model, 1), dtype), name=f"b_{part}"))

    W_q: ag.Tensor
    W_k: ag.Tensor
    W_v: ag.Tensor
    W_o: ag.Tensor
    b_q: ag.Tensor
    b_k: ag.Tensor
    b_v: ag.Tensor
    b_o: ag.Tensor

    def forward(self, X: Any, K: Any = None, V: Any = None, *, mask: Any = None) -> Any:
        """X (n_model, T, m), and K and V (n_model, S, m) if they are others -> (n_model, T, m)."""
        K = X if K is None else K
        V = K if V is None else V
        for name, given in (("X", X), ("K", K), ("V", V)):
            check_sequence(self, "n_model", self.n_model, given, name)
        parts = (("Q", self.W_q, self.b_q, X), ("K", self.W_k, self.b_k, K), ("V", self.W_v, self.b_v, V))
        Q, K, V = (self._heads(mixed(W, b, given), name) for name, W, b, given in parts)
        A = scaled_dot_product_attention(Q, K, V, mask=mask, causal=self.causal)
        return mixed(self.W_o, self.b_o, np.reshape(A, X.shape))

    def _heads(self, X: Any, name: str) -> Any:
        """(n_model, T, m) -> (heads, n_model / heads, T, m)."""
        return np.reshape(X, (self.heads, self.n_model // self.heads, *X.shape[1:]))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.n_model}, {self.heads}{', causal=True' if self.causal else ''})"


class PositionalEncoding(Module):
    """X + P: adds to each step what says where it stands, since attention by itself does not know.

        P[2i, t] = sin(t / 10000^(2i / n_model)),  P[2i + 1, t] = cos(t / 10000^(2i / n_model))

    Arguments:
        n_model     the features of a step
        max_length  the number of steps that a sequence may have
        learned     True learns P (n_model, max_length), a parameter W, which starts as small random numbers
        seed, dtype of W

    X (n_model, T, m) -> the same shape, for T up to max_length. Vaswani et al. (2017), section 3.5; learned as in GPT.

    >>> import numpy as np, nn
    >>> nn.PositionalEncoding(2, 4)(np.zeros((2, 3, 1)))[..., 0].round(4)
    array([[0.    , 0.8415, 0.9093],
           [1.    , 0.5403, -0.4161]])

    Raises autograd.ShapeError unless X is (n_model, T, m) with T up to max_length.
    """

    def __init__(
        self, n_model: int, max_length: int, *, learned: bool = False, seed: Any = None, dtype: Any = float
    ) -> None:
        for argument, n in (("n_model", n_model), ("max_length", max_length)):
            if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1:
                raise ag.ShapeError(f"PositionalEncoding needs {argument}, an integer of at least 1, but got {n!r}.")
        self.n_model, self.max_length, self.learned = int(n_model), int(max_length), bool(learned)
        if learned:
            W = initializers.weights("normal", seed, self.n_model, self.max_length)
            self.W = ag.Tensor(W.astype(dtype), name="W")

    def forward(self, X: Any) -> Any:
        """X (n_model, T, m) -> (n_model, T, m)."""
        T, _ = check_sequence(self, "n_model", self.n_model, X)
        if self.max_length < T:
            raise ag.ShapeError(
                f"{self!r} needs at most {self.max_length} steps, but got a sequence of {T}, of shape {X.shape}. Cut it "
                f"to X[:, :{self.max_length}], or make the encoding with max_length={T}."
            )
        return X + (self.W[:, :T, None] if self.learned else _waves(self.n_model, T).astype(X.dtype)[:, :, None])

    def __repr__(self) -> str:
        learned = ", learned=True" if self.learned else ""
        return f"PositionalEncoding({self.n_model}, {self.max_length}{learned})"


def _waves(n: int, T: int) -> Any:
    """P (n, T), of sines and cosines."""
    turns = np.arange(T) / 10000.0 ** (np.arange(n)[:, None] // 2 * 2 / n)
    return np.where(np.arange(n)[:, None] % 2 == 0, np.sin(turns), np.cos(turns))
