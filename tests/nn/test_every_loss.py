"""Whatever holds for every loss: a loss that is declared is found here by itself."""

import functools

import numpy as np
import pytest

import autograd as ag
import nn
from nn.losses import ONE_HOT, PROBABILITIES, QUANTITIES, SIGNS

rng = np.random.default_rng(0)
Z = rng.standard_normal((3, 5))
LOSSES = pytest.mark.parametrize("loss", nn.losses.KNOWN.values(), ids=str)


def data(loss):
    """Predictions and targets that it takes."""
    A = np.exp(Z) / np.exp(Z).sum(axis=0) if loss.of_probabilities else Z
    if loss.target is ONE_HOT:
        return A, np.eye(3)[:, [0, 2, 1, 1, 0]]
    Y = rng.integers(0, 2, (3, 5)) * 1.0
    Y[0, :2] = 0, 1  # both, in any case
    return A, {PROBABILITIES: Y, SIGNS: 2 * Y - 1, QUANTITIES: rng.standard_normal((3, 5))}[loss.target]


@LOSSES
def test_it_is_summed_over_units_and_averaged_over_columns(loss):
    A, Y = data(loss)
    columns = [loss(ag.Tensor(A[:, [k]]), Y[:, [k]]).item() for k in range(5)]
    assert loss(ag.Tensor(A), Y).item() == pytest.approx(np.mean(columns), rel=1e-12)


@LOSSES
def test_its_gradients_are_those_of_differences(loss):
    _, Y = data(loss)
    activation = nn.Softmax() if loss.target is ONE_HOT else nn.Sigmoid()
    assert ag.check_grads(lambda Z: loss(activation(Z) if loss.of_probabilities else Z, Y), Z, order=1).ok


@LOSSES
def test_probabilities_of_classes_are_not_those_of_sigmoids(loss):
    """Which need no sum: trained with −Y ln A, all of them go to 1."""
    if loss.target is not ONE_HOT or loss.logits:
        return
    Y, words = data(loss)[1], f"{loss.name} needs the probabilities of classes.* a sigmoid.* Softmax, or .*_logits"
    with pytest.raises(ag.DataError, match=words):
        loss(ag.sigmoid(ag.Tensor(Z)), Y)
    with pytest.raises(ag.DataError, match=words):
        ag.compile(ag.value_and_grad(lambda Z: loss(ag.sigmoid(Z), Y)))(Z)
    for compile in (True, False, "auto"):
        model = nn.Sequential(nn.Linear(3, 3), nn.Sigmoid())
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
        with pytest.raises(ag.AutogradError, match=words):
            nn.fit(model, Z, Y, loss=loss.name, optimizer=optimizer, epochs=1, progress=False, compile=compile)
    A = ag.sigmoid(ag.Tensor(Z))
    assert loss(A / np.sum(A, axis=0, keepdims=True), Y).item() > 0


@LOSSES
def test_it_compiles_and_is_derived(loss):
    A, Y = data(loss)
    f = ag.value_and_grad(lambda A: loss(A, Y))
    for a, b in zip(ag.compile(f)(A), f(A), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    assert ag.derive(loss(ag.Tensor(A, name="A"), Y)).lines


@LOSSES
def test_it_refuses_what_does_not_fit(loss):
    A, Y = data(loss)
    with pytest.raises(ag.ShapeError, match="they must have one shape"):
        loss(ag.Tensor(A), Y[0])
    with pytest.raises(ag.DtypeError, match="The target holds int64"):
        loss(ag.Tensor(A), Y.astype(int))
    with pytest.raises(ag.ShapeError, match=r"predictions \(n, m\), .* but got shape \(3,\)"):
        loss(ag.Tensor(A[:, 0]), Y[:, 0])
    for nothing in (None, "abc", [None]):
        with pytest.raises(ag.DtypeError, match="The target must be an array of numbers, but got"):
            loss(ag.Tensor(A), nothing)
        with pytest.raises(ag.DtypeError, match="The prediction must be an array of numbers, but got"):
            loss(nothing, Y)


WRONG = {
    "-1 and 1": lambda Y: Y * 2 - 1,
    "beyond 1": lambda Y: Y * 3,
    "one of them": lambda Y: Y + (Y.max() == Y) * 0.1,
}


@LOSSES
@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("given", [np.array, ag.Tensor, lambda Y: ag.Tensor(Y, requires_grad=False)])
def test_it_refuses_targets_of_another_kind_wherever_they_come_from(loss, wrong, given):
    A, Y = data(loss)
    wrong = given(WRONG[wrong](Y))
    if loss.target is QUANTITIES:
        loss(ag.Tensor(A), wrong)
        return
    for attempt in (loss, lambda A, Y: loss.check_targets(Y), functools.partial(loss), ag.no_grad()(loss.__call__)):
        with pytest.raises(ag.DataError, match=f"{loss.name} needs"):
            attempt(ag.Tensor(A), wrong)
    with pytest.raises(ag.DataError, match=f"{loss.name} needs"):
        ag.grad(lambda A: loss(A, wrong))(A)


@LOSSES
@pytest.mark.parametrize("columns", [5, 5000])
def test_targets_are_looked_at_again_when_they_were_changed_in_place(loss, columns):
    A, Y = (np.repeat(x, columns // 5, axis=1) for x in data(loss))
    for _ in range(2):
        loss(ag.Tensor(A), Y)
    Y[0, -1] = -2.0
    if loss.target is not QUANTITIES:
        with pytest.raises(ag.DataError, match=f"{loss.name} needs"):
            loss(ag.Tensor(A), Y)
    else:
        loss(ag.Tensor(A), Y)


@LOSSES
def test_probabilities_of_another_model_are_targets_up_to_rounding(loss):
    A, _ = data(loss)
    if loss.target is SIGNS:
        return
    for soft in (ag.softmax(Z, axis=0), ag.softmax(Z.astype(np.float32), axis=0).astype(float)):
        assert np.isfinite(loss(ag.Tensor(A), np.asarray(soft)).item())


@LOSSES
def test_lists_are_taken_as_arrays(loss):
    A, Y = data(loss)
    assert loss(A.tolist(), Y.tolist()).item() == loss(A, Y).item() == loss(ag.Tensor(A), Y).item()


@LOSSES
def test_what_is_advised_for_predictions_that_are_no_probabilities_can_be_done(loss):
    if loss.of_probabilities:
        layer = {PROBABILITIES: "Sigmoid", ONE_HOT: "Softmax"}[loss.target]
        with pytest.raises(ag.DataError, match=f"with {layer}, or .* {loss.name}_logits, without it") as refused:
            loss(ag.Tensor(Z), data(loss)[1])
        assert str(refused.value).count("_logits") == 1 and loss(getattr(nn, layer)()(Z), data(loss)[1]).item() > 0


@LOSSES
def test_half_and_single_precision_stay(loss):
    A, Y = data(loss)
    for dtype in (np.float16, np.float32):
        assert loss(ag.Tensor(A.astype(dtype)), Y.astype(dtype)).dtype == dtype


@LOSSES
def test_a_sure_and_wrong_prediction_is_advised_the_form_on_logits(loss):
    if loss.of_probabilities:
        _, Y = data(loss)
        with pytest.raises(nn.losses.CostError, match=f"Leave the last activation out, .* {loss.name}_logits"):
            loss(ag.Tensor(1.0 - Y), Y)
