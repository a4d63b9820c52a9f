"""The gradients that parameters have after a training: those of the last step, though a program may keep none."""

import numpy as np
import pytest

import nn
from nn.train import compiled

X = np.random.default_rng(0).normal(size=(3, 40))
Y = (X.sum(axis=0, keepdims=True) > 0).astype(float)


def trained(epochs=4, drops=False, frozen=False, **options):
    middle = [nn.Dropout(0.5, seed=3)] if drops else [nn.BatchNorm(4)]
    model = nn.Sequential(nn.Linear(3, 4, seed=1), *middle, nn.Tanh(), nn.Linear(4, 1, seed=2), nn.Sigmoid())
    if frozen:
        model.parameters()[0].requires_grad = False
    optimizer = nn.optim.Adam(model.parameters()[::-1], lr=0.05)
    history = nn.fit(
        model, X, Y, loss="binary_cross_entropy", optimizer=optimizer, epochs=epochs, progress=False, **options
    )
    return model, history


OPTIONS = {
    "all columns": {},
    "one step": {"epochs": 1},
    "batches": {"batch_size": 16},
    "random numbers": {"drops": True},
    "random numbers of batches": {"drops": True, "batch_size": 16},
    "a frozen parameter": {"frozen": True},
    "weights": {"sample_weights": np.linspace(0, 1, 40)},
    "a callback": {"callbacks": lambda trainer, history: None},
    "validation": {"validation": (X, Y)},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_they_are_those_of_the_last_step(options):
    expected, _ = trained(**options, compile=False)
    found, history = trained(**options, compile="numpy")
    assert history.compiled
    for p, q in zip(found.parameters(), expected.parameters(), strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-10)
        assert (p.grad is None) == (q.grad is None)
        if p.grad is not None:
            np.testing.assert_allclose(p.grad, q.grad, rtol=1e-7, atol=1e-12)
    for (_, b), (_, c) in zip(found.named_buffers(), expected.named_buffers(), strict=True):
        np.testing.assert_allclose(b.value, c.value, rtol=1e-10)


def test_who_looks_finds_them_at_each_step():
    def noted(compile):
        grads = []
        trained(compile=compile, callbacks=lambda trainer, _: grads.append(trainer.model.parameters()[0].grad.copy()))
        return grads

    np.testing.assert_allclose(noted(False), noted("numpy"), rtol=1e-7, atol=1e-12)


def test_a_program_gives_them_only_where_they_may_be_wanted(monkeypatch):
    made = []

    class Noted(compiled.Program):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            made.append(self.gives)

    monkeypatch.setattr(compiled, "Program", Noted)
    for options in ({}, {"validation": (X, Y)}, {"drops": True}):
        trained(compile="numpy", **options)
    assert made == [False, True, True]
