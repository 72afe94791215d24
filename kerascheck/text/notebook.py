"""Notebooks: their code cells as one program, and edits of that program brought back into the cells."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import re
import warnings
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kerascheck.diagnostics import Edit, Fix, Position, Span
from kerascheck.text.lines import NEWLINE, Lines
from kerascheck.text.magics import blank_magics
from kerascheck.text.notebook_json import Document, JsonCell, SourceWriter, read_document, source_text

if TYPE_CHECKING:
    from typing import Any

SUFFIX = ".ipynb"

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_INDENTED = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+[^\s#]")
_IMPORT = re.compile(r"(?:import|from)\s")
_NAME = re.compile(r"[^\W\d]\w*")
_BOUND = re.compile(
    r"([^\W\d]\w*)(?=\s*(?:=(?!=)|,[^=\n()]*=(?!=)|[-+*/%@&|^]=))|\b(?:def|class|as|for|global)\s+([^\W\d]\w*)"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell: its 1-based index over all cells, and the rows of the program that it takes."""

    index: int
    first_row: int
    rows: int


class NotANotebook(Exception):
    """The text is no notebook; the message says why, the position where."""

    def __init__(self, message: str, row: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.position = Position(row, column)


class Notebook:
    """A notebook with its code cells as one program, in the order in which they stand.

    Rows and columns of the program are those of the cells: what only IPython understands is blanked in place.

    Raises:
        NotANotebook: the text is not the JSON of a notebook.
    """

    def __init__(self, body: str) -> None:
        self._body = body
        document = _read(body)
        cells = document.cells or []
        self._json: dict[int, JsonCell] = {}  # code cells, by index
        if _is_python(document.members):
            self._json = {index: cell for index, cell in enumerate(cells, 1) if cell is not None and _is_code(cell)}
        self._written = {index: Lines(source_text(cell.members.get("source"))) for index, cell in self._json.items()}
        self._programs = {
            index: blank_magics(_LONE_SURROGATE.sub("\ufffd", NEWLINE.sub("\n", lines.text)))
            for index, lines in self._written.items()
        }
        #: The program, and where in it each cell is.
        self.text = ""
        self.cells: list[Cell] = []
        self._join()

    def texts(self) -> Iterator[tuple[int, str]]:
        """The code cells as they are written, magics and all, with their indices."""
        for index, lines in self._written.items():
            yield index, lines.text

    def line(self, cell: int, row: int) -> str:
        """One line of a cell as it is written."""
        return self._written[cell].line(row)

    def program_of(self, cell: int) -> str:
        """The text of one cell as it stands in the program."""
        return self._programs[cell]

    def leave_out(self, broken: Collection[int]) -> None:
        """Take out of the program what these cells hold, since it is no Python.

        Their imports stay. What they may have changed is no longer known: each name that is bound in them, or bound
        elsewhere and mentioned in them, gets a value that nothing is known of.
        """
        bound = {name for cell, text in self._programs.items() if cell not in broken for name in _stored(text)}
        for cell in broken:
            self._programs[cell] = _without_code(self._programs[cell], bound)
        self._join()

    def fix_in(self, cell: Cell, fix: Fix) -> Fix | None:
        """A fix of the program with its rows counted within a cell; None where it cannot be made there.

        It must lie in the one cell, and must not touch what is blanked.
        """
        edits = tuple(self._edit_in(cell, edit) for edit in fix.edits)
        known = tuple(edit for edit in edits if edit is not None)
        return replace(fix, edits=known) if len(known) == len(edits) else None

    def edited(self, edits: Iterable[tuple[int, Edit]]) -> str:
        """The JSON with edits made in cells (by index); all else in it stays as it is."""
        by_cell: dict[int, list[Edit]] = {}
        for cell, edit in edits:
            by_cell.setdefault(cell, []).append(edit)
        ascii_only = self._body.isascii()
        placed: list[tuple[int, int, str]] = []
        for cell, own in by_cell.items():
            lines = self._written[cell]
            writer = SourceWriter(self._body, self._json[cell], ascii_only)
            for edit in own:
                start, end = lines.offset(edit.span.start), lines.offset(edit.span.end)
                placed.append(writer.place(start, end, edit.content.replace("\n", lines.newline)))
        body = self._body
        for start, end, content in sorted(placed, reverse=True):
            body = body[:start] + content + body[end:]
        return body

    def _join(self) -> None:
        parts: list[str] = []
        self.cells = []
        row = 1
        for index, text in self._programs.items():
            if _INDENTED.match(text):  # IPython takes the indentation off; here it must stay
                parts.append("if True:\n")
                row += 1
            rows = text.count("\n") + 1
            self.cells.append(Cell(index, row, rows))
            parts.append(text + "\n")
            row += rows
        self.text = "".join(parts)

    def _edit_in(self, cell: Cell, edit: Edit) -> Edit | None:
        before, program = cell.first_row - 1, Lines(self._programs[cell.index])
        start = Position(edit.span.start.row - before, edit.span.start.column)
        end = Position(edit.span.end.row - before, edit.span.end.column)
        content = edit.content
        if end == Position(cell.rows + 1, 1):
            # Up to the start of the next cell: the last line of a cell has no end of its own to take.
            end = Position(cell.rows, len(program.line(cell.rows)) + 1)
            if content.endswith("\n"):
                content = content[:-1]
            elif not content and start.column == 1 and start.row > 1:
                start = Position(start.row - 1, len(program.line(start.row - 1)) + 1)
        if start.row < 1 or end.row > cell.rows:
            return None
        original = self._written[cell.index]
        if start == end:
            untouched = program.line(start.row) == original.line(start.row)
        else:
            rows = range(start.row, end.row + 1)
            untouched = all(
                program.line(row)[_columns(row, start, end)] == original.line(row)[_columns(row, start, end)]
                for row in rows
            )
        return Edit(Span(start, end), content) if untouched else None


def _columns(row: int, start: Position, end: Position) -> slice:
    """What of a row a stretch of text takes."""
    return slice(start.column - 1 if row == start.row else 0, end.column - 1 if row == end.row else None)


def _read(body: str) -> Document:
    try:
        document = read_document(body)
    except json.JSONDecodeError as error:
        message = f"not a notebook: {error.msg[:1].lower()}{error.msg[1:]}"
        raise NotANotebook(message, error.lineno, error.colno) from None
    except (ValueError, RecursionError):
        raise NotANotebook("not a notebook: JSON that nests too deeply") from None
    if document.cells is None:
        version = document.members.get("nbformat")
        if isinstance(version, int) and version < 4:
            raise NotANotebook(
                f"a notebook of format {version}; `jupyter nbconvert --to notebook --inplace` brings it to format 4"
            )
        raise NotANotebook("not a notebook: it has no list of cells")
    return document


def _is_python(members: dict[str, Any]) -> bool:
    """Whether the kernel of the notebook runs Python, as far as it says."""
    metadata = members.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    info, kernel = metadata.get("language_info"), metadata.get("kernelspec")
    name = (info.get("name") if isinstance(info, dict) else None) or (
        kernel.get("language") if isinstance(kernel, dict) else None
    )
    return str(name or "python").lower() in ("python", "ipython", "python2", "python3")


def _is_code(cell: JsonCell) -> bool:
    """Whether a cell holds Python: other kernels of the same notebook are named by the editor that has them."""
    metadata = cell.members.get("metadata")
    editor = metadata.get("vscode") if isinstance(metadata, dict) else None
    language = editor.get("languageId", "python") if isinstance(editor, dict) else "python"
    return cell.members.get("cell_type") == "code" and language == "python"


def _stored(text: str) -> set[str]:
    """The names that a text binds other than by import; none where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _without_code(text: str, bound: set[str]) -> str:
    """The rows of a cell with nothing but its imports, and what it may have changed set to something unknown."""
    rows = text.split("\n")
    names = {name for name in _NAME.findall(text) if name in bound}
    names |= {name for found in _BOUND.findall(text) for name in found if name}
    names = {name for name in names if not keyword.iskeyword(name) and not hasattr(builtins, name)}
    kept = [row if _IMPORT.match(row) and _is_statement(row) else "" for row in rows]
    unknown = "".join(f"{name} = " for name in sorted(names)) + "get_ipython()" if names else ""
    free = next((number for number, row in reversed(list(enumerate(kept))) if not row), None)
    if free is None:
        kept[-1] = f"{kept[-1]}; {unknown}" if unknown else kept[-1]
    else:
        kept[free] = unknown
    return "\n".join(kept)


def _is_statement(row: str) -> bool:
    try:
        ast.parse(row)
    except (SyntaxError, ValueError):
        return False
    return True
