"""What `viz.draw` can be asked for: folds, depth, focus, direction, rows, what is shown, themes, the backward pass."""

import html
import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from tests.viz.programs import six_layers, two_layers
from viz.picture.metrics import room
from viz.picture.theme import THEMES
from viz.seen.graph import graph_of
from viz.seen.text import number

SVG = "{http://www.w3.org/2000/svg}"


def network(layers=2, name="J"):
    rng = np.random.default_rng(0)
    model = nn.Sequential(*[part for l in range(layers) for part in (nn.Linear(3, 3, seed=l), nn.Tanh())])
    J = nn.losses.mse(model(rng.normal(size=(3, 4))), np.ones((3, 4)))
    J.name = name
    return J


def neurons(count=3):
    """Scalars: two layers of neurons, each a weighted sum with its activation."""
    rng = np.random.default_rng(0)

    def neuron(xs):
        return np.tanh(sum((ag.Tensor(rng.normal()) * x for x in xs), ag.Tensor(0.0)))

    return neuron([neuron([0.5, -1.0]) for _ in range(count)])


class Nested(nn.Module):
    def __init__(self):
        self.encoder = nn.Sequential(nn.Linear(3, 2, seed=0), nn.Tanh(), nn.Linear(2, 2, seed=1), nn.Tanh())
        self.decoder = nn.Sequential(nn.Linear(2, 3, seed=2), nn.Tanh())

    def forward(self, X):
        return self.decoder(self.encoder(X))


def nested():
    J = nn.losses.mse(Nested()(np.ones((3, 4))), np.ones((3, 4)))
    J.name = "J"
    return J


def drawn(picture):
    return picture.pipe("svg", encoding="utf-8")


def size(picture):
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', drawn(picture))
    return float(found[1]), float(found[2])


def stands_for(graph):
    """Every vertex of the whole graph, as often as it occurs in this one."""
    return sorted(m.id for v in graph for m in (v.members or [v]))


# --- folds, depth, focus ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fold", ["layer", "neuron", "operation", "none", "auto"])
@pytest.mark.parametrize("make", [network, neurons, nested])
def test_each_fold_shows_every_vertex_once(fold, make):
    J = make()
    graph = viz.draw(J, fold=fold).graph
    assert stands_for(graph) == sorted(v.id for v in graph_of(J))
    ids = {v.id for v in graph}
    assert graph.root in ids and all({e.source, e.target} <= ids for e in graph.edges)
    assert not any(e.source == e.target for e in graph.edges)


def test_what_each_fold_makes():
    assert [v.name for v in viz.draw(network(3), fold="layer").graph if v.kind == "group"] == [
        "Layer 1",
        "Layer 2",
        "Layer 3",
    ]
    made = viz.draw(neurons(3), fold="neuron").graph
    assert [sum(m.name == "tanh" for m in v.members) for v in made if v.kind == "group"] == [1] * 4
    made = viz.draw(network(), fold="operation").graph
    assert not [v for v in made if v.kind == "operation"]
    assert [v.sole_operation.name for v in made if v.kind == "group"] == [
        v.name for v in graph_of(network()) if v.kind == "operation"
    ]


def test_neurons_stay_in_their_layers():
    for v in viz.draw(nested(), fold="neuron").graph:
        assert {m.scope for m in v.members if m.scope} in ({v.scope}, set())


def test_a_folded_box_says_what_matters():
    J = network()
    J.backward()
    source = viz.draw(J, fold="layer").source
    box = next(line for line in source.splitlines() if "Layer 1" in line and "TABLE" in line)
    assert "3 operations: matmul, add, tanh" in box and "parameters: W1, b1" in box
    A1 = next(v for v in graph_of(J) if v.name == "A1")
    assert f"grad norm {ag.read.decimal(np.linalg.norm(A1.grad))}" in box
    assert ">value<" in box and f"{number(A1.value.min())} …" in box


