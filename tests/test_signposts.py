"""Names of other libraries are answered by what they are called here: each signpost points to what there is."""

import copy
import inspect
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import pytest

import autograd as ag
import nn
from autograd.signposts import SIGNPOSTS, Absent, AbsentImport, answering
from nn.train.metrics import measured

CLASSES = {"Tensor": "t", "Module": "model", "Optimizer": "optimizer"}
CALLS = [place for place in SIGNPOSTS if place.endswith("()")]
MODULES = [place for place in SIGNPOSTS if place not in CLASSES and place not in CALLS]


def at_hand():
    """What an example may use."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 8)), rng.random((2, 8))
    layer = nn.Linear(3, 2, seed=0)
    model = nn.Sequential(layer, nn.Sigmoid())
    images, sequences = rng.random((1, 4, 4, 8)), rng.random((3, 4, 8))
    A = model(X)
    nn.losses.mse(A, Y).backward()
    optimizer, labels = nn.optim.Adam(model.parameters()), rng.integers(0, 2, 8)
    Z, P = layer(X), ag.softmax(layer(X), axis=0)
    t, cost = ag.Tensor(np.array([[1.0, 2.0], [3.0, 4.5]]), name="t"), lambda w, x: np.sum(w @ x)
    own = (X, Y, A, Z, P, t, cost, labels, layer, model, optimizer, images, sequences)
    names = ["X", "Y", "A", "Z", "P", "t", "cost", "labels", "layer", "model", "optimizer", "images", "sequences"]
    return {"np": np, "copy": copy, "ag": ag, "nn": nn} | dict(zip(names, own, strict=True))


def called(place):
    """The function or class that a place "SGD()" is a call of."""
    name = {"Optimizer()": "SGD()", "Activation()": "Softmax()", "Loss()": "mse()"}.get(place, place)[:-2]
    for home in (nn, nn.optim, nn.losses, nn.data, ag, ag.Tensor):
        if hasattr(home, name):
            return getattr(home, name)
    raise LookupError(place)


def parameters(call):
    """The names of the arguments of a function, a class or a loss."""
    return inspect.signature(nn.losses.Loss.__call__ if isinstance(call, nn.losses.Loss) else call).parameters


def resolved(dotted, names):
    head, *rest = dotted.split(".")
    found = names[head] if head in names else import_module(head)
    for name in rest:
        found = getattr(found, name)
    return found


def test_there_are_many():
    assert len({name for rows in SIGNPOSTS.values() for name in rows}) >= 150
    assert sum(len(SIGNPOSTS[place]) for place in CALLS) >= 40


@pytest.mark.parametrize("place", SIGNPOSTS)
def test_what_signposts_point_to_is_there(place):
    names = at_hand()
    for post in SIGNPOSTS[place].values():
        assert post.here or post.remark
        assert post.remark == "" or post.remark.endswith(".")
        if post.here.endswith("="):
            assert post.here[:-1] in parameters(called(place))
        elif post.here:
            resolved(post.here, names)


@pytest.mark.filterwarnings("ignore::autograd.DisconnectedWarning")
@pytest.mark.parametrize("place", SIGNPOSTS)
def test_examples_run(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for example in {post.example: None for post in SIGNPOSTS[place].values() if post.example}:
        exec(example, at_hand())


@pytest.mark.parametrize("place", MODULES)
def test_a_module_answers(place):
    module = import_module(place)
    for name, post in SIGNPOSTS[place].items():
        assert name not in getattr(module, "__all__", ())
        if isinstance(found := getattr(module, name, None), ModuleType):
            with pytest.raises(ag.Unsupported) as caught:
                found([1.0])
            assert str(caught.value) == f"{place}.{name} is a module, and cannot be called: {post}"
        else:
            assert found is None
            with pytest.raises(Absent) as caught:
                getattr(module, name)
            assert str(caught.value) == f"{place} has no {name}: {post}"


@pytest.mark.parametrize("place", CLASSES)
def test_an_object_answers(place):
    it = at_hand()[CLASSES[place]]
    assert set(SIGNPOSTS[place]).isdisjoint(dir(it))
    for name, post in SIGNPOSTS[place].items():
        assert not hasattr(it, name)
        with pytest.raises(Absent, match=r"^An? ") as caught:
            getattr(it, name)
        assert str(caught.value).endswith(f"{place.lower() if place == 'Optimizer' else place} has no .{name}: {post}")


@pytest.mark.parametrize("place", CALLS)
def test_a_call_answers(place):
    call = called(place)
    some = {"backward()": [ag.Tensor(1.0)], "Tensor()": [1.0], "Loss()": [np.ones((1, 2))] * 2}
    arguments = some.get(place, [])
    for name, post in SIGNPOSTS[place].items():
        with pytest.raises(ag.Unsupported) as caught:
            call(*arguments, **{name: None})
        assert str(caught.value).endswith(f" has no argument {name}=: {post}")
        assert isinstance(caught.value, TypeError)


def test_an_import_answers_in_the_same_words():
    for line in ("from nn import Dense", "from nn import Linear, Dense", "from nn.losses import Dense"):
        with pytest.raises(AbsentImport, match=r"has no Dense: here it is nn\.Linear"):
            exec(line, {})
    with pytest.raises(ImportError, match="cannot import name 'nonsense' from 'nn'"):
        exec("from nn import nonsense", {})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import nn.Dense", r"nn has no Dense: here it is nn\.Linear, as in"),
        ("import nn.dense", r"nn has no dense: here it is nn\.Linear, as in"),
        ("from nn.layers import Dense", r"nn\.layers has no Dense: here it is nn\.Linear"),
        ("from nn.layers import Linear", r"nn\.layers has no Linear: here it is nn\.Linear"),
        ("from nn.layers.dense import Dense", r"nn\.layers has no dense: here it is nn\.Linear"),
        ("import nn.losses.MSELoss", r"nn\.losses has no MSELoss: here it is nn\.losses\.mse"),
        ("from nn.optimizers import Adam", r"nn has no optimizers: here it is nn\.optim"),
        ("from nn.models import Sequential", r"nn has no models: here it is nn, as in nn\.Sequential"),
        ("from nn.utils import clip_grad_norm_", r"nn has no utils: here it is nn\.data"),
        ("from nn.metrics import f1_score", r"nn\.metrics is not a module\. Write from nn import metrics\."),
        ("import nn.Linear", r"nn\.Linear is not a module\. Write from nn import Linear\."),
        ("import autograd.numpy as np", r"autograd has no numpy: here it is numpy, as in np\.exp\(t\)"),
        ("import autograd.Variable", r"autograd has no Variable: here it is autograd\.Tensor"),
    ],
)
def test_the_import_of_a_module_answers(line, words):
    with pytest.raises(AbsentImport, match=f"^{words}"):
        exec(line, {})


def test_modules_that_nobody_has_are_pythons_own_error():
    for line in ("import nn.nonsense", "import nn.layers.nonsense", "import autograd._tensor", "import nn._Dense"):
        with pytest.raises(ModuleNotFoundError, match="No module named") as caught:
            exec(line, {})
        assert type(caught.value) is ModuleNotFoundError
    for name in ("nn.nonsense", "json.Dense"):
        assert find_spec(name) is None
    with pytest.raises(ModuleNotFoundError):
        exec("import nn.Dense", {})  # so that whoever tries it out may go on


def test_a_name_that_stands_elsewhere_is_found_there():
    for asked, here in (
        ("nn.Adam", "nn.optim.Adam"),
        ("nn.adam", "nn.optim.Adam"),
        ("nn.mse", "nn.losses.mse"),
        ("nn.optim.Linear", "nn.Linear"),
        ("nn.one_hot", "nn.data.one_hot"),
        ("nn.Tensor", "autograd.Tensor"),
        ("nn.moons", "nn.datasets.moons"),
        ("nn.losses.sigmoid", "autograd.sigmoid"),
    ):
        module, _, name = asked.rpartition(".")
        with pytest.raises(Absent, match=f"^{module} has no {name}: here it is {here}"):
            getattr(import_module(module), name)


def test_what_nobody_calls_anything_is_pythons_own_error():
    for module in (nn, nn.optim, nn.losses, nn.data, ag):
        with pytest.raises(AttributeError, match=f"^module '{module.__name__}' has no attribute 'nonsense'$") as caught:
            module.nonsense  # noqa: B018
        assert not isinstance(caught.value, ag.AutogradError)
        assert not hasattr(module, "__wrapped__")
    for call in (nn.Linear, nn.optim.SGD, nn.fit, ag.grad, ag.Tensor, nn.data.split):
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'nonsense'|missing"):
            call(nonsense=1)


def test_what_a_user_defines_comes_first():
    class Net(nn.Module):
        def __init__(self, in_features, **rest):
            self.device, self.weight, self.rest = "here", in_features, rest

        def fit(self):
            return "fitted"

    class Layers(nn.Module, list):
        add = 3

    layers = Layers()
    layers.append(2)
    assert (layers, layers.add) == ([2], 3) and "append" in dir(layers)

    net = Net(in_features=3, units=2)
    assert (net.device, net.weight, net.rest, net.fit()) == ("here", 3, {"units": 2}, "fitted")
    assert "fit" in dir(net) and "cuda" not in dir(net)


def test_signatures_stay_what_they_are():
    assert list(inspect.signature(nn.Linear).parameters)[:2] == ["n_in", "n_out"]
    assert list(inspect.signature(nn.data.split).parameters)[:2] == ["X", "Y"]


def test_an_argument_is_only_answered_where_it_stands_for_one_that_is_there():
    def sgd(parameters, rate):
        return rate

    with pytest.raises(TypeError, match="unexpected keyword"):
        answering(sgd, "SGD()")(learning_rate=1)


def test_an_answer_is_shown_by_python_without_a_guess_of_its_own():
    done = subprocess.run([sys.executable, "-c", "import nn; nn.Dense"], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == (
        "autograd.signposts.Absent: nn has no Dense: here it is nn.Linear, as in nn.Linear(3, 10)."
    )


@pytest.mark.parametrize(
    ("find", "given", "here"),
    [
        (nn.losses.find, "CrossEntropyLoss", "cross_entropy_logits"),
        (nn.losses.find, "sparse_categorical_crossentropy", "cross_entropy"),
        (nn.init.find, "glorot_uniform", "xavier_uniform"),
        (measured, "roc_auc_score", "auc"),
    ],
)
def test_a_name_of_others_given_as_a_string_is_answered_by_ours(find, given, here):
    with pytest.raises(ValueError, match=f"There is no .* '{given}': here it is '{here}'; known: "):
        find(given)
