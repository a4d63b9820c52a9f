"""Settings that a sampler of Optuna suggests, by what it has learnt from the runs so far."""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from nn.sweeps.results import Run
from nn.sweeps.space import Settings, Values


class Suggested:
    """A study of Optuna. See nn.sweeps.run.Plan."""

    def __init__(self, space: Mapping[str, Values], total: int, sampler: Any, higher: bool) -> None:
        try:
            self.optuna = import_module("optuna")
        except ImportError as missing:
            raise ImportError("sampler= needs Optuna. Install it: pip install optuna.") from missing
        if not isinstance(sampler, self.optuna.samplers.BaseSampler):
            raise TypeError(
                f"sampler must be one of optuna.samplers, as optuna.samplers.TPESampler(seed=0), but got "
                f"{sampler!r:.60}."
            )
        self.space, self.total = space, total
        self.distributions = {name: values.distribution(self.optuna) for name, values in space.items()}
        direction = "maximize" if higher else "minimize"
        self.study, self.before = self._quietly(
            lambda: [self.optuna.create_study(sampler=sampler, direction=direction) for _ in range(2)]
        )
        self.trials: dict[int, Any] = {}  # by the numbers of the runs that are being made

    def ask(self, number: int) -> Settings:
        """See Plan."""
        trial = self.trials[number] = self.study.ask()
        return self._suggest(trial)

    def _suggest(self, trial: Any) -> Settings:
        return {name: values.suggest(trial, name) for name, values in self.space.items()}

    def tell(self, run: Run) -> None:
        """See Plan. A run that was made before, and is read from a file, is one that the study has not asked for."""
        failed = math.isnan(run.score)
        state = self.optuna.trial.TrialState.FAIL if failed else self.optuna.trial.TrialState.COMPLETE
        trial = self.trials.pop(run.number, None)
        if trial is not None:
            self._quietly(lambda: self.study.tell(trial, None if failed else run.score, state=state))
            return
        self._suggest(self.before.ask())  # so that the sampler's random numbers go on, and do not begin anew
        stored = {name: self.space[name].dump(value) for name, value in run.settings.items()}
        self.study.add_trial(
            self.optuna.trial.create_trial(
                state=state,
                value=None if failed else run.score,
                params=stored,
                distributions=self.distributions,
            )
        )

    def _quietly(self, do: Any) -> Any:
        """Without Optuna's reports on the screen; the sweep has its own."""
        logging = self.optuna.logging
        before = logging.get_verbosity()
        logging.set_verbosity(logging.WARNING)
        try:
            return do()
        finally:
            logging.set_verbosity(before)
