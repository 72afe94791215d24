"""What a reporter is given, and finding it by the name of its format."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

import kerascheck.reporters as package
from kerascheck.diagnostics import Applicability, Diagnostic, Report

#: Modules of this package that are no output format.
_OTHERS = ("base", "statistics")

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


def find_reporter(name: str) -> Callable[[Outcome, TextIO, bool], None]:
    """The `render` function of the module for an output format."""
    module = importlib.import_module(f"{package.__name__}.{name.replace('-', '_')}")
    render: Callable[[Outcome, TextIO, bool], None] = module.render
    return render


def summary(outcome: Outcome) -> str:
    """The closing lines: how much was found, in how many files, and what can be fixed."""
    found = len(outcome.diagnostics)
    lines: list[str] = []
    if outcome.fixed:
        remaining = f", {found} remaining" if found else ""
        lines.append(f"Fixed {_counted(outcome.fixed, 'finding')}{remaining}.")
    if found:
        files = len({d.filename for d in outcome.diagnostics})
        hint = ""
        if outcome.fixable:
            more = f", {outcome.hidden_fixes} more with --unsafe-fixes" if outcome.hidden_fixes else ""
            hint = f" ({outcome.fixable} fixable with --fix{more})"
        elif outcome.hidden_fixes:
            hint = f" ({outcome.hidden_fixes} fixable with --fix --unsafe-fixes)"
        lines.append(f"Found {_counted(found, 'finding')} in {_counted(files, 'file')}{hint}.")
    elif not outcome.fixed:
        lines.append("No findings.")
    return "\n".join(lines)


def statistics(outcome: Outcome) -> list[tuple[int, str, str]]:
    """How often each code was found, the most frequent first: (count, code, name)."""
    counts = Counter((d.code, d.name) for d in outcome.diagnostics)
    return [(count, code, name) for (code, name), count in sorted(counts.items(), key=lambda i: (-i[1], i[0]))]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
