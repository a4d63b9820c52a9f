"""Exercises: their numbers, what a student gets, what answers are worth, hints, and the files."""

import base64
import copy
import json
import pickle
import re
import runpy
from fractions import Fraction

import numpy as np
import pytest

import autograd as ag
from autograd.errors import SaveError
from nn import byhand, losses
from nn.byhand.checker.equation import GRADIENT
from nn.byhand.checker.search import variants

PAPER = [{"layers": 1}, {"layers": 2}, {"layers": 3}, {"layers": ["relu", "linear"]}]
COMPUTER = [
    {"layers": ["tanh", "sigmoid"]},
    {"layers": ["tanh", "relu", "softmax"]},
    {"layers": ["leaky_relu", "tanh", "linear"]},
    {"layers": 4},
    {"layers": ["sigmoid"]},
    {"layers": ["tanh", "sigmoid", "tanh", "relu", "softmax"]},
]
NAMES = lambda options: str(options["layers"])


@pytest.fixture(scope="module")
def made():
    """A function that makes an exercise; what is asked for twice is made once."""
    known = {}

    def make(**options):
        key = repr(options)
        if key not in known:
            known[key] = byhand.exercise(**options)
        return known[key]

    return make


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", ["Ada", 0, 1])
@pytest.mark.parametrize("options", PAPER, ids=NAMES)
def test_on_paper_every_result_is_an_integer_or_a_short_fraction(made, options, seed):
    exercise = made(seed=seed, **options)
    assert exercise.m in (2, 3)
    for name, value in {**exercise.given, **exercise.answers()}.items():
        for x in np.ravel(value):
            short = Fraction(float(x)).limit_denominator(2 * exercise.m)
            assert abs(float(short) - x) < 1e-12 and abs(short.numerator) < 1000, name
            assert short.denominator == 1 or name == "J" or exercise.key.equation(name).of_parameter


@pytest.mark.parametrize("options", PAPER + COMPUTER, ids=NAMES)
def test_answers_are_those_of_the_engine(made, options):
    exercise = made(seed=5, **options)
    model = exercise.task.model()
    J = losses.find(exercise.task.loss)(model(exercise.task.X), exercise.task.Y)
    J.backward()
    answers = exercise.answers()
    assert np.isclose(answers["J"], J.item())
    for p in model.parameters():
        np.testing.assert_allclose(answers[f"d{p.name}"], p.grad, atol=1e-12)


@pytest.mark.parametrize("options", PAPER + COMPUTER, ids=NAMES)
def test_no_unit_is_idle_and_no_two_arrays_are_equal(made, options):
    exercise = made(seed=6, **options)
    arrays = [v for v in {**exercise.given, **exercise.answers()}.values() if v.size > 1]
    for i, a in enumerate(arrays):
        assert all(a.shape != b.shape or not np.array_equal(a, b) for b in arrays[:i])
    for name, W in exercise.task.parameters.items():
        if name.startswith("W"):
            assert np.any(exercise.answers()[f"d{name}"], axis=1).all() and len(np.unique(W, axis=0)) == len(W)


def test_data_for_the_computer_hide_nothing_that_better_data_show(made):
    for seed in (1, 2):
        assert made(seed=seed, layers=["tanh", "sigmoid"]).audit.ok


def test_a_seed_gives_the_same_numbers_for_ever():
    exercise = byhand.exercise(seed="Ada", layers=2)
    assert exercise.task.parameters["W2"].tolist() == [[2.0, 1.0, 1.0, -2.0]]
    other = byhand.exercise(seed="Bob", layers=2)
    assert not np.array_equal(other.task.X, exercise.task.X) or not np.array_equal(other.task.Y, exercise.task.Y)
    assert byhand.exercise(seed=np.int64(3)).seed == 3


