"""Folding in the page: every fold is drawn and laid out once; what is seen depends only on which are open."""

import itertools
import json
import random

import numpy as np
import pytest

import autograd as ag
import nn
from tests.viz.programs import story_of
from tests.viz.test_pictures import nested, network, neurons
from viz.picture.insides import Inside
from viz.picture.metrics import room
from viz.picture.stamps import Stamp
from viz.seen.folds import MANY, ROOT, folds_of
from viz.seen.graph import graph_of
from viz.seen.story import record
from viz.seen.text import number
from viz.web.folding import LEVELS, folding, is_closed, shown
from viz.web.rows import Opened
from viz.web.script import MODULES


def chain(count=180):
    x = y = ag.Tensor(1.0, name="x")
    for _ in range(count):
        y = np.sin(y) + x
    return y


def shared():
    """A layer that is used three times."""
    cell = nn.Sequential(nn.Linear(3, 3, seed=0), nn.Tanh())
    A = np.ones((3, 4))
    for _ in range(3):
        A = cell(A)
    return np.sum(A)


GRAPHS = {
    "network": network,
    "rows": lambda: network(6),
    "neurons": lambda: neurons(6),
    "nested": nested,
    "chain": chain,
    "shared": shared,
}


@pytest.fixture(params=GRAPHS.values(), ids=list(GRAPHS), scope="module")
def graph(request):
    return graph_of(request.param())


# --- the folds --------------------------------------------------------------------------------------------------------


def test_everything_is_in_one_fold_and_no_fold_is_too_large(graph):
    folds = folds_of(graph)
    everything = sorted([*(v.id for v in graph), *folds.boxes])
    assert sorted(itertools.chain(*folds.children.values())) == everything
    assert all(child in folds.children[fold] for child, fold in folds.parents.items())
    assert folds.parents.keys() == set(everything)
    assert all(2 <= len(c) <= MANY or id == ROOT for id, c in folds.children.items())
    for id, box in folds.boxes.items():
        inside = [v.id for v in graph if id in folds.around(v.id)]
        assert sorted(m.id for m in box.members) == sorted(inside)


def test_an_operation_is_folded_with_its_result_and_its_numbers():
    folds = folds_of(graph_of(network()))
    for id, box in folds.boxes.items():
        if box.fold == "operation":
            kinds = sorted(folds.vertex(c).role or folds.vertex(c).kind for c in folds.children[id])
            assert kinds.count("operation") == 1 and len(kinds) == 2 + kinds.count("number")


def test_folds_lie_in_each_other_from_layers_to_operations():
    folds = folds_of(graph_of(neurons(6)))
    assert sum(box.fold == "neuron" for box in folds.boxes.values()) == 7
    order = {"layer": 0, "neuron": 1, "operation": 2}
    for id, box in folds.boxes.items():
        parent = folds.parents[id]
        if parent != ROOT and "block" not in (box.fold, folds.boxes[parent].fold):
            assert (order[folds.boxes[parent].fold], box.fold) <= (order[box.fold], box.fold)
    names = [box.name for box in folds_of(graph_of(nested())).boxes.values() if box.fold == "layer"]
    assert sorted(names) == ["Decoder · layer 1", "Encoder", "Encoder · layer 1", "Encoder · layer 2"]


@pytest.mark.parametrize("make", GRAPHS.values(), ids=list(GRAPHS))
def test_levels_show_less_and_less_and_the_first_one_can_be_read(make):
    folds = folds_of(graph_of(make()))
    counts = [shown(folds, level) for level in LEVELS]
    assert counts == sorted(counts, reverse=True)
    made = folding(graph_of(make()))
    assert shown(folds, made["level"]) <= 150
    assert (made["level"] == "none") == (len(folds.graph) <= 150)
    for id, fold in made["folds"].items():
        assert fold["levels"] == [level for level in LEVELS if is_closed(folds, id, level)]


# --- what is inside ---------------------------------------------------------------------------------------------------


def test_every_stamp_is_whole_and_every_inside_is_laid_out_without_overlaps(graph):
    made = folding(graph)
    assert made["stamps"].keys() == {v.id for v in graph} | made["folds"].keys()
    for svg, _, _, width, height in made["stamps"].values():
        assert svg.startswith('<g id="') and svg.count("<g") == svg.count("</g>") and width > 0 < height
    assert made["insides"].keys() == {ROOT} | made["folds"].keys()
    for inside in made["insides"].values():
        boxes = {id: at for id, at in inside["at"].items() if id[0] not in "<>"}
        for (a, (x, y)), (b, (u, v)) in itertools.combinations(boxes.items(), 2):
            (_, _, _, w, h), (_, _, _, r, s) = made["stamps"][a], made["stamps"][b]
            assert abs(x - u) >= (w + r) / 2 - 0.5 or abs(y - v) >= (h + s) / 2 - 0.5


