"""The widget: in JupyterLab with a real browser, by anywidget's contract elsewhere, and what a saved notebook shows."""

import base64
import json
import re
import time
from types import SimpleNamespace

import pytest

import autograd as ag
import viz
from tests.viz import lab
from tests.viz.programs import network, reused
from tests.viz.test_page import long_chain
from viz.seen.story import record
from viz.stepping import in_notebook, step
from viz.web import state_of
from viz.web.script import script

anywidget = pytest.importorskip("anywidget")  # an extra: `make test` installs it

from viz.notebook.widget import Stepper  # noqa: E402

CELLS = [
    "import autograd as ag, viz\na = ag.Tensor(3.0)\nb = a + a\nc = b * b\nfirst, second = viz.step(c), viz.step(c)",
    "first",
    "second",
    "print(first.step, second.step)",
    "second.step = 3",
]
COUNTS = (
    "[...document.querySelectorAll('.chalk-widget .chalk-count')].map(e => e.textContent.match(/\\d+/)[0]).join(' ')"
)


# --- Python's side ----------------------------------------------------------------------------------------------------


def test_the_step_is_within_the_story():
    stepper = Stepper(record(reused()))
    stepper.step = len(stepper.story)
    assert repr(stepper) == "Stepper(c, step 7 of 7)"
    for wrong in (-1, 8):
        with pytest.raises(ValueError, match=rf"step must be from 0 to 7, the number of steps, but got {wrong}\."):
            stepper.step = wrong
    assert stepper.step == 7


def test_the_widget_shows_what_the_page_shows():
    story = record(network())
    assert Stepper(story).get_state()["state"] == state_of(story)


@pytest.fixture
def displayed(monkeypatch):
    """What a cell with a widget at its end leaves in the notebook."""
    shown = []
    monkeypatch.setattr("viz.notebook.widget.display", lambda data, raw: shown.append(data))
    return shown


def test_a_saved_notebook_has_a_picture(displayed):
    stepper = Stepper(record(reused()))
    stepper._ipython_display_()
    still, live = displayed
    assert list(live) == ["application/vnd.jupyter.widget-view+json"], "or else it would be shown as text elsewhere"
    assert re.search(r'<img alt="Step by step: c: [^"]*" [^>]*src="data:image/svg\+xml;base64,', still["text/html"])
    assert still["text/html"].count(stepper.key) > 2
    assert "http" not in still["text/html"]


@pytest.mark.parametrize("name", ['<img src=x onerror="window.hit=1">', "</style><script>1</script>"])
def test_a_name_is_never_markup_in_the_picture(name):
    html = Stepper(record(ag.Tensor(2.0, name=name) * ag.Tensor(1.0, name=name))).still()
    assert len(re.findall("<(?:script|img)", html)) == 1


# --- where it is ------------------------------------------------------------------------------------------------------


def ipython(**shell):
    return SimpleNamespace(get_ipython=lambda: SimpleNamespace(**shell) if shell else None)


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ({}, False),
        ({"IPython": ipython()}, False),
        ({"IPython": ipython(kernel=None)}, False),
        ({"IPython": ipython(kernel="one")}, True),
        ({"marimo": SimpleNamespace(running_in_notebook=lambda: True)}, True),
        ({"IPython": ipython(), "marimo": SimpleNamespace(running_in_notebook=lambda: False)}, False),
    ],
)
def test_a_notebook_is_told_from_a_terminal(monkeypatch, modules, expected):
    for name in ("IPython", "marimo"):
        monkeypatch.delitem(__import__("sys").modules, name, raising=False)
    for name, module in modules.items():
        monkeypatch.setitem(__import__("sys").modules, name, module)
    assert in_notebook() is expected


def test_in_a_notebook_it_is_a_widget(monkeypatch):
    monkeypatch.setattr("viz.stepping.in_notebook", lambda: True)
    c = reused()
    stepper = viz.step(c)
    assert isinstance(stepper, Stepper) and stepper.story.tensor is c
    assert step(stepper.story).story is stepper.story


def test_without_anywidget_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("viz.stepping.in_notebook", lambda: True)
    monkeypatch.setitem(__import__("sys").modules, "anywidget", None)
    with pytest.raises(ImportError, match=r"needs anywidget .* pip install 'chalkgrad\[notebook\]'"):
        viz.step(reused())


