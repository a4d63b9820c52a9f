"""nn.byhand: the catalogue of hand-derived formulas, each checked against autograd."""

import dataclasses
import io
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

import autograd as ag
from autograd.read import Factor
from nn import byhand
from nn.byhand import networks, program
from nn.byhand.checks import (
    M_EXAMPLES,
    ONE_EXAMPLE,
    SHAPE,
    VALUE,
    Agree,
    Fails,
    Seen,
    Shapes,
    agree,
    as_printed,
    course,
    fails,
    relative_difference,
    shapes,
    shown,
    true,
    wrong_shapes,
)
from nn.byhand.entries import Entry, claim, for_one, holds, misprint, to
from nn.byhand.passes import backward_pass, forward_pass
from nn.byhand.program import AUTOGRAD, COMPLEX_STEP, COURSE, ONE, TRUE

# How many formulas each document has, and which of them do not simply hold: the specification, in a few lines.
COUNTS = {"000": 14, "001": 13, "002": 33, "003": 7, "004": 11}
IDS = [f"{document}-{i}" for document, count in COUNTS.items() for i in range(1, count + 1)]
FOR_ONE = {"000-8", "001-5", "001-6", "002-11"}
CLAIMS = {"000-4", "001-13", "002-20", "002-24", "002-28", "002-29"}
MISPRINTS = {
    "000-7": "shape",
    "001-8": "error",
    "001-9": "value",
    "001-12": "shape, value",
    "002-2": "shape",
    "002-5": "claim",
    "002-15": "value",
    "002-17": "shape",
    "002-26": "value",
    "002-32": "value, shape",
    "003-2": "shape",
    "003-3": "value",
    "003-5": "value",
    "004-2": "shape",
    "004-3": "claim",
}


@pytest.fixture(scope="module")
def report():
    return byhand.verify()


def run(entry):
    return byhand.verify([entry]).rows[0]


# --- the catalogue ---------------------------------------------------------------------


def test_the_catalogue_has_exactly_the_specified_entries_in_order():
    assert list(byhand.catalogue) == IDS
    assert [row.id for row in byhand.verify().rows] == IDS


def test_verdicts_are_the_specified_ones():
    wanted = dict.fromkeys(IDS, "holds")
    wanted |= dict.fromkeys(FOR_ONE, "holds for one example")
    wanted |= dict.fromkeys(CLAIMS, "claim") | dict.fromkeys(MISPRINTS, "misprint")
    assert {id: entry.verdict for id, entry in byhand.catalogue.items()} == wanted
    assert {id: entry.kind for id, entry in byhand.catalogue.items() if entry.kind} == MISPRINTS


@pytest.mark.parametrize("id", IDS)
def test_entry_is_as_stated(id, report):
    row = report.rows[IDS.index(id)]
    assert row.ok, row.seen
    assert row.seen


@pytest.mark.parametrize("id", IDS)
def test_entry_says_what_it_is(id):
    entry = byhand.catalogue[id]
    assert entry.printed and entry.source and entry.checks
    assert entry.applies in ("one example", "m examples", "one example and m examples")
    assert (entry.corrected is None) == (entry.verdict != "misprint")


@pytest.mark.parametrize("id", MISPRINTS)
def test_misprint_is_seen_failing_and_its_correction_holding(id, report):
    row = report.rows[IDS.index(id)]
    assert "fails as stated" in row.seen
    assert "corrected: " in row.seen
    assert any(isinstance(c, (Fails, Shapes)) for c in byhand.catalogue[id].checks) or id == "002-5"


@pytest.mark.parametrize("id", sorted(FOR_ONE))
def test_what_holds_for_one_example_is_seen_failing_for_m(id, report):
    seen = report.rows[IDS.index(id)].seen
    assert "(one example)" in seen
    assert "not for m examples: " in seen


