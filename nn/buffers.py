"""Buffer: numbers that a layer keeps beside its parameters, and changes by itself; and how to run it without that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

import autograd as ag

_APART: ContextVar[dict[Buffer, Any] | None] = ContextVar("nn buffers apart", default=None)


class Buffer:
    """State of a layer that is not trained, such as a running mean. It is part of `state_dict()`.

    Arguments:
        value   the numbers, an array or one number; integers, given as a number or a list, become float64
        name    how errors call it
        finite  refuse NaN and infinity in updates, but where the numbers before are the same: a running mean would keep
                them for ever. False for numbers that may be that, such as those of a mask

    >>> import numpy as np, nn
    >>> class Centered(nn.Module):
    ...     def __init__(self, n):
    ...         self.mean = nn.Buffer(np.zeros((n, 1)), name="mean")
    ...     def forward(self, X):
    ...         if self.training:
    ...             self.mean.update(0.9 * self.mean.value + 0.1 * np.mean(X, axis=1, keepdims=True))
    ...         return X - self.mean.value
    >>> layer = Centered(1)
    >>> layer(np.ones((1, 2))), layer.state_dict()
    (array([[0.9, 0.9]]), {'mean': array([[0.1]])})
    """

    def __init__(self, value: Any, name: str | None = None, *, finite: bool = True) -> None:
        self._value = np.array(value, dtype=None if hasattr(value, "dtype") else float)
        self.name, self.finite = name, finite

    @property
    def value(self) -> Any:
        """The numbers as they are now. No gradient flows through them."""
        state = _APART.get()
        if state is not None and self in state:
            return state[self]
        if ag.tracing():
            raise ag.GraphError(
                f"The buffer {self.name or ''} {self._value.shape} is state from outside of the function that is being "
                "compiled; the program would go on with the numbers that it has now. Make it an argument: "
                "`with nn.buffers_apart({buffer: value}) as state:` around the call of the model."
            )
        return self._value

    def update(self, new: Any) -> None:
        """Replace the numbers; what they were computed from is not recorded. The old array is not changed.

        Raises autograd.ShapeError, DtypeError or DataError for numbers that it cannot keep, or that are not finite.
        """
        new = new.data if isinstance(new, ag.Tensor) else new
        state = _APART.get()
        if np.shape(new) != self._value.shape:
            raise ag.ShapeError(
                f"The buffer {self.name or ''} has shape {self._value.shape}, but got {np.shape(new)}. Keep its shape."
            )
        if state is not None:
            state[self] = new
        elif ag.tracing():
            raise ag.GraphError(
                f"The buffer {self.name or ''} {self._value.shape} changes within a function that is being compiled; "
                "the program would never change it again. Call model.eval(), or return the new value: "
                "`with nn.buffers_apart() as state:` around the call of the model."
            )
        else:
            self._value = self.checked(new)

    @property
    def is_looked_at(self) -> bool:
        """Whether it may have numbers that it refuses as not finite."""
        return self.finite and bool(self._value.dtype.kind == "f")

    def restore(self, value: Any) -> None:
        """Give it numbers that it had before, or that somebody has looked at: they need not be finite."""
        self._value = self._fitting(value, finite=False)

    def checked(self, new: Any) -> np.ndarray[Any, Any]:
        """New numbers as `update` would keep them. Raises as that does."""
        return self._fitting(new, finite=self.finite)

    def _fitting(self, new: Any, finite: bool) -> np.ndarray[Any, Any]:
        try:
            return fitting(new, self._value, finite=finite)
        except NotFinite as error:
            raise NotFinite(
                f"The buffer {self.name or ''} needs finite numbers, but {error}. Look at what they are computed from, "
                "as the batch; a Buffer that is made with finite=False takes them as they are."
            ) from None
        except (ag.DataError, ag.DtypeError) as error:
            raise type(error)(f"The buffer {self.name or ''} {error}") from None

    def __repr__(self) -> str:
        return f"Buffer({self.name or ''} {self._value.shape})"


def fitting(new: Any, old: np.ndarray[Any, Any], *, finite: bool = False) -> np.ndarray[Any, Any]:
    """A copy of new values in the shape and dtype of the old ones, if they survive that: a fraction or NaN is not an
    integer, and a number may be beyond the range of a precision. Rounding to a shorter float is no loss.

    finite   refuse NaN and infinity, but where the old values are the same, as those of a mask
    """
    try:
        given = np.asarray(new)
    except ValueError:  # for example rows of different lengths
        raise ag.ShapeError(f"must have shape {old.shape}, but is not an array") from None
    if given.shape != old.shape:
        raise ag.ShapeError(f"must have shape {old.shape}, but has {given.shape}")
    if given.dtype.kind not in "fiub":
        raise ag.DtypeError(f"must hold real numbers, but has dtype {given.dtype}")
    with np.errstate(all="ignore"):
        cast = given.astype(old.dtype)
        if old.dtype.kind == "f" and np.isfinite(cast).all():
            return cast
        lost = np.isfinite(given) & ~np.isfinite(cast) if old.dtype.kind == "f" else cast != given
    if lost.any():
        first = tuple(np.argwhere(lost)[0].tolist())
        raise ag.DataError(f"has dtype {old.dtype}, which cannot hold {given[first]}" + f" at {first}" * bool(first))
    if finite:
        check_finite(cast, old)
    return cast


def check_finite(new: np.ndarray[Any, Any], old: Any = None) -> None:
    """Refuse NaN and infinity, but where the old values, if there are any, are the same."""
    broken = ~np.isfinite(new)
    if broken.any() and old is not None:
        broken &= (new != old) & ~(np.isnan(new) & np.isnan(old))
    if broken.any():
        first = tuple(np.argwhere(broken)[0].tolist())
        count = f" in {broken.sum()} of its {new.size} entries, first" if new.size > 1 else ":"
        raise NotFinite(f"has NaN or infinity{count} {new[first]}" + f" at {first}" * bool(first))


def check_all_finite(who: str, values: Mapping[str, Any]) -> None:
    """Refuse NaN and infinity in arrays by name, all at once."""
    wrong = []
    for name, array in values.items():
        try:
            check_finite(np.asarray(array))
        except NotFinite as error:
            wrong.append(f"{name} {error}")
    if wrong:
        raise ag.DataError(
            f"{who} needs finite numbers, but\n  " + "\n  ".join(wrong) + "\n"
            "Take the model before its training went wrong; finite=False takes it as it is."
        )


class NotFinite(ag.DataError):
    """Numbers that are to be computed with, but are NaN or infinite. It is said as a DataError."""


@contextmanager
def buffers_apart(values: Mapping[Buffer, Any] | None = None) -> Iterator[dict[Buffer, Any]]:
    """Within this block Buffers have these values, and changes of them go into the dict that it gives: the model itself
    stays as it is. So state can be argument and result of a function that is compiled, differentiated or tried out.

    >>> import numpy as np, nn
    >>> count = nn.Buffer(0.0, name="count")
    >>> with nn.buffers_apart({count: 5.0}) as state:
    ...     count.update(count.value + 1)
    >>> float(state[count]), float(count.value)
    (6.0, 0.0)
    """
    state = dict(values or {})
    for given in state:
        if not isinstance(given, Buffer):
            raise TypeError(
                f"buffers_apart needs a dict by Buffers, but got the key {given!r:.60}. Pass {{layer.mean: value}}; "
                "model.named_buffers() gives the Buffers of a model with their names."
            )
    token = _APART.set(state)
    try:
        yield state
    finally:
        _APART.reset(token)
