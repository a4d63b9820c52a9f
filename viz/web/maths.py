"""LaTeX to MathML, which browsers draw by themselves."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element

_TEXT = re.compile(r"\\text\{((?:[^{}\\$]|\\[#$%&_{}]|\\text[a-z]+\{\})*)\}")
_OPERATOR = re.compile(
    r"\\operatorname\{(?:\\text\{@(\d+)@\}|((?:[^{}\\$]|\\[#$%&_{}])*))\}"
)  # which the converter does not know
# Numbers but for a digit that is an exponent or index without braces, and those of commands, as in \hspace{0.3em}.
_NUMBER = re.compile(r"(?<![\^_\w\\.@!])\d+(?:\.\d+)?(?![\w.@!])")
_FIRST = 7_310_000_000_000_000  # what stands for the first text or number; nobody has names with such numbers
_ASIDE = re.compile(r"(?<=>)[@!]?(731\d{13})[@!]?(?=<)")
_ESCAPED = {r"\textbackslash{}": "\\", r"\textasciicircum{}": "^", r"\textasciitilde{}": "~"}


def mathml(latex: str) -> str:
    """A formula as a MathML element, in which nothing that stood in a name is taken for markup.

    >>> mathml(r"A^2")[-53:]
    '<mrow><msup><mi>A</mi><mn>2</mn></msup></mrow></math>'
    >>> "<img" in mathml(r"\\text{<img src=x>}")
    False
    """
    aside: list[str] = []  # texts and numbers, so that formulas of one form are converted once

    def put(text: str, marked: str) -> str:
        aside.append(text)
        return marked.format(_FIRST + len(aside) - 1)

    form = _TEXT.sub(lambda match: put(_literal(match[1]), r"\text{{@{}@}}"), latex)
    form = _OPERATOR.sub(
        lambda match: rf"\text{{!{match[1]}!}}" if match[1] else put(_literal(match[2]), r"\text{{!{}!}}"), form
    )
    form = _NUMBER.sub(lambda match: put(match[0], "{}"), form)
    return _ASIDE.sub(lambda match: html.escape(aside[int(match[1]) - _FIRST], quote=False), _converted(form))


@lru_cache(maxsize=4096)
def _converted(form: str) -> str:
    """A formula, in which numbers stand for texts and numbers, as a MathML element in which they do so, too."""
    element = convert_to_element(form, display="block")
    for e in element.iter():
        _settle(e)
    for e in element.iter():
        _space(e)
    return tostring(element, encoding="unicode")


def _settle(element: Element) -> None:
    """The converter writes characters as references (`&#x02212;`), which would be escaped once more."""
    if element.text:
        element.text = html.unescape(element.text)
    if element.text == "∞":
        element.tag = "mi"  # a value, not an operator with space around it


def _space(element: Element) -> None:
    """The spaces that the converter does not set.

    A minus after an opening bracket or another operator is a sign, so it stands close to its number; the name of a
    function, as `max`, stands apart from what is before it, unless that is a bracket or an operator, and from what it
    is applied to, unless that is in parentheses.
    """
    children = list(element)
    for before, child, after in zip([None, *children], children, [*children[1:], None]):
        opens = before is None or (before.tag == "mo" and before.text not in (")", "]", "|"))
        if child.tag == "mo" and child.text in ("−", "-") and opens:
            child.attrib |= {"form": "prefix", "lspace": "0", "rspace": "0.05em"}
        name = child[0] if child.tag in ("msub", "munder") and len(child) else child
        if _is_function(name) and not name.attrib:  # or else it has its spaces already, from around its index
            name.tag = "mo"
            space = {"lspace": "0" if opens else "0.167em", "rspace": "0" if _is(after, "(") else "0.167em"}
            name.attrib |= {"form": "prefix"} | space


def _is_function(element: Element) -> bool:
    text = element.text or ""
    return text == "ln" or text.startswith("!") or (element.tag == "mo" and len(text) > 1 and text.isalpha())


def _is(element: Element | None, text: str) -> bool:
    return element is not None and element.text == text


def _literal(latex: str) -> str:
    """What a text in LaTeX says; blanks at its ends would be dropped, so they become no-break spaces."""
    for written, meant in _ESCAPED.items():
        latex = latex.replace(written, meant)
    text = re.sub(r"\\([#$%&_{}])", r"\1", latex)
    return text.replace(" ", "\u00a0")
