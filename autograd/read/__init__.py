"""Reading a recorded graph as a formula: the rules of the table, run on symbols and printed.

There is no second table of derivatives here. `rule_formula` runs the very rule that the sweep runs, on symbols in place
of arrays, and prints what it did.
"""

from autograd.read.latex import expression, forward_formula, rule_formula, shape_name, write, write_value
from autograd.read.names import Naming, gradient_name, number, numbers, typeset
from autograd.read.notation import axes_named
from autograd.read.simplify import simplified, simplify_all
from autograd.read.symbol import Symbol, local, rule, whole

__all__ = [
    "Naming",
    "Symbol",
    "axes_named",
    "expression",
    "forward_formula",
    "gradient_name",
    "local",
    "number",
    "numbers",
    "rule",
    "rule_formula",
    "shape_name",
    "simplified",
    "simplify_all",
    "typeset",
    "whole",
    "write",
    "write_value",
]
