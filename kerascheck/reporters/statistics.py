"""How often each code was found, for `--statistics`."""

from __future__ import annotations

from typing import TextIO

from kerascheck.reporters.base import Outcome, statistics, summary


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write one line a code, the most frequent first, and the closing line."""
    counts = statistics(outcome)
    width = max((len(str(count)) for count, _, _ in counts), default=0)
    for count, code, name in counts:
        shown = f"\x1b[1;31m{code}\x1b[0m" if colour else code
        stream.write(f"{str(count).rjust(width)}  {shown}  {name}\n")
    stream.write(summary(outcome) + "\n")
