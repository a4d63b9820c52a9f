"""check: arrays that were derived by hand, judged line by line from what was handed in before each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

import autograd as ag
from autograd.printable import printable
from autograd.read.naming import DistinctNaming
from nn import losses
from nn.byhand.checker.arrays import Array, NotAnArray, NotFilledIn, matched, read
from nn.byhand.checker.budget import Clock
from nn.byhand.checker.equation import DATA, UNFIT
from nn.byhand.checker.fewer import Fewer, entries, is_large, with_fewer_samples
from nn.byhand.checker.judge import Judge
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.report import CAUSE, OPEN, WRONG, Finding, Report
from nn.byhand.checker.submission import Submission
from nn.byhand.checker.swept import Swept

MOST_OPERATIONS, MOST_ENTRIES = 250, 700_000  # of a cost that is derived
_TOO_LARGE = (
    "Only values were compared, and no mistake was looked for: this cost has {}, which take more than a few seconds to "
    "derive. Check it with"
)

LossOf = str | Callable[[Any, Any], ag.Tensor]


def check(
    model: Any,
    X: Any = None,
    Y: Any = None,
    arrays: Mapping[str, Any] | None = None,
    *,
    loss: LossOf | None = None,
    lr: float | None = None,
) -> Report:
    """Check arrays that were derived by hand: which are right, which line is the cause, and which mistake it is.

    check(model, X, Y, arrays, loss=…)   of a model and its data
    check(J, arrays)                     of any recorded cost

    arrays   by the course's names: {"dZ2": …, "dW2": …, "db2": …}; lists, NumPy arrays, tensors of other libraries
    loss     the name of a loss of nn.losses, or a function (A, Y) -> Tensor. By default the cross-entropy after
             softmax, otherwise the binary cross-entropy
    lr       the learning rate: then W1, b1 … are the parameters after the step

    Each line is computed from what was handed in before it. So one wrong line is one cause, and what follows from it
    is told apart from further mistakes. Both conventions for 1/m are known, and samples in rows.

    >>> import numpy as np, nn
    >>> from nn import byhand
    >>> X, Y = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]]), np.array([[1.0, 0.0, 1.0]])
    >>> model = nn.Sequential(nn.Linear(2, 1, seed=0), nn.Sigmoid())
    >>> A1 = model(X).data
    >>> report = byhand.check(model, X, Y, {"dZ1": A1 - Y, "dW1": (A1 - Y) @ X.T})
    >>> report.ok, report["dZ1"].verdict, report["dW1"].verdict, report["dW1"].mistake
    (False, 'right', 'cause', 'mean_missing')
    >>> report["dW1"].written, report["dW1"].expected
    ('dW1 = dZ1 Xᵀ', 'dW1 = (1/m) dZ1 Xᵀ')

    Raises GraphError for a cost that cannot be derived, TypeError where `arrays` is not a dict.
    """
    if isinstance(model, ag.Tensor):
        J, given = model, X if arrays is None else arrays
    else:
        J, given = cost_of(model, X, Y, loss), arrays
    if not isinstance(given, Mapping):
        raise TypeError(
            f'check needs a dict of arrays by their names, but got {type(given).__name__}. Write {{"dZ2": dZ2, …}}.'
        )
    return Checker(J, lr).check(given)


def cost_of(model: Any, X: Any, Y: Any, loss: LossOf | None) -> ag.Tensor:
    """The recorded cost of a model."""
    return cost_and_loss(model, X, Y, loss)[0]


def cost_and_loss(model: Any, X: Any, Y: Any, loss: LossOf | None) -> tuple[ag.Tensor, LossOf]:
    """The recorded cost of a model, and by which loss: without one, by that which goes with the last activation."""
    if not callable(model):
        raise TypeError(f"check needs a model or the Tensor of a cost, but got {type(model).__name__}.")
    if X is None or Y is None:
        raise TypeError("check(model, X, Y, arrays) needs data and targets. For a recorded cost: check(J, arrays).")
    A = model(X)
    loss = _usual_loss(A) if loss is None else loss
    J = losses.find(loss)(A, Y)
    if J.name is None:
        J.name = "J"
    return J, loss


def _usual_loss(A: Any) -> str:
    op = getattr(getattr(A, "node", None), "op", None)
    return "cross_entropy" if op is not None and op.function is ag.softmax else "binary_cross_entropy"


class Checker:
    """Checks submissions for one recorded cost; what is derived is derived once.

    cost    the recorded cost
    clock   tells how long the search for a mistake has gone on
    """

    def __init__(self, J: ag.Tensor, lr: float | None = None, clock: Clock = time.thread_time) -> None:
        self.cost, self._lr, self._clock = J, _rate(lr), clock
        self._keys: dict[str, AnswerKey] = {}

    def key(self, convention: str) -> AnswerKey:
        """The pass as it should be, in a convention."""
        fewer = self._fewer
        if convention not in self._keys:
            self._keys[convention] = AnswerKey(self.cost, convention, self._lr, fewer)
        return self._keys[convention]

    @cached_property
    def _fewer(self) -> Fewer | None:
        """The cost with fewer samples, if it is large and has the same lines then."""
        fewer = with_fewer_samples(self.cost) if is_large(self.cost) else None
        if fewer is None or entries(fewer.cost) > MOST_ENTRIES:
            return None
        try:
            key = AnswerKey(self.cost, "course", self._lr, fewer)
        except UNFIT:  # a line with the number of samples in it
            return None
        if not self._swept.agrees(key):
            return None
        self._keys["course"] = key
        return fewer

    @cached_property
    def left_out(self) -> str:
        """What is said of a cost too large to be derived in time: then values are compared, and nothing else."""
        if not isinstance(self.cost.node, ag.Node):
            return ""
        operations, numbers = len(ag.ancestors(self.cost.node)), entries(self.cost)
        if operations > MOST_OPERATIONS:
            return f"{_TOO_LARGE.format(f'{operations:,} operations')} fewer layers or steps."
        if numbers > MOST_ENTRIES and self._fewer is None:
            return f"{_TOO_LARGE.format(f'values of {numbers:,} numbers')} fewer samples or units."
        return ""

    @cached_property
    def _swept(self) -> Swept:
        return Swept(self.cost, self._called, self._lr)

    def check(self, arrays: Mapping[str, Any], given: Mapping[str, Any] = MappingProxyType({})) -> Report:
        """The report of what was handed in. Whatever numbers these are, NumPy does not warn of them.

        given   arrays by their names that are not the student's; their samples are in columns
        """
        with np.errstate(all="ignore"):
            return self._checked({**given, **arrays}, given)

    def _checked(self, arrays: Mapping[str, Any], given: Mapping[str, Any]) -> Report:
        start = self._clock()
        if self.left_out:
            return self._compared(arrays)
        key = self.key("course")
        found, said = matched(arrays, [eq.name for eq in key.equations])
        told = {name: self._without_a_line(str(name), key) or message for name, message in said.items()}
        handed_in, refused = _read(arrays, found, told)
        work = Submission(key, handed_in, given)
        work = work if work.judged_in == key.convention else work.judged_by(self.key(work.judged_in))
        judge = Judge(work, self._clock, self._clock() - start)
        order = {eq.name: i for i, eq in enumerate(key.equations)}
        lines = sorted([*refused, *judge.findings()], key=lambda finding: order.get(finding.name, -1))
        findings = [*lines, *self._of_the_start(key)]
        return Report(tuple(findings), work.convention, work.layout, self.cost, self._called)

    def _compared(self, arrays: Mapping[str, Any]) -> Report:
        """The report of a cost that is too large to be derived."""
        handed_in, refused = _read(arrays, *matched(arrays, self._swept.names))
        findings, convention, layout = self._swept.judge(handed_in)
        order = {name: i for i, name in enumerate(self._swept.names)}
        lines = sorted([*refused, *findings], key=lambda finding: order.get(finding.name, -1))
        return Report(tuple(lines), convention, layout, self.cost, self._called, self.left_out)

    def _without_a_line(self, name: str, key: AnswerKey) -> str:
        """What is said of a gradient that there is, but that is not a line of the pass; "" of other names."""
        if name[:1] not in ("d", "D"):
            return ""
        data = [of for (of, gradient), kind in key.kinds.items() if kind == DATA and not gradient]
        if matched([name[1:]], data)[0]:
            return f"{name} is not a line of this pass: no gradient with respect to data is needed. Leave it out."
        if matched([name[1:]], [key.cost])[0]:
            return f"{name} is not a line of this pass: the gradient of {key.cost} itself is 1. Leave it out."
        if matched([name[1:]], filter(None, self._called))[0]:
            return (
                f"{name} is not a line of this pass: it lies inside of what is derived in one step, such as softmax. "
                "Leave it out."
            )
        return ""

    @cached_property
    def _called(self) -> dict[str, ag.Node]:
        """The nodes of the graph by the names that they have in formulas."""
        root = self.cost.node
        if not isinstance(root, ag.Node):
            return {}
        with ag.names.asking(root):
            naming = DistinctNaming(root, "J", ["m"])
        return {naming(node) or "": node for node in ag.ancestors(root)}

    @staticmethod
    def _of_the_start(key: AnswerKey) -> list[Finding]:
        """A finding for each hidden layer whose units all start alike."""
        weights = [eq.key[0] for eq in key.equations if eq.of_parameter and _is_of_several_units(key, eq.key[0])]
        last = key.last_parameters()
        return [_alike(name) for name in weights if name not in last and _is_constant(key.values[name, False])]


def _read(
    arrays: Mapping[str, Any], found: Mapping[str, str], said: Mapping[str, str]
) -> tuple[dict[str, Array], list[Finding]]:
    """What was handed in under names that are known, and findings of the rest.

    found   the known name that each one means
    said    what is said of the others
    """
    refused = [Finding(printable(str(name)), WRONG, printable(message)) for name, message in said.items()]
    handed_in: dict[str, Array] = {}
    for name, meant in found.items():
        try:
            handed_in[meant] = read(arrays[name])
        except NotAnArray as error:
            verdict = OPEN if isinstance(error, NotFilledIn) else WRONG
            refused.append(Finding(meant, verdict, f"{meant} {error}"))
    return handed_in, refused


def _rate(lr: Any) -> float | None:
    """A learning rate, if there is one."""
    if lr is None:
        return None
    if isinstance(lr, bool) or not isinstance(lr, (int, float, np.number)) or not np.isfinite(lr):
        raise TypeError(f"lr needs a finite number, but got {printable(f'{lr!r:.60}')}. Use lr=0.1, say.")
    return float(lr)


def _is_of_several_units(key: AnswerKey, name: str) -> bool:
    shape = np.shape(key.values[name, False])
    return len(shape) == 2 and min(shape) > 1


def _is_constant(W: Any) -> bool:
    return bool(np.all(W[:1] == W))


def _alike(name: str) -> Finding:
    message = (
        f"{name} starts with equal rows, so all units of its layer have the same gradient, and stay alike. Draw small "
        "random numbers."
    )
    return Finding(name, CAUSE, message, mistake="symmetric_start", mistakes=("symmetric_start",), value=name)
