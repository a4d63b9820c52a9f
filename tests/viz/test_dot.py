"""Pictures by Graphviz: structure, not bytes, since two engines and many versions draw them."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import autograd as ag
import viz
from viz.picture.dot import svg_of
from viz.picture.layout import LayoutError, find_dot
from viz.seen.graph import graph_of
from viz.seen.text import cells, summary

SVG = "{http://www.w3.org/2000/svg}"
PURE = shutil.which("graphviz-pure", path=sysconfig.get_path("scripts"))
ROOT = str(Path(viz.__file__).parents[1])
ENGINES = [engine for engine in (shutil.which("dot"), PURE) if engine]


@pytest.fixture(params=ENGINES, ids=os.path.basename)
def engine(request, monkeypatch):
    """Each layout engine that this machine has."""
    monkeypatch.setenv("CHALKGRAD_DOT", request.param)
    return request.param


def cost():
    rng = np.random.default_rng(0)
    W1 = ag.Tensor(rng.normal(size=(2, 3)), name="W1")
    A1 = np.tanh(W1 @ ag.Tensor(rng.normal(size=(3, 40)), name="X", requires_grad=False))
    J = (A1 * 2.0).mean()
    A1.name, J.name = "A1", "J"
    return J


def elements(svg):
    """The elements of an SVG that have an id, by it."""
    return {e.get("id"): e for e in ET.fromstring(svg).iter() if e.get("id")}


def texts(element):
    return " ".join(t.text or "" for t in element.iter(f"{SVG}text"))


def test_every_vertex_edge_and_layer_is_an_element_with_its_id(engine):
    graph = graph_of(cost())
    found = elements(svg_of(graph))
    assert {v.id for v in graph} | {e.id for e in graph.edges} | {"layer1"} <= set(found)


def test_what_stands_on_a_vertex(engine):
    J = cost()
    graph = graph_of(J)
    found = {v.name: texts(elements(svg_of(graph))[v.id]) for v in graph if v.name}
    assert "W1" in found["W1"] and "parameter (2, 3)" in found["W1"] and "grad: not computed yet" in found["W1"]
    assert "…" in found["X"] and "(3, 40)" in found["X"] and "grad" not in found["X"]
    assert found["tanh"] == "tanh"
    J.backward()
    found = {v.name: texts(elements(svg_of(graph_of(J)))[v.id]) for v in graph if v.name}
    assert "not computed" not in "".join(found.values())
    assert f"{J.item():.4g}".replace("-", "−") in found["J"]


def test_a_gradient_that_is_not_known_is_never_a_zero():
    w = ag.Tensor(5.0, name="w")
    assert not re.search(r">0(\.0*)?<", viz.draw(w * 3.0).source)
    assert viz.draw(w * 3.0).source.count("grad: not computed yet") == 2


def test_a_gradient_that_was_cleared_is_none():
    w = ag.Tensor(5.0, name="w")
    y = w * 3.0
    y.backward()
    w.grad = None
    assert "grad: none" in viz.draw(y).source


def test_a_value_that_was_not_kept_says_so():
    w = ag.Tensor(np.ones((2, 2)), name="w")
    y = ((w + 1.0) + 2.0).sum()
    graph = graph_of(y)
    graph[graph.value_ids[y.node.parents[0]]].value = None
    assert "value: not kept" in viz.draw(graph).source


@pytest.mark.parametrize("name", ['a<b|c"', "{x}&amp;", "back\\nslash\\", "<b>", "é…", "n0 -> n1", "%s"])
def test_odd_names(engine, name):
    w = ag.Tensor(2.0, name=name)
    graph = graph_of(w * 3.0)
    assert name in texts(elements(svg_of(graph))[graph.value_ids[w.node]]).replace("\xa0", " ")


def test_reuse_is_two_edges(engine):
    a = ag.Tensor(1.0, name="a")
    svg = svg_of(graph_of(a + a))
    assert len(re.findall(r'class="edge"', svg)) == 3
    assert svg.count(">a</text>") == 1


def test_titles_are_words_not_ids(engine):
    svg = svg_of(graph_of(cost()))
    assert "<title>W1 parameter (2, 3) float64</title>" in svg
    assert not re.search(r"<title>n\d", svg)


def test_a_graph_of_400_vertices_is_folded():
    y = x = ag.Tensor(1.0, name="x")
    for _ in range(100):
        y = np.sin(y) + x
    picture = viz.draw(y)
    assert len(graph_of(y)) > 400
    assert len(picture.graph) <= 150
    assert "folded" in picture.source
    assert len(viz.draw(y, fold="none").graph) == len(graph_of(y))


def test_a_deep_graph_is_drawn(engine):
    y = ag.Tensor(1.0, name="x")
    for _ in range(1000):
        y = np.sin(y)
    picture = viz.draw(y)
    assert "27 sin" in picture.pipe("svg", encoding="utf-8")
    assert sum(m.name == "sin" for v in picture.graph for m in v.members) == 1000


def test_what_is_too_large_is_refused_in_words(monkeypatch):
    y = ag.Tensor(1.0, name="x")
    for _ in range(1000):
        y = np.sin(y)
    with pytest.raises(ag.GraphError, match="2,001 vertices"):
        viz.draw(y, fold="none")
    monkeypatch.setattr("viz.picture.dot.RECORDED", 500)
    with pytest.raises(ag.GraphError, match="1,001 recorded operations"):
        viz.draw(y)
    with pytest.raises(ValueError, match="fold="):
        viz.draw(y, fold="yes")


# --- files and notebooks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<svg"), (".png", b"\x89PNG"), (".dot", b"digraph"), (".SVG", b"<svg")]
)
def test_save(engine, tmp_path, suffix, start):
    path = viz.draw(cost()).save(tmp_path / f"a graph{suffix}")
    assert path.read_bytes().startswith(start)
    assert os.listdir(tmp_path) == [path.name]


def test_pdf(engine, tmp_path):
    try:
        path = viz.draw(cost()).save(tmp_path / "g.pdf")
    except LayoutError as error:
        assert "pip install 'chalkgrad[pdf]'" in str(error)
        assert os.listdir(tmp_path) == []
    else:
        assert path.read_bytes().startswith(b"%PDF")


def test_save_refuses_what_it_cannot_write(tmp_path):
    picture = viz.draw(cost())
    with pytest.raises(ValueError, match=r"\.svg, \.png.*'g\.jpeg2'"):
        picture.save(tmp_path / "g.jpeg2")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        picture.save(tmp_path / "nowhere" / "g.svg")
    assert os.listdir(tmp_path) == []


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "g.svg"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        viz.draw(cost()).save(path)
    assert os.listdir(tmp_path) == ["g.svg"]
    assert path.read_text() == "old"


def test_it_shows_itself_in_a_notebook(engine):
    bundle = viz.draw(cost())._repr_mimebundle_()
    assert list(bundle) == [
        "image/svg+xml",
        "image/png",
    ]  # JupyterLab shows no SVG of a notebook that it does not trust
    assert bundle["image/svg+xml"].startswith("<svg")


def test_graphvizs_own_ways_work_too(engine, tmp_path):
    path = viz.draw(cost()).render("g", directory=tmp_path, format="svg")
    assert Path(path).read_text().startswith("<svg")


# --- engines ---------------------------------------------------------------------------------------------------------


def test_a_broken_engine_is_quoted(tmp_path, monkeypatch):
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho 'out of ink' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("CHALKGRAD_DOT", str(program))
    with pytest.raises(LayoutError, match="out of ink"):
        viz.draw(cost()).save(tmp_path / "g.svg")
    assert os.listdir(tmp_path) == ["dot"]


def test_an_engine_that_is_not_there(monkeypatch):
    monkeypatch.setenv("CHALKGRAD_DOT", "/nowhere/dot")
    with pytest.raises(LayoutError, match="CHALKGRAD_DOT is set to '/nowhere/dot'"):
        find_dot()


def test_no_engine_at_all_names_both_fixes(monkeypatch):
    monkeypatch.delenv("CHALKGRAD_DOT", raising=False)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(LayoutError, match=r"pip install graphviz-pure[\s\S]*apt install graphviz"):
        find_dot()


def test_without_dot_on_the_path(tmp_path):
    """A process of its own, so that nothing of ours can have found `dot` before."""
    code = "import autograd as ag, viz; viz.draw(ag.Tensor(2.0, name='w') * 3.0).save('g.svg')"
    environment = {k: v for k, v in os.environ.items() if k != "CHALKGRAD_DOT"} | {"PATH": str(tmp_path / "empty")}
    environment["PYTHONPATH"] = ROOT
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert set(elements((tmp_path / "g.svg").read_text())) >= {"n0", "n1", "n2", "n3"}


def test_importing_viz_needs_no_engine_and_nothing_heavy(tmp_path):
    code = "import viz, sys; print([m for m in ('sympy', 'matplotlib', 'rich', 'IPython') if m in sys.modules])"
    environment = os.environ | {"PATH": "", "CHALKGRAD_DOT": "/nowhere", "PYTHONPATH": ROOT}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- what stands on operations and values ----------------------------------------------------------------------------

INDEXED = {
    "mask": (lambda x: x[x > 0], "index array (3,)"),
    "list": (lambda x: x[[0, 1]], "index array (2,)"),
    "array": (lambda x: x[np.array([0, 1])], "index array (2,)"),
    "slice": (lambda x: x[:2], "index :2"),
}


@pytest.mark.parametrize(("index", "said"), INDEXED.values(), ids=list(INDEXED))
def test_parameters_that_are_arrays_are_shown_shortly(index, said):
    J = np.sum(index(ag.Tensor(np.array([1.0, 2.0, -3.0]), name="x")))
    assert said in viz.draw(J).source
    assert f"operation getitem {said}" in viz.draw(J).pipe("svg", encoding="utf-8")
    assert "getitem" in viz.web.page(J)


def test_an_empty_name_is_no_name():
    x, c = ag.Tensor(1.0, name=""), ag.Tensor(np.ones(2), name="", requires_grad=False)
    x.node.name = ""  # however it came to be there
    graph = graph_of((x * c).sum())
    assert not [v for v in graph if v.name == ""]
    assert "<B></B>" not in viz.draw(graph).source
    x.name = ""
    assert "p1" in [v["name"] for v in viz.record((ag.Tensor(1.0, name="") * c).sum()).data()["vertices"].values()]


def test_labels_of_operations_are_centred_and_fit(engine):
    x = ag.Tensor(np.array([2.0, 3.0]), name="x")
    svg = ET.fromstring(svg_of(graph_of((np.log(x) + x * x**2)[:1].sum())))
    checked = set()
    for g in svg.iter(f"{SVG}g"):
        if "operation" not in (g.get("class") or ""):
            continue
        ellipse = next(g.iter(f"{SVG}ellipse"))
        for t in g.iter(f"{SVG}text"):
            assert t.get("text-anchor") == "middle"
            assert float(t.get("x")) == pytest.approx(float(ellipse.get("cx")), abs=0.1)
            checked.add(t.text)
            if t.text in ("pow", "log"):  # at most 0.6 em for each letter
                assert 0.6 * 3 * float(t.get("font-size")) < 0.75 * 2 * float(ellipse.get("rx"))
    assert {"log", "+", "×", "pow"} <= checked


def test_entries_have_four_digits_each_and_no_minus_before_zero():
    assert cells(np.array([1e-7, 123457.0])) == [["1.0e-07", "1.235e+05"]]
    assert cells(np.array([-1e-12, 1.0, -0.0, 2.5])) == [["−1.0e-12", "1.0", "0.0", "2.5"]]
    assert cells(np.array([0.123456, -10.0, np.nan, -np.inf])) == [["0.1235", "−10.0", "nan", "−∞"]]
    assert cells(np.array([1, 0])) == [["1", "0"]]
    assert cells(-0.0) == [["0.0"]]


def test_rows_are_found_by_what_they_are(engine):
    """Whatever words stand in them, and in the names of values."""
    W, s = ag.Tensor(np.array([[1.5, -2.0], [0.25, 4.0]]), name="value"), ag.Tensor(2.0, name="grad")
    big = ag.Tensor(np.linspace(0, 1, 60), name="grad norm 1.0")
    J = (W * s).sum() + big.sum()
    J.backward()
    graph = graph_of(J)
    found = elements(svg_of(graph))
    checked = 0
    for v in graph:
        rows = {}
        for group in found[v.id].iter(f"{SVG}g"):
            if group.get("data-row"):
                names, numbers = rows.setdefault(group.get("data-row"), ([], []))
                written = [t for t in group.iter(f"{SVG}text") if (t.text or "").strip()]
                names += [t.text for t in written if t.get("data-part") == "name"]
                numbers += [(t.get("data-entry"), t.text) for t in written if t.get("data-part") is None]
        wanted = {} if v.kind == "operation" or v.role == "number" else {"value": v.value}
        wanted |= {"grad": v.grad} if v.grad is not None else {}
        assert rows.keys() == wanted.keys()
        for row, value in wanted.items():
            shown = cells(value)
            texts_of = [summary(value)] if shown is None else [x for line in shown for x in line]
            assert rows[row] == ([row], [(str(k), x) for k, x in enumerate(texts_of)])
            checked += 1
    assert checked >= 10
    assert "<a " not in svg_of(graph)


def test_the_norm_of_a_folded_gradient_is_a_row(engine):
    y = x = ag.Tensor(np.ones(3), name="x")
    for _ in range(100):
        y = np.sin(y) + x
    J = y.sum()
    J.backward()
    picture = viz.draw(J)
    found = ET.fromstring(picture.pipe("svg", encoding="utf-8"))
    norms = [g for g in found.iter(f"{SVG}g") if g.get("data-row") == "norm"]
    assert (
        len(norms) == sum(v.kind == "group" and bool(v.shape) and v.sole_operation is None for v in picture.graph) > 0
    )
    assert all(
        t.get("data-entry") == "0" and t.text.startswith("grad norm") for g in norms for t in g.iter(f"{SVG}text")
    )


def test_marks_are_no_links_in_a_pdf(tmp_path):
    try:
        made = viz.draw(cost()).save(tmp_path / "g.pdf").read_bytes()
    except LayoutError:
        return
    assert b"/Annot" not in made and b"/URI" not in made
