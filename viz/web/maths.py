"""LaTeX to MathML, which browsers draw by themselves."""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import convert_to_element

_TEXT = re.compile(r"\\text\{((?:[^{}\\$]|\\[#$%&_{}]|\\text[a-z]+\{\})*)\}")
_ESCAPED = {r"\textbackslash{}": "\\", r"\textasciicircum{}": "^", r"\textasciitilde{}": "~"}


def mathml(latex: str) -> str:
    """A formula as a MathML element, in which nothing that stood in a name is taken for markup.

    >>> mathml(r"A^2")[-53:]
    '<mrow><msup><mi>A</mi><mn>2</mn></msup></mrow></math>'
    >>> "<img" in mathml(r"\\text{<img src=x>}")
    False
    """
    texts: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        texts.append(_literal(match[1]))
        return rf"\text{{@{len(texts) - 1}@}}"

    element = convert_to_element(_TEXT.sub(put_aside, latex), display="block")
    for e in element.iter():
        _settle(e, texts)
    for e in element.iter():
        _space(e)
    return tostring(element, encoding="unicode")


def _settle(element: Element, texts: list[str]) -> None:
    """The converter writes characters as references (`&#x02212;`), which would be escaped once more."""
    if element.text:
        aside = re.fullmatch(r"@(\d+)@", element.text)
        element.text = texts[int(aside[1])] if aside else html.unescape(element.text)
    if element.text == "∞":
        element.tag = "mi"  # a value, not an operator with space around it


def _space(element: Element) -> None:
    """The spaces that the converter does not set.

    A minus after an opening bracket or another operator is a sign, so it stands close to its number; `ln` stands apart
    from what it is applied to, unless that is in parentheses.
    """
    children = list(element)
    for before, child, after in zip([None, *children], children, [*children[1:], None]):
        text = child.text or ""
        opens = before is None or (before.tag == "mo" and before.text not in (")", "]", "|"))
        if child.tag == "mo" and text in ("−", "-") and opens:
            child.attrib |= {"form": "prefix", "lspace": "0", "rspace": "0.05em"}
        if child.tag in ("mi", "mo") and text == "ln":
            child.tag = "mo"
            child.attrib |= {"form": "prefix", "lspace": "0.167em", "rspace": "0" if _is(after, "(") else "0.167em"}


def _is(element: Element | None, text: str) -> bool:
    return element is not None and element.text == text


def _literal(latex: str) -> str:
    """What a text in LaTeX says; blanks at its ends would be dropped, so they become no-break spaces."""
    for written, meant in _ESCAPED.items():
        latex = latex.replace(written, meant)
    text = re.sub(r"\\([#$%&_{}])", r"\1", latex)
    return text.replace(" ", "\u00a0")
