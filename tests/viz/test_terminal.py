"""Stepping in the terminal: frames without one, and keys, sizes and endings in tmux."""

import io
import os
import shlex
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

import autograd as ag
import viz
from autograd.printable import printable
from tests.test_hostile_text import HOSTILE
from tests.viz.programs import reused
from tests.viz.terminals import Terminal, there
from viz.seen.flow import flow
from viz.seen.story import record
from viz.terminal.cells import ROWS, explained, shaded
from viz.terminal.frame import TextFrames, console, printed
from viz.terminal.keyboard import _unfinished, keys
from viz.terminal.outline import _rows
from viz.terminal.reader import KEYS, State, pressed, ticked
from viz.terminal.screen import print_all

ROOT = os.path.dirname(os.path.dirname(viz.__file__))


def network():
    """Two layers with m = 5 columns, in scopes; b1 is broadcast, W is used twice."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(2, 5)).round(2), np.array([[1.0, 0.0, 1.0, 1.0, 0.0]])
    W, b1 = ag.Tensor(rng.normal(size=(2, 2)).round(2), name="W"), ag.Tensor(np.zeros((2, 1)), name="b1")
    with ag.scope("layer 1"):
        A1 = np.tanh(W @ X + b1)
    with ag.scope("layer 2"):
        A2 = ag.sigmoid(W @ A1)
    J = np.mean((A2 - Y) ** 2)
    ag.names.given({"X": X, "Y": Y, "A1": A1, "A2": A2, "J": J})
    return J


def leaf():
    return ag.Tensor(2.0, name="x")


# --- frames -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [network, reused, leaf])
@pytest.mark.parametrize("width", [20, 80, 119, 120, 200])
def test_no_line_of_a_frame_is_wider_than_the_terminal(run, width):
    story = record(run())
    frames = TextFrames(story)
    for position in range(len(story) + 1):
        for height in (None, 5, 30):
            assert max(map(cell_len, printed(frames(position, width, height), width).split("\n"))) <= width


@pytest.mark.parametrize("width", [80, 200])
def test_a_frame_says_what_the_step_says(width):
    """All that the data of a step holds stands there: title, rule, numbers, sum, line, and what comes next."""
    with ag.record_lines():
        story = record(network())
    frames = TextFrames(story)
    for position, step in enumerate(story.steps, 1):
        said = printed(frames(position, width), width)
        data = story.data()["steps"][position - 1]
        formulas = story.data()["formulas"]
        wanted = [f"▶ {step.title}", formulas[data["formula"]], f"step {position} of {len(story)}"]
        wanted.append(formulas[data["numbers"]] if data["numbers"] is not None else "")
        if data.get("turns", 1) > 1:
            wanted += [
                formulas[data["sum"]] if data["sum"] is not None else "",
                f"{step.turn} of {step.turns} contributions",
            ]
        if position < len(story):
            wanted.append(f"○ Next: {story.steps[position].title}")
        wanted.append(f"test_terminal.py:{step.line.number}")
        assert [word for words in wanted for word in words.split() if word not in said] == []


def test_why_now_stands_only_where_it_is_news():
    story = record(reused())
    frames = TextFrames(story)
    with_why = [i for i in range(1, len(story) + 1) if "Why now" in printed(frames(i, 200), 200)]
    places = [(step.phase, step.node) for step in story.steps]
    first = [i for i, place in enumerate(places, 1) if i == 1 or places[i - 2] != place]
    assert with_why == [i for i in first if story.steps[i - 1].why] != []


def test_a_wide_frame_shows_the_program_around_the_line():
    with ag.record_lines():
        story = record(network())
    step = story.steps[0]
    lines = printed(TextFrames(story)(1, 200), 200).split("\n")
    marked = [line for line in lines if f"▶  {step.line.number:>3}" in line]
    assert len(marked) == 1 and step.line.text in marked[0]
    assert any(f"{step.line.number - 1}  " in line for line in lines)
    assert "\x1b" not in printed(TextFrames(story)(1, 200), 200)


def layers_with_something_between():
    """A ReLU that no layer claims, and a cost."""
    X, Y = np.ones((2, 3)), np.ones((1, 3))
    W1, W2 = ag.Tensor(np.ones((3, 2)), name="W1"), ag.Tensor(np.ones((1, 3)), name="W2")
    with ag.scope("layer 1"):
        Z1 = W1 @ X
    A1 = np.maximum(Z1, 0.0)
    with ag.scope("layer 2"):
        Z2 = W2 @ A1
    J = np.mean((Z2 - Y) ** 2)
    ag.names.given({"X": X, "Y": Y, "Z1": Z1, "A1": A1, "Z2": Z2, "J": J})
    return J


def test_the_outline_is_in_the_order_of_computation_and_only_what_is_in_a_layer_is_under_it():
    rows = [row.says for row in _rows(record(layers_with_something_between()))]
    names = [says.split(" = ")[0] for says in rows]
    assert names[:2] == ["X", "Y"]
    assert names[2:8] == ["Layer 1", " W1", " Z1", "A1", "Layer 2", " W2"] and names[8] == " Z2" and names[-1] == "J"


@pytest.mark.parametrize("run", [network, reused, leaf, layers_with_something_between])
def test_every_named_value_has_one_row_after_those_that_it_is_computed_from(run):
    story = record(run())
    rows = [row.vertex.id for row in _rows(story) if row.vertex]
    assert sorted(rows) == sorted(v.id for v in story.graph if v.kind == "value" and v.name)
    results = [step.changes for step in story.steps if step.phase == "forward"]
    assert [id for id in rows if id in results] == results


def test_the_outline_tells_how_far_each_gradient_is():
    story = record(reused())
    shown = [printed(TextFrames(story)(i, 80), 80) for i in range(len(story) + 1)]

    def row(text, name):
        return next(line.split() for line in text.split("\n") if line[3:].startswith(name))

    partial = next(i for i, step in enumerate(story.steps, 1) if step.title == "From b back to a")
    assert row(shown[0], "b =")[-2:] == ["·", "·"]
    assert row(shown[partial], "a")[-4:] == ["1", "of", "2", "12.0"]
    assert row(shown[partial + 1], "a")[-2:] == ["✓", "24.0"]
    assert [line[0] for line in shown[partial].split("\n") if line[3:].startswith("a ")] == ["▶"]


def test_what_does_not_fit_is_counted():
    x = y = ag.Tensor(1.0, name="x")
    for _ in range(60):
        y = y * 0.5 + x
    story = record(y)
    frames = TextFrames(story)
    values = sum(v.kind == "value" and bool(v.name) for v in story.graph)
    for position in (0, 50, 120, len(story)):
        lines = printed(frames(position, 80), 80).split("\n")
        table = lines[next(i for i, line in enumerate(lines) if line.strip().startswith("value ")) + 1 : -1]
        hidden = sum(int(word) for word in lines[-1].split() if word.isdecimal())
        assert len(table) + hidden == values
        assert position == 0 or any(line.startswith("▶") for line in table)


def test_frames_of_a_height_fill_the_screen():
    story = record(network())
    frames = TextFrames(story)
    short, tall = (len(printed(frames(3, 80, height), 80).split("\n")) for height in (24, 60))
    assert short < tall <= 60


LONG = ["[bold red]W[/]", ":smile:", "x" * 300, "漢字" * 60, "👩‍👩‍👧" * 40]


@pytest.mark.parametrize("name", dict.fromkeys([*HOSTILE, *LONG]))
def test_names_are_shown_not_obeyed(name):
    with ag.scope(name or "scope"):
        x = ag.Tensor(np.ones((2, 2)), name=name)
        y = (x * x).sum()
    y.name = name + "2"
    story = record(y)
    for width in (80, 160):
        text = printed(TextFrames(story)(len(story), width), width)
        assert all(line.isprintable() for line in text.split("\n"))
        assert max(map(cell_len, text.split("\n"))) <= width
    assert printable(f"{name}2").split()[0][:8] in text


# --- arrays -----------------------------------------------------------------------------------------------------------


def test_shades_say_how_large_and_signs_which_way():
    lines = [line.plain for line in shaded(np.array([[4.0, -3.0, 2.0, -1.0, 0.0, np.nan, np.inf, -np.inf]]), 80)]
    assert lines == ["+█−▓+▒−░ ·??+∞−∞"]


@given(st.integers(1, 40), st.integers(1, 300), st.integers(20, 200), st.integers(0, 2**32 - 1))
def test_a_cell_that_several_entries_share_is_of_the_largest(rows, columns, width, seed):
    array = np.random.default_rng(seed).normal(size=(rows, columns))
    lines = shaded(array, width)
    assert all(cell_len(line.plain) <= width for line in lines)
    if rows > 5 or columns > 5:
        assert len(lines) <= ROWS
        signs = "".join(line.plain[::2] for line in lines)
        where = np.unravel_index(np.abs(array).argmax(), array.shape)
        assert any("█" in line.plain for line in lines)
        assert ("+" if array[where] > 0 else "−") in signs
        shared = "largest of" in explained(array, width)
        assert shared == (sum(len(line.plain) // 2 for line in lines) < array.size)


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((0, 3)),
        np.zeros((2, 2)),
        np.float64(-2.0),
        3.0,
        np.array(5),
        np.array([True, False]),
        np.ones((2, 3, 4)),
    ]
    + [np.full((2, 3), 1e-320), np.array([1e308, -1e308] * 4), np.arange(7), np.array([1 + 2j]), np.array(["a"])],
)
def test_any_array_can_be_shown(value):
    for line in shaded(value, 30):
        assert cell_len(line.plain) <= 30
    explained(value, 30)


def test_colour_only_repeats_the_sign():
    """Without colour, everything is still there."""
    frame = TextFrames(record(network()))(12, 80)
    outputs = []
    for system in ("truecolor", None):
        out = io.StringIO()
        console(80, file=out, force_terminal=True, color_system=system).print(frame)
        outputs.append(out.getvalue())
    plain = [without_colour(text) for text in outputs]
    assert outputs[0] != outputs[1] and plain[0] == plain[1]


def without_colour(text):
    """Without sequences of colour."""
    from rich.text import Text

    return Text.from_ansi(text).plain


# --- keys -------------------------------------------------------------------------------------------------------------


STORY = record(reused())


def after(*pressed_keys, state=None, story=STORY):
    state = State() if state is None else state
    for key in pressed_keys:
        state = pressed(state, key, story)
    return state


def test_keys_move_as_in_the_page():
    n = len(STORY)
    assert [after(*["right"] * i).position for i in range(n + 2)] == [*range(n + 1), n]
    assert after("end", "left", "left").position == n - 2
    assert after("right", "home", "left").position == 0
    assert after("n", "n", "N").position == 1, "without a search, as the arrows"
    assert after("pagedown").position == min(5, n) and after("end", "pageup").position == n - 5
    assert after("q").over and not after("x", "delete", "escape").over


def test_one_step_for_each_operation():
    stops = STORY.frames.operations
    state = after("o")
    seen = [state.position]
    while state.position < len(STORY):
        state = pressed(state, "right", STORY)
        seen.append(state.position)
    assert seen == stops and not after("o", "o").coarse
    assert after("end", "o", "left").position == stops[-2]


def test_going_to_a_step_by_its_number():
    assert after("g", "4", "enter").position == 4
    assert after("g", "4", "2", "backspace", "enter").position == 4
    assert after("g", "4", "escape").position == 0 and after("g", "enter").position == 0
    for typed in ("99", "-1", "x", "٣", "9" * 5000):
        state = after("g", *typed, "enter")
        assert state.position == 0 and f"Steps are numbered 0 to {len(STORY)}, but got" in state.said
    assert after("g", "q").typed == "q", "an answer is typed, no key means anything else meanwhile"


def test_searching_by_name_operation_and_layer():
    story = record(network())

    def titles(words):
        return [i for i, s in enumerate(story.steps, 1) if words in s.title]

    assert after("/", *"a1", "enter", story=story).position == titles("A1")[0]
    assert after("/", *"tanh", "enter", story=story).position == titles("A1")[0]
    first = after("/", *"layer 2", "enter", story=story)
    assert story.graph[story.steps[first.position - 1].node].scope == ("layer 2",)
    state, found = State(), []
    for _ in titles("back to W") + [0]:
        state = after("/", *("back to W" if not found else ""), "enter", state=state, story=story)
        found.append(state.position)
    assert found == [*titles("back to W"), titles("back to W")[0]], "again and again, and from the beginning"
    back = [state.position for state in [after("N", state=state, story=story)]]
    assert back == [titles("back to W")[-1]] and after("n", state=state, story=story).position == found[1]
    assert after("/", *"back to W", "enter", "home", "N", story=story).position == titles("back to W")[-1]
    assert after("/", *"back to W", "enter", "home", "escape", "n", story=story).position == 1
    missing = after("/", *"nothing", "enter", story=story)
    assert missing.position == 0 and missing.said == "No step is about 'nothing'."


def test_going_to_the_next_parameter():
    story = record(network())
    complete = [
        i for i, s in enumerate(story.steps, 1) if s.phase == "backward" and s.receiver in ("W", "b1") and s.complete
    ]
    state, seen = State(), []
    while not (state := pressed(state, "p", story)).said:
        seen.append(state.position)
    assert seen == complete and state.said == "No parameter is left."


def test_going_to_trouble():
    x = ag.Tensor(np.array([30.0, 40.0]), name="x")
    story = record(np.sum(ag.sigmoid(x * 10.0)))
    state = after("x", story=story)
    assert story.steps[state.position - 1].phase == "backward" and state.position in flow(story).trouble
    text = " ".join(printed(TextFrames(story)(state.position, 80), 80).split())
    assert "Flow vanishing" in text or "Flow dead" in text
    assert after("x").said == "No such gradient is left."


def test_playing_goes_on_to_the_end():
    state = after(" ")
    assert state.playing and not after(" ", " ").playing and not after(" ", "right").playing
    for i in range(1, len(STORY) + 1):
        state = ticked(state, STORY)
        assert state.position == i and state.playing == (i < len(STORY))
    assert not after("end", " ").playing and ticked(State(), STORY) == State()


def test_every_key_is_on_the_sheet_and_does_something():
    for row in KEYS:
        for key in row.keys:
            before = ("right", "right", "down", "/", "b", "enter", "right", "down")
            assert after(*before, key) != after(*before), key
    assert after("?", "n") == State()
    assert after("?", "q").over


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\x1b[C\x1b[D\x1b[A\x1b[B", ["right", "left", "up", "down"]),
        ("\x1bOC\x1bOH\x1bOF", ["right", "home", "end"]),
        ("\x1b[H\x1b[1~\x1b[7~\x1b[F\x1b[4~\x1b[8~", ["home"] * 3 + ["end"] * 3),
        ("\x1b[5~\x1b[6~", ["pageup", "pagedown"]),
        ("\r\n\x7f\x08\x1b", ["enter", "enter", "backspace", "backspace", "escape"]),
        ("nW漢 \t\x00\x01", ["n", "W", "漢", " "]),
        ("\x1b[1;5C\x1b[200~\x1bx\x1b[M", []),
    ],
)
def test_what_a_terminal_sends(text, wanted):
    assert list(keys(text)) == wanted


@given(st.binary(max_size=20))
def test_whatever_a_terminal_sends(data):
    for key in keys(data.decode(errors="ignore")):
        assert (len(key) == 1 and key.isprintable()) or key.isalpha()
    _unfinished(data)


def test_more_is_waited_for_where_a_key_is_not_whole():
    for whole in ("\x1b[5~", "\x1bOC", "漢"):
        data = whole.encode()
        assert all(_unfinished(data[:i]) for i in range(1, len(data))) and not _unfinished(data)


# --- without a terminal -----------------------------------------------------------------------------------------------


def test_all_frames_are_printed(capsys):
    story = record(reused())
    print_all(story, 80)
    frames = TextFrames(story)
    said = capsys.readouterr().out
    assert said == "".join(f"{printed(frames(i, 80), 80)}\n\n" for i in range(len(story) + 1))


SCRIPT = """
    import numpy as np, autograd as ag
    W = ag.Tensor(np.array([[0.5, -1.0]]))
    X = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]])
    Z = W @ X
    loss = (Z * Z + Z).sum()
