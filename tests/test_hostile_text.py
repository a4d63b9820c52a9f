"""Text of the user's through every way out: nothing of it is run, nothing is markup, and every output still parses.

A name may be any text, and so may a key of a dict, the name of a function, the value of a keyword. HOSTILE has what
breaks programs of this kind (quotes, comments, ends of strings, markup, commands of LaTeX and Graphviz, control
characters, halves of pairs, names that Python folds together), and 100 texts made at random of such pieces.
"""

from __future__ import annotations

# ruff: noqa: B023
import ast
import builtins
import itertools
import json
import keyword
import random
import re
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, strategies as st

import autograd as ag
import viz
import viz.plots
from autograd.printable import printable, printable_lines
from autograd.read.printing.identifiers import RESERVED, Identifiers, docstring, identifier
from viz import cli
from viz.web import page
from viz.web.maths import mathml

RUN = "__import__('builtins').HIT.append(1)"
HOSTILE = [
    *(f'"""; {RUN}; """', f"'''; {RUN}; '''", f'"; {RUN}; "', f"'; {RUN}; '", f"\n{RUN}\n", f"\r{RUN}\r", f"\x0c{RUN}"),
    *(f"\u2028{RUN}", f"\x85{RUN}", f"{{{RUN}}}", f"#\n{RUN}", f") or {RUN} or (", f"x: {RUN} = 1", f"x, *, y={RUN}"),
    *(
        '"',
        "'",
        '"""',
        "'''",
        '""""',
        '"""""',
        "\\",
        '\\"',
        '\\"""',
        "a\\",
        "\\N{BULLET}",
        "\\x",
        "\\u12",
        "\\U1",
        "%s",
    ),
    *("# coding: latin-1", "#!/bin/sh", "# type: ignore", "a#b", "{", "}", "{}", "{0}", "{x!r}", "{{state}}", "f'{x}'"),
    *("", " ", "  ", "\t", "\n", "\r", "\r\n", "\x00", "\x07", "\x08", "\x0b", "\x1b[31m", "\x1b]0;title\x07", "\x7f"),
    *(
        "\x9b31m",
        "\x85",
        "\xa0",
        "\xad",
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\ud800",
    ),
    *(
        "\udfff",
        "a\ud800b",
        "\U0010ffff",
        "\ue000",
        "🙂",
        "👩‍👩‍👧",
        "e\u0301",
        "\u0301",
        "x\u0302",
        "ا",
        "א",
        "数",
        "٣",
        "৴",
    ),
    *("µ", "μ", "ﬁ", "fi", "ª", "a", "Ａ", "A", "σ²", "σ2", "½", "ſ", "s", "K", "K", "Å", "Å", "ℌ", "H", "x₁", "x1"),
    *(
        "_",
        "__",
        "___",
        "__name__",
        "__class__",
        "__debug__",
        "_x",
        "x_",
        "x-1",
        "2x",
        "x y",
        "x.y",
        "x[0]",
        "x()",
        "@",
    ),
    *(
        "lambda",
        "None",
        "True",
        "match",
        "case",
        "type",
        "print",
        "float",
        "slice",
        "len",
        "np",
        "ag",
        "values",
        "others",
    ),
    *("inputs", "gradients", "name", "value", "sys", "array1", "constant1", "key", "t1", "out1", "dW", "W", "m", "J"),
    *(
        "<img src=x onerror='window.HIT=1'>",
        "</script><script>window.HIT=1</script>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
    ),
    *(
        "</svg>",
        "</title>",
        "</math>",
        "&lt;",
        "&#x41;",
        "&",
        "<",
        ">",
        "javascript:window.HIT=1",
        "' onload='x",
        "`x`",
    ),
    *(
        "\\input{secret}",
        "\\write18{id}",
        "^^5cinput{secret}",
        "\\end{align*}",
        "$x$",
        "$$",
        "%",
        "a%b",
        "#1",
        "&&",
        "~",
    ),
    *(
        "^",
        "_{",
        "}{",
        "\\text{x}",
        "\\\\",
        "\\(",
        "\\href{javascript:1}{x}",
        "@0@",
        "\\ensuremath{x}",
        "\\unicode{60}",
    ),
    *("\\N", "\\G", "\\E", "\\T", "\\l", "</TABLE>", "<B>", "{|}", "<x>", "%n", "n0", "[bold red]x[/]", "x" * 3000),
]
_PIECES = [*"\"'\\\n\r\x00\x1b\u202e\ud800<>&{}$%^_~#;:()[]|@ aW1µ²½ﬁ", RUN, "</", "]]>", "\\input", '"""', "\\N", "--"]


