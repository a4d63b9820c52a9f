"""The marks at the heads of arrows, "2nd" and "×3", in pictures and in the page: each is nearest to its own arrow."""

import numpy as np
import pytest

import autograd as ag
import viz
from viz.animation.shapes import Shape, Text, picture_of
from viz.picture.layout import run_dot
from viz.picture.marks import settled
from viz.picture.metrics import room
from viz.seen.graph import graph_of
from viz.web.folding import folding
from viz.web.script import MODULES

HOWS = [
    ({}, range(24)),
    ({"direction": "down"}, range(8)),
    ({"theme": "slides"}, range(8)),
    ({"fold": "operation"}, range(8)),
    ({"backward": True}, range(8)),
]

KINDS = [
    lambda a, b: a - b,
    lambda a, b: a / b,
    lambda a, b: (a - 1.0) - b * a,
    lambda a, b: 2.0 / b - a,
]


@np.errstate(all="ignore")
def tangled(seed, operations=7):
    """Operations whose operands come from anywhere, in any order; some twice, some numbers."""
    rng = np.random.default_rng(seed)
    values = [ag.Tensor(float(x), name=f"w{i}") for i, x in enumerate(rng.uniform(1, 2, size=3))]
    for k in range(operations):
        i, j = rng.integers(max(0, len(values) - 5), len(values), size=2)
        with ag.scope(f"layer {k // 4 + 1}") if seed % 2 else ag.scope():
            values.append(KINDS[rng.integers(len(KINDS))](values[i], values[j]))
    return values[-1] - values[-2] / values[-3]


def away(place, points):
    """How far a point is from a line of straight pieces."""
    a, b = points[:-1], points[1:]
    along = np.clip(((place - a) * (b - a)).sum(axis=1) / np.maximum(((b - a) ** 2).sum(axis=1), 1e-9), 0, 1)
    return np.hypot(*(a + along[:, None] * (b - a) - place).T).min()


def is_upon(half, middle, outline):
    """Whether the box of a mark is upon a vertex: on its outline, if it is an ellipse, or in the box around it."""
    points = np.array(outline.points)
    if len(points) == 48:  # an ellipse
        return bool(np.any(np.all(np.abs(points - middle) < half, axis=1)))
    return bool(np.all((points.min(axis=0) < middle + half) & (points.max(axis=0) > middle - half)))


def misplaced(svg):
    """How many marks there are in a picture, and those that are nearer to another arrow than to their own, or upon a
    vertex."""
    shapes = picture_of(svg).shapes
    outlines = [s for s in shapes if isinstance(s, Shape) and len(s.points) > 1]
    lines = {}
    for s in outlines:
        if s.owner[:1] in ("e", "b") and not s.closed:
            lines.setdefault(s.owner, []).append(np.array(s.points))
    marks = [s for s in shapes if isinstance(s, Text) and s.owner in lines and s.words.startswith(("2nd", "×"))]
    wrong = []
    for mark in marks:
        assert mark.anchor == "middle"
        middle = np.array(mark.at) - (0, mark.size / 3)
        distance = {edge: min(away(middle, line) for line in found) for edge, found in lines.items()}
        if min(distance, key=distance.get) != mark.owner:
            wrong.append((mark.owner, mark.words))
        half = np.array([room(mark.words, mark.size), mark.size * 0.7]) / 2 - 1
        if any(is_upon(half, middle, s) for s in outlines if s.owner[:1] in ("n", "g")):
            wrong.append((mark.owner, "upon a vertex"))
    return len(marks), wrong


@pytest.mark.parametrize(("how", "seeds"), HOWS, ids=lambda x: str(x) if isinstance(x, dict) else "")
def test_a_mark_in_a_picture_is_nearest_to_its_own_arrow(how, seeds):
    found = 0
    for seed in seeds:
        count, wrong = misplaced(viz.draw(tangled(seed), **how).pipe("svg", encoding="utf-8"))
        assert wrong == [], seed
        found += count
    assert found >= len(seeds)


def test_a_saved_source_has_the_marks_in_their_places_too(tmp_path):
    J = tangled(25)
    saved = viz.draw(J).save(tmp_path / "g.dot").read_text()
    assert saved.count("head_lp=") == saved.count('headlabel="2nd"') > 0
    drawn = run_dot(saved, "svg").decode()
    assert misplaced(drawn)[1] == [] and "head_lp" not in viz.draw(J).source


def test_a_picture_is_made_wider_only_where_a_mark_needs_it():
    w = ag.Tensor(2.0, name="w")
    assert "ranksep" not in settled(viz.draw((w - 1.0) / w).source)[0].split("key=", 1)[1]


IN_NODE = """
    const [{ arrange }, { isOpen }, { headLabel, labelPlaces }] = await Promise.all(
        ['arrange', 'folds', 'headlabels'].map(name => import(`${given.modules}/${name}.mjs`)));
    const all = given.foldings.flatMap(folding => ['none', 'operation', 'layer'].map(fold => {
        const laid = arrange(folding, id => isOpen(id, { fold, flipped: [] }, { folding })), places = labelPlaces(laid);
        const pieces = laid.pieces.map(p => [headLabel(p), places.get(p.key) ?? null, p.points, p.edges]);
        return { boxes: Object.values(laid.boxes), pieces };
    }));
    console.log(JSON.stringify(all));
"""


def along(points):
    """Bézier curves as short straight pieces."""
    t = np.linspace(0, 1, 25)[:, None]
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    points = np.array(points)
    return np.concatenate(
        [sum(w * p for w, p in zip(weights, points[i : i + 4])) for i in range(0, len(points) - 1, 3)]
    )


def test_a_mark_in_the_page_is_nearest_to_its_own_arrow(node):
    given = {"modules": MODULES.as_uri(), "foldings": [folding(graph_of(tangled(seed))) for seed in range(30)]}
    found = 0
    for number, picture in enumerate(node(IN_NODE, given)):
        boxes = np.array([[b["x"], b["y"], b["width"] / 2, b["height"] / 2] for b in picture["boxes"]])
        lines = [(set(edges), along(points)) for _, _, points, edges in picture["pieces"]]
        for label, place, points, edges in picture["pieces"]:
            assert (place is not None) == bool(label)
            if not label:
                continue
            found += 1
            own = away(np.array(place), along(points))
            others = [away(np.array(place), line) for ids, line in lines if not ids & set(edges)]
            assert own < min(others, default=np.inf), (number, edges)
            half = np.array([room(label, 9), 6.3]) / 2 - 1
            assert not np.any(np.all(np.abs(boxes[:, :2] - place) < boxes[:, 2:] * 0.7 + half, axis=1)), (number, edges)
    assert found > 200
