"""Where the modules of a project are found: the folders that an import searches, and the file it means."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from kerascheck.target.places import project_folder


class SearchPath(NamedTuple):
    """What an absolute import in a file of some folder searches."""

    roots: tuple[Path, ...]  # nearest first
    own: str  # the name of the outermost package that the file belongs to, or of the folder itself
    top: Path  # the folder of the whole project
    is_project: bool  # whether the files below it belong together, and not just those in it


def search_path(folder: Path) -> SearchPath:
    """The folders where an absolute import in a file of this folder finds modules of its project."""
    roots = [folder]
    top, own = folder, folder.name
    while (top / "__init__.py").exists() and top != top.parent:
        own = top.name
        top = top.parent
        roots.append(top)
    project = project_folder(top)
    if project is not None:
        roots += [project, project / "src"]
    return SearchPath(tuple(roots), own, project or top, project is not None or top != folder)


def find_module(
    dotted: str,
    level: int,
    filename: str,
    is_file: Callable[[Path], bool],
    path_of: Callable[[Path], SearchPath] = search_path,
    within: str | None = None,
) -> Path | None:
    """The file of the project that `dotted`, `level` dots up, means in a file of this name; None where there is none.

    Args:
        dotted: the module as the import statement spells it, without leading dots.
        level: how many dots stand before it.
        filename: the file that imports it.
        is_file: whether there is a file of that name.
        path_of: `search_path`, or one that remembers.
        within: the project must be the package of this name.
    """
    try:
        here = Path(os.path.abspath(filename)).parent
    except (ValueError, OSError):
        return None
    parts = tuple(part for part in dotted.split(".") if part)
    if level:
        for _ in range(level - 1):
            here = here.parent
        return module_file(here, parts, is_file)
    if not parts:
        return None
    path = path_of(here)
    if within is not None and path.own != within:
        return None
    for root in path.roots:
        if root.name in ("site-packages", "dist-packages") and parts[0] != path.own:
            continue  # another installed package is no part of the project
        found = module_file(root, parts, is_file)
        if found is not None:
            return found
    return None


def module_file(root: Path, parts: tuple[str, ...], is_file: Callable[[Path], bool]) -> Path | None:
    """The file of the module `parts` below a folder."""
    base = root.joinpath(*parts)
    try:
        for candidate in (base.with_suffix(".py") if parts else base / "__init__.py", base / "__init__.py"):
            if is_file(candidate):
                return candidate
    except (OSError, ValueError):
        pass
    return None