@pytest.mark.parametrize(
    ("depth", "groups"),
    [(0, ["Encoder", "Decoder"]), (1, ["Encoder · layer 1", "Encoder · layer 2", "Decoder · layer 1"]), (2, [])],
)
def test_depth_is_how_many_levels_are_open(depth, groups):
    assert [v.name for v in viz.draw(nested(), depth=depth).graph if v.kind == "group"] == groups


def frames(picture):
    """The titles of the frames, and in which frame each lies."""
    depth, found = [], []
    for line in picture.source.splitlines():
        if "subgraph cluster" in line:
            depth.append(None)
        elif depth and (label := re.match(r'.* id=layer\w+ label=("[^"]*"|\S+)', line)):
            depth[-1] = label[1].strip('"')
            found.append(tuple(depth))
        elif line.strip() == "}" and depth:
            depth.pop()
    return found


def test_frames_lie_in_frames():
    assert frames(viz.draw(nested())) == [
        ("Encoder",),
        ("Encoder", "Layer 1"),
        ("Encoder", "Layer 2"),
        ("Decoder · layer 1",),
    ]


@pytest.mark.parametrize("radius", [0, 1, 2])
def test_focus_shows_what_lies_around(radius):
    J = network(3)
    picture = viz.draw(J, focus=("Z2", radius))
    names = {v.name for v in picture.graph}
    assert "Z2" in names and ("tanh" in names) == (radius > 0) and ("W2" in names) == (radius > 1)
    rest = [v for v in picture.graph if v.kind == "rest"]
    assert rest and all(v.name.startswith("…") for v in rest)
    assert picture.graph.edges and "digraph" in picture.source and drawn(picture)
    graph = viz.draw(J, focus=(J, 1)).graph
    assert graph[graph.root].name == "J", "a Tensor is a focus as its name is"


def test_a_focus_that_reaches_everything_leaves_nothing_out():
    J = network()
    assert [v.id for v in viz.draw(J, focus=("Z1", 50)).graph] == [v.id for v in graph_of(J)]


REFUSED = {
    "fold": ({"fold": "layers"}, 'fold= must be one of "auto", "none", "layer", "neuron", "operation", but got'),
    "direction": ({"direction": "left"}, 'direction= must be "right" or "down", but got'),
    "theme": ({"theme": "blue"}, 'theme= must be one of "light", "dark", "print", "slides", "dark slides", but got'),
    "depth": ({"depth": -1}, "depth= must be an integer that is not negative, but got -1"),
    "true": ({"depth": True}, "depth= must be an integer that is not negative, but got True"),
    **{
        name: ({name: "x"}, f"{name}= must be True or False, but got 'x'")
        for name in ("values", "gradients", "shapes", "heat", "backward")
    },
    "name": ({"focus": ("Z9", 1)}, "focus= must be in the graph, but 'Z9' is not. Named values in it: .*Z1"),
    "pair": ({"focus": "Z1"}, "focus= must be a value and a radius"),
    "radius": ({"focus": ("Z1", -2)}, "focus= must be a value and a radius"),
    "other": ({"focus": (ag.Tensor(1.0, name="q"), 1)}, "focus= must be in the graph, but q is not"),
}


@pytest.mark.parametrize(("how", "said"), REFUSED.values(), ids=list(REFUSED))
def test_what_means_nothing_is_refused_in_words(how, said):
    with pytest.raises(ValueError, match=said):
        viz.draw(network(), **how)


# --- direction and rows -----------------------------------------------------------------------------------------------


def test_direction():
    across, down = size(viz.draw(network(1))), size(viz.draw(network(1), direction="down"))
    assert across[0] > across[1] and down[1] > down[0]


@pytest.mark.parametrize("layers", [3, 5, 8])
def test_a_wide_graph_is_set_in_rows(layers):
    picture = viz.draw(network(layers))
    line = viz.draw(network(layers))
    line.wraps = False
    assert size(line)[0] > 4 * size(line)[1]
    wide, high = size(picture)
    assert 0.5 < wide / high < 4


