"""The rows of a file as other programs count them: those of the text, also where a finding counts within a cell."""

from __future__ import annotations

import bisect
import re
from functools import cached_property

from kerascheck.diagnostics import Diagnostic
from kerascheck.text.notebook import SUFFIX
from kerascheck.text.notebook_json import JsonCell, SourceWriter, read_document, source_text

_NEWLINE = re.compile(r"\r\n?|\n")


class FileRows:
    """Where findings stand in the bytes of one file. A notebook is JSON, whose rows are not those of its cells."""

    def __init__(self, raw: bytes, filename: str) -> None:
        self._raw = raw
        self._is_notebook = filename.endswith(SUFFIX)

    def of(self, diagnostic: Diagnostic) -> tuple[int, int]:
        """The first and the last row that a finding touches."""
        start, end = diagnostic.span.start, diagnostic.span.end
        last = end.row - 1 if end.column == 1 and end.row > start.row else end.row
        return self._row(diagnostic.cell, start.row), self._row(diagnostic.cell, last)

    def _row(self, cell: int | None, row: int) -> int:
        if not self._is_notebook:
            return row
        rows = self._rows_of_cells.get(cell or 0, ())
        return rows[min(row, len(rows)) - 1] if rows else 1

    @cached_property
    def _rows_of_cells(self) -> dict[int, list[int]]:
        """For each cell the row of the file in which each row of its source stands."""
        text = self._raw.decode("utf-8-sig", "replace")
        try:
            cells = read_document(text).cells or []
        except (ValueError, RecursionError):
            return {}  # what is no notebook has no cells, and no findings in them
        newlines = [match.start() for match in re.finditer("\n", text)]
        return {index: _rows(text, cell, newlines) for index, cell in enumerate(cells, 1) if cell is not None}


def _rows(text: str, cell: JsonCell, newlines: list[int]) -> list[int]:
    source = source_text(cell.members.get("source"))
    if not source:
        return []
    writer = SourceWriter(text, cell, ascii_only=False)
    starts = [0, *(match.end() for match in _NEWLINE.finditer(source) if match.end() < len(source))]
    return [bisect.bisect_left(newlines, writer.place(start, start, "")[0]) + 1 for start in starts]
