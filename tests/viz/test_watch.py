"""`chalkgrad watch`: what it takes for a change, what it answers to whom, and the page that follows a script."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import autograd as ag
import viz
import viz.web
from tests.viz.tabs import resize
from viz.live.files import Dependencies
from viz.live.process import Run
from viz.live.server import Server
from viz.live.shown import Shown
from viz.web.script import MODULES

ROOT = str(Path(viz.__file__).parents[1])
GOOD = """
    import autograd as ag
    w = ag.Tensor(2.0, name="w")
    y = w * 3.0
    loss = y * y
"""
SECONDS = 120  # on a busy machine, too, less is enough
FOREVER = "import pathlib\npathlib.Path('began').touch()\nwhile True:\n    pass\n"


def save(path, text):
    """As editors do: written beside it, then moved to its place."""
    beside = path.with_name(path.name + "~")
    beside.write_text(textwrap.dedent(text))
    beside.replace(path)


def until(what, seconds=SECONDS):
    """Wait for something to be true; gives it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)
    return found


# --- which files ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    for name in (
        "mine.py",
        "part.py",
        "inner/deep.py",
        "inner/__init__.py",
        ".venv/lib.py",
        "env/x.py",
        "other/data.csv",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    (tmp_path / "data.csv").write_text("1")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "matters"),
    [("mine.py", True), ("part.py", True), ("inner/deep.py", True), ("new.py", True), ("inner/new.py", True)]
    + [
        (".venv/lib.py", False),
        ("env/x.py", False),
        ("data.csv", False),
        ("other/data.csv", False),
        ("new.txt", False),
    ],
)
def test_which_files_matter(folder, name, matters):
    files = Dependencies(folder / "mine.py")
    assert not files.changed()
    save(folder / name, "22")
    seen = [files.changed() for _ in range(4)]
    assert seen == ([False, True, False, False] if matters else [False] * 4)


def test_what_a_file_says_counts_not_that_it_was_saved(folder):
    files = Dependencies(folder / "mine.py")
    save(folder / "mine.py", "1")
    os.utime(folder / "part.py", (1, 1))
    assert not any(files.changed() for _ in range(3))


def test_nothing_is_run_while_it_is_being_written(folder):
    files = Dependencies(folder / "mine.py")
    for text in ("2", "22", "222"):
        (folder / "mine.py").write_text(text)
        assert not files.changed()
    assert files.changed() and not files.changed()


def test_a_file_that_is_gone_for_a_moment(folder):
    files = Dependencies(folder / "mine.py")
    (folder / "mine.py").unlink()
    assert not files.changed()
    save(folder / "mine.py", "1")
    assert not any(files.changed() for _ in range(3))


def test_data_that_a_run_has_read(folder, tmp_path_factory):
    files = Dependencies(folder / "mine.py")
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "data.csv"
    elsewhere.write_text("1")
    (folder / "data.csv").write_text("written by the run itself")
    files.also([str(folder / "data.csv"), str(folder / "missing.csv"), str(elsewhere), str(folder / "part.py")])
    assert not any(files.changed() for _ in range(3))
    for path, matters in ((folder / "data.csv", True), (folder / "missing.csv", True), (elsewhere, False)):
        save(path, "2")
        assert [files.changed() for _ in range(3)] == [False, matters, False]
    save(folder / "part.py", "saved while it ran")
    files.also([str(folder / "data.csv")])
    assert any(files.changed() for _ in range(2)), "the run may have seen what the module said before"


def test_a_script_of_any_name(folder):
    (folder / "mine").write_text("1")
    files = Dependencies(folder / "mine")
    files.also([str(folder / "mine")])
    assert not any(files.changed() for _ in range(3))
    save(folder / "mine", "2")
    assert [files.changed() for _ in range(3)] == [False, True, False]


# --- where the reader was ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "places"),
    [
        ("abc", "abc", [0, 1, 2, 3]),
        ("abc", "axbc", [0, 1, 3, 4]),
        ("abc", "ac", [0, 1, 2, 2]),
        ("abab", "abxab", [0, 1, 2, 4, 5]),
        ("aab", "ab", [0, 1, 1, 2]),
        ("abcdef", "xy", [0, 1, 2, 2, 2, 2, 2]),
        ("", "ab", [2]),
    ],
)
def test_the_same_step_of_another_run(node, old, new, places):
    module = (MODULES.parent / "live" / "live.mjs").as_uri()
    source = f"const {{ placeIn }} = await import({json.dumps(module)});\n"
    source += "console.log(JSON.stringify([...Array(given[0].length + 1).keys()].map(i => placeIn(...given, i))));"
    assert node(source, [list(old), list(new)]) == places


