"""The chain rule as a tree, as Graphviz takes it: values and the factors that lead from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

import graphviz

from autograd import Chain
from autograd.read import TEXT as IN_TEXT, Branch, Factor
from viz.errors import ArgumentError
from viz.picture.cells import in_label
from viz.picture.theme import PLAIN
from viz.seen import text

LONGEST = 64  # characters of a formula on an edge


def grow(made: graphviz.Digraph, chains: Sequence[Chain]) -> dict[str, str]:
    """Put the tree of the chains into a picture; returns what each vertex is, in words.

    Raises ArgumentError for no chain, or chains of different numbers.
    """
    roots = [c.tree() for c in chains]
    if len({root.name for root in roots}) != 1:
        given = ", ".join(root.name for root in roots) or "none"
        raise ArgumentError(f"A tree needs one or several chains of the same number, but got chains of: {given}.")
    titles: dict[str, str] = {}
    waiting: list[tuple[str | None, list[Branch]]] = [(None, roots)]
    while waiting:
        above, same = waiting.pop()
        id, branch = f"n{len(titles)}", same[0]
        below = _grouped([b for s in same for b in s.branches])
        role = "output" if above is None else "result" if below else "parameter"
        shape = text.shape(branch.shape)
        titles[id] = " ".join(filter(None, [branch.name, shape]))
        made.node(id, id=id, label=_name(branch.name, shape), shape="box", margin="0.1,0.05", **PLAIN.theme.roles[role])
        if above is not None and branch.factor is not None:
            made.edge(above, id, label=_factor(branch.factor))
        waiting += [(id, group) for group in reversed(below)]
    return titles


def _grouped(branches: list[Branch]) -> list[list[Branch]]:
    """The same value in several trees is one."""
    groups: dict[str, list[Branch]] = {}
    for branch in branches:
        groups.setdefault(branch.name, []).append(branch)
    return list(groups.values())


def _name(name: str, shape: str) -> str:
    note = f' <FONT POINT-SIZE="9" COLOR="{PLAIN.theme.muted}">{in_label(shape)}</FONT>' if shape else ""
    return f"<<B>{in_label(IN_TEXT.name(name))}</B>{note}>"


def _factor(factor: Factor) -> str:
    """The factor, what it makes of a gradient, and the size of its Jacobian."""
    formula = factor.rule(IN_TEXT) or ""
    formula = formula if len(formula) <= LONGEST else f"{formula[: LONGEST - 1]}…"
    rows, columns = factor.size
    theme = PLAIN.theme
    size = f'<FONT POINT-SIZE="9" COLOR="{theme.muted}">{rows} × {columns}</FONT>'
    lines = [
        f"<B>{in_label(factor.derivative(IN_TEXT))}</B> {size}",
        f'<FONT COLOR="{theme.gradient}">{in_label(formula)}</FONT>',
    ]
    cells = "".join(f'<TR><TD ALIGN="LEFT">&#160;{line}</TD></TR>' for line in lines)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{cells}</TABLE>>'
