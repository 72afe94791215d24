"""One file: its bytes, text, tree and positions."""

from __future__ import annotations

import ast
import bisect
import codecs
import re
import sys
import warnings
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from kerascheck.diagnostics import Edit, Fix, Position, Span
from kerascheck.runtime.asked import note_content, note_read, unsaved, unsaved_files
from kerascheck.runtime.gc_pause import no_collection
from kerascheck.runtime.reading import read_bytes, source_limit
from kerascheck.text.directives import Directive, directives
from kerascheck.text.indentation import evenly_indented
from kerascheck.text.lexing import (
    MAX_TOKENS,
    code_only,
    find_too_deep,
    has_too_many_tokens,
    logical_lines,
    without_comments,
)
from kerascheck.text.lines import Lines
from kerascheck.text.notebook import SUFFIX, Cell, NotANotebook, Notebook
from kerascheck.text.parse_cache import RECENT, Facts
from kerascheck.text.parsing import note_parse, unchecked_nodes
from kerascheck.text.placeholders import first_placeholder
from kerascheck.text.shape_comments import ShapeComment, shape_comments

if TYPE_CHECKING:
    import libcst as cst

    from kerascheck.project.target import Target
    from kerascheck.text.positions import Locator

__all__ = ["Source", "SourceError", "read_source", "unsaved_files"]

SYNTAX_ERROR = "KC001"
UNREADABLE = "KC002"
TEMPLATE = "KC004"

# PEP 263: a coding comment counts in the first two lines, the second only below a blank or comment line.
_CODING = re.compile(
    rb"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)",
)


#: Codecs of host names: what they take grows with the square of the length.
_NOT_FOR_TEXTS = frozenset({"punycode", "idna"})


class SourceError(Exception):
    """The file cannot be analysed: a code of the KC0xx family, a message and a place."""

    def __init__(self, code: str, message: str, position: Position) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position


class NotTaken(SourceError):
    """Python reads the text, and the parser does not."""


class Unfaithful(ValueError):
    """A text and its bytes do not give one another."""