@pytest.mark.parametrize("make", [two_layers, six_layers, lambda: network(6)])
def test_no_row_of_a_backward_pass_is_much_longer_than_a_page(make):
    picture = viz.draw(make(), backward=True)
    wide, high = size(picture)
    assert 0.7 < wide / high < 3.2
    ends, starts = cuts(drawn(picture))
    assert sorted(ends) == sorted(starts) != []
    boxes = places(drawn(picture)).values()
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1


def places(svg):
    """The boxes of the vertices of an SVG, by id."""
    boxes = {}
    for g in ET.fromstring(svg).iter(f"{SVG}g"):
        if "node" in (g.get("class") or "").split() and g.get("id"):
            shapes = [*g.iter(f"{SVG}path"), *g.iter(f"{SVG}polygon"), *g.iter(f"{SVG}ellipse")]
            numbers = [re.findall(r"-?[\d.]+", s.get("d") or s.get("points") or "") for s in shapes[:1]]
            if numbers and numbers[0]:
                xs, ys = [float(x) for x in numbers[0][::2]], [float(y) for y in numbers[0][1::2]]
                boxes[g.get("id")] = (min(xs), min(ys), max(xs), max(ys))
    return boxes


def test_rows_keep_every_vertex_and_arrow_and_nothing_overlaps():
    picture = viz.draw(network(6))
    svg = drawn(picture)
    ids = set(re.findall(r'<g id="(\w+)"', svg))
    assert {v.id for v in picture.graph} | {e.id for e in picture.graph.edges} <= ids
    for a, b in itertools.combinations(places(svg).values(), 2):
        assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1
    assert re.findall(r">(A\d) …<", svg) == re.findall(r">… (A\d)<", svg) != []


def cuts(svg):
    """The texts at the ends of arrows that are cut, those at the end of a row and those at the beginning of one."""
    found = re.findall(r'class="node cut">.*?<text[^>]*>([^<]*)</text>', svg, re.S)
    return [s.removesuffix(" …") for s in found if s.endswith(" …")], [
        s.removeprefix("… ") for s in found if s.startswith("… ")
    ]


