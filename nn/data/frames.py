"""Frames of pandas and polars, whose samples are rows: as arrays whose samples are columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError

Array = npt.NDArray[Any]


def is_frame(x: Any) -> bool:
    """Whether it is a table of pandas or polars, or a column of one; neither library is imported."""
    return type(x).__module__.partition(".")[0] in ("pandas", "polars") and hasattr(x, "to_numpy")


def turned(frame: Any, name: str) -> Array:
    """A frame (m rows, n columns) as an array (n, m); a column as (1, m).

    Raises DataError for columns that are not numbers, or in which values are missing: by their names.
    """
    if not hasattr(frame, "columns"):
        return _column(frame, name).reshape(1, -1)
    rows = [_column(frame[label], f"{name}, column {label!r},") for label in frame.columns]
    return np.stack(rows) if rows else np.empty((0, len(frame)))


def without(frame: Any, label: str) -> tuple[Any, Any]:
    """A frame without one of its columns, and that column.

    Raises DataError where there is no such column.
    """
    known = list(frame.columns) if hasattr(frame, "columns") else []
    if label not in known:
        raise DataError(f"y={label!r} must be a column of X, which has {', '.join(map(repr, known[:12]))}.")
    rest = frame.drop(label) if _of(frame) == "polars" else frame.drop(columns=[label])
    return rest, frame[label]


def _of(frame: Any) -> str:
    return type(frame).__module__.partition(".")[0]


def _column(column: Any, name: str) -> Array:
    kind = getattr(column.dtype, "kind", None)  # of pandas' own types, too, in which values may be missing
    known = kind is not None and kind in "iufb" and not isinstance(column.dtype, np.dtype)
    whole = known and kind != "f" and not column.isna().any()  # integers, as class numbers are, stay integers
    as_given = {"dtype": column.dtype.numpy_dtype} if whole else {"dtype": float, "na_value": np.nan} if known else {}
    values = np.asarray(column.to_numpy(**as_given))
    if values.dtype.kind not in "fiub":
        raise DataError(
            f"{name} holds {column.dtype}, but data must be numbers. Leave it out, or make numbers of it: "
            "nn.data.class_numbers, nn.data.one_hot."
        )
    if values.dtype.kind == "f" and (missing := int(np.isnan(values).sum())):
        raise DataError(
            f"{name} has {missing} missing value{'s' if missing > 1 else ''} in {len(values)} rows. Fill them in, or "
            "leave those rows out, before training."
        )
    return values
