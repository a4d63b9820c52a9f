"""The contract of a Module: what it holds, training and evaluation, state, labels and scopes, names that stay."""

import copy
import pickle

import numpy as np
import pytest

import autograd as ag
import nn

X = np.random.default_rng(0).standard_normal((3, 7))


class Norm(nn.Module):
    """A layer with a parameter and state of its own."""

    def __init__(self, n):
        self.gamma = ag.Tensor(np.ones((n, 1)), name="gamma")
        self.mean = nn.Buffer(np.zeros((n, 1)), name="mean")

    def forward(self, X):
        if self.training:
            self.mean.update(0.5 * self.mean.value + 0.5 * np.mean(X, axis=1, keepdims=True))
        return self.gamma * (X - self.mean.value)


class Net(nn.Module):
    """A network by hand, of two branches that are added."""

    def __init__(self):
        self.encoder = nn.Sequential(nn.Linear(3, 4, seed=0), nn.Tanh())
        self.blocks = [nn.Linear(4, 2, seed=1), nn.Linear(4, 2, seed=2)]
        self.norm = Norm(2)

    def forward(self, X):
        H = self.encoder(X)
        return self.norm(self.blocks[0](H) + self.blocks[1](H))


def test_a_module_takes_several_inputs():
    class Scores(nn.Module):
        def forward(self, Q, K, mask=None):
            return Q.T @ K if mask is None else np.where(mask, Q.T @ K, -np.inf)

    Q = ag.Tensor(X)
    assert Scores()(Q, X).shape == (7, 7)
    assert np.isinf(Scores()(Q, X, mask=np.eye(7) > 2).data).all()


def test_children_parameters_and_buffers_have_the_way_to_them_as_names():
    net = Net()
    assert [name for name, _ in net.named_children()] == ["encoder", "blocks.0", "blocks.1", "norm"]
    names = [name for name, _ in net.named_parameters()]
    assert names == ["encoder.0.W", "encoder.0.b", "blocks.0.W", "blocks.0.b", "blocks.1.W", "blocks.1.b", "norm.gamma"]
    assert [id(p) for _, p in net.named_parameters()] == [id(p) for p in net.parameters()]
    assert [name for name, _ in net.named_buffers()] == ["norm.mean"]


def test_train_and_eval_reach_everything_within():
    net = Net()
    assert net.training and net.eval() is net
    assert not any(module.training for module in net.modules())
    assert all(module.training for module in net.train().modules())


def test_a_buffer_changes_in_training_alone_and_is_not_trained():
    net = Net()
    net.eval()(X)
    assert not net.norm.mean.value.any()
    np.sum(net.train()(X)).backward()
    assert net.norm.mean.value.any() and type(net.norm.mean.value) is np.ndarray
    assert all(p is not net.norm.mean for p in net.parameters())


def test_a_buffer_keeps_its_shape():
    with pytest.raises(ag.ShapeError, match=r"The buffer mean \(2, 1\) has shape|has shape \(2, 1\), but got \(2,\)"):
        Norm(2).mean.update(np.ones(2))


def test_buffers_apart_leave_the_model_as_it_is():
    net = Net()
    with nn.buffers_apart({net.norm.mean: np.ones((2, 1))}) as state:
        net(X)
        net(X)
    assert not net.norm.mean.value.any()
    assert list(state) == [net.norm.mean] and not np.array_equal(state[net.norm.mean], np.ones((2, 1)))


def test_a_compiled_function_does_not_freeze_a_buffer():
    norm = nn.Buffer(np.zeros((3, 1)), name="mean")

    def step(X, mean):
        with nn.buffers_apart({norm: mean}) as state:
            norm.update(0.5 * norm.value + 0.5 * np.mean(X, axis=1, keepdims=True))
        return np.sum(X), state[norm]

    for f in (lambda X: X - norm.value, lambda X: norm.update(np.mean(X, axis=1, keepdims=True))):
        with pytest.raises(ag.GraphError, match=r"[Tt]he buffer mean \(3, 1\)"):
            ag.compile(f)(X)
    compiled = ag.compile(step)
    for mean in (np.zeros((3, 1)), np.ones((3, 1))):
        np.testing.assert_allclose(compiled(X, mean)[1], 0.5 * mean + 0.5 * X.mean(axis=1, keepdims=True))
    assert not norm.value.any()


