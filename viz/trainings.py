"""The long form of the demo: networks of every kind, trained for real on data that come with the package.

Each takes who says what happens, the folder to write into, and the seed of all random numbers.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

import autograd as ag
import nn
from viz.picture.dot import write_whole
from viz.plots import save_training_plot
from viz.show import Show

STEPS = 50  # characters of the text in one window


def planar(show: Show, out: Path, seed: int, *, epochs: int = 4000) -> None:
    """The course's planar data by its network 2-4-1, with plain gradient descent."""
    show.heading("Separate the petals of a flower", "2 coordinates → 4 tanh units → 1 probability, as in the course")
    X, Y = nn.datasets.planar_flower(400)
    model = nn.Sequential(
        nn.Linear(2, 4, init="normal", seed=seed),
        nn.Tanh(),
        nn.Linear(4, 1, init="normal", seed=seed + 1),
        nn.Sigmoid(),
    )
    history = _fit(show, model, X, Y, out / "planar.svg", "Planar data, 2-4-1", lr=1.2, epochs=epochs, seed=seed)
    reached = history.accuracy[-1]
    said = f"accuracy {reached:7.2%}"
    show.goal("Planar data", reached >= 0.9, said, f"{said} is below the goal of 90%")


def airfoil(show: Show, out: Path, seed: int, *, epochs: int = 150) -> None:
    """A quantity instead of a class: how loud a wing is, compared with the best straight line."""
    show.heading("Predict how loud a wing is", "5 measurements → 64 → 32 tanh units → decibels: a regression")
    X, Y = nn.datasets.load("airfoil")
    X = np.concatenate([np.log(X[[0, 4]]), X[1:4]])  # frequencies and thicknesses go over two powers of ten
    X, Y, X_test, Y_test = nn.data.split(X, Y, test=0.2, seed=seed)
    X, X_test = nn.data.standardize(X, X_test)
    center, unit = Y.mean(), Y.std()
    show.line(f"Wind tunnel measurements by NASA: {X.shape[1]} to learn from, {X_test.shape[1]} to be tested on")
    model = nn.Sequential(
        nn.Linear(5, 64, seed=seed),
        nn.Tanh(),
        nn.Linear(64, 32, seed=seed + 1),
        nn.Tanh(),
        nn.Linear(32, 1, seed=seed + 2),
    )
    started = time.perf_counter()
    history = nn.fit(
        model,
        X,
        (Y - center) / unit,
        loss="mse",
        optimizer=nn.optim.Adam(model.parameters(), lr=0.01),
        schedule=nn.schedules.Cosine(epochs),
        epochs=epochs,
        batch_size=64,
        seed=seed,
        validation=(X_test, (Y_test - center) / unit),
        metric=explained,
    )
    _say_how_it_went(show, history, started)
    with_ones = [np.concatenate([x, np.ones((1, x.shape[1]))]) for x in (X, X_test)]
    line = np.linalg.lstsq(with_ones[0].T, Y[0], rcond=None)[0] @ with_ones[1]
    predicted = model.predict(X_test) * unit + center
    show.line(f"  the best straight line explains {explained(line, Y_test[0]):.1%} of the variance of the test samples")
    error, share = float(np.sqrt(np.mean((predicted - Y_test) ** 2))), explained(predicted, Y_test)
    said = f"explains {share:6.1%} of the variance, off by {error:.1f} dB"
    show.goal("Airfoil", share >= 0.9, said, f"{said}; the goal is 90%")


def digits(show: Show, out: Path, seed: int, *, epochs: int = 25) -> None:
    """Digits by a convolutional network, which sees the same stroke wherever it is."""
    show.heading("Read digits with a convolutional network", "8 × 8 pixels → 32 → 64 channels → 10 classes")
    X, Y, X_test, Y_test = nn.data.split(*nn.datasets.load("digits"), test=0.2, seed=seed)
    model = nn.Sequential(
        nn.Reshape(1, 8, 8),
        nn.Conv2d(1, 32, 3, padding="same", init="he", seed=seed),
        nn.BatchNorm(32),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3, padding="same", init="he", seed=seed + 1),
        nn.BatchNorm(64),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(keep_prob=0.5),
        nn.Linear(1024, 10, seed=seed + 2),
    )
    show.line(f"Handwritten digits: {X.shape[1]} images to learn from, {X_test.shape[1]} to be tested on")
    started = time.perf_counter()
    history = nn.fit(
        model,
        X,
        Y,
        loss="cross_entropy_logits",
        optimizer=nn.optim.Adam(model.parameters(), lr=0.002),
        schedule=nn.schedules.Cosine(epochs),
        epochs=epochs,
        batch_size=64,
        seed=seed,
        validation=(X_test, Y_test),
    )
    _say_how_it_went(show, history, started)
    show.accuracies("Digits, convolution", history.accuracy[-1], nn.accuracy(model.predict(X_test), Y_test), 0.99)
    plot = save_training_plot(
        history, out / "digits-cnn.svg", title="Digits, by convolution", log=True, held_out="test"
    )
    show.file(plot, "cost and accuracy of the convolutional network, by epoch")


