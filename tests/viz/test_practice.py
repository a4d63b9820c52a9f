"""Practice in the step page: what is asked, which mistake a wrong answer is, and that nothing is seen too early."""

import itertools
import json
import math
import re
from functools import cache

import numpy as np
import pytest

import autograd as ag
import nn
from nn import byhand
from tests.autograd.case import for_each
from tests.autograd.cases import CASES
from tests.viz.programs import network as small_network, reused, story_of
from tests.viz.tabs import addressed, follow
from tests.viz.test_page import ATTACKS, long_chain, named
from viz.seen.questions import ALL, questions
from viz.seen.slips import SLIPS
from viz.seen.story import record
from viz.web import page, save_page


def network(n=3, m=3):
    """Two layers, whose numbers all differ."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(2, m)).round(2), np.arange(m)[None] % 2.0
    model = nn.Sequential(nn.Linear(2, n, seed=1), nn.Tanh(), nn.Linear(n, 1, seed=2), nn.Sigmoid())
    for p in model.parameters():
        p.data = rng.normal(size=p.shape).round(2)
    J = nn.losses.binary_cross_entropy(model(X), Y)
    J.name = "J"
    return J


def scalars():
    """a is used three times, in three ways."""
    a, b = ag.Tensor(3.0, name="a"), ag.Tensor(-1.7, name="b")
    c = a * b
    d = np.tanh(c) + a
    e = d * d - a / 7.0
    ag.names.given({"c": c, "d": d, "e": e})
    return e


def by_hand():
    """Written without layers, and with a mean."""
    rng = np.random.default_rng(3)
    X, Y = rng.normal(size=(2, 4)).round(2), rng.normal(size=(1, 4)).round(2)
    W, b = ag.Tensor(rng.normal(size=(1, 2)).round(2), name="W"), ag.Tensor(np.array([[0.5]]), name="b")
    E = W @ X + b - Y
    return np.mean(E * E)


RUNS = [network, scalars, by_hand, reused, small_network]


@cache
def asked_of(run, *sizes):
    """The story of a run and its questions."""
    story = story_of(run, *sizes)
    return story, questions(story)


def causes(question, values):
    """The keys of what gives just these values."""
    return {
        cause["key"]
        for wrong in question["wrong"]
        if np.allclose(wrong["values"], np.ravel(values), rtol=1e-6)
        for cause in wrong["causes"]
    }


# --- what is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", RUNS)
def test_each_step_asks_for_what_it_computes(run):
    story, asked = asked_of(run)
    assert len(asked["steps"]) == len(story)
    for step, question in zip(story.steps, asked["steps"]):
        right = np.asarray(step.contribution if step.phase == "backward" else step.arrived)
        assert question["right"] == [right[tuple(at)] for at in question["entries"]]
        assert len(question["entries"]) == (right.size if right.size <= ALL else 1)
        assert question["label"] in question["asked"] and question["asked"].endswith("?")
    json.dumps(asked, allow_nan=False)


@pytest.mark.parametrize("run", RUNS)
def test_wrong_answers_are_wrong_and_have_causes(run):
    _, asked = asked_of(run)
    for question in asked["steps"]:
        for wrong in question["wrong"]:
            assert not np.allclose(wrong["values"], question["right"], rtol=1e-3)
            assert wrong["causes"] and np.isfinite(wrong["values"]).all()
            assert all(cause["key"] in asked["causes"] for cause in wrong["causes"])
    for key, said in asked["causes"].items():
        known = SLIPS.get(key) or byhand.mistakes[key.removesuffix(", in a value")]
        title = known.of_values if key.endswith(", in a value") else known.title
        assert said == {"title": title, "explanation": known.explanation}


def test_the_mistakes_of_a_network_are_known():
    """Each made here with NumPy, not with the checker's edits."""
    story, asked = asked_of(network)
    q = {s.title: question for s, question in zip(story.steps, asked["steps"])}
    v = {v.name: v.value for v in story.graph if v.kind == "value" and v.name}
    d = {v.name: v.grad for v in story.graph if v.kind == "value" and v.name}
    m = 3
    expected = [
        ("From A2 back to Z2", v["A2"] - v["Y"], {"mean_missing", "course_convention"}),
        ("From A2 back to Z2", d["A2"], {"derivative_missing"}),
        ("From A2 back to Z2", (v["Y"] - v["A2"]) / m, {"sign"}),
        ("From A2 back to Z2", d["Z2"] * v["A2"] * (1 - v["A2"]), {"output_derivative"}),
        ("From A2 back to Z2", d["A2"] * v["Z2"] * (1 - v["Z2"]), {"derivative_at_wrong_value"}),
        ("From W2·A1 back to W2", m * d["W2"], {"mean_missing", "constant_factor"}),
        ("From W2·A1 back to W2", d["W2·A1"] @ v["Z1"].T, {"wrong_cache"}),
        ("From W2·A1 back to W2", d["W2"] / m, {"mean_twice"}),
        ("From W2·A1 back to A1", m * d["A1"], {"course_convention"}),
        ("From W2·A1 back to A1", d["W2"].T @ d["W2·A1"], {"wrong_matrix"}),
        ("From A1 back to Z1", d["A1"], {"derivative_missing"}),
        ("From A1 back to Z1", d["A1"] * v["A1"], {"derivative_missing"}),
        ("From A1 back to Z1", d["A1"] * v["A1"] * (1 - v["A1"]), {"other_activation"}),
        ("From A1 back to Z1", d["A1"] * (1 - v["Z1"] ** 2), {"derivative_at_wrong_value"}),
        ("From A1 back to Z1", d["Z1"] * v["Z1"], {"extra_factor"}),
        ("From A1 back to Z1", d["A1"] * (1 + v["A1"] ** 2), {"sign"}),
        ("From Z1 back to b1", m * d["b1"], {"mean_missing"}),
        ("From W1·X back to W1", -d["W1"], {"sign"}),
        ("From W1·X back to W1", v["W1"], {"value"}),
        ("From W1·X back to W1", 2 * d["W1"], {"accumulated", "constant_factor"}),
        ("Compute A1", v["Z1"], {"operand"}),
        ("Compute J", m * v["J"], {"mean_missing"}),
    ]  # fmt: skip
    for title, values, keys in expected:
        assert keys <= causes(q[title], values), (title, keys)


