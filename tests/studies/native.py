"""Random programs as C against the functions that they were read off; and training, step by step.

    python -m tests.studies.native --programs 4000
    python -m tests.studies.native --programs 0 --training

The programs are those of extreme.py, at ordinary values and at extreme ones, and those of tests/autograd/programs.py.
Many are compiled as one function, which returns all of their results: a C compiler takes 0.3 s to start with.

C has other functions than NumPy (exp, tanh, log …, exact to 3 ulp) and sums in another order. What the two give may
differ as far as the results themselves differ when the results of these functions and sums are moved by 4 ulp; else by
64 ulp. The networks are those of benchmarks/: after each of 1,000 steps weights and cost agree to 1e-12.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.op import OPS
from benchmarks.networks import RATE, SAMPLES, problem
from tests.autograd import programs as ordinary
from tests.studies import extreme

FUNCTIONS = "exp exp2 expm1 log log1p log2 log10 tanh sigmoid log_sigmoid logaddexp logaddexp2 power sin cos tan"
FUNCTIONS += " arctan2 hypot log_loss"
SUMS = "sum mean matmul vdot softmax logsumexp norm var std cumsum prod einsum binary_cross_entropy"
MOVED = {*FUNCTIONS.split(), *SUMS.split()}
ADDING = {"sum", "mean", "matmul", "vdot"}  # what they add may cancel
INEXACT = {"exp", "log", "tanh", "sigmoid", "log_sigmoid", "logistic", "log1p", "expm1", "logaddexp", "xlogy"} | {
    *("softmax", "softmax by hand", "softmax, shifted", "logsumexp", "over its norm", "norm", "standardized"),
    *("centred", "sum", "mean", "arctan2", "log loss", "log loss at a sigmoid", "product"),
}  # programs of extreme.py
ULPS = 4


@dataclass(frozen=True)
class Subject:
    """A function that is compiled, and inputs for it: the first are those for which it is compiled.

    multiplies    has a matrix product: of ∞ − ∞ in the sums of one, BLAS makes inf or nan as its kernel rounds
    is_rounding   is the rounding error of what functions give: another number as soon as they round otherwise
    """

    name: str
    function: Callable[..., Any]
    inputs: list[list[Any]]
    multiplies: bool = False
    is_rounding: bool = False


def at_extremes(k: int, seed: int, draws: int) -> Subject:
    """A program of extreme.py; inputs for which the function raises are left out."""
    rng = np.random.default_rng((seed, k))
    program = extreme.Program.random(rng, ["float32", "float64", "float64", "number"])
    f = program.function()
    drawn = [program.ordinary(rng), *(program.extreme(rng) for _ in range(draws))]
    given = [inputs for inputs in drawn[1:] if not isinstance(extreme.outcome(f, inputs), str)]
    names = {name for name, _ in program.steps}
    is_rounding = any(name.startswith("error of") for name in names) and bool(names & INEXACT)
    name = f"{k}: {program}"
    return Subject(name, f, [drawn[0], *given], "product" in names, is_rounding)


def at_ordinary_values(k: int, seed: int, draws: int) -> Subject:
    """A program of tests/autograd/programs.py, which is longer, with its gradients."""
    rng = np.random.default_rng((seed, k))
    shapes = [ordinary.SHAPES[i] for i in rng.integers(len(ordinary.SHAPES), size=rng.integers(1, 4))]
    steps = []
    for _ in range(rng.integers(5, 25)):
        table: dict[str, Any] = ordinary.UNARY if rng.random() < 0.6 else ordinary.BINARY
        operands = tuple(int(i) for i in rng.integers(0, 60, size=1 if table is ordinary.UNARY else 2))
        steps.append((str(rng.choice(list(table))), operands))
    program = ordinary.Program(shapes, steps, int(rng.integers(10**6)))
    inputs = [ordinary.Program(shapes, steps, program.seed + i).inputs() for i in range(draws)]
    return Subject(f"{k}: {program}", ag.value_and_grad(program, tuple(range(len(shapes)))), inputs)


# --- what may differ ------------------------------------------------------------------------------------------------


@contextmanager
def moved(rng: np.random.Generator) -> Iterator[None]:
    """The engine, and NumPy where it is given arrays, with functions and sums whose results are a few units in the last
    place off."""

    within = False  # another one of them, as NumPy's generator calls np.prod

    def off(kernel: Callable[..., Any], adds: bool) -> Callable[..., Any]:
        def near(*args: Any, **params: Any) -> Any:
            nonlocal within
            out = kernel(*args, **params)
            if within or not isinstance(out, (np.ndarray, np.generic, float)) or np.asarray(out).dtype.kind != "f":
                return out
            within = True
            try:
                dtype = np.asarray(out).dtype
                how_far = rng.integers(-ULPS, ULPS + 1, size=np.shape(out)) * float(np.finfo(dtype).eps)
                size = kernel(*map(_size, args), **params) if adds else out  # a sum is off by a share of what it adds
                return out + size * how_far.astype(dtype) if np.ndim(out) else out + size * float(how_far)
            finally:
                within = False

        return near

    ops = [op for op in {*OPS.values()} if op.name in MOVED]
    before = [(op, op.kernel, op.scalar) for op in ops]
    of_numpy = {name: getattr(np, name) for name in MOVED if hasattr(np, name)}
    try:
        for op, kernel, scalar in before:
            op.kernel = off(kernel, op.name in ADDING)
            op.scalar = None if scalar is None else off(scalar, op.name in ADDING)
        for name, function in of_numpy.items():
            setattr(np, name, off(function, name in ADDING))
        yield
    finally:
        for op, kernel, scalar in before:
            op.kernel, op.scalar = kernel, scalar
        for name, function in of_numpy.items():
            setattr(np, name, function)


def _size(x: Any) -> Any:
    """Of numbers; axes and the like as they are."""
    return np.abs(x) if isinstance(x, (np.ndarray, np.generic, float)) else x


def is_within(found: Any, expected: Any, results: Sequence[Any], multiplies: bool) -> bool:
    """Whether a result is as near to the expected one as those are that were computed by functions that are off."""
    if isinstance(expected, (tuple, list)):
        parts = zip(found, expected, zip(*results, strict=True), strict=True)
        return all(is_within(f, e, r, multiplies) for f, e, r in parts)
    f, e, r = np.asarray(found), np.asarray(expected), np.asarray([*results], np.asarray(expected).dtype)
    with np.errstate(all="ignore"):
        spread = 4 * np.max(np.abs(r - e), axis=0)
        info = np.finfo(e.dtype)
        near = np.abs(f - e) <= spread + 64 * float(info.eps) * np.abs(e) + 64 * float(info.smallest_subnormal)
    finite = np.isfinite([e, *r])
    at_an_end = finite.any(axis=0) & ~finite.all(axis=0)  # of a range: inf or nan after a step of one unit
    same = [(f == x) | (np.isnan(f) & np.isnan(x)) | (multiplies & ~np.isfinite(f)) for x in (e, *r)]
    return bool(np.all(np.where(finite.all(axis=0), near, at_an_end | np.any(same, axis=0))))


def leaves(results: Any) -> list[Any]:
    """The arrays and numbers of nested lists and tuples."""
    return [x for part in results for x in leaves(part)] if isinstance(results, (tuple, list)) else [results]


def difference(subject: Subject, inputs: list[Any], found: Any, expected: Any) -> str:
    """What differs, in a word; "" where it is what functions and sums may differ by."""
    wrong = extreme.differences(found, expected)
    if wrong not in ("numbers", "inf or nan", "inf or nan for a number"):
        return wrong
    if wrong == "numbers" and subject.is_rounding:
        return ""
    if subject.multiplies and not all(np.all(np.isfinite(x)) for x in leaves(expected)):
        return ""  # what follows from such an inf or nan may be finite: x > inf
    results = []
    for seed in range(32):
        with moved(np.random.default_rng(seed)):
            results.append(extreme.outcome(subject.function, inputs))
    numbers = not any(isinstance(result, str) for result in results)
    return "" if numbers and is_within(found, expected, results, subject.multiplies) else wrong


# --- compiled ---------------------------------------------------------------------------------------------------------


def compared(subjects: Sequence[Subject], backend: str = "c") -> tuple[Counter[str], list[str]]:
    """Functions, compiled as one: what was compared, and what was found."""
    counts: Counter[str] = Counter()
    faults: list[str] = []

    def together(inputs: list[list[Any]]) -> list[Any]:
        return [subject.function(*given) for subject, given in zip(subjects, inputs, strict=True)]

    quick = ag.compile(together, backend=backend)
    known: set[str] = set()
    with np.errstate(all="ignore"):
        for k in range(max(len(subject.inputs) for subject in subjects)):
            inputs = [subject.inputs[min(k, len(subject.inputs) - 1)] for subject in subjects]
            results = extreme.outcome(quick, [inputs])
            if isinstance(results, str):
                faults.append(f"{results} in {[subject.name for subject in subjects]} at {inputs}")
                continue
            for subject, given, found in zip(subjects, inputs, results, strict=True):
                expected = extreme.outcome(subject.function, given)
                if isinstance(expected, str) and expected == "ZeroDivisionError":
                    continue  # Python's numbers raise it where C goes on with inf
                counts["comparisons"] += 1
                if subject.name not in known and (wrong := difference(subject, given, found, expected)):
                    known.add(subject.name)
                    faults.append(f"{wrong}: {subject.name} at {given}: plain {expected}, {backend} {found}")
    if quick.backend != backend:
        faults.append(f"compiled by {quick.backend}: {quick.why_not}")
    counts["programs"] += len(subjects)
    counts["lines of C"] += (quick.c if backend == "c" else "").count("\n")
    return counts, faults


def programs(
    count: int, seed: int = 0, draws: int = 6, together: int = 20, backend: str = "c"
) -> tuple[Counter[str], list[str]]:
    """So many programs, three in four of them at extreme values."""
    counts: Counter[str] = Counter()
    faults: list[str] = []
    with np.errstate(all="ignore"):
        subjects = [(at_ordinary_values if k % 4 == 3 else at_extremes)(k, seed, draws) for k in range(count)]
    for first in range(0, count, together):
        some, wrong = compared(subjects[first : first + together], backend)
        counts += some
        faults += wrong
    return counts, faults


# --- training ---------------------------------------------------------------------------------------------------------


def step(W: list[Any], b: list[Any], X: Any, Y: Any) -> tuple[Any, list[Any], list[Any]]:
    """A training step of a network of tanh, with a sigmoid at its end: cost, weights, biases."""

    def cost(W: list[Any], b: list[Any]) -> Any:
        A = X
        for l in range(len(W)):
            Z = W[l] @ A + b[l]
            A = np.tanh(Z) if l < len(W) - 1 else ag.sigmoid(Z)
        return ag.binary_cross_entropy(A, Y)

    J, (dW, db) = ag.value_and_grad(cost, argnums=(0, 1))(W, b)
    return J, [w - RATE * g for w, g in zip(W, dW)], [x - RATE * g for x, g in zip(b, db)]


def trained(network: str, steps: int, backend: str = "c", samples: int | None = None) -> float:
    """The largest difference between training by the function itself and compiled, relative to the largest weight."""
    X, Y, W, b = problem(network, np.float64, samples)
    quick = ag.compile(step, backend=backend)
    plain, compiled = (W, b), (W, b)
    worst = 0.0
    for _ in range(steps):
        J, *plain = step(*plain, X, Y)
        K, *compiled = quick(*compiled, X, Y)
        worst = max(worst, abs(K - J) / abs(J))
        for one, other in zip([*plain[0], *plain[1]], [*compiled[0], *compiled[1]], strict=True):
            worst = max(worst, float(np.max(np.abs(one - other)) / np.max(np.abs(one))))
    if quick.backend != backend:
        raise RuntimeError(f"compiled by {quick.backend}: {quick.why_not}")
    return worst


def main() -> int:
    """Run what is asked for, and print what was found."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--programs", type=int, default=400)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--together", type=int, default=20, help="programs that are compiled as one function")
    arguments.add_argument("--backend", default="c")
    arguments.add_argument("--training", action="store_true", help="1,000 steps of each network of benchmarks/")
    given = arguments.parse_args()
    warnings.simplefilter("ignore")
    start = time.process_time()
    counts, faults = programs(given.programs, given.seed, together=given.together, backend=given.backend)
    print(f"{given.programs} programs: {len(faults)} faults, in {time.process_time() - start:.0f} s")
    for what, number in sorted(counts.items()):
        print(f"    {number:7}  {what}")
    print(*faults, sep="\n", end="\n" if faults else "")
    failed = len(faults)
    for network in SAMPLES if given.training else ():
        worst = trained(network, 1000, given.backend)
        print(f"{network}: after each of 1,000 steps the same to {worst:.1e}", flush=True)
        failed += worst > 1e-12
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
