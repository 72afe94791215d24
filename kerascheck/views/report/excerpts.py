"""The lines that a finding is about, in pieces of one colour each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from kerascheck.text.lines import NEWLINE
from kerascheck.text.windows import window

if TYPE_CHECKING:
    from kerascheck.diagnostics import Diagnostic
    from kerascheck.project.source import Source

_CONTEXT = 2  # rows shown above and below
_MAX_ROWS = 6  # marked rows shown of a finding that spans more
_MAX_WIDTH = 300  # of a row; of a longer one the part is shown in which the finding is


class Piece(NamedTuple):
    """A stretch of one row: what kind of token it is (empty: nothing special), and whether the finding is about it."""

    text: str
    kind: str
    marked: bool


class Row(NamedTuple):
    """One row of a file or cell."""

    number: int
    pieces: tuple[Piece, ...]


class Excerpts:
    """The excerpts of one source, which is read as tokens once."""

    def __init__(self, source: Source) -> None:
        self._texts = dict(source.texts())
        self._rows: dict[int | None, list[list[tuple[str, str]]]] = {}

    def of(self, diagnostic: Diagnostic) -> tuple[Row, ...]:
        """The rows of a finding with those around them."""
        if diagnostic.cell not in self._texts:
            return ()
        rows = self._tokens(diagnostic.cell)
        start, end = diagnostic.span.start, diagnostic.span.end
        last = min(end.row, start.row + _MAX_ROWS - 1)
        shown = range(max(1, start.row - _CONTEXT), min(len(rows), last + _CONTEXT) + 1)
        found: list[Row] = []
        for number in shown:
            text = "".join(text for text, _ in rows[number - 1])
            first = start.column - 1 if number == start.row else len(text) - len(text.lstrip())
            stop = end.column - 1 if number == end.row else len(text.rstrip())
            if not start.row <= number <= last:
                first = stop = 0
            elif stop <= first:
                stop = first + 1  # a place without extent
            found.append(Row(number, tuple(_pieces(rows[number - 1], first, stop))))
        while found and not any(piece.text.strip() for piece in found[-1].pieces) and found[-1].number > last:
            found.pop()
        return tuple(found)

    def _tokens(self, cell: int | None) -> list[list[tuple[str, str]]]:
        """The rows of the file or cell as (text, kind)."""
        if cell not in self._rows:
            from pygments.lexers.python import PythonLexer

            text = NEWLINE.sub("\n", self._texts[cell])
            rows: list[list[tuple[str, str]]] = [[]]
            for token, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(text):
                kind = _kind(str(token))
                for number, part in enumerate(value.split("\n")):
                    if number:
                        rows.append([])
                    if part:
                        rows[-1].append((part, kind))
            self._rows[cell] = rows
        return self._rows[cell]


def _pieces(tokens: list[tuple[str, str]], first: int, stop: int) -> Iterator[Piece]:
    """The tokens of a row, parted where the marked stretch begins and ends; of a long row the part around it."""
    length = sum(len(text) for text, _ in tokens)
    shown_from, shown_to = window(length, first, stop, _MAX_WIDTH)
    if shown_from:
        yield Piece("…", "", False)
    at = 0
    for text, kind in tokens:
        edges = (first, stop, shown_from, shown_to)
        cuts = sorted({0, len(text), *(cut - at for cut in edges if 0 < cut - at < len(text))})
        for begin, end in pairwise(cuts):
            if shown_from <= at + begin < shown_to:
                yield Piece(text[begin:end], kind, first <= at + begin < stop)
        at += len(text)
    if shown_to < length:
        yield Piece("…", "", False)
    if first >= at and stop > first:
        yield Piece(" ", "", True)


#: Token types of pygments by their beginning, and what they are called in the style sheet.
_KINDS = (
    ("Token.Comment", "c"), ("Token.Keyword", "k"), ("Token.Operator.Word", "k"), ("Token.Literal.String", "s"),
    ("Token.Literal.Number", "n"), ("Token.Name.Function", "f"), ("Token.Name.Class", "f"),
    ("Token.Name.Decorator", "f"),
)  # fmt: skip


def _kind(token: str) -> str:
    return next((kind for prefix, kind in _KINDS if token.startswith(prefix)), "")
