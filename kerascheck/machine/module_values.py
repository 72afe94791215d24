"""Modules as values, and names that are imported from what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ModuleValue:
    """A module of the program itself. It is read and executed when the first of its names is asked for.

    See `Project.scope_of`.
    """

    __slots__ = ("is_folder", "name", "path")

    def __init__(self, name: str, path: Path, is_folder: bool = False) -> None:
        self.name = name
        self.path = path
        self.is_folder = is_folder  # whether it is a package without `__init__.py`, which has nothing but its modules


class ImportedName:
    """What `from module import name` binds in a module, until somebody asks for it."""

    __slots__ = ("module", "name")

    def __init__(self, module: ModuleValue, name: str) -> None:
        self.module = module
        self.name = name