@pytest.mark.parametrize("id", ["000-12", "000-13", "001-4", "001-7", "002-16", "002-25", "002-27", "002-33", "003-6"])
def test_both_conventions_of_1_over_m_are_compared(id, report):
    assert "(course, true)" in report.rows[IDS.index(id)].seen
    on = {c.on for c in byhand.catalogue[id].checks if isinstance(c, Agree)}
    assert {(COURSE,), (TRUE,)} <= on  # by a formula of its own for each


def test_no_check_is_empty():
    for entry in byhand.catalogue.values():
        corrections = entry.correction.checks if entry.correction else ()
        assert entry.correction is None or corrections
        for check in (*entry.checks, *corrections):
            assert getattr(check, "formulas", True) and getattr(check, "claims", True), entry.id


# --- what is not as stated is noticed ---------------------------------------------------------------------

BROKEN = [
    # an entry that is wrong about itself, and words that its row must have
    (holds("x", ONE_EXAMPLE, "dA_prev = W·dZ", agree(dA_prev=lambda W, dZ: W.T @ dZ * 1.001)), "off by 1.0e-03"),
    (holds("x", ONE_EXAMPLE, "", agree(db=lambda dZ: dZ[:, 0])), "db has shape (5,) for (5, 1)"),
    (holds("x", M_EXAMPLES, "", agree(dW=lambda dZ, A_prev: dZ @ A_prev.T)), "(course)"),
    (holds("x", M_EXAMPLES, "", agree(dW=lambda dZ, A_prev, m: 1 / m * dZ @ A_prev.T)), "(true)"),
    (holds("x", M_EXAMPLES, "", agree(dW=lambda dZ, A_prev: dZ @ A_prev)), "ValueError: matmul"),
    (holds("x", M_EXAMPLES, "", agree(dZ=lambda dA: dA * np.nan)), "off by nan"),
    (holds("x", M_EXAMPLES, "", agree(lambda m: {})), "nothing was compared"),
    (holds("x", M_EXAMPLES, ""), "nothing checks this entry"),
    (holds("x", M_EXAMPLES, "", agree(dZ=lambda dB: dB)), "LookupError: no layer of the example network has dB"),
    (holds("x", M_EXAMPLES, "", agree(of=networks.SCALAR_CHAIN, dz2=lambda a2, y: a2 - y)), "one example only"),
    (holds("x", M_EXAMPLES, "", shapes(dW=lambda n: (n, n))), "dW is (5, 6), not (5, 5)"),
    (holds("x", M_EXAMPLES, "", wrong_shapes(db=lambda n: (n, 1))), "db (5, 1)"),
    (claim("x", M_EXAMPLES, "", shown(lambda: Seen(False, "not so"))), "not so"),
    (claim("x", M_EXAMPLES, "", shown(lambda: 1 / 0)), "ZeroDivisionError: division by zero"),
    (for_one("x", ONE_EXAMPLE, "", fails(SHAPE, on=M_EXAMPLES, dZ=lambda dZ: dZ)), "does not fail as stated"),
]
RIGHT = to("dZ", agree(dZ=lambda dA, g_prime, Z: dA * g_prime(Z)))
BROKEN += [
    (misprint("x", M_EXAMPLES, "", kind, check, corrected=RIGHT), words)
    for kind, check, words in (
        # it does not fail at all
        (VALUE, fails(VALUE, dZ=lambda dA, g_prime, Z: dA * g_prime(Z)), "dZ does not fail as stated: it agrees"),
        (SHAPE, fails(SHAPE, dA_prev=lambda W, dZ: W.T @ dZ), "does not fail as stated: it agrees"),
        ("error", fails(TypeError, dZ=lambda dZ: dZ), "does not fail as stated: it agrees"),
        # or it fails in another way than stated
        (VALUE, fails(VALUE, dW=lambda dZ, A_prev: dZ @ A_prev), "does not fail as stated: fits no shape"),
        (SHAPE, fails(SHAPE, dZ=lambda dA: dA), "does not fail as stated: off by"),
        ("error", fails(TypeError, dZ=lambda dZ: dZ.no_such_thing), "does not fail as stated: raises AttributeError"),
    )
]
BROKEN.append(
    (
        misprint(
            "x",
            M_EXAMPLES,
            "",
            VALUE,
            fails(VALUE, dZ=lambda dA: dA),
            corrected=to("2·dA", agree(dZ=lambda dA: 2 * dA)),
        ),
        "corrected: 2·dA: dZ is off by",
    )
)