class Source(Lines):
    """One Python file, or the code cells of one notebook as if they were one.

    Rows and columns are 1-based, columns count characters; a byte order mark is no character of the text.

    Raises:
        SourceError: the bytes are no text in the encoding they claim (the tree is parsed later, see `tree`).
    """

    def __init__(self, raw: bytes, filename: str) -> None:
        self.raw = raw
        self.filename = filename
        #: What has been worked out about nodes of the tree, by the name of the fact and the id of the node.
        self.facts: Facts = {}
        self.has_bom = raw.startswith(codecs.BOM_UTF8)
        body = raw[len(codecs.BOM_UTF8) :] if self.has_bom else raw
        #: What is wrong with cells that are no Python, in places of the program; known once the tree is.
        self.broken: list[SourceError] = []
        self._notebook: Notebook | None = None
        self.is_reindented = False  # whether the text has blanks where the file has tabs, and cannot be edited
        if filename.endswith(SUFFIX):
            self.encoding = "utf-8"
            try:
                self._notebook = Notebook(_decode(body, self.encoding))
            except NotANotebook as error:
                raise SourceError(UNREADABLE, error.message, error.position) from None
            super().__init__(self._notebook.text)
        else:
            self.encoding = _encoding(body, self.has_bom)
            super().__init__(_decode(body, self.encoding))

    @property
    def cells(self) -> list[Cell]:
        """The code cells; none where the source is no notebook."""
        return self._notebook.cells if self._notebook is not None else []

    @cached_property
    def tree(self) -> cst.Module:
        """The concrete syntax tree, parsed at the first use.

        The cells of a notebook that are no Python are left out of it, and of the text (see `broken`).

        Raises:
            SourceError: the text is no Python, or nests deeper than the parser survives.
        """
        if self._notebook is None:
            try:
                tree, self.facts = RECENT.get(self.text, lambda: _parse(self, self._parsed))
            except NotTaken:
                if not self._indent_evenly():
                    raise
                tree, self.facts = RECENT.get(self.text, lambda: _parse(self, self._parsed))
            return tree
        try:
            return _parse(self, self._parsed)
        except SourceError:
            if not self.cells:
                raise
            self._leave_out_broken_cells()
            return _parse(self)

    def _parsed(self) -> cst.Module:
        """The tree of the text, with what is left of an earlier one of this file. Raises ParserSyntaxError."""
        import libcst as cst

        if RECENT.pieces is None:
            return cst.parse_module(self.text)
        return RECENT.pieces.parse(self.filename, self.text, self.logical_lines)

    def parse_apart(self) -> None:
        """Give this source nodes of its own, which no other source of the same text shares. Raises SourceError."""
        self.tree = _parse(self)

    @cached_property
    def target(self) -> Target:
        """The Keras that it is written for, by the evidence; who knows better sets it."""
        from kerascheck.project.target import target_of

        return target_of(self)

    @cached_property
    def directives(self) -> list[Directive]:
        """The comments that ask or tell the analysis something; those of the text that the tree is of."""
        return directives(self.text)

    @cached_property
    def shape_comments(self) -> list[ShapeComment]:
        """The comments that state the shape of what their row makes."""
        return shape_comments(self.text)

    @cached_property
    def code(self) -> str:
        """The text without what its comments and strings say: blanks are there in their place."""
        return code_only(self.text)

    @cached_property
    def uncommented(self) -> str:
        """The text without its comments: blanks are there in their place."""
        return without_comments(self.text)

    @cached_property
    def mentions_yield(self) -> bool:
        """Whether there may be generators in it."""
        return "yield" in self.text

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
        from kerascheck.text.positions import Locator

        return Locator(self.tree, self.text, self.logical_lines, self.line_starts)

    def locate(self, node: cst.CSTNode) -> Span:
        """Where a node of this file's tree stands.

        Raises:
            LookupError: the node is not part of the tree.
        """
        return self.locator.locate(node)

    def _indent_evenly(self) -> bool:
        """Give the text an indentation that the parser takes, where it may have been that; whether it has another."""
        found = evenly_indented(self.text)
        if found is None or found == self.text:
            return False
        self.text, self.is_reindented = found, True
        self._forget_text()
        return True

    def _forget_text(self) -> None:
        """What was worked out about the text is of another one."""
        for name in ("line_starts", "logical_lines", "locator", "directives", "shape_comments"):
            self.__dict__.pop(name, None)

    def code_for(self, node: cst.CSTNode, like: cst.CSTNode | None = None) -> str:
        """The node as source text; a new node is indented as if it stood in place of the node `like`."""
        return self.locator.code_for(node, like)

    def in_cell(self, row: int) -> tuple[int | None, int]:
        """The cell of a notebook that holds the row (None in a file), and the row counted within it."""
        index = bisect.bisect_right(self.cells, row, key=lambda cell: cell.first_row) - 1
        return (self.cells[index].index, row - self.cells[index].first_row + 1) if index >= 0 else (None, row)

    def rows_of_cell(self, cell: int | None) -> tuple[int, int]:
        """The first and the last row of a cell; of the whole file for None or a cell that is not there."""
        for this in self.cells:
            if this.index == cell:
                return this.first_row, this.first_row + this.rows - 1
        return 1, len(self.line_starts)

    def written_line(self, row: int) -> str:
        """One line as it is written: in a notebook with what only IPython understands, which the text is without."""
        if self._notebook is None:
            return self.line(row)
        cell, within = self.in_cell(row)
        return self._notebook.line(cell, within) if cell is not None else ""

    def fix_in_cell(self, fix: Fix, row: int) -> Fix | None:
        """A fix of what stands in a row, as the finding has it: in a notebook with rows counted within the cell.

        None for one that goes beyond its cell, or touches what is no Python in it. A file's stays as it is.
        """
        index = bisect.bisect_right(self.cells, row, key=lambda cell: cell.first_row) - 1
        if self._notebook is None or index < 0:
            return fix
        return self._notebook.fix_in(self.cells[index], fix)

    def texts(self) -> list[tuple[int | None, str]]:
        """The text as it is written; of a notebook each code cell, with its index."""
        return [(None, self.text)] if self._notebook is None else [*self._notebook.texts()]

    def edited(self, edits: Iterable[tuple[int | None, Edit]]) -> bytes:
        """The bytes with edits made, each in a cell or, in a file, in none. Edits must not overlap.

        Nothing else changes: the encoding stays, and all that is in a notebook besides these cells.

        Raises:
            UnicodeEncodeError: the encoding lacks a character of the new text.
            Unfaithful: the file would change elsewhere, too.
        """
        if self.is_reindented:
            raise Unfaithful("its indentation mixes tabs and blanks")
        if not self.is_faithful:
            raise Unfaithful(f"{self.encoding} does not give the same bytes again")
        if self._notebook is not None:
            text = self._notebook.edited((cell, edit) for cell, edit in edits if cell is not None)
        else:
            text = self.text
            for edit in sorted((edit for _, edit in edits), key=lambda edit: edit.span, reverse=True):
                # From the back, so that offsets stay true.
                text = text[: self.offset(edit.span.start)] + edit.content + text[self.offset(edit.span.end) :]
        raw = self.encode(text)
        if self._gives_back(raw) != text:
            raise Unfaithful(f"{self.encoding} does not give the same text again")
        return raw

    @cached_property
    def is_faithful(self) -> bool:
        """Whether the text gives the same bytes when it is encoded. If not, the file must not be written anew."""
        if self.encoding == "utf-8":
            return True  # there is one form of each character
        try:
            text = self._gives_back(self.raw)
            return text is not None and self.encode(text) == self.raw
        except ValueError:
            return False

    def _gives_back(self, raw: bytes) -> str | None:
        """The text that bytes are in the encoding of this file; None for no text."""
        try:
            return raw[len(codecs.BOM_UTF8) if self.has_bom else 0 :].decode(self.encoding)
        except (ValueError, LookupError):
            return None

    def encode(self, text: str) -> bytes:
        """Another text as bytes in the encoding of this file, with its byte order mark.

        Raises:
            UnicodeEncodeError: the encoding lacks a character of the text.
        """
        return (codecs.BOM_UTF8 if self.has_bom else b"") + text.encode(self.encoding)

    def _leave_out_broken_cells(self) -> None:
        """Find the cells that are no Python by themselves and take them out of the text."""
        assert self._notebook is not None
        broken: dict[int, SourceError] = {}
        for cell in self.cells:
            try:
                _ = _parse(Lines(self._notebook.program_of(cell.index)))
            except SourceError as error:
                broken[cell.index] = error
        self._notebook.leave_out(broken)
        self.text = self._notebook.text
        self._forget_text()
        for cell in self.cells:
            if (found := broken.get(cell.index)) is not None:
                place = Position(found.position.row + cell.first_row - 1, found.position.column)
                self.broken.append(SourceError(found.code, found.message, place))


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
    if codec.name in _NOT_FOR_TEXTS:
        raise SourceError(UNREADABLE, f"not an encoding of programs: {name}", Position(row, 1))
    if not is_text:
        raise SourceError(UNREADABLE, f"not a text encoding: {name}", Position(row, 1))
    if has_bom and codec.name != "utf-8":
        raise SourceError(UNREADABLE, f"encoding {name} contradicts the utf-8 byte order mark", Position(row, 1))
    return codec.name


