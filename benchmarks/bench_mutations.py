"""How many of the faults that are put into correct programs kerascheck notices.

    python benchmarks/bench_mutations.py PATH... [--each 3] [--seed 0] [--missed] [--json FILE]

Every script and notebook below the paths in which kerascheck finds no error is changed, one place at a time, in a way
that is surely wrong (`mutations.py`), and checked again. A mutant is noticed if there is a warning or an error that the
program did not have. Of each operator at most `--each` places of a program are taken, drawn with the seed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

from mutations import OPERATORS, mutants

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source
from kerascheck.project.discovery import SUFFIXES, mentions_keras
from kerascheck.project.source import Source, SourceError
from kerascheck.text.notebook import blank_magics

Found = Counter[tuple[str, int]]


def main() -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=3, help="places of each operator in one program")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--missed", action="store_true", help="print the place of each mutant that is not noticed")
    parser.add_argument("--json", type=Path, help="write the counts to this file")
    options = parser.parse_args()
    score = Score()
    for path in files(options.paths):
        score.add(path, options.each, random.Random(f"{options.seed} {path.name}"), options.missed)
    print(score)
    if options.json is not None:
        options.json.write_text(json.dumps({"made": score.made, "noticed": score.noticed}, indent=1))
    return 0


class Score:
    """Mutants that were made, and those that were noticed, by operator."""

    def __init__(self) -> None:
        self.programs = 0
        self.made: Counter[str] = Counter()
        self.noticed: Counter[str] = Counter()

    def add(self, path: Path, each: int, chance: random.Random, show: bool) -> None:
        """The mutants of one program, if there is no error in it as it is."""
        text = program_of(path)
        if text is None:
            return
        filename = str(path.with_suffix(".py"))
        before, is_wrong = findings(text, filename)
        if is_wrong:
            return
        self.programs += 1
        by_operator: dict[str, list[tuple[int, str]]] = {}
        for operator, row, mutant in mutants(text):
            by_operator.setdefault(operator, []).append((row, mutant))
        for operator, places in by_operator.items():
            for row, mutant in chance.sample(places, min(each, len(places))):
                after, _ = findings(mutant, filename)
                is_noticed = bool(after - before)
                self.made[operator] += 1
                self.noticed[operator] += is_noticed
                if show and not is_noticed:
                    print(f"{path}:{row}: {operator}", flush=True)

    def __str__(self) -> str:
        rows = [
            f"{operator:32} {self.noticed[operator]:5} of {self.made[operator]:5}"
            for operator in OPERATORS
            if self.made[operator]
        ]
        made, noticed = self.made.total(), self.noticed.total()
        share = f", {noticed / made:.1%}" if made else ""
        return "\n".join([*rows, f"noticed {noticed} of {made} mutants of {self.programs} programs{share}"])


def files(paths: list[Path]) -> list[Path]:
    """All scripts and notebooks below these paths that mention Keras."""
    found = [
        file
        for path in paths
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
        if file.suffix in SUFFIXES and file.is_file()
    ]
    return [file for file in found if mentions_keras(file.read_bytes())]


def program_of(path: Path) -> str | None:
    """The text of a script, or of the cells of a notebook; None where Python cannot parse it."""
    try:
        text = blank_magics(Source(path.read_bytes(), str(path)).text)
        compile(text, str(path), "exec", dont_inherit=True)
    except (SourceError, SyntaxError, ValueError, RecursionError):
        return None
    return text


def findings(text: str, filename: str) -> tuple[Found, bool]:
    """Warnings and errors by code and row, and whether there is an error."""
    report = check_source(text.encode(), filename, Settings())
    worth = [found for found in report.diagnostics if found.severity is not Severity.INFO]
    return Counter((found.code, found.span.start.row) for found in worth), any(
        found.severity is Severity.ERROR for found in worth
    )


if __name__ == "__main__":
    sys.exit(main())