def test_every_edge_has_pieces_from_its_source_to_its_target(graph):
    made, folds = folding(graph), folds_of(graph)
    pieces = {id: inside["pieces"] for id, inside in made["insides"].items()}
    for edge in graph.edges:
        into, out = list(folds.around(edge.target)), list(folds.around(edge.source))
        meeting = next(fold for fold in into if fold in out)
        assert any(edge.id in p[3] for p in pieces[meeting])
        for fold in [*into[: into.index(meeting)], *out[: out.index(meeting)]]:
            if made["folds"][fold]["kind"] != "operation":
                assert any(edge.id in p[3] for p in pieces[fold])


def test_what_there_was_no_time_for_stays_folded(monkeypatch):
    monkeypatch.setattr("viz.picture.insides.TOGETHER", 1)
    from viz.picture.insides import insides_of
    from viz.picture.stamps import stamps_of

    folds = folds_of(graph_of(chain(60)))
    made = insides_of(folds, list(folds.children), stamps_of([*folds.graph, *folds.boxes.values()]), seconds=0.0)
    assert ROOT in made and any(id not in made for id in folds.boxes)


# --- where everything is, for any folds that are open ----------------------------------------------------------------

ARRANGED = """
const { arrange } = await import(given.modules + '/arrange.mjs'), f = await import(given.modules + '/folds.mjs');
const story = { folding: given.folding, vertices: {} };
console.log(JSON.stringify(given.states.map(state => {
  const made = arrange(story.folding, id => f.isOpen(id, state, story));
  const seen = Object.fromEntries(given.ids.map(id => [id, f.seenFor(id, state, story)]));
  return { ...made, ports: null, seen };
})));
"""


def states(made, count=12):
    rng = random.Random(0)
    folds = sorted(made["folds"])
    some = [{"fold": level, "flipped": []} for level in ("auto", "layer", "neuron", "operation", "none")]
    for _ in range(count):
        some.append({"fold": "layer", "flipped": sorted(rng.sample(folds, min(len(folds), rng.randint(1, 9))))})
    return some


def arranged(node, graph, made, wanted):
    given = {"folding": made, "states": wanted, "ids": [v.id for v in graph], "modules": MODULES.as_uri()}
    return node(ARRANGED, given)


def test_nothing_overlaps_whatever_is_open(node, graph):
    made = folding(graph)
    for got in arranged(node, graph, made, states(made)):
        boxes, frames = got["boxes"], got["frames"]
        assert set(boxes) == set(got["seen"].values())
        corners = {
            id: (b["x"] - b["width"] / 2, b["y"] - b["height"] / 2, b["x"] + b["width"] / 2, b["y"] + b["height"] / 2)
            for id, b in boxes.items()
        }
        for a, b in itertools.combinations(corners.values(), 2):
            assert a[2] <= b[0] + 0.5 or b[2] <= a[0] + 0.5 or a[3] <= b[1] + 0.5 or b[3] <= a[1] + 0.5
        for id, (left, top, right, low) in corners.items():
            assert left >= -0.5 and top >= -0.5 and right <= got["width"] + 0.5 and low <= got["height"] + 0.5
            fold = made["folds"].get(id, {}).get("parent") or made["parents"].get(id)
            while fold:
                if fold in frames:
                    f = frames[fold]
                    assert f["x"] - 0.5 <= left and right <= f["x"] + f["width"] + 0.5
                    assert f["y"] - 0.5 <= top and low <= f["y"] + f["height"] + 0.5
                fold = made["folds"][fold]["parent"]


def test_arrows_end_at_boxes_and_every_edge_that_is_seen_has_one(node, graph):
    made = folding(graph)
    for got in arranged(node, graph, made, states(made, 6)):
        drawn = {edge for piece in got["pieces"] for edge in piece["edges"]}
        for edge in graph.edges:
            assert (edge.id in drawn) == (got["seen"][edge.source] != got["seen"][edge.target])
        for piece in got["pieces"]:
            if piece["head"]:
                x, y = piece["points"][-1]
                near = min(
                    max(abs(x - b["x"]) - b["width"] / 2, abs(y - b["y"]) - b["height"] / 2)
                    for b in got["boxes"].values()
                )
                assert near <= 1.5


def test_a_wide_picture_is_in_rows_and_says_where_its_arrows_go_on(node):
    graph = graph_of(network(6))
    made = folding(graph)
    line, rows = (arranged(node, graph, {**made, "rows": r}, states(made, 0))[-1] for r in ([], made["rows"]))
    assert line["width"] > 10 * line["height"] and 0.7 < rows["width"] / rows["height"] < 3
    assert sorted(id for row in made["rows"] for id in row["at"]) == sorted(made["insides"][ROOT]["at"])
    ends, starts = ([c["text"] for c in rows["cuts"] if c["after"] is after] for after in (True, False))
    assert ends and sorted(e.removesuffix(" …") for e in ends) == sorted(s.removeprefix("… ") for s in starts)
    assert {e.removesuffix(" …") for e in ends} <= {v.name for v in graph}
    assert line["cuts"] == [] and set(rows["boxes"]) == set(line["boxes"])


