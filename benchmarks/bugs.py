"""What kerascheck finds in programs with known faults, beside what other tools found in the same programs.

    python benchmarks/bugs.py PATH... [--published FOLDER] [--even-only] [--json FILE]

PATH holds programs in one of two forms:

- `<id>/bug.py`, as in ali-ghanbari/deepmufl-ase-2023 (`Dataset/all-bugs`). `--published` names the folder with the
  files `<tool> Results.csv` (id, TRUE or FALSE, seconds) that come with it. Even and odd ids are counted apart.
- pairs of folders `Buggy ...` and `Correct ...`, as in Wardat-ISU/DeepLocalize (`Benchmark`): findings in the buggy
  program, errors in the corrected one.

A program counts as found where kerascheck reports anything of the families KC1xx to KC5xx. Whether that names the fault
is for a reader to judge; `--json` writes what there is to read, `--even-only` leaves the odd ids (the test split) out.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source
from kerascheck.runtime.recursion import deep_recursion
from kerascheck.text.notebook import blank_magics

FAMILIES = ("KC1", "KC2", "KC3", "KC4", "KC5")


@dataclass
class Program:
    """One program and what kerascheck says about it."""

    name: str
    file: str
    codes: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    errors: int = 0


def look_at(path: Path, name: str) -> Program:
    """Check one file."""
    raw = blank_magics(path.read_text("utf-8", "replace")).encode()
    with deep_recursion():
        report = check_source(raw, str(path), Settings())
    program = Program(name, str(path))
    for finding in report.diagnostics:
        if finding.code.startswith(FAMILIES):
            program.codes.append(finding.code)
            program.findings.append(f"{finding.span.start.row}: {finding.code} {finding.message}")
            program.errors += finding.severity is Severity.ERROR
    return program


def published(folder: Path) -> dict[str, dict[str, bool]]:
    """The results of other tools: for each tool, whether it found the bug of each id."""
    tools: dict[str, dict[str, bool]] = {}
    for file in sorted(folder.glob("* Results.csv")):
        with file.open(newline="") as handle:
            rows = [row for row in csv.reader(handle) if row and row[0].isdigit() and row[1:2] in (["TRUE"], ["FALSE"])]
        if rows:
            tools[file.stem.removesuffix(" Results")] = {row[0]: row[1] == "TRUE" for row in rows}
    return tools


def by_id(path: Path) -> list[Program]:
    """Programs in folders that are called by their id."""
    return [look_at(file, file.parent.name) for file in sorted(path.glob("*/bug.py"))]


def pairs(path: Path) -> tuple[list[Program], list[Program]]:
    """The buggy programs and the corrected ones."""
    found: tuple[list[Program], list[Program]] = ([], [])
    for file in sorted(path.rglob("*.py")):
        for index, word in enumerate(("Buggy", "Correct")):
            folder = next((p for p in file.parents if p.name.startswith(word)), None)
            if folder is not None and b"eras" in file.read_bytes():
                found[index].append(look_at(file, str(file.relative_to(path))))
    return found


def table(programs: Iterable[Program], tools: dict[str, dict[str, bool]]) -> None:
    """Print how many are found, for all, even and odd ids."""
    programs = list(programs)
    results = {"kerascheck": {p.name: bool(p.codes) for p in programs}, **tools}
    print(f"{'':16}{'all':>12}{'even':>12}{'odd':>12}")
    for tool, found in results.items():
        cells = []
        for wanted in (lambda _: True, lambda i: i % 2 == 0, lambda i: i % 2 == 1):
            ids = [name for name in found if wanted(int(name))]
            cells.append(f"{sum(found[i] for i in ids):>6} of {len(ids):>3}")
        print(f"{tool:16}" + "".join(cells))


def main() -> int:
    """Look, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--published", type=Path)
    parser.add_argument("--even-only", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    seen: list[Program] = []
    for path in options.paths:
        numbered = by_id(path)
        if numbered:
            table(numbered, published(options.published) if options.published else {})
            seen += [p for p in numbered if not options.even_only or int(p.name) % 2 == 0]
            continue
        buggy, correct = pairs(path)
        print(f"{sum(bool(p.codes) for p in buggy)} of {len(buggy)} buggy programs have a finding")
        print(f"{sum(p.errors > 0 for p in correct)} of {len(correct)} corrected programs have an error")
        seen += [*buggy, *correct]
    if options.json:
        options.json.write_text(json.dumps([asdict(program) for program in seen], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
