"""Reading a recorded graph as a formula: the rules of the table, run on symbols and printed.

There is no second table of derivatives here. `rule_formula` runs the very rule that the sweep runs, on symbols in place
of arrays, and prints what it did; `source` and `program` write the same as NumPy code.
"""

from autograd.read.chains.chain import Branch, Chain, chain
from autograd.read.chains.factor import Factor
from autograd.read.code.program import Assignment, Program, assignments, program
from autograd.read.code.source import Writer, source
from autograd.read.code.terms import numpy_terms
from autograd.read.formulas.formula import expression, forward_formula, rule_formula, write, write_value
from autograd.read.formulas.latex import LATEX, shape_name
from autograd.read.formulas.style import Style
from autograd.read.formulas.text import TEXT
from autograd.read.names import Naming, decimal, gradient_name, number, typeset
from autograd.read.notation import axes_named
from autograd.read.simplification.simplify import simplified, simplify_all
from autograd.read.symbol import Symbol, local, rule, whole

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
