"""`chalkgrad draw`."""

from __future__ import annotations

import argparse

from viz.commands.common import PICTURES, Commands, command, destination, integer, saved, script_arguments, target

RADIUS = 2  # of --focus NAME


def declare(commands: Commands) -> None:
    """See viz.commands."""
    parser = command(commands, "draw", "draw the graph of a Tensor that a script computes")
    script_arguments(parser)
    parser.add_argument(
        "--out", metavar="FILE", help="the picture: .svg, .png, .pdf or .dot (default: the script's name, .svg)"
    )
    parser.add_argument("--fold", metavar="WHAT", default="auto", help="layer, neuron, operation, none (default: auto)")
    parser.add_argument(
        "--depth", type=integer("a depth", 0), metavar="N", help="open so many levels of layers within layers"
    )
    parser.add_argument("--focus", metavar="NAME[:N]", help="only what N operations lead to from a value (default: 2)")
    parser.add_argument("--direction", metavar="WHERE", default="right", help="right or down (default: %(default)s)")
    parser.add_argument(
        "--theme", metavar="NAME", default="light", help='dark, print, slides, "dark slides" (default: %(default)s)'
    )
    parser.add_argument("--heat", action="store_true", help="show small arrays as heat maps")
    parser.add_argument("--backward", action="store_true", help="draw the backward pass beside the graph")
    for what in ("values", "gradients", "shapes"):
        parser.add_argument(f"--no-{what}", dest=what, action="store_false", help=f"leave the {what} out")
    parser.set_defaults(run=run)


def _focus(words: str | None) -> tuple[str, int] | None:
    """ "Z1:3" as a value and a radius."""
    name, _, radius = (words or "").rpartition(":")
    return (name, int(radius)) if name and radius.isdecimal() else (words, RADIUS) if words else None


def run(given: argparse.Namespace) -> int:
    """See viz.commands."""
    out = destination(given, ".svg", PICTURES)
    found = target(given, out)
    from autograd import names
    from viz.picture.dot import draw

    options = ("fold", "depth", "direction", "theme", "heat", "backward", "values", "gradients", "shapes")
    with names.asking(names=found.names):
        how = {name: getattr(given, name) for name in options}
        draw(found.tensor, focus=_focus(given.focus), **how).save(out.path)
    return saved(out)
