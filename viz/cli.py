"""The `chalkgrad` command; its subcommands are in `viz/commands/`, a file each."""

from __future__ import annotations

import argparse
import errno
import os
import shlex
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from viz.commands import check, demo, derive, doctor, draw, formulas, step, watch
from viz.commands.common import say
from viz.destination import Refused
from viz.errors import VizError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 done, 1 failed, 2 asked for the impossible."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without × or σ shows ? in their place
            stream.reconfigure(errors="replace")
    ours, theirs = _parted(sys.argv[1:] if argv is None else argv)
    parser = _parser()
    given, unknown = parser.parse_known_args(ours)
    if unknown:
        parser.error(f"unrecognized arguments: {shlex.join(unknown)}{_advice(given, unknown)}")
    if theirs is not None and not hasattr(given, "file"):
        parser.error("only a command that runs a script takes arguments after --")
    given.arguments = theirs or []
    try:
        _refuse_lost_folder()
        return _run(given)
    except Refused as refused:
        say(refused)
        return 2
    except KeyboardInterrupt:
        print("chalkgrad: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except VizError as error:  # any other is a defect, and shows its traceback
        say(error)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        say("The output cannot be written: no space is left. Send it elsewhere, and try again.")
        return 1


def _run(given: argparse.Namespace) -> int:
    """Run a subcommand: a failing script shows its own traceback, an error of the engine's its words."""
    from autograd import AutogradError
    from viz.script import ScriptFailed

    try:
        return given.run(given)
    except ScriptFailed as failed:
        import traceback

        from autograd.printable import printable_lines

        told = "".join(traceback.format_exception(failed.__cause__)).expandtabs()
        print(printable_lines(told), end="", file=sys.stderr)
        return 1
    except AutogradError as error:
        say(error)
        return 1


def _parted(argv: Sequence[str]) -> tuple[list[str], list[str] | None]:
    """The command's own arguments, and those of the script, which follow on "--"; None without it."""
    if "--" not in argv:
        return list(argv), None
    place = list(argv).index("--")
    return list(argv[:place]), list(argv[place + 1 :])


def _advice(given: argparse.Namespace, unknown: Sequence[str]) -> str:
    """How to hand a script what the command does not know."""
    if not hasattr(given, "file"):
        return ""
    return f". Arguments of the script follow on --: {shlex.join(['chalkgrad', given.command, given.file])} -- " + (
        shlex.join(unknown)
    )


def _refuse_lost_folder() -> None:
    try:
        os.getcwd()
    except FileNotFoundError:
        raise Refused("The current folder has been deleted. Go to one that exists, and try again.") from None


class _Parser(argparse.ArgumentParser):
    """A parser that quotes what was typed as a terminal may show it, and takes an option by its full name only: a
    script's --t is not --target."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        from autograd.printable import printable

        super().error(printable(message))


class _Version(argparse.Action):
    """--version, which reads the metadata of the distribution only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib import metadata

        try:
            version = metadata.version("chalkgrad")
        except metadata.PackageNotFoundError:
            version = "(not installed)"
        print(f"chalkgrad {version}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="chalkgrad",
        description="An autograd engine that shows its work.",
        epilog="chalkgrad COMMAND --help tells of the arguments of a command.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for each in (demo, draw, step, watch, derive, check, formulas, doctor):
        each.declare(commands)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