@pytest.mark.parametrize("entry, words", BROKEN)
def test_an_entry_that_is_not_as_stated_is_reported_not_raised(entry, words):
    report = byhand.verify([byhand.catalogue["000-1"], entry])
    assert not report.ok
    assert [row.ok for row in report.rows] == [True, False]
    assert words in report.rows[1].seen
    assert report.totals.endswith("1 NOT as stated: x")
    assert "NOT" in str(report)


@pytest.mark.parametrize("id", [id for id in IDS if byhand.catalogue[id].verdict == "holds"])
def test_a_formula_that_holds_does_not_pass_as_a_misprint(id):
    """The same checks, turned round: every formula that agrees must be refused where it is said to fail."""
    entry = byhand.catalogue[id]
    for check in entry.checks:
        if isinstance(check, Agree) and all(name for name, _ in check.formulas):
            assert not Fails(VALUE, check.formulas, check.of, check.on).run(entry.cases).ok


def test_both_witnesses_are_asked(monkeypatch):
    """An engine that is wrong about tanh is noticed, since the complex step does not use it."""
    wrong = networks.Network("tiny", (3, 5, 2), ("tanh", "sigmoid"), m=7)
    entry = holds("x", M_EXAMPLES, "", agree(of=wrong, A=lambda g, Z: g(Z)))
    monkeypatch.setitem(program.ENGINE, "tanh", ag.sigmoid)
    assert "judged by autograd" in run(entry).seen


# --- the report ---------------------------------------------------------------------


def test_report_prints_one_row_for_each_id_and_the_totals(report):
    lines = str(report).splitlines()
    first = [line.split()[0] for line in lines if line.strip()]
    assert [word for word in first if word in byhand.catalogue] == IDS
    assert lines[-1] == "78 entries: 53 hold, 4 hold for one example, 15 misprints, 6 claims; all as stated"
    assert max(map(len, lines)) <= 120
    assert report.ok


def test_verdict_counts(report):
    assert Counter(row.verdict for row in report.rows) == {
        "holds": 53,
        "holds for one example": 4,
        "misprint": 15,
        "claim": 6,
    }


def test_every_figure_is_rounding(report):
    for row in report.rows:
        assert row.difference is None or 0 <= row.difference < 1e-12
    assert sum(row.difference is not None for row in report.rows) >= 60


def test_output_is_the_same_bytes_each_time(report, monkeypatch):
    monkeypatch.setenv("COLUMNS", "47")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert str(byhand.verify()) == str(report)
    assert "\x1b" not in str(report)


@pytest.mark.parametrize("kind", ["formulas", "arrays"])
def test_text_is_text_in_a_notebook_too(kind, monkeypatch):
    """There rich would show what is printed on any console as HTML, and leave the text empty."""
    w = ag.Tensor(2.0, name="w")
    report = byhand.verify([byhand.catalogue["000-9"]]) if kind == "formulas" else byhand.check(w * w, {"dw": 4.0})
    plain = str(report)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    assert str(report) == plain != ""


def test_the_command_of_the_specification_exits_0(report):
    code = "from nn import byhand; r = byhand.verify(); print(r); raise SystemExit(not r.ok)"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True, encoding="utf8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == f"{report}\n"


