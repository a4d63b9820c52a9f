"""Files that the page gives to its reader: a picture as SVG and PNG, the whole pass as an animated PNG."""

import io
import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

import autograd as ag
from tests.viz.programs import network, reused, story_of
from viz.seen.story import record

SVG = "{http://www.w3.org/2000/svg}"
NOW = (180, 83, 9)


# --- animated PNG -----------------------------------------------------------------------------------------------------


def png(picture):
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return list(file.getvalue())


def noise(k, size=(300, 200)):
    """A picture of which the file has several IDAT chunks."""
    return Image.fromarray(np.random.default_rng(k).integers(0, 256, (*size, 4), np.uint8), "RGBA")


ANIMATED = """console.log(JSON.stringify([...apng.animated(given.files.map(f => Uint8Array.from(f)), given.ms)]));"""


def test_the_frames_are_the_pictures(node):
    pictures = [noise(k) for k in range(3)]
    made = bytes(node(ANIMATED, {"files": [*map(png, pictures)], "ms": [100, 200, 3600]}))
    with Image.open(io.BytesIO(made)) as image:
        image.verify()
    with Image.open(io.BytesIO(made)) as image:
        assert (image.n_frames, image.info["loop"]) == (3, 0)
        for k, picture in enumerate(pictures):
            image.seek(k)
            assert image.info["duration"] == [100, 200, 3600][k]
            assert (np.asarray(image.convert("RGBA")) == np.asarray(picture)).all()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([noise(0), noise(1, (10, 10))], "Picture 1 is of another size or kind"),
        ([noise(0), noise(1).convert("L")], "Picture 1 is of another size or kind"),
    ],
)
def test_pictures_that_do_not_fit_together(node, files, said):
    source = f"try {{ {ANIMATED} }} catch (e) {{ console.log(JSON.stringify(e.message)); }}"
    assert said in node(source, {"files": [*map(png, files)], "ms": [1, 1]})


def test_what_is_not_png(node):
    source = f"try {{ {ANIMATED} }} catch (e) {{ console.log(JSON.stringify(e.message)); }}"
    assert node(source, {"files": [[1, 2, 3]], "ms": [1]}) == "This is not a PNG file."


# --- the page ---------------------------------------------------------------------------------------------------------


def saved(tab, words, folder):
    """The file that a button gives."""
    if tab.locator("details:has(> summary:text-is('Export'))").get_attribute("open") is None:
        tab.locator("summary", has_text="Export").click()
    with tab.expect_download(timeout=60_000) as waiting:
        tab.get_by_role("button", name=words).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


@pytest.mark.browser
def test_a_picture_as_svg_is_whole(opened, browser, tmp_path):
    story = story_of(reused)
    tab = opened(story, step=5)
    path = saved(tab, "Picture as SVG", tmp_path)
    assert path.name == "c-step-5.svg"
    text = path.read_text()
    root = ET.fromstring(text)
    words = [t.text for t in root.iter(f"{SVG}text") if t.text]
    assert {"a", "b", "c", "12.0", "not yet"} <= set(words)
    assert not re.search(r"var\(|<script|class=|\sid=|url\(http", text)
    other = browser.new_page()
    other.goto(path.as_uri())
    strokes = other.evaluate("[...document.querySelectorAll('path')].map(p => getComputedStyle(p).stroke)")
    assert "rgb({}, {}, {})".format(*NOW) in strokes
    assert other.evaluate("[...document.querySelectorAll('text')].every(t => getComputedStyle(t).fontSize !== '16px')")
    other.close()


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "paper"), [("light", (255, 255, 255)), ("dark", (20, 24, 31))])
def test_a_picture_as_png_is_what_is_seen(opened, tmp_path, theme, paper):
    tab = opened(story_of(reused), step=5)
    tab.emulate_media(color_scheme=theme)
    wide, high = tab.evaluate("(b => [b.width, b.height])(document.querySelector('.chalk-picture').viewBox.baseVal)")
    with Image.open(saved(tab, "Picture as PNG", tmp_path)) as image:
        pixels = np.asarray(image.convert("RGB"))
        assert image.size == pytest.approx((wide * 8 / 3, high * 8 / 3), abs=2)
    assert tuple(pixels[6, 6]) == paper
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20


@pytest.mark.browser
def test_the_whole_pass(opened, tmp_path):
    story = story_of(network)
    tab = opened(story, step=3)
    before = tab.evaluate("document.querySelectorAll('svg').length")
    path = saved(tab, "Whole pass as animated PNG", tmp_path)
    with Image.open(path) as image:
        assert image.n_frames == len(story) + 1
        frames = []
        for k in range(image.n_frames):
            image.seek(k)
            frames.append(np.asarray(image.convert("RGB")))
    assert all((a != b).any() for a, b in pairwise(frames))
    marked = [(np.abs(f.astype(int) - NOW).max(axis=2) < 4).sum() for f in frames]
    assert marked[0] == 0 and min(marked[1:]) > 50
    assert tab.locator(".chalk-count").inner_text() == f"step 3 of {len(story)}", "where the reader is"
    assert tab.evaluate("document.querySelectorAll('svg').length") == before
    assert tab.get_by_text(f"{path.name} is saved.").is_visible()


@pytest.mark.browser
def test_the_pass_can_be_stopped(opened):
    tab = opened(story_of(network))
    tab.locator("summary", has_text="Export").click()
    tab.get_by_role("button", name="Whole pass as animated PNG").click()
    tab.get_by_role("button", name="Stop", exact=True).click()
    tab.get_by_text("Stopped.").wait_for()
    assert tab.get_by_role("button", name="Whole pass as animated PNG").is_visible()
    assert tab.locator(".chalk-studio").count() == 0


@pytest.mark.browser
def test_who_practises_gets_no_answers(opened, tmp_path):
    tab = opened(story_of(reused), ask=True)
    with Image.open(saved(tab, "Whole pass as animated PNG", tmp_path)) as image:
        assert getattr(image, "n_frames", 1) < len(story_of(reused))


@pytest.mark.browser
def test_any_name_makes_a_file(opened, tmp_path):
    x = ag.Tensor(2.0, name="x")
    y = x * x
    y.name = '../<b>"/\\ σ'
    assert saved(opened(record(y)), "Picture as SVG", tmp_path).name == "-b-σ-step-0.svg"