def _made(count: int) -> list[str]:
    chance = random.Random(0)
    return ["".join(chance.choices(_PIECES, k=chance.randrange(1, 9))) for _ in range(count)]


NAMES = list(dict.fromkeys([*HOSTILE, *_made(100)]))


@pytest.fixture(autouse=True)
def hits():
    """What was run although it is text."""
    builtins.HIT = found = []
    yield found
    del builtins.HIT
    assert found == []


def test_there_are_many():
    assert len(NAMES) >= 200


# --- what text becomes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [identifier, lambda text: Identifiers().new(text)])
def test_every_text_becomes_an_identifier(make):
    for name in NAMES:
        variable = make(name)
        assert variable.isidentifier() and unicodedata.normalize("NFKC", variable) == variable, name
        assert not keyword.iskeyword(variable) and not hasattr(builtins, variable) and variable not in RESERVED
        assert not (variable.startswith("__") and variable.endswith("__"))
        assert len(variable) < 110


@given(st.text(st.characters(), max_size=12))
def test_any_text_becomes_an_identifier(name):
    variable = identifier(name)
    assert unicodedata.normalize("NFKC", variable) == variable
    assert ast.parse(f"{variable} = 1").body[0].targets[0].id == variable
    assert identifier(variable) == variable


@given(st.lists(st.text(st.characters(), max_size=3), max_size=20))
def test_no_two_variables_are_one_to_python(names):
    variables = Identifiers()
    given_out = [variables.new(name) for name in names]
    assert len({unicodedata.normalize("NFKC", v) for v in given_out}) == len(names)


def test_a_name_that_thousands_have_costs_no_more_than_others():
    variables = Identifiers()
    given_out = [variables.new("W") for _ in range(20_000)]
    assert given_out[:3] == ["W", "W_2", "W_3"] and len(set(given_out)) == 20_000


@given(st.text(st.characters()))
def test_what_is_printable_is_shown_as_it_is(text):
    shown = printable(text)
    assert shown.isprintable() and printable(shown) == shown
    assert shown == text or not text.isprintable()
    assert all(c == "\n" or c.isprintable() for c in printable_lines(text))
    shown.encode()


@given(st.lists(st.text(st.characters(), max_size=20), min_size=1, max_size=4))
def test_a_docstring_says_what_it_is_given(lines):
    (statement,) = ast.parse(docstring(lines)).body
    assert statement.value.value == "\n".join([*map(printable, lines), ""])


# --- source that is run -----------------------------------------------------------------------------------------------


def _compiled_alike(f, *args, **kwargs):
    compiled = ag.compile(f)
    expected = f(*args, **kwargs)
    for _ in range(2):
        found = compiled(*args, **kwargs)
        np.testing.assert_equal(_plain(found), _plain(expected))
    assert len(compiled.programs) == 1
    ast.parse(compiled.source)
    assert all(c == "\n" or c.isprintable() for c in compiled.source + repr(compiled))
    return compiled


def _plain(x):
    return x.data if isinstance(x, ag.Tensor) else [_plain(v) for v in x] if isinstance(x, (list, tuple)) else x


def test_keys_of_dicts_are_compiled():
    for name in NAMES:
        found = _compiled_alike(lambda p: {k: v * 2 for k, v in p.items()}, {name: 1.5, "W": np.ones(2)})
        assert name in found({name: 1.5, "W": np.ones(2)})
    pairs = {name: float(i) for i, name in enumerate(NAMES)}
    _compiled_alike(lambda p: sum((i + 1) * v for i, v in enumerate(p.values())), pairs)
    _compiled_alike(lambda p: {k: np.ones(2) * v for k, v in p.items()}, pairs)  # longer than a line
    _compiled_alike(lambda p: {"layer": {k: [v, v] for k, v in p.items()}}, pairs)