# --- over the socket --------------------------------------------------------------------------------------------------


@pytest.fixture
def server():
    shown = Shown("mine.py")
    server = Server(shown)
    yield server
    server.close()


def ask(server, path="/", method="GET", host=None, **headers):
    """The status and the text of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=SECONDS)
    connection.putrequest(method, path, skip_host=True)
    for each in [host] if isinstance(host, (str, type(None))) else host:
        connection.putheader("Host", each or f"127.0.0.1:{server.server_port}")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def test_it_answers_its_own_names(server):
    for name in ("127.0.0.1", "localhost", "LOCALHOST"):
        host = f"{name}:{server.server_port}"
        answer, text = ask(server, host=host, Origin=f"http://{host.lower()}")
        assert answer.status == 200 and "<title>mine.py</title>" in text
    assert ask(server, "/?a=b")[0].status == 200


@pytest.mark.parametrize("path", ["/", "/steps", "/events", "/nowhere"])
def test_it_refuses_other_names_and_origins(server, path):
    port = server.server_port
    hosts = [
        "evil.example",
        f"evil.example:{port}",
        "127.0.0.1",
        f"127.0.0.1:{port + 1}",
        f"localhost.evil.example:{port}",
    ]
    hosts += [f"127.0.0.1:{port}.evil.example", f"127.0.0.1.:{port}", f"evil@127.0.0.1:{port}", "[::1]", "\x01"]
    hosts += [(), (f"127.0.0.1:{port}", "evil.example"), (f"127.0.0.1:{port}",) * 2]
    for host in hosts:
        assert ask(server, path, host=host)[0].status in (400, 403), host
    for origin in ("http://evil.example", "null", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}", ""):
        answer, text = ask(server, path, Origin=origin)
        assert answer.status == 403 and "mine.py" not in text


@pytest.mark.parametrize("path", ["/nowhere", "/../setup.cfg", "/.", "/mine.py", "/%2e%2e/", "/live.mjs", "/events/"])
def test_there_is_nothing_else(server, path):
    answer, text = ask(server, path)
    assert answer.status == 404 and text == "There is nothing here.\n"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "CONNECT"])
def test_nothing_can_be_changed(server, method):
    assert ask(server, method=method)[0].status in (405, 501)


def test_no_other_page_may_use_what_it_says(server):
    for path in ("/", "/steps"):
        answer, _ = ask(server, path)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_it_listens_on_loopback_only(server):
    assert server.server_address[0] == "127.0.0.1"
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in [*others, "127.0.0.2"]:
        with pytest.raises(OSError), socket.create_connection((address, server.server_port), timeout=10):
            pass


def test_names_are_not_markup():
    shown = Shown('</script><script>hit()</script><b title="')
    server = Server(shown)
    text = ask(server)[1]
    server.close()
    assert text.count("<script") == 1 and "<b title" not in text


class Stream:
    """What a page is told."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=SECONDS)
        self.connection.request("GET", "/events")
        self.answer = self.connection.getresponse()

    def next(self):
        while not (line := self.answer.readline()).startswith(b"data: "):
            assert line, "it has ended"
        return json.loads(line[6:])

    def close(self):
        self.connection.close()


def test_each_change_is_told(server):
    shown, stream = server.shown, Stream(server)
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    first = stream.next()
    assert (first["status"], first["shown"], first["name"]) == ("running", "", "mine.py")
    shown.ended({"page": "<body>one</body>", "steps": ["forward a"]})
    done = stream.next()
    assert done["status"] == "done" and done["shown"] and json.loads(ask(server, "/steps")[1])["shown"] == done["shown"]
    assert "one<style>" in ask(server)[1]
    shown.started()
    assert stream.next()["status"] == "running"
    shown.ended({"error": {"title": "Error: <b>"}})
    failed = stream.next()
    assert (
        failed["status"] == "failed" and failed["shown"] == done["shown"] and failed["error"]["title"] == "Error: <b>"
    )
    stream.close()


def test_too_many_pages_are_refused_and_those_that_have_gone_make_room(server, monkeypatch):
    monkeypatch.setattr("viz.live.server.PULSE", 0.1)
    streams = [Stream(server) for _ in range(30)]
    assert all(stream.next()["status"] == "running" for stream in streams)
    assert ask(server, "/events")[0].status == 503 and ask(server)[0].status == 200
    streams.pop().close()

    def again():
        stream = Stream(server)
        streams.append(stream)
        return stream.answer.status == 200

    until(again)
    for stream in streams:
        stream.close()


