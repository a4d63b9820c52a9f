"""The C functions of autograd/read/native/functions.h: exact to 3 ulp on the whole range, NumPy's at its ends."""

import re
import subprocess

import mpmath
import numpy as np
import pytest

from autograd.read.native import cpu
from autograd.read.native.compiler import FLAGS, build
from autograd.read.native.functions import functions, names
from tests.autograd.helpers import generator
from tests.autograd.native import applied, gcc, loop, need_compiler
from tests.studies import minimax

# The largest error in units in the last place, with a fused multiplication and addition or without.
BOUNDS = {"exp": 1.1, "expm1": 1.8, "tanh": 2.6, "sigmoid": 2.5, "log": 0.9, "log1p": 0.9}
EXACT = {
    **{name: getattr(mpmath, name) for name in ("exp", "expm1", "tanh", "log", "log1p")},
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
}
# NumPy's functions of a few numbers; the results are its own, to the bit.
AS_NUMPY = {
    "maximum": np.maximum,
    "minimum": np.minimum,
    "sign": np.sign,
    "heaviside": np.heaviside,
    "remainder": np.remainder,
    "floor_divide": np.floor_divide,
    "fmax": np.fmax,
    "fmin": np.fmin,
    "clip": np.clip,
    "radians": np.radians,
    "degrees": np.degrees,
}
OF_TWO_SIGNS = ("maximum", "minimum", "fmax", "fmin", "clip")  # of 0 and -0 NumPy's may be either
LOGARITHMS = {"logaddexp": np.logaddexp, "logaddexp2": np.logaddexp2}
PRECISIONS = ["float64", "float32"]


def c_name(name, dtype):
    return f"cg_{name}" + ("_f" if dtype == "float32" else "")


def operands_of(name):
    return 1 if name in {*BOUNDS, "sign", "radians", "degrees"} else 3 if name == "clip" else 2


ALL = [*BOUNDS, *AS_NUMPY, *LOGARITHMS]
LOOPS = "".join(loop(c_name(name, dtype), operands_of(name), dtype) for name in ALL for dtype in PRECISIONS)
PROGRAM = functions([c_name(name, dtype) for name in ALL for dtype in PRECISIONS]) + LOOPS


@pytest.fixture(scope="module", params=["fused", "narrower", "apart"])
def library(request):
    """The functions as they are built here, as for the level of the processor below, and as where there is no fused
    multiplication and addition."""
    found = need_compiler()
    if request.param == "fused":
        return build(PROGRAM)
    if request.param == "narrower":
        with pytest.MonkeyPatch.context() as patch:
            below = [level.name for level in cpu.and_below(found.level)][1:]
            patch.setattr(cpu, "level", lambda: (*below, cpu.platform.machine())[0])
            return build(PROGRAM)
    unfused = re.sub(r"fmaf?\(a, b, c\)", "((a) * (b) + (c))", PROGRAM)
    assert unfused != PROGRAM
    return build(unfused)


def edges(dtype):
    """Where a function of floating-point numbers may go wrong: both signs."""
    info = np.finfo(dtype)
    sizes = [0.0, info.smallest_subnormal, info.tiny, info.eps, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0, info.max, np.inf]
    return np.array([sign * size for size in sizes for sign in (1, -1)] + [np.nan], dtype)


# --- exact on the whole range ---------------------------------------------------------------------------------------


def everywhere(dtype, n=400):
    """Numbers of all sizes, dense where the functions bend, and around the ends of their ranges."""
    rng, info = generator(f"everywhere {dtype}"), np.finfo(dtype)
    bits = rng.integers(0, 1 << info.bits, n, dtype=np.uint64).astype(f"uint{info.bits}").view(dtype)
    first, last = np.log(float(info.smallest_subnormal)), np.log(float(info.max))
    steps = np.arange(-3, 4) * float(info.eps)
    ends = np.array([first, first - np.log(2), np.log(float(info.tiny)), last, np.log(2) / 2, np.sqrt(0.5), 1, 2**0.5])
    points = [
        bits[np.isfinite(bits)],
        rng.uniform(first - 2, last + 2, n),
        rng.uniform(-3, 3, 2 * n),
        rng.uniform(-25, 25, n),
        rng.choice([-1, 1], n) * 2.0 ** rng.uniform(-60, 6, n),
        1 + rng.choice([-1, 1], n) * 2.0 ** rng.uniform(-52, 0, n),
        -1 + 2.0 ** rng.uniform(-52, 0, n),
        np.abs(bits[np.isfinite(bits)]),
        rng.integers(1, 10**6, n) * float(info.smallest_subnormal),
        (ends[:, None] * (1 + steps)).ravel(),
        -(ends[:, None] * (1 + steps)).ravel(),
        np.arange(-60, 60) * np.log(2) / 2,
        edges(dtype)[np.isfinite(edges(dtype))],
    ]
    with np.errstate(over="ignore"):
        x = np.concatenate([np.asarray(p, dtype) for p in points])
    return x[np.isfinite(x)]


