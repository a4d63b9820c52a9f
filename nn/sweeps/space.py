"""What values a sweep tries: grids, and what values are drawn from."""

from __future__ import annotations

import itertools
import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Settings = dict[str, Any]


class Values:
    """What one setting is drawn from.

    draw     one value
    suggest  one value, as a trial of Optuna suggests it
    dump     a value as JSON has it, and `load` the value again
    """

    def draw(self, rng: np.random.Generator) -> Any:
        """One value."""
        raise NotImplementedError

    def suggest(self, trial: Any, name: str) -> Any:
        """One value, as a trial of Optuna suggests it."""
        raise TypeError(
            f"sampler= needs {name} to be one of nn.sweeps (Uniform, LogUniform, Integers, Choice) or a list, but got "
            f"{self!r}."
        )

    def distribution(self, optuna: Any) -> Any:
        """The same in Optuna's terms."""
        raise NotImplementedError

    def dump(self, value: Any) -> Any:
        """A value as JSON has it."""
        return value

    def load(self, stored: Any) -> Any:
        """The value again."""
        return stored


@dataclass(frozen=True)
class Uniform(Values):
    """A number between low and high, each equally likely.

    >>> import numpy as np, nn
    >>> 0.5 <= nn.sweeps.Uniform(0.5, 1.0).draw(np.random.default_rng(0)) <= 1.0
    True
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self, self.low, self.high)

    def draw(self, rng: np.random.Generator) -> float:
        return float(rng.uniform(self.low, self.high))

    def suggest(self, trial: Any, name: str) -> Any:
        return trial.suggest_float(name, self.low, self.high)

    def distribution(self, optuna: Any) -> Any:
        return optuna.distributions.FloatDistribution(self.low, self.high)


@dataclass(frozen=True)
class LogUniform(Values):
    """A number between low and high, each order of magnitude equally likely: for learning rates.

    >>> import numpy as np, nn
    >>> 1e-4 <= nn.sweeps.LogUniform(1e-4, 1e-1).draw(np.random.default_rng(0)) <= 1e-1
    True
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_range(self, self.low, self.high, positive=True)

    def draw(self, rng: np.random.Generator) -> float:
        drawn = math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        return min(max(drawn, self.low), self.high)

    def suggest(self, trial: Any, name: str) -> Any:
        return trial.suggest_float(name, self.low, self.high, log=True)

    def distribution(self, optuna: Any) -> Any:
        return optuna.distributions.FloatDistribution(self.low, self.high, log=True)


@dataclass(frozen=True)
class Integers(Values):
    """An integer from low to high, both included; with log=True each order of magnitude is equally likely.

    >>> import numpy as np, nn
    >>> nn.sweeps.Integers(2, 64, log=True).draw(np.random.default_rng(0)) in range(2, 65)
    True
    """

    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        _check_range(self, self.low, self.high, positive=self.log)
        if not all(isinstance(n, (int, np.integer)) for n in (self.low, self.high)):
            raise ValueError(f"Integers needs integers, but got {self!r}. For other numbers: nn.sweeps.Uniform.")

    def draw(self, rng: np.random.Generator) -> int:
        if not self.log:
            return int(rng.integers(self.low, self.high, endpoint=True))
        drawn = math.exp(rng.uniform(math.log(self.low), math.log(self.high + 1)))
        return min(int(drawn), self.high)

    def suggest(self, trial: Any, name: str) -> Any:
        return trial.suggest_int(name, self.low, self.high, log=self.log)

    def distribution(self, optuna: Any) -> Any:
        return optuna.distributions.IntDistribution(self.low, self.high, log=self.log)


class Choice(Values):
    """One of some values of any kind, each equally likely; a list stands for it.

    >>> import numpy as np, nn
    >>> nn.sweeps.Choice([nn.Tanh, nn.ReLU]).draw(np.random.default_rng(0)) in (nn.Tanh, nn.ReLU)
    True
    """

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = list(values)
        if not self.values:
            raise ValueError("Choice needs at least one value, but got none.")

    def draw(self, rng: np.random.Generator) -> Any:
        return self.values[int(rng.integers(len(self.values)))]

    def suggest(self, trial: Any, name: str) -> Any:
        return self.values[trial.suggest_categorical(name, list(range(len(self.values))))]

    def distribution(self, optuna: Any) -> Any:
        return optuna.distributions.CategoricalDistribution(list(range(len(self.values))))

    def dump(self, value: Any) -> int:
        """The place of a value, which itself may be anything."""
        return next(i for i, other in enumerate(self.values) if other is value or _is_equal(other, value))

    def load(self, stored: int) -> Any:
        return self.values[stored]

    def __repr__(self) -> str:
        return f"Choice([{', '.join(map(label, self.values))}])"


@dataclass(frozen=True)
class Drawn(Values):
    """A distribution of scipy.stats."""

    of: Any

    def draw(self, rng: np.random.Generator) -> Any:
        value = self.of.rvs(random_state=rng)
        return value.item() if hasattr(value, "item") else value

    def __repr__(self) -> str:
        return f"{self.of.dist.name}{self.of.args}" if hasattr(self.of, "dist") else repr(self.of)


def space(given: Any, what: str) -> dict[str, Values]:
    """The values of each setting, as grid= or sample= gives them."""
    if not isinstance(given, Mapping) or not given or not all(isinstance(name, str) for name in given):
        raise TypeError(f"{what} must be a dict from names to values, as {{'lr': [0.01, 0.1]}}, but got {given!r:.60}.")
    return {name: _values(name, values, what) for name, values in given.items()}


def _values(name: str, given: Any, what: str) -> Values:
    if isinstance(given, Values):
        if what == "grid" and not isinstance(given, Choice):
            raise TypeError(f"grid needs a list of values for {name}, but got {given!r}. To draw values: sample=.")
        return given
    if hasattr(given, "rvs") and what == "sample":
        return Drawn(given)
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, (Sequence, range)) and not isinstance(given, (str, bytes)):
        return Choice(given)
    raise TypeError(
        f"{what} needs for {name} a list of values{' or one of nn.sweeps' * (what == 'sample')}, but got "
        f"{given!r:.60}. A single value: [{given!r:.60}]."
    )


def product(grid: Mapping[str, Values]) -> list[Settings]:
    """All combinations of a grid, the last name changing fastest."""
    lists = [values.values for values in grid.values() if isinstance(values, Choice)]
    return [dict(zip(grid, combination, strict=True)) for combination in itertools.product(*lists)]


def label(value: Any) -> str:
    """A value as tables show it."""
    if isinstance(value, (bool, np.bool_, str)) or value is None:
        return str(value)
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return f"{float(value):.4g}"
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(label, value))})"
    return str(getattr(value, "__name__", None) or repr(value)[:40])


def _is_equal(a: Any, b: Any) -> bool:
    return type(a) is type(b) and isinstance(a, (int, float, str, bool, tuple, type(None))) and a == b


def _check_range(values: Values, low: Any, high: Any, positive: bool = False) -> None:
    real = all(isinstance(x, numbers.Real) and not isinstance(x, bool) and math.isfinite(x) for x in (low, high))
    if not real or not low <= high or (positive and low <= 0):
        least = "positive numbers" if positive else "numbers"
        raise ValueError(f"{type(values).__name__} needs {least} low <= high, but got {low!r} and {high!r}.")
