"""Tables in text files beside the program, read as pandas and numpy would: columns, rows, what is in the columns.

Only plain tables are read: one separator, one line of names or none, as many entries in each line. For everything else
nothing is claimed.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Hashable
from typing import NamedTuple

from kerascheck.data.content import Content
from kerascheck.machine.files import MAX_BYTES, read
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.symbolic.unknown import Unknown

#: A larger file is counted, and its columns are not looked into.
_MAX_PARSED = 2_000_000
_MAX_COLUMNS = 5_000

#: What pandas takes for a missing value. Source: https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html
_MISSING = frozenset(
    {
        "", " ", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A",
        "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    }
)  # fmt: skip


class Table(NamedTuple):
    """What a file holds: the names in its first line (None without one), and how many lines of data follow."""

    names: tuple[str, ...] | None
    width: int
    rows: int | None  # None where the file is too large to count
    columns: tuple[tuple[str | Unknown, Content], ...] | None  # dtype and content of each, where they are looked into


def read_table(run: Run, path: Value, separator: str = ",", header: bool = True) -> Table | None:
    """The table in the file of a path; None where there is none, or it is no plain table."""
    found = read(run, path, MAX_BYTES)
    if found is None or len(separator) != 1:
        return None
    try:
        text = found.data.decode("utf-8-sig", "strict" if found.whole else "ignore")
    except UnicodeDecodeError:
        return None
    try:
        return _parsed(text, separator, header, found.whole)
    except csv.Error:
        return None


def _parsed(text: str, separator: str, header: bool, whole: bool) -> Table | None:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    first = next((line for line in lines if line), None)
    if first is None or len(first) > _MAX_COLUMNS or (header and not _are_names(first)):
        return None
    width = len(first)
    if not whole or len(text) > _MAX_PARSED:
        second = next((line for line in lines if line), None)
        if second is None or len(second) != width:
            return None
        rows = None
        if whole and '"' not in text:
            rows = sum(1 for line in text.splitlines() if line) - header
        return Table(tuple(first) if header else None, width, rows, None)
    data = [] if header else [first]
    for line in lines:
        if line:
            if len(line) != width:
                return None
            data.append(line)
    columns = tuple(_column([line[at] for line in data]) for at in range(width))
    return Table(tuple(first) if header else None, width, len(data), columns)


def _are_names(line: list[str]) -> bool:
    """Whether pandas takes the entries as they are for the names of columns."""
    return all(line) and len(set(line)) == len(line)


def _column(entries: list[str]) -> tuple[str | Unknown, Content]:
    """The dtype that pandas gives a column, and what is in it."""
    present = [entry for entry in entries if entry not in _MISSING]
    tags = frozenset({"raw"})
    if not present:
        return Unknown("a column without values"), Content(tags=tags)
    lowered = {entry.lower() for entry in present}
    if lowered <= {"true", "false"}:
        return ("bool", Content(0, 1, tags=tags)) if len(present) == len(entries) else (Unknown("objects"), Content())
    numbers = _numbers(present)
    if numbers is None:
        content = Content(tags=tags)
        if len(present) == len(entries):
            content.distinct = len(set(entries))
        return Unknown("texts"), content
    content = Content.of_values(numbers)
    if not all(isinstance(number, int) for number in numbers) or len(present) < len(entries):
        content.values = content.values if len(present) == len(entries) else None
        content.tags = tags
        return "float64", content
    content.tags = tags
    if content.low is None or content.high is None or content.low < -(2**63) or content.high >= 2**63:
        return Unknown("very large numbers"), Content(tags=tags)
    return "int64", content


def _numbers(entries: list[str]) -> list[float] | None:
    """The entries as numbers; None where one is none, or pandas may see it otherwise."""
    try:
        if any("_" in entry for entry in entries):
            return None
        try:
            return [int(entry) for entry in entries]
        except ValueError:
            numbers = [float(entry) for entry in entries]
            return numbers if all(math.isfinite(number) for number in numbers) else None
    except ValueError:
        return None


def names_of(table: Table) -> tuple[Hashable, ...]:
    """The labels of the columns as pandas gives them."""
    return tuple(table.names) if table.names is not None else tuple(range(table.width))