def test_state_goes_from_one_model_to_another():
    one, other = Net(), Net()
    one(X)
    for p in one.parameters():
        p.data = p.data + 1.0
    state = one.state_dict()
    other.load_state_dict(state)
    np.testing.assert_array_equal(one.eval()(X).data, other.eval()(X).data)
    next(iter(state.values()))[:] = np.nan  # they are copies
    assert np.isfinite(one(X).data).all() and np.isfinite(other(X).data).all()


def test_a_frozen_parameter_is_part_of_the_state():
    net = Net()
    net.encoder[0].W.requires_grad = False
    assert "encoder.0.W" in net.state_dict() and len(net.parameters()) == 6


def test_what_does_not_fit_is_listed_at_once_and_nothing_is_loaded():
    net = Net()
    before, state = net.state_dict(), Net().state_dict()
    del state["norm.mean"]
    state |= {"encoder.0.W": np.ones((3, 4)), "norm.gamma": np.array([["a"], ["b"]]), "head.W": np.ones(2)}
    with pytest.raises(ag.DataError) as refused:
        net.load_state_dict(state)
    for line in (
        "norm.mean (2, 1) is missing",
        "head.W (2,) is not part of the model",
        "encoder.0.W must have shape (4, 3), but has (3, 4)",
        "norm.gamma must hold real numbers, but has dtype <U1",
        "4 that do not fit",
    ):
        assert line in str(refused.value)
    assert all(np.array_equal(before[name], x) for name, x in net.state_dict().items())


def test_a_module_is_recorded_in_the_scope_of_its_attribute():
    net = Net()
    found = {n.name: n.scope for n in ag.ancestors(net(X).node) if n.op is not None and n.name}
    assert found == {"Z1": ("encoder", "layer 1"), "A1": ("encoder", "layer 1")}
    scopes = {ag.scope_of(n) for n in ag.ancestors(net(X).node) if n.op is not None}
    assert scopes == {("encoder", "layer 1"), ("blocks[0]",), ("blocks[1]",), ("norm",), ()}


def test_a_module_has_one_label_and_what_holds_it_back_gives_none():
    layer = nn.Linear(2, 2)
    first, second = nn.Module(), nn.Module()
    first.inner = layer
    second.other = layer
    layer.whole = first
    assert (layer.label, first.label) == ("inner", None)


def test_a_copy_of_a_model_is_the_same_model():
    net = Net()
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        np.testing.assert_array_equal(other.eval()(X).data, net.eval()(X).data)
        assert [p.name for p in other.parameters()] == [p.name for p in net.parameters()]
        assert not {id(p) for p in other.parameters()} & {id(p) for p in net.parameters()}
        assert other.encoder(X).scope == net.encoder(X).scope


def test_a_network_within_two_others_is_named_once():
    body = nn.Sequential(nn.Linear(3, 3), nn.Tanh())
    one = nn.Sequential(body, nn.Linear(3, 1))
    nn.Sequential(nn.Linear(3, 3), body, nn.Linear(3, 1))
    assert [p.name for p in one.parameters()] == ["W1", "b1", "W2", "b2"]
    assert body[0](X).name == "Z1"


def test_a_block_counts_as_a_layer_and_its_parameters_are_told_apart():
    class Block(nn.Module):
        def __init__(self):
            self.inner, self.outer = nn.Linear(3, 3), nn.Linear(3, 3)

        def forward(self, X):
            return self.outer(np.tanh(self.inner(X)))

    model = nn.Sequential(Block(), nn.Linear(3, 1))
    names = [p.name for p in model.parameters()]
    assert len(set(names)) == 6 and names[-2:] == ["W2", "b2"]
    scopes = {n.scope for n in ag.ancestors(model(X).node) if n.op is not None}
    assert scopes == {("layer 1", "inner"), ("layer 1", "outer"), ("layer 1",), ("layer 2",)}


