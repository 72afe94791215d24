"""One line a finding, as flake8 writes it: `path:row:col: CODE message`."""

from __future__ import annotations

from typing import TextIO

from kerascheck.reporters.base import Outcome, summary
from kerascheck.text.escaping import one_line


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write all findings and the closing line."""
    for d in outcome.diagnostics:
        cell = f"cell {d.cell}:" if d.cell is not None else ""
        start, filename, message = d.span.start, one_line(d.filename), one_line(d.message)
        if colour:
            place = f"\x1b[1m{filename}\x1b[0m\x1b[36m:{cell}{start.row}:{start.column}:\x1b[0m"
            stream.write(f"{place} \x1b[1;31m{d.code}\x1b[0m {message}\n")
        else:
            stream.write(f"{filename}:{cell}{start.row}:{start.column}: {d.code} {message}\n")
    stream.write(summary(outcome) + "\n")
