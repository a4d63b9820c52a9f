"""Compare training steps side by side with peers, in one run: `make bench`. Exit code 1 where a bound is missed.

Results go to out/bench/: results.json, and of a whole run the page performance.md with its charts. `--write-docs` also
keeps the figures in benchmarks/machines/, as those of this machine, and writes docs/performance.md of all machines.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Collection
from typing import Any

import bounds
import environments
import measure
import report
from networks import SAMPLES
from roster import ENVIRONMENTS

OUT = environments.ROOT / "out" / "bench"
RESULTS = OUT / "results.json"
DOCS = environments.ROOT / "docs"


def main() -> int:
    """Measure, save, report."""
    options = arguments()
    results = options.results or measure.everything(options.plan, options.parts)
    report.save(RESULTS, json.dumps(results, indent=1) + "\n")
    verdicts = bounds.verdicts(results)
    report.show(results, verdicts)
    if set(measure.PARTS) <= set(results):
        report.write(report.beside_others(results), page=OUT / "performance.md", pictures=OUT / "pictures")
    if options.write_docs:
        report.store(results)
        report.write(report.stored(), page=DOCS / "performance.md", pictures=DOCS / "pictures")
    return int(any(verdict.missed for verdict in verdicts))


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What the command line asks for: its `plan` and `parts` say what to measure, or `results` is the last run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, choice, text in (
        ("--only", SAMPLES, "some of the networks"),
        ("--peers", ENVIRONMENTS, "some of the peers' libraries; our own ways always run"),
        ("--parts", measure.PARTS, "some of the measurements"),
    ):
        help_text = f"{text}, with commas between: {', '.join(choice)}"
        parser.add_argument(name, type=some_of(choice), metavar="NAMES", help=help_text)
    parser.add_argument("--quick", action="store_true", help="a look, in under 3 minutes: few turns, no memory")
    parser.add_argument("--again", action="store_true", help="report the last run again instead of measuring")
    parser.add_argument("--write-docs", action="store_true", help="also write docs/performance.md and its charts")
    options = parser.parse_args(given)
    if options.again and not RESULTS.exists():
        parser.error("there is no last run to report: leave out --again")
    amount = measure.QUICK if options.quick else {}
    chosen = {"networks": options.only, "environments": options.peers}
    chosen = {name: tuple(names) for name, names in chosen.items() if names is not None}
    options.plan = measure.Plan(**chosen, **amount)
    if options.parts is None:
        options.parts = list(measure.QUICK_PARTS if options.quick else measure.PARTS)
    options.results = json.loads(RESULTS.read_text("utf-8")) if options.again else None
    whole = options.results["whole"] if options.again else measure.whole(options.plan, options.parts)
    if options.write_docs and not whole:
        parser.error("docs/ shows whole runs only: leave out --quick, --only, --peers and --parts")
    return options


def some_of(names: Collection[str]) -> Callable[[str], list[str]]:
    """A reader of some of these names."""

    def read(text: str) -> list[str]:
        given: Any = text.split(",")
        unknown = [name for name in given if name not in names]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(names)}")
        return given

    return read


if __name__ == "__main__":
    raise SystemExit(main())
