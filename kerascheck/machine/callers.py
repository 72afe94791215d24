"""The calls that other files of the project make into the file under analysis.

A builder that only others call is built as they call it: each of these files is run as a program of its own, with the
file under analysis as one of its modules. What is found there belongs to the file in which it stands.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import Any

import libcst as cst

from kerascheck.machine.project import Project
from kerascheck.machine.static import names_used
from kerascheck.machine.values import FunctionValue, Scope
from kerascheck.project.import_graph import current_graph, may_call
from kerascheck.project.source import Source, SourceError, read_source
from kerascheck.symbolic.unknown import Symbol

#: Files whose calls are followed.
_MAX_CALLERS = 4
#: Larger ones are not read.
_MAX_BYTES = 400_000
#: The functions of Keras that set the order of the axes of images for the whole program.
_SETS_ORDER = re.compile(rb"\bset_image_(?:data_format|dim_ordering)\b")


def building(functions: list[FunctionValue], scope: Scope) -> list[FunctionValue]:
    """Those of the functions that may have to do with Keras: by a name of it, or through one another."""
    names = {name for name, value in scope.vars.items() if isinstance(value, Symbol) and _is_keras(value)}
    chosen: list[FunctionValue] = []
    rest = [(function, names_used(function.site.file, _whole(function))) for function in functions]
    while rest:
        found = [one for one in rest if scope.star or not names.isdisjoint(one[1])]
        if not found:
            break
        chosen += [function for function, _ in found]
        names |= callable_names([function for function, _ in found])
        rest = [one for one in rest if one not in found]
    return chosen


def _is_keras(symbol: Symbol) -> bool:
    return symbol.name.partition(".")[0] in ("keras", "tensorflow")


def _whole(function: FunctionValue) -> cst.CSTNode:
    return function.owner.node if function.owner is not None else function.node


def callable_names(functions: list[FunctionValue]) -> frozenset[str]:
    """The names by which another file can reach these functions: their own, or those of their classes."""
    owners = {function.owner.name for function in functions if function.owner is not None}
    return frozenset(owners | {function.name for function in functions if function.owner is None})


def importers(source: Any) -> tuple[str, ...]:
    """The files that import this one, perhaps through others."""
    return current_graph().importers(source.filename)


def calling_sources(files: Iterable[str], names: frozenset[str]) -> Iterator[Source]:
    """Those of the files that call something of these names."""
    found = 0
    for importer in files:
        try:
            other = read_source(importer, _MAX_BYTES)  # noted, whatever it says: that decides whether it is one of them
            if not may_call(other.raw, names):
                continue
            _ = other.tree
        except (OSError, SourceError):
            continue
        yield other
        found += 1
        if found >= _MAX_CALLERS:
            return


def is_order_set_elsewhere(files: Iterable[str]) -> bool:
    """Whether one of the files, which import another one, sets where the channels of images are."""
    for importer in files:
        try:
            if _SETS_ORDER.search(read_source(importer, _MAX_BYTES).raw) is not None:
                return True
        except (OSError, SourceError):
            continue
    return False


def project_of_caller(caller: Source, called: Project) -> Project:
    """The project of a file that calls into the source of another one, which is a module that it imports."""
    project = Project(caller)
    project.dialect = min(project.dialect, called.dialect)
    project.adopt(os.path.abspath(called.source.filename), called.source)
    return project
