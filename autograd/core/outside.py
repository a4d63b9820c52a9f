"""State from outside of a computation that decides what it does: whoever reads a program off it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.core.modes import MODE, listeners


def asked(what: str, question: Callable[[], Any]) -> Any:
    """The answer to a question about state from outside, such as whether a layer is being trained. A compiled function
    has a program for each answer, as it has for each kind of arguments.

    what       in words
    question   asked again before each run of the program; questions and answers are compared by ==

    >>> import operator, functools, autograd as ag
    >>> settings = {"factor": 2.0}
    >>> factor = functools.partial(operator.getitem, settings, "factor")
    >>> f = ag.compile(lambda x: x * asked("factor", factor))
    >>> before = f(1.0)
    >>> settings["factor"] = 3.0
    >>> before, f(1.0)
    (2.0, 3.0)
    """
    answer = question()
    mode = MODE.get()
    for note in listeners(mode.observers, "asked") if mode is not None and mode.observers else ():
        note(what, question, answer)
    return answer
