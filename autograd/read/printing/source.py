"""Terms as NumPy code.

>>> import numpy as np, autograd as ag
>>> from autograd.read import Term, source
>>> W, A, b = (Term(np.ones(shape), name) for name, shape in (("W2", (1, 4)), ("A1", (4, 5)), ("b2", (1, 1))))
>>> print(source(ag.sigmoid(W @ A + b)))
1 / (1 + np.exp(-(W2 @ A1 + b2)))
>>> dZ = Term(np.ones((1, 5)), "Z2", gradient=True)
>>> print(source(W.T @ dZ * (1 - A * A)))
W2.T @ dZ2 * (1 - A1**2)
>>> print(source(np.sum(dZ, axis=1, keepdims=True) / 5))
np.sum(dZ2, axis=1, keepdims=True) / 5

What runs has the values of the engine, to the last bit. (Of a single number NumPy may round the exponential in another
way than Python's `math`.) Numbers are Python's floats, as the engine keeps them: then 1/0 raises ZeroDivisionError,
where the engine goes on with inf. Where nothing is in single precision, np.float64 does as well, and gives inf.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from inspect import Parameter
from typing import Any

import numpy as np

from autograd.core.op import OPS
from autograd.errors import GraphError
from autograd.read.notation import row_of
from autograd.read.notation.style import SIGN, Parenthesized, Piece
from autograd.read.passes.expand import expanded
from autograd.read.printing.definitions import Unwritten, with_names, written_out
from autograd.read.printing.identifiers import Identifiers, is_importable
from autograd.read.printing.writer import Writer
from autograd.read.sizes import Size
from autograd.read.term import SMALL, Term, kind_of

LONGEST = 10_000  # characters of one expression: what is shared is written out each time
NUMPY = "import numpy as np"

_VIEW = re.compile(r"\w+(\.T|\[:, None\]|\[None, :\])")

NameOf = Callable[[Term], str | None]


def source(symbol: Any, name_of: NameOf | None = None) -> str:
    """A Term as one NumPy expression, down to names.

    name_of   the variable for a Term that has a name; by default the name itself, with d in front of a gradient's

    Raises GraphError for an expression of more than 10,000 characters: `program` has lines for it.
    """
    return NumPyWriter(name_of)(symbol)


class NumPyWriter(Writer, Parenthesized):
    """Writes Terms as NumPy code, and collects what the code refers to beside its variables.

    namespace   the objects by name: modules, functions, and constants too large to be written out
    imports     the lines that import them, as far as they can be imported
    helpers     definitions of the engine's functions that are not exported, by name, what is needed first
    """

    exact = True  # whether the code gives the engine's values to the last bit

    def __init__(self, name_of: NameOf | None = None) -> None:
        super().__init__()
        self.namespace: dict[str, Any] = {"np": np}
        self.helpers: dict[str, str] = {}
        self._imports: dict[str, str] = {"np": NUMPY}
        self._name_of = name_of
        self._names: dict[tuple[Hashable, ...], str] = {}
        self._variables = Identifiers()
        self._counts: Counter[str] = Counter()  # constants by their kind

    @property
    def imports(self) -> list[str]:
        """The lines that import what the code needs, NumPy first."""
        return [NUMPY, *sorted(set(self._imports.values()) - {NUMPY})]

    @property
    def given(self) -> dict[str, Any]:
        """What no import brings: arrays that are not written out, functions without a module."""
        return {k: x for k, x in self.namespace.items() if k not in self._imports and k not in self.helpers}

    # --- Terms --------------------------------------------------------------------------------------------------

    def passed(self, roots: Sequence[Any]) -> list[Any]:
        """See Writer.passed."""
        return expanded(roots, self.exact)

    def piece(self, s: Term) -> Piece:
        """See Writer.piece. Raises GraphError where the code is too long to be read."""
        piece = super().piece(s)
        if len(piece.text) > LONGEST:
            raise GraphError(
                f"An expression must have at most {LONGEST:,} characters to be read, but this one is longer. Name "
                'some of the values that it is computed from, as with y.name = "y"; or write a program, which '
                "says what is shared once: autograd.read.program({name: symbol})."
            )
        return piece

    def named(self, s: Term) -> Piece:
        """See Writer.named."""
        return Piece(self.variable(s))

    def is_worth_a_line(self, s: Term, piece: Piece) -> bool:
        """Whether what is used several times gets a line: not what costs nothing, and is read as easily as a name."""
        return not _VIEW.fullmatch(piece.text)

    def computed(self, s: Term) -> Piece:
        """See Writer.computed."""
        spelling = row_of(s.call).code
        operands = [self._narrowed(x, s) for x in s.operands]
        return self.called(s, operands) if spelling is None else spelling(self, s, operands)

    def called(self, s: Term, args: Sequence[Piece], call: Any = None, params: dict[str, Any] | None = None) -> Piece:
        """The plain call: operands, then parameters. Those that have no default come first and without their name.

        call, params   in place of the Term's own
        """
        op = OPS.get(s.call)
        defaults = {} if op is None else op.params
        given = {k: v for k, v in s.params.items() if not _is_default(v, defaults.get(k, Parameter.empty))}
        params = given if params is None else params
        needed = [k for k, default in defaults.items() if default is Parameter.empty]
        needed = needed if list(params)[: len(needed)] == needed else []
        texts = [self.literal(v) if k in needed else f"{k}={self.literal(v)}" for k, v in params.items()]
        return Piece(f"{self.function(call or s.call)}({', '.join([*(a.text for a in args), *texts])})")

    def _narrowed(self, x: Any, s: Term) -> Piece:
        """An operand; a computed number as a Python float where NumPy's would raise the precision of the result."""
        code = self.operand(x)
        if not isinstance(x, Term) or x.call is None or kind_of(x) is not float:
            return code
        return Piece(f"float({code.text})") if s.dtype.kind == "f" and s.dtype.itemsize < 8 else code

    # --- names ----------------------------------------------------------------------------------------------------

    def variable(self, s: Term) -> str:
        """The variable for a Term that has a name."""
        given = None if self._name_of is None else self._name_of(s)
        wanted = given or f"{'d' if s.gradient else ''}{s.name}"
        return self.reserved(wanted, ("variable", given or (s.name, s.gradient)))

    def reserved(self, wanted: str, key: tuple[Hashable, ...]) -> str:
        """The name for what `key` says: the wanted one, made an identifier, and different from those of others."""
        if key not in self._names:
            self._names[key] = self._variables.new(wanted)
        return self._names[key]

    def function(self, call: Any) -> str:
        """What a function is called: np.tanh, np.linalg.inv, ag.sigmoid, or a name of its own that is imported."""
        name = _name(call)
        for module, called in ((np, "np"), (np.linalg, "np.linalg"), (np.fft, "np.fft")):
            if getattr(module, name, None) is call and is_importable(name):
                return f"{called}.{name}"
        return self.own(name, call)

    def own(self, name: str, call: Any) -> str:
        """The name of a function that is not NumPy's: ag.sigmoid, one of the engine's with its definition, or another
        that is imported from where it is defined."""
        if getattr(sys.modules["autograd"], name, None) is call and is_importable(name):  # which imports this file
            self.refer_to_engine()
            return f"ag.{name}"
        return self.written_out(name, call) or self._imported(name, call)

    def written_out(self, name: str, call: Any) -> str | None:
        """The name of a function of the engine's, whose definition becomes a helper; None where that cannot be."""
        try:
            definitions = written_out(call, self.exact)
        except Unwritten:
            return None
        taken = set(self._names.values()) & (definitions.keys() - self.helpers.keys() - {name})
        others = {helper: self.reserved(helper, ("helper", helper)) for helper in sorted(taken)}
        key = "function", id(call)
        alias = self._names.get(key) or self._names.get(("helper", name)) or self.reserved(name, key)
        definitions = with_names(definitions, {**others, name: alias})
        if any(text != self.helpers.get(helper, text) for helper, text in definitions.items()):
            return None  # two of the engine's modules have a function of that name
        self._names[key] = self._names["helper", name] = alias  # there is one, whoever calls it
        self.namespace[alias] = call
        for helper in definitions.keys() - others.values() - {alias}:
            self.reserved(helper, ("helper", helper))
        self.helpers |= definitions
        return alias

    def _imported(self, name: str, call: Any) -> str:
        own = self.reserved(name, ("function", id(call)))
        alias = "" if own == name else f" as {own}"
        home = _home(call, name)
        self._refer(own, call, None if home is None else f"from {home} import {name}{alias}")
        return own

    def refer_to_engine(self) -> None:
        """Have `ag` imported."""
        self._refer("ag", sys.modules["autograd"], "import autograd as ag")

    def _refer(self, name: str, thing: Any, line: str | None) -> None:
        self.namespace[name] = thing
        if line is not None:
            self._imports[name] = line

    # --- plain values ---------------------------------------------------------------------------------------------

    def plain(self, x: Any) -> Piece:
        """See Writer.plain."""
        text = self.literal(x)
        if type(x) is Size and not x.is_single:
            return Piece(f"({text})")
        return Piece(text, SIGN) if text.startswith("-") else Piece(text)

    def literal(self, x: Any) -> str:
        """A value as code that gives it to the last bit; what stands for a Term in it is written already."""
        if isinstance(x, Term):
            return self.operand(x).text
        if type(x) is Size:
            return x.written(self.variable, self.literal)
        if type(x) in _NUMBERS:
            return f"np.{type(x).__name__}({str(x) if np.isfinite(x) else self.literal(x.item())})"
        if type(x) is float and x - x != 0:
            return "np.nan" if x != x else "np.inf" if x > 0 else "-np.inf"
        if type(x) in (tuple, list):
            inner = ", ".join(map(self.literal, x))
            return f"[{inner}]" if type(x) is list else f"({inner}{',' if len(x) == 1 else ''})"
        if type(x) is slice:
            return f"slice({self.literal(x.start)}, {self.literal(x.stop)}, {self.literal(x.step)})"
        if type(x) is np.ndarray and x.dtype.type in _NUMBERS:
            return self._array(x)
        if isinstance(x, np.dtype) and x.names is None and x.metadata is None and x.kind in "fiubcSUmM":
            return f"np.{x.name}" if x.isnative and hasattr(np, x.name) else f"np.dtype({x.str!r})"
        if x is Ellipsis:
            return "..."
        if type(x) in _WRITTEN:
            return repr(x)
        return self._size(x.symbol) if isinstance(getattr(x, "symbol", None), Term) else self.constant(x)

    def _size(self, symbol: Term) -> str:
        """A size of an array that has a name, as m has."""
        return self.variable(symbol) if symbol.name else f"({source(symbol, self.variable)})"

    def key(self, key: Any) -> str:
        """A key of a dict: as a literal, or as the object that it is, which is found by what it is equal to."""
        return self.literal(key) if type(key) in (bool, int, str) else self.constant(key, "key")

    def index(self, index: Any) -> str:
        """What stands between the brackets of an index."""
        if type(index) is not tuple or index == () or (len(index) == 1 and type(index[0]) is tuple):
            index = (index,)
        return ", ".join(self._slice(part) if type(part) is slice else self.literal(part) for part in index)

    def _slice(self, part: slice) -> str:
        ends = ["" if end is None else self.literal(end) for end in (part.start, part.stop)]
        return ":".join(ends if part.step is None else [*ends, self.literal(part.step)])

    def _array(self, x: np.ndarray[Any, Any]) -> str:
        short = _short(x)
        if short is None and x.size > SMALL:
            return self.constant(x)
        if x.size == 0:
            return short or f"np.zeros({x.shape}{self._dtype(x)})"
        return short or f"np.array({self.literal(x.tolist())}{'' if x.dtype in _ASSUMED else self._dtype(x)})"

    def _dtype(self, x: np.ndarray[Any, Any]) -> str:
        return f", dtype={self.literal(x.dtype)}"

    def constant(self, x: Any, called: str | None = None) -> str:
        """What cannot be written out is a variable that is given to the code."""
        if called is None and callable(x):
            return self.function(x)
        kind = called or ("array" if isinstance(x, np.ndarray) else "constant")
        if (kind, id(x)) not in self._names:
            self._counts[kind] += 1
        name = self.reserved(f"{kind}{self._counts[kind]}" if called is None else called, (kind, id(x)))
        self.namespace[name] = x
        return name


