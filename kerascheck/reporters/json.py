"""The findings as an array, field for field as ruff prints them."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Any, TextIO

from kerascheck.diagnostics import NO_KERAS, Diagnostic, Fix, Position, Related
from kerascheck.reporters.base import Outcome, unclear_models
from kerascheck.text.escaping import as_json


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write the array; with --show-unknown an object that has it as `findings`, beside what was understood."""
    found = [as_dict(diagnostic) for diagnostic in outcome.diagnostics]
    stream.write(as_json(found if not outcome.show_unknown else understanding(outcome, found), stream) + "\n")


def understanding(outcome: Outcome, findings: list[dict[str, Any]]) -> dict[str, Any]:
    """What was understood, as data."""
    reports = outcome.reports
    return {
        "findings": findings,
        "files": {
            "checked": len(reports),
            "without_keras": sum(report.skipped == NO_KERAS for report in reports),
            "skipped": sum(report.skipped not in (None, NO_KERAS) for report in reports),
        },
        "models": {
            "exact": sum(report.models_exact for report in reports),
            "symbolic": sum(report.models_symbolic for report in reports),
            "unknown": sum(report.models_unknown for report in reports),
        },
        "unclear": [asdict(item) | {"filename": os.path.abspath(item.filename)} for item in unclear_models(reports)],
    }


def as_dict(diagnostic: Diagnostic) -> dict[str, Any]:
    """One finding, its fields in ruff's order; the file name is absolute. `related` is left out where it is empty."""
    return {
        "cell": diagnostic.cell,
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "filename": os.path.abspath(diagnostic.filename),
        "location": _position(diagnostic.span.start),
        "end_location": _position(diagnostic.span.end),
        "fix": _fix(diagnostic.fix) if diagnostic.fix is not None else None,
        "noqa_row": diagnostic.noqa_row,
        "url": diagnostic.url or None,
    } | ({"related": [_related(place) for place in diagnostic.related]} if diagnostic.related else {})


def _related(place: Related) -> dict[str, Any]:
    return {
        "filename": os.path.abspath(place.filename),
        "cell": place.cell,
        "location": _position(place.span.start),
        "end_location": _position(place.span.end),
        "message": place.message,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "applicability": fix.applicability.value,
        "message": fix.message,
        "edits": [
            {
                "content": edit.content,
                "location": _position(edit.span.start),
                "end_location": _position(edit.span.end),
            }
            for edit in fix.edits
        ],
    }


def _position(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column}
