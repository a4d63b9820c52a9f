"""The `chalkgrad` command. Each subcommand is a function that takes the parsed arguments and returns an exit code."""

from __future__ import annotations

import argparse
import errno
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from viz.destination import Destination, Refused, existing, refuse_impossible
from viz.errors import VizError

if TYPE_CHECKING:
    from viz.script import Target

PICTURES = (".svg", ".png", ".pdf", ".dot", ".gv")

# The engine, Graphviz and the rest are loaded by what needs them: `chalkgrad --help` answers at once.


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
        _say(refused)
        return 2
    except KeyboardInterrupt:
        print("chalkgrad: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except VizError as error:  # any other is a defect, and shows its traceback
        _say(error)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _say("The output cannot be written: no space is left. Send it elsewhere, and try again.")
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
        _say(error)
        return 1


def _say(what: object) -> None:
    """A word on stderr; what it quotes of the user's is shown, not obeyed by the terminal."""
    from autograd.printable import printable_lines

    print(f"chalkgrad: {printable_lines(str(what))}", file=sys.stderr)


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
    parser = _Parser(prog="chalkgrad", description="An autograd engine that shows its work.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)

    demo = commands.add_parser("demo", help="train on real data, check the formulas, draw the graphs")
    demo.add_argument("--out", default="chalkgrad-demo", metavar="DIR", help="where to write (default: %(default)s)")
    demo.add_argument("--seed", type=_seed, default=0, metavar="N", help="of everything random (default: %(default)s)")
    demo.set_defaults(run=_demo)

    draw = commands.add_parser("draw", help="draw the graph of a Tensor that a script computes")
    _script_arguments(draw)
    draw.add_argument("--out", metavar="FILE", help=".svg, .png, .pdf or .dot (default: the script's name, .svg)")
    draw.set_defaults(run=_draw)

    step = commands.add_parser("step", help="write a page that steps through the backward pass of a script")
    _script_arguments(step)
    step.add_argument("--out", metavar="FILE", help="the page (default: the script's name, .html)")
    step.add_argument("--ask", action="store_true", help="for practice: ask for each number before it is shown")
    step.set_defaults(run=_step)

    derive = commands.add_parser("derive", help="print the backward pass of a script as formulas")
    _script_arguments(derive)
    derive.add_argument(
        "--wrt", nargs="+", metavar="NAME", help="differentiate with respect to these (default: every parameter)"
    )
    derive.add_argument("--convention", choices=("course", "true"), default="course", help="(default: %(default)s)")
    derive.add_argument("--m", type=int, metavar="M", help="the number of samples, where it cannot be told")
    derive.add_argument("--steps", action="store_true", help="keep what a line was simplified from")
    derive.add_argument("--out", metavar="FILE", help="write a .tex document or a .py program instead")
    derive.set_defaults(run=_derive)

    check = commands.add_parser(
        "check", help="check arrays that a script derives by hand; exits with 1 if one is wrong"
    )
    _script_arguments(check)
    check.add_argument(
        "--arrays",
        metavar="NAME",
        help="the variable that holds a dict of them (default: arrays, gradients or grads, or else each variable that "
        "is called as a line of the pass is: dZ2, dW2 …)",
    )
    check.add_argument("--out", metavar="FILE", help="draw where it is wrong: .svg, .png, .pdf or .dot")
    check.add_argument("--json", action="store_true", help="print the report as JSON")
    check.set_defaults(run=_check)

    formulas = commands.add_parser("formulas", help="check the formulas of the lecture notes against autograd")
    formulas.add_argument("ids", nargs="*", metavar="ID", help="only these, as 002-26, or all of a document, as 002")
    formulas.add_argument(
        "--verdict", choices=("holds", "one-example", "misprint", "claim"), help="only those of which this is said"
    )
    formulas.set_defaults(run=_formulas)
    return parser


def _script_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.py", help="a script that computes a Tensor")
    parser.add_argument(
        "--target",
        metavar="NAME",
        help="the variable that holds it (default: loss, or J, or the only result that nothing else is computed from)",
    )
    parser.epilog = "What follows on -- are the arguments of the script: chalkgrad ... FILE.py -- --epochs 5"


def _seed(words: str) -> int:
    if not words.isdecimal():
        raise argparse.ArgumentTypeError(f"a seed must be an integer of at least 0, but got {words!r}")
    return int(words)


# --- the subcommands ----------------------------------------------------------------------------------------------


def _demo(given: argparse.Namespace) -> int:
    from viz.demo import demo

    if not given.out.strip():
        raise Refused(f"--out needs the name of a folder, but got {given.out!r}. For this folder: --out .")
    refuse_impossible(given.out, "--out")
    if Path(given.out).exists() and not Path(given.out).is_dir():
        raise Refused(f"{given.out!r} is a file, not a folder to write into; choose another with --out DIR.")
    return demo(Path(given.out), given.seed)


def _draw(given: argparse.Namespace) -> int:
    out = _destination(given, ".svg", PICTURES)
    target = _target(given, out)
    from autograd import names
    from viz.picture.dot import draw

    with names.asking(names=target.names):
        draw(target.tensor).save(out.path)
    return _saved(out)


def _step(given: argparse.Namespace) -> int:
    out = _destination(given, ".html", (".html", ".htm"))
    target = _target(given, out)
    from autograd import names
    from viz.web import save_page

    with names.asking(names=target.names):
        save_page(target.tensor, out.path, ask=given.ask)
    return _saved(out)


def _derive(given: argparse.Namespace) -> int:
    out = _destination(given, "", (".tex", ".py")) if given.out else None
    target = _target(given, out)
    from autograd import derive, names

    with names.asking(names=target.names):
        derivation = derive(target.tensor, given.wrt, convention=given.convention, steps=given.steps, m=given.m)
    if out is None:
        print(derivation)
        return 0
    derivation.save(out.path)
    return _saved(out)


def _check(given: argparse.Namespace) -> int:
    import contextlib

    from autograd import names
    from viz.handed_in import handed_in
    from viz.script import Script

    out = _destination(given, "", PICTURES) if given.out is not None else None

    # What a script prints itself is not part of the JSON.
    with contextlib.redirect_stdout(sys.stderr) if given.json else contextlib.nullcontext():
        script = Script(given.file, given.arguments)
    work = handed_in(script, given.arrays, given.target)
    if out is not None:
        out.refuse(script.read)
    _say(work.said)
    with names.asking(names=work.names):
        report = work.checker.check(work.arrays)
        if out is not None:
            _draw_report(report, out)
    if given.json:
        print(report.json())
    else:
        report.show()
    return 0 if report.ok else 1


def _draw_report(report: Any, out: Destination) -> None:
    from viz.picture.dot import draw

    draw(report).save(out.path)
    _say(f"wrote {out.shown}")


def _formulas(given: argparse.Namespace) -> int:
    from nn import byhand

    report = byhand.verify(_chosen(given.ids, given.verdict))
    report.show()
    return 0 if report.ok else 1


def _chosen(ids: Sequence[str], verdict: str | None) -> list[Any]:
    """The entries of the catalogue that were asked for, in its order. Raises Refused where there is none."""
    from nn import byhand

    unknown = [id for id in ids if not any(_is_within(entry, id) for entry in byhand.catalogue)]
    if unknown:
        documents = ", ".join(dict.fromkeys(id.partition("-")[0] for id in byhand.catalogue))
        raise Refused(
            f"There is no formula {' or '.join(map(repr, unknown))}. An id is a document ({documents}) and a number, "
            "as in 002-26; `chalkgrad formulas` lists them all."
        )
    chosen = [
        entry
        for id, entry in byhand.catalogue.items()
        if (not ids or any(_is_within(id, wanted) for wanted in ids))
        and verdict in (None, entry.verdict.removeprefix("holds for ").replace(" ", "-"))
    ]
    if not chosen:
        raise Refused(f"None of these formulas has the verdict {verdict!r}. Leave out --verdict to see what they have.")
    return chosen


def _is_within(id: str, wanted: str) -> bool:
    return id == wanted or id.startswith(f"{wanted}-")


# --- what commands that run a script have in common -------------------------------------------------------------------


def _destination(given: argparse.Namespace, suffix: str, suffixes: Sequence[str]) -> Destination:
    """Where to write, refused in words before the script runs; by default in the caller's folder."""
    path = existing(given.file)
    files = [given.file, *filter(os.path.isfile, given.arguments)]
    return Destination(given.out, path.stem + suffix, suffixes, files)


def _target(given: argparse.Namespace, out: Destination | None) -> Target:
    """Run the script, and find the Tensor that is meant."""
    from viz.script import Script

    script = Script(given.file, given.arguments)
    target = script.target(given.target)
    if given.target is None:
        _say(f"{target.name} of {given.file} is taken; for another: --target NAME")
    if out is not None:
        out.refuse(script.read)
    return target


def _saved(out: Destination) -> int:
    from autograd.printable import printable

    print(f"wrote {printable(out.shown)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