def _decode(body: bytes, encoding: str) -> str:
    try:
        text = body.decode(encoding)
        if encoding != "utf-8":
            text.encode("utf-8")
        return text
    except UnicodeEncodeError as error:  # half a character, which some codecs have escapes for
        place = Lines(text).position(error.start)
        raise SourceError(UNREADABLE, f"not valid {encoding} (a lone surrogate)", place) from None
    except UnicodeDecodeError as error:
        before = body[: error.start]
        row = len(re.findall(rb"\r\n?|\n", before)) + 1
        column = _width(re.split(rb"\r\n?|\n", before)[-1], encoding) + 1
        message = f"not valid {encoding} (byte 0x{body[error.start]:02x})"
        if encoding == "utf-8":
            message += "; save the file as utf-8 or name its encoding in the first line (# -*- coding: latin-1 -*-)"
        raise SourceError(UNREADABLE, message, Position(row, column)) from None
    except (ValueError, LookupError) as error:  # a codec that fails in its own way
        raise SourceError(UNREADABLE, f"not valid {encoding}: {error}", Position(1, 1)) from None


def _width(raw: bytes, encoding: str) -> int:
    """How many characters the bytes are, as far as that can be told."""
    try:
        return len(raw.decode(encoding, "replace"))
    except UnicodeError:  # a codec that replaces nothing
        return len(raw)


