"""How a model is shown: as a table, and as the call that makes it."""

import numpy as np
import pytest

import autograd as ag
import nn


def convolutional():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding="same"),
        nn.BatchNorm(8),
        nn.ReLU(),
        nn.Residual(nn.Sequential(nn.Conv2d(8, 8, 1), nn.Tanh())),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.8),
        nn.Linear(128, 10),
    )


def test_the_layers_are_listed_in_the_order_in_which_they_run():
    table = convolutional().summary((1, 8, 8, 5))
    assert [(line.name, line.depth, line.output) for line in table.lines] == [
        ("0", 0, (8, 8, 8, 5)),
        ("1", 0, (8, 8, 8, 5)),
        ("2", 0, (8, 8, 8, 5)),
        ("3", 0, (8, 8, 8, 5)),
        ("3.f", 1, (8, 8, 8, 5)),
        ("3.f.0", 2, (8, 8, 8, 5)),
        ("3.f.1", 2, (8, 8, 8, 5)),
        ("4", 0, (8, 4, 4, 5)),
        ("5", 0, (128, 5)),
        ("6", 0, (128, 5)),
        ("7", 0, (10, 5)),
    ]


def test_the_lines_add_up_to_the_whole():
    model = convolutional()
    model[0].freeze()
    table = model.summary((1, 8, 8, 5))
    assert table.parameters == sum(p.size for p in model.parameters()) == sum(line.parameters for line in table.lines)
    assert table.frozen == 80 == sum(line.frozen for line in table.lines)
    state = sum(x.nbytes for x in model.state_dict().values())
    results = sum(8 * np.prod(line.output) for line in table.lines if line.name not in ("3", "3.f"))
    assert table.memory == state + results


def test_a_layer_that_stands_twice_is_counted_once():
    layer = nn.Linear(3, 3)
    lines = nn.Sequential(layer, nn.Tanh(), layer).summary((3, 2)).lines
    assert [line.parameters for line in lines] == [12, 0, 0]


def test_looking_changes_nothing():
    model = convolutional()
    before, drawn = model.state_dict(), nn.random.current().bit_generator.state
    model.summary((1, 8, 8, 5))
    assert all(np.array_equal(x, before[name]) for name, x in model.state_dict().items())
    assert nn.random.current().bit_generator.state == drawn
    assert all(module.training for module in model.modules())
    assert all(p.grad is None for p in model.parameters())


class Two(nn.Module):
    def __init__(self):
        self.first, self.second = nn.Linear(3, 2), nn.Linear(4, 2)

    def forward(self, X, Y):
        return self.first(X) + self.second(Y)


def test_several_inputs_are_a_list_of_shapes_or_a_tuple_of_arrays():
    given = [(3, 5), (4, 5)]
    for X in (given, tuple(map(np.ones, given))):
        table = Two().summary(X)
        assert [line.name for line in table.lines] == ["first", "second"]
        assert "(3, 5) and (4, 5)" in repr(table)


def test_a_mask_of_which_the_shape_is_given_hides_nothing():
    model = nn.Sequential(nn.LSTM(5, 4), nn.GlobalAvgPool(), nn.Linear(4, 1))
    X, mask = np.ones((5, 7, 3)), np.ones((7, 3), bool)
    for given in (
        *([X.shape, mask.shape], (X.shape, mask.shape), [list(X.shape), list(mask.shape)]),
        *([X, mask], (X, mask), [X.shape, mask], (X, mask.shape)),
    ):
        table = model.summary(given)
        assert [line.output for line in table.lines] == [(4, 7, 3), (4, 3), (1, 3)]
        assert table.input == "(5, 7, 3) and (7, 3)"
    with pytest.raises(ag.Unsupported, match="none of its layers takes it"):
        nn.Sequential(nn.Linear(5, 4)).summary([(5, 3), (7, 3)])


class Pair(nn.Module):
    def forward(self, X):
        return X, (X[:1], None)


def test_a_layer_may_give_several_arrays():
    (line,) = Pair().summary((3, 5)).lines
    assert line.output == ((3, 5), ((1, 5), ())) and line.memory == 8 * (15 + 5)
    lines = nn.Sequential(nn.Linear(3, 3), nn.Lambda(lambda X: (X, X))).summary((3, 5)).lines
    assert lines[1].output == ((3, 5), (3, 5))


def test_indices_and_single_precision():
    table = nn.Sequential(nn.Embedding(9, 2), nn.Flatten()).summary((4, 6))
    assert [line.output for line in table.lines] == [(2, 4, 6), (8, 6)]
    assert nn.Linear(3, 2, dtype=np.float32).summary((3, 10)).memory == 4 * (3 * 2 + 2 + 2 * 10)


def test_the_table_is_shown_as_text_and_in_a_notebook():
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10).freeze())
    table = model.summary((64, 100))
    text = repr(table)
    for part in (
        "0: Linear(64, 32)",
        "(32, 100)",
        "2,080",
        "330 frozen",
        "1: ReLU()",
        "2,080 parameters and 330 frozen",
    ):
        assert part in text
    assert max(map(len, text.splitlines())) <= 110
    assert "<td>0: Linear(64, 32)</td><td>(32, 100)</td><td>2,080</td>" in table._repr_html_()


def test_what_does_not_fit_is_said_by_the_layer():
    with pytest.raises(ag.ShapeError, match=r"Linear\(128, 10\) takes X of shape \(128, m\)"):
        convolutional().summary((1, 10, 10, 5))


# --- repr


def test_a_long_model_prints_in_several_lines_and_is_python():
    model = convolutional()
    assert repr(model).splitlines()[:3] == ["Sequential(", "    Conv2d(1, 8, 3, padding='same'),", "    BatchNorm(8),"]
    assert repr(eval(repr(model), dict(vars(nn)))) == repr(model)


def test_a_shape_without_a_number_of_columns_is_refused():
    with pytest.raises(ag.ShapeError, match=r"but got \(3, None\)\. Write \(3, 1\): samples are columns"):
        nn.Linear(3, 2).summary((3, None))


def test_a_short_one_in_one():
    assert repr(nn.Sequential(nn.Linear(3, 2), nn.Tanh())) == "Sequential(Linear(3, 2), Tanh())"


def test_a_module_of_ones_own_shows_its_arguments_and_its_parts():
    class Net(nn.Module):
        def __init__(self, n, scale=1.0, W=None):
            self.n, self.scale, self.W = n, scale, W
            self.body = nn.Linear(n, n)
            self.me = self

    assert repr(Net(3)) == "Net(3, body: Linear(3, 3), me: …)"
    assert repr(Net(3, 2.0, np.ones((2, 2)))).startswith("Net(3, scale=2.0, W=ndarray (2, 2), body")


def test_a_module_that_holds_nothing_prints_as_a_call():
    class Own(nn.Module):
        pass

    assert repr(Own()) == "Own()"