@pytest.mark.parametrize("write", ["script", "notebook", "sheet"])
def test_the_same_seed_gives_the_same_bytes(tmp_path, write):
    suffix = {"script": ".py", "notebook": ".ipynb", "sheet": ".html"}[write]
    paths = []
    for i in range(2):
        exercise = byhand.exercise(seed=7, layers=2, hide=["dW2", "dz_1"])
        if i:  # whatever was asked before
            exercise.grade({"dW2": np.zeros((1, 4))})
            exercise.hint(step=3)
        paths.append(getattr(exercise, write)(tmp_path / f"{i}{suffix}"))
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_hide_says_what_is_to_be_found(made):
    everything = made(seed=5, layers=2).to_find
    assert everything == ("Z1", "A1", "Z2", "A2", "J", "dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1")
    assert made(seed=5, layers=2, hide="values").to_find == everything[:5]
    assert made(seed=5, layers=2, hide="gradients").to_find == everything[5:]
    some = made(seed=5, layers=2, hide=["db[1]", "dz_2"])
    assert some.to_find == ("dZ2", "db1") and set(everything) - set(some.to_find) < set(some.given)
    assert made(seed=5, layers=2, hide="dW1").to_find == ("dW1",)


# --- no answers in what a student gets --------------------------------------------------------------------------------


def numbers(text):
    return [float(x) for x in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text.replace("−", "-"))]


def contains(text, array):
    """Whether the entries of an array stand one after the other in a text, by rows or by columns, rounded or not."""
    found, largest = np.array(numbers(text)), np.max(np.abs(array))
    for entries in (np.ravel(array), np.ravel(np.transpose(array))):
        runs = (
            np.lib.stride_tricks.sliding_window_view(found, entries.size) if found.size >= entries.size else found[:0]
        )
        if len(runs) and np.any(np.all(np.abs(runs - entries) <= 0.02 * largest, axis=1)):
            return True
    return False


def files_of(exercise, tmp_path):
    texts = [exercise.script(tmp_path / "ex.py"), exercise.notebook(tmp_path / "ex.ipynb")]
    if exercise.task.on_paper:
        texts.append(exercise.sheet(tmp_path / "ex.html"))
    return {path.name: path.read_text(encoding="utf-8") for path in texts}


@pytest.mark.parametrize("hide", ["all", "gradients", ["dZ1", "dW2", "A1"]], ids=str)
@pytest.mark.parametrize("options", [PAPER[1], PAPER[2], PAPER[3], *COMPUTER[:2]], ids=NAMES)
def test_no_file_has_an_answer(made, tmp_path, options, hide):
    exercise = made(seed=8, hide=hide, **options)
    for name, text in files_of(exercise, tmp_path).items():
        for array, value in exercise.answers().items():
            fewest = 4 if name == "ex.html" else 3  # sizes and formulas of a sheet have small integers as well
            assert value.size < fewest or not contains(text, value), (name, array)
            assert base64.b64encode(value.tobytes()).decode()[:-4] not in text
        for name in exercise.to_find:
            if exercise.key.equation(name).kind == GRADIENT:
                assert f"{name} = " not in text.replace(f"{name} = None", "")


def test_the_search_for_answers_finds_them(made, tmp_path):
    exercise = made(seed=8, layers=["tanh", "sigmoid"])
    text = exercise.script(tmp_path / "ex.py").read_text(encoding="utf-8")
    for value in (exercise.answers()["dW1"], exercise.answers()["dZ1"].T):
        for shown in (value, value.round(2), value.astype(np.float32)):
            assert contains(text + str(shown.tolist()), value)
    sheet = made(seed=8, layers=2)
    page = sheet.sheet(tmp_path / "answers.html", answers=True).read_text(encoding="utf-8")
    assert contains(page, sheet.answers()["dZ1"])
    assert not contains(sheet.sheet(tmp_path / "sheet.html").read_text(encoding="utf-8"), sheet.answers()["dZ1"])


@pytest.mark.parametrize("options", [PAPER[1], COMPUTER[0]], ids=NAMES)
def test_no_pickle_or_copy_has_an_answer(options):
    exercise = byhand.exercise(seed=8, **options)
    answers = exercise.answers()
    score = exercise.grade(answers | {"dZ1": 2 * answers["dZ1"]})
    exercise.audit  # noqa: B018
    assert exercise.hint() != ""
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        dumped = pickle.dumps(exercise, protocol)
        for value in answers.values():
            assert value.size < 2 or (
                value.tobytes() not in dumped and np.asfortranarray(value).tobytes("F") not in dumped
            )
    for other in (pickle.loads(pickle.dumps(exercise)), copy.deepcopy(exercise), copy.copy(exercise)):
        assert set(vars(other)) == {"seed", "task", "hide"}
        assert other.seed == 8 and other.grade(answers).points == other.grade(answers).out_of == 13
    for text in (str(score), score.json(), repr(score), repr(exercise)):
        assert not any(value.size > 2 and contains(text, value) for value in answers.values())


