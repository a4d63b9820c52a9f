"""What derive makes of floats: a program that is right over their whole range, rounding that is no defect."""

import numpy as np
import pytest

import autograd as ag
from autograd.read.derive import lines
from tests.studies.extreme import derived

RNG = np.random.default_rng(0)


def by_hand(z):
    E = np.exp(z)
    return E / np.sum(E)


# --- the program that runs --------------------------------------------------------------------------------------------

# A cost of x and y, and values in single precision where the form that is shorter on paper overflows, is 0/0, or
# forgets how sums were rounded.
BEYOND = {
    "a softmax by hand": (lambda x, y: by_hand(x)[0] + np.sum(y), [45.0, 45.0], [1.0, 1.0]),
    "its sum made safe": (lambda x, y: (np.exp(x) / (1e-9 + np.sum(np.exp(x))))[0] + np.sum(y), [80.0, 80.0], [1, 1]),
    "a quotient of a quotient": (lambda x, y: np.sum(x / y / y), [3e18, 1e-3], [4e19, 4e-10]),
    "a quotient": (lambda x, y: np.sum(x / y), [3e38, 1e-38], [2e20, 1e-20]),
    "a sum of quotients": (lambda x, y: np.sum(np.log(x) + y / x), [1e25, 1e-25], [1e30, 1e-30]),
    "a square over a square": (lambda x, y: np.sum((x / y) ** 2), [3e30, 1e-30], [1e30, 2e-30]),
    "a reciprocal": (lambda x, y: np.sum(1 / x + y), [1e-18, 1e18], [1.0, 1.0]),
    "a norm by hand": (lambda x, y: np.sum(x * y / np.sqrt(np.sum(x * x))), [1e15, 2e15], [1e15, 1.0]),
    "what cancels": (lambda x, y: np.sum((x + y) ** 2 - y * x), [1e18, 1.0], [1.0, 1e18]),
    "a product over a factor": (lambda x, y: np.sum(x * y / x), [1e-30, 1e30], [1e-30, 1e3]),
    "a constant added and taken away": (
        lambda x, y: np.sum(((x + 8388608.0) - 8388608.0) ** 2 * y),
        [1.3, 2.6],
        [1, 1],
    ),
}


@pytest.mark.parametrize("case", BEYOND)
def test_the_program_is_right_where_the_form_on_paper_is_not(case):
    cost, *beyond = BEYOND[case]
    derivation = ag.derive(cost(*leaves([0.5, 1.5], [2.0, 0.7])), convention="true")
    x, y = leaves(*beyond)
    with np.errstate(all="ignore"):
        cost(x, y).backward()
        found = derivation.function()(
            **{name: leaf.data for name, leaf in (("x", x), ("y", y)) if name in derivation.inputs}
        )
    for leaf in (x, y):
        assert np.all(np.isfinite(leaf.grad))
        np.testing.assert_allclose(found[f"d{leaf.name}"], leaf.grad, rtol=1e-5, err_msg=leaf.name)


def leaves(*values):
    return [ag.Tensor(np.array(v, np.float32), name=name) for v, name in zip(values, "xy", strict=True)]


@pytest.mark.parametrize("z", [0.0, 45.0, 88.0])
def test_a_softmax_by_hand_is_derived_at_any_logits(z):
    logits = ag.Tensor(np.array([z, z], np.float32), name="z")
    derivation = ag.derive((np.exp(logits) / (1e-9 + np.sum(np.exp(logits))))[0], convention="true")
    expected = [0.25, -0.25] if z < 88 else derivation["dz"].value  # there the sum is ∞
    np.testing.assert_allclose(derivation["dz"].value, expected, rtol=1e-5)


def test_what_is_read_otherwise_is_marked_and_said():
    x, y = (ag.Tensor(np.array([1.0, 2.0]), name=name) for name in "xy")
    derivation = ag.derive(np.sum(x / y), convention="true")
    dx, dy = derivation.lines
    assert (dx.on_paper, dy.on_paper) == (False, True)
    assert (dy.text, dy.numpy) == ("dy = −x/y²", "dy = -(x / y) / y")
    said = "which is exact; in floats it may overflow or be 0/0"
    assert "dy = −x/y² †" in str(derivation) and f"† as written on paper, {said}" in str(derivation)
    assert f"dy: as written on paper, {said}" in derivation._repr_html_()
    assert "dy = -t1 / y" in derivation.numpy()  # t1 = x / y


