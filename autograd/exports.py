"""The names that a package exports, written once: as its imports.

    from autograd.tensor import Tensor as Tensor            comes with the package
    from autograd.rules import *                            what that exports
    if TYPE_CHECKING:
        from autograd.check.check_grads import check_grads as check_grads     is imported when it is first used

`as` makes a name public. Type checkers read these lines as they stand; here they are read for `__getattr__`, `__dir__`
and `__all__`.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, TypeGuard

from autograd.signposts import absent


def exports(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package."""

    def get(name: str) -> Any:
        if name == "__all__":
            return sorted(name for name, _, public in _imports(package) if public)
        module = {later: module for later, module, _ in _imports(package, only_later=True)}.get(name)
        if module is None:
            absent(package, name)
        found = import_module(f"{package}.{name}") if module == package else getattr(import_module(module), name)
        setattr(sys.modules[package], name, found)
        return found

    return get, lambda: sorted({*vars(sys.modules[package]), *get("__all__")})


@cache
def _imports(package: str, only_later: bool = False) -> list[tuple[str, str, bool]]:
    """Each name that is imported, the module that it comes from, and whether it is public."""
    loader: Any = sys.modules[package].__spec__.loader  # type: ignore[union-attr]
    body = ast.parse(loader.get_source(package)).body
    later = [x for block in body if _is_for_type_checkers(block) for x in block.body]
    return list(_named(later if only_later else [*body, *later]))


def _is_for_type_checkers(statement: ast.stmt) -> TypeGuard[ast.If]:
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"


def _named(statements: Iterable[ast.stmt]) -> Iterator[tuple[str, str, bool]]:
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            for alias in statement.names:
                if alias.name == "*":
                    yield from ((name, statement.module, True) for name in import_module(statement.module).__all__)
                else:
                    yield alias.name, statement.module, alias.asname == alias.name and not alias.name.startswith("_")
