"""The steps of a story, as data: which values they are about, what arrives, and the formula that says so.

How a formula is set, and where a step is shown, is for who shows it. The English sentences of a step (title, words,
why) are made from its data by `wording.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from viz.seen import wording
from viz.seen.formulas import Accumulation, Formula


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """Where an operation stands in the user's program.

    file, number   the file's name without its folder, and the line's number
    text           what the line says; "" where the file cannot be read
    """

    file: str
    number: int
    text: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Axes:
    """Some axes of an array that has `ndim`; none where `numbers` is empty."""

    numbers: tuple[int, ...] = ()
    ndim: int = 0

    def __bool__(self) -> bool:
        return bool(self.numbers)


@dataclass(frozen=True, eq=False, kw_only=True)
class Step:
    """What all steps have.

    phase       "forward", "seed" or "backward"
    node        the id of the value that is computed, or whose gradient is passed on
    called      its name
    operation   the id of its operation; None of a leaf
    edges       the ids of the edges along which the step goes
    line        where its operation stands in the user's program, if that was recorded
    formula     what is computed
    changes     the id of the value that is computed or whose gradient changes
    arrived     what that is after the step
    last        whether the operation is done with: it has its value, or has passed its gradient to all of its operands
    """

    phase: ClassVar[str]

    node: str
    called: str
    operation: str | None
    edges: tuple[str, ...]
    line: Line | None
    formula: Formula
    last: bool = True

    @property
    def changes(self) -> str:
        """See Step."""
        return self.node

    @property
    def arrived(self) -> Any:
        """See Step."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        """In a few words."""
        raise NotImplementedError

    @property
    def words(self) -> str:
        """What happens, in sentences."""
        raise NotImplementedError

    @property
    def why(self) -> str:
        """Why it happens now; "" where that needs no saying."""
        return ""

    def asked(self, label: str) -> str:
        """The step as a question for `label`, which is what it computes or an entry of that."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False, kw_only=True)
class Compute(Step):
    """A value is computed.

    noun       the operation as a noun: "the matrix product"
    operands   what it is applied to: names, and numbers as they stand in the formula
    value      the result; None where it was not kept
    """

    phase = "forward"

    noun: str
    operands: tuple[str, ...]
    value: Any

    @property
    def arrived(self) -> Any:
        """See Step."""
        return self.value

    @property
    def title(self) -> str:
        """See Step."""
        return f"Compute {self.called}"

    @property
    def words(self) -> str:
        """See Step."""
        return wording.computed(self.noun, self.operands, self.called)

    def asked(self, label: str) -> str:
        """See Step."""
        return wording.asked_of_result(self.noun, self.operands, label)


@dataclass(frozen=True, eq=False, kw_only=True)
class Start(Step):
    """The backward pass begins: the derivative of the root with respect to itself.

    after   that derivative
    """

    phase = "seed"

    after: Any

    @property
    def arrived(self) -> Any:
        """See Step."""
        return self.after

    @property
    def title(self) -> str:
        """See Step."""
        return f"Start at {self.called}"

    @property
    def words(self) -> str:
        """See Step."""
        return f"{wording.BEGINNING} The derivative of {self.called} with respect to itself is 1."

    @property
    def why(self) -> str:
        """See Step."""
        return "Every other gradient follows from this one by the chain rule."

    def asked(self, label: str) -> str:
        """See Step."""
        return f"{wording.BEGINNING} What is {label}, the derivative of {self.called} with respect to itself?"


@dataclass(frozen=True, eq=False, kw_only=True)
class Contribute(Step):
    """A gradient passes one edge: from the result of an operation to one of its operands.

    to, receiver       the id and the name of the operand
    noun               the operation as a noun
    edge               the edge from the operand to the operation
    incoming           the gradient of the result
    contribution       what the rule made of it, in the shape of the operand
    before, after      the gradient of the operand, before (None: nothing had arrived) and after
    accumulation       before + contribution = after
    summed, repeated   the axes along which the contribution was summed to fit the operand, or was repeated
    turn, turns        which of the contributions to the operand it is, and how many there are
    given              how many contributions the result had received
    starts             whether the result is where the sweep starts
    """

    phase = "backward"

    to: str
    receiver: str
    noun: str
    edge: str
    incoming: Any
    contribution: Any
    before: Any
    after: Any
    accumulation: Accumulation
    summed: Axes
    repeated: Axes
    turn: int
    turns: int
    given: int
    starts: bool

    @property
    def changes(self) -> str:
        """See Step."""
        return self.to

    @property
    def arrived(self) -> Any:
        """See Step."""
        return self.after

    @property
    def complete(self) -> bool:
        """Whether the gradient of the operand has now all its contributions."""
        return self.turn == self.turns

    @property
    def title(self) -> str:
        """See Step."""
        return f"From {self.called} back to {self.receiver}"

    @property
    def words(self) -> str:
        """See Step."""
        return wording.told(self.noun, self.called, self.receiver, self.summed_words, self.repeated_words, *self._count)

    @property
    def why(self) -> str:
        """See Step."""
        return wording.turn_of(self.called, self.given, self.starts)

    def asked(self, label: str) -> str:
        """See Step."""
        return wording.asked_of_contribution(self.noun, self.called, self.receiver, label, self.turn, self.turns)

    @property
    def summed_words(self) -> str:
        """The axes in words: "the columns"; "" for none."""
        return wording.axes_in_words(self.summed.numbers, self.summed.ndim)

    @property
    def repeated_words(self) -> str:
        """Likewise."""
        return wording.axes_in_words(self.repeated.numbers, self.repeated.ndim)

    @property
    def _count(self) -> tuple[int, int]:
        return self.turn, self.turns
