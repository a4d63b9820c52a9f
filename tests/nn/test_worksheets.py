"""Worksheets and their answer pages, printed by a browser: one A4 page each."""

import re

import numpy as np
import pytest

from nn import byhand
from tests.viz.conftest import browser  # noqa: F401

LAYERS = [1, 2, 3, ["relu", "linear"], ["relu", "relu", "linear"]]
LONG = "Wilhelmina Magdalena von Württemberg-Mömpelgard, 2026-W 123456"[:60]
A4 = (595, 842)


@pytest.fixture(scope="module")
def tab(browser):  # noqa: F811
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


def printed(tab, path):
    """The pages of the PDF that a browser prints: the size of each, in points."""
    tab.goto(path.as_uri())
    pdf = tab.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type\s*/Page\b", pdf))
    return [tuple(round(float(x)) for x in box.split()[2:]) for box in boxes]


@pytest.mark.browser
@pytest.mark.parametrize("seed", [1, 2, LONG])
@pytest.mark.parametrize("layers", LAYERS, ids=str)
def test_a_sheet_and_its_answer_page_are_one_page_each(tab, tmp_path, layers, seed):
    exercise = byhand.exercise(seed=seed, layers=layers)
    for answers in (False, True):
        path = exercise.sheet(tmp_path / "sheet.html", answers=answers)
        (size,) = printed(tab, path)
        assert np.allclose(size, A4, atol=1.5)
        width = tab.evaluate(
            "Math.max(...[...document.querySelectorAll('figure, span')].map(e => e.getBoundingClientRect().right))"
        )
        assert width <= tab.evaluate("document.body.getBoundingClientRect().right") + 1
        blanks = tab.evaluate("[...document.querySelectorAll('td.blank')].filter(e => e.textContent === '').length")
        assert blanks == (0 if answers else sum(int(np.prod(shape)) for shape in exercise.shapes.values()))


@pytest.mark.browser
def test_what_would_not_fit_is_seen_to_take_two_pages(tab, tmp_path):
    path = byhand.exercise(seed=1).sheet(tmp_path / "sheet.html")
    path.write_text(path.read_text(encoding="utf-8").replace("</body>", "<p style='height: 200mm'></p></body>"))
    assert len(printed(tab, path)) == 2


def test_what_is_not_to_be_found_is_shown(tmp_path):
    exercise = byhand.exercise(seed=1, hide=["dZ2"])
    text = exercise.sheet(tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert text.count('<td class="blank">') == exercise.answers()["dZ2"].size
    assert f"<td>{int(exercise.given['A1'][0, 0])}</td>" in text


def test_the_answer_page_says_where_a_mistake_does_not_show(tmp_path):
    exercise = byhand.exercise(seed=1)
    page = exercise.sheet(tmp_path / "answers.html", answers=True).read_text(encoding="utf-8")
    assert "In these lines it gives the right ones: " in page
    for name, key in exercise.audit.invisible:
        assert re.search(rf"{re.escape(byhand.mistakes[key].title.replace(chr(39), '&#x27;'))}: [^;]*\b{name}\b", page)
    assert "ReLU hides whether its derivative was taken at z or at a" in page
    sheet = exercise.sheet(tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert "right ones" not in sheet and "ReLU hides" not in sheet


def test_text_in_a_seed_is_text(tmp_path):
    exercise = byhand.exercise(seed="<script>alert(1)</script>\n&")
    assert "<script" not in exercise.sheet(tmp_path / "sheet.html").read_text(encoding="utf-8")
    compile(exercise.script(tmp_path / "ex.py").read_text(encoding="utf-8"), "ex.py", "exec")
