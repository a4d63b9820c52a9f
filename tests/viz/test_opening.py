"""`chalkgrad step` shows the page that it has written in the reader's browser."""

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SCRIPT = """
    import sys, autograd as ag
    w = ag.Tensor(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
    loss = w * w
"""


@pytest.fixture
def browser_stub(tmp_path):
    """The value of BROWSER for a browser that notes what it is asked to open, and the file that it notes it in."""

    def stub(code=0):
        program, noted = tmp_path / "browser.py", tmp_path / "opened.txt"
        program.write_text(f"import sys\nopen({str(noted)!r}, 'a').write(sys.argv[1] + '\\n')\nsys.exit({code})\n")
        return f"{sys.executable} {program} %s", noted

    return stub


def test_the_page_is_opened(run, tmp_path, browser_stub):
    browser, noted = browser_stub()
    done = run("step", run.script(SCRIPT, "größe & more.py"), BROWSER=browser)
    assert (done.returncode, done.stdout) == (0, "wrote größe & more.html\n")
    (url,) = noted.read_text().splitlines()
    assert Path(unquote(urlsplit(url).path)) == tmp_path / "größe & more.html" and url.startswith("file://")


@pytest.mark.parametrize("arguments", [("--no-open",), ("--terminal",)])
def test_or_not(run, browser_stub, arguments):
    browser, noted = browser_stub()
    assert run("step", run.script(SCRIPT), *arguments, BROWSER=browser).returncode == 0
    assert not noted.exists()


def test_a_script_that_fails_opens_nothing(run, browser_stub):
    browser, noted = browser_stub()
    assert run("step", run.script("1 / 0\n"), BROWSER=browser).returncode == 1
    assert not noted.exists()


def test_a_script_with_arguments_of_its_own(run, browser_stub, tmp_path):
    browser, noted = browser_stub()
    assert run("step", run.script(SCRIPT), "--out", "a.html", "--", "1.375", BROWSER=browser).returncode == 0
    assert noted.read_text().count("a.html") == 1 and "1.375" in (tmp_path / "a.html").read_text()


def test_a_browser_that_cannot_be_started(run, browser_stub):
    browser, _ = browser_stub(code=1)
    done = run("step", run.script(SCRIPT), "--target", "loss", BROWSER=browser, PATH="", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 0
    assert done.stderr == "chalkgrad: No browser could be started. Open my script.html in one.\n"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_without_a_display_no_browser_draws_in_the_terminal(run, tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("www-browser", "lynx", "w3m", "links", "elinks"):
        (folder / name).write_text(f"#!/bin/sh\ntouch {tmp_path / 'drawn'}\n")
        (folder / name).chmod(0o755)
    done = run("step", run.script(SCRIPT), PATH=str(folder), BROWSER="", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 0 and "No browser could be started" in done.stderr
    assert not (tmp_path / "drawn").exists()
