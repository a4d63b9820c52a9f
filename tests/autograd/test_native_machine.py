"""What C is built for and calls: the level of the processor, and the matrix product of NumPy's own BLAS."""

import builtins
import ctypes
import io
import platform
import sys

import numpy as np
import pytest

from autograd.read.native import blas, compiler as module, cpu, objects
from autograd.read.native.compiler import NoCompiler, build, compiler
from tests.autograd.native import need_compiler

WIDE = "avx512f avx512bw avx512cd avx512dq avx512vl "
LINUX = "processor\t: 0\nflags\t\t: fpu avx avx2 bmi1 bmi2 f16c fma abm movbe sse\nprocessor\t: 1\nflags\t\t: fpu\n"


@pytest.fixture
def linux(monkeypatch):
    """A Linux on a processor of Intel's whose /proc/cpuinfo is what the test says."""

    def on(text, machine="x86_64"):
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(platform, "machine", lambda: machine)
        real = builtins.open

        def opened(path, *args, **kwargs):
            if path != "/proc/cpuinfo":
                return real(path, *args, **kwargs)
            if text is None:
                raise FileNotFoundError(path)
            return io.StringIO(text)

        monkeypatch.setattr(builtins, "open", opened)
        return cpu.level.__wrapped__()

    return on


def test_the_level_is_what_the_processor_has(linux):
    assert linux(LINUX) == "x86-64-v3"
    for feature in ("avx2", "fma", "abm"):
        assert linux(LINUX.replace(f" {feature} ", " ")) == "x86_64"
    wide = LINUX.replace("sse", f"{WIDE}sse")
    assert linux(wide) == "x86-64-v4"
    assert linux(wide.replace(" avx512vl ", " ")) == "x86-64-v3"
    assert linux(wide.replace(" fma ", " ")) == "x86_64"  # each has all that the one below has


def test_a_level_is_built_for_as_that_or_as_one_below():
    assert [level.name for level in cpu.and_below("x86-64-v4")] == ["x86-64-v4", "x86-64-v3"]
    assert [level.name for level in cpu.and_below("x86-64-v3")] == ["x86-64-v3"]
    assert cpu.and_below("aarch64") == ()


@pytest.mark.parametrize("text", [None, "", "model name : unknown\n"])
def test_a_processor_that_is_not_known_has_the_least(linux, text):
    assert linux(text) == "x86_64"


def test_other_processors_have_no_levels(linux):
    assert linux("Features : fp asimd\n", "aarch64") == "aarch64"
    assert linux(LINUX, "i686") == "i686"


@pytest.mark.parametrize("system", ["darwin", "win32", "sunos5"])
def test_other_systems_are_asked_and_may_have_no_answer(monkeypatch, system):
    """Their functions are not here: then it is the least that every processor has."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert cpu.level.__wrapped__() == "x86_64"


@pytest.mark.parametrize(
    "answer, level", [("1", "x86-64-v4"), ('!strstr(name, "avx512")', "x86-64-v3"), ("0", "x86_64")]
)
def test_macos_says_it_for_each_feature(monkeypatch, answer, level):
    need_compiler()
    library = build(
        "#include <stddef.h>\n#include <string.h>\n"
        "int sysctlbyname(const char *name, void *old, size_t *size, void *new, size_t n)\n"
        f"{{ if (*size != sizeof(int) || new || n) return 1; *(int *)old = {answer}; return 0; }}\n"
    )
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    assert cpu.level.__wrapped__() == level


# --- Python's objects -------------------------------------------------------------------------------------------------


def test_a_python_whose_objects_are_others_runs_no_c(monkeypatch):
    assert objects.refusal() is None
    monkeypatch.setattr(module, "_KNOWN", {})
    monkeypatch.setattr(sys.implementation, "name", "pypy")
    with pytest.raises(NoCompiler, match="C programs read the objects of CPython, and those of this Python"):
        compiler()


@pytest.mark.parametrize("word", [4, 12, 16])
def test_a_longer_head_is_seen(monkeypatch, word):
    """As in a Python without a global lock."""
    monkeypatch.setattr(objects, "_WORD", word)
    assert objects.refusal() is not None


# --- NumPy's BLAS -----------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def forgotten():
    """What was found for one test is not known to the next."""
    yield
    blas.gemm.cache_clear()
    blas._libraries.cache_clear()


def ships_openblas():
    return np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"].startswith("scipy-openblas")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_matrix_product_is_numpys(dtype):
    """Wherever NumPy has an OpenBLAS of its own, and to the last bit."""
    address = blas.gemm(dtype)
    assert (address is not None) == (blas.name(dtype) is not None) == ships_openblas()
    if address is None:
        return
    m, n, k = 37, 21, 53
    number = ctypes.c_double if dtype == "float64" else ctypes.c_float
    size, array = ctypes.c_int64, ctypes.c_void_p
    product = ctypes.CFUNCTYPE(None, *[ctypes.c_int] * 3, *[size] * 3, number, *[array, size] * 2, number, array, size)(
        address
    )
    draw = np.random.default_rng(0)
    A, B = (draw.standard_normal(shape).astype(dtype) for shape in ((m, k), (k, n)))
    C = np.empty((m, n), dtype)
    product(101, 111, 111, m, n, k, 1.0, A.ctypes.data, k, B.ctypes.data, n, 0.0, C.ctypes.data, n)
    np.testing.assert_array_equal(C, A @ B)


@pytest.mark.parametrize("dtype", ["int64", "float16", "complex128", ">f8", "longdouble"])
def test_other_numbers_have_none(dtype):
    assert blas.gemm(dtype) is None


def test_another_blas_is_left_alone(monkeypatch):
    monkeypatch.setattr(blas, "_libraries", lambda: [ctypes.CDLL(None)])
    assert blas.gemm("float64") is None
    assert blas.name("float64") is None


@pytest.mark.parametrize("name", ["scipy_cblas_dgemm64_", "cblas_dgemm64_"])
@pytest.mark.parametrize("right", [True, False])
def test_a_product_is_tried_before_it_is_given_away(monkeypatch, name, right):
    """One of the name whose sizes are 32-bit integers, say, or that does something else."""
    need_compiler()
    source = (
        "#include <stdint.h>\n"
        f"void {name}(int order, int ta, int tb, int64_t m, int64_t n, int64_t k, double alpha, const double *a,\n"
        "    int64_t lda, const double *b, int64_t ldb, double beta, double *c, int64_t ldc)\n{\n"
        "    for (int64_t i = 0; i < m; i++) for (int64_t j = 0; j < n; j++) {\n"
        "        double sum = 0;\n"
        "        for (int64_t l = 0; l < k; l++)\n"
        "            sum += a[ta == 111 ? i * lda + l : l * lda + i] * b[tb == 111 ? l * ldb + j : j * ldb + l];\n"
        f"        c[i * ldc + j] = alpha * sum + {'beta' if right else '0'} * c[i * ldc + j];\n    }}\n}}\n"
    )
    library = build(source)
    monkeypatch.setattr(blas, "_libraries", lambda: [library])
    assert blas.name("float64") == name
    assert (blas.gemm("float64") is not None) == right
    assert blas.gemm("float32") is None