# --- what answers are worth -------------------------------------------------------------------------------------------


def pass_with(exercise, mistake):
    """The answers of somebody who makes a mistake in one line, and goes on with what that gave."""
    name, wrong = mistake
    values = dict(exercise.key.values)
    fixed = exercise.key.equation(name).key
    values[fixed] = wrong
    exercise.key.recompute(values, {fixed})
    return {n: np.array(values[exercise.key.equation(n).key]) for n in exercise.to_find}


@pytest.mark.parametrize("options", [PAPER[1], PAPER[2], COMPUTER[0]], ids=NAMES)
def test_a_mistake_in_a_line_costs_that_line_only(made, options):
    exercise = made(seed=9, **options)
    assert exercise.grade(exercise.answers()).fraction == 1
    for name, value in exercise.answers().items():
        eq = exercise.key.equation(name)
        made_in = [t.value for key, t in variants(eq, eq.forms[0]) if key in ("sign", "wrong_cache")]
        wrong = [w for w in made_in if np.shape(w) == value.shape and np.any(w) and not np.allclose(w, value)]
        score = exercise.grade(pass_with(exercise, (name, wrong[-1] if wrong else value + 1)))
        assert [mark.name for mark in score.marks if mark.points == 0] == [name]
        assert score.points == score.out_of - 1 and score[name].verdict == "cause"


def test_the_true_convention_is_right_as_well(made):
    exercise = made(seed=9, layers=3, hide="gradients")
    answers = exercise.answers()
    true = {name: value if exercise.key.equation(name).of_parameter else value / 3 for name, value in answers.items()}
    assert exercise.m == 3 and exercise.grade(true).fraction == 1


def test_rounded_answers_are_right(made):
    exercise = made(seed=9, layers=2)
    assert exercise.grade({n: a.round(3) for n, a in exercise.answers().items()}).fraction == 1
    assert exercise.grade({n: a.tolist() for n, a in exercise.answers().items()}).fraction == 1


@pytest.mark.parametrize("hide", ["all", "gradients"])
@pytest.mark.parametrize("fill", [0.0, np.nan, np.inf])
def test_what_is_zero_or_not_finite_all_along_is_worth_nothing(made, hide, fill):
    exercise = made(seed=9, layers=2, hide=hide)
    assert exercise.grade({n: np.full(s, fill) for n, s in exercise.shapes.items()}).points == 0


def test_what_is_given_is_not_blamed(made):
    exercise = made(seed=9, layers=2, hide=["dW1", "db1"])
    score = exercise.grade({"dW1": 3 * exercise.answers()["dW1"], "db1": exercise.answers()["db1"]})
    assert [mark.verdict for mark in score.marks] == ["cause", "right"] and score.notes == ()
    assert exercise.grade(exercise.answers() | {"dZ1": np.ones((4, 3)), "X": None}).fraction == 1


def test_what_is_missing_or_no_array_is_said(made):
    exercise = made(seed=9, layers=2, hide=["dZ2", "dW2", "db2", "dA1"])
    score = exercise.grade({"dZ2": None, "dW2": ..., "db2": "one half", "dA_1": [[1, 2], [3]], "dQ7": 3.0})
    assert [mark.verdict for mark in score.marks] == ["missing", "missing", "wrong", "wrong"]
    assert score.points == 0 and "dQ7 is not a name of this pass" in score.notes[0]
    assert "db2 needs an array of numbers" in score["db2"].message
    assert str(score).endswith("0 of 4 points.") and "CAUSE" not in str(score)