def test_names_at_cut_arrows_are_apart_and_within_the_picture(node):
    values = [ag.Tensor(float(k), name=f"w{k}") for k in range(4)]
    x = values[0]
    for _ in range(14):
        x = np.sin(x) * 1.0
    graph = graph_of(x * values[1] * values[2] * values[3] * values[0])
    for got in arranged(node, graph, folding(graph), states(folding(graph), 2)):
        for a, b in itertools.combinations(got["cuts"], 2):
            assert a["after"] != b["after"] or abs(a["y"] - b["y"]) >= 11.9
        for cut in got["cuts"]:
            wide = room(cut["text"], 9)
            left = cut["x"] if cut["after"] else cut["x"] - wide
            assert left >= 0 and left + wide <= got["width"] and 0 <= cut["y"] <= got["height"]


@pytest.mark.parametrize("level", ["layer", "operation", "none"])
def test_how_large_open_folds_are_is_known_before_the_page_is_opened(node, graph, level):
    """Where a picture is cut follows from that."""
    made, folds = folding(graph), folds_of(graph)
    stamps = {id: Stamp(*stamp) for id, stamp in made["stamps"].items()}
    insides = {
        id: Inside(*inside["size"], {child: tuple(at) for child, at in inside["at"].items()})
        for id, inside in made["insides"].items()
    }
    opened = Opened(folds, insides, stamps, lambda id: id in insides and not is_closed(folds, id, level))
    (got,) = arranged(node, graph, {**made, "rows": []}, [{"fold": level, "flipped": []}])
    assert opened.size(ROOT) == pytest.approx((got["width"], got["height"]), abs=0.01)


def test_the_order_in_which_folds_are_opened_does_not_matter(node):
    graph = graph_of(nested())
    made = folding(graph)
    folds = sorted(made["folds"])
    source = """
    const f = await import(given.modules + '/folds.mjs'), { arrange } = await import(given.modules + '/arrange.mjs');
    const story = { folding: given.folding, vertices: {} }, start = { fold: 'layer', flipped: [] };
    const after = ids => ids.reduce((state, id) => f.flip(state, id, story), start);
    const seen = state => JSON.stringify(arrange(story.folding, id => f.isOpen(id, state, story)).boxes);
    const { folds } = given, backward = [...folds].reverse(), twice = [...folds, ...folds];
    console.log(JSON.stringify([seen(after(folds)) === seen(after(backward)), seen(after(twice)) === seen(start)]));
    """
    assert node(source, {"folding": made, "folds": folds[:5], "modules": MODULES.as_uri()}) == [True, True]


# --- in a browser ----------------------------------------------------------------------------------------------------


def known(tab):
    """What is known at this step, of all that is seen; and the step itself."""
    return tab.evaluate(
        """() => {
            const all = (what, of) => [...document.querySelectorAll(what)].map(of);
            const classes = g => [...g.classList].filter(name => name !== 'is-new').sort().join(' ');
            return {
                labels: all('.chalk-nodes .node', g => [g.dataset.id, g.getAttribute('aria-label'), classes(g)]),
                count: document.querySelector('.chalk-count').textContent,
                texts: all('.chalk-nodes .node text', t => t.textContent),
                places: all('.chalk-place', g => g.style.transform),
                arrows: all('.chalk-arrows > .edge', g => [g.dataset.key, g.firstChild.getAttribute('d'), classes(g)]),
            };
        }"""
    )


def fold_all(tab, level):
    tab.get_by_label("Folded:").select_option(level)