def test_a_transpose_that_is_lost_is_known_where_the_shapes_fit():
    story, asked = asked_of(network, 3, 3)
    question = next(q for s, q in zip(story.steps, asked["steps"]) if s.title == "From W1·X back to W1")
    d = {v.name: v.grad for v in story.graph if v.kind == "value" and v.name}
    X = next(v.value for v in story.graph if v.name == "X")
    assert "transpose" in causes(question, d["W1·X"].T @ X.T)


def test_the_mistakes_of_numbers_are_known():
    story, asked = asked_of(scalars)
    a, b = 3.0, -1.7
    c, dd = a * b, 2 * (np.tanh(a * b) + a)
    dc = dd * (1 - np.tanh(c) ** 2)
    found = {(s.title, getattr(s, "turn", 1)): question for s, question in zip(story.steps, asked["steps"])}
    product = next(q for (title, _), q in found.items() if title == "From c back to a")
    np.testing.assert_allclose(product["right"], [dc * b])
    assert "incoming_missing" in causes(product, b)
    assert "local_missing" in causes(product, dc)
    assert "other_operand" in causes(product, dc * a)
    assert "sign" in causes(product, -dc * b)
    total = next(s for s in story.steps if s.title == "From c back to a").after
    assert "total" in causes(product, total) and "(contribution" in product["asked"]
    assert "other_contribution" in causes(product, dd)


def test_of_a_large_array_one_entry_is_asked_that_tells_mistakes():
    story, asked = asked_of(network, 7, 6)
    for step, question in zip(story.steps, asked["steps"]):
        if np.size(step.arrived) > ALL:
            [at] = question["entries"]
            assert f"{question['label']}[{', '.join(map(str, at))}]" in question["asked"]
            assert len(question["wrong"]) > 3
    assert any(len(q["entries"]) == 1 and q["shape"] == [7, 6] for q in asked["steps"])
    assert asked == questions(record(network(7, 6))), "the same one each time"


