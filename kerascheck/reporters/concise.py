"""One line a finding, as ruff's format of this name: `path:row:col: CODE [*] message`."""

from __future__ import annotations

from typing import TextIO

from kerascheck.reporters.base import Outcome, summary
from kerascheck.text.escaping import one_line


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write all findings and the closing line; `[*]` marks what --fix mends with the present settings."""
    for d in outcome.diagnostics:
        cell = f"cell {d.cell}:" if d.cell is not None else ""
        place = f"{one_line(d.filename)}:{cell}{d.span.start.row}:{d.span.start.column}:"
        mark = "[*] " if outcome.is_fixable(d) else ""
        if colour:
            mark = mark and "[\x1b[36m*\x1b[0m] "
            stream.write(f"\x1b[1m{place}\x1b[0m \x1b[1;31m{d.code}\x1b[0m {mark}{one_line(d.message)}\n")
        else:
            stream.write(f"{place} {d.code} {mark}{one_line(d.message)}\n")
    stream.write(summary(outcome) + "\n")
