"""The step page as one screen, in a real browser: what is where, mouse and keys, the permalink, light and dark."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
from tests.viz.programs import PROGRAMS, scalar_network, shared, six_layers, story_of, two_layers
from tests.viz.tabs import addressed, at, follow, resize
from viz.seen.flow import flow
from viz.seen.story import record
from viz.web.script import MODULES

LEAST, OPENING = (  # pixels: how high text is at least, after a step and before the first one
    int(re.search(rf"\b{name} = (\d+)", (MODULES / "camera.mjs").read_text(encoding="utf-8"))[1])
    for name in ("LEAST", "OPENING")
)
SIZES = {"wide": (1400, 900), "narrow": (700, 900)}

BOXES = (Path(__file__).parent / "boxes.js").read_text(encoding="utf-8")


def position(tab):
    return int(tab.locator(".chalk-count").inner_text().split()[1])


def camera(tab):
    return tab.locator(".chalk-pane > svg").evaluate("svg => svg.style.transform")


def box_of(tab, name):
    """Where a vertex is in the window; name is the beginning of what it is called."""
    return tab.get_by_role(
        "button", name=re.compile(f"^{re.escape(name)} (parameter|data|result|output)")
    ).bounding_box()


def is_seen(tab, selector):
    """Whether all elements of the picture are within its pane."""
    return tab.evaluate(
        """selector => {
            const pane = document.querySelector('.chalk-pane').getBoundingClientRect();
            return [...document.querySelectorAll(`.chalk-pane ${selector}`)].every(e => {
                const b = e.getBoundingClientRect();
                return b.left >= pane.left - 1 && b.right <= pane.right + 1
                    && b.top >= pane.top - 1 && b.bottom <= pane.bottom + 1;
            });
        }""",
        selector,
    )


# --- one screen -------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_overlaps_and_nothing_is_clipped(opened, program, size):
    story = story_of(PROGRAMS[program])
    tab = opened(story, size=SIZES[size])
    n = len(story)
    for step in (0, n // 4, n // 2, (3 * n) // 4, n):
        at(tab, step)
        found = tab.evaluate(BOXES)
        assert found["wrong"] == [], f"step {step}"
        assert found["smallest"] >= (LEAST if step else OPENING) - 0.1, f"step {step}"
    for panel in ("steps", "selected"):
        follow(tab, f"step={n // 2}&selected={story.steps[n // 2].changes}&panel={panel}&flow=true")
        assert tab.locator(f".chalk-tab-{panel}").is_visible()
        assert tab.evaluate(BOXES)["wrong"] == [], panel


# Whether all that a step has changed has room in the pane, above the map, in text that is as high as it has to be.
FITS = """least => {
    const box = e => e.getBoundingClientRect(), pane = box(document.querySelector('.chalk-pane'));
    const map = document.querySelector('.chalk-map'), above = map.hidden ? 0 : box(map).height + 14;
    const all = [...document.querySelectorAll('.chalk-pane .node.is-now')].map(box);
    const scale = document.querySelector('.chalk-pane > svg .graph').getScreenCTM().a, larger = least / 9 / scale;
    const across = Math.max(...all.map(b => b.right)) - Math.min(...all.map(b => b.left));
    const down = Math.max(...all.map(b => b.bottom)) - Math.min(...all.map(b => b.top));
    return across * larger < pane.width - 30 && down * larger < pane.height - above - 30;
}"""


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("program", [*PROGRAMS, "six layers"])
def test_it_opens_so_that_it_can_be_read(opened, program, size):
    tab = opened(story_of((PROGRAMS | {"six layers": six_layers})[program]), size=SIZES[size])
    found = tab.evaluate(BOXES)
    assert found["wrong"] == [] and found["smallest"] >= OPENING - 0.1
    assert is_seen(tab, ".node.is-next"), "what is computed first"
    tab.keyboard.press("0")
    assert is_seen(tab, ".node") and tab.evaluate(BOXES)["wrong"] == []


@pytest.mark.browser
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_a_step_has_changed_is_seen_as_far_as_text_can_be_read(opened, program):
    """The rule stands in camera.mjs."""
    story = story_of(PROGRAMS[program])
    tab = opened(story, size=(1400, 900))
    fitting = 0
    for step in range(1, len(story) + 1, max(1, len(story) // 12)):
        at(tab, step)
        assert is_seen(tab, ".chalk-badge.now"), step
        if tab.evaluate(FITS, LEAST):
            fitting += 1
            assert is_seen(tab, ".node.is-now"), step
    assert fitting


@pytest.mark.browser
def test_the_panes_stay_where_they_are(opened):
    """Whatever the step says, nothing moves below the reader's eyes."""
    story = story_of(two_layers)
    tab = opened(story, size=(1400, 900))
    parts = [".chalk-bar", ".chalk-timeline", ".chalk-pane", ".chalk-panel", ".chalk-more", ".chalk-card h2"]
    measure = f"""() => {parts}.map(what => {{
        const b = document.querySelector(what).getBoundingClientRect();
        return [b.left, b.top, b.width];
    }})"""
    at(tab, 1)
    first = tab.evaluate(measure)
    for step in range(2, len(story) + 1):
        at(tab, step)
        assert tab.evaluate(measure)[:5] == first[:5], step


