"""The calls that other files of the project make into the file under analysis.

A builder that only others call is built as they call it: each of these files is run as a program of its own, with the
file under analysis as one of its modules. What is found there belongs to the file in which it stands.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from kerascheck.interp.project import Project
from kerascheck.interp.values import FunctionValue
from kerascheck.project_graph import current_graph, may_call
from kerascheck.source import Source, SourceError, read_source

#: Files whose calls are followed.
_MAX_CALLERS = 6
#: Larger ones are not read.
_MAX_BYTES = 400_000


def callable_names(functions: list[FunctionValue]) -> frozenset[str]:
    """The names by which another file can reach these functions: their own, or those of their classes."""
    owners = {function.owner.name for function in functions if function.owner is not None}
    return frozenset(owners | {function.name for function in functions if function.owner is None})


def calling_sources(source: Any, names: frozenset[str]) -> Iterator[Source]:
    """The files that import this one, perhaps through others, and call something of these names."""
    found = 0
    for importer in current_graph().importers(source.filename):
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


def project_of_caller(caller: Source, source: Any, dialect: int) -> Project:
    """The project of a file that calls into this source, which is the module that it imports."""
    project = Project(caller)
    project.dialect = min(project.dialect, dialect)
    project.adopt(os.path.abspath(source.filename), source)
    return project