def test_the_score_is_what_graders_read(made):
    exercise = made(seed=9, layers=2, hide="gradients")
    answers = exercise.answers()
    score = exercise.grade(answers | {"dW2": -answers["dW2"], "db1": None})
    found = json.loads(score.json())
    assert (found["score"], found["max_score"], len(found["tests"])) == (6, 8, 8)
    assert sum(test["score"] for test in found["tests"]) == found["score"] == score.points
    assert repr(score.points) == "6"  # nbgrader reads a plain number


# --- hints ------------------------------------------------------------------------------------------------------------


def test_hints_say_where_then_what_kind_then_the_line(made):
    exercise = made(seed=9, layers=["tanh", "sigmoid"], hide="gradients")
    dZ1 = exercise.answers()["dA1"] * exercise.given["A1"]
    wrong = pass_with(exercise, ("dZ1", dZ1))
    where, kind, line = (exercise.hint(wrong, step) for step in (1, 2, 3))
    assert where == "Look at dZ1. dW1, db1 only follow from an earlier mistake."
    assert "derivative left out" in kind and "1 − A1" not in kind
    assert line == "The line is dZ1 = dA1 ∗ (1 − A1²)."
    assert exercise.hint(exercise.answers()) == "Everything is right."


def test_without_answers_a_hint_says_what_comes_next(made):
    exercise = made(seed=9, layers=["tanh", "sigmoid"], hide=["dW2", "db2"])
    where, kind, line = (exercise.hint(step=step) for step in (1, 2, 3))
    assert where.startswith("Next is dW2, of shape (1, ") and kind == "dW2 is computed from A1, dZ2, m."
    assert line == "The line is dW2 = (1/m) dZ2 A1ᵀ."
    assert exercise.hint({"dW2": "?"}).startswith("dW2 needs an array of numbers")


# --- errors in words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"seed": 1.5}, TypeError, "seed needs an integer or a string, but got 1.5."),
        ({"seed": True}, TypeError, "seed needs an integer or a string, but got True."),
        ({"seed": None}, TypeError, "seed needs an integer or a string, but got None."),
        ({"seed": "x" * 61}, ValueError, "seed needs at most 60 characters, but got 61."),
        ({"layers": 0}, ValueError, "layers needs 1 to 5 layers, but got 0."),
        ({"layers": 6}, ValueError, "layers needs 1 to 5 layers, but got 6."),
        ({"layers": 2.0}, TypeError, "layers needs an integer or a list of activations, but got 2.0."),
        ({"layers": "relu"}, TypeError, "layers needs an integer or a list of activations, but got 'relu'."),
        ({"layers": []}, ValueError, "layers needs 1 to 5 activations, but got 0."),
        ({"layers": ["gelu"]}, ValueError, "layers needs activations that are known, but got 'gelu'."),
        ({"layers": [3, 1]}, ValueError, "layers needs activations that are known, but got 3."),
        ({"layers": ["softmax", "relu"]}, ValueError, "softmax needs to be the last of the layers"),
        (
            {"hide": "dW9"},
            ValueError,
            'hide needs "all", "values", "gradients" or names of the pass, but got \'dW9\'.',
        ),
        ({"hide": ["dW1", "dw1"]}, ValueError, "dw1 was handed in twice"),
        ({"hide": ["X"]}, ValueError, "but got 'X'."),
        ({"hide": []}, TypeError, 'hide needs "all", "values", "gradients" or a list of names, but got [].'),
        ({"hide": 3}, TypeError, "or a list of names, but got 3."),
        ({"hide": [1]}, TypeError, "or a list of names, but got [1]."),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_in_words(options, error, words):
    with pytest.raises(error, match=re.escape(words)):
        byhand.exercise(**options)