@pytest.mark.browser
def test_the_phase_is_shown_and_edges_point_where_the_gradient_goes(opened):
    story = story_of(two_layers)
    tab = opened(story)
    turn = next(i for i, s in enumerate(story.steps) if s.phase == "seed")
    phase = tab.locator(".chalk-phase")
    at(tab, turn)
    assert phase.inner_text() == "→ forward pass" and tab.locator(".is-passed").count() == 0
    at(tab, turn + 4)
    assert phase.inner_text() == "← backward pass"
    passed = {id for s in story.steps[turn + 1 : turn + 4] for id in s.edges}
    drawn = tab.eval_on_selector_all(".is-passed", "all => all.flatMap(g => g.dataset.id.split(' '))")
    assert set(drawn) == passed
    ends = tab.eval_on_selector_all(
        ".is-passed[data-tail=yes]",
        """all => all.map(g => {
            const start = g.querySelector('path').getPointAtLength(0), head = g.querySelector('.chalk-back').getBBox();
            const far = Math.hypot(head.x + head.width / 2 - start.x, head.y + head.height / 2 - start.y);
            return [far < 9, getComputedStyle(g.querySelector('polygon:not(.chalk-back)')).visibility];
        })""",
    )
    assert ends and ends == [[True, "hidden"]] * len(ends)
    at(tab, turn)
    assert tab.locator(".is-passed").count() == 0


@pytest.mark.browser
def test_nothing_is_said_that_says_nothing(opened):
    story = story_of(shared)
    tab = opened(story)
    for step in range(1, len(story) + 1):
        at(tab, step)
        text = tab.locator(".chalk-panel").inner_text()
        assert "nothing yet" not in text
        assert ("Why now" in text) == bool(story.steps[step - 1].why)


# --- mouse ------------------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_wheel_zooms_about_the_pointer_and_dragging_moves(opened):
    tab = opened(story_of(two_layers), step=13, size=(1400, 900))
    pane = tab.locator(".chalk-pane").bounding_box()
    before = box_of(tab, "W2")
    x, y = before["x"] + before["width"] / 2, before["y"] + 4
    tab.mouse.move(x, y)
    tab.mouse.wheel(0, -200)
    tab.wait_for_function("location.hash.includes('camera')")
    nearer = box_of(tab, "W2")
    assert nearer["width"] > 1.2 * before["width"]
    assert abs((x - nearer["x"]) / nearer["width"] - 0.5) < 0.02, "what is below the pointer stays there"
    x, y = pane["x"] + 30, pane["y"] + pane["height"] - 30
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 60, y - 40, steps=4)
    tab.mouse.up()
    moved = box_of(tab, "W2")
    assert abs(moved["x"] - nearer["x"] - 60) <= 5 and abs(moved["y"] - nearer["y"] + 40) <= 5
    assert tab.locator(".is-selected").count() == 0, "a drag is no click"
    there = camera(tab)
    tab.keyboard.press("ArrowRight")
    assert camera(tab) == there, "who has moved the view keeps it"
    tab.keyboard.press("f")
    assert is_seen(tab, ".chalk-badge.now")
    tab.keyboard.press("0")
    assert is_seen(tab, ".node")


