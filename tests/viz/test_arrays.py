"""Arrays on the page: heat maps, what lights up, the X-ray of one number, the slider over steps of training."""

import re

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from autograd.read import decimal
from tests.viz.programs import network, story_of
from tests.viz.tabs import resize
from tests.viz.test_story import branching, mixed, own
from viz.seen.arithmetic import Ref, signed
from viz.seen.entries import reads
from viz.seen.places import Slot
from viz.seen.story import record
from viz.seen.xray import Number
from viz.web import state_of, training_state_of
from viz.web.differences import difference


def numbers_of(story):
    """Every entry of every value and gradient."""
    for v in story.graph:
        if v.kind == "value":
            for gradient in [False, True] if v.grad is not None else [False]:
                for place in range(np.size(v.value) if v.value is not None else 0):
                    yield Number(story, Ref(Slot(v.id, gradient), place))


# --- without a page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [network, mixed, own, lambda: branching(1)])
def test_the_page_reads_the_same_arithmetic(node, run):
    story = record(run())
    told = node(
        """
        const out = [];
        for (const entry of given.entries) {
          const { entryName, entryParts, entryText, isEntry } = arithmetic, story = given.story;
          const names = part => part.operands.map(x => entryName(x, story));
          const parts = entryParts(entry, story).map(p => [p.step, p.formula, p.numbers, names(p)]);
          out.push([entryName(entry, story), entryText(entry, story), isEntry(entry, story), parts]);
        }
        console.log(JSON.stringify(out));
        """,
        {
            "story": state_of(story),
            "entries": [
                {"vertex": n.ref.slot.vertex, "gradient": n.ref.slot.gradient, "place": n.ref.place}
                for n in numbers_of(story)
            ],
        },
    )
    expected = [
        [
            n.name if story.called(n.ref.slot) else signed(n.value),
            signed(n.value),
            True,
            [[p.step, p.formula, p.numbers, [x.name for x in p.operands]] for p in n.parts],
        ]
        for n in numbers_of(story)
    ]
    assert told == expected and len(told) > 5


def test_numbers_are_written_as_python_writes_them(node):
    rng = np.random.default_rng(0)
    numbers = [
        *(10.0 ** rng.uniform(-9, 9, 200) * rng.choice([-1, 1], 200)).tolist(),
        0.0,
        -0.0,
        99999.0,
        0.99996,
        9999.6,
        1e-5,
    ]
    told = node("console.log(JSON.stringify(given.map(x => arithmetic.decimal(x))))", numbers)
    assert told == [signed(x) for x in numbers]
    assert node("console.log(JSON.stringify(['inf', '-inf', 'nan', true].map(x => arithmetic.decimal(x))))") == [
        "∞",
        "−∞",
        "nan",
        "1",
    ]


def test_the_page_knows_what_was_read(node):
    story = story_of(network)
    told = node(
        """
        console.log(JSON.stringify(given.steps.map(s => arithmetic.readsOf(s, given).map(r =>
          [r.slot.vertex, r.slot.gradient, s.entries.arithmetic.map((_, place) => r.of(place))]))));
        """,
        state_of(story),
    )
    for i, step in enumerate(told):
        found = reads(story, i)
        expected = {(slot.vertex, slot.gradient): lists for slot, lists in found.slots.items()} if found else {}
        assert {(v, g): lists for v, g, lists in step} == expected


def test_an_x_ray_of_what_is_not_there(node):
    story = state_of(story_of(network))
    asked = [
        [{"vertex": "n99", "gradient": False, "place": 0}],
        [{"vertex": "n0", "gradient": True, "place": 600}],
        [{"vertex": "n1", "gradient": True, "place": 0}],
        [{"vertex": "n0", "gradient": "yes", "place": 0}],
        [{"vertex": "__proto__", "gradient": False, "place": 0}],
        "nothing",
        None,
        [None],
        [{"vertex": "n2", "gradient": False, "place": 0}],
    ]
    told = node(
        "console.log(JSON.stringify(given.asked.map(path => arithmetic.entriesOf(path, given.story))))",
        {"asked": asked, "story": story},
    )
    assert told == [[]] * len(asked)
    state = node(
        """
        const path = [{ vertex: 'n0', gradient: true, place: 1, more: 2 }];
        const state = machine.update(machine.initial(0, given), { type: 'xray', path }, given);
        console.log(JSON.stringify([state.xray, machine.update(state, { type: 'xray', path: [] }, given).xray]));
        """,
        story,
    )
    assert state == [[{"vertex": "n0", "gradient": True, "place": 1}], []]