def test_numbers_that_are_not_finite_can_be_asked():
    with np.errstate(divide="ignore"):
        y = np.log(ag.Tensor(0.0, name="x"))
    _, asked = asked_of(lambda: y)
    assert [q["right"] for q in asked["steps"]] == [["-inf"], [1.0], ["inf"]]


def test_a_rule_that_cannot_be_read_is_asked_nevertheless():
    """It takes nothing but numbers."""
    sine = ag.primitive.elementwise(math.sin, lambda _out, x: math.cos(x))
    _, asked = asked_of(lambda: sine(ag.Tensor(1.5, name="x")))
    assert asked["steps"][-1]["right"] == [math.cos(1.5)]
    assert "local_missing" in causes(asked["steps"][-1], 1.0)


SOME = list({case.function.__name__: case for case in CASES}.values())[::4]  # all of them take half a minute


@for_each("case", SOME)
def test_any_operation_can_be_asked(case, monkeypatch):
    """By the mistakes of single steps alone, which no derived line is needed for."""
    monkeypatch.setattr("nn.byhand.checker.wrong._keys", lambda J: iter(()))
    with np.errstate(all="ignore"):
        J = np.sum(case.substituted(*(ag.Tensor(case.operands[i], name=f"x{i}") for i in case.wanted)))
        story = record(J)
        asked = questions(story)["steps"]
    json.dumps(asked, allow_nan=False)
    for step, question in zip(story.steps, asked):
        right = np.asarray(step.contribution if step.phase == "backward" else step.arrived)
        assert (question is None) == (right.size == 0 or right.dtype.kind != "f")


def test_a_run_of_too_many_steps_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"at most 250 questions, but this run has 601 steps"):
        save_page(long_chain(), tmp_path / "step.html", ask=True)
    assert not list(tmp_path.iterdir())


def test_a_page_without_questions_is_as_before():
    story = story_of(reused)
    assert "questions" not in json.loads(state(page(story))) and "questions" in json.loads(state(page(story, ask=True)))
    assert page(story, ask=True) == page(story, ask=True)


def state(text):
    return text.split('id="state">')[1].split("</script>")[0]


@pytest.mark.parametrize("name", ATTACKS)
def test_names_in_questions_are_never_markup(name):
    text = page(named(name), ask=True)
    assert "<img" not in text and text.count("<script") == 2
    assert any(name in q["asked"] for q in json.loads(state(text))["questions"]["steps"])


@pytest.mark.parametrize("run", RUNS)
def test_typed_with_few_digits_each_answer_is_what_it_is(node, run):
    """The right one with four digits, also with a comma; and each wrong one is told by its causes."""
    _, asked = asked_of(run)
    judged = node(
        """const write = x => typeof x === 'string' ? x : String(Number(x.toPrecision(4)));
        console.log(JSON.stringify(given.map(q => ({
            right: [write, x => write(x).replace('.', ',')].map(way => answers.judge(q, q.right.map(way)).verdict),
            wrong: q.wrong.map(w => answers.judge(q, w.values.map(write))),
        }))));""",
        asked["steps"],
    )
    told = 0
    for question, found in zip(asked["steps"], judged):
        assert found["right"] == ["right", "right"]
        for wrong, said in zip(question["wrong"], found["wrong"]):
            if said["verdict"] == "right":  # within what the rounding of the numbers on the page can make
                assert np.allclose(wrong["values"], question["right"], rtol=0.01, atol=1.5 * question["slack"])
                continue
            assert said["verdict"] == "wrong"
            assert {c["key"] for c in wrong["causes"]} <= {c["key"] for c in said["causes"]}
            told += 1
    assert told > len(asked["steps"])


# --- in a browser -----------------------------------------------------------------------------------------------------


