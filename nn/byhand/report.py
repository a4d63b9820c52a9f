"""verify(): run the checks of the catalogue; Report: what was seen, as a table."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from nn.byhand.checks import Seen
from nn.byhand.documents import catalogue
from nn.byhand.entries import CLAIM, FOR_ONE, HOLDS, MISPRINT, Entry
from nn.reports import Shown

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

NARROW = 90  # with fewer columns each row becomes a paragraph
HEADINGS = ("id", "formula as printed", "verdict", "what was seen", "")
NOUNS = {
    HOLDS: ("holds", "hold"),
    FOR_ONE: ("holds for one example", "hold for one example"),
    MISPRINT: ("misprint", "misprints"),
    CLAIM: ("claim", "claims"),
}
LEGEND = """\
max rel. diff   the larger of the differences from autograd and from the complex step (which knows nothing of autograd)
one example     m = 1
course          the course's convention: dZ = A − Y, with 1/m in dW and db; dZ and dA are derivatives of m·J
true            true derivatives of J: dZ = (A − Y)/m, and no 1/m after that"""


@dataclass(frozen=True)
class Row:
    """What was seen of one entry. `difference` is the largest relative one of what holds, None if none was taken."""

    id: str
    printed: str
    verdict: str
    kind: str
    seen: str
    difference: float | None
    ok: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as it is shown, under HEADINGS."""
        verdict = f"{self.verdict} ({self.kind})" if self.kind else self.verdict
        return self.id, self.printed, verdict, self.seen, "ok" if self.ok else "NOT"


@dataclass(frozen=True)
class Report(Shown):
    """The rows, one for each entry; prints as a table.

    >>> from nn import byhand
    >>> report = byhand.verify([byhand.catalogue["000-9"]])
    >>> report.ok, report.rows[0].verdict, report.rows[0].difference < 1e-12
    (True, 'holds', True)
    """

    WIDTH: ClassVar[int] = 120

    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """Whether every entry is as stated."""
        return all(row.ok for row in self.rows)

    @property
    def totals(self) -> str:
        """One line: how many entries of each verdict there are, and which are not as stated."""
        counts = Counter(row.verdict for row in self.rows)
        parts = ", ".join(_counted(counts[verdict], *nouns) for verdict, nouns in NOUNS.items() if counts[verdict])
        wrong = [row.id for row in self.rows if not row.ok]
        end = f"{len(wrong)} NOT as stated: {', '.join(wrong)}" if wrong else "all as stated"
        return f"{_counted(len(self.rows), 'entry', 'entries')}: {parts or 'nothing to check'}; {end}"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """For rich.print: a little colour where there is a terminal; the words say it all without."""
        if options.max_width >= NARROW:
            yield self._table()
        else:
            yield from self._paragraphs()

    def _paragraphs(self) -> RenderResult:
        from rich.padding import Padding
        from rich.text import Text

        for row in self.rows:
            id, printed, verdict, seen, ok = row.cells
            yield Text(f"{id}  {verdict}  {ok}", "bold" if row.ok else "bold red")
            yield Padding(Text(printed), (0, 0, 0, 2))
            yield Padding(Text(seen, "dim"), (0, 0, 1, 4))
        for line in LEGEND.splitlines():
            term, _, words = line.partition("  ")
            yield Text(f"{term}: {words.strip()}")
        yield Text(f"\n{self.totals}")

    def _table(self) -> Table:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, caption=f"{LEGEND}\n\n{self.totals}", caption_justify="left", expand=True)
        for heading, ratio, width in zip(HEADINGS, (None, 4, None, 5, None), (6, None, 11, None, 3), strict=True):
            table.add_column(heading, ratio=ratio, width=width)
        for row in self.rows:
            style = "" if row.ok else "bold red"
            table.add_row(*(Text(cell, style) for cell in row.cells))
        return table

    def _repr_html_(self) -> str:
        """The same as an HTML table, for notebooks."""
        rows = [("th", HEADINGS), *(("td", row.cells) for row in self.rows)]
        body = "".join(
            f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>" for tag, cells in rows
        )
        return f"<table>{body}</table><pre>{html.escape(LEGEND)}</pre><p>{html.escape(self.totals)}</p>"


def verify(entries: Iterable[Entry] | None = None) -> Report:
    """Run the checks of these entries, by default of the whole catalogue. Nothing is taken on trust.

    What holds is compared with autograd and with the complex step; a misprint must fail in the stated way and its
    correction hold; a claim is demonstrated. An entry whose check raises is reported as a row that is not ok.

    >>> from nn import byhand
    >>> print(byhand.verify(byhand.catalogue[id] for id in ("000-7", "000-8", "000-9")).totals)
    3 entries: 1 holds, 1 holds for one example, 1 misprint; all as stated
    """
    return Report(tuple(_row(entry) for entry in (catalogue.values() if entries is None else entries)))


def _counted(n: int, one: str, several: str) -> str:
    return f"{n} {one if n == 1 else several}"


def _row(entry: Entry) -> Row:
    try:
        seen = entry.run()
    except Exception as error:  # a defect in the entry is this row's failure, not the end of the report
        seen = Seen(False, f"{type(error).__name__}: {error}")
    return Row(entry.id, entry.printed, entry.verdict, entry.kind, seen.words, seen.difference, bool(seen.ok))
