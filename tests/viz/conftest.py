"""What several tests of viz use: the `chalkgrad` command, a browser for the step page, and Node.js for its modules."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from functools import lru_cache
from pathlib import Path

import pytest

import viz
from viz.web import page
from viz.web.script import MODULES

ROOT = str(Path(viz.__file__).parents[1])
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 120_000  # milliseconds: a browser on a busy machine is not one that hangs


@pytest.fixture
def run(tmp_path):
    """Run the command in an empty folder; `run.script(text)` first writes a script there."""

    def command(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "viz.cli", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": ROOT} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    command.script = lambda text, name="my script.py": (tmp_path / name).write_text(textwrap.dedent(text)) and name
    return command


@pytest.fixture(scope="module")
def browser():
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
    )
    if found is None:
        reason = "no browser: set CHROMIUM to a Chromium or Chrome, or install one (Debian: apt install chromium)"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=FLAGS, timeout=PATIENCE)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def offline(browser, tmp_path_factory):
    """Tabs with the network off. One stays open, so that the next ones share its process: half of what a tab costs."""
    context = browser.new_context(offline=True, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    kept = tmp_path_factory.mktemp("kept") / "empty.html"
    kept.write_text("<!doctype html>")
    context.new_page().goto(kept.as_uri())
    yield context
    context.close()


@lru_cache(maxsize=8)
def page_of(run, **how):
    """Its page, written once where the story is the same one."""
    return page(run, **how)


@pytest.fixture
def opened(offline, tmp_path):
    """A function that opens the page of a run in a tab of its own; at the end nothing may have gone wrong."""
    requests, errors = [], []
    tabs = []

    def open_page(run, step=None, size=None, **how):
        path = tmp_path / f"step{len(tabs)}.html"
        path.write_text(page_of(run, **how), encoding="utf-8")
        tab = offline.new_page()
        if size:
            tab.set_viewport_size({"width": size[0], "height": size[1]})
        tabs.append(tab)
        tab.on("request", lambda r: requests.append(r.url))
        tab.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
        tab.on("pageerror", lambda e: errors.append(str(e)))
        tab.goto(path.as_uri() + ("" if step is None else f"#step={step}"))
        tab.wait_for_selector(".chalk-card")
        return tab

    yield open_page
    for tab in tabs:
        tab.close()
    assert not errors
    assert not [url for url in requests if url.startswith(("http:", "https:", "ws:"))]


@pytest.fixture(scope="module")
def node():
    """A function that runs a script in Node, with the modules to import and some data; it gives what that printed."""
    found = shutil.which("node")
    if found is None:
        reason = "no Node.js: install it (Debian: apt install nodejs)"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)

    def run(source, data=None):
        head = "const given = JSON.parse((await import('node:fs')).readFileSync(0, 'utf8'));\n" + "".join(
            f"const {name} = await import({json.dumps((MODULES / f'{name}.mjs').as_uri())});\n"
            for name in ("machine", "frames", "keys", "answers", "practice", "apng", "arithmetic", "training")
        )
        done = subprocess.run(
            [found, "--input-type=module", "-e", head + source],
            input=json.dumps(data),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
