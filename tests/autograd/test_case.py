"""for_each: one test for each function runs every case, and says which have failed."""

import numpy as np
import pytest

from tests.autograd.case import case, for_each, grouped
from tests.autograd.cases import CASES

TANH, EXP = [case(np.tanh, [shape]) for shape in [(2,), (3,), (2, 3)]], [case(np.exp, [(2,)])]


def test_no_case_is_left_out():
    groups = grouped((c,) for c in CASES)
    assert sorted(id(c) for group in groups.values() for _, (c,) in group) == sorted(map(id, CASES))
    assert groups.keys() == {c.function.__name__ for c in CASES}


def ran(test, fixtures=()):
    """The tests that pytest would make of it, by their ids: what each raises."""
    [mark] = test.pytestmark
    found = {}
    for name, group in zip(mark.kwargs["ids"], mark.args[1], strict=True):
        try:
            found[name] = test(group, **dict(fixtures))
        except BaseException as failure:
            found[name] = failure
    return found


def test_every_case_runs_whatever_another_does():
    seen = []

    @for_each("case, n", [(c, n) for c in TANH + EXP for n in (1, 2)])
    def test(case, n, fixture):
        seen.append((str(case), n, fixture))
        assert case.function is np.exp or n == 1

    found = ran(test, {"fixture": "f"})
    assert seen == [(str(c), n, "f") for c in TANH + EXP for n in (1, 2)]
    assert found["exp"] is None
    assert [e.__notes__ for e in found["tanh"].exceptions] == [[f"in the case {c}, 2"] for c in TANH]


def test_a_single_failure_is_raised_as_it_is():
    @for_each("case", TANH)
    def test(case):
        if case is TANH[1]:
            pytest.fail("wrong")

    failure = ran(test)["tanh"]
    assert isinstance(failure, pytest.fail.Exception)
    assert failure.__notes__ == ["in the case tanh-3"]
