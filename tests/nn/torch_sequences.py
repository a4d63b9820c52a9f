"""PyTorch's layers of sequences, with parameters named and divided as ours: what it keeps joined is joined here."""

from __future__ import annotations

from typing import Any

LAYERS = [("", "l0"), ("_back", "l0_reverse"), ("_2", "l1"), ("_2_back", "l1_reverse")]
NAMES = {
    f"{ours}{here}": f"{theirs}_{there}" if ours != "bh" else f"bh{here}"
    for ours, theirs in (("Wx", "weight_ih"), ("Wh", "weight_hh"), ("b", "bias_ih"), ("bh", ""))
    for here, there in LAYERS
}
IN_BLOCK = {
    **{f"attention.{letter}_{part}": f"{letter}_{part}" for letter in "Wb" for part in "qkvo"},
    "hidden.W": "linear1.weight",
    "hidden.b": "linear1.bias",
    "output.W": "linear2.weight",
    "output.b": "linear2.bias",
    "attention_norm.gamma": "norm1.weight",
    "attention_norm.beta": "norm1.bias",
    "network_norm.gamma": "norm2.weight",
    "network_norm.beta": "norm2.bias",
}
BLOCK = {ours: theirs.replace(".", "_") for ours, theirs in IN_BLOCK.items()}


def divided(torch: Any, inner: Any, own: dict[str, Any], joined: Any, call: Any) -> Any:
    """A layer that calls `inner` with parameters that are made of its own.

    own     name -> starting value of a parameter
    joined  (own parameters) -> {name of a parameter of inner: value}
    call    (inner as a function, X) -> result
    """

    class Divided(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name, value in own.items():
                self.register_parameter(name, torch.nn.Parameter(value.detach().clone()))
            self.inner = [inner]  # in a list, so that its parameters are none of this layer's

        def to(self, *args: Any) -> Any:
            inner.to(*args)
            return super().to(*args)

        def forward(self, X: Any) -> Any:
            values = joined(dict(self.named_parameters()))
            return call(lambda *a, **k: torch.func.functional_call(inner, values, a, k, strict=True), X)

    return Divided()


def recurrent(name: str, torch: Any, s: Any) -> Any:
    """RNN, LSTM and GRU: of PyTorch's two biases the second is 0, but for what GRU resets."""
    (n_in, n_hidden), options = s.args, dict(s.options)
    last, layers, both = options.pop("last", False), options.pop("layers", 1), options.get("bidirectional", False)
    if "activation" in options:
        options["nonlinearity"] = options.pop("activation")
    inner = getattr(torch.nn, name)(n_in, n_hidden, layers, batch_first=True, **options)
    given = dict(inner.named_parameters())
    own = {name: p for name, p in given.items() if "bias_hh" not in name}
    resets = [(here, there) for here, there in LAYERS if name == "GRU" and f"bias_hh_{there}" in given]
    own |= {f"bh{here}": given[f"bias_hh_{there}"][2 * n_hidden :] for here, there in resets}

    def joined(values: Any) -> Any:
        found = {name: values[name] if name in values else torch.zeros_like(given[name]) for name in given}
        for here, there in resets:
            bh = values[f"bh{here}"]
            found[f"bias_hh_{there}"] = torch.cat([bh.new_zeros(2 * n_hidden), bh])
        return found

    def call(layer: Any, X: Any) -> Any:
        out, state = layer(X)
        state = state[0] if isinstance(state, tuple) else state
        return torch.cat(list(state[-2 if both else -1 :]), dim=-1) if last else out

    return divided(torch, inner, own, joined, call)


def _parts(torch: Any, attention: Any) -> dict[str, Any]:
    """The parameters of an attention, divided as ours."""
    n = attention.embed_dim
    own = {f"W_{part}": attention.in_proj_weight[k * n : (k + 1) * n] for k, part in enumerate("qkv")}
    own["W_o"] = attention.out_proj.weight
    if attention.in_proj_bias is not None:
        own |= {f"b_{part}": attention.in_proj_bias[k * n : (k + 1) * n] for k, part in enumerate("qkv")}
        own["b_o"] = attention.out_proj.bias
    return own


def _whole(torch: Any, values: Any, before: str = "") -> dict[str, Any]:
    """And joined again."""
    found = {
        f"{before}in_proj_weight": torch.cat([values[f"W_{part}"] for part in "qkv"]),
        f"{before}out_proj.weight": values["W_o"],
    }
    if "b_o" in values:
        found[f"{before}in_proj_bias"] = torch.cat([values[f"b_{part}"] for part in "qkv"])
        found[f"{before}out_proj.bias"] = values["b_o"]
    return found


def _hidden(torch: Any, causal: bool, T: int) -> Any:
    """PyTorch's mask, True for what may not be seen."""
    return torch.ones(T, T, dtype=torch.bool).triu(1) if causal else None


def attention(torch: Any, s: Any) -> Any:
    """MultiheadAttention, self-attention by the way that has second derivatives: with weights."""
    options = dict(s.options)
    causal = options.pop("causal", False)
    heads = s.args[1] if len(s.args) > 1 else 1
    inner = torch.nn.MultiheadAttention(s.args[0], heads, batch_first=True, **options)

    def call(layer: Any, X: Any) -> Any:
        return layer(X, X, X, need_weights=True, attn_mask=_hidden(torch, causal, X.shape[1]))[0]

    return divided(torch, inner, _parts(torch, inner), lambda values: _whole(torch, values), call)


def positions(torch: Any, s: Any) -> Any:
    """PyTorch has none: sines and cosines, or a table, written with its functions."""
    n, length = s.args
    if s.options.get("learned"):

        class Table(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.W = torch.nn.Parameter(torch.zeros(n, length))

            def forward(self, X: Any) -> Any:
                return X + self.W.T[: X.shape[1]]

        return Table()

    def sinusoids(X: Any) -> Any:
        P = torch.zeros(X.shape[1], n, dtype=X.dtype)
        for t in range(X.shape[1]):
            for i in range(0, n, 2):
                angle = torch.tensor(t / 10000 ** (i / n), dtype=torch.float64)
                P[t, i] = torch.sin(angle)
                if i + 1 < n:
                    P[t, i + 1] = torch.cos(angle)
        return X + P

    return sinusoids


def block(torch: Any, s: Any) -> Any:
    """TransformerEncoderLayer, by the attention that has second derivatives."""
    n, heads, hidden = (*s.args, 4 * s.args[0])[:3]
    options = dict(s.options)
    causal = options.pop("causal", False)
    norm_first = options.pop("norm_first", True)
    eps = options.pop("eps", 1e-5)
    inner = torch.nn.TransformerEncoderLayer(
        n, heads, hidden, dropout=0.0, layer_norm_eps=eps, norm_first=norm_first, batch_first=True, **options
    )
    given = dict(inner.named_parameters())
    own = {BLOCK[ours]: given[theirs] for ours, theirs in IN_BLOCK.items() if theirs in given}
    own |= _parts(torch, inner.self_attn)

    def joined(values: Any) -> Any:
        found = {theirs: values[BLOCK[ours]] for ours, theirs in IN_BLOCK.items() if theirs in given}
        return found | _whole(torch, values, "self_attn.")

    def call(layer: Any, X: Any) -> Any:
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
            return layer(X, src_mask=_hidden(torch, causal, X.shape[1]))

    return divided(torch, inner, own, joined, call)