def test_html_has_a_row_for_each_id_and_escapes():
    text = byhand.verify([dataclasses.replace(byhand.catalogue["000-1"], printed="a < b")])._repr_html_()
    assert text.count("<tr>") == 2
    assert "a &lt; b" in text


# --- the networks and their witnesses ---------------------------------------------------------------------

GENERIC = [networks.DEEP, networks.TWO_LAYERS, networks.LOGISTIC]


@pytest.mark.parametrize("network", GENERIC, ids=lambda n: n.name)
def test_example_data_hide_nothing(network):
    assert network.m >= 3 and network.m not in (2, 4)
    assert len({*network.sizes, network.m}) == len(network.sizes) + 1
    assert len(set(network.activations)) == len(network.activations)
    for witness in (AUTOGRAD, COMPLEX_STEP):
        scope = networks.scopes(network, COURSE, witness)[0]
        for l in range(1, network.depth + 1):
            assert np.all(np.any(scope[f"dW{l}"] != 0, axis=1)), "a unit that learns nothing hides mistakes"
            assert np.all(scope[f"Z{l}"] != 0)


@pytest.mark.parametrize("network", [*GENERIC, networks.SQUARE], ids=lambda n: n.name)
@pytest.mark.parametrize("case", [ONE, COURSE, TRUE])
def test_the_two_witnesses_agree_on_everything(network, case):
    by_autograd, by_complex_step = (networks.scopes(network, case, w)[0] for w in (AUTOGRAD, COMPLEX_STEP))
    derivatives = [name for name in by_autograd if name.startswith("d")]
    assert {f"dW{network.depth}", "db1", "dZ1", "dA1", "dX"} <= set(derivatives)
    for name in derivatives:
        assert relative_difference(by_autograd[name], by_complex_step[name]) < 1e-12, name


def test_conventions_differ_by_m_where_the_samples_are_kept():
    in_course, in_true = (networks.scopes(networks.DEEP, case)[0] for case in (COURSE, TRUE))
    for name in ("dZ4", "dZ1", "dA2", "dX"):
        np.testing.assert_allclose(in_course[name], 7 * in_true[name], rtol=1e-13)
    for name in ("dW4", "dW1", "db2"):
        np.testing.assert_allclose(in_course[name], in_true[name], rtol=1e-13)


def test_central_differences_agree_too():
    """A third witness for one network: the plainest of all, and the least exact."""
    network, h = networks.TWO_LAYERS, 1e-6
    scope = networks.scopes(network, TRUE)[0]
    for name in ("W1", "b1", "W2", "b2"):
        x = network.leaves[name]
        for i in np.ndindex(x.shape):
            step = np.zeros_like(x)
            step[i] = h
            up, down = (network.run(program.BY_HAND, {name: x + s * step})["J"] for s in (1, -1))
            assert (up - down) / (2 * h) == pytest.approx(scope[f"d{name}"][i], abs=1e-8)


@pytest.mark.parametrize("convention, case", [("course", COURSE), ("true", TRUE)])
def test_whole_backward_pass_by_hand(convention, case):
    found = backward_pass(networks.DEEP, forward_pass(networks.DEEP), convention=convention)
    scope = networks.scopes(networks.DEEP, case)[0]
    assert len(found) == 3 * networks.DEEP.depth + 1
    for name, value in found.items():
        assert relative_difference(value, scope[name]) < 1e-12, name


def test_chain_of_jacobians_follows_the_path():
    one = networks.DEEP.at(ONE)
    assert one.path("W2") == ["L", "A4", "Z4", "A3", "Z3", "A2", "Z2", "W2"]
    chain = one.chain("W2")
    assert chain.paths == [tuple(one.path("W2"))]
    assert [f.size for f in chain.factors] == [(1, 2), (2, 2), (2, 3), (3, 3), (3, 4), (4, 4), (4, 20)][
        -len(chain.factors) :
    ]
    assert chain.product.shape == (4, 5)


