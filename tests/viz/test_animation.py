"""Animated pictures: a frame for each step, with what is known then; bounded; the same bytes each time."""

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import autograd as ag
import viz
from tests.viz.programs import network, reused
from tests.viz.test_page import long_chain, scalars
from viz.animation.animate import MOST
from viz.animation.marks import NEXT, NOW, stage_of
from viz.animation.paint import _runs, clipped, width_of
from viz.animation.shapes import Shape, Text, dashes, picture_of
from viz.animation.sheet import LARGE, SMALL, TALLEST, Sheet, caption_of
from viz.demo import logistic_regression
from viz.seen import text
from viz.seen.story import record

RUNS = [reused, network, scalars]


def stage(story):
    drawing = viz.draw(story.graph)
    return stage_of(story.graph, drawing.graph, picture_of(drawing.pipe("svg", encoding="utf-8")))


def done(story, position):
    return story.steps[position - 1 : position] if position else ()


def written(shapes, owner, row):
    return [
        s.words for s in shapes if isinstance(s, Text) and s.owner == owner and s.row == row and s.entry is not None
    ]


# --- what a frame shows -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS)
def test_the_numbers_of_a_frame_are_those_of_the_story(run):
    story = record(run())
    shown = stage(story)
    for position in range(len(story) + 1):
        frame = story.frame(position)
        shapes = shown.at(frame, done(story, position))
        for v in story.graph:
            if v.kind != "value" or v.role == "number":
                continue
            for row, known in (("value", frame.values.get(v.id)), ("grad", frame.gradients.get(v.id))):
                words = written(shapes, v.id, row)
                if row == "grad" and not v.wants_grad:
                    assert words == []
                elif known is None:
                    assert words[0] == "not yet" and not any(words[1:])
                else:
                    array = known if row == "value" else known.value
                    cells = text.cells(array)
                    expected = [x for r in cells for x in r] if cells else [text.summary(array)]
                    assert [w.removesuffix(" …") for w in words] == expected
                    assert words[0].endswith(" …") is (row == "grad" and not known.complete and len(expected) == 1)


@pytest.mark.parametrize("run", RUNS)
def test_each_frame_marks_its_step_and_the_next(run):
    story = record(run())
    shown = stage(story)
    for position in range(len(story) + 1):
        frame = story.frame(position)
        shapes = [s for s in shown.at(frame, done(story, position)) if isinstance(s, Shape) and not s.row]
        of = {colour: {s.owner for s in shapes if s.stroke == colour and s.width > 2.2} for colour in (NOW, NEXT)}
        if position:
            step = story.steps[position - 1]
            assert {step.changes, *step.edges} <= of[NOW]
        else:
            assert not of[NOW]
        if frame.next and not (position and frame.next.changes == frame.now.changes):
            assert frame.next.changes in of[NEXT]


def test_arrowheads_turn_round_where_a_gradient_goes_back():
    story = record(reused())
    shown = stage(story)

    def head(position):
        """The middle of the arrowhead of an edge, along it."""
        (edge,) = story.steps[4].edges[:1]
        corners = [
            s.points
            for s in shown.at(story.frame(position), done(story, position))
            if isinstance(s, Shape) and s.owner == edge and s.closed
        ]
        assert len(corners) == 1
        return sum(x for x, _ in corners[0]) / len(corners[0])

    step = story.steps[4]
    assert step.phase == "backward"
    assert head(5) < head(0) - 5


def test_a_folded_graph_has_frames_too():
    story = record(long_chain())
    shown = stage(story)
    assert len(shown.graph) <= 150
    for position in (1, 100, 300, len(story)):
        shapes = shown.at(story.frame(position), done(story, position))
        assert any(isinstance(s, Shape) and s.stroke == NOW for s in shapes), position
        assert len(shapes) >= len(shown.picture.shapes)


# --- the sheet --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("run", "width"), [(reused, 400), (network, 900), (scalars, 600), (long_chain, 1000)])
def test_what_happens_is_always_seen_and_large_enough(run, width):
    story = record(run())
    sheet = Sheet.of(story, width)
    assert SMALL <= sheet.scale <= LARGE and sheet.height < TALLEST + 200
    for position in range(0, len(story) + 1, 1 if len(story) < 50 else 37):
        last = done(story, position)
        sheet.origin = sheet._followed(sheet.stage.boxes(story.frame(position), last))
        (x, y), (wide, high) = sheet.origin, sheet.seen
        boxes = sheet.stage.boxes(story.frame(position), last)
        assert boxes or not last
        if max((b[2] for b in boxes), default=0) - min((b[0] for b in boxes), default=0) <= wide:
            assert all(x <= b[0] + 0.01 and b[2] <= x + wide + 0.01 for b in boxes), position
            assert all(y <= b[1] + 0.01 and b[3] <= y + high + 0.01 for b in boxes), position


def test_captions_say_the_rule_and_what_it_adds_to():
    story = record(reused())
    said = [caption_of(story, story.frame(i), done(story, i)) for i in range(len(story) + 1)]
    assert said[0].title == "Before the first step"
    assert said[5].title == "From c back to b"
    assert said[5].lines[-1] == "contribution 2 of 2: 6.0 + 6.0 = 12.0"
    assert said[-1].title == "From b back to a"
    whole = caption_of(story, story.frame(5), story.steps[3:5])
    assert whole.title == "From c back to its operands"