def test_where_the_form_on_paper_is_safe_the_program_has_it_and_nothing_is_marked():
    x, y = (ag.Tensor(RNG.normal(size=(2, 3)), name=name) for name in "xy")
    for cost in (np.mean((x - y) ** 2), np.sum(0.5 * (x - y) ** 2), np.sum(x * y - -x), np.sum((x.T @ y) ** 2)):
        derivation = ag.derive(cost, convention="true")
        assert not any(line.on_paper for line in derivation.lines), str(derivation)
        assert "†" not in str(derivation) and "on paper" not in derivation._repr_html_()


# --- rounding -------------------------------------------------------------------------------------------------------


def newton(a, steps=6):
    r = a * 1.0
    for _ in range(steps):
        r = 0.5 * (r + a / r)
    return r


NOISE = {
    "a logarithm of an exponential": lambda x: np.sum(np.log(np.exp(x)) - x),
    "a factor that cancels": lambda x: np.sum(x * 3.3 / x),
    "Newton's method at its end": lambda x: np.sum(newton(np.abs(x))),
    "a softmax that sums to 1": lambda x: np.sum(ag.softmax(x, axis=0)),
    "the same by hand": lambda x: np.sum(by_hand(x)),
    "cos² + sin²": lambda x: np.sum(np.cos(x) ** 2 + np.sin(x) ** 2),
    "deviations": lambda x: np.sum(x - np.mean(x)),
    "a constant added and taken away": lambda x: np.sum(np.tanh((x + 2.0**52) - 2.0**52)),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("cost", NOISE)
def test_rounding_noise_is_not_called_a_defect(cost, dtype):
    x = ag.Tensor(RNG.normal(size=(3, 5)).astype(dtype), name="x")
    assert ag.derive(NOISE[cost](x), convention="true")["dx"].shape == (3, 5)


def called(t, name):
    t.name = name
    return t


COSTS = {
    "at noise": lambda x, y: np.sum(np.log(np.exp(x)) - x) + np.sum(x * y),
    "ordinary": lambda x, y: np.sum(x / y),
    "small": lambda x, y: 1e-12 * np.sum(x / y),
    "small, by a sigmoid that is recognized": lambda x, y: 1e-12 * np.sum(called(1 / (1 + np.exp(-x)), "a") * y),
    "by a small sigmoid": lambda x, y: np.sum(called(1 / (1 + np.exp(30 - x)), "a") * y),
}
WRONG = {"another operation": lambda r: r + r, "a millionth off": lambda r: r * (1 + 1e-6)}


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("planted", ["in what is read", "in the program"])
def test_a_defect_is_told_from_noise(monkeypatch, cost, wrong, planted):
    right = lines.running

    def with_defect(graph, drafts, read, m, known):
        found = right(graph, drafts, read, m, known)
        if planted == "in the program":
            bodies = {node: WRONG[wrong](body) if node.name == "x" else body for node, body in found.bodies.items()}
            return found._replace(bodies=bodies)
        return found

    def body(self, node):
        found = original(self, node)
        return WRONG[wrong](found) if node.name == "x" and planted == "in what is read" else found

    original = lines.Lines.body
    monkeypatch.setattr(lines, "running", with_defect)
    monkeypatch.setattr(lines.Lines, "body", body)
    x, y = (ag.Tensor(RNG.uniform(1, 2, size=(2, 3)), name=name) for name in "xy")
    with pytest.raises(ag.NumericalError, match="but the sweep finds"):
        ag.derive(COSTS[cost](x, y), convention="true")


def test_a_mask_has_no_negative():
    x, y = (ag.Tensor(np.array(v), name=name) for v, name in (([0.5, 2.0, 1.0], "x"), ([1.0, 1.0, 3.0], "y")))
    dx, dy = ag.derive(np.sum(x - np.where(y > x, y, x)), convention="true").lines
    assert dx.value.tolist() == [1.0, 0.0, 1.0]
    assert dy.value.tolist() == [-1.0, 0.0, -1.0]


@pytest.mark.parametrize("beside", [lambda x: x / 2, lambda x: np.tanh(x) + 1, lambda x: x, lambda x: 0.5])
def test_a_condition_beside_a_value_that_nothing_else_uses(beside):
    for compared in (np.greater, np.less_equal):
        for swapped in (False, True):
            x, y = (ag.Tensor(np.array(v), name=name) for v, name in (([0.5, 2.0, 1.0], "x"), ([1.0, 1.0, 3.0], "y")))
            condition = compared(*((beside(x), y) if swapped else (y, beside(x))))
            dy = ag.derive(np.sum(np.where(condition, 3 * y, x)), convention="true")["dy"]
            assert dy.value.tolist() == (3.0 * condition).tolist()


def test_random_costs():
    counts, faults = derived(60, seed=5)
    assert counts["derived"] > 40
    assert faults == []