def test_a_layer_that_is_replaced_in_the_list_is_named_by_what_it_is():
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 1))
    model.layers[1] = nn.Linear(3, 3)
    found = [n.name for n in ag.ancestors(model(X).node) if n.op is not None and n.name]
    assert found == ["Z1", "Z2", "Z3"]


def test_an_object_that_is_a_module_and_a_sequence_is_a_module():
    from collections.abc import Sequence

    class Stack(nn.Module, Sequence):
        def __init__(self, *layers):
            self.held = layers

        def __getitem__(self, i):
            return self.held[i]

        def __len__(self):
            return len(self.held)

    outer = nn.Module()
    outer.stack = Stack(nn.Linear(2, 2), nn.Linear(2, 2))
    assert [name for name, _ in outer.named_children()] == ["stack"] and len(outer.parameters()) == 4


def test_a_result_that_a_module_keeps_is_not_part_of_its_state():
    class Keeps(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(3, 2, seed=0)

        def forward(self, X):
            self.last = self.layer(X)
            return self.last

    one, other = Keeps(), Keeps()
    one(X)
    assert list(one.state_dict()) == ["layer.W", "layer.b"]
    other.load_state_dict(one.state_dict())
    one.load_state_dict(other.state_dict())


TAKEN_TWICE = {
    "a key with a dot": lambda a, b: {"a.b": a, "a": {"b": b}},
    "a number and its text": lambda a, b: {1: a, "1": b},
    "a layer and a key": lambda a, b: {"W.x": a, "W": {"x": b}},
    "a buffer": lambda a, b: {"a.b": a, "a": {"b": nn.Buffer(b.data)}},
}


@pytest.mark.parametrize("parts", TAKEN_TWICE)
def test_no_two_parts_of_a_state_have_the_same_name(parts):
    layer = nn.Module()
    layer.parts = TAKEN_TWICE[parts](ag.Tensor([1.0]), ag.Tensor([2.0]))
    for ask in (layer.state_dict, lambda: layer.load_state_dict({})):
        with pytest.raises(ag.DataError, match=r"would be that of parts\[.*\] and of parts\[.*\]. Rename a key"):
            ask()
    assert len(layer.parameters()) >= 1


LOST = [
    (np.array([0, 1]), [0.5, 1.0]),
    (np.array([0, 1]), [np.nan, 1.0]),
    (np.array([0, 1]), [np.inf, 1.0]),
    (np.array([0, 1], np.uint8), [-1, 1]),
    (np.array([0, 1], np.int8), [300, 1]),
    (np.array([True, False]), [2, 0]),
    (np.array([0, 1], np.float16), [1e6, 0]),
    (np.array([0, 1], np.float32), [1e300, 0]),
]


@pytest.mark.parametrize(("old", "new"), LOST, ids=[f"{new} as {old.dtype}" for old, new in LOST])
def test_numbers_that_a_dtype_cannot_hold_are_neither_loaded_nor_kept(old, new):
    layer = nn.Module()
    layer.buffer = nn.Buffer(old, name="count")
    if old.dtype.kind == "f":
        layer.W = ag.Tensor(old, name="W")
    with pytest.raises(ag.DataError, match=f"buffer has dtype {old.dtype}, which cannot hold .* at \\(0,\\)"):
        layer.load_state_dict(dict.fromkeys(layer.state_dict(), new))
    with pytest.raises(ag.DataError, match=f"The buffer count has dtype {old.dtype}, which cannot hold"):
        layer.buffer.update(np.array(new))
    assert all(np.array_equal(x, old) for x in layer.state_dict().values())


def test_what_a_dtype_rounds_is_loaded():
    layer = nn.Module()
    layer.a, layer.b = nn.Buffer(np.zeros(3, np.float16)), nn.Buffer(np.zeros(2, int))
    layer.load_state_dict({"a": [0.1, np.nan, np.inf], "b": [2.0, -3.0]}, finite=False)
    np.testing.assert_array_equal(layer.a.value, np.array([0.1, np.nan, np.inf], np.float16))
    np.testing.assert_array_equal(layer.b.value, [2, -3])


@pytest.mark.parametrize("given", [[1, 2], None, "state.npz", np.ones(2)], ids=repr)
def test_a_state_that_is_not_a_dict_is_refused(given):
    with pytest.raises(TypeError, match="load_state_dict needs a dict, as state_dict"):
        Net().load_state_dict(given)


def test_a_ragged_part_of_a_state_is_listed():
    layer = nn.Linear(2, 1)
    with pytest.raises(ag.DataError, match=r"W must have shape \(1, 2\), but is not an array"):
        layer.load_state_dict({"W": [[1.0, 2.0], [3.0]], "b": [[0.0]]})


def test_buffers_apart_are_those_of_buffers():
    for key in ("mean", 0, None):
        with pytest.raises(TypeError, match="by Buffers, but got the key"), nn.buffers_apart({key: np.ones(2)}):
            pass


@pytest.mark.parametrize("name", ["placed", "number", "own", "places", "scale"])
@pytest.mark.parametrize("kind", [nn.Linear, nn.Sequential])
def test_any_other_name_is_free_for_a_parameter(kind, name):
    class Own(kind):
        def __init__(self):
            super().__init__(*((3, 2) if kind is nn.Linear else ()))
            setattr(self, name, ag.Tensor([1.0]))

    layer = Own()
    nn.Sequential(layer, nn.Linear(3, 3))
    assert name in dict(layer.named_parameters()) and type(getattr(layer, name)) is ag.Tensor


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (name, wrong)
        for name, wrongs in {
            "training": [ag.Tensor(1.0), 1, None, "yes", np.ones(2)],
            "label": [ag.Tensor(1.0), np.array(["cat"]), 3],
            "symbol": [ag.Tensor(1.0), None, 3],
            "result_name": [ag.Tensor(1.0), 3],
            "forward": [ag.Tensor(1.0), None],
        }.items()
        for wrong in wrongs
    ],
    ids=repr,
)
def test_an_attribute_of_every_module_is_of_its_kind(name, wrong):
    layer = nn.Linear(2, 2)
    before = getattr(layer, name)
    with pytest.raises(TypeError, match=f"{name} is an attribute of every Module and must be .* another name"):
        setattr(layer, name, wrong)
    with pytest.raises(TypeError, match=f"{name} is an attribute of every Module and must be"):
        type("Own", (nn.Module,), {name: wrong})
    assert getattr(layer, name) == before


