"""The JSON of a notebook as text: where the sources of its cells stand in it, so that nothing else need be written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_AFTER_NEWLINE = re.compile(r"(?<=\n)")
# One character of a string as JSON writes it; what lies beyond the 16 bits of an escape is written as two.
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class JsonCell:
    """One cell: its members but for the outputs, and where the JSON of its source begins and ends."""

    members: dict[str, Any]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """The members of a notebook other than its cells, and these (None where there is no list of them)."""

    members: dict[str, Any]
    cells: list[JsonCell | None] | None  # None in the list for what is no cell


def read_document(text: str) -> Document:
    """What a notebook holds. Of members of the same name the last counts, as everywhere in Python.

    Raises:
        json.JSONDecodeError: the text is no JSON.
        RecursionError: it nests too deeply.
    """
    walker = _Walker(text)
    members: dict[str, Any] = {}
    cells: list[JsonCell | None] | None = None
    if walker.next() != "{":
        walker.value()
        walker.finish()
        return Document({}, None)
    for name in walker.members():
        if name == "cells":
            cells = _cells(walker)
        else:
            members[name] = walker.value()
    walker.finish()
    return Document(members, cells)


def source_text(value: object) -> str:
    """A cell's source, a string or a list of lines, as one text."""
    if isinstance(value, str):
        return value
    return "".join(line for line in value if isinstance(line, str)) if isinstance(value, list) else ""


class SourceWriter:
    """Edits of one source within the JSON text; what they do not touch stays byte for byte.

    A source that is a list of lines stays one: a line that an edit brings becomes a string of its own.
    """

    def __init__(self, text: str, cell: JsonCell, ascii_only: bool) -> None:
        self._ascii_only = ascii_only
        self._offsets: list[int] = []  # where each character of the source stands in the JSON text
        self._separator = ""  # between two lines
        walker = _Walker(text, cell.start)
        if text[cell.start] != "[":
            self._add_string(text, cell.start, cell.end)
            return
        opening = " "
        before: int | None = None
        for first in walker.items():
            value = walker.value()
            last = walker.end
            if not isinstance(value, str):
                before = None
                continue
            if self._offsets:
                self._offsets.pop()  # an edit at the border belongs to the string that follows
                if not self._separator and before is not None:
                    self._separator = text[before:first]
            else:
                opening = text[cell.start + 1 : first]
            self._add_string(text, first, last)
            before = last
        if self._offsets and not self._separator:
            self._separator = f",{opening or ' '}"

    def _add_string(self, text: str, start: int, end: int) -> None:
        found = _CHARACTER.finditer(text, start + 1, end - 1)
        self._offsets += [*(match.start() for match in found), end - 1]

    def place(self, start: int, end: int, content: str) -> tuple[int, int, str]:
        """An edit of the source as an edit of the JSON text: offsets, and what to write there."""
        lines = _AFTER_NEWLINE.split(content) if self._separator else [content]
        quoted = [json.dumps(line, ensure_ascii=self._ascii_only) for line in lines]
        return self._offsets[start], self._offsets[end], self._separator.join(quoted)[1:-1]


class _Walker:
    """A cursor in the text that reads objects and lists one member at a time."""

    def __init__(self, text: str, at: int = 0) -> None:
        self._text = text
        self.at = at
        self.end = at  # of the value that was read last

    def next(self) -> str:
        """The next character that is no space, which stays."""
        match = _SPACE.match(self._text, self.at)
        assert match is not None
        self.at = match.end()
        return self._text[self.at : self.at + 1]

    def value(self) -> Any:
        """The value at the cursor, which goes behind it."""
        self.next()
        value, self.at = _DECODER.raw_decode(self._text, self.at)
        self.end = self.at
        return value

    def members(self) -> Iterator[str]:
        """The names in the object at the cursor. Whoever is given one reads its value."""
        self._take("{")
        while self.next() != "}":
            if self.next() != '"':
                raise json.JSONDecodeError("Expecting property name enclosed in double quotes", self._text, self.at)
            name = self.value()
            self._take(":")
            yield name
            if self.next() != "}":
                self._take(",")
                if self.next() == "}":
                    raise json.JSONDecodeError("Illegal trailing comma", self._text, self.at)
        self._take("}")

    def items(self) -> Iterator[int]:
        """Where each value of the list at the cursor begins. Whoever is given one reads it."""
        self._take("[")
        while self.next() != "]":
            yield self.at
            if self.next() != "]":
                self._take(",")
                if self.next() == "]":
                    raise json.JSONDecodeError("Illegal trailing comma", self._text, self.at)
        self._take("]")

    def finish(self) -> None:
        """Nothing may follow."""
        if self.next():
            raise json.JSONDecodeError("Extra data", self._text, self.at)

    def _take(self, expected: str) -> None:
        if self.next() != expected:
            raise json.JSONDecodeError(f"Expecting {expected!r} delimiter", self._text, self.at)
        self.at += 1


def _cells(walker: _Walker) -> list[JsonCell | None] | None:
    if walker.next() == "[":
        return [_cell(walker) for _ in walker.items()]
    walker.value()
    return None


def _cell(walker: _Walker) -> JsonCell | None:
    if walker.next() != "{":
        walker.value()
        return None
    members: dict[str, Any] = {}
    start = end = 0
    for name in walker.members():
        if name == "outputs":
            walker.value()
            continue
        walker.next()
        if name == "source":
            start = walker.at
        members[name] = walker.value()
        if name == "source":
            end = walker.end
    return JsonCell(members, start, end)