# --- in a browser -----------------------------------------------------------------------------------------------------


def step_of(story, title):
    return next(i for i, s in enumerate(story.steps, 1) if s.title == title)


def lit(tab, figure):
    return [
        int(x) for x in tab.locator(figure).locator(".is-lit").evaluate_all("cells => cells.map(c => c.dataset.place)")
    ]


@pytest.mark.browser
def test_looking_at_an_entry_lights_what_it_was_computed_from(opened):
    story = story_of(network)
    tab = opened(story, step=step_of(story, "From W1·X back to W1"))
    figures = tab.locator(".chalk-card .chalk-array")
    assert [figures.nth(i).locator("figcaption b").inner_text() for i in range(3)] == ["d(W1·X)", "X", "dW1"]
    tab.locator(".chalk-array >> nth=2").locator(".chalk-cell").nth(3).hover()  # dW1[1,1]
    assert lit(tab, ".chalk-array >> nth=0") == [5, 6, 7, 8, 9] and lit(tab, ".chalk-array >> nth=1") == [5, 6, 7, 8, 9]
    assert (
        "dW1[1,1]" in tab.locator(".chalk-looked").inner_text()
        and "10 entries" in tab.locator(".chalk-looked").inner_text()
    )
    tab.locator(".chalk-array >> nth=1").locator(".chalk-cell").nth(0).hover()  # X[0,0] went into the first column
    assert lit(tab, ".chalk-array >> nth=2") == [0, 2, 4] and lit(tab, ".chalk-array >> nth=0") == []
    tab.locator("h1").hover()
    assert tab.locator(".is-lit").count() == 0


@pytest.mark.browser
def test_heat_maps_by_keyboard(opened):
    story = story_of(network)
    tab = opened(story, step=step_of(story, "Compute A1"))
    first = tab.locator(".chalk-array >> nth=1").locator(".chalk-cell").first
    first.focus()
    count = tab.locator(".chalk-count").inner_text()
    for key in ("ArrowRight", "ArrowDown"):
        tab.keyboard.press(key)
    assert tab.evaluate("document.activeElement.dataset.place") == "6"
    assert lit(tab, ".chalk-array >> nth=0") == [6]
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft", "ArrowLeft"):
        tab.keyboard.press(key)
    assert tab.evaluate("document.activeElement.dataset.place") == "0"
    assert tab.locator(".chalk-count").inner_text() == count, "the arrows are not those of the story"
    tab.keyboard.press("Enter")
    assert tab.locator(".chalk-xray h2").inner_text().startswith("X-ray: A1[0,0] = ")
    assert tab.evaluate("document.activeElement.localName") == "h2"
    tab.keyboard.press("Escape")
    assert tab.locator(".chalk-xray").is_hidden()


@pytest.mark.browser
def test_an_x_ray_goes_down_to_parameters_and_data(opened):
    story = story_of(network)
    tab = opened(story, step=len(story))
    tab.locator(".chalk-array >> nth=2").locator(".chalk-cell").nth(4).click()  # dW1[2,0], the last step
    xray = tab.locator(".chalk-xray")
    number = viz.xray(story, "W1", (2, 0))
    assert (
        f"dW1[2,0] = {number.parts[0].formula} = {number.parts[0].numbers} = "
        in xray.locator(".chalk-sum").inner_text()
    )
    way = []
    while xray.locator(".chalk-terms button").count():
        way.append(xray.locator("h2").inner_text())
        xray.locator(".chalk-terms button").last.click()
        assert len(way) < 20
    assert "is data" in xray.inner_text() or "is a parameter" in xray.inner_text()
    assert len(way) == 1 and xray.locator(".chalk-crumbs li").count() == 2  # its last number is an entry of X
    xray.locator(".chalk-crumbs button").first.click()
    assert xray.locator("h2").inner_text() == way[0]
    gradients = xray.locator(".chalk-terms button").filter(has_text=re.compile("^d"))
    while gradients.count():  # the other way: through the gradients, to where the sweep starts
        gradients.first.click()
    assert "dJ is where the sweep starts" in xray.inner_text()
    xray.get_by_role("button", name="Close the X-ray").click()
    assert xray.is_hidden()


