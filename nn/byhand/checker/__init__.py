"""The checker of hand-derived arrays: which line is wrong, and which mistake it is."""

from nn.byhand.checker.audit import Audit as Audit, audit as audit
from nn.byhand.checker.check import Checker as Checker, check as check
from nn.byhand.checker.function import check_function as check_function
from nn.byhand.checker.mistakes import Mistake as Mistake, mistakes as mistakes
from nn.byhand.checker.report import Finding as Finding
from nn.byhand.checker.wrong import Pass as Pass, Wrong as Wrong