@pytest.mark.browser
def test_a_drag_that_begins_on_a_vertex_selects_nothing(opened):
    tab = opened(story_of(shared), step=3)
    tab.keyboard.press("0")
    box = box_of(tab, "W")
    tab.mouse.move(box["x"] + 10, box["y"] + 8)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 80, box["y"] + 30, steps=3)
    tab.mouse.up()
    assert tab.locator(".is-selected").count() == 0 and position(tab) == 3
    assert box_of(tab, "W")["x"] > box["x"] + 40


@pytest.mark.browser
def test_two_fingers_zoom(opened):
    tab = opened(story_of(shared), step=3)
    wide = box_of(tab, "W")["width"]
    tab.locator(".chalk-pane").evaluate(
        """pane => {
            const { left, top, width, height } = pane.getBoundingClientRect(), x = left + width / 2;
            const how = { clientY: top + height - 20, bubbles: true, buttons: 1, pointerType: 'touch' };
            const send = (type, pointerId, at) => pane.dispatchEvent(new PointerEvent(type,
                { ...how, pointerId, clientX: at, button: type === 'pointermove' ? -1 : 0 }));
            pane.setPointerCapture = () => {}; // there are no such fingers
            send('pointerdown', 11, x - 40);
            send('pointerdown', 12, x + 40);
            send('pointermove', 11, x - 60);
            send('pointermove', 12, x + 60);
            send('pointerup', 11, x - 60);
            send('pointerup', 12, x + 60);
        }"""
    )
    assert box_of(tab, "W")["width"] > 1.3 * wide


@pytest.mark.browser
def test_the_map_is_there_where_the_picture_is_larger_and_leads(opened):
    tab = opened(story_of(two_layers), size=(700, 900))
    assert tab.locator(".chalk-map").is_visible()
    tab.keyboard.press("0")
    assert tab.locator(".chalk-map").is_hidden(), "all of it is seen"
    for _ in range(6):
        tab.keyboard.press("+")
    map = tab.locator(".chalk-map")
    assert map.is_visible()
    box = map.bounding_box()
    tab.mouse.click(box["x"] + 8, box["y"] + box["height"] - 8)
    left = camera(tab)
    tab.mouse.click(box["x"] + box["width"] - 8, box["y"] + 8)
    assert camera(tab) != left
    frame = tab.locator(".chalk-frame").bounding_box()
    assert abs(frame["x"] + frame["width"] / 2 - (box["x"] + box["width"] - 8)) < 8


@pytest.mark.browser
def test_a_click_selects_a_double_click_jumps(opened):
    story = story_of(shared)
    tab = opened(story, step=2)
    tab.keyboard.press("0")
    tab.get_by_role("button", name=re.compile("^W parameter")).click()
    assert position(tab) == 2 and "Selected: W" in tab.locator(".chalk-chosen").inner_text()
    for told in ("parameter of shape (2, 2), float64", "Used by", "Its steps"):
        assert told in tab.locator(".chalk-chosen").inner_text()
    tab.get_by_role("button", name=re.compile("^W parameter")).dblclick()
    last = max(i for i, s in enumerate(story.steps, 1) if story.graph[s.changes].name == "W")
    assert position(tab) == last
    tab.keyboard.press("Escape")
    assert tab.locator(".is-selected").count() == 0


