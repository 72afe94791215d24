"""The findings as an array, field for field as ruff prints them."""

from __future__ import annotations

import os
from typing import Any, TextIO

from kerascheck.diagnostics import Diagnostic, Fix, Position
from kerascheck.reporters.base import Outcome
from kerascheck.text.escaping import as_json


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write the array."""
    stream.write(as_json([as_dict(diagnostic) for diagnostic in outcome.diagnostics], stream) + "\n")


def as_dict(diagnostic: Diagnostic) -> dict[str, Any]:
    """One finding, its fields in ruff's order; the file name is absolute."""
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
