"""The course's formulas, derived by hand: each one as printed, its verdict, and a check that runs.

>>> from nn import byhand
>>> entry = byhand.catalogue["000-7"]
>>> entry.printed, entry.verdict, entry.corrected
('dW[l] = dz[l]·a[l-1]', 'misprint', 'dW[l] = dz[l]·a[l-1]ᵀ')
>>> byhand.verify([entry]).ok
True
"""

from nn.byhand.checker import (
    Audit as Audit,
    Finding as Finding,
    Mistake as Mistake,
    audit as audit,
    check as check,
    check_function as check_function,
    mistakes as mistakes,
)
from nn.byhand.documents import catalogue as catalogue
from nn.byhand.entries import Entry as Entry
from nn.byhand.exercises import Exercise as Exercise, Mark as Mark, Score as Score, exercise as exercise
from nn.byhand.report import Report as Report, verify as verify
