"""What makes a page hard to read: numbers that run into each other, marks on numbers, rows that are somewhere else."""

import itertools
import re

import numpy as np
import pytest

import autograd as ag
import viz
from tests.viz.programs import story_of, two_layers
from tests.viz.tabs import at, drawn
from viz.seen.story import record


def small_numbers(columns=6):
    """Entries that take all the room that four digits may take."""
    x = ag.Tensor(-np.geomspace(1.2345e-6, 9.8765e4, 4 * columns).reshape(4, columns), name="x")
    J = np.sum(x * -0.00012345)
    J.name = "J"
    return J


@pytest.mark.browser
@pytest.mark.parametrize("columns", [1, 6, 7, 14])
def test_every_number_of_a_heat_map_is_within_its_cell(opened, columns):
    tab = opened(small_numbers(columns), size=(1400, 900))
    for step in range(1, 6):
        at(tab, step)
        beyond = tab.eval_on_selector_all(
            ".chalk-panel .chalk-cell", "all => all.filter(c => c.scrollWidth > c.clientWidth).map(c => c.textContent)"
        )
        assert not beyond, step


@pytest.mark.browser
@pytest.mark.parametrize("step", [0, 1, 3, 5])
def test_the_mark_of_a_second_operand_is_beside_no_number(opened, step):
    """1²ⁿᵈ would be read as a power."""
    w = ag.Tensor(4.0, name="w")
    tab = opened((1.0 - (w - 1.0) / 3.0) ** 2.0, size=(1400, 900))
    at(tab, step)
    near = tab.evaluate(
        """() => {
            const box = e => e.getBoundingClientRect();
            const texts = s => [...document.querySelectorAll(`.chalk-pane ${s} text`)];
            const marks = texts('.edge').filter(t => t.textContent), numbers = texts('.node');
            return [marks.length, marks.flatMap(m => numbers.filter(n => {
                const a = box(m), b = box(n), k = a.height / 9;
                return a.left < b.right + 3 * k && b.left < a.right + 3 * k && a.top < b.bottom && b.top < a.bottom;
            }).map(n => `${m.textContent} beside ${n.textContent}`))];
        }"""
    )
    assert near[0] >= 3 and near[1] == []


@pytest.mark.browser
def test_what_is_not_known_yet_is_said_beside_the_name_of_its_row(opened):
    tab = opened(story_of(two_layers), step=1)
    apart = tab.eval_on_selector_all(
        ".chalk-pane .is-missing",
        """all => all.filter(text => text.textContent).map(text => {
            const row = text.closest('[data-row]').dataset.row, g = text.closest('.node');
            const name = g.querySelector(`[data-row=${row}] [data-part=name]`);
            return Math.abs(Number(name.getAttribute('y')) - Number(text.getAttribute('y')));
        })""",
    )
    assert apart and max(apart) == 0
    lines = """() => [...document.querySelectorAll('.chalk-pane [data-entry]')]
        .map(t => [t.getAttribute('y'), t.textContent])"""
    at(tab, 13)
    before = tab.evaluate(lines)
    for step in (0, 13):
        at(tab, step)
    assert tab.evaluate(lines) == before


@pytest.mark.browser
@pytest.mark.parametrize("step", [1, 9, 14, 18])
def test_the_list_opens_at_the_step_that_is_shown(opened, step):
    story = story_of(two_layers)
    tab = opened(story, size=(1400, 900))
    tab.evaluate("location.hash = ''")
    tab.goto("about:blank")
    tab.go_back()
    tab.goto(tab.url.split("#")[0] + f"#step={step}&panel=steps")
    tab.reload()
    row = tab.locator(".chalk-scroll tr[aria-current]")
    row.wait_for()
    seen = """row => {
        const pane = row.closest('.chalk-scroll'), head = pane.querySelector('thead').getBoundingClientRect();
        const box = row.getBoundingClientRect();
        return box.top >= head.bottom - 1 && box.bottom <= pane.getBoundingClientRect().bottom + 1;
    }"""
    tab.wait_for_function(f"row => row.querySelector('math') && ({seen})(row)", arg=row.element_handle())
    assert row.get_by_role("button").inner_text() == str(step) and row.evaluate(seen)
    pane = tab.locator(".chalk-scroll")
    pane.hover()
    before = pane.evaluate("pane => pane.scrollTop")
    tab.mouse.wheel(0, -5000 if step > 9 else 5000)
    tab.wait_for_function("before => document.querySelector('.chalk-scroll').scrollTop !== before", arg=before)
    drawn(tab)
    assert not row.evaluate(seen), "who looks elsewhere stays there"


