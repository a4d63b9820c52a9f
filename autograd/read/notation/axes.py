"""Axes in words, and in the order into which an operation brings them."""

from __future__ import annotations

from typing import Any


def axes_of(axis: Any, ndim: int) -> list[int]:
    """The axes that a reduction with this axis= goes over, in order.

    >>> axes_of(None, 2), axes_of(-1, 2), axes_of((2, 0), 3)
    ([0, 1], [1], [0, 2])
    """
    if not ndim:  # NumPy takes axis=0 of a single number
        return []
    return sorted(
        int(a) % ndim for a in (range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,))
    )


def one_axis(axis: Any, ndim: int) -> int | None:
    """The one axis that a reduction goes over; None of several, or none."""
    axes = axes_of(axis, ndim)
    return axes[0] if len(axes) == 1 else None


def axes_named(axis: Any, ndim: int) -> str:
    """In words, what is reduced: columns are samples in an array with two axes; "" for all of it.

    >>> axes_named(1, 2), axes_named((0, 2), 3), axes_named(None, 2)
    ('columns', 'axes 0, 2', '')
    """
    axes = axes_of(axis, ndim)
    if len(axes) == ndim:
        return ""
    if ndim == 2:
        return "columns" if axes == [1] else "rows"
    return f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"


def order_of_axes(params: dict[str, Any], ndim: int) -> list[int]:
    """The order into which np.transpose or np.swapaxes with these parameters brings the axes.

    >>> order_of_axes({}, 2), order_of_axes({"axes": (0, -1, 1)}, 3), order_of_axes({"axis1": 0, "axis2": -1}, 3)
    ([1, 0], [0, 2, 1], [2, 1, 0])
    """
    order = list(range(ndim))
    if "axis1" in params:
        i, j = params["axis1"], params["axis2"]
        order[i], order[j] = order[j], order[i]
        return order
    axes = params.get("axes")
    return order[::-1] if axes is None else [order[a] for a in axes]
