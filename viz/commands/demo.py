"""`chalkgrad demo`."""

from __future__ import annotations

import argparse
from pathlib import Path

from viz.commands.common import Commands, command, integer
from viz.destination import Refused, refuse_impossible


def declare(commands: Commands) -> None:
    """See viz.commands."""
    parser = command(commands, "demo", "train on real data, check the formulas, draw the graphs")
    parser.add_argument(
        "--out", default="chalkgrad-demo", metavar="DIR", help="the folder to write into (default: %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=integer("a seed", 0),
        default=0,
        metavar="N",
        help="the seed of all random numbers (default: %(default)s)",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        dest="everything",
        help="also what takes minutes: digits by convolution, a text learnt by an LSTM, a regression, the planar data",
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """See viz.commands."""
    from viz.demo import demo

    if not given.out.strip():
        raise Refused(f"--out needs the name of a folder, but got {given.out!r}. For this folder: --out .")
    refuse_impossible(given.out, "--out")
    if Path(given.out).exists() and not Path(given.out).is_dir():
        raise Refused(f"{given.out!r} is a file, not a folder to write into; choose another with --out DIR.")
    return demo(Path(given.out), given.seed, everything=given.everything)
