"""What an analysis asks of the file system, with the answers, so that it can be asked again whether they still hold.

That a file is not there is an answer, too: a module that appears changes what an import means. So all who look for
something or read it while a file is analysed ask here, and what was asked is kept beside the report.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

_T = TypeVar("_T")

#: What lies at a path, links followed.
NOTHING, FILE, FOLDER, OTHER = "", "f", "d", "o"

#: What is larger is known by its size and the times of its last change.
MAX_DIGESTED = 4_000_000
#: Folders with more in them are all alike: nobody looks at what they hold.
MAX_ENTRIES = 10_000

#: The digest of a file that was read twice, and was not the same: nothing is equal to it.
_UNSTEADY = "changed meanwhile"


@dataclass(slots=True)
class Asked:
    """Questions with their answers. Plain, so that it can cross a process and become JSON."""

    kinds: dict[str, dict[str, str]] = field(default_factory=dict)  # what lies there, by folder and name
    contents: dict[str, str] = field(default_factory=dict)  # a digest, by path
    links: dict[str, str] = field(default_factory=dict)  # where a path ends, by path
    versions: dict[str, str] = field(default_factory=dict)  # what a folder says of versions (`target`), if known
    search: str = ""  # a digest of where installed packages are looked for, if they are

    @property
    def names(self) -> list[str]:
        """The files that were read or looked for, and the folders whose content was."""
        looked_for = (
            os.path.join(folder, name)
            for folder, names in self.kinds.items()
            for name, said in names.items()
            if said in (NOTHING, FILE)
        )
        return list(dict.fromkeys([*self.contents, *self.links, *looked_for]))

    def add(self, other: Asked) -> None:
        """Take over the questions of another one."""
        for folder, names in other.kinds.items():
            self.kinds.setdefault(folder, {}).update(names)
        for path, digest in other.contents.items():
            self._content(path, digest)
        self.links.update(other.links)
        self.versions.update(other.versions)
        self.search = other.search or self.search

    def _content(self, path: str, digest: str) -> None:
        if self.contents.setdefault(path, digest) != digest:
            self.contents[path] = _UNSTEADY


class _Recording:
    """What was asked so far, and what was worked out from it."""

    __slots__ = ("asked", "memory")

    def __init__(self) -> None:
        self.asked = Asked()
        self.memory: dict[Hashable, object] = {}


_recording: ContextVar[_Recording | None] = ContextVar("recording", default=None)
_unsaved: ContextVar[Mapping[str, bytes]] = ContextVar("unsaved", default=MappingProxyType({}))


@contextmanager
def recorded() -> Iterator[Asked]:
    """What is asked meanwhile. A question is answered once: other files stand still while one is analysed."""
    recording, outer = _Recording(), _recording.get()
    token = _recording.set(recording)
    try:
        yield recording.asked
    finally:
        _recording.reset(token)
        if outer is not None:
            outer.asked.add(recording.asked)


@contextmanager
def unsaved_files(files: Mapping[str, bytes]) -> Iterator[None]:
    """Meanwhile these bytes are what lies under these absolute names: files open in an editor."""
    token = _unsaved.set(files)
    try:
        yield
    finally:
        _unsaved.reset(token)


def unsaved(name: str) -> bytes | None:
    """The bytes of a file that is open in an editor."""
    files = _unsaved.get()
    return files.get(os.path.abspath(name)) if files else None


def unsaved_names() -> Iterable[str]:
    """The absolute names of the files that are open in an editor."""
    return _unsaved.get().keys()


# -- questions ------------------------------------------------------------------------------------------------------


def kind(path: str | os.PathLike[str]) -> str:
    """What lies at a path."""
    name = os.path.abspath(path)
    recording = _recording.get()
    if recording is None:
        return _kind_of(name)
    folder, _, last = name.rpartition(os.sep)
    known = recording.asked.kinds.setdefault(folder or os.sep, {})
    if last not in known:
        known[last] = _kind_of(name)
    return known[last]


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether there is a file of this name."""
    return kind(path) == FILE


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether there is a folder of this name."""
    return kind(path) == FOLDER


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether there is anything of this name."""
    return kind(path) != NOTHING


def end_of(path: str) -> str:
    """Where a path ends when all links in it are followed; empty where nothing lies there."""
    name = os.path.abspath(path)
    recording = _recording.get()
    if recording is None:
        return _end_of(name)
    if name not in recording.asked.links:
        recording.asked.links[name] = _end_of(name)
    return recording.asked.links[name]


def note_read(path: str | os.PathLike[str]) -> None:
    """A file or folder is about to be read."""
    recording = _recording.get()
    if recording is not None:
        name = os.path.abspath(path)
        if name not in recording.asked.contents:
            recording.asked.contents[name] = digest_of(name)


def note_content(path: str | os.PathLike[str], raw: bytes) -> None:
    """A file was read as a whole, and this was in it."""
    recording = _recording.get()
    if recording is not None:
        if len(raw) > MAX_DIGESTED:
            note_read(path)
        else:
            recording.asked._content(os.path.abspath(path), _digest(raw))


