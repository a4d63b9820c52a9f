"""The layout engine: finding a `dot`, and running it. Nothing is looked for before a picture is wanted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from viz.errors import LayoutError

PLACED = ("-Kneato", "-n2")  # options for a graph that has all positions in it
SECONDS = 120  # a layout that takes longer is given up
PURE = frozenset({"svg", "png", "json", "plain"})  # what graphviz-pure draws; it has other formats, which dot has, too


def find_dot(format: str = "svg") -> str:
    """The program that lays graphs out: $CHALKGRAD_DOT, or the one that graphviz-pure brings, or `dot` on PATH.

    graphviz-pure comes first, because it knows how wide the letters of the pictures are. `dot` measures them in
    whatever font the machine has, so that a picture would look different on each. It draws what only it can.

    Raises LayoutError, with both ways to get one, where there is none.
    """
    chosen = os.environ.get("CHALKGRAD_DOT")
    if chosen:
        if shutil.which(chosen) is None:
            raise LayoutError(f"CHALKGRAD_DOT is set to {chosen!r}, which is not a program that can be run.")
        return chosen
    engines = [shutil.which("graphviz-pure", path=sysconfig.get_path("scripts")), shutil.which("dot")]
    found = next(filter(None, engines if format in PURE else reversed(engines)), None)
    if found is None:
        raise LayoutError(
            "Drawing a graph needs a layout engine, and there is none. Either of these brings one:\n"
            "  pip install graphviz-pure          (no rights needed)\n"
            "  apt install graphviz               (Debian, Ubuntu; elsewhere: graphviz.org/download)\n"
            "A program elsewhere can be named in the environment variable CHALKGRAD_DOT."
        )
    return found


def is_pure(dot: str) -> bool:
    """Whether this engine is graphviz-pure, which draws SVG and PNG but no PDF."""
    return Path(dot).stem == "graphviz-pure"


def run_dot(source: str, format: str, *options: str, seconds: float = SECONDS) -> bytes:
    """The picture of a graph in the DOT language, in a format that the engine knows ("svg", "png", …).

    seconds   how long that may take
    """
    dot = find_dot(format)
    try:
        done = subprocess.run(
            [dot, f"-T{format}", *options], input=source.encode(), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise LayoutError(
            f"{dot} took more than {seconds:.0f} s to lay the graph out, and was stopped. "
            "Draw a smaller part of the graph."
        ) from None
    if done.returncode != 0 or not done.stdout:
        said = done.stderr.decode(errors="replace").strip() or f"exit code {done.returncode}"
        raise LayoutError(f"{dot} could not draw the graph as {format}. It says: {said}")
    return done.stdout


def laid_out(source: str, *options: str) -> dict[str, Any]:
    """Where everything is in a graph in the DOT language, as Graphviz says it in JSON."""
    return json.loads(run_dot(source, "json", *options))