def test_keywords_are_compiled():
    for name in NAMES:
        _compiled_alike(lambda x, **given: x + 10 * sum(given.values()), 1.5, **{name: 2.0, "b": 3.0})
    _compiled_alike(
        lambda x=0.0, **given: x - sum(v * i for i, v in enumerate(given.values())), **dict.fromkeys(NAMES, 2.0)
    )


def test_names_of_functions_and_values_are_compiled():
    for name in NAMES:

        def f(x, n):
            y = ag.Tensor(x) * 3.0
            y.name = name
            z = y * n
            z.name = name[::-1]
            return z * y + z

        f.__name__ = f.__qualname__ = name
        _compiled_alike(f, np.array([1.0, 2.0]), 2.0)


def test_text_arguments_are_compiled():
    for name in NAMES:
        _compiled_alike(lambda x, mode: x * len(mode), 1.5, name)
        _compiled_alike(lambda x: (x * 2, name, [name, {name: name}]), 1.5)


def test_names_of_primitives_are_compiled_and_derived(tmp_path):
    for i, name in enumerate(NAMES):

        def cube(x):
            return x**3

        cube.__name__ = cube.__qualname__ = name
        if i % 2:
            cube.__module__ = name
        cube = ag.primitive.elementwise(cube, lambda out, x: 3 * x**2)
        _compiled_alike(lambda x: cube(x) + cube(2 * x), np.array([1.0, 2.0]))
        if i % 10 == 0:
            x = ag.Tensor(2.0, name="x")
            _read_everywhere(cube(x) * cube(x), x)


_IMPORTED = {"numpy", "autograd", "sys"}


