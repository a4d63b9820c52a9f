"""`chalkgrad formulas`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from viz.commands.common import Commands, command
from viz.destination import Refused


def declare(commands: Commands) -> None:
    """See viz.commands."""
    parser = command(commands, "formulas", "check the formulas of the lecture notes against autograd")
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these, as 002-26, or all of a document, as 002")
    parser.add_argument(
        "--verdict", choices=("holds", "one-example", "misprint", "claim"), help="only those with this verdict"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """See viz.commands."""
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