def _parse(source: Lines, parse: Callable[[], cst.Module] | None = None) -> cst.Module:
    null = source.text.find("\0")
    if null >= 0:
        raise SourceError(SYNTAX_ERROR, "source code contains a null byte", source.position(null))
    if has_too_many_tokens(source.text):
        message = f"too large to analyse: more than {MAX_TOKENS:,} names, numbers and signs"
        raise SourceError(UNREADABLE, message, Position(1, 1))
    deep = find_too_deep(source.text)
    if deep is not None:
        raise SourceError(SYNTAX_ERROR if deep.invalid else UNREADABLE, deep.message, source.position(deep.offset))

    import libcst as cst

    note_parse(source.text)
    try:
        with no_collection(), unchecked_nodes():
            return cst.parse_module(source.text) if parse is None else parse()
    except cst.ParserSyntaxError as error:
        raise _syntax_error(source, error) from None
    except RecursionError:
        raise SourceError(UNREADABLE, "nested too deeply to analyse", Position(1, 1)) from None


def _find_conflict(text: str) -> int | None:
    """Where git has left two versions of the same lines."""
    first = f"\n{text}".find("\n<<<<<<< ")
    middle = text.find("\n=======", first) if first >= 0 else -1
    return first if middle >= 0 and text.find("\n>>>>>>> ", middle) >= 0 else None


def _syntax_error(source: Lines, error: cst.ParserSyntaxError) -> SourceError:
    """The error in CPython's words where CPython refuses the text too, which names the fault better."""
    placeholder = first_placeholder(source.text)
    if placeholder is not None:
        message = "a template of a Python file; check the files made from it"
        return SourceError(TEMPLATE, message, source.position(placeholder))
    conflict = _find_conflict(source.text)
    if conflict is not None:
        message = "a merge conflict that is not resolved; keep one of the two versions"
        return SourceError(SYNTAX_ERROR, message, source.position(conflict))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source.text)
        row = min(max(error.raw_line, 1), len(source.line_starts))
        message = "Python reads this file and the parser here does not: it is not analysed"
        return NotTaken(UNREADABLE, message, Position(row, 1))
    except SyntaxError as refused:
        row = min(max(refused.lineno or 1, 1), len(source.line_starts))
        column = min(max(refused.offset or 1, 1), len(source.line(row)) + 1)
        return SourceError(SYNTAX_ERROR, refused.msg, Position(row, column))
    except (ValueError, RecursionError, MemoryError):
        pass  # keep libcst's own words
    row = min(max(error.raw_line, 1), len(source.line_starts))
    message = re.sub(r"^parser error: error at \d+:\d+: ", "", error.message)
    return SourceError(SYNTAX_ERROR, message, Position(row, error.raw_column + 1))


def read_source(filename: str, limit: int = sys.maxsize) -> Source:
    """The file of this name.

    Raises:
        OSError: the file cannot be read, or has more bytes than the limit.
        SourceError: the bytes are no text in the encoding they claim.
    """
    raw = unsaved(filename)
    if raw is None:
        try:
            raw = read_bytes(filename, min(limit, source_limit(filename)))
        except OSError:
            note_read(filename)  # it may be there, or be smaller, the next time
            raise
    note_content(filename, raw)
    return Source(raw, filename)
