"""`chalkgrad draw`."""

from __future__ import annotations

import argparse

from viz.commands.common import PICTURES, Commands, command, destination, saved, script_arguments, target


def declare(commands: Commands) -> None:
    """See viz.commands."""
    parser = command(commands, "draw", "draw the graph of a Tensor that a script computes")
    script_arguments(parser)
    parser.add_argument(
        "--out", metavar="FILE", help="the picture: .svg, .png, .pdf or .dot (default: the script's name, .svg)"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """See viz.commands."""
    out = destination(given, ".svg", PICTURES)
    found = target(given, out)
    from autograd import names
    from viz.picture.dot import draw

    with names.asking(names=found.names):
        draw(found.tensor).save(out.path)
    return saved(out)
