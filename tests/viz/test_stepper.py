"""The page's program without a browser: the state machine, the keys and the frames, run in Node."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import viz
from tests.viz.programs import network, scalar_network
from tests.viz.test_frames import STORIES
from viz.seen.story import record
from viz.web.script import MODULES, script

HERE = Path(__file__).parent
MOVES = ("next", "previous", "first", "last", "go", "leap", "stride")  # to a stop; a tick also ends at a breakpoint
PAGE = r"\b(document|window|querySelector|addEventListener|setTimeout|setInterval|Date)\b"


@pytest.mark.parametrize(
    ("file", "tests"), [("machine.test.mjs", 14), ("page.test.mjs", 15), ("practice.test.mjs", 18)]
)
def test_the_machine(node, file, tests):
    """The cases of such a file, which Node's own runner runs."""
    done = subprocess.run(
        [shutil.which("node"), "--test", "--test-reporter=tap", str(HERE / file)],
        env=os.environ | {"STEPPER": MODULES.as_uri()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"# pass (\d+)", done.stdout)[1]) >= tests


@pytest.mark.parametrize("run", STORIES)
def test_the_page_reads_the_same_frames_as_python(node, run):
    story = record(run())
    read = node(
        "console.log(JSON.stringify([...given.steps.keys(), given.steps.length].map(i => frames.frameAt(i, given))));",
        story.data(),
    )
    arrays = story.data()["arrays"]
    assert len(read) == len(story.frames)
    for frame, seen in zip(story.frames, read):
        assert (seen["position"], seen["phase"]) == (frame.position, frame.phase)
        for of_page, of_python in [(seen["now"], frame.now), (seen["next"], frame.next)]:
            assert (of_page and of_page["title"]) == (of_python and of_python.title)
        assert seen["values"].keys() == frame.values.keys()
        assert seen["gradients"].keys() == frame.gradients.keys()
        for id, gradient in frame.gradients.items():
            of_page = seen["gradients"][id]
            assert (of_page["turn"], of_page["turns"]) == (gradient.turn, gradient.turns)
            assert of_page["complete"] == gradient.complete
            assert arrays[of_page["array"]]["shape"] == list(getattr(gradient.value, "shape", ()))


def test_a_frame_of_a_long_story_is_looked_up_quickly(node):
    story = record(scalar_network())
    seconds = node(
        """const n = given.steps.length, start = performance.now();
        for (let k = 0; k < 100; k++) frames.frameAt((k * 7919) % n, given);
        console.log(JSON.stringify((performance.now() - start) / 1000 / 100));""",
        story.data(),
    )
    assert len(story) > 1800
    assert seconds < 0.05


def test_a_random_walk_never_leaves_the_story(node):
    """Whatever events come, in whatever order, the position is a stop, and play ends at the end."""
    story = record(network())
    states = node(
        """let seed = 1;
        const random = n => (seed = (seed * 48271) % 2147483647) % n;
        const ids = Object.keys(given.vertices), n = given.steps.length;
        const events = [
          () => ({ type: 'next' }), () => ({ type: 'previous' }), () => ({ type: 'first' }), () => ({ type: 'last' }),
          () => ({ type: 'go', position: random(3 * n) - n }), () => ({ type: 'go', position: NaN }),
          () => ({ type: 'leap', by: random(13) - 6 }), () => ({ type: 'play' }), () => ({ type: 'pause' }),
          () => ({ type: 'toggle' }), () => ({ type: 'tick' }), () => ({ type: 'tick' }),
          () => ({ type: 'stride', stride: ['contribution', 'operation'][random(2)] }),
          () => ({ type: 'speed', speed: [0.5, 1, 2, 4, 9][random(5)] }),
          () => ({ type: 'breakpoint', position: random(n) }), () => ({ type: 'select', id: ids[random(ids.length)] }),
        ];
        const seen = [];
        let state = machine.initial(0, given);
        for (let k = 0; k < 3000; k++) {
          const event = events[random(events.length)](), before = JSON.stringify(state);
          const after = machine.update(state, event, given);
          if (JSON.stringify(state) !== before) throw new Error('an event changed the state that it was given');
          state = after;
          seen.push({ event: event.type, ...state });
        }
        console.log(JSON.stringify(seen));""",
        story.data(),
    )
    n = len(story)
    for state in states:
        assert 0 <= state["position"] <= n
        assert state["speed"] in (0.5, 1, 2, 4)
        if state["stride"] == "operation" and state["event"] not in (
            "tick",
            "breakpoint",
            "select",
            "speed",
            "play",
            "pause",
            "toggle",
        ):
            assert state["position"] in story.frames.operations
        if state["playing"]:
            assert state["position"] < n
        assert state["breakpoints"] == sorted(set(state["breakpoints"]))
    assert {state["event"] for state in states} >= {"tick", "go", "breakpoint", "stride"}


