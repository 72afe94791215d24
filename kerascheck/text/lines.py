"""A text by rows and columns, 1-based; columns count characters."""

from __future__ import annotations

import bisect
import re
from functools import cached_property

from kerascheck.diagnostics import Position

NEWLINE = re.compile(r"\r\n?|\n")


class Lines:
    """A text that is asked for rows, columns and offsets. Rows end where they do in Python, not at a form feed."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def newline(self) -> str:
        """The line ending that the text uses first; `\\n` where it has one line only."""
        match = NEWLINE.search(self.text)
        return match.group() if match else "\n"

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of the first character of each row."""
        return [0, *(match.end() for match in NEWLINE.finditer(self.text))]

    def line(self, row: int) -> str:
        """One line without its line ending; empty for a row the text does not have."""
        if not 1 <= row <= len(self.line_starts):
            return ""
        end = self.line_starts[row] if row < len(self.line_starts) else len(self.text)
        return self.text[self.line_starts[row - 1] : end].rstrip("\r\n")

    def position(self, offset: int) -> Position:
        """The row and column of a character."""
        row = bisect.bisect_right(self.line_starts, offset)
        return Position(row, offset - self.line_starts[row - 1] + 1)

    def offset(self, position: Position) -> int:
        """The character at a row and column."""
        return self.line_starts[position.row - 1] + position.column - 1

    def rows(self, first: int, last: int) -> tuple[int, int]:
        """Offsets (start, end) of whole rows, the line ending of the last one included."""
        end = self.line_starts[last] if last < len(self.line_starts) else len(self.text)
        return self.line_starts[first - 1], end
