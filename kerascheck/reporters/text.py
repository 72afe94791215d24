"""One line a finding, as flake8 writes it, and how bad it is: `path:row:col: CODE severity: message`."""

from __future__ import annotations

from typing import TextIO

from kerascheck.reporters.base import Outcome, close, headline
from kerascheck.text.escaping import one_line


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write all findings and the closing lines."""
    for d in outcome.diagnostics:
        cell = f"cell {d.cell}:" if d.cell is not None else ""
        filename, place = one_line(d.filename), f":{cell}{d.span.start.row}:{d.span.start.column}:"
        if colour:
            filename, place = f"\x1b[1m{filename}\x1b[0m", f"\x1b[36m{place}\x1b[0m"
        stream.write(f"{filename}{place} {headline(d, '', colour)}\n")
    close(outcome, stream)
