"""Writing Symbols as NumPy code: expressions, and programs in which what is shared is computed once."""
