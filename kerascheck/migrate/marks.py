"""Comments above what is left to do by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from kerascheck.fixes.changes import InsertRows
from kerascheck.migrate.context import Context, Step

_MARK = "# TODO(keras3): "


def of(context: Context, steps: Iterable[Step]) -> Iterator[InsertRows]:
    """A comment above the statement of each step; none where it is there from an earlier time."""
    source = context.source
    done: set[tuple[int, str]] = set()
    for step in steps:
        statement = context.names.statement(step.node)
        if statement is None or isinstance(statement, (cst.IndentedBlock, cst.Else)):
            continue
        line, _ = source.locator.line_and_block_of(statement)
        row = source.locate(line).start.row
        comment = f"{_MARK}{step.message}"
        above = [source.line(number).strip() for number in range(max(row - 10, 1), row)]
        written: list[str] = []
        while above and above[-1].startswith("#"):
            written.append(above.pop())
        if comment in written or (row, comment) in done:
            continue
        done.add((row, comment))
        yield InsertRows(statement, (comment,))
