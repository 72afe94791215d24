"""Which of the findings are reported, and fixed: those that no baseline knows, on rows that have changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kerascheck.configuration.baseline import Baseline
from kerascheck.configuration.changes import Changes
from kerascheck.diagnostics import Diagnostic, Report


@dataclass(frozen=True)
class Limits:
    """The limits of one run; None for those that it has not."""

    baseline: Baseline | None = None
    changes: Changes | None = None

    def __bool__(self) -> bool:
        return self.baseline is not None or self.changes is not None

    def kept(self, report: Report, raw: bytes) -> list[Diagnostic]:
        """The findings in these bytes of a file that are within the limits.

        Raises:
            ChangesError: git cannot tell the changes.
        """
        if self.baseline is not None:
            report = replace(report, diagnostics=self.baseline.new(report, raw))
        return report.diagnostics if self.changes is None else self.changes.touched(report, raw)

    def applied(self, report: Report, read: Callable[[str], bytes]) -> Report:
        """The report with these findings only; `read` gives the bytes of a file. Raises ChangesError."""
        return replace(report, diagnostics=self.kept(report, _bytes_of(report, read))) if self else report

    def note(
        self, reports: Sequence[Report], read: Callable[[str], bytes], ran: Callable[[str, str], bool]
    ) -> str | None:
        """What the baseline is good for, to be told to the user.

        Args:
            reports: all findings.
            read: gives the bytes of a file.
            ran: whether the rule of a code was run on a file.
        """
        if self.baseline is None:
            return None
        file = self.baseline.file
        found = sum(len(report.diagnostics) for report in reports)
        known = found - sum(len(self.baseline.new(report, _bytes_of(report, read))) for report in reports)
        note = f"{file}: {known} known finding{'s' * (known != 1)} not shown"
        gone = self.baseline.gone(reports, read, ran)
        return note + f", {gone} no longer there; `kerascheck --write-baseline {file}` refreshes it" * bool(gone)


def _bytes_of(report: Report, read: Callable[[str], bytes]) -> bytes:
    try:
        return read(report.filename) if report.diagnostics else b""
    except OSError:  # gone since it was checked, or never readable
        return b""