def error(found, exact):
    """How far a number is from the exact one, in units in the last place; inf counts as the next power of 2."""
    info = np.finfo(found.dtype)
    beyond = mpmath.mpf(2) ** info.maxexp
    exact = max(-beyond, min(beyond, exact))
    exponent = min(mpmath.frexp(exact)[1] - 1, info.maxexp - 1) if exact else info.minexp
    unit = mpmath.mpf(2) ** (max(exponent, info.minexp) - info.nmant)
    value = mpmath.mpf(float(found)) if np.isfinite(found) else mpmath.sign(float(found)) * beyond
    return float(abs(value - exact) / unit)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", BOUNDS)
def test_the_error_is_bounded_on_the_whole_range(library, name, dtype):
    x = everywhere(dtype)
    x = x[x > {"log": 0, "log1p": -1}.get(name, -np.inf)]
    found = applied(library, c_name(name, dtype), x)
    assert x.size > 1500 and not np.isnan(found).any()
    with mpmath.workprec(160):
        errors = [error(y, EXACT[name](mpmath.mpf(float(v)))) for v, y in zip(x, found, strict=True)]
    k = int(np.argmax(errors))
    assert errors[k] <= BOUNDS[name], f"{name}({x[k]!r}) = {found[k]!r}: {errors[k]:.3f} ulp"


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", LOGARITHMS)
def test_the_logarithm_of_a_sum_is_as_exact_as_the_larger_operand(library, name, dtype):
    """The result may be near 0 where neither operand is: so its error is in units of the largest of the three."""
    rng = generator(f"{name} {dtype}")
    x = np.concatenate([rng.uniform(-100, 100, 500), rng.uniform(-2, 2, 1000)]).astype(dtype)
    y = (x + np.concatenate([rng.uniform(-40, 40, 500), rng.uniform(-2, 2, 1000)])).astype(dtype)
    found = applied(library, c_name(name, dtype), x, y)
    base = 2 if name == "logaddexp2" else mpmath.e
    with mpmath.workprec(160):
        exact = [mpmath.log(mpmath.mpf(base) ** float(a) + mpmath.mpf(base) ** float(b), base) for a, b in zip(x, y)]
        lost = np.array([float(v - e) for v, e in zip(found.tolist(), exact, strict=True)])
    assert np.all(np.abs(lost) <= 3 * unit(np.max(np.abs([x, y, found]), axis=0)))


def unit(x):
    """The unit in the last place of numbers; that of the largest is the same as that of its half, doubled."""
    return 2 * np.spacing(np.abs(x) / 2)


# --- NumPy's at the edges ---------------------------------------------------------------------------------------------


def same(found, expected, ulps=0.0, signs=True):
    """Equal, or both nan, or near to one another; a zero of the same sign."""
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_array_equal(np.isinf(found), np.isinf(expected))
    number = ~np.isnan(expected)
    if signs:
        np.testing.assert_array_equal(np.signbit(found[number]), np.signbit(expected[number]))
    finite = np.isfinite(expected)
    difference = np.abs(found[finite] - expected[finite])
    assert np.all(difference <= ulps * unit(expected[finite]))


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", BOUNDS)
def test_special_values_are_those_of_numpy(library, name, dtype):
    numpy = getattr(np, name, lambda x: 1 / (1 + np.exp(-x)))
    with np.errstate(all="ignore"):
        same(applied(library, c_name(name, dtype), edges(dtype)), numpy(edges(dtype)), ulps=3)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", [*AS_NUMPY, *LOGARITHMS])
