"""What a reporter is given, and finding it by the name of its format."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

import kerascheck.reporters as package
from kerascheck.diagnostics import NO_KERAS, Applicability, Diagnostic, Report, Severity, Unclear
from kerascheck.text.escaping import one_line

#: Modules of this package that are no output format.
_OTHERS = ("base", "statistics")

#: The formats that people read: they end with what was understood, which is said on stderr beside the others.
FOR_PEOPLE = ("text", "concise", "full")

#: The names of all output formats, the default first.
OUTPUT_FORMATS = tuple(
    sorted(
        (
            module.name.replace("_", "-")
            for module in pkgutil.iter_modules(package.__path__)
            if not module.name.startswith("_") and module.name not in _OTHERS
        ),
        key=lambda name: (name != "text", name),
    )
)


@dataclass(frozen=True)
class Outcome:
    """All that one run found.

    `read` gives the bytes of a file with findings, for reporters that quote it.
    """

    reports: list[Report]
    read: Callable[[str], bytes]
    fixed: int = 0
    unsafe_fixes: bool = False
    quiet: bool = False  # no closing lines
    show_unknown: bool = False  # say why models are not known exactly
    as_data: bool = False  # statistics: for programs, as JSON
    diagnostics: list[Diagnostic] = field(init=False)

    def __post_init__(self) -> None:
        found = sorted((d for report in self.reports for d in report.diagnostics), key=lambda d: d.sort_key)
        object.__setattr__(self, "diagnostics", found)

    @property
    def fixable(self) -> int:
        """How many findings `--fix` would mend with the present settings."""
        return sum(self.is_fixable(diagnostic) for diagnostic in self.diagnostics)

    @property
    def hidden_fixes(self) -> int:
        """How many more it would mend with --unsafe-fixes."""
        return sum(d.fix is not None for d in self.diagnostics) - self.fixable

    def is_fixable(self, diagnostic: Diagnostic) -> bool:
        """Whether `--fix` would mend it with the present settings."""
        fix = diagnostic.fix
        return fix is not None and (self.unsafe_fixes or fix.applicability is Applicability.SAFE)


#: How each severity is coloured.
COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;34m"}


def headline(diagnostic: Diagnostic, mark: str, colour: bool) -> str:
    """`CODE mark severity: message`, as all formats for people begin or end a finding."""
    code, severity = diagnostic.code, diagnostic.severity.value
    if colour:
        paint = COLOURS[diagnostic.severity]
        code, severity, mark = (
            f"{paint}{code}\x1b[0m",
            f"{paint}{severity}:\x1b[0m",
            f"\x1b[36m{mark}\x1b[0m" if mark else "",
        )
    else:
        severity += ":"
    return " ".join(filter(None, (code, mark, severity, one_line(diagnostic.message))))


def find_reporter(name: str) -> Callable[[Outcome, TextIO, bool], None]:
    """The `render` function of the module for an output format."""
    module = importlib.import_module(f"{package.__name__}.{name.replace('-', '_')}")
    render: Callable[[Outcome, TextIO, bool], None] = module.render
    return render


def summary(outcome: Outcome) -> str:
    """The closing lines: how much was found, in how many files, what can be fixed, and what was understood."""
    return "\n".join((*_found(outcome), understood(outcome)))


def close(outcome: Outcome, stream: TextIO) -> None:
    """Write why models are not known, if that is asked for, and the closing lines, unless they are not wanted."""
    if outcome.show_unknown:
        for line in unknown_lines(outcome.reports):
            stream.write(line + "\n")
    if not outcome.quiet:
        stream.write(summary(outcome) + "\n")


def understood(outcome: Outcome) -> str:
    """How much of what was read is known: files, and models by how well they are known."""
    reports = outcome.reports
    without = sum(report.skipped == NO_KERAS for report in reports)
    skipped = sum(report.skipped is not None for report in reports) - without
    notes = [f"{number} {note}" for number, note in ((without, "without Keras"), (skipped, "skipped")) if number]
    files = counted(len(reports), "file") + (f" ({', '.join(notes)})" if notes else "")
    counts = [(count, status) for status, count in models_of(reports).items()]
    models = sum(count for count, _ in counts)
    if not models:
        return f"Checked {files}: no models."
    kinds = ", ".join(f"{count} {kind}" for count, kind in counts if count)
    hint = " (--show-unknown)" if not outcome.show_unknown and any(report.unclear for report in reports) else ""
    return f"Checked {files}, {counted(models, 'model')}: {kinds}{hint}."


def models_of(reports: Sequence[Report]) -> dict[str, int]:
    """How many models are exact, symbolic and unknown; one that is made in another checked file counts there."""
    checked = _analysed(reports)
    counts = Counter(
        {
            "exact": sum(report.models_exact for report in reports),
            "symbolic": sum(report.models_symbolic for report in reports),
            "unknown": sum(report.models_unknown for report in reports),
        }
    )
    for report in reports:
        counts.subtract(status for name, status in report.elsewhere if os.path.abspath(name) in checked)
    return dict(counts)


def _analysed(reports: Iterable[Report]) -> set[str]:
    return {os.path.abspath(report.filename) for report in reports if report.skipped is None}


def unclear_models(reports: Iterable[Report]) -> list[Unclear]:
    """The models that are not exact, each once, in the order of files and rows."""
    reports = list(reports)
    checked = _analysed(reports)
    found = dict.fromkeys(
        item
        for report in reports
        for item in report.unclear
        if item.filename == report.filename or os.path.abspath(item.filename) not in checked
    )
    return sorted(found, key=lambda item: (item.filename, item.cell or 0, item.row))


def unknown_lines(reports: Iterable[Report]) -> list[str]:
    """Why models are not exact, and what would make them known: three lines each."""
    lines: list[str] = []
    for item in unclear_models(reports):
        cell = f"cell {item.cell}:" if item.cell is not None else ""
        name = f"'{item.model}' ({item.cls})" if item.model is not None else f"a {item.cls}"
        lines.append(one_line(f"{item.filename}:{cell}{item.row}: model {name} is {item.status}"))
        lines.append(one_line(f"    why:  {item.why}"))
        lines.append(one_line(f"    help: {item.advice}"))
    return lines


def _found(outcome: Outcome) -> list[str]:
    """What was found and fixed."""
    found = len(outcome.diagnostics)
    lines: list[str] = []
    if outcome.fixed:
        remaining = f", {found} remaining" if found else ""
        lines.append(f"Fixed {counted(outcome.fixed, 'finding')}{remaining}.")
    if found:
        files = len({d.filename for d in outcome.diagnostics})
        hint = ""
        if outcome.fixable:
            more = f", {outcome.hidden_fixes} more with --unsafe-fixes" if outcome.hidden_fixes else ""
            hint = f" ({outcome.fixable} fixable with --fix{more})"
        elif outcome.hidden_fixes:
            hint = f" ({outcome.hidden_fixes} fixable with --fix --unsafe-fixes)"
        lines.append(f"Found {counted(found, 'finding')} in {counted(files, 'file')}{hint}.")
    elif not outcome.fixed:
        lines.append("No findings.")
    return lines


def statistics(outcome: Outcome) -> list[tuple[int, str, str]]:
    """How often each code was found, the most frequent first: (count, code, name)."""
    counts = Counter((d.code, d.name) for d in outcome.diagnostics)
    return [(count, code, name) for (code, name), count in sorted(counts.items(), key=lambda i: (-i[1], i[0]))]


def counted(number: int, noun: str) -> str:
    """A number and what it counts: `1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
