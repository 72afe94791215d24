"""The objects of the format `json`, one a line."""

from __future__ import annotations

from typing import TextIO

from kerascheck.reporters.base import Outcome
from kerascheck.reporters.json import as_dict
from kerascheck.text.escaping import as_json


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write one object a line."""
    for diagnostic in outcome.diagnostics:
        stream.write(as_json(as_dict(diagnostic), stream, indent=None) + "\n")