def preamble(imports: Sequence[str], helpers: Mapping[str, str]) -> list[str]:
    """The lines before those that compute: imports, and definitions with blank lines before each."""
    needed = [text for text in helpers.values() if text.startswith(("import ", "from "))]
    lines = [*imports, *(text for text in needed if text not in imports)]
    for text in helpers.values():
        if text not in needed:
            lines += ["", "", *text.splitlines()] if "\n" in text else ["", text]
    return lines


def _name(call: Any) -> str:
    name = getattr(call, "__name__", None)
    return name if type(name) is str else type(call).__name__


def _home(call: Any, name: str) -> str | None:
    """The module that a function can be imported from; None where there is none."""
    module = sys.modules.get(getattr(call, "__module__", None) or "")
    path = getattr(module, "__name__", None)
    if module is None or type(path) is not str or path == "__main__" or sys.modules.get(path) is not module:
        return None
    found = getattr(module, name, None) is call and is_importable(path) and is_importable(name)
    return path if found else None


_WRITTEN = (bool, int, float, str, bytes, type(None))  # of these repr is a literal; of subclasses it may be anything
_NUMBERS = {
    *(np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64),
    *(np.float16, np.float32, np.float64),
}


def _is_default(value: Any, default: Any) -> bool:
    return type(value) is type(default) and isinstance(value, (bool, int, float, str, type(None))) and value == default


_ASSUMED = (np.dtype(float), np.dtype(int), np.dtype(bool))  # what np.array makes of Python's numbers


def _short(x: np.ndarray[Any, Any]) -> str | None:
    """Arrays that rules make of shapes alone, as they are made: zeros, ones, a count, an identity matrix."""
    shape = f"({', '.join(map(str, x.shape))}{',' if x.ndim == 1 else ''})"
    same = np.array_equal
    if x.dtype == float and x.ndim and not x.any() and not np.signbit(x).any():
        return f"np.zeros({shape})"
    if x.dtype == float and x.ndim and same(x, np.ones(x.shape)):
        return f"np.ones({shape})"
    if x.dtype == int and x.ndim == 1 and same(x, np.arange(len(x))):
        return f"np.arange({len(x)})"
    if x.dtype in (float, bool) and x.ndim == 2 and same(x, np.eye(*x.shape)) and not np.signbit(x * 1.0).any():
        sides = ", ".join(map(str, dict.fromkeys(x.shape)))
        return f"np.eye({sides}{'' if x.dtype == float else ', dtype=bool'})"
    return None
