"""The rules of operations on a sequence of operands, such as concatenate: one function serves all positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autograd.core.types import Rule, Value


class Each(Sequence[Rule]):
    """The rules of a variadic operation: one function that is told the position of the operand."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __getitem__(self, i: Any) -> Value:
        return lambda g, _out, *inputs, **params: self.rule(i, g, *inputs, **params)

    def begin(self, inputs: Sequence[Any], params: dict[str, Any]) -> Sequence[Rule]:
        """The rules for one visit of a node, which are told (g, out) alone: what is the same for all is done once."""
        return Each(lambda i, g: self.rule(i, g, *inputs, **params))

    def __len__(self) -> int:
        raise TypeError("a variadic operation takes any number of operands")

    def __iter__(self) -> Iterator[Rule]:
        raise TypeError("a variadic operation takes any number of operands")


class Together(Each):
    """The same where `begins(*inputs, **params)` gives the rule: for as many operands as there may be.

    So a sweep takes as many steps as there are operands, where rules that are each told all of them take the square.
    """

    def __init__(self, begins: Rule) -> None:
        super().__init__(lambda i, g, *inputs, **params: begins(*inputs, **params)(i, g))
        self.begins = begins

    def begin(self, inputs: Sequence[Any], params: dict[str, Any]) -> Sequence[Rule]:
        """The rules for one visit of a node."""
        return Each(self.begins(*inputs, **params))


class AtOnce(Each):
    """Rules for tangents: `all_of(tangents, *inputs, **params)` is told those of all operands, or None."""

    def __init__(self, all_of: Rule) -> None:
        super().__init__(
            lambda i, t, *inputs, **params: all_of(
                [t if k == i else None for k in range(len(inputs))], *inputs, **params
            )
        )
        self.all_of = all_of
