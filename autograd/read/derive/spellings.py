"""Other spellings: what a cost computes in a form that no textbook uses, as the form that the textbook uses.

np.where(z > 0, z, 0) is max(z, 0), a logarithm of Σ e^u is logsumexp, A[Y, i] with labels Y picks as one-hot targets
do, and eᵀe of a column is Σ e². Each is an equality that holds in every entry, not a likeness; where it holds only
while no entry is 0, since a kink lies there, that is looked for in the data and said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import ref

import numpy as np

from autograd.core.node import Node
from autograd.core.origins import Origin, origin_of, remember
from autograd.debug import names
from autograd.read.derive.constants import Reading
from autograd.read.derive.rational import Rational, TooLong
from autograd.read.derive.recognized import recognized
from autograd.read.derive.recognizer import (
    Found,
    Other,
    Recognizer,
    exact_number,
    is_power_of_e,
    plain_float,
    repeats_along,
    scaled_by,
    summed_axis,
    transpose_of,
)
from autograd.read.notation import row_of
from autograd.read.onehot import one_hot
from autograd.read.operands import call_of, shape_of, unwrapped
from autograd.rules import getitem, logsumexp, relu, xlogy
from autograd.rules.norms import euclidean


def respelled(known: Recognizer, node: Node, with_constants: bool) -> Found | None:
    """What a node is in the textbook's form; None where it is written so, or is something else.

    with_constants   also in forms with a constant that the cost does not have: a mask, one-hot targets
    """
    for spelling in _SPELLINGS.get(call_of(node), ()):
        found = spelling(known, node) if with_constants or spelling not in _WITH_CONSTANTS else None
        if found is not None:
            return found
    return None


# --- in pieces --------------------------------------------------------------------------------------------------------


def _either_way(known: Recognizer, node: Node) -> Found | None:
    """What both branches of np.where are, as of a sigmoid that is written once for z ≥ 0 and once for z < 0."""
    _, one, other = node.parents
    if not (known.is_inside(one, node) and known.is_inside(other, node)) or one.shape != node.shape:
        return None
    found = recognized(known, one)
    return found if found is not None and found == recognized(known, other) else None


def _split(known: Recognizer, node: Node) -> Found | None:
    """np.where(z > 0, z, 0), and where(z >= 0, …), (z < 0, …): as one that asks for z > 0."""
    condition, *branches = node.parents
    z, above, strict = _sign_of(known, condition)
    if z is None or z.shape != node.shape:
        return None
    positive, negative = branches if above else branches[::-1]
    if positive is not z or (not strict and not known.kink_free(z, node)):
        return None
    if exact_number(negative) == 0:
        return Found(relu, (z,))
    if above and strict:
        return None
    return _leaky(known, z, negative) if _is_multiple(known, negative, z, node) else None


def _sign_of(known: Recognizer, condition: Any) -> tuple[Any, bool, bool]:
    """What a condition compares with 0, whether it holds where that is positive, and whether z = 0 goes with z < 0.

    None for a condition that is something else.
    """
    origin = origin_of(condition)
    mirrored = None if origin is None else row_of(origin.function).mirrored
    if origin is None or mirrored is None:
        return None, False, False
    function, (left, right) = origin.function, origin.operands
    if _recorded(left) is None:
        left, right, function = right, left, mirrored
    z = _recorded(left)
    if z is None or z not in known.values or isinstance(right, (Origin, ref)) or exact_number(right) != 0:
        return None, False, False
    return z, function in (np.greater, np.greater_equal), function in (np.greater, np.less_equal)


def _recorded(x: Any) -> Node | None:
    """The node that an origin refers to, while it lives; None of anything else."""
    reference = x.node if isinstance(x, Origin) else x
    found = reference() if isinstance(reference, ref) else None
    return found if type(found) is Node else None


def _is_multiple(known: Recognizer, x: Any, z: Node, top: Node) -> bool:
    return known.is_inside(x, top) and x.op.function is np.multiply and any(p is z for p in x.parents)


def _leaky(known: Recognizer, z: Node, scaled: Any) -> Found:
    positive = np.asarray(known.values[z]) > 0
    remember(positive, np.greater, z, 0)
    return Found(np.where, (positive, z, scaled))


def _larger(known: Recognizer, node: Node) -> Found | None:
    """max(0.01·z, z), the leaky ReLU, where no entry of z is 0."""
    for z, scaled in (node.parents, node.parents[::-1]):
        if type(z) is not Node or z.shape != node.shape or not _is_multiple(known, scaled, z, node):
            continue
        slopes = [k for k in map(plain_float, scaled.parents) if k is not None]
        if len(slopes) == 1 and 0 < slopes[0] < 1 and known.kink_free(z, node):
            return _leaky(known, z, scaled)
    return None


def _half_of_both(known: Recognizer, node: Node) -> Found | None:
    """(z + |z|)/2 is max(z, 0), where no entry is 0."""
    call, (x, y) = node.op.function, node.parents  # type: ignore[union-attr]
    total: Any = x if call is np.divide and exact_number(y) == 2 else None
    if call is np.multiply:
        total = next((t for k, t in ((x, y), (y, x)) if exact_number(k) == 0.5), None)
    if not known.is_inside(total, node) or total.op.function is not np.add:
        return None
    for z, size in (total.parents, total.parents[::-1]):
        is_size = known.is_inside(size, node) and size.op.function is np.absolute and size.parents[0] is z
        if is_size and z.shape == node.shape and known.kink_free(z, node):
            return Found(relu, (z,))
    return None


# --- logarithms of sums of e^x ----------------------------------------------------------------------------------------


def _softplus(known: Recognizer, node: Node) -> Found | None:
    """ln(1 + e^u)."""
    inside = node.parents[0]
    if not known.is_inside(inside, node):
        return None
    exponents: list[Any] = []
    try:
        fraction = known.fraction(inside, node, exponents)
        if call_of(node) is np.log1p:
            fraction = Rational.constant(exact_number(1)) + fraction  # type: ignore[arg-type]
    except (Other, TooLong, ZeroDivisionError):
        return None
    if len(exponents) != 1 or exponents[0][0].shape != node.shape:
        return None
    ((u, k),) = exponents
    one = Rational.constant(exact_number(1))  # type: ignore[arg-type]
    return Found(np.logaddexp, (0, scaled_by(u, k))) if fraction == one + Rational.power(k) else None


def _log_of_sum(known: Recognizer, x: Any, top: Node) -> tuple[Node, int] | None:
    """The u and the axis of ln Σ e^u, in its spellings; None of something else."""
    x = known.reduced(x, top)
    if type(x) is not Node or not known.is_inside(x, top):
        return None
    call = x.op.function  # type: ignore[union-attr]
    if call is logsumexp:
        axis = summed_axis(x, shape_of(x.parents[0]))
        return None if axis is None else (x.parents[0], axis)
    total: Any = known.reduced(x.parents[0], top) if call is np.log else None
    if not known.is_inside(total, top) or total.op.function is not np.sum:
        return None
    power = total.parents[0]
    if not known.is_inside(power, top) or not (power.op.function is np.exp or is_power_of_e(power)):
        return None
    u = power.parents[-1]
    axis = summed_axis(total, power.shape)
    return None if axis is None or type(u) is not Node or u.shape != power.shape else (u, axis)


def _logsumexp(known: Recognizer, node: Node) -> Found | None:
    """ln Σ e^u."""
    found = _log_of_sum(known, node, node) if call_of(node) is np.log else None
    if found is None:
        return None
    u, axis = found
    kept = len(node.shape) == len(u.shape)
    return Found(logsumexp, (u,), {"axis": axis, **({"keepdims": True} if kept else {})})


def _log_softmax(known: Recognizer, node: Node) -> Found | None:
    """u − ln Σ e^u; what is the same along the axis may have been subtracted from u, as its maximum is."""
    u, log = node.parents
    found = _log_of_sum(known, log, node) if type(u) is Node and u.shape == node.shape else None
    if found is None or known.key(found[0]) != known.key(u) or not repeats_along(node, found[1]):
        return None
    of = known.unshifted(u, found[1], node)
    if of.shape != node.shape:
        return None
    return Found(np.subtract, (of, Found(logsumexp, (of,), {"axis": found[1], "keepdims": True})))


# --- labels -----------------------------------------------------------------------------------------------------------


def _picked(known: Recognizer, x: Any) -> tuple[Any, Node, int] | None:
    """One-hot targets, what they pick from, and the axis of the classes, of A[Y, np.arange(m)]; None of others."""
    if call_of(x) is not getitem or type(x.parents[0]) is not Node:
        return None
    of, index = x.parents[0], x.params["index"]
    if len(of.shape) != 2 or not isinstance(index, tuple) or len(index) != 2 or of.dtype is None:
        return None
    for axis in (0, 1):
        labels, each = index[axis], index[1 - axis]
        n, m = of.shape[axis], of.shape[1 - axis]
        counts = isinstance(each, (np.ndarray, range, list)) and np.array_equal(each, range(m))
        if not counts or not isinstance(labels, np.ndarray) or labels.shape != (m,) or labels.dtype.kind not in "iu":
            continue
        if names.of(labels) is None and known.constants.reading(labels) is None:
            continue
        if not np.all((labels >= 0) & (labels < n)) or not np.all(np.isfinite(known.values[of])):
            continue
        params = {"n": n} | ({"axis": axis} if axis else {}) | ({} if of.dtype == float else {"dtype": of.dtype.name})
        return known.constants.read_as(Reading(one_hot, labels, settings=params)), of, axis
    return None


def _log_of_picked(known: Recognizer, node: Node) -> Found | None:
    """ln A[Y, i] as Σ Y·ln A of one-hot targets."""
    found = _picked(known, node.parents[0]) if known.is_inside(node.parents[0], node) else None
    if found is None:
        return None
    targets, of, axis = found
    return Found(np.sum, (Found(xlogy, (targets, of)),), {"axis": axis})


def _entry_of_each(known: Recognizer, node: Node) -> Found | None:
    """P[Y, i] as Σ Y·P of one-hot targets."""
    found = _picked(known, node)
    if found is None:
        return None
    targets, of, axis = found
    return Found(np.sum, (Found(np.multiply, (targets, of)),), {"axis": axis})


# --- sums that are written as products --------------------------------------------------------------------------------


def _square_of_length(known: Recognizer, node: Node) -> Found | None:
    """‖x‖² is Σ x²."""
    length = node.parents[0]
    squared = call_of(node) is np.square or exact_number(node.parents[1]) == 2
    if not squared or not known.is_inside(length, node) or length.op.function is not euclidean:
        return None
    return Found(np.sum, (Found(np.square, (length.parents[0],)),)) if not length.params else None


def _product_with_itself(known: Recognizer, node: Node) -> Found | None:
    """eᵀe of a column, or of a vector, is Σ e²; a number may stand in front of eᵀ."""
    if np.size(known.values[node]) != 1 or node.shape not in ((), (1, 1)):
        return None
    scale, (left, right) = None, node.parents
    if known.is_inside(left, node) and left.op.function is np.multiply:
        number, left = (left.parents[::-1] if plain_float(left.parents[1]) is not None else left.parents)[:2]
        scale = number if plain_float(number) is not None else None
        if scale is None:
            return None
    if type(left) is not Node or type(right) is not Node:
        return None
    of = left if node.shape == () else transpose_of(left)
    pairs = [(of, right)] if node.shape == () else [(of, right), (transpose_of(right), left)]
    for x, y in pairs:
        if type(x) is Node and known.key(x) == known.key(y) and np.size(known.values[x]) > 1:
            return _in_shape(Found(np.sum, (Found(np.square, (x,)),)), scale, node)
    return None


def _in_shape(total: Found, scale: Any, node: Node) -> Found:
    total = Found(np.reshape, (total,), {"shape": node.shape}) if node.shape else total
    return total if scale is None else Found(np.multiply, (scale, total))


def _trace(known: Recognizer, node: Node) -> Found | None:
    """tr(Xᵀ B) is Σ X·B."""
    x = node.parents[0]
    if node.shape != () or not known.is_inside(x, node) or x.op.function is not getitem:
        return None
    index = x.params["index"]
    x = x.parents[0]
    if known.is_inside(x, node) and x.op.function is np.transpose and x.params.get("axes") == (0, 1):
        x = x.parents[0]
    diagonal = isinstance(index, tuple) and len(index) == 3 and index[0] is Ellipsis
    if not diagonal or not known.is_inside(x, node) or x.op.function is not np.matmul or len(x.shape) != 2:
        return None
    if not all(np.array_equal(part, range(x.shape[0])) for part in index[1:]) or x.shape[0] != x.shape[1]:
        return None
    left, right = x.parents
    for one, other in ((transpose_of(left), right), (transpose_of(right), left)):
        if one is not None and shape_of(one) == shape_of(other):
            return Found(np.sum, (Found(np.multiply, (_known_array(known, one), other)),))
    return None


def _known_array(known: Recognizer, x: Any) -> Any:
    """For the transpose of a view Y.T the array Y itself, which has the name."""
    reading = None if type(x) is Node else known.constants.reading(x)
    same = reading is not None and shape_of(reading.array) == shape_of(x) and reading.index is None
    return reading.array if same and np.array_equal(unwrapped(reading.array), unwrapped(x)) else x  # type: ignore[union-attr]


def _einsum(known: Recognizer, node: Node) -> Found | None:
    """einsum 'ij,ij->' is a sum of products, and one of two matrices with one common index is their product."""
    inputs, _, result = node.params["subscripts"].partition("->")
    terms = inputs.split(",")
    if len(terms) != 2 or not all(len(set(t)) == len(t) and t.isalpha() for t in terms):
        return None
    if terms[0] == terms[1] and not result:
        return Found(np.sum, (Found(np.multiply, node.parents),))
    return _matrix_product(terms, result, node.parents)


def _matrix_product(terms: list[str], result: str, operands: tuple[Any, ...]) -> Found | None:
    common = "".join(set(terms[0]) & set(terms[1]))
    free = [t.replace(common, "") if len(common) == 1 else "??" for t in terms]
    if any(len(f) > 1 for f in free) or sorted(result) != sorted("".join(free)):
        return None
    if any(shape_of(x)[t.index(common)] == 1 for x, t in zip(operands, terms)):
        return None  # einsum would repeat it
    if result != "".join(free):
        (terms, free, operands) = (terms[::-1], free[::-1], operands[::-1])
    wanted = (free[0] + common, common + free[1])
    return Found(np.matmul, tuple(x if t == w else _transposed(x) for x, t, w in zip(operands, terms, wanted)))


def _transposed(x: Any) -> Any:
    return Found(np.transpose, (x,)) if type(x) is Node else unwrapped(x).T


_WITH_CONSTANTS = {_split, _larger, _log_of_picked, _entry_of_each}
Spelling = Callable[[Recognizer, Node], Found | None]
_SPELLINGS: dict[Any, tuple[Spelling, ...]] = {
    np.where: (_either_way, _split),
    np.maximum: (_larger,),
    np.divide: (_half_of_both,),
    np.multiply: (_half_of_both,),
    np.log: (_log_of_picked, _softplus, _logsumexp),
    np.log1p: (_softplus,),
    np.subtract: (_log_softmax,),
    getitem: (_entry_of_each,),
    np.power: (_square_of_length,),
    np.square: (_square_of_length,),
    np.matmul: (_product_with_itself,),
    np.sum: (_trace,),
    np.einsum: (_einsum,),
}
