"""The matrix product of the BLAS that NumPy ships, for C to call: products are then NumPy's to the last bit.

NumPy's wheels bring an OpenBLAS whose functions have a prefix and a suffix of their own: the suffix says that sizes are
64-bit integers. Where NumPy was built with another library (MKL, Accelerate, that of a distribution) no such
function is found, and products are left to NumPy.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

_LETTERS = {"float64": "d", "float32": "s"}
_SPELLINGS = ("scipy_cblas_{}gemm64_", "cblas_{}gemm64_")  # the second is that of older wheels
_ROW_MAJOR, _PLAIN, _TRANSPOSED = 101, 111, 112


@cache
def gemm(dtype: Any) -> int | None:
    """The address of cblas_dgemm or cblas_sgemm in NumPy's own OpenBLAS, or None where NumPy has another one.

    Sizes and strides are of type int64_t. It is tested against NumPy before it is given away.
    """
    function = _function(np.dtype(dtype))
    if function is None or not _agrees(function, np.dtype(dtype)):
        return None
    return ctypes.cast(function, ctypes.c_void_p).value


def name(dtype: Any) -> str | None:
    """What the function is called there."""
    function = _function(np.dtype(dtype))
    return None if function is None else function.__name__


def _function(dtype: np.dtype[Any]) -> Any:
    letter = _LETTERS.get(dtype.name)
    if letter is None or not dtype.isnative:
        return None
    names = [spelling.format(letter) for spelling in _SPELLINGS]
    found = (getattr(library, name, None) for library in _libraries() for name in names)
    return next(filter(None, found), None)


@cache
def _libraries() -> list[ctypes.CDLL]:
    """Where the functions may be. Asked for a name, the core of NumPy also looks in what it is linked with; but for
    Windows, where that has to be opened itself."""
    folder = Path(np.__file__).parent
    files = [getattr(np, "_core")._multiarray_umath.__file__]  # noqa: B009 - its type is nowhere declared
    if sys.platform == "win32":
        files += [str(path) for path in (folder.parent / "numpy.libs").glob("*openblas*.dll")]
    libraries = []
    for file in files:
        try:
            libraries.append(ctypes.CDLL(file))
        except OSError:  # NumPy is linked into the program itself
            continue
    return libraries


def _agrees(function: Any, dtype: np.dtype[Any]) -> bool:
    """Whether it gives NumPy's product, of a matrix as it is and a transposed one, added to what is there."""
    m, n, k = 3, 2, 4
    A, B, C = (np.linspace(-1, 2, r * c).astype(dtype).reshape(r, c) for r, c in ((m, k), (n, k), (m, n)))
    expected = 2 * (A @ B.T) + C
    number: Any = ctypes.c_double if dtype.itemsize == 8 else ctypes.c_float
    integer, array = ctypes.c_int64, ctypes.c_void_p
    function.argtypes = [
        *[ctypes.c_int] * 3,
        *[integer] * 3,
        number,
        *[array, integer] * 2,
        number,
        *[array, integer],
    ]
    function.restype = None
    function(_ROW_MAJOR, _PLAIN, _TRANSPOSED, m, n, k, 2, A.ctypes.data, k, B.ctypes.data, k, 1, C.ctypes.data, n)
    return bool(np.allclose(C, expected, rtol=8 * np.finfo(dtype).eps, atol=8 * np.finfo(dtype).eps))