def note_versions(folder: str | os.PathLike[str]) -> None:
    """It is asked what files in and above a folder say about versions."""
    recording = _recording.get()
    if recording is not None:
        recording.asked.versions.setdefault(os.path.abspath(folder), "")


def note_search(path: list[str]) -> None:
    """Installed packages are looked for in these places."""
    recording = _recording.get()
    if recording is not None:
        recording.asked.search = search_digest(path)


def note(asked: Asked) -> None:
    """What was asked before is needed again."""
    recording = _recording.get()
    if recording is not None:
        recording.asked.add(asked)


def remembered(key: Hashable, work: Callable[[], _T]) -> _T:
    """What `work` gives, worked out once for the analysis of a file, since all that it asks is answered once."""
    recording = _recording.get()
    if recording is None:
        return work()
    if key not in recording.memory:
        recording.memory[key] = work()
    return recording.memory[key]  # type: ignore[return-value]


# -- answers --------------------------------------------------------------------------------------------------------


class Answers:
    """The answers of now, each looked up once: whether those of old hold."""

    def __init__(self, versions: Callable[[str], str], search: Callable[[], str]) -> None:
        self._versions = versions
        self._search = search
        self._listings: dict[str, dict[str, os.DirEntry[str]]] = {}
        self._contents: dict[str, str] = {}
        self._links: dict[str, str] = {}

    def hold(self, asked: Asked) -> bool:
        """Whether all questions would be answered in the same way."""
        return (
            all(self._are(folder, names) for folder, names in asked.kinds.items())
            and all(self._content(path) == digest for path, digest in asked.contents.items())
            and all(self._link(path) == end for path, end in asked.links.items())
            and all(self._versions(folder) == said for folder, said in asked.versions.items())
            and (not asked.search or self._search() == asked.search)
        )

    def _are(self, folder: str, names: Mapping[str, str]) -> bool:
        here = self._listing(folder)
        return all(
            (said == NOTHING and name not in here) or self._is(folder, name, here.get(name), said)
            for name, said in names.items()
        )

    def _is(self, folder: str, name: str, entry: os.DirEntry[str] | None, said: str) -> bool:
        try:
            if entry is not None and said in (FILE, FOLDER):
                return entry.is_file() if said == FILE else entry.is_dir()
        except OSError:
            return False
        return _kind_of(os.path.join(folder, name)) == said  # also a link to nothing, and where capitals are no matter

    def _listing(self, folder: str) -> dict[str, os.DirEntry[str]]:
        found = self._listings.get(folder)
        if found is None:
            try:
                with os.scandir(folder) as entries:
                    found = {entry.name: entry for entry in entries}
            except (OSError, ValueError):
                found = {}
            files = _unsaved.get()
            self._listings[folder] = found
            if files:
                for path in files:
                    if os.path.dirname(path) == folder and os.path.basename(path) not in found:
                        found[os.path.basename(path)] = None  # type: ignore[assignment]
        return found

    def _content(self, path: str) -> str:
        if path not in self._contents:
            self._contents[path] = digest_of(path)
        return self._contents[path]

    def _link(self, path: str) -> str:
        if path not in self._links:
            self._links[path] = _end_of(path)
        return self._links[path]


def digest_of(path: str) -> str:
    """What identifies the content of a file, or what is in a folder; empty where there is nothing to read."""
    raw = unsaved(path)
    if raw is not None:
        return _digest(raw)
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            return _digest_of_folder(path)
        if not stat.S_ISREG(found.st_mode):
            return ""
        if found.st_size > MAX_DIGESTED:
            return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"
        with open(path, "rb") as file:
            return _digest(file.read(MAX_DIGESTED + 1))
    except (OSError, ValueError):
        return ""


def search_digest(path: list[str]) -> str:
    """What identifies the places where installed packages are looked for."""
    return _digest("\0".join(path).encode("utf-8", "surrogatepass"))


def _digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def _digest_of_folder(path: str) -> str:
    names: list[str] = []
    with os.scandir(path) as entries:
        for entry in entries:
            if len(names) > MAX_ENTRIES:
                return "many"
            names.append(f"{entry.name}/" if entry.is_dir() else entry.name)
    return _digest("\0".join(sorted(names)).encode("utf-8", "surrogatepass"))


def _kind_of(path: str) -> str:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return FILE if path in _unsaved.get() else NOTHING
    return FILE if stat.S_ISREG(mode) else FOLDER if stat.S_ISDIR(mode) else OTHER


def _end_of(path: str) -> str:
    try:
        return os.path.realpath(path) if os.path.lexists(path) else ""
    except (OSError, ValueError):
        return ""


def state_of(folder: str) -> str:
    """A digest of the names, sizes and times of all files in a folder and below it."""
    found: list[str] = []
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if not entry.is_dir():
                        status = entry.stat()
                        found.append(f"{entry.path[len(folder) :]} {status.st_size} {status.st_mtime_ns}")
                    elif entry.name != "__pycache__":
                        waiting.append(entry.path)
        except OSError:
            continue
    return _digest("\0".join(sorted(found)).encode("utf-8", "surrogatepass"))
