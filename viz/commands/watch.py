"""`chalkgrad watch`."""

from __future__ import annotations

import argparse
import threading

from viz.commands.browser import opened
from viz.commands.common import Commands, command, integer, say, script_arguments


def declare(commands: Commands) -> None:
    """See viz.commands."""
    parser = command(
        commands,
        "watch",
        "show the step page of a script in the browser, and follow the script as it is saved",
        "It is run again whenever it, a module of its folder or a file that it has read there changes; errors are "
        "shown in the page. The page is for this machine only.",
    )
    script_arguments(parser)
    parser.add_argument(
        "--port",
        type=integer("a port", 1, 65535),
        default=0,
        metavar="N",
        help="the port to serve at (default: any that is free)",
    )
    parser.add_argument("--no-open", action="store_true", help="print the address, but do not open it in the browser")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """See viz.commands."""
    from autograd.printable import printable
    from viz.live.watch import watch

    def ready(url: str) -> None:
        print(f"{url} shows {printable(given.file)}, and follows it as it is saved. Ctrl-C ends it.", flush=True)
        if not given.no_open:  # beside, because a browser may run until it is closed
            threading.Thread(target=_open, args=(url,), daemon=True).start()

    try:
        watch(given.file, given.arguments, given.target, given.port, ready)
    except KeyboardInterrupt:
        print()
    return 0


def _open(url: str) -> None:
    if not opened(url):
        say(f"No browser could be started. Open {url} in one.")
