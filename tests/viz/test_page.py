"""The step page in a real browser: it needs no network, steps both ways, and ends in the gradients of backward()."""

import json
import re
from functools import partial

import numpy as np
import pytest

import autograd as ag
import viz
from tests.viz.programs import network, reused, story_of
from tests.viz.tabs import at
from viz.seen.story import record
from viz.web import page, save_page, state_of
from viz.web.maths import mathml

ATTACKS = ['<img src=x onerror="window.hit=1">', "</script><script>window.hit=1</script>", "{{state}} & \\x $y$ '\""]


def long_chain():
    x = y = ag.Tensor(1.0, name="x")
    for _ in range(120):
        y = y * 0.5 + x
    return y


def named(name):
    x = ag.Tensor(np.ones((2, 2)), name=name)
    y = (x * x).sum()
    y.name = name + "2"
    return y


# --- without a browser ------------------------------------------------------------------------------------------------


def test_the_file_is_whole_and_self_contained(tmp_path):
    path = save_page(network(), tmp_path / "step.html")
    text = path.read_text()
    assert path == tmp_path / "step.html" and [p.name for p in tmp_path.iterdir()] == ["step.html"]
    outside = text.replace("http://www.w3.org/", "")  # the names of SVG and MathML, which nothing is fetched from
    assert "http://" not in outside and "https://" not in outside and "@import" not in text
    assert text.count("<script") == text.count("</script>") == 2
    assert len(text) < 600_000


def test_a_folder_that_does_not_exist(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        save_page(reused(), tmp_path / "nowhere" / "step.html")


def test_where_no_page_can_be_written(tmp_path):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OSError, match=r"'[^']*folder.html' is a folder"):
        save_page(reused(), tmp_path / "folder.html")
    with pytest.raises(OSError, match="is a folder"):
        save_page(reused(), tmp_path)
    with pytest.raises(ValueError, match=r"saved as \.html, but got 'a\.txt'"):
        save_page(reused(), tmp_path / "a.txt")
    assert [p.name for p in tmp_path.iterdir()] == ["folder.html"]


def test_the_page_is_reproducible():
    assert page(network()) == page(network())


def test_every_formula_is_there_as_mathml():
    state = state_of(story_of(network))
    assert all(formula.startswith("<math") for formula in state["formulas"])
    for step in state["steps"]:
        for kind in ("formula", "numbers", "shapes", "sum"):
            assert step.get(kind) is None or step[kind] < len(state["formulas"])


@pytest.mark.parametrize("name", ATTACKS)
def test_names_are_never_markup(name):
    text = page(named(name))
    assert "<img" not in text
    assert text.count("<script") == 2
    state = text.split('id="state">')[1].split("</script>")[0]
    assert json.loads(state)["title"] == name + "2"


@pytest.mark.parametrize("run", [long_chain, network])
def test_every_fold_shows_a_value_of_its_own(run):
    story = story_of(run)
    state = state_of(story)
    assert state["stands_for"].keys() == state["folding"]["folds"].keys()
    for fold, member in state["stands_for"].items():
        around, at = [], state["folding"]["parents"][member]
        while at:
            around.append(at)
            at = state["folding"]["folds"][at]["parent"]
        assert fold in around


def test_signs_and_texts_in_mathml():
    assert 'form="prefix"' in mathml(r"2.0 \cdot (-0.5)")
    assert 'form="prefix"' not in mathml("1 - 0.5")
    assert "<mo>∞" not in mathml(r"-\infty + 1 - \infty") and mathml(r"1 - \infty").count('form="prefix"') == 0
    assert ">a$b_{}<" in mathml(r"\text{a\$b\_\{\}}")


# --- in a browser -----------------------------------------------------------------------------------------------------


