"""What the demo says, in colours where there is a terminal; and which of its goals it missed."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

GOAL = 0.95  # test accuracy that a network must reach


class Show:
    """Says what happens, part by part, and at the end what came out."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.parts = 0
        self.results: list[Text] = []
        self.missed: list[str] = []
        self.files: list[tuple[str, str]] = []

    def title(self, name: str, what: str) -> None:
        self.console.print(Text.assemble((name, "bold"), f": {what}"))

    def heading(self, title: str, what: str) -> None:
        self.parts += 1
        self.console.print()
        self.console.print(Text(f"{self.parts}  {title}", "bold cyan"))
        self.console.print(Text(f"   {what}", "dim"))

    def line(self, words: str) -> None:
        self.console.print(Text(f"   {words}"))

    def accuracies(self, of: str, train: float, test: float, goal: float = GOAL) -> None:
        """Both accuracies; the one on the test samples is the goal."""
        self.line(f"  train accuracy {train:7.2%}")
        said = f"test accuracy  {test:7.2%}"
        self.goal(of, test >= goal, said, f"{said} is below the goal of {goal:.0%}")

    def goal(self, of: str, reached: bool, yes: str, no: str) -> None:
        """Say whether a goal is reached, and remember it for the end."""
        mark = ("✓ ", "green") if reached else ("✗ ", "red")
        said = (yes, "bold") if reached else (no, "bold red")
        self.console.print(Text.assemble("   ", mark, said))
        self.results.append(Text.assemble("   ", mark, f"{of + ':':21}", said))
        if not reached:
            self.missed.append(f"{of}: {' '.join(no.split())}")

    def file(self, path: Path, what: str) -> None:
        """Remember what was written, by its path from here."""
        self.files.append((os.path.relpath(path), what))

    def end(self, seconds: float) -> int:
        """The results, what to open, and the exit code."""
        self.console.print()
        self.console.print(Text(f"RESULTS, after {seconds:.0f} s", "bold cyan"))
        for said in self.results:
            self.console.print(said)
        self.console.print()
        width = max(len(path) for path, _ in self.files)
        for path, what in self.files:
            self.console.print(Text.assemble("   ", (f"{path:{width}}", "bold"), f"  {what}"))
        pages = [path for path, _ in self.files if path.endswith(".html")]
        self.console.print()
        self.console.print(Text(f"   To open one in your browser: {_opening(pages[0])}"))
        for no in self.missed:
            print(f"chalkgrad demo: {no}", file=sys.stderr)
        if not self.missed:
            self.console.print(Text("   All goals reached.", "bold green"))
        return 1 if self.missed else 0


def _opening(path: str) -> str:
    """The command that opens a file in a browser, by the Python that runs this."""
    python = os.path.relpath(sys.executable)
    python = sys.executable if python.startswith(os.pardir) else python
    return f"{shlex.quote(python)} -m webbrowser {shlex.quote(path)}"
