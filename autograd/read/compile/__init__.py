"""ag.compile: a function as a NumPy program."""
