"""What of NumPy takes Tensors, read off the table: `python -m tools.coverage` writes it to `docs/coverage.md`.

Every public callable of np, np.linalg and np.fft has exactly one answer; classes are left out.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import autograd  # noqa: F401  (fills the table)
from autograd.core.op import COMPOSITES, OPS, REFUSED
from autograd.rules.elementwise import UFUNC_METHODS

NAMESPACES = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}
PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"

ANSWERS = {
    "differentiable": "has a rule of its own; first and second derivative are tested, in both modes and directions",
    "composite": "is made of functions that have a rule; tested likewise",
    "constant": "runs, and its result carries no gradient: it is a boolean, an index, a shape",
    "refused": "raises `autograd.Unsupported`, in the words given here",
    "makes an array": "NumPy makes a plain array without asking, so a Tensor with gradient raises `ConversionError`",
    "takes no array": "there is nothing to differentiate: it makes arrays of nothing, or says or sets how NumPy works",
}

# The last two are functions that do not ask their operands what to do, so the table cannot know them.
MAKES_AN_ARRAY = """
    arange array asanyarray asarray asarray_chkfinite ascontiguousarray asfortranarray asmatrix bmat full require
"""
TAKES_NO_ARRAY = """
    bartlett base_repr binary_repr blackman broadcast_shapes datetime_data diag_indices empty eye fftfreq
    format_float_positional format_float_scientific from_dlpack frombuffer fromfile fromfunction fromiter frompyfunc
    fromregex fromstring genfromtxt get_include get_printoptions getbufsize geterr geterrcall hamming hanning identity
    indices info isdtype isfortran isscalar issubdtype iterable kaiser load loadtxt mask_indices mintypecode
    nested_iters ones printoptions promote_types rfftfreq set_printoptions setbufsize seterr seterrcall show_config
    show_runtime test tri tril_indices triu_indices typename zeros
"""
# There for NumPy's signature; so is what a definition annotates as `None`.
ONLY_AT_DEFAULT = (
    *("out", "overwrite_input", "subok", "order", "kind", "dtype", "casting", "device", "retstep", "hermitian"),
)
ALIASES = {"row_stack": "vstack", "trapz": "trapezoid"}  # passes on what it is given; deprecated by NumPy


class Entry(NamedTuple):
    """One public function of NumPy's: its answers (exactly one, if all is well), and keywords or reason."""

    namespace: str
    name: str
    answers: list[str]
    note: str


def entries() -> Iterator[Entry]:
    """An entry for each public callable of NumPy's namespaces that is not a class."""
    for namespace, module in NAMESPACES.items():
        for name in sorted(n for n in dir(module) if not n.startswith("_")):
            function = getattr(module, ALIASES.get(name, name))
            if callable(function) and not isinstance(function, type):
                yield Entry(namespace, name, answers(function, name), note(function))


def answers(function: Any, name: str) -> list[str]:
    """What holds of a function; one answer is right, none or several are a fault of the table."""
    holds = {
        "differentiable": function in OPS and OPS[function].kind != "constant",
        "composite": function in COMPOSITES,
        "constant": function in OPS and OPS[function].kind == "constant",
        "refused": function in REFUSED,
        "makes an array": not asks(function) and name in MAKES_AN_ARRAY.split(),
        "takes no array": not asks(function) and name in TAKES_NO_ARRAY.split(),
    }
    return [answer for answer, true in holds.items() if true]


def asks(function: Any) -> bool:
    """Whether NumPy lets the operands answer for this function (NEP 13, NEP 18)."""
    return isinstance(function, np.ufunc) or hasattr(function, "_implementation")


def note(function: Any) -> str:
    """The keywords that are supported, or why there is no derivative."""
    if function in REFUSED:
        return escaped(REFUSED[function])
    if function in OPS and OPS[function].kind == "constant":
        return "all of NumPy's"
    return ", ".join(f"`{k}=`" for k in keywords(function))


def keywords(function: Any) -> list[str]:
    """The optional arguments that a function takes on Tensors."""
    op = OPS.get(function)
    if op is not None and op.prepare is None:
        return list(op.params)
    taken = COMPOSITES.get(function) if op is None else op.prepare
    own = parameters = inspect.signature(taken).parameters if taken else {}
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):  # it hands on whatever NumPy's function has
        parameters = _parameters(function)
    refused = {*ONLY_AT_DEFAULT, *(name for name, p in own.items() if p.annotation in (None, "None"))}
    return [name for name, p in parameters.items() if p.default is not p.empty and name not in refused]


def _parameters(function: Any) -> Any:
    """Those of NumPy's own function, or none where it has no signature, as compiled ones before NumPy 2.4."""
    try:
        return inspect.signature(function).parameters
    except ValueError:
        return {}


def escaped(text: str) -> str:
    """For a cell of a table."""
    return text.replace("|", r"\|")


# --- the page -----------------------------------------------------------------------------------------------------


def page() -> str:
    """The text of `docs/coverage.md`."""
    rows = list(entries())
    return "\n\n".join([_head(rows), *(_section(n, rows) for n in NAMESPACES), _methods(), _own()]) + "\n"


def _head(rows: list[Entry]) -> str:
    counts = Counter(row.answers[0] for row in rows if row.answers)
    return "\n".join(
        [
            "# What of NumPy takes Tensors",
            "",
            f"Written by `python -m tools.coverage` from the rule table, for NumPy {numpy_version()}; not by hand. "
            "A keyword that is not named, or a value of one that Tensors cannot honour, is refused in words.",
            "",
            "| answer | functions | meaning |",
            "|---|---|---|",
            *(f"| {answer} | {counts[answer]} | {meaning} |" for answer, meaning in ANSWERS.items()),
        ]
    )


def numpy_version() -> str:
    """Without the last part: a bugfix release has the same functions."""
    return ".".join(np.__version__.split(".")[:2])


def _section(namespace: str, rows: list[Entry]) -> str:
    rows = [row for row in rows if row.namespace == namespace]
    table = [
        f"| `{namespace}.{row.name}` | {' and '.join(row.answers) or '**unlisted**'} | {row.note} |"
        for row in rows
        if row.answers != ["takes no array"]
    ]
    rest = ", ".join(f"`{row.name}`" for row in rows if row.answers == ["takes no array"])
    head = [f"## {namespace}", "", "| function | answer | keywords, or the reason |", "|---|---|---|"]
    return "\n".join([*head, *table, *(["", f"Takes no array: {rest}."] if rest else [])])


def _methods() -> str:
    names: dict[str, list[str]] = {}
    for ufunc, method in UFUNC_METHODS:
        names.setdefault(method, []).append(ufunc.__name__)
    lines = [f"| `{method}` | {', '.join(f'`{n}`' for n in sorted(set(found)))} |" for method, found in names.items()]
    return "\n".join(
        ["## Methods of ufuncs", "", "All others are refused, also `out=` and `where=`.", ""]
        + ["| method | of |", "|---|---|", *lines]
    )


def _own() -> str:
    own = {op.function: op for op in OPS.values() if (op.function.__module__ or "").startswith("autograd.rules")}
    lines = []
    for function, op in sorted(own.items(), key=lambda item: item[1].name):
        what = (inspect.getdoc(function) or "").partition("\n")[0]
        lines.append(f"| `{op.name}` | {op.kind} | {escaped(what)} |")
    return "\n".join(["## Our own", "", "| function | kind of rule | what it is |", "|---|---|---|", *lines])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
