"""docs/coverage.md: whole, current, and true."""

import functools
import inspect

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import COMPOSITES, OPS, REFUSED
from tests.autograd.cases import CASES, CONSTANTS
from tools import coverage

ENTRIES = list(coverage.entries())
BY_ANSWER = {a: [e for e in ENTRIES if e.answers == [a]] for a in coverage.ANSWERS}


def function_of(entry):
    return getattr(coverage.NAMESPACES[entry.namespace], coverage.ALIASES.get(entry.name, entry.name))


def named(entry):
    return f"{entry.namespace}.{entry.name}"


def test_every_public_function_has_exactly_one_answer():
    assert {named(e): e.answers for e in ENTRIES if len(e.answers) != 1} == {}


def test_nothing_is_both_a_row_and_refused():
    tables = {"rows": set(OPS), "composites": set(COMPOSITES), "refused": set(REFUSED)}
    found = [f.__name__ for table in tables for other in tables if table < other for f in tables[table] & tables[other]]
    assert found == []


def test_every_refused_function_is_public():
    """What is refused and not in NumPy's namespaces would be a slip of the pen."""
    public = {id(function_of(e)) for e in ENTRIES}
    assert [f.__name__ for f in REFUSED if id(f) not in public] == []


def test_every_differentiable_function_and_constant_has_a_case():
    tried = {id(OPS.get(c.function, c.function)) for c in CASES + CONSTANTS}
    listed = [e for a in ("differentiable", "composite", "constant") for e in BY_ANSWER[a]]
    assert [named(e) for e in listed if id(OPS.get(function_of(e), function_of(e))) not in tried] == []


@pytest.mark.parametrize("entry", BY_ANSWER["refused"], ids=named)
def test_a_refusal_is_one_error_that_names_the_function(entry):
    """However a function is called, so long as NumPy lets the operands answer."""
    function, t = function_of(entry), ag.Tensor(np.ones((2, 2)), name="t")
    with pytest.raises(ag.Unsupported) as caught:
        if isinstance(function, np.ufunc):
            function(*[t] * function.nin)
        else:
            t.__array_function__(function, (ag.Tensor,), (t,), {})
    assert function.__name__ in str(caught.value) and REFUSED[function] in str(caught.value)


@pytest.mark.parametrize("name", coverage.MAKES_AN_ARRAY.split())
def test_what_makes_an_array_says_what_to_call(name):
    t = ag.Tensor(np.ones((2, 2)))
    if name == "bmat":
        attempt = lambda: np.bmat([[t]])
    elif name == "full":
        attempt = lambda: np.full((2, 2), t)
    else:
        attempt = lambda: getattr(np, name)(t)
    with pytest.raises(ag.ConversionError, match="plain array"):
        attempt()


def test_refusals_are_sentences():
    """They are read after `numpy.name takes no Tensor: `."""
    assert [f.__name__ for f, why in REFUSED.items() if not why.endswith((".", ")")) or len(why) < 20] == []


def test_the_page_is_current():
    """In full on the NumPy that it names; on any other, in what it says of each function that both have."""
    text, now = coverage.PAGE.read_text(encoding="utf-8"), coverage.page()
    if f"for NumPy {coverage.numpy_version()};" in text:
        assert text == now, "run: python -m tools.coverage"
    stored, current = said(text), said(now)
    both = stored.keys() & current.keys()
    assert {what: stored[what] for what in both} == {what: current[what] for what in both}
    assert len(both) > 0.95 * len(stored), "the page and this NumPy have little in common"
    differing = {section for section, _ in stored.keys() ^ current.keys()}
    assert differing <= {f"## {n}" for n in coverage.NAMESPACES}, "only what NumPy has may differ"


def said(page):
    """What a page says, by section and function; its counts, which are of one NumPy, are left out."""
    found, section = {}, ""
    for line in page.splitlines():
        if line.startswith("## "):
            section = line
        elif section and line.startswith("| `"):
            name, rest = line.removeprefix("| ").split(" | ", 1)
            found[section, name] = rest.split(" | ")[0] if name.strip("`") in without_signature() else rest
        elif line.startswith("Takes no array: "):
            names = line.removeprefix("Takes no array: ").rstrip(".").split(", ")
            found |= dict.fromkeys([(section, name) for name in names], "takes no array")
    return found


@functools.cache
def without_signature():
    """Functions whose keywords this NumPy does not tell (compiled ones before NumPy 2.4), so the page cannot either."""
    taken = {op.function: op.prepare for op in OPS.values()} | COMPOSITES
    return {named(e) for e in ENTRIES if hands_on(taken.get(function_of(e))) and not has_signature(function_of(e))}


def hands_on(function):
    """Whether it takes any keyword, for NumPy's own function to judge."""
    parameters = inspect.signature(function).parameters.values() if function else ()
    return any(p.kind is p.VAR_KEYWORD for p in parameters)


def has_signature(function):
    try:
        return bool(inspect.signature(function))
    except ValueError:
        return False


def test_the_keywords_on_the_page():
    notes = {named(e): e.note for e in ENTRIES}
    assert notes["np.sum"].startswith("`axis=`, `keepdims=`")
    assert notes["np.exp"] == ""
    assert notes["np.gcd"] == REFUSED[np.gcd]


def test_refused_keywords_are_not_on_the_page():
    notes = {named(e): e.note for e in ENTRIES if e.answers[0] in ("differentiable", "composite")}
    for name, keyword in {"np.interp": "period", "np.quantile": "weights", "np.nansum": "initial"}.items():
        assert f"`{keyword}=`" not in notes[name]
    assert (
        "`where=`" in notes["np.nansum"] and "`weights=`" in notes["np.average"] and "`period=`" in notes["np.unwrap"]
    )
    assert [n for n, note in notes.items() for k in coverage.ONLY_AT_DEFAULT if f"`{k}=`" in note] == []