class Reader:
    """Who practises in a tab."""

    def __init__(self, tab):
        self.tab = tab
        self.data = json.loads(tab.locator("#state").text_content())
        self.questions = self.data["questions"]["steps"]
        tab.keyboard.press("Enter")  # to the first question

    @property
    def position(self):
        return int(self.tab.locator(".chalk-count").inner_text().split()[1])

    @property
    def said(self):
        return self.tab.locator(".chalk-said[role=status]").inner_text()

    @property
    def score(self):
        return self.tab.locator(".chalk-score").inner_text()

    def answer(self, values):
        """Typed into the fields one after the other, the first of which has the focus."""
        for i, value in enumerate(values):
            if i:
                self.tab.keyboard.press("Tab")
            self.tab.keyboard.press("ControlOrMeta+a")
            self.tab.keyboard.type(value if isinstance(value, str) else f"{value:.5g}")
        self.tab.keyboard.press("Enter")

    def answer_right(self):
        self.answer(self.questions[self.position]["right"])

    def go_to(self, title):
        """Answer all questions before a step."""
        while self.data["steps"][self.position]["title"] != title:
            self.answer_right()

    def give_up(self):
        self.tab.get_by_role("button", name="Show me").click()


@pytest.fixture
def reader(opened):
    return lambda run, **how: Reader(opened(run, ask=True, **how))


@pytest.mark.browser
def test_a_right_answer_is_shown_and_the_next_question_asked(reader):
    r = reader(story_of(network))
    assert r.position == 7 and "derivative of J with respect to itself" in r.tab.locator(".chalk-asked").inner_text()
    assert r.said == ""
    r.answer(["1"])
    assert r.position == 8 and r.said.startswith("✓ Right. Start at J: dJ = 1.0")
    assert r.tab.locator(".chalk-now h2").inner_text() == "Start at J"
    assert "What is dA2?" in r.tab.locator(".chalk-asked").inner_text()
    assert r.tab.evaluate("document.activeElement.getAttribute('aria-label')") == "dA2[0, 0]"
    assert r.score.startswith("1 of 11 answered: ✓ 1 right at once")


@pytest.mark.browser
def test_answers_survive_a_reload(reader):
    """What was right, wrong and shown; and what was not answered is still asked, and not to be seen."""
    r = reader(story_of(network))
    r.answer(["1"])
    r.give_up()
    wrong = [2.5 * x for x in r.questions[r.position]["right"]]
    r.answer(wrong)
    position, score, asked = r.position, r.score, r.tab.locator(".chalk-asked").inner_text()
    assert "1 right at once" in score and "1 shown" in score and "1 wrong answer" in score
    r.tab.wait_for_function("location.hash.includes('answers')")
    addressed(r.tab)
    r.tab.reload()
    r.tab.wait_for_selector(".chalk-card")
    assert (r.position, r.score, r.tab.locator(".chalk-asked").inner_text()) == (position, score, asked)
    r.tab.keyboard.press("End")
    assert r.position == position, "no further than the answers go"
    r.tab.keyboard.press("Enter")
    r.answer_right()
    assert r.position == position + 1 and "1 corrected" in r.score


@pytest.mark.browser
def test_a_wrong_answer_that_is_a_known_mistake_is_told_and_asked_again(reader):
    r = reader(story_of(network))
    r.go_to("From W2·A1 back to W2")
    before, right = r.position, np.array(r.questions[r.position]["right"])
    r.answer(-right)
    assert r.position == before and "✗ Not right." in r.said
    assert byhand.mistakes["sign"].title.capitalize() in r.said and byhand.mistakes["sign"].explanation in r.said
    assert "dW2 = −d(W2·A1) A1ᵀ" in r.said
    marks = r.tab.locator(".chalk-field")
    assert marks.evaluate_all("all => all.map(f => f.dataset.verdict)") == ["wrong"] * 3
    assert marks.first.inner_text().split() == ["✗", "wrong"], "a sign and a word, not only a colour"
    assert marks.first.locator("input").get_attribute("aria-invalid") == "true"
    r.answer(right * 3)
    assert "Several mistakes would give this" in r.said
    assert byhand.mistakes["mean_missing"].title in r.said and "stray constant factor" in r.said
    assert r.score.endswith("✗ 2 wrong answers.")
    r.answer_right()
    assert r.position == before + 1 and "↻ 1 corrected" in r.score