@pytest.mark.browser
def test_relatives_are_lit(opened):
    story = story_of(shared)
    tab = opened(story, step=2)
    tab.get_by_role("button", name=re.compile("^a result")).click()

    def names():
        ids = tab.eval_on_selector_all(".node.is-lit", "all => all.map(g => g.dataset.id)")
        return {story.graph[id].name for id in ids if story.graph[id].kind == "value"}

    assert {"W", "x", "a", "b", "c", "J"} <= names()
    tab.get_by_label("Lit:").select_option("ancestors")
    assert {"W", "x", "a"} <= names() and not {"b", "c", "J"} & names()
    tab.get_by_label("Lit:").select_option("none")
    assert names() == set()


# --- breakpoints, search, program -------------------------------------------------------------------------------------


@pytest.mark.browser
def test_breakpoints_by_mouse_and_keys(opened):
    story = story_of(two_layers)
    n, tab = len(story), opened(story, step=4)
    parameters = [
        i
        for i, s in enumerate(story.steps, 1)
        if s.phase == "backward" and story.graph[s.changes].role == "parameter" and s.turn == s.turns
    ]
    tab.keyboard.press("b")
    tab.keyboard.press("Home")
    tab.keyboard.press("r")
    assert position(tab) == 4
    assert tab.locator(".chalk-tick.stop").count() == 1
    tab.get_by_role("button", name="Breakpoint at this step").click()
    assert tab.locator(".chalk-tick.stop").count() == 0
    tab.locator(".chalk-menu summary", has_text="Stop where").click()
    tab.get_by_label("the gradient of a parameter is complete").check()
    assert tab.locator(".chalk-tick.stop").count() == len(parameters)
    stops = []
    for _ in parameters:
        tab.keyboard.press("r")
        stops.append(position(tab))
    assert stops == parameters
    tab.keyboard.press("R")
    assert position(tab) == parameters[-2]
    tab.keyboard.press("Home")
    tab.keyboard.press("p")
    assert position(tab) == parameters[0]
    tab.get_by_role("button", name="Remove all breakpoints").click()
    tab.keyboard.press("r")
    assert position(tab) == n


def vanishing():
    """Nothing is left of the gradient at W1: σ is flat."""
    W1, X = ag.Tensor(np.full((3, 2), 10.0), name="W1"), np.ones((2, 4))
    A1 = ag.sigmoid(W1 @ X)
    J = (A1 * A1).sum()
    ag.names.given({"X": X, "A1": A1, "J": J})
    return J


@pytest.mark.browser
def test_it_stops_where_the_gradient_vanishes_and_says_why(opened):
    story = story_of(vanishing)
    found = flow(story)
    tab = opened(story)
    tab.keyboard.press("x")
    assert position(tab) == found.trouble[0]
    tab.keyboard.press("g")
    told = tab.locator(".chalk-flow").inner_text()
    assert "σ is saturated in 100 % of the entries of A1" in told and "vanishing" in told
    assert tab.locator(".node.is-sick").count() >= 2
    tab.keyboard.press("End")
    widths = tab.eval_on_selector_all(
        ".edge[style*='--flow']",
        "all => Object.fromEntries(all.map(g => [g.dataset.id, parseFloat(g.style.getPropertyValue('--flow'))]))",
    )
    drawn = {ids: max(found.norms[id] for id in ids.split()) for ids in widths}  # an edge of the picture may be several
    assert {id for ids in drawn for id in ids.split()} == found.norms.keys()
    assert [widths[ids] for ids in sorted(drawn, key=drawn.get)] == sorted(widths.values())
    at_start = tab.get_by_role("button", name="First (Home)")
    at_start.click()
    assert tab.locator(".edge[style*='--flow']").count() == 0, "no gradient has flowed yet"