"""


@pytest.mark.parametrize("width", [80, 200])
def test_the_command_prints_them_where_there_is_no_terminal(run, width):
    done = run("step", run.script(SCRIPT), "--terminal", COLUMNS=str(width))
    assert done.returncode == 0 and "\x1b" not in done.stdout
    assert done.stderr == "chalkgrad: loss of my script.py is taken; for another: --target NAME\n"
    assert "▶ From Z back to W" in done.stdout
    assert "Program  my script.py:6  loss = (Z * Z + Z).sum()" in done.stdout
    assert max(map(cell_len, done.stdout.split("\n"))) <= width


def test_what_standard_output_cannot_encode(run):
    done = run("step", run.script(SCRIPT), "--terminal", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "? From" in done.stdout


@pytest.mark.parametrize("option", [("--out", "a.html"), ("--ask",)])
def test_options_of_the_page_are_not_for_the_terminal(run, tmp_path, option):
    script = run.script("import pathlib\npathlib.Path('it ran').touch()\n" + textwrap.dedent(SCRIPT))
    done = run("step", script, "--terminal", *option)
    assert done.returncode == 2 and f"{option[0]} is for the page" in done.stderr
    assert not (tmp_path / "it ran").exists()


def test_viz_step_outside_of_notebooks(tmp_path):
    code = f"import viz\n{textwrap.dedent(SCRIPT)}\nviz.step(loss)\nviz.step(viz.record(Z.sum()))"
    environment = os.environ | {"PYTHONPATH": ROOT, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and "Step by step: loss" in done.stdout and done.stderr == ""


# --- in a terminal ----------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(tmp_path):
    """A function that opens a terminal of a size, in an empty folder with a script in it."""
    if not there():
        reason = "no tmux: install it (Debian: apt install tmux)"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    (tmp_path / "mine.py").write_text(textwrap.dedent(SCRIPT))
    opened = []

    def open_terminal(width=80, height=30, **environment):
        environment = {"PYTHONPATH": ROOT, **environment}
        opened.append(Terminal(tmp_path, width, height, environment))
        return opened[-1]

    yield open_terminal
    for each in opened:
        each.close()


def step(terminal):
    command = [sys.executable, "-m", "viz.cli", "step", "mine.py", "--terminal"]
    terminal.run("sh", "-c", f"echo $$ > pid; exec {shlex.join(command)}")
    return terminal.wait("Before the first step")


def settings(terminal, times):
    """How the terminal is set: what keys do, and what is shown of them; `times` tells one answer from another."""
    terminal.keys(f"clear; stty -a; echo asked $(({times}+0)) times", "Enter")
    lines = terminal.wait(f"asked {times} times")
    return lines[: lines.index(f"asked {times} times")]


@pytest.mark.parametrize("width", [80, 200])
def test_keys_in_a_terminal(terminal, tmp_path, width):
    """Each key leads to just the frame of its position, and the terminal is as before in the end."""
    from viz.script import Script

    made = Script(str(tmp_path / "mine.py")).target(None)
    with ag.names.asking(names=made.names):
        story = record(made.tensor)
    frames, n = TextFrames(story), len(story)
    screen = terminal(width)
    before = settings(screen, 1)
    step(screen)

    def shows(position):
        wanted = [line.rstrip() for line in printed(frames(position, width, 29), width).split("\n")][:29]
        return lambda lines: lines[: len(wanted)] == wanted

    screen.wait(lambda lines: shows(0)(lines) and (lines[-1].startswith("→ next  ← prev") or "more lines" in lines[-1]))
    for key, position in [
        *(
            ("Right", 1),
            ("n", 2),
            ("Space", 3),
            ("Left", None),
            ("Home", 0),
            ("PageDown", 5),
            ("PageUp", 0),
            ("End", n),
        ),
        *(("Left", n - 1), ("Left", n - 2)),
    ]:
        if key == "Space":  # plays: the next step comes by itself
            screen.keys("Space")
            screen.wait("❙❙ playing")
            later = [shows(i) for i in range(position, n + 1)]  # on a busy machine a step may go by unseen
            screen.wait(lambda lines, later=later: any(is_shown(lines) for is_shown in later))
            continue
        screen.keys(key)
        if position is not None:
            screen.wait(shows(position))
    screen.keys("g", "4")
    assert screen.wait("Go to step: 4_")
    screen.keys("Enter")
    screen.wait(shows(4))
    screen.keys("/", "W", "Enter")
    screen.wait(shows(next(i for i in range(5, n + 1) if "W" in story.steps[i - 1].title)))
    screen.keys("?")
    sheet = screen.wait("these keys")
    assert all(any(row.called in line and row.does in line for line in sheet) for row in KEYS)
    screen.keys("q")
    screen.wait_for_shell()
    assert settings(screen, 2) == before


def test_a_window_that_changes_its_size(terminal):
    screen = terminal(80)
    step(screen)
    screen.keys("End")
    screen.wait("✓ Every gradient is complete.")
    screen.resize(150, 40)
    screen.wait(lambda lines: any(len(line) > 120 for line in lines))
    screen.resize(60, 12)
    lines = screen.wait(lambda now: "↓" in "".join(now) and "more lines" in now[-1])
    assert max(map(cell_len, lines)) <= 60
    screen.keys("Down", "Down")
    screen.wait(lambda now: now[:3] != lines[:3] and now[0] == lines[2])
    screen.keys("Up", "Up", "Up")
    screen.wait(lambda now: now[0] == lines[0])


@pytest.mark.parametrize("setting", ["NO_COLOR", "TERM"])
def test_colour_where_it_is_wanted(terminal, setting):
    colourful = terminal(80)
    step(colourful)
    colourful.keys("End")
    colourful.wait("Every gradient")
    coloured = [line for line in colourful.screen("-e") if "\x1b[38;" in line or "\x1b[3" in line or "\x1b[9" in line]
    assert coloured
    if setting == "NO_COLOR":
        plain = terminal(80, NO_COLOR="1")
        step(plain)
        plain.keys("End")
        assert "Every gradient" in "".join(plain.wait("Every gradient"))
        assert not any(
            f"\x1b[{code}" in line for line in plain.screen("-e") for code in ("38;", "31", "34", "94", "33")
        )
    else:
        dumb = terminal(80)
        dumb.keys("TERM=dumb ", "")
        dumb.run(sys.executable, "-m", "viz.cli", "step", "mine.py", "--terminal")
        dumb.wait("✓ Every gradient is complete.")
        dumb.wait_for_shell()


@pytest.mark.parametrize("way", ["C-c", "TERM", "error"])
def test_however_it_ends_the_terminal_is_as_before(terminal, tmp_path, way):
    screen = terminal(80)
    before = settings(screen, 1)
    if way == "error":
        (tmp_path / "broken.py").write_text(
            "import viz, viz.terminal.reader as reader, viz.terminal.screen as screen, runpy\n"
            "def broken(*a): raise ZeroDivisionError('of a test')\n"
            "screen.pressed = broken\nviz.step(runpy.run_path('mine.py')['loss'])\n"
        )
        screen.run(sys.executable, "broken.py")
        screen.wait("Before the first step")
        screen.keys("n")
        screen.wait("ZeroDivisionError: of a test")
    else:
        step(screen)
        if way == "C-c":
            screen.keys("C-c")
            screen.wait("chalkgrad: interrupted")
        else:
            os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)
    lines = screen.wait_for_shell()
    assert not any("Before the first step" in line for line in lines)
    assert settings(screen, 2) == before


def test_ctrl_z_does_not_leave_a_terminal_that_cannot_be_used(terminal):
    screen = terminal(80)
    step(screen)
    screen.keys("C-z", "n")
    screen.wait("▶ Compute")
