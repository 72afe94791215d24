"""What belongs to the project of a file: its folders, and the files of modules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

#: What stands in the top folder of a project, whose packages its scripts and tests import from anywhere below it.
MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git", "requirements.txt")
_MAX_CLIMB = 5


def project_folder(folder: Path) -> Path | None:
    """The nearest folder above that looks like the top of a project."""
    for _ in range(_MAX_CLIMB):
        if any((folder / marker).exists() for marker in MARKERS):
            return folder
        if folder == folder.parent:
            break
        folder = folder.parent
    return None


def folders_up(folder: Path) -> list[Path]:
    """The folder and those above it that belong to the same repository; the folder alone where there is none."""
    found: list[Path] = []
    last = 1
    for _ in range(_MAX_CLIMB):
        found.append(folder)
        if any((folder / marker).exists() for marker in MARKERS):
            last = len(found)
        if (folder / ".git").exists() or folder == folder.parent:
            break
        folder = folder.parent
    return found[:last]


def modules_named(dotted: str, level: int, folder: Path) -> Iterator[Path]:
    """The files of the project that an import in a file of this folder may mean."""
    parts = [part for part in dotted.split(".") if part]
    if level:
        for _ in range(level - 1):
            folder = folder.parent
        roots = [folder]
    else:
        roots = [folder]
        top = folder
        while os.path.exists(top / "__init__.py") and top != top.parent:
            top = top.parent
            roots.append(top)
        if (project := project_folder(top)) is not None:
            roots += [project, project / "src"]
    for root in dict.fromkeys(roots):
        base = root.joinpath(*parts)
        for path in (base.with_suffix(".py") if parts else base / "__init__.py", base / "__init__.py"):
            if path.is_file():
                yield path
                return
