"""The English of a story: what a step does, over which axes it sums, why its turn has come."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.core.op import Op
from autograd.printable import printable
from autograd.read import axes_named, notation

BEGINNING = "The backward pass begins at the end."


def computed(noun: str, operands: Sequence[str], result: str) -> str:
    """What happens in a step of the forward pass.

    >>> computed("the sum", ["a", "2"], "b")
    'The sum of a and 2 gives b.'
    """
    return f"{begun(noun)} of {listed(operands)} gives {result}."


def told(noun: str, giver: str, taker: str, summed: str, repeated: str, turn: int, turns: int) -> str:
    """What happens in one contribution, from the gradient of `giver` to that of `taker`."""
    said = [passes(noun, giver, taker)]
    if summed:
        over = "it" if summed.startswith("the axis ") else "them"
        said.append(
            f"{taker} was repeated along {summed} on the way forward, so what comes back is summed over {over}."
        )
    if repeated:
        said.append(f"{taker} was added up along {repeated} on the way forward, so each entry receives the same.")
    if turns > 1:
        rest = "its gradient is now complete." if turn == turns else "more is to come."
        said.append(f"This is contribution {turn} of {turns} to {taker}: {rest}")
    return " ".join(said)


def passes(noun: str, giver: str, taker: str) -> str:
    """Where a gradient goes in one contribution."""
    return f"The gradient of {giver} passes through {noun} to {taker}."


def asked_of_result(noun: str, operands: Sequence[str], label: str) -> str:
    """The question of a step of the forward pass.

    >>> asked_of_result("the sum", ["a", "2"], "b")
    'b is the sum of a and 2. What is b?'
    """
    return f"{label} is {noun} of {listed(operands)}. What is {label}?"


def asked_of_contribution(noun: str, giver: str, taker: str, label: str, turn: int, turns: int) -> str:
    """The question of a step of the backward pass.

    >>> asked_of_contribution("the sum", "b", "a", "da", 2, 2)
    'The gradient of b passes through the sum to a. What does this step add to da (contribution 2 of 2)?'
    """
    asked = (
        f"What is {label}?" if turns == 1 else f"What does this step add to {label} (contribution {turn} of {turns})?"
    )
    return f"{passes(noun, giver, taker)} {asked}"


def turn_of(giver: str, count: int, starts: bool) -> str:
    """Why the turn of the operation that computed `giver` has come, whose gradient had so many contributions; "" where
    that needs no saying.

    >>> turn_of("b", 2, starts=False)
    'b is used twice, and both contributions have arrived: its gradient is complete, and only now it is passed on.'
    >>> turn_of("b", 1, starts=False)
    ''
    """
    if starts or count < 2:
        return ""
    used = "twice, and both" if count == 2 else f"{count} times, and all {count}"
    return f"{giver} is used {used} contributions have arrived: its gradient is complete, and only now it is passed on."


def spoken(op: Op) -> str:
    """An operation as a noun, or by its name."""
    return notation.row_of(op.function).noun or printable(op.name.replace("_", " "))


def begun(words: str) -> str:
    """Words at the beginning of a sentence; a name stays as it is."""
    return f"The {words[4:]}" if words.startswith("the ") else words


def listed(words: Sequence[str]) -> str:
    """Words as an enumeration.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def axes_in_words(axes: tuple[int, ...], ndim: int) -> str:
    """Some axes of an array with `ndim` of them.

    >>> axes_in_words((1,), 2), axes_in_words((0, 1), 2), axes_in_words((), 2)
    ('the columns', 'all entries', '')
    """
    if not axes:
        return ""
    named = axes_named(axes, ndim)
    return f"the {named}" if named else "all entries"
