"""Module: something with parameters that maps values to a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import numpy as np

import autograd as ag
from autograd.core.handle import replacing
from nn.buffers import Buffer
from nn.held import Way, Whole, held, within


class Module(Whole):
    """A layer or a network. A subclass defines `forward(X)`, or of several inputs `forward(X, Y, …)`.

    What a Module holds is found in its attributes, also in __slots__, in lists, tuples, dicts, sets and whatever else
    is a collection, and among the arguments of a functools.partial: Tensors are its parameters, Modules its children,
    Buffers its state that is not trained. What only a closure or a property holds is not found: `nn.fit` refuses to
    leave it untrained.

    symbol    the letter under which Sequential names the layer's result: Z for a linear part, A for an activation
    training  whether it is being trained: Dropout and the like compute something else then. See train() and eval()
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
    training = True
    label: str | None = None
    result_name: str | None = None  # what the result is called where the layer is called by itself
    number: int | None = None  # the W2 of its parameters, given by the first Sequential that holds it
    placed = False  # whether a Sequential holds it

    def forward(self, *inputs: Any) -> Any:
        """The value of the layer for these inputs."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, X).")

    def __call__(self, X: Any, *inputs: Any, **options: Any) -> Any:
        if self.label is None:
            for given in (X, *inputs):
                if type(given) is ag.Tensor and getattr(given.node, "op", None) is None and not given.scope:
                    given_from_outside(given)
            out = self.forward(X, *inputs, **options)
        else:
            with ag.scope(self.label):
                out = self.forward(X, *inputs, **options)
        if self.result_name is not None and isinstance(out, ag.Tensor):
            out.name = self.result_name
        return out

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        self._label(name, value)

    def _label(self, name: str, value: Any) -> None:
        """Give the Modules of an attribute its name, unless they have one; a Module that holds this one is no part."""
        for way, item in within(value, _age):
            if isinstance(item, Module) and item.label is None and all(part is not self for part in item.modules()):
                object.__setattr__(item, "label", "".join([name, *(f"[{key!r}]" for key in way)]))

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

    def _named_tensors(self) -> Iterator[tuple[str, ag.Tensor]]:
        """All Tensors, each once: those that are trained, and those that are frozen."""
        seen: set[int] = set()
        for way, _, items in self._walk():
            for step, item in items:
                if isinstance(item, ag.Tensor) and id(item) not in seen:
                    seen.add(id(item))
                    yield _joined((*way, *step)), item

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
        found = {
            id(p): p for _, _, items in self._walk() for _, p in items if isinstance(p, ag.Tensor) and p.requires_grad
        }
        return list(found.values())

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """The Buffers by the way to them, each once."""
        seen: set[int] = set()
        for way, _, items in self._walk():
            for step, item in items:
                if isinstance(item, Buffer) and id(item) not in seen:
                    seen.add(id(item))
                    yield _joined((*way, *step)), item

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters; without that, the next backward() adds to them."""
        for _, _, items in self._walk():
            for _, item in items:
                if isinstance(item, ag.Tensor) and item.requires_grad:
                    item.grad = None

    # --- training and what is kept

    def train(self, training: bool = True) -> Self:
        """Compute as in training from now on, and so all within: Dropout drops. Returns the Module itself."""
        for module in list(self.modules()):
            object.__setattr__(module, "training", bool(training))
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
                object.__setattr__(module, "training", was)

    def predict(self, X: Any) -> Any:
        """The value for plain arrays X (n_x, m), as a plain array, computed as in evaluation.

        >>> import numpy as np, nn
        >>> nn.Sequential(nn.Linear(3, 2, init="zeros"), nn.Dropout(), nn.Sigmoid()).predict(np.ones((3, 1)))
        array([[0.5],
               [0.5]])
        """
        with ag.no_grad(), self.mode(training=False):
            return _value(self(X))

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """Copies of all parameters, frozen ones as well, and of all buffers, by the way to them.

        >>> import nn
        >>> {name: x.shape for name, x in nn.Sequential(nn.Linear(3, 4), nn.Tanh()).state_dict().items()}
        {'0.W': (4, 3), '0.b': (4, 1)}
        """
        return {name: np.array(_value(item)) for name, item in self._state().items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Give all parameters and buffers the values of such a dict: all or, where something does not fit, none.

        Raises autograd.DataError with a line for everything that does not fit.
        """
        own = self._state()
        wrong = [f"{name} {np.shape(_value(own[name]))} is missing" for name in own if name not in state]
        wrong += [f"{name} {np.shape(state[name])} is not part of the model" for name in state if name not in own]
        values = {name: np.asarray(_value(state[name])) for name in own if name in state}
        for name, new in values.items():
            old = np.asarray(_value(own[name]))
            if new.shape != old.shape:
                wrong.append(f"{name} must have shape {old.shape}, but has {new.shape}")
            elif new.dtype.kind not in "fiub":
                wrong.append(f"{name} must hold real numbers, but has dtype {new.dtype}")
        if wrong:
            raise ag.DataError(
                f"load_state_dict needs the state of a model like this one, but got {len(wrong)} that "
                f"{'does' if len(wrong) == 1 else 'do'} not fit:\n  " + "\n  ".join(wrong) + "\n"
                "Build the model as it was when state_dict() was taken."
            )
        tensors = [(t, values[name]) for name, t in own.items() if isinstance(t, ag.Tensor)]
        replacing([t for t, _ in tensors], [x.astype(t.dtype) for t, x in tensors])()
        for name, item in own.items():
            if isinstance(item, Buffer):
                item.update(values[name])

    def _state(self) -> dict[str, ag.Tensor | Buffer]:
        leaves = {name: t for name, t in self._named_tensors() if getattr(t.node, "op", None) is None}
        return {**leaves, **dict(self.named_buffers())}


def given_from_outside(x: ag.Tensor) -> None:
    """Note of an input that it belongs to no part of the whole, whoever uses it."""
    x.node.scope = ()


def _value(x: Any) -> Any:
    return x.data if isinstance(x, ag.Tensor) else x.value if isinstance(x, Buffer) else x


def _joined(way: Way) -> str:
    return ".".join(map(str, way))


def _age(item: Any) -> float:
    """When the first Tensor of a Module, or this one, was made or last given data."""
    tensors = item.parameters() if isinstance(item, Module) else [item] if isinstance(item, ag.Tensor) else []
    return min((getattr(t.node, "index", 0) for t in tensors), default=0)
