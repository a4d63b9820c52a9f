"""Writer: a graph of ONNX in the making: names, constants, types, and sizes that depend on the number of samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nn.io.needed import needed
from nn.onnx.traced import Repeated, Size, Value, kind_of_numbers

OPSET, FORMAT = 18, 8  # the version of the operators, and that of files which has them
SAMPLES = "batch"  # what the axis of the samples is called
Name = str


class Writer:
    """Nodes in order. Every method that gives a Name adds what is needed to compute the value of that name.

    dtype   of all floating numbers
    names   of arrays that are parameters or buffers, by their identity
    """

    def __init__(self, dtype: Any, names: Mapping[int, str]) -> None:
        self.onnx = needed("onnx", "nn.onnx.save")
        self.dtypes = {"f": np.dtype(dtype), "i": np.dtype(np.int64), "b": np.dtype(bool)}
        self.nodes: list[Any] = []
        self.initializers: dict[str, Any] = {}
        self.known: dict[Any, Name] = {}  # what has been computed: by Value, constant or size
        self.kinds: dict[Name, str] = {}
        self.taken: set[str] = set()
        self.names = names
        self.results: set[Name] = set()  # the outputs of the file
        self.moved: dict[Name, tuple[Name, tuple[int, ...]]] = {}  # of a transposed value what it was made of, and how

    # --- nodes --------------------------------------------------------------------------------------------------------

    def free(self, wanted: str) -> Name:
        """A name that nothing has."""
        name, k = wanted, 1
        while name in self.taken:
            k += 1
            name = f"{wanted}_{k}"
        self.taken.add(name)
        return name

    def node(self, operator: str, *inputs: Name, kind: str = "f", **attributes: Any) -> Name:
        """The output of a node."""
        out = self.free(operator)
        given = {k: v for k, v in attributes.items() if v is not None}
        self.nodes.append(self.onnx.helper.make_node(operator, list(inputs), [out], name=f"{out}", **given))
        self.kinds[out] = kind
        return out

    def output(self, x: Name, wanted: str) -> Name:
        """x under a name that no other output has: what computes it gets that name, unless it is one already."""
        if x in self.results or not any(x in node.output for node in self.nodes):
            x = self.node("Identity", x, kind=self.kinds[x])
        self.taken.discard(x)
        out = self.free(wanted)
        for node in self.nodes:
            for names in (node.input, node.output):
                names[:] = [out if name == x else name for name in names]
            node.name = out if out in node.output else node.name
        self.known = {key: out if name == x else name for key, name in self.known.items()}
        self.kinds[out] = self.kinds[x]
        self.results.add(out)
        return out

    def transpose(self, x: Name, order: Sequence[int]) -> Name:
        """The axes of x in this order; what turns back is left out, and what turns twice is one node."""
        source, before = self.moved.get(x, (x, tuple(range(len(order)))))
        whole = tuple(before[axis] for axis in order)
        if whole == tuple(range(len(whole))):
            return source
        key = ("transposed", source, whole)
        if key not in self.known:
            out = self.node("Transpose", source, kind=self.kinds[source], perm=list(whole))
            self.known[key], self.moved[out] = out, (source, whole)
        return self.known[key]

    def cast(self, x: Name, kind: str) -> Name:
        """x as a floating, integer or boolean array."""
        if self.kinds[x] == kind:
            return x
        key = ("cast", x, kind)
        if key not in self.known:
            to = self.onnx.helper.np_dtype_to_tensor_dtype(self.dtypes[kind])
            self.known[key] = self.node("Cast", x, kind=kind, to=to)
        return self.known[key]

    # --- values -------------------------------------------------------------------------------------------------------

    def value(self, x: Any, kind: str | None = None) -> Name:
        """An operand, as that kind of number if one is given."""
        if isinstance(x, Value):
            name = self.known[x]
            return name if kind is None else self.cast(name, kind)
        if isinstance(x, Repeated):
            found = kind or kind_of_numbers(x.array)
            return self.node("Expand", self.constant(x.array, kind), self.sizes(x.shape), kind=found)
        if isinstance(x, Size):
            scalar = self.node("Squeeze", self.sizes([x]), kind="i")
            return scalar if kind is None else self.cast(scalar, kind)
        return self.constant(x, kind)

    def constant(self, x: Any, kind: str | None = None) -> Name:
        """Numbers that are always the same: parameters by their names, small ones written once."""
        array = np.asarray(x)
        kind = kind or kind_of_numbers(array)
        own = self.names.get(id(x))
        if own is None and array.base is not None and array.base.size == array.size:  # in another shape
            own = self.names.get(id(array.base))
        key: Any = ("parameter", own, kind, array.shape, array.strides)
        if own is None:
            key = ("constant", array.shape, kind, array.astype(self.dtypes[kind]).tobytes())
        if key not in self.known:
            name = self.free(own or "constant")
            self.initializers[name] = np.array(array, self.dtypes[kind], order="C")
            self.known[key], self.kinds[name] = name, kind
        return self.known[key]

    def sizes(self, sizes: Sequence[Any]) -> Name:
        """Integers as a vector, of which some may depend on the number of samples."""
        if not any(isinstance(n, Size) for n in sizes):
            return self.constant(np.array(sizes, np.int64).reshape(-1), "i")
        parts = [self._size(n) if isinstance(n, Size) else self.constant(np.array([n]), "i") for n in sizes]
        return parts[0] if len(parts) == 1 else self.node("Concat", *parts, kind="i", axis=0)

    def _size(self, n: Size) -> Name:
        out = self.known["samples"]
        if n.factor != 1:
            out = self.node("Mul", out, self.constant(np.array([n.factor]), "i"), kind="i")
        return self.node("Add", out, self.constant(np.array([n.more]), "i"), kind="i") if n.more else out

    def shape(self, x: Name, sizes: Sequence[Any]) -> Name:
        """x in another shape."""
        free = [i for i, n in enumerate(sizes) if isinstance(n, Size)]
        if len(free) == 1 and 0 not in sizes:  # the only one that is not known is what is left
            sizes = [-1 if i in free else n for i, n in enumerate(sizes)]
        return self.node("Reshape", x, self.sizes(sizes), kind=self.kinds[x])
