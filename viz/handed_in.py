"""What a script leaves to be checked: a cost, or a model and its data, and arrays that were derived by hand."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograd import AutogradError, Node, Tensor, ancestors, names
from nn.byhand.checker.arrays import matched
from nn.byhand.checker.check import Checker, cost_and_loss
from nn.byhand.checker.equation import DATA, PARAMETER, Equation
from nn.byhand.checker.key import AnswerKey
from viz.destination import Refused
from viz.errors import VizError
from viz.script import USUAL, Script, Variables

DICTS = ("arrays", "gradients", "grads")
RATES = ("lr", "learning_rate")
_LIKE_A_GRADIENT = re.compile(r"d[A-Z][a-z]?_?\d+")


class HandedIn(NamedTuple):
    """What is checked against what.

    checker   of the cost that the script leaves, or that its model and data give
    arrays    what was derived by hand, by names
    names     those that everything around the cost has
    said      what was taken, and what was not, in words
    """

    checker: Checker
    arrays: Mapping[str, Any]
    names: names.Names
    said: str


def handed_in(script: Script, wanted: str | None = None, target: str | None = None) -> HandedIn:
    """Find it. Raises Refused, with what to write, where something is missing or could be either of two.

    wanted   the variable that holds a dict of the arrays; by default the one of DICTS, or else each variable that is
             called as a line of the pass is: dZ2, dW2 …
    target   the variable that holds the cost
    """
    costs = _Costs(script, target)
    found = _dict(script, wanted)
    if found is not None:
        scope, name = found
        view = _view(script, scope)
        if not view[name]:
            raise Refused(f"{name} in {script.file} is empty. Put the arrays into it: {name}['dZ2'] = dZ2.")
        checker, cost = costs.of(scope)
        return HandedIn(checker, view[name], costs.names(scope), f"{name} of {script.file} is checked against {cost}")
    for scope in costs.scopes():
        checker, cost = costs.of(scope)
        arrays, other = _by_name(_view(script, scope), checker, costs.rate(scope))
        if arrays:
            left = f"; not a line of this pass: {', '.join(other)}" if other else ""
            said = f"{', '.join(arrays)} of {script.file} are checked against {cost}{left}"
            return HandedIn(checker, arrays, costs.names(scope), said)
    checker, _ = costs.of(script.scopes[0])
    lines = ", ".join(eq.name for eq in checker.key("course").equations if eq.kind not in (DATA, PARAMETER))
    raise Refused(
        f"{script.file} leaves no array that was derived by hand. Call them as the lines of the pass are ({lines}), or "
        "put them into a dict called arrays, or choose a dict with --arrays NAME."
    )


def _view(script: Script, scope: Variables) -> Mapping[str, Any]:
    """The variables of a function, and behind them those of the script."""
    return ChainMap(dict(scope.values), dict(script.scopes[0].values))


def _dict(script: Script, wanted: str | None) -> tuple[Variables, str] | None:
    """The variable that holds a dict of arrays, and where it is."""
    for scope in script.scopes:
        there = [name for name in ([wanted] if wanted else DICTS) if isinstance(scope.values.get(name), Mapping)]
        if len(there) > 1 and any(scope.values[name] is not scope.values[there[0]] for name in there):
            raise Refused(f"{script.file} leaves {' and '.join(there)}. Choose one of them with --arrays NAME.")
        if there:
            return scope, there[0]
    if wanted is None:
        return None
    kinds = [type(scope.values[wanted]).__name__ for scope in script.scopes if wanted in scope.values]
    if kinds:
        raise Refused(
            f"{wanted} in {script.file} needs to be a dict of arrays by their names, but is of type {kinds[0]}."
        )
    dicts = [k for k, v in script.scopes[0].values.items() if isinstance(v, Mapping) and not k.startswith("_")]
    raise Refused(f"{script.file} leaves no variable {wanted!r}. Dicts it leaves: {', '.join(dicts) or 'none'}.")


def _by_name(view: Mapping[str, Any], checker: Checker, rate: float | None) -> tuple[dict[str, Any], list[str]]:
    """The variables that are called as lines of the pass are, and those that are called as if they were."""
    key = checker.key("course")
    lines = {eq.name: eq for eq in key.equations if eq.kind != DATA and (eq.kind != PARAMETER or rate is not None)}
    root = checker.cost.node
    recorded = set(ancestors(root)) if isinstance(root, Node) else set()
    own = [k for k, v in view.items() if not k.startswith("_") and _may_be_an_array(v) and not _is_of(v, recorded)]
    own.sort(key=list(view).index)
    meant, _ = matched((k for k in own if len(k) > 1 or k in lines), lines)
    taken = {k: view[k] for k in own if k in meant and not _is_as_before(lines[meant[k]], view[k], key)}
    order = list(lines)
    taken = dict(sorted(taken.items(), key=lambda item: order.index(meant[item[0]])))
    return taken, [k for k in own if k not in meant and _LIKE_A_GRADIENT.fullmatch(k)]


def _may_be_an_array(x: Any) -> bool:
    return not callable(x) or hasattr(x, "__array__")


def _is_of(x: Any, recorded: set[Node]) -> bool:
    """Whether a variable holds what the cost itself was computed from."""
    return isinstance(x, Tensor) and x.node in recorded


def _is_as_before(eq: Equation, x: Any, key: AnswerKey) -> bool:
    """Whether a parameter was not updated: then it is what the pass starts from, and is not handed in."""
    if eq.kind != PARAMETER:
        return False
    before = key.values[eq.name, False]
    x = x.data if isinstance(x, Tensor) else x
    return np.shape(x) == np.shape(before) and bool(np.all(np.asarray(x) == before))


class _Costs:
    """The costs that the scopes of a script have, each derived once."""

    def __init__(self, script: Script, target: str | None) -> None:
        self._script, self._target = script, target
        self._known: dict[tuple[int, ...], Checker] = {}

    def scopes(self) -> Iterator[Variables]:
        """Those that have a cost; if there is none, what is missing is said."""
        found = [scope for scope in self._script.scopes if self._target or _has_cost(_view(self._script, scope))]
        yield from found or self._script.scopes[:1]

    def names(self, scope: Variables) -> names.Names:
        """The names that the variables of a scope give."""
        return names.Names([scope.values, self._script.scopes[0].values], scope.code)

    def rate(self, scope: Variables) -> float | None:
        """The learning rate."""
        view = _view(self._script, scope)
        found = {name: view[name] for name in RATES if _is_number(view.get(name))}
        if len(set(map(float, found.values()))) > 1:
            raise Refused(f"{self._script.file} leaves {' and '.join(found)}, which differ. Keep one of them.")
        return float(next(iter(found.values()))) if found else None

    def of(self, scope: Variables) -> tuple[Checker, str]:
        """The checker of the cost of a scope, and which cost that is, in words."""
        view = _view(self._script, scope)
        if self._target is not None:
            target = self._script.target(self._target)
            return self._checker(target.tensor, scope, (id(target.tensor),)), target.name
        if not _has_cost(view):  # the arrays may be in one function, the cost in another
            scope = next(self.scopes())
            view = _view(self._script, scope)
        name = _recorded(view)
        if name is not None:
            return self._checker(view[name], scope, (id(view[name]),)), name
        self._refuse_missing(view)
        own = view.get("loss")
        loss = own if isinstance(own, str) or callable(own) else None
        known = (id(view["model"]), id(view["X"]), id(view["Y"]), id(loss))
        J, taken = _computed(view["model"], view["X"], view["Y"], loss, self._script.file)
        called = taken if isinstance(taken, str) else getattr(taken, "__name__", "loss")
        guessed = "" if loss is own else "; for another, assign it to loss"
        return self._checker(J, scope, known), f"model, X and Y (the loss is {called}{guessed})"

    def _checker(self, J: Tensor, scope: Variables, known: tuple[int, ...]) -> Checker:
        if known not in self._known:
            with names.asking(names=self.names(scope)):
                checker = Checker(J, self.rate(scope))
                checker.key("course")
            self._known[known] = checker
        return self._known[known]

    def _refuse_missing(self, view: Mapping[str, Any]) -> None:
        missing = [name for name in ("model", "X", "Y") if view.get(name) is None]
        if "model" in missing:
            raise Refused(
                f"{self._script.file} leaves neither a cost, a Tensor called J or loss, nor a model called model with "
                "its data X and Y. Assign them, or choose a cost with --target NAME."
            )
        if missing:
            raise Refused(
                f"{self._script.file} leaves a model, but no {' and no '.join(missing)}. Assign the data to X and the "
                "targets to Y."
            )
        if not callable(view["model"]):
            kind = type(view["model"]).__name__
            raise Refused(
                f"model in {self._script.file} needs to be a model that can be called, but is of type {kind}."
            )


def _has_cost(view: Mapping[str, Any]) -> bool:
    return _recorded(view) is not None or all(view.get(name) is not None for name in ("model", "X", "Y"))


def _recorded(view: Mapping[str, Any]) -> str | None:
    """The variable that holds a recorded cost."""
    held = (name for name in USUAL if isinstance(view.get(name), Tensor))
    return next((name for name in held if isinstance(view[name].node, Node)), None)


def _computed(model: Any, X: Any, Y: Any, loss: Any, file: str) -> tuple[Tensor, Any]:
    """The cost of a model of the user's, and by which loss: whatever it raises is said."""
    try:
        return cost_and_loss(model, X, Y, loss)
    except AutogradError:
        raise
    except Exception as error:
        raise VizError(f"The cost of model, X and Y in {file} raised {type(error).__name__}: {error}") from error


def _is_number(x: Any) -> bool:
    return isinstance(x, (int, float, np.number)) and not isinstance(x, bool)
