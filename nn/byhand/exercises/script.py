"""An exercise as a Python script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn.byhand.exercises import listing

if TYPE_CHECKING:
    from nn.byhand.exercises.exercise import Exercise

_SCRIPT = """# {title}
#
{network}
#
# {convention}

import numpy as np

from nn import byhand

# What is given: {m} samples, in columns.
{given}

# What is to be found. Write NumPy, or numbers; what is still None is left out.
{blanks}

# A hint: step=1 says where, step=2 what kind of mistake, step=3 the line.
exercise = {exercise!r}
{answers}
print(exercise.hint(answers, step=1))
print(exercise.grade(answers))
"""


def script(exercise: Exercise) -> str:
    """The text of the script."""
    return _SCRIPT.format(
        title=listing.title(exercise),
        network="\n".join(f"#     {line}" for line in listing.network(exercise)),
        convention=listing.CONVENTION,
        m=exercise.m,
        given=listing.given(exercise),
        blanks="\n".join(listing.blanks(exercise)),
        exercise=exercise,
        answers=listing.ANSWERS,
    )