@pytest.mark.browser
@pytest.mark.parametrize("run", [network, lambda: neurons(4), nested], ids=["network", "neurons", "nested"])
def test_the_state_at_a_step_does_not_depend_on_folding(opened, run):
    story = record(run())
    for step in (0, len(story) // 3, len(story) // 2, len(story)):
        tab = opened(story, step=step)
        before = known(tab)
        levels = tab.get_by_label("Folded:").evaluate("select => [...select.options].map(o => o.value)")
        assert len(levels) > 1 and levels[-1] == "none"
        for level in levels:
            fold_all(tab, level)
        assert known(tab) == before
        tab.wait_for_function("location.hash.includes('fold=none')")  # the address follows a little later
        tab.reload()
        tab.wait_for_selector(".chalk-card")
        assert known(tab) == before
        tab.close()


@pytest.mark.browser
def test_a_fold_is_opened_and_closed_by_mouse_and_by_keys(opened):
    tab = opened(story_of(network), step=5)
    tab.keyboard.press("0")  # all of it is in sight
    before = known(tab)
    tab.get_by_role("button", name="Fold Layer 1").click()
    assert [label for id, label, _ in known(tab)["labels"] if label.startswith("Layer 1")]
    assert "W1" not in json.dumps([label.split()[0] for _, label, _ in known(tab)["labels"]])
    tab.get_by_role("button", name="Unfold Layer 1").click()
    assert known(tab) == before
    tab.keyboard.press("[")
    tab.keyboard.press("[")
    tab.keyboard.press("[")
    closed = tab.locator(".chalk-nodes .node[aria-label^=Layer]")
    assert closed.count() == 2
    closed.first.click()
    tab.keyboard.press("e")
    assert tab.locator(".chalk-frames [data-fold]").count() == 1
    tab.keyboard.press("e")  # what was selected is inside of it
    for _ in range(3):
        tab.keyboard.press("]")
    tab.keyboard.press("Escape")
    assert {k: v for k, v in known(tab).items() if k != "labels"} == {k: v for k, v in before.items() if k != "labels"}


@pytest.mark.browser
def test_a_folded_box_knows_what_its_result_knows(opened):
    J = network()
    story = record(J)
    tab = opened(story, step=0)
    fold_all(tab, "layer")
    box = tab.locator(".chalk-nodes .node.group").first
    assert "not yet" in box.text_content()
    tab.keyboard.press("End")
    J.backward()
    A1 = next(v for v in graph_of(J) if v.name == "A1")
    assert f"grad norm {ag.read.decimal(np.linalg.norm(A1.grad))}" in box.text_content()
    assert number(A1.value.min()) in box.text_content()


@pytest.mark.browser
def test_the_reader_keeps_the_place(opened):
    """What was unfolded stays where it was in the pane, unless all of the picture is seen."""
    tab = opened(record(network(5)), step=3)
    fold_all(tab, "layer")
    for _ in range(6):
        tab.keyboard.press("+")
    middle = """what => {
        const b = document.querySelector(what).getBoundingClientRect();
        return [b.x + b.width / 2, b.y + b.height / 2];
    }"""
    id = tab.locator(".chalk-nodes .node.group").nth(2).get_attribute("data-id")
    was = tab.evaluate(middle, f"[data-id={id}]")
    tab.locator(f"[data-id={id}] ~ .chalk-fold").dispatch_event("click")
    now = tab.evaluate(middle, f"[data-fold={id}] rect")
    assert was == pytest.approx(now, abs=3)


@pytest.mark.browser
def test_what_was_selected_and_folded_away_is_shown_by_its_fold(opened):
    tab = opened(story_of(network), step=4)
    tab.keyboard.press("0")
    tab.get_by_role("button", name="Z1 result").click()
    tab.get_by_role("button", name="Fold Layer 1").first.click()
    assert tab.locator(".is-selected").get_attribute("aria-label").startswith("Layer 1")
    tab.wait_for_function("/fold|flipped/.test(location.hash)")  # the address follows a little later


@pytest.mark.browser
def test_a_long_run_is_told_in_parts(opened):
    J = chain(2500)
    story = record(J)
    assert len(story.graph) < 400
    tab = opened(story)
    tab.keyboard.press("End")
    J.backward()
    x = next(v for v in story.graph if v.name == "x")
    np.testing.assert_array_equal(story.gradient(x.id), next(v for v in graph_of(J) if v.name == "x").grad)
    assert any("x parameter" in label and "gradient" in label for _, label, _ in known(tab)["labels"])


# --- stories in parts ------------------------------------------------------------------------------------------------


def parts():
    rng = np.random.default_rng(0)
    model = nn.Sequential(*[part for l in range(1100) for part in (nn.Linear(2, 2, seed=l), nn.Tanh())])
    J = nn.losses.mse(model(rng.normal(size=(2, 3))), np.ones((2, 3)))
    J.name = "J"
    return J


@pytest.mark.parametrize("run", [lambda: chain(2000), parts], ids=["chain", "layers"])
def test_a_story_in_parts_ends_in_the_gradients_of_backward(run):
    J = run()
    story = record(J)
    assert story.data() and len(story) < 1000 and J.grad is None
    last = story.frame(len(story))
    J.backward()
    found = {v.name: v.grad for v in graph_of(J) if v.name and v.grad is not None}
    checked = 0
    for v in story.graph:
        if v.name in found and v.id in last.gradients:
            np.testing.assert_array_equal(last.gradients[v.id].value, found[v.name])
            assert last.gradients[v.id].complete
            checked += 1
    assert checked >= 1
    names = [step.title for step in story.steps]
    assert names[0].startswith("Compute") and "Start at" in " ".join(names)
    assert "operations" in story.steps[1].words
