"""What reports have in common: they print as a table, alike wherever there is no terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


class Shown:
    """A report that rich can render, as plain text and on a terminal."""

    WIDTH: ClassVar[int]  # columns of the table as plain text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """For rich.print."""
        raise NotImplementedError

    def show(self, console: Console | None = None) -> None:
        """Print it: as wide as the terminal where there is one, else as str() does.

        console   a rich Console to print on; by default one on standard output
        """
        from rich.console import Console

        console = console or Console()
        if console.is_terminal:
            console.print(self, soft_wrap=False)
        else:
            console.file.write(f"{self}\n")
            console.file.flush()

    def __str__(self) -> str:
        """Plain text, the same wherever it is printed."""
        from rich.console import Console

        text = io.StringIO()
        console = Console(
            file=text,
            width=self.WIDTH,
            color_system=None,
            force_terminal=False,
            force_jupyter=False,  # or else rich shows it in the notebook itself, and the text is empty
            legacy_windows=False,
        )
        console.print(self)
        return "\n".join(line.rstrip() for line in text.getvalue().strip("\n").splitlines())
