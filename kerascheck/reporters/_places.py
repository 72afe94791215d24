"""Where findings stand for programs that know a repository: paths from its root, and rows of the file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property

from kerascheck.diagnostics import Diagnostic
from kerascheck.project.fingerprints import fingerprints, relative
from kerascheck.reporters.base import Outcome
from kerascheck.text.file_rows import FileRows

#: Where the services say that they have put the repository.
_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


@dataclass(frozen=True)
class Place:
    """One finding as seen from outside.

    `path` has slashes and begins at the root, or is absolute where the file lies elsewhere. The columns are None in a
    notebook: those of a cell mean nothing in its JSON.
    """

    path: str
    row: int
    end_row: int
    column: int | None
    end_column: int | None
    message: str
    fingerprint: str


class Places:
    """The places of all findings of a run."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self.root = project_root()
        self._rows: dict[str, FileRows] = {}

    @cached_property
    def all(self) -> list[tuple[Diagnostic, Place]]:
        """Each finding with its place, in their order."""
        found = self._outcome.diagnostics
        prints = fingerprints(found, self._outcome.read, self.path)
        return [(item, self._place(item, fingerprint)) for item, fingerprint in zip(found, prints, strict=True)]

    def path(self, filename: str) -> str:
        """A file as its place names it."""
        return relative(filename, self.root) or os.path.abspath(filename).replace(os.sep, "/")

    def _place(self, diagnostic: Diagnostic, fingerprint: str) -> Place:
        filename, span = diagnostic.filename, diagnostic.span
        if filename not in self._rows:
            try:
                raw = self._outcome.read(filename)
            except OSError:
                raw = b""
            self._rows[filename] = FileRows(raw, filename)
        first, last = self._rows[filename].of(diagnostic)
        path = self.path(filename)
        if diagnostic.cell is not None:
            message = f"cell {diagnostic.cell}, row {span.start.row}: {diagnostic.message}"
            return Place(path, first, last, None, None, message, fingerprint)
        column, end_column = span.start.column, span.end.column
        return Place(path, first, span.end.row, column, end_column, diagnostic.message, fingerprint)


def project_root() -> str:
    """The folder that paths begin at: of the repository where a service names it, else the current one."""
    here = os.getcwd()
    for name in _ROOTS:
        root = os.environ.get(name)
        if root and os.path.isabs(root) and relative(here, root) is not None:
            return root
    return here
