"""Reading a recorded graph as a formula: the rules of the table, run on symbols and printed.

There is no second table of derivatives here. `rule_formula` runs the very rule that the sweep runs, on symbols in place
of arrays, and prints what it did; `source` and `program` write the same as NumPy code.
"""

from autograd.read.chain import Branch, Chain, chain
from autograd.read.factor import Factor
from autograd.read.formula import expression, forward_formula, rule_formula, write, write_value
from autograd.read.latex import LATEX, shape_name
from autograd.read.names import Naming, decimal, gradient_name, number, typeset
from autograd.read.notation import axes_named
from autograd.read.program import Assignment, Program, assignments, program
from autograd.read.simplify import simplified, simplify_all
from autograd.read.source import Writer, source
from autograd.read.style import Style
from autograd.read.symbol import Symbol, local, rule, whole
from autograd.read.terms import numpy_terms
from autograd.read.text import TEXT

__all__ = [
    "LATEX",
    "TEXT",
    "Assignment",
    "Branch",
    "Chain",
    "Factor",
    "Naming",
    "Program",
    "Style",
    "Symbol",
    "Writer",
    "assignments",
    "axes_named",
    "chain",
    "decimal",
    "expression",
    "forward_formula",
    "gradient_name",
    "local",
    "number",
    "numpy_terms",
    "program",
    "rule",
    "rule_formula",
    "shape_name",
    "simplified",
    "simplify_all",
    "source",
    "typeset",
    "whole",
    "write",
    "write_value",
]