# --- a Tensor at the end of a cell ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shell():
    """IPython as a kernel has it; `shell.html(source)` runs a cell, and gives what its last value looks like."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    from viz.notebook.shown import register

    made = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    register(SimpleNamespace(get_ipython=lambda: made))
    made.html = lambda source: made.display_formatter.format(made.run_cell(source).result)[0].get("text/html")
    made.run_cell("import numpy as np, autograd as ag, viz")
    return made


def test_a_small_result_is_shown_with_its_graph_and_the_names_of_variables(shell):
    html = shell.html("a = ag.Tensor(3.0)\nb = a * a\nb")
    assert html.startswith("<div><b>b</b>") and "result of multiply" in html
    svg = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1]).decode()
    assert re.search(r"<text[^>]*>a</text>", svg)


@pytest.mark.parametrize(
    "source",
    ["ag.Tensor(3.0)", "ag.Tensor(3.0, requires_grad=False)", "ag.Tensor(np.ones(3)) * 2", "long_chain()"],
    ids=["a leaf", "a constant", "an array", "a large graph"],
)
def test_no_graph_where_none_is_small_and_of_one_number(shell, source):
    shell.user_ns["long_chain"] = long_chain
    html = shell.html(source)
    assert html.startswith("<div>") and "<img" not in html


def test_without_a_layout_engine_there_is_a_summary(shell, monkeypatch):
    monkeypatch.setenv("CHALKGRAD_DOT", "/no/such/program")
    html = shell.html("b = ag.Tensor(3.0) * 2\nb")
    assert "6.0" in html and "<img" not in html


def test_a_large_graph_is_not_walked_through(shell):
    shell.run_cell("x = ag.Tensor(1.0)\nfor _ in range(50_000):\n    x = x + 1.0", silent=True)
    start = time.thread_time()
    assert "50001.0" in shell.html("x")
    assert time.thread_time() - start < 0.5


# --- anywidget's contract ---------------------------------------------------------------------------------------------

HOST = """async ([source, state]) => {
    // A front end that is no more than the contract: a model, and an element in a shadow tree, as marimo has it.
    const widget = (await import('data:text/javascript;charset=utf-8,' + encodeURIComponent(source))).default;
    const listeners = [];
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
    const outer = target => target === window || target === document || target === document.body;
    EventTarget.prototype.addEventListener = function (type, f, ...how) {
        if (outer(this)) listeners.push(f);
        return add.call(this, type, f, ...how);
    };
    EventTarget.prototype.removeEventListener = function (type, f, ...how) {
        if (outer(this) && listeners.includes(f)) listeners.splice(listeners.indexOf(f), 1);
        return remove.call(this, type, f, ...how);
    };
    window.host = { kinds: Object.keys(widget), listeners, models: [], ends: [], roots: [] };
    for (const key of ['one', 'two']) {
        const traits = { state, key, step: 0 }, handlers = [];
        const model = {
            get: name => traits[name],
            set: (name, value) => { if (name !== 'step') throw new Error(name); traits[name] = value; },
            save_changes: () => { for (const f of handlers) f(); },
            on: (name, f) => { if (name !== 'change:step') throw new Error(name); handlers.push(f); },
            off: (name, f) => { handlers.splice(handlers.indexOf(f), 1); },
            handlers,
        };
        const outside = document.body.appendChild(document.createElement('div'));
        const root = outside.attachShadow({ mode: 'open' });
        const el = document.createElement('div');
        const end = await widget.render({ model, el }); // not in the page yet
        root.append(el);
        host.models.push(model); host.ends.push(end); host.roots.push(root);
    }
    const frame = () => new Promise(requestAnimationFrame);
    await frame(), await frame(); // they are told their size as they are drawn
}"""


@pytest.fixture
def hosted(browser):
    """Two widgets of one story, in a front end that keeps to anywidget's contract and has nothing else."""
    tab = browser.new_page()
    errors = []
    tab.on("pageerror", lambda e: errors.append(str(e)))
    tab.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    tab.goto("about:blank")
    tab.evaluate(HOST, [script(), state_of(record(reused()))])
    yield tab
    tab.close()
    assert errors == []


COUNT = "host.roots.map(root => root.querySelector('.chalk-count').textContent.match(/\\d+/)[0]).join(' ')"


@pytest.mark.browser
def test_the_module_is_render_and_nothing_else(hosted):
    assert hosted.evaluate("host.kinds") == ["render"]


@pytest.mark.browser
def test_steps_go_both_ways_and_to_their_own_model(hosted):
    hosted.get_by_role("button", name="Next").first.click()
    assert hosted.evaluate(COUNT) == "1 0"
    assert hosted.evaluate("host.models.map(m => m.get('step')).join(' ')") == "1 0"
    hosted.evaluate("host.models[1].set('step', 5); host.models[1].save_changes();")
    assert hosted.evaluate(COUNT) == "1 5"
    hosted.keyboard.press("ArrowRight")  # for the one that was clicked
    assert hosted.evaluate(COUNT) == "2 5"


