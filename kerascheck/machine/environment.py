"""Constants of installed packages, which the interpreter does not walk: `from mypackage.config import IMAGE_SIZE`.

The module is found on the import path and read; nothing of it is imported or run. astroid, which is imported when the
first such name turns up, infers the value. Only what has one value counts: a name in capitals, assigned once and
unconditionally at the top of its module, or imported there from where it is, whose value is a number, a text, None or
a tuple of those.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import BYTECODE_SUFFIXES, EXTENSION_SUFFIXES, SOURCE_SUFFIXES
from typing import Any, NamedTuple

from kerascheck.runtime.asked import (
    FILE,
    Answers,
    Asked,
    is_file,
    is_folder,
    kind,
    note,
    note_read,
    note_search,
    recorded,
    remembered,
    search_digest,
)

#: Larger modules are not read.
_MAX_BYTES = 100_000
_MAX_ITEMS = 100

#: Stands for a value that is not known.
UNKNOWN: Any = object()


class _Known(NamedTuple):
    """A value that was found, and what was asked for it."""

    value: Any
    asked: Asked


#: The constants that were found in this process, as long as all that was asked for any of them holds.
_known: dict[tuple[str, str], _Known] = {}
_all_asked = Asked()
_MAX_KNOWN = 256


def installed_constant(module: str, name: str) -> Any:
    """The value of a constant of an installed module, or UNKNOWN."""
    if module.partition(".")[0] in sys.stdlib_module_names:
        return UNKNOWN
    remembered(_forget_what_has_changed, _forget_what_has_changed)
    known = _known.get((module, name))
    if known is None:
        with recorded() as asked:
            note_search(search_path())
            value = _found(module, name)
        known = _known[module, name] = _Known(value, asked)
        _all_asked.add(asked)
    note(known.asked)
    return known.value


def _forget_what_has_changed() -> None:
    """Find everything anew where anything has changed. Astroid keeps what it has read, and what hangs on it."""
    global _all_asked
    answers = Answers(lambda _: "", lambda: search_digest(search_path()))
    if len(_known) < _MAX_KNOWN and answers.hold(_all_asked):
        return
    _all_asked = Asked()
    _known.clear()
    if (astroid := sys.modules.get("astroid")) is not None:
        astroid.MANAGER.clear_cache()


def search_path() -> list[str]:
    """The folders in which installed packages are looked for, in this order."""
    here = os.getcwd()
    return [entry for entry in sys.path if entry and os.path.abspath(entry) != here]


def _found(module: str, name: str, outer: tuple[tuple[str, str], ...] = ()) -> Any:
    file = _source_file(module)
    if file is None or (module, name) in outer:
        return UNKNOWN
    import astroid
    from astroid.exceptions import AstroidError

    note_read(file)
    try:
        if os.path.getsize(file) > _MAX_BYTES:
            return UNKNOWN
        return _constant(astroid.MANAGER.ast_from_file(file, module), name, (*outer, (module, name)))
    except (AstroidError, OSError, ValueError, RecursionError):
        return UNKNOWN
    finally:
        _note_what_is_read(astroid.MANAGER)


def _note_what_is_read(manager: Any) -> None:
    """Note the modules that astroid has looked for and read for itself, for this constant or for one before."""
    for module, _ in manager._mod_file_cache:
        if module.partition(".")[0] not in sys.stdlib_module_names:
            _source_file(module)
    for module, tree in list(manager.astroid_cache.items()):
        if tree.file is not None and module.partition(".")[0] not in sys.stdlib_module_names:
            note_read(tree.file)


#: The endings of modules in the order in which an import looks for them, and those that can be read.
_SUFFIXES = (*EXTENSION_SUFFIXES, *SOURCE_SUFFIXES, *BYTECODE_SUFFIXES)
_READABLE = tuple(SOURCE_SUFFIXES)


def _source_file(module: str) -> str | None:
    """The Python file of a module, found as an import would find it, without importing its packages."""
    path, file = search_path(), None
    for part in module.split("."):
        if not part.isidentifier():
            return None
        file, path = _in_folders(path, part)
    return file if file is not None and file.endswith(_READABLE) else None


def _in_folders(path: list[str], name: str) -> tuple[str | None, list[str]]:
    """The file of a module or package in one of these folders, and the folders of its submodules."""
    parts: list[str] = []
    for folder in path:
        base = os.path.join(folder, name)
        holds_modules = is_folder(base)
        for init in (os.path.join(base, f"__init__{suffix}") for suffix in _SUFFIXES if holds_modules):
            if is_file(init):
                return init, [base]
        for file in (f"{base}{suffix}" for suffix in _SUFFIXES):
            if is_file(file):
                return file, []
        if holds_modules:
            parts.append(base)
        elif kind(folder) == FILE:
            return None, []  # an archive, which may hold it
    return None, parts


def _constant(module: Any, name: str, outer: tuple[tuple[str, str], ...]) -> Any:
    """The one value that the name of an astroid module surely has, or UNKNOWN."""
    from astroid import nodes

    if any(name in node.names for node in module.nodes_of_class(nodes.Global)):
        return UNKNOWN
    bound = module.locals.get(name, [])
    if len(bound) != 1:
        return UNKNOWN
    node = bound[0]
    if isinstance(node, nodes.ImportFrom) and node.parent is module:
        origin = module.relative_to_absolute_name(node.modname, node.level)
        head = origin.partition(".")[0]
        return UNKNOWN if head in sys.stdlib_module_names else _found(origin, node.real_name(name), outer)
    statement = node.parent
    if not isinstance(node, nodes.AssignName) or statement.parent is not module:
        return UNKNOWN
    if not isinstance(statement, (nodes.Assign, nodes.AnnAssign)) or statement.value is None:
        return UNKNOWN
    inferred = list(statement.value.infer())
    return _value(inferred[0]) if len(inferred) == 1 else UNKNOWN


def _value(node: Any) -> Any:
    """The plain value of an inferred node, or UNKNOWN."""
    from astroid import nodes

    if isinstance(node, nodes.Const) and isinstance(node.value, (bool, int, float, str, type(None))):
        return node.value
    if isinstance(node, nodes.Tuple) and len(node.elts) <= _MAX_ITEMS:
        items = []
        for element in node.elts:
            inferred = list(element.infer())
            items.append(_value(inferred[0]) if len(inferred) == 1 else UNKNOWN)
        return tuple(items) if UNKNOWN not in items else UNKNOWN
    return UNKNOWN