def seen(tab):
    """Everything that is displayed at this step."""
    return tab.evaluate(
        """() => {
            const all = (what, of) => [...document.querySelectorAll(what)].map(of);
            const plain = text => text.replace(/chalk-\\w+-\\d+-/g, ''); // ids are of this opening of the page
            return {
                count: document.querySelector('.chalk-count').textContent,
                slider: document.querySelector('input[type=range]').value,
                panel: plain(document.querySelector('.chalk-panel').innerHTML),
                side: plain(document.querySelector('.chalk-more').innerHTML),
                timeline: document.querySelector('.chalk-timeline').outerHTML,
                phase: document.querySelector('.chalk-phase').textContent,
                camera: document.querySelector('.chalk-pane > svg').style.transform,
                graph: all('.chalk-picture g', g => [plain(g.id), [...g.classList].sort().join(), g.ariaLabel]),
                texts: all('.chalk-picture text', t => [t.textContent, [...t.classList].join(' ')]),
                hidden: all('.chalk-picture [style*=hidden]', e => e.getAttribute('points')),
                badges: all('.chalk-badge', g => g.style.display || g.getAttribute('transform')),
            };
        }"""
    )


def labels(tab):
    return tab.eval_on_selector_all(".chalk-picture .node", "all => all.map(g => g.getAttribute('aria-label'))")


def click(tab, name):
    tab.get_by_role("button", name=name).click()


@pytest.mark.browser
@pytest.mark.parametrize("run", [network, reused])
def test_next_and_jump_and_back_show_the_same(opened, run):
    story = story_of(run)
    tab = opened(story)
    forward = [seen(tab)]
    for _ in story.steps:
        click(tab, "Next")
        forward.append(seen(tab))
    backward = [seen(tab)]
    for _ in story.steps:
        click(tab, "Previous")
        backward.append(seen(tab))
    assert forward == backward[::-1]
    for k in range(len(story) + 1):
        at(tab, k)
        assert seen(tab) == forward[k]
    assert len({state["panel"] for state in forward}) == len(story) + 1
    tab.reload()
    tab.wait_for_selector(".chalk-card")
    assert seen(tab) == forward[-1]


@pytest.mark.browser
def test_keys_buttons_slider_and_permalink(opened):
    story = story_of(network)
    tab = opened(story, step=3)
    count = tab.locator(".chalk-count")
    n = len(story)
    assert count.inner_text() == f"step 3 of {n}"
    for key, expected in [
        ("ArrowRight", 4),
        ("ArrowLeft", 3),
        ("End", n),
        ("ArrowRight", n),
        ("Home", 0),
        ("ArrowLeft", 0),
    ]:
        tab.keyboard.press(key)
        assert count.inner_text() == f"step {expected} of {n}"
    click(tab, "Last")
    assert count.inner_text() == f"step {n} of {n}"
    tab.wait_for_function(f"location.hash === '#step={n}'")
    click(tab, "First")
    assert count.inner_text() == f"step 0 of {n}"
    slider = tab.locator("input[type=range]")
    slider.focus()
    tab.keyboard.press("ArrowRight")
    assert count.inner_text() == f"step 1 of {n}"
    slider.fill("7")
    assert count.inner_text() == f"step 7 of {n}"
    tab.locator("h1").click()
    tab.keyboard.press(" ")
    tab.wait_for_function("document.querySelector('.chalk-count').textContent.startsWith('step 8 ')")
    tab.keyboard.press(" ")
    assert tab.get_by_role("button", name="Play").get_attribute("aria-pressed") == "false"


@pytest.mark.browser
def test_the_last_step_shows_the_gradients_of_backward(opened):
    J = network()
    tab = opened(J)
    assert sum("gradient not computed yet" in label for label in labels(tab)) == 11
    assert not any("value" in label and " 0.0" in label for label in labels(tab) if label.startswith("Z"))
    tab.keyboard.press("End")
    J.backward()
    state = json.loads(tab.locator("#state").text_content())
    gradients = {s["changes"]: state["arrays"][s["arrived"]] for s in state["steps"] if s["phase"] != "forward"}
    shown = dict(zip(tab.eval_on_selector_all(".chalk-picture .node", "a => a.map(g => g.dataset.id)"), labels(tab)))
    graph = record(J).graph
    for node, id in graph.value_ids.items():
        np.testing.assert_array_equal(np.array(gradients[id]["data"]), node.grad)
        assert f"gradient {' '.join(gradients[id]['cells'])}" in shown[id]
    assert not any("not computed" in label or "so far" in label for label in labels(tab))


