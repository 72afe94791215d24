"""KC402 to KC408: which samples are used for what, in which order, and steps that give no numbers."""

from __future__ import annotations

from collections.abc import Hashable

from kerascheck.data.array import Array
from kerascheck.data.content import WINDOWS, Rows
from kerascheck.data.training import Data
from kerascheck.network.program import Preparation, Program
from kerascheck.symbolic.unknown import Symbol


def is_same_subject(one: object, other: object) -> bool:
    """Whether two steps have surely learned from the same thing."""
    return one is other or (isinstance(one, Symbol) and isinstance(other, Symbol) and one.name == other.name)


def learned(program: Program, array: Array, beginning: str) -> Preparation | None:
    """The only step in which the array's numbers were learned, where a tag of this beginning names it."""
    steps = [tag.removeprefix(beginning) for tag in array.content.tags if tag.startswith(beginning)]
    index = int(steps[0]) if len(steps) == 1 else len(program.preparations)
    return program.preparations[index] if index < len(program.preparations) else None


def _rows(data: Data | None) -> Rows | None:
    """The samples of the features, where they are one array of known samples."""
    return data.x.rows if data is not None and isinstance(data.x, Array) and not data.is_stream else None


def _source(rows: Rows) -> Hashable:
    """The data set that samples are of; of windows, that of the series."""
    source = rows.source
    return source[1] if isinstance(source, tuple) and len(source) == 2 and source[0] == WINDOWS else source


def _same_rows(one: Rows | None, other: Rows | None) -> bool:
    return one is not None and other is not None and _source(one) == _source(other) and one.part == other.part
