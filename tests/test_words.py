"""Texts that users read are in plain English: each phrase here has a plain one, and the spelling is American."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(p for package in ("autograd", "nn", "viz") for p in (ROOT / package).rglob("*.py"))
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]

# What is not to be written, and what is.
INSTEAD = {
    r"(derivatives?|gradients?|differentiated?) by (operand|it|what|which|[A-Za-z]\b(?! complex))": "with respect to",
    r"truth values?": "boolean",
    r"whole numbers?": "integer",
    r"(entry by entry|entrywise)": "elementwise",
    r"(is|are) no (Tensor|array|number|string|function|name|integer)s?\b": "is not a",
    r"(is|are) none of": "is not one of",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"comes? to the same": "is equivalent",
    r"if that is meant": "if this is intended",
    r"(is|must be) text, given": "must be a string, but got",
    r"as far as (they|these|it) tells?": "as far as is known",
    r"each misprint is seen failing": "every misprint is shown to fail",
}
BRITISH = r"(?i)\b\w*(normalis|initialis|optimis|standardis|serialis|recognis)(e[drs]?|ers?|ing|ations?)\b"


def found(pattern, path):
    """Lines of the file in which the pattern occurs, also across the end of a line."""
    text = path.read_text(encoding="utf-8")
    spread = re.compile(pattern.replace(" ", r"\s+(?:#\s+)?"))
    return [f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, m.start()) + 1}: {m[0]}" for m in spread.finditer(text)]


@pytest.mark.parametrize("phrase", INSTEAD)
def test_plain_english(phrase):
    assert [line for path in SOURCES + PAGES for line in found(phrase, path)] == [], f"write: {INSTEAD[phrase]}"


def test_american_spelling():
    assert [line for path in SOURCES + PAGES for line in found(BRITISH, path)] == []


def test_the_search_finds_what_it_looks_for(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("the derivative\nby W is no\n# Tensor, normalised")
    assert [len(found(p, page)) for p in (*INSTEAD, BRITISH)].count(1) == 3