@pytest.mark.browser
def test_search_by_name_operation_and_layer(opened):
    story = story_of(PROGRAMS["forty samples"])
    tab = opened(story, step=3)
    tab.keyboard.press("/")
    tab.keyboard.type("W2")
    found = tab.locator(".chalk-found button")
    assert found.first.inner_text().startswith("W2")
    tab.keyboard.press("Enter")
    assert "Selected: W2" in tab.locator(".chalk-chosen").inner_text() and is_seen(tab, ".is-selected")
    tab.keyboard.press("Escape")
    for query, expected in [("tanh", "tanh"), ("layer 1", "W1"), ("@", "matmul")]:
        tab.keyboard.press("/")
        tab.keyboard.type(query)
        assert (
            expected in found.all_inner_texts().__str__()
            or expected in tab.locator(".node.is-found").all_inner_texts().__str__()
        )
        assert tab.locator(".node.is-found").count() >= 1
        tab.keyboard.press("Escape")
    assert tab.locator(".node.is-found").count() == 0 and position(tab) == 3
    tab.keyboard.press("/")
    tab.keyboard.type("zzz")
    assert "nothing found" in tab.locator(".chalk-found").inner_text()


@pytest.mark.browser
def test_the_line_of_the_program_is_lit_and_leads_to_its_steps(opened):
    story = story_of(two_layers)
    tab = opened(story)
    for step, s in enumerate(story.steps, 1):
        at(tab, step)
        lit = tab.locator(".chalk-program [aria-current]")
        assert lit.count() == 1
        assert lit.locator("code").inner_text().strip() == s.line.text and lit.locator(
            ".chalk-lineno"
        ).inner_text() == str(s.line.number)
    tab.keyboard.press("Home")
    line = tab.locator(".chalk-program button", has_text="np.tanh(Z1)")
    line.click()
    first = position(tab)
    line.click()
    assert [story.steps[k - 1].line.text for k in (first, position(tab))] == ["A1 = np.tanh(Z1)"] * 2
    assert story.steps[first - 1].phase == "forward" and story.steps[position(tab) - 1].phase == "backward"


@pytest.mark.browser
def test_the_chain_rule_leads_from_the_cost_to_the_step(opened):
    story = story_of(two_layers)
    tab = opened(story, step=len(story))
    factors = tab.locator(".chalk-factor")
    titles = [re.sub(r"^Step \d+: ", "", t) for t in factors.evaluate_all("all => all.map(b => b.title)")]
    assert titles[0] == "From J back to A2" and titles[-1] == story.steps[-1].title
    for before, after in itertools.pairwise(titles):
        assert before.split(" back to ")[1] == after.removeprefix("From ").split(" back to ")[0]
    factors.first.click()
    assert story.steps[position(tab) - 1].title == "From J back to A2"


# --- permalink --------------------------------------------------------------------------------------------------------


def shown(tab):
    """All that is seen, as markup; the cells of formulas of the table are filled as they come into view."""
    return tab.evaluate(
        """() => {
            const page = document.querySelector('.chalk').cloneNode(true);
            for (const e of page.querySelectorAll('[hidden], tbody math')) e.remove();
            const formulas = 'td:nth-child(3), td:nth-child(4)';
            for (const e of page.querySelectorAll(`.chalk-scroll tbody :is(${formulas})`)) e.remove();
            for (const e of page.querySelectorAll('[class]'))
                e.setAttribute('class', [...e.classList].sort().join(' '));
            return page.outerHTML.replace(/ is-open/g, '').replace(/chalk-\\w+-\\d+-/g, '');
        }"""
    )


@pytest.mark.browser
def test_a_reload_gives_the_identical_page(opened):
    """After all that a reader may do."""
    story = story_of(two_layers)
    tab = opened(story, step=12)
    deeds = [
        lambda: tab.get_by_label("one step per operation").check(),
        lambda: tab.keyboard.press("b"),
        lambda: tab.keyboard.press("0"),
        lambda: tab.get_by_role("button", name=re.compile("^W2 parameter")).click(),
        lambda: tab.keyboard.press("+"),
        lambda: tab.keyboard.press("Shift+ArrowLeft"),
        lambda: tab.keyboard.press("g"),
        lambda: tab.keyboard.press("3"),
        lambda: tab.keyboard.press("l"),
        lambda: tab.keyboard.press("ArrowLeft"),
        lambda: tab.keyboard.press("?"),
    ]
    for deed in deeds:
        deed()
        addressed(tab)
        tab.evaluate("document.activeElement.blur()")
        before, hash = shown(tab), tab.evaluate("location.hash")
        tab.reload()
        tab.wait_for_selector(".chalk-card")
        assert tab.evaluate("location.hash") == hash
        assert shown(tab) == before
    assert tab.get_by_role("heading", name="Keys").is_visible()


