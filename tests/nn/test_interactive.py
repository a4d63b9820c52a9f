"""What somebody tries who builds a small network at a prompt: it works, or says what to do."""

import copy

import numpy as np
import pytest

import autograd as ag
import nn

X = np.random.default_rng(0).normal(size=(4, 30))
y = np.arange(30) % 3


def model(units=3, last=nn.Softmax):
    return nn.Sequential(nn.Linear(4, 8, seed=0), nn.Tanh(), nn.Linear(8, units, seed=1), last())


def fitted(model, Y, loss="cross_entropy", X=X, **options):
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    return nn.fit(model, X, Y, loss=loss, optimizer=optimizer, epochs=2, progress=False, **options)


@pytest.mark.parametrize("name", ["trainable", "requires_grad"])
def test_a_layer_is_not_frozen_by_an_attribute_without_effect(name):
    layer = model()[0]
    with pytest.raises(ag.Unsupported, match=r"frozen by layer\.freeze\(\).*layer\.W\.requires_grad = False"):
        setattr(layer, name, False)
    layer.W.requires_grad = False

    class Own(nn.Module):
        def __init__(self):
            self.trainable = False  # what a user's own Module calls so is its own business

    assert Own().trainable is False


@pytest.mark.parametrize(
    ("Y", "loss", "words"),
    [
        (nn.data.one_hot(y, 3).T, "cross_entropy", r"Y seems to have its samples in rows: Y\.T turns them"),
        (y, "mse", r"\(1, 30\)\. Zeros and ones, or quantities: y\.reshape\(1, -1\)\.astype\(float\)\. .*one_hot"),
        (y * 1.0, "mse", r"\(1, 30\)\. Write y\.reshape\(1, -1\)\.$"),
    ],
)
def test_targets_in_another_form_are_answered_once(Y, loss, words):
    with pytest.raises(ag.ShapeError, match=words):
        fitted(model(), Y, loss)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([nn.Linear(4, 8), nn.Tanh()], r"Of a list of them: nn\.Sequential\(\*layers\)"),
        ({"hidden": nn.Linear(4, 8)}, r"numbered, and have no names: nn\.Sequential\(\*layers\.values\(\)\)"),
        (nn.Tanh, r"Make one of the class: nn\.Tanh\(…\)"),
        (np.tanh, r"A function becomes one by nn\.Lambda"),
    ],
)
def test_a_sequential_of_something_else_says_how_it_is_made(given, words):
    with pytest.raises(TypeError, match=words):
        nn.Sequential(given)


def test_layers_are_looked_up_and_replaced_by_their_numbers():
    net = model()
    net[1] = nn.ReLU()
    assert net(X).name == "A2"
    assert [type(layer).__name__ for layer in net] == ["Linear", "ReLU", "Linear", "Softmax"]
    with pytest.raises(IndexError, match=r"has 4 layers, which are model\[0\] to model\[3\], but got model\[5\]"):
        net[5]
    with pytest.raises(IndexError, match=r"but got model\[4\]"):
        net[4] = nn.Tanh()
    with pytest.raises(TypeError, match=r"but got model\['0\.W'\]\. dict\(model\.named_parameters\(\)\)"):
        net["0.W"]
    with pytest.raises(TypeError, match="but got <class"):
        net[1] = nn.Tanh
    other = copy.deepcopy(net)
    other[0] = nn.Linear(4, 8, seed=5)
    assert [p.name for p in other.parameters()] == ["W1", "b1", "W2", "b2"]
    assert (other[0].W.data != net[0].W.data).any()


def test_a_loss_of_probabilities_on_outputs_that_are_none_is_found():
    Y = nn.data.one_hot(y, 3)
    for last, found in ((lambda: nn.HardTanh(0.01, 1), True), (nn.Sigmoid, False), (nn.Softmax, False)):
        net = model(last=last)
        optimizer = nn.optim.Adam(net.parameters(), lr=0.01)
        report = nn.diagnose(net, X, Y, loss="cross_entropy", optimizer=optimizer)
        said = [finding.words for finding in report.findings if "and not to 1" in finding.words]
        assert bool(said) is found
        refused = [finding for finding in report.findings if "those of a sigmoid" in finding.words]
        assert bool(refused) is (last is nn.Sigmoid)  # by the loss itself


def test_what_is_printed_and_kept_says_what_it_is(tmp_path):
    history = fitted(net := model(), nn.data.one_hot(y, 3))
    with pytest.raises(TypeError, match=r"Write history\.cost\."):
        history["cost"]
    trainer = nn.train.Trainer(net, "mse", nn.optim.SGD(net.parameters(), lr=0.1))
    assert repr(trainer) == f"Trainer({net!r}, mse, SGD(4 parameters, lr=0.1))"
    with pytest.raises(TypeError, match=r"Pass the model itself; numbers alone: np\.savez\(path, \*\*state\)"):
        nn.save(net.state_dict(), tmp_path / "m.safetensors")