@pytest.mark.browser
def test_partial_sums_are_marked(opened):
    story = story_of(reused)
    first = next(i for i, s in enumerate(story.steps) if s.title == "From b back to a")
    tab = opened(story, step=first + 1)
    assert any("gradient 12.0, so far, 1 of 2 contributions" in label for label in labels(tab))
    assert "1 of 2" in tab.locator(".chalk-now").inner_text()
    tab.keyboard.press("ArrowRight")
    assert any(label.startswith("a parameter") and label.endswith("gradient 24.0") for label in labels(tab))
    assert tab.locator(".is-partial").count() == 0


@pytest.mark.browser
def test_one_step_per_operation(opened):
    story = story_of(network)
    tab = opened(story)
    tab.get_by_label("one step per operation").check()
    stops = [0, *(i + 1 for i, s in enumerate(story.steps) if s.last)]
    for stop in stops[1:]:
        tab.keyboard.press("ArrowRight")
        assert tab.locator(".chalk-count").inner_text() == f"step {stop} of {len(story)}"
    at = stops.index(next(s for i, s in enumerate(stops) if s - stops[i - 1] == 2))
    for _ in range(len(stops) - 1 - at):
        tab.keyboard.press("ArrowLeft")
    assert tab.locator(".chalk-now .chalk-card").count() == 2


@pytest.mark.browser
def test_the_two_markers_and_the_edge(opened):
    story = story_of(network)
    k = next(i for i, s in enumerate(story.steps) if s.title == "From Z1 back to b1")
    tab = opened(story, step=k + 1)
    step = story.steps[k]
    ids = tab.eval_on_selector_all(".is-now", "a => a.map(g => g.dataset.id)")
    assert sorted(ids) == sorted([step.changes, step.operation])
    assert tab.eval_on_selector_all(".is-next", "a => a.map(g => g.dataset.id)") == [story.steps[k + 1].changes]
    flowing = tab.eval_on_selector_all(".is-flow", "a => a.map(g => g.dataset.id)")
    assert sorted(flowing) == sorted(step.edges) and step.edge in flowing
    text = tab.locator(".chalk-now").inner_text()
    assert "summed" in text and "columns" in text


@pytest.mark.browser
def test_a_click_on_a_node_selects_it_and_moves_nothing(opened):
    story = story_of(network)
    tab = opened(story, step=3)
    tab.keyboard.press("0")  # all of the graph
    node = tab.get_by_role("button", name="W1 parameter")
    chosen = tab.locator(".chalk-chosen")
    assert chosen.is_hidden()
    node.click()
    assert tab.locator(".chalk-count").inner_text() == f"step 3 of {len(story)}"
    assert "Selected: W1" in chosen.inner_text() and "not computed yet" in chosen.inner_text()
    assert node.get_attribute("aria-pressed") == "true" and tab.locator(".is-selected").count() == 1
    last = chosen.get_by_role("button", name="back to W1")
    last.click()
    step = int(tab.locator(".chalk-count").inner_text().split()[1])
    assert story.steps[step - 1].title == "From W1·X back to W1"
    assert "not computed yet" not in chosen.inner_text(), "it is still selected, and its gradient is known now"
    tab.keyboard.press("Escape")
    assert chosen.is_hidden() and tab.locator(".is-selected").count() == 0


@pytest.mark.browser
def test_nodes_are_buttons_for_the_keyboard(opened):
    story = story_of(network)
    tab = opened(story)
    node = tab.get_by_role("button", name="W1 parameter")
    last = max(i for i, step in enumerate(story.steps, 1) if story.graph[step.changes].name == "W1")
    for key, expected in ((" ", 0), ("Enter", last)):  # one selects, the other jumps to where something happens to it
        node.focus()
        tab.keyboard.press(key)
        assert tab.locator(".chalk-count").inner_text().startswith(f"step {expected} ")
        assert "Selected: W1" in tab.locator(".chalk-chosen").inner_text()
        assert tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("W1 parameter")
        tab.keyboard.press("Escape")
    assert tab.locator(".chalk-picture [tabindex='0']").count() == 1
    tab.keyboard.press("ArrowDown")
    assert tab.locator(".chalk-picture [tabindex='0']").count() == 1
    assert not tab.evaluate("document.activeElement.getAttribute('aria-label')").startswith("W1 parameter")
    assert tab.locator(".chalk-now").get_attribute("aria-live") == "polite"