@pytest.mark.browser
def test_an_address_that_makes_no_sense_opens_all_the_same(opened):
    tab = opened(story_of(two_layers))
    for hash in ("step=99999&camera=7&selected=<b>&query=%22", "%", "step=3&panel=__proto__&watch=[null]"):
        follow(tab, hash)
        assert tab.locator(".chalk-card").count() == 1


# --- keys, light and dark, paper --------------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_sheet_of_keys(opened):
    tab = opened(story_of(shared), step=2)
    tab.keyboard.press("?")
    assert "run to the next breakpoint" in tab.locator("dialog").inner_text()
    tab.keyboard.press("ArrowRight")
    assert position(tab) == 2, "the sheet is in front"
    tab.keyboard.press("Escape")
    assert not tab.locator("dialog").is_visible()
    tab.get_by_role("button", name="Keys (?)").click()
    tab.get_by_role("button", name="Close").click()
    tab.keyboard.press("ArrowRight")
    assert position(tab) == 3


@pytest.mark.browser
def test_tabs_are_reached_by_keys(opened):
    tab = opened(story_of(shared), step=2)
    tab.get_by_role("tab", name="Program").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    assert tab.get_by_role("tab", name="All steps").get_attribute("aria-selected") == "true"
    assert tab.locator(".chalk-scroll").is_visible() and position(tab) == 2
    tab.get_by_role("tab", name="All steps").press("End")
    assert tab.get_by_role("tab", name="X-ray").get_attribute("aria-selected") == "true"
    tab.get_by_role("tab", name="X-ray").press("ArrowRight")
    assert tab.get_by_role("tab", name="Program").get_attribute("aria-selected") == "true"


@pytest.mark.browser
def test_a_vertex_that_gets_the_focus_comes_into_sight(opened):
    tab = opened(story_of(two_layers), step=2, size=(700, 900))
    for _ in range(2):
        tab.keyboard.press("+")
    nodes = tab.locator(".chalk-pane .node")
    nodes.first.focus()
    for _ in range(nodes.count() - 1):
        tab.keyboard.press("ArrowDown")
        assert is_seen(tab, ".node:focus")
    assert tab.locator(".chalk-pane").evaluate("pane => [pane.scrollLeft, pane.scrollTop]") == [0, 0]


def paper(tab):
    return tab.evaluate("getComputedStyle(document.querySelector('.chalk')).backgroundColor")


