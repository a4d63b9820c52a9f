"""nn.from_torch: a Sequential model of PyTorch's as one of nn's. PyTorch is not imported: its classes have names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd as ag
from nn.buffers import Buffer, check_all_finite
from nn.io.torch_axes import READS, Axes
from nn.io.torch_layers import NoCounterpartError, array, dtype_of, only
from nn.io.torch_sequences import LAYERS as SEQUENCES
from nn.layers.activations import (
    ELU,
    GELU,
    HardTanh,
    LeakyReLU,
    LogSoftmax,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from nn.layers.containers import Sequential
from nn.layers.convolution import Conv1d, Conv2d
from nn.layers.dropout import Dropout
from nn.layers.embedding import Embedding
from nn.layers.linear import Linear
from nn.layers.normalization import BatchNorm, GroupNorm, LayerNorm
from nn.layers.pooling import AvgPool1d, AvgPool2d, GlobalAvgPool, GlobalMaxPool, MaxPool1d, MaxPool2d
from nn.layers.shapes import Flatten, Reshape
from nn.module import Module


def from_torch(module: Any, *, finite: bool = True) -> Module:
    """The model of nn's that computes the same as a PyTorch layer, or a torch.nn.Sequential of layers, with copies of
    its parameters and running statistics, in their precision. What is frozen, shared or in evaluation there is so here.

    The samples are on the last axis here, on the first one there: rows become columns, X (m, n) -> X.T. Of samples of
    several axes, the first layer that reads one of them says how: Linear, LayerNorm(n), Embedding, recurrent layers,
    attention and Softmax(-1) read the last one there, which is the first one here, sequences (m, T, n) -> X.T; any
    other, as convolution, the first one, images (m, channels, height, width) -> np.moveaxis(X, 0, -1). A model that
    reads both takes columns alone. Sequences without batch_first, (T, m, n), are np.moveaxis(X, -1, 0).

    A recurrent layer gives the outputs of all steps, without its state, and a global pool (c, m). Weights have the same
    axes, biases (n,) become (n, 1).

        model = nn.from_torch(torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh()))
        model(X.numpy().T)                       # PyTorch's module(X), transposed

    Any other model comes by nn.onnx.load, from torch.onnx.export.

    finite   refuse NaN and infinity; False takes them as they are

    Raises autograd.Unsupported with a list of all layers that have no counterpart, or use an option that has none,
    autograd.DataError with a list of all parameters and statistics that are not finite.
    """
    if not any(map(_is_torch, type(module).__mro__)):
        raise TypeError(f"nn.from_torch needs a torch.nn.Module, but got {type(module).__name__}.")
    reading = _Reading()
    found = reading.of(module)
    if reading.refused:
        raise ag.Unsupported(
            "nn.from_torch needs a Sequential of layers that nn has, but got\n  " + "\n  ".join(reading.refused) + "\n"
            "Export the model as ONNX, torch.onnx.export(…), and use nn.onnx.load."
        )
    if finite:
        check_all_finite("nn.from_torch", found.state_dict())
    return found


def _is_torch(kind: type) -> bool:
    return kind.__module__.startswith("torch.nn.")


class _Reading:
    """Layers that have been read; one that stands twice is one here, too.

    axes   of a sample after the layers so far
    """

    def __init__(self) -> None:
        self.axes = Axes()
        self.layers: dict[int, Module] = {}
        self.tensors: dict[int, ag.Tensor] = {}
        self.refused: list[str] = []

    def of(self, module: Any, name: str = "") -> Module:
        """The counterpart of a module."""
        if _is_sequential(module) and not _hooks(module):
            parts = [self.of(part, f"{name}[{k}]") for k, part in enumerate(module) if not _is_identity(part)]
            made: Module = Sequential(*parts, ndim=None if name or self.axes.needed is None else self.axes.needed + 1)
        else:
            made = self._layer(module, name)
        return self.layers.setdefault(id(module), made)

    def _layer(self, module: Any, name: str) -> Module:
        kind = type(module).__name__
        make = _LAYERS.get(kind) if _is_torch(type(module)) else None
        try:
            if _hooks(module):
                raise NoCounterpartError(f"with {' and '.join(_hooks(module))}")
            if make is None:
                raise NoCounterpartError("it has no counterpart")
            layer = self.layers.get(id(module)) or make(module)
            if kind in READS:
                READS[kind](module, self.axes)
        except NoCounterpartError as why:
            self.axes = Axes()  # of what comes after, nothing is known
            self.refused.append(f"{name or 'the model'}: {kind}, {why}")
            return Sequential()
        if id(module) not in self.layers:
            self._give(layer, module)
            layer.train(module.training)
        return layer

    def _give(self, layer: Module, module: Any) -> None:
        """The numbers of PyTorch's layer."""
        for ours, theirs in _NAMES.get(type(layer), {}).items():
            held, given = getattr(layer, ours, None), getattr(module, theirs, None)
            if held is None or given is None:
                continue
            if isinstance(held, Buffer):
                held.restore(array(given).reshape(held.value.shape))  # it is looked at in the end
            elif id(given) in self.tensors:
                setattr(layer, ours, self.tensors[id(given)])
            else:
                held.data = array(given).reshape(held.shape)
                held.requires_grad = bool(given.requires_grad)
                self.tensors[id(given)] = held


