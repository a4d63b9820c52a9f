"""What a Tensor can be asked about its graph and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.core.handle import Handle
from autograd.core.node import Node
from autograd.debug.explain import Ledger, ledger
from autograd.debug.hooks import add_hook
from autograd.debug.names import asking, of
from autograd.debug.summary import html_of
from autograd.debug.table import Graph
from autograd.errors import GraphError


class Inspection(Handle):
    """explain_grad, graph, register_hook; and how a notebook shows a Tensor."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return html_of(self)

    def explain_grad(self) -> Ledger:
        """Where `.grad` comes from: a row for each operation that this Tensor went into, with what it contributed.

        >>> import autograd as ag
        >>> b = ag.Tensor(2.0, name="b")
        >>> J = b * b + 3 * b
        >>> J.backward()
        >>> print(b.explain_grad())
        b.grad = 7.0, from 3 contributions
          multiply   incoming 1.0 × local 3.0 = 3.0
          multiply   incoming 1.0 × local 2.0 = 2.0
          multiply   incoming 1.0 × local 2.0 = 2.0

        Raises GraphError where there is no gradient, or the graph it came from is gone.
        """
        with asking(self.node):
            return ledger(self.node, of(self) or self._called())

    def graph(self) -> Graph:
        """What this Tensor was computed from: a table of the recorded operations, oldest first, to print.

        >>> import autograd as ag
        >>> x = ag.Tensor(3.0, name="x")
        >>> print((2 * x).graph())
        #  name  shape  dtype    operation
        0  x     ()     float64  leaf
        1        ()     float64  multiply(2, x)

        Raises GraphError where nothing was recorded.
        """
        if type(self.node) is not Node:
            raise GraphError(
                f"{self._called()} has no graph: everything it was computed from is constant. Wrap what you "
                "differentiate with respect to as autograd.Tensor(...), outside of no_grad()."
            )
        with asking(self.node):
            return Graph(self.node)

    def register_hook(self, hook: Callable[[Any], Any]) -> Callable[[], None]:
        """Have `hook(gradient)` called by every sweep when the gradient of this Tensor is complete.

        What the hook returns takes the gradient's place, None leaves it. Returns the function that removes the hook.

        >>> import autograd as ag
        >>> x = ag.Tensor(3.0)
        >>> remove = x.register_hook(lambda g: min(g, 1.0))
        >>> (x * x).backward()
        >>> x.grad
        1.0
        """
        if type(self.node) is not Node:
            raise GraphError(f"{self._called()} is a constant (requires_grad=False): it has no gradient to hook into.")
        if not callable(hook):
            raise TypeError(f"A hook must be a function of the gradient, but got {hook!r}.")
        return add_hook(self.node, hook)
