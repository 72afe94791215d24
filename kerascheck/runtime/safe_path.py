"""Imports that never come from what is being checked.

Python looks for modules in the current folder first, or nearly so, in more cases than one thinks of: `python -m`, `-c`,
a shell, a notebook, the children of multiprocessing, and a linter that puts the project it checks on `sys.path`. A file
`signal.py` or `libcst.py` in the folder of a project would then be executed by whoever has it checked. So whatever is
imported for the work of kerascheck is looked for on a path without the current folder.

This module imports nothing that Python has not imported itself before it runs anything: it is the first one.
"""

import _thread
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType, TracebackType

#: The folders in which packages and the standard library lie, whatever the current folder is.
_INSTALLED = ("site-packages", "dist-packages", "lib-dynload")
_LIBRARY = os.path.dirname(os.__file__)


def entries() -> "list[str]":
    """The import path, less what stands for the current folder. An installed place stays, also if one is in it."""
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # it has been deleted
        here = None
    return [
        entry
        for entry in sys.path
        if isinstance(entry, str)
        and os.path.isabs(entry)
        and (
            os.path.basename(entry.rstrip("/\\")) in _INSTALLED
            or entry == _LIBRARY
            or here is None
            or os.path.realpath(entry) != here
        )
    ]


def installed_places() -> "list[str]":
    """Where packages may be that offer rules: also not beside the program that is running."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    beside = os.path.dirname(os.path.abspath(main)) if isinstance(main, str) else None
    return [entry for entry in entries() if entry != beside]


#: For the threads that work for kerascheck, where they import from.
_paths: "dict[int, Sequence[str]]" = {}


class _Finder:
    """Comes before all others that find modules, and answers for those threads."""

    @staticmethod
    def find_spec(
        name: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        own = _paths.get(_thread.get_ident())
        if own is None or path is not None:  # where the modules of a package lie, the package has said
            return None
        on_path = sys.modules["_frozen_importlib_external"].PathFinder
        others = [finder for finder in sys.meta_path if finder is not _Finder and hasattr(finder, "find_spec")]
        for finder in others:
            found = finder.find_spec(name, list(own) if finder is on_path else path, target)
            if found is not None:
                return found
        if any(finder.find_spec(name, path, target) is not None for finder in others):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)  # else the others would offer theirs
        return None  # so that who only asks, with `importlib.util.find_spec`, gets the answer


class own_imports:
    """Meanwhile what this thread imports comes from a safe path: these entries, or `entries()`."""

    __slots__ = ("_outer", "_path")

    def __init__(self, path: "Sequence[str] | None" = None) -> None:
        self._path = path
        self._outer: Sequence[str] | None = None

    def __enter__(self) -> None:
        if _Finder not in sys.meta_path:
            sys.meta_path.insert(0, _Finder)
        self._outer = _paths.get(_thread.get_ident())
        if self._outer is None or self._path is not None:
            _paths[_thread.get_ident()] = entries() if self._path is None else self._path

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None"
    ) -> None:
        if self._outer is None:
            _paths.pop(_thread.get_ident(), None)
        else:
            _paths[_thread.get_ident()] = self._outer


def forget_current_folder() -> None:
    """Take the current folder off the import path, in a process that does nothing but the work of kerascheck."""
    sys.path[:] = entries()


def leave_folder_of_module() -> None:
    """Take off the path what `python -m kerascheck` has put there: the current folder."""
    if sys.argv[:1] == ["-m"] and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        del sys.path[0]