@pytest.mark.browser
def test_numbers_open_as_well_as_entries(opened):
    a, b = ag.Tensor(2.0, name="a"), ag.Tensor(-3.0, name="b")
    c = a * b
    c.name = "c"
    story = record(c * c + a)
    tab = opened(story, step=step_of(story, "From c back to b"))
    tab.get_by_role("button", name="X-ray of db = 24.0").or_(
        tab.get_by_role("button", name="X-ray of db = −24.0")
    ).click()
    xray = tab.locator(".chalk-xray")
    assert "db = dc·a = −12.0·2.0 = −24.0" in xray.locator(".chalk-sum").inner_text()
    tab.get_by_role("button", name="b parameter").click()
    chosen = tab.locator(".chalk-chosen")
    chosen.get_by_role("button", name="X-ray of b = −3.0").click()
    assert "b is a parameter" in xray.inner_text() and xray.is_visible()


@pytest.mark.browser
def test_an_x_ray_shows_only_what_is_known(opened):
    a = ag.Tensor(np.array([3.0, -1.0]), name="a")
    b = a + a
    story = record((b * b).sum())
    tab = opened(story, step=step_of(story, "From b back to a"))
    tab.locator(".chalk-card .chalk-array").last.locator(".chalk-cell").first.click()
    xray = tab.locator(".chalk-xray")
    assert xray.locator(".chalk-part").count() == 1 and "1 more to come" in xray.inner_text()
    tab.keyboard.press("End")
    assert xray.locator(".chalk-part").count() == 2 and "more to come" not in xray.inner_text()
    xray.locator(".chalk-lead").first.click()
    assert int(tab.locator(".chalk-count").inner_text().split()[1]) == step_of(story, "From b back to a")


@pytest.mark.browser
def test_signs_are_seen_without_colour_and_tables_stand_behind(opened):
    x = ag.Tensor(np.array([[0.5, -0.25, 0.0] * 6] * 2), name="x")
    story = record(np.sum(x * x))
    tab = opened(story, step=1)
    cells = tab.locator(".chalk-array >> nth=0").locator(".chalk-cell")
    assert cells.evaluate_all("cells => cells.slice(0, 3).map(c => c.textContent)") == ["+", "−", "·"]
    assert cells.nth(1).get_attribute("aria-label") == "x[0,1] = −0.25"
    table = tab.locator(".chalk-array >> nth=0").locator("details")
    assert table.locator("table").count() == 0
    table.locator("summary").click()
    assert table.locator("td").nth(2).inner_text() == "−0.25" and table.locator("tr").count() == 3


@pytest.mark.browser
def test_a_large_array_is_a_histogram(opened):
    W = ag.Tensor(np.linspace(-1, 3, 400).reshape(20, 20), name="W")
    tab = opened(record(np.tanh(W).sum()), step=1)
    figure = tab.locator(".chalk-array >> nth=0")
    assert figure.locator(".chalk-histogram i").count() == 20
    assert "lowest −1.0 · highest 3.0" in figure.inner_text()
    assert "too large to be taken apart" in tab.locator(".chalk-looked").inner_text()


@pytest.mark.browser
def test_text_of_names_in_arrays_is_only_text(opened):
    x = ag.Tensor(np.ones((2, 2)), name='<img src=x onerror="window.hit=1">')
    tab = opened(record((x * x).sum()), step=1)
    tab.locator(".chalk-cell").first.click()
    assert tab.evaluate("window.hit") is None and "<img" in tab.locator(".chalk-xray h2").inner_text()


# --- training ---------------------------------------------------------------------------------------------------------


def trained(steps=4):
    X, Y = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 1.0, 0.0]])
    model = nn.Sequential(nn.Linear(2, 2, seed=1), nn.Tanh(), nn.Linear(2, 1, seed=2), nn.Sigmoid())
    optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
    return viz.record_training(model, X, Y, loss="binary_cross_entropy", optimizer=optimizer, steps=steps)


