"""One file: its bytes, text, tree and positions."""

from __future__ import annotations

import ast
import bisect
import codecs
import errno
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, lru_cache
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kerascheck.diagnostics import Position, Span
from kerascheck.garbage import no_collection
from kerascheck.lexing import find_too_deep, logical_lines
from kerascheck.notebook import SUFFIX, Cell, NotANotebook, read_program

if TYPE_CHECKING:
    import libcst as cst

    from kerascheck.positions import Locator

SYNTAX_ERROR = "KC001"
UNREADABLE = "KC002"

_NEWLINE = re.compile(r"\r\n?|\n")
# PEP 263: a coding comment counts in the first two lines, the second only below a blank or comment line.
_CODING = re.compile(
    rb"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)",
)


class SourceError(Exception):
    """The file cannot be analysed: a code of the KC0xx family, a message and a place."""

    def __init__(self, code: str, message: str, position: Position) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position


class Source:
    """One Python file, or the code cells of one notebook as if they were one.

    Rows and columns are 1-based, columns count characters; a byte order mark is no character of the text.

    Raises:
        SourceError: the bytes are no text in the encoding they claim (the tree is parsed later, see `tree`).
    """

    def __init__(self, raw: bytes, filename: str) -> None:
        self.raw = raw
        self.filename = filename
        #: What has been worked out about nodes of the tree, by the name of the fact and the id of the node.
        self.facts: dict[str, dict[int, Any]] = {}
        self.has_bom = raw.startswith(codecs.BOM_UTF8)
        body = raw[len(codecs.BOM_UTF8) :] if self.has_bom else raw
        self.cells: list[Cell] = []  # of a notebook
        if filename.endswith(SUFFIX):
            self.encoding = "utf-8"
            try:
                self.text, self.cells = read_program(_decode(body, self.encoding))
            except NotANotebook as error:
                raise SourceError(UNREADABLE, str(error), Position(1, 1)) from None
        else:
            self.encoding = _encoding(body, self.has_bom)
            self.text = _decode(body, self.encoding)

    @cached_property
    def newline(self) -> str:
        """The line ending that the file uses first; `\\n` where it has one line only."""
        match = _NEWLINE.search(self.text)
        return match.group() if match else "\n"

    @cached_property
    def tree(self) -> cst.Module:
        """The concrete syntax tree, parsed at the first use.

        Raises:
            SourceError: the text is no Python, or nests deeper than the parser survives.
        """
        return _parse(self)

    @cached_property
    def mentions_yield(self) -> bool:
        """Whether there may be generators in it."""
        return "yield" in self.text

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of the first character of each row."""
        return [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

    @cached_property
    def logical_lines(self) -> list[tuple[int, int]]:
        """Offsets (start, end) of each logical line: a statement, or the head of one that has a body."""
        return logical_lines(self.text)

    def logical_line(self, row: int) -> tuple[int, int] | None:
        """Offsets (start, end) of the logical line that the row belongs to, if it belongs to one."""
        offset = self.line_starts[row - 1]
        index = bisect.bisect_right(self.logical_lines, offset, key=lambda line: line[0]) - 1
        if index < 0 or self.logical_lines[index][1] < offset:
            return None
        return self.logical_lines[index]

    @cached_property
    def locator(self) -> Locator:
        """Where the nodes of the tree stand."""
        from kerascheck.positions import Locator

        return Locator(self.tree, self.text, self.logical_lines, self.line_starts)

    def locate(self, node: cst.CSTNode) -> Span:
        """Where a node of this file's tree stands.

        Raises:
            LookupError: the node is not part of the tree.
        """
        return self.locator.locate(node)

    def code_for(self, node: cst.CSTNode, like: cst.CSTNode | None = None) -> str:
        """The node as source text; a new node is indented as if it stood in place of the node `like`."""
        return self.locator.code_for(node, like)

    def line(self, row: int) -> str:
        """One line without its line ending; empty for a row the file does not have."""
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

    def in_cell(self, row: int) -> tuple[int | None, int]:
        """The cell of a notebook that holds the row (None in a file), and the row counted within it."""
        index = bisect.bisect_right(self.cells, row, key=lambda cell: cell.first_row) - 1
        return (self.cells[index].index, row - self.cells[index].first_row + 1) if index >= 0 else (None, row)

    def rows_of_cell(self, cell: int | None) -> tuple[int, int]:
        """The first and the last row of a cell; of the whole file for None or a cell that is not there."""
        for this, following in zip_longest(self.cells, self.cells[1:]):
            if this.index == cell:
                return this.first_row, following.first_row - 1 if following else len(self.line_starts) - 1
        return 1, len(self.line_starts)

    def rows(self, first: int, last: int) -> tuple[int, int]:
        """Offsets (start, end) of whole rows, the line ending of the last one included."""
        end = self.line_starts[last] if last < len(self.line_starts) else len(self.text)
        return self.line_starts[first - 1], end

    def encode(self, text: str) -> bytes:
        """Another text as bytes in the encoding of this file, with its byte order mark.

        Raises:
            UnicodeEncodeError: the encoding lacks a character of the text.
        """
        return (codecs.BOM_UTF8 if self.has_bom else b"") + text.encode(self.encoding)


def declared_encoding(text: str) -> str:
    """The codec in which a text would be saved: the one that its first lines name; utf-8 where none is, or no such."""
    try:
        return _encoding(text[:1000].encode("utf-8", "replace"), text.startswith("\ufeff"))
    except SourceError:
        return "utf-8"


def _encoding(body: bytes, has_bom: bool) -> str:
    """The codec that the file names, or utf-8."""
    match = _CODING.match(body)
    if match is None:
        return "utf-8"
    name = match.group(1).decode("ascii", "replace")
    row = body.count(b"\n", 0, match.start(1)) + 1
    try:
        codec = codecs.lookup(name)
        is_text = codec._is_text_encoding
    except (LookupError, ValueError):
        raise SourceError(UNREADABLE, f"unknown encoding: {name}", Position(row, 1)) from None
    if not is_text:
        raise SourceError(UNREADABLE, f"not a text encoding: {name}", Position(row, 1))
    if has_bom and codec.name != "utf-8":
        raise SourceError(UNREADABLE, f"encoding {name} contradicts the utf-8 byte order mark", Position(row, 1))
    return codec.name


def _decode(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        before = body[: error.start]
        row = len(re.findall(rb"\r\n?|\n", before)) + 1
        column = len(re.split(rb"\r\n?|\n", before)[-1].decode(encoding, "replace")) + 1
        message = f"not valid {encoding} (byte 0x{body[error.start]:02x})"
        if encoding == "utf-8":
            message += "; save the file as utf-8 or name its encoding in the first line (# -*- coding: latin-1 -*-)"
        raise SourceError(UNREADABLE, message, Position(row, column)) from None
    except (ValueError, LookupError) as error:  # a codec that fails in its own way
        raise SourceError(UNREADABLE, f"not valid {encoding}: {error}", Position(1, 1)) from None


def _parse(source: Source) -> cst.Module:
    null = source.text.find("\0")
    if null >= 0:
        raise SourceError(SYNTAX_ERROR, "source code contains a null byte", source.position(null))
    deep = find_too_deep(source.text)
    if deep is not None:
        raise SourceError(SYNTAX_ERROR if deep.invalid else UNREADABLE, deep.message, source.position(deep.offset))

    import libcst as cst

    try:
        with no_collection():
            return cst.parse_module(source.text)
    except cst.ParserSyntaxError as error:
        raise _syntax_error(source, error) from None
    except RecursionError:
        raise SourceError(UNREADABLE, "nested too deeply to analyse", Position(1, 1)) from None


def _syntax_error(source: Source, error: cst.ParserSyntaxError) -> SourceError:
    """The error in CPython's words where CPython refuses the text too, which names the fault better."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source.text)
    except SyntaxError as refused:
        row = min(max(refused.lineno or 1, 1), len(source.line_starts))
        column = min(max(refused.offset or 1, 1), len(source.line(row)) + 1)
        return SourceError(SYNTAX_ERROR, refused.msg, Position(row, column))
    except (ValueError, RecursionError, MemoryError):
        pass  # keep libcst's own words
    row = min(max(error.raw_line, 1), len(source.line_starts))
    message = re.sub(r"^parser error: error at \d+:\d+: ", "", error.message)
    return SourceError(SYNTAX_ERROR, message, Position(row, error.raw_column + 1))


