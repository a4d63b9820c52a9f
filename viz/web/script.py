"""The page's program as one text: its modules, each after the ones that it imports."""

from __future__ import annotations

import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

MODULES = Path(__file__).parent / "stepper"
_IMPORT = re.compile(r"^import \{[^}]*\} from '\./([\w-]+)\.mjs';\n", re.MULTILINE)
_SPARED = re.compile(r"^[ \t]*(?://.*\n|\n)|^[ \t]+", re.MULTILINE)


@cache
def script() -> str:
    """The modules joined, as they stand in a page, in one <script type="module">; they share one scope there.

    Comments that have lines of their own, and what lines begin with, are left out: pages are passed on. No text of the
    modules goes over several lines.
    """
    sources = {path.stem: path.read_text(encoding="utf-8") for path in sorted(MODULES.glob("*.mjs"))}
    order = TopologicalSorter({name: sorted(set(_IMPORT.findall(source))) for name, source in sources.items()})
    return "\n".join(_SPARED.sub("", _IMPORT.sub("", sources[name])) for name in order.static_order())