def test_each_step_of_training_is_that_of_the_optimizer():
    training = trained()
    X, Y = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]]), np.array([[0.0, 1.0, 1.0, 0.0]])
    other = nn.Sequential(nn.Linear(2, 2, seed=1), nn.Tanh(), nn.Linear(2, 1, seed=2), nn.Sigmoid())
    optimizer = nn.optim.Adam(other.parameters(), lr=0.1)
    loss = nn.losses.find("binary_cross_entropy")
    for k in range(len(training) + 1):
        J = loss(other(X), Y)
        assert training.costs[k] == float(J.data)
        named = {p.name: p for p in other.parameters()}
        assert {n: v.tolist() for n, v in training.parameters(k).items()} == {
            n: p.data.tolist() for n, p in named.items()
        }
        other.zero_grad()
        J.backward()
        story = training.stories[k]
        for v in story.graph:
            if v.role == "parameter":
                assert np.array_equal(v.grad, named[v.name].grad)
        optimizer.step()
    assert len(training) == 4 and training.costs[-1] < training.costs[0]
    assert training.title == "J"


def test_a_plain_function_is_trained_by_gradient_descent():
    w, b = ag.Tensor(4.0, name="w"), ag.Tensor(1.0, name="b")
    training = viz.record_training(lambda x: (w * x + b) ** 2, 2.0, lr=0.05, steps=2)
    dw = 2 * (4.0 * 2.0 + 1.0) * 2.0
    assert float(training.parameters(1)["w"]) == pytest.approx(4.0 - 0.05 * dw)
    assert float(w.data) == float(training.parameters(2)["w"])


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "either an optimizer or a learning rate"),
        ({"lr": 0.1, "steps": 0}, "integer between 1 and 100"),
        ({"lr": 0.1, "steps": True}, "integer between"),
    ],
)
def test_what_cannot_be_trained(how, words):
    w = ag.Tensor(1.0, name="w")
    with pytest.raises(ValueError, match=words):
        viz.record_training(lambda: w * w, **how)


def test_parameters_that_cannot_be_found_are_said():
    class Hidden:
        w = ag.Tensor(1.0)

    hidden = Hidden()
    with pytest.raises(ValueError, match="found 0 of the 1 parameters"):
        viz.record_training(lambda: hidden.w * hidden.w, lr=0.1)


def test_differences_put_together_give_each_state(node):
    training = trained(2)
    states = [state_of(story) for story in training.stories]
    whole = training_state_of(training)
    script = """
        const { patched } = training;
        console.log(JSON.stringify(given.runs.map(d => patched(given.first, d))));
    """
    told = node(script, {"first": states[0], "runs": whole["training"]["runs"]})
    assert told == states
    assert difference(states[0], states[0]) is None
    with pytest.raises(ValueError, match="practise"):
        training_state_of(training, ask=True)


@pytest.mark.browser
def test_a_slider_over_the_steps_of_training(opened):
    training = trained()
    tab = opened(training, step=3)
    slider = tab.get_by_role("slider", name="Step of training")
    said = tab.locator(".chalk-trained")
    assert said.inner_text() == f"step 0 of 4: J = {decimal(training.costs[0])}"
    tab.get_by_role("button", name="Next step of training").click()
    assert said.inner_text() == f"step 1 of 4: J = {decimal(training.costs[1])}"
    assert tab.locator(".chalk-count").inner_text().startswith("step 3 of"), "the reader's place is kept"
    assert tab.url.endswith("#step=3&run=1")
    slider.focus()
    tab.keyboard.press("End")
    assert said.inner_text().startswith("step 4 of 4")
    assert tab.locator(".chalk-count").inner_text().startswith("step 3 of")
    tab.locator(".chalk").last.focus()
    tab.keyboard.press("End")
    shown = (
        tab.locator(".chalk-card .chalk-array")
        .last.locator(".chalk-cell")
        .evaluate_all("cells => cells.map(c => c.textContent)")
    )
    last = training.stories[4].steps[-1]
    assert shown == [signed(x) for x in np.ravel(last.contribution).tolist()]
    tab.reload()
    assert said.inner_text().startswith("step 4 of 4")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 700])
def test_nothing_of_the_arrays_is_clipped(opened, scheme, width):
    story = story_of(network)
    tab = opened(story, step=len(story))
    tab.emulate_media(color_scheme=scheme)
    resize(tab, width)
    tab.locator(".chalk-array").last.locator(".chalk-cell").nth(2).click()
    for selector in (".chalk-cell", ".chalk-terms button", ".chalk-xray h2", ".chalk-sum"):
        clipped = tab.locator(selector).evaluate_all(
            "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"
        )
        assert clipped == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