def test_what_keys_mean(node):
    pressed = [
        ("ArrowRight", "page"), ("ArrowLeft", "page"), ("Home", "page"), ("End", "page"), ("PageDown", "page"),
        (" ", "page"), ("Escape", "page"), (" ", "button"), (" ", "vertex"), (" ", "checkbox"), (" ", "slider"),
        ("ArrowRight", "button"), ("ArrowRight", "slider"), ("PageDown", "scrolls"), ("a", "page"), ("Home", "text"),
        ("toString", "page"), ("ArrowRight", "toString"),
    ]  # fmt: skip
    meant = node(
        "console.log(JSON.stringify(given.map(([key, focus]) => keys.eventOf({ key }, focus))));",
        [list(p) for p in pressed],
    )
    types = [m and m["type"] for m in meant]
    assert types == [
        "next", "previous", "first", "last", "leap",
        "toggle", "escape", None, None, None, "toggle",
        "next", "next", None, None, None,
        None, "next",
    ]  # fmt: skip
    held = node(
        """console.log(JSON.stringify(['ctrlKey', 'altKey', 'metaKey', 'shiftKey'].map(held =>
            keys.eventOf({ key: 'ArrowRight', [held]: true }, 'page'))));"""
    )
    assert held[:3] == [None] * 3 and held[3]["type"] == "pan"


# --- the modules ------------------------------------------------------------------------------------------------------


def test_the_joined_script_is_whole(node, tmp_path):
    """No import is left, no name is declared twice, each module is there."""
    path = tmp_path / "joined.mjs"
    path.write_text(script(), encoding="utf-8")
    assert not re.search(r"^import\b", script(), re.M)
    done = subprocess.run([shutil.which("node"), "--check", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for module in MODULES.glob("*.mjs"):
        code = module.read_text(encoding="utf-8")
        declared = re.findall(r"^(?:export )?(?:async )?(?:function|const) \w+", code, re.M)
        assert declared and all(script().count(f"\n{line}") + script().startswith(line) >= 1 for line in declared[:1])
        for line in code.splitlines():
            ticks = re.sub(r"//.*$", "", line) if "://" not in line else line
            assert ticks.count("`") % 2 == 0, "a text over several lines would lose what its lines begin with"
    assert not re.search(r"^\s*//", script(), re.M)


def test_the_machine_knows_no_page():
    for name in (
        "machine",
        "breakpoints",
        "search",
        "permalink",
        "camera",
        "chain",
        "frames",
        "keys",
        "answers",
        "practice",
        "apng",
    ):
        source = (MODULES / f"{name}.mjs").read_text(encoding="utf-8")
        code = re.sub(r"//.*", "", source)
        assert not re.search(
            r"\b(document|window|querySelector|addEventListener|setTimeout|setInterval|Date)\b", code
        ), name


def test_modules_are_small_and_each_is_imported():
    sources = {path.stem: path.read_text(encoding="utf-8") for path in MODULES.glob("*.mjs")}
    imported = {name for source in sources.values() for name in re.findall(r"from '\./([\w-]+)\.mjs'", source)}
    assert sources.keys() - imported == {"training"}
    assert max(len(source.splitlines()) for source in sources.values()) < 300
    assert Path(viz.__file__).parent in MODULES.parents
