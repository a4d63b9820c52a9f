"""Random programs at extreme values, compiled against plain; and random costs through `derive`.

    python tests/studies/extreme.py --programs 4000 --costs 2700

A program is a few operations, often those whose value hangs on how floats round, overflow and compare: softmax by hand,
norms, quotients, rounding tricks, masks. It is compiled at ordinary values, and must then give what the function gives
everywhere in the range of its precision: the same inf and nan, and elsewhere the same numbers up to rounding.

A cost is a program of that kind at ordinary values, sums that cancel among them. `derive` compares each of its lines
with the sweep; a NumericalError is a false alarm.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

import autograd as ag

DTYPES = {"float16": np.float16, "float32": np.float32, "float64": np.float64, "number": float}
FAR = {"float16": 3, "float32": 30, "float64": 200, "number": 200}  # decimal exponents
SHAPES = [(3,), (2, 3), (3, 3), (1, 3), (4,)]


def by_hand(z: Any) -> Any:
    """Softmax as it is typed."""
    e = np.exp(z)
    return e / np.sum(e, axis=-1, keepdims=True)


def product_error(a: Any, b: Any) -> Any:
    """Dekker's: the rounding error of a·b in double precision."""
    p = a * b
    s, t = 134217729.0 * a, 134217729.0 * b
    high, other = s - (s - a), t - (t - b)
    return ((high * other - p) + high * (b - other) + (a - high) * other) + (a - high) * (b - other)


def sum_error(a: Any, b: Any) -> Any:
    """Knuth's: the rounding error of a + b."""
    s = a + b
    v = s - a
    return (a - (s - v)) + (b - v)


def logistic(z: Any) -> Any:
    """The sigmoid as it is typed."""
    return 1 / (1 + np.exp(-z))


UNARY: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "square": np.square,
    "x·x": lambda x: x * x,
    "cube": lambda x: x**3,
    "reciprocal": lambda x: 1 / x,
    "negative": lambda x: -x,
    "absolute": np.abs,
    "sigmoid": ag.sigmoid,
    "relu": ag.relu,
    "log_sigmoid": ag.log_sigmoid,
    "softmax": lambda x: ag.softmax(x, axis=-1) if np.ndim(x) else x,
    "softmax by hand": by_hand,
    "softmax, shifted": lambda x: by_hand(x - np.max(x, axis=-1, keepdims=True)),
    "logsumexp": lambda x: ag.logsumexp(x, axis=-1) if np.ndim(x) else x,
    "logistic": logistic,
    "over its norm": lambda x: x / np.linalg.norm(x) if np.ndim(x) == 1 else x / np.sqrt(np.sum(x * x)),
    "norm": lambda x: np.linalg.norm(x) if np.ndim(x) else np.abs(x),
    "standardized": lambda x: (x - np.mean(x)) / np.std(x) if np.ndim(x) else x,
    "centred": lambda x: x - np.mean(x, axis=-1, keepdims=True) if np.ndim(x) else x,
    "x·x/x": lambda x: x * x / x,
    "x/x": lambda x: x / x,
    "x - x": lambda x: x - x,
    "0·x": lambda x: 0 * x,
    "2x/2": lambda x: 2 * x / 2,
    "a fraction of a multiple": lambda x: 0.25 * (3.0 * x),
    "fractions": lambda x: 0.1 * (0.7 * x),
    "rounded at 2⁵²": lambda x: (x + 2.0**52) - 2.0**52,
    "rounded at 2²³": lambda x: (x + 2.0**23) - 2.0**23,
    "rounded at 2¹⁰": lambda x: (x + 1024.0) - 1024.0,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "sum": np.sum,
    "mean": lambda x: np.mean(x, axis=-1) if np.ndim(x) else x,
    "max": lambda x: np.max(x, axis=-1) if np.ndim(x) else x,
    "sort": lambda x: np.sort(x, axis=-1) if np.ndim(x) else x,
    "cumsum": lambda x: np.cumsum(x, axis=-1) if np.ndim(x) else x,
    "where positive": lambda x: np.where(x > 0, x, 0.01 * x),
    "clip": lambda x: np.clip(x, -1.0, 1.0),
    "transpose": lambda x: x.T if np.ndim(x) else x,
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "divide twice": lambda x, y: x / y / y,
    "multiply and divide": lambda x, y: x * y / x,
    "add and subtract": lambda x, y: (x + y) - y,
    "subtract a negative": lambda x, y: x - -y,
    "negatives": lambda x, y: -x * -y,
    "two quotients": lambda x, y: y / x - (1 - y) / (1 - x),
    "a common factor": lambda x, y: x * y + x * x,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "where": lambda x, y: np.where(x > y, x, y * y),
    "safe quotient": lambda x, y: np.where(y == 0, 0.0, x / np.where(y == 0, 1.0, y)),
    "hypot": np.hypot,
    "error of the sum": sum_error,
    "error of the product": product_error,
    "logaddexp": np.logaddexp,
    "arctan2": np.arctan2,
    "xlogy": lambda x, y: ag.xlogy(x, y),
    "log loss": lambda x, y: ag.log_loss(ag.softmax(x, axis=-1) if np.ndim(x) else logistic(x), y),
    "log loss at a sigmoid": lambda x, y: ag.log_loss(ag.sigmoid(x), y),
    "product": lambda x, y: x @ y.T if np.ndim(x) == 2 == np.ndim(y) else x * y,
}
KINDS: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "function": lambda f: f,
    "gradient": lambda f: ag.value_and_grad(lambda *xs: np.sum(f(*xs)), argnums=(0, 1)),
    "gradient of a square": lambda f: ag.grad(lambda *xs: np.sum(f(*xs) ** 2)),
    "slope": lambda f: lambda *xs: ag.jvp(f, xs, tuple(np.ones_like(x) if np.ndim(x) else 1.0 for x in xs)),
}