def _safe_source(source: str) -> None:
    """Nothing but imports of what a program needs, functions and a main part."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= _IMPORTED
        if isinstance(node, ast.Name):
            assert node.id not in {"__import__", "builtins", "HIT", "eval", "exec"}


def _read_everywhere(J, *leaves) -> None:
    """Everything that reads a graph, in every form."""
    derivation = ag.derive(J, convention="true")
    _safe_source(derivation.numpy())
    _shown(str(derivation), repr(derivation), derivation.numpy())
    for line in (*derivation.lines, *derivation.forward):
        _typeset(line.latex)
        _shown(line.text, line.numpy)
    _typeset(derivation.latex())
    _parsed(derivation._repr_html_())
    for leaf in leaves:
        chain = ag.chain(J, leaf)
        _shown(str(chain), repr(chain), *map(repr, chain.factors))
        _typeset(chain.latex)
        _typeset(chain.latex_with_shapes)
    _shown(repr(J.graph()), repr(J))
    J.backward()
    for leaf in leaves:
        _shown(str(leaf.explain_grad()), repr(leaf))
        leaf.grad = None


def _shown(*texts: str) -> None:
    for text in texts:
        assert all(c == "\n" or c.isprintable() for c in text), text


_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_KNOWN = {
    *(
        "begin",
        "end",
        "frac",
        "partial",
        "mathit",
        "text",
        "operatorname",
        "textbackslash",
        "textasciicircum",
        "mathsf",
    ),
    *(
        "textasciitilde",
        "left",
        "right",
        "sum",
        "cdot",
        "ast",
        "mu",
        "sigma",
        "underset",
        "times",
        "ln",
        "infty",
        "cdots",
    ),
    *(*"\\,#$%&_{}", "ensuremath", "top", "max", "tanh", "noindent", "par", "usepackage", "documentclass", "mathrel"),
}


def _typeset(latex: str) -> None:
    """Balanced, of commands that formulas are made of, and readable as MathML."""
    _shown(latex)
    assert {m[1] for m in _COMMAND.finditer(latex)} <= _KNOWN, latex
    plain = _COMMAND.sub("", latex)
    depth = list(itertools.accumulate({"{": 1, "}": -1}.get(c, 0) for c in plain))
    assert not depth or (min(depth) >= 0 and depth[-1] == 0), latex
    assert not set("%#$^~") & set(plain.replace("}^{", "").replace("^{", "")), latex
    ET.fromstring(mathml(latex.replace("\\begin{aligned}", "").replace("\\end{aligned}", "").replace("&=", "=")))


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


def _parsed(html: str) -> None:
    parser = _Elements()
    parser.feed(html)
    parser.close()
    assert set(parser.tags) <= {"p"}, html
    assert "<!--" not in html and html.encode()


def _cost(name: str, other: str):
    """A cost of which a leaf, a constant, a result and one-hot data have these names."""
    W = ag.Tensor(np.ones((2, 2)), name=name)
    Y = ag.Tensor(np.eye(2), name=other, requires_grad=False)
    Z = W @ np.ones((2, 2))
    Z.name = f"{name}{other}"
    import nn

    return nn.losses.cross_entropy_logits(Z, Y), W


def _sum_of_named(names):
    """A number computed from a leaf, a constant and a result of each name."""
    total = 0.0
    for i, name in enumerate(names):
        W = ag.Tensor(np.full(2, 1.0 + i), name=name)
        C = ag.Tensor(np.arange(2.0), name=names[i - 1], requires_grad=False)
        Z = W * C
        Z.name = f"{name}{names[i - 1]}"
        total = total + np.sum(Z)
    return total


def _saved(J, tmp_path) -> None:
    """Its derivation, as a program and as a document."""
    derivation = ag.derive(J)
    _safe_source(derivation.numpy())
    _shown(str(derivation), derivation.numpy())
    script = derivation.save(tmp_path / "d.py").read_text()
    _safe_source(script)
    exec(compile(script, "d.py", "exec"), {"__name__": "__main__"})
    document = derivation.save(tmp_path / "d.tex").read_text()
    assert "\\input" not in document and "^^" not in document and "\\write" not in document
    assert document.count("\\end{") == 2
    _shown(document)


def test_names_are_derived_and_saved(tmp_path):
    for names in _in_parts(12):
        _saved(_sum_of_named(names), tmp_path)
    for i in range(0, len(NAMES), 12):
        J, W = _cost(NAMES[i], NAMES[i - 1])
        _saved(J, tmp_path)
        _read_everywhere(J, W)


def test_names_that_fold_together_are_different_values():
    for a, b in [("µ", "μ"), ("ﬁ", "fi"), ("ª", "a"), ("Ａ", "A"), ("\u212a", "K"), ("x₁", "x1"), ("σ²", "σ2")]:
        x, y = ag.Tensor(2.0, name=a), ag.Tensor(3.0, name=b)
        J = x * x * y
        found = ag.derive(J).function()(**ag.derive(J).inputs)
        assert sorted(float(v) for k, v in found.items() if k.startswith("d")) == [4.0, 12.0]
        f = ag.compile(lambda p, a=a, b=b: p[a] + 10 * p[b])
        assert f({a: 1.0, b: 2.0}) == 21.0


# --- pictures and pages -----------------------------------------------------------------------------------------------


def _all_named(names):
    """A number computed from a Tensor of each name."""
    total = 0.0
    for i, name in enumerate(names):
        x = ag.Tensor(float(i), name=name)
        y = x * 2.0
        y.name = f"{name}2"
        total = total + y
    return total


def _in_parts(n: int = 8):
    return [NAMES[i : i + n] for i in range(0, len(NAMES), n)]


def test_pictures_show_names_as_they_are(tmp_path):
    for names in _in_parts(35):
        picture = viz.draw(_all_named(names), fold="none")
        tree = ET.fromstring(picture.pipe("svg"))
        texts = {(e.text or "").replace("\xa0", " ") for e in tree.iter("{http://www.w3.org/2000/svg}text")}
        assert {printable(name) for name in names if name} <= texts
        assert {e.tag.partition("}")[2] for e in tree.iter()} <= {
            "svg",
            "g",
            "title",
            "path",
            "polygon",
            "polyline",
            "ellipse",
            "text",
        }
        picture.save(tmp_path / "g.dot").read_text()
    viz.draw(_all_named(NAMES[:20])).save(tmp_path / "g.png")


def test_trees_and_operations_show_names_as_they_are():
    for name in NAMES[::3]:

        def cube(x):
            return x**3

        cube.__name__ = name
        cube = ag.primitive.elementwise(cube, lambda out, x: 3 * x**2)
        x = ag.Tensor(2.0, name=name)
        J = cube(x) * 2.0
        ET.fromstring(viz.draw(J).pipe("svg"))
        ET.fromstring(viz.draw(ag.chain(J, x)).pipe("svg"))


def test_pages_and_plots_hold_names_as_text():
    J = _all_named([name for name in NAMES if len(name) < 100])
    text = page(J)
    text.encode()
    assert text.count("<script") == text.count("</script>") == 2 and "<img" not in text
    state = json.loads(text.split('id="state">')[1].split("</script>")[0])
    for formula in state["formulas"]:
        ET.fromstring(formula)
    history = type("History", (), {"cost": [1.0, 0.5], "accuracy": [0.5, 1.0]})
    for name in NAMES:
        ET.fromstring(viz.plots.training_plot(history, title=name, held_out=name))
        ET.fromstring(viz.plots.curves([0, 1], {name: [1, 2]}, title=name, x_label=name))


# --- errors and the command -------------------------------------------------------------------------------------------


def _said(call) -> str:
    with pytest.raises(ag.AutogradError) as caught:
        call()
    return str(caught.value)


def test_errors_show_names_and_obey_none():
    for name in NAMES:
        x, y = ag.Tensor(np.ones((2, 3)), name=name), ag.Tensor(np.ones((2, 3)), name="y")
        for call in (
            lambda x=x, y=y: x @ y,
            lambda x=x: float(x),
            lambda x=x: x.item(),
            lambda x=x: setattr(x, "data", 1.0),
            lambda x=x: ag.derive(x.sum(), "nothing"),
            lambda x=x: ag.compile(lambda p: p)(x),
            lambda x=x: ag.compile(lambda: x * 1.0)(),
            lambda name=name: ag.compile(lambda **p: bool(p[name]))(**{name: 1.0}),
            lambda name=name: ag.Tensor([1j], name=name),
        ):
            _shown(_said(call))
        assert name == "" or printable(name) in _said(lambda x=x: float(x))


@pytest.mark.parametrize("name", [n for n in NAMES if "\n" not in n and "\r" not in n][::12])
def test_the_command_obeys_no_name(name, tmp_path, capsys):
    script = tmp_path / "script.py"
    script.write_text(
        f"import autograd as ag\nglobals()[{name!r}] = ag.Tensor(2.0, name={name!r})\nJ = globals()[{name!r}] * 3.0\n"
    )
    assert cli.main(["derive", str(script)]) == 0
    assert cli.main(["derive", str(script), "--target", "nothing"]) == 2
    assert cli.main(["derive", str(script), "--wrt", "nothing"]) == 1
    _shown(*capsys.readouterr())


# --- what a name may be -----------------------------------------------------------------------------------------------


def test_a_name_is_a_string():
    for wrong in (3, b"W", ["W"], object(), 1.5):
        with pytest.raises(TypeError, match="A name must be a string, but got"):
            ag.Tensor(1.0, name=wrong)
        with pytest.raises(TypeError, match="A name must be a string, but got"):
            ag.Tensor(1.0).name = wrong


def test_a_name_is_plain_text_whatever_class_it_has():
    class Sly(str):
        def __str__(self):
            return RUN

        __repr__ = __format__ = __str__

    x = ag.Tensor(2.0, name=Sly("x"))
    assert type(x.name) is str and x.name == "x"
    x.name = Sly("y")
    assert type(x.name) is str and x.name == "y"
    compiled = ag.compile(lambda p: p["x"] * 2)
    assert compiled({Sly("x"): 1.5}) == 3.0 and RUN not in compiled.source