@pytest.mark.browser
def test_a_wrong_answer_that_is_no_known_mistake(reader):
    r = reader(story_of(network))
    r.go_to("From A2 back to Z2")
    right = r.questions[r.position]["right"]
    r.answer([right[0], "77", right[2]])
    assert (
        "1" not in r.said.split("entries")[1]
        and "2 of 3 entries are right" in r.said
        and "no mistake that is known" in r.said
    )
    fields = r.tab.locator(".chalk-field")
    assert fields.evaluate_all("all => all.map(f => f.dataset.verdict)") == ["right", "wrong", "right"]
    assert r.tab.evaluate("document.activeElement.getAttribute('aria-label')") == "dZ2[0, 1]", "to be corrected"
    r.tab.keyboard.press("Enter")
    assert r.score.endswith("✗ 2 wrong answers.")


@pytest.mark.browser
@pytest.mark.parametrize(("typed", "said"), [("", "Type the answer first"), ("half", "Write each entry as")])
def test_what_is_no_number_does_not_count(reader, typed, said):
    r = reader(story_of(scalars))
    r.answer([typed])
    assert said in r.said and r.score.endswith("✗ 0 wrong answers.")
    assert r.tab.locator(".chalk-field").get_attribute("data-verdict") == "unreadable"


@pytest.mark.browser
def test_giving_up_reviewing_and_again(reader):
    r = reader(story_of(network))
    tab = r.tab
    r.answer_right()
    first = r.position
    r.answer(-np.array(r.questions[first]["right"]))
    r.answer_right()
    shown = r.position
    r.give_up()
    cells = r.data["arrays"][r.data["steps"][shown]["contribution"]]["cells"]
    assert "◇ Shown." in r.said and all(cell in r.said for cell in cells) and r.position == shown + 1
    assert "✓ 1 right at once, ↻ 1 corrected, ◇ 1 shown; ✗ 1 wrong answer." in r.score
    while r.position < len(r.data["steps"]):
        r.answer_right()
    assert "All questions are answered." in tab.locator(".chalk-asking").inner_text()
    review = tab.get_by_role("button", name="Next mistake")
    positions, told = [], []
    for _ in range(3):
        review.click()
        positions.append(r.position)
        told.append(tab.locator(".chalk-asking").inner_text())
    assert positions == [first + 1, shown + 1, first + 1]
    assert (
        "✗ You answered dA2" in told[0]
        and byhand.mistakes["sign"].explanation in told[0]
        and "↻ Corrected: dA2" in told[0]
    )
    assert "◇ Shown: dZ2" in told[1] and told[2] == told[0]
    tab.get_by_role("button", name="Again from where it went wrong").click()
    assert (
        r.position == first
        and "1 of 11 answered" in r.score
        and "What is dA2?" in tab.locator(".chalk-asked").inner_text()
    )
    assert tab.locator(".chalk-field input").first.input_value() == ""
    assert_nothing_is_seen_early(r)


@pytest.mark.browser
def test_all_of_it_by_keyboard(reader):
    r = reader(story_of(network))
    keys = r.tab.keyboard

    def tab_to(name):
        for _ in range(40):
            keys.press("Tab")
            if name in (r.tab.evaluate("document.activeElement.textContent") or ""):
                return
        raise AssertionError(f"{name} is not reached")

    r.answer(["5"])
    assert "✗ Not right." in r.said
    keys.press("Escape")  # out of the field
    keys.press("ArrowLeft")
    assert r.position == 6
    keys.press("End")
    assert r.position == 7
    keys.press("Enter")  # and back
    r.answer_right()
    tab_to("Hint: the rule")
    keys.press("Enter")
    assert r.tab.locator(".chalk-rule math").count() == 1
    assert r.tab.evaluate("document.activeElement.localName") == "input"
    tab_to("Show me")
    keys.press(" ")
    assert r.position == 9 and "◇ Shown." in r.said
    r.go_to("From W2·A1 back to A1")
    keys.type("1")
    keys.press("ArrowDown")
    assert r.tab.evaluate("document.activeElement.getAttribute('aria-label')") == "dA1[1, 0]"
    keys.press("ArrowUp")
    while r.position < len(r.data["steps"]):
        r.answer_right()
    tab_to("Next mistake")
    keys.press("Enter")
    assert r.position == 8
    tab_to("Again from where it went wrong")
    keys.press("Enter")
    assert r.position == 7 and r.tab.evaluate("document.activeElement.localName") == "input"


