"""Data beside the program: which file a path is, and what may be read of it.

Only regular files and folders within the project of the program (its own folder, and the nearest one above that looks
like the top of a project) are looked at, never devices or pipes, and nothing that a link leads out of there. Nothing
of a file is executed or unpickled. The setting `read-data = false` turns all of it off.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple

from kerascheck.machine.modules.paths import path_text
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.runtime.asked import MAX_ENTRIES, end_of, is_file, is_folder, note_content, note_read
from kerascheck.symbolic.unknown import Unknown

#: Of a larger file only the beginning is read.
MAX_BYTES = 20_000_000
#: What the beginning is.
HEAD_BYTES = 65_536
#: What reading costs the budget.
_BYTES_PER_STEP = 2_000

_allowed: ContextVar[bool] = ContextVar("reading of data", default=True)


@contextmanager
def data_reading(allowed: bool) -> Iterator[None]:
    """Whether files of data beside the program may be read meanwhile."""
    token = _allowed.set(allowed)
    try:
        yield
    finally:
        _allowed.reset(token)


class Found(NamedTuple):
    """What was read of a file: all of it, or its beginning."""

    data: bytes
    whole: bool


def locate(run: Run, value: Value) -> Path | None:
    """The file or folder that a path of the program surely is; None where that is not known, or not to be read.

    A relative path is one from the folder of the program or from the top of its project; where both exist, it is not
    known which is meant.
    """
    text = path_text(value)
    if not _allowed.get() or text is None:
        return None
    from kerascheck.machine.keras.saving import is_written
    from kerascheck.project.target.places import project_folder

    if is_written(run, value):
        return None

    try:
        script = os.path.abspath(run.project.source.filename)
        own = os.path.dirname(script)
        top = project_folder(Path(own))
        roots = [own] if top is None else list(dict.fromkeys([own, str(top)]))
        candidates = _spelled(text, script, roots)
        existing = {end for path in candidates if (end := end_of(path))}
        if len(existing) != 1:
            return None
        real = existing.pop()
        inside = any(real.startswith(os.path.join(os.path.realpath(root), "")) for root in roots)
        return Path(real) if inside else None
    except (OSError, ValueError):
        return None


def _spelled(text: Value, script: str, roots: list[str]) -> list[str]:
    """The paths that a text, or the key of a path that is put together, may be."""
    if isinstance(text, str):
        return [os.path.join(root, text) for root in roots] if text and not text.startswith("~") else []
    key: Hashable = text.key if isinstance(text, Unknown) else text
    if key == ("file",):
        return [script]
    if not isinstance(key, tuple) or key[:1] != ("path",):
        return []
    _, what, *parts = key
    if what == "cwd":
        return list(roots)
    inner = _part(parts[0], script, roots) if parts else []
    if what == "dirname":
        return [os.path.dirname(path) for path in inner]
    if what in ("abspath", "normpath"):
        return [os.path.abspath(path) for path in inner]
    if what == "join" and all(isinstance(part, str) for part in parts[1:]):
        return [os.path.join(path, *(str(part) for part in parts[1:])) for path in inner]
    return []


def _part(part: Hashable, script: str, roots: list[str]) -> list[str]:
    if isinstance(part, str):
        return [os.path.join(root, part) for root in roots]
    return _spelled(Unknown("", part), script, roots)


def read(run: Run, value: Value, limit: int = MAX_BYTES) -> Found | None:
    """The content of the file of a path; None where there is none that may be read, or it is longer than `limit`
    and so is not whole."""
    path = locate(run, value)
    if path is None:
        return None
    try:
        if not is_file(path):
            return None
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return None
            whole = found.st_size <= limit
            if not whole:
                note_read(path)
            data = file.read(found.st_size if whole else HEAD_BYTES)
    except OSError:
        note_read(path)
        return None
    if whole:
        note_content(path, data)
    run.budget.charge(len(data) // _BYTES_PER_STEP)
    return Found(data, whole)


def read_text(run: Run, value: Value, limit: int) -> str | None:
    """The text of a whole file; None where that is not known, or longer than so many bytes."""
    found = read(run, value, limit)
    if found is None or not found.whole:
        return None
    try:
        return found.data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def folder(run: Run, value: Value) -> dict[str, bool] | None:
    """The names in the folder of a path in order, and whether each is a folder; None where there is none to look at."""
    path = locate(run, value)
    if path is None:
        return None
    if not is_folder(path):
        return None
    note_read(path)
    try:
        with os.scandir(path) as entries:
            names = {}
            for entry in entries:
                names[entry.name] = entry.is_dir()
                if len(names) > MAX_ENTRIES:
                    return None
    except OSError:
        return None
    run.budget.charge(len(names) // 10)
    return dict(sorted(names.items()))
