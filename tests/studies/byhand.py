"""How often the checker of hand-derived arrays names the mistake that was planted, and how often it cries wolf.

    python -m tests.studies.byhand --networks 200 --correct 2000

The wrong passes come from `tests/studies/planted.py`, plain NumPy that knows neither the checker nor its edits.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

import autograd as ag
import nn
from nn.byhand.checker import Checker, check_function
from nn.byhand.checker.check import cost_of
from tests.studies.planted import PLANTED, backward, cost_by_hand, network

LAYERS = {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "softmax": nn.Softmax}
EVERY = 5  # networks, after which it is said how far it is where there is no terminal
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
        return self.total("named") / self.total() if self.total() else 1.0


def makes_no_difference(net, name, layer, arrays, convention):
    """Whether a planted mistake gives the right values: where all units of a ReLU are active, its derivative is 1."""
    line = f"{PLANTED[name][1]}{layer}"
    right = backward(net, convention=convention)[line]
    return arrays[line].shape == right.shape and np.array_equal(arrays[line], right)


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


def quiet(numbers, what):
    """No progress is shown, as in the tests."""
    return numbers


def shown(numbers, what):
    """The same numbers, while a line on the standard error stream says how far it is."""
    end = "\r" if sys.stderr.isatty() else "\n"
    for i in numbers:
        if end == "\r" or i % EVERY == 0:
            print(f"{what}: {i} of {len(numbers)}", end=end, file=sys.stderr, flush=True)
        yield i
    print(f"{what}: {len(numbers)} of {len(numbers)}", file=sys.stderr, flush=True)


def plant(networks, seed=0, tally=None, mistakes=PLANTED, progress=quiet):
    """Each mistake in a random layer of each network where it can be made."""
    tally = tally or Tally()
    for i in progress(range(networks), "networks with mistakes"):
        rng = np.random.default_rng((*np.atleast_1d(seed), i))
        net = network(rng)
        checker = checker_of(net)
        for name in mistakes:
            layers = [l for l in range(1, net.L + 1) if PLANTED[name][2](net, l)]
            if not layers:
                continue
            layer = int(rng.choice(layers))
            convention = "true" if name not in OF_THE_COURSE and rng.random() < 0.3 else "course"
            arrays = backward(net, name, layer, convention)
            if makes_no_difference(net, name, layer, arrays, convention):
                continue
            start = time.process_time()
            report = checker.check(arrays)
            tally.slowest = max(tally.slowest, time.process_time() - start)
            tally.add(name, judged(report, name, layer), (i, layer, convention, net.loss, net.activations))
    return tally


# What no line of a dense network shows, planted in a function that is run, in a recurrent network, or in the start.
ELSEWHERE = {
    "one use of a parameter": ("reused_parameter",),
    "arrays changed in place": ("in_place",),
    "added up over calls": ("accumulated",),
    "equal rows at the start": ("symmetric_start",),
    "differences of a tiny step": ("gradient_check",),
}


def plant_elsewhere(networks, tally, seed=2, progress=quiet):
    """Those of ELSEWHERE, one of each for each network."""
    for i in progress(range(networks), "mistakes of functions"):
        rng = np.random.default_rng((*np.atleast_1d(seed), i))
        net = network(rng, int(rng.integers(2, 4)))
        for name, (key, *_) in ELSEWHERE.items():
            found = {f.mistake for f in _elsewhere(name, net, rng).causes}
            tally.add(name, "named" if found == {key} else "missed", (i, net.loss, net.activations, found))
    return tally


def _elsewhere(name, net, rng):
    if name == "one use of a parameter":
        J, gradients, one_use = recurrent(rng)
        return Checker(J).check(gradients | one_use)
    if name == "equal rows at the start":
        net = replace(net, W=net.W | {1: np.repeat(net.W[1][:1], net.sizes[1], axis=0)})
        return checker_of(net).check(backward(net))
    fn, gradient_check = functions(net)[name]
    return check_function(fn, model_of(net), net.X, net.Y, loss=net.loss, gradient_check=gradient_check)


def recurrent(rng):
    """A recurrent network over three steps: its cost, its gradients by hand, and those of Wh from one step alone."""
    n_x, n, n_y, m = (int(k) for k in rng.permutation([3, 4, 2, 7]))
    Wx, Wh, V = rng.normal(size=(n, n_x)), rng.normal(size=(n, n)), rng.normal(size=(n_y, n))
    xs, Y = [rng.normal(size=(n_x, m)) for _ in range(3)], rng.normal(size=(n_y, m))
    tensors = [ag.Tensor(x, name=name) for x, name in ((Wx, "Wx"), (Wh, "Wh"), (V, "V"))]
    h, hs = np.zeros((n, m)), [np.zeros((n, m))]
    for t, x in enumerate(xs, 1):
        Z = tensors[0] @ x + tensors[1] @ h
        h = np.tanh(Z)
        Z.name, h.name = f"Z{t}", f"h{t}"
        hs.append(np.tanh(Wx @ x + Wh @ hs[-1]))
    J = nn.losses.mse(tensors[2] @ h, Y)
    dh, dZ = V.T @ (2 * (V @ hs[3] - Y)), {}
    for t in (3, 2, 1):
        dZ[t] = dh * (1 - hs[t] ** 2)
        dh = Wh.T @ dZ[t]
    shares = {t: dZ[t] @ hs[t - 1].T / m for t in (3, 2, 1)}
    gradients = {f"dZ{t}": dZ[t] for t in dZ} | {"dWx": sum(dZ[t] @ xs[t - 1].T for t in dZ) / m}
    return J, gradients, {"dWh": shares[int(rng.choice([2, 3]))]}


def functions(net):
    """Functions of a student's, with a mistake in each: name -> (backward, gradient check)."""
    total = {}

    def gradients(parameters, X, Y):
        numbers = range(1, net.L + 1)
        given = {"W": {l: parameters[f"W{l}"] for l in numbers}, "b": {l: parameters[f"b{l}"] for l in numbers}}
        return backward(replace(net, X=X, Y=Y, **given))

    def changes(parameters, X, Y):
        found = gradients(parameters, X, Y)
        parameters["W1"] -= 0.1 * found["dW1"]
        return found

    def adds_up(parameters, X, Y):
        found = gradients(parameters, X, Y)
        for name in [name for name in found if name[:2] in ("dW", "db")]:
            found[name] = total[name] = total.get(name, 0) + found[name]
        return found

    def tiny(parameters, X, Y):
        cost, W = cost_by_hand(net), parameters["W1"]
        d = np.zeros_like(W)
        for i in np.ndindex(W.shape):
            there = W.copy()
            there[i] += 1e-14
            d[i] = (cost(parameters | {"W1": there}, X, Y) - cost(parameters, X, Y)) / 1e-14
        return {"dW1": d}

    return {
        "arrays changed in place": (changes, None),
        "added up over calls": (adds_up, None),
        "differences of a tiny step": (gradients, tiny),
    }


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