def test_a_request_that_never_ends_blocks_nobody(server):
    with socket.create_connection(("127.0.0.1", server.server_port)) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert ask(server)[0].status == 200


# --- a run in a process of its own ------------------------------------------------------------------------------------


def result(tmp_path, text, arguments=(), target=None):
    (tmp_path / "mine.py").write_text(textwrap.dedent(text))
    run = Run()
    run.begin(str(tmp_path / "mine.py"), list(arguments), target)
    try:
        return until(run.result)
    finally:
        run.stop()


def test_a_run_leaves_its_page_and_what_its_steps_are_called(tmp_path):
    made = result(tmp_path, GOOD)
    assert "Step by step: loss" in made["page"] and made["steps"][:2] == ["forward Compute y", "forward Compute loss"]


@pytest.mark.parametrize(
    ("text", "title", "line"),
    [
        ("x = 1\ny = x / 0\n", "ZeroDivisionError: division by zero", 2),
        ("x = 1\n\nloss = = 3\n", "SyntaxError: invalid syntax", 3),
        ("import json\njson.loads('{')\n", "json.decoder.JSONDecodeError", 2),
        ("def f():\n    raise ValueError('\\x1b[31m')\nf()\n", "ValueError: \\x1b[31m", 2),
        ("import autograd as ag\nw = ag.Tensor(2.0)\na, b = w + 1, w + 2\n", "Choose one with --target NAME.", 0),
        ("import sys\nsys.exit(3)\n", "ended itself (exit code 3)", 0),
        ("raise KeyboardInterrupt\n", "was interrupted", 0),
        ("import os\nos._exit(7)\n", "The process of mine.py ended by itself, with exit code 7", 0),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "ended by itself, by SIGSEGV", 0),
        ("import autograd as ag, numpy as np\nloss = ag.Tensor(np.ones(3)) * 2\n", "A story needs a single number", 0),
    ],
)
def test_a_run_that_fails_says_why_and_in_which_line(tmp_path, text, title, line):
    error = result(tmp_path, text)["error"]
    assert title in error["title"] and error["line"] == line
    assert error["file"] == ("mine.py" if line else "")
    assert error["text"] == (text.splitlines()[line - 1].strip() if line else "")


def test_an_error_in_a_module_of_the_folder(tmp_path):
    (tmp_path / "part.py").write_text("\n\nx = = 1\n")
    error = result(tmp_path, "import part\n")["error"]
    assert (error["file"], error["line"], error["text"]) == ("part.py", 3, "x = = 1")


def test_files_that_a_failing_run_has_read(tmp_path):
    (tmp_path / "data.csv").write_text("x")
    made = result(tmp_path, f"import os\nos.chdir({str(tmp_path)!r})\nfloat(open('data.csv').read())\n")
    assert str(tmp_path / "data.csv") in made["read"] and "ValueError" in made["error"]["title"]


def test_a_run_that_is_stopped_leaves_nothing_behind(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import subprocess, sys, pathlib, os\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(tmp_path / 'pids')!r}).write_text(f'{{os.getpid()}} {{child.pid}}')\n"
        "while True: pass\n"
    )
    run = Run()
    run.begin(str(tmp_path / "mine.py"), [], None)
    pids = until(lambda: (tmp_path / "pids").exists() and (tmp_path / "pids").read_text().split())
    assert run.result() is None
    run.stop()
    until(lambda: not any(map(is_running, map(int, pids))))


def test_a_process_that_ends_before_it_is_told_what_to_run(tmp_path):
    run = Run()
    os.kill(run._process.pid, signal.SIGKILL)
    until(lambda: not is_running(run._process.pid))
    run.begin("mine.py", [], None)
    assert "by SIGKILL" in until(run.result)["error"]["title"]
    run.stop()


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def watching(tmp_path):
    """A function that starts the command; it gives the process, whose `url` is the page's and whose `said` grows."""
    started = []

    def start(*arguments, script=GOOD, **environment):
        save(tmp_path / "mine.py", script)
        process = subprocess.Popen(
            [sys.executable, "-m", "viz.cli", "watch", "mine.py", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": ROOT, "PYTHONUNBUFFERED": "1"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # even if the tests ignore it
        )
        started.append(process)
        process.said = []
        process.reader = threading.Thread(
            target=lambda: process.said.extend(iter(process.stdout.readline, "")), daemon=True
        )
        process.reader.start()
        process.url = until(lambda: re.findall(r"http://127\.0\.0\.1:\d+/", "".join(process.said)) or died(process))[0]
        return process

    def died(process):
        assert process.poll() is None, process.said

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS)
        process.kill()
        process.wait()
        process.reader.join()
        process.stdout.close()


