"""A derivation as a document: a stock LaTeX takes it."""

import os
import shutil
import subprocess

import numpy as np
import pytest

import autograd as ag
import nn


def needs_latex():
    """Skip where there is no LaTeX; in CI that is a failure."""
    if shutil.which("pdflatex") is None:
        assert "CI" not in os.environ, "CI has to install LaTeX"
        pytest.skip("pdflatex is not installed (Debian: texlive-latex-base)")


def compiled(folder):
    """What pdflatex says of derivation.tex, of which it has to make a document."""
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "derivation.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:]
    assert (folder / "derivation.pdf").read_bytes().startswith(b"%PDF")
    return done.stdout


@pytest.mark.parametrize("convention", ["course", "true"])
def test_latex_compiles_a_derivation(tmp_path, convention):
    needs_latex()
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((3, 6)), np.eye(2)[:, [0, 1, 1, 0, 1, 0]]
    model = nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 2), nn.Sigmoid())
    J = nn.losses.binary_cross_entropy(model(X), Y)
    ag.derive(J, convention=convention, steps=True).save(tmp_path / "derivation.tex")
    assert "Overfull" not in compiled(tmp_path)


def test_latex_compiles_names_in_any_script(tmp_path):
    needs_latex()
    θ, θ_neu, größe, 数 = (ag.Tensor(np.full((2, 3), 0.5), name=name) for name in ("θ", "θ_neu", "größe", "数"))
    J = np.sum(np.mean((θ * θ_neu + größe * 数) ** 2, axis=1))
    derivation = ag.derive(J)
    derivation.save(tmp_path / "derivation.tex")
    assert r"d\theta &=" in derivation.latex()
    compiled(tmp_path)
