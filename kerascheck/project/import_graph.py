"""Which files of a project import which, read off their import statements without parsing them.

Two questions are asked of it, of many files in a run: whether a file that does not mention Keras reaches a module of
its project that does, and which files import a module, so that a builder is analysed with the calls that others make.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from kerascheck.project.discovery import SUFFIXES, mentions_keras
from kerascheck.project.modules import SearchPath, find_folder, find_module, module_file, search_path
from kerascheck.runtime.asked import unsaved, unsaved_names
from kerascheck.runtime.reading import read_bytes

#: Larger files are no modules that are followed.
_MAX_BYTES = 400_000
#: How many files are looked at for one question about what a file reaches, and for who imports it.
_MAX_REACHED = 60
_MAX_IMPORTERS = 60
#: How many files of a project are read to find who imports what.
_MAX_FILES = 1_000
#: Folders that hold no code of the project.
_FOREIGN = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages"})

#: Nanoseconds after which a change of a folder has another time than the one before.
_SETTLED = 2_000_000_000

#: An import statement at the begin of a line, also of a line of a notebook.
_IMPORT = re.compile(
    rb"[ \t\"]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\r\n;#]*)|import[ \t]+([\w., \t]+))"
)
_NAME = re.compile(r"[\w.]+")
_AS = re.compile(r"\bas[ \t]+\w+")


class _Facts:
    """What is known of one file as it was then."""

    __slots__ = ("imports", "keras", "stamp", "words")

    def __init__(self, name: str, raw: bytes, stamp: tuple[int, ...] | None) -> None:
        self.stamp = stamp
        self.keras = mentions_keras(raw, name)
        self.imports = tuple(_imports(raw))
        self.words = frozenset(word for one in self.imports for word in _words_of(one))


#: The facts about files that were read in this process, by their absolute names; those that changed are read again.
_known: dict[str, _Facts] = {}


class ProjectGraph:
    """The imports among files, as they are now: answers are kept for one run, or until `renew`."""

    def __init__(self) -> None:
        self._listings: dict[str, frozenset[str]] = {}
        self._stamps: dict[str, tuple[int, ...]] = {}  # of the folders of the listings
        self._unsaved = frozenset(unsaved_names())
        self._targets: dict[str, tuple[_Facts, tuple[str, ...]]] = {}
        self._reaches: dict[str, bool] = {}
        self._paths: dict[str, SearchPath] = {}
        self._by_word: dict[str, dict[str, list[str]]] = {}  # the files of the project in this folder that import so

    def renew(self) -> None:
        """From now on answers are those of now; what is worked out from files that have not changed is kept."""
        names = frozenset(unsaved_names())
        if names != self._unsaved or any(not _is_as_then(folder, stamp) for folder, stamp in self._stamps.items()):
            self._targets.clear()
            self._listings.clear()
            self._stamps.clear()
            self._unsaved = names
        before = self._paths
        self._paths = {}
        if any(self._path_of(folder) != path for folder, path in before.items()):
            self._targets.clear()
        self._reaches.clear()
        self._by_word.clear()

    def imports(self, raw: bytes, filename: str) -> tuple[str, ...]:
        """The files of the project that a file of these bytes imports itself."""
        name = os.path.abspath(filename)
        return () if _is_installed(Path(name).parent) else self._resolved(name, _imports(raw))

    def reaches_keras(self, raw: bytes, filename: str) -> bool:
        """Whether a file that does not mention Keras reaches a module of its project that does."""
        name = os.path.abspath(filename)
        if _is_installed(Path(name).parent):
            return False  # in a library nearly every module reaches nearly every other one
        return self._reaching(self._resolved(name, _imports(raw)))

    def importers(self, filename: str) -> tuple[str, ...]:
        """The files of the project that import this one, directly first, then through others; none for no file."""
        name = os.path.abspath(filename)
        if not os.path.isfile(name) and name not in self._unsaved:
            return ()
        by_word = self._words_in(Path(name).parent)
        found: dict[str, None] = {}
        waiting = [name]
        while waiting and len(found) < _MAX_IMPORTERS:
            target = waiting.pop(0)
            for importer in (one for word in _words_for(target) for one in by_word.get(word, ())):
                if importer in found or importer == name:
                    continue
                facts = self._facts(importer)
                if facts is not None and target in self._targets_of(importer, facts):
                    found[importer] = None
                    waiting.append(importer)
        return tuple(found)

    def _reaching(self, targets: tuple[str, ...]) -> bool:
        """Whether one of these files, or what they import, mentions Keras."""
        if not targets:
            return False
        seen: dict[str, None] = dict.fromkeys(targets)
        waiting = list(targets)
        answer = False
        while waiting and len(seen) <= _MAX_REACHED:
            name = waiting.pop(0)
            known = self._reaches.get(name)
            facts = self._facts(name) if known is None else None
            if known or (facts is not None and facts.keras):
                self._reaches[name] = answer = True
                break
            if facts is not None:
                for target in self._targets_of(name, facts):
                    if target not in seen:
                        seen[target] = None
                        waiting.append(target)
        if not answer and not waiting:
            self._reaches.update(dict.fromkeys(seen, False))
        return answer

    def _targets_of(self, name: str, facts: _Facts) -> tuple[str, ...]:
        known = self._targets.get(name)
        if known is None or known[0] is not facts:
            known = self._targets[name] = (facts, self._resolved(name, facts.imports))
        return known[1]

    def _resolved(self, name: str, imports: Iterator[_Import] | tuple[_Import, ...]) -> tuple[str, ...]:
        """The files of the project that the statements mean."""
        found: dict[str, None] = {}
        for dotted, level, names in imports:
            head = dotted.partition(".")[0]
            if not level and head in _OUTSIDE:
                continue
            module = find_module(dotted, level, name, self._is_file, self._path_of)
            if module is None:
                package = find_folder(dotted, level, name, self._is_folder, self._path_of)
                for part in names if package is not None else ():
                    inner = module_file(str(package), (part,), self._is_file)
                    if inner is not None:
                        found[inner] = None
                continue
            found[module] = None
            folder, _, last = module.rpartition(os.sep)
            if last == "__init__.py":
                for part in names:
                    for candidate in (f"{folder}{os.sep}{part}.py", f"{folder}{os.sep}{part}{os.sep}__init__.py"):
                        if self._is_file(candidate):
                            found[candidate] = None
        found.pop(name, None)
        return tuple(found)

    def _path_of(self, folder: str) -> SearchPath:
        known = self._paths.get(folder)
        if known is None:
            known = self._paths[folder] = search_path(Path(folder))
        return known

    def _is_file(self, path: str) -> bool:
        folder, _, name = path.rpartition(os.sep)
        return name in self._listing(folder)

    def _is_folder(self, path: str) -> bool:
        return bool(self._listing(path))

    def _listing(self, folder: str) -> frozenset[str]:
        known = self._listings.get(folder)
        if known is None:
            above, _, last = folder.rpartition(os.sep)
            if last not in self._listings.get(above, (last,)):  # there is no such folder
                known = self._listings[folder] = frozenset()
                return known
            self._stamps[folder] = _stamp_of(folder)  # first: what comes meanwhile is seen the next time
            try:
                known = frozenset(os.listdir(folder))
            except (OSError, ValueError):
                known = frozenset()
            if self._unsaved:
                known |= {os.path.basename(name) for name in self._unsaved if os.path.dirname(name) == folder}
            self._listings[folder] = known
        return known

    def _facts(self, name: str) -> _Facts | None:
        """What the file imports; None where it cannot be read, is too large or is no file."""
        try:
            text = unsaved(name)
            if text is not None:
                return self._facts_of(name, text)
            status = os.stat(name)
            stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size)
            known = _known.get(name)
            if known is not None and known.stamp == stamp:
                return known
            if status.st_size > _MAX_BYTES or not stat.S_ISREG(status.st_mode):
                return None  # who opens a pipe waits
            facts = _Facts(name, read_bytes(name, _MAX_BYTES), stamp)
        except (OSError, ValueError):
            return None
        _known[name] = facts
        return facts

    @staticmethod
    def _facts_of(name: str, text: bytes) -> _Facts:
        """What a text imports that is open in an editor."""
        stamp = (-1, len(text), hash(text))
        known = _known.get(name)
        if known is None or known.stamp != stamp:
            known = _known[name] = _Facts(name, text, stamp)
        return known

    def _words_in(self, folder: Path) -> dict[str, list[str]]:
        """The files of the project that the folder belongs to, by the words of their import statements."""
        if _is_installed(folder):
            return {}  # an installed package: its users are elsewhere
        path = self._path_of(str(folder))
        key = str(path.top)
        if key not in self._by_word:
            by_word: dict[str, list[str]] = {}
            for name in self._files(key, path.is_project):
                facts = self._facts(name)
                for word in facts.words if facts is not None else ():
                    by_word.setdefault(word, []).append(name)
            self._by_word[key] = by_word
        return self._by_word[key]

    def _files(self, top: str, is_tree: bool) -> list[str]:
        """The Python files and notebooks in the folder, and below it where it is a tree of one project."""
        found: list[str] = []
        waiting = [top]
        while waiting and len(found) < _MAX_FILES:
            folder = waiting.pop(0)
            try:
                with os.scandir(folder) as entries:
                    here = sorted(entries, key=lambda entry: entry.name)
            except OSError:
                continue
            if folder != top and any(entry.name == "pyvenv.cfg" for entry in here):
                continue
            for entry in here:
                if entry.name.startswith(".") or entry.name in _FOREIGN:
                    continue
                if entry.name.endswith(SUFFIXES):
                    found.append(os.path.join(folder, entry.name))
                elif is_tree and entry.is_dir(follow_symlinks=False):
                    waiting.append(os.path.join(folder, entry.name))
        found += sorted(name for name in self._unsaved.difference(found) if _is_below(name, top, is_tree))
        return found[:_MAX_FILES]


def _is_below(name: str, top: str, is_tree: bool) -> bool:
    """Whether a file that is open in an editor, and perhaps nowhere else, is one of the project."""
    inside = name.removeprefix(os.path.join(top, ""))
    folders = inside.split(os.sep)
    if inside == name or not inside.endswith(SUFFIXES) or (len(folders) > 1 and not is_tree):
        return False
    return not any(part.startswith(".") or part in _FOREIGN for part in folders)


def _stamp_of(folder: str) -> tuple[int, ...]:
    """What changes when files come to a folder, or go; and whether that was so long ago that it can be relied on."""
    try:
        status = os.stat(folder)
    except (OSError, ValueError):
        return ()
    settled = time.time_ns() - status.st_mtime_ns > _SETTLED
    return (int(settled), status.st_mtime_ns, status.st_ino)


def _is_as_then(folder: str, stamp: tuple[int, ...]) -> bool:
    """Whether the files of a folder are those that they were when it had this stamp."""
    return (not stamp or stamp[0] == 1) and _stamp_of(folder) == stamp


def _is_installed(folder: Path) -> bool:
    """Whether the folder belongs to an installed package, and to no project."""
    return not {"site-packages", "dist-packages"}.isdisjoint(folder.parts)


#: The module, how many dots stand before it, and the names taken from it.
_Import = tuple[str, int, tuple[str, ...]]


def _words_of(one: _Import) -> Iterator[str]:
    """The words of a statement that the file which it means may be called by; none for a package by its dots alone."""
    dotted, _, names = one
    yield from dotted.split(".")
    yield from names


def _words_for(name: str) -> tuple[str, ...]:
    """Those that a statement has which means the file of this name, one of them."""
    folder, _, last = name.rpartition(os.sep)
    return (folder.rpartition(os.sep)[2], "") if last == "__init__.py" else (last.removesuffix(".py"),)


#: What never is a module of the project.
_OUTSIDE = frozenset(sys.stdlib_module_names)


def _imports(raw: bytes) -> Iterator[_Import]:
    at, begin = -1, -1
    while (at := raw.find(b"import", at + 1)) >= 0:
        if (start := raw.rfind(b"\n", 0, at) + 1) == begin:
            continue
        begin = start
        match = _IMPORT.match(raw, begin)
        if match is None:
            continue
        module, names, modules = (part.decode("ascii", "replace") if part else "" for part in match.groups())
        if modules:
            for dotted in _AS.sub("", modules).split(","):
                if _NAME.fullmatch(dotted.strip()):
                    yield dotted.strip(), 0, ()
        elif module:
            dotted = module.lstrip(".")
            yield dotted, len(module) - len(dotted), tuple(_NAME.findall(_AS.sub("", names)))


_current: ContextVar[ProjectGraph | None] = ContextVar("project_graph", default=None)


def current_graph() -> ProjectGraph:
    """The graph of this run; a new one where there is none, so that every single file sees its project as it is."""
    return _current.get() or ProjectGraph()


@contextmanager
def one_graph(anew: bool = False) -> Iterator[ProjectGraph]:
    """Meanwhile all questions go to one graph: files that change while they are checked are not looked at again.

    That is the graph of a run that is under way, if there is one, unless `anew` asks for how things are now.
    """
    outer = _current.get() if not anew else None
    graph = outer or ProjectGraph()
    token = _current.set(graph)
    try:
        yield graph
    finally:
        _current.reset(token)


def keep_one_graph() -> None:
    """From now on all questions go to one graph, in a process that works for a single run.

    A copy of the process that has begun the run has the graph of it, with all that is known there.
    """
    if _current.get() is None:
        _current.set(ProjectGraph())


def concerns_keras(raw: bytes | str, filename: str) -> bool:
    """Whether a file can have to do with Keras, by itself or by what it imports from its project."""
    if mentions_keras(raw, filename):
        return True
    return current_graph().reaches_keras(raw.encode() if isinstance(raw, str) else raw, filename)


@lru_cache(maxsize=256)
def _call_of(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"\b" + re.escape(name).encode() + rb"\s*\(")


def may_call(raw: bytes, names: frozenset[str]) -> bool:
    """Whether a file seems to call something of one of these names."""
    return any(name.encode() in raw and _call_of(name).search(raw) is not None for name in names)
