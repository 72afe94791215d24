"""Constants of installed packages, which the interpreter does not walk: `from mypackage.config import IMAGE_SIZE`.

The module is found on the import path and read; nothing of it is imported or run. astroid, which is imported when the
first such name turns up, infers the value. Only what has one value counts: a name in capitals, assigned once and
unconditionally at the top of its module, or imported there from where it is, whose value is a number, a text, None or
a tuple of those.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from importlib.machinery import PathFinder, SourceFileLoader
from typing import Any

#: Larger modules are not read.
_MAX_BYTES = 100_000
_MAX_ITEMS = 100

#: Stands for a value that is not known.
UNKNOWN: Any = object()


@lru_cache(maxsize=256)
def installed_constant(module: str, name: str) -> Any:
    """The value of a constant of an installed module, or UNKNOWN."""
    if module.partition(".")[0] in sys.stdlib_module_names:
        return UNKNOWN
    file = _source_file(module)
    if file is None:
        return UNKNOWN
    import astroid
    from astroid.exceptions import AstroidError

    try:
        if os.path.getsize(file) > _MAX_BYTES:
            return UNKNOWN
        return _constant(astroid.MANAGER.ast_from_file(file, module), name)
    except (AstroidError, OSError, ValueError, RecursionError):
        return UNKNOWN


def _source_file(module: str) -> str | None:
    """The Python file of a module, found as an import would find it, without importing its packages."""
    here = os.getcwd()
    path: list[str] | None = [entry for entry in sys.path if entry and os.path.abspath(entry) != here]
    found = None
    dotted = ""
    for part in module.split("."):
        dotted = f"{dotted}.{part}" if dotted else part
        if path is None:
            return None
        found = PathFinder.find_spec(dotted, path)
        if found is None:
            return None
        path = None if found.submodule_search_locations is None else list(found.submodule_search_locations)
    if found is None or found.origin is None or not isinstance(found.loader, SourceFileLoader):
        return None
    return found.origin


def _constant(module: Any, name: str) -> Any:
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
        return installed_constant(origin, node.real_name(name))
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