@pytest.mark.browser
def test_light_and_dark(opened):
    tab = opened(story_of(shared), step=2)
    tab.emulate_media(color_scheme="light")
    light = paper(tab)
    tab.emulate_media(color_scheme="dark")
    dark = paper(tab)
    assert light == "rgb(255, 255, 255)" and dark != light
    tab.keyboard.press("l")
    assert paper(tab) == light, "chosen, whatever the system has"
    tab.get_by_role("button", name="Colours: light").click()
    tab.emulate_media(color_scheme="light")
    assert paper(tab) == dark
    tab.keyboard.press("l")
    assert paper(tab) == light


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    story = story_of(two_layers)
    tab = opened(story, step=12)
    tab.emulate_media(color_scheme=scheme)
    resize(tab, 1400)
    for more in ("", "&selected=n0&panel=selected", "&panel=steps&flow=true", "&query=W", "&sheet=true"):
        follow(tab, f"step=12{more}")
        found = axe.run(tab).response["violations"]
        assert [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in found] == [], more


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_has_the_graph_in_strips_and_the_step(opened, theme):
    tab = opened(story_of(two_layers), step=f"13&theme={theme}")
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    resize(tab, 1032, 700)  # A4 across, without its margins
    width = tab.evaluate("document.documentElement.clientWidth")
    strips = tab.locator(".chalk-paper > svg")
    boxes = [strips.nth(i).bounding_box() for i in range(strips.count())]
    assert len(boxes) >= 3 and all(b["width"] <= width + 1 and b["y"] >= a["y"] for a, b in itertools.pairwise(boxes))
    heights = tab.eval_on_selector_all(
        ".chalk-paper text", "all => all.map(t => parseFloat(t.getAttribute('font-size')) * t.getScreenCTM().a)"
    )
    assert min(heights) > 7, "more than 5 points"
    everything = tab.evaluate("""() => {
        const seen = new Set(), strips = [...document.querySelectorAll('.chalk-paper > svg')];
        for (const strip of strips) for (const g of strip.querySelectorAll('.node')) {
            const a = g.getBoundingClientRect(), b = strip.getBoundingClientRect();
            if (a.right > b.left && a.left < b.right && a.bottom > b.top && a.top < b.bottom) seen.add(g.dataset.id);
        }
        return seen.size === strips[0].querySelectorAll('.node').length;
    }""")
    assert everything
    assert tab.locator(".chalk-pane").is_hidden() and tab.locator(".chalk-bar").is_hidden()
    assert tab.locator(".chalk-panel").is_visible() and tab.locator(".chalk-folded").is_hidden()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate("document.querySelectorAll('.chalk-paper [id]').length") == 0
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert strips.count() == 0


# --- numbers, names, speed --------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("program", ["two layers", "shared", "logistic regression"])
def test_the_last_state_is_backward_to_the_last_bit(opened, program):
    J = PROGRAMS[program]()
    story = record(J)
    tab = opened(story)
    tab.keyboard.press("End")
    state = json.loads(tab.locator("#state").text_content())
    J.backward()
    for node, id in story.graph.value_ids.items():
        vertex = state["vertices"][id]
        data = state["arrays"][vertex["gradient"][-1]["array"]]["data"]
        np.testing.assert_array_equal(np.array(data), np.asarray(node.grad))


NAMES = [
    "<img src=x onerror=window.hit=1>", "a & b", "\"q\" 'r'", "😀🎉", "</script><script>window.hit=1</script>",
    "\u202eabc\u202c", "שלום", "x" * 80, "${window.hit=1}", "`#step=4&selected=n9`",
]  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_names_are_shown_and_not_run(opened, name):
    x = ag.Tensor(np.ones((2, 2)), name=name)
    y = (x * x).sum()
    y.name = "J"
    tab = opened(y, step=3, size=(1400, 900))
    tab.keyboard.press("/")
    tab.keyboard.type(name[:4] if "\u202e" not in name else "abc")
    tab.keyboard.press("Enter")
    for key in ("3", "g", "End", "1", "2"):
        tab.keyboard.press("Escape") if key == "3" else None
        tab.keyboard.press(key)
    addressed(tab)
    tab.reload()
    tab.wait_for_selector(".chalk-card")
    assert tab.evaluate("window.hit") is None and tab.locator("img").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
def test_a_step_of_thousands_changes_little(opened):
    """What changes in the document does not grow with the graph; how long it takes is in benchmarks/stepping.py."""
    story = story_of(scalar_network)
    tab = opened(story, step=len(story) // 2)
    changes = tab.evaluate(
        """async () => {
            const observer = new MutationObserver(() => {}), counts = [];
            observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
            for (let k = 0; k < 15; k++) {
                document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
                counts.push(observer.takeRecords().length);
                await new Promise(requestAnimationFrame);
                observer.takeRecords();
            }
            return counts;
        }"""
    )
    assert min(changes) > 0 and max(changes) < 150, changes
