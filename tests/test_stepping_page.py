"""The page on stepping: its code runs and prints what stands beneath it; its keys and options are those there are."""

import re
from pathlib import Path

import pytest

from tests.pages import printed_by
from viz.cli import _parser
from viz.terminal.reader import KEYS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "stepping.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_step_that_is_shown_is_one_of_those_that_are_printed(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    (code, shown) = re.search(r"```python\n([^>`]*)```.*?```text\n(.*?)```", TEXT, flags=re.S).groups()
    (printed,) = printed_by([code], PAGE.name)
    assert shown.strip() and shown in printed


def test_every_key_stands_in_the_table():
    rows = re.findall(r"^\| ([^|`-]+) \| ([^|]*) \|$", TEXT, flags=re.M)
    told = " ".join(f"{keys} {does}" for keys, does in rows)
    assert [key.called for key in KEYS if key.called not in told] == []
    said = {key.called: key.does for key in KEYS}
    assert [keys for keys, does in rows if keys in said and does not in said[keys] and said[keys] not in does] == []


@pytest.mark.parametrize("command", ["step", "watch"])
def test_every_option_is_told(command):
    parser = next(action for action in _parser()._actions if action.choices).choices[command]
    options = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
    assert {option for option in options - {"--help"} if option not in TEXT} == set()


@pytest.mark.parametrize("picture", re.findall(r"\]\((pictures/[^)]+\.svg)\)", TEXT))
def test_pictures_are_there_and_fetch_nothing(picture):
    svg = (PAGE.parent / picture).read_text(encoding="utf-8")
    assert "http" not in svg.replace("http://www.w3.org/", "").replace("https://www.textualize.io", "")
