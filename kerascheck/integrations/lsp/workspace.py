"""All files of the workspace: their findings on demand, whether they are open or not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from lsprotocol import types
from pygls.uris import from_fs_path

from kerascheck.diagnostics import Diagnostic, Report
from kerascheck.integrations.lsp.analyst import LATER, WorkerDied
from kerascheck.integrations.lsp.diagnostics import converted
from kerascheck.integrations.lsp.positions import Encoding, Lines
from kerascheck.integrations.lsp.session import Session


@dataclass(frozen=True, slots=True)
class FileFindings:
    """The findings of a file that is not open."""

    uri: str
    items: list[types.Diagnostic]


async def findings_of_closed_files(session: Session) -> AsyncIterator[tuple[int, int, FileFindings]]:
    """The findings of each Python file and notebook that is not open, with how many are done, of how many."""
    open_files = {unit.filename for unit in session.units.values()}
    todo: list[tuple[str, str]] = []
    for folder in session.folders.values():
        options = session.by_folder.get(folder, session.base).options
        for filename in await session.analyst.ask("files", (folder,), options, priority=LATER):
            if filename not in open_files and filename not in (known for known, _ in todo):
                todo.append((filename, folder))
    for done, (filename, folder) in enumerate(todo, 1):
        options = session.by_folder.get(folder, session.base).options
        try:
            report: Report = await session.analyst.ask("check", filename, options, priority=LATER)
        except (WorkerDied, RuntimeError):
            continue
        uri = from_fs_path(filename)
        if uri is not None:
            yield done, len(todo), FileFindings(uri, _items(report, session.encoding))


def _items(report: Report, encoding: Encoding) -> list[types.Diagnostic]:
    if not report.diagnostics:
        return []
    if any(found.cell is not None for found in report.diagnostics):
        return [_in_notebook(found) for found in report.diagnostics]
    lines = Lines(_read(report.filename))
    return [
        converted(found, lines, lines.offset_of(found.span.start), lines.offset_of(found.span.end), encoding)
        for found in report.diagnostics
    ]


def _in_notebook(found: Diagnostic) -> types.Diagnostic:
    """A finding in a notebook whose cells have no URIs yet: it says itself where it is."""
    item = converted(found, Lines(""), 0, 0, Encoding())
    start = found.span.start
    item.message = f"cell {found.cell}, line {start.row}: {item.message}"
    return item


def _read(filename: str) -> str:
    """The text of a saved file; empty where it cannot be read."""
    from kerascheck.project.source import SourceError, read_source

    try:
        return read_source(filename).text
    except (OSError, SourceError):
        return ""