def test_functions_of_numbers_are_those_of_numpy(library, name, dtype):
    rng = generator(f"{name} {dtype} pairs")
    x, y = (a.ravel() for a in np.meshgrid(edges(dtype), edges(dtype)))
    x = np.concatenate([x, rng.uniform(-9, 9, 2000).astype(dtype), rng.integers(-9, 9, 500).astype(dtype)])
    y = np.concatenate([y, rng.uniform(-3, 3, 2000).astype(dtype), rng.integers(-9, 9, 500).astype(dtype)])
    numpy, operands = {**AS_NUMPY, **LOGARITHMS}[name], (x, y, np.roll(y, 1))[: operands_of(name)]
    with np.errstate(all="ignore"):
        found, expected = applied(library, c_name(name, dtype), *operands), numpy(*operands)
    if name in LOGARITHMS:
        near = np.isfinite(expected)
        same(found[~near], expected[~near])
        sizes = [np.where(np.isfinite(v), np.abs(v), 0)[near] for v in (x, y, expected)]
        assert np.all(np.abs(found[near] - expected[near]) <= 4 * unit(np.max(sizes, axis=0)))
    else:
        same(found, expected, signs=name not in OF_TWO_SIGNS)


# --- the text ---------------------------------------------------------------------------------------------------------


DEFINITION = re.compile(r"^(?:static inline \w+|#define) ((?:cg|CG)_\w+)\(", re.MULTILINE)


@pytest.mark.parametrize("name", names())
def test_a_function_brings_what_it_needs(name):
    text = functions([name])
    defined = DEFINITION.findall(text)
    assert name in defined
    for other in {*re.findall(r"\b(?:cg|CG)_\w+", text)}:
        first = next(re.finditer(rf"\b{other}\(", text)).start()
        assert any(m.start(1) == first for m in DEFINITION.finditer(text)), f"{other} is used above its definition"


def test_a_function_brings_no_more():
    assert DEFINITION.findall(functions(["cg_sign"])) == ["cg_sign"]
    assert not {"cg_exp", "cg_exp_rest", "cg_tanh"} & {*DEFINITION.findall(functions(["cg_log1p"]))}
    assert not [name for name in DEFINITION.findall(functions(["cg_tanh", "cg_log"])) if name.endswith("_f")]
    assert DEFINITION.findall(functions([])) == []


def test_the_polynomials_are_those_of_the_study(capsys):
    minimax.main()
    digits = re.findall(r"^ +0x1\.([0-9a-f]+)p([-+]\d+)$", capsys.readouterr().out, re.MULTILINE)
    text = functions(["cg_exp_rest", "cg_log_rest", "cg_exp_rest_f", "cg_log_rest_f"])
    assert len(digits) == 11 + 6 + 7 + 3
    for fraction, power in digits[1:]:
        short = fraction.rstrip("0")
        assert re.search(rf"0x1\.{short}0*p{re.escape(power)}f?\b", text) or not short, f"0x1.{short}p{power}"


def test_only_what_is_defined_can_be_asked_for():
    with pytest.raises(KeyError, match="cg_sine"):
        functions(["cg_sine", "cg_exp"])


@pytest.mark.parametrize(("level", "size"), [("x86-64-v3", 32), ("x86-64-v4", 64)])
def test_gcc_makes_vectors_of_the_loops(level, size):
    """Eight floats or four doubles at once, or twice as many: a branch in a function would make its loops four times as
    slow."""
    found = gcc(level)
    if found is None:
        return
    vectors = [name for name in ALL if name not in ("remainder", "floor_divide")]  # by fmod of the C library
    text = functions([c_name(n, d) for n in vectors for d in PRECISIONS])
    start = text.count("\n")
    text += "".join(loop(c_name(n, d), operands_of(n), d) for n in vectors for d in PRECISIONS)
    command = [
        *found.command,
        *found.flags,
        *FLAGS,
        "-fopt-info-vec-optimized",
        "-x",
        "c",
        "-",
        "-o",
        "/dev/null",
    ]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    lines = {
        int(n) - start for n in re.findall(r":(\d+):\d+: optimized: loop vectorized using " + str(size), done.stderr)
    }
    missing = [(n, d) for k, (n, d) in enumerate((n, d) for n in vectors for d in PRECISIONS) if 4 * k + 3 not in lines]
    assert not missing