@pytest.mark.browser
@pytest.mark.parametrize(
    "clicked",
    ["button:has-text('Next')", ".chalk-bar label", ".chalk-picture .node", ".chalk-tabs button", "tbody button"],
)
def test_space_after_a_click_plays_instead_of_pressing_again(opened, clicked):
    """Whatever was clicked with the mouse."""
    tab = opened(story_of(network), step=1)
    tab.get_by_role("tab", name="All steps").click()
    tab.locator("tbody button").first.wait_for()
    tab.locator(clicked).first.click()
    count = tab.locator(".chalk-count").inner_text()
    checked = tab.get_by_label("one step per operation").is_checked()
    tab.keyboard.press(" ")
    play = tab.get_by_role("button", name="Pause")
    assert play.get_attribute("aria-pressed") == "true"
    assert tab.locator(".chalk-count").inner_text() == count
    assert tab.get_by_label("one step per operation").is_checked() == checked
    tab.keyboard.press(" ")


@pytest.mark.browser
def test_space_on_a_button_that_the_keyboard_has_reached_presses_it(opened):
    tab = opened(story_of(network))
    tab.get_by_role("button", name="Next").focus()
    tab.keyboard.press(" ")
    assert tab.locator(".chalk-count").inner_text().startswith("step 1 ")
    assert tab.get_by_role("button", name="Play").get_attribute("aria-pressed") == "false"


@pytest.mark.browser
def test_keys_scroll_the_table_where_it_has_the_focus(opened):
    tab = opened(story_of(long_chain))
    tab.get_by_role("tab", name="All steps").click()
    tab.locator("tbody tr").first.wait_for()
    tab.locator(".chalk-scroll").focus()
    tab.keyboard.press("PageDown")
    tab.wait_for_function("document.querySelector('.chalk-scroll').scrollTop > 0")
    assert tab.locator(".chalk-count").inner_text().startswith("step 0 ")


@pytest.mark.browser
def test_the_table_has_every_step(opened):
    story = story_of(network)
    tab = opened(story, step=5)
    tab.get_by_role("tab", name="All steps").click()
    tab.locator("tr[aria-current]").wait_for()  # the table is filled when the browser says that it is open
    assert tab.locator("tbody tr").count() == len(story)
    assert tab.locator("tr[aria-current] button").inner_text() == "5"
    tab.locator("tbody tr:nth-child(5) math").first.wait_for()
    tab.get_by_role("button", name="Go to step 9").click()
    assert tab.locator(".chalk-count").inner_text().startswith("step 9 ")


@pytest.mark.browser
def test_formulas_of_the_table_are_set_where_they_are_seen(opened):
    story = story_of(long_chain)
    tab = opened(story)
    assert tab.locator("tbody tr").count() == 0
    tab.get_by_role("tab", name="All steps").click()
    tab.locator("tbody tr:nth-child(1) math").first.wait_for()
    assert tab.locator("tbody tr").count() == len(story) > 500
    assert tab.locator("tbody math").count() < 200
    tab.locator("tbody tr").last.scroll_into_view_if_needed()
    tab.locator("tbody tr:last-child math").first.wait_for()
    assert tab.locator("tbody math").count() < 400
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator("tbody tr:not(:has(math))").count() == 0, "paper has them all"


@pytest.mark.browser
def test_numbers_of_a_matrix_are_shown_whole(opened):
    """A cell that is narrower than its number hides the end of it: 0.1066 was read as 0."""
    A = ag.Tensor(np.linspace(0.123, 0.987, 20)[None], name="A")
    tab = opened(record(ag.binary_cross_entropy(A, np.tile([[1.0, 0.0]], 10))), step=3)
    assert tab.locator("math mtd").count() >= 60
    assert (
        tab.locator("math mtd").evaluate_all(
            "cells => cells.filter(c => c.scrollWidth > c.clientWidth + 1).map(c => c.textContent)"
        )
        == []
    )
    assert tab.locator("math").evaluate_all("all => all.filter(m => m.scrollWidth > m.clientWidth + 1).length") == 0
    tab.get_by_role("tab", name="All steps").click()
    tab.locator("tbody math").first.wait_for()
    assert tab.locator("tbody td:has(math)").evaluate_all(
        "all => all.filter(c => c.scrollWidth > c.clientWidth + 1).every(c => getComputedStyle(c).overflowX === 'auto')"
    )
    long = "all => all.filter(c => (c.scrollWidth > c.clientWidth) !== (c.tabIndex === 0)).length"
    for width in (1400, 700):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.wait_for_function(f"({long})([...document.querySelectorAll('tbody td:nth-child(3):has(math)')]) === 0")


