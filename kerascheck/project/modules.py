"""Where the modules of a project are found: the folders that an import searches, and the file it means."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from kerascheck.project.target.places import project_folder
from kerascheck.runtime.asked import exists, is_folder, remembered
from kerascheck.runtime.reading import read_bytes


class SearchPath(NamedTuple):
    """What an absolute import in a file of some folder searches."""

    roots: tuple[str, ...]  # nearest first
    own: str  # the name of the outermost package that the file belongs to, or of the folder itself
    top: Path  # the folder of the whole project
    is_project: bool  # whether the files below it belong together, and not just those in it


def search_path(folder: Path) -> SearchPath:
    """The folders where an absolute import in a file of this folder finds modules of its project."""
    roots = [folder]
    top, own = folder, folder.name
    while exists(top / "__init__.py") and top != top.parent:
        own = top.name
        top = top.parent
        roots.append(top)
    project = project_folder(top)
    if project is not None:
        roots += [project, project / "src"]
    return SearchPath(tuple(map(str, roots)), own, project or top, project is not None or top != folder)


def find_module(
    dotted: str,
    level: int,
    filename: str,
    is_file: Callable[[str], bool],
    path_of: Callable[[str], SearchPath] | None = None,
    within: str | None = None,
) -> str | None:
    """The file of the project that `dotted`, `level` dots up, means in a file of this name; None where there is none.

    Args:
        dotted: the module as the import statement spells it, without leading dots.
        level: how many dots stand before it.
        filename: the file that imports it.
        is_file: whether there is a file of that name.
        path_of: one that remembers `search_path` for longer than the analysis of a file.
        within: the project must be the package of this name.
    """
    for root, parts in _searched(dotted, level, filename, path_of, within):
        found = module_file(root, parts, is_file)
        if found is not None:
            return found
    return None


def find_folder(
    dotted: str,
    level: int,
    filename: str,
    is_folder: Callable[[str], bool] = is_folder,
    path_of: Callable[[str], SearchPath] | None = None,
) -> str | None:
    """The folder of the project that stands for a package though it has no `__init__.py` (a namespace package).

    Args:
        dotted: the package as the import statement spells it, without leading dots.
        level: how many dots stand before it.
        filename: the file that imports it.
        is_folder: whether there is a folder of that name.
        path_of: one that remembers `search_path` for longer than the analysis of a file.
    """
    for root, parts in _searched(dotted, level, filename, path_of):
        folder = os.path.join(root, *parts)
        if is_folder(folder) and os.path.basename(root) not in _INSTALLED:
            return folder
    return None


#: Folders of packages, each of which is a project of its own.
_INSTALLED = ("site-packages", "dist-packages")


def _searched(
    dotted: str,
    level: int,
    filename: str,
    path_of: Callable[[str], SearchPath] | None,
    within: str | None = None,
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The folders that an import searches, nearest first, and the parts of the name that it looks for there."""
    try:
        here = os.path.dirname(os.path.abspath(filename))
    except (ValueError, OSError):
        return
    parts = tuple(part for part in dotted.split(".") if part)
    if level:
        for _ in range(level - 1):
            here = os.path.dirname(here)
        yield here, parts
    if level or not parts:
        return
    path = path_of(here) if path_of is not None else remembered((search_path, here), partial(search_path, Path(here)))
    if within is not None and path.own != within:
        return
    for root in path.roots:
        if parts[0] != path.own and os.path.basename(root) in _INSTALLED:
            continue  # another installed package is no part of the project
        yield root, parts
    for root in (*_above_its_namespace(here, parts[0], path.roots), *_added(filename)):
        yield root, parts


#: How many folders up a package without `__init__.py` may begin.
_MAX_NAMESPACES = 6


def _above_its_namespace(folder: str, name: str, known: tuple[str, ...]) -> Iterator[str]:
    """What holds the folder of this name that the file is in: `app/models/a.py` imports `app.models.b`."""
    for _ in range(_MAX_NAMESPACES):
        above, own = os.path.split(folder)
        if not own:
            return
        if own == name and above not in known and os.path.basename(above) not in _INSTALLED:
            yield above
            return
        folder = above


#: A statement that adds a folder to those that imports search, and what it says about it.
_ADDS = re.compile(rb"^[^#\n]*?\bsys\.path\.(?:append\(|insert\([^,()]*,)([^\n#]{1,200})", re.MULTILINE)
_PATH = re.compile(rb"['\"]((?:\.\.?|[\w-]+)(?:/[\w.-]*)*)/?\\?['\"]")
#: Larger files are not read for what they add.
_MAX_BYTES = 2_000_000
#: How many folders up a program may reach.
_MAX_UP = 4


def _added(filename: str) -> tuple[str, ...]:
    """The folders that a program adds to those that imports search: `sys.path.append("../")` and the like."""
    try:
        status = os.stat(filename)
        return _read_added(filename, (status.st_mtime_ns, status.st_ctime_ns, status.st_size))
    except (OSError, ValueError):
        return ()


@lru_cache(maxsize=256)
def _read_added(filename: str, changed: tuple[int, ...]) -> tuple[str, ...]:
    text = read_bytes(filename, _MAX_BYTES)
    found: list[Path] = []
    for match in _ADDS.finditer(text) if b"sys.path" in text else ():
        told = _up_to_its_end(match.group(1))
        steps = [part.decode() for part in _PATH.findall(told)]
        ups = max(told.count(b"dirname("), told.count(b".parent")) if b"__file__" in told else 1
        if not ups or not (steps or b"__file__" in told):
            continue
        folder = Path(os.path.abspath(os.path.join(os.path.dirname(filename), *[".."] * (ups - 1), *steps)))
        here = Path(os.path.abspath(filename)).parent
        if folder != here and any(
            folder == above or above in folder.parents for above in [here, *here.parents][:_MAX_UP]
        ):
            found.append(folder)
    return tuple(dict.fromkeys(map(str, found)))


def _up_to_its_end(text: bytes) -> bytes:
    """What stands in the parentheses that are open at the start."""
    depth = 1
    for index, sign in enumerate(text):
        depth += (sign == ord("(")) - (sign == ord(")"))
        if not depth:
            return text[:index]
    return text


def module_file(root: str, parts: tuple[str, ...], is_file: Callable[[str], bool]) -> str | None:
    """The file of the module `parts` below a folder."""
    base = os.path.join(root, *parts)
    package = os.path.join(base, "__init__.py")
    try:
        for candidate in (f"{base}.py", package) if parts else (package,):
            if is_file(candidate):
                return candidate
    except (OSError, ValueError):
        pass
    return None