NUMBERS = re.compile(r"\d+\.\d+(?:e[+-]?\d+)?")


def assert_nothing_is_seen_early(r):
    """No number of what is not answered is anywhere in the page, but for those that are known otherwise."""
    steps, arrays, vertices = r.data["steps"], r.data["arrays"], r.data["vertices"]

    def numbers(places):
        return {n for place in places if place is not None for n in NUMBERS.findall(" ".join(arrays[place]["cells"]))}

    def of(some):
        return numbers(s.get(what) for s in some for what in ("arrived", "contribution"))

    reach = next((k for k, q in enumerate(r.questions) if k >= r.position), len(steps))
    known = of(steps[:reach]) | numbers(
        v["value"]["array"] for v in vertices.values() if v["kind"] == "value" and v["value"]["since"] == 0
    )
    hidden = {n for n in of(steps[reach:]) - known if len(n.strip("0.").replace(".", "")) > 2}
    seen = r.tab.evaluate(
        """() => {
            const drawn = ['points', 'd', 'x', 'y', 'transform', 'viewBox', 'style'];
            return [...document.querySelectorAll('body *:not(script)')].flatMap(e => [
                ...[...e.attributes].filter(a => !drawn.includes(a.name)).map(a => a.value),
                ...[...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.data),
            ]).join(' ');
        }"""
    )
    assert not hidden & set(NUMBERS.findall(seen))
    return len(hidden)


@pytest.mark.browser
def test_nothing_is_seen_before_it_is_answered(reader):
    """Neither in the picture nor in the table, however one tries to get ahead."""
    r = reader(story_of(network), step=18)
    tab = r.tab
    assert r.position == 7, "the address does not lead past the question"
    tab.get_by_role("tab", name="All steps").click()
    hidden = []
    while r.position < len(r.data["steps"]):
        at = r.position
        for key in ("End", "ArrowRight", "PageDown", " "):
            tab.locator("h1").click()
            tab.keyboard.press("Escape")
            tab.keyboard.press(key)
            assert r.position == at
        tab.locator("input[type=range]").fill("18")
        follow(tab, f"step={at + 2}&panel=steps&camera=whole")
        tab.get_by_role("tab", name="All steps").click()
        tab.locator("tbody tr").last.scroll_into_view_if_needed()  # a row has its button once it was seen
        tab.get_by_role("button", name=f"Go to step {len(r.data['steps'])}", exact=True).click()
        tab.locator(".chalk-picture .node").last.click()
        assert r.position == at
        hidden.append(assert_nothing_is_seen_early(r))
        tab.get_by_label("one step per operation").check()
        assert r.position == at
        tab.get_by_label("one step per operation").uncheck()
        tab.locator("h1").click()
        tab.keyboard.press("Enter")
        r.answer_right()
        assert r.position == at + 1
    assert min(hidden[:-2]) > 5 and tab.locator("td:has-text('not answered yet')").count() == 0


@pytest.mark.browser
def test_the_forward_pass_is_asked_where_the_reader_wants_it(reader):
    r = reader(story_of(network))
    r.answer_right()
    r.tab.get_by_label("ask in the forward pass, too").check()
    assert r.position == 0 and "What is W1·X?" in r.tab.locator(".chalk-asked").inner_text()
    assert r.score.startswith("1 of 18 answered")
    r.tab.get_by_role("tab", name="All steps").click()
    assert assert_nothing_is_seen_early(r) > 10
    r.tab.locator("h1").click()
    r.tab.keyboard.press("Enter")
    r.answer_right()
    assert r.position == 1 and "✓ Right. Compute W1·X" in r.said
    r.tab.get_by_label("ask in the forward pass, too").uncheck()
    assert r.score.startswith("1 of 11 answered")


@pytest.mark.browser
def test_contributions_are_asked_one_by_one(reader):
    r = reader(story_of(scalars))
    while r.position < len(r.data["steps"]):
        s = r.data["steps"][r.position]
        if s["turns"] > 1 and s["turn"] > 1 if s["phase"] == "backward" else False:
            total = r.data["arrays"][s["arrived"]]["data"]
            r.answer([f"{total:.6g}"])
            assert SLIPS["total"].explanation in r.said
        r.answer_right()
    assert "All questions are answered." in r.tab.locator(".chalk-asking").inner_text()