@pytest.mark.parametrize("name", ["parameters", "train", "modules", "mode", "eval", "children", "state_dict"])
def test_a_method_is_not_overwritten_by_an_attribute(name):
    layer = nn.Module()
    with pytest.raises(TypeError, match=f"{name} is a method of every Module"):
        setattr(layer, name, [nn.Linear(2, 2)])


def test_a_class_may_say_that_it_starts_in_evaluation():
    class Fixed(nn.Dropout):
        training = False

    layer = Fixed()
    assert not layer.training and layer.train().training and not Fixed().training
    compiled = ag.compile(lambda x: layer(x))
    assert len({str(compiled(X)) for _ in range(3)}) == 3
    layer.eval()
    np.testing.assert_array_equal(compiled(X), X)


COPIES = {
    "a layer": lambda model: copy.deepcopy(model[0]),
    "a layer of a list": lambda model: copy.deepcopy(model.layers)[0],
    "a copy of a copy": lambda model: copy.deepcopy(copy.deepcopy(model[0])),
}


@pytest.mark.parametrize("copied", COPIES)
def test_a_copy_of_a_layer_is_a_new_layer(copied):
    model = nn.Sequential(nn.Linear(3, 3, seed=0), nn.Tanh())
    alone = COPIES[copied](model)
    assert [p.name for p in alone.parameters()] == ["W", "b"] and alone(X).name is None
    copies = nn.Sequential(*[COPIES[copied](model) for _ in range(3)])
    assert [p.name for p in copies.parameters()] == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert [p.name for p in model.parameters()] == ["W1", "b1"]
    assert [copies[i](X).name for i in range(3)] == ["Z1", "Z2", "Z3"]
    np.testing.assert_array_equal(copies[2](X).data, model[0](X).data)


