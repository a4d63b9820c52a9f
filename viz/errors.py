"""The errors of viz itself, in words for whoever asked; each is also the built-in one that fits it."""

from __future__ import annotations

from autograd.errors import Spoken


class VizError(Spoken):
    """Whatever viz itself has to say."""


class LayoutError(VizError, RuntimeError):
    """No layout engine, or one that could not draw the graph."""


class ArgumentError(VizError, ValueError):
    """An argument that means nothing here: a suffix, a way to fold, an empty history."""


class SaveError(VizError, OSError):
    """A file that cannot be written."""


class NoFolder(SaveError, FileNotFoundError):
    """A file is to be written into a folder that does not exist."""
