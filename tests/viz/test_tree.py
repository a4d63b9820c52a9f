"""The picture of the chain rule."""

import re

import numpy as np
import pytest

import autograd as ag
import viz


@pytest.fixture
def chains():
    W1, W2 = ag.Tensor(np.full((2, 3), 0.1), name="W1"), ag.Tensor(np.full((1, 2), 0.2), name="W2")
    Z1 = W1 @ np.ones((3, 5))
    A1 = np.tanh(Z1)
    Z2 = W2 @ A1
    J = np.mean(Z2 * Z2)
    return [ag.chain(J, W) for W in (W1, W2)]


def edges(picture):
    return re.findall(r"^\t(n\d+) -> (n\d+)", picture.source, re.MULTILINE)


def test_draw_shows_the_tree_of_a_chain(chains):
    picture = viz.draw(chains[0])
    assert picture.source == viz.tree(chains[0]).source
    assert list(picture.titles) == ["tree", "n0", "n1", "n2", "n3", "n4"]
    assert edges(picture) == [("n0", "n1"), ("n1", "n2"), ("n2", "n3"), ("n3", "n4")]
    for words in ("∂J/∂Z2", "1 × 5", "dA1 = W2ᵀ dZ2", "dZ1 = dA1 * (1 − A1²)", "∂Z1/∂W1"):
        assert words in picture.source


def test_what_several_chains_share_is_drawn_once(chains):
    picture = viz.tree(*chains)
    assert picture.source.count("<B>Z2</B>") == 1
    assert len(edges(picture)) == 5
    assert {"W1 (2, 3)", "W2 (1, 2)", "Tree of the chain rule"} <= set(picture.titles.values())


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_it_is_saved(chains, tmp_path, suffix):
    path = viz.tree(*chains).save(tmp_path / f"tree.{suffix}")
    written = path.read_bytes()
    assert written[:4] == (b"<svg" if suffix == "svg" else b"\x89PNG")
    if suffix == "svg":
        text = written.decode()
        assert "<title>Tree of the chain rule</title>" in text
        assert "<title>W1 (2, 3)</title>" in text
        assert not re.search(r"<title>n\d", text)


def test_odd_names_and_long_formulas_do_not_break_it():
    w = ag.Tensor(np.array([0.5, 2.0]), name='a<b & "c"')
    z = w
    for _ in range(9):
        z = np.sin(z) * np.cos(z)
    J = np.sum(z)
    source = viz.tree(ag.chain(J, w)).source
    assert "a&lt;b &amp; &quot;c&quot;" in source and "…" in source
    assert viz.tree(ag.chain(J, w)).pipe("svg")


def test_chains_of_different_numbers_make_no_tree(chains):
    v = ag.Tensor(1.0, name="v")
    K = v * 2.0
    with pytest.raises(ValueError, match="chains of: J, K"):
        viz.tree(chains[0], ag.chain(K, v))
    with pytest.raises(ValueError, match="chains of: none"):
        viz.tree()
