"""A terminal that tests can look at: programs in tmux, keys sent to them, and what the screen then shows."""

import os
import shlex
import shutil
import subprocess
import time
import uuid

PROMPT = "ready>"


class Terminal:
    """A window of tmux with a shell in it, in a server of its own."""

    def __init__(self, folder, width, height, environment=None):
        self._socket = f"chalkgrad-{uuid.uuid4().hex}"
        # Variables of the machine's that say what a terminal can do would decide what is tested.
        decides = ("NO_COLOR", "COLORTERM", "FORCE_COLOR", "COLUMNS", "LINES", "TMUX", "PROMPT_COMMAND")
        self._environment = {k: v for k, v in os.environ.items() if k not in decides} | {"LC_ALL": "C.UTF-8"}
        self._environment |= environment or {}
        size = ("-x", str(width), "-y", str(height))
        self._tmux("-f", os.devnull, "new-session", "-d", *size, "-c", str(folder), "sh")
        self.keys(f"PS1='{PROMPT} '; clear", "Enter")
        self.wait_for_shell()

    def _tmux(self, *arguments):
        command = ["tmux", "-u", "-L", self._socket, *arguments]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True).stdout

    def run(self, *command):
        """Type a command, as one would."""
        self.keys(shlex.join(map(str, command)), "Enter")

    def keys(self, *keys):
        """Send keys, by the names that tmux has for them; what is not a name is typed as it stands."""
        self._tmux("send-keys", *keys)

    def screen(self, *how):
        """The lines that the screen shows, without blanks at their ends."""
        return [line.rstrip() for line in self._tmux("capture-pane", "-p", *how).rstrip("\n").split("\n")]

    def wait(self, wanted, seconds=120):
        """The screen, as soon as it shows these words, or as soon as a function of its lines is true."""
        is_there = wanted if callable(wanted) else lambda lines: any(wanted in line for line in lines)
        end = time.monotonic() + seconds
        while not is_there(lines := self.screen()):
            assert time.monotonic() < end, "\n".join(lines)
            time.sleep(0.02)
        return lines

    def wait_for_shell(self):
        """The screen, as soon as a command is done."""
        return self.wait(lambda lines: lines[-1] == PROMPT)

    def resize(self, width, height):
        """Change the size of the window."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def close(self):
        """End the server and what runs in it."""
        self._tmux("kill-server")


def there():
    """Whether tmux is installed."""
    return shutil.which("tmux") is not None
