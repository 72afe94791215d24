"""The rows of a file as other programs count them: those of the text, also where a finding counts within a cell."""

from __future__ import annotations

import bisect
import json
import json.scanner
import re
from functools import cached_property
from typing import Any

from kerascheck.diagnostics import Diagnostic
from kerascheck.notebook import SUFFIX

_NEWLINE = re.compile(rb"\r\n?|\n")


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
            cells = _Locating().decode(text)["cells"]
            starts = [match.end() for match in re.finditer("\n", text)]
            return {index: _rows(cell["source"], starts) for index, cell in enumerate(cells, 1)}
        except (ValueError, LookupError, TypeError, RecursionError):
            return {}  # what is no notebook has no cells, and no findings in them


def _rows(source: object, starts: list[int]) -> list[int]:
    """The row of the file for each row of a cell's source: a string, or a list of strings."""
    parts = source if isinstance(source, list) else [source]
    rows: list[int] = []
    at_start = True
    for part in parts:
        if not isinstance(part, _Located):
            continue
        here = bisect.bisect_right(starts, part.offset) + 1
        newlines = len(re.findall("\r\n?|\n", part))
        rows += [here] * (newlines + at_start - part.endswith(("\n", "\r")))
        at_start = part.endswith(("\n", "\r"))
    return rows


class _Located(str):
    """A string of a JSON text that knows where it stands."""

    offset: int


class _Locating(json.JSONDecoder):
    """Reads JSON into `_Located` strings."""

    def __init__(self) -> None:
        super().__init__()
        read = self.parse_string

        def parse_string(text: str, at: int, strict: bool = True) -> tuple[str, int]:
            value, end = read(text, at, strict)
            located = _Located(value)
            located.offset = at
            return located, end

        self.parse_string: Any = parse_string
        # The scanner in C calls no function of ours.
        self.scan_once: Any = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]
