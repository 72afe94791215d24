"""A traceback or an error message that somebody has pasted into a text, to see what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kerascheck.integrations.lsp.positions import Lines

EXPLAIN = "kerascheck.explain"

#: Rows around the cursor that are looked at.
_MAX_ROWS = 400
#: What stands before a row that is a comment or a quotation.
_MARK = r"^(?P<mark>\s*(?:[#>]+\s?)?)"
#: The row with which a traceback begins, and one that says what was raised.
_HEADER = re.compile(_MARK + r"(?:[A-Za-z_][\w.]* +)?Traceback \(most recent call last\)")
_RAISED = re.compile(_MARK + r"(?:[A-Za-z_]\w*\.)*[A-Za-z]\w*(?:Error|Exception|Warning|Interrupt): ?\S")
#: Rows at the end that belong to the text that it was pasted into.
_QUOTES = ("", '"""', "'''")


@dataclass(frozen=True, slots=True)
class Pasted:
    """The message without the marks of comments, and its rows in the text, counted from 0."""

    text: str
    first: int
    last: int


def pasted(lines: Lines, start: int, end: int) -> Pasted | None:
    """The message in the selected rows, or in those around the cursor up to the next empty ones; None where none is."""
    first, last = lines.row(start), lines.row(end)
    if start == end:
        first, last = _around(lines, first)
    rows = [lines.line(row) for row in range(first, min(last, first + _MAX_ROWS) + 1)]
    raised = next((found for row in rows if (found := _RAISED.match(row))), None)
    if raised is None:
        return None
    header = next((found for row in rows if (found := _HEADER.match(row))), raised)
    begins = rows.index(header.string)
    mark = header.group("mark")
    rows = [row[len(mark) :] if row.startswith(mark) else row.removeprefix(mark.rstrip()) for row in rows]
    while rows[-1].strip() in _QUOTES:
        rows.pop()
    return Pasted("\n".join(rows[begins:]), first + begins, first + len(rows) - 1)


def _around(lines: Lines, row: int) -> tuple[int, int]:
    """The rows around one that are not empty."""
    first = last = row
    while first > 0 and row - first < _MAX_ROWS // 2 and lines.line(first - 1).strip():
        first -= 1
    while last + 1 < len(lines.starts) and last - row < _MAX_ROWS // 2 and lines.line(last + 1).strip():
        last += 1
    return first, last


def without(text: str, first: int, last: int) -> str:
    """The text with these rows empty: the program that the message was pasted into."""
    rows = text.split("\n")
    rows[first : last + 1] = ["" for _ in rows[first : last + 1]]
    return "\n".join(rows)
