"""Workflow commands of GitHub Actions, which become annotations of the changed files.

See https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
"""

from __future__ import annotations

from typing import TextIO

from kerascheck.diagnostics import Severity
from kerascheck.reporters._places import Places
from kerascheck.reporters.base import Outcome
from kerascheck.text.escaping import one_line

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write one command a finding."""
    for diagnostic, place in Places(outcome).all:
        properties: dict[str, object] = {
            "title": f"kerascheck ({diagnostic.code})",
            "file": place.path,
            "line": place.row,
            "endLine": place.end_row,
        }
        # The runner takes columns only where both ends lie on one row.
        if place.column is not None and place.row == place.end_row:
            properties |= {"col": place.column, "endColumn": place.end_column}
        listed = ",".join(f"{name}={_escape_property(str(value))}" for name, value in properties.items())
        column = f":{place.column}" if place.column is not None else ""
        text = f"{place.path}:{place.row}{column}: {diagnostic.code} {place.message}"
        stream.write(f"::{_COMMANDS[diagnostic.severity]} {listed}::{_escape(text)}\n")


def _escape(text: str) -> str:
    return one_line(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
