"""Attention and the transformer: what each step of a sequence takes from all others.

A sequence of T steps is X (n_model, T, m): the features of a step, the steps, the samples. Heads and samples are axes
of one product; there is no loop.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd as ag
from nn import init as initializers
from nn.layers.activations import gelu
from nn.layers.dropout import Dropout, dropout
from nn.layers.linear import Linear, linear
from nn.layers.normalization import LayerNorm
from nn.layers.sequences import boolean, check_sequence, flag
from nn.layers.settings import check_counts, filled, weights
from nn.module import Module
from nn.shown import as_call

__all__ = ["MultiHeadAttention", "PositionalEncoding", "TransformerBlock", "scaled_dot_product_attention"]

_ACTIVATIONS: dict[str, Callable[[Any], Any]] = {"relu": ag.relu, "gelu": gelu}


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
    d, T, S, m = _sizes(Q, K, V)
    visible = _visible(mask, causal, T, S, m)
    q, k, v = (np.moveaxis(x, -1, -3) for x in (Q, K, V))  # (…, m, d, T): a matrix for each sample
    scores = np.swapaxes(k, -1, -2) @ q / math.sqrt(d)
    if visible is not None:
        scores = np.where(visible, scores, -np.inf)
    return np.moveaxis(v @ ag.softmax(scores, axis=-2), -3, -1)


def _sizes(Q: Any, K: Any, V: Any) -> tuple[int, int, int, int]:
    """d, T, S and m, of Q, K and V that fit each other."""
    shapes = q, k, v = [np.shape(x) for x in (Q, K, V)]
    fit = min(map(len, shapes)) >= 3 and k[:-2] == q[:-2] and k[-1] == q[-1] and v[-2:] == k[-2:] and v[:-3] == k[:-3]
    if not fit or not k[-2]:
        raise ag.ShapeError(
            "scaled_dot_product_attention needs Q (d, T, m), K (d, S, m) and V (d_v, S, m) with at least one step, but "
            f"got {q}, {k} and {v}. Features are the first axis, steps the one before the last, samples the last."
        )
    return q[-3], q[-2], k[-2], q[-1]


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


def multi_head_attention(
    X: Any,
    K: Any,
    V: Any,
    Ws: Sequence[Any],
    bs: Sequence[Any] = (None, None, None, None),
    *,
    heads: int = 1,
    mask: Any = None,
    causal: bool = False,
) -> Any:
    """W_o A + b_o, where A is what each head takes from V: scaled_dot_product_attention of its features of W_q X + b_q,
    W_k K + b_k, W_v V + b_v. X (n, T, m), K and V (n, S, m) -> (n, T, m); Ws are W_q, W_k, W_v, W_o (n, n), bs their b
    (n, 1). See nn.MultiHeadAttention.

    >>> import numpy as np
    >>> X, W = np.ones((4, 3, 2)), np.eye(4)
    >>> bool((multi_head_attention(X, X, X, [W, W, W, W], heads=2) == X).all())
    True
    """
    Q, K, V = (
        np.reshape(linear(given, W, b), (heads, W.shape[0] // heads, *np.shape(given)[1:]))
        for given, W, b in zip((X, K, V), Ws[:3], bs[:3], strict=True)
    )
    A = scaled_dot_product_attention(Q, K, V, mask=mask, causal=causal)
    return linear(np.reshape(A, np.shape(X)), Ws[3], bs[3])


class MultiHeadAttention(Module):
    """Several attentions beside each other, each in n_model / heads features of its own, and mixed at the end.

        Q, K, V = W_q X + b_q, W_k X + b_k, W_v X + b_v at each step, cut into heads
        A = scaled_dot_product_attention(Q, K, V) of each head
        result = W_o A + b_o

    Arguments:
        n_model, heads  the features of a step, and how many heads share them: n_model is a multiple of heads
        causal          True lets a step look at itself and those before alone
        bias            False leaves the biases out
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
        bias: bool = True,
        init: Any = "xavier",
        seed: Any = None,
        dtype: Any = float,
    ) -> None:
        name = type(self).__name__
        check_counts(name, "the numbers of features and of heads", n_model=n_model, heads=heads)
        if n_model % heads:
            raise ag.ShapeError(
                f"{name} needs n_model a multiple of heads, but got {n_model} and {heads}. "
                f"Use n_model={heads * -(-n_model // heads)}."
            )
        self.n_model, self.heads = int(n_model), int(heads)
        self.causal, self.bias = flag(name, "causal", causal), flag(name, "bias", bias)
        rng = initializers.generator(seed)
        for part in "qkvo":
            setattr(self, f"W_{part}", weights(name, (n_model, n_model), init, rng, dtype))
            setattr(self, f"b_{part}", filled(name, 0.0, (n_model, 1), f"b_{part}", dtype) if bias else None)
            getattr(self, f"W_{part}").name = f"W_{part}"

    W_q: ag.Tensor
    W_k: ag.Tensor
    W_v: ag.Tensor
    W_o: ag.Tensor
    b_q: ag.Tensor | None
    b_k: ag.Tensor | None
    b_v: ag.Tensor | None
    b_o: ag.Tensor | None

    def _mask(self, mask: Any) -> Any:
        return mask[None]  # every step may look at the steps that are there

    def forward(self, X: Any, K: Any = None, V: Any = None, *, mask: Any = None) -> Any:
        """X (n_model, T, m), and K and V (n_model, S, m) if they are others -> (n_model, T, m)."""
        K = X if K is None else K
        V = K if V is None else V
        for name, given in (("X", X), ("K", K), ("V", V)):
            check_sequence(self, "n_model", self.n_model, given, name)
        Ws, bs = (self.W_q, self.W_k, self.W_v, self.W_o), (self.b_q, self.b_k, self.b_v, self.b_o)
        return multi_head_attention(X, K, V, Ws, bs, heads=self.heads, mask=mask, causal=self.causal)


