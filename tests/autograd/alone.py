"""A compiled program of which nothing but the text is known, as for somebody who copies it into a file of their own."""

import ast
import inspect
import re
import sys

import numpy as np


def alone(compiled):
    """The function that the text of a program defines, which may import what is public.

    What its comments list as constants, and as functions that are not to be imported, is handed to it.
    """
    (program,) = compiled.programs
    text = program.source
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            assert all(map(_is_public, modules)), ast.unparse(node)
    known = inspect.unwrap(program.run).__globals__
    listed = re.findall(r"^# (?:Constants|Functions that are not to be imported): (.*)$", text, re.M)
    names = re.findall(r"[A-Za-z_]\w*", " ".join(listed))
    scope = {name: known[name] for name in names}
    exec(text, scope)
    return scope[program.run.__name__]


def run_alone(compiled, *arguments):
    """What that function gives, without the warnings of NumPy."""
    with np.errstate(all="ignore"):
        return alone(compiled)(*arguments)


def _is_public(module):
    root, *inner = module.split(".")
    if root in ("autograd", "nn"):  # which export all that is public
        return not inner
    return (root == "numpy" or root in sys.stdlib_module_names) and not any(part.startswith("_") for part in inner)
