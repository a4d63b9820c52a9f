"""Module: something with parameters that maps values to a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from inspect import signature
from typing import TYPE_CHECKING, Any, Self

import numpy as np

import autograd as ag
from autograd import Tensor
from autograd.core.handle import forget_gradients, give_name, replacing
from autograd.core.node import Node, next_index
from autograd.core.outside import asked
from autograd.signposts import answering_class, without_refusals
from nn import data
from nn.buffers import Buffer, NotFinite, fitting
from nn.held import Way, Whole, contents, held, reconstructed, within
from nn.shown import shown

if TYPE_CHECKING:
    from nn.summary import Summary

WATCH: ContextVar[Callable[[Module], Callable[[Any], None]] | None] = ContextVar("who is told of Modules", default=None)
"""Called with each Module that runs; what it returns is then called with the result."""

NO_OPTIONS: dict[str, Any] = {}  # not written to; to hand over a proxy of a dict takes longer


class Module(Whole):
    """A layer or a network. A subclass defines `forward(X)`, or of several inputs `forward(X, Y, …)`.

    What a Module holds is found in its attributes, also in __slots__, in lists, tuples, dicts, sets and whatever else
    is a collection, and among the arguments of a functools.partial: Tensors are its parameters, Modules its children,
    Buffers its state that is not trained. What only a closure or a property holds is not found: `nn.fit` refuses to
    leave it untrained.

    symbol    the letter under which Sequential names the layer's result: Z for a linear part, A for an activation
    training  whether it is being trained: Dropout and the like compute something else then. See train() and eval()
    begins_layer   whether a new layer of the course begins with it; False: its parameters belong to the layer before
    takes_indices  whether its input is integers, which stay integers
    mask      an argument of `forward` of this name makes a Module take the mask of steps (T, m), True where a sample
              has that step, that is given to the Sequential around it. See Sequential
    label     the name by which the Module that holds it knows it: the first attribute that it was assigned to. What the
              Module computes is recorded within `autograd.scope(label)`

    >>> import numpy as np, nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         self.W = ag.Tensor([[2.0]], name="W")
    ...     def forward(self, X):
    ...         return self.W * X
    >>> Scale()(np.ones((1, 3)))
    Tensor([[2., 2., 2.]])
    """

    symbol = ""
    begins_layer = True
    takes_indices = False
    label: str | None = None
    result_name: str | None = None  # what the result is called where the layer is called by itself
    _training = True
    _number: int | None = None  # the 2 in W2 of its parameters, given by the first Sequential that holds it
    _placed = False  # whether a Sequential holds it

    def __init_subclass__(cls) -> None:
        answering_class(cls)
        for name in _KINDS.keys() & vars(cls).keys():
            _check_kind(name, vars(cls)[name])
        if "training" in vars(cls):
            cls._training = vars(cls)["training"]
            del cls.training  # so that it is still asked for by the property below

    @property
    def training(self) -> bool:
        """Whether it is being trained. A compiled function has a program for each."""
        return bool(asked(f"{self.label or type(self).__name__}.training is", self._is_training))

    @training.setter
    def training(self, training: bool) -> None:
        object.__setattr__(self, "_training", bool(training))

    def _is_training(self) -> bool:
        return self._training

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """The value of the layer for these inputs."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, X).")

    def _takes_mask(self) -> bool:
        """Whether a mask of steps (T, m) that is given to a whole model goes to it."""
        return "mask" in signature(self.forward).parameters

    def _mask(self, mask: Any) -> Any:
        """A mask of steps (T, m) as its forward takes it."""
        return mask

    def __call__(self, X: Any, *inputs: Any, **options: Any) -> Any:
        return self._named(self.result_name, (X, *inputs), options)

    def _named(self, name: str | None, inputs: tuple[Any, ...], options: dict[str, Any] = NO_OPTIONS) -> Any:
        """The value, called by that name if the Module has computed it here."""
        watch = WATCH.get()
        leave = None if watch is None else watch(self)
        since = next_index()
        if self.label is None:
            for given in inputs:
                if type(given) is Tensor and given.node.op is None and not given.scope:
                    given_from_outside(given)
            out = self.forward(*inputs, **options)
        else:
            with ag.scope(self.label):
                out = self.forward(*inputs, **options)
        if name is not None and isinstance(out, Tensor) and is_made_of(out, inputs, since):
            give_name(out.node, name)
        if leave is not None:
            leave(out)
        return out

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _KINDS:
            _check_kind(name, value)
        elif name in ("requires_grad", "trainable") and is_ours(type(self)):
            raise ag.Unsupported(
                f"A layer is frozen by layer.freeze(), and trained again by layer.unfreeze(): an attribute {name} "
                "would change nothing. A single Tensor has it: layer.W.requires_grad = False."
            )
        elif name in _METHODS:
            raise TypeError(
                f"{name} is a method of every Module, and cannot be replaced by an attribute ({_described(value)}). "
                "Give the attribute another name."
            )
        object.__setattr__(self, name, value)
        self._label(name, value)

    def __dir__(self) -> list[str]:
        return without_refusals(self, super().__dir__())

    def _label(self, name: str, value: Any) -> None:
        """Give the Modules of an attribute its name, unless they have one; a Module that holds this one is no part."""
        for way, item in within(value, _age):
            if isinstance(item, Module) and item.label is None and all(part is not self for part in item.modules()):
                object.__setattr__(item, "label", "".join([name, *(f"[{key!r}]" for key in way)]))

    def __deepcopy__(self, memo: dict[Any, Any]) -> Self:
        """A copy with Tensors of its own. By itself it is a new layer, which whoever holds it names anew; a layer that
        is copied within another Module keeps the name that it has there."""
        outermost = _COPYING not in memo
        memo[_COPYING] = True
        try:
            other = reconstructed(self, memo)
        finally:
            if outermost:
                del memo[_COPYING]
        if outermost:
            other._released()
        return other

    def _released(self) -> None:
        """Forget what it was called by those that held it."""
        if self._number is not None:
            name_tensors(self, None)
        for given in ("_placed", "_number", "label", "result_name"):
            vars(self).pop(given, None)

    def __repr__(self) -> str:
        return shown(self)

    # --- what it holds

    def _held(self) -> list[tuple[Way, Any]]:
        """What its attributes hold: (the way to it, it)."""
        return held(self, _age)

    def _walk(self) -> Iterator[tuple[Way, Module, list[tuple[Way, Any]]]]:
        """This Module and all within it, each once: the way to it, it, and what it holds directly."""
        seen: set[int] = set()
        waiting: list[tuple[Way, Module]] = [((), self)]
        while waiting:
            way, module = waiting.pop()
            if id(module) in seen:  # it is shared, or holds the one that it is part of
                continue
            seen.add(id(module))
            items = module._held()
            yield way, module, items
            waiting += [((*way, *step), m) for step, m in reversed(items) if isinstance(m, Module)]

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The Modules directly within this one, each once, by the way to them."""
        seen: set[int] = set()
        for way, item in self._held():
            if isinstance(item, Module) and id(item) not in seen:
                seen.add(id(item))
                yield _joined(way), item

    def children(self) -> Iterator[Module]:
        """The Modules directly within this one, each once."""
        return (child for _, child in self.named_children())

    def modules(self) -> Iterator[Module]:
        """This Module and all within it, each once."""
        return (module for _, module, _ in self._walk())

    def _ways(self, kind: type[Any]) -> Iterator[tuple[Way, Any]]:
        """Everything of a kind within, each once: the first way to it, and it."""
        seen: set[int] = set()
        for way, _, items in self._walk():
            for step, item in items:
                if isinstance(item, kind) and id(item) not in seen:
                    seen.add(id(item))
                    yield (*way, *step), item

    def _named_tensors(self) -> Iterator[tuple[str, ag.Tensor]]:
        """All Tensors, each once: those that are trained, and those that are frozen."""
        return ((_joined(way), t) for way, t in self._ways(ag.Tensor))

    def named_parameters(self) -> Iterator[tuple[str, ag.Tensor]]:
        """The Tensors to be trained by the way to them, in the order of the layers; a shared one by the first way.

        >>> import nn
        >>> model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        >>> [(name, p.name) for name, p in model.named_parameters()]
        [('0.W', 'W1'), ('0.b', 'b1'), ('2.W', 'W2'), ('2.b', 'b2')]
        """
        return ((name, p) for name, p in self._named_tensors() if p.requires_grad)

    def parameters(self) -> list[ag.Tensor]:
        """The Tensors to be trained, in the order of the layers; one that is shared stands once."""
        found: dict[int, ag.Tensor] = {}
        seen: set[int] = set()
        waiting: list[Module] = [self]
        while waiting:
            module = waiting.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            items = contents(module, _age)
            for item in items:
                if isinstance(item, ag.Tensor) and item.requires_grad:
                    found[id(item)] = item
            waiting += [item for item in reversed(items) if isinstance(item, Module)]
        return list(found.values())

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """The Buffers by the way to them, each once."""
        return ((_joined(way), buffer) for way, buffer in self._ways(Buffer))

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters; without that, the next backward() adds to them."""
        forget_gradients(self.parameters())

    def freeze(self) -> Self:
        """Train none of its parameters from now on: no gradient flows to them, an optimizer made afterwards has none of
        them. Returns the Module itself. A single Tensor is frozen by `p.requires_grad = False`.

        >>> import nn
        >>> model = nn.Sequential(nn.Linear(3, 4).freeze(), nn.Tanh(), nn.Linear(4, 1))
        >>> [p.name for p in model.parameters()]
        ['W2', 'b2']
        """
        return self._trained(False)

    def unfreeze(self) -> Self:
        """Train all of its parameters again."""
        return self._trained(True)

    def _trained(self, trained: bool) -> Self:
        for _, tensor in list(self._named_tensors()):
            if getattr(tensor.node, "op", None) is None:  # what was computed follows from what it was computed from
                tensor.requires_grad = trained
        return self

    # --- training and what is kept

    def train(self, training: bool = True) -> Self:
        """Compute as in training from now on, and so all within: Dropout drops. Returns the Module itself."""
        for module in [module for module in self.modules() if module.training != training]:
            module.training = training
        return self

    def eval(self) -> Self:
        """Compute as for a prediction from now on, and so all within: Dropout passes everything on."""
        return self.train(False)

    @contextmanager
    def mode(self, *, training: bool) -> Iterator[None]:
        """Within this block it computes as in training or not, and so all within; afterwards each as before."""
        before = [(module, module.training) for module in self.modules()]
        self.train(training)
        try:
            yield
        finally:
            for module, was in before:
                module.training = was

    def predict(self, X: Any) -> Any:
        """The value for a plain array X (n_x, m), or a tuple of them for several inputs, as a plain array, computed as
        in evaluation.

        >>> import numpy as np, nn
        >>> nn.Sequential(nn.Linear(3, 2, init="zeros"), nn.Dropout(), nn.Sigmoid()).predict(np.ones((3, 1)))
        array([[0.5],
               [0.5]])
        """
        with ag.no_grad(), self.mode(training=False):
            return _value(self(*data.inputs(X)))

    def predict_classes(self, X: Any, threshold: float | None = None) -> Any:
        """The class of each column of X, as integers (m,): the unit with the largest value, or of a single unit whether
        it is above the threshold, 0.5 unless another is given.

        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(1, 1, init=lambda rng, n, k: np.ones((n, k))), nn.Sigmoid())
        >>> model.predict_classes(np.array([[-1.0, 2.0]]))
        array([0, 1])

        Raises autograd.DataError where a single unit is no probability and no threshold is given.
        """
        A = np.asarray(self.predict(X))
        if len(A) > 1:
            return A.argmax(axis=0)
        if threshold is None and not (A.min() >= 0 and A.max() <= 1):
            raise ag.DataError(
                f"predict_classes needs probabilities, but got predictions from {A.min():.3g} to {A.max():.3g}. Of "
                "logits: threshold=0."
            )
        return (A[0] > (0.5 if threshold is None else threshold)).astype(int)

    def evaluate(
        self, X: Any, Y: Any, *, loss: Any = None, metrics: Any = None, batch_size: int | None = None
    ) -> dict[str, Any]:
        """The cost, if a loss is given, and metrics for data X and Y, by name, computed as in evaluation.

        metrics      names of nn.metrics, or functions (A, Y) -> number; None is accuracy, if the targets are classes
        batch_size   columns that are computed at once; None takes all

        >>> import numpy as np, nn
        >>> model = nn.Sequential(nn.Linear(3, 1, init="zeros"), nn.Sigmoid())
        >>> model.evaluate(np.ones((3, 4)), np.array([[0.0, 0.0, 0.0, 1.0]]), loss="mse")
        {'cost': 0.25, 'accuracy': 0.75}
        """
        from nn.train.evaluation import evaluate

        return evaluate(self, X, Y, loss=loss, metrics=metrics, batch_size=batch_size)

    def summary(self, X: Any) -> Summary:
        """A table of the layers: the shape of what each gives, the number of its parameters, and the memory that these
        and the result take. Shown by the prompt and by a notebook; print(…) in a script.

        X   the shape of an input, as X.shape; a list of shapes for several inputs, as [X.shape, mask.shape]; or the
            inputs themselves

        >>> import nn
        >>> table = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).summary((64, 100))
        >>> [(line.layer, line.output, line.parameters) for line in table.lines]
        [('Linear(64, 32)', (32, 100), 2080), ('ReLU()', (32, 100), 0), ('Linear(32, 10)', (10, 100), 330)]
        >>> table.parameters
        2410
        """
        from nn.summary import summary

        return summary(self, X)

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """Copies of all parameters, frozen ones as well, and of all buffers, by the way to them.

        >>> import nn
        >>> {name: x.shape for name, x in nn.Sequential(nn.Linear(3, 4), nn.Tanh()).state_dict().items()}
        {'0.W': (4, 3), '0.b': (4, 1)}
        """
        return {name: np.array(_value(item)) for name, item in self._state().items()}

    def load_state_dict(self, state: Mapping[str, Any], *, finite: bool = True) -> None:
        """Give all parameters and buffers the values of such a dict: all or, where something does not fit, none.

        finite   refuse NaN and infinity, as a training leaves that went wrong, unless the model itself has them there;
                 False takes them as they are

        Raises autograd.DataError with a line for everything that does not fit, also where a number cannot be kept in
        the dtype of the model: 0.5 as an integer, 1e6 in half precision.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"load_state_dict needs a dict, as state_dict() gives it, but got {_described(state)}.")
        own = self._state()
        wrong = [f"{name} {np.shape(_value(own[name]))} is missing" for name in own if name not in state]
        wrong += [
            f"{name} {getattr(state[name], 'shape', '')} is not part of the model" for name in state if name not in own
        ]
        values: dict[str, Any] = {}
        fits = not wrong
        for name in [name for name in own if name in state]:
            try:
                values[name] = fitting(_value(state[name]), np.asarray(_value(own[name])), finite=finite)
            except (ag.DataError, ag.DtypeError, ag.ShapeError) as error:
                wrong.append(f"{name} {error}")
                fits = fits and isinstance(error, NotFinite)
        if wrong:
            raise ag.DataError(
                f"load_state_dict needs the state of a model like this one, but got {len(wrong)} that "
                f"{'does' if len(wrong) == 1 else 'do'} not fit:\n  "
                + "\n  ".join(wrong)
                + "\n"
                + (_FINITE if fits else "Build the model as it was when state_dict() was taken.")
            )
        tensors = [(t, values[name]) for name, t in own.items() if isinstance(t, ag.Tensor)]
        replacing([t for t, _ in tensors], [x for _, x in tensors])()
        for name, item in own.items():
            if isinstance(item, Buffer):
                item.restore(values[name])  # which are checked above

    def _state(self) -> dict[str, ag.Tensor | Buffer]:
        """The leaves and Buffers by their names, each of which must have one of its own."""
        leaves = [(way, t) for way, t in self._ways(ag.Tensor) if getattr(t.node, "op", None) is None]
        found: dict[str, tuple[Way, Any]] = {}
        for way, item in [*leaves, *self._ways(Buffer)]:
            other, _ = found.setdefault(_joined(way), (way, item))
            if other != way:
                raise ag.DataError(
                    f"state_dict needs a name for each parameter, but {_joined(way)!r} would be that of "
                    f"{_place(other)} and of {_place(way)}. Rename a key or an attribute."
                )
        return {name: item for name, (_, item) in found.items()}


def is_ours(kind: type) -> bool:
    """Whether a class of Modules is one of nn's own."""
    return kind.__module__.partition(".")[0] == "nn"