def positional_encoding(n_model: int, T: int) -> Any:
    """P (n_model, T): sines and cosines of T steps, slower from row to row. See nn.PositionalEncoding.

    >>> positional_encoding(2, 3).round(4)
    array([[ 0.    ,  0.8415,  0.9093],
           [ 1.    ,  0.5403, -0.4161]])
    """
    row = np.arange(n_model)[:, None]
    turns = np.arange(T) / 10000.0 ** (row // 2 * 2 / n_model)
    return np.where(row % 2 == 0, np.sin(turns), np.cos(turns))


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
    array([[ 0.    ,  0.8415,  0.9093],
           [ 1.    ,  0.5403, -0.4161]])

    Raises autograd.ShapeError unless X is (n_model, T, m) with T up to max_length.
    """

    def __init__(
        self, n_model: int, max_length: int, *, learned: bool = False, seed: Any = None, dtype: Any = float
    ) -> None:
        check_counts(
            "PositionalEncoding", "the numbers of features and of steps", n_model=n_model, max_length=max_length
        )
        self.n_model, self.max_length, self.learned = (
            int(n_model),
            int(max_length),
            flag("PositionalEncoding", "learned", learned),
        )
        if learned:
            self.W = weights("PositionalEncoding", (self.n_model, self.max_length), "normal", seed, dtype)

    def forward(self, X: Any) -> Any:
        """X (n_model, T, m) -> (n_model, T, m)."""
        T, _ = check_sequence(self, "n_model", self.n_model, X)
        if self.max_length < T:
            raise ag.ShapeError(
                f"{self!r} needs at most {self.max_length} steps, but got a sequence of {T}, of shape {X.shape}. "
                f"Cut it to X[:, :{self.max_length}], or make the encoding with max_length={T}."
            )
        return X + (
            self.W[:, :T, None] if self.learned else positional_encoding(self.n_model, T).astype(X.dtype)[:, :, None]
        )


class TransformerBlock(Module):
    """Attention, then a network of two layers at each step, each added to what came in, and normalized.

        norm_first:  Y = X + attention(attention_norm(X)),   result = Y + output(g(hidden(network_norm(Y))))
        otherwise:   Y = attention_norm(X + attention(X)),   result = network_norm(Y + output(g(hidden(Y))))

    Arguments:
        n_model, heads  as of MultiHeadAttention
        n_hidden        the units of the layer within; None is 4 n_model
        activation      g: "relu" or "gelu"
        causal          True lets a step look at itself and those before alone, to learn what comes next
        norm_first      False normalizes after, as in the first paper, which wants a learning rate that warms up
        keep_prob       of the Dropout of what is added, and of the units within
        eps             of the LayerNorms
        init, seed, dtype  as of Linear

    X (n_model, T, m) -> the same shape; mask= as of MultiHeadAttention. Its parts are `attention`, `attention_norm`,
    `hidden`, `output`, `network_norm`.

    Vaswani et al. (2017); norm_first as in GPT-2 (Radford et al., 2019; Xiong et al., 2020). PyTorch's
    TransformerEncoderLayer, whose norm_first is False by default.

    >>> import numpy as np, nn
    >>> nn.TransformerBlock(8, heads=2, causal=True, seed=0)(np.ones((8, 5, 3))).shape
    (8, 5, 3)

    Raises what MultiHeadAttention raises.
    """

    symbol = "A"

    def __init__(
        self,
        n_model: int,
        heads: int = 1,
        n_hidden: int | None = None,
        *,
        activation: str = "relu",
        causal: bool = False,
        norm_first: bool = True,
        keep_prob: float = 1.0,
        eps: float = 1e-5,
        init: Any = "xavier",
        seed: Any = None,
        dtype: Any = float,
    ) -> None:
        if activation not in _ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(map(repr, _ACTIVATIONS))}, but got {activation!r}.")
        rng = initializers.generator(seed)
        self.attention = MultiHeadAttention(n_model, heads, causal=causal, init=init, seed=rng, dtype=dtype)
        self.n_model, self.heads = self.attention.n_model, self.attention.heads
        self.n_hidden = 4 * n_model if n_hidden is None else n_hidden
        self.activation, self.causal = activation, self.attention.causal
        self.norm_first = flag("TransformerBlock", "norm_first", norm_first)
        self.attention_norm, self.network_norm = (LayerNorm(self.n_model, eps, dtype=dtype) for _ in range(2))
        self.hidden = Linear(self.n_model, self.n_hidden, init=init, seed=rng, dtype=dtype)
        self.output = Linear(self.n_hidden, self.n_model, init=init, seed=rng, dtype=dtype)
        self.keep_prob, self.eps = Dropout(keep_prob).keep_prob, eps

    def _mask(self, mask: Any) -> Any:
        return self.attention._mask(mask)

    def forward(self, X: Any, *, mask: Any = None) -> Any:
        """X (n_model, T, m) -> (n_model, T, m)."""
        check_sequence(self, "n_model", self.n_model, X)
        if self.norm_first:
            X = X + self._dropped(self.attention(self.attention_norm(X), mask=mask))
            return X + self._network(self.network_norm(X))
        X = self.attention_norm(X + self._dropped(self.attention(X, mask=mask)))
        return self.network_norm(X + self._network(X))

    def _network(self, X: Any) -> Any:
        A = _ACTIVATIONS[self.activation](self.hidden(X))
        return self._dropped(self.output(self._dropped(A)))

    def _dropped(self, A: Any) -> Any:
        return dropout(A, self.keep_prob, training=self.training)

    def __repr__(self) -> str:
        return as_call(self)
