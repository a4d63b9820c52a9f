"""Expressions as LaTeX, text and NumPy code."""