def test_text_is_as_wide_as_it_is_drawn_and_shortened_to_fit():
    long = "dW1 = dZ1 · Xᵀ ← σ(Z1) · 數" * 20
    short = clipped(long, 16, 500)
    assert short.endswith("…") and 450 < width_of(short, 16) <= 500
    assert clipped("short", 16, 500) == "short"
    assert width_of("AV", 20) == pytest.approx(2 * width_of("AV", 10), rel=0.06)


@pytest.mark.parametrize("words", ["Wxyz", "σθ", "Xᵀ ∂", "←Σ−·", "x², x³, x⁻¹, x₁₂"])
def test_letters_of_formulas_are_in_the_fonts(words):
    """Those that no font has are drawn raised or lowered."""
    runs = _runs(words, 48, False)
    missing = [bytes(run.font.getmask("\uffff")) for run in runs]
    assert all(bytes(r.font.getmask(letter)) != m for r, m in zip(runs, missing) for letter in r.words if letter != " ")


def test_exponents_stand_above_the_line_and_indices_below_it():
    rises = {run.words: run.rise for run in _runs("Xᵀx₁", 48, False)}
    assert rises["T"] > 0 > rises["1"] and rises["X"] == 0


def test_dashes_keep_to_the_line():
    line = ((0.0, 0.0), (3.0, 0.0), (3.0, 0.0), (3.0, 20.0))
    pieces = list(dashes(line, (5.0, 2.0)))
    drawn = sum(abs(x1 - x0) + abs(y1 - y0) for p in pieces for (x0, y0), (x1, y1) in pairwise(p))
    assert drawn == pytest.approx(5 + 5 + 5 + 2)  # of 23: 5 drawn, 2 not, 5, 2, 5, 2, 2
    assert pieces[0] == [(0.0, 0.0), (3.0, 0.0), (3.0, 2.0)]


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".gif", ".png", ".apng"])
def test_a_frame_for_each_step(tmp_path, suffix):
    story = record(reused())
    path = viz.animate(story, tmp_path / f"pass{suffix}", seconds=0.5, width=500)
    assert path == tmp_path / f"pass{suffix}" and [p.name for p in tmp_path.iterdir()] == [path.name]
    with Image.open(path) as image:
        assert image.n_frames == len(story) + 1
        assert image.size[0] == 500
        durations, frames = [], []
        for k in range(image.n_frames):
            image.seek(k)
            durations.append(image.info["duration"])
            frames.append(np.asarray(image.convert("RGB")))
        assert image.info["loop"] == 0
    assert durations == [500] * len(story) + [1500]
    assert all((a != b).any() for a, b in pairwise(frames))


def test_the_same_run_gives_the_same_bytes(tmp_path):
    first, second = (viz.animate(network(), tmp_path / f"{k}.gif", width=600).read_bytes() for k in "ab")
    assert first == second and len(first) < 1_000_000


def test_a_frame_for_each_operation(tmp_path):
    story = record(reused())
    with Image.open(viz.animate(story, tmp_path / "a.gif", steps="operation", width=400)) as image:
        assert image.n_frames == len(story.frames.operations) < len(story)


def test_what_is_refused(tmp_path):
    story = record(reused())
    for how, said in [
        ({"seconds": 0}, r"seconds= must be from 0.02 to 60, but got 0\."),
        ({"seconds": float("nan")}, "seconds= must be"),
        ({"width": 10}, r"width= must be from 320 to 2400 pixels, but got 10\."),
        ({"steps": "all"}, r'steps= must be "contribution" or "operation", but got \'all\'\.'),
    ]:
        with pytest.raises(ValueError, match=said):
            viz.animate(story, tmp_path / "a.gif", **how)
    with pytest.raises(ValueError, match=r"saved as \.gif, \.png or \.apng, but got 'a\.mp4'\."):
        viz.animate(story, tmp_path / "a.mp4")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        viz.animate(story, tmp_path / "no" / "a.gif")
    with pytest.raises(ValueError, match=rf'at most {MOST} frames, but this run has \d+\. Use steps="operation"'):
        viz.animate(long_chain(), tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


def test_without_pillow_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    for module in ("viz.animation.sheet", "viz.animation.paint"):
        monkeypatch.delitem(__import__("sys").modules, module, raising=False)
    with pytest.raises(ImportError, match=r"needs Pillow: pip install 'chalkgrad\[animation\]'"):
        viz.animate(reused(), tmp_path / "a.gif")


def test_progress_is_shown_where_it_is_wanted(tmp_path, capsys):
    viz.animate(reused(), tmp_path / "a.gif", width=320, progress=True)
    assert "100%" in capsys.readouterr().err
    viz.animate(reused(), tmp_path / "a.gif", width=320)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ['<b> & "q"', "𝕏 emoji 🎉", "\u202eright to left", "x" * 200])
def test_any_name_can_be_drawn(tmp_path, name):
    x = ag.Tensor(2.0, name=name)
    with Image.open(io.BytesIO(viz.animate(x * x, tmp_path / "a.gif", width=400).read_bytes())) as image:
        assert image.n_frames > 3


def test_the_picture_at_the_head_of_the_readme_is_of_todays_pass():
    """Whoever changes what frames say makes it anew: python -m tools.pass_picture."""
    story = record(logistic_regression())
    path = Path(viz.__file__).parents[1] / "docs" / "pictures" / "pass.gif"
    assert path.stat().st_size < 1_000_000
    sheet = Sheet.of(story, 1000)
    with Image.open(path) as image:
        assert image.n_frames == len(story) + 1
        for position in (0, 6, len(story)):
            image.seek(position)
            shown, made = (
                np.asarray(x.convert("RGB"), float) for x in (image, sheet.at(position, done(story, position)))
            )
            assert np.abs(shown - made).max(axis=2).mean() < 3
