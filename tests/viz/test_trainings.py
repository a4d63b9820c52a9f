"""The long form of the demo. The planar data and the regression are trained for real here, the others for a moment."""

import numpy as np
import pytest

import nn
from viz import trainings
from viz.show import Show


@pytest.fixture
def show():
    return Show()


def test_the_planar_data_are_learnt_by_the_course_s_network(show, tmp_path):
    trainings.planar(show, tmp_path, 0)
    assert not show.missed
    assert (tmp_path / "planar.svg").exists()


def test_the_regression_beats_a_straight_line(show, tmp_path):
    trainings.airfoil(show, tmp_path, 0, epochs=60)
    assert not show.missed


@pytest.mark.parametrize("train", [trainings.digits, trainings.airfoil, trainings.planar])
def test_a_goal_that_is_missed_is_said(train, show, tmp_path, capsys):
    train(show, tmp_path, 0, epochs=1)
    assert len(show.missed) == 1
    assert "goal" in show.missed[0] and "✗" in capsys.readouterr().out


def test_a_text_is_learnt_from_and_written(show, tmp_path, monkeypatch):
    text = nn.datasets.text("sonnets")[:4000]
    monkeypatch.setattr(nn.datasets, "text", lambda name: text)
    monkeypatch.setattr(trainings, "STEPS", 6)
    trainings.sonnets(show, tmp_path, 0, epochs=1)
    written = (tmp_path / "sonnets.txt").read_text(encoding="utf-8")
    assert written.startswith("Shall I compare thee to ") and len(written) == len("Shall I compare thee to ") + 401
    assert set(written) <= set(text)
    assert {path for path, _ in show.files if path.endswith(".svg")}


def test_counting_needs_as_many_bits_as_there_are_choices():
    """Two characters by turns are known after one; of noise among four, each needs two bits."""
    turns = np.tile([0, 1], 500)
    assert trainings.by_counting(turns, 900) < 0.01
    noise = np.random.default_rng(0).integers(0, 4, 20000)
    assert trainings.by_counting(noise, 18000) == pytest.approx(2, abs=0.02)


def test_explained_is_1_of_what_is_exact_and_0_of_the_mean():
    Y = np.array([[1.0, 2.0, 6.0]])
    assert trainings.explained(Y, Y) == 1
    assert trainings.explained(np.full(Y.shape, 3.0), Y) == 0


def test_all_runs_every_training(monkeypatch, tmp_path):
    from viz import demo

    ran = []
    monkeypatch.setattr(demo, "trainings", [lambda show, out, seed: ran.append((out, seed))])
    for part in ("_breast_cancer", "_formulas", "_digits", "pictures"):
        monkeypatch.setattr(demo, part, lambda *given: None)
    monkeypatch.setattr(Show, "end", lambda self, seconds: 0)
    assert demo.demo(tmp_path, 3) == 0 and not ran
    assert demo.demo(tmp_path, 3, everything=True) == 0 and ran == [(tmp_path, 3)]
    assert {train.__name__ for train in trainings.trainings} == {"planar", "airfoil", "digits", "sonnets"}
