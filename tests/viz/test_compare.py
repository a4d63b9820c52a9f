"""Two stories side by side: what belongs together, and the page that steps through both."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
import viz
from tests.viz.programs import network, reused
from tests.viz.tabs import resize
from tests.viz.test_page import ATTACKS, long_chain, named
from viz.seen.alignment import aligned
from viz.seen.story import record

X, Y = np.random.default_rng(3).normal(size=(2, 5)), np.array([[1.0, 0.0, 1.0, 1.0, 0.0]])


def relu(z):
    return np.maximum(z, 0.0)


def layers(activation, called=True, penalty=0.0):
    """Two layers; the values have the names of variables, or none."""
    rng = np.random.default_rng(0)
    W1, b1 = ag.Tensor(rng.normal(size=(3, 2)), name="W1"), ag.Tensor(np.zeros((3, 1)), name="b1")
    W2, b2 = ag.Tensor(rng.normal(size=(1, 3)), name="W2"), ag.Tensor(np.zeros((1, 1)), name="b2")

    def cost():
        made = ag.binary_cross_entropy(ag.sigmoid(W2 @ activation(W1 @ X + b1) + b2), Y)
        return made + penalty * (W1 * W1).sum() if penalty else made

    if not called:
        return record(cost())
    Z1 = W1 @ X + b1
    A1 = activation(Z1)
    Z2 = W2 @ A1 + b2
    A2 = ag.sigmoid(Z2)
    J = ag.binary_cross_entropy(A2, Y)
    if penalty:
        J = J + penalty * (W1 * W1).sum()
    return record(J)


def steps(alignment):
    """(title on the left, title on the right) of the steps in common."""
    left, right = alignment.left.steps, alignment.right.steps
    return [(left[m.left - 1].title, right[m.right - 1].title) for m in alignment.moments[1:] if m.common]


# --- what belongs together --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [reused, network, long_chain])
def test_a_story_has_all_in_common_with_itself(run):
    first, second = record(run()), record(run())
    alignment = aligned(first, second)
    assert alignment.pairs == {v.id: v.id for v in first.graph if v.kind == "value"}
    assert [(m.left, m.right) for m in alignment.moments] == [(i, i) for i in range(len(first) + 1)]
    assert all(m.common and not m.note for m in alignment.moments)


@pytest.mark.parametrize("called", [True, False])
def test_another_activation_is_at_the_same_place(called):
    alignment = aligned(layers(np.tanh, called), layers(relu, called))
    assert alignment.common == len(alignment.left) == len(alignment.right)
    notes = [m.note for m in alignment.moments]
    assert sum(note.startswith("tanh on the left, maximum on the right") for note in notes) == 2
    assert notes[1] == notes[2] == "", "W1·X and Z1 are the same"
    assert sum("they differ by up to" in note for note in notes) > 10


def test_how_far_apart_the_numbers_are():
    left, right = layers(np.tanh), layers(relu)
    (moment,) = [m for m in aligned(left, right).moments[1:] if left.steps[m.left - 1].title == "Compute A1"]
    apart = np.abs(left.steps[moment.left - 1].arrived - right.steps[moment.right - 1].arrived).max()
    assert moment.note.endswith(f"they differ by up to {apart:.4g}")


def test_what_only_one_of_them_does():
    alignment = aligned(layers(np.tanh), layers(np.tanh, penalty=0.1))
    right = alignment.right.steps
    alone = [right[m.right - 1].title for m in alignment.moments[1:] if not m.common]
    assert alignment.common == len(alignment.left) - 1, "the cost is J on the left, a part of J on the right"
    assert len(alone) == len(right) - len(alignment.left) + 2
    assert {"Compute W1²", "Compute Σ W1²", "From W1² back to W1"} <= {*alone}
    assert ("From W1·X back to W1", "From W1·X back to W1") in steps(alignment), "although it is the third one there"


def test_an_operation_too_many():
    def run(more):
        x = ag.Tensor(2.0, name="x")
        y = np.sin(x)
        z = np.exp(y) if more else y
        return record(z * z)

    alignment = aligned(run(False), run(True))
    assert ("Compute y", "Compute y") in steps(alignment)
    alone = [alignment.right.steps[m.right - 1].title for m in alignment.moments if not m.common]
    assert alone[0] == "Compute z"


def test_other_shapes_are_told():
    def run(m):
        W = ag.Tensor(np.ones((1, 2)), name="W")
        Z = W @ np.ones((2, m))
        return record(Z.sum())

    notes = [m.note for m in aligned(run(3), run(4)).moments]
    assert "shape (1, 3) on the left, (1, 4) on the right" in notes


def test_infinite_numbers_are_told():
    def run(value):
        x = ag.Tensor(value, name="x")
        y = x * 1.0
        return record(y)

    notes = [m.note for m in aligned(run(1.0), run(np.inf)).moments]
    assert any("differ in nan or inf" in note for note in notes)
    assert all("nan" not in m.note for m in aligned(run(np.nan), run(np.nan)).moments)


OPERATIONS = [np.tanh, np.sin, lambda x: x * x, lambda x: x + 1.0, np.cos, relu]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_the_slider_passes_every_step_of_both_in_order(first, second):
    def run(chosen):
        x = ag.Tensor(0.3, name="x")
        y = x
        for k in chosen:
            y = OPERATIONS[k](y)
        return record(y)

    alignment = aligned(run(first), run(second))
    places = [(m.left, m.right) for m in alignment.moments]
    assert places[0] == (0, 0) and places[-1] == (len(alignment.left), len(alignment.right))
    for (a, b), (c, d), m in zip(places, places[1:], alignment.moments[1:], strict=False):
        assert (c - a, d - b) in ([(1, 1)] if m.common else [(1, 0), (0, 1)])
    assert len(set(alignment.pairs.values())) == len(alignment.pairs)
    for m in alignment.moments[1:]:
        if m.common:
            one, other = alignment.left.steps[m.left - 1], alignment.right.steps[m.right - 1]
            assert one.phase == other.phase and alignment.pairs[one.changes] == other.changes


# --- the page ---------------------------------------------------------------------------------------------------------


def test_what_is_refused(tmp_path):
    a, b = record(reused()), record(reused())
    with pytest.raises(ValueError, match=r"saved as \.html, but got 'a\.txt'"):
        viz.compare_page(a, b, tmp_path / "a.txt")
    for wrong in ("ab", ["one"], []):
        with pytest.raises(ValueError, match="titles= needs two texts"):
            viz.compare_page(a, b, tmp_path / "a.html", titles=wrong)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def compared(browser, tmp_path):
    """A function that opens the page of two stories, with the network off."""
    context = browser.new_context(offline=True, reduced_motion="reduce", viewport={"width": 1400, "height": 900})
    errors, requests = [], []

    def open_page(left, right, moment=0, **how):
        path = viz.compare_page(left, right, tmp_path / "compare.html", **how)
        tab = context.new_page()
        tab.on("request", lambda r: requests.append(r.url))
        tab.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        tab.on("pageerror", lambda e: errors.append(str(e)))
        tab.goto(path.as_uri() + (f"#moment={moment}" if moment else ""))
        tab.wait_for_function("document.querySelectorAll('.compare .chalk-card').length >= 2")
        return tab

    yield open_page
    context.close()
    assert errors == [] and not [url for url in requests if url.startswith(("http:", "https:", "ws:"))]


def positions(tab):
    words = "[...document.querySelectorAll('.compare .chalk-count')].map(e => Number(e.textContent.match(/\\d+/)[0]))"
    return tuple(tab.evaluate(words))


@pytest.mark.browser
def test_one_slider_for_both(compared):
    left, right = layers(np.tanh), layers(np.tanh, penalty=0.1)
    places = [(m.left, m.right) for m in aligned(left, right).moments]
    tab = compared(left, right, titles=("plain", "with a penalty"))
    assert tab.locator("h2", has_text="with a penalty").is_visible()
    for k in range(1, len(places)):
        tab.keyboard.press("ArrowRight") if k % 2 else tab.locator(".compare-head").get_by_role(
            "button", name="Next"
        ).click()
        assert positions(tab) == places[k]
    tab.keyboard.press("Home")
    assert positions(tab) == (0, 0)
    tab.get_by_role("slider", name="Step of both").fill("9")
    assert positions(tab) == places[9] and tab.url.endswith("#moment=9")
    alone = next(i for i, m in enumerate(aligned(left, right).moments) if not m.common)
    tab.evaluate(f"location.hash = 'moment={alone}'")
    tab.get_by_text("Only with a penalty:").wait_for()
    assert positions(tab) == places[alone]


@pytest.mark.browser
def test_who_moves_one_moves_the_other(compared):
    left, right = layers(np.tanh), layers(relu)
    tab = compared(left, right, moment=4)
    assert positions(tab) == (4, 4)
    tab.locator(".compare-pane").nth(1).locator(".chalk").focus()
    tab.keyboard.press("ArrowRight")
    assert positions(tab) == (5, 5)
    tab.locator(".compare-pane").nth(0).locator(".chalk").focus()
    tab.keyboard.press("End")
    assert positions(tab) == (18, 18)
    tab.evaluate("location.hash = 'moment=3'")
    tab.get_by_text("tanh on the left, maximum on the right; they differ by up to").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1400, 900), (700, 900)])
def test_nothing_is_wider_than_the_window(compared, size):
    tab = compared(layers(np.tanh), layers(relu), moment=10)
    resize(tab, *size)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if size[0] > 900:
        assert tab.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert tab.evaluate("[...document.querySelectorAll('.chalk-pane')].every(p => p.clientHeight > 150)")


@pytest.mark.browser
@pytest.mark.parametrize("name", ATTACKS)
def test_names_are_shown_and_not_run(compared, name):
    tab = compared(named(name), named(name), titles=(name, "right"))
    assert tab.locator("h2").first.inner_text().strip() == name
    assert tab.evaluate("window.hit") is None


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(compared, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab = compared(layers(np.tanh), layers(np.tanh, penalty=0.1), moment=6)
    tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = axe.run(tab).response["violations"]
    assert [(v["id"], [n["html"][:100] for n in v["nodes"][:3]]) for v in found] == []
