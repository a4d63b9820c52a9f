"""The errors of viz itself, in words for whoever asked; each is also the built-in one that fits it."""

from __future__ import annotations


class VizError(Exception):
    """Whatever viz itself has to say, as any terminal may show it, whatever stands in the names of the user's."""

    def __str__(self) -> str:
        from autograd.printable import printable_lines  # here, since `chalkgrad --help` is not to wait for the engine

        return printable_lines(super().__str__())


class LayoutError(VizError, RuntimeError):
    """No layout engine, or one that could not draw the graph."""


class ArgumentError(VizError, ValueError):
    """An argument that means nothing here: a suffix, a way to fold, an empty history."""


class SaveError(VizError, OSError):
    """A file that cannot be written."""


class NoFolder(SaveError, FileNotFoundError):
    """A file is to be written into a folder that does not exist."""
