"""The cases that the rules are tested by: for each row of the table, ways of calling it; a file for each family.

A file has `CASES` of rows with a derivative and of composites, or `CONSTANTS` of rows without, or both.
A row that stands in neither fails the suite.
"""

import importlib
import pkgutil

_FAMILIES = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
CASES = [case for family in _FAMILIES for case in getattr(family, "CASES", [])]
CONSTANTS = [case for family in _FAMILIES for case in getattr(family, "CONSTANTS", [])]
