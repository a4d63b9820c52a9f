"""nn.fit, taking as many steps as are asked for, and then waiting: what its peers share."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

from peers.chalkgrad_nn import network

import nn
from nn.train.progress import Progress, progress_of

EPOCHS = 10**9  # more than anybody waits for
_MODULE = sys.modules["nn.train.fit"]  # nn.train.fit itself is the function


class Fitting:
    """One call of nn.fit, all columns in each step, in a thread that goes on when it is told to.

    So a turn holds what a step costs within a long training, with its line in the history and its accuracy, and nothing
    of what is done once for each call.
    """

    def __init__(self, X: Any, Y: Any, weights: Any, biases: Any, rate: float, **options: Any) -> None:
        self.asked, self.done = threading.Semaphore(0), threading.Semaphore(0)
        self.steps, self.failure = 0, None
        model = network(weights, biases)
        optimizer = nn.optim.SGD(model.parameters(), lr=rate)
        self.options = {"loss": "binary_cross_entropy", "optimizer": optimizer, "epochs": EPOCHS, **options}
        self.call = model, X, Y
        threading.Thread(target=self._fit, daemon=True).start()

    def __call__(self) -> float:
        """One step; its loss."""
        self.timed(1)
        return self.bar.history.cost[-1]

    def timed(self, steps: int) -> float:
        """The seconds that so many steps take."""
        self.steps = steps
        self.asked.release()
        self.done.acquire()
        if self.failure is not None:
            raise self.failure
        return self.bar.seconds

    def check(self) -> None:
        """Raises RuntimeError where something else runs the steps than was asked for."""
        model, X, Y = self.call
        copies = [[p.data.copy() for p in model.parameters()[first::2]] for first in (0, 1)]
        again = network(*copies)
        optimizer = nn.optim.SGD(again.parameters(), lr=1.0)
        history = nn.fit(again, X, Y, progress=False, **self.options | {"optimizer": optimizer, "epochs": 1})
        if history.backend != self.options["compile"]:
            raise RuntimeError(f"{history.backend} runs it, not {self.options['compile']}: {history.why_not}")

    def close(self) -> None:
        """End the training."""
        self.steps = 0
        self.asked.release()

    def _fit(self) -> None:
        self.asked.acquire()
        _MODULE.progress_of = self._bar  # for this call alone
        try:
            nn.fit(*self.call, progress=False, **self.options)
        except Exception as error:
            self.failure = error
            _MODULE.progress_of = progress_of
            self.done.release()

    def _bar(self, _: bool, *of_training: Any) -> Pausing:
        _MODULE.progress_of = progress_of
        self.bar = Pausing(self, *of_training)
        return self.bar


class Pausing(Progress):
    """In place of the bar that shows nothing: waits after as many steps as were asked for."""

    def __init__(self, fitting: Fitting, *of_training: Any) -> None:
        super().__init__(*of_training)
        self.fitting, self.left, self.seconds = fitting, fitting.steps, 0.0
        self.start = time.perf_counter()

    def end_epoch(self, history: nn.History) -> None:
        """One step was taken."""
        super().end_epoch(history)
        self.left -= 1
        if not self.left:
            self.seconds = time.perf_counter() - self.start
            self.fitting.done.release()
            self.fitting.asked.acquire()
            self.left = self.fitting.steps
            if not self.left:
                raise KeyboardInterrupt  # which ends a training, not the program
            self.start = time.perf_counter()