@dataclass(frozen=True)
class Program:
    """shape, dtype: of two inputs; steps: (operation, numbers of its operands); kind: what is compiled of it."""

    shape: tuple[int, ...]
    dtype: str
    kind: str
    steps: tuple[tuple[str, tuple[int, ...]], ...]

    @classmethod
    def random(cls, rng: np.random.Generator, dtypes: list[str], most: int = 6) -> Program:
        """A program of up to `most` operations."""
        dtype = str(rng.choice(dtypes))
        shape = () if dtype == "number" else SHAPES[rng.integers(len(SHAPES))]
        steps = []
        for _ in range(rng.integers(1, most + 1)):
            table: dict[str, Any] = UNARY if rng.random() < 0.5 else BINARY
            operands = tuple(int(k) for k in rng.integers(0, 8, size=1 if table is UNARY else 2))
            steps.append((str(rng.choice(list(table))), operands))
        return cls(shape, dtype, str(rng.choice(list(KINDS))), tuple(steps))

    def __call__(self, *inputs: Any) -> Any:
        """The last value; an operation whose operands do not fit is left out."""
        values = list(inputs)
        for name, operands in self.steps:
            x = [values[-1 - k % len(values)] for k in operands]
            try:
                values.append((UNARY if len(x) == 1 else BINARY)[name](*x))
            except ValueError:  # shapes that do not broadcast
                continue
        return values[-1] + 0 * values[0] if values[-1] is values[0] else values[-1]

    def function(self) -> Callable[..., Any]:
        """What is compiled."""
        return KINDS[self.kind](self.__call__)

    def ordinary(self, rng: np.random.Generator) -> list[Any]:
        """Inputs for which it is compiled."""
        return [self._of(rng.normal(size=self.shape)) for _ in range(2)]

    def extreme(self, rng: np.random.Generator) -> list[Any]:
        """Inputs from anywhere: of one kind or of all, equal here and there."""
        kinds = ["denormal", "tiny", "small", "one", "large", "huge", "zero", "infinite", "nan"]
        weights = np.array([2, 1, 2, 3, 3, 2, 2, 1, 0.5])
        only = rng.choice(kinds, size=rng.integers(1, 4), p=weights / weights.sum())
        x, y = (np.vectorize(lambda _: self._number(rng, rng.choice(only)))(np.zeros(self.shape)) for _ in range(2))
        if rng.random() < 0.3:
            y = np.where(rng.random(self.shape) < 0.5, x, y)  # ties
        return [self._of(x), self._of(y)]

    def _number(self, rng: np.random.Generator, kind: str) -> float:
        info = np.finfo(DTYPES[self.dtype])
        far = 10.0 ** FAR[self.dtype]
        size = {
            "denormal": float(info.smallest_subnormal) * float(rng.integers(1, 100)),
            "tiny": float(info.tiny) * rng.uniform(0.5, 2),
            "small": rng.uniform(1, 2) / far,
            "one": float(rng.choice([1, 0.5, 2, rng.normal(), 1 - float(info.eps)])),
            "large": rng.uniform(5, 800 if far > 1e30 else 100),
            "huge": min(rng.uniform(1, 2) * far, float(info.max)),
            "zero": 0.0,
            "infinite": np.inf,
            "nan": np.nan,
        }[kind]
        return float(size * rng.choice([1, -1]))

    def _of(self, x: Any) -> Any:
        x = np.asarray(x)
        return float(x) if self.dtype == "number" else x.astype(DTYPES[self.dtype])