def given_from_outside(x: ag.Tensor) -> None:
    """Note of an input that it belongs to no part of the whole, whoever uses it."""
    x.node.scope = ()


def is_made_of(out: ag.Tensor, inputs: Sequence[Any], since: int) -> bool:
    """Whether a layer that was called since then has computed its result, and is to name it: it is neither an input
    nor a Tensor that there was before."""
    node = out.node
    if type(node) is Node:
        return node.op is not None and node.index > since
    return all(out is not given for given in inputs)


def name_tensors(layer: Module, number: int | None) -> None:
    """Call the Tensors of a layer by what they are for it, W or b, and its number, if it has one."""
    for (key, *further), tensor in reversed(tensors_of(layer).items()):  # held twice, it is called by its first place
        tensor.name = "_".join([f"{key}{'' if number is None else number}", *map(str, further)])


def tensors_of(layer: Module) -> dict[Way, ag.Tensor]:
    """All Tensors of a layer, by each way to them."""
    return {
        (*way, *step): item for way, _, items in layer._walk() for step, item in items if isinstance(item, ag.Tensor)
    }


_COPYING = "nn: a Module that holds others is being copied"
_TEXT = (str, type(None))
_FINITE = "Take the state before the training went wrong; finite=False takes it as it is."
_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "training": ((bool, np.bool_), "True or False"),
    "symbol": ((str,), "a string, as 'Z'"),
    "label": (_TEXT, "a string or None"),
    "result_name": (_TEXT, "a string or None"),
    "forward": ((Callable,), "a function"),  # type: ignore[dict-item]
}
_METHODS = frozenset(
    name for name, it in vars(Module).items() if callable(it) and not name.startswith("_") and name not in _KINDS
)


