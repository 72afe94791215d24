"""Notebooks: their code cells as one program, with everything that only IPython understands blanked in place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from kerascheck.lexing import is_open

SUFFIX = ".ipynb"

# `%time f()` and its kin run the rest of the line, which must stay in its columns.
_RUNS_THE_REST = re.compile(r"(\s*)(%(?:time|timeit|prun)\s+)(?![-\s])(.*)", re.DOTALL)
_MAGIC = re.compile(r"(\s*)[%!?].*", re.DOTALL)
_ASSIGNED = re.compile(r"(\s*[\w.,\s\[\]]+=\s*)[%!].*", re.DOTALL)
_HELP = re.compile(r"(\s*)[\w.*\[\]()'\"]+\?{1,2}\s*", re.DOTALL)
_CANDIDATE = re.compile(r"^[ \t]*(?:[%!?].*|[\w.,\[\] \t]+=[ \t]*[%!].*|[^#\n]*\?[ \t]*)$", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One code cell: its 1-based index over all cells, and the row of the program at which it begins."""

    index: int
    first_row: int


class NotANotebook(Exception):
    """The bytes are no notebook; the message says why."""


def read_program(body: str) -> tuple[str, list[Cell]]:
    """The code cells of a notebook as one text, and where each begins.

    A notebook in another language gives an empty text.

    Raises:
        NotANotebook: the text is not the JSON of a notebook.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotANotebook(f"not a notebook: {error}") from None
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise NotANotebook("not a notebook: it has no list of cells (formats before 4 are not read)")
    if _language(data) not in ("python", "ipython", ""):
        return "", []
    parts: list[str] = []
    found: list[Cell] = []
    row = 1
    for index, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        text = blank_magics(_text(cell.get("source")).replace("\r\n", "\n").replace("\r", "\n"))
        found.append(Cell(index, row))
        parts.append(text + "\n")
        row += text.count("\n") + 1
    return "".join(parts), found


def blank_magics(text: str) -> str:
    """The text of a cell without magics, shell lines and `?`; what stays keeps its row and column."""
    magic = _CELL_MAGIC.match(text)
    if magic is not None:
        _, newline, rest = text.partition("\n")
        if magic.group(1) not in _PYTHON_CELL_MAGICS:
            return re.sub(r"[^\n]+", "", text)
        return newline + blank_magics(rest) if newline else ""
    parts: list[str] = []
    done = 0  # up to here the text is in `parts`, or known to end a statement
    for match in _CANDIDATE.finditer(text):
        if is_open(text[done : match.start()]):
            continue  # a `%` that goes on with an expression, a line of a string
        parts += [text[done : match.start()], _blanked(match.group())]
        done = match.end()
    return "".join([*parts, text[done:]])


def _blanked(line: str) -> str:
    """One line that only IPython understands."""
    if match := _RUNS_THE_REST.fullmatch(line):
        indent, command, rest = match.groups()
        return f"{indent}{'0;'.ljust(len(command))}{rest}"
    if match := _MAGIC.fullmatch(line) or _HELP.fullmatch(line):
        return f"{match.group(1)}pass"  # not nothing: it may be all that a block holds
    if match := _ASSIGNED.fullmatch(line):
        return f"{match.group(1)}get_ipython()"  # a value that is not known
    return line


def _language(data: dict[str, Any]) -> str:
    metadata = data.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    info, kernel = metadata.get("language_info"), metadata.get("kernelspec")
    name = info.get("name") if isinstance(info, dict) else kernel.get("language") if isinstance(kernel, dict) else ""
    return str(name or "").lower()


def _text(source: object) -> str:
    """A cell's source: a string, or a list of lines."""
    if isinstance(source, str):
        return source
    return "".join(line for line in source if isinstance(line, str)) if isinstance(source, list) else ""
