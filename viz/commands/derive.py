"""`chalkgrad derive`."""

from __future__ import annotations

import argparse

from viz.commands.common import Commands, command, destination, integer, saved, script_arguments, target


def declare(commands: Commands) -> None:
    """See viz.commands."""
    parser = command(commands, "derive", "print the backward pass of a script as formulas")
    script_arguments(parser)
    parser.add_argument(
        "--wrt", nargs="+", metavar="NAME", help="differentiate with respect to these (default: every parameter)"
    )
    parser.add_argument(
        "--convention",
        choices=("course", "true"),
        default="course",
        help="as the course writes it, where dZ is m times the derivative, or true derivatives (default: %(default)s)",
    )
    parser.add_argument("--m", type=integer("m", 1), metavar="M", help="the number of samples, where it cannot be told")
    parser.add_argument("--steps", action="store_true", help="also print what each line was simplified from")
    parser.add_argument("--out", metavar="FILE", help="write a .tex document or a .py program instead")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """See viz.commands."""
    out = destination(given, "", (".tex", ".py")) if given.out else None
    found = target(given, out)
    from autograd import derive, names

    with names.asking(names=found.names):
        derivation = derive(found.tensor, given.wrt, convention=given.convention, steps=given.steps, m=given.m)
    if out is None:
        print(derivation)
        return 0
    derivation.save(out.path)
    return saved(out)
