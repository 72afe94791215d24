"""KC402 to KC408: which samples are used for what, in which order, and steps that give no numbers."""

from __future__ import annotations

from collections.abc import Hashable

from kerascheck.data.array import Array
from kerascheck.data.content import WINDOWS, Rows
from kerascheck.data.training import Data


def _rows(data: Data | None) -> Rows | None:
    """The samples of the features, where they are one array of known samples."""
    return data.x.rows if data is not None and isinstance(data.x, Array) and not data.is_stream else None


def _source(rows: Rows) -> Hashable:
    """The data set that samples are of; of windows, that of the series."""
    source = rows.source
    return source[1] if isinstance(source, tuple) and len(source) == 2 and source[0] == WINDOWS else source


def _same_rows(one: Rows | None, other: Rows | None) -> bool:
    return one is not None and other is not None and _source(one) == _source(other) and one.part == other.part
