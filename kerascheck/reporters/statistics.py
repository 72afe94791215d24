"""How often each code was found, for `--statistics`."""

from __future__ import annotations

from typing import TextIO

from kerascheck.reporters.base import Outcome, close, statistics
from kerascheck.text.escaping import as_json


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write one line a code, the most frequent first, and the closing lines; as data, the array that ruff writes."""
    counts = statistics(outcome)
    if outcome.as_data:
        fixable = {diagnostic.code for diagnostic in outcome.diagnostics if outcome.is_fixable(diagnostic)}
        listed = [
            {"code": code, "name": name, "count": count, "fixable": code in fixable} for count, code, name in counts
        ]
        stream.write(as_json(listed, stream) + "\n")
        return
    width = max((len(str(count)) for count, _, _ in counts), default=0)
    for count, code, name in counts:
        shown = f"\x1b[1;31m{code}\x1b[0m" if colour else code
        stream.write(f"{str(count).rjust(width)}  {shown}  {name}\n")
    close(outcome, stream)
