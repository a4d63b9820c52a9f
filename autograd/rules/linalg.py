"""Products of matrices."""

from typing import Any

import numpy as np

from autograd.op import VALUE, composite, linear, variadic


def matmul_left(g: Any, x: Any, y: Any) -> Any:
    """Gradient by x of x @ y: G·Yᵀ. A vector on either side is a row or column that matmul has dropped again."""
    if x.ndim == 2 == y.ndim:
        return g @ y.T
    if y.ndim == 1:
        return g * y if x.ndim == 1 else np.expand_dims(g, -1) * y
    if x.ndim == 1:
        return np.sum(np.expand_dims(g, -2) * y, axis=-1)
    return g @ np.swapaxes(y, -1, -2)


def matmul_right(g: Any, x: Any, y: Any) -> Any:
    """Gradient by y of x @ y: Xᵀ·G."""
    if x.ndim == 2 == y.ndim:
        return x.T @ g
    if x.ndim == 1:
        return g * x if y.ndim == 1 else np.expand_dims(x, -1) * np.expand_dims(g, -2)
    if y.ndim == 1:
        return np.sum(x * np.expand_dims(g, -1), axis=tuple(range(x.ndim - 1)))
    return np.swapaxes(x, -1, -2) @ g


linear(np.matmul, matmul_left, matmul_right)


def dot(a: Any, b: Any) -> Any:
    """np.dot by matmul and multiply."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(a, b)
    if np.ndim(b) <= 2:
        return np.matmul(a, b)
    letters = "abcdefghijklmnopqrstuvwxyz"
    left, right = letters[: np.ndim(a) - 1], letters[np.ndim(a) : np.ndim(a) + np.ndim(b) - 2]
    return np.einsum(f"{left}y,{right}y{'z'}->{left}{right}z", a, b)


composite(np.dot, dot)
composite(np.outer, lambda a, b: np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1)))


# --- einsum --------------------------------------------------------------------------------------------------------


def explicit(subscripts: str, *operands: Any) -> tuple[Any, dict[str, Any]]:
    """The arguments of np.einsum, with the subscripts spelt out: `ij,jk` becomes `ij,jk->ik`, an ellipsis letters."""
    if not isinstance(subscripts, str):
        raise TypeError("np.einsum on Tensors takes its subscripts as a string: np.einsum('ij,jk->ik', A, B).")
    terms, _, result = subscripts.replace(" ", "").partition("->")
    inputs = terms.split(",")
    spare = [c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in subscripts]
    extra = [np.ndim(x) - len(t.replace("...", "")) for t, x in zip(inputs, operands, strict=False)]
    most = max((n for t, n in zip(inputs, extra, strict=False) if "..." in t), default=0)
    ellipsis = "".join(spare[:most])
    spelt = [t.replace("...", ellipsis[most - n :] if n else "") for t, n in zip(inputs, extra, strict=False)]
    if "->" not in subscripts:
        once = sorted(c for c in set(terms) - {",", "."} if terms.count(c) == 1)
        result = ellipsis + "".join(once)
    return operands, {"subscripts": f"{','.join(spelt)}->{result.replace('...', ellipsis)}"}


def einsum_adjoint(i: int, g: Any, *operands: Any, subscripts: str) -> Any:
    """Gradient by operand i: the same contraction with g in its place and its subscripts as the result.

    A letter of the operand that stands nowhere else was summed over: it comes back with size 1 and the sweep
    repeats it. A letter that stands in it twice took the diagonal: an identity matrix puts the gradient back there.
    """
    inputs, _, result = subscripts.partition("->")
    terms = inputs.split(",")
    rest = [t for k, t in enumerate(terms) if k != i]
    arrays = [x for k, x in enumerate(operands) if k != i]
    letters, target = (
        iter(c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in subscripts),
        "",
    )
    for letter, size in zip(terms[i], np.shape(operands[i]), strict=True):
        if letter in target:
            twin = next(letters)
            rest.append(letter + twin)
            arrays.append(np.eye(size))
            letter = twin
        target += letter
    known = [c for c in target if c in result or any(c in t for t in rest)]
    summed = np.einsum(f"{','.join([result, *rest])}->{''.join(known)}", g, *arrays)
    missing = tuple(k for k, c in enumerate(target) if c not in known)
    return np.expand_dims(summed, missing) if missing else summed


def einsum_push(i: int, t: Any, *operands: Any, subscripts: str) -> Any:
    """einsum is linear in each operand: the tangent takes the operand's place."""
    return np.einsum(subscripts, *(t if k == i else x for k, x in enumerate(operands)))


variadic(
    np.einsum,
    einsum_adjoint,
    einsum_push,
    VALUE,
    {"subscripts": ""},
    kernel=lambda operands, subscripts: np.einsum(subscripts, *operands),
    prepare=explicit,
)