@pytest.mark.browser
@pytest.mark.parametrize("name", ATTACKS)
def test_names_are_shown_as_they_are(opened, name):
    tab = opened(named(name), step=2)
    assert tab.locator("h1").inner_text() == f"Step by step: {name}2"
    tab.get_by_role("tab", name="All steps").click()
    tab.keyboard.press("End")
    assert tab.evaluate("window.hit") is None and tab.locator("img").count() == 0
    assert any(label.startswith(name) for label in labels(tab))


@pytest.mark.browser
def test_a_folded_graph_steps_too(opened):
    story = story_of(long_chain)
    tab = opened(story)
    assert tab.locator(".chalk-picture .node").count() <= 151 < len(story.graph)
    for step in (1, 100, 300, len(story)):
        at(tab, step)
        assert tab.locator(".is-now").count() >= 1


@pytest.mark.browser
def test_two_on_one_page_do_not_disturb_each_other(opened):
    tab = opened(story_of(reused))
    tab.evaluate(
        """async () => {
            const script = document.querySelector('script[type=module]').textContent;
            const source = script.split('const state = JSON.parse')[0];
            const { mount } = await import('data:text/javascript,' + encodeURIComponent(source));
            const state = JSON.parse(document.getElementById('state').textContent);
            window.told = [];
            for (const k of [1, 2]) {
                const el = document.body.appendChild(document.createElement('div'));
                el.id = `extra${k}`;
                window[`stepper${k}`] = mount(el, state, i => window.told.push([k, i]));
            }
        }"""
    )
    tab.locator("#extra1").get_by_role("button", name="Next").click()
    counts = [tab.locator(f"#{id} .chalk-count").inner_text()[:6] for id in ("stepper", "extra1", "extra2")]
    assert counts == ["step 0", "step 1", "step 0"]
    tab.keyboard.press("ArrowRight")  # goes to the one that was clicked
    counts = [tab.locator(f"#{id} .chalk-count").inner_text()[:6] for id in ("stepper", "extra1", "extra2")]
    assert counts == ["step 0", "step 2", "step 0"]
    tab.evaluate("stepper2.go(3)")
    assert tab.evaluate("[stepper1.step, stepper2.step, JSON.stringify(told)]") == [2, 3, "[[1,1],[1,2]]"]
    tab.evaluate("stepper2.destroy()")
    assert tab.locator("#extra2 *").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 700, 1280])
def test_no_window_is_too_narrow(opened, width):
    tab = opened(story_of(network), size=(width, 800))
    for step in range(len(story_of(network)) + 1):
        at(tab, step)
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def scalars():
    """Narrow boxes: results without names."""
    x = ag.Tensor(2.0, name="x")
    return np.log(x) + x * x**2 - x


def matrices(seed):
    """Costs of which the gradients of small matrices arrive in parts that are wider than their sum, and narrower."""
    rng = np.random.default_rng(seed)
    W = ag.Tensor(rng.standard_normal((2, 3)) * 10.0 ** rng.integers(-5, 4, (2, 3)), name="W")
    X = ag.Tensor(rng.standard_normal((3, 2)), name="X")
    H = np.tanh(W @ X)
    H.name = "H"
    parts = [np.sum(H * H * rng.standard_normal()), np.sum(W * rng.standard_normal((2, 3)) * 1e-3), np.sum(X * X)]
    return sum(parts, np.sum(W) * -1.0 + np.sum(H) * rng.standard_normal() * 1e-4)


