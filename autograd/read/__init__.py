"""Reading a recorded graph as a formula: the rules of the table, run on symbols and printed.

There is no second table of derivatives here. `rule_formula` runs the very rule that the sweep runs, on symbols in place
of arrays, and prints what it did; `source` and `program` write the same as NumPy code.
"""

from autograd.read.chain.chain import Branch as Branch, Chain as Chain, chain as chain
from autograd.read.chain.factor import Factor as Factor
from autograd.read.naming import (
    Naming as Naming,
    decimal as decimal,
    gradient_name as gradient_name,
    number as number,
    typeset as typeset,
)
from autograd.read.notation import axes_named as axes_named
from autograd.read.notation.style import Style as Style
from autograd.read.passes.expand import expanded as expanded
from autograd.read.passes.simplify import simplified as simplified, simplify_all as simplify_all
from autograd.read.printing.formula import (
    expression as expression,
    forward_formula as forward_formula,
    rule_formula as rule_formula,
    write as write,
    write_value as write_value,
)
from autograd.read.printing.latex import LATEX as LATEX, shape_name as shape_name
from autograd.read.printing.program import (
    Assignment as Assignment,
    Program as Program,
    program as program,
)
from autograd.read.printing.source import NumPyWriter as NumPyWriter, source as source
from autograd.read.printing.text import TEXT as TEXT
from autograd.read.printing.writer import Writer as Writer
from autograd.read.term import (
    Term as Term,
    evaluate as evaluate,
    in_order as in_order,
    local as local,
    rerun as rerun,
    revalued as revalued,
    rule as rule,
    whole as whole,
)
