"""What belongs to the project of a file: its folders, and the files of modules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from kerascheck.runtime.asked import exists, is_file, remembered

#: What stands in the top folder of a project, whose packages its scripts and tests import from anywhere below it.
MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git", "requirements.txt")
_MAX_CLIMB = 5


def project_folder(folder: Path) -> Path | None:
    """The nearest folder above that looks like the top of a project."""
    for _ in range(_MAX_CLIMB):
        if _is_top(folder):
            return folder
        if folder == folder.parent:
            break
        folder = folder.parent
    return None


def _is_top(folder: Path) -> bool:
    name = str(folder)
    return remembered((_is_top, name), lambda: any(exists(os.path.join(name, marker)) for marker in MARKERS))


def folders_up(folder: Path) -> list[Path]:
    """The folder and those above it that belong to the same repository; the folder alone where there is none."""
    found: list[Path] = []
    last = 1
    for _ in range(_MAX_CLIMB):
        found.append(folder)
        if _is_top(folder):
            last = len(found)
        if exists(folder / ".git") or folder == folder.parent:
            break
        folder = folder.parent
    return found[:last]


def modules_named(dotted: str, level: int, folder: Path) -> Iterator[Path]:
    """The file of the project that an import in a file of this folder means, if there is one."""
    for _ in range(level - 1):
        folder = folder.parent
    roots = (str(folder),) if level else remembered((_roots, folder), partial(_roots, str(folder)))
    inside = os.path.join(*parts) if (parts := [part for part in dotted.split(".") if part]) else ""
    for root in roots:
        base = os.path.join(root, inside)
        for path in (f"{base}.py", os.path.join(base, "__init__.py")) if inside else (f"{base}/__init__.py",):
            if is_file(path):
                yield Path(path)
                return


def _roots(folder: str) -> tuple[str, ...]:
    """Where modules are looked for that a file of this folder imports."""
    roots = [Path(folder)]
    while exists(roots[-1] / "__init__.py") and roots[-1] != roots[-1].parent:
        roots.append(roots[-1].parent)
    if (project := project_folder(roots[-1])) is not None:
        roots += [project, project / "src"]
    return tuple(dict.fromkeys(map(str, roots)))
