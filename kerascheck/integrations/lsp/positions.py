"""Rows, offsets and the positions of the protocol, which count in units of an agreed encoding."""

from __future__ import annotations

import bisect
from collections.abc import Callable
from functools import cached_property

from lsprotocol import types

from kerascheck.diagnostics import Position
from kerascheck.text.lines import NEWLINE

_BOM = "\ufeff"


def _utf8(character: str) -> int:
    code = ord(character)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4


def _utf16(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


#: How many units a character takes that is not ASCII.
_WIDTHS: dict[str, Callable[[str], int]] = {
    types.PositionEncodingKind.Utf8.value: _utf8,
    types.PositionEncodingKind.Utf16.value: _utf16,
    types.PositionEncodingKind.Utf32.value: lambda _: 1,
}


class Encoding:
    """The unit that client and server have agreed on: utf-8, utf-16 (the default) or utf-32."""

    def __init__(self, name: str = "utf-16") -> None:
        self.name = name
        self._width = _WIDTHS.get(name, _utf16)

    def units(self, text: str) -> int:
        """The units that a text takes."""
        return len(text) if text.isascii() else sum(map(self._width, text))

    def index(self, line: str, units: int) -> int:
        """The character at so many units; the end of the line where it is shorter."""
        if line.isascii():
            return min(units, len(line))
        for index, character in enumerate(line):
            units -= self._width(character)
            if units < 0:
                return index
        return len(line)


class Lines:
    """A text and where its rows begin. Only `\\n`, `\\r\\n` and `\\r` end a row, as the protocol says."""

    def __init__(self, text: str, starts: list[int] | None = None) -> None:
        self.text = text
        if starts is not None:
            self.starts = starts

    @cached_property
    def starts(self) -> list[int]:
        """The offset of the first character of each row."""
        return [0, *(match.end() for match in NEWLINE.finditer(self.text))]

    def replaced(self, start: int, end: int, content: str) -> Lines:
        """The text with a stretch replaced; only the rows around it are looked at anew."""
        first = max(self.row(start) - 1, 0)
        after = self.row(end) + 2
        text = self.text[:start] + content + self.text[end:]
        growth = len(content) - (end - start)
        begin = self.starts[first]
        stop = self.starts[after] + growth if after < len(self.starts) else len(text)
        inside = [match.end() for match in NEWLINE.finditer(text, begin, stop)]
        if after < len(self.starts):
            inside.pop()  # the start of the row `after`
        following = self.starts[after:]
        if growth:
            following = [offset + growth for offset in following]
        return Lines(text, [*self.starts[: first + 1], *inside, *following])

    def row(self, offset: int) -> int:
        """The row of an offset, counted from 0."""
        return bisect.bisect_right(self.starts, offset) - 1

    def line(self, row: int) -> str:
        """One row (counted from 0) without its line ending; empty where there is none."""
        if not 0 <= row < len(self.starts):
            return ""
        end = self.starts[row + 1] if row + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[row] : end].rstrip("\r\n")

    def offset_of(self, position: Position) -> int:
        """The offset of a row and column of an analysis, for which a byte order mark is no character."""
        row = min(position.row, len(self.starts)) - 1
        mark = 1 if row == 0 and self.text.startswith(_BOM) else 0
        return min(self.starts[row] + position.column - 1 + mark, len(self.text))

    def to_client(self, offset: int, encoding: Encoding) -> types.Position:
        """An offset as the client counts it."""
        row = self.row(offset)
        return types.Position(row, encoding.units(self.text[self.starts[row] : offset]))

    def range_to_client(self, start: int, end: int, encoding: Encoding) -> types.Range:
        """Two offsets as the client counts them."""
        return types.Range(self.to_client(start, encoding), self.to_client(end, encoding))

    def from_client(self, position: types.Position, encoding: Encoding) -> int:
        """The offset of a position; what lies beyond a row or the text is its end."""
        if position.line >= len(self.starts):
            return len(self.text)
        return self.starts[position.line] + encoding.index(self.line(position.line), position.character)
