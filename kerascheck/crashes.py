"""How a fault of kerascheck itself is reported."""

from __future__ import annotations

import logging
import os
import traceback

from kerascheck.diagnostics import (
    Diagnostic,
    Position,
    Report,
    Severity,
    Span,
)
from kerascheck.project.source import UNREADABLE

ISSUES_URL = "https://github.com/kerascheck/kerascheck/issues"
PLEASE_REPORT = f"please report it: {ISSUES_URL}"
_log = logging.getLogger(__name__)


def internal_error(where: str, error: Exception, advice: str = PLEASE_REPORT) -> str:
    """How a fault of kerascheck itself is reported."""
    _log.debug("internal error in %s", where, exc_info=error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return f"internal error in {where} ({type(error).__name__}: {error}{place}); {advice}"


def note_crash(report: Report, where: str, error: Exception, advice: str = PLEASE_REPORT) -> None:
    """Add a fault of kerascheck itself to a report."""
    span = Span(Position(1, 1), Position(1, 1))
    message = internal_error(where, error, advice)
    report.crashed = True
    report.diagnostics.append(
        Diagnostic(UNREADABLE, "unreadable-file", Severity.ERROR, message, report.filename, span, noqa_row=1)
    )