def hidden(name):
    """A network in which every arrow that is cut comes from a value of this name."""
    x = ag.Tensor(np.ones((2, 2)), name="x")
    for k in range(9):
        x = np.tanh(x) + 1.0
        x.name = name.format(k)
    return x.sum()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u202eabc{}", "\\u202eabc"),
        ("a\\N\\l{}", "a\\N\\l"),
        ("<b>&{}</b>", "&lt;b&gt;&amp;"),
        ("a very long name of a value number {}", "a very long name"),
    ],
)
def test_what_stands_at_a_cut_is_shown_as_the_name_is_and_within_the_picture(name, shown):
    svg = drawn(viz.draw(hidden(name)))
    ends, starts = cuts(svg)
    assert ends == starts != [] and all(end.startswith(shown) for end in ends)
    left = float(re.search(r'viewBox="([-\d.]+)', svg)[1])
    wide = float(re.search(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+)', svg)[1])
    shift = float(re.search(r"translate\(([-\d.]+)", svg)[1])
    placed = r'class="node cut">.*?text-anchor="(\w+)" x="([-\d.]+)"[^>]*>([^<]*)</text>'
    for anchor, x, words in re.findall(placed, svg, re.S):
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        length, at = room(html.unescape(words), 9), float(x) + shift
        assert left <= at - before * length and at + (1 - before) * length <= left + wide


def test_two_arrows_without_names_that_are_cut_at_one_place_can_be_told_apart():
    x = y = ag.Tensor(2.0, name="x")
    for _ in range(12):
        x, y = np.sin(x), np.exp(y * 0.1)
    ends, starts = cuts(drawn(viz.draw(x + y)))
    unnamed = [end for end in ends if end != "x"]
    assert sorted(ends) == sorted(starts) and len(set(unnamed)) == len(unnamed) > 1


def test_names_at_a_cut_do_not_overlap_and_none_is_missing():
    values = [ag.Tensor(float(k), name=f"w{k}") for k in range(4)]
    x = values[0]
    for _ in range(10):
        x = np.sin(x) * 1.0
    J = x * values[1] * values[2] * values[3] * values[0]
    svg = drawn(viz.draw(J))
    ends, starts = cuts(svg)
    assert ends and sorted(ends) == sorted(starts)
    at = re.findall(r'class="node cut">.*?<text[^>]* x="([-\d.]+)" y="([-\d.]+)"', svg, re.S)
    for (a, b), (c, d) in itertools.combinations([(float(x), float(y)) for x, y in at], 2):
        assert abs(a - c) > 20 or abs(b - d) >= 10


def test_an_arrow_that_is_cut_keeps_its_ends():
    picture = viz.draw(network(6))
    svg = drawn(picture)
    boxes = places(svg)
    for edge in picture.graph.edges:
        paths = re.search(rf'<g id="{edge.id}" class="edge[^"]*">(.*?)</g>', svg, re.S)[1]
        start = re.search(r'd="M(-?[\d.]+),(-?[\d.]+)', paths)
        x, y = float(start[1]), float(start[2])
        if edge.source in boxes:
            left, top, right, low = boxes[edge.source]
            assert left - 2 <= x <= right + 6 and top - 6 <= y <= low + 6


def test_rows_are_the_same_in_every_format(tmp_path):
    picture = viz.draw(network(6))
    png = picture.pipe("png")
    wide, high = (int.from_bytes(png[i : i + 4], "big") for i in (16, 20))
    assert wide / high == pytest.approx(size(picture)[0] / size(picture)[1], rel=0.02)
    assert picture.source.count("n0 [") == 1, "the source itself is not placed"


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_values_gradients_and_shapes_can_be_left_out():
    J = network()
    J.backward()
    whole = drawn(viz.draw(J))
    assert ">value<" in whole and ">grad<" in whole and "(3, 4)" in whole
    shown = drawn(viz.draw(J, values=False))
    assert ">value<" not in shown and ">grad<" in shown
    shown = drawn(viz.draw(J, gradients=False))
    assert ">value<" in shown and ">grad<" not in shown and "grad" not in re.sub("<title>.*?</title>", "", shown)
    shown = re.sub("<title>.*?</title>", "", drawn(viz.draw(J, shapes=False)))
    assert "(3, 4)" not in shown and ">parameter<" in shown
    bare = viz.draw(J, values=False, gradients=False, shapes=False, fold="operation")
    assert ">value<" not in drawn(bare) and ">W1<" in drawn(bare)


def test_heat_maps_show_sign_and_size():
    W = ag.Tensor(np.array([[2.0, -2.0], [0.0, 1.0]]), name="W")
    source = viz.draw((W * 1.0).sum(), heat=True).source
    light = THEMES["light"]
    for shade, written in ((1.0, "2.0"), (-1.0, "−2.0"), (0.0, "0.0"), (0.5, "1.0")):
        assert re.search(rf'BGCOLOR="{light.shade(shade)}"><FONT[^>]*>{re.escape(written)}</FONT>', source)
    assert "BGCOLOR" not in viz.draw((W * 1.0).sum()).source


def test_numbers_have_the_minus_of_formulas_everywhere():
    w = ag.Tensor(np.array([[-0.5, 1e-7], [-2.0, -np.inf]]), name="w")
    J = np.sum(w * -3.0)
    J.backward()
    for how in ({}, {"heat": True}, {"fold": "operation"}, {"backward": True}):
        shown = re.findall(r"<text[^>]*>([^<]*)</text>", html.unescape(drawn(viz.draw(J, **how))))
        assert "−0.5" in shown and "1.0e-07" in shown and not [t for t in shown if re.match(r"-[\d.∞]", t)], how


def test_larger_arrays_are_shades_with_marks():
    rng = np.random.default_rng(0)
    W = ag.Tensor(rng.normal(size=(8, 12)), name="W")
    source = viz.draw((W * 1.0).sum(), heat=True).source
    box = next(line for line in source.splitlines() if "<B>" in line and ">W<" in line)
    assert box.count(">+</FONT>") == int((W.data > 0.05 * np.abs(W.data).max()).sum())
    assert box.count(">−</FONT>") == int((W.data < -0.05 * np.abs(W.data).max()).sum())
    assert f"±{ag.read.decimal(np.abs(W.data).max())}" in box
    huge = ag.Tensor(rng.normal(size=(30, 30)), name="W")
    assert "BGCOLOR" not in viz.draw(huge.sum(), heat=True).source


def test_print_is_black_and_white():
    J = network()
    J.backward()
    for how in ({}, {"backward": True}, {"heat": True}, {"fold": "layer"}):
        for colour in re.findall(r"#([0-9a-f]{6})", viz.draw(J, theme="print", **how).source):
            assert colour[:2] == colour[2:4] == colour[4:], colour


def test_slides_are_larger_and_dark_is_dark():
    J = network(1)
    slides, plain = (
        [float(x) for x in re.findall(r'font-size="([\d.]+)"', drawn(viz.draw(J, theme=t)))]
        for t in ("slides", "light")
    )
    assert min(slides) > 1.5 * min(plain)
    assert 'bgcolor="#14181f"' in viz.draw(J, theme="dark slides").source


@pytest.mark.parametrize("theme", list(THEMES))
def test_every_text_can_be_read_on_what_is_behind_it(theme):
    """A contrast of 4.5 for text, 3 for lines: the levels that WCAG asks for."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(a, b):
        bright, dark = sorted((light(a), light(b)), reverse=True)
        return (bright + 0.05) / (dark + 0.05)

    look = THEMES[theme]
    fills = [
        look.roles[role].get("fillcolor", look.paper)
        for role in look.roles
        if role not in ("operation", "rule", "number")
    ]
    for behind in (look.paper, look.frame_fill, *fills):
        for text in (look.text, look.muted, look.gradient, look.marked):
            assert contrast(text, behind) >= 4.5
        assert contrast(look.line, behind) >= 3
    for role in ("operation", "rule"):
        assert contrast(look.roles[role]["fontcolor"], look.roles[role].get("fillcolor", look.paper)) >= 4.5
    for part in (-1, -0.5, 0, 0.5, 1):
        assert contrast(look.text, look.shade(part)) >= 4.5


# --- the backward pass ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fold", ["none", "layer", "operation"])
def test_every_gradient_stands_beside_its_value(fold):
    J = network()
    graph = viz.draw(J, fold=fold, backward=True).graph
    J.backward()
    after = {v.id: v for v in graph_of(J)}
    gradients = [v for v in graph if v.role == "gradient"]
    for v in gradients:
        forward = graph[v.outcome]
        np.testing.assert_array_equal(v.grad, after[forward.outcome or forward.id].grad)
    wanted = [v for v in viz.draw(J, fold=fold).graph if v.wants_grad]
    assert [v.outcome for v in gradients] == [v.id for v in wanted]


def test_rules_are_written_along_the_way_and_contributions_meet():
    a = ag.Tensor(3.0, name="a")
    b = a + a
    c = b * b
    b.name, c.name = "b", "c"
    graph = viz.draw(c, backward=True).graph
    assert [v.name for v in graph if v.role == "rule"] == ["+", "db", "db", "+", "dc b", "dc b"]
    assert all(e.back for e in graph.edges if graph[e.source].role in ("gradient", "rule"))
    svg = drawn(viz.draw(c, backward=True))
    assert ">Forward pass<" in svg and ">Backward pass<" in svg


def test_drawing_the_backward_pass_changes_nothing():
    J = network()
    viz.draw(J, backward=True)
    assert J.grad is None
    with pytest.raises(ag.GraphError, match="single number"):
        viz.draw(ag.Tensor(np.ones(3), name="x") * 2.0, backward=True)


# --- text in boxes ----------------------------------------------------------------------------------------------------

NAMES = ["W1", "Wéé…−×", "重み行列", "🙂🙂🙂", "∂L∕∂θ̂", "שלום עולם"]

OUTSIDE = """() => [...document.querySelectorAll('.node')].flatMap(g => {
    const shape = g.querySelector('path, polygon, ellipse');
    if (!shape) return [];
    const box = shape.getBBox();
    return [...g.querySelectorAll('text')].filter(t => t.textContent.trim()).filter(t => {
        const b = t.getBBox();
        const over = b.x < box.x - 0.6 || b.x + b.width > box.x + box.width + 0.6;
        return over || b.y < box.y - 0.6 || b.y + b.height > box.y + box.height + 0.6;
    }).map(t => [t.textContent, g.id]);
})"""

LOOKS = {
    "plain": {},
    "heat": {"heat": True},
    "slides": {"theme": "slides", "direction": "down"},
    "print": {"theme": "print", "fold": "operation"},
    "dark": {"theme": "dark", "fold": "layer"},
    "backward": {"backward": True},
    "rows": {"depth": 3},
}


@pytest.mark.browser
@pytest.mark.parametrize("how", LOOKS.values(), ids=list(LOOKS))
def test_no_text_is_wider_than_its_box(browser, tmp_path, how):
    rng = np.random.default_rng(0)
    tab = browser.new_page()
    for k, name in enumerate(NAMES):
        W = ag.Tensor(rng.normal(size=(3, 3)) * 1e5, name=name)
        x = ag.Tensor(rng.normal(size=(3, 30)), name="x" + name, requires_grad=False)
        J = (np.tanh(W @ x * 1e-7)[:, 1:] ** 2).sum()
        J.name = "J" + name
        J.backward()
        path = tmp_path / f"{k}.svg"
        path.write_text(drawn(viz.draw(J, **how)), encoding="utf-8")
        tab.goto(path.as_uri())
        assert tab.evaluate(OUTSIDE) == [], name
    tab.close()


# --- the command ------------------------------------------------------------------------------------------------------

SCRIPT = """
    import numpy as np, autograd as ag
    W1 = ag.Tensor(np.ones((2, 3)), name="W1")
    Z1 = W1 @ np.ones((3, 2))
    J = (np.tanh(Z1) ** 2).sum()
"""
COMMANDS = {
    "operation": (
        ["--fold", "operation", "--no-gradients", "--no-values"],
        {"fold": "operation", "gradients": False, "values": False},
    ),
    "focus": (["--focus", "Z1:1", "--heat"], {"focus": ("Z1", 1), "heat": True}),
    "near": (["--focus", "Z1", "--depth", "0"], {"focus": ("Z1", 2), "depth": 0}),
    "print": (
        ["--theme", "print", "--direction", "down", "--backward"],
        {"theme": "print", "direction": "down", "backward": True},
    ),
}


@pytest.mark.parametrize(("options", "how"), COMMANDS.values(), ids=list(COMMANDS))
def test_the_command_takes_the_same_options(run, tmp_path, options, how):
    done = run("draw", run.script(SCRIPT), "--out", "g.dot", *options)
    assert done.returncode == 0, done.stderr
    W1 = ag.Tensor(np.ones((2, 3)), name="W1")
    Z1 = W1 @ np.ones((3, 2))
    J = (np.tanh(Z1) ** 2).sum()
    Z1.name, J.name = "Z1", "J"
    assert (tmp_path / "g.dot").read_text() == viz.draw(J, **how).save(tmp_path / "here.dot").read_text()


def test_the_command_says_what_means_nothing(run):
    done = run("draw", run.script(SCRIPT), "--theme", "blue")
    assert done.returncode == 1 and "theme= must be one of" in done.stderr
