"""Cases of rows without derivative."""

import numpy as np

from tests.autograd.case import Case

A, B = np.array([[0.0, 1.0, -2.0], [3.0, 1.0, -2.0]]), np.array([0.0, 1.5, np.inf])
CONSTANTS = [
    *(Case(f, (A, B), "2x3,3") for f in (np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal)),
    *(Case(f, (A, B), "2x3,3") for f in (np.logical_and, np.logical_or, np.logical_xor)),
    *(Case(f, (A, B), "2x3,3") for f in (np.isclose, np.allclose, np.array_equal, np.array_equiv)),
    *(Case(getattr(np, f), (A, B), "2x3,3") for f in ("isin", "in1d") if hasattr(np, f)),
    *(Case(f, (A, A), "twice") for f in (np.isclose, np.allclose, np.array_equal, np.array_equiv)),
    *(Case(f, (A, A + 0.1), "2x3,atol", {"atol": 0.2}) for f in (np.isclose, np.allclose)),
    *(Case(f, (B,), "3") for f in (np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_not)),
    *(Case(f, (B,), "3") for f in (np.isposinf, np.isneginf)),
    *(Case(f, (A,), "2x3") for f in (np.isreal, np.iscomplex, np.isrealobj, np.iscomplexobj, np.imag, np.spacing)),
    *(Case(f, (A,), "2x3") for f in (np.common_type, np.result_type, np.min_scalar_type)),
    *(Case(f, (A, B), "2x3,3") for f in (np.may_share_memory, np.shares_memory)),
    *(
        Case(f, (A,), "2x3")
        for f in (np.argmax, np.argmin, np.any, np.all, np.count_nonzero, np.shape, np.ndim, np.size)
    ),
    *(Case(f, (A,), "2x3,axis=1", {"axis": 1}) for f in (np.argmax, np.argmin, np.any, np.all, np.count_nonzero)),
    *(Case(f, (A,), "2x3") for f in (np.zeros_like, np.ones_like)),
    Case(np.full_like, (A,), "2x3", {"fill_value": 7.0}),
    Case(np.empty_like, (np.zeros((0, 2)),), "0x2"),
]