def _is_sequential(module: Any) -> bool:
    """Whether it is a torch.nn.Sequential, of which no subclass has changed what it computes."""
    kinds: dict[str, Any] = {kind.__name__: kind for kind in type(module).__mro__ if _is_torch(kind)}
    own = kinds.get("Sequential")
    return own is not None and type(module).forward is own.forward


def _is_identity(module: Any) -> bool:
    return _is_torch(type(module)) and type(module).__name__ == "Identity" and not _hooks(module)


def _hooks(module: Any) -> list[str]:
    """The kinds of functions that change what a layer computes, as torch.nn.utils.weight_norm registers them."""
    return [name.strip("_").replace("_", " ") for name in _HOOKS if getattr(module, name, None)]


def _conv(kind: Any) -> Callable[[Any], Module]:
    def make(t: Any) -> Module:
        only(t, padding_mode="zeros")
        options: dict[str, Any] = {"stride": t.stride, "padding": t.padding, "dilation": t.dilation, "groups": t.groups}
        size = t.kernel_size
        if kind is Conv1d:
            size, options = _single(size), {k: _single(v) for k, v in options.items()}
        return kind(t.in_channels, t.out_channels, size, bias=t.bias is not None, dtype=dtype_of(t), seed=0, **options)

    return make


def _single(value: Any) -> Any:
    """(2,) as 2, anything else as it is."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _max_pool(kind: Any) -> Callable[[Any], Module]:
    def make(t: Any) -> Module:
        only(t, return_indices=False)
        options = {k: _single(getattr(t, k)) for k in ("stride", "padding", "dilation")}
        return kind(_single(t.kernel_size), ceil_mode=t.ceil_mode, **options)

    return make


def _avg_pool(kind: Any) -> Callable[[Any], Module]:
    def make(t: Any) -> Module:
        only(t, divisor_override=None)
        options = {k: _single(getattr(t, k)) for k in ("stride", "padding")}
        return kind(_single(t.kernel_size), ceil_mode=t.ceil_mode, count_padding=t.count_include_pad, **options)

    return make


def _global_pool(layer: type[Module]) -> Callable[[Any], Module]:
    def make(t: Any) -> Module:
        sizes = t.output_size if isinstance(t.output_size, tuple) else (t.output_size,)
        if set(sizes) != {1}:
            raise NoCounterpartError(f"of which output_size={t.output_size!r} has no counterpart, but 1 has")
        return layer()

    return make


def _batch_norm(t: Any) -> Module:
    only(t, track_running_stats=True)
    if t.momentum is None:
        raise NoCounterpartError("of which momentum=None has no counterpart")
    return BatchNorm(t.num_features, t.eps, t.momentum, t.affine, dtype=dtype_of(t))


def _layer_norm(t: Any) -> Module:
    shape = tuple(t.normalized_shape)
    if t.elementwise_affine and t.bias is None:
        raise NoCounterpartError("of which bias=False has no counterpart")
    return LayerNorm(shape[0] if len(shape) == 1 else shape, t.eps, t.elementwise_affine, dtype=dtype_of(t))


def _over_units(layer: type[Module]) -> Callable[[Any], Module]:
    def make(t: Any) -> Module:
        if t.dim not in (1, -1):
            raise NoCounterpartError(f"of which dim={t.dim!r} has no counterpart, but 1 and -1 have")
        return layer()

    return make


def _embedding(t: Any) -> Module:
    only(t, padding_idx=None, max_norm=None, scale_grad_by_freq=False)
    return Embedding(t.num_embeddings, t.embedding_dim, seed=0, dtype=dtype_of(t))


def _flatten(t: Any) -> Module:
    only(t, start_dim=1, end_dim=-1)
    return Flatten()


def _unflatten(t: Any) -> Module:
    only(t, dim=1)
    return Reshape(*map(int, t.unflattened_size))


def _linear(t: Any) -> Module:
    return Linear(t.in_features, t.out_features, bias=t.bias is not None, dtype=dtype_of(t), seed=0)


def _softplus(t: Any) -> Module:
    """PyTorch takes x itself above its threshold, where the difference is below e^-20."""
    if t.threshold < 20:
        raise NoCounterpartError(f"of which threshold={t.threshold!r} has no counterpart, but 20 has")
    return Softplus(t.beta)


# By the name of PyTorch's class.
_LAYERS: dict[str, Callable[[Any], Module]] = {
    "AdaptiveAvgPool1d": _global_pool(GlobalAvgPool),
    "AdaptiveAvgPool2d": _global_pool(GlobalAvgPool),
    "AdaptiveMaxPool1d": _global_pool(GlobalMaxPool),
    "AdaptiveMaxPool2d": _global_pool(GlobalMaxPool),
    "AvgPool1d": _avg_pool(AvgPool1d),
    "AvgPool2d": _avg_pool(AvgPool2d),
    "BatchNorm1d": _batch_norm,
    "BatchNorm2d": _batch_norm,
    "Conv1d": _conv(Conv1d),
    "Conv2d": _conv(Conv2d),
    "Dropout": lambda t: Dropout(1 - t.p),
    "ELU": lambda t: ELU(t.alpha),
    "Embedding": _embedding,
    "Flatten": _flatten,
    "GELU": lambda t: GELU(t.approximate),
    "GroupNorm": lambda t: GroupNorm(t.num_groups, t.num_channels, t.eps, t.affine, dtype=dtype_of(t)),
    "Hardtanh": lambda t: HardTanh(t.min_val, t.max_val),
    "LayerNorm": _layer_norm,
    "LeakyReLU": lambda t: LeakyReLU(t.negative_slope),
    "Linear": _linear,
    "LogSoftmax": _over_units(LogSoftmax),
    "MaxPool1d": _max_pool(MaxPool1d),
    "MaxPool2d": _max_pool(MaxPool2d),
    "PReLU": lambda t: PReLU(t.num_parameters, dtype=dtype_of(t)),
    "ReLU": lambda t: ReLU(),
    "ReLU6": lambda t: HardTanh(0.0, 6.0),
    "SiLU": lambda t: SiLU(),
    "Sigmoid": lambda t: Sigmoid(),
    "Softmax": _over_units(Softmax),
    "Softplus": _softplus,
    "Tanh": lambda t: Tanh(),
    "Unflatten": _unflatten,
    **SEQUENCES,
}
_HOOKS = ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks")

_WEIGHTS, _SCALES = {"W": "weight", "b": "bias"}, {"gamma": "weight", "beta": "bias"}
_NAMES: dict[type[Module], dict[str, str]] = {
    Linear: _WEIGHTS,
    Conv1d: _WEIGHTS,
    Conv2d: _WEIGHTS,
    Embedding: {"W": "weight"},
    PReLU: {"a": "weight"},
    BatchNorm: _SCALES | {"mean": "running_mean", "variance": "running_var"},
    LayerNorm: _SCALES,
    GroupNorm: _SCALES,
}
