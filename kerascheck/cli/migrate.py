"""`kerascheck migrate`: plan, show or write, and report."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kerascheck.fixes.patches import show_difference
from kerascheck.text.escaping import say, visible

if TYPE_CHECKING:
    from kerascheck.configuration.config import Resolver, Settings
    from kerascheck.migrate.context import Options
    from kerascheck.migrate.plan import Plan
    from kerascheck.migrate.report import Entry, FileReport
    from kerascheck.project.source import Source
    from kerascheck.project.target import Evidence

_FORMATS = (".html", ".md", ".json")
_FROM = ("auto", "keras1", "keras2", "tf-keras")


@dataclass(frozen=True)
class MigrateOptions:
    """The arguments of `kerascheck migrate`."""

    paths: tuple[Path, ...]
    came_from: str = "auto"
    to: str = "keras3"
    write: bool = False
    diff: bool = False
    report: Path | None = None
    to_keras: bool = False
    backend_neutral: bool = False
    mark: bool = False


def migrate(options: MigrateOptions, resolver: Resolver, stream: TextIO) -> int:
    """Migrate files and folders; the exit status: 0 nothing left to do, 1 something, 2 a file that cannot be read.

    Raises:
        Failure: an option means nothing, a path does not exist, or the configuration is wrong.
    """
    from kerascheck.cli.common import FAILED, FOUND, OK, Failure
    from kerascheck.errors import ConfigError
    from kerascheck.migrate.context import Options
    from kerascheck.migrate.report import as_text
    from kerascheck.project.discovery import NoSuchPath, discover

    _refuse(options)
    wanted = Options(options.to_keras, options.backend_neutral, options.mark)
    try:
        files = [str(path) for path in discover(options.paths, resolver.settings_for)]
        reports: list[FileReport] = []
        pins: set[Evidence] = set()
        failed = changed = False
        for filename in files:
            report, differs = _one(filename, options, wanted, resolver.settings_for(Path(filename)), pins)
            failed = failed or report is None
            changed = changed or differs
            if report is not None:
                reports.append(report)
    except (ConfigError, NoSuchPath) as error:
        raise Failure(str(error)) from None
    reports += _of_pins(pins)
    text = as_text(reports, options.write)
    if options.diff:
        sys.stderr.write(text)
    else:
        stream.write("".join(f"{visible(row)}\n" for row in text.splitlines()) if stream.isatty() else text)
    if options.report is not None:
        _write_report(options.report, reports)
    if failed:
        return FAILED
    left = any(report.left or report.skipped for report in reports)
    return FOUND if left or (changed and not options.write) else OK


def _refuse(options: MigrateOptions) -> None:
    """Raises Failure for options that mean nothing."""
    from kerascheck.cli.common import Failure

    if options.to != "keras3":
        raise Failure(f"--to {options.to}: programs are brought to keras3 and to nothing else")
    if options.came_from not in _FROM:
        raise Failure(f"--from {options.came_from}: expected {', '.join(_FROM[:-1])} or {_FROM[-1]}")
    if options.write and options.diff:
        raise Failure("--write and --diff do not go together: one changes the files, the other changes nothing")
    if options.report is not None and options.report.suffix.lower() not in _FORMATS:
        raise Failure(f"{options.report}: the format is taken from the ending: .html, .md or .json")


def _one(
    filename: str, options: MigrateOptions, wanted: Options, settings: Settings, pins: set[Evidence]
) -> tuple[FileReport | None, bool]:
    """Migrate one file: what is said of it (None where it could not be read or written), and whether it differs.

    `pins` takes what asks for an older Keras beside the file.
    """
    from kerascheck.fixes.write import ChangedMeanwhile, write_atomically
    from kerascheck.migrate.report import FileReport
    from kerascheck.project.import_graph import concerns_keras
    from kerascheck.project.source import Source, SourceError, Unfaithful
    from kerascheck.runtime.reading import read_program
    from kerascheck.runtime.recursion import deep_recursion

    try:
        raw = read_program(filename)
    except OSError as error:
        say("warning", f"{filename}: cannot be read: {error.strerror or error}")
        return None, False
    if not concerns_keras(raw, filename):
        return FileReport(filename, "no Keras"), False
    try:
        with deep_recursion():
            source = Source(raw, filename)
            _aim(source, options.came_from if options.came_from != "auto" else settings.target)
            plan, report = planned(source, wanted, settings.budget)
            asked = [one for one in source.target.evidence if one.filename is not None and one.era.is_old]
            report.left += _of_cells(asked) if source.cells else []
            pins.update(asked)
        new = plan.raw
    except SourceError as error:
        return FileReport(filename, "unknown", skipped=f"row {error.position.row}: {error.message}"), False
    except (UnicodeEncodeError, Unfaithful) as error:
        return FileReport(filename, source.target.era.value, skipped=str(error)), False
    if new == raw:
        return report, False
    if not options.write:
        show_difference(raw, new, filename)
        return report, True
    try:
        write_atomically(filename, new, raw)
    except ChangedMeanwhile:
        say("warning", f"{filename}: not written, it has changed meanwhile")
        return None, False
    except OSError as error:
        say("warning", f"{filename}: not written: {error.strerror or error}")
        return None, False
    return report, True


#: What a notebook installs itself, as its evidence names the place.
_CELL = re.compile(r"cell (\d+)")


def _of_cells(asked: Sequence[Evidence]) -> list[Entry]:
    """What is to be done in the cells of a notebook that install an older Keras."""
    places = [(_CELL.fullmatch(one.filename or ""), one) for one in asked]
    return [_pin(one, int(cell.group(1))) for cell, one in places if cell is not None]


def _pin(pin: Evidence, cell: int | None = None) -> Entry:
    from kerascheck.migrate.context import GUIDE
    from kerascheck.migrate.report import Entry

    return Entry(pin.row or 1, cell, "pins", f"{pin.text} is an older Keras: ask for keras>=3", GUIDE)


def _of_pins(pins: set[Evidence]) -> list[FileReport]:
    """What is to be done in requirements, lock files and the like that ask for an older Keras."""
    from kerascheck.migrate.report import FileReport

    reports: list[FileReport] = []
    for pin in sorted(pins, key=lambda one: (one.filename or "", one.row or 0, one.text)):
        is_cell = _CELL.fullmatch(pin.filename or "") is not None
        if pin.filename is not None and not is_cell and not pin.filename.endswith((".py", ".ipynb")):
            reports.append(FileReport(pin.filename, pin.era.value, left=[_pin(pin)]))
    return reports


def _aim(source: Source, target: str) -> None:
    """Let an option, or a setting that names an older Keras, say for which the file is written."""
    from kerascheck.project.target import Era, Evidence, Target

    if target in _FROM[1:]:
        source.target = Target(Era(target), (Evidence(Era(target), f"--from {target}", "the command"),))


def planned(source: Source, wanted: Options, budget: float) -> tuple[Plan, FileReport]:
    """The plan for a file, and what is said of it: also where another network would come of it.

    Raises:
        SourceError: it is no Python.
    """
    from kerascheck.migrate.plan import plan as make
    from kerascheck.migrate.report import Entry, FileReport

    plan = make(source, wanted)
    report = FileReport(source.filename, source.target.era.value)
    for steps, entries in ((plan.done, report.done), (plan.left, report.left)):
        for step in steps:
            row = source.locate(step.node).start.row
            cell, within = source.in_cell(row)
            entries.append(Entry(within, cell, step.kind, step.message, step.page, step.note))
        entries.sort(key=lambda entry: (entry.cell or 0, entry.row))
    if plan.edits:
        report.left += _differing(source, plan.raw, budget)
    if not source.cells:
        report.left += _found_after(plan, report, budget)
        report.left.sort(key=lambda entry: (entry.cell or 0, entry.row))
    return plan, report


def _found_after(plan: Plan, report: FileReport, budget: float) -> list[Entry]:
    """Old forms that a check of the outcome still finds: of what other files define, the plan knows nothing."""
    from kerascheck.configuration.config import Settings
    from kerascheck.diagnostics import Severity
    from kerascheck.engine import examine
    from kerascheck.migrate.context import GUIDE
    from kerascheck.migrate.report import Entry
    from kerascheck.rules.registry import find_rule

    source = plan.source
    found = examine(plan.raw, source.filename, Settings(target="keras3", budget=budget)).report.diagnostics
    before = _rows_before(plan)
    listed = {entry.row for entry in report.left}
    entries: list[Entry] = []
    for one in found:
        rule = find_rule(one.code)
        row = before(one.span.start.row)
        if rule is not None and rule.migrates and one.severity is not Severity.WARNING and row not in listed:
            entries.append(Entry(row, None, "found", f"{one.message} ({one.code})", GUIDE))
    return entries


def _rows_before(plan: Plan) -> Callable[[int], int]:
    """Which row of the file as it is a row of the outcome was."""
    rows: dict[int, int] = {}
    edits = sorted(plan.edits, key=lambda edit: edit.span)
    shift = at = 0
    for row in range(1, plan.source.text.count("\n") + 2):
        while at < len(edits) and edits[at].span.end.row <= row:
            edit = edits[at]
            shift += edit.content.count("\n") - (edit.span.end.row - edit.span.start.row)
            at += 1
        rows[row + shift] = row
    return lambda row: rows.get(row, row)


def _differing(source: Source, new: bytes, budget: float) -> list[Entry]:
    """An entry where a model that is known before is not there after: other layers, shapes or parameters."""
    from kerascheck.engine import analyze
    from kerascheck.migrate.context import GUIDE
    from kerascheck.migrate.report import Entry
    from kerascheck.project.source import SourceError
    from kerascheck.views.program_facts import is_kept, sizes_of

    era = source.target.era.value
    try:
        before = analyze(source.raw, source.filename, budget, era if era != "unknown" else "auto")
        after = analyze(new, source.filename, budget, "keras3")
    except SourceError:
        return []
    if before.source is None or before.analysis is None or after.source is None or after.analysis is None:
        return []
    if is_kept(sizes_of(before.source, before.analysis), sizes_of(after.source, after.analysis)):
        return []
    message = "a model has other parameters in Keras 3, or they are not known any more: compare them"
    return [Entry(1, None, "models", message, GUIDE)]


def _write_report(path: Path, reports: Sequence[FileReport]) -> None:
    """Raises Failure."""
    from kerascheck.cli.common import Failure
    from kerascheck.fixes.write import write_whole
    from kerascheck.migrate import report

    render = {".html": report.as_html, ".md": report.as_markdown, ".json": report.as_json}[path.suffix.lower()]
    try:
        write_whole(os.fspath(path), render(reports).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {error.strerror or error}") from None
