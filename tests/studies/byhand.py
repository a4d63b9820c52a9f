"""How often the checker of hand-derived arrays names the mistake that was planted, and how often it cries wolf.

    python -m tests.studies.byhand --networks 200 --correct 2000

The wrong passes come from `tests/studies/planted.py`, plain NumPy that knows neither the checker nor its edits.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

import nn
from nn.byhand.checker import Checker
from nn.byhand.checker.check import cost_of
from tests.studies.planted import PLANTED, backward, network

LAYERS = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "softmax": nn.Softmax}
OF_ALL_LAYERS = ("accumulated everywhere", "rows for columns")


def model_of(net):
    """The same network as a model."""
    layers = []
    for l, g in enumerate(net.activations, 1):
        linear = nn.Linear(net.sizes[l - 1], net.sizes[l])
        linear.W.data, linear.b.data = net.W[l], net.b[l]
        layers += [linear, LAYERS[g]()]
    return nn.Sequential(*layers)


def checker_of(net, lr=None):
    return Checker(cost_of(model_of(net), net.X, net.Y, net.loss), lr)


@dataclass
class Tally:
    """How the planted mistakes were found: named, in the reported set, or missed."""

    counts: Counter = field(default_factory=Counter)
    missed: list = field(default_factory=list)
    slowest: float = 0.0

    def add(self, name, how, what):
        self.counts[name, how] += 1
        if how != "named":
            self.missed.append((name, how, what))

    def total(self, how=None):
        return sum(n for (_, found), n in self.counts.items() if how in (None, found))

    @property
    def named(self):
        return self.total("named") / max(self.total(), 1)


def judged(report, name, layer):
    """Whether the planted mistake is the one cause that is named; or in the set; or missed."""
    key, line, _ = PLANTED[name]
    causes = report.causes
    found = [f for f in causes if f.name == f"{line}{layer}"]
    if not found:
        return "missed"
    alone = len(causes) == 1 or name in OF_ALL_LAYERS
    if found[0].mistake == key and alone:
        return "named"
    return "in the set" if key in found[0].candidates and alone else "missed"


def plant(networks, seed=0, tally=None, mistakes=PLANTED):
    """Each mistake in a random layer of each network where it can be made."""
    tally = tally or Tally()
    for i in range(networks):
        rng = np.random.default_rng((seed, i))
        net = network(rng)
        checker = checker_of(net)
        for name in mistakes:
            layers = [l for l in range(1, net.L + 1) if PLANTED[name][2](net, l)]
            if not layers:
                continue
            layer = int(rng.choice(layers))
            convention = "true" if name not in OF_THE_COURSE and rng.random() < 0.3 else "course"
            arrays = backward(net, name, layer, convention)
            start = time.perf_counter()
            report = checker.check(arrays)
            tally.slowest = max(tally.slowest, time.perf_counter() - start)
            tally.add(name, judged(report, name, layer), (i, layer, convention, net.loss, net.activations))
    return tally


# Where 1/m stands is what these are about, so they are planted in the course's convention.
OF_THE_COURSE = ("no mean in dW", "no mean in db", "mean twice in dZ", "mean twice in dW", "n for m")


def handed_in(rng, net, kind):
    """A correct submission: (arrays, convention, layout)."""
    convention = "course" if rng.random() < 0.5 else "true"
    layout = "columns" if rng.random() < 0.5 else "rows"
    arrays = backward(net, convention=convention)
    if kind == "float32":
        arrays = {name: x.astype(np.float32) for name, x in arrays.items()}
    if kind == "6 digits":
        arrays = {name: np.array([float(f"{v:.6g}") for v in x.flat]).reshape(x.shape) for name, x in arrays.items()}
    if kind == "6 decimals":
        arrays = {name: np.round(x, 6) for name, x in arrays.items()}
    if layout == "rows":
        arrays = {name: x.T for name, x in arrays.items()}
    if rng.random() < 0.3:  # not everything is handed in
        arrays = {name: x for name, x in arrays.items() if rng.random() < 0.6}
    return arrays, convention, layout


KINDS = ("float64", "float32", "6 digits", "6 decimals")


def correct(number, seed=1):
    """False alarms among correct submissions, eight for each network: [(seed, kind, convention, layout, report)]."""
    alarms = []
    for i in range(-(-number // 8)):
        rng = np.random.default_rng((seed, i))
        net = network(rng)
        checker = checker_of(net)
        for k in range(min(8, number - 8 * i)):
            kind = KINDS[k % 4]
            arrays, convention, layout = handed_in(rng, net, kind)
            report = checker.check(arrays)
            if not report.ok:
                alarms.append((i, kind, convention, layout, report))
    return alarms


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=200)
    parser.add_argument("--correct", type=int, default=2000)
    options = parser.parse_args(arguments)
    tally = plant(options.networks)
    for name in PLANTED:
        row = [tally.counts[name, how] for how in ("named", "in the set", "missed")]
        print(f"{name:<28} {PLANTED[name][0]:<26} named {row[0]:>5}   in the set {row[1]:>4}   missed {row[2]:>4}")
    for missed in tally.missed[:20]:
        print("   ", *missed)
    print(f"{tally.total()} planted: {100 * tally.named:.2f} % named, {tally.total('missed')} missed")
    print(f"slowest check: {tally.slowest:.2f} s")
    alarms = correct(options.correct)
    print(f"{options.correct} correct submissions: {len(alarms)} false alarms")
    for alarm in alarms[:5]:
        print(*alarm, sep="\n")
    return int(tally.named < 0.99 or tally.total("missed") > 0 or bool(alarms))


if __name__ == "__main__":
    sys.exit(main())
