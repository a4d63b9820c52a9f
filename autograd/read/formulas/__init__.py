"""Writing Symbols as formulas: one notation, in LaTeX and in plain text."""