def sonnets(show: Show, out: Path, seed: int, *, epochs: int = 10) -> None:
    """Shakespeare's sonnets, character by character: an LSTM learns what comes next, and writes."""
    show.heading("Learn to write like Shakespeare", "characters → 128 LSTM units → the next character")
    text = nn.datasets.text("sonnets")
    characters = nn.datasets.Characters.of(text)
    tokens = characters.encode(text)
    cut = len(tokens) * 9 // 10
    X, Y = nn.datasets.windows(tokens[:cut], STEPS)
    X_test, Y_test = nn.datasets.windows(tokens[cut:], STEPS)
    show.line(f"His 154 sonnets: {cut} characters to learn from, {len(tokens) - cut} to be tested on")
    n = len(characters)
    model = nn.Sequential(
        nn.Embedding(n, 32, seed=seed), nn.LSTM(32, 128, seed=seed + 1), nn.Linear(128, n, seed=seed + 2)
    )
    started = time.perf_counter()
    history = nn.fit(
        model,
        X,
        Y,
        loss="cross_entropy_logits",
        optimizer=nn.optim.Adam(model.parameters(), lr=0.01, clip_norm=5.0),
        schedule=nn.schedules.Cosine(epochs),
        epochs=epochs,
        batch_size=64,
        seed=seed,
        validation=(X_test, Y_test),
    )
    _say_how_it_went(show, history, started)
    plot = save_training_plot(history, out / "sonnets.svg", title="Sonnets, by an LSTM", held_out="test")
    show.file(plot, "cost and accuracy on the sonnets, by epoch")
    written = write(model, characters, "Shall I compare thee to ", 400, seed=seed)
    path = out / "sonnets.txt"
    write_whole(path, f"{written}\n".encode())
    show.file(path, "what the LSTM writes")
    for line in written.splitlines()[:4]:
        show.line(f"  {line}")
    counted, learnt = by_counting(tokens, cut), history.validation_cost[-1] / STEPS / np.log(2)
    show.line(f"  counting what follows each two characters needs {counted:.2f} bits for one of the test text")
    said = f"needs {learnt:.2f} bits for a character of the test text"
    show.goal("Sonnets", learnt < counted, said, f"{said}; the goal is below {counted:.2f}")


trainings = (planar, airfoil, digits, sonnets)


def write(model: nn.Module, characters: Any, begin: str, length: int, *, seed: int, temperature: float = 0.5) -> str:
    """Let a model of the next character go on with a text: each is drawn by its probability, then shown to the model.

    temperature   below 1 likely characters become likelier
    """
    rng = np.random.default_rng(seed)
    tokens = characters.encode(begin).tolist()
    for _ in range(length):
        scores = model.predict(np.array(tokens[-STEPS:])[:, None])[:, -1, 0] / temperature
        tokens.append(int(rng.choice(len(characters), p=ag.softmax(scores, axis=0))))
    return str(characters.decode(tokens))


def by_counting(tokens: Any, cut: int, before: int = 2) -> float:
    """Bits for a character after the cut, by how often it followed the same characters before the cut."""
    followed: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    pairs = [(tuple(tokens[i - before : i].tolist()), int(tokens[i])) for i in range(before, len(tokens))]
    for context, token in pairs[: cut - before]:
        followed[context][token] += 1
    n, few = int(tokens.max()) + 1, 0.1  # nothing is impossible
    tested = [(followed[context], token) for context, token in pairs[cut - before :]]
    shares = [(counts[token] + few) / (counts.total() + few * n) for counts, token in tested]
    return float(-np.mean(np.log2(shares)))


def explained(A: Any, Y: Any) -> float:
    """The share of the variance of Y that predictions A explain: 1 is all of it, 0 as much as the mean does."""
    A, Y = (x.data if isinstance(x, ag.Tensor) else x for x in (A, Y))
    return float(1 - np.mean((A - Y) ** 2) / np.var(Y))


def _fit(
    show: Show, model: nn.Module, X: Any, Y: Any, path: Path, title: str, *, lr: float, epochs: int, seed: int
) -> nn.History:
    """Plain gradient descent on all samples at once."""
    started = time.perf_counter()
    optimizer = nn.optim.SGD(model.parameters(), lr=lr)
    history = nn.fit(model, X, Y, loss="binary_cross_entropy", optimizer=optimizer, epochs=epochs, seed=seed)
    _say_how_it_went(show, history, started)
    show.file(save_training_plot(history, path, title=title), "cost and accuracy on the planar data, by epoch")
    return history


def _say_how_it_went(show: Show, history: nn.History, started: float) -> None:
    seconds, first, last = time.perf_counter() - started, history.cost[0], history.cost[-1]
    took = f"{history.epochs} epochs in {seconds:.1f} s, {history.how}"
    show.line(f"{took}: the cost went from {first:.3f} to {last:.4f}")
