"""`chalkgrad demo`, the main job: train on real data, check the formulas of the lecture notes, draw what happened."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

import autograd as ag
import nn
import viz
from nn import byhand
from viz.errors import SaveError
from viz.plots import save_training_plot

GOAL = 0.95  # test accuracy that a network must reach


def demo(out: Path, seed: int = 0) -> int:
    """Run all parts and write into the folder `out`; returns the exit code, 1 if a goal is missed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"The folder {str(out)!r} cannot be made: {error.strerror or error}.") from error
    show = _Show()
    start = time.perf_counter()
    show.title("chalkgrad", "an autograd engine that shows its work")
    breast = _breast_cancer(show, out, seed)
    _formulas(show)
    _digits(show, out, seed)
    show.heading("Look at a backward pass", "graphs with every value and gradient, and pages that step through them")
    pictures(out, breast, show.file)
    return show.end(time.perf_counter() - start)


# --- the parts -------------------------------------------------------------------------------------------------------


def _breast_cancer(show: _Show, out: Path, seed: int) -> ag.Tensor:
    """Train 30-16-1; returns the cost of the trained network on four test samples, not yet gone backward from."""
    show.heading("Train a network to tell benign from malignant", "30 features → 16 tanh units → 1 probability")
    X, Y, X_test, Y_test = nn.data.split(*nn.datasets.load("breast_cancer"), test=0.2, seed=seed)
    X, X_test = nn.data.standardize(X, X_test)
    show.line(f"Wisconsin breast cancer data: {X.shape[1]} samples to learn from, {X_test.shape[1]} to be tested on")
    model = nn.Sequential(nn.Linear(30, 16, seed=seed), nn.Tanh(), nn.Linear(16, 1, seed=seed + 1), nn.Sigmoid())
    loss = nn.losses.binary_cross_entropy
    history = _fit(show, model, X, Y, loss, 60, seed, (X_test, Y_test))
    show.accuracies(nn.accuracy(model(X), Y), nn.accuracy(model(X_test), Y_test))
    plot = save_training_plot(history, out / "training.svg", title="Breast cancer, 30-16-1", held_out="test")
    show.file(plot, "the training, by epoch")
    J = loss(model(ag.Tensor(X_test[:, :4], name="X", requires_grad=False)), _named(Y_test[:, :4], "Y"))
    J.name = "J"
    model.zero_grad()  # what the last step of the training left would be added to
    return J


def _formulas(show: _Show) -> None:
    """Every formula of the lecture notes against autograd."""
    show.heading(
        "Check the formulas derived by hand", "each formula of the lecture notes against autograd, misprints too"
    )
    report = byhand.verify()
    report.show(show.console)
    show.goal(report.ok, "the catalogue agrees with autograd", "the catalogue does not agree with autograd")


def _digits(show: _Show, out: Path, seed: int) -> None:
    """Train 64-64-10 on logits; the softmax is part of the loss."""
    show.heading(
        "Train a network to read digits", "8 × 8 pixels → 64 tanh units → 10 classes, softmax and cross-entropy"
    )
    X, Y, X_test, Y_test = nn.data.split(*nn.datasets.load("digits"), test=0.2, seed=seed)
    show.line(f"Handwritten digits: {X.shape[1]} images to learn from, {X_test.shape[1]} to be tested on")
    model = nn.Sequential(nn.Linear(64, 64, seed=seed), nn.Tanh(), nn.Linear(64, 10, seed=seed + 1))
    history = _fit(show, model, X, Y, nn.losses.cross_entropy_logits, 40, seed, (X_test, Y_test))
    show.accuracies(nn.accuracy(model(X), Y), nn.accuracy(model(X_test), Y_test))
    plot = save_training_plot(history, out / "digits.svg", title="Digits, 64-64-10", log=True, held_out="test")
    show.file(plot, "the training, by epoch")


