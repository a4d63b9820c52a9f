"""How each function is written in LaTeX. No derivative stands here: this says only how to write what was computed.

A row takes the written operands and the parameters, and gives the LaTeX and how tightly it binds. A function without a
row is written \\operatorname{name}(…).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

# How tightly an expression binds; an operand that binds less than its place asks for is put in parentheses.
SUM, PREFIX, STAR, PRODUCT, POWER, ATOM = range(6)


class Piece(NamedTuple):
    """A written operand: its LaTeX, how tightly it binds, its shape, and whether it is a bare number."""

    latex: str
    level: int = ATOM
    shape: tuple[int, ...] = ()
    literal: bool = False


Written = tuple[str, int]
Row = Callable[[Sequence[Piece], dict[str, Any]], Written]


def within(piece: Piece, level: int) -> str:
    """The operand, in parentheses where it binds less tightly than `level`."""
    return piece.latex if piece.level >= level else parens(piece.latex)


def parens(inner: str) -> str:
    """Parentheses that grow with what they hold."""
    tall = any(high in inner for high in (r"\frac", r"\begin", r"\sum"))
    return rf"\left({inner}\right)" if tall else f"({inner})"


def axes_named(axis: Any, ndim: int) -> str:
    """In words, what is reduced: columns are samples in an array with two axes; "" for all of it.

    >>> axes_named(1, 2), axes_named((0, 2), 3), axes_named(None, 2)
    ('columns', 'axes 0, 2', '')
    """
    axes = sorted(a % ndim for a in (range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)))
    if len(axes) == ndim:
        return ""
    if ndim == 2:
        return "columns" if axes == [1] else "rows"
    return f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"


# --- the rows ---------------------------------------------------------------------------------------------------------


def _add(args: Sequence[Piece], _: Any) -> Written:
    left, right = args
    if right.latex.startswith("-"):
        return f"{within(left, SUM)} - {right.latex[1:].lstrip()}", SUM
    return f"{_term(left)} + {right.latex}", SUM


def _subtract(args: Sequence[Piece], _: Any) -> Written:
    left, right = args
    return f"{_term(left)} - {within(right, PREFIX)}", SUM


def _term(piece: Piece) -> str:
    """On the left of a sum: what begins with Σ would seem to go on."""
    return parens(piece.latex) if piece.level == PREFIX else piece.latex


def _multiply(args: Sequence[Piece], _: Any) -> Written:
    left, right = args
    if left.latex == "1" or right.latex == "1":
        kept = right if left.latex == "1" else left
        return kept.latex, kept.level
    if left == right and not left.literal:
        return _power((left, Piece("2", literal=True)), {})
    if left.shape[1:] == (1,) and (right.shape[:-1] == (1,) or len(right.shape) == 1):
        return _outer(left, right)
    arrays = bool(left.shape and right.shape)
    level = STAR if arrays else PRODUCT
    sign = r" \ast " if arrays else r" \cdot " if _needs_dot(left, right) else r"\,"
    tail = right.latex if right.level == PREFIX else within(right, level)
    return within(left, level) + sign + tail, PREFIX if right.level == PREFIX else level


def _outer(column: Piece, row: Piece) -> Written:
    """A column times a row, repeated along one another: that is their matrix product."""
    across = row if len(row.shape) == 2 else Piece(*_turned(row))
    return rf"{within(column, PRODUCT)}\,{within(across, PRODUCT)}", PRODUCT


def _turned(piece: Piece) -> Written:
    return rf"{_base(piece)}^{{\mathsf{{T}}}}", POWER


def _base(piece: Piece) -> str:
    """What an exponent stands on; a matrix is held together by braces."""
    latex = within(piece, ATOM)
    return f"{{{latex}}}" if latex.startswith(r"\begin") else latex


def _needs_dot(left: Piece, right: Piece) -> bool:
    """Numbers side by side would read as one."""
    digit_follows = right.latex[0].isdigit() if right.level >= PRODUCT else left.latex[-1].isdigit()
    return right.literal or digit_follows


def _divide(args: Sequence[Piece], _: Any) -> Written:
    return rf"\frac{{{args[0].latex}}}{{{args[1].latex}}}", PRODUCT


def _negative(args: Sequence[Piece], _: Any) -> Written:
    return f"-{within(args[0], PREFIX)}", SUM


def _power(args: Sequence[Piece], _: Any) -> Written:
    base, exponent = args
    if exponent.latex in ("1", "1.0"):
        return base.latex, base.level
    return f"{_base(base)}^{{{exponent.latex}}}", POWER


def _matmul(args: Sequence[Piece], _: Any) -> Written:
    left, right = args
    return rf"{within(left, PRODUCT)}\,{within(right, PRODUCT)}", PRODUCT


def _transpose(args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """Only of a matrix is it the T that everybody knows."""
    if len(args[0].shape) == 2:
        return _turned(args[0])
    axes = params.get("axes") or (params.get("axis1", ""), params.get("axis2", ""))
    return rf"\operatorname{{transpose}}_{{{', '.join(map(str, axes))}}}{parens(args[0].latex)}", ATOM


def _over(sign: str, open: bool = True) -> Row:
    """A reduction, with the axes beneath its sign; `open` ones go on as far as the product does."""

    def written(args: Sequence[Piece], params: dict[str, Any]) -> Written:
        axes = axes_named(params.get("axis"), len(args[0].shape)) if args[0].shape else ""
        beneath = rf"_{{\text{{{axes}}}}}" if axes else ""
        if open:
            return f"{sign}{beneath} {within(args[0], STAR)}", PREFIX
        return f"{sign}{beneath}{parens(args[0].latex)}", ATOM

    return written


def _mean(args: Sequence[Piece], params: dict[str, Any]) -> Written:
    shape, axis = args[0].shape, params.get("axis")
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    count = 1
    for a in axes:
        count *= shape[a]
    total, _ = _over(r"\sum")(args, params)
    return rf"\frac{{1}}{{{count}}} {total}", PREFIX


def _called(function: str) -> Row:
    return lambda args, _: (f"{function}{parens(', '.join(a.latex for a in args))}", ATOM)


def _around(left: str, right: str, level: int = ATOM) -> Row:
    return lambda args, _: (f"{left}{args[0].latex}{right}", level)


def _relation(sign: str) -> Row:
    """A truth value as a number: 1 where it holds, else 0 (Iverson's bracket)."""
    return lambda args, _: (rf"\left[{args[0].latex} {sign} {args[1].latex}\right]", ATOM)


def _where(args: Sequence[Piece], _: Any) -> Written:
    condition, chosen, other = args
    if other.latex in ("0", "0.0"):
        return _multiply((condition, chosen), {})
    if chosen.latex in ("0", "0.0"):
        return _multiply((_not(condition), other), {})
    rows = rf"{chosen.latex} & \text{{where }} {condition.latex} \\ {other.latex} & \text{{elsewhere}}"
    return rf"\begin{{cases}} {rows} \end{{cases}}", ATOM


def _not(condition: Piece) -> Piece:
    return condition._replace(latex=rf"\left[\lnot {condition.latex}\right]")


def _joined(row: str) -> Row:
    return lambda args, _: (rf"\begin{{bmatrix}} {row.join(a.latex for a in args)} \end{{bmatrix}}", ATOM)


def _concatenate(args: Sequence[Piece], params: dict[str, Any]) -> Written:
    axis = params.get("axis", 0) % max(len(args[0].shape), 1)
    return _joined(r" \\ " if axis == 0 and len(args[0].shape) > 1 else " & ")(args, params)


def _getitem(args: Sequence[Piece], params: dict[str, Any]) -> Written:
    return f"{within(args[0], ATOM)}{_index(params['index'])}", ATOM


def _scatter(args: Sequence[Piece], params: dict[str, Any]) -> Written:
    return rf"\operatorname{{scatter}}_{{{_index(params['index'])}}}{parens(args[0].latex)}", ATOM


def _index(index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    return f"[{', '.join(map(_one_index, parts))}]"


def _one_index(part: Any) -> str:
    if isinstance(part, slice):
        ends = ["" if e is None else str(e) for e in (part.start, part.stop)]
        return ":".join(ends if part.step is None else [*ends, str(part.step)])
    if part is Ellipsis:
        return r"\ldots"
    return str(part) if isinstance(part, int) else r"\text{new}" if part is None else r"\text{indices}"


def _log_loss(args: Sequence[Piece], _: Any) -> Written:
    return f"-{_log_likelihood(*args)}", SUM


def _binary_cross_entropy(args: Sequence[Piece], _: Any) -> Written:
    return rf"-\frac{{1}}{{{args[0].shape[-1]}}} \sum {_log_likelihood(*args)}", SUM


def _log_likelihood(a: Piece, y: Piece) -> str:
    one = Piece("1", literal=True)
    first = _multiply((y, _log(a)), {})[0]
    second = _multiply((_minus(one, y), _log(_minus(one, a))), {})[0]
    return parens(f"{first} + {second}")


def _log_loss_slope(args: Sequence[Piece], _: Any) -> Written:
    (a, y), one = args, Piece("1", literal=True)
    first, second = _divide((y, a), {})[0], _divide((_minus(one, y), _minus(one, a)), {})[0]
    return f"-{first} + {second}", SUM


def _minus(left: Piece, right: Piece) -> Piece:
    return Piece(*_subtract((left, right), {}), right.shape)


def _log(piece: Piece) -> Piece:
    return Piece(f"\\ln {piece.latex}" if piece.level == ATOM else f"\\ln{parens(piece.latex)}", PRODUCT, piece.shape)


def _einsum(args: Sequence[Piece], params: dict[str, Any]) -> Written:
    subscripts = rf"\text{{{params['subscripts'].replace('->', '→')}}}"
    return rf"\operatorname{{einsum}}_{{{subscripts}}}{parens(', '.join(a.latex for a in args))}", ATOM


def _logsumexp(args: Sequence[Piece], params: dict[str, Any]) -> Written:
    power = Piece(f"e^{{{args[0].latex}}}", POWER, args[0].shape)
    return rf"\ln {_over(chr(92) + 'sum')([power], params)[0]}", PREFIX


def _expand_dims(args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """A vector that is stood up as a column is written as it is; one that is laid down as a row is turned."""
    if len(args[0].shape) == 1 and params["axis"] in (0, -2):
        return _turned(args[0])
    return args[0].latex, args[0].level


def _same(args: Sequence[Piece], _: Any) -> Written:
    return args[0].latex, args[0].level


NOTATION: dict[str, Row] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "ratio": _divide,
    "negative": _negative,
    "power": _power,
    "square": lambda args, _: _power((args[0], Piece("2")), {}),
    "sqrt": _around(r"\sqrt{", "}"),
    "exp": _around("e^{", "}", POWER),
    "expm1": _around("e^{", "} - 1", SUM),
    "log": lambda args, _: (_log(args[0])[0], PRODUCT),
    "log1p": lambda args, _: (rf"\ln{parens(f'1 + {within(args[0], PREFIX)}')}", PRODUCT),
    "sin": _called(r"\sin"),
    "cos": _called(r"\cos"),
    "tanh": _called(r"\tanh"),
    "tan": _called(r"\tan"),
    "arcsin": _called(r"\arcsin"),
    "arccos": _called(r"\arccos"),
    "arctan": _called(r"\arctan"),
    "sinh": _called(r"\sinh"),
    "cosh": _called(r"\cosh"),
    "hypot": lambda args, _: (rf"\sqrt{{{within(args[0], ATOM)}^{{2}} + {within(args[1], ATOM)}^{{2}}}}", ATOM),
    "gap": _subtract,
    "cbrt": _around(r"\sqrt[3]{", "}"),
    "exp2": _around("2^{", "}", POWER),
    "log2": _called(r"\log_{2}"),
    "log10": _called(r"\log_{10}"),
    "reciprocal": lambda args, _: _divide((Piece("1", literal=True), args[0]), {}),
    "sigmoid": _called(r"\sigma"),
    "log_sigmoid": _called(r"\ln \sigma"),
    "relu": lambda args, _: (rf"\max({args[0].latex}, 0)", ATOM),
    "leaky_relu": _called(r"\operatorname{LeakyReLU}"),
    "absolute": _around(r"\left|", r"\right|"),
    "maximum": _called(r"\max"),
    "minimum": _called(r"\min"),
    "floor": _around(r"\lfloor ", r" \rfloor"),
    "ceil": _around(r"\lceil ", r" \rceil"),
    "greater": _relation(">"),
    "greater_equal": _relation(r"\ge"),
    "less": _relation("<"),
    "less_equal": _relation(r"\le"),
    "equal": _relation("="),
    "not_equal": _relation(r"\ne"),
    "bitwise_and": _multiply,
    "logical_and": _multiply,
    "logical_not": lambda args, _: (_not(args[0]).latex, ATOM),
    "zeros_like": lambda _args, _: ("0", ATOM),
    "where": _where,
    "sum": _over(r"\sum"),
    "mean": _mean,
    "prod": _over(r"\prod"),
    "max": _over(r"\max", open=False),
    "min": _over(r"\min", open=False),
    "softmax": _called(r"\operatorname{softmax}"),
    "logsumexp": _logsumexp,
    "log_loss": _log_loss,
    "log_loss_slope": _log_loss_slope,
    "binary_cross_entropy": _binary_cross_entropy,
    "xlogy": lambda args, _: _multiply((args[0], _log(args[1])), {}),
    "matmul": _matmul,
    "einsum": _einsum,
    "convolve": lambda args, _: (f"{within(args[0], ATOM)} * {within(args[1], ATOM)}", STAR),
    "inv": lambda args, _: (f"{within(args[0], ATOM)}^{{-1}}", POWER),
    "pinv": lambda args, _: (f"{within(args[0], ATOM)}^{{+}}", POWER),
    "solve": lambda args, _: (f"{within(args[0], ATOM)}^{{-1}} {within(args[1], PRODUCT)}", PRODUCT),
    "det": _called(r"\det"),
    "log_abs_det": _around(r"\ln \left|\det ", r"\right|", PRODUCT),
    "cholesky": _called(r"\operatorname{chol}"),
    "euclidean": _around(r"\left\lVert ", r" \right\rVert"),
    "transpose": _transpose,
    "swapaxes": _transpose,
    "concatenate": _concatenate,
    "stack": _joined(" & "),
    "getitem": _getitem,
    "scatter": _scatter,
    "expand_dims": _expand_dims,
    # Transparent: they move entries into another shape, which a formula leaves to the reader.
    "positive": _same,
    "identity": _same,
    "cast": _same,
    "copy": _same,
    "reshape": _same,
    "squeeze": _same,
    "broadcast_to": _same,
}
