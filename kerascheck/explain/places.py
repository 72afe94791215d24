"""From the frames of a traceback to the row of the program: the last one in the user's own code that is there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from kerascheck.explain.traces import Frame
from kerascheck.project.source import Source, SourceError
from kerascheck.runtime.reading import read_program

#: Where code lies that the user has not written.
_INSTALLED = re.compile(
    r"(?:site|dist)-packages|[/\\]lib(?:64)?[/\\]python\d|[/\\]Python\d+[/\\]Lib[/\\]|^<(?!ipython-input)|[/\\]envs[/\\][^/\\]+[/\\][Ll]ib[/\\]"
    r"|(?:^|[/\\])(?:keras|tensorflow|jax|torch)[/\\](?:src|python|_src|engine|nn)[/\\]|__autograph_generated_file"
)
_SUFFIXES = (".py", ".ipynb")
_MAX_FILES = 20
_MAX_PARTS = 12  # folders of a path that are looked for below the current one


@dataclass(frozen=True)
class Place:
    """A row of a program: `row` counts in the whole text; of a notebook `cell` and `in_cell` count as its user does."""

    source: Source
    row: int
    note: str | None = None  # what is uncertain about it

    @property
    def filename(self) -> str:
        return self.source.filename

    @property
    def cell(self) -> int | None:
        return self.source.in_cell(self.row)[0]

    @property
    def in_cell(self) -> int:
        return self.source.in_cell(self.row)[1]

    @property
    def line(self) -> str:
        """The row as it is written."""
        return self.source.written_line(self.row)


def is_own(frame: Frame) -> bool:
    """Whether a frame is of the user's code, as far as its name tells."""
    if frame.cell is not None or not frame.filename:
        return True
    return not _INSTALLED.search(frame.filename)


class Finder:
    """Finds the files that a traceback names, and reads none but Python sources and notebooks.

    Args:
        script: the program as the user names it, in which places are looked for that the traceback names otherwise.
        read: what gives the bytes of a file.
    """

    def __init__(self, script: str | None, read: Callable[[str], bytes] = read_program) -> None:
        self._script = script
        self._read = read
        self._found: dict[str, list[str]] = {}
        self._sources: dict[str, Source | None] = {}

    def places(self, frames: Sequence[Frame]) -> list[Place]:
        """The places of the user's code, the innermost first."""
        own = (self.place(frame) for frame in reversed(frames) if is_own(frame))
        return [place for place in own if place is not None]

    def place(self, frame: Frame) -> Place | None:
        """Where a frame is in a file that is there."""
        if frame.cell is not None or not frame.filename:
            source = self.source(self._script) if self._script else None
            return _in_notebook(frame, source) if source is not None else None
        if frame.row is None:
            return None
        for name in self._candidates(frame.filename):
            source = self.source(name)
            if source is not None and not source.cells:
                return _in_file(frame, frame.row, source)
        return None

    def source(self, name: str) -> Source | None:
        """The source of this name; None where there is none that can be read."""
        if name not in self._sources:
            if len(self._sources) >= _MAX_FILES or not name.endswith(_SUFFIXES):
                return None
            try:
                source = Source(self._read(name), name)
                _ = source.tree  # what is no Python in a notebook is left out of its text
                self._sources[name] = source
            except (OSError, SourceError, ValueError, RecursionError, MemoryError):
                self._sources[name] = None
        return self._sources[name]

    def _candidates(self, name: str) -> list[str]:
        """Files that a name in a traceback may mean: itself, or its tail here, where it was run somewhere else."""
        if name not in self._found:
            self._found[name] = [*self._looked_for(name)] if name.endswith(_SUFFIXES) else []
        return self._found[name]

    def _looked_for(self, name: str) -> Iterator[str]:
        name = os.path.expanduser(name) if name.startswith("~") else name
        script = self._script
        if not name.startswith(("\\\\", "//")) and os.path.isfile(name):  # no other machine is asked
            yield script if script is not None and _is_same_file(name, script) else _shown(name)
        is_windows = "\\" in name or re.match(r"[A-Za-z]:", name)
        pure = PureWindowsPath(name) if is_windows else PurePosixPath(name)
        if script is not None and pure.name == Path(script).name:
            yield script
        parts = [part for part in pure.parts if part not in (pure.anchor, "..", ".")][-_MAX_PARTS:]
        for start in range(len(parts)):
            tail = os.path.join(*parts[start:])
            if os.path.isfile(tail):
                yield tail


def _is_same_file(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _shown(name: str) -> str:
    """The name relative to the current folder where it lies in it."""
    here = os.getcwd()
    absolute = os.path.abspath(name)
    return os.path.relpath(absolute, here) if absolute.startswith(here + os.sep) else name


def _in_file(frame: Frame, row: int, source: Source) -> Place | None:
    """The row of a file; where it holds something else than the traceback quotes, the one that holds that."""
    rows = len(source.line_starts)
    if frame.code and not (row <= rows and _is_same(source.line(row), frame.code)):
        same = [number for number in range(1, rows + 1) if _is_same(source.line(number), frame.code)]
        if len(same) == 1:
            return Place(source, same[0], f"the file has changed since: this was row {row}")
        if row <= rows:
            return Place(source, row, "the file has changed since: this row was another one")
    return Place(source, row) if 1 <= row <= rows else None


def _in_notebook(frame: Frame, source: Source) -> Place | None:
    """The row of a notebook's cell, which is found by what the traceback quotes of it."""
    if frame.row is None or not frame.code:
        return None
    rows = range(1, len(source.line_starts) + 1)
    same = [row for row in rows if _is_same(source.written_line(row), frame.code)]
    at_row = [row for row in same if source.in_cell(row)[1] == frame.row] or same
    if not at_row:
        return None
    return Place(source, at_row[0], "several cells have this row" if len(at_row) > 1 else None)


def _is_same(line: str, code: str) -> bool:
    return bool(code.strip()) and line.strip() == code.strip()
