"""Layers of sequences from PyTorch, for nn.from_torch: what it keeps joined is divided, its two biases are added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nn.io.torch_layers import NoCounterpartError, array, dtype_of, only
from nn.layers.attention import MultiHeadAttention, TransformerBlock
from nn.layers.containers import Sequential
from nn.layers.normalization import LayerNorm
from nn.layers.recurrent import GRU, LSTM, RNN, Recurrent
from nn.module import Module


def recurrent(t: Any) -> Module:
    """RNN, LSTM or GRU; the result is that of all steps, without the state."""
    only(t, proj_size=0)
    kind = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}[type(t).__name__]
    layer = kind(
        t.input_size,
        t.hidden_size,
        layers=t.num_layers,
        bidirectional=t.bidirectional,
        keep_prob=1 - t.dropout if t.num_layers > 1 else 1.0,
        bias=t.bias,
        seed=0,
        dtype=dtype_of(t),
        **({"activation": t.nonlinearity} if kind is RNN else {}),
    )
    _fill(layer, _of_cells(layer, t), {name: p.requires_grad for name, p in t.named_parameters()})
    return layer


def _of_cells(layer: Recurrent, t: Any) -> dict[str, tuple[Any, str]]:
    """The values by our names, and the names of PyTorch's parameters that decide whether they are frozen."""
    found: dict[str, tuple[Any, str]] = {}
    for place in layer.places():
        end = f"l{place.layer - 1}{'_reverse' if place.backward else ''}"
        for ours, theirs in (("Wx", "weight_ih"), ("Wh", "weight_hh")):
            found[ours + place.suffix] = array(getattr(t, f"{theirs}_{end}")), f"{theirs}_{end}"
        if not layer.bias:
            continue
        b, bh = (array(getattr(t, f"bias_{part}_{end}")).reshape(-1, 1) for part in ("ih", "hh"))
        if isinstance(layer, GRU):  # what is reset stays by itself
            n = 2 * layer.n_hidden
            found["bh" + place.suffix] = bh[n:], f"bias_hh_{end}"
            bh = np.concatenate([bh[:n], np.zeros_like(bh[n:])])
        found["b" + place.suffix] = b + bh, f"bias_ih_{end}"
    return found


def attention(t: Any) -> Module:
    """MultiheadAttention of one sequence with itself, or with others of as many features."""
    only(t, kdim=t.embed_dim, vdim=t.embed_dim, bias_k=None, bias_v=None, add_zero_attn=False, dropout=0.0)
    bias = t.in_proj_bias is not None
    layer = MultiHeadAttention(t.embed_dim, t.num_heads, bias=bias, seed=0, dtype=dtype_of(t))
    _fill(layer, _of_attention(t), {name: p.requires_grad for name, p in t.named_parameters()})
    return layer


def _of_attention(t: Any, before: str = "", there: str = "") -> dict[str, tuple[Any, str]]:
    found = {f"{before}W_o": (array(t.out_proj.weight), f"{there}out_proj.weight")}
    for part, W in zip("qkv", np.split(array(t.in_proj_weight), 3), strict=True):
        found[f"{before}W_{part}"] = W, f"{there}in_proj_weight"
    if t.in_proj_bias is not None:
        found[f"{before}b_o"] = array(t.out_proj.bias).reshape(-1, 1), f"{there}out_proj.bias"
        for part, b in zip("qkv", np.split(array(t.in_proj_bias), 3), strict=True):
            found[f"{before}b_{part}"] = b.reshape(-1, 1), f"{there}in_proj_bias"
    return found


_IN_BLOCK = {"attention_norm": "norm1", "network_norm": "norm2", "hidden": "linear1", "output": "linear2"}
_LETTERS = (("gamma", "weight"), ("beta", "bias"), ("W", "weight"), ("b", "bias"))


def block(t: Any) -> Module:
    """TransformerEncoderLayer. Its Dropout of attention's weights, which is in training alone, is left out."""
    if t.activation_relu_or_gelu not in (1, 2):
        raise NoCounterpartError("of which another activation than relu or gelu has no counterpart")
    if t.linear1.bias is None:
        raise NoCounterpartError("of which bias=False has no counterpart")
    only(t.norm2, eps=t.norm1.eps)
    layer = TransformerBlock(
        t.self_attn.embed_dim,
        t.self_attn.num_heads,
        t.linear1.out_features,
        activation="gelu" if t.activation_relu_or_gelu == 2 else "relu",
        norm_first=t.norm_first,
        keep_prob=1 - t.dropout1.p,
        eps=t.norm1.eps,
        seed=0,
        dtype=dtype_of(t),
    )
    found = _of_attention(t.self_attn, "attention.", "self_attn.")
    for ours, theirs in _IN_BLOCK.items():
        for letter, name in _LETTERS:
            if hasattr(getattr(layer, ours), letter):
                values = array(getattr(getattr(t, theirs), name))
                found[f"{ours}.{letter}"] = values.reshape(len(values), -1), f"{theirs}.{name}"
    _fill(layer, found, {name: p.requires_grad for name, p in t.named_parameters()})
    return layer


def encoder(t: Any) -> Module:
    """TransformerEncoder: its layers one after the other, and its norm."""
    blocks = [block(part) for part in t.layers]
    if t.norm is None:
        return Sequential(*blocks)
    if not isinstance(getattr(t.norm, "bias", None), type(t.norm.weight)):
        raise NoCounterpartError("of which this norm has no counterpart")
    norm = LayerNorm(t.norm.normalized_shape[0], t.norm.eps, dtype=dtype_of(t))
    values = {ours: (array(getattr(t.norm, name)).reshape(-1, 1), name) for ours, name in _LETTERS[:2]}
    _fill(norm, values, {name: p.requires_grad for name, p in t.norm.named_parameters()})
    return Sequential(*blocks, norm)


def _fill(layer: Module, values: Mapping[str, tuple[Any, str]], trained: Mapping[str, bool]) -> None:
    """Give the parameters their values, and freeze those that are frozen there."""
    layer.load_state_dict({name: value for name, (value, _) in values.items()}, finite=False)
    for name, parameter in list(layer.named_parameters()):
        parameter.requires_grad = trained[values[name][1]]


def batch_first(t: Any) -> bool:
    """Whether the sequences of a layer have the samples on the first axis, rather than the second one."""
    while not hasattr(t, "batch_first"):
        t = t.layers[0] if hasattr(t, "layers") else t.self_attn
    return bool(t.batch_first)


LAYERS: dict[str, Callable[[Any], Module]] = {
    "GRU": recurrent,
    "LSTM": recurrent,
    "MultiheadAttention": attention,
    "RNN": recurrent,
    "TransformerEncoder": encoder,
    "TransformerEncoderLayer": block,
}
