"""`chalkgrad demo`, the main job: train on real data, check the formulas of the lecture notes, draw what happened."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import autograd as ag
import nn
import viz
from nn import byhand
from viz.errors import SaveError
from viz.picture.dot import write_whole
from viz.plots import save_training_plot
from viz.show import Show
from viz.trainings import trainings


def demo(out: Path, seed: int = 0, *, everything: bool = False) -> int:
    """Run all parts and write into the folder `out`; returns the exit code, 1 if a goal is missed.

    everything   also the trainings that take minutes, see viz.trainings
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"The folder {str(out)!r} cannot be made: {error.strerror or error}.") from error
    show = Show()
    start = time.perf_counter()
    show.title("chalkgrad", "an autograd engine that shows its work")
    breast = _breast_cancer(show, out, seed)
    _formulas(show, out)
    _digits(show, out, seed)
    show.heading("Look at a backward pass", "graphs with every value and gradient, and pages that step through them")
    pictures(out, breast, show.file)
    if everything:
        for train in trainings:
            train(show, out, seed)
    return show.end(time.perf_counter() - start)


def _breast_cancer(show: Show, out: Path, seed: int) -> ag.Tensor:
    """Train 30-16-1; returns the cost of the trained network on four test samples, not yet gone backward from."""
    show.heading("Train a network to tell benign from malignant", "30 features → 16 tanh units → 1 probability")
    X, Y, X_test, Y_test = nn.data.split(*nn.datasets.load("breast_cancer"), test=0.2, seed=seed)
    X, X_test = nn.data.standardize(X, X_test)
    show.line(f"Wisconsin breast cancer data: {X.shape[1]} samples to learn from, {X_test.shape[1]} to be tested on")
    model = nn.Sequential(nn.Linear(30, 16, seed=seed), nn.Tanh(), nn.Linear(16, 1, seed=seed + 1), nn.Sigmoid())
    loss = nn.losses.binary_cross_entropy
    history = _fit(show, model, X, Y, loss, 60, seed, (X_test, Y_test))
    show.accuracies("Breast cancer", nn.accuracy(model(X), Y), nn.accuracy(model(X_test), Y_test))
    plot = save_training_plot(history, out / "training.svg", title="Breast cancer, 30-16-1", held_out="test")
    show.file(plot, "cost and accuracy on the breast cancer data, by epoch")
    J = loss(model(ag.Tensor(X_test[:, :4], name="X", requires_grad=False)), _named(Y_test[:, :4], "Y"))
    J.name = "J"
    model.zero_grad()  # what the last step of the training left would be added to
    return J


def _formulas(show: Show, out: Path) -> None:
    """Every formula of the lecture notes against autograd; the table, which is long, goes to a file."""
    show.heading(
        "Check the formulas derived by hand", "each formula of the lecture notes against autograd, misprints too"
    )
    report = byhand.verify()
    path = out / "formulas.txt"
    write_whole(path, f"{report}\n".encode())
    for row in report.rows:
        if not row.ok:
            show.line(f"{row.id}  {row.printed}: {row.seen}")
    show.goal("Formulas", report.ok, report.totals, report.totals)
    show.file(path, "what was seen of each formula, as a table")


def _digits(show: Show, out: Path, seed: int) -> None:
    """Train 64-64-10 on logits; the softmax is part of the loss."""
    show.heading(
        "Train a network to read digits", "8 × 8 pixels → 64 tanh units → 10 classes, softmax and cross-entropy"
    )
    X, Y, X_test, Y_test = nn.data.split(*nn.datasets.load("digits"), test=0.2, seed=seed)
    show.line(f"Handwritten digits: {X.shape[1]} images to learn from, {X_test.shape[1]} to be tested on")
    model = nn.Sequential(nn.Linear(64, 64, seed=seed), nn.Tanh(), nn.Linear(64, 10, seed=seed + 1))
    history = _fit(show, model, X, Y, nn.losses.cross_entropy_logits, 40, seed, (X_test, Y_test))
    show.accuracies("Digits", nn.accuracy(model(X), Y), nn.accuracy(model(X_test), Y_test))
    plot = save_training_plot(history, out / "digits.svg", title="Digits, 64-64-10", log=True, held_out="test")
    show.file(plot, "cost and accuracy on the digits, by epoch")


def pictures(out: Path, network: ag.Tensor, wrote: Callable[[Path, str], None]) -> None:
    """Draw one backward pass of logistic regression and of a network, and write the pages that step through them."""
    for J, name, what in (
        (logistic_regression(), "logistic", "logistic regression (formula 002-8)"),
        (network, "network", "the trained two-layer network on four samples"),
    ):
        J.backward()
        picture = viz.draw(J)
        wrote(picture.save(out / f"{name}.svg"), f"the graph of {what}")
        wrote(picture.save(out / f"{name}.png"), "the same as a PNG")
        page = out / f"{name}-step.html"
        viz.save_page(J, page)
        wrote(page, "the page that steps through its backward pass")


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


def _fit(show: Show, model: nn.Sequential, X: Any, Y: Any, loss: Any, epochs: int, seed: int, test: Any) -> nn.History:
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