def test_ctrl_c_ends_it_and_the_run(watching, tmp_path):
    process = watching(script=f"import os, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))\n{FOREVER}")
    until((tmp_path / "began").exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(SECONDS) == 0
    until(lambda: not is_running(int((tmp_path / "pid").read_text())))
    process.reader.join()
    assert "Traceback" not in "".join(process.said)


def test_however_it_ends_no_run_is_left(watching, tmp_path):
    process = watching(script=f"import os, pathlib\npathlib.Path('pid').write_text(str(os.getpid()))\n{FOREVER}")
    until((tmp_path / "began").exists)
    process.kill()
    until(lambda: not is_running(int((tmp_path / "pid").read_text())))


def test_it_opens_the_page_or_not(watching, tmp_path):
    noted = tmp_path / "opened.txt"
    (tmp_path / "browser").mkdir()
    (tmp_path / "browser" / "stub.py").write_text(f"import sys\nopen({str(noted)!r}, 'a').write(sys.argv[1])\n")
    stub = f"{sys.executable} {tmp_path / 'browser' / 'stub.py'} %s"
    silent = watching("--no-open", BROWSER=stub)
    until(lambda: "steps" in "".join(silent.said))
    assert not noted.exists()
    process = watching(BROWSER=stub)
    assert until(lambda: noted.exists() and noted.read_text()) == process.url


def test_a_browser_that_runs_until_it_is_closed(watching, tmp_path):
    stub, close = tmp_path / "stub.txt", tmp_path / "close"
    stub.write_text(f"import os, time\nwhile not os.path.exists({str(close)!r}): time.sleep(0.05)\n")
    process = watching(BROWSER=f"{sys.executable} {stub} %s")
    until(lambda: "steps" in "".join(process.said))
    close.touch()


def test_a_port_of_ones_own(watching, run, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert urlsplit(watching("--port", str(port)).url).port == port
    done = run("watch", "mine.py", "--port", str(port))
    assert done.returncode == 2 and f"--port needs a port that is free, but {port} cannot be used" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.py"], "There is no file 'nowhere.py'"),
        (["mine.py", "--port", "0"], "a port must be an integer from 1 to 65535, but got '0'"),
        (["mine.py", "--port", "٣"], "a port must be an integer"),
        (["mine.py", "--port", "99999"], "a port must be an integer"),
    ],
)
def test_what_cannot_be_meant(run, arguments, said):
    run.script(GOOD, "mine.py")
    done = run("watch", *arguments)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


# --- edit, save, see --------------------------------------------------------------------------------------------------


@pytest.fixture
def tab(browser):
    """A tab; whatever it asks for is of this machine."""
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1400, "height": 900})
    page = context.new_page()
    requests, errors = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors
    assert {urlsplit(url).hostname for url in requests if urlsplit(url).scheme not in ("data", "blob")} <= {"127.0.0.1"}


def at(page, step, of):
    """Wait until the page shows a step; gives its title."""
    wanted = f"step {step} of {of}"
    page.wait_for_function(
        "wanted => document.querySelector('.chalk-count')?.textContent === wanted", arg=wanted, timeout=1000 * SECONDS
    )
    return page.locator(".chalk-now h2").first.inner_text()


def banner(page, words):
    """Wait until the banner says something; gives all of it."""
    page.locator(".chalk-live", has_text=words).wait_for(timeout=1000 * SECONDS)
    return page.locator(".chalk-live").inner_text()