def test_a_copy_of_a_block_is_numbered_where_it_stands():
    block = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))
    nn.Sequential(nn.Linear(3, 3), block)
    copies = nn.Sequential(*[copy.deepcopy(block) for _ in range(2)])
    assert [p.name for p in copies.parameters()] == ["W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4"]


def test_a_copy_in_another_attribute_has_its_scope():
    net = nn.Module()
    net.a = nn.Linear(3, 3)
    net.b = copy.deepcopy(net.a)
    assert (net.a.label, net.b.label) == ("a", "b") and net.b(ag.Tensor(X)).scope == ("b",)


def test_a_copy_of_a_module_keeps_slots_and_lists():
    class Stack(nn.Module, list):
        __slots__ = ("scale",)

        def forward(self, X):
            return self.scale * self[0](X)

    stack = Stack([nn.Linear(3, 2, seed=0)])
    stack.scale = ag.Tensor([[2.0]])
    stack.itself = stack
    other = copy.deepcopy(stack)
    assert other.itself is other and other[0] is not stack[0] and other.scale is not stack.scale
    np.testing.assert_array_equal(other(X).data, stack(X).data)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_layer_that_computes_nothing_renames_nothing(place):
    kept = ag.Tensor(np.ones((3, 7)), name="kept")
    earlier = np.tanh(kept)
    earlier.name = "earlier"

    class Gives(nn.Module):
        symbol = "A"

        def forward(self, X):
            return [X, kept, earlier][place]

    x = ag.Tensor(X, name="x")
    layer = Gives()
    model = nn.Sequential(nn.Linear(3, 3), layer) if place else nn.Sequential(layer)
    for _ in range(2):
        model(x)
        layer(x)
    assert (x.name, kept.name, earlier.name) == ("x", "kept", "earlier")


def test_a_layer_that_is_put_into_the_list_is_named():
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh())
    outer = nn.Sequential(model, nn.Linear(3, 1))
    for change in (lambda: model.layers.append(nn.Linear(3, 3)), lambda: model.layers.insert(0, nn.Linear(3, 3))):
        change()
        A = outer(X)
        names = [p.name for p in outer.parameters()]
        n = len(names) // 2
        assert names == [f"{letter}{k}" for k in range(1, n + 1) for letter in "Wb"] and A.name == f"Z{n}"
    elsewhere = nn.Sequential(nn.Linear(3, 3), model[0])
    assert [p.name for p in elsewhere.parameters()][2:] == ["W1", "b1"]


def test_what_is_frozen_is_not_trained():
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    assert model[0].freeze() is model[0]
    assert [p.name for p in model.parameters()] == ["W2", "b2"]
    before = model[0].W.data
    out = model(np.ones((3, 5)))
    nn.losses.mse(out, np.zeros((2, 5))).backward()
    nn.optim.SGD(model.parameters(), lr=0.1).step()
    assert model[0].W.data is before and model[2].W.grad is not None
    assert set(model.state_dict()) == {"0.W", "0.b", "2.W", "2.b"}
    model.unfreeze()
    assert [p.name for p in model.parameters()] == ["W1", "b1", "W2", "b2"]


def test_one_tensor_is_frozen_by_itself():
    layer = nn.Linear(3, 2)
    layer.W.requires_grad = False
    assert [p.name for p in layer.parameters()] == ["b"]
    layer(np.ones((3, 1))).sum().backward()
    assert layer.b.grad is not None
    with pytest.raises(ag.GraphError, match="constant"):
        layer.W.grad = np.zeros((2, 3))
