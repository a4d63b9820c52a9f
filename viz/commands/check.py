"""`chalkgrad check`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from viz.commands.common import PICTURES, Commands, command, destination, say, script_arguments
from viz.destination import Destination


def declare(commands: Commands) -> None:
    """See viz.commands."""
    parser = command(commands, "check", "check arrays that a script derives by hand", "Exits with 1 if one is wrong.")
    script_arguments(parser)
    parser.add_argument(
        "--arrays",
        metavar="NAME",
        help="the variable that holds a dict of them (default: arrays, gradients or grads, or else each variable that "
        "is called as a line of the pass is: dZ2, dW2 …)",
    )
    parser.add_argument("--out", metavar="FILE", help="draw where it is wrong: .svg, .png, .pdf or .dot")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """See viz.commands."""
    import contextlib

    from autograd import names
    from viz.handed_in import handed_in
    from viz.script import Script

    out = destination(given, "", PICTURES) if given.out is not None else None

    # What a script prints itself is not part of the JSON.
    with contextlib.redirect_stdout(sys.stderr) if given.json else contextlib.nullcontext():
        script = Script(given.file, given.arguments)
    work = handed_in(script, given.arrays, given.target)
    if out is not None:
        out.refuse(script.read)
    say(work.said)
    with names.asking(names=work.names):
        report = work.checker.check(work.arrays)
        if out is not None:
            _draw(report, out)
    if given.json:
        print(report.json())
    else:
        report.show()
    return 0 if report.ok else 1


def _draw(report: Any, out: Destination) -> None:
    from viz.picture.dot import draw

    draw(report).save(out.path)
    say(f"wrote {out.shown}")
