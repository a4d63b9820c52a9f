"""Simpler forms of elementwise expressions, proven equal and as accurate."""
