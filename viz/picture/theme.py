"""How a picture looks: its colours, its type size, and the shades of a heat map.

What a vertex is can be told without colour in each of them, by border and caption; in print there is no colour at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from viz.errors import ArgumentError

Attributes = Mapping[str, str]


def _frozen(**of_role: Attributes) -> Mapping[str, Attributes]:
    return MappingProxyType(dict(of_role))


@dataclass(frozen=True)
class Theme:
    """The colours of a picture, and how large its type is.

    paper, text, muted, gradient, line, marked   colours: behind everything, of text, of what is less important, of
                          gradients, of arrows, of what the picture is about
    frame, frame_fill     of the frame around a layer, and in it
    roles                 the Graphviz attributes of a value of each role, of a group and of an operation
    backward              the Graphviz attributes of the edges along which gradients flow
    negative, zero, positive   the shades of a heat map at its ends and in the middle
    scale                 how many times larger than normal type is
    """

    paper: str = "#ffffff"
    text: str = "#1f2937"
    muted: str = "#56606e"
    gradient: str = "#9a3412"
    line: str = "#7b8794"
    marked: str = "#b91c1c"
    frame: str = "#cbd5e1"
    frame_fill: str = "#f4f6f9"
    roles: Mapping[str, Attributes] = field(
        default_factory=lambda: _frozen(
            parameter={"style": "rounded,filled", "color": "#1d4ed8", "fillcolor": "#eef4ff", "penwidth": "2.2"},
            data={"style": "dashed,filled", "color": "#64748b", "fillcolor": "#f8fafc"},
            number={"style": "filled", "color": "#ffffff00", "fillcolor": "#ffffff00"},
            result={"style": "rounded,filled", "color": "#475569", "fillcolor": "#ffffff"},
            output={"style": "rounded,filled", "color": "#15803d", "fillcolor": "#f0fdf4", "peripheries": "2"},
            gradient={"style": "dashed,rounded,filled", "color": "#9a3412", "fillcolor": "#fff7ed"},
            group={"style": "rounded,filled", "color": "#475569", "fillcolor": "#e8edf4", "penwidth": "1.6"},
            operation={"style": "filled", "color": "#334155", "fillcolor": "#334155", "fontcolor": "#ffffff"},
            rule={"style": "filled", "color": "#9a3412", "fillcolor": "#9a3412", "fontcolor": "#ffffff"},
        )
    )
    backward: Attributes = field(default_factory=lambda: MappingProxyType({"color": "#9a3412", "style": "dashed"}))
    negative: str = "#7fb0e6"
    zero: str = "#ffffff"
    positive: str = "#f6a55f"
    scale: float = 1.0

    def points(self, size: float) -> str:
        """A type size, or a length that grows with it."""
        return f"{size * self.scale:g}"

    def shade(self, part: float) -> str:
        """The colour of a number in a heat map: -1, 0 and 1 are its two ends and the middle.

        >>> THEMES["light"].shade(0.0), THEMES["light"].shade(-1.0), THEMES["light"].shade(0.5)
        ('#ffffff', '#7fb0e6', '#fad2af')
        """
        end = self.positive if part > 0 else self.negative
        mixed = (round(z + (e - z) * abs(part)) for z, e in zip(_channels(self.zero), _channels(end)))
        return "#" + "".join(f"{c:02x}" for c in mixed)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


_LIGHT = Theme()
_DARK = Theme(
    paper="#14181f",
    text="#e8ecf1",
    muted="#a9b4c2",
    gradient="#fdba74",
    line="#8793a3",
    marked="#fca5a5",
    frame="#39424f",
    frame_fill="#1c222b",
    roles=_frozen(
        parameter={"style": "rounded,filled", "color": "#93b4ff", "fillcolor": "#1b2740", "penwidth": "2.2"},
        data={"style": "dashed,filled", "color": "#8793a3", "fillcolor": "#1a1f27"},
        number={"style": "filled", "color": "#00000000", "fillcolor": "#00000000"},
        result={"style": "rounded,filled", "color": "#8793a3", "fillcolor": "#14181f"},
        output={"style": "rounded,filled", "color": "#86efac", "fillcolor": "#16291f", "peripheries": "2"},
        gradient={"style": "dashed,rounded,filled", "color": "#fdba74", "fillcolor": "#2b2018"},
        group={"style": "rounded,filled", "color": "#8793a3", "fillcolor": "#252d38", "penwidth": "1.6"},
        operation={"style": "filled", "color": "#b9c4d2", "fillcolor": "#b9c4d2", "fontcolor": "#14181f"},
        rule={"style": "filled", "color": "#fdba74", "fillcolor": "#fdba74", "fontcolor": "#14181f"},
    ),
    backward=MappingProxyType({"color": "#fdba74", "style": "dashed"}),
    negative="#24548f",
    zero="#14181f",
    positive="#8a4a12",
)
_PRINT = Theme(
    text="#000000",
    muted="#000000",
    gradient="#000000",
    line="#000000",
    marked="#000000",
    frame="#000000",
    frame_fill="#ffffff",
    roles=_frozen(
        parameter={"style": "rounded", "color": "#000000", "penwidth": "2.6"},
        data={"style": "dashed", "color": "#000000"},
        number={"style": "solid", "color": "#ffffff00"},
        result={"style": "rounded", "color": "#000000"},
        output={"style": "rounded", "color": "#000000", "peripheries": "2"},
        gradient={"style": "dashed,rounded", "color": "#000000"},
        group={"style": "rounded,bold", "color": "#000000"},
        operation={"style": "solid", "color": "#000000", "fontcolor": "#000000", "penwidth": "1.4"},
        rule={"style": "dashed", "color": "#000000", "fontcolor": "#000000", "penwidth": "1.4"},
    ),
    backward=MappingProxyType({"color": "#000000", "style": "dashed"}),
    negative="#c8c8c8",
    positive="#c8c8c8",
)
_LARGE = 1.7

THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        "light": _LIGHT,
        "dark": _DARK,
        "print": _PRINT,
        "slides": replace(_LIGHT, scale=_LARGE),
        "dark slides": replace(_DARK, scale=_LARGE),
    }
)


def theme_of(name: str) -> Theme:
    """The theme of this name. Raises ArgumentError for another one."""
    if name not in THEMES:
        known = ", ".join(f'"{known}"' for known in THEMES)
        raise ArgumentError(f"theme= must be one of {known}, but got {name!r}.")
    return THEMES[name]


@dataclass(frozen=True)
class Look:
    """What stands on the vertices of a picture, and how it looks.

    values, gradients, shapes   whether they are shown
    heat                        whether small arrays are heat maps
    theme                       colours and type
    """

    values: bool = True
    gradients: bool = True
    shapes: bool = True
    heat: bool = False
    theme: Theme = _LIGHT


PLAIN = Look()
