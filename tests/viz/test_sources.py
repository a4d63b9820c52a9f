"""The text of the user's functions goes along with a story: those that ran, and nothing else."""

import json
import linecache
import os
import sys
import types

import numpy as np
import pytest

import autograd as ag
from viz.seen.sources import FileNames
from viz.seen.story import record

SECRET = "SECRET = 'not for anybody else'\n"
PROGRAM = (
    SECRET
    + """
import autograd as ag

def unused(x):
    return "also not for anybody else"

def square(x):
    return x * x

w = ag.Tensor(3.0, name="w")
J = square(w) + 1.0
"""
)


def ran(path, text):
    """The module that a file makes, with lines recorded."""
    path.write_text(text, encoding="utf-8")
    module = types.ModuleType(path.stem)
    module.__file__ = str(path)
    with ag.record_lines():
        exec(compile(text, str(path), "exec"), module.__dict__)
    return module


@pytest.fixture
def module(tmp_path, monkeypatch):
    made = ran(tmp_path / "lesson.py", PROGRAM)
    monkeypatch.setitem(sys.modules, "lesson", made)
    return made


def test_only_what_ran_goes_in(module):
    story = record(module.J)
    source = story.sources["lesson.py"]
    assert not source.missing
    assert [(b.name, b.first, b.lines) for b in source.blocks] == [
        ("square", 8, ("def square(x):", "    return x * x")),
        ("", 12, ("J = square(w) + 1.0",)),
    ]
    assert "anybody" not in story.json()
    for step in story.steps:
        if step.line:
            block = next(b for b in source.blocks if b.first <= step.line.number < b.first + len(b.lines))
            assert block.lines[step.line.number - block.first].strip() == step.line.text


def test_a_file_that_has_changed_is_said(module, tmp_path):
    path = tmp_path / "lesson.py"
    path.write_text(PROGRAM.replace("x * x", "x * 2"), encoding="utf-8")
    os.utime(path, (1, 1))
    source = record(module.J).sources["lesson.py"]
    assert source.missing == "The file has changed since it was run." and not source.blocks
    path.write_text("x = 1\n", encoding="utf-8")
    os.utime(path, (2, 2))
    assert "has changed" in record(module.J).sources["lesson.py"].missing


def test_a_file_that_is_gone_is_said(module, tmp_path):
    (tmp_path / "lesson.py").unlink()
    source = record(module.J).sources["lesson.py"]
    assert source.missing == "It cannot be read." and not source.blocks


def test_what_is_typed_at_the_prompt_has_no_text():
    space = {"ag": ag}
    exec(compile("x = ag.Tensor(2.0)\nwith ag.record_lines():\n    y = x * x\n", "<stdin>", "exec"), space)
    story = record(space["y"])
    assert story.sources["<stdin>"].missing == "It was typed at the prompt, which keeps no text."
    assert story.steps[0].line.text == ""


def test_a_cell_of_a_notebook(monkeypatch):
    """IPython puts the text of a cell into linecache; a magic makes it something else than Python."""
    for number, head in ((3, ""), (4, "%time\n")):
        cell, name = (
            head + "x = ag.Tensor(2.0)\nwith ag.record_lines():\n    y = x * x\n",
            f"<ipython-input-{number}-ab>",
        )
        monkeypatch.setitem(linecache.cache, name, (len(cell), None, cell.splitlines(True), name))
        space = {"ag": ag}
        exec(compile(cell.replace("%time", "pass"), name, "exec"), space)
        (block,) = record(space["y"]).sources[name].blocks
        assert (block.first, block.lines) == (3 + bool(head), ("    y = x * x",))


def test_two_files_of_one_name(tmp_path):
    assert [FileNames([a, b])[a] for a, b in [("/x/a.py", "/y/b.py"), ("/x/a.py", "/y/a.py")]] == ["a.py", "x/a.py"]
    files = FileNames(["/p/x/a.py", "/q/x/a.py"])
    assert files["/p/x/a.py"] != files["/q/x/a.py"]
    made = []
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        made.append(ran(tmp_path / folder / "same.py", PROGRAM))
    story = record(made[0].J * made[1].J)
    assert story.sources.keys() == {"x/same.py", "y/same.py"}
    assert {s.line.file for s in story.steps if s.line} == {"x/same.py", "y/same.py"}


def test_heads_decorators_lambdas_and_methods(tmp_path):
    text = """
import autograd as ag
def same(f):
    return f
class Layer:
    KEY = "not for anybody else"
    @same
    def __call__(self, x):
        return x * 2.0
w = ag.Tensor(3.0, name="w")
for _ in range(2):
    w = Layer()(w)
J = (lambda x: x
     + 1.0)(w)
"""
    story = record(ran(tmp_path / "lesson.py", text).J)
    assert [(b.name, b.first, len(b.lines)) for b in story.sources["lesson.py"].blocks] == [
        ("__call__", 7, 3),
        ("", 13, 2),
    ]
    assert "anybody" not in story.json()


def test_what_stands_in_a_text_is_only_text(tmp_path):
    text = "import autograd as ag\nw = ag.Tensor(2.0)\nJ = w * 2.0  # \u202e </script> <b>\x07\n"
    story = record(ran(tmp_path / "lesson.py", text).J)
    (block,) = story.sources["lesson.py"].blocks
    assert block.lines == ("J = w * 2.0  # \\u202e </script> <b>\\x07",)
    assert json.loads(story.json()) == story.data()


def test_a_run_without_lines_has_no_text():
    assert record(ag.Tensor(np.ones(2), name="x").sum()).sources == {}
