"""Schedules are pure functions of the epoch and of the costs before it, and agree with PyTorch's."""

import math

import numpy as np
import pytest

import nn
from nn.schedules import Cosine, Decay, Exponential, Plateau, Step, WarmUp

torch = pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")
lr_scheduler = torch.optim.lr_scheduler

COSTS = [1.0, 0.9, 0.95, 0.9, 0.9, 0.89, 0.889999, 0.89, 0.89, 0.89, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.4, 0.45, 0.41, 0.4]

COUNTERPARTS = {
    "step": (Step(3, 0.5), lambda o: lr_scheduler.StepLR(o, 3, 0.5)),
    "exponential": (Exponential(0.9), lambda o: lr_scheduler.ExponentialLR(o, 0.9)),
    "cosine": (Cosine(len(COSTS)), lambda o: lr_scheduler.CosineAnnealingLR(o, len(COSTS))),
    "cosine to": (Cosine(len(COSTS), 0.01), lambda o: lr_scheduler.CosineAnnealingLR(o, len(COSTS), 0.01)),
    "warm-up": (WarmUp(5), lambda o: lr_scheduler.LinearLR(o, 1 / 5, total_iters=4)),
    "decay": (Decay(0.3), lambda o: lr_scheduler.LambdaLR(o, lambda k: 1 / (1 + 0.3 * k))),
    "plateau": (Plateau(0.5, 2), lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=2)),
    "plateau, at once": (Plateau(0.5, 0), lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=0)),
    "plateau, least": (
        Plateau(0.1, 1, 0.01, 0.02),
        lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=0.1, patience=1, threshold=0.01, min_lr=0.02),
    ),
}


def test_every_schedule_has_a_counterpart():
    kinds = {getattr(nn.schedules, name) for name in nn.schedules.__all__} - {nn.schedules.Schedule}
    assert {type(ours) for ours, _ in COUNTERPARTS.values()} == kinds


@pytest.mark.parametrize("name", COUNTERPARTS)
def test_rates_are_those_of_pytorch(name):
    ours, theirs = COUNTERPARTS[name]
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.2)
    scheduler, expected = theirs(optimizer), []
    for cost in COSTS:
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(*[cost] * ("plateau" in name))
    found = [ours.rate(epoch, 0.2, COSTS[:epoch]) for epoch in range(len(COSTS))]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-17)
    # It is the same in whatever order it is asked.
    assert [ours.rate(epoch, 0.2, COSTS[:epoch]) for epoch in reversed(range(len(COSTS)))] == found[::-1]


def test_a_warm_up_goes_on_with_another_schedule_and_with_the_costs_since():
    warm, then = WarmUp(3, then=Plateau(0.5, 0)), Plateau(0.5, 0)
    costs = [0.1, 0.2, 0.3, 0.3, 0.3]
    assert [warm.rate(k, 0.6, costs[:k]) for k in range(6)] == [
        pytest.approx(x) for x in [0.2, 0.4, 0.6, 0.6, 0.6, 0.3]
    ]
    assert warm.rate(5, 0.6, costs) == then.rate(2, 0.6, costs[3:])


def test_a_plateau_of_costs_below_0_is_one_and_nan_is_no_progress():
    plateau = Plateau(0.5, patience=0)
    assert plateau.rate(3, 1.0, [-1.0, -2.0, -3.0]) == 1.0
    assert plateau.rate(3, 1.0, [-3.0, -2.0, -1.0]) == 0.25
    assert plateau.rate(2, 1.0, [1.0, math.nan]) == 0.5
    assert plateau.rate(1, 0.1, []) == 0.1
    assert Plateau(0.5, patience=0, least=0.2).rate(3, 0.1, [1.0, 1.0, 1.0]) == 0.1  # it never makes a rate larger


def test_a_schedule_is_a_value():
    assert Step(3) == Step(3, 0.1) and hash(Cosine(4)) == hash(Cosine(4))
    assert repr(WarmUp(2, then=Cosine(8))) == "WarmUp(epochs=2, then=Cosine(epochs=8, least=0.0))"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Step(0), "Step needs every, an integer of at least 1, but got every=0"),
        (lambda: Step(2.0), r"every=2\.0"),
        (lambda: Step(2, 1.5), r"Step needs factor, a number above 0 and at most 1, but got factor=1\.5"),
        (lambda: Exponential(0), "factor=0"),
        (lambda: Decay(-1), "Decay needs decay, a number of at least 0, but got decay=-1"),
        (lambda: Cosine("10"), "Cosine needs epochs, an integer of at least 1, but got epochs='10'"),
        (lambda: Cosine(10, -1.0), r"least=-1\.0"),
        (lambda: WarmUp(2, then=0.1), r"WarmUp needs then, a schedule or None, but got then=0\.1"),
        (lambda: Plateau(patience=-1), "Plateau needs patience, an integer of at least 0, but got patience=-1"),
        (lambda: Plateau(tolerance=1), "tolerance=1"),
        (lambda: Plateau(True), "factor=True"),
    ],
)
def test_what_a_schedule_cannot_be_made_with_is_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()