@pytest.mark.browser
def test_it_measures_only_what_is_in_the_page(hosted):
    """The mark of what comes next stands beside its vertex, although the element was not in the page at first."""
    assert hosted.evaluate(
        """host.roots.every(root => {
            const mark = root.querySelector('.chalk-badge.next').getBoundingClientRect();
            const box = root.querySelector('.node.is-next').getBoundingClientRect();
            const beside = mark.left > box.left && mark.right < box.right;
            return mark.width > 0 && beside && Math.abs(mark.top - box.top) < box.height / 2;
        })"""
    )


@pytest.mark.browser
def test_nothing_is_left_behind(hosted):
    assert hosted.evaluate("host.roots.every(root => root.querySelector('svg'))")
    hosted.evaluate("host.ends.forEach(end => end())")
    assert hosted.evaluate("host.roots.map(root => root.firstChild.childNodes.length)") == [0, 0]
    assert hosted.evaluate("host.models.map(m => m.handlers.length)") == [0, 0]
    assert hosted.evaluate("host.listeners.length") == 0
    assert hosted.evaluate("document.head.childNodes.length") == 0


# --- JupyterLab -------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.slow
def test_two_widgets_in_jupyterlab(browser, tmp_path):
    """Both ways, each by itself; and after it was saved, without a kernel, trusted or not."""
    pytest.importorskip("jupyterlab")
    lab.write(tmp_path / "steps.ipynb", *CELLS)
    context = browser.new_context(viewport={"width": 1400, "height": 1400})
    with lab.serving(tmp_path) as url:
        tab = lab.open_notebook(context, url, "steps.ipynb")
        for k in range(3):
            lab.run_cell(tab, k)
        tab.wait_for_function("document.querySelectorAll('.chalk-widget .chalk-count').length === 2")
        _both_ways(tab)
        _keys_are_not_commands(tab)
        ids = tab.evaluate("[...document.querySelectorAll('.chalk-widget [id]')].map(e => e.id)")
        assert ids and len(ids) == len(set(ids))
        assert shown(tab) == ["none", "none"], "the still pictures"
        _nothing_is_inherited(tab)
        lab.command(tab, "docmanager:save")
        tab.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
        tab.close()
        text = (tmp_path / "steps.ipynb").read_text()
        outputs = [o for c in json.loads(text)["cells"] for o in c["outputs"]]
        assert sum("data-still" in str(o.get("data")) for o in outputs) == 2
        (tmp_path / "other.ipynb").write_text(text.replace("import autograd", "# changed elsewhere\\nimport autograd"))
        lab.without_kernels(context, url)
        for name, trusted in (("steps.ipynb", True), ("other.ipynb", False)):
            _without_kernel(lab.open_notebook(context, url, name, kernel=False), trusted)
    context.close()


def _without_kernel(tab, trusted):
    tab.wait_for_function("document.querySelectorAll('img[alt^=\"Step by step: c\"]').length === 2")
    assert (tab.locator(".jp-RenderedHTML.jp-mod-trusted").count() > 0) is trusted
    assert tab.evaluate("[...document.querySelectorAll('img[alt^=\"Step by step\"]')].every(i => i.naturalWidth > 200)")
    assert tab.get_by_text("Run this cell to step through it.").first.is_visible()
    assert not tab.get_by_text("Loading widget").or_(tab.get_by_text("Error displaying")).first.is_visible()
    tab.close()


def _nothing_is_inherited(tab):
    """JupyterLab centres what is in a widget, and breaks no lines there; its lists have two columns."""
    styles = tab.evaluate(
        """[...document.querySelectorAll('.chalk-widget :is(p, .chalk-card dt)')].map(e => {
            const { textAlign, whiteSpace, float } = getComputedStyle(e);
            return `${textAlign} ${whiteSpace} ${float}`;
        })"""
    )
    assert set(styles) == {"start normal none"}


def shown(tab):
    return tab.evaluate("[...document.querySelectorAll('[data-still]')].map(e => getComputedStyle(e).display)")


def _both_ways(tab):
    tab.locator(".chalk-widget").nth(0).get_by_role("button", name="Next").click()
    tab.wait_for_function(f"{COUNTS} === '1 0'")
    assert lab.run_cell(tab, 3) == ["1 0"]
    lab.run_cell(tab, 4)
    tab.wait_for_function(f"{COUNTS} === '1 3'")


def _keys_are_not_commands(tab):
    cells = tab.locator(".jp-Notebook .jp-Cell").count()
    tab.locator(".chalk-widget").nth(0).get_by_role("button", name="Next").click()
    for key in ("b", "a", "d", "d", "ArrowRight"):
        tab.keyboard.press(key)
    tab.wait_for_function(f"{COUNTS} === '3 3'")
    assert tab.locator(".jp-Notebook .jp-Cell").count() == cells