# --- compiled against plain -------------------------------------------------------------------------------------------


def outcome(f: Callable[..., Any], inputs: list[Any]) -> Any:
    """What a function gives; where Python's numbers raise, the name of the error."""
    try:
        return f(*inputs)
    except ArithmeticError as error:
        return type(error).__name__


def differences(found: Any, expected: Any) -> str:
    """What differs between two results, in a word; "" where it is rounding."""
    if isinstance(found, str):
        return "an error"
    if isinstance(expected, (tuple, list)):
        return next(filter(None, (differences(f, e) for f, e in zip(found, expected, strict=True))), "")
    if np.shape(found) != np.shape(expected) or np.asarray(found).dtype != np.asarray(expected).dtype:
        return "kind"
    found, expected = (np.atleast_1d(x) for x in (found, expected))
    info = np.finfo(expected.dtype)
    finite = np.isfinite(expected)
    if not np.array_equal(found[~finite], expected[~finite], equal_nan=True):
        return "inf or nan"
    if not np.all(np.isfinite(found[finite])):
        return "inf or nan for a number"
    f, e = found[finite].astype(np.longdouble), expected[finite].astype(np.longdouble)
    allowed = 64 * float(info.eps) * np.abs(e) + 64 * float(info.smallest_subnormal)
    return "" if np.all(np.abs(f - e) <= allowed) else "numbers"


def compiled(programs: int, seed: int = 0, draws: int = 6) -> tuple[Counter[str], list[str]]:
    """Programs compiled and compared: how many of each kind, and what was found."""
    counts: Counter[str] = Counter()
    faults = []
    for k in range(programs):
        rng = np.random.default_rng((seed, k))
        program = Program.random(rng, list(DTYPES))
        f = program.function()
        quick = ag.compile(f)
        with np.errstate(all="ignore"):
            outcome(quick, program.ordinary(rng))
            for _ in range(draws):
                inputs = program.extreme(rng)
                expected, found = outcome(f, inputs), outcome(quick, inputs)
                if isinstance(expected, str):
                    counts["inputs for which the function itself raises, passed over"] += 1
                    continue
                counts["comparisons"] += 1
                wrong = differences(found, expected)
                if wrong:
                    faults.append(f"{k}: {wrong}: {program} at {inputs}: plain {expected}, compiled {found}")
                    break
        counts[f"{program.dtype}, {program.kind}"] += 1
    return counts, faults


# --- derive -----------------------------------------------------------------------------------------------------------


def derived(costs: int, seed: int = 1) -> tuple[Counter[str], list[str]]:
    """Costs derived: how many, the refusals by their words, and what was found."""
    counts: Counter[str] = Counter()
    faults = []
    for k in range(costs):
        rng = np.random.default_rng((seed, k))
        program = Program.random(rng, ["float32", "float64", "float64", "number"])
        x, y = (ag.Tensor(v, name=name) for v, name in zip(program.ordinary(rng), "xy", strict=True))
        with np.errstate(all="ignore"):
            J = np.sum(program(x, y))
            if not isinstance(J, ag.Tensor) or not np.isfinite(J.data):
                counts["of no finite cost, passed over"] += 1
                continue
            try:
                derivation = ag.derive(J, convention="true")
                derivation.numpy()
                counts["derived"] += 1
                counts["lines"] += len(derivation.lines)
            except ag.GraphError as refusal:
                counts[f"refused: {refusal}"] += 1
            except Exception as error:
                faults.append(f"{k}: {type(error).__name__} {error}: {program}")
    return counts, faults


def main() -> int:
    """Run both, and print what was found."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--programs", type=int, default=400)
    arguments.add_argument("--costs", type=int, default=270)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    wrong = 0
    warnings.simplefilter("ignore")
    for title, run, n in (("programs compiled", compiled, given.programs), ("costs derived", derived, given.costs)):
        counts, faults = run(n, given.seed)
        print(f"{n} {title}: {len(faults)} faults")
        for what, number in sorted(counts.items()):
            print(f"    {number:6}  {what}")
        print(*faults, sep="\n", end="\n" if faults else "")
        wrong += len(faults)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
