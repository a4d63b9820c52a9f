"""ag.compile: a function as the NumPy program that it comes to."""