def test_a_statement_is_executed_as_printed():
    assert as_printed("db = np.sum(dZ, axis=1, keepdims=True)", dZ=np.ones((2, 3))).tolist() == [[3.0], [3.0]]
    with pytest.raises(SyntaxError):
        as_printed("db = np.sum(dZ), axis=1", dZ=np.ones((2, 3)))


def test_formulas_are_data_that_others_can_read():
    """What a checker needs of the catalogue: the left side, what the right side reads, and the formula itself."""
    entry = byhand.catalogue["000-12"]
    assert isinstance(entry, Entry)
    ((name, formula),) = entry.checks[0].formulas
    assert name == "dW"
    scope = networks.scopes(networks.DEEP, COURSE)[1]
    assert formula(scope["dZ"], scope["A_prev"], scope["m"]).shape == scope["W"].shape
    assert course(dW=formula).on == (COURSE,) and true(dW=formula).on == (TRUE,)


# --- what is really done ---------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_console_s_width_is_kept(report, width):
    from rich.console import Console

    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(report)
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    assert max(map(len, lines)) <= width
    first = [line.split()[0] for line in lines if line.strip()]
    assert [word for word in first if word in byhand.catalogue] == IDS
    if width < 120:  # no columns of a few letters each
        assert "z = wᵀx + b; σ(z) = 1/(1 + e^−z)" in file.getvalue()


def test_shown_in_a_terminal_it_is_as_wide_as_that_and_in_a_file_120(report, capsys, monkeypatch):
    from rich.console import Console

    report.show()
    assert capsys.readouterr().out == f"{report}\n"
    terminal = io.StringIO()
    report.show(Console(file=terminal, width=60, force_terminal=True, color_system=None))
    assert max(map(len, terminal.getvalue().splitlines())) <= 60


def test_the_tree_is_multiplied_out(report, monkeypatch):
    seen = report.rows[IDS.index("003-7")].seen
    assert "max rel. diff" in seen
    for path in ("∂L/∂Z4 = ∂L/∂A4 · ∂A4/∂Z4", "∂L/∂W4 = ∂L/∂A4 · ∂A4/∂Z4 · ∂Z4/∂W4", "· ∂Z3/∂A2 · ∂A2/∂Z2 · ∂Z2/∂W2"):
        assert path in seen
    right = Factor.matrix.fget

    def wrong(self):
        return right(self) * (1.001 if (self.numerator, self.denominator) == ("A3", "Z3") else 1)

    monkeypatch.setattr(Factor, "matrix", property(wrong))
    row = run(byhand.catalogue["003-7"])
    assert not row.ok and "Z3" in row.seen and "differ from the gradient" in row.seen


def test_the_capital_b_is_said_to_be_what_broadcasting_makes(report):
    assert "only as what broadcasting makes of b (n, 1)" in report.rows[IDS.index("002-31")].seen


@pytest.mark.parametrize("id", ["001-3", "002-7"])
def test_descent_is_compared_over_several_steps(id, report, monkeypatch):
    from nn import optim

    assert "5 steps with α = 0.1 and with α = 0.3" in report.rows[IDS.index(id)].seen
    step, count = optim.SGD.step, Counter()

    def forgets_from_the_third_step(self):
        count[self] += 1
        if count[self] < 3:
            step(self)

    monkeypatch.setattr(optim.SGD, "step", forgets_from_the_third_step)
    assert not run(byhand.catalogue[id]).ok


def test_exp_goes_through_the_engine(report, monkeypatch):
    from nn.byhand import demonstrations

    assert "np.exp on Tensors" in report.rows[IDS.index("002-3")].seen
    assert demonstrations.sigmoid_from_exp().ok
    monkeypatch.setitem(program.SLOPES, "sigmoid", lambda z: 0.999 * np.exp(-z) / (1 + np.exp(-z)) ** 2)
    assert not demonstrations.sigmoid_from_exp().ok
