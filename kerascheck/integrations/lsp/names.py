"""What the names in a text stand for, for hovers over tensors, arrays and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from kerascheck.text.escaping import markdown, markdown_code

if TYPE_CHECKING:
    from kerascheck.engine import Examination
    from kerascheck.machine.describing import Description

#: A place in a text: the cell of a notebook, the row within it, and the column.
Place: TypeAlias = tuple[int | None, int, int]


class Names:
    """The names of one analysis, by the rows that they stand in."""

    def __init__(self, examination: Examination) -> None:
        self._by_row: dict[tuple[int | None, int], list[tuple[int, int, str, list[Description]]]] = {}
        source, analysis = examination.source, examination.analysis
        if source is None or analysis is None or analysis.watch is None:
            return
        for node, seen in analysis.watch.told.values():
            known = [one for one in seen.values() if one.is_data]
            if not known:
                continue
            try:
                span = source.locate(node)
            except LookupError:  # it stands in a comment
                continue
            row = source.in_cell(span.start.row)
            name = source.text[source.offset(span.start) : source.offset(span.end)]
            self._by_row.setdefault(row, []).append((span.start.column, span.end.column, name, known))

    def at(self, place: Place) -> str | None:
        """What the name at a place stands for, as Markdown; None where there is none, or nothing to say."""
        cell, row, column = place
        for start, end, name, known in self._by_row.get((cell, row), ()):
            if start <= column <= end:
                return "  \n".join([f"**{markdown(name)}**", *map(_written, known)])
        return None


def _written(found: Description) -> str:
    head = " ".join(part for part in (found.kind, found.shape, found.dtype) if part)
    rest = [part for part in (found.range, found.origin, found.note) if part]
    return f"{markdown_code(head)}, {markdown(', '.join(rest))}" if rest else markdown_code(head)