@pytest.mark.browser
def test_lines_of_the_program_stand_below_each_other(opened):
    tab = opened(story_of(two_layers))
    for part in (".chalk-lineno", "code"):
        edge = "right" if part == ".chalk-lineno" else "left"
        found = tab.eval_on_selector_all(
            f".chalk-program li {part}", f"all => all.map(e => Math.round(e.getBoundingClientRect().{edge}))"
        )
        assert len(found) > 3 and max(found) - min(found) <= 1, part


@pytest.mark.browser
def test_every_press_of_a_bracket_changes_what_is_folded(opened):
    tab = opened(story_of(two_layers))
    choices = tab.locator(".chalk-folded option").count()
    assert choices >= 3, "there are no neurons here"
    folded = [tab.locator(".chalk-folded select").input_value()]
    for _ in range(choices - 1):
        tab.keyboard.press("[")
        folded.append(tab.locator(".chalk-folded select").input_value())
    assert len(set(folded)) == choices
    for expected in folded[-2::-1]:
        tab.keyboard.press("]")
        assert tab.locator(".chalk-folded select").input_value() == expected


@pytest.mark.browser
def test_between_two_factors_is_one_dot(opened):
    x = ag.Tensor(0.5, name="x")
    y = x
    for _ in range(12):
        y = np.sin(y)
    story = record(y)
    tab = opened(story, step=len(story))
    shown = tab.eval_on_selector_all(
        ".chalk-product > *",
        """all => all.map(e => getComputedStyle(e, '::before').content.replace(/none|"/g, '')
            + (e.matches('.chalk-dots') ? e.textContent : 'f'))""",
    )
    assert re.fullmatch(r"f(·f)*·… \d+ more …(·f)+", "".join(shown))


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1400, 900), (700, 900)])
@pytest.mark.parametrize("moment", [0, 10])
def test_two_runs_side_by_side_do_not_overlap(browser, tmp_path, size, moment):
    path = viz.compare_page(two_layers(), small_numbers(), tmp_path / "both.html")
    context = browser.new_context(offline=True, viewport={"width": size[0], "height": size[1]})
    tab = context.new_page()
    tab.goto(path.as_uri() + f"#moment={moment}")
    tab.wait_for_selector(".chalk-card")
    boxes = [
        tab.locator(".compare-pane").nth(pane).locator(part).bounding_box()
        for pane in (0, 1)
        for part in (":scope > h2", ".chalk-head", ".chalk-pane", ".chalk-below", ".chalk-panel", ".chalk-more")
    ]
    context.close()
    for a, b in itertools.combinations(boxes, 2):
        apart = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
        assert apart or a["y"] + a["height"] <= b["y"] + 1 or b["y"] + b["height"] <= a["y"] + 1


def test_a_story_and_a_training_are_printed_in_a_line():
    story = story_of(two_layers)
    assert repr(story) == "<Story of J: 18 steps, 11 of them backward>"
    w = ag.Tensor(4.0, name="w")

    def cost():
        J = (w - 1.0) ** 2
        J.name = "J"
        return J

    assert repr(viz.record_training(cost, lr=0.25, steps=3)) == "<Training of J: 3 steps, from 9.0 to 0.1406>"
