"""Layers, one file for each family; a file lists in `__all__` what nn exports of it."""