def test_answers_and_files_that_do_not_fit_are_refused_in_words(made, tmp_path):
    exercise = made(seed=5, layers=2)
    for ask in (exercise.grade, exercise.hint, exercise.report):
        with pytest.raises(TypeError, match=r"answers needs a dict of arrays by their names, but got list. Write"):
            ask([1, 2])
    with pytest.raises(ValueError, match=r"step needs 1 \(where\), 2 \(what kind\) or 3 \(the line\), but got 4"):
        exercise.hint({}, step=4)
    for write, suffix in ((exercise.script, ".py"), (exercise.notebook, ".ipynb"), (exercise.sheet, ".html")):
        with pytest.raises(SaveError, match=f"needs the suffix {re.escape(suffix)}, but got"):
            write(tmp_path / "ex.txt")
        with pytest.raises(SaveError, match="cannot be written: there is no folder"):
            write(tmp_path / "nowhere" / f"ex{suffix}")
    with pytest.raises(
        ValueError, match=r"A worksheet needs at most 3 layers of relu and linear.*but got tanh, sigmoid"
    ):
        made(seed=5, layers=["tanh", "sigmoid"]).sheet(tmp_path / "ex.html")
    assert list(tmp_path.iterdir()) == []


# --- files that run ---------------------------------------------------------------------------------------------------


def filled(source, exercise):
    """The blanks of a script or a cell, filled in."""
    for name, value in exercise.answers().items():
        source = source.replace(f"{name} = None", f"{name} = np.array({value.tolist()})")
    return source


@pytest.mark.parametrize("options", [PAPER[1], COMPUTER[0]], ids=NAMES)
def test_a_script_runs_empty_and_filled_in(made, tmp_path, capsys, options):
    exercise = made(seed="O'Neil \"\\", hide="gradients", **options)
    path = exercise.script(tmp_path / "ex.py")
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out.endswith(f"0 of {len(exercise.to_find)} points.\n")
    path.write_text(filled(path.read_text(encoding="utf-8"), exercise), encoding="utf-8")
    runpy.run_path(str(path), run_name="__main__")
    printed = capsys.readouterr().out
    assert printed.startswith("Everything is right.") and f"{len(exercise.to_find)} points.\n" in printed


@pytest.mark.filterwarnings("ignore")  # Jupyter's own
def test_a_notebook_runs_and_its_last_cell_gives_the_points(made, tmp_path):
    import nbclient  # with what it imports it takes seconds: only the worker that runs this waits for them
    import nbformat

    exercise = made(seed=5, layers=2, hide=["dZ2", "dW2"])
    notebook = nbformat.read(exercise.notebook(tmp_path / "ex.ipynb"), as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        cell.source = filled(cell.source, exercise) if "dW2 = None" in cell.source else cell.source
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    last = notebook.cells[-1]
    assert [output.output_type for output in last.outputs] == ["stream", "execute_result"]
    assert float(last.outputs[-1]["data"]["text/plain"]) == 1.0
    facts = last.metadata.nbgrader
    assert (facts.grade, facts.points, facts.locked, facts.schema_version) == (True, 2, True, 3)


def test_the_engine_is_not_needed_to_see_that_a_named_m_is_two():
    """A half is a half, also where there are two samples."""
    exercise = byhand.exercise(seed=1, layers=["relu", "linear"])
    while exercise.m != 2:
        exercise = byhand.exercise(seed=exercise.seed + 1, layers=["relu", "linear"])
    derivation = ag.derive(losses.squared_error(exercise.task.model()(exercise.task.X), exercise.task.Y))
    assert r"\frac{(Z_{2} - Y)^{2}}{2}" in derivation.forward[-1].latex
    assert derivation.lines[0].latex == "dZ_{2} = Z_{2} - Y"


@pytest.mark.parametrize("hide", ["gradients", ["dZ1", "dW2"], ["dW2", "dA1", "dW1"], ["A2", "dZ2", "db1"]], ids=str)
@pytest.mark.parametrize("options", COMPUTER[:4], ids=NAMES)
def test_what_was_computed_from_the_rounded_values_that_are_shown_is_right(made, options, hide):
    exercise = made(seed=11, hide=hide, **options)
    values = dict(exercise.key.values)
    shown = {exercise.key.equation(name).key: value for name, value in exercise.given.items()}
    values |= shown
    exercise.key.recompute(values, set(shown))
    answers = {name: values[exercise.key.equation(name).key] for name in exercise.to_find}
    for given in (answers, {name: np.round(a, 6) for name, a in answers.items()}):
        assert [mark.name for mark in exercise.grade(given).marks if mark.points == 0] == []
