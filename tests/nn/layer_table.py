"""The table of layers: a row for each, from which its tests are generated.

A row says how the layer is made, what it takes, and which layer of PyTorch computes the same. What is tested of every
row stands in test_every_layer.py (derivatives, steps, pictures, programs, copies, state) and test_layers_torch.py
(PyTorch's values, gradients and second derivatives). A layer without a row fails the suite.

    Row(nn.Linear, [Setting((3, 2), (3, 5)), Setting((4, 1), (4, 3), {"bias": False})],
        torch=lambda torch, s: torch.nn.Linear(*s.args, **s.options), names={"W": "weight", "b": "bias"})
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

import nn
from tests.nn import torch_sequences


@dataclass(frozen=True)
class Setting:
    """One way of making and calling a layer: layer(*args, **options)(X of this shape, the samples last).

    indices   X is integers from 0 to indices − 1; None: floating numbers
    """

    args: tuple[Any, ...]
    shape: tuple[int, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    indices: int | None = None

    def X(self, seed: int = 0, dtype: Any = float) -> Any:
        """An input, always the same for a seed. Entries differ: nothing ties."""
        rng = np.random.default_rng(seed)
        if self.indices is not None:
            return rng.integers(0, self.indices, self.shape)
        size = int(np.prod(self.shape))
        spread = rng.permutation(np.linspace(-2.03, 2.0, size)) if size else np.zeros(0)
        return spread.reshape(self.shape).astype(dtype)

    def __str__(self) -> str:
        said = [*map(repr, self.args), *(f"{k}={v!r}" for k, v in self.options.items())]
        return f"({', '.join(said)}) of {'x'.join(map(str, self.shape))}"


def first(x: Any) -> Any:
    """The samples from the last axis, where they are here, to the first, where PyTorch has them."""
    return np.moveaxis(x, -1, 0)


def last(x: Any) -> Any:
    """The samples from the first axis to the last."""
    return np.moveaxis(x, 0, -1)


@dataclass(frozen=True)
class Row:
    """A layer.

    layer       its class
    settings    ways of making and calling it; the first is what every general test takes
    random      a strategy of further settings, of random sizes
    torch       (torch, setting) -> PyTorch's layer, or any function of torch Tensors; None with the reason in `why`
    names       our parameter or buffer -> PyTorch's, of as many entries in the same order
    give        (ours, PyTorch's) where names do not do: gives PyTorch's layer the parameters of ours
    inward      our input as PyTorch has it; outward: PyTorch's result as we have it
    needs       keyword arguments that make the parameters start from a seed
    wrong       inputs that are refused: (shape, words of the error)
    """

    layer: type[nn.Module]
    settings: Sequence[Setting]
    torch: Callable[[Any, Setting], Any] | None = None
    why: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    give: Callable[[nn.Module, Any], None] | None = None
    inward: Callable[[Any], Any] = first
    outward: Callable[[Any], Any] = last
    needs: Mapping[str, Any] = field(default_factory=dict)
    wrong: Sequence[tuple[tuple[int, ...], str]] = ()
    random: st.SearchStrategy[Setting] | None = None

    @property
    def name(self) -> str:
        return self.layer.__name__

    def make(self, setting: Setting | None = None, **options: Any) -> nn.Module:
        """The layer, always with the same parameters."""
        s = self.settings[0] if setting is None else setting
        return self.layer(*copy.deepcopy(s.args), **s.options, **{**self.needs, **options})

    def has_dtype(self) -> bool:
        """Whether the dtype of its parameters can be chosen."""
        return "dtype" in inspect.signature(self.layer).parameters

    def make_torch(self, torch: Any, layer: nn.Module, setting: Setting, dtype: Any = float) -> Any:
        """PyTorch's layer with the parameters of ours."""
        other = self.torch(torch, setting) if self.torch else None
        if not isinstance(other, torch.nn.Module):
            return other
        other = other.to(getattr(torch, np.dtype(dtype).name))
        if self.give is not None:
            self.give(layer, other)
            return other
        given = {**dict(other.named_parameters()), **dict(other.named_buffers())}
        state = layer.state_dict()
        with torch.no_grad():
            for ours, theirs in self.names.items():
                if ours in state:
                    given[theirs].copy_(torch.tensor(state[ours]).reshape(given[theirs].shape))
        return other


# --- settings of random sizes

SIZE, SAMPLES = st.integers(1, 4), st.integers(1, 5)


@st.composite
def any_shape(draw: Any, *args: Any, channels: int | None = None) -> Setting:
    """Columns, sequences or images."""
    places = draw(st.lists(SIZE, max_size=2))
    return Setting(args, (channels or draw(SIZE), *places, draw(SAMPLES)))


@st.composite
def columns(draw: Any) -> Setting:
    n_in, n_out = draw(SIZE), draw(SIZE)
    return Setting((n_in, n_out), (n_in, draw(SAMPLES)), {"bias": draw(st.booleans())})


@st.composite
def convolved(draw: Any, axes: int) -> Setting:
    groups, size = draw(st.integers(1, 2)), tuple(draw(SIZE) for _ in range(axes))
    stride, dilation = (tuple(draw(st.integers(1, 3)) for _ in range(axes)) for _ in range(2))
    padding = tuple(draw(st.integers(0, 2)) for _ in range(axes))
    lengths = (
        max(d * (k - 1) + 1 - 2 * p, 1) + draw(st.integers(0, 3))
        for k, d, p in zip(size, dilation, padding, strict=True)
    )
    c_in, c_out = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    options = {"groups": groups, "bias": draw(st.booleans())}
    return Setting((c_in, c_out, size, stride, padding, dilation), (c_in, *lengths, draw(SAMPLES)), options)


@st.composite
def pooled(draw: Any, axes: int, largest: bool) -> Setting:
    size = tuple(draw(SIZE) for _ in range(axes))
    padding = tuple(draw(st.integers(0, k // 2)) for k in size)
    stride = tuple(draw(st.integers(1, 3)) for _ in range(axes))
    options: dict[str, Any] = {"stride": stride, "padding": padding, "ceil_mode": draw(st.booleans())}
    gap = draw(st.integers(1, 2)) if largest else 1
    options |= {"dilation": gap} if largest else {"count_padding": draw(st.booleans())}
    lengths = (max(gap * (k - 1) + 1, 2) + draw(st.integers(0, 4)) for k in size)
    return Setting((size,), (draw(SIZE), *lengths, draw(SAMPLES)), options)


@st.composite
def normalized(draw: Any, grouped: bool = False) -> Setting:
    groups = draw(st.integers(1, 2))
    shape = (groups * draw(SIZE), *draw(st.lists(SIZE, max_size=2)), draw(st.integers(2, 5)))
    args = (groups, shape[0]) if grouped else (shape[0],)
    return Setting(args, shape, {"eps": 0.1, "affine": draw(st.booleans())})


@st.composite
def looked_up(draw: Any) -> Setting:
    n = draw(SIZE)
    return Setting((n, draw(SIZE)), tuple(draw(st.lists(SIZE, min_size=1, max_size=3))), indices=n)


# --- the rows

WEIGHTS = {"W": "weight", "b": "bias"}
SCALES = {"gamma": "weight", "beta": "bias"}
SEEDED = {"seed": 0}
PLANE, COLUMNS, SEQUENCE, IMAGES = (3, 4), (3, 5), (2, 7, 3), (2, 6, 5, 3)
SERIES, MODEL = (3, 2, 2), (4, 3, 2)


def same(name: str, **renamed: str) -> Callable[[Any, Setting], Any]:
    """PyTorch's layer of that name with the same arguments, some under another name."""
    return lambda torch, s: getattr(torch.nn, name)(*s.args, **{renamed.get(k, k): v for k, v in s.options.items()})


def elementwise(layer: type[nn.Module], name: str | None = None, *settings: Setting, **renamed: str) -> Row:
    """An activation without parameters."""
    ways = [Setting((), COLUMNS), Setting((), (1, 1)), Setting((), IMAGES), *settings]
    return Row(layer, ways, same(name or layer.__name__, **renamed), random=any_shape())


def along_units(layer: type[nn.Module], name: str) -> Row:
    """An activation over the units of each column."""
    return Row(
        layer,
        [Setting((), COLUMNS), Setting((), (1, 2))],
        lambda torch, s: getattr(torch.nn, name)(dim=1),
        random=any_shape(),
    )


ROWS = [
    Row(
        nn.Linear,
        [
            Setting((3, 2), COLUMNS),
            Setting((3, 4), COLUMNS, {"bias": False}),
            Setting((1, 1), (1, 1)),
        ],
        same("Linear"),
        names=WEIGHTS,
        needs=SEEDED,
        wrong=[((5, 3), "X.T"), ((3,), "One sample is a column"), ((4, 5), "layer before")],
        random=columns(),
    ),
    elementwise(nn.Sigmoid),
    elementwise(nn.Tanh),
    elementwise(nn.ReLU),
    elementwise(nn.LeakyReLU, None, Setting((0.1,), COLUMNS)),
    elementwise(nn.ELU, None, Setting((0.5,), COLUMNS)),
    elementwise(nn.GELU, None, Setting((), COLUMNS, {"approximate": "tanh"})),
    elementwise(nn.SiLU),
    elementwise(nn.Softplus, None, Setting((2.0,), COLUMNS)),
    elementwise(nn.HardTanh, "Hardtanh", Setting((-0.5, 1.5), COLUMNS)),
    Row(
        nn.PReLU,
        [Setting((), COLUMNS), Setting((3,), COLUMNS), Setting((2, 0.1), IMAGES)],
        lambda torch, s: torch.nn.PReLU(*s.args[:1]),
        names={"a": "weight"},
        wrong=[((3,), "samples last")],
        random=any_shape(3, channels=3),
    ),
    along_units(nn.Softmax, "Softmax"),
    along_units(nn.LogSoftmax, "LogSoftmax"),
    Row(
        nn.Augment,
        [Setting((), IMAGES, {"flip": True, "shift": 1, "rotate": 20.0}), Setting((), COLUMNS, {"noise": 0.1})],
        why="what it does is random; see test_augment.py",
        wrong=[(COLUMNS, "X.reshape(1, height, width, m)")],
    ),
    Row(nn.Dropout, [Setting((0.7,), COLUMNS)], why="its masks are random; see test_dropout.py"),
    Row(
        nn.Conv1d,
        [
            Setting((2, 4, 3), SEQUENCE),
            Setting((2, 2, 2, 2, 1), SEQUENCE, {"bias": False}),
            Setting((4, 2, 3), (4, 8, 2), {"dilation": 2, "groups": 2, "padding": "same"}),
        ],
        same("Conv1d"),
        names=WEIGHTS,
        needs=SEEDED,
        wrong=[((3, 2, 7), "np.moveaxis"), ((2, 7), "One sample is"), ((3, 7, 4), "layer before")],
        random=convolved(1),
    ),
    Row(
        nn.Conv2d,
        [
            Setting((2, 3, 2), IMAGES),
            Setting((2, 3, (3, 2), (2, 1), (1, 0)), IMAGES, {"bias": False}),
            Setting((4, 2, 3), (4, 7, 8, 2), {"dilation": (2, 1), "groups": 2, "padding": 1}),
            Setting((2, 2, 3), IMAGES, {"padding": "same", "groups": 2}),
        ],
        same("Conv2d"),
        names=WEIGHTS,
        needs=SEEDED,
        wrong=[
            ((4, 2, 6, 5), "np.moveaxis"),
            ((4, 6, 5, 2), "channels last"),
            ((2, 6, 5), "One sample is"),
            ((60, 4), "nn.Reshape"),
        ],
        random=convolved(2),
    ),
    *(
        Row(
            layer,
            [
                Setting((2,), shape),
                Setting((3, 2, 1), shape),
                Setting((3,), shape, {"stride": 2, "ceil_mode": True}),
                *([Setting((2,), shape, {"dilation": 2, "padding": 1, "stride": 1})] if "Max" in name else []),
                *([Setting((3,), shape, {"padding": 1, "count_padding": False})] if "Avg" in name else []),
            ],
            same(name, count_padding="count_include_pad"),
            wrong=[(COLUMNS, "samples last")],
            random=pooled(len(shape) - 2, "Max" in name),
        )
        for layer, name, shape in [
            (nn.MaxPool1d, "MaxPool1d", SEQUENCE),
            (nn.MaxPool2d, "MaxPool2d", IMAGES),
            (nn.AvgPool1d, "AvgPool1d", SEQUENCE),
            (nn.AvgPool2d, "AvgPool2d", IMAGES),
        ]
    ),
    Row(
        nn.GlobalAvgPool,
        [Setting((), IMAGES), Setting((), SEQUENCE)],
        lambda torch, s: lambda x: x.mean(dim=tuple(range(2, x.ndim))),
        wrong=[(COLUMNS, "nothing is to be pooled")],
        random=any_shape().filter(lambda s: len(s.shape) > 2),
    ),
    Row(
        nn.GlobalMaxPool,
        [Setting((), IMAGES), Setting((), SEQUENCE)],
        lambda torch, s: lambda x: x.amax(dim=tuple(range(2, x.ndim))),
        wrong=[(COLUMNS, "nothing is to be pooled")],
        random=any_shape().filter(lambda s: len(s.shape) > 2),
    ),
    Row(
        nn.Flatten,
        [Setting((), IMAGES), Setting((), SEQUENCE), Setting((), COLUMNS)],
        same("Flatten"),
        random=any_shape(),
    ),
    Row(
        nn.Reshape,
        [Setting((2, 6), (12, 3)), Setting((5, 2), (2, 5, 3))],
        lambda torch, s: torch.nn.Unflatten(1, s.args) if len(s.shape) == 2 else lambda x: x.reshape(-1, *s.args),
        wrong=[((11, 3), "samples of 12 numbers")],
    ),
    Row(
        nn.BatchNorm,
        [Setting((3,), COLUMNS), Setting((2, 1e-3, 0.3), IMAGES), Setting((2,), SEQUENCE, {"affine": False})],
        lambda torch, s: getattr(torch.nn, f"BatchNorm{max(len(s.shape) - 2, 1)}d")(*s.args, **s.options),
        names={**SCALES, "mean": "running_mean", "variance": "running_var"},
        wrong=[((4, 5), "layer before"), ((3,), "samples last"), ((3, 1), "at least two numbers")],
        random=normalized(),
    ),
    Row(
        nn.LayerNorm,
        [Setting((3,), COLUMNS), Setting(((2, 6, 5),), IMAGES), Setting((3,), COLUMNS, {"affine": False, "eps": 1e-2})],
        lambda torch, s: torch.nn.LayerNorm(
            *s.args, eps=s.options.get("eps", 1e-5), elementwise_affine=s.options.get("affine", True)
        ),
        names=SCALES,
        wrong=[((4, 5), "layer before"), ((3,), "samples last")],
        random=normalized().filter(lambda s: len(s.shape) == 2),
    ),
    Row(
        nn.GroupNorm,
        [Setting((2, 4), (4, 5, 2)), Setting((1, 4), (4, 3)), Setting((2, 2), IMAGES, {"affine": False})],
        same("GroupNorm"),
        names=SCALES,
        wrong=[((3, 5), "layer before")],
        random=normalized(grouped=True),
    ),
    Row(
        nn.Embedding,
        [Setting((5, 3), (4,), indices=5), Setting((7, 2), (3, 4), indices=7)],
        same("Embedding"),
        names={"W": "weight"},
        inward=lambda x: np.moveaxis(x, -1, 0),
        outward=lambda x: np.moveaxis(x, (0, -1), (-1, 0)),
        needs=SEEDED,
        random=looked_up(),
    ),
    *(
        Row(
            layer,
            [
                Setting((3, 2), SERIES),
                Setting((3, 2), SERIES, {"last": True}),
                Setting((3, 2), SERIES, {"bidirectional": True, "bias": False}),
                Setting((3, 2), SERIES, {"layers": 2, "bidirectional": True, "last": True}),
                *further,
            ],
            partial(torch_sequences.recurrent, layer.__name__),
            names=torch_sequences.NAMES,
            inward=np.transpose,
            outward=np.transpose,
            needs=SEEDED,
            wrong=[((3, 5), "X[:, :, None]"), ((2, 4, 3), "X.transpose(2, 1, 0)"), ((4, 2, 5), "Compare n_in")],
        )
        for layer, further in [
            (nn.RNN, [Setting((3, 2), SERIES, {"activation": "relu"})]),
            (nn.LSTM, []),
            (nn.GRU, []),
        ]
    ),
    Row(
        nn.MultiHeadAttention,
        [
            Setting((4, 2), MODEL),
            Setting((4,), (4, 1, 1)),
            Setting((6, 3), (6, 3, 2), {"causal": True, "bias": False}),
        ],
        torch_sequences.attention,
        names={f"{letter}_{part}": f"{letter}_{part}" for letter in "Wb" for part in "qkvo"},
        inward=np.transpose,
        outward=np.transpose,
        needs=SEEDED,
        wrong=[((5, 3, 2), "Compare n_model"), ((4, 3), "X[:, :, None]")],
    ),
    Row(
        nn.PositionalEncoding,
        [Setting((4, 5), MODEL), Setting((3, 2), SERIES, {"learned": True})],
        torch_sequences.positions,
        names={"W": "W"},
        inward=np.transpose,
        outward=np.transpose,
        wrong=[((4, 6, 2), "X[:, :5]"), ((5, 3, 2), "Compare n_model")],
    ),
    Row(
        nn.TransformerBlock,
        [
            Setting((4, 2), MODEL),
            Setting((4, 2, 3), MODEL, {"norm_first": False, "causal": True}),
            Setting((6, 1), (6, 3, 2), {"activation": "gelu", "eps": 1e-3}),
        ],
        torch_sequences.block,
        names=torch_sequences.BLOCK,
        inward=np.transpose,
        outward=np.transpose,
        needs=SEEDED,
        wrong=[((5, 3, 2), "Compare n_model"), ((4, 3), "X[:, :, None]")],
    ),
    Row(
        nn.Residual,
        [Setting((nn.Linear(3, 3, seed=0),), COLUMNS)],
        why="made of other layers; its sum is tested in test_layers.py",
    ),
    Row(nn.Lambda, [Setting((np.square,), COLUMNS)], lambda torch, s: torch.square),
    Row(
        nn.Sequential,
        [Setting((nn.Linear(3, 2, seed=0), nn.Tanh()), COLUMNS)],
        why="made of other layers; see test_layers.py",
    ),
]