@pytest.mark.browser
def test_edit_save_see(watching, tab, tmp_path):
    """The new run is shown at the same step; errors show with their line, and go away when they are repaired."""
    process = watching()
    tab.goto(process.url)
    at(tab, 0, 6)
    for _ in range(4):
        tab.keyboard.press("ArrowRight")
    assert at(tab, 4, 6) == "From loss back to y"
    tab.keyboard.press("o")
    assert at(tab, 5, 6) == "From loss back to y" and tab.get_by_label("one step per operation").is_checked()
    assert tab.locator(".chalk-live").is_hidden()

    save(tmp_path / "mine.py", GOOD.replace("y = w * 3.0", "z = w * 3.0\n    y = z + 0.625"))
    assert at(tab, 6, 8) == "From loss back to y", "it has another number now, and is the same step"
    assert tab.get_by_label("one step per operation").is_checked(), "as is whatever else the reader has chosen"

    save(tmp_path / "mine.py", "import autograd as ag\n\nloss = = 3\n")
    said = banner(tab, "SyntaxError: invalid syntax")
    assert "mine.py, line 3: loss = = 3" in said
    assert at(tab, 6, 8) == "From loss back to y", "the last run that succeeded still stands there"
    assert tab.locator(".chalk-live").get_attribute("role") == "alert"
    boxes = [tab.locator(part).bounding_box() for part in (".chalk-live", ".chalk")]
    assert boxes[0]["y"] == 0 and boxes[0]["height"] <= boxes[1]["y"], "it covers nothing of the page"
    assert boxes[1]["y"] + boxes[1]["height"] <= 900

    save(tmp_path / "mine.py", GOOD)
    assert at(tab, 5, 6) == "From loss back to y"
    assert tab.locator(".chalk-live").is_hidden()


@pytest.mark.browser
def test_a_script_that_fails_at_first_and_modules_that_are_saved(watching, tab, tmp_path):
    process = watching(script="import part\nloss = part.w * part.w\n")
    tab.goto(process.url)
    assert "mine.py, line 1: import part" in banner(tab, "ModuleNotFoundError: No module named 'part'")
    save(tmp_path / "part.py", "import autograd as ag\nw = ag.Tensor(1.25, name='w')\n")
    at(tab, 0, 4)
    tab.keyboard.press("End")
    at(tab, 4, 4)
    save(tmp_path / "part.py", "import autograd as ag\nw = ag.Tensor(7.125, name='w')\n")
    tab.wait_for_function(
        "() => document.getElementById('state')?.textContent.includes('7.125')", timeout=1000 * SECONDS
    )
    at(tab, 4, 4)


@pytest.mark.browser
def test_a_script_that_never_ends_and_one_that_has_no_target(watching, tab, tmp_path):
    process = watching(script=FOREVER)
    tab.goto(process.url)
    said = banner(tab, "mine.py is still running")
    assert re.search(r"running \(\d+ s\)\.", said)
    assert "Edit and save it to start it again, or press Ctrl-C in the terminal to end." in said
    save(tmp_path / "mine.py", "import autograd as ag\nw = ag.Tensor(2.0)\na, b = w + 1, w + 2\n")
    assert "--target NAME" in banner(tab, "leaves neither a Tensor called loss or J")
    save(tmp_path / "mine.py", GOOD)
    at(tab, 0, 6)
    process.send_signal(signal.SIGINT)
    banner(tab, "chalkgrad watch has ended.")


@pytest.mark.browser
def test_what_a_script_says_is_not_markup(watching, tab, tmp_path):
    attack = "<img src=x onerror=window.hit=1></script><script>window.hit=1</script>"
    process = watching(script=f"raise ValueError({attack!r})\n")
    tab.goto(process.url)
    assert attack in banner(tab, "ValueError")
    assert tab.evaluate("window.hit") is None and tab.locator("img").count() == 0


ERROR = {
    "title": "ValueError: " + "long " * 60,
    "file": "mine.py",
    "line": 7,
    "text": "x = 1 / 0",
    "details": "line\n" * 60,
}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page_before", [True, False])
def test_axe_finds_nothing_in_what_is_told(tab, server, scheme, page_before):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    shown = server.shown
    if page_before:
        w = ag.Tensor(2.0, name="w")
        shown.ended({"page": viz.web.page(w * w), "steps": []})
    shown.ended({"error": ERROR})
    tab.emulate_media(color_scheme=scheme)
    for width in (1400, 500):
        resize(tab, width)
        tab.goto(server.url)
        banner(tab, "ValueError")
        tab.locator(".chalk-live summary").click()
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        violations = axe.run(tab).response["violations"]
        assert [(v["id"], [n["html"][:160] for n in v["nodes"]]) for v in violations] == []


@pytest.mark.browser
def test_a_page_of_another_origin_learns_nothing(watching, tab, tmp_path):
    process = watching()
    until(lambda: "steps" in "".join(process.said))
    other = Server(Shown("other"))
    tab.goto(other.url)
    failed = tab.evaluate("url => fetch(url).then(() => 'read', () => 'refused')", process.url + "steps")
    blind = tab.evaluate(
        "url => fetch(url, { mode: 'no-cors' }).then(a => a.type, () => 'refused')", process.url + "steps"
    )
    other.close()
    assert failed == "refused" and blind == "refused"
