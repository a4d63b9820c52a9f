"""Packages that only those need who use files."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def needed(package: str, what: str, extra: str = "io") -> Any:
    """The package, or in words how to install it.

    >>> needed("json", "nn.load").dumps([1])
    '[1]'
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != package.partition(".")[0]:
            raise
        name = package.partition(".")[0]
        raise ImportError(f"{what} needs the package {name}. Install it: pip install 'chalkgrad[{extra}]'.") from None
