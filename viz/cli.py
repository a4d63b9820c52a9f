"""The `chalkgrad` command. Each subcommand is a function that takes the parsed arguments and returns an exit code."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
import traceback
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from autograd import AutogradError, Node, Tensor, names
from autograd.printable import printable, printable_lines
from viz.errors import VizError


class Refused(Exception):
    """What the user asked for cannot be done; the message says why and what to do."""


class ScriptFailed(Exception):
    """The user's script raised an exception, which is the cause of this one."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0 done, 1 failed, 2 asked for the impossible."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal without × or σ shows ? in their place
            stream.reconfigure(errors="replace")
    given = _parser().parse_args(argv)
    try:
        return given.run(given)
    except ScriptFailed as failed:
        traceback.print_exception(failed.__cause__)
        return 1
    except Refused as refused:
        print(f"chalkgrad: {printable_lines(str(refused))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("chalkgrad: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (AutogradError, VizError) as error:  # any other is a defect, and shows its traceback
        print(f"chalkgrad: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chalkgrad", description="An autograd engine that shows its work.")
    parser.add_argument("--version", action="version", version=f"chalkgrad {_version()}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

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
    step.set_defaults(run=_step)

    derive = commands.add_parser("derive", help="print the backward pass of a script as formulas")
    _script_arguments(derive)
    derive.add_argument("--wrt", nargs="+", metavar="NAME", help="what to differentiate by (default: every parameter)")
    derive.add_argument("--convention", choices=("course", "true"), default="course", help="(default: %(default)s)")
    derive.add_argument("--m", type=int, metavar="M", help="the number of samples, where it cannot be told")
    derive.add_argument("--steps", action="store_true", help="keep what a line was simplified from")
    derive.add_argument("--out", metavar="FILE", help="write a .tex document or a .py program instead")
    derive.set_defaults(run=_derive)

    formulas = commands.add_parser("formulas", help="check every formula of the lecture notes against autograd")
    formulas.set_defaults(run=_formulas)
    return parser


def _script_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.py", help="a script that leaves a Tensor in a variable")
    parser.add_argument(
        "--target", metavar="NAME", help="the variable (default: loss, or J, or the only number that is computed)"
    )


def _seed(words: str) -> int:
    if not words.isdecimal():
        raise argparse.ArgumentTypeError(f"a seed is a number 0, 1, 2 …, not {words!r}")
    return int(words)


def _version() -> str:
    try:
        return metadata.version("chalkgrad")
    except metadata.PackageNotFoundError:
        return "(not installed)"


# --- the subcommands ----------------------------------------------------------------------------------------------


def _demo(given: argparse.Namespace) -> int:
    from viz.demo import demo

    if Path(given.out).exists() and not Path(given.out).is_dir():
        raise Refused(f"{given.out!r} is a file, not a folder to write into; choose another with --out DIR.")
    return demo(Path(given.out), given.seed)


def _draw(given: argparse.Namespace) -> int:
    from viz.dot import draw

    return _saved(draw(tensor_of(given.file, given.target)).save(_out(given, ".svg")))


def _step(given: argparse.Namespace) -> int:
    import viz

    out = _out(given, ".html")
    viz.save_page(tensor_of(given.file, given.target), out)
    return _saved(out)


def _derive(given: argparse.Namespace) -> int:
    from autograd import derive

    J = tensor_of(given.file, given.target)
    derivation = derive(J, given.wrt, convention=given.convention, steps=given.steps, m=given.m)
    if given.out:
        return _saved(derivation.save(given.out))
    print(derivation)
    return 0


def _formulas(given: argparse.Namespace) -> int:
    from nn import byhand

    report = byhand.verify()
    report.show()
    return 0 if report.ok else 1


def _out(given: argparse.Namespace, suffix: str) -> Path:
    return Path(given.out) if given.out else Path(Path(given.file).stem + suffix)


def _saved(path: Path) -> int:
    print(f"wrote {printable(str(path))}")
    return 0


# --- the user's script --------------------------------------------------------------------------------------------


def tensor_of(file: str, target: str | None) -> Tensor:
    """Run a script as Python would, and return the Tensor that it leaves in the variable `target`.

    Without a target it is `loss`, or else `J`, or else the only number that was computed; which, is said on stderr.

    Raises Refused where there is no such file or Tensor, ScriptFailed where the script raises an exception.
    """
    variables = _run(Path(file))
    names.given(variables)
    tensors = {k: v for k, v in variables.items() if isinstance(v, Tensor) and not k.startswith("_")}
    there = ", ".join(f"{k} {v.shape}" for k, v in tensors.items()) or "none"
    if target is None:
        target = _likely(tensors)
        if target is None:
            raise Refused(
                f"{file} leaves neither a Tensor loss or J, nor just one number that was computed. Tensors it leaves: "
                f"{there}. Choose one with --target NAME."
            )
        said = printable(f"{target} of {file} is taken; for another: --target NAME")
        print(f"chalkgrad: {said}", file=sys.stderr)
    if target not in variables:
        raise Refused(
            f"{file} leaves no variable {target!r}. Tensors it leaves: {there}. Choose one with --target NAME."
        )
    if target not in tensors:
        kind = type(variables[target]).__name__
        raise Refused(f"{target!r} in {file} is no Tensor but of type {kind}. Tensors it leaves: {there}.")
    return tensors[target]


def _likely(tensors: dict[str, Tensor]) -> str | None:
    """The name of the Tensor that is meant where none is named."""
    usual = [name for name in ("loss", "J") if name in tensors]
    numbers = {id(t): name for name, t in reversed(tensors.items()) if t.size == 1 and _computed(t)}
    if not usual and len(numbers) == 1:
        return next(iter(numbers.values()))
    return usual[0] if usual else None


def _computed(tensor: Tensor) -> bool:
    return isinstance(tensor.node, Node) and tensor.node.op is not None


def _run(path: Path) -> dict[str, Any]:
    """The variables of a script after it has run. Its own folder is where it imports from, as with `python FILE.py`."""
    if not path.is_file():
        raise Refused(f"there is no file {str(path)!r}.")
    sys.path.insert(0, str(path.resolve().parent))
    argv, sys.argv = sys.argv, [str(path)]
    try:
        return runpy.run_path(str(path), run_name="__main__")
    except SystemExit as exit:
        raise Refused(f"{path} ended itself (exit code {exit.code}), so its variables are gone.") from None
    except Exception as error:
        raise ScriptFailed from _only_of(path, error)
    finally:
        sys.argv = argv
        del sys.path[0]


def _only_of(path: Path, error: Exception) -> Exception:
    """The exception with the part of its traceback that is the user's: what is above the script is ours."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename != str(path):
        frame = frame.tb_next
    return error.with_traceback(frame)


if __name__ == "__main__":
    raise SystemExit(main())
