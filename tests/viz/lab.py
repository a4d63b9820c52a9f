"""JupyterLab for a test: a server in a folder of its own, and a notebook in a browser."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import viz

ROOT = str(Path(viz.__file__).parents[1])
SECONDS = 180


@contextlib.contextmanager
def serving(folder):
    """JupyterLab in a folder; gives its address."""
    runtime = folder / f"runtime-{time.monotonic_ns()}"
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    options = [
        "--no-browser", "--ip=127.0.0.1", "--port=0", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=",
        "--ServerApp.allow_root=True", "--ServerApp.disable_check_xsrf=True", "--LabApp.expose_app_in_browser=True",
        f"--LabApp.user_settings_dir={folder / 'settings'}", f"--LabApp.workspaces_dir={folder / 'workspaces'}",
    ]  # fmt: skip
    own = {"JUPYTER_RUNTIME_DIR": runtime, "JUPYTER_DATA_DIR": folder / "data", "JUPYTER_CONFIG_DIR": folder / "config"}
    own |= {"IPYTHONDIR": folder / "ipython", "PYTHONPATH": ROOT}
    with (folder / "log.txt").open("a") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=os.environ | {name: str(value) for name, value in own.items()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
        )
        try:
            yield _address(server, runtime, folder)
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _address(server, runtime, folder):
    """Where it listens, once it answers."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, json.JSONDecodeError):
                url = json.loads(file.read_text())["url"]
                urllib.request.urlopen(f"{url}api/status").close()
                return url
        time.sleep(0.2)
    raise AssertionError((folder / "log.txt").read_text())


def without_kernels(context, url):
    """From now on there are no kernels: those that run are stopped, and a browser is told of none to start."""
    with urllib.request.urlopen(f"{url}api/sessions") as answer:
        sessions = json.load(answer)
    for session in sessions:
        urllib.request.urlopen(urllib.request.Request(f"{url}api/sessions/{session['id']}", method="DELETE")).close()
    none = {"default": "none", "kernelspecs": {}}
    context.route("**/api/kernelspecs*", lambda route: route.fulfill(json=none))


def write(path, *cells):
    """A notebook with these cells of code."""
    import nbformat  # it takes seconds to import

    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell, id=f"c{i}") for i, cell in enumerate(cells)])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, path)


def open_notebook(context, url, name, kernel=True):
    """The notebook in a tab of a browser, with its kernel ready."""
    tab = context.new_page()
    tab.set_default_timeout(SECONDS * 1000)
    tab.goto(f"{url}lab/workspaces/{Path(name).stem}/tree/{name}")  # which has nothing else open
    tab.wait_for_selector(".jp-Notebook .jp-Cell")
    if kernel:
        tab.wait_for_function("jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'")
    return tab


def command(tab, id, **args):
    """Run one of JupyterLab's own commands."""
    return tab.evaluate("([id, args]) => { jupyterapp.commands.execute(id, args); }", [id, args])


def run_cell(tab, k):
    """Run one cell, and wait until it has run; gives what it printed."""
    cell = tab.locator(".jp-Notebook .jp-CodeCell").nth(k)
    tab.evaluate("k => { jupyterapp.shell.currentWidget.content.activeCellIndex = k; }", k)
    command(tab, "notebook:run-cell")
    tab.wait_for_function(
        "k => jupyterapp.shell.currentWidget.content.widgets[k].model.executionState === 'idle'"
        " && jupyterapp.shell.currentWidget.content.widgets[k].model.executionCount !== null",
        arg=k,
    )
    return [text.strip() for text in cell.locator(".jp-OutputArea-output").all_inner_texts()]
