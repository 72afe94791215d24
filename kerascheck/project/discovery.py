"""Which files are checked, and whether a file can matter at all."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kerascheck.project.ignoring import Patterns
from kerascheck.runtime.reading import MAX_SETTINGS_BYTES, read_bytes

if TYPE_CHECKING:
    from kerascheck.configuration.config import Settings

SUFFIXES = (".py", ".ipynb")


def mentions_keras(raw: bytes | str, filename: str = "") -> bool:
    """Whether a file can have to do with Keras by itself: its code names it, outside of comments and strings.

    Most others do not even have the word, and are never decoded. In a notebook all code stands in strings of JSON, and
    where modules are imported by name, these names do.
    """
    if isinstance(raw, str):
        if "keras" not in raw:
            return False
        raw = raw.encode("utf-8", "replace")
    elif b"keras" not in raw:
        return False
    if filename.endswith(".ipynb") or _NAMED.search(raw) is not None:
        return True
    from kerascheck.text.lexing import code_only  # few files get here

    code = code_only(raw.decode("latin-1"))
    return "keras" in code or any(word in code for word in _IMPORTERS)


# An import or an attribute, or what looks like one. (Most files that have the word are taken or left by this alone.)
_NAMED = re.compile(rb"^[ \t]*(?:from|import)\b[^\n#'\"]*keras", re.MULTILINE)
#: What imports a module by a name in a string.
_IMPORTERS = ("import_module", "__import__", "LazyLoader", "exec", "eval")


class NoSuchPath(Exception):
    """A path on the command line does not exist."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The patterns of one .gitignore file and the folder they are relative to."""

    folder: str
    spec: Patterns

    def decides(self, path: str, is_folder: bool) -> bool | None:
        """True: ignored; False: named by a `!` pattern; None: not named."""
        relative = os.path.relpath(path, self.folder).replace(os.sep, "/")
        return self.spec.decides(relative + "/" if is_folder else relative)


def discover(paths: Iterable[Path], settings_for: Callable[[Path], Settings]) -> Iterator[Path]:
    """The files to check: each path that is a file, and the Python files and notebooks below each that is a folder.

    Explicit files are taken whatever they are called, unless `force-exclude` is set and they are excluded. What
    vanishes or cannot be listed while walking is passed over.

    Raises:
        NoSuchPath: a path does not exist.
        ConfigError: a configuration file is wrong.
    """
    seen: set[str] = set()
    for path in paths:
        if not os.path.lexists(path):
            raise NoSuchPath(f"{path}: no such file or folder")
        settings = settings_for(path)
        if settings.force_exclude and Excludes(settings).match_with_parents(path):
            continue
        if not path.is_dir():
            found: Iterable[Path] = [path]
        else:
            found = _walk(path, settings_for)
        for file in found:
            key = os.path.abspath(file)
            if key not in seen:
                seen.add(key)
                yield file


def _walk(top: Path, settings_for: Callable[[Path], Settings]) -> Iterator[Path]:
    """The Python files and notebooks below a folder in the order of their names; links to folders are not followed."""
    outer = _gitignores_above(Path(os.path.abspath(top)))
    stack: list[tuple[Path, tuple[Ignored, ...]]] = [(top, outer)]
    while stack:
        folder, ignores = stack.pop()
        settings = settings_for(folder)
        if settings.respect_gitignore:
            own = _gitignore(os.path.abspath(folder))
            ignores = (*ignores, own) if own is not None else ignores
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:  # gone meanwhile, or not ours to read
            continue
        excluded = Excludes(settings)
        folders: list[tuple[Path, tuple[Ignored, ...]]] = []
        for entry in entries:
            path = folder / entry.name
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                is_file = not is_folder and entry.name.endswith(SUFFIXES) and entry.is_file()
            except OSError:
                continue
            if not (is_folder or is_file) or excluded.match(path, is_folder):
                continue
            if settings.respect_gitignore and _is_ignored(os.path.abspath(path), is_folder, ignores):
                continue
            if is_folder:
                folders.append((path, ignores))
            else:
                yield path
        stack += reversed(folders)


class Excludes:
    """The `exclude` and `extend-exclude` patterns, in the language of .gitignore, relative to the configuration."""

    def __init__(self, settings: Settings) -> None:
        patterns = (*settings.exclude, *settings.extend_exclude)
        self._root = settings.root
        self._names = _compile(tuple(pattern for pattern in patterns if "/" not in pattern.rstrip("/")))
        self._paths = _compile(tuple(pattern for pattern in patterns if "/" in pattern.rstrip("/")))

    def match(self, path: Path, is_folder: bool) -> bool:
        """Whether the path itself is excluded (not the folders it lies in, which the walk has asked about)."""
        slash = "/" if is_folder else ""
        return self._names.match(path.name + slash) or self._paths.match(_relative(path, self._root) + slash)

    def match_with_parents(self, path: Path) -> bool:
        """Whether the path, or a folder between the configuration and it, is excluded."""
        absolute, root = Path(os.path.abspath(path)), Path(os.path.abspath(self._root))
        inside = [parent for parent in absolute.parents if root in parent.parents]
        return self.match(absolute, path.is_dir()) or any(self.match(parent, True) for parent in inside)


def matches_glob(path: str, pattern: str, root: str) -> bool:
    """Whether a `per-file-ignores` pattern, relative to `root`, covers the file."""
    return _compile((pattern,)).match(_relative(Path(path), root))


@lru_cache(maxsize=256)
def _compile(patterns: tuple[str, ...]) -> Patterns:
    return Patterns(patterns)


def _relative(path: Path, root: str) -> str:
    """The path from the root, or just its last part where it lies elsewhere."""
    relative = os.path.relpath(path, root).replace(os.sep, "/")
    return path.name if relative.startswith("../") or relative in (".", "..") else relative


def _gitignore(folder: str) -> Ignored | None:
    try:
        raw = read_bytes(os.path.join(folder, ".gitignore"), MAX_SETTINGS_BYTES)
        return Ignored(folder, _compile(tuple(raw.decode("utf-8", "replace").splitlines())))
    except (OSError, ValueError):  # none there, or a pattern that means nothing, to git neither
        return None


def _gitignores_above(top: Path) -> tuple[Ignored, ...]:
    """The .gitignore files of the repository around a folder, outermost first.

    None for the top of a repository, outside of any, and for a folder that they ignore: who names it wants it.
    """
    folders: list[Path] = []
    for folder in (top, *top.parents):
        folders.append(folder)
        if (folder / ".git").exists():
            break
    else:
        return ()
    found = tuple(own for folder in reversed(folders[1:]) if (own := _gitignore(str(folder))) is not None)
    return () if _is_ignored(str(top), True, found) else found


def _is_ignored(path: str, is_folder: bool, ignores: tuple[Ignored, ...]) -> bool:
    """The innermost .gitignore that names the path decides."""
    for ignored in reversed(ignores):
        decision = ignored.decides(path, is_folder)
        if decision is not None:
            return decision
    return False