def _check_kind(name: str, value: Any) -> None:
    """Refuse for an attribute that every Module has what it cannot be."""
    kinds, needs = _KINDS[name]
    if not isinstance(value, kinds):
        raise TypeError(
            f"{name} is an attribute of every Module and must be {needs}, but got {_described(value)}. "
            "Give an attribute of your own another name."
        )


def _described(x: Any) -> str:
    shape = getattr(x, "shape", None)
    return f"{type(x).__name__} {shape}" if isinstance(shape, tuple) else f"{x!r:.60}"


def _place(way: Way) -> str:
    """How a user would write the way to something: parts['a'].W, layers of a Sequential as [0].W."""
    first, *further = way
    start = first if isinstance(first, str) else f"[{first!r}]"
    return start + "".join(f"[{key!r}]" for key in further)


def _value(x: Any) -> Any:
    return x.data if isinstance(x, ag.Tensor) else x.value if isinstance(x, Buffer) else x


def _joined(way: Way) -> str:
    return ".".join(map(str, way))


def _age(item: Any) -> float:
    """When the first Tensor of a Module, or this one, was made or last given data."""
    tensors = item.parameters() if isinstance(item, Module) else [item] if isinstance(item, ag.Tensor) else []
    return min((getattr(t.node, "index", 0) for t in tensors), default=0)