def pictures(out: Path, network: ag.Tensor, wrote: Callable[[Path, str], None]) -> None:
    """Draw one backward pass of logistic regression and of a network, and write the pages that step through them."""
    for J, name, what in (
        (logistic_regression(), "logistic", "logistic regression (formula 002-8)"),
        (network, "network", "the trained two-layer network on four samples"),
    ):
        J.backward()
        picture = viz.draw(J)
        wrote(picture.save(out / f"{name}.svg"), f"graph of {what}")
        wrote(picture.save(out / f"{name}.png"), "the same as PNG")
        page = out / f"{name}-step.html"
        viz.save_page(J, page)
        wrote(page, "step through its backward pass: open it in a browser")


def logistic_regression() -> ag.Tensor:
    """The first graph of the lecture notes (002-8): x1, w1, x2, w2, b → z → a = σ(z) → L(a, y), all scalars."""
    x1, x2, y = (_named(value, name) for value, name in ((1.0, "x1"), (-2.0, "x2"), (1.0, "y")))
    w1, w2, b = ag.Tensor(0.5, name="w1"), ag.Tensor(0.25, name="w2"), ag.Tensor(0.1, name="b")
    z = w1 * x1 + w2 * x2 + b
    a = ag.sigmoid(z)
    L = ag.log_loss(a, y)
    ag.names.here()
    return L


def _named(value: Any, name: str) -> ag.Tensor:
    return ag.Tensor(value, name=name, requires_grad=False)


def _fit(show: _Show, model: nn.Sequential, X: Any, Y: Any, loss: Any, epochs: int, seed: int, test: Any) -> nn.History:
    """Train with Adam in batches of 64, and say how it went."""
    start = time.perf_counter()
    optimizer = nn.optim.Adam(model.parameters(), lr=0.005)
    history = nn.fit(
        model, X, Y, loss=loss, optimizer=optimizer, epochs=epochs, batch_size=64, seed=seed, validation=test
    )
    seconds = time.perf_counter() - start
    first, last = history.cost[0], history.cost[-1]
    show.line(f"{epochs} epochs of Adam in {seconds:.1f} s: the cost went from {first:.3f} to {last:.4f}")
    return history


# --- how it is said --------------------------------------------------------------------------------------------------


class _Show:
    """What the demo says, in colours where there is a terminal; and which goals it missed."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.parts = 0
        self.missed: list[str] = []

    def title(self, name: str, what: str) -> None:
        self.console.print(Text.assemble((name, "bold"), f": {what}"))

    def heading(self, title: str, what: str) -> None:
        self.parts += 1
        self.console.print()
        self.console.print(Text(f"{self.parts}  {title}", "bold cyan"))
        self.console.print(Text(f"   {what}", "dim"))

    def line(self, words: str) -> None:
        self.console.print(Text(f"   {words}"))

    def accuracies(self, train: float, test: float) -> None:
        """Both accuracies; the one on the test samples is the goal."""
        self.line(f"  train accuracy {train:7.2%}")
        self.goal(
            test >= GOAL, f"test accuracy  {test:7.2%}", f"test accuracy  {test:7.2%} is below the goal of {GOAL:.0%}"
        )

    def goal(self, reached: bool, yes: str, no: str) -> None:
        """Say whether a goal is reached, and remember it if not."""
        if reached:
            self.console.print(Text.assemble(("   ✓ ", "green"), (yes, "bold")))
        else:
            self.missed.append(no)
            self.console.print(Text.assemble(("   ✗ ", "red"), (no, "bold red")))

    def file(self, path: Path, what: str) -> None:
        """Say what was written, by its path from here."""
        shown = os.path.relpath(path)
        width = len(shown) - len(path.name) + len("logistic-step.html")
        self.console.print(Text.assemble("   → ", (f"{shown:{width}}", "bold"), f"  {what}"))

    def end(self, seconds: float) -> int:
        """The last lines, and the exit code."""
        self.console.print()
        if self.missed:
            for no in self.missed:
                print(f"chalkgrad demo: {' '.join(no.split())}", file=sys.stderr)
            return 1
        self.console.print(Text(f"All goals reached, in {seconds:.0f} s.", "bold green"))
        return 0
