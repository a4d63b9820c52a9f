"""An exercise as a Jupyter notebook, whose last cell nbgrader reads."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from nn.byhand.exercises import listing

if TYPE_CHECKING:
    from nn.byhand.exercises.exercise import Exercise

_HINT = "step = 1  # 1: where it is, 2: what kind of mistake, 3: the line\nprint(exercise.hint(answers, step))"


def notebook(exercise: Exercise) -> str:
    """The text of the notebook."""
    formulas = "\n".join(f"    {line}" for line in listing.network(exercise))
    title = _plain(listing.title(exercise))
    cells = [
        _markdown(f"# {title}\n\n{exercise.m} samples, in columns. The network:\n\n{formulas}"),
        _code(f"import numpy as np\n\nfrom nn import byhand\n\n{listing.given(exercise)}", _graded("given")),
        _markdown(
            f"Find {', '.join(exercise.to_find)}. Write NumPy, or numbers; what is still `None` is left out.\n\n"
            f"{listing.CONVENTION}"
        ),
        *(_code(blank) for blank in listing.blanks(exercise)),
        _markdown("Are you stuck? A hint comes in three steps."),
        _code(f"exercise = {exercise!r}\n{listing.ANSWERS}\n{_HINT}"),
        _code(
            f"# {len(exercise.to_find)} points: one for each line that is right for what came before it.\n"
            f"exercise = {exercise!r}\n{listing.ANSWERS}\nscore = exercise.grade(answers)\nprint(score)\nscore.points",
            _graded("score", len(exercise.to_find)),
        ),
    ]
    for i, cell in enumerate(cells):
        cell["id"] = f"cell-{i}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    found = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _plain(text: str) -> str:
    """A name in Markdown as it is written, whatever stands in it."""
    return re.sub(r"([\\`*_<>$\[\]])", r"\\\1", text)


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(text: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    source = text.splitlines(keepends=True)
    return {
        "cell_type": "code", "execution_count": None, "metadata": metadata or {}, "outputs": [], "source": source
    }  # fmt: skip


def _graded(name: str, points: int = 0) -> dict[str, Any]:
    """What nbgrader is to know of a cell that students do not change: the number that the cell gives is its points."""
    cell = {
        "grade": points > 0,
        "grade_id": name,
        "locked": True,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    return {"nbgrader": cell | ({"points": points} if points else {})}
