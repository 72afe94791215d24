"""One line a finding, as ruff's format of this name and pylint's `parseable`: `path:row: [CODE] message`."""

from __future__ import annotations

from typing import TextIO

from kerascheck.reporters._places import Places
from kerascheck.reporters.base import Outcome
from kerascheck.text.escaping import one_line


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write all findings. Rows are those of the file; in a notebook the message names the cell."""
    for diagnostic, place in Places(outcome).all:
        stream.write(f"{one_line(place.path)}:{place.row}: [{diagnostic.code}] {one_line(place.message)}\n")
