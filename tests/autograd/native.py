"""C code in tests: the compiler that they need, and C functions called with arrays."""

import ctypes
import dataclasses
import os

import numpy as np
import pytest

from autograd.read.native import cpu
from autograd.read.native.compiler import NoCompiler, compiler

TYPES = {"float64": "double", "float32": "float"}


def need_compiler():
    """Without a C compiler a test that needs one is left out, but not where everything has to be tried."""
    try:
        return compiler()
    except NoCompiler as reason:
        pytest.fail(str(reason)) if os.environ.get("CI") == "true" else pytest.skip(str(reason))


def gcc(level):
    """The compiler as it is called for a level of the processor, which this one need not have, if it is a gcc that
    knows it; other compilers say in other words of what they make vectors."""
    found = need_compiler()
    if "clang" in found.version or not cpu.and_below(found.level):
        return None
    (march,) = (known.march[0] for known in cpu.LEVELS if known.name == level)
    return dataclasses.replace(found, flags=(f"-march={march}", *found.flags[1:]), level=level)


def loop(name, operands, dtype):
    """C: a function `loop_…` that applies one of so many operands along arrays."""
    kind = TYPES[dtype]
    arrays = "".join(f"const {kind} *restrict x{k}, " for k in range(operands))
    items = ", ".join(f"x{k}[i]" for k in range(operands))
    return (
        f"void loop_{name}({arrays}{kind} *restrict out, int64_t n)\n"
        f"{{\n    for (int64_t i = 0; i < n; i++) out[i] = {name}({items});\n}}\n"
    )


def applied(library, name, *operands):
    """What a loop gives for arrays."""
    operands = [np.ascontiguousarray(x) for x in operands]
    out = np.empty_like(operands[0])
    pointers = [ctypes.c_void_p(x.ctypes.data) for x in (*operands, out)]
    getattr(library, f"loop_{name}")(*pointers, ctypes.c_int64(out.size))
    return out
