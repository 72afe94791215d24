"""One line a finding, as ruff's format of this name, and how bad it is: `path:row:col: CODE [*] severity: message`."""

from __future__ import annotations

from typing import TextIO

from kerascheck.reporters.base import Outcome, close, headline
from kerascheck.text.escaping import one_line


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write all findings and the closing lines; `[*]` marks what --fix mends with the present settings."""
    for d in outcome.diagnostics:
        cell = f"cell {d.cell}:" if d.cell is not None else ""
        place = f"{one_line(d.filename)}:{cell}{d.span.start.row}:{d.span.start.column}:"
        if colour:
            place = f"\x1b[1m{place}\x1b[0m"
        stream.write(f"{place} {headline(d, '[*]' if outcome.is_fixable(d) else '', colour)}\n")
    close(outcome, stream)