@pytest.mark.browser
@pytest.mark.parametrize("made", [scalars, partial(matrices, 0), partial(matrices, 1)], ids=["scalars", "0", "1"])
def test_what_is_written_stays_inside_its_box(opened, made):
    """Also a sum in which not all has arrived; numbers of a matrix end where their column does, and do not touch."""
    story = record(made())
    tab = opened(story)
    for step in range(len(story) + 1):
        at(tab, step)
        over = tab.evaluate(
            """() => [...document.querySelectorAll('.chalk-picture .node')].flatMap(g => {
                const box = g.querySelector('path, polygon, ellipse').getBBox();
                const touching = [...g.querySelectorAll('[data-row]')].flatMap(row => {
                    const seen = [...row.querySelectorAll('[data-entry]')].filter(t => t.textContent.trim());
                    const boxes = seen.map(t => t.getBBox()), bars = [...row.querySelectorAll('polyline, polygon')];
                    const drawn = bars.filter(b => b.style.visibility !== 'hidden').map(b => b.getBBox());
                    const within = drawn.filter(b => b.height), left = Math.min(...within.map(b => b.x));
                    const right = Math.max(...within.map(b => b.x + b.width));
                    return seen.filter((t, i) => boxes.some((b, j) => j !== i && Math.abs(b.y - boxes[i].y) < 2
                        && b.x < boxes[i].x + boxes[i].width + 2 && boxes[i].x < b.x + b.width)
                        || within.length && (boxes[i].x < left || boxes[i].x + boxes[i].width > right))
                        .map(t => `${t.textContent} is not in its column`);
                });
                return touching.concat([...g.querySelectorAll('text')].filter(t => {
                    const b = t.getBBox();
                    return t.textContent.trim() && (b.x < box.x + 2 || b.x + b.width > box.x + box.width - 2);
                }).map(t => t.textContent));
            })"""
        )
        assert over == []


@pytest.mark.browser
def test_space_at_the_end_and_pages_of_steps(opened):
    story = story_of(network)
    n = len(story)
    tab = opened(story, step=n)
    count = tab.locator(".chalk-count")
    tab.keyboard.press(" ")
    assert count.inner_text() == f"step {n} of {n}"
    assert tab.get_by_role("button", name="Play").get_attribute("aria-pressed") != "true"
    for key, expected in [("PageUp", n - 5), ("PageUp", n - 10), ("PageDown", n - 5), ("End", n), ("PageDown", n)]:
        tab.keyboard.press(key)
        assert count.inner_text() == f"step {expected} of {n}"
    click(tab, "Play")
    assert count.inner_text() == f"step 0 of {n}"


@pytest.mark.browser
def test_a_jump_shows_its_node_at_once(browser, tmp_path):
    path = save_page(long_chain(), tmp_path / "long.html")
    context = browser.new_context(offline=True, reduced_motion="no-preference")
    tab = context.new_page()
    tab.goto(path.as_uri())
    tab.wait_for_selector(".chalk-card")
    for key in ("End", "Home", "PageDown", "End"):
        tab.keyboard.press(key)
        assert tab.evaluate(
            """() => {
                const now = document.querySelector('.value.is-now') ?? document.querySelector('.is-now, .is-next');
                const pane = document.querySelector('.chalk-pane').getBoundingClientRect();
                const box = now.getBoundingClientRect();
                return box.right > pane.left && box.left < pane.right && box.bottom > pane.top && box.top < pane.bottom;
            }"""
        ), key
    context.close()


@pytest.mark.browser
def test_text_stays_in_its_box_in_a_wider_font(browser, tmp_path):
    """A saved SVG, read where none of the fonts that it names exists."""
    J = network()
    svg = viz.draw(J).pipe("svg", encoding="utf-8")
    path = tmp_path / "g.svg"
    path.write_text(re.sub(r'font-family="[^"]*"', 'font-family="DejaVu Sans, Verdana, monospace"', svg))
    tab = browser.new_page()
    tab.goto(path.as_uri())
    over = tab.evaluate(
        """() => [...document.querySelectorAll('.node:not(.cut)')].flatMap(g => {
            const box = g.querySelector('path, polygon, ellipse').getBBox();
            return [...g.querySelectorAll('text')].filter(t => t.textContent.trim()).filter(t => {
                const b = t.getBBox();
                return b.x < box.x - 0.5 || b.x + b.width > box.x + box.width + 0.5;
            }).map(t => t.textContent);
        })"""
    )
    tab.close()
    assert over == []
