"""Cases of reductions."""

from itertools import product

import numpy as np

from autograd import rules
from tests.autograd.case import AXES, Case, case, drawn


def logsumexp(x, axis=None, keepdims=False):
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


SOME = np.array([[True, False, True], [True, True, False]])
MASKS = {"entries": SOME, "columns": np.array([True, False, True]), "rows": np.array([[False], [True]])}
FORMS = [{}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)}]
# For the extremes: an initial value that wins nowhere, everywhere, here and there.
INITIAL = {np.max: (-9.0, 9.0, 0.013), np.min: (9.0, -9.0, 0.013)}

CASES = [
    case(f, [shape], {"axis": axis, "keepdims": keepdims}, reference=reference)
    for f, reference in [
        *((f, None) for f in (np.sum, np.mean, np.max, np.min, np.prod, np.ptp)),
        (rules.logsumexp, logsumexp),
    ]
    for shape, axes in AXES
    for axis, keepdims in product(axes, (False, True))
] + [
    *(case(f, [(2, 3)], note="2x3,default") for f in (np.sum, np.mean, np.max, np.min, np.prod)),
    case(rules.logsumexp, [(2, 3)], note="2x3,default", reference=logsumexp),
    *(case(f, [(0, 3)], {"axis": 0}) for f in (np.sum, np.prod)),
    *(case(f, [(0, 3)], {"axis": 1}) for f in (np.sum, np.mean, np.max, np.min, np.prod, np.ptp)),
    *(
        Case(f, drawn(f, [(2, 3)]), f"2x3,where {name},{form}", {"where": mask, **form})
        for f in (np.sum, np.prod)
        for name, mask in MASKS.items()
        for form in FORMS
    ),
    *(
        Case(np.mean, drawn(np.mean, [(2, 3)]), f"2x3,where {name},{form}", {"where": mask, **form})
        for name, mask, form in [
            *(("entries", SOME, form) for form in FORMS),
            ("columns", MASKS["columns"], {"axis": 1}),
            ("rows", MASKS["rows"], {"axis": 0}),
        ]
    ),
    *(case(f, [(2, 3)], {"initial": v, **form}) for f, values in INITIAL.items() for v in values for form in FORMS),
    *(
        Case(f, drawn(f, [(2, 3)]), f"2x3,where {name},{form}", {"where": mask, "initial": values[0], **form})
        for f, values in INITIAL.items()
        for name, mask in MASKS.items()
        for form in FORMS
    ),
]
