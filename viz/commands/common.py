"""What commands that run a script have in common: their arguments, where they write, which Tensor is meant."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from viz.destination import Destination, existing

if TYPE_CHECKING:
    from viz.script import Target

Commands = Any  # what argparse makes of add_subparsers(), which has no public name

PICTURES = (".svg", ".png", ".pdf", ".dot", ".gv")


def say(what: object) -> None:
    """A word on stderr; what it quotes of the user's is shown, not obeyed by the terminal."""
    from autograd.printable import printable_lines

    print(f"chalkgrad: {printable_lines(str(what))}", file=sys.stderr)


def command(commands: Commands, name: str, does: str, more: str = "") -> argparse.ArgumentParser:
    """A subcommand, with what it does as a line of the list of all, and at the head of its own help, with more."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=does, description=f"{does[0].upper()}{does[1:]}. {more}".strip()
    )
    return parser


def script_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE.py and --target."""
    parser.add_argument("file", metavar="FILE.py", help="a script that computes a Tensor; it needs no change")
    parser.add_argument(
        "--target",
        metavar="NAME",
        help="the variable that holds it (default: loss, or J, or the only result that nothing else is computed from)",
    )
    parser.epilog = f"Arguments of the script follow on --: {parser.prog} FILE.py -- --epochs 5"


def destination(given: argparse.Namespace, suffix: str, suffixes: Sequence[str]) -> Destination:
    """Where to write, refused in words before the script runs; by default in the caller's folder."""
    path = existing(given.file)
    files = [given.file, *filter(os.path.isfile, given.arguments)]
    return Destination(given.out, path.stem + suffix, suffixes, files)


def target(given: argparse.Namespace, out: Destination | None) -> Target:
    """Run the script, and find the Tensor that is meant."""
    from viz.script import Script

    script = Script(given.file, given.arguments)
    found = script.target(given.target)
    if given.target is None:
        say(f"{found.name} of {given.file} is taken; for another: --target NAME")
    if out is not None:
        out.refuse(script.read)
    return found


def saved(out: Destination) -> int:
    """Say what was written."""
    from autograd.printable import printable

    print(f"wrote {printable(out.shown)}")
    return 0


def integer(what: str, least: int, most: float = math.inf) -> Callable[[str], int]:
    """A type of an argument: an integer between these, in the digits 0 to 9."""

    def read(words: str) -> int:
        if not (words.isascii() and words.isdecimal() and len(words) <= 18 and least <= int(words) <= most):
            bounds = f"of at least {least}" if most == math.inf else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"{what} must be an integer {bounds}, but got {words!r}")
        return int(words)

    return read