def correct(number, seed=1, progress=quiet):
    """False alarms among correct submissions, eight for each network: [(seed, kind, convention, layout, report)]."""
    alarms = []
    for i in progress(range(-(-number // 8)), "networks without a mistake"):
        rng = np.random.default_rng((*np.atleast_1d(seed), i))
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
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    tally = plant(options.networks, (options.seed, 0), progress=shown)
    plant_elsewhere(options.networks, tally, (options.seed, 1), progress=shown)
    for name, (key, *_) in (PLANTED | ELSEWHERE).items():
        row = [tally.counts[name, how] for how in ("named", "in the set", "missed")]
        print(f"{name:<28} {key:<26} named {row[0]:>5}   in the set {row[1]:>4}   missed {row[2]:>4}")
    for missed in tally.missed[:20]:
        print("   ", *missed)
    print(f"{tally.total()} planted: {100 * tally.named:.2f} % named, {tally.total('missed')} missed")
    print(f"slowest check: {tally.slowest:.2f} s of processor time")
    alarms = correct(options.correct, (options.seed, 2), progress=shown)
    print(f"{options.correct} correct submissions: {len(alarms)} false alarms")
    for alarm in alarms[:5]:
        print(*alarm, sep="\n")
    return int(tally.named < 0.99 or tally.total("missed") > 0 or bool(alarms))


if __name__ == "__main__":
    sys.exit(main())
