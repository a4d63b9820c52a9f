"""`chalkgrad step`."""

from __future__ import annotations

import argparse

from viz.commands.browser import opened
from viz.commands.common import Commands, command, destination, saved, say, script_arguments, target
from viz.destination import Refused


def declare(commands: Commands) -> None:
    """See viz.commands."""
    parser = command(commands, "step", "step through the backward pass of a script, in a page or in the terminal")
    script_arguments(parser)
    parser.add_argument(
        "--terminal",
        action="store_true",
        help="step in the terminal, by keys, which ? lists; print all steps where there is none",
    )
    parser.add_argument("--out", metavar="FILE", help="the page: .html (default: the script's name, .html)")
    parser.add_argument("--no-open", action="store_true", help="write the page, but do not open it in the browser")
    parser.add_argument("--ask", action="store_true", help="for practice: ask for each number before it is shown")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """See viz.commands."""
    return _in_terminal(given) if given.terminal else _as_page(given)


def _as_page(given: argparse.Namespace) -> int:
    out = destination(given, ".html", (".html", ".htm"))
    found = target(given, out)
    from autograd import names
    from viz.web import save_page

    with names.asking(names=found.names):
        save_page(found.tensor, out.path, ask=given.ask)
    saved(out)
    if not given.no_open and not opened(out.path.as_uri()):
        say(f"No browser could be started. Open {out.shown} in one.")
    return 0


def _in_terminal(given: argparse.Namespace) -> int:
    for option, value in (("--out", given.out), ("--ask", given.ask)):
        if value:
            raise Refused(f"{option} is for the page. Leave it away, or leave --terminal away.")
    found = target(given, None)
    from autograd import names
    from viz.seen.story import record
    from viz.terminal import step

    with names.asking(names=found.names):
        story = record(found.tensor)
    step(story)
    return 0