@pytest.mark.browser
def test_one_entry_of_a_large_array(reader):
    r = reader(story_of(network, 7, 6))
    r.go_to("From W2·A1 back to A1")
    [at] = r.questions[r.position]["entries"]
    assert r.tab.get_by_label(f"dA1[{at[0]}, {at[1]}]", exact=True).count() == 1
    assert r.tab.locator(".chalk-field").count() == 1
    r.answer_right()
    assert f"dA1[{at[0]}, {at[1]}] = " in r.said


@pytest.mark.browser
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_with_and_without_motion(browser, tmp_path, motion):
    """The question itself never moves; the edge that flows stands still for whoever does not want motion."""
    path = save_page(scalars(), tmp_path / "step.html", ask=True)
    context = browser.new_context(offline=True, reduced_motion=motion)
    tab = context.new_page()
    tab.goto(path.as_uri())
    r = Reader(tab)
    r.answer_right()
    r.answer_right()
    assert r.said.startswith("✓ Right.")
    moving = tab.evaluate("document.getAnimations().map(a => Boolean(a.effect.target.closest('.chalk-ask')))")
    assert not any(moving) and (moving == [] if motion == "reduce" else len(moving) > 0)
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ATTACKS)
def test_names_in_answers_are_shown_as_they_are(reader, name):
    r = reader(named(name))
    r.answer(["7"])
    r.give_up()
    while r.position < len(r.data["steps"]):
        r.give_up()
    r.tab.get_by_role("button", name="Next mistake").click()
    assert r.tab.evaluate("window.hit") is None and r.tab.locator("img").count() == 0


# What is wrong with how the question is laid out, and with its colours (WCAG 2: a contrast of 4.5 at least).
FAULTS = """() => {
    const linear = x => x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4;
    const light = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(x => linear(x / 255));
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const ground = e => {
        for (; e; e = e.parentElement) {
            const colour = getComputedStyle(e).backgroundColor;
            if (!/, 0\\)$/.test(colour)) return colour;
        }
        return 'rgb(255, 255, 255)';
    };
    const found = [], ask = document.querySelector('.chalk-ask'), name = e => e.outerHTML.slice(0, 70);
    if (document.documentElement.scrollWidth > innerWidth) found.push('wider than the window');
    const boxes = [...ask.querySelectorAll('input, button, label, .chalk-label, figure, .chalk-rule, p')]
        .filter(e => e.getClientRects().length).map(e => [e, e.getBoundingClientRect()]);
    const whole = ask.getBoundingClientRect();
    for (const [e, a] of boxes) {
        if (a.right > whole.right + 1 || a.left < whole.left - 1) found.push(`out of the box: ${name(e)}`);
        for (const [f, b] of boxes) {
            if (e === f || e.contains(f) || f.contains(e)) continue;
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 1 && high > 1) found.push(`overlap: ${name(e)} | ${name(f)}`);
        }
    }
    for (const e of ask.querySelectorAll('*')) {
        const written = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        if (!written || !e.getClientRects().length) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
        const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        if (contrast < 4.5) found.push(`contrast ${contrast.toFixed(1)}: ${name(e)}`);
    }
    return found;
}"""


@pytest.mark.browser
def test_every_question_fits_and_can_be_read(opened):
    """Nothing is wider than the window or than its box, nothing overlaps, no text is too faint."""
    tab = opened(story_of(network), ask=True)
    r = Reader(tab)

    others = itertools.cycle([(700, "light"), (1400, "light"), (1400, "dark")])  # each after each kind of event

    def faults():
        found = []
        for width, scheme in ((360, "dark"), next(others)):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [f"{width} {scheme}: {fault}" for fault in tab.evaluate(FAULTS)]
        return found

    while r.position < len(r.data["steps"]):
        right = r.questions[r.position]["right"]
        for values in ([3 * x + 1e-9 for x in right], [99.0] * len(right)):
            r.answer(values)
            assert faults() == []
        tab.get_by_role("button", name="Hint: the rule").click()
        assert faults() == []
        r.answer_right()
        assert faults() == []