_reads: ContextVar[list[str] | None] = ContextVar("reads", default=None)


def read_source(filename: str, limit: int = sys.maxsize) -> Source:
    """The file of this name.

    Raises:
        OSError: the file cannot be read, or has more bytes than the limit.
        SourceError: the bytes are no text in the encoding they claim.
    """
    reads = _reads.get()
    if reads is not None:
        reads.append(filename)
    unsaved = _unsaved.get().get(os.path.abspath(filename))
    if unsaved is not None:
        return _read_unsaved(filename, unsaved)
    status = os.stat(filename)
    if status.st_size > limit:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), filename)
    return _read_once(filename, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=32)
def _read_once(filename: str, changed: int, size: int) -> Source:
    """The file as of one moment: a module that many files import is parsed once."""
    with open(filename, "rb") as file:
        return Source(file.read(), filename)


@lru_cache(maxsize=32)
def _read_unsaved(filename: str, raw: bytes) -> Source:
    return Source(raw, filename)


_unsaved: ContextVar[Mapping[str, bytes]] = ContextVar("unsaved", default=MappingProxyType({}))


def is_source_file(path: Path) -> bool:
    """Whether `read_source` has something to read there. Raises OSError, ValueError."""
    return path.is_file() or os.path.abspath(path) in _unsaved.get()


@contextmanager
def unsaved_files(files: Mapping[str, bytes]) -> Iterator[None]:
    """Meanwhile `read_source` takes these bytes for what lies under these absolute names: files open in an editor."""
    token = _unsaved.set(files)
    try:
        yield
    finally:
        _unsaved.reset(token)


@contextmanager
def recorded_reads() -> Iterator[list[str]]:
    """The names of the files that `read_source` is asked for meanwhile."""
    reads: list[str] = []
    token = _reads.set(reads)
    try:
        yield reads
    finally:
        _reads.reset(token)
